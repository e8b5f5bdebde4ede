//! RFC 2104, HMAC: which secrets are the same key.

mod common;

use clearjwt::{Algorithm, Header, Key, jws};

/// What the key makes of one signing input.
fn token(algorithm: Algorithm, secret: &[u8]) -> String {
    jws::sign("text", &Header::default(), &Key::weak(algorithm, secret).expect("a secret")).expect("a token")
}

fn random(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * i * 7 + i * 13 + 1) as u8 | 1).collect()
}

// RFC2104-2-1
#[test]
fn secrets_of_every_length_make_the_mac_of_rfc_2104() {
    for algorithm in Algorithm::ALL {
        for length in (1..300).chain([511, 512, 1023, 1024]) {
            let secret = random(length);
            let token = token(algorithm, &secret);
            let (input, signature) = token.rsplit_once('.').expect("two dots");
            assert_eq!(common::octets(signature), common::mac(algorithm, &secret, input.as_bytes()), "{length} bytes");
        }
    }
}

#[test]
fn a_secret_longer_than_the_block_is_hashed_first() {
    use sha2::Digest as _;
    let long = random(65);
    assert_eq!(token(Algorithm::HS256, &long), token(Algorithm::HS256, &sha2::Sha256::digest(&long)));
    assert_ne!(token(Algorithm::HS256, &long[..64]), token(Algorithm::HS256, &sha2::Sha256::digest(&long[..64])));
    let long = random(129);
    assert_eq!(token(Algorithm::HS512, &long), token(Algorithm::HS512, &sha2::Sha512::digest(&long)));
    assert_ne!(token(Algorithm::HS512, &long[..128]), token(Algorithm::HS512, &sha2::Sha512::digest(&long[..128])));
}

// RFC2104-2-1, RFC2104-2-2
#[test]
fn zeros_at_the_end_make_no_other_key_and_so_do_not_count() {
    for algorithm in Algorithm::ALL {
        let short = random(algorithm.mac_len() - 1);
        let padded = |zeros: usize| [&short[..], &vec![0; zeros]].concat();
        for zeros in 1..=8 {
            assert_eq!(token(algorithm, &padded(zeros)), token(algorithm, &short));
            // Fewer than five happen by chance.
            assert_eq!(Key::new(algorithm, &padded(zeros)).is_ok(), zeros < 5, "{zeros} zeros");
        }
    }
}
