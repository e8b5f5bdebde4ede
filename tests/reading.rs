//! Claims are read into a type as `serde_json` reads them, for all that is accepted at all.

#[path = "common/types.rs"]
mod types;

use std::{collections::BTreeMap, fmt::Debug};

use clearjwt::{Algorithm, Header, Key, Validation, VerifyError, jws};
use proptest::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use types::*;

fn key() -> Key {
    Key::new(Algorithm::HS256, &core::array::from_fn::<u8, 32, _>(|index| 7 * index as u8 + 1)).unwrap()
}

fn demands() -> Validation {
    Validation::new().allow_no_expiry().any_audience()
}

/// `payload` as a `T`: read while it is checked, and once more when it was. `serde_json` has to give the same.
fn agree<T: DeserializeOwned + Debug + PartialEq>(payload: &str) {
    let token = jws::sign(payload, &Header::jwt(), &key()).unwrap();
    let checked = demands().check_at(&token, key(), 0).unwrap_or_else(|error| panic!("{payload}: {error}"));
    let expected = serde_json::from_slice::<T>(payload.as_bytes());
    let read = demands().verify_at::<T>(&token, key(), 0).map(|verified| verified.into_claims());
    assert_eq!(read.as_ref().ok(), expected.as_ref().ok(), "{payload}");
    assert_eq!(checked.claims_as::<T>().ok(), expected.ok(), "{payload}");
    if let Err(error) = read {
        assert!(matches!(error, VerifyError::ClaimsShape { .. }), "{payload}: {error:?}");
    }
}

/// A payload with `value` under `a`, held against every type.
fn agree_on_all(value: &str) {
    let payload = format!(r#"{{ "b" :1, "a":{value} ,"exp":5}}"#);
    macro_rules! agree_on {
        ($($type:ty),* $(,)?) => { $(agree::<$type>(&payload);)* };
    }
    with_each_type!(agree_on);
}

#[test]
fn each_type_reads_each_kind_of_value_as_serde_json_does() {
    let kinds = [
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "127",
        "128",
        "-128",
        "255",
        "256",
        "65536",
        "4294967296",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "123456789012345678901234567890123456789",
        "1.0",
        "1.5",
        "-0",
        "-0.0",
        "0.1",
        "1e2",
        "1E-2",
        "2.5e+3",
        "1e308",
        "5e-324",
        "1e-400",
        "16777217",
        "0.3333333432674407958984375",
        "123456789.123456789",
        r#""""#,
        r#""A""#,
        r#""a""#,
        r#""b""#,
        r#""exp""#,
        r#""é""#,
        r#""\u00e9""#,
        r#""\ud83d\ude00""#,
        r#""A\n""#,
        r#""\u0041""#,
        "[]",
        "[1]",
        "[1, 2]",
        "[1,2,3]",
        r#"[1,"x"]"#,
        r#"[1,null]"#,
        r#"[1,true]"#,
        "[[],[{}]]",
        "{}",
        r#"{"A":null}"#,
        r#"{"B":1.5}"#,
        r#"{"B":1}"#,
        r#"{"C":[1,"x"]}"#,
        r#"{"C":[1]}"#,
        r#"{"D":{"a":[1,-2],"b":"z"}}"#,
        r#"{"D":{"a":[]}}"#,
        r#"{"D":[[1],null]}"#,
        r#"{"A":null,"B":1}"#,
        r#"{"a":1,"b":"x"}"#,
        r#"{"a":"A","b":{"c":[]}}"#,
        r#"{"a":"B"}"#,
        r#"{"1":2,"3":4}"#,
        r#"{"-1":2}"#,
        r#"{"-0":2}"#,
        r#"{"+1":2}"#,
        r#"{"01":2}"#,
        r#"{"1.5":2}"#,
        r#"{"300":2}"#,
        r#"{"true":1}"#,
        r#"{"false":1}"#,
        r#"{"\u00e9":1}"#,
        r#""127.0.0.1""#,
        r#"{"x":1}"#,
        r#"{"exp":"no date"}"#,
        r#"{"a":1,"b":null,"exp":7}"#,
    ];
    kinds.iter().for_each(|value| agree_on_all(value));
}

// RFC7515-10.13-1
#[test]
fn a_name_that_is_read_as_a_number_may_be_spelled_with_escapes_as_any_name() {
    // `serde_json` reads such a name as it is written, and finds no number.
    let token = jws::sign(r#"{"\u0031\u0032":true}"#, &Header::jwt(), &key()).unwrap();
    let claims = demands().verify_at::<BTreeMap<u64, bool>>(&token, key(), 0).unwrap().into_claims();
    assert_eq!(claims, BTreeMap::from([(12, true)]));
}

#[test]
fn what_reads_no_object_is_checked_all_the_same() {
    let token = |payload: &str| jws::sign(payload, &Header::jwt(), &key()).unwrap();
    let refusal = |payload: &str| demands().verify_at::<serde::de::IgnoredAny>(token(payload), &key(), 10).map(drop).unwrap_err().code();
    assert_eq!(refusal(r#"{"exp":5}"#), "expired");
    assert_eq!(refusal(r#"{"exp":50,"exp":60}"#), "duplicate_name");
    assert_eq!(refusal(r#"{"exp":"5"}"#), "claim_type");
    assert_eq!(refusal("[]"), "not_an_object");
}

#[test]
fn a_misfit_is_no_reason_before_the_check() {
    let token = |payload: &str| jws::sign(payload, &Header::jwt(), &key()).unwrap();
    let refusal = |payload: &str| demands().verify_at::<One<u64>>(token(payload), &key(), 10).map(drop).unwrap_err();
    assert_eq!(refusal("{\n\"a\":\"x\",\"exp\":5}").code(), "expired");
    assert_eq!(refusal("{\n\"a\":\"x\",\"b\":01}").code(), "json");
    assert_eq!(refusal("{\n\"a\":\"x\"}"), VerifyError::ClaimsShape { line: 2, column: 4 });
}

/// Types make sentences of it, which must not have the token in them.
#[test]
fn what_a_type_hears_of_a_misfit_is_always_the_same() {
    thread_local! {
        static HEARD: std::cell::RefCell<Vec<String>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    #[derive(Debug)]
    struct Curious;
    impl<'de> Deserialize<'de> for Curious {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let error = std::net::IpAddr::deserialize(deserializer).unwrap_err();
            HEARD.with_borrow_mut(|heard| heard.push(error.to_string()));
            Err(serde::de::Error::custom("no address"))
        }
    }
    for value in ["\"secret\"", "4711", "[true]"] {
        let token = jws::sign(format!("{{\"a\":{value}}}"), &Header::jwt(), &key()).unwrap();
        demands().check_at(&token, key(), 0).unwrap().claims_as::<One<Curious>>().unwrap_err();
    }
    assert_eq!(HEARD.take(), ["the text does not fit the type"; 3]);
}

/// JSON that the strict check takes, of every shape.
fn value() -> impl Strategy<Value = Value> {
    let names = prop_oneof![Just("a".to_owned()), Just("b".to_owned()), Just("exp".to_owned()), "[0-9]{1,3}", ".{0,12}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(names.clone(), inner, 0..5).prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_value_is_read_as_serde_json_reads_it(value in value(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        agree_on_all(&text);
    }
}

#[test]
fn a_claim_can_be_borrowed_unless_it_has_escapes() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Borrowed<'a> {
        a: &'a str,
    }
    let token = |payload: &Value| clearjwt::sign(payload, &key()).unwrap();
    let verified = demands().check_at(token(&json!({"a": "text"})), key(), 0).unwrap();
    assert_eq!(verified.claims_as::<Borrowed<'_>>().unwrap().a, "text");
    let verified = demands().check_at(token(&json!({"a": "a\nb"})), key(), 0).unwrap();
    assert!(verified.claims_as::<Borrowed<'_>>().is_err());
}

/// A payload that is read while it is checked gets the verdict of one that is checked first.
fn same_verdict(payload: &[u8]) {
    let token = jws::sign(payload, &Header::jwt(), &key()).unwrap();
    let verdict = |now| demands().check_at(&token, key(), now).map(|verified| verified.valid_until());
    for now in [0, 5] {
        assert_eq!(demands().verify_at::<Value>(&token, key(), now).map(|verified| verified.valid_until()), verdict(now), "{payload:?}");
        let typed = demands().verify_at::<Several>(&token, key(), now).map(|verified| verified.valid_until());
        assert!(typed == verdict(now) || verdict(now).is_ok() && matches!(typed, Err(VerifyError::ClaimsShape { .. })), "{payload:?}");
    }
}

#[test]
fn whoever_reads_the_claims_the_check_is_the_same() {
    let deep = |depth: usize| format!(r#"{{"a":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let empty = |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let payloads = (125..132).flat_map(|depth| [deep(depth), empty(depth)]);
    let fixed = [
        r#"{"exp":5,"\u0065xp":6}"#,
        r#"{"a":{"b":1,"\u0062":2}}"#,
        r#"{"a":[{"b":1,"b":2}]}"#,
        r#"{"zz":[{"b":1,"b":2}]}"#,
        r#"{"exp":5}x"#,
        r#"{"exp":5,}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"zz":"\ud800"}"#,
        r#"{"a":1e400}"#,
        r#"{"zz":1e400}"#,
        r#"{"a":01}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":[,1]}"#,
        r#"{"a":[1 2]}"#,
        r#"{"a" 1}"#,
        r#"{,"a":1}"#,
        r#"{"a":tru}"#,
        r#"{"a":nulll}"#,
        "{\"a\":\"\n\"}",
        "\u{feff}{}",
        "",
        " ",
        "null",
        "[]",
        "1",
        r#""exp""#,
        r#"{"exp":5.5,"iat":"x"}"#,
        r#"{"aud":["a",1]}"#,
        r#"{"aud":["a"]}"#,
        r#"{"iss":null}"#,
        r#"{"exp":5,"a":{"exp":"x"}}"#,
        r#"{"a":{"exp":1},"exp":"5"}"#,
        "{\"a\":1\u{a0}}",
    ];
    fixed.into_iter().map(String::from).chain(payloads).for_each(|payload| same_verdict(payload.as_bytes()));
    let many: Vec<String> = (0..70).map(|index| format!(r#""n{index}":{index}"#)).collect();
    for count in 1..many.len() {
        same_verdict(format!("{{{}}}", many[..count].join(",")).as_bytes());
        same_verdict(format!("{{{},{}}}", many[..count].join(","), many[count / 2]).as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]
    #[test]
    fn a_payload_with_a_flaw_gets_the_same_verdict(value in value(), at: prop::sample::Index, byte: u8, kind in 0..4) {
        let mut payload = serde_json::to_vec(&json!({"a": value, "exp": 5, "b": "x"})).unwrap();
        let at = at.index(payload.len());
        match kind {
            0 => payload[at] = byte,
            1 => payload.insert(at, byte),
            2 => drop(payload.remove(at)),
            _ => payload.insert(at, b"{}[],:\"\\ 0-"[usize::from(byte) % 11]),
        }
        same_verdict(&payload);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]
    #[test]
    fn what_is_signed_is_what_a_verifier_takes(
        members in prop::collection::btree_map(prop::sample::select(&["exp", "nbf", "iat", "iss", "sub", "aud", "jti", "a", "\"\n"][..]), value(), 0..6),
        issuer: bool,
    ) {
        let key = if issuer { key().for_issuer("joe") } else { key() };
        let mut claims: serde_json::Map<_, _> = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        if issuer && claims.len() % 2 == 0 {
            claims.insert("iss".into(), "joe".into());
        }
        let token = jws::sign(serde_json::to_vec(&claims).unwrap(), &Header::jwt(), &self::key()).unwrap();
        let verdict = demands().check_at(&token, self::key(), 0).map(drop).or_else(|error| match error.code() {
            "not_yet_valid" | "expired" => Ok(()),
            _ => Err(()),
        });
        let bound = !issuer || claims.get("iss").is_some_and(|iss| iss == "joe");
        let signed = clearjwt::sign(&claims, &key).ok();
        prop_assert_eq!(signed.is_some(), verdict.is_ok() && bound, "{:?}", claims);
        if let Some(signed) = signed {
            prop_assert_eq!(signed, token);
        }
    }
}
