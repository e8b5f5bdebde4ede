//! How the time to verify grows with the token, for JSON that is meant to make it grow faster.

use std::hint::black_box;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac as _;
use serde::de::IgnoredAny;

use crate::{
    libraries,
    payloads::NOW,
    rounds::{Kind, take_turns},
    table::Table,
};

/// A kind of token, as long as one likes.
struct Shape {
    name: &'static str,
    /// Its code, or nothing if it is accepted.
    refused: Option<&'static str>,
    in_header: bool,
    /// The members behind the required one, about as many bytes as asked for.
    members: fn(usize) -> String,
}

/// Nanoseconds at each length of the token.
pub struct Curve {
    pub name: String,
    pub points: Vec<(usize, f64)>,
}

pub struct Growth {
    /// What nobody can do without: MAC and base64.
    pub floor: Curve,
    pub curves: Vec<Curve>,
}

/// How long the JSON is, in bytes: up to 1 MiB.
const LENGTHS: std::ops::RangeInclusive<u32> = 8..=20;

/// The greatest whole number that rounds to a double: one digit away from too large, and only the last digit tells.
const FINITE: &str = "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497791";

const SHAPES: [Shape; 24] = [
    payload("one long string", |n| format!(r#""x":"{}""#, "a".repeat(n))),
    payload("one string of escapes", |n| format!(r#""x":"{}""#, r"\u0041".repeat(n / 6))),
    payload("one string of two-byte characters", |n| format!(r#""x":"{}""#, "é".repeat(n / 2))),
    payload("one long number", |n| format!(r#""x":0.{}1"#, "0".repeat(n))),
    payload("many numbers, a hair below what no double holds", |n| format!(r#""x":[{}]"#, list(n / 310, |_| FINITE.into()))),
    payload("a date of many digits", |n| format!(r#""nbf":1700000000.{}"#, "0".repeat(n))),
    payload("many numbers", |n| format!(r#""x":[{}]"#, list(n / 2, |_| "0".into()))),
    payload("many members", |n| list(n / 11, |i| format!(r#""{i:06}":0"#))),
    payload("many members with names alike", |n| list(n / 23, |i| format!(r#""aaaaaaaaaaaa{i:06}":0"#))),
    payload("many members with names alike, escaped", |n| list(n / 78, |i| format!(r#""{}{i:06}":0"#, r"\u0061".repeat(11)))),
    payload("sixteen members with long names alike, escaped", |n| list(15, |i| format!(r#""{}{i:02}":0"#, r"\u0061".repeat(n / 15 / 6)))),
    payload("sixteen members with long names alike, one escape each", |n| list(15, |i| format!(r#""\u0061{}{i:02}":0"#, "a".repeat(n / 15)))),
    payload("many members with names alike, one escape each", |n| list(n / 27, |i| format!(r#""\u0061aaaaaaaaaa{i:06}":0"#))),
    payload("many audiences", |n| format!(r#""aud":[{}]"#, list(n / 4, |_| r#""a""#.into()))),
    payload("objects of sixteen members", |n| format!(r#""x":[{}]"#, list(n / 146, |_| format!("{{{}}}", list(16, |i| format!(r#""{i:04}":0"#)))))),
    payload("arrays, 126 deep, one after the other", |n| format!(r#""x":[{}]"#, list(n / 253, |_| ["[".repeat(126), "]".repeat(126)].concat()))),
    payload("objects, 126 deep, one after the other", |n| {
        format!(r#""x":[{}]"#, list(n / 632, |_| [r#"{"":"#.repeat(125), "{}".into(), "}".repeat(125)].concat()))
    }),
    refused("duplicate_name", "many members of one name", |n| list(n / 6, |_| r#""a":0"#.into())),
    refused("duplicate_name", "many members, the last two of one name", |n| format!(r#"{},"000000":0"#, list(n / 11, |i| format!(r#""{i:06}":0"#)))),
    refused("too_deep", "arrays, ever deeper", |n| format!(r#""x":{}"#, "[".repeat(n))),
    header("a header of one long string", |n| format!(r#""x":"{}""#, "a".repeat(n))),
    header("a header of many members", |n| list(n / 11, |i| format!(r#""{i:06}":0"#))),
    header("a header of many members with names alike, escaped", |n| list(n / 78, |i| format!(r#""{}{i:06}":0"#, r"\u0061".repeat(11)))),
    header("a header of sixteen members with long names alike, one escape each", |n| list(14, |i| format!(r#""\u0061{}{i:02}":0"#, "a".repeat(n / 14)))),
];

pub fn measure(rounds: usize) -> Growth {
    let mut growth = Growth { floor: Curve { name: "MAC and base64 alone".into(), points: Vec::new() }, curves: Vec::new() };
    for shape in SHAPES {
        let verdict = shape.refused.map_or(String::new(), |code| format!(": `{code}`"));
        growth.curves.push(Curve { name: format!("{}{verdict}", shape.name), points: Vec::new() });
    }
    let (key, demands) = (libraries::key(), libraries::demands().max_len(usize::MAX));
    let verify = |token: &str| demands.verify_at::<IgnoredAny>(token, &key, NOW);
    for length in LENGTHS.map(|power| 1 << power) {
        let tokens: Vec<String> = SHAPES.iter().map(|shape| shape.token(length)).collect();
        let mut kinds = vec![Kind { name: "", work: floor(&tokens[0]) }];
        for (shape, token) in SHAPES.iter().zip(&tokens) {
            assert_eq!(verify(token).err().map(|error| error.code()), shape.refused, "{} of {length} bytes", shape.name);
            kinds.push(Kind { name: shape.name, work: Box::new(move || _ = black_box(verify(black_box(token)))) });
        }
        let times = take_turns(&mut kinds, rounds);
        growth.floor.points.push((tokens[0].len(), times[0].least()));
        for ((curve, token), times) in growth.curves.iter_mut().zip(&tokens).zip(&times[1..]) {
            curve.points.push((token.len(), times.least()));
        }
    }
    growth
}

impl Growth {
    pub fn table(&self) -> Table {
        let head = ["", "ns/B at 1 KiB of JSON", "at 8 KiB", "at 64 KiB", "at 1 MiB", "grows as length to the power of"].map(String::from);
        let row = |curve: &Curve| {
            let per_byte = [10, 13, 16, 20].map(|power| curve.per_byte(power - *LENGTHS.start()));
            [curve.name.clone()].into_iter().chain(per_byte.map(|ns| format!("{ns:.2}"))).chain([format!("{:.2}", curve.exponent())]).collect()
        };
        Table {
            caption: "Time to verify by length of the token; the power from 4 KiB on".into(),
            head: head.into(),
            rows: [&self.floor].into_iter().chain(&self.curves).map(row).collect(),
        }
    }
}

impl Curve {
    fn per_byte(&self, step: u32) -> f64 {
        let (length, ns) = self.points[step as usize];
        ns / length as f64
    }

    /// 1 is linear, 2 would be quadratic: the slope of the best line through the logarithms.
    fn exponent(&self) -> f64 {
        let points = self.points.iter().skip(4).map(|(length, ns)| ((*length as f64).ln(), ns.ln()));
        let count = points.clone().count() as f64;
        let mean = points.clone().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / count, sum.1 + point.1 / count));
        let (over, under) = points.fold((0.0, 0.0), |(over, under), (x, y)| (over + (x - mean.0) * (y - mean.1), under + (x - mean.0).powi(2)));
        over / under
    }
}

impl Shape {
    fn token(&self, length: usize) -> String {
        let (mut header, mut payload) = (r#""alg":"HS256","typ":"JWT""#.to_owned(), r#""exp":4102444800"#.to_owned());
        let json = if self.in_header { &mut header } else { &mut payload };
        json.push(',');
        json.push_str(&(self.members)(length - json.len()));
        libraries::seal(&format!("{{{header}}}"), &format!("{{{payload}}}"))
    }
}

fn floor(token: &str) -> Box<dyn FnMut() + '_> {
    let (state, mut octets) = (libraries::state(), Vec::new());
    Box::new(move || {
        let (signing_input, signature) = black_box(token).rsplit_once('.').unwrap();
        let mut mac = [0; 32];
        URL_SAFE_NO_PAD.decode_slice(signature, &mut mac).unwrap();
        state.clone().chain_update(signing_input).verify_slice(&mac).unwrap();
        octets.clear();
        URL_SAFE_NO_PAD.decode_vec(signing_input.split_once('.').unwrap().1, &mut octets).unwrap();
        black_box(&octets);
    })
}

const fn payload(name: &'static str, members: fn(usize) -> String) -> Shape {
    Shape { name, refused: None, in_header: false, members }
}

const fn refused(code: &'static str, name: &'static str, members: fn(usize) -> String) -> Shape {
    Shape { name, refused: Some(code), in_header: false, members }
}

/// Read before the MAC is known to hold: whoever sends it needs no key.
const fn header(name: &'static str, members: fn(usize) -> String) -> Shape {
    Shape { name, refused: None, in_header: true, members }
}

/// At least one, parted by commas.
fn list(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count.max(1)).map(each).collect::<Vec<_>>().join(",")
}
