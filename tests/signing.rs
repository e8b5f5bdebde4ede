//! Making tokens: what verify would refuse for its form is not made, and a refusal leaves nothing behind.

mod common;

use std::collections::BTreeMap;

use clearjwt::{Algorithm, Header, JsonFault, Key, SignError, Validation, sign, sign_into, sign_with};
use serde::{
    Serialize,
    ser::{SerializeMap as _, SerializeSeq as _, SerializeStructVariant as _},
};
use serde_json::{Value, json};

fn key() -> Key {
    Key::new(Algorithm::HS256, &common::octets(common::RFC7515_A1)).expect("the key of RFC 7515")
}

/// The refusal of claims, after a look at what every way to sign does with them.
fn refusal(claims: &(impl Serialize + ?Sized)) -> SignError {
    let error = sign(claims, &key()).expect_err("a refusal");
    assert_eq!(sign_with(&Header::jwt(), claims, &key()), Err(error));
    for before in [&b""[..], b"what was there"] {
        let mut buffer = before.to_vec();
        assert_eq!(sign_into(claims, &key(), &mut buffer), Err(error));
        assert_eq!(buffer, before);
    }
    error
}

fn json_fault(claims: &(impl Serialize + ?Sized)) -> JsonFault {
    match refusal(claims) {
        SignError::Json(error) => error.fault,
        other => panic!("{other:?}"),
    }
}

// RFC7515-4.1.1-3, RFC7515-4.1.9-3, RFC7515-5.1-1, RFC7515-6-2, RFC7519-5.1-2, RFC7519-5.1-3, RFC7519-5.2-1, RFC7519-7.1-2, RFC8725-3.2-4,
// RFC8725-3.11-1, RFC8725bis-3.11-1
#[test]
fn a_plain_token_has_the_header_that_the_key_says() {
    let token = sign(&json!({"a": 1}), &key()).unwrap();
    assert_eq!(token, common::sealed(Algorithm::HS256, &common::octets(common::RFC7515_A1), r#"{"alg":"HS256","typ":"JWT"}"#, r#"{"a":1}"#));
    let token = sign(&json!({}), &key().with_id("a\"b")).unwrap();
    assert_eq!(token, common::sealed(Algorithm::HS256, &common::octets(common::RFC7515_A1), r#"{"alg":"HS256","typ":"JWT","kid":"a\"b"}"#, "{}"));
    assert_eq!(sign_with(&Header::jwt(), &json!({}), &key().with_id("a\"b")).unwrap(), token);
}

#[test]
fn a_token_is_appended_to_what_the_buffer_holds() {
    let mut buffer = b"Bearer ".to_vec();
    sign_into(&json!({"a": 1}), &key(), &mut buffer).unwrap();
    assert_eq!(buffer, format!("Bearer {}", sign(&json!({"a": 1}), &key()).unwrap()).into_bytes());
}

// RFC7519-7.1-1
#[test]
fn claims_that_are_no_object_are_refused() {
    for claims in [json!(null), json!(true), json!(1), json!("{}"), json!([]), json!([{"a": 1}])] {
        assert_eq!(json_fault(&claims), JsonFault::NotAnObject);
    }
    assert_eq!(json_fault(&()), JsonFault::NotAnObject);
    assert_eq!(json_fault("text"), JsonFault::NotAnObject);
    assert_eq!(json_fault(&None::<Value>), JsonFault::NotAnObject);
    #[derive(Serialize)]
    struct Unit;
    assert_eq!(json_fault(&Unit), JsonFault::NotAnObject);
    assert!(sign(&Some(json!({})), &key()).is_ok());
}

// RFC8259-3-1
#[test]
fn nan_and_the_infinities_are_refused_wherever_they_are() {
    #[derive(Clone, Copy, Serialize)]
    struct Newtype(f64);
    #[derive(Clone, Copy, Serialize)]
    struct Pair(i32, f64);
    #[derive(Clone, Copy, Serialize)]
    enum Either {
        Newtype(f64),
        Tuple(i32, f64),
        Struct { x: f64 },
    }
    #[derive(Serialize)]
    struct Claims<T> {
        exp: u64,
        x: T,
    }
    fn with<T: Serialize>(x: T) -> Result<String, SignError> {
        sign(&Claims { exp: 1, x }, &key())
    }
    for number in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(refusal(&Claims { exp: 1, x: number }), SignError::NotFinite);
        assert_eq!(refusal(&Claims { exp: 1, x: number as f32 }), SignError::NotFinite);
        assert_eq!(refusal(&BTreeMap::from([("x", number)])), SignError::NotFinite);
        let all = [
            with(Some(number)),
            with(vec![0.0, number]),
            with((1, number)),
            with(Newtype(number)),
            with(Pair(1, number)),
            with(Either::Newtype(number)),
            with(Either::Tuple(1, number)),
            with(Either::Struct { x: number }),
            with(BTreeMap::from([(1, vec![Some(Newtype(number))])])),
            with(Claims { exp: 0, x: Box::new([Either::Struct { x: number }]) }),
        ];
        assert!(all.iter().all(|result| *result == Err(SignError::NotFinite)), "{all:?}");
    }
    for number in [0.0, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324] {
        let token = with((number, 1.5f32, Newtype(number), Either::Tuple(1, number))).unwrap();
        let verified = Validation::new().verify_at::<Value>(&token, key(), 0).unwrap();
        assert_eq!(verified.claims()["x"][0].as_f64().map(f64::to_bits), Some(number.to_bits()));
    }
}

// RFC8259-10-1
#[test]
fn what_serde_can_write_is_written_as_serde_json_writes_it() {
    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    enum Either {
        Unit,
        Newtype(u8),
        Tuple(u8, u8),
        Struct { a: u8 },
    }
    #[derive(Serialize)]
    struct All {
        numbers: (i8, i16, i32, i64, i128, u8, u16, u32, u64, u128, f32, f64),
        others: (bool, char, &'static str, (), Unit, Option<u8>, Option<u8>),
        each: [Either; 4],
        map: BTreeMap<u8, [u8; 0]>,
        address: std::net::Ipv4Addr,
        #[serde(skip)]
        _skipped: u8,
    }
    let all = All {
        numbers: (i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN, u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX, 1.5, 0.1),
        others: (true, '\u{1f511}', "\"\\\u{8}\u{1f}\u{7f}", (), Unit, None, Some(1)),
        each: [Either::Unit, Either::Newtype(1), Either::Tuple(1, 2), Either::Struct { a: 1 }],
        map: BTreeMap::from([(7, [])]),
        address: std::net::Ipv4Addr::LOCALHOST,
        _skipped: 0,
    };
    let token = sign(&all, &key()).unwrap();
    assert_eq!(clearjwt::jws::verify(&token, key()).unwrap().payload(), serde_json::to_vec(&all).unwrap());
}

/// Says how much is in it, and errs.
struct Hinted(usize);

impl Serialize for Hinted {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0))?;
        for name in ["a", "b"] {
            map.serialize_entry(name, &HintedInside(self.0))?;
        }
        map.end()
    }
}

struct HintedInside(usize);

impl Serialize for HintedInside {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0))?;
        seq.serialize_element(&1)?;
        seq.serialize_element(&HintedVariant(self.0))?;
        seq.end()
    }
}

struct HintedVariant(usize);

impl Serialize for HintedVariant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut variant = serializer.serialize_struct_variant("V", 0, "v", self.0)?;
        variant.serialize_field("c", &2)?;
        variant.end()
    }
}

#[test]
fn a_length_that_is_wrong_is_only_a_hint() {
    for hint in [0, 1, 2, 3] {
        let token = sign(&Hinted(hint), &key()).unwrap();
        let payload = clearjwt::jws::verify(&token, key()).unwrap();
        assert_eq!(String::from_utf8_lossy(payload.payload()), r#"{"a":[1,{"v":{"c":2}}],"b":[1,{"v":{"c":2}}]}"#, "{hint}");
    }
}

/// Writes the beginning of an object.
struct Panics;

impl Serialize for Panics {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(None)?.serialize_entry("x", &1)?;
        std::panic::resume_unwind(Box::new(()))
    }
}

struct GoesOn;

impl Serialize for GoesOn {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_key("a")?;
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| map.serialize_value(&Panics))).unwrap_err();
        map.serialize_entry("b", &2)?;
        map.end()
    }
}

#[test]
fn what_a_caught_panic_has_left_is_not_signed() {
    assert_eq!(json_fault(&GoesOn), JsonFault::Syntax);
}

/// A text that is put together while it is written, and octets: `serde` has a way of its own for each.
struct Shown(&'static str);

impl Serialize for Shown {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

struct Octets(&'static [u8]);

impl Serialize for Octets {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

// RFC7519-7.1-1, RFC8725-3.8-1
#[test]
fn what_is_shown_or_given_as_octets_is_a_claim_like_any_other() {
    let payload =
        |claims: &BTreeMap<&str, Shown>, key: &Key| sign(claims, key).map(|token| clearjwt::jws::Unverified::parse(&token).unwrap().unverified_payload());
    for (claim, json) in [("sub", r#"{"sub":"a\"b"}"#), ("aud", r#"{"aud":"a\"b"}"#), ("iss", r#"{"iss":"a\"b"}"#), ("x", r#"{"x":"a\"b"}"#)] {
        assert_eq!(payload(&BTreeMap::from([(claim, Shown("a\"b"))]), &key()).unwrap().unwrap(), json.as_bytes());
    }
    assert_eq!(refusal(&BTreeMap::from([("exp", Shown("1"))])), SignError::ClaimType { claim: "exp" });
    assert_eq!(json_fault(&Shown("{}")), JsonFault::NotAnObject);
    let bound = key().for_issuer("joe");
    assert!(sign(&BTreeMap::from([("iss", Shown("joe"))]), &bound).is_ok());
    assert_eq!(sign(&BTreeMap::from([("iss", Shown("jane"))]), &bound), Err(SignError::KeyIssuer));
    let token = sign(&BTreeMap::from([("x", Octets(b"\x00\xff"))]), &key()).unwrap();
    assert_eq!(clearjwt::jws::verify(&token, key()).unwrap().payload(), br#"{"x":[0,255]}"#);
    for claim in ["aud", "sub", "iat"] {
        assert_eq!(refusal(&BTreeMap::from([(claim, Octets(b"1"))])), SignError::ClaimType { claim });
    }
    assert_eq!(json_fault(&Octets(b"{}")), JsonFault::NotAnObject);
}

// RFC7515-10.12-2, RFC7519-4-1
#[test]
fn two_members_of_one_name_are_refused() {
    #[derive(Serialize)]
    struct Claims {
        exp: u64,
        #[serde(flatten)]
        others: BTreeMap<&'static str, Value>,
    }
    assert_eq!(json_fault(&Claims { exp: 1, others: BTreeMap::from([("exp", json!(2))]) }), JsonFault::DuplicateName);
    assert!(sign(&Claims { exp: 1, others: BTreeMap::from([("Exp", json!(2))]) }, &key()).is_ok());
    #[derive(Serialize)]
    struct Outer {
        inner: Claims,
    }
    assert_eq!(json_fault(&Outer { inner: Claims { exp: 1, others: BTreeMap::from([("exp", json!(2))]) } }), JsonFault::DuplicateName);
    // Among many, wherever the two stand.
    #[derive(Serialize)]
    struct Many {
        #[serde(flatten)]
        some: BTreeMap<u8, u8>,
        #[serde(flatten)]
        others: BTreeMap<u8, u8>,
    }
    for count in [15, 16, 17, 32, 33, 64, 65, 120] {
        let names = |first: u8| (first..first + count).map(|name| (name, 0)).collect();
        assert!(sign(&Many { some: names(0), others: names(count) }, &key()).is_ok(), "{count}");
        for twin in 0..count {
            assert_eq!(json_fault(&Many { some: names(0), others: BTreeMap::from([(twin, 0)]) }), JsonFault::DuplicateName, "{twin} of {count}");
        }
    }
}

// RFC7519-7.1-1, RFC7519-4.1.4-4, RFC7519-4.1.5-4, RFC7519-4.1.6-1
#[test]
fn registered_claims_of_a_wrong_type_are_refused() {
    let wrong = [
        ("exp", vec![json!("1"), json!(null), json!(true), json!([1]), json!({})]),
        ("nbf", vec![json!("1"), json!(null)]),
        ("iat", vec![json!("1"), json!(null)]),
        ("iss", vec![json!(1), json!(null), json!(["a"])]),
        ("sub", vec![json!(1), json!(null)]),
        ("jti", vec![json!(1), json!(null)]),
        ("aud", vec![json!(1), json!(null), json!({}), json!(["a", 1]), json!([null])]),
    ];
    for (claim, values) in wrong {
        for value in values {
            assert_eq!(refusal(&json!({"a": 0, claim: value})), SignError::ClaimType { claim });
        }
    }
    for claim in ["exp", "nbf", "iat"] {
        for value in [json!(1u64 << 53), json!(-(1i64 << 53)), json!(1e300)] {
            assert_eq!(refusal(&json!({claim: value})), SignError::ClaimRange { claim });
        }
        assert!(sign(&json!({claim: (1u64 << 53) - 1}), &key()).is_ok());
    }
    assert!(sign(&json!({"exp": 0.5, "nbf": -1, "aud": [], "iss": "", "sub": "", "jti": ""}), &key()).is_ok());
}

#[test]
fn claims_nested_deeper_than_verify_takes_are_refused() {
    let nested = |containers: usize| (1..containers).fold(json!(0), |value, _| json!([value]));
    assert!(sign(&json!({"a": nested(128)}), &key()).is_ok());
    assert_eq!(json_fault(&json!({"a": nested(129)})), JsonFault::TooDeep);
}

#[test]
fn what_json_cannot_say_is_refused() {
    assert_eq!(refusal(&BTreeMap::from([((1, 2), 3)])), SignError::Serialize);
    struct Fails;
    impl Serialize for Fails {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::{Error as _, SerializeMap as _};
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("written", "so far")?;
            Err(S::Error::custom("no"))
        }
    }
    assert_eq!(refusal(&Fails), SignError::Serialize);
}

// RFC7515-4-1, RFC7515-4.1.11-3, RFC7515-4.1.11-4, RFC7515-4.1.11-5, RFC7515-4.1.11-6, RFC7515-4.1.11-8, RFC7797-7-2, RFC8725-3.2-4
#[test]
fn reserved_header_members_are_refused() {
    let with = |name: &str, value: Value| Header { extra: [(name.to_owned(), value)].into_iter().collect(), ..Header::default() };
    for name in ["alg", "typ", "cty", "kid", "crit", "b64"] {
        for value in [json!("HS256"), json!(null), json!(true)] {
            assert_eq!(sign_with(&with(name, value.clone()), &json!({}), &key()), Err(SignError::HeaderMember), "{name}");
            assert_eq!(clearjwt::jws::sign("", &with(name, value), &key()), Err(SignError::HeaderMember), "{name}");
        }
    }
    for name in ["Alg", "alg ", "jku", "", "x"] {
        assert!(sign_with(&with(name, json!(1)), &json!({}), &key()).is_ok(), "{name}");
    }
    let deep = (0..128).fold(json!(0), |value, _| json!([value]));
    assert!(matches!(sign_with(&with("x", deep), &json!({}), &key()), Err(SignError::HeaderJson(error)) if error.fault == JsonFault::TooDeep));
}

#[test]
fn a_nested_token_is_not_made() {
    for cty in ["JWT", "jwt", "application/jwt", "Application/JWT"] {
        let header = Header { cty: Some(cty.into()), ..Header::jwt() };
        assert_eq!(sign_with(&header, &json!({}), &key()), Err(SignError::Nested));
    }
    assert!(sign_with(&Header { cty: Some("json".into()), ..Header::jwt() }, &json!({}), &key()).is_ok());
}

// RFC7515-4.1.4-1, RFC7515-4.1.4-2
#[test]
fn a_kid_that_is_not_the_keys_is_refused() {
    let named = |kid: &str| Header { kid: Some(kid.into()), ..Header::jwt() };
    assert_eq!(sign_with(&named("b"), &json!({}), &key().with_id("a")), Err(SignError::KeyId));
    assert_eq!(sign_with(&named(""), &json!({}), &key().with_id("a")), Err(SignError::KeyId));
    assert_eq!(sign_with(&named("a"), &json!({}), &key().with_id("a")), sign(&json!({}), &key().with_id("a")));
    let token = sign_with(&named("b"), &json!({"exp": 1}), &key()).unwrap();
    assert_eq!(Validation::new().check_at(&token, key(), 0).unwrap().header().kid.as_deref(), Some("b"));
}

// RFC7517-4.3-6
#[test]
fn a_key_that_may_only_verify_signs_nothing() {
    let jwk = format!(r#"{{"kty":"oct","alg":"HS256","k":"{}","key_ops":["verify"]}}"#, common::RFC7515_A1);
    let key = Key::from_jwk(None, jwk).unwrap();
    let mut buffer = b"x".to_vec();
    assert_eq!(sign_into(&json!({}), &key, &mut buffer), Err(SignError::KeyUse));
    assert_eq!(buffer, b"x");
    assert_eq!(sign_with(&Header::jwt(), &json!({}), &key), Err(SignError::KeyUse));
}

// RFC8725-3.8-1
#[test]
fn a_key_of_an_issuer_makes_only_tokens_of_that_issuer() {
    let key = key().for_issuer("a");
    for claims in [json!({}), json!({"iss": "b"}), json!({"iss": "A"}), json!({"iss": ""})] {
        assert_eq!(sign(&claims, &key), Err(SignError::KeyIssuer));
        assert_eq!(sign_with(&Header::jwt(), &claims, &key), Err(SignError::KeyIssuer));
    }
    assert_eq!(clearjwt::jws::sign(r#"{"iss":"a"}"#, &Header::jwt(), &key), Err(SignError::KeyIssuer));
    let token = sign(&json!({"iss": "a", "exp": 1}), &key).unwrap();
    assert!(Validation::new().check_at(&token, &key, 0).is_ok());
}
