//! The corpus's own cases: header and payload as they are read, signed with a key of the case's own unless it says otherwise.

use clearjwt::Algorithm::{self, HS256, HS384, HS512};
use serde_json::{Value, json};

use crate::{
    common::{self, base64url, octets},
    corpus::{Case, Level, secret},
    shared::jwk_octets,
};

/// The claims that nothing is wrong with: they hold for another ten minutes.
const CLAIMS: &str = r#"{"user_id":1234,"exp":1800000600}"#;

pub fn cases() -> Vec<Case> {
    let mut own = Own::default();
    segments(&mut own);
    encoding(&mut own);
    json_texts(&mut own);
    duplicates(&mut own);
    algorithms(&mut own);
    critical(&mut own);
    header(&mut own);
    key_ids(&mut own);
    types(&mut own);
    signatures(&mut own);
    dates(&mut own);
    ages(&mut own);
    parties(&mut own);
    audiences(&mut own);
    claims(&mut own);
    sizes(&mut own);
    keys(&mut own);
    near_look_alikes(&mut own);
    jwks(&mut own);
    issuers_of_keys(&mut own);
    own.drafts.into_iter().map(Draft::finish).collect()
}

fn segments(own: &mut Own) {
    own.group("segments");
    own.accept("RFC7518-3.1-1", "no-typ", "a header of alg alone").header(r#"{"alg":"HS256"}"#);
    own.refuse("segments", "RFC7515-5.2-3", "nothing", "an empty text in place of a token").token(|_| vec![]);
    own.refuse("segments", "RFC7515-5.2-3", "encrypted", "five segments: an encrypted token").token(|_| {
        let header = base64url(r#"{"alg":"dir","enc":"A128GCM"}"#);
        format!("{header}..AAAAAAAAAAAAAAAA.AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA").into_bytes()
    });
    own.refuse("segments", "RFC7515-5.2-3", "twice", "the token twice, with a comma").token(|token| format!("{0},{0}", token.text()).into());
    own.refuse("segments", "RFC7515-5.2-3", "dot-after", "a dot after the token").token(|token| format!("{}.", token.text()).into());
    own.refuse("segments", "POLICY-1", "json-serialization", "the JSON serialization of the token").token(|token| {
        let [header, payload, mac] = token.segments.clone();
        json!({ "protected": header, "payload": payload, "signature": mac }).to_string().into()
    });
    own.refuse("segments", "RFC7515-5.2-5", "no-header", "an empty header segment, signed").token(|token| token.resealed(["", &token.segments[1]]));
    own.refuse("json", "RFC7519-7.2-9", "no-payload", "an empty payload, signed: no claims").payload("");
    own.refuse("signature", "RFC7515-5.2-11", "payload-left-out", "the payload was left out after signing")
        .token(|token| [token.segments[0].as_bytes(), b"..", token.segments[2].as_bytes()].concat());
    for (id, space, says) in [("space", " ", "a space"), ("tab", "\t", "a tab"), ("newline", "\n", "a newline"), ("nul", "\0", "a NUL")] {
        own.refuse("segments", "RFC7515-5.2-4", &format!("{id}-before"), &format!("{says} before the token"))
            .token(move |token| format!("{space}{}", token.text()).into());
        own.refuse("segments", "RFC7515-5.2-10", &format!("{id}-after"), &format!("{says} after the token"))
            .token(move |token| format!("{}{space}", token.text()).into());
    }
}

fn encoding(own: &mut Own) {
    own.group("base64url");
    for (length, filler) in ["", "x", "xx"].into_iter().enumerate() {
        own.accept("RFC7518-3.1-1", &format!("length-{length}"), "segments of each length, without padding")
            .header(&format!(r#"{{"alg":"HS256","x":"{filler}"}}"#))
            .payload(&format!(r#"{{"exp":1800000600,"x":"{filler}"}}"#));
    }
    // Octets whose base64url has `-` and `_`, which plain base64 writes as `+` and `/`.
    let (header, payload) = (r#"{"alg":"HS256","x":"?>?>?>~~~"}"#, r#"{"exp":1800000600,"x":"?>?>?>~~~"}"#);
    own.accept("RFC7518-3.1-1", "both-special", "the two characters of base64url that base64 lacks").header(header).payload(payload);
    let plain = |text: &str| text.replace('-', "+").replace('_', "/");
    own.refuse("base64url", "RFC7515-5.2-4", "plain-header", "the header in base64 instead of base64url, signed so")
        .header(header)
        .token(move |token| token.resealed([&plain(&token.segments[0]), &token.segments[1]]));
    own.refuse("base64url", "RFC7515-5.2-9", "plain-payload", "the payload in base64 instead of base64url, signed so")
        .payload(payload)
        .token(move |token| token.resealed([&token.segments[0], &plain(&token.segments[1])]));
    own.refuse("base64url", "RFC7515-5.2-10", "plain-signature", "the signature in base64 instead of base64url").token(move |token| {
        let [header, payload, mac] = &token.segments;
        assert!(mac.contains(['-', '_']), "the MAC shows no difference: choose another id");
        format!("{header}.{payload}.{}", plain(mac)).into()
    });
    let padded = |text: &str| format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
    own.refuse("base64url", "RFC7515-5.2-4", "padded-header", "padding on the header, signed so")
        .header(r#"{"alg":"HS256","x":""}"#)
        .token(move |token| token.resealed([&padded(&token.segments[0]), &token.segments[1]]));
    own.refuse("base64url", "RFC7515-5.2-9", "padded-payload", "padding on the payload, signed so")
        .payload(r#"{"exp":1800000600,"xy":1}"#)
        .token(move |token| token.resealed([&token.segments[0], &padded(&token.segments[1])]));
    own.refuse("base64url", "RFC7515-5.2-10", "padded-signature", "padding on the signature").token(|token| format!("{}=", token.text()).into());
    own.refuse("base64url", "RFC7515-5.2-9", "line-broken", "a payload broken into lines, signed so").token(|token| {
        let (front, back) = token.segments[1].split_at(20);
        token.resealed([&token.segments[0], &format!("{front}\r\n{back}")])
    });
    own.refuse("segments", "RFC7515-5.2-3", "dot-escaped", "the last dot written as %2E")
        .token(|token| format!("{}.{}%2E{}", token.segments[0], token.segments[1], token.segments[2]).into());
    own.refuse("signature", "RFC7515-5.2-11", "hex-signature", "the MAC in hexadecimal").token(|token| {
        let hex: String = token.mac().iter().map(|octet| format!("{octet:02x}")).collect();
        format!("{}.{}.{hex}", token.segments[0], token.segments[1]).into()
    });
    own.refuse("signature", "RFC7515-5.2-11", "twice-encoded", "the signature, encoded twice")
        .token(|token| format!("{}.{}.{}", token.segments[0], token.segments[1], base64url(&token.segments[2])).into());
    own.refuse("base64url", "RFC7515-5.2-4", "header-one-character-more", "a header segment of a length that base64url never has, signed so")
        .header(r#"{"alg":"HS256"}"#)
        .token(|token| token.resealed([&format!("{}A", token.segments[0]), &token.segments[1]]));
    own.refuse("base64url", "RFC7515-5.2-10", "one-character-more", "a signature of a length that base64url never has")
        .token(|token| format!("{}AA", token.text()).into());
    for last in ["B", "C", "D"] {
        own.refuse("base64url", "RFC4648-3.5-2", &format!("payload-bits-{last}"), "unused bits that are set in the payload, signed so")
            .payload(r#"{"exp":1800000600,"xy":1}"#)
            .token(move |token| {
                let canonical = token.segments[1].strip_suffix("fQ").expect("a payload with unused bits").to_string();
                let other = ["B", "C", "D"].into_iter().zip(["R", "S", "T"]).find(|(name, _)| *name == last).expect("known").1;
                token.resealed([&token.segments[0], &format!("{canonical}f{other}")])
            });
    }
}

fn json_texts(own: &mut Own) {
    own.group("json");
    // A member that follows others, in the header and in the payload.
    let not_json: [(&str, &[u8], &str); 20] = [
        ("plus", br#""x":+1"#, "a number with a plus"),
        ("point-first", br#""x":.5"#, "a number that begins with a point"),
        ("exponent-empty", br#""x":1e"#, "an exponent without digits"),
        ("minus-alone", br#""x":-"#, "a minus without digits"),
        ("true-capital", br#""x":True"#, "True in place of true"),
        ("null-cut", br#""x":nul"#, "nul in place of null"),
        ("undefined", br#""x":undefined"#, "undefined as a value"),
        ("comma-object", br#""x":1,"#, "a comma before the end of the object"),
        ("comma-array", br#""x":[1,]"#, "a comma before the end of a list"),
        ("comma-twice", br#""x":1,,"y":2"#, "two commas"),
        ("colon-missing", br#""x" 1"#, "no colon"),
        ("comment-line", b"\"x\":1//\n", "a comment"),
        ("escape-hex", br#""x":"\x41""#, "an escape that JSON does not have"),
        ("escape-short", br#""x":"\u12""#, "an escape that is too short"),
        ("string-newline", b"\"x\":\"a\nb\"", "a line break inside a string"),
        ("string-control", b"\"x\":\"\x1f\"", "a control character inside a string"),
        ("form-feed", b"\x0c\"x\":1", "a form feed as white space"),
        ("vertical-tab", b"\x0b\"x\":1", "a vertical tab as white space"),
        ("bracket-wrong", br#""x":[1}"#, "brackets that do not match"),
        ("array-member", br#"["x"]"#, "a list in the place of a member"),
    ];
    for (id, member, says) in not_json {
        let around = |start: &str| [start.as_bytes(), member, b"}"].concat();
        own.refuse("json", "RFC7515-5.2-5", &format!("header-{id}"), &format!("{says}, in the header")).header_octets(around(r#"{"alg":"HS256","#));
        own.refuse("json", "RFC7519-7.2-9", &format!("payload-{id}"), &format!("{says}, in the payload")).payload_octets(around(r#"{"exp":1800000600,"#));
    }
    for (id, payload, says) in [
        ("nul-after", "{\"exp\":1800000600}\0", "a NUL after the payload"),
        ("true", "true", "true in place of claims"),
        ("null", "null", "null in place of claims"),
        ("array-of-claims", r#"[{"exp":1800000600}]"#, "claims inside a list"),
        ("text-of-claims", r#""{\"exp\":1800000600}""#, "claims inside a string"),
    ] {
        own.refuse("json", "RFC7519-7.2-9", &format!("payload-{id}"), says).payload(payload);
    }
    own.refuse("json", "RFC8725-3.7-1", "payload-latin-1", "a payload in Latin-1").payload_octets(b"{\"exp\":1800000600,\"name\":\"Zo\xeb\"}".to_vec());
    own.refuse("json", "RFC8725-3.7-1", "header-latin-1", "a header in Latin-1").header_octets(b"{\"alg\":\"HS256\",\"x\":\"Zo\xeb\"}".to_vec());
    own.refuse("json", "RFC8259-8.1-3", "payload-byte-order-mark", "a byte order mark before the payload").payload("\u{feff}{\"exp\":1800000600}");
    own.refuse("json", "RFC8259-8.1-3", "header-byte-order-mark", "a byte order mark before the header").header("\u{feff}{\"alg\":\"HS256\"}");
    for (id, member, says) in [
        ("slash", r#""x":"\/""#, "a slash that is escaped"),
        ("escaped-nul", r#""x":"\u0000""#, "a NUL that is escaped"),
        ("delete", "\"x\":\"\u{7f}\"", "the character U+007F, which needs no escape"),
        ("noncharacter", "\"x\":\"\u{ffff}\"", "the character U+FFFF"),
        ("beyond-bmp", "\"x\":\"\u{1f600}\"", "a character of four octets"),
        ("numbers", r#""x":[-0,1E+2,0.0e-0]"#, "numbers in every form"),
        ("number-largest", r#""x":1.7976931348623157e308"#, "the largest number of a double"),
        ("integer-large", r#""x":123456789012345678901234567890"#, "an integer of thirty digits"),
        ("white-space", "\r\n\t \"x\" \r\n\t : \r\n\t [ \r\n\t ] \r\n\t ", "every white space of JSON, everywhere"),
        ("name-empty", r#""":1"#, "a member whose name is empty"),
        ("escaped-name", r#""\u0078":1"#, "a name that is escaped"),
    ] {
        let clause = match id {
            // A parser may limit what numbers it holds, and which characters.
            "integer-large" | "number-largest" | "escaped-nul" | "delete" | "noncharacter" => "RFC8259-9-3",
            "beyond-bmp" => "RFC7515-10.13-2",
            _ => "RFC8259-9-1",
        };
        own.accept(clause, &format!("payload-{id}"), &format!("{says}, in the payload")).payload(&format!(r#"{{"exp":1800000600,{member}}}"#));
        own.accept(clause, &format!("header-{id}"), &format!("{says}, in the header")).header(&format!(r#"{{"alg":"HS256",{member}}}"#));
    }
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    own.accept("POLICY-3", "depth-100", "nested 100 deep").payload(&format!(r#"{{"exp":1800000600,"x":{}}}"#, nested(100)));
    own.accept("POLICY-3", "depth-128", "lists 128 deep in a member").payload(&format!(r#"{{"exp":1800000600,"x":{}}}"#, nested(128)));
    own.refuse("json", "RFC8259-9-3", "depth-129", "lists 129 deep in a member").payload(&format!(r#"{{"exp":1800000600,"x":{}}}"#, nested(129)));
    own.accept("POLICY-3", "header-depth-128", "lists 128 deep in a member, in the header").header(&format!(r#"{{"alg":"HS256","x":{}}}"#, nested(128)));
    own.refuse("json", "RFC8259-9-3", "header-depth-129", "lists 129 deep in a member, in the header")
        .header(&format!(r#"{{"alg":"HS256","x":{}}}"#, nested(129)));
    own.refuse("json", "RFC8259-9-3", "just-beyond-double", "the first number that a double rounds to infinity")
        .payload(r#"{"exp":1800000600,"x":1.7976931348623159e308}"#);
    own.refuse("json", "RFC8259-9-3", "depth-130", "nested 130 deep").payload(&format!(r#"{{"exp":1800000600,"x":{}}}"#, nested(130)));
    own.refuse("json", "RFC8259-9-3", "header-depth-130", "nested 130 deep, in the header").header(&format!(r#"{{"alg":"HS256","x":{}}}"#, nested(130)));
    own.refuse("json", "RFC8259-9-3", "beyond-double", "a number beyond a double, nested in a claim").payload(r#"{"exp":1800000600,"x":{"y":[1e309]}}"#);
}

fn duplicates(own: &mut Own) {
    own.group("duplicate");
    // The RFCs let the last one win. Whoever takes the first here takes what both readings refuse.
    let last = |own: &mut Own, clause, id: &str, says: &str, payload: &str| {
        own.refuse("duplicate", clause, id, says).payload(payload).option("audiences", json!(["api"])).option("issuers", json!(["joe"]));
    };
    last(own, "RFC7519-4-2", "exp-last-past", "two exp, the last is past", r#"{"iss":"joe","aud":"api","exp":1800000600,"exp":1799999000}"#);
    last(
        own,
        "RFC7519-4-2",
        "exp-escaped-past",
        "two exp, the last is past and escaped",
        r#"{"iss":"joe","aud":"api","exp":1800000600,"\u0065xp":1799999000}"#,
    );
    last(own, "RFC7519-4-2", "nbf-last-future", "two nbf, the last is in the future", r#"{"iss":"joe","aud":"api","exp":1800000600,"nbf":1,"nbf":1800000300}"#);
    last(own, "RFC7519-4-2", "aud-last-other", "two aud, the last is for another", r#"{"iss":"joe","aud":"api","aud":"web","exp":1800000600}"#);
    last(own, "RFC7519-4-2", "iss-last-other", "two iss, the last is another", r#"{"iss":"joe","iss":"eve","aud":"api","exp":1800000600}"#);
    last(own, "POLICY-10", "exp-first-past", "two exp, the first is past", r#"{"iss":"joe","aud":"api","exp":1799999000,"exp":1800000600}"#);
    last(own, "POLICY-10", "aud-first-other", "two aud, the first is for another", r#"{"iss":"joe","aud":"web","aud":"api","exp":1800000600}"#);
    for (id, clause, header, says) in [
        ("alg-last-none", "RFC7515-4-2", r#"{"alg":"HS256","alg":"none"}"#, "two alg, the last is none"),
        ("alg-last-other", "RFC7515-4-2", r#"{"alg":"HS256","alg":"HS512"}"#, "two alg, the last is another"),
        ("alg-last-number", "RFC7515-4-2", r#"{"alg":"HS256","alg":256}"#, "two alg, the last is no string"),
        ("alg-first-other", "POLICY-3", r#"{"alg":"HS512","alg":"HS256"}"#, "two alg, the first is another"),
        ("header-deep", "POLICY-3", r#"{"alg":"HS256","x":[{"y":1,"y":1}]}"#, "a doubled member in a list in the header"),
    ] {
        own.refuse("duplicate", clause, id, says).header(header);
    }
    own.refuse("duplicate", "POLICY-10", "deep", "a doubled member, eight levels down")
        .payload(r#"{"exp":1800000600,"a":{"a":{"a":{"a":{"a":{"a":{"a":{"b":1,"b":1}}}}}}}}"#);
    own.accept("RFC7519-4-4", "levels", "one name on several levels").payload(r#"{"exp":1800000600,"a":{"exp":1,"a":{"exp":2}},"b":[{"exp":3},{"exp":4}]}"#);
    own.accept("RFC7515-4-5", "header-levels", "one name on several levels of the header").header(r#"{"alg":"HS256","x":{"alg":"none","x":{"alg":1}}}"#);
}

fn algorithms(own: &mut Own) {
    own.group("alg");
    for (named, key) in [(HS256, HS384), (HS256, HS512), (HS384, HS256), (HS384, HS512), (HS512, HS256), (HS512, HS384)] {
        // One secret that is long enough for each: only the algorithm is wrong.
        own.refuse("alg", "RFC8725-3.1-3", &format!("{named}-for-{key}"), &format!("a token of {named}, made rightly, for a key of {key}"))
            .key(key, secret(HS512, "alg"))
            .header(&format!(r#"{{"alg":"{named}"}}"#))
            .token(move |token| common::sealed(named, &token.secret, format!(r#"{{"alg":"{named}"}}"#), CLAIMS).into_bytes());
    }
    for (id, alg, says) in [
        ("lower", r#""hs256""#, "alg in small letters"),
        ("newline", r#""HS256\n""#, "a newline after alg"),
        ("empty", r#""""#, "an empty alg"),
        ("uri", r#""http://www.w3.org/2001/04/xmldsig-more#hmac-sha256""#, "the URI of the algorithm"),
        ("java", r#""HmacSHA256""#, "the name that another interface has for the algorithm"),
        ("hash", r#""SHA256""#, "the name of the hash"),
        ("es256", r#""ES256""#, "ES256 with a MAC of HS256"),
        ("eddsa", r#""EdDSA""#, "EdDSA with a MAC of HS256"),
        ("direct", r#""dir""#, "an algorithm of encryption"),
        ("cyrillic", "\"\u{41d}S256\"", "alg with a letter that only looks right"),
        ("list-of-two", r#"["HS256","none"]"#, "a list of algorithms"),
        ("true", "true", "alg is true"),
    ] {
        own.refuse("alg", "RFC7515-5.2-11", id, says).header(&format!(r#"{{"alg":{alg}}}"#));
    }
    own.refuse("alg", "RFC7515-5.2-11", "in-payload", "alg in the payload, none in the header")
        .header(r#"{"typ":"JWT"}"#)
        .payload(r#"{"alg":"HS256","exp":1800000600}"#);
    own.refuse("alg", "RFC7515-5.2-11", "capital-name", "Alg in place of alg").header(r#"{"Alg":"HS256"}"#);
    for (id, alg) in [("none", "none"), ("none-capital", "NONE"), ("none-space", "none ")] {
        own.refuse("alg", "RFC7518-3.6-4", &format!("{id}-empty-mac"), "alg is none or nearly, and there is no signature")
            .token(move |_| format!("{}.{}.", base64url(format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#)), base64url(CLAIMS)).into());
    }
    own.refuse("segments", "RFC7518-3.6-4", "none-two-segments", "alg is none, and the last dot is missing too")
        .token(|_| format!("{}.{}", base64url(r#"{"alg":"none"}"#), base64url(CLAIMS)).into());
    own.refuse("alg", "RFC7515-5.2-11", "none-signed", "alg is none, with a MAC made with an empty key")
        .token(|_| common::sealed(HS256, b"", r#"{"alg":"none"}"#, CLAIMS).into());
    own.accept("RFC7515-5.3-1", "escaped", "alg written with escapes throughout").header(r#"{"\u0061\u006c\u0067":"\u0048\u0053\u0032\u0035\u0036"}"#);
    own.accept("RFC7518-3.1-1", "decoy", "alg is right, other members name others").header(r#"{"alg":"HS256","ALG":"none","Alg":"RS256"}"#);
}

fn critical(own: &mut Own) {
    own.group("crit");
    for (id, clause, members, says) in [
        ("not-in-header", "RFC7515-4.1.11-1", r#""crit":["http://example.com/x"]"#, "crit lists an extension that the header does not have"),
        ("unknown", "RFC7515-4.1.11-1", r#""http://example.com/x":true,"crit":["http://example.com/x"]"#, "crit lists an extension that nobody knows"),
        ("short-name", "RFC7515-4.1.11-1", r#""x":1,"crit":["x"]"#, "crit lists an extension with a short name"),
        ("two", "RFC7515-4.1.11-1", r#""x":1,"y":2,"crit":["x","y"]"#, "crit lists two extensions that nobody knows"),
        ("same-twice", "RFC7515-4.1.11-1", r#""x":1,"crit":["x","x"]"#, "crit lists an unknown extension twice"),
        ("known-and-unknown", "RFC7515-4.1.11-1", r#""x":1,"crit":["alg","x"]"#, "crit lists alg, and an unknown extension"),
        ("prototype", "RFC7515-4.1.11-1", r#""__proto__":1,"crit":["__proto__"]"#, "crit lists a name that objects of JavaScript have"),
        ("constructor", "RFC7515-4.1.11-1", r#""crit":["constructor"]"#, "crit lists a name that objects of JavaScript have"),
        ("escaped", "RFC7515-4.1.11-1", r#""x":1,"\u0063rit":["x"]"#, "crit written with an escape"),
        ("null", "RFC7515-5.2-8", r#""crit":null"#, "crit is null"),
        ("object", "RFC7515-5.2-8", r#""x":1,"crit":{"x":true}"#, "crit is an object"),
        ("number", "RFC7515-5.2-8", r#""x":1,"crit":1"#, "crit is a number"),
        ("nested-list", "RFC7515-5.2-8", r#""x":1,"crit":[["x"]]"#, "crit is a list of lists"),
        ("null-in-list", "RFC7515-5.2-8", r#""crit":[null]"#, "crit is a list of null"),
    ] {
        own.refuse("crit", clause, id, says).header(&format!(r#"{{"alg":"HS256",{members}}}"#));
    }
    own.refuse("crit", "RFC7515-4.1.11-1", "jws", "crit lists an unknown extension, in a JWS").header(r#"{"alg":"HS256","x":1,"crit":["x"]}"#).jws();
    own.accept("RFC7519-4-4", "claim", "a claim called crit").payload(r#"{"exp":1800000600,"x":1,"crit":["x"]}"#);
    own.accept("RFC7515-4-5", "capital", "an unknown member called Crit").header(r#"{"alg":"HS256","x":1,"Crit":["x"]}"#);
}

fn header(own: &mut Own) {
    own.group("header");
    // Who understands a member of JWS may refuse it; who does not has to ignore it.
    let ignored = [
        ("jku", "POLICY-7", r#""jku":"https://example.com/keys""#, "an address of keys"),
        ("x5u", "POLICY-7", r#""x5u":"https://example.com/certificate""#, "an address of a certificate"),
        ("x5t", "POLICY-7", r#""x5t":"AAAAAAAAAAAAAAAAAAAAAAAAAAA""#, "a thumbprint of a certificate"),
        ("x5t-s256", "POLICY-7", r##""x5t#S256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""##, "another thumbprint of a certificate"),
        ("jwk-misshaped", "POLICY-7", r#""jwk":1"#, "a jwk that is no object"),
        ("x5c-misshaped", "POLICY-7", r#""x5c":{"x":1}"#, "an x5c that is no list"),
        ("jku-misshaped", "POLICY-7", r#""jku":["https://example.com"]"#, "a jku that is no string"),
        ("private", "RFC7515-4-5", r#""http://example.com/x":{"y":[1,null]}"#, "a private member"),
        ("zip", "POLICY-7", r#""zip":"DEF""#, "a member that encryption has"),
        ("claims", "POLICY-7", r#""iss":"eve","exp":1,"aud":"web""#, "claims in the header, which are not claims"),
        ("prototype", "RFC7515-4-5", r#""__proto__":{"alg":"none"},"constructor":1"#, "names that objects of JavaScript have"),
    ];
    for (id, clause, member, says) in ignored {
        own.accept(clause, id, &format!("{says}, to be ignored")).header(&format!(r#"{{"alg":"HS256",{member}}}"#));
    }
    let attacker = base64url(secret(HS256, "the attacker"));
    let brought = [
        ("brought-jwk", format!(r#"{{"alg":"HS256","jwk":{{"kty":"oct","k":"{attacker}"}}}}"#), "signed with the key that jwk brings"),
        (
            "brought-jwk-kid",
            format!(r#"{{"alg":"HS256","kid":"{attacker}","jwk":{{"kty":"oct","kid":"{attacker}","k":"{attacker}"}}}}"#),
            "signed with the key that jwk brings and kid names",
        ),
        ("brought-x5c", format!(r#"{{"alg":"HS256","x5c":["{attacker}"]}}"#), "signed with what x5c brings"),
    ];
    for (id, header, says) in brought {
        own.refuse("signature", "RFC7515-5.2-11", id, says)
            .header(&header)
            .token(|token| common::sealed(HS256, &secret(HS256, "the attacker"), &token.header, CLAIMS).into());
    }
}

fn key_ids(own: &mut Own) {
    own.group("kid");
    // A verifier may be choosy about ids that it looks up (RFC 8725 §3.10).
    let cases = [
        (
            "long",
            "POLICY-6",
            None,
            r#","kid":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef""#,
            true,
            "a long kid, for a key without an id",
        ),
        ("empty-any", "POLICY-6", None, r#","kid":"""#, true, "an empty kid, for a key without an id"),
        ("none-any", "RFC7518-3.1-1", None, "", true, "no kid, for a key without an id"),
        ("injection", "POLICY-6", None, r#","kid":"x' OR '1'='1""#, true, "a kid like a query, for a key without an id"),
        ("escaped", "RFC7515-5.3-1", Some("a/b"), r#","kid":"\u0061\/b""#, true, "kid is the key's id, with escapes"),
        ("empty-both", "POLICY-6", Some(""), r#","kid":"""#, true, "an empty kid, which is the key's id"),
        ("other", "RFC7515-6-3", Some("2026-11"), r#","kid":"2026-10""#, false, "kid is another key's id"),
        ("prefix", "RFC7515-6-3", Some("2026-11"), r#","kid":"2026-1""#, false, "kid is the beginning of the key's id"),
        ("longer", "RFC7515-6-3", Some("2026-11"), r#","kid":"2026-11x""#, false, "kid begins with the key's id"),
        ("empty-one", "RFC7515-6-3", Some("2026-11"), r#","kid":"""#, false, "kid is empty, the key's id is not"),
        ("composed", "RFC7515-6-3", Some("\u{e9}"), ",\"kid\":\"e\u{301}\"", false, "kid is the key's id in another normal form"),
        ("null", "RFC7515-4.1.4-1", None, r#","kid":null"#, false, "kid is null"),
        ("null-id", "RFC7515-4.1.4-1", Some("null"), r#","kid":null"#, false, "kid is null, the key's id is the word"),
        ("true", "RFC7515-4.1.4-1", None, r#","kid":true"#, false, "kid is true"),
    ];
    for (id, clause, key_id, member, taken, says) in cases {
        let draft = if taken { own.accept(clause, id, says) } else { own.refuse("kid", clause, id, says) };
        draft.header(&format!(r#"{{"alg":"HS256"{member}}}"#)).kid(key_id);
    }
}

fn types(own: &mut Own) {
    own.group("typ");
    let header = |typ: &str| format!(r#"{{"alg":"HS256","typ":{typ}}}"#);
    for (id, clause, typ, says) in
        [("jwt-small", "RFC7515-4.1.9-2", r#""jwt""#, "typ is jwt"), ("jwt-full-small", "RFC7515-4.1.9-2", r#""application/jwt""#, "typ is application/jwt")]
    {
        own.accept(clause, id, says).header(&header(typ));
    }
    for (id, clause, typ, says) in [
        ("jose", "POLICY-9", r#""JOSE""#, "typ is JOSE"),
        ("text-jwt", "POLICY-9", r#""text/jwt""#, "typ is text/jwt"),
        ("logout", "POLICY-9", r#""logout+jwt""#, "typ is logout+jwt, and nothing is expected"),
        ("empty", "POLICY-9", r#""""#, "an empty typ"),
        ("null", "RFC7515-4.1.9-1", "null", "typ is null"),
        ("number", "RFC7515-4.1.9-1", "1", "typ is a number"),
    ] {
        own.refuse("typ", clause, id, says).header(&header(typ));
    }
    for (id, clause, typ, says) in [
        ("at-text", "RFC9068-4-1", r#""text/at+jwt""#, "typ is text/at+jwt, at+jwt is expected"),
        ("at-twice", "RFC9068-4-1", r#""application/application/at+jwt""#, "typ has application/ twice, at+jwt is expected"),
        ("at-slash", "RFC9068-4-1", r#""application/at+jwt/x""#, "typ has another slash, at+jwt is expected"),
        ("at-parameter", "RFC9068-4-1", r#""at+jwt; x=1""#, "typ has a parameter, at+jwt is expected"),
        ("at-space", "RFC9068-4-1", r#"" at+jwt""#, "a space before typ, at+jwt is expected"),
        ("at-list", "RFC9068-4-1", r#"["at+jwt"]"#, "typ is a list, at+jwt is expected"),
        ("at-id", "RFC9068-4-1", r#""id+jwt""#, "typ is of another kind of token, at+jwt is expected"),
    ] {
        own.refuse("typ", clause, id, says).header(&header(typ)).option("typ", json!("at+jwt"));
    }
    own.accept("RFC9068-4-1", "at-expected-full", "typ is at+jwt, application/at+jwt is expected")
        .header(&header(r#""at+jwt""#))
        .option("typ", json!("application/at+jwt"));
    own.accept("POLICY-9", "jwt-expected", "typ is JWT, and expected").header(&header(r#""JWT""#)).option("typ", json!("JWT"));
    for (id, typ) in [("any-at", r#""at+jwt""#), ("any-other", r#""x""#)] {
        own.accept("POLICY-9", id, "a typ, and any is taken").header(&header(typ)).option("any_typ", json!(true));
    }
    own.accept("POLICY-9", "any-none", "no typ, and any is taken").header(r#"{"alg":"HS256"}"#).option("any_typ", json!(true));
    own.refuse("typ", "POLICY-9", "slash-expected", "typ is what is expected with application/ in front, but that has a slash already")
        .header(&header(r#""application/x/y""#))
        .option("typ", json!("x/y"));
    own.accept("POLICY-9", "slash-same", "typ is what is expected, with a slash").header(&header(r#""x/y""#)).option("typ", json!("x/y"));
    own.refuse("typ", "RFC7515-4.1.9-1", "any-number", "typ is a number, and any is taken").header(&header("1")).option("any_typ", json!(true));
    own.accept("RFC7515-4.1.9-1", "jws", "a typ in a JWS, where it means nothing").header(&header(r#""x""#)).jws();
    own.refuse("cty", "RFC7519-7.2-7", "nested-full", "cty is application/jwt, and the payload is no token")
        .header(r#"{"alg":"HS256","cty":"application/jwt"}"#)
        .choice();
    own.refuse("cty", "POLICY-9", "nested-token", "a token inside a token")
        .header(r#"{"alg":"HS256","cty":"JWT"}"#)
        .token(|token| token.resealed([&token.segments[0], &base64url(token.text())]));
    own.accept("RFC7515-4.1.10-1", "cty-plain", "cty is text/plain, which changes nothing").header(r#"{"alg":"HS256","cty":"text/plain"}"#);
    own.accept("POLICY-9", "cty-text-jwt", "cty is text/JWT, which is not JWT").header(r#"{"alg":"HS256","cty":"text/JWT"}"#);
    own.accept("RFC7515-4.1.10-1", "cty-jws", "cty is JWT in a JWS, where it means nothing").header(r#"{"alg":"HS256","cty":"JWT"}"#).jws();
}

fn signatures(own: &mut Own) {
    own.group("signature");
    for algorithm in [HS256, HS384, HS512] {
        let mut forged = |id: &str, says: &str, mac: fn(&Signed) -> Vec<u8>| {
            own.refuse("signature", "RFC7515-5.2-11", &format!("{algorithm}-{id}"), says)
                .key(algorithm, secret(algorithm, id))
                .header(&format!(r#"{{"alg":"{algorithm}"}}"#))
                .token(move |token| format!("{}.{}.{}", token.segments[0], token.segments[1], base64url(mac(&token))).into());
        };
        forged("zeros", "a MAC of zeros", |token| vec![0; token.mac().len()]);
        forged("half", "half of the MAC", |token| token.mac()[..token.mac().len() / 2].to_vec());
        forged("less-one", "the MAC without its last octet", |token| token.mac()[..token.mac().len() - 1].to_vec());
        forged("last", "the last octet of the MAC alone", |token| token.mac()[token.mac().len() - 1..].to_vec());
        forged("more-zero", "a zero after the MAC", |token| [token.mac(), vec![0]].concat());
        forged("inverted", "the MAC with every bit inverted", |token| token.mac().iter().map(|octet| !octet).collect());
        forged("reversed", "the MAC backwards", |token| token.mac().into_iter().rev().collect());
        forged("last-bit", "the last bit of the MAC is another", |token| {
            let mut mac = token.mac();
            *mac.last_mut().expect("a MAC has octets") ^= 1;
            mac
        });
        forged("payload-only", "a MAC of the payload alone", |token| token.mac_of(&token.segments[1]));
        forged("header-only", "a MAC of the header alone", |token| token.mac_of(&token.segments[0]));
        forged("decoded", "a MAC of the decoded texts", |token| token.mac_of(&format!("{}.{CLAIMS}", String::from_utf8_lossy(&token.header))));
        forged("no-dot", "a MAC of the segments without their dot", |token| token.mac_of(&token.segments[..2].concat()));
        forged("key-text", "a MAC with the base64url text of the key", |token| {
            common::mac(token.algorithm, base64url(&token.secret).as_bytes(), format!("{}.{}", token.segments[0], token.segments[1]).as_bytes())
        });
        forged("empty-key", "a MAC with an empty key", |token| {
            common::mac(token.algorithm, b"", format!("{}.{}", token.segments[0], token.segments[1]).as_bytes())
        });
    }
    own.refuse("signature", "RFC7515-5.2-11", "payload-changed", "one claim is another than was signed")
        .token(|token| format!("{}.{}.{}", token.segments[0], base64url(CLAIMS.replace("1234", "1")), token.segments[2]).into());
    own.refuse("signature", "RFC7515-5.2-11", "header-changed", "the header has a member that was not signed")
        .token(|token| format!("{}.{}.{}", base64url(r#"{"alg":"HS256","kid":"a"}"#), token.segments[1], token.segments[2]).into());
    own.refuse("signature", "RFC7515-5.2-11", "respelled", "the same claims, in another spelling than was signed")
        .token(|token| format!("{}.{}.{}", token.segments[0], base64url(CLAIMS.replace(':', ": ")), token.segments[2]).into());
    own.refuse("signature", "RFC7515-5.2-11", "other-token", "the signature of another token")
        .token(|token| format!("{}.{}.{}", token.segments[0], token.segments[1], base64url(token.mac_of("another.token"))).into());
    own.refuse("signature", "RFC7515-5.2-11", "case-changed", "the signature with its letters in the other case").token(|token| {
        let other: String = token.segments[2].chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect();
        format!("{}.{}.{other}", token.segments[0], token.segments[1]).into()
    });
    own.accept("RFC7518-3.1-1", "as-spelled", "a header and claims in an unusual spelling, signed as they stand")
        .header("{ \"typ\" : \"JWT\",\r\n \"alg\" : \"HS256\" }")
        .payload("{\n\t\"exp\" : 1800000600\n}");
}

fn dates(own: &mut Own) {
    own.group("exp");
    for (id, clause, exp, says) in [
        ("now", "RFC7519-4.1.4-1", "1800000000", "exp is this very second"),
        ("second-ago", "RFC7519-4.1.4-1", "1799999999", "exp was a second ago"),
        ("year-ago", "RFC7519-4.1.4-1", "1768464000", "exp was a year ago"),
        ("now-fraction-zero", "RFC7519-4.1.4-1", "1800000000.0", "exp is this very second, with a fraction of zero"),
        ("now-exponent", "RFC7519-4.1.4-1", "18e8", "exp is this very second, with an exponent"),
        ("half-second-ago", "RFC7519-4.1.4-1", "1799999999.5", "exp was half a second ago"),
        ("digits-ago", "RFC7519-4.1.4-1", "1799999999.99999999999999999999", "exp was less than a nanosecond ago, which a double rounds up"),
        ("one", "RFC7519-4.1.4-1", "1", "exp is 1"),
        ("minus-year", "RFC7519-4.1.4-1", "-1768464000", "exp is before 1970"),
        ("this-half", "POLICY-11", "1800000000.5", "exp is in half a second, which rounds to now"),
        ("string", "RFC7519-4.1.4-4", r#""1800000600""#, "exp is a string"),
        ("string-past", "RFC7519-4.1.4-4", r#""1799999000""#, "exp is a string, and past"),
        ("string-date", "RFC7519-4.1.4-4", r#""2027-01-15T08:10:00Z""#, "exp is a date in words"),
        ("true", "RFC7519-4.1.4-4", "true", "exp is true"),
        ("false", "RFC7519-4.1.4-4", "false", "exp is false"),
        ("list", "RFC7519-4.1.4-4", "[1800000600]", "exp is a list"),
        ("too-far-fraction", "POLICY-11", "9007199254740991.5", "exp is a fraction beyond what a double holds exactly"),
        ("too-far-negative", "RFC7519-4.1.4-1", "-9007199254740992", "exp is before 1970, beyond what a double holds exactly"),
        ("too-far", "POLICY-11", "9007199254740993", "exp is beyond what a double holds exactly"),
    ] {
        own.refuse("exp", clause, id, says).payload(&format!(r#"{{"exp":{exp}}}"#));
        own.refuse("exp", clause, &format!("{id}-not-required"), &format!("{says}, and none is required"))
            .payload(&format!(r#"{{"exp":{exp}}}"#))
            .option("require_exp", json!(false));
    }
    for (id, exp, says) in [
        ("second-left", "1800000001", "a second before exp"),
        ("fraction-left", "1800000001.5", "a second and a half before exp"),
        ("exponent-left", "180.0000001e7", "a second before exp, with an exponent"),
        ("furthest", "9007199254740991", "exp is as far as a double holds exactly"),
        ("eternity", "253402300799", "exp is at the end of the year 9999"),
    ] {
        own.accept("POLICY-11", id, says).payload(&format!(r#"{{"exp":{exp}}}"#));
    }
    own.accept("RFC7519-4.1.4-3", "leeway-last", "the last second of the leeway").payload(r#"{"exp":1799999971}"#).option("leeway", json!(30));
    // Whether the last second of the leeway still counts is said nowhere; that the one after it does not, is.
    own.refuse("exp", "RFC7519-4.1.4-3", "leeway-over", "past exp by all of the leeway").payload(r#"{"exp":1799999970}"#).option("leeway", json!(30));
    own.refuse("exp", "RFC7519-4.1.4-1", "leeway-well-over", "past exp by more than the leeway").payload(r#"{"exp":1799999969}"#).option("leeway", json!(30));
    own.refuse("exp", "RFC7519-4-3", "capital", "Exp in place of exp, which is required").payload(r#"{"Exp":1800000600}"#);
    own.refuse("exp", "RFC7519-4.1.4-1", "2038", "past exp, and past 2038").payload(r#"{"exp":2147483648}"#).option("now", json!(2_147_483_650_u64));
    own.accept("RFC7518-3.1-1", "after-2038", "a minute before exp, past 2038").payload(r#"{"exp":2147483710}"#).option("now", json!(2_147_483_650_u64));
    own.refuse("exp", "RFC7519-4.1.4-1", "after-2106", "past exp, and past what 32 bits hold")
        .payload(r#"{"exp":4294967296}"#)
        .option("now", json!(4_294_967_300_u64));

    own.group("nbf");
    for (id, clause, nbf, says) in [
        ("second-left", "RFC7519-4.1.5-1", "1800000001", "a second before nbf"),
        ("year-left", "RFC7519-4.1.5-1", "1831536000", "a year before nbf"),
        // A clock of whole seconds cannot tell.
        ("half-left", "POLICY-11", "1800000000.5", "half a second before nbf"),
        ("too-far-negative", "POLICY-11", "-9007199254740992", "nbf is before 1970, beyond what a double holds exactly"),
        ("exponent-left", "RFC7519-4.1.5-1", "1.9e9", "long before nbf, written with an exponent"),
        ("digits-left", "POLICY-11", "1800000000.00000000000000000001", "less than a nanosecond before nbf, which a double rounds away"),
        ("string", "RFC7519-4.1.5-4", r#""1""#, "nbf is a string"),
        ("true", "RFC7519-4.1.5-4", "true", "nbf is true"),
        ("object", "RFC7519-4.1.5-4", "{}", "nbf is an object"),
    ] {
        own.refuse("nbf", clause, id, says).payload(&format!(r#"{{"exp":1900000600,"nbf":{nbf}}}"#));
    }
    for (id, clause, nbf, says) in [
        ("now", "POLICY-11", "1800000000", "nbf is this very second"),
        ("minute-ago", "RFC7518-3.1-1", "1799999940", "nbf was a minute ago"),
        ("before-1970", "POLICY-11", "-1", "nbf is before 1970"),
        ("earliest", "POLICY-11", "-9007199254740991", "nbf is as early as a double holds exactly"),
        ("fraction-ago", "POLICY-11", "1799999999.999", "nbf was a moment ago"),
    ] {
        own.accept(clause, id, says).payload(&format!(r#"{{"exp":1800000600,"nbf":{nbf}}}"#));
    }
    own.accept("RFC7519-4.1.5-3", "leeway-first", "the first second of the leeway")
        .payload(r#"{"exp":1800000600,"nbf":1800000030}"#)
        .option("leeway", json!(30));
    own.refuse("nbf", "RFC7519-4.1.5-1", "leeway-before", "a second before the leeway")
        .payload(r#"{"exp":1800000600,"nbf":1800000031}"#)
        .option("leeway", json!(30));
    own.refuse("nbf", "RFC7519-4.1.5-1", "never", "nbf is after exp").payload(r#"{"exp":1800000600,"nbf":1800000900}"#);
}

fn ages(own: &mut Own) {
    own.group("iat");
    let aged = |iat: &str| format!(r#"{{"exp":1800000600,"iat":{iat}}}"#);
    for (id, iat, taken, says) in [
        ("oldest", "1799999700", true, "as old as may be"),
        ("oldest-fraction", "1799999699.5", false, "half a second older than may be"),
        ("too-old", "1799999699", false, "a second older than may be"),
        ("now", "1800000000", true, "issued this second"),
        ("next", "1800000001", false, "issued a second from now"),
        ("next-fraction", "1800000000.5", false, "issued half a second from now"),
    ] {
        let draft = if taken { own.accept("POLICY-11", id, says) } else { own.refuse("iat", "POLICY-11", id, says) };
        draft.payload(&aged(iat)).option("max_age", json!(300));
    }
    own.refuse("iat", "POLICY-11", "missing", "an age is demanded, and iat is missing").option("max_age", json!(300));
    own.accept("POLICY-11", "leeway-old", "older than may be, within the leeway")
        .payload(&aged("1799999690"))
        .option("max_age", json!(300))
        .option("leeway", json!(10));
    own.accept("POLICY-11", "leeway-new", "issued from now, within the leeway")
        .payload(&aged("1800000010"))
        .option("max_age", json!(300))
        .option("leeway", json!(10));
    for (id, iat, says) in [
        ("leeway-too-old", "1799999689", "older than may be, by a second more than the leeway"),
        ("leeway-too-new", "1800000011", "issued from now, by a second more than the leeway"),
    ] {
        own.refuse("iat", "POLICY-11", id, says).payload(&aged(iat)).option("max_age", json!(300)).option("leeway", json!(10));
    }
    own.accept("POLICY-11", "furthest", "iat is as far as a double holds exactly, and no age is demanded").payload(&aged("9007199254740991"));
    own.refuse("iat", "POLICY-11", "too-far", "iat is beyond what a double holds exactly").payload(&aged("9007199254740992"));
    for (id, iat) in [("string", r#""1800000000""#), ("null", "null"), ("true", "true"), ("list", "[1800000000]")] {
        own.refuse("iat", "RFC7519-4.1.6-1", id, "iat is no number").payload(&aged(iat));
    }
    own.accept("RFC7518-3.1-1", "past", "issued a minute ago, and no age is demanded").payload(&aged("1799999940"));
    for (id, iat, taken, says) in [
        ("lifetime-longest", "1799999700", true, "lives as long as may be"),
        ("lifetime-over", "1799999699", false, "lives a second longer than may be"),
        ("lifetime-fraction", "1799999699.5", false, "lives half a second longer than may be"),
    ] {
        let draft = if taken { own.accept("POLICY-11", id, says) } else { own.refuse("lifetime", "POLICY-11", id, says) };
        draft.payload(&aged(iat)).option("max_lifetime", json!(900));
    }
    own.accept("POLICY-11", "lifetime-both-fractions", "lives as long as may be, from half a second to half a second")
        .payload(r#"{"exp":1800000600.5,"iat":1799999700.5}"#)
        .option("max_lifetime", json!(900));
    own.refuse("lifetime", "POLICY-11", "lifetime-exp-fraction", "lives half a second longer than may be, at its end")
        .payload(r#"{"exp":1800000600.5,"iat":1799999700}"#)
        .option("max_lifetime", json!(900));
    own.refuse("lifetime", "POLICY-11", "lifetime-leeway", "lives a second longer than may be, which leeway does not mend")
        .payload(&aged("1799999699"))
        .option("max_lifetime", json!(900))
        .option("leeway", json!(10));
}

fn parties(own: &mut Own) {
    let url = "https://issuer.example/";
    for (claim, option, one) in [("iss", "issuers", false), ("sub", "subject", true)] {
        own.group(claim);
        let expected = |name: &str| if one { json!(name) } else { json!([name]) };
        for (id, value, says) in [("same", url.to_string(), "is what is expected"), ("escaped", url.replace('/', "\\/"), "is what is expected, with escapes")] {
            own.accept("RFC7519-7.3-1", &format!("{id}-url"), &format!("{claim} {says}"))
                .payload(&format!(r#"{{"exp":1800000600,"{claim}":"{value}"}}"#))
                .option(option, expected(url));
        }
        for (id, value) in [
            ("other", "https://other.example/"),
            ("no-slash", "https://issuer.example"),
            ("capital", "https://Issuer.example/"),
            ("port", "https://issuer.example:443/"),
            ("longer", "https://issuer.example/x"),
            ("prefix", "https://issuer"),
            ("space", "https://issuer.example/ "),
            ("nul", "https://issuer.example/\\u0000"),
            ("empty", ""),
        ] {
            own.refuse(claim, "RFC7519-7.3-1", &format!("{id}-url"), &format!("{claim} is not quite what is expected"))
                .payload(&format!(r#"{{"exp":1800000600,"{claim}":"{value}"}}"#))
                .option(option, expected(url));
        }
        own.refuse(claim, "RFC7519-4-3", "missing", &format!("no {claim}, and one is expected")).option(option, expected(url));
        let clause = if one { "RFC7519-4.1.2-2" } else { "RFC7519-4.1.1-1" };
        own.refuse(claim, clause, "list-expected", &format!("{claim} is a list with what is expected"))
            .payload(&format!(r#"{{"exp":1800000600,"{claim}":["{url}"]}}"#))
            .option(option, expected(url));
        own.accept("RFC7515-10.13-2", "beyond-bmp", &format!("{claim} is what is expected, as a surrogate pair"))
            .payload(&format!(r#"{{"exp":1800000600,"{claim}":"\ud83d\ude00"}}"#))
            .option(option, expected("\u{1f600}"));
        own.refuse(claim, "RFC7519-7.3-1", "composed", &format!("{claim} is what is expected in another normal form"))
            .payload(&format!("{{\"exp\":1800000600,\"{claim}\":\"e\u{301}\"}}"))
            .option(option, expected("\u{e9}"));
    }
    own.group("iss");
    own.accept("RFC7519-7.3-1", "second", "iss is the second of the issuers that are expected")
        .payload(r#"{"exp":1800000600,"iss":"bob"}"#)
        .option("issuers", json!(["joe", "bob"]));
    own.refuse("iss", "RFC7519-7.3-1", "neither", "iss is none of the issuers that are expected")
        .payload(r#"{"exp":1800000600,"iss":"eve"}"#)
        .option("issuers", json!(["joe", "bob"]));
    own.refuse("iss", "RFC7519-7.3-1", "joined", "iss is two issuers in one string")
        .payload(r#"{"exp":1800000600,"iss":"joe bob"}"#)
        .option("issuers", json!(["joe", "bob"]));
    own.group("jti");
    own.refuse("jti", "RFC7519-4.1.7-3", "number", "jti is a number").payload(r#"{"exp":1800000600,"jti":1}"#);
    own.accept("RFC7518-3.1-1", "uuid", "a jti").payload(r#"{"exp":1800000600,"jti":"018c0ae5-4d9b-471b-bfd6-eef314bc7037"}"#);
}

fn audiences(own: &mut Own) {
    own.group("aud");
    let many: Vec<String> = (0..200).map(|n| format!("https://{n}.example/")).collect();
    let many = json!(many).to_string();
    let ours = json!(["api", "https://api.example/"]);
    for (id, aud, says) in [
        ("string", r#""api""#, "the audience, as a string"),
        ("second-of-ours", r#""https://api.example/""#, "one of the audiences that this verifier is"),
        ("last", r#"["web","x","api"]"#, "the audience, last in the list"),
        ("same-twice", r#"["api","api"]"#, "the audience, twice in the list"),
        ("escaped", r#""\u0061pi""#, "the audience, with an escape"),
    ] {
        own.accept("RFC7519-4.1.3-1", id, says).payload(&format!(r#"{{"exp":1800000600,"aud":{aud}}}"#)).option("audiences", ours.clone());
    }
    for (id, aud, says) in [
        ("other", r#""web""#, "aud names another"),
        ("others", r#"["web","x"]"#, "aud names others"),
        ("many-others", many.as_str(), "aud names two hundred others"),
        ("nobody", "[]", "an empty list in aud, and an audience is expected"),
        ("capital", r#""Api""#, "the audience in another case"),
        ("space", r#""api ""#, "the audience with a space"),
        ("no-slash", r#""https://api.example""#, "the audience without its last slash"),
        ("longer", r#""api2""#, "aud begins with the audience"),
        ("words", r#""api web""#, "two audiences in one string"),
        ("list-text", r#""[\"api\"]""#, "a list, written into a string"),
        ("empty", r#""""#, "an empty string in aud"),
        ("object", r#"{"api":true}"#, "aud is an object with the audience for a name"),
    ] {
        own.refuse("aud", "RFC7519-4.1.3-2", id, says).payload(&format!(r#"{{"exp":1800000600,"aud":{aud}}}"#)).option("audiences", ours.clone());
    }
    for (id, aud) in [("number-in-list", r#"["api",1]"#), ("null-in-list", r#"[null,"api"]"#), ("list-in-list", r#"["api",["api"]]"#)] {
        own.refuse("aud", "RFC7519-4.1.3-3", id, "the audience is in the list, and something that is no string")
            .payload(&format!(r#"{{"exp":1800000600,"aud":{aud}}}"#))
            .option("audiences", ours.clone());
    }
    // RFC 8725 §3.9 binds where an issuer has several audiences, and of that a verifier knows nothing.
    own.refuse("aud", "POLICY-13", "missing", "no aud, and an audience is expected").option("audiences", ours.clone());
    own.refuse("aud", "RFC7519-4.1.3-2", "unexpected", "a list in aud, and the verifier names no audience").payload(r#"{"exp":1800000600,"aud":["web"]}"#);
    own.refuse("aud", "RFC7519-4.1.3-2", "unexpected-empty", "an empty string in aud, and the verifier names no audience")
        .payload(r#"{"exp":1800000600,"aud":""}"#);
    own.refuse("aud", "RFC7519-4.1.3-3", "number-any", "aud is a number, and any is taken")
        .payload(r#"{"exp":1800000600,"aud":1}"#)
        .option("any_audience", json!(true));
}

fn claims(own: &mut Own) {
    own.group("claims");
    for (id, claims, says) in [
        ("unknown", r#""x":1,"y":{"z":[true,null]}"#, "claims that nobody knows"),
        ("capitals", r#""EXP":1,"Nbf":9999999999,"AUD":"web""#, "claims that differ from known ones in case"),
        ("prototype", r#""__proto__":{"exp":1},"constructor":1,"toString":2"#, "claims with names that objects of JavaScript have"),
        ("nested-dates", r#""x":{"exp":1,"nbf":9999999999}"#, "dates inside a claim, which are not the token's"),
        ("scope", r#""scope":"read write","client_id":"c","roles":["a"]"#, "claims of other specifications"),
        ("uri", r#""http://example.com/is_root":true"#, "a claim with the name of a URI"),
        ("unicode", r#""\u540d\u524d":"\u65e5\u672c""#, "a claim beyond ASCII"),
        ("name-space", r#""exp ":1," exp":1"#, "names that are exp but for a space"),
    ] {
        own.accept("RFC7519-4-4", id, says).payload(&format!(r#"{{"exp":1800000600,{claims}}}"#));
    }
    own.accept("RFC7519-4-3", "none-at-all", "no claims at all, and none is required").payload("{}").option("require_exp", json!(false));
    own.accept("RFC7518-3.1-1", "all-registered", "every registered claim, as it should be")
        .payload(r#"{"iss":"joe","sub":"alice","aud":["api","web"],"exp":1800000600,"nbf":1799999940,"iat":1799999940,"jti":"1"}"#)
        .option("issuers", json!(["joe"]))
        .option("audiences", json!(["api"]));
    own.accept("POLICY-11", "all-demands", "every demand at once, each fulfilled")
        .payload(r#"{"iss":"joe","sub":"alice","aud":["api","web"],"exp":1800000600,"nbf":1799999940,"iat":1799999940,"jti":"1"}"#)
        .header(r#"{"alg":"HS256","typ":"at+jwt","kid":"a"}"#)
        .kid(Some("a"))
        .option("issuers", json!(["joe"]))
        .option("audiences", json!(["api"]))
        .option("subject", json!("alice"))
        .option("typ", json!("at+jwt"))
        .option("max_age", json!(300))
        .option("max_lifetime", json!(900));
}

fn sizes(own: &mut Own) {
    own.group("size");
    let filled = |length: usize| {
        let empty = common::sealed(HS256, b"", r#"{"alg":"HS256"}"#, r#"{"exp":1800000600,"x":""}"#).len();
        // Four characters carry three octets; the payload is a multiple of them as it is.
        let filler = (length - empty) * 3 / 4;
        format!(r#"{{"exp":1800000600,"x":"{}"}}"#, "x".repeat(filler))
    };
    own.accept("POLICY-1", "limit-reached", "as long as a limit that was set")
        .header(r#"{"alg":"HS256"}"#)
        .payload(&filled(1000))
        .option("max_len", json!(1000));
    own.refuse("size", "POLICY-1", "limit-passed", "longer than a limit that was set")
        .header(r#"{"alg":"HS256"}"#)
        .payload(&filled(1004))
        .option("max_len", json!(1000));
    own.accept("POLICY-1", "limit-raised", "longer than usual, and that limit was set")
        .header(r#"{"alg":"HS256"}"#)
        .payload(&filled(20_000))
        .option("max_len", json!(20_000));
    own.accept("POLICY-1", "ordinary", "a token of 2,000 characters").header(r#"{"alg":"HS256"}"#).payload(&filled(2000));
}

fn keys(own: &mut Own) {
    own.group("key");
    for algorithm in [HS256, HS384, HS512] {
        let needed = algorithm.mac_len();
        let of_length = |length: usize| secret(HS512, "key").into_iter().cycle().take(length).collect::<Vec<u8>>();
        let ordinary = if algorithm == HS256 { "RFC7518-3.1-1" } else { "RFC7518-3.1-2" };
        let header = format!(r#"{{"alg":"{algorithm}"}}"#);
        let mut key = |reason: Option<&str>, clause, id: &str, says: &str, secret: Vec<u8>, weak: bool| {
            let id = format!("{algorithm}-{id}");
            let draft = match reason {
                Some(reason) => own.refuse(reason, clause, &id, says),
                None => own.accept(clause, &id, says),
            };
            draft.key(algorithm, secret).weak(weak).header(&header);
        };
        key(None, ordinary, "shortest", "a key as long as the hash", of_length(needed), false);
        key(Some("key"), "RFC7518-3.2-1", "less-one", "a key an octet shorter than the hash", of_length(needed - 1), false);
        key(Some("key"), "RFC7518-3.2-1", "octet", "a key of one octet", of_length(1), false);
        key(Some("key"), "RFC7518-3.2-1", "half", "a key half as long as the hash", of_length(needed / 2), false);
        key(Some("key"), "RFC7518-3.2-1", "password", "a password as the key", b"mysecretkey".to_vec(), false);
        key(None, "POLICY-14", "password-weak", "a password, taken by name", b"mysecretkey".to_vec(), true);
        key(None, ordinary, "block", "a key as long as the block of the hash", of_length(if algorithm == HS256 { 64 } else { 128 }), false);
        key(None, ordinary, "block-more", "a key longer than the block of the hash", of_length(if algorithm == HS256 { 65 } else { 129 }), false);
        key(None, "POLICY-14", "longest", "a key of 1,024 octets", of_length(1024), false);
        key(Some("key"), "RFC7518-8.6-1", "too-long", "a key of 1,025 octets", of_length(1025), false);
        key(Some("key"), "RFC7518-8.6-1", "too-long-weak", "a key of 1,025 octets, even where weak ones are taken", of_length(1025), true);
        key(Some("key"), "POLICY-14", "repeated", "a key of one octet, repeated", vec![7; needed], false);
        key(None, "POLICY-14", "repeated-but-one", "a key of one octet, repeated, and another", [&vec![7; needed - 1][..], &[8]].concat(), false);
        let zeros = |count: usize| [&of_length(needed - count)[..], &vec![0; count]].concat();
        key(None, "POLICY-14", "four-zeros", "a key that ends in four zeros, as one random key in four billion does", zeros(4), false);
        key(Some("key"), "RFC2104-2-1", "five-zeros", "a key that ends in five zeros, which add nothing", zeros(5), false);
    }
}

/// Secrets that only remind of what is refused.
fn near_look_alikes(own: &mut Own) {
    own.group("key");
    for (id, clause, secret, says) in [
        ("published-and-more", "POLICY-14", "a-string-secret-at-least-256-bits-long!", "a published sample and a character"),
        ("four-dashes", "POLICY-15", "----BEGIN PUBLIC KEY, and nothing else----", "a text that begins nearly as PEM does"),
        ("ssh-alone", "POLICY-15", "ssh-rsa-is-what-this-long-text-begins-with", "a text that names a kind of SSH key"),
        ("json-alone", "POLICY-15", r#"{"k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#, "a JSON text that is no JWK"),
    ] {
        own.accept(clause, id, says).key(HS256, secret.into()).header(r#"{"alg":"HS256"}"#);
    }
}

fn jwks(own: &mut Own) {
    own.group("jwk");
    let k = base64url(secret(HS256, "jwk"));
    for (id, clause, members, taken, says) in [
        ("plain", "POLICY-16", "", true, "a JWK of kty and k alone"),
        ("unknown-members", "RFC7517-4-4", r#","ext":true,"iat":1,"http://example.com/x":[]"#, true, "a JWK with unknown members"),
        ("x5c-misshaped", "POLICY-16", r#","x5c":1"#, true, "an x5c that is no list, to be ignored"),
        ("alg-same", "POLICY-16", r#","alg":"HS256""#, true, "alg of the JWK is the one wanted"),
        ("ops-both", "POLICY-16", r#","key_ops":["sign","verify"]"#, true, "key_ops has verify"),
        ("use-and-ops", "RFC7517-4.3-4", r#","use":"sig","key_ops":["verify"]"#, true, "use and key_ops agree"),
        ("alg-other", "RFC8725-3.1-4", r#","alg":"HS512""#, false, "the JWK is for another algorithm"),
        ("alg-small", "POLICY-16", r#","alg":"hs256""#, false, "alg of the JWK in small letters"),
        ("alg-encryption", "RFC8725-3.1-4", r#","alg":"A256KW""#, false, "the JWK is for an algorithm of encryption"),
        ("ops-sign", "RFC7517-4.3-6", r#","key_ops":["sign"]"#, false, "key_ops has sign only"),
        ("ops-wrap", "RFC7517-4.3-6", r#","key_ops":["wrapKey"]"#, false, "key_ops has another operation only"),
        ("ops-twice", "POLICY-16", r#","key_ops":["verify","verify"]"#, false, "key_ops has verify twice"),
        ("ops-string", "POLICY-16", r#","key_ops":"verify""#, false, "key_ops is no list"),
        ("use-disagrees", "RFC7517-4.3-5", r#","use":"sig","key_ops":["verify","encrypt"]"#, false, "use and key_ops do not agree"),
        ("use-capital", "RFC7517-4.2-2", r#","use":"SIG""#, false, "use in capitals"),
    ] {
        let draft = if taken { own.accept(clause, id, says) } else { own.refuse("key", clause, id, says) };
        draft.jwk(&format!(r#"{{"kty":"oct","k":"{k}"{members}}}"#)).header(r#"{"alg":"HS256"}"#);
    }
    own.refuse("key", "POLICY-16", "kty-capital", "kty is Oct").jwk(&format!(r#"{{"kty":"Oct","k":"{k}"}}"#));
    let named = format!(r#"{{"kty":"oct","kid":"a","k":"{k}"}}"#);
    own.accept("RFC7515-4.1.4-3", "kid-same", "kid is that of the JWK").jwk(&named).header(r#"{"alg":"HS256","kid":"a"}"#);
    own.refuse("kid", "RFC7515-4.1.4-3", "kid-other", "kid is not that of the JWK").jwk(&named).header(r#"{"alg":"HS256","kid":"b"}"#);

    own.group("jwk-set");
    let member = |kid: &str, more: &str| format!(r#"{{"kty":"oct","kid":"{kid}","k":"{}"{more}}}"#, base64url(secret(HS256, kid)));
    let rsa = r#"{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"}"#;
    let set = |entries: &[&str]| format!(r#"{{"keys":[{}]}}"#, entries.join(","));
    let (old, new) = (member("old", ""), member("new", ""));
    let signed_by = |header: &'static str, kid: &'static str| move |_: Signed| common::sealed(HS256, &secret(HS256, kid), header, CLAIMS).into_bytes();
    let both = set(&[&old, &new]);
    own.accept("RFC7515-4.1.4-3", "first", "kid names the first key of the set").jwks(&both).token(signed_by(r#"{"alg":"HS256","kid":"old"}"#, "old"));
    own.accept("RFC7515-4.1.4-3", "second", "kid names the second key of the set").jwks(&both).token(signed_by(r#"{"alg":"HS256","kid":"new"}"#, "new"));
    own.refuse("signature", "RFC7515-4.1.4-3", "crossed", "kid names one key of the set, another one signed")
        .jwks(&both)
        .token(signed_by(r#"{"alg":"HS256","kid":"new"}"#, "old"));
    own.refuse("kid", "RFC7515-6-3", "unknown", "kid names no key of the set").jwks(&both).token(signed_by(r#"{"alg":"HS256","kid":"x"}"#, "old"));
    own.refuse("kid", "RFC7515-6-3", "no-kid", "no kid, and a set of keys with ids").jwks(&both).token(signed_by(r#"{"alg":"HS256"}"#, "old"));
    own.refuse("signature", "RFC7515-5.2-11", "stranger", "signed with a key outside the set")
        .jwks(&both)
        .token(signed_by(r#"{"alg":"HS256","kid":"old"}"#, "stranger"));
    own.accept("RFC7517-5-6", "with-rsa", "a key of another kind in the set is passed over")
        .jwks(&set(&[rsa, &old]))
        .token(signed_by(r#"{"alg":"HS256","kid":"old"}"#, "old"));
    own.accept("RFC7517-5-6", "with-other-alg", "a key for another algorithm in the set is passed over")
        .jwks(&set(&[&member("other", r#","alg":"HS512""#), &old]))
        .token(signed_by(r#"{"alg":"HS256","kid":"old"}"#, "old"));
    own.accept("RFC7517-5-5", "unknown-member", "an unknown member of the set")
        .jwks(&both.replacen('{', r#"{"x":[1],"#, 1))
        .token(signed_by(r#"{"alg":"HS256","kid":"old"}"#, "old"));
    own.refuse("key", "RFC7517-4.5-1", "kid-twice", "two keys of the set have one kid")
        .jwks(&set(&[&old, &old]))
        .token(signed_by(r#"{"alg":"HS256","kid":"old"}"#, "old"));
    own.refuse("key", "POLICY-16", "only-rsa", "a set without a key that can be used")
        .jwks(&set(&[rsa]))
        .token(signed_by(r#"{"alg":"HS256","kid":"r"}"#, "old"));
    own.refuse("key", "RFC7518-3.2-1", "short", "the key of the set is short")
        .jwks(r#"{"keys":[{"kty":"oct","kid":"old","k":"c2hvcnQ"}]}"#)
        .token(|_| common::sealed(HS256, b"short", r#"{"alg":"HS256","kid":"old"}"#, CLAIMS).into());
    own.refuse("key", "RFC7517-5-1", "not-a-list", "keys of the set is no list")
        .jwks(&format!(r#"{{"keys":{old}}}"#))
        .token(signed_by(r#"{"alg":"HS256","kid":"old"}"#, "old"));
}

fn issuers_of_keys(own: &mut Own) {
    own.group("issuer-of-key");
    own.accept("RFC8725-3.8-1", "same", "the key's issuer made the token").payload(r#"{"exp":1800000600,"iss":"joe"}"#).issuer("joe");
    own.refuse("iss", "RFC8725-3.8-2", "other", "a token in the name of another issuer than the key's")
        .payload(r#"{"exp":1800000600,"iss":"bob"}"#)
        .issuer("joe");
    own.refuse("iss", "RFC8725-3.8-2", "other-expected", "the same, and that issuer is expected")
        .payload(r#"{"exp":1800000600,"iss":"bob"}"#)
        .issuer("joe")
        .option("issuers", json!(["joe", "bob"]));
    own.refuse("iss", "POLICY-17", "missing", "no iss, and the key has an issuer").issuer("joe");
    own.refuse("iss", "POLICY-17", "jws", "a JWS, which has no iss to compare").payload(r#"{"exp":1800000600,"iss":"joe"}"#).issuer("joe").jws();
}

/// The cases while they are written, and the group that the next ones belong to.
#[derive(Default)]
struct Own {
    group: &'static str,
    drafts: Vec<Draft>,
}

impl Own {
    fn group(&mut self, group: &'static str) {
        self.group = group;
    }

    /// An ordinary token that has to be taken, unless what follows makes it a special one.
    fn accept(&mut self, clause: &'static str, id: &str, says: &str) -> &mut Draft {
        self.draft(None, clause, id, says)
    }

    /// A token that has to be refused: ordinary, but for what follows.
    fn refuse(&mut self, reason: &str, clause: &'static str, id: &str, says: &str) -> &mut Draft {
        self.draft(Some(reason.into()), clause, id, says)
    }

    fn draft(&mut self, reason: Option<String>, clause: &'static str, id: &str, says: &str) -> &mut Draft {
        let (group, id) = (self.group, format!("{}-{id}", self.group));
        let made = Made { algorithm: HS256, secret: secret(HS256, &id), header: br#"{"alg":"HS256","typ":"JWT"}"#.to_vec(), payload: CLAIMS.into() };
        let key = json!({ "kid": null, "issuer": null, "weak": false });
        self.drafts.push(Draft { id, group, clause, says: says.into(), reason, made, key, mode: "jwt", options: json!({}), choice: false, token: None });
        self.drafts.last_mut().expect("one was pushed")
    }
}

struct Draft {
    id: String,
    group: &'static str,
    clause: &'static str,
    says: String,
    reason: Option<String>,
    made: Made,
    key: Value,
    mode: &'static str,
    options: Value,
    choice: bool,
    token: Option<Box<dyn FnOnce(Signed) -> Vec<u8>>>,
}

struct Made {
    algorithm: Algorithm,
    secret: Vec<u8>,
    header: Vec<u8>,
    payload: Vec<u8>,
}

impl Draft {
    fn header(&mut self, header: &str) -> &mut Self {
        self.header_octets(header.into())
    }

    fn header_octets(&mut self, header: Vec<u8>) -> &mut Self {
        self.made.header = header;
        self
    }

    fn payload(&mut self, payload: &str) -> &mut Self {
        self.payload_octets(payload.into())
    }

    fn payload_octets(&mut self, payload: Vec<u8>) -> &mut Self {
        self.made.payload = payload;
        self
    }

    fn key(&mut self, algorithm: Algorithm, secret: Vec<u8>) -> &mut Self {
        (self.made.algorithm, self.made.secret) = (algorithm, secret);
        self
    }

    fn jwk(&mut self, jwk: &str) -> &mut Self {
        self.key["jwk"] = json!(jwk);
        self.key(HS256, jwk_octets(jwk))
    }

    fn jwks(&mut self, jwks: &str) -> &mut Self {
        self.key["jwks"] = json!(jwks);
        self
    }

    fn kid(&mut self, kid: Option<&str>) -> &mut Self {
        self.key["kid"] = json!(kid);
        self
    }

    fn issuer(&mut self, issuer: &str) -> &mut Self {
        self.key["issuer"] = json!(issuer);
        self
    }

    fn weak(&mut self, weak: bool) -> &mut Self {
        self.key["weak"] = json!(weak);
        self
    }

    fn jws(&mut self) -> &mut Self {
        self.mode = "jws";
        self
    }

    fn option(&mut self, name: &str, value: Value) -> &mut Self {
        self.options[name] = value;
        self
    }

    /// The clause would make it a MUST, but a verifier may reasonably read it otherwise.
    fn choice(&mut self) -> &mut Self {
        self.choice = true;
        self
    }

    /// What is presented, made from the token as it would rightly be.
    fn token(&mut self, token: impl FnOnce(Signed) -> Vec<u8> + 'static) -> &mut Self {
        self.token = Some(Box::new(token));
        self
    }

    fn finish(self) -> Case {
        let Made { algorithm, secret, header, payload } = self.made;
        let mut key = self.key;
        key["alg"] = json!(algorithm.name());
        if key["jwk"].is_null() && key["jwks"].is_null() {
            key["k"] = json!(base64url(&secret));
        }
        let text = common::sealed(algorithm, &secret, &header, &payload);
        let segments: Vec<String> = text.split('.').map(str::to_owned).collect();
        let segments = segments.try_into().expect("a sealed token has three segments");
        let token = match self.token {
            Some(token) => token(Signed { algorithm, secret, header, segments }),
            None => text.into_bytes(),
        };
        let level = Level::of(self.clause).unwrap_or_else(|| panic!("{} is no clause", self.clause));
        Case {
            payload: (self.mode == "jws" && self.reason.is_none()).then_some(payload),
            id: self.id,
            group: self.group.into(),
            mode: self.mode.into(),
            token,
            key,
            options: self.options,
            reason: self.reason,
            clause: self.clause.into(),
            level: if self.choice { Level::Choice } else { level },
            source: "own".into(),
            says: self.says,
        }
    }
}

/// A token as it would rightly be, to be spoiled.
struct Signed {
    algorithm: Algorithm,
    secret: Vec<u8>,
    header: Vec<u8>,
    segments: [String; 3],
}

impl Signed {
    fn text(&self) -> String {
        self.segments.join(".")
    }

    fn mac(&self) -> Vec<u8> {
        octets(&self.segments[2])
    }

    fn mac_of(&self, text: &str) -> Vec<u8> {
        common::mac(self.algorithm, &self.secret, text.as_bytes())
    }

    /// These two segments, with a MAC over them as they stand.
    fn resealed(&self, segments: [&str; 2]) -> Vec<u8> {
        let input = segments.join(".");
        format!("{input}.{}", base64url(self.mac_of(&input))).into()
    }
}
