//! The MAC over a signing input, made without the code under attack.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clearjwt::Algorithm;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

/// The secret of every key here: 64 different bytes, long enough for each algorithm.
pub const SECRET: [u8; 64] = {
    let (mut secret, mut i) = ([0; 64], 0);
    while i < 64 {
        secret[i] = (7 * i + 1) as u8;
        i += 1;
    }
    secret
};

/// A token of any header and payload whose MAC holds with [`SECRET`].
pub fn seal(algorithm: Algorithm, header: &[u8], payload: &[u8]) -> String {
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(mac(algorithm, &SECRET, input.as_bytes())))
}

/// Whether a token ends in the one text of the MAC over all that stands before its last dot.
pub fn is_sealed(algorithm: Algorithm, token: &[u8]) -> bool {
    let Some(dot) = token.iter().rposition(|byte| *byte == b'.') else { return false };
    URL_SAFE_NO_PAD.encode(mac(algorithm, &SECRET, &token[..dot])).as_bytes() == &token[dot + 1..]
}

/// The MAC itself, with any secret (RFC 2104).
pub fn mac(algorithm: Algorithm, secret: &[u8], text: &[u8]) -> Vec<u8> {
    fn of<M: KeyInit + Mac>(secret: &[u8], text: &[u8]) -> Vec<u8> {
        <M as KeyInit>::new_from_slice(secret).expect("HMAC takes any secret").chain_update(text).finalize().into_bytes().to_vec()
    }
    match algorithm {
        Algorithm::HS256 => of::<Hmac<Sha256>>(secret, text),
        Algorithm::HS384 => of::<Hmac<Sha384>>(secret, text),
        Algorithm::HS512 => of::<Hmac<Sha512>>(secret, text),
    }
}
