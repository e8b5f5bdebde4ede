//! What is explained is what was judged: the same verdict, for the same reason, at the same check.

mod common;

use std::collections::BTreeSet;

use clearjwt::{
    Algorithm, Key, Part, Validation, VerifyError,
    explain::{self, Check, Explanation, Outcome, Row, Trust},
    jws,
};
use common::{NOW, base64url, mac, octets};
use proptest::prelude::*;

/// A good token and what is asked of it, to be spoilt.
struct Recipe {
    header: Vec<(&'static str, &'static str)>,
    payload: Vec<(&'static str, String)>,
    header_tail: &'static str,
    payload_tail: &'static str,
    header_segment: fn(String) -> String,
    payload_segment: fn(String) -> String,
    signature: fn(String) -> String,
    tail: &'static str,
    key_ops: &'static str,
    bound_to: Option<&'static str>,
    demands: Validation,
}

impl Recipe {
    fn good() -> Self {
        let payload = [("exp", NOW + 100), ("nbf", NOW - 10), ("iat", NOW - 10)].map(|(name, date)| (name, date.to_string()));
        Recipe {
            header: vec![("alg", r#""HS256""#), ("kid", r#""2026""#)],
            payload: payload.into_iter().chain([("iss", r#""joe""#.into()), ("sub", r#""1234""#.into())]).collect(),
            header_tail: "",
            payload_tail: "",
            header_segment: |segment| segment,
            payload_segment: |segment| segment,
            signature: |segment| segment,
            tail: "",
            key_ops: "verify",
            bound_to: None,
            demands: Validation::new(),
        }
    }

    fn token(&self) -> String {
        let header: Vec<String> = self.header.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
        let payload: Vec<String> = self.payload.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
        let header = (self.header_segment)(base64url(format!("{{{}}}{}", header.join(","), self.header_tail)));
        let payload = (self.payload_segment)(base64url(format!("{{{}}}{}", payload.join(","), self.payload_tail)));
        let signature = base64url(mac(Algorithm::HS256, &octets(common::RFC7515_A1), format!("{header}.{payload}").as_bytes()));
        format!("{header}.{payload}.{}{}", (self.signature)(signature), self.tail)
    }

    fn key(&self) -> Key {
        let jwk = format!(r#"{{"kty":"oct","kid":"2026","k":"{}","key_ops":["{}"]}}"#, common::RFC7515_A1, self.key_ops);
        let key = Key::from_jwk(Algorithm::HS256, jwk).unwrap();
        self.bound_to.map_or(key.clone(), |issuer| key.for_issuer(issuer))
    }

    fn set_header(&mut self, name: &'static str, value: &'static str) {
        self.header.retain(|(other, _)| *other != name);
        self.header.push((name, value));
    }

    fn set_claim(&mut self, name: &'static str, value: impl ToString) {
        self.payload.retain(|(other, _)| *other != name);
        self.payload.push((name, value.to_string()));
    }

    fn demand(&mut self, demand: impl FnOnce(Validation) -> Validation) {
        self.demands = demand(self.demands.clone());
    }
}

/// One way to make a check fail: the check, what is written for it (no two faults can write the same), and the spoiling.
type Fault = (Check, &'static str, fn(&mut Recipe));

const FAULTS: &[Fault] = &[
    (Check::Length, "max_len", |recipe| recipe.demand(|demands| demands.max_len(20))),
    (Check::Segments, "tail", |recipe| recipe.tail = ".AAAA"),
    (Check::HeaderPresent, "header segment", |recipe| recipe.header_segment = |_| String::new()),
    (Check::SignaturePresent, "signature", |recipe| recipe.signature = |_| String::new()),
    (Check::HeaderEncoding, "header segment", |recipe| recipe.header_segment = |segment| segment + "="),
    (Check::HeaderJson, "header tail", |recipe| recipe.header_tail = "{}"),
    (Check::AlgPresent, "alg", |recipe| recipe.set_header("alg", "256")),
    (Check::AlgNone, "alg", |recipe| recipe.set_header("alg", r#""nOnE""#)),
    (Check::Critical, "crit", |recipe| recipe.set_header("crit", r#"["exp"]"#)),
    (Check::B64, "b64", |recipe| recipe.set_header("b64", "true")),
    (Check::KidType, "kid", |recipe| recipe.set_header("kid", "2026")),
    (Check::TypType, "typ", |recipe| recipe.set_header("typ", "null")),
    (Check::CtyType, "cty", |recipe| recipe.set_header("cty", "{}")),
    (Check::KeyId, "kid", |recipe| recipe.set_header("kid", r#""2025""#)),
    (Check::Alg, "alg", |recipe| recipe.set_header("alg", r#""HS384""#)),
    (Check::KeyUse, "key_ops", |recipe| recipe.key_ops = "sign"),
    (Check::SignatureEncoding, "signature", |recipe| recipe.signature = |segment| segment + "="),
    (Check::SignatureLength, "signature", |recipe| recipe.signature = |segment| segment[..40].into()),
    (Check::Mac, "signature", |recipe| {
        recipe.signature = |segment| format!("{}{}", if segment.starts_with('A') { 'B' } else { 'A' }, &segment[1..]);
    }),
    (Check::Typ, "typ", |recipe| recipe.set_header("typ", r#""at+jwt""#)),
    (Check::Nested, "cty", |recipe| recipe.set_header("cty", r#""JWT""#)),
    (Check::PayloadEncoding, "payload segment", |recipe| recipe.payload_segment = |segment| segment + "="),
    (Check::PayloadJson, "payload tail", |recipe| recipe.payload_tail = "{}"),
    (Check::ExpType, "exp", |recipe| recipe.set_claim("exp", r#""tomorrow""#)),
    (Check::NbfType, "nbf", |recipe| recipe.set_claim("nbf", "1e17")),
    (Check::IatType, "iat", |recipe| recipe.set_claim("iat", "null")),
    (Check::IssType, "iss", |recipe| recipe.set_claim("iss", "{}")),
    (Check::SubType, "sub", |recipe| recipe.set_claim("sub", "1234")),
    (Check::AudType, "aud", |recipe| recipe.set_claim("aud", r#"["api",1]"#)),
    (Check::JtiType, "jti", |recipe| recipe.set_claim("jti", "false")),
    (Check::KeyIssuer, "bound to", |recipe| recipe.bound_to = Some("jane")),
    (Check::Expiry, "exp", |recipe| recipe.set_claim("exp", NOW)),
    (Check::NotBefore, "nbf", |recipe| recipe.set_claim("nbf", NOW + 1)),
    (Check::Age, "max_age", |recipe| recipe.demand(|demands| demands.max_age(9))),
    (Check::Lifetime, "max_lifetime", |recipe| recipe.demand(|demands| demands.max_lifetime(9))),
    (Check::Issuer, "issuer", |recipe| recipe.demand(|demands| demands.issuer("jack"))),
    (Check::Audience, "aud", |recipe| recipe.set_claim("aud", r#""web""#)),
    (Check::Subject, "subject", |recipe| recipe.demand(|demands| demands.subject("1235"))),
];

fn row_of(explanation: &Explanation, check: Check) -> &Row {
    explanation.rows().iter().find(|row| row.check == check).expect("every check has its row")
}

fn failed(explanation: &Explanation) -> Option<&Row> {
    explanation.rows().iter().find(|row| matches!(row.outcome, Outcome::Failed(_)))
}

/// What holds for every explanation: it has every check once and in order, it ends at the first that fails, it gives the
/// verdict's own reason, and it shows what was found only where somebody looked.
fn sound(explanation: &Explanation, verdict: Result<(), VerifyError>) {
    assert_eq!(explanation.verdict(), verdict);
    assert!(explanation.rows().iter().map(|row| row.check).eq(Check::ALL));
    assert!(Check::ALL.is_sorted());
    let end = explanation.rows().iter().position(|row| matches!(row.outcome, Outcome::Failed(_)));
    for (index, row) in explanation.rows().iter().enumerate() {
        let expected = match end {
            Some(end) if index == end => matches!(row.outcome, Outcome::Failed(error) if Err(error) == verdict && row.clause == error.clause()),
            Some(end) if index > end => matches!(row.outcome, Outcome::NotReached | Outcome::NotAsked),
            _ => matches!(row.outcome, Outcome::Passed | Outcome::NotAsked),
        };
        assert!(expected, "{row:?} under {verdict:?}");
        assert_eq!(row.found.is_some(), matches!(row.outcome, Outcome::Passed | Outcome::Failed(_)), "{row:?}");
        assert_eq!(row.demanded.is_none(), row.outcome == Outcome::NotAsked, "{row:?}");
    }
    assert_eq!(end.is_some(), verdict.is_err());
    let mac = explanation.rows().iter().any(|row| row.check == Check::Mac && row.outcome == Outcome::Passed);
    assert_eq!(
        explanation.trust(),
        if verdict.is_ok() {
            Trust::Accepted
        } else if mac {
            Trust::Authentic
        } else {
            Trust::Unverified
        }
    );
}

fn explain(recipe: &Recipe) -> Explanation {
    let (token, key) = (recipe.token(), recipe.key());
    let explanation = recipe.demands.explain_at(&token, &key, NOW);
    sound(&explanation, recipe.demands.check_at(&token, &key, NOW).map(drop));
    sound(&explain::jws(&token, &key), jws::verify(&token, &key).map(drop));
    explanation
}

#[test]
fn every_check_can_fail_and_no_other_does() {
    let explanation = explain(&Recipe::good());
    assert_eq!((explanation.trust(), explanation.valid_until()), (Trust::Accepted, Some(NOW + 100)));
    for (check, _, spoil) in FAULTS {
        let mut recipe = Recipe::good();
        spoil(&mut recipe);
        assert_eq!(failed(&explain(&recipe)).map(|row| row.check), Some(*check));
    }
    assert!(FAULTS.iter().map(|(check, ..)| *check).eq(Check::ALL), "a fault for each check");
}

/// The order of the list is that of the work.
#[test]
fn of_two_faults_the_one_of_the_earlier_check_is_told() {
    let mut pairs = 0;
    for (first, writes, spoil) in FAULTS {
        for (second, also, spoil_too) in FAULTS.iter().filter(|(second, also, _)| first < second && writes != also) {
            let mut recipe = Recipe::good();
            spoil(&mut recipe);
            spoil_too(&mut recipe);
            assert_eq!(failed(&explain(&recipe)).map(|row| row.check), Some(*first), "{first:?} ({writes}) and {second:?} ({also})");
            pairs += 1;
        }
    }
    assert!(pairs > 600, "{pairs}");
}

#[test]
fn the_vectors_are_explained_as_they_are_judged() {
    let mut reasons = BTreeSet::new();
    for file in [include_str!("vectors/policy.json"), include_str!("vectors/rfc.json")] {
        for case in common::cases(file) {
            let (token, key, (demands, now)) = (common::token(&case), common::key(&case), common::demands(&case));
            sound(&demands.explain_at(&token, &key, now), demands.check_at(&token, &key, now).map(drop));
            sound(&explain::jws(&token, &key), jws::verify(&token, &key).map(drop));
            reasons.extend(demands.check_at(&token, &key, now).map(drop).map_err(|error| error.code()).err());
        }
    }
    assert!(reasons.len() > 25, "{reasons:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_is_wrong_is_explained_as_it_is_judged(
        faults in proptest::collection::vec(proptest::sample::select(FAULTS), 0..5),
        more in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..3),
        others in 0usize..3, leeway in 0u64..200, any_audience: bool, any_typ: bool, no_exp: bool,
    ) {
        let mut recipe = Recipe::good();
        for (_, _, spoil) in &faults {
            spoil(&mut recipe);
        }
        let mut demands = recipe.demands.clone().leeway(leeway);
        if any_audience { demands = demands.any_audience(); }
        if any_typ { demands = demands.any_typ(); }
        if no_exp { demands = demands.allow_no_expiry(); }
        let mut token = recipe.token().into_bytes();
        for (at, byte) in more {
            let at = at.index(token.len());
            token[at] = byte;
        }
        // Other keys before and behind the right one: of another id, of none, of another issuer.
        let other = Key::new(Algorithm::HS256, b"a good key for tests, 32 bytes or more").unwrap();
        let mut keys = vec![other.clone().with_id("other"), recipe.key().for_issuer("jill"), recipe.key(), other];
        keys.truncate(4 - others);
        sound(&demands.explain_at(&token, &keys, NOW), demands.check_at(&token, &keys, NOW).map(drop));
        sound(&explain::jws(&token, &keys), jws::verify(&token, &keys).map(drop));
    }

    #[test]
    fn any_octets_are_explained_as_they_are_judged(token in any::<Vec<u8>>(), text in "[A-Za-z0-9_.-]{0,60}") {
        let key = Recipe::good().key();
        for token in [&token[..], text.as_bytes()] {
            sound(&Validation::new().explain_at(token, &key, NOW), Validation::new().check_at(token, &key, NOW).map(drop));
            sound(&explain::jws(token, &key), jws::verify(token, &key).map(drop));
        }
    }
}

#[test]
fn a_segment_shows_what_it_decodes_to_and_the_signature_nothing() {
    let recipe = Recipe::good();
    let (token, explanation) = (recipe.token(), explain(&recipe));
    let [header, payload, signature] = explanation.segments() else { panic!("three segments") };
    let texts: Vec<&str> = token.split('.').collect();
    assert_eq!((header.part, header.text.as_str(), header.octets_len), (Part::Header, texts[0], Some(octets(texts[0]).len())));
    assert_eq!((payload.part, payload.octets.clone(), payload.text_len), (Part::Payload, Some(octets(texts[1])), texts[1].len()));
    assert_eq!((signature.part, signature.text.as_str(), &signature.octets), (Part::Signature, "", &None));
    assert_eq!((signature.text_len, signature.octets_len), (43, Some(32)));
}

/// With the MAC that would hold, or the one that does, the explanation would be a token.
#[test]
fn neither_the_mac_nor_the_key_is_shown() {
    for (_, _, spoil) in [(Check::Length, "", (|_| ()) as fn(&mut Recipe))].iter().chain(FAULTS) {
        let mut recipe = Recipe::good();
        spoil(&mut recipe);
        let explanation = explain(&recipe);
        let mut shown = format!("{explanation:?}{:?}{:?}", explanation.rows(), explanation.segments());
        shown.extend(explanation.rows().iter().flat_map(|row| [&row.demanded, &row.found]).flatten().map(String::as_str));
        shown.extend(explanation.segments().iter().map(|segment| segment.text.as_str()));
        recipe.signature = |segment| segment;
        let token = recipe.token();
        let right = token.split('.').nth(2).unwrap();
        assert!(!shown.contains(&right[..10]) && !shown.contains(&common::RFC7515_A1[..10]), "{shown}");
    }
}

#[test]
fn debug_shows_nothing_of_the_token() {
    let explanation = explain(&Recipe::good());
    assert_eq!(format!("{explanation:?}"), "Explanation { verdict: Ok(()), trust: Accepted, .. }");
    assert_eq!(format!("{:?}", explanation.rows()[0]), "Row { check: Length, outcome: Passed, .. }");
    assert_eq!(format!("{:?}", explanation.segments()[0]), "Segment { part: Header, text_len: 38, .. }");
}

#[test]
fn a_check_its_outcome_and_the_trust_have_codes_of_their_own() {
    let codes: BTreeSet<&str> = Check::ALL.iter().map(|check| check.code()).collect();
    assert_eq!(codes.len(), Check::ALL.len());
    assert!(codes.iter().all(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')));
    let outcome = |explanation: &Explanation, check: Check| row_of(explanation, check).outcome.code();
    let mut recipe = Recipe::good();
    assert_eq!((explain(&recipe).trust().code(), outcome(&explain(&recipe), Check::Expiry)), ("accepted", "passed"));
    recipe.set_claim("exp", NOW);
    recipe.demand(|demands| demands.issuer("joe"));
    let explanation = explain(&recipe);
    assert_eq!((explanation.trust().code(), outcome(&explanation, Check::Expiry)), ("authentic", "failed"));
    assert_eq!((outcome(&explanation, Check::Issuer), outcome(&explanation, Check::Subject)), ("not_reached", "not_asked"));
    recipe.signature = |_| "A".repeat(43);
    assert_eq!(explain(&recipe).trust().code(), "unverified");
}

#[test]
fn what_is_too_long_or_has_no_two_dots_has_no_segments() {
    let key = Recipe::good().key();
    for token in ["", "a.b", "a.b.c.d", "..", &"a".repeat(30)] {
        let explanation = Validation::new().max_len(20).explain_at(token, &key, NOW);
        assert_eq!(explanation.segments().len(), if token == ".." { 3 } else { 0 }, "{token}");
        assert_eq!(explanation.trust(), Trust::Unverified);
    }
}

#[test]
fn a_row_says_what_was_demanded_and_what_the_token_has() {
    let row = |recipe: &Recipe, check: Check| {
        let explanation = explain(recipe);
        let row = row_of(&explanation, check);
        (row.demanded.clone().unwrap_or_default(), row.found.clone().unwrap_or_default())
    };
    let pair = |demanded: &str, found: &str| (demanded.to_owned(), found.to_owned());
    let mut recipe = Recipe::good();
    recipe.demand(|demands| demands.leeway(5).issuer("jack").issuer("joe").issuer("joe").subject("1234").max_age(60).max_lifetime(300));
    recipe.set_claim("aud", r#"["web", "a\u0070i"]"#);
    recipe.demand(|demands| demands.audience("api"));
    assert_eq!(row(&recipe, Check::Expiry), pair("`exp` plus 5 s of leeway is after now, which is 1300819379", "1300819479"));
    assert_eq!(row(&recipe, Check::Issuer), pair(r#"`iss` is "jack" or "joe""#, r#""joe""#));
    assert_eq!(row(&recipe, Check::Subject), pair(r#"`sub` is "1234""#, r#""1234""#));
    assert_eq!(row(&recipe, Check::Audience), pair(r#"`aud` names "api""#, r#"["web", "a\u0070i"]"#));
    assert_eq!(row(&recipe, Check::Lifetime), pair("from `iat` to `exp` at most 300 s", "`iat` 1300819369, `exp` 1300819479"));
    assert_eq!(row(&recipe, Check::KeyId), pair(r#"`kid` is "2026""#, r#""2026""#));
    assert_eq!(row(&recipe, Check::PayloadJson).1, "an object of exp, nbf, iat, iss, sub, aud");
    assert_eq!(row(&recipe, Check::Critical), pair("no `crit`: no extension is understood", "absent"));
    recipe.set_claim("jti", format!("{:?}", "é".repeat(300)));
    let jti = row(&recipe, Check::JtiType).1;
    assert_eq!((jti.chars().count(), jti.ends_with('…')), (201, true));
    recipe.set_claim("jti", "{}");
    assert_eq!(row(&recipe, Check::JtiType).1, "{}");
    recipe.payload.push(("jti", "{}".into()));
    assert!(row(&recipe, Check::PayloadJson).1.starts_with("has two members of one name (noticed at byte 1"));
}

/// What each row demands under these demands of these keys; none of them holds a token that matters.
fn demanded(demands: &Validation, keys: &[Key], check: Check) -> String {
    let explanation = demands.explain_at("..", keys, NOW);
    row_of(&explanation, check).demanded.clone().unwrap_or_default()
}

#[test]
fn what_is_demanded_says_whose_leeway_which_keys_and_what_was_given_up() {
    let key = |algorithm, secret: &[u8]| Key::new(algorithm, secret).unwrap();
    let a = key(Algorithm::HS256, b"a good key for tests, 32 bytes or more");
    let long = key(Algorithm::HS512, &[&b"a good key for tests, 64 bytes or more: "[..], b"abcdefghijklmnopqrstuvwxyz"].concat());
    let strict = Validation::new();
    let lenient = Validation::new().leeway(5).max_age(60).max_len(99).allow_no_expiry().any_audience().any_typ();
    let said = |demands: &Validation, keys: &[Key], check, sentence: &str| assert_eq!(demanded(demands, keys, check), sentence, "{check:?}");
    said(&strict, &[], Check::KeyId, "a key to verify with");
    said(&strict, &[a.clone().with_id("a"), a.clone().with_id("b")], Check::KeyId, r#"`kid` is "a" or "b""#);
    said(&strict, &[a.clone().with_id("a"), a.clone()], Check::KeyId, "any `kid` or none: a key without id is tried on every token");
    let with_ids = |count: usize| ["a", "b", "c", "d", "e", "f", "g"].iter().take(count).map(|id| a.clone().with_id(id)).collect::<Vec<_>>();
    said(&strict, &with_ids(5), Check::KeyId, r#"`kid` is "a" or "b" or "c" or "d" or "e""#);
    said(&strict, &with_ids(6), Check::KeyId, r#"`kid` is "a" or "b" or "c" or "d" or "e" or one of 1 more"#);
    said(&strict, &with_ids(7), Check::KeyId, r#"`kid` is "a" or "b" or "c" or "d" or "e" or one of 2 more"#);
    said(&strict, &[with_ids(5), with_ids(5)].concat(), Check::KeyId, r#"`kid` is "a" or "b" or "c" or "d" or "e""#);
    said(&strict, &[a.clone(), long.clone()], Check::Alg, "`alg` is the key's own: HS256 or HS512");
    said(&strict, &[a.clone(), long], Check::SignatureLength, "as long as the MAC: 32 or 64 bytes");
    said(&strict, a.as_ref(), Check::KeyIssuer, "");
    said(&strict, &[a.clone().for_issuer("joe")], Check::KeyIssuer, r#"`iss` is the one that the key is bound to: "joe""#);
    said(&strict, &[a.clone().for_issuer("joe or jane")], Check::KeyIssuer, r#"`iss` is the one that the key is bound to: "joe or jane""#);
    let two = [a.clone().for_issuer("joe"), a.clone().for_issuer("jane")];
    said(&strict, &two, Check::KeyIssuer, r#"`iss` is the one that the key is bound to: "joe" or "jane", each with its own key"#);
    let now = NOW;
    said(&strict, &[], Check::Length, "at most 16384 bytes");
    said(&lenient, &[], Check::Length, "at most 99 bytes");
    said(&strict, &[], Check::Typ, "`typ` is JWT or absent");
    said(&lenient, &[], Check::Typ, "");
    said(&Validation::new().typ("at+jwt"), &[], Check::Typ, r#"`typ` is "at+jwt", without case"#);
    said(&Validation::new().typ("x; y=1"), &[], Check::Typ, "nothing that there is: no `typ` matches one with parameters");
    said(&strict, &[], Check::Expiry, &format!("`exp` is after now, which is {now}"));
    said(&lenient, &[], Check::Expiry, &format!("`exp` plus 5 s of leeway is absent, or after now, which is {now}"));
    said(&strict, &[], Check::NotBefore, &format!("`nbf` is absent, or not after now, which is {now}"));
    said(&lenient, &[], Check::NotBefore, &format!("`nbf` is absent, or not after now plus 5 s of leeway, which is {now}"));
    said(&strict, &[], Check::Age, "");
    said(&lenient, &[], Check::Age, &format!("`iat` is not after now plus 5 s of leeway, and at most 60 s plus 5 s of leeway before now, which is {now}"));
    said(&strict, &[], Check::Issuer, "");
    said(&strict, &[], Check::Subject, "");
    said(&Validation::new().subject("joe"), &[], Check::Subject, r#"`sub` is "joe""#);
    said(&strict, &[], Check::Audience, "no `aud`: no audience was configured");
    said(&lenient, &[], Check::Audience, "");
}

#[test]
fn of_a_token_without_segments_the_length_and_the_dots_are_shown() {
    let found = |token: &str, check: Check| {
        let explanation = Validation::new().max_len(20).explain_at(token, Recipe::good().key(), NOW);
        row_of(&explanation, check).found.clone().unwrap_or_default()
    };
    assert_eq!((found("a.b", Check::Length).as_str(), found("a.b", Check::Segments).as_str()), ("3 bytes", "1 dots"));
    assert_eq!((found("a.b.c.d", Check::Length).as_str(), found("a.b.c.d", Check::Segments).as_str()), ("7 bytes", "3 dots"));
    assert_eq!(found(&"a".repeat(30), Check::Length), "30 bytes");
    assert_eq!(found("e30.e30.AA", Check::HeaderJson), "an object without members");
}

/// The key that was found is bound to no issuer, so nothing is asked of `iss`, whatever another key asks.
#[test]
fn a_key_that_was_not_needed_asks_nothing() {
    let recipe = Recipe::good();
    let other = Key::new(Algorithm::HS256, b"a good key for tests, 32 bytes or more").unwrap().for_issuer("jill");
    let explanation = recipe.demands.explain_at(recipe.token(), [recipe.key(), other], NOW);
    let row = row_of(&explanation, Check::KeyIssuer);
    assert_eq!((explanation.verdict(), row.outcome), (Ok(()), Outcome::NotAsked));
}

#[test]
fn a_fraction_is_shown_with_the_second_that_it_counts_as() {
    let row = |recipe: &Recipe, check: Check| row_of(&explain(recipe), check).found.clone().unwrap_or_default();
    let mut recipe = Recipe::good();
    recipe.set_claim("nbf", format!("{}.5", NOW - 1));
    assert_eq!(row(&recipe, Check::NotBefore), format!("{0}.5, which counts as {NOW}", NOW - 1));
    recipe.set_claim("exp", format!("{NOW}.5"));
    assert_eq!(row(&recipe, Check::Expiry), format!("{NOW}.5, which counts as {NOW}"));
    assert_eq!(row(&recipe, Check::ExpType), format!("{NOW}.5"));
    recipe.set_claim("exp", "-1.5");
    assert_eq!(row(&recipe, Check::Expiry), "-1.5, which counts as -2");
    recipe.set_claim("exp", format!("{}.0", NOW + 1));
    assert_eq!(row(&recipe, Check::Expiry), format!("{}.0", NOW + 1));
    recipe.set_claim("exp", format!("{NOW}.{}", "3".repeat(300)));
    assert!(row(&recipe, Check::Expiry).ends_with('…'));
    recipe.payload.retain(|(name, _)| *name != "exp");
    assert_eq!(row(&recipe, Check::Expiry), "absent");
}

#[test]
fn each_row_shows_its_own_member() {
    let mut recipe = Recipe::good();
    recipe.set_header("typ", r#""at+jwt""#);
    recipe.set_header("cty", r#""x""#);
    recipe.set_claim("iat", NOW - 9);
    recipe.set_claim("aud", r#""api""#);
    recipe.set_claim("jti", r#""7""#);
    recipe.demand(|demands| demands.typ("at+jwt").audience("api").issuer("joe").subject("1234").max_age(60));
    recipe.bound_to = Some("joe");
    let explanation = explain(&recipe);
    assert_eq!(explanation.verdict(), Ok(()));
    let dates = [NOW + 100, NOW - 10, NOW - 9].map(|date| date.to_string());
    for (checks, found) in [
        (&[Check::AlgPresent, Check::AlgNone, Check::Alg][..], r#""HS256""#),
        (&[Check::KidType, Check::KeyId], r#""2026""#),
        (&[Check::TypType, Check::Typ], r#""at+jwt""#),
        (&[Check::CtyType, Check::Nested], r#""x""#),
        (&[Check::ExpType, Check::Expiry], &dates[0]),
        (&[Check::NbfType, Check::NotBefore], &dates[1]),
        (&[Check::IatType, Check::Age], &dates[2]),
        (&[Check::IssType, Check::Issuer, Check::KeyIssuer], r#""joe""#),
        (&[Check::SubType, Check::Subject], r#""1234""#),
        (&[Check::AudType, Check::Audience], r#""api""#),
        (&[Check::JtiType], r#""7""#),
    ] {
        for row in explanation.rows().iter().filter(|row| checks.contains(&row.check)) {
            assert_eq!((row.found.as_deref(), row.outcome), (Some(found), Outcome::Passed), "{:?}", row.check);
        }
    }
    let jws = explain::jws(recipe.token(), recipe.key());
    let row = row_of(&jws, Check::KeyIssuer);
    assert_eq!(row.demanded.as_deref(), Some("a key that is bound to no issuer: a JWS has no `iss`"));
    assert_eq!(row.found.as_deref(), Some("a key that is"));
}
