//! What holds for every input, tried on many: signing and verifying, forging, hostile bytes, and JSON beside an oracle.

mod common;

use clearjwt::{Algorithm, Header, Key, Validation, bearer, jwk, jws, sign};
use proptest::prelude::*;
use serde_json::{Map, Value};

fn secret() -> Vec<u8> {
    common::octets(common::RFC7515_A1)
}

fn key(algorithm: Algorithm) -> Key {
    Key::new(algorithm, &secret()).expect("the key of RFC 7515")
}

fn algorithm() -> impl Strategy<Value = Algorithm> {
    proptest::sample::select(&Algorithm::ALL[..])
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-1000i64..1000).prop_map(Value::from)
    ]
}

/// Any JSON value; f64s that are not finite become null, as serde_json does it.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), number(), any::<String>().prop_map(Value::from)];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[^a]{0,9}", inner, 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Claims without registered names, but for an `exp` to come.
fn claims() -> impl Strategy<Value = Map<String, Value>> {
    proptest::collection::btree_map("[^a-z].{0,9}|x.{0,20}|", value(), 0..6).prop_map(|members| {
        let mut claims: Map<String, Value> = members.into_iter().collect();
        claims.insert("exp".into(), (common::NOW + 1).into());
        claims
    })
}

/// The verdict on a JSON object of the slow oracle: a walker that keeps every name of every object.
fn oracle(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let mut walker = Walker { rest: text };
    let object = text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{');
    let walked = object && walker.value(0).is_some() && walker.white().is_empty();
    // serde_json has to agree that it is JSON, where it can: its own limit of depth is switched off.
    let mut parser = serde_json::Deserializer::from_str(text);
    parser.disable_recursion_limit();
    let parsed = <Value as serde::Deserialize>::deserialize(&mut parser).is_ok() && parser.end().is_ok();
    assert!(parsed || !walked, "the oracle takes what serde_json does not: {text}");
    walked
}

struct Walker<'t> {
    rest: &'t str,
}

impl<'t> Walker<'t> {
    fn white(&mut self) -> &'t str {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest
    }

    fn take(&mut self, word: &str) -> Option<()> {
        self.rest = self.white().strip_prefix(word)?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.white().chars().next().filter(|_| depth <= 128)? {
            '{' => {
                self.take("{")?;
                let mut names = Vec::new();
                while self.take("}").is_none() {
                    if !names.is_empty() {
                        self.take(",")?;
                    }
                    let name = self.string()?;
                    if names.contains(&name) {
                        return None;
                    }
                    names.push(name);
                    self.take(":")?;
                    self.value(depth + 1)?;
                }
                Some(())
            }
            '[' => {
                self.take("[")?;
                let mut first = true;
                while self.take("]").is_none() {
                    if !std::mem::take(&mut first) {
                        self.take(",")?;
                    }
                    self.value(depth + 1)?;
                }
                Some(())
            }
            '"' => self.string().map(drop),
            't' => self.take("true"),
            'f' => self.take("false"),
            'n' => self.take("null"),
            _ => self.number(),
        }
    }

    /// A string up to its quote, by serde_json: it refuses lone surrogates and control characters.
    fn string(&mut self) -> Option<String> {
        let text = self.white().strip_prefix('"')?;
        let mut escaped = false;
        let end = text.find(|c| {
            let is_end = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            is_end
        })?;
        self.rest = &text[end + 1..];
        serde_json::from_str(&format!("\"{}\"", &text[..end])).ok()
    }

    /// The longest run of a number's characters, by serde_json for the grammar and by the standard library for the range.
    fn number(&mut self) -> Option<()> {
        let text = self.white();
        let end = text.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(text.len());
        self.rest = &text[end..];
        serde_json::from_str::<serde_json::Number>(&text[..end]).ok()?;
        text[..end].parse::<f64>().ok().filter(|number| number.is_finite()).map(drop)
    }
}

/// Whether the library takes a text as the header and as the payload; both have to be of one mind.
fn taken(text: &[u8]) -> bool {
    let payload = common::sealed(Algorithm::HS256, &secret(), r#"{"alg":"HS256"}"#, text);
    let by_payload = Validation::new().allow_no_expiry().max_len(1 << 20).verify_at::<Value>(&payload, key(Algorithm::HS256), 0).map(drop);
    let form = |code: &str| {
        !["utf8", "byte_order_mark", "json", "not_an_object", "duplicate_name", "lone_surrogate", "number_too_large", "too_deep", "empty_header"]
            .contains(&code)
    };
    let by_payload = by_payload.map_or_else(|error| form(error.code()), |()| true);
    let header = common::sealed(Algorithm::HS256, &secret(), text, "");
    if header.len() <= jws::MAX_LEN {
        let by_header = jws::verify(&header, key(Algorithm::HS256)).map_or_else(|error| form(error.code()), |_| true);
        assert_eq!(by_header, by_payload, "{}", String::from_utf8_lossy(text));
    }
    by_payload
}

/// JSON text with one piece put in, or in the place of another: often still valid, often just not.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let text = claims().prop_map(|claims| Value::Object(claims).to_string().into_bytes());
    let index = any::<proptest::sample::Index>;
    (text, index(), index(), proptest::sample::select(PIECES), any::<bool>()).prop_map(|(mut text, at, length, piece, replace)| {
        let at = at.index(text.len() + 1);
        let end = if replace { (at + length.index(4)).min(text.len()) } else { at };
        text.splice(at..end, piece.bytes());
        text
    })
}

#[rustfmt::skip]
const PIECES: &[&str] = &[
    "", "\"", "\\", ",", ":", "{", "}", "[", "]", "0", "-", ".", "e", "1e308", "1e309", "1.7976931348623158e308", "1.7976931348623159e308",
    "\\u0061", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\0", "\u{7f}", "\u{feff}", "\u{e9}", " ", "\n", "\"a\":1,", "\"\\u0061\":1,", "null",
    "NaN", "tru", "[[[[[[[[", "{\"a\":{\"a\":", "00", "+", "//", "\u{b}",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn what_is_signed_verifies_and_gives_back_the_same_claims(claims in claims(), algorithm in algorithm(), id in proptest::option::of(any::<String>())) {
        let key = id.iter().fold(key(algorithm), |key, id| key.with_id(id));
        let token = sign(&claims, &key).unwrap();
        let verified = Validation::new().max_len(1 << 20).verify_at::<Map<String, Value>>(&token, &key, common::NOW).unwrap();
        prop_assert_eq!(verified.claims(), &claims);
        prop_assert_eq!(verified.key_id(), id.as_deref());
        prop_assert_eq!(verified.header(), Header { kid: id, ..Header::jwt() });
        prop_assert_eq!(verified.payload(), serde_json::to_vec(&claims).unwrap());
        prop_assert_eq!(verified.valid_until(), Some(common::NOW + 1));
    }

    #[test]
    fn any_octets_come_back_as_they_were_signed(payload in any::<Vec<u8>>(), typ in any::<Option<String>>(), extra in claims(), algorithm in algorithm()) {
        let header = Header { typ, cty: None, kid: None, extra };
        let token = jws::sign(&payload, &header, &key(algorithm)).unwrap();
        prop_assume!(token.len() <= jws::MAX_LEN);
        let verified = jws::verify(&token, key(algorithm)).unwrap();
        prop_assert_eq!((verified.payload(), verified.header()), (&payload[..], header));
    }

    // RFC6750-5.2-2
    #[test]
    fn a_token_with_one_bit_changed_is_refused(claims in claims(), algorithm in algorithm(), at in any::<proptest::sample::Index>()) {
        let mut token = sign(&claims, &key(algorithm)).unwrap().into_bytes();
        let bit = at.index(token.len() * 8);
        token[bit / 8] ^= 1 << (bit % 8);
        let demands = Validation::new().max_len(1 << 20).any_typ().any_audience().allow_no_expiry();
        prop_assert!(demands.check_at(&token, key(algorithm), common::NOW).is_err());
    }

    #[test]
    fn a_token_of_another_secret_is_refused(claims in claims(), other in proptest::collection::vec(any::<u8>(), 64..100)) {
        prop_assume!(other[..] != secret()[..]);
        let Ok(other) = Key::new(Algorithm::HS256, &other) else { return Ok(()) };
        let token = sign(&claims, &other).unwrap();
        prop_assert!(Validation::new().max_len(1 << 20).check_at(&token, key(Algorithm::HS256), common::NOW).is_err());
    }

    // RFC4648-12-1
    #[test]
    fn any_octets_get_a_verdict(octets in any::<Vec<u8>>(), text in ".*", segments in "[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,60}", algorithm in algorithm()) {
        for input in [&octets[..], text.as_bytes(), segments.as_bytes()] {
            prop_assert!(jws::verify(input, key(algorithm)).is_err());
            prop_assert!(Validation::new().check_at(input, key(algorithm), 0).is_err());
            let _ = jws::Unverified::parse(input);
            let _ = Key::weak(algorithm, input);
            prop_assert!(Key::new(algorithm, input).is_err() || input.len() >= algorithm.mac_len());
            prop_assert!(Key::from_jwk(None, input).is_err());
            prop_assert!(jwk::key_set(algorithm, input).is_err());
            let _ = bearer::token(bearer::BEARER, [input]);
            let _ = bearer::value(bearer::BEARER, &String::from_utf8_lossy(input));
            let _ = taken(input);
        }
    }

    #[test]
    fn any_authorization_value_gives_the_token_that_makes_it_or_none(scheme in "[Bb]earer", spaces in " {0,3}", token in "[a-zA-Z0-9._~+/= -]{0,20}") {
        let value = format!("{scheme}{spaces}{token}");
        if let Ok(read) = bearer::token(bearer::BEARER, [&value]) {
            let made = bearer::value(bearer::BEARER, read).unwrap();
            prop_assert_eq!(made.split_once(' ').unwrap().1, read);
            prop_assert!(value.ends_with(read));
        }
    }

    #[test]
    fn a_jwk_with_any_value_for_a_member_gets_a_verdict(name in "kty|k|alg|use|key_ops|kid|keys|x", value in value()) {
        let mut jwk = serde_json::json!({"kty": "oct", "k": common::RFC7515_A1, "alg": "HS256"});
        jwk[&name] = value.clone();
        let text = jwk.to_string();
        let one = Key::from_jwk(Algorithm::HS256, &text).is_ok();
        prop_assert!(one || !matches!(name.as_str(), "x" | "keys"));
        let set = jwk::key_set(Algorithm::HS256, serde_json::json!({"keys": [jwk]}).to_string()).is_ok();
        prop_assert!(one || !set, "a set takes what is no key: {}", text);
        let _ = jwk::key_set(Algorithm::HS256, serde_json::json!({"keys": value}).to_string());
    }

    #[test]
    fn the_order_of_members_changes_no_verdict(claims in claims(), seed in any::<u64>(), exp in -3i64..3, kid in any::<bool>()) {
        let mut members: Vec<(String, Value)> = claims.into_iter().collect();
        members.iter_mut().filter(|member| member.0 == "exp").for_each(|member| member.1 = Value::from(common::NOW as i64 + exp));
        let mut header = vec![("alg".to_owned(), Value::from("HS256")), ("x".into(), 1.into()), ("y".into(), Value::Null), ("kid".into(), if kid { "a" } else { "b" }.into())];
        let judge = |header: &[(String, Value)], members: &[(String, Value)]| {
            let token = common::sealed(Algorithm::HS256, &secret(), object(header), object(members));
            Validation::new().max_len(1 << 20).check_at(&token, key(Algorithm::HS256).with_id("a"), common::NOW).map(|verified| verified.valid_until())
        };
        let before = judge(&header, &members);
        prop_assert_eq!(before.is_ok(), kid && exp > 0);
        for list in [&mut members, &mut header] {
            let length = list.len();
            list.sort_by_key(|(name, _)| name.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100000001b3)));
            list.rotate_left(seed as usize % length);
        }
        prop_assert_eq!(judge(&header, &members), before);
    }

    #[test]
    fn the_scanner_agrees_with_the_oracle_on_valid_json(claims in claims()) {
        for text in [Value::Object(claims.clone()).to_string(), serde_json::to_string_pretty(&claims).unwrap()] {
            prop_assert!(oracle(text.as_bytes()));
            prop_assert!(taken(text.as_bytes()));
        }
    }

    #[test]
    fn a_verdict_lasts_until_the_second_that_it_says(exp in 0u64..50, iat in 0u64..50, half in any::<bool>(), now in 0u64..60, leeway in prop_oneof![0u64..5, Just(u64::MAX)], max_age in proptest::option::of(0u64..30)) {
        let claims = format!(r#"{{"exp":{exp}{},"iat":{iat}.5}}"#, if half { ".5" } else { "" });
        let token = common::sealed(Algorithm::HS256, &secret(), r#"{"alg":"HS256"}"#, claims);
        let demands = max_age.iter().fold(Validation::new().leeway(leeway), |demands, age| demands.max_age(*age));
        let holds = |now| demands.check_at(&token, key(Algorithm::HS256), now).is_ok();
        if let Ok(verified) = demands.check_at(&token, key(Algorithm::HS256), now) {
            match verified.valid_until() {
                Some(until) => prop_assert!(until > now && holds(until - 1) && !holds(until), "until {}", until),
                None => prop_assert!(holds(u64::MAX)),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn the_scanner_agrees_with_the_oracle_on_json_with_a_fault(text in mutated()) {
        prop_assert_eq!(taken(&text), oracle(&text), "{}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn the_scanner_agrees_with_the_oracle_on_strings_and_numbers(text in r#"("([a\\"u/ \n]|\\u(d[89c-f]|00|D8|DC)[0-9a-f]{2}|\\[bfnrtx]){0,6}")|-?[0-9]{0,3}(\.[0-9]{0,3})?([eE][+-]?[0-9]{0,3})?|17976931348623(1[56][0-9]){1,2}(e29[0-9])?"#) {
        for text in [format!(r#"{{"x":{text}}}"#), format!(r#"{{"x":[{text},{text}]}}"#), format!(r#"{{{text}:0}}"#)] {
            prop_assert_eq!(taken(text.as_bytes()), oracle(text.as_bytes()), "{}", text);
        }
    }

    #[test]
    fn the_scanner_finds_the_duplicates_that_the_oracle_finds(names in proptest::collection::vec("[ab]{0,1}(a|b|\\\\u0061|\\\\u0062)(abcdefgh){0,2}[ab]{0,3}", 0..30), depth in 0usize..4) {
        let members: Vec<String> = names.iter().map(|name| format!(r#""{name}":{{"a":1,"b":2}}"#)).collect();
        let text = format!("{}{{{}}}{}", r#"{"a":1,"b":"#.repeat(depth), members.join(","), "}".repeat(depth));
        prop_assert_eq!(taken(text.as_bytes()), oracle(text.as_bytes()), "{}", text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// However many there are, and whatever objects stand between them.
    #[test]
    fn the_scanner_finds_the_one_duplicate_among_many_names(
        count in 20usize..150,
        twins in proptest::option::of((0usize..150, 0usize..150)),
        (place, nested) in (0usize..150, 0usize..50),
    ) {
        let mut names: Vec<String> = (0..count).map(|index| index.to_string()).collect();
        let twins = twins.map(|(one, other)| (one % count, other % count)).filter(|(one, other)| one != other);
        if let Some((one, other)) = twins {
            names[one] = names[other].clone();
        }
        let object = |count| format!("{{{}}}", (0..count).map(|index| format!(r#""{index}":{{}}"#)).collect::<Vec<_>>().join(","));
        let value = |index| object(if index == place { nested } else { 1 });
        let members: Vec<String> = names.iter().enumerate().map(|(index, name)| format!(r#""{name}":{}"#, value(index))).collect();
        let text = format!("{{{}}}", members.join(","));
        prop_assert_eq!(oracle(text.as_bytes()), twins.is_none());
        prop_assert_eq!(taken(text.as_bytes()), twins.is_none(), "{}", text);
    }
}

fn object(members: &[(String, Value)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str()))).collect();
    format!("{{{}}}", members.join(","))
}
