//! `inspect`: what a token says, marked as unverified.

use std::fmt::Write as _;

use clap::Args;
use clearjwt::{jws, lint::lint};
use serde_core::de::IgnoredAny;
use serde_json::{Map, Value, json};

use crate::{
    failure::Failure,
    text::{self, calendar, print, print_line, printable, read_token, time},
};

/// Print what a token says, without checking it: anybody may have written it. Needs no key.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt inspect < token.txt
  echo \"$TOKEN\" | clearjwt inspect
  clearjwt inspect --json < token.txt | jq -r '.remarks[].code'

The remarks say what is weak about the token, and the clause that says so; the secrets that documentation prints are tried
on its MAC. They do not change the exit status. --json has the members verified (false), header and payload (their text,
null if it is none), signature_len in bytes, and remarks, each with code, clause and message.")]
pub struct Inspect {
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// The time to judge by: seconds since 1970, or such as 2026-11-24T12:00:00Z [default: the clock]
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    now: Option<u64>,
    /// The token; `-` is stdin, less one trailing newline
    #[arg(default_value = "-", hide_default_value = true)]
    token: String,
}

impl Inspect {
    pub fn run(self) -> Result<(), Failure> {
        let token = read_token(&self.token)?;
        let looked_at = jws::Unverified::parse(&token)?;
        let payload = looked_at.unverified_payload()?;
        let remarks = lint(&looked_at, self.now.map_or_else(text::now, Ok)?);
        if self.json {
            let remarks: Vec<Value> =
                remarks.iter().map(|remark| json!({ "code": remark.code(), "clause": remark.clause(), "message": remark.to_string() })).collect();
            let (header, payload) = (looked_at.unverified_header(), core::str::from_utf8(&payload).ok());
            let said = json!({ "verified": false, "header": header, "payload": payload, "signature_len": looked_at.signature_len(), "remarks": remarks });
            return print_line(&printable(&said.to_string()));
        }
        let mut out = String::from("UNVERIFIED: nothing below was checked, anybody may have written it\n");
        let _ = writeln!(out, "\nheader (unverified)\n{}", pretty(looked_at.unverified_header().as_bytes()));
        let _ = writeln!(out, "\npayload (unverified), {} bytes\n{}", payload.len(), pretty(&payload));
        if let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(&payload) {
            for name in ["iat", "nbf", "exp"] {
                if let Some(seconds) = claims.get(name).and_then(Value::as_f64) {
                    let _ = writeln!(out, "{name} is {}", calendar(seconds as i64));
                }
            }
        }
        let _ = writeln!(out, "\nsignature (unverified), {} bytes", looked_at.signature_len());
        if !remarks.is_empty() {
            out += "\nremarks (of an unverified token)\n";
        }
        for remark in remarks {
            let _ = writeln!(out, "- {remark} ({})", remark.clause());
        }
        print(out.as_bytes())
    }
}

/// JSON laid out as it is written: every member in its place, a repeated one too, no number touched. Other octets escaped.
pub fn pretty(octets: &[u8]) -> String {
    let Ok(text) = core::str::from_utf8(octets) else { return octets.escape_ascii().to_string() };
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return printable(text);
    }
    let (mut out, mut depth, mut in_string, mut escaped) = (String::new(), 0, false, false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            out.push(c);
            continue;
        }
        match c {
            ' ' | '\t' | '\n' | '\r' => continue,
            '{' | '[' => {
                while rest.next_if(char::is_ascii_whitespace).is_some() {}
                out.push(c);
                match rest.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => out.push(end),
                    None => {
                        depth += 1;
                        newline(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth -= 1;
                newline(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                newline(&mut out, depth);
            }
            ':' => out += ": ",
            _ => {
                in_string = c == '"';
                out.push(c);
            }
        }
    }
    // In JSON a string has no newline: these are ours.
    out.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

fn newline(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}
