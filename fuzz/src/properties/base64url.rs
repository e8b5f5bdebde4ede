use std::sync::LazyLock;

use clearjwt::{Algorithm, Header, Key, jws};

use crate::{SECRET, oracle};

/// Decoding gives what the oracle gives, and only for the one spelling; encoding is its inverse. The first byte says which of the two.
pub fn base64url(input: &[u8]) {
    match input.split_first() {
        Some((0..0xc0, text)) if !text.contains(&b'.') => decoding(text),
        Some((0xc0.., octets)) => encoding(octets),
        // A dot would make other segments of it.
        _ => (),
    }
}

fn decoding(text: &[u8]) {
    let token = [b"e30.", text, b".AA"].concat();
    let payload = jws::Unverified::parse(&token).ok().and_then(|token| token.unverified_payload().ok());
    assert_eq!(payload, if token.len() > jws::MAX_LEN { None } else { oracle::base64url::decode(text) });
    assert!(payload.is_none_or(|octets| oracle::base64url::encode(&octets) == text), "another spelling");
}

fn encoding(octets: &[u8]) {
    static KEY: LazyLock<Key> = LazyLock::new(|| Key::new(Algorithm::HS256, &SECRET).expect("a long secret"));
    let token = jws::sign(octets, &Header::default(), &KEY).expect("any octets can be signed");
    let text = token.split('.').nth(1).expect("three segments");
    assert_eq!(text.as_bytes(), oracle::base64url::encode(octets));
    assert_eq!(oracle::base64url::decode(text.as_bytes()).as_deref(), Some(octets));
}
