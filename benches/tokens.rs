//! What signing and verifying cost beside the floor: HMAC with the key's state prepared, base64 and serde_json, and no checks.
//!
//! `cargo bench --bench tokens`: least nanoseconds of many rounds, all kinds taking turns.

use std::{hint::black_box, time::Instant};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clearjwt::{Algorithm, Key, Validation};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use sha2::Sha256;

#[derive(Serialize, Deserialize)]
struct Seed {
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
const ROUNDS: usize = 400;

fn main() {
    let seed = Seed { user_id: 1234, exp: NOW + 86_400 };
    let ten = Ten {
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
    };
    let large = Large { exp: NOW + 900, items: (0..175).map(|i| format!("item {i:04} of the list")).collect() };
    let Value::Object(map) = json!({"user_id": 1234, "exp": NOW + 86_400}) else { unreachable!() };
    println!("{:22}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}", "", "floor", "sign", "ratio", "floor", "verify", "ratio");
    row("seed's claims", &seed);
    row("ten claims", &ten);
    row("4 KB", &large);
    row::<Map<String, Value>>("seed's claims, a map", &map);
}

fn row<C: Serialize + DeserializeOwned>(name: &str, claims: &C) {
    let secret: [u8; 32] = core::array::from_fn(|i| 7 * i as u8 + 1);
    let key = Key::new(Algorithm::HS256, &secret).unwrap();
    let state = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
    let demands = Validation::new().any_audience();
    let token = clearjwt::sign(claims, &key).unwrap();
    let header = token.split('.').next().unwrap().to_owned();
    let (mut json, mut text, mut octets) = (Vec::new(), String::new(), Vec::new());
    let mut floor_sign = || {
        json.clear();
        serde_json::to_writer(&mut json, black_box(claims)).unwrap();
        text.clear();
        text.push_str(&header);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(&json, &mut text);
        let mac = state.clone().chain_update(text.as_bytes()).finalize().into_bytes();
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(mac, &mut text);
        black_box(&text);
    };
    let mut sign = || {
        black_box(clearjwt::sign(black_box(claims), &key).unwrap());
    };
    let payload_at = header.len() + 1;
    let signature_at = token.rfind('.').unwrap() + 1;
    let mut floor_verify = || {
        let token = black_box(token.as_str());
        let mut mac = [0; 32];
        URL_SAFE_NO_PAD.decode_slice(&token[signature_at..], &mut mac).unwrap();
        state.clone().chain_update(&token.as_bytes()[..signature_at - 1]).verify_slice(&mac).unwrap();
        octets.clear();
        URL_SAFE_NO_PAD.decode_vec(&token[payload_at..signature_at - 1], &mut octets).unwrap();
        black_box(serde_json::from_slice::<C>(&octets).unwrap());
    };
    let mut verify = || {
        black_box(demands.verify_at::<C>(black_box(&token), &key, NOW).unwrap());
    };
    let times = least(&mut [&mut floor_sign, &mut sign, &mut floor_verify, &mut verify]);
    let [floor_sign, sign, floor_verify, verify] = times[..] else { unreachable!() };
    println!("{name:22}{floor_sign:8.0}{sign:8.0}{:8.2}{floor_verify:8.0}{verify:8.0}{:8.2}", sign / floor_sign, verify / floor_verify);
}

/// The least nanoseconds of each kind over rounds in which all take turns.
fn least(kinds: &mut [&mut dyn FnMut()]) -> Vec<f64> {
    let mut best = vec![f64::INFINITY; kinds.len()];
    for _ in 0..ROUNDS {
        for (kind, best) in kinds.iter_mut().zip(&mut best) {
            const CALLS: u32 = 200;
            let start = Instant::now();
            for _ in 0..CALLS {
                kind();
            }
            *best = best.min(start.elapsed().as_nanos() as f64 / f64::from(CALLS));
        }
    }
    best
}
