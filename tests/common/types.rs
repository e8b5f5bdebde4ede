//! Types that claims are read into, one of each kind that serde knows: for `tests/reading.rs`, and for the fuzz target `types`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Calls the macro that it is given with all of the types.
macro_rules! with_each_type {
    ($with:ident) => {
        $with![
            Value,
            BTreeMap<String, Value>,
            BTreeMap<Name, Value>,
            One<bool>,
            One<u8>,
            One<u16>,
            One<u32>,
            One<u64>,
            One<i8>,
            One<i16>,
            One<i32>,
            One<i64>,
            One<u128>,
            One<i128>,
            One<f32>,
            One<f64>,
            One<char>,
            One<String>,
            One<()>,
            One<Unit>,
            One<New>,
            One<Pair>,
            One<Name>,
            One<Variants>,
            One<Untagged>,
            Tagged,
            One<Tagged>,
            One<Option<String>>,
            One<Option<Option<u64>>>,
            One<Vec<Value>>,
            One<Vec<f64>>,
            One<[u64; 2]>,
            One<(u64, String)>,
            One<Several>,
            One<BTreeMap<String, u64>>,
            One<BTreeMap<u64, Value>>,
            One<BTreeMap<i8, Value>>,
            One<BTreeMap<bool, Value>>,
            One<BTreeMap<char, Value>>,
            One<BTreeMap<NewName, Value>>,
            One<BTreeMap<Octets<false>, Value>>,
            One<BTreeMap<Octets<true>, Value>>,
            One<Octets<false>>,
            One<Octets<true>>,
            One<std::net::IpAddr>,
            One<BTreeMap<Option<String>, Value>>,
            One<Ignored>,
            Closed,
            Flat,
            Several,
        ]
    };
}
pub(crate) use with_each_type;

#[derive(Debug, Deserialize, PartialEq)]
pub struct Unit;

#[derive(Debug, Deserialize, PartialEq)]
pub struct New(pub String);

#[derive(Debug, Deserialize, PartialEq)]
pub struct Pair(i8, Option<bool>);

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Name {
    A,
    B,
    Exp,
}

#[derive(Debug, Deserialize, PartialEq)]
pub enum Variants {
    A,
    B(f64),
    C(u8, String),
    D { a: Vec<i64>, b: Option<char> },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
pub enum Untagged {
    Number(u64),
    Float(f64),
    Text(String),
    Other(Value),
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "a")]
pub enum Tagged {
    A { b: Value },
    B,
}

/// Whatever it is.
#[derive(Debug)]
pub struct Ignored;

impl PartialEq for Ignored {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Ignored)
    }
}

/// Octets, however they come, and nothing else.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Octets<const OWNED: bool>(pub Vec<u8>);

impl<'de, const OWNED: bool> Deserialize<'de> for Octets<OWNED> {
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
        if OWNED { deserializer.deserialize_byte_buf(Visitor) } else { deserializer.deserialize_bytes(Visitor) }.map(Octets)
    }
}

/// A name inside of a type of its own.
#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewName(pub String);

/// One member of each type.
#[derive(Debug, Deserialize, PartialEq)]
pub struct One<T> {
    pub a: T,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    pub a: Option<Value>,
    pub b: Option<u64>,
}

#[derive(Debug, Deserialize, PartialEq)]
pub struct Flat {
    pub a: Option<Value>,
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize, PartialEq)]
pub struct Several {
    pub a: Option<i64>,
    pub b: Option<String>,
    #[serde(default)]
    pub exp: u64,
}
