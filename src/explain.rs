//! Every check of one verification as a row: what was demanded, what the token has, and how it went.
//!
//! In: a token, keys and demands. Out: an [`Explanation`], for people. It comes from the same code as the verdict of
//! [`Validation::check_at`] and [`jws::verify`], which tell each check to whoever watches; they alone can leave out a search for dots.
//!
//! Whatever an explanation shows of a token is text that somebody else wrote: escape it before it is shown.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use core::fmt;

pub use crate::check::Check;
use crate::{
    base64url,
    check::Watch,
    claims::NumericDate,
    error::{Part, VerifyError},
    json::{self, Number},
    jws::{self, Segments},
    key::Key,
    validation::{Typ, Validation},
};

/// One verification, explained.
///
/// ```
/// use clearjwt::{Algorithm, Key, Validation, VerifyError, explain::{Check, Outcome, Trust}};
///
/// # let secret: [u8; 32] = core::array::from_fn(|i| 7 * i as u8);
/// let key = Key::new(Algorithm::HS256, &secret)?;
/// let token = clearjwt::sign(&serde_json::json!({"user_id": 1234, "exp": 1300819380}), &key)?;
///
/// let explanation = Validation::new().explain_at(&token, &key, 1300819392);
/// assert_eq!(explanation.verdict(), Err(VerifyError::Expired { ago: 12 }));
/// assert_eq!(explanation.trust(), Trust::Authentic); // the MAC holds, the demands do not
///
/// let row = explanation.rows().iter().find(|row| row.check == Check::Expiry).unwrap();
/// assert_eq!(row.clause, "RFC7519-4.1.4-1");
/// assert_eq!(row.demanded.as_deref(), Some("`exp` is after now, which is 1300819392"));
/// assert_eq!(row.found.as_deref(), Some("1300819380"));
/// assert!(matches!(row.outcome, Outcome::Failed(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Explanation {
    rows: Vec<Row>,
    verdict: Result<Option<u64>, VerifyError>,
    segments: Vec<Segment>,
}

impl Explanation {
    /// Every check, in the order of the work: [`Check::ALL`].
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What the verification itself said.
    ///
    /// # Errors
    /// The reason for refusal.
    pub fn verdict(&self) -> Result<(), VerifyError> {
        self.verdict.map(|_| ())
    }

    /// The first second, counted from 1970, at which the same demands would refuse the token; `None` if that never comes,
    /// or if it is refused already.
    pub fn valid_until(&self) -> Option<u64> {
        self.verdict.ok().flatten()
    }

    /// How far the contents of the token can be believed.
    pub fn trust(&self) -> Trust {
        let mac_holds = self.rows.iter().any(|row| row.check == Check::Mac && row.outcome == Outcome::Passed);
        match self.verdict {
            Ok(_) => Trust::Accepted,
            Err(_) if mac_holds => Trust::Authentic,
            Err(_) => Trust::Unverified,
        }
    }

    /// Header, payload and signature; none if the token is too long to be looked at or has not two dots.
    ///
    /// Their contents are worth what [`Explanation::trust`] says.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

// Nothing of the token.
impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation").field("verdict", &self.verdict()).field("trust", &self.trust()).finish_non_exhaustive()
    }
}

/// How one check went.
pub struct Row {
    /// The check.
    pub check: Check,
    /// The clause that demands it, as an id of the requirements table; of a failed check, that of the refusal.
    pub clause: &'static str,
    /// What has to be; `None` if nothing is demanded.
    pub demanded: Option<String>,
    /// What the token has, cut off after 200 characters; `None` if nobody looked.
    pub found: Option<String>,
    /// How it went.
    pub outcome: Outcome,
}

// What was found is the token's.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("check", &self.check).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// The ways in which a check can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not, and the token is refused for it.
    Failed(VerifyError),
    /// An earlier check failed, so this one was not made.
    NotReached,
    /// Nobody asked for it.
    NotAsked,
}

impl Outcome {
    /// The stable short code: `passed`, `failed`, `not_reached` or `not_asked`.
    pub const fn code(&self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::NotReached => "not_reached",
            Outcome::NotAsked => "not_asked",
        }
    }
}

/// How far the contents of a token can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// No MAC holds: anybody may have written it.
    Unverified,
    /// Whoever has the key wrote it, and it is refused all the same.
    Authentic,
    /// Whoever has the key wrote it, and it meets every demand.
    Accepted,
}

impl Trust {
    /// The stable short code: `unverified`, `authentic` or `accepted`.
    pub const fn code(self) -> &'static str {
        match self {
            Trust::Unverified => "unverified",
            Trust::Authentic => "authentic",
            Trust::Accepted => "accepted",
        }
    }
}

/// One segment of the token.
pub struct Segment {
    /// Which.
    pub part: Part,
    /// Its text, as received; of the signature none, for with it the token could be used.
    pub text: String,
    /// Length of the text in bytes.
    pub text_len: usize,
    /// What it decodes to; `None` if it is not canonical base64url, and of the signature always.
    pub octets: Option<Vec<u8>>,
    /// Length of what it decodes to, in bytes.
    pub octets_len: Option<usize>,
}

impl Segment {
    fn new(part: Part, text: &[u8]) -> Self {
        let mut octets = Vec::new();
        let octets = base64url::decode_into(text, &mut octets).is_ok().then_some(octets);
        let shown = part != Part::Signature;
        Segment {
            part,
            text: if shown { String::from_utf8_lossy(text).into_owned() } else { String::new() },
            text_len: text.len(),
            octets_len: octets.as_ref().map(Vec::len),
            octets: if shown { octets } else { None },
        }
    }
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("part", &self.part).field("text_len", &self.text_len).finish_non_exhaustive()
    }
}

impl Validation {
    /// Explains what [`Validation::check_at`] says of a token, and why, check by check.
    pub fn explain_at(&self, token: impl AsRef<[u8]>, keys: impl AsRef<[Key]>, now: u64) -> Explanation {
        let (token, keys, mut record) = (token.as_ref(), keys.as_ref(), Record::default());
        let verdict = self.watched(token, keys, now, &mut record).map(|verified| verified.valid_until());
        Asked { keys, max_len: self.max_len, demands: Some((self, now)) }.explain(token, &record, verdict)
    }
}

/// Explains what [`jws::verify`] says of a token: nothing is demanded of its payload.
///
/// ```
/// # use clearjwt::{Algorithm, Key, explain};
/// # let secret: [u8; 32] = core::array::from_fn(|i| 7 * i as u8);
/// # let key = Key::new(Algorithm::HS256, &secret)?;
/// let explanation = explain::jws("eyJhbGciOiJub25lIn0.e30.", &key);
/// assert_eq!(explanation.verdict().unwrap_err().code(), "unsigned");
/// # Ok::<(), clearjwt::KeyError>(())
/// ```
pub fn jws(token: impl AsRef<[u8]>, keys: impl AsRef<[Key]>) -> Explanation {
    let (token, keys, mut record) = (token.as_ref(), keys.as_ref(), Record::default());
    let verdict = Segments::take(token, jws::MAX_LEN, keys, &mut record, |segments, text, record| segments.verify(text, keys, record));
    Asked { keys, max_len: jws::MAX_LEN, demands: None }.explain(token, &record, verdict.map(|_| None))
}

/// What was heard of each check; `None` if nobody asked for it.
#[derive(Default)]
struct Record(Vec<(Check, Option<Result<(), VerifyError>>)>);

impl Watch for Record {
    fn judge<T>(&mut self, check: Check, verdict: Result<T, VerifyError>) -> Result<T, VerifyError> {
        self.0.push((check, Some(verdict.as_ref().map(|_| ()).map_err(|error| *error))));
        verdict
    }

    fn skip(&mut self, check: Check) {
        self.0.push((check, None));
    }
}

/// What a verification is asked.
struct Asked<'a> {
    keys: &'a [Key],
    max_len: usize,
    demands: Option<(&'a Validation, u64)>,
}

impl Asked<'_> {
    fn explain(&self, token: &[u8], record: &Record, verdict: Result<Option<u64>, VerifyError>) -> Explanation {
        // What is too long was not looked at.
        let cut = if token.len() <= self.max_len { Segments::at_dots(token).ok() } else { None };
        let parts = [Part::Header, Part::Payload, Part::Signature];
        let segments: Vec<Segment> = cut.iter().flat_map(|cut| parts.into_iter().zip(cut.parts())).map(|(part, text)| Segment::new(part, text)).collect();
        let row = |check| {
            let demanded = self.demanded(check);
            let heard = record.0.iter().find(|(heard, _)| *heard == check).map(|(_, heard)| *heard);
            let outcome = match heard {
                Some(Some(Ok(()))) => Outcome::Passed,
                Some(Some(Err(error))) => Outcome::Failed(error),
                None if demanded.is_some() => Outcome::NotReached,
                Some(None) | None => Outcome::NotAsked,
            };
            let (clause, found) = match outcome {
                Outcome::Passed => (check.clause(), self.found(check, true, token, &segments)),
                Outcome::Failed(error) => (error.clause(), self.found(check, false, token, &segments)),
                Outcome::NotReached | Outcome::NotAsked => (check.clause(), None),
            };
            Row { check, clause, demanded: demanded.filter(|_| outcome != Outcome::NotAsked), found, outcome }
        };
        let rows = Check::ALL.into_iter().map(row).collect();
        Explanation { rows, verdict, segments }
    }

    /// What has to be, as a sentence; `None` if nobody asks for it.
    fn demanded(&self, check: Check) -> Option<String> {
        let always = match check {
            Check::Length => format!("at most {} bytes", self.max_len),
            Check::Segments => "exactly two dots: header, payload and signature".into(),
            Check::HeaderPresent => "a header segment".into(),
            Check::SignaturePresent => "a signature segment: unsecured tokens are never accepted".into(),
            Check::HeaderEncoding | Check::SignatureEncoding | Check::PayloadEncoding => "canonical base64url without padding".into(),
            Check::HeaderJson => "one strict JSON object in UTF-8, no name twice at any depth".into(),
            Check::AlgPresent => "`alg` is there, and a string".into(),
            Check::AlgNone => "`alg` is not none".into(),
            Check::Critical => "no `crit`: no extension is understood".into(),
            Check::B64 => "no `b64`: payloads are base64url".into(),
            Check::KidType => "`kid`, if there, is a string".into(),
            Check::TypType => "`typ`, if there, is a string".into(),
            Check::CtyType => "`cty`, if there, is a string".into(),
            Check::KeyId if self.keys.is_empty() => "a key to verify with".into(),
            Check::KeyId if self.keys.iter().any(|key| key.id().is_none()) => "any `kid` or none: a key without id is tried on every token".into(),
            Check::KeyId => format!("`kid` is {}", quoted(self.keys.iter().filter_map(Key::id))),
            Check::Alg => format!("`alg` is the key's own: {}", list(self.keys.iter().map(|key| key.algorithm().to_string()))),
            Check::KeyUse => "a key that may verify".into(),
            Check::SignatureLength => format!("as long as the MAC: {} bytes", list(self.keys.iter().map(|key| key.algorithm().mac_len().to_string()))),
            Check::Mac => "the MAC over the received header, dot and payload, compared in constant time".into(),
            Check::KeyIssuer => {
                let bound = || self.keys.iter().filter_map(Key::issuer);
                let first = bound().next()?;
                let several = if bound().all(|issuer| issuer == first) { "" } else { ", each with its own key" };
                match self.demands {
                    None => "a key that is bound to no issuer: a JWS has no `iss`".into(),
                    Some(_) => format!("`iss` is the one that the key is bound to: {}{several}", quoted(bound())),
                }
            }
            _ => {
                let (demands, now) = self.demands?;
                let leeway = |sign: &str| if demands.leeway == 0 { String::new() } else { format!(" {sign} {} s of leeway", demands.leeway) };
                match check {
                    Check::Typ => match &demands.typ {
                        Typ::Jwt => "`typ` is JWT or absent".into(),
                        Typ::Expected(typ) if typ.contains(';') => "nothing that there is: no `typ` matches one with parameters".into(),
                        Typ::Expected(typ) => format!("`typ` is {typ:?}, without case"),
                        Typ::Any => return None,
                    },
                    Check::Nested => "`cty` is not JWT: nested tokens are not supported".into(),
                    Check::PayloadJson => "one strict JSON object in UTF-8, no name twice at any depth".into(),
                    Check::ExpType => "`exp`, if there, is a number within 2^53-1 seconds of 1970".into(),
                    Check::NbfType => "`nbf`, if there, is a number within 2^53-1 seconds of 1970".into(),
                    Check::IatType => "`iat`, if there, is a number within 2^53-1 seconds of 1970".into(),
                    Check::IssType => "`iss`, if there, is a string".into(),
                    Check::SubType => "`sub`, if there, is a string".into(),
                    Check::AudType => "`aud`, if there, is a string or an array of strings".into(),
                    Check::JtiType => "`jti`, if there, is a string".into(),
                    Check::Expiry => {
                        let absent = if demands.require_exp { "" } else { "absent, or " };
                        format!("`exp`{} is {absent}after now, which is {now}", leeway("plus"))
                    }
                    Check::NotBefore => format!("`nbf` is absent, or not after now{}, which is {now}", leeway("plus")),
                    Check::Age => {
                        format!("`iat` is not after now{0}, and at most {1} s{0} before now, which is {now}", leeway("plus"), demands.max_age?)
                    }
                    Check::Lifetime => format!("from `iat` to `exp` at most {} s", demands.max_lifetime?),
                    Check::Issuer if demands.issuers.is_empty() => return None,
                    Check::Issuer => format!("`iss` is {}", quoted(demands.issuers.iter().map(String::as_str))),
                    Check::Audience if demands.any_audience => return None,
                    Check::Audience if demands.audiences.is_empty() => "no `aud`: no audience was configured".into(),
                    Check::Audience => format!("`aud` names {}", quoted(demands.audiences.iter().map(String::as_str))),
                    // The last that is left: the subject.
                    _ => format!("`sub` is {:?}", demands.subject.as_deref()?),
                }
            }
        };
        Some(always)
    }

    /// What the token has.
    fn found(&self, check: Check, passed: bool, token: &[u8], segments: &[Segment]) -> Option<String> {
        let [header, payload, signature] = segments else { return Some(whole(check, token)) };
        let member = |segment: &Segment, name: &str| Some(member(segment.octets.as_deref()?, name).unwrap_or_else(|| "absent".into()));
        let decoded = |segment: &Segment| match segment.octets_len {
            Some(len) => format!("{} characters for {len} bytes", segment.text_len),
            None => format!("{} characters, not canonical base64url", segment.text_len),
        };
        Some(match check {
            Check::Length | Check::Segments => whole(check, token),
            Check::HeaderPresent => format!("{} characters", header.text_len),
            Check::SignaturePresent => format!("{} characters", signature.text_len),
            Check::HeaderEncoding => decoded(header),
            Check::PayloadEncoding => decoded(payload),
            Check::SignatureEncoding => decoded(signature),
            Check::SignatureLength => format!("{} bytes", signature.octets_len?),
            Check::HeaderJson => object(header.octets.as_deref()?),
            Check::PayloadJson => object(payload.octets.as_deref()?),
            Check::AlgPresent | Check::AlgNone | Check::Alg => member(header, "alg")?,
            Check::Critical => member(header, "crit")?,
            Check::B64 => member(header, "b64")?,
            Check::KeyId | Check::KidType => member(header, "kid")?,
            Check::Typ | Check::TypType => member(header, "typ")?,
            Check::Nested | Check::CtyType => member(header, "cty")?,
            Check::KeyUse => if passed { "a key that may" } else { "a key whose JWK forbids it" }.into(),
            Check::Mac => if passed { "the same" } else { "another" }.into(),
            Check::Expiry => counted(member(payload, "exp")?, NumericDate::floor),
            Check::NotBefore => counted(member(payload, "nbf")?, NumericDate::ceil),
            Check::ExpType => member(payload, "exp")?,
            Check::NbfType => member(payload, "nbf")?,
            Check::Age | Check::IatType => member(payload, "iat")?,
            Check::Lifetime => format!("`iat` {}, `exp` {}", member(payload, "iat")?, member(payload, "exp")?),
            Check::KeyIssuer if self.demands.is_none() => if passed { "a key that is not" } else { "a key that is" }.into(),
            Check::Issuer | Check::KeyIssuer | Check::IssType => member(payload, "iss")?,
            Check::Audience | Check::AudType => member(payload, "aud")?,
            Check::Subject | Check::SubType => member(payload, "sub")?,
            Check::JtiType => member(payload, "jti")?,
        })
    }
}

/// What can be said of a token that is not cut at its dots.
fn whole(check: Check, token: &[u8]) -> String {
    match check {
        Check::Length => format!("{} bytes", token.len()),
        _ => format!("{} dots", token.iter().filter(|byte| **byte == b'.').count()),
    }
}

/// A member of an object as it is written; `None` if it is not there.
fn member(object: &[u8], wanted: &str) -> Option<String> {
    let mut found = None;
    // A value counts only in a right object; the checks that look for one come after that of the object.
    json::members(object, &mut |name, value| {
        if name.is(wanted) {
            let mut text = String::new();
            value.write(&mut text);
            found = Some(short(text));
        }
    })
    .ok()?;
    found
}

/// A date, and which second it counts as if it is a fraction.
fn counted(date: String, second: fn(NumericDate) -> i64) -> String {
    // Neither a date that is absent nor one that was cut off.
    let whole = date.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && !date.ends_with('…');
    match whole.then(|| NumericDate::read(Number { text: &date, short: None })).flatten() {
        Some(read) if read.floor() != read.ceil() => format!("{date}, which counts as {}", second(read)),
        _ => date,
    }
}

/// What kind of object it is: the names of its members, or what is wrong with it.
fn object(json: &[u8]) -> String {
    let mut names = Vec::new();
    match json::members(json, &mut |name, _| names.push(name.into_owned())) {
        Err(error) => error.to_string(),
        Ok(()) if names.is_empty() => "an object without members".into(),
        Ok(()) => short(format!("an object of {}", names.join(", "))),
    }
}

/// The first 200 characters.
fn short(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(200) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Strings as a choice.
fn quoted<'t>(strings: impl Iterator<Item = &'t str>) -> String {
    list(strings.map(|string| format!("{string:?}")))
}

/// Texts as a choice, each once, and the first five of many.
fn list(texts: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    if all.len() > 5 {
        let more = all.len() - 5;
        all.truncate(5);
        all.push(format!("one of {more} more"));
    }
    all.join(" or ")
}
