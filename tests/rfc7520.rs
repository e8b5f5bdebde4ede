//! RFC 7520, section 4.4: the HMAC example, made and read byte for byte.

mod common;

use clearjwt::{Header, Key, jws};

// RFC7515-5.1-1, RFC7515-5.1-2
#[test]
fn the_example_of_section_4_4_is_reproduced_byte_for_byte() {
    let cases = common::cases(include_str!("vectors/rfc7520.json"));
    assert_eq!(cases.len(), 1);
    for case in cases {
        let text = |name: &str| case[name].as_str().expect("a string");
        let key = Key::from_jwk(None, text("jwk")).unwrap();
        let token = jws::sign(text("payload"), &Header::default(), &key).unwrap();
        assert_eq!(token, text("token"));
        let verified = jws::verify(&token, &key).unwrap();
        assert_eq!((verified.payload(), verified.key_id()), (text("payload").as_bytes(), key.id()));
        // Whoever names the id that the key has says nothing new.
        let named = Header { kid: key.id().map(Into::into), ..Header::default() };
        assert_eq!(jws::sign(text("payload"), &named, &key).unwrap(), token);
    }
}
