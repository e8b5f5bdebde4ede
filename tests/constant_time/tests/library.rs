//! No branch and no address depends on a secret, but for the bits that are let go: `public.supp` says which.

use std::hint::black_box;

use clearjwt::{Algorithm, Header, Key, KeyError, jwk, jws};
use clearjwt_constant_time::{leaks, leaks_of_copies, secret};

const SECRET: &[u8; 66] = b"Zw7-hush.Qx93.nobody.knows.this-k5VtL8.and.it.is.long.enough.as.is";
/// The same in base64url.
const TEXT: &str = "Wnc3LWh1c2guUXg5My5ub2JvZHkua25vd3MudGhpcy1rNVZ0TDguYW5kLml0LmlzLmxvbmcuZW5vdWdoLmFzLmlz";

fn jwk_of(k: &str) -> String {
    [r#"{"kty":"oct","kid":"a","k":""#, k, r#"","key_ops":["sign","verify"]}"#].concat()
}

#[test]
fn the_watch_sees_a_comparison_that_stops_early() {
    let (a, b) = (secret(SECRET), *SECRET);
    assert_ne!(leaks(|| assert!(black_box(&a[..]) == black_box(&b[..]))), 0);
    assert_ne!(leaks(|| assert!(black_box(&a).iter().zip(black_box(&b)).all(|(a, b)| a == b))), 0);
}

#[test]
fn the_watch_sees_a_table_that_a_secret_indexes() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let (octets, text) = (secret(SECRET), secret(TEXT));
    assert_ne!(leaks(|| drop(black_box(URL_SAFE_NO_PAD.encode(&octets)))), 0);
    assert_ne!(leaks(|| drop(black_box(URL_SAFE_NO_PAD.decode(&text)))), 0);
}

#[test]
fn a_secret_becomes_a_key() {
    for algorithm in Algorithm::ALL {
        // As long as the published ones are, so that they are compared, and with zeros at the end.
        for length in [64, 66, 71, 86] {
            let octets = secret([&SECRET[..], &[0; 20]].concat().split_at(length).0);
            assert_eq!(leaks(|| assert!(Key::new(algorithm, &octets).is_ok())), 0, "{algorithm}, {length}");
            assert_eq!(leaks(|| assert!(Key::weak(algorithm, &octets).is_ok())), 0, "{algorithm}, {length}");
        }
    }
}

#[test]
fn a_weak_secret_is_refused() {
    let weak = [&SECRET[..31], &[7; 40], b"reallyreallyreallyreallyverysafe", &[&SECRET[..31], &[0; 9]].concat()];
    let errors = [
        KeyError::TooShort { length: 31, minimum: 32 },
        KeyError::AllBytesEqual,
        KeyError::Published,
        // The length that counts is told, so it may be looked at.
        KeyError::TooShort { length: 31, minimum: 32 },
    ];
    for (octets, error) in weak.map(secret).iter().zip(errors) {
        assert_eq!(leaks(|| assert!(Key::new(Algorithm::HS256, octets).is_err())), 0, "{error:?}");
    }
}

// From where `k` has been found in the JSON.
#[test]
fn the_secret_of_a_jwk_becomes_a_key() {
    let jwk = jwk_of(TEXT);
    let set = format!(r#"{{"keys":[{jwk}]}}"#);
    for algorithm in Algorithm::ALL {
        assert_eq!(leaks_of_copies(TEXT, || assert!(Key::from_jwk(algorithm, &jwk).is_ok())), 0, "{algorithm}");
        assert_eq!(leaks_of_copies(TEXT, || assert!(jwk::key_set(algorithm, &set).is_ok())), 0, "{algorithm}");
    }
}

#[test]
fn the_k_of_a_jwk_is_refused_or_taken_whatever_its_end_and_its_characters_are() {
    // Whole groups, two and three characters more, one more, trailing bits, and a character outside of the alphabet.
    for k in [&TEXT[..44], &TEXT[..46], &TEXT[..47], &TEXT[..45], "AAB", "AB", "Wnc3LWh1*2guUXg5My5ub2JvZHkua25vd3MudGhpcy1rNVZ0"] {
        let jwk = jwk_of(k);
        assert_eq!(leaks_of_copies(k, || drop(black_box(Key::from_jwk(Algorithm::HS256, &jwk)))), 0, "{k}");
    }
}

#[test]
fn a_secret_becomes_a_jwk() {
    for length in 32..36 {
        let octets = secret(&SECRET[..length]);
        assert_eq!(leaks(|| assert!(jwk::to_text(Algorithm::HS256, &octets, Some("a")).is_ok())), 0, "{length}");
    }
}

#[test]
fn a_mac_is_compared_whether_it_holds_or_which_octet_of_it_does_not() {
    for algorithm in Algorithm::ALL {
        let token = jws::sign("x", &Header::default(), &Key::new(algorithm, SECRET).unwrap()).unwrap();
        let key = Key::new(algorithm, &secret(SECRET)).unwrap();
        assert_eq!(leaks(|| assert!(jws::verify(&token, &key).is_ok())), 0, "{algorithm}");
        let mac = token.rfind('.').unwrap() + 1;
        for index in [mac, mac + 20, token.len() - 2] {
            let mut forged = token.clone().into_bytes();
            forged[index] ^= 1 + (forged[index] | 1 == b'a') as u8;
            assert_eq!(leaks(|| assert!(jws::verify(&forged, &key).is_err())), 0, "{algorithm}, {index}");
        }
    }
}

#[test]
fn a_token_is_signed() {
    for algorithm in Algorithm::ALL {
        let key = Key::new(algorithm, &secret(SECRET)).unwrap();
        assert_eq!(leaks(|| assert!(jws::sign("x", &Header::default(), &key).is_ok())), 0, "{algorithm}");
    }
}

#[test]
fn a_key_is_wiped() {
    for algorithm in Algorithm::ALL {
        let key = Key::new(algorithm, &secret(SECRET)).unwrap();
        assert_eq!(leaks(|| drop(key)), 0, "{algorithm}");
    }
}

/// What `SECURITY.md` says is not constant time.
#[test]
fn what_could_be_a_key_of_another_kind_and_the_json_of_a_jwk_are_looked_at_step_by_step() {
    let octets = secret([b"----", &SECRET[..]].concat());
    assert_ne!(leaks(|| assert!(Key::new(Algorithm::HS256, &octets).is_ok())), 0);
    let text = secret(jwk_of(TEXT));
    assert_ne!(leaks(|| assert!(Key::from_jwk(Algorithm::HS256, &text).is_ok())), 0);
}
