//! The calls whose instructions `run` counts under valgrind and compares with `figures.tsv`.
//!
//! Valgrind's processor has no SHA instructions: the MAC is made in software, most of every figure. `mac` is the MAC alone, over a
//! text as long as the token's, so that `run` can take it off.

use std::hint::black_box;

use clearjwt::{Algorithm, Key, Validation, Verified, VerifyError};
use gungraun::prelude::*;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::Sha256;

#[derive(Serialize, Deserialize)]
struct UserId {
    user_id: u64,
    exp: u64,
}

#[derive(Serialize, Deserialize)]
struct Ten {
    iss: String,
    sub: String,
    aud: String,
    exp: u64,
    nbf: u64,
    iat: u64,
    jti: String,
    name: String,
    email: String,
    roles: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Large {
    exp: u64,
    items: Vec<String>,
}

const NOW: u64 = 1_800_000_000;
const SECRET: [u8; 32] = *b"0123456789abcdef0123456789ABCDEF";

fn key() -> Key {
    Key::new(Algorithm::HS256, &SECRET).unwrap()
}

fn user_id() -> UserId {
    UserId { user_id: 1234, exp: NOW + 86_400 }
}

fn ten() -> Ten {
    Ten {
        iss: "https://issuer.example/".into(),
        sub: "248289761001".into(),
        aud: "https://api.example/".into(),
        exp: NOW + 900,
        nbf: NOW,
        iat: NOW,
        jti: "d9428888-122b-11e1-b85c-61cd3cbb3210".into(),
        name: "Jane Doe from the example".into(),
        email: "jane.doe@example.org".into(),
        roles: ["reader", "writer", "administrator", "operator"].map(String::from).into(),
    }
}

fn large() -> Large {
    Large { exp: NOW + 900, items: (0..175).map(|i| format!("item {i:04} of the list")).collect() }
}

/// Claims of any shape.
type AnyClaims = Map<String, Value>;

fn map() -> AnyClaims {
    let Value::Object(map) = json!({"user_id": 1234, "exp": NOW + 86_400}) else { unreachable!() };
    map
}

/// More names than are looked through one by one.
fn hundred() -> AnyClaims {
    (1..100).map(|i| (format!("claim_{i}"), json!(i))).chain([("exp".into(), json!(NOW + 900))]).collect()
}

/// What a call needs, made outside of the count. It is given back, so that freeing it is not counted either.
struct Given<C> {
    key: Key,
    demands: Validation,
    claims: C,
    token: String,
}

fn given<C: Serialize>(claims: C) -> Given<C> {
    let key = key();
    let token = clearjwt::sign(&claims, &key).unwrap();
    Given { key, demands: Validation::new().any_audience(), claims, token }
}

/// The same with another token.
fn refused(change: impl FnOnce(String) -> String) -> Given<UserId> {
    let mut given = given(user_id());
    given.token = change(given.token);
    given
}

/// A token of the key over any payload.
fn signed(payload: &str) -> Given<UserId> {
    refused(|_| clearjwt::jws::sign(payload, &clearjwt::Header::jwt(), &key()).unwrap())
}

fn with_mac(token: String, change: impl FnOnce(&str) -> String) -> String {
    let (input, mac) = token.rsplit_once('.').unwrap();
    format!("{input}.{}", change(mac))
}

#[library_benchmark]
#[bench::user_id(given(user_id()))]
fn sign_user_id(given: Given<UserId>) -> (String, Given<UserId>) {
    (clearjwt::sign(black_box(&given.claims), &given.key).unwrap(), given)
}

#[library_benchmark]
#[bench::ten(given(ten()))]
fn sign_ten(given: Given<Ten>) -> (String, Given<Ten>) {
    (clearjwt::sign(black_box(&given.claims), &given.key).unwrap(), given)
}

#[library_benchmark]
#[bench::large(given(large()))]
fn sign_large(given: Given<Large>) -> (String, Given<Large>) {
    (clearjwt::sign(black_box(&given.claims), &given.key).unwrap(), given)
}

#[library_benchmark]
#[bench::map(given(map()))]
fn sign_map(given: Given<AnyClaims>) -> (String, Given<AnyClaims>) {
    (clearjwt::sign(black_box(&given.claims), &given.key).unwrap(), given)
}

#[library_benchmark]
#[bench::hundred(given(hundred()))]
fn sign_hundred(given: Given<AnyClaims>) -> (String, Given<AnyClaims>) {
    (clearjwt::sign(black_box(&given.claims), &given.key).unwrap(), given)
}

#[library_benchmark]
#[bench::user_id(given(user_id()))]
fn verify_user_id(given: Given<UserId>) -> (Verified<UserId>, Given<UserId>) {
    (given.demands.verify_at(black_box(&given.token), &given.key, NOW).unwrap(), given)
}

#[library_benchmark]
#[bench::ten(given(ten()))]
fn verify_ten(given: Given<Ten>) -> (Verified<Ten>, Given<Ten>) {
    (given.demands.verify_at(black_box(&given.token), &given.key, NOW).unwrap(), given)
}

#[library_benchmark]
#[bench::large(given(large()))]
fn verify_large(given: Given<Large>) -> (Verified<Large>, Given<Large>) {
    (given.demands.verify_at(black_box(&given.token), &given.key, NOW).unwrap(), given)
}

#[library_benchmark]
#[bench::map(given(map()))]
fn verify_map(given: Given<AnyClaims>) -> (Verified<AnyClaims>, Given<AnyClaims>) {
    (given.demands.verify_at(black_box(&given.token), &given.key, NOW).unwrap(), given)
}

#[library_benchmark]
#[bench::hundred(given(hundred()))]
fn verify_hundred(given: Given<AnyClaims>) -> (Verified<AnyClaims>, Given<AnyClaims>) {
    (given.demands.verify_at(black_box(&given.token), &given.key, NOW).unwrap(), given)
}

#[library_benchmark]
#[bench::garbage(refused(|_| "a".repeat(16_384)))]
#[bench::oversized(refused(|_| "a.".repeat(10_000)))]
#[bench::not_base64url(refused(|token| format!("={token}")))]
#[bench::other_alg(refused(|token| token.replacen("IUzI1", "IUzM4", 1)))]
#[bench::short_mac(refused(|token| with_mac(token, |mac| mac[..40].into())))]
#[bench::wrong_mac(refused(|token| with_mac(token, |mac| mac.chars().rev().skip(1).chain(['A']).collect())))]
#[bench::not_json(signed(r#"{"user_id":1234,"exp":1800086400"#))]
#[bench::duplicate_claim(signed(r#"{"user_id":1234,"exp":1800086400,"exp":1800086400}"#))]
#[bench::claim_type(signed(r#"{"user_id":1234,"exp":"1800086400"}"#))]
#[bench::expired(signed(r#"{"user_id":1234,"exp":1800000000}"#))]
#[bench::not_yet(signed(r#"{"user_id":1234,"exp":1800086400,"nbf":1800000001}"#))]
fn refuse(given: Given<UserId>) -> (VerifyError, Given<UserId>) {
    (given.demands.verify_at::<UserId>(black_box(&given.token), &given.key, NOW).err().unwrap(), given)
}

type Mac = (Hmac<Sha256>, String, [u8; 32]);

/// The MAC of a token with these claims.
fn mac_of<C: Serialize>(claims: C) -> Mac {
    let token = given(claims).token;
    (Hmac::new_from_slice(&SECRET).unwrap(), token.rsplit_once('.').unwrap().0.into(), [0; 32])
}

#[library_benchmark]
#[bench::user_id(mac_of(user_id()))]
#[bench::ten(mac_of(ten()))]
#[bench::large(mac_of(large()))]
#[bench::hundred(mac_of(hundred()))]
fn mac((state, text, mut mac): Mac) -> Mac {
    mac.copy_from_slice(&state.clone().chain_update(black_box(text.as_bytes())).finalize().into_bytes());
    (state, text, mac)
}

library_benchmark_group!(
    name = calls,
    benchmarks =
        [sign_user_id, sign_ten, sign_large, sign_map, sign_hundred, verify_user_id, verify_ten, verify_large, verify_map, verify_hundred, refuse, mac]
);

main!(library_benchmark_groups = calls);
