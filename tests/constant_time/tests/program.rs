//! What the program reads and writes keys with: a text becomes a secret, and a secret a text.
//!
//! A decoder branches on whether all characters are right; of base64, once more on whether its end is canonical.

use std::hint::black_box;

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use clearjwt_constant_time::{leaks, make_secret, secret};

const SECRET: &[u8; 64] = b"Zw7-hush.Qx93.nobody.knows.this-k5VtL8.and.it.is.long.enough.as.";

#[test]
fn hexadecimal_digits() {
    let (octets, digits) = (secret(SECRET), secret(base16ct::lower::encode_string(SECRET)));
    assert_eq!(leaks(|| drop(black_box(base16ct::lower::encode_string(&octets)))), 0);
    assert_eq!(leaks(|| drop(black_box(base16ct::mixed::decode_vec(&digits)))), 1);
}

#[test]
fn base64() {
    let (octets, text, mut room) = (secret(SECRET), Base64::encode_string(SECRET), [0; 88]);
    // How much padding there is tells the length, which is no secret.
    make_secret(text.trim_end_matches('=').as_bytes());
    assert_eq!(leaks(|| drop(black_box(Base64::encode_string(&octets)))), 0);
    assert_eq!(leaks(|| _ = black_box(Base64::decode(&text, &mut room))), 2);
}

#[test]
fn base64url() {
    let (octets, text, mut room) = (secret(SECRET), secret(Base64UrlUnpadded::encode_string(SECRET)), [0; 88]);
    assert_eq!(leaks(|| drop(black_box(Base64UrlUnpadded::encode_string(&octets)))), 0);
    assert_eq!(leaks(|| _ = black_box(Base64UrlUnpadded::decode(&text, &mut room))), 2);
}
