//! The floor, clearjwt and its peers, each in the fastest way that its documentation offers: keys made once, claims typed.
//!
//! Everybody checks the MAC, the algorithm, `exp` and, if it is there, `nbf`, without leeway, and leaves `aud` alone.
//! What each does beyond that, or leaves to the caller, is said where it stands.

use std::{
    hint::black_box,
    sync::{
        Once,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clearjwt::{Algorithm, Key, Validation};
use hmac::{Hmac, KeyInit as _, Mac as _};
use josekit::jws;
use jsonwebtoken::crypto::{CryptoProvider, KeyUtils, aws_lc, rust_crypto};
use jwt_compact::AlgorithmExt as _;
use jwt_simple::prelude::MACLike as _;
use sha2::Sha256;

use crate::payloads::{NOW, Payload};

/// `{"alg":"HS256","typ":"JWT"}`
pub const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Who sees a token that was made.
pub type See<'s> = &'s mut dyn FnMut(&str);

/// Signs the same claims again and again, and verifies any token with such claims.
pub struct Library<'a> {
    pub name: &'static str,
    pub sign: Box<dyn FnMut(See) + 'a>,
    /// Whether the token was accepted. The claims are made, and dropped.
    pub verify: Box<dyn FnMut(&str) -> bool + 'a>,
}

/// The floor, clearjwt in two ways, and then the peers.
pub fn all<C: Payload>(claims: &C) -> Vec<Library<'_>> {
    vec![
        floor(claims),
        clearjwt(claims),
        clearjwt_otherwise(claims),
        jsonwebtoken("jsonwebtoken 11, rust_crypto", false, claims),
        jsonwebtoken("jsonwebtoken 11, aws_lc_rs", true, claims),
        jwt_compact(claims),
        jwt_simple(claims),
        josekit(claims),
    ]
}

pub fn secret() -> [u8; 32] {
    core::array::from_fn(|i| 7 * i as u8 + 1)
}

pub fn state() -> Hmac<Sha256> {
    Hmac::new_from_slice(&secret()).unwrap()
}

pub fn key() -> Key {
    Key::new(Algorithm::HS256, &secret()).unwrap()
}

pub fn demands() -> Validation {
    Validation::new().any_audience()
}

/// A token of any header and payload, fit or not.
pub fn seal(header: &str, payload: &str) -> String {
    let mut token = URL_SAFE_NO_PAD.encode(header).into_bytes();
    encode(payload.as_bytes(), &mut token);
    let mac = state().chain_update(&token).finalize().into_bytes();
    encode(&mac, &mut token);
    String::from_utf8(token).unwrap()
}

/// Appends a dot and octets in base64url: with `encode_slice`, which is faster than `encode_string`.
fn encode(octets: &[u8], token: &mut Vec<u8>) {
    token.push(b'.');
    let start = token.len();
    token.resize(start + base64::encoded_len(octets.len(), false).unwrap(), 0);
    URL_SAFE_NO_PAD.encode_slice(octets, &mut token[start..]).unwrap();
}

/// What nobody can do without: the MAC from a prepared state, base64, `serde_json`. No check, no header read, no allocation
/// but those of the claims.
fn floor<C: Payload>(claims: &C) -> Library<'_> {
    let (state, mut json, mut token, mut octets) = (state(), Vec::new(), Vec::new(), Vec::new());
    let signing = state.clone();
    let sign = move |see: See| {
        json.clear();
        serde_json::to_writer(&mut json, black_box(claims)).unwrap();
        token.clear();
        token.extend_from_slice(HEADER.as_bytes());
        encode(&json, &mut token);
        let mac = signing.clone().chain_update(&token).finalize().into_bytes();
        encode(&mac, &mut token);
        see(core::str::from_utf8(&token).unwrap());
    };
    let verify = move |token: &str| {
        let (mut mac, signature) = ([0; 32], token.len() - 43);
        URL_SAFE_NO_PAD.decode_slice(&token[signature..], &mut mac).unwrap();
        let holds = state.clone().chain_update(&token.as_bytes()[..signature - 1]).verify_slice(&mac).is_ok();
        octets.clear();
        URL_SAFE_NO_PAD.decode_vec(&token[HEADER.len() + 1..signature - 1], &mut octets).unwrap();
        black_box(serde_json::from_slice::<C>(&octets).unwrap());
        holds
    };
    Library { name: "the floor", sign: Box::new(sign), verify: Box::new(verify) }
}

/// Checks all that its README says.
pub fn clearjwt<C: Payload>(claims: &C) -> Library<'_> {
    let (key, demands) = (key(), demands());
    let signing = key.clone();
    let sign = move |see: See| see(&clearjwt::sign(black_box(claims), &signing).unwrap());
    let verify = move |token: &str| demands.verify_at::<C>(token, &key, NOW).map(black_box).is_ok();
    Library { name: "clearjwt", sign: Box::new(sign), verify: Box::new(verify) }
}

/// The same, signing into a buffer that is reused, and verifying by the system clock, as all the peers do.
fn clearjwt_otherwise<C: Payload>(claims: &C) -> Library<'_> {
    let (key, demands, mut buffer) = (key(), demands(), Vec::new());
    let signing = key.clone();
    let sign = move |see: See| {
        buffer.clear();
        clearjwt::sign_into(black_box(claims), &signing, &mut buffer).unwrap();
        see(core::str::from_utf8(&buffer).unwrap());
    };
    let verify = move |token: &str| demands.verify::<C>(token, &key).map(black_box).is_ok();
    Library { name: "clearjwt: sign_into, verify", sign: Box::new(sign), verify: Box::new(verify) }
}

/// It has one provider of cryptography for a process. This one sends each call to the provider whose turn it is, which adds
/// about a nanosecond.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |alg, key| (provider().signer_factory)(alg, key),
    verifier_factory: |alg, key| (provider().verifier_factory)(alg, key),
    key_utils: KeyUtils::new_unimplemented(),
};
static AWS_LC: AtomicBool = AtomicBool::new(false);

fn provider() -> &'static CryptoProvider {
    if AWS_LC.load(Relaxed) { &aws_lc::DEFAULT_PROVIDER } else { &rust_crypto::DEFAULT_PROVIDER }
}

/// Leaves `typ`, `crit`, `kid` and the token's length to the caller, and doubled members to the type of the claims.
fn jsonwebtoken<'a, C: Payload>(name: &'static str, aws_lc: bool, claims: &'a C) -> Library<'a> {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| PROVIDER.install_default().unwrap());
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    let (encoding, decoding) = (jsonwebtoken::EncodingKey::from_secret(&secret()), jsonwebtoken::DecodingKey::from_secret(&secret()));
    let mut demands = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    (demands.leeway, demands.validate_nbf, demands.validate_aud) = (0, true, false);
    let sign = move |see: See| {
        AWS_LC.store(aws_lc, Relaxed);
        see(&jsonwebtoken::encode(&header, black_box(claims), &encoding).unwrap());
    };
    let verify = move |token: &str| {
        AWS_LC.store(aws_lc, Relaxed);
        jsonwebtoken::decode::<C>(token, &decoding, &demands).map(black_box).is_ok()
    };
    Library { name, sign: Box::new(sign), verify: Box::new(verify) }
}

/// Has `exp`, `nbf` and `iat` in a type of its own; to sign, they can as well stand among the caller's.
/// Leaves `typ`, `crit`, `kid` and the token's length to the caller, and doubled members to the type of the claims.
fn jwt_compact<C: Payload>(claims: &C) -> Library<'_> {
    let key = jwt_compact::alg::Hs256Key::new(secret());
    let header = jwt_compact::Header::empty().with_token_type("JWT");
    let (signing, claims) = (key.clone(), jwt_compact::Claims::new(claims));
    let options = jwt_compact::TimeOptions::from_leeway(Default::default());
    let sign = move |see: See| see(&jwt_compact::alg::Hs256.token(&header, black_box(&claims), &signing).unwrap());
    let verify = move |token: &str| {
        let validator = jwt_compact::alg::Hs256.validator::<C::WithoutDates>(&key);
        let token = jwt_compact::UntrustedToken::new(token).ok().and_then(|token| validator.validate(&token).ok());
        token.is_some_and(|token| {
            let claims = black_box(token.claims());
            claims.validate_expiration(&options).is_ok() && (claims.not_before.is_none() || claims.validate_maturity(&options).is_ok())
        })
    };
    Library { name: "jwt-compact 0.8", sign: Box::new(sign), verify: Box::new(verify) }
}

/// Has the registered claims in a type of its own; to sign, they can as well stand among the caller's.
/// Checks `typ`, `crit` and `iat` too, and lengths. A token without `exp` is taken.
fn jwt_simple<C: Payload>(claims: &C) -> Library<'_> {
    use jwt_simple::{algorithms::HS256Key, claims::JWTClaims, common::VerificationOptions};
    let key = HS256Key::from_bytes(&secret());
    let signing = key.clone();
    let sign = move |see: See| {
        let claims = JWTClaims {
            issued_at: None,
            expires_at: None,
            invalid_before: None,
            issuer: None,
            subject: None,
            audiences: None,
            jwt_id: None,
            nonce: None,
            custom: black_box(claims),
        };
        see(&signing.authenticate(claims).unwrap());
    };
    let verify = move |token: &str| {
        let options = VerificationOptions { time_tolerance: None, ..Default::default() };
        key.verify_token::<C::Custom>(token, Some(options)).map(black_box).is_ok()
    };
    Library { name: "jwt-simple 0.15", sign: Box::new(sign), verify: Box::new(verify) }
}

/// Its JWT calls know claims only as a map, so this is its JWS, with `serde_json` and the dates by hand.
/// Checks `crit` too; leaves `typ`, `kid` and the token's length to the caller, and doubled members to the type of the claims.
fn josekit<C: Payload>(claims: &C) -> Library<'_> {
    let signer = jws::HS256.signer_from_bytes(secret()).unwrap();
    let verifier = jws::HS256.verifier_from_bytes(secret()).unwrap();
    let mut header = jws::JwsHeader::new();
    header.set_token_type("JWT");
    let sign = move |see: See| see(&jws::serialize_compact(&serde_json::to_vec(black_box(claims)).unwrap(), &header, &signer).unwrap());
    let verify = move |token: &str| {
        let payload = jws::deserialize_compact(token, &verifier).ok();
        let claims = payload.and_then(|(payload, _)| serde_json::from_slice::<C>(&payload).ok());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        claims.is_some_and(|claims| black_box(&claims).exp().is_some_and(|exp| now < exp) && claims.nbf().is_none_or(|nbf| nbf <= now))
    };
    Library { name: "josekit 0.10, OpenSSL", sign: Box::new(sign), verify: Box::new(verify) }
}
