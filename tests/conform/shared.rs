//! The cases of `tests/vectors/`, with the clause that binds a verifier to each, and what is special about it.

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::{Value, json};

use crate::{
    common,
    corpus::{Case, Level},
};

pub fn cases() -> Vec<Case> {
    let of = |text| common::cases(text).into_iter();
    let policy = of(include_str!("../vectors/policy.json")).map(|case| token_case(&case));
    let rfc = of(include_str!("../vectors/rfc.json")).map(|case| token_case(&case));
    let mut seen = Vec::new();
    let keys = of(include_str!("../vectors/keys.json")).filter_map(|case| key_case(&case)).filter(move |case| {
        let new = !seen.contains(&case.key);
        seen.push(case.key.clone());
        new
    });
    rfc.chain(policy).chain(keys).collect()
}

fn token_case(case: &Value) -> Case {
    let text = |name: &str| case[name].as_str().map(str::to_owned);
    let id = text("id").expect("a case has an id");
    let (clause, level, says) = judged(&id);
    let group = text("group").unwrap_or("examples".into());
    Case {
        source: text("source").unwrap_or_else(|| format!("POLICY-{}", rule(&id, &group))),
        mode: text("mode").expect("a case has a mode"),
        token: common::token(case),
        key: case["key"].clone(),
        options: case["options"].clone(),
        reason: (case["expect"] == "refuse").then(|| text("reason").expect("a refusal has a reason")),
        payload: text("payload_b64u").map(|payload| common::octets(&payload)),
        clause: clause.into(),
        says: says.into(),
        id,
        group,
        level,
    }
}

/// A key case as a token that is signed with the key's octets, whether or not anybody should.
///
/// How a file of text becomes octets is no question to a verifier: hex and base64 stay behind.
fn key_case(case: &Value) -> Option<Case> {
    let id = case["id"].as_str().expect("a case has an id").to_string();
    let input = common::octets(case["input_b64u"].as_str().expect("a key case has an input"));
    let mut key = json!({ "alg": case["alg"], "kid": null, "issuer": null, "weak": case["weak"] });
    let secret = match case["format"].as_str() {
        Some("raw") => input,
        Some("text") => input.strip_suffix(b"\n").unwrap_or(&input).to_vec(),
        Some("jwk") => {
            key["jwk"] = json!(String::from_utf8(input).expect("the JWKs of the vectors are text"));
            jwk_octets(key["jwk"].as_str().unwrap_or_default())
        }
        _ => return None,
    };
    if key["jwk"].is_null() {
        key["k"] = json!(common::base64url(&secret));
    }
    let algorithm = common::algorithm(&case["alg"]);
    let (clause, level, says) = judged(&id);
    let group = if key["jwk"].is_null() { "key" } else { "jwk" };
    Some(Case {
        source: format!("POLICY-{}", rule(&id, group)),
        group: group.into(),
        mode: "jwt".into(),
        token: common::sealed(algorithm, &secret, format!(r#"{{"alg":"{}"}}"#, algorithm.name()), r#"{"exp":1800000600}"#).into_bytes(),
        key,
        options: json!({}),
        reason: (case["expect"] == "refuse").then(|| "key".into()),
        payload: None,
        clause: clause.into(),
        says: says.into(),
        id,
        level,
    })
}

/// The secret of a JWK as the most lenient reader finds it.
pub fn jwk_octets(jwk: &str) -> Vec<u8> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);
    let jwk: Value = serde_json::from_str(jwk).unwrap_or_default();
    GeneralPurpose::new(&URL_SAFE, lenient).decode(jwk["k"].as_str().unwrap_or_default()).expect("base64url of some spelling")
}

/// The rule of the policy that a case stands on the border of.
fn rule(id: &str, group: &str) -> u8 {
    match group {
        "segments" | "size" => 1,
        "base64url" => 2,
        "json" | "duplicate" if id.contains("-p") || id.contains("many") || id.contains("not") => 10,
        "json" | "duplicate" | "plain" => 3,
        "alg" => 4,
        "crit" => 5,
        "kid" => 6,
        "signature" => 8,
        "typ" => 9,
        "exp" | "nbf" | "iat" => 11,
        _ if id.contains("-type-") || id.contains("-ok-") || group == "jti" => 12,
        "iss" | "sub" | "aud" => 13,
        _ if id.contains("lookalike") || id.contains("der-like") => 15,
        "key" | "weak" => 14,
        "jwk" => 16,
        other => panic!("no rule for the group {other}"),
    }
}

fn judged(id: &str) -> (&'static str, Level, &'static str) {
    let (_, clause, says) = JUDGED
        .iter()
        .find(|(pattern, ..)| match pattern.strip_suffix('*') {
            Some(start) => id.starts_with(start),
            None => id == *pattern,
        })
        .unwrap_or_else(|| panic!("{id} is not in the table"));
    (clause, Level::of(clause).unwrap_or_else(|| panic!("{clause} is no clause")), says)
}

/// Id of a case, or how its id begins; the clause; what is special. The first that fits counts.
const JUDGED: &[(&str, &str, &str)] = &[
    ("rfc7515-a1", "RFC7515-A.1", "the first example of JWS"),
    ("rfc7519-3.1-expired", "RFC7519-4.1.4-1", "the example of JWT, in the second of its exp"),
    ("rfc7519-3.1*", "RFC7519-3.1", "the example of JWT, a second before its exp"),
    ("rfc7519-6.1-unsecured", "RFC7518-3.6-4", "the example of an unsecured JWT, which nobody asked for"),
    ("rfc7515-a5-unsecured", "RFC7518-3.6-4", "the example of an unsecured JWS, which nobody asked for"),
    ("rfc7520-4.4-as-jwt", "RFC7519-7.2-9", "an example whose payload is no JSON, taken for a JWT"),
    ("rfc7520-4.4*", "RFC7520-4.4", "an example with HMAC and a kid"),
    ("rfc7520-4.5-detached", "RFC7515-5.2-11", "an example without its detached payload"),
    ("rfc7797-4.2-detached", "RFC7515-5.2-11", "an example with unencoded payload, without the payload"),
    ("plain-jws-any-0", "POLICY-1", "a JWS with an empty payload"),
    ("plain-jws-any*", "RFC7518-3.1-1", "a JWS whose payload is no JSON"),
    ("plain-HS256*", "RFC7518-3.1-1", "an ordinary token with HS256"),
    ("plain-HS*", "RFC7518-3.1-2", "an ordinary token with HS384 or HS512"),
    ("plain-payload-space*", "RFC8259-9-1", "white space or an escape in the payload, as JSON allows"),
    ("plain-header-space-4", "RFC7515-5.3-1", "alg is written with an escape"),
    ("plain-header-space-3", "RFC7515-4-5", "an unknown member of the header"),
    ("plain-header-space*", "RFC8259-9-1", "white space in the header, as JSON allows"),
    ("plain-j*", "RFC7515-4-4", "a header that offers a key or an address, to be ignored"),
    ("segments-empty-payload-jws", "POLICY-1", "a JWS with an empty payload"),
    ("segments-empty-signature", "RFC7515-5.2-11", "the signature is empty"),
    ("segments-trailing-newline", "RFC7515-5.2-10", "a newline after the token"),
    ("segments-bearer-prefix", "RFC7515-5.2-4", "the word Bearer before the token"),
    ("segments-quoted", "RFC7515-5.2-4", "quotes around the token"),
    ("segments-dots-only", "RFC7515-5.2-5", "two dots, nothing else"),
    ("segments*", "RFC7515-5.2-3", "more or fewer than three segments"),
    ("base64url-s0-trailing*", "RFC4648-3.5-2", "unused bits that are set in the header segment"),
    ("base64url-s1-trailing*", "RFC4648-3.5-2", "unused bits that are set in the payload segment"),
    ("base64url-sig-trailing*", "RFC4648-3.5-2", "unused bits that are set in the signature segment"),
    ("base64url-sig512*", "RFC4648-3.5-2", "unused bits that are set in the signature segment"),
    ("base64url-s1-length*", "RFC7515-5.2-9", "a payload segment of a length that base64url never has"),
    ("base64url-padded-all", "RFC7515-5.2-4", "padding on every segment"),
    ("base64url-s0*", "RFC7515-5.2-4", "a character outside the alphabet in the header segment"),
    ("base64url-s1*", "RFC7515-5.2-9", "a character outside the alphabet in the payload segment"),
    ("base64url-s*", "RFC7515-5.2-10", "a character outside the alphabet in the signature segment"),
    ("json-h-lone*", "RFC8259-8.2-1", "half a surrogate pair in the header"),
    ("json-h-big*", "RFC8259-9-3", "a number beyond a double in the header"),
    ("json-h-utf*", "RFC8725-3.7-1", "a header that is not UTF-8"),
    ("json-h-bom*", "RFC8259-8.1-3", "a byte order mark before the header"),
    ("json-h*", "RFC7515-5.2-5", "a header that is no JSON object"),
    ("json-p-lone*", "RFC8259-8.2-1", "half a surrogate pair in the payload"),
    ("json-p-swapped", "RFC8259-8.2-1", "a surrogate pair the wrong way round in the payload"),
    ("json-p-big*", "RFC8259-9-3", "a number beyond a double in the payload"),
    ("json-p-utf*", "RFC8725-3.7-1", "a payload that is not UTF-8"),
    ("json-p-bom*", "RFC8259-8.1-3", "a byte order mark before the payload"),
    ("json-p-deep-60", "POLICY-3", "a payload nested 60 deep"),
    ("json-p-deep*", "RFC8259-9-3", "a payload nested thousands deep"),
    ("json-p*", "RFC7519-7.2-9", "a payload that is no JSON object"),
    ("duplicate-h8", "POLICY-3", "a doubled member inside a member of the header"),
    ("duplicate-h*", "POLICY-3", "a doubled member of the header"),
    ("duplicate-p6", "POLICY-10", "a doubled member inside a claim"),
    ("duplicate-p7", "POLICY-10", "a doubled member inside a claim"),
    ("duplicate-not*", "RFC7519-4-4", "claims that are alike, but not doubled"),
    ("duplicate-*", "POLICY-10", "a doubled claim"),
    ("alg-unsigned*", "RFC7518-3.6-4", "alg is a spelling of none, and there is no signature"),
    ("alg-HS512-token*", "RFC8725-3.1-3", "a token of HS512 for a key of HS256"),
    ("alg-HS512-mac*", "RFC7515-5.2-11", "alg says HS256, the MAC is of HS512"),
    ("alg-t*", "RFC7515-5.2-11", "alg is missing, misplaced or no string"),
    ("alg-v*", "RFC7515-5.2-11", "alg names something else than the key's algorithm"),
    ("crit-0", "RFC7515-4.1.11-7", "crit is an empty list"),
    ("crit-2", "RFC7515-4.1.11-7", "crit lists b64, which the header does not have"),
    ("crit-3", "RFC7515-4.1.11-7", "crit lists alg, which needs no listing"),
    ("crit-1", "RFC7515-4.1.11-1", "crit lists an extension that nobody has defined"),
    ("crit-b64-crit*", "POLICY-5", "b64, listed in crit: an extension that is not understood"),
    ("crit-b64-unencoded", "POLICY-5", "an unencoded payload: an extension that is not understood"),
    ("crit-b64*", "RFC7797-6-1", "b64 without being listed in crit"),
    ("crit-not*", "RFC7515-4-5", "an unknown member that only looks like crit"),
    ("crit-*", "RFC7515-5.2-8", "crit is not a list of names"),
    ("kid-type*", "RFC7515-4.1.4-1", "kid is no string"),
    ("kid-0", "RFC7515-4-4", "kid is the key's id"),
    ("kid-9", "RFC7515-4-4", "kid is the key's id, beyond ASCII"),
    ("kid-14", "RFC7515-4-4", "kid is the key's id"),
    ("kid-11", "RFC7515-4-4", "a kid like a path, for a key without an id"),
    ("kid-3", "RFC7515-6-3", "no kid, but the key has an id"),
    ("kid*", "RFC7515-6-3", "kid is not quite the key's id"),
    ("typ-0", "RFC7518-3.1-1", "typ is JWT"),
    ("typ-2", "RFC7515-4.1.9-2", "typ is Jwt: media types have no case"),
    ("typ-4", "RFC7515-4.1.9-4", "typ is application/JWT, which is JWT in full"),
    ("typ-14", "RFC9068-4-1", "typ is the at+jwt that is expected"),
    ("typ-16", "RFC9068-4-1", "typ is application/at+jwt, at+jwt is expected"),
    ("typ-18", "RFC7515-4.1.9-2", "typ is the type that is expected, in capitals"),
    ("typ-27", "POLICY-9", "typ is the type that is expected"),
    ("typ-19", "RFC9068-4-1", "typ is JWT, at+jwt is expected"),
    ("typ-20", "RFC9068-4-1", "no typ, at+jwt is expected"),
    ("typ-22", "RFC9068-4-1", "typ is at+jwtx, at+jwt is expected"),
    ("typ-23", "RFC9068-4-1", "typ is of another kind of token, at+jwt is expected"),
    ("typ-21", "POLICY-9", "no typ, JWT is expected"),
    ("typ-cty-ok*", "RFC7515-4.1.10-1", "a cty that says nothing"),
    ("typ-cty-nested-0", "RFC7519-7.2-7", "cty says that the payload is a token, and it is none"),
    ("typ-cty-nested*", "RFC7519-5.2-4", "cty says in another case that the payload is a token, and it is none"),
    ("typ-cty-type*", "RFC7515-4.1.10-1", "cty is no string"),
    ("typ-nested-no-cty", "RFC7519-7.2-9", "the payload is a token, and cty does not say so"),
    ("typ-type*", "RFC7515-4.1.9-1", "typ is no string"),
    ("typ*", "POLICY-9", "typ names a kind of token that was not expected"),
    ("signature-attacker-jwk", "RFC7515-5.2-11", "signed with the key that the header brings"),
    ("signature-swapped-header", "RFC7515-5.2-11", "another header than the one that was signed"),
    ("signature-other-key*", "RFC7515-5.2-11", "signed with another key"),
    ("signature-plain-sha", "RFC7515-5.2-11", "a hash in place of the MAC"),
    ("signature-HS256-first*", "RFC7515-5.2-11", "only the first octets of the MAC"),
    ("signature-HS384-first*", "RFC7515-5.2-11", "only the first octets of the MAC"),
    ("signature-HS512-first*", "RFC7515-5.2-11", "only the first octets of the MAC"),
    ("signature-HS256-bit*", "RFC7515-5.2-11", "one bit of the MAC is another"),
    ("signature-HS512-bit*", "RFC7515-5.2-11", "one bit of the MAC is another"),
    ("signature-*", "RFC7515-5.2-11", "octets after the MAC"),
    ("exp-req-0", "RFC7519-4-3", "no exp, and it is required"),
    ("exp-req-9", "RFC7519-4-3", "an exp inside another claim only, and it is required"),
    ("exp-req*", "RFC7519-4-3", "exp is not required"),
    ("exp-1", "POLICY-11", "a second before exp"),
    ("exp-43", "POLICY-11", "an exp in milliseconds: far in the future"),
    ("exp-13", "RFC7519-2-3", "a future exp, written with an exponent"),
    ("exp-17", "RFC7519-2-3", "a future exp, written with an exponent"),
    ("exp-40", "RFC7519-2-3", "a future exp, written with an exponent"),
    ("exp-23", "POLICY-11", "an exp beyond what a double holds exactly"),
    ("exp-26", "POLICY-11", "an exp beyond 64 bits"),
    ("exp-27", "POLICY-11", "an exp beyond 64 bits, which may wrap around"),
    ("exp-28", "POLICY-11", "an exp beyond what a double holds exactly"),
    ("exp-9", "POLICY-11", "exp is a fraction of this second"),
    ("exp-18", "POLICY-11", "exp is a fraction of this second, written with an exponent"),
    ("exp-35", "RFC7519-4.1.4-4", "exp is no number"),
    ("exp-37", "RFC7519-4.1.4-4", "exp is no number"),
    ("exp-4", "RFC7519-4.1.4-1", "past exp by all of the leeway"),
    ("exp-6", "RFC7519-4.1.4-1", "past exp by all of the leeway"),
    ("exp-42", "RFC7519-4.1.4-1", "exp is this second, written with an exponent"),
    ("exp-*", "RFC7519-4.1.4-1", "past exp, in whatever form it is written"),
    ("nbf-0", "POLICY-11", "nbf is this second"),
    ("nbf-5", "RFC7519-4.1.5-3", "before nbf by no more than the leeway"),
    ("nbf-7", "POLICY-11", "nbf is half a second ago"),
    ("nbf-10", "POLICY-11", "nbf is 0"),
    ("nbf-16", "RFC7519-2-3", "a past nbf, written with an exponent"),
    ("nbf-13", "RFC7519-4.1.5-4", "nbf is no number"),
    ("nbf-15", "RFC7519-4.1.5-4", "nbf is no number"),
    ("nbf-19", "POLICY-11", "an nbf beyond what a double holds exactly"),
    ("nbf-6", "RFC7519-4.1.5-1", "nbf is in half a second"),
    ("nbf-4", "RFC7519-4.1.5-1", "before nbf by more than the leeway"),
    ("nbf-1", "RFC7519-4.1.5-1", "a second before nbf"),
    ("iat-0", "POLICY-11", "iat is in the future, and no age is demanded"),
    ("iat-7", "POLICY-11", "iat is in the future, and no age is demanded"),
    ("iat-2", "RFC7519-4.1.6-1", "iat is no number"),
    ("iat-req*", "POLICY-11", "a lifetime is demanded, and a date is missing"),
    ("iat-25", "POLICY-11", "lives a second longer than may be"),
    ("iat-14", "POLICY-11", "iat is in the future, and an age is demanded"),
    ("iat-19", "POLICY-11", "iat is in the future, and an age is demanded"),
    ("iat-9", "POLICY-11", "a second older than may be"),
    ("iat-11", "POLICY-11", "a second older than may be"),
    ("iat-16", "POLICY-11", "a second older than may be"),
    ("iat-*", "POLICY-11", "as old as may be"),
    ("iss-type*", "RFC7519-4.1.1-1", "iss is no string"),
    ("iss-ok*", "POLICY-12", "iss is an empty string"),
    ("iss-14", "POLICY-13", "iss is the empty string that is expected"),
    ("iss-0", "RFC7519-7.3-1", "iss is the issuer that is expected"),
    ("iss-13", "RFC7519-7.3-1", "iss is one of the issuers that are expected"),
    ("iss-*", "RFC7519-7.3-1", "iss is not quite the issuer that is expected"),
    ("sub-type*", "RFC7519-4.1.2-2", "sub is no string"),
    ("sub-ok*", "RFC7518-3.1-1", "a sub, and none is expected"),
    ("sub-5", "RFC7519-7.3-1", "sub is the subject that is expected"),
    ("sub-*", "RFC7519-7.3-1", "sub is not quite the subject that is expected"),
    ("jti-type*", "RFC7519-4.1.7-3", "jti is no string"),
    ("jti-ok*", "RFC7518-3.1-1", "a jti"),
    ("aud-18", "RFC7518-3.1-1", "no aud, and none is expected"),
    ("aud-1", "RFC7519-4.1.3-1", "the audience is in the list"),
    ("aud-36", "POLICY-13", "no aud, and any is taken"),
    ("aud-19", "POLICY-13", "an aud, and any is taken"),
    ("aud-20", "POLICY-13", "an aud, and any is taken"),
    ("aud-21", "POLICY-13", "an empty list in aud, and any is taken"),
    ("aud-5", "RFC8725-3.9-3", "no aud, and an audience is expected"),
    ("aud-14", "RFC7519-4.1.3-2", "an aud, and the verifier names no audience"),
    ("aud-15", "RFC7519-4.1.3-2", "an aud, and the verifier names no audience"),
    ("aud-16", "RFC7519-4.1.3-2", "an empty list in aud: for nobody"),
    ("aud-23", "RFC7519-4.1.3-3", "aud is neither a string nor a list of strings"),
    ("aud-25", "RFC7519-4.1.3-3", "aud is neither a string nor a list of strings"),
    ("aud-32", "RFC7519-4.1.3-3", "aud is neither a string nor a list of strings"),
    ("aud-27", "RFC7519-4.1.3-2", "the audience is in a list inside the list"),
    ("aud-*", "RFC7519-4.1.3-2", "aud names others only"),
    ("size-16385", "POLICY-1", "a byte longer than 16,384"),
    ("size-1638*", "POLICY-1", "as long as 16,384 bytes"),
    ("size-*", "POLICY-1", "tens of thousands of bytes that are no token"),
    ("weak-*", "POLICY-14", "a weak key, taken by name"),
    ("key-empty-True", "POLICY-14", "an empty key, even where weak ones are taken"),
    ("key-empty-text-True", "POLICY-14", "an empty key, even where weak ones are taken"),
    ("key-empty*", "RFC7518-3.2-1", "an empty key"),
    ("key-HS256-nul*", "RFC2104-2-1", "a key of the right length, but zeros at its end"),
    ("key-HS384-nul*", "RFC2104-2-1", "a key of the right length, but zeros at its end"),
    ("key-HS512-nul*", "RFC2104-2-1", "a key of the right length, but zeros at its end"),
    ("key-HS384-zeros", "POLICY-14", "a key of zeros"),
    ("key-HS256-same", "POLICY-14", "a key of one octet, repeated"),
    ("key-HS512-same", "POLICY-14", "a key of one octet, repeated"),
    ("key-HS256-len-1", "RFC7518-3.2-1", "a key of 31 octets for HS256"),
    ("key-HS256-len*", "RFC7518-3.1-1", "a key of 33 octets for HS256"),
    ("key-HS512-len*", "RFC7518-3.1-2", "a key of 64 octets for HS512"),
    ("key-HS256-short-weak", "POLICY-14", "a short key, taken by name"),
    ("key-HS384-short-weak", "POLICY-14", "a short key, taken by name"),
    ("key-HS512-short-weak", "POLICY-14", "a short key, taken by name"),
    ("key-der-like*", "POLICY-15", "random octets that begin as DER does"),
    ("key-published-short*", "RFC7518-3.2-1", "a published sample, and short"),
    ("key-published-jwtio-weak", "POLICY-14", "a published sample, taken by name"),
    ("key-published*", "POLICY-14", "a published sample as the key"),
    ("key-lookalike-jwk*", "POLICY-15", "the text of a JWK as the secret"),
    ("key-lookalike-s*.pub", "POLICY-15", "an SSH public key as the secret"),
    ("key-lookalike*", "POLICY-15", "the encoding of another kind of key as the secret"),
    ("key-jwk-ops-verify", "POLICY-16", "key_ops is verify"),
    ("key-jwk-use-sig", "POLICY-16", "use is sig"),
    ("key-HS256-jwk-short", "RFC7518-3.2-1", "a JWK with a short k"),
    ("key-HS384-jwk-short", "RFC7518-3.2-1", "a JWK with a short k"),
    ("key-HS256-jwk", "RFC7517-4-4", "a JWK with an unknown member"),
    ("key-HS512-jwk", "POLICY-16", "a JWK with an unknown member, for HS512"),
    ("key-jwk-ops-empty", "RFC7517-4.3-6", "key_ops is an empty list"),
    ("key-jwk-k-bits", "RFC4648-3.5-2", "unused bits that are set in k"),
    ("key-jwk-kid-type", "POLICY-16", "kid of the JWK is no string"),
    ("key-jwk-k-empty", "RFC7518-3.2-1", "a JWK with an empty k"),
    ("key-jwk-nokty", "RFC7517-4.1-1", "a JWK without kty"),
    ("key-jwk-use-enc", "RFC7517-4.2-2", "use is enc"),
    ("key-jwk-use-type", "POLICY-16", "use is no string"),
    ("key-jwk-alg-type", "POLICY-16", "alg of the JWK is no string"),
    ("key-jwk-rsa", "POLICY-16", "a JWK of RSA"),
    ("key-jwk-k-pad", "RFC7518-6.4.1-1", "padding in k"),
    ("key-jwk-notjson", "POLICY-16", "a JWK that is no JSON"),
    ("key-jwk-dup*", "POLICY-16", "a doubled member of a JWK"),
    ("key-jwk-k-number", "POLICY-16", "k is no string"),
];
