//! What a refusal costs, beside the work that the order of the rules demands before it.

use std::hint::black_box;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac as _;
use memchr::memchr;
use serde::Deserialize;

use crate::{
    libraries::{self, HEADER, Library},
    payloads::{self, NOW, Payload as _, UserId},
    rounds::{Kind, take_turns},
    table::{Table, nanoseconds, ratio},
};

const LIMIT: usize = clearjwt::jws::MAX_LEN;

/// A token that is refused, and the least that has to be done to know it.
struct Refusal {
    name: &'static str,
    code: &'static str,
    token: String,
    needs: Needs,
}

#[derive(Clone, Copy, PartialEq)]
enum Needs {
    /// The length compared.
    Length,
    /// One scan for a dot, from the start to the first that is found.
    Scan,
    /// Two dots found, the header decoded.
    Header,
    /// The same, and `alg` found in it.
    Alg,
    /// Two dots found, the MAC decoded and compared with that of the whole.
    Mac,
    /// The same, and the claims decoded and read.
    Claims,
}

pub fn measure(rounds: usize) -> Table {
    let claims = payloads::user_id();
    let libraries = || libraries::all(&claims).into_iter().filter(|library| !["the floor", "clearjwt: sign_into, verify"].contains(&library.name));
    let mut rows = Vec::new();
    for Refusal { name, code, token, needs } in &refusals() {
        let refused = libraries::demands().verify_at::<UserId>(token, libraries::key(), NOW).err();
        assert_eq!(refused.map(|error| error.code()), Some(*code), "{name}");
        let mut reference = needs.reference();
        let mut kinds = vec![Kind { name: "", work: Box::new(move || assert!(!reference(black_box(token)))) }];
        for Library { name: library, mut verify, .. } in libraries() {
            kinds.push(Kind { name: library, work: Box::new(move || assert!(!verify(black_box(token)), "{library} refuses {name}")) });
        }
        let times = take_turns(&mut kinds, rounds);
        let row = [format!("{name}, {} B", token.len()), format!("`{code}`"), needs.name().into(), nanoseconds(times[0].least())];
        let own = [nanoseconds(times[1].least()), ratio(times[1].ratio(&times[0])), ratio(times[1].median_ratio(&times[0]))];
        rows.push(row.into_iter().chain(own).chain(times[2..].iter().map(|times| nanoseconds(times.least()))).collect());
    }
    let head = ["refused", "as", "what has to be done", "that alone", "clearjwt", "ratio", "median"].map(String::from);
    let peers = libraries().skip(1).map(|library| library.name.to_owned());
    Table { caption: "Refusals, user id: least ns".into(), head: head.into_iter().chain(peers).collect(), rows }
}

fn refusals() -> Vec<Refusal> {
    let good = clearjwt::sign(&payloads::user_id(), &libraries::key()).unwrap();
    let at = |start: &str, fill: char, len: usize, end: &str| -> String {
        let fill = core::iter::repeat_n(fill, len - start.len() - end.len());
        [start, &fill.collect::<String>(), end].concat()
    };
    let (signing_input, signature) = good.rsplit_once('.').unwrap();
    let payload = format!("{HEADER}.");
    let expired = libraries::seal(r#"{"alg":"HS256","typ":"JWT"}"#, r#"{"user_id":1234,"exp":1300819380}"#);
    let refusal = |name, code, token, needs| Refusal { name, code, token, needs };
    vec![
        refusal("nothing", "segments", String::new(), Needs::Scan),
        refusal("no dot", "segments", HEADER.into(), Needs::Scan),
        refusal("no dot, as long as can be", "segments", at("", 'x', LIMIT, ""), Needs::Scan),
        refusal("only dots", "segments", ".".repeat(LIMIT), Needs::Scan),
        refusal("too long by one", "too_long", at(&payload, 'x', LIMIT + 1, &format!(".{signature}")), Needs::Length),
        refusal("too long by far", "too_long", at(&payload, 'x', 1 << 20, &format!(".{signature}")), Needs::Length),
        refusal("no base64url", "base64url", good.replacen('e', "!", 1), Needs::Header),
        refusal("a header of noise, as long as can be", "utf8", at("", 'x', LIMIT, &format!(".e30.{signature}")), Needs::Header),
        refusal("another algorithm", "alg_mismatch", libraries::seal(r#"{"alg":"HS384","typ":"JWT"}"#, "{}"), Needs::Alg),
        refusal("a MAC cut short", "signature_length", good[..good.len() - 3].into(), Needs::Header),
        refusal("a wrong MAC", "signature", format!("{signing_input}.{}", at("", 'A', 43, "")), Needs::Mac),
        refusal("a wrong MAC, as long as can be", "signature", at(&payload, 'x', LIMIT, &format!(".{signature}")), Needs::Mac),
        refusal("expired", "expired", expired, Needs::Claims),
    ]
}

impl Needs {
    fn name(self) -> &'static str {
        match self {
            Needs::Length => "compare the length",
            Needs::Scan => "scan for a dot",
            Needs::Header => "find two dots, decode the header",
            Needs::Alg => "find two dots, read the header",
            Needs::Mac => "find two dots, make the MAC",
            Needs::Claims => "find two dots, make the MAC, read the claims",
        }
    }

    /// The bare work, in the same form as a library's.
    fn reference(self) -> Box<dyn FnMut(&str) -> bool> {
        let (state, mut octets) = (libraries::state(), Vec::new());
        match self {
            Needs::Length => Box::new(|token| token.len() <= LIMIT),
            Needs::Scan => Box::new(|token| memchr(b'.', token.as_bytes()).is_some_and(|at| at > 0)),
            Needs::Header | Needs::Alg => Box::new(move |token| {
                octets.clear();
                let decoded = URL_SAFE_NO_PAD.decode_vec(&token[..dots(token).0], &mut octets).is_ok();
                black_box(decoded) && self == Needs::Alg && serde_json::from_slice::<Alg>(&octets).unwrap().alg == "HS256"
            }),
            Needs::Mac | Needs::Claims => Box::new(move |token| {
                let (mut mac, (first, second)) = ([0; 32], dots(token));
                URL_SAFE_NO_PAD.decode_slice(&token[second + 1..], &mut mac).unwrap();
                let holds = state.clone().chain_update(&token.as_bytes()[..second]).verify_slice(&mac).is_ok();
                if self == Needs::Claims {
                    octets.clear();
                    URL_SAFE_NO_PAD.decode_vec(&token[first + 1..second], &mut octets).unwrap();
                    return serde_json::from_slice::<UserId>(&octets).unwrap().exp().is_some_and(|exp| exp > NOW);
                }
                holds
            }),
        }
    }
}

#[derive(Deserialize)]
struct Alg<'a> {
    alg: &'a str,
}

/// Where the first two are.
fn dots(token: &str) -> (usize, usize) {
    let first = memchr(b'.', token.as_bytes()).unwrap();
    (first, first + 1 + memchr(b'.', &token.as_bytes()[first + 1..]).unwrap())
}
