use std::sync::LazyLock;

use clearjwt::{Algorithm, Header, Key, jws};

use crate::{SECRET, oracle};

/// Decoding gives what the oracle gives, and only for the one spelling; encoding is its inverse.
pub fn base64url(input: &[u8]) {
    static KEY: LazyLock<Key> = LazyLock::new(|| Key::new(Algorithm::HS256, &SECRET).expect("a long secret"));
    // A dot would make other segments of it.
    if !input.contains(&b'.') {
        let token = [b"e30.", input, b".AA"].concat();
        let payload = jws::Unverified::parse(&token).ok().and_then(|token| token.unverified_payload().ok());
        assert_eq!(payload, if token.len() > jws::MAX_LEN { None } else { oracle::base64url::decode(input) });
        assert!(payload.is_none_or(|octets| oracle::base64url::encode(&octets) == input), "another spelling");
    }
    let Ok(token) = jws::sign(input, &Header::default(), &KEY) else { panic!("any octets can be signed") };
    let text = token.split('.').nth(1).expect("three segments");
    assert_eq!(text.as_bytes(), oracle::base64url::encode(input));
    assert_eq!(oracle::base64url::decode(text.as_bytes()).as_deref(), Some(input));
}
