//! The corpus of `clearjwt conform`: what a case is, which level its clause gives it, and the file that holds them all.

use std::collections::HashSet;

use clearjwt::Algorithm;
use serde_json::{Value, json};

use crate::{common, own, shared};

/// What time it is, but for the cases that are about the time.
pub const NOW: u64 = 1_800_000_000;

/// A token, a key, the demands, and the one right verdict.
pub struct Case {
    pub id: String,
    pub group: String,
    /// `jwt`, or `jws`: header and MAC only.
    pub mode: String,
    pub token: Vec<u8>,
    /// `alg`, one of `k`, `jwk` and `jwks`, and `kid`, `issuer`, `weak`.
    pub key: Value,
    /// What differs from [`OPTIONS`].
    pub options: Value,
    /// The reason to refuse it for, if it is to be refused.
    pub reason: Option<String>,
    pub clause: String,
    pub level: Level,
    pub source: String,
    pub says: String,
    /// What an accepted JWS carries.
    pub payload: Option<Vec<u8>>,
}

/// How much the clause of a case binds a verifier, the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Level {
    /// Ours, where the RFCs leave it open.
    Choice,
    Should,
    Must,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::Choice => "choice",
            Level::Should => "should",
            Level::Must => "must",
        }
    }

    /// The level that a clause gives: of a requirement, of a whole section of an RFC, or of a rule of our own.
    ///
    /// None for a clause that nobody has written.
    pub fn of(clause: &str) -> Option<Level> {
        if clause.strip_prefix("POLICY-").is_some_and(|rule| (1..=17).any(|known| rule == known.to_string())) {
            return Some(Level::Choice);
        }
        let rows = include_str!("../requirements.tsv");
        let Some(row) = rows.lines().map(|row| row.split('\t').collect::<Vec<_>>()).find(|row| row[0] == clause) else {
            // An example of an RFC shows what is to be taken.
            let section = clause.split_once('-').filter(|(rfc, section)| rfc.starts_with("RFC") && !section.contains('-'));
            return section.map(|_| Level::Must);
        };
        let (id, level, role) = (row[0], row[1], row[2]);
        // How a JWK is to be written binds who writes it, though the table calls both sides one role.
        let written = ["RFC7517-4.1-1", "RFC7517-4.3-1", "RFC7517-4.3-4", "RFC7517-4.3-5", "RFC7517-4.5-1", "RFC7517-5-1"].contains(&id);
        // `RFC7515-5.2-1`, `RFC7519-7.2-1`: where one of these steps fails, the token is rejected.
        let step = id.starts_with("RFC7515-5.2-") || id.starts_with("RFC7519-7.2-");
        Some(match level {
            // A draft binds nobody yet.
            _ if id.starts_with("RFC8725bis") => Level::Choice,
            // Every implementation, verifiers too.
            "REQUIRED" if id == "RFC7518-3.1-1" => Level::Must,
            // What binds who makes a token gives a verifier leave to refuse it, and no more.
            _ if role == "producer" || written => Level::Choice,
            "MUST" | "MUST NOT" | "REQUIRED" => Level::Must,
            "text" if step => Level::Must,
            "SHOULD" | "SHOULD NOT" | "RECOMMENDED" | "NOT RECOMMENDED" => Level::Should,
            _ => Level::Choice,
        })
    }
}

/// The demands of a verifier, and their values unless a case says another.
pub fn options() -> [(&'static str, Value); 12] {
    [
        ("now", json!(NOW)),
        ("leeway", json!(0)),
        ("issuers", json!([])),
        ("audiences", json!([])),
        ("any_audience", json!(false)),
        ("subject", Value::Null),
        ("require_exp", json!(true)),
        ("max_age", Value::Null),
        ("max_lifetime", Value::Null),
        ("typ", Value::Null),
        ("any_typ", json!(false)),
        ("max_len", Value::Null),
    ]
}

pub fn all() -> Vec<Case> {
    let cases: Vec<Case> = shared::cases().into_iter().chain(own::cases()).collect();
    let mut groups: Vec<&str> = Vec::new();
    for case in &cases {
        if !groups.contains(&case.group.as_str()) {
            groups.push(&case.group);
        }
    }
    let order: Vec<usize> = groups.iter().flat_map(|group| (0..cases.len()).filter(|&at| cases[at].group == *group)).collect();
    let mut cases: Vec<Option<Case>> = cases.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| cases[at].take()).collect()
}

/// The text of the file: a case a line.
pub fn file(cases: &[Case]) -> String {
    let mut ids = HashSet::new();
    for case in cases {
        assert!(ids.insert(&case.id), "two cases are called {}", case.id);
    }
    let lines: Vec<String> = cases.iter().map(line).collect();
    let description = "tokens, each with the one verdict that a strict verifier of HS256, HS384 and HS512 gives, and with who demands it";
    let head = members(&[("description", json!(description)), ("version", json!(1)), ("now", json!(NOW))]);
    format!("{{{head},\"cases\":[\n{}\n]}}\n", lines.join(",\n"))
}

fn line(case: &Case) -> String {
    let token = match std::str::from_utf8(&case.token) {
        Ok(text) if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) => ("token", json!(text)),
        _ => ("token_b64u", json!(common::base64url(&case.token))),
    };
    let key = ["alg", "k", "jwk", "jwks", "kid", "issuer", "weak"].map(|name| (name, case.key[name].clone()));
    let key: Vec<_> = key.into_iter().filter(|(name, value)| !name.starts_with(['j', 'k']) || *name == "kid" || !value.is_null()).collect();
    let options = options().map(|(name, otherwise)| (name, case.options.get(name).cloned().unwrap_or(otherwise)));
    let head = members(&[("id", json!(case.id)), ("group", json!(case.group)), ("mode", json!(case.mode)), token]);
    let mut verdict = vec![("expect", json!(if case.reason.is_some() { "refuse" } else { "accept" }))];
    verdict.extend(case.reason.as_ref().map(|reason| ("reason", json!(reason))));
    verdict.extend([("level", json!(case.level.name())), ("clause", json!(case.clause)), ("source", json!(case.source)), ("says", json!(case.says))]);
    verdict.extend(case.payload.as_ref().map(|payload| ("payload_b64u", json!(common::base64url(payload)))));
    format!("{{{head},\"key\":{{{}}},\"options\":{{{}}},{}}}", members(&key), members(&options), members(&verdict))
}

/// Members in the order given: whatever order a map has, the file stays the same.
fn members(members: &[(&str, Value)]) -> String {
    members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect::<Vec<_>>().join(",")
}

/// A secret of a case's own, as long as the algorithm wants it.
pub fn secret(algorithm: Algorithm, id: &str) -> Vec<u8> {
    common::mac(algorithm, b"the keys of the corpus", id.as_bytes())
}
