//! CLAIMS: what a token will say, from a file and from arguments, in that order.

use std::fmt;

use clap::Args;
use clearjwt::{Header, Key, SignError};
use serde_core::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    failure::Failure,
    text::{self, length, read, seconds, tell, time},
};

#[derive(Args)]
#[command(next_help_heading = "Claims")]
pub struct ClaimsArgs {
    /// A claim: NAME=TEXT for a string, NAME:=JSON for anything else; can be repeated
    #[arg(long = "claim", value_name = "NAME=TEXT|NAME:=JSON", value_parser = claim)]
    claims: Vec<Member>,
    /// Read claims from this file, a JSON object; `-` is stdin
    #[arg(long, value_name = "FILE")]
    pub claims_file: Option<String>,
    /// The claim `iss`
    #[arg(long, value_name = "ISS")]
    issuer: Option<String>,
    /// The claim `sub`
    #[arg(long, value_name = "SUB")]
    subject: Option<String>,
    /// The claim `aud`; repeated, it becomes an array
    #[arg(long, value_name = "AUD")]
    audience: Vec<String>,
    /// The claim `exp`, from now: seconds, or such as 15m, 12h, 1d
    #[arg(long, value_name = "LENGTH", value_parser = seconds)]
    expires_in: Option<u64>,
    /// The claim `nbf`: seconds since 1970, or such as 2026-11-24T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    not_before: Option<u64>,
    /// The claim `iat`: now
    #[arg(long)]
    issued_now: bool,
    /// The claim `jti`
    #[arg(long, value_name = "ID")]
    jti: Option<String>,
    /// The `typ` of the header, such as at+jwt [default: JWT]
    #[arg(long, value_name = "TYPE")]
    typ: Option<String>,
    /// The time that counts as now [default: the clock]
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<u64>,
}

/// One member of the claims object.
#[derive(Clone)]
struct Member {
    name: String,
    value: Box<RawValue>,
}

/// Members in their order, repeated names included: whether they may stand is for the library to say.
struct Members(Vec<Member>);

impl ClaimsArgs {
    /// Whether any argument asks for a claim.
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty()
            && self.claims_file.is_none()
            && self.issuer.is_none()
            && self.subject.is_none()
            && self.audience.is_empty()
            && self.expires_in.is_none()
            && self.not_before.is_none()
            && self.jti.is_none()
            && !self.issued_now
            && self.typ.is_none()
            && self.now.is_none()
    }

    /// Makes the token. Warns on stderr of what a verifier may not like.
    pub fn sign(&self, key: &Key) -> Result<String, Failure> {
        let members = self.members()?;
        // RFC6750-5.2-10
        if !members.0.iter().any(|member| member.name == "exp") {
            tell("clearjwt: warning: the token has no exp and never expires; --expires-in 15m sets one");
        }
        let token = match &self.typ {
            None => clearjwt::sign(&members, key),
            Some(typ) => clearjwt::sign_with(&Header { typ: Some(typ.clone()), ..Header::default() }, &members, key),
        };
        let token = token.map_err(explain)?;
        if token.len() > clearjwt::jws::MAX_LEN {
            tell(&format!("clearjwt: warning: the token has {} bytes; verifiers take {} unless told otherwise", token.len(), clearjwt::jws::MAX_LEN));
        }
        Ok(token)
    }

    fn members(&self) -> Result<Members, Failure> {
        let mut members = match &self.claims_file {
            None => Members(Vec::new()),
            Some(path) => serde_json::from_slice(&read(path)?).map_err(|error| {
                Failure::trouble(
                    "claims_file",
                    format!("{}: not a JSON object (line {}, column {})", if path == "-" { "stdin" } else { path }, error.line(), error.column()),
                )
            })?,
        };
        members.0.extend(self.claims.iter().cloned());
        let now = || self.now.map_or_else(text::now, Ok);
        let mut add = |name: &str, value: serde_json::Value| {
            let value = to_raw_value(&value).map_err(|_| SignError::Serialize)?;
            members.0.push(Member { name: name.into(), value });
            Ok::<_, Failure>(())
        };
        for (name, text) in [("iss", &self.issuer), ("sub", &self.subject)] {
            if let Some(text) = text {
                add(name, text.as_str().into())?;
            }
        }
        match self.audience.as_slice() {
            [] => (),
            [one] => add("aud", one.as_str().into())?,
            several => add("aud", several.into())?,
        }
        if let Some(seconds) = self.expires_in {
            let exp = now()?.checked_add(seconds).ok_or_else(|| Failure::trouble("usage", format!("--expires-in: {} is too long", length(seconds))))?;
            add("exp", exp.into())?;
        }
        if let Some(time) = self.not_before {
            add("nbf", time.into())?;
        }
        if self.issued_now {
            add("iat", now()?.into())?;
        }
        if let Some(id) = &self.jti {
            add("jti", id.as_str().into())?;
        }
        Ok(members)
    }
}

fn explain(error: SignError) -> Failure {
    let advice = match error {
        SignError::Json(json) if json.code() == "duplicate_name" => "; a claim is given twice, in the file or by arguments",
        SignError::ClaimType { .. } => "; NAME=TEXT makes a string, NAME:=JSON anything else",
        _ => "",
    };
    match Failure::from(error) {
        Failure::Because { exit, code, clause, message } => Failure::Because { exit, code, clause, message: message + advice },
        other => other,
    }
}

/// `NAME=TEXT` or `NAME:=JSON`.
fn claim(argument: &str) -> Result<Member, String> {
    let (name, text) = argument.split_once('=').ok_or("a claim is NAME=TEXT, or NAME:=JSON")?;
    let value = match name.strip_suffix(':') {
        None => to_raw_value(text),
        Some(_) => serde_json::from_str::<Box<RawValue>>(text),
    };
    let value = value.map_err(|_| "what follows := is not JSON; a text is given as NAME=TEXT")?;
    Ok(Member { name: name.strip_suffix(':').unwrap_or(name).into(), value })
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|member| (&member.name, &member.value)))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry()? {
                    members.push(Member { name, value });
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}
