use std::{collections::BTreeMap, fmt::Debug, sync::LazyLock};

use clearjwt::{Algorithm, Validation, VerifyError};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;

use crate::{keys, seal};

/// Claims are read into a type as `serde_json` reads them if the check takes them, and refused for its reason if not: whatever the type.
pub fn types(text: &[u8]) {
    agree_on_all(text);
    agree_on_all(&[br#"{ "b" :1, "a":"#, text, br#" ,"exp":5}"#].concat());
}

fn agree_on_all(payload: &[u8]) {
    let plain = &without_needless_escapes(payload);
    // Names that `serde_json` keeps for itself are no claims here, and mean more to it than they say.
    if plain.windows(6).any(|window| window == b"serde_") {
        return;
    }
    let token = seal(Algorithm::HS256, br#"{"alg":"HS256","typ":"JWT"}"#, payload);
    let checked = DEMANDS.check_at(&token, &keys()[0], 0).map(drop);
    macro_rules! types {
        ($($type:ty),* $(,)?) => { $(agree::<$type>(&token, plain, checked);)* };
    }
    types![Value, BTreeMap<String, Value>, BTreeMap<Name, Value>, Closed, Flat, Several, Tagged, Nothing];
    types![One<bool>, One<u8>, One<u64>, One<u128>, One<i8>, One<i64>, One<i128>, One<f32>, One<f64>, One<char>, One<String>];
    types![One<()>, One<Unit>, One<New>, One<Pair>, One<Name>, One<Variants>, One<Untagged>, One<Tagged>, One<Octets>, One<Nothing>];
    types![One<Option<String>>, One<Option<Option<u64>>>, One<Vec<f64>>, One<[u64; 2]>, One<Several>];
    types![One<BTreeMap<u64, Value>>, One<BTreeMap<i8, Value>>, One<BTreeMap<bool, Value>>, One<BTreeMap<char, Value>>];
    types![One<BTreeMap<New, Value>>, One<BTreeMap<Octets, Value>>, One<BTreeMap<Option<String>, Value>>];
}

/// The same JSON. `serde_json` reads no number from a name such as `"\u0030"`; to clearjwt it is the name `"0"`, however it is spelled.
fn without_needless_escapes(mut json: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    while let Some(first) = json.first() {
        let length = if json.starts_with(br"\u") { 6 } else { 1 + usize::from(*first == b'\\') };
        let (piece, rest) = json.split_at(length.min(json.len()));
        let code = piece.strip_prefix(br"\u").and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        match code {
            Some(character @ (b' '..=b'!' | b'#'..=b'[' | b']'..=b'~')) => plain.push(character),
            _ => plain.extend_from_slice(piece),
        }
        json = rest;
    }
    plain
}

static DEMANDS: LazyLock<Validation> = LazyLock::new(|| Validation::new().allow_no_expiry().any_audience());

fn agree<T: DeserializeOwned + Debug + PartialEq>(token: &str, payload: &[u8], checked: Result<(), VerifyError>) {
    let read = DEMANDS.verify_at::<T>(token, &keys()[0], 0).map(|verified| verified.into_claims());
    let expected = || {
        let mut reader = serde_json::Deserializer::from_slice(payload);
        reader.disable_recursion_limit();
        T::deserialize(&mut reader).and_then(|value| reader.end().map(|()| value)).ok()
    };
    match checked {
        Err(error) => assert_eq!(read.map(drop), Err(error)),
        Ok(()) => match read {
            Err(VerifyError::ClaimsShape { .. }) => assert_eq!(expected(), None),
            read => assert_eq!(read.ok(), expected()),
        },
    }
}

#[derive(Debug, Deserialize, PartialEq)]
struct One<T> {
    a: T,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Closed {
    a: Option<Value>,
    b: Option<u64>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Flat {
    a: Option<Value>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Several {
    a: Option<i64>,
    b: Option<String>,
    #[serde(default)]
    exp: u64,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Unit;

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct New(String);

#[derive(Debug, Deserialize, PartialEq)]
struct Pair(i8, Option<bool>);

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Name {
    A,
    B,
    Exp,
}

#[derive(Debug, Deserialize, PartialEq)]
enum Variants {
    A,
    B(f64),
    C(u8, String),
    D { a: Vec<i64>, b: Option<char> },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Untagged {
    Number(u64),
    Float(f64),
    Text(String),
    Other(Value),
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "a")]
enum Tagged {
    A { b: Value },
    B,
}

/// Passes over whatever it is.
#[derive(Debug)]
struct Nothing;

impl PartialEq for Nothing {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Nothing)
    }
}

/// Asks for octets: of a text, or one by one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Octets(Vec<u8>);

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("octets")
            }

            fn visit_bytes<E>(self, octets: &[u8]) -> Result<Vec<u8>, E> {
                Ok(octets.to_vec())
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<u8>, A::Error> {
                let mut octets = Vec::new();
                while let Some(octet) = elements.next_element()? {
                    octets.push(octet);
                }
                Ok(octets)
            }
        }
        deserializer.deserialize_bytes(Visitor).map(Octets)
    }
}
