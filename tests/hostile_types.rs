//! Types that do not keep to serde's rules: what is refused is refused whoever reads it, and what is signed is sound.

mod common;

use std::{cell::RefCell, fmt, marker::PhantomData};

use clearjwt::{Algorithm, Header, JsonFault, Key, SignError, Validation, VerifyError, jws};
use proptest::prelude::*;
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor},
    ser::{Error as _, SerializeMap as _, SerializeSeq as _, Serializer},
};
use serde_json::Value;

fn key() -> Key {
    common::key(&serde_json::json!({"key": {}}))
}

/// Refused with and without a type, for the same reason.
fn refused<T: DeserializeOwned>(payload: &str) {
    let (token, demands) = (jws::sign(payload, &Header::jwt(), &key()).unwrap(), Validation::new());
    let checked = demands.check_at(&token, key(), 0).map(drop);
    assert!(checked.is_err(), "{payload}");
    assert_eq!(demands.verify_at::<T>(&token, key(), 0).map(drop), checked, "{payload}");
}

/// What cannot be read counts as absent.
fn lenient<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(T::deserialize(deserializer).ok())
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
#[allow(dead_code)]
struct Lenient<T> {
    #[serde(default, deserialize_with = "lenient")]
    a: Option<T>,
    exp: u64,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Small {
    b: u8,
}

/// Takes members until there is an error, and keeps what it has.
struct UntilError<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for UntilError<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UntilError(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for UntilError<T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while let Ok(Some(_)) = map.next_entry::<String, T>() {}
        Ok(self)
    }
}

/// Reads nothing.
struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Nothing)
    }
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct With<T> {
    exp: u64,
    a: T,
}

#[test]
fn an_error_that_a_type_passes_over_is_not_forgotten() {
    for payload in [r#"{"exp":9,"a":1e999}"#, r#"{"exp":9,"a":}"#, r#"{"exp":9,"a":"\ud800"}"#, r#"{"exp":9,"a":"\ud800}"#] {
        refused::<Lenient<f64>>(payload);
        refused::<Lenient<String>>(payload);
        refused::<UntilError<Value>>(payload);
        refused::<UntilError<IgnoredAny>>(payload);
    }
    // The brace that is missing is that of the inner object, and `exp` is not where it seems to be.
    refused::<Lenient<Small>>(r#"{"exp":9,"a":{"b":300}"#);
    refused::<Lenient<Small>>(r#"{"a":{"b":300,"exp":9}"#);
    refused::<Lenient<Small>>(r#"{"a":{"b":300,"exp":9}}"#);
    refused::<Lenient<(u8,)>>(r#"{"a":[1,"exp":9}"#);
    refused::<UntilError<u8>>(r#"{"exp":9,}"#);
    refused::<UntilError<u8>>(r#"{"exp":9,"a":9"b":9}"#);
}

#[test]
fn a_type_that_leaves_out_what_is_due_does_not_make_it_optional() {
    refused::<With<Nothing>>(r#"{"exp":9,"a":}"#);
    refused::<With<Nothing>>(r#"{"a":,"exp":9}"#);
    refused::<With<(Nothing, u8)>>(r#"{"exp":9,"a":[,1]}"#);
}

// Of these names serde_json's own values make a number, or JSON that is read out of a string; which ones depends on its features.
#[test]
fn a_string_is_not_read_as_json_whatever_its_name_says() {
    for name in ["RawValue", "Number", r"\u0052awValue"] {
        let value = format!(r#"{{"$serde_json::private::{name}":"{{\"x\":1,\"x\":2}}"}}"#);
        let header = format!(r#"{{"alg":"HS256","typ":"JWT","kid":"a","x":{value}}}"#);
        let token = common::sealed(Algorithm::HS256, &common::octets(common::RFC7515_A1), header, format!(r#"{{"exp":9,"a":{value}}}"#));
        let checked = Validation::new().check_at(&token, key(), 0).unwrap();
        assert_eq!((checked.header().typ.as_deref(), checked.header().kid.as_deref()), (Some("JWT"), Some("a")));
        let unverified = jws::Unverified::parse(&token).unwrap();
        assert_eq!((unverified.unverified_kid().as_deref(), unverified.unverified_alg().as_deref()), (Some("a"), Some("HS256")));
        let read = Validation::new().verify_at::<Value>(&token, key(), 0);
        assert!(matches!(read, Err(VerifyError::ClaimsShape { .. })), "{read:?}");
        assert!(checked.claims_as::<Value>().is_err());
    }
}

/// Does what the choices say, whether it may or not.
struct Chaos;

thread_local! {
    static CHOICES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// One of `ways`; the first of them when all choices are made.
fn choose(ways: u8) -> u8 {
    CHOICES.with_borrow_mut(|choices| choices.pop().map_or(0, |choice| choice % ways))
}

fn end<E: serde::de::Error>() -> Result<Chaos, E> {
    if choose(8) == 7 { Err(E::custom("a whim")) } else { Ok(Chaos) }
}

/// Passes over an error, sometimes.
fn maybe<T, E>(result: Result<T, E>, otherwise: T) -> Result<T, E> {
    if choose(3) == 2 { result.or(Ok(otherwise)) } else { result }
}

impl<'de> Deserialize<'de> for Chaos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = match choose(24) {
            1 => return Ok(Chaos),
            2 => deserializer.deserialize_option(Chaos),
            3 => deserializer.deserialize_newtype_struct("", Chaos),
            4 => deserializer.deserialize_u8(Chaos),
            5 => deserializer.deserialize_f64(Chaos),
            6 => deserializer.deserialize_f32(Chaos),
            7 => deserializer.deserialize_str(Chaos),
            8 => deserializer.deserialize_bool(Chaos),
            9 => deserializer.deserialize_unit(Chaos),
            10 => deserializer.deserialize_seq(Chaos),
            11 | 12 => deserializer.deserialize_map(Chaos),
            13 => deserializer.deserialize_struct("", &["a"], Chaos),
            14 => deserializer.deserialize_enum("", &["a"], Chaos),
            15 => deserializer.deserialize_ignored_any(Chaos),
            16 => deserializer.deserialize_bytes(Chaos),
            17 => deserializer.deserialize_tuple(1, Chaos),
            18 => deserializer.deserialize_i128(Chaos),
            19 => deserializer.deserialize_identifier(Chaos),
            _ => deserializer.deserialize_any(Chaos),
        };
        maybe(read, Chaos)
    }
}

macro_rules! plain {
    ($($method:ident: $type:ty),*) => {
        $(fn $method<E: serde::de::Error>(self, _: $type) -> Result<Chaos, E> {
            end()
        })*
    };
}

impl<'de> Visitor<'de> for Chaos {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    plain! { visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_f32: f32, visit_i128: i128, visit_bool: bool, visit_str: &str }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Chaos, E> {
        end()
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Chaos, E> {
        end()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Chaos, D::Error> {
        Chaos::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Chaos, D::Error> {
        Chaos::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Chaos, A::Error> {
        for _ in 0..20 {
            let element = elements.next_element::<Chaos>();
            if maybe(element, Some(Chaos))?.is_none() || choose(8) == 7 {
                break;
            }
        }
        end()
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Chaos, A::Error> {
        for _ in 0..20 {
            let name = match choose(8) {
                7 => Ok(Some(())),
                6 => members.next_key::<u8>().map(|name| name.map(drop)),
                _ => members.next_key::<String>().map(|name| name.map(drop)),
            };
            if maybe(name, Some(()))?.is_none() || choose(16) == 15 {
                break;
            }
            if choose(8) < 7 {
                let value = members.next_value::<Chaos>();
                maybe(value, Chaos)?;
            }
        }
        end()
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variants: A) -> Result<Chaos, A::Error> {
        let variant = if choose(2) == 1 { variants.variant::<Chaos>()?.1 } else { variants.variant::<String>()?.1 };
        match choose(6) {
            1 => variant.unit_variant().and_then(|()| end()),
            2 => variant.tuple_variant(1, Chaos),
            3 => variant.struct_variant(&["a"], Chaos),
            4 => end(),
            _ => variant.newtype_variant(),
        }
    }
}

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\n",
    "\"a\"",
    "\"exp\"",
    "\"\\u0061\"",
    "\"aud\"",
    "1",
    "300",
    "1e999",
    "0.5",
    "-",
    "true",
    "nul",
    "null",
    "\"\\ud800\"",
    "\"\\ud800,\"",
    "{\"a\":1}",
    "[1]",
    "{}",
    "[]",
    ",\"exp\":9",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4000, ..ProptestConfig::default() })]
    #[test]
    fn no_type_gets_in_what_is_refused_without_one(
        members in prop::collection::vec((prop::sample::select(&["a", "b", "exp", "\\u0061"][..]), prop::sample::select(PIECES)), 0..4),
        flaws in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, prop::sample::select(PIECES)), 0..3),
        choices: [[u8; 32]; 8],
    ) {
        let mut payload = format!("{{{}}}", members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect::<Vec<_>>().join(","));
        for (at, length, piece) in flaws {
            let at = at.index(payload.len() + 1);
            payload.replace_range(at..(at + length).min(payload.len()), piece);
        }
        let (token, demands) = (jws::sign(&payload, &Header::jwt(), &key()).unwrap(), Validation::new().any_audience());
        let checked = demands.check_at(&token, key(), 0).map(drop);
        for choices in choices {
            CHOICES.set(choices.to_vec());
            let read = demands.verify_at::<Chaos>(&token, key(), 0).map(drop);
            prop_assert!(read == checked || checked.is_ok() && matches!(read, Err(VerifyError::ClaimsShape { .. })), "{:?} {:?} {:?}", payload, read, checked);
        }
    }
}

/// Serializes `value`, and goes on if that fails.
struct Swallowed<T>(T);

impl<T: Serialize> Serialize for Swallowed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("exp", &9)?;
        let _ = map.serialize_entry("a", &self.0);
        map.end()
    }
}

/// Begins an object or an array, and gives up.
struct GivesUp(bool);

impl Serialize for GivesUp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 {
            serializer.serialize_map(None)?.serialize_entry("x", &1)?;
        } else {
            serializer.serialize_seq(None)?.serialize_element(&1)?;
        }
        Err(S::Error::custom("a whim"))
    }
}

#[test]
fn half_a_claim_is_not_signed() {
    let syntax = |error| matches!(error, SignError::Json(error) if error.fault == JsonFault::Syntax);
    assert!(clearjwt::sign(&Swallowed(f64::NAN), &key()).is_err_and(syntax));
    for whim in [true, false] {
        assert!(clearjwt::sign(&Swallowed(GivesUp(whim)), &key()).is_err_and(syntax));
    }
    assert!(clearjwt::sign(&Swallowed(1.5), &key()).is_ok());
}

#[derive(Serialize)]
enum Nested {
    End,
    One(Box<Nested>),
    Tuple(u8, Box<Nested>),
    Struct { a: Box<Nested> },
}

#[test]
fn however_variants_nest_what_is_signed_is_not_too_deep() {
    #[derive(Serialize)]
    struct Claims {
        exp: u64,
        a: Vec<Nested>,
    }
    type Maker = fn(Box<Nested>) -> Nested;
    let makers: [(usize, Maker); 3] = [(1, Nested::One), (2, |inner| Nested::Tuple(1, inner)), (2, |a| Nested::Struct { a })];
    for (levels, maker) in makers {
        let nested = |times| (0..times).fold(Nested::End, |inner, _| maker(Box::new(inner)));
        for times in (1..130).step_by(3) {
            let token = clearjwt::sign(&Claims { exp: 9, a: vec![nested(times), nested(1)] }, &key());
            // Two levels are around the variants: the claims and the array.
            assert_eq!(token.is_ok(), 2 + levels * times <= 128, "{levels} {times}");
            if let Ok(token) = token {
                assert!(Validation::new().check_at(&token, key(), 0).is_ok());
            }
        }
    }
}
