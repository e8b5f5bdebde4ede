//! RFC 7518, JSON Web Algorithms: the three HMACs, and the length of their keys on both sides.

mod common;

use clearjwt::{Algorithm, Header, Key, VerifyError, jws};

fn keys() -> Vec<Key> {
    let secret = common::octets(common::RFC7515_A1);
    Algorithm::ALL.iter().map(|algorithm| Key::new(*algorithm, &secret).expect("64 octets are enough for all")).collect()
}

// RFC7518-3.2-1, RFC7518-8.6-1, RFC2104-2-2, RFC2104-3-1
#[test]
fn a_key_is_as_long_as_the_hash_and_at_most_1024_bytes() {
    let cases = common::cases(include_str!("vectors/rfc7518.json"));
    assert!(cases.len() >= 51);
    for case in cases {
        let (algorithm, secret) = (common::algorithm(&case["alg"]), common::octets(case["key_b64u"].as_str().expect("a key")));
        for (verdict, made) in [("expect", Key::new(algorithm, &secret)), ("weak", Key::weak(algorithm, &secret))] {
            assert_eq!(case[verdict], made.map_or_else(|error| error.code(), |_| "accept"), "{case}");
        }
    }
}

// RFC7518-3.1-1, RFC7518-3.1-2, RFC7518-3.2-2, RFC7519-8-1, RFC7519-7.1-2
#[test]
fn the_mac_is_hmac_over_the_signing_input_in_full() {
    for key in keys() {
        let token = jws::sign("payload", &Header::default(), &key).unwrap();
        let (input, signature) = token.rsplit_once('.').expect("two dots");
        assert_eq!(common::octets(signature), common::mac(key.algorithm(), &common::octets(common::RFC7515_A1), input.as_bytes()));
        assert_eq!(common::octets(signature).len(), key.algorithm().mac_len());
    }
}

// RFC7515-4.1.1-4, RFC8725-3.1-4, RFC8725bis-3.1-4
#[test]
fn each_algorithm_verifies_its_own_tokens_and_no_others() {
    for signer in keys() {
        let token = jws::sign("payload", &Header::default(), &signer).unwrap();
        for verifier in keys() {
            let expected = if signer.algorithm() == verifier.algorithm() { Ok(()) } else { Err(VerifyError::AlgMismatch) };
            assert_eq!(jws::verify(&token, &verifier).map(drop), expected);
        }
        assert_eq!(jws::verify(&token, keys()).unwrap().payload(), b"payload");
    }
}

// RFC7515-5.2-2, RFC7515-5.2-12, RFC8725-3.3-1, RFC6750-5.2-2, RFC2104-5-1
#[test]
fn every_bit_and_every_byte_of_the_mac_counts() {
    for key in keys() {
        let token = jws::sign("payload", &Header::default(), &key).unwrap();
        let (input, signature) = token.rsplit_once('.').expect("two dots");
        let mac = common::octets(signature);
        let with = |mac: &[u8]| format!("{input}.{}", common::base64url(mac));
        assert_eq!(with(&mac), token);
        for bit in 0..mac.len() * 8 {
            let mut forged = mac.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(jws::verify(with(&forged), &key).map(drop), Err(VerifyError::Signature), "bit {bit}");
        }
        for length in 1..mac.len() {
            assert_eq!(jws::verify(with(&mac[..length]), &key).map(drop), Err(VerifyError::SignatureLength), "{length} bytes");
        }
        for more in [&b"\0"[..], &mac] {
            assert_eq!(jws::verify(with(&[&mac, more].concat()), &key).map(drop), Err(VerifyError::SignatureLength));
        }
    }
}

/// A clock would tell nothing for sure. So this looks at which function compares: that of `hmac`, for which it is promised.
// RFC7518-3.2-3, RFC7515-10.9-1
#[test]
fn the_mac_is_compared_by_the_function_that_takes_the_same_time_for_all() {
    let function = |name: &str| include_str!("../src/key.rs").split(name).nth(1).and_then(|rest| rest.split("\n    }\n").next()).expect("the function");
    // One for all algorithms.
    let compares = [function("fn mac_holds("), function("fn holds(&self, signing_input: &[u8], mac: &[u8]) -> bool {")].concat();
    assert_eq!((compares.matches("self.state.holds(").count(), compares.matches(".verify_slice(mac).is_ok()").count()), (1, 1), "{compares}");
    for other in ["==", "!=", "verify_truncated", "finalize", ".eq(", "starts_with"] {
        assert!(!compares.contains(other), "{other}: {compares}");
    }
    let checks = include_str!("../src/jws.rs").split("key.mac_holds(").count() - 1;
    assert_eq!(checks, 1, "a MAC is compared elsewhere too");
}

// RFC8725-3.2-2, RFC8725bis-3.1-5, RFC8725bis-3.2-1
#[test]
fn an_algorithm_is_named_by_its_exact_name() {
    assert_eq!(Algorithm::ALL.map(Algorithm::name), ["HS256", "HS384", "HS512"]);
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        assert_eq!(algorithm.to_string(), algorithm.name());
    }
    for name in ["", "hs256", "HS256 ", "HS25", "none", "RS256", "HS2566"] {
        assert_eq!(Algorithm::from_name(name), None);
    }
}
