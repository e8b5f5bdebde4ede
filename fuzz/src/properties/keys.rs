use clearjwt::{Algorithm, Header, Key, KeyError, jwk, jws};

use crate::{
    mac,
    oracle::{Code, jwk as policy},
};

/// Key material: a secret is taken or refused as the policy says, a JWK and a set of them too, and a key makes the MACs of its secret.
pub fn keys(input: &[u8]) {
    let algorithm = Algorithm::ALL[input.len() % 3];
    check_secret(algorithm, input);
    for wanted in [None, Some(algorithm)] {
        let read = Key::from_jwk(wanted, input).map_err(|error| {
            super::speaks(error.code(), error.clause(), &error);
            error.code()
        });
        assert!(read.is_err() || Key::weak_from_jwk(wanted, input).is_ok(), "good and not even weak");
        match (read, policy::key(input, wanted)) {
            (Ok(key), Ok(jwk)) => check_key(&key, &jwk),
            (read, expected) => assert_eq!(read.map(drop), expected.map(drop)),
        }
    }
    let read = jwk::key_set(algorithm, input).map_err(|error| error.code());
    match (read, policy::set(input, algorithm)) {
        (Ok(set), Ok((jwks, skipped))) => {
            assert_eq!((set.len(), set.skipped()), (jwks.len(), skipped));
            set.iter().zip(&jwks).for_each(|(key, jwk)| check_key(key, jwk));
        }
        (read, expected) => assert_eq!(read.map(drop), expected.map(drop)),
    }
}

fn check_secret(algorithm: Algorithm, secret: &[u8]) {
    let (strict, weak) = (Key::new(algorithm, secret), Key::weak(algorithm, secret));
    let zeros = secret.iter().rev().take_while(|octet| **octet == 0).count();
    let length = secret.len() - if zeros >= 5 { zeros } else { 0 };
    match (strict.map_err(|error| error.code()), weak) {
        (strict, Err(error)) => {
            super::speaks(error.code(), error.clause(), &error);
            assert_eq!(strict.map(drop), Err(error.code()));
            let looks_alike = matches!(error, KeyError::Pem | KeyError::Ssh | KeyError::Der | KeyError::JwkText);
            assert!(looks_alike || secret.is_empty() || secret.len() > 1024, "{error}");
        }
        (strict, Ok(weak)) => {
            assert!((1..=1024).contains(&secret.len()));
            let expected: Result<(), Code> = match strict {
                Err("key_published") if secret.is_ascii() => Err("key_published"),
                _ if length < algorithm.mac_len() => Err("key_too_short"),
                _ if secret.iter().all(|octet| *octet == secret[0]) => Err("key_all_bytes_equal"),
                _ => Ok(()),
            };
            check_macs(&weak, algorithm, secret);
            if strict.map(drop) == Ok(()) {
                let text = jwk::to_text(algorithm, secret, Some("a")).expect("a good secret can be written");
                check_macs(&Key::from_jwk(None, text.as_bytes()).expect("and read").without_id(), algorithm, secret);
            }
            assert_eq!(Key::new(algorithm, secret).map(drop).map_err(|error| error.code()), expected);
        }
    }
}

fn check_key(key: &Key, jwk: &policy::Jwk) {
    assert_eq!((key.algorithm(), key.id(), key.can_sign(), key.can_verify()), (jwk.algorithm, jwk.kid.as_deref(), jwk.sign, jwk.verify));
    if jwk.sign {
        check_macs(&key.clone().without_id(), jwk.algorithm, &jwk.secret);
    }
}

fn check_macs(key: &Key, algorithm: Algorithm, secret: &[u8]) {
    let token = jws::sign("", &Header::default(), key).expect("it may sign");
    let (input, signature) = token.rsplit_once('.').expect("three segments");
    assert_eq!(crate::oracle::base64url::decode(signature.as_bytes()), Some(mac(algorithm, secret, input.as_bytes())));
}
