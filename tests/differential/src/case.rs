//! One case: a token from honest and hostile pieces, the key, and what the verifier demands. A seed and a number make it, nothing else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use clearjwt::{Algorithm, Key, Validation};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

use crate::peers;

/// Around this second everything happens: later than any clock that a peer may read, sooner than 2^32.
pub const NOW: u64 = 4_000_000_000;

pub struct Case {
    pub token: Vec<u8>,
    pub algorithm: Algorithm,
    pub secret: Vec<u8>,
    pub kid: Option<&'static str>,
    pub issuer: Option<&'static str>,
    pub demands: Demands,
}

/// What a verifier demands.
pub struct Demands {
    pub now: u64,
    pub leeway: u64,
    pub issuers: Vec<&'static str>,
    pub audiences: Vec<&'static str>,
    pub any_audience: bool,
    pub subject: Option<&'static str>,
    pub require_exp: bool,
    pub max_age: Option<u64>,
    pub max_lifetime: Option<u64>,
    pub typ: Option<&'static str>,
    pub any_typ: bool,
    pub max_len: Option<usize>,
}

impl Case {
    pub fn new(seed: u64, number: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0xd134_2543_de82_ef95) ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let dice = &mut dice;
        let algorithm = if dice.one_in(4) { dice.of(&Algorithm::ALL) } else { Algorithm::HS256 };
        let length = dice.of(&[64, 64, 65, 130]);
        let secret = (0..length).map(|_| dice.next() as u8).collect();
        let kid = dice.one_in(6).then(|| dice.of(&["a", "é", ""]));
        let issuer = dice.one_in(16).then_some("joe");
        let mut case = Case { token: Vec::new(), algorithm, secret, kid, issuer, demands: demands(dice) };
        case.token = if dice.one_in(64) { noise(dice) } else { token(dice, &case) };
        case
    }

    /// As `clearjwt conform` tells a case.
    pub fn to_json(&self) -> Value {
        let demands = &self.demands;
        json!({
            "mode": "jwt",
            "token_b64u": BASE64URL.encode(&self.token),
            "key": {"alg": self.algorithm.name(), "k": BASE64URL.encode(&self.secret), "kid": self.kid, "issuer": self.issuer, "weak": false},
            "options": {
                "now": demands.now, "leeway": demands.leeway, "issuers": demands.issuers, "audiences": demands.audiences,
                "any_audience": demands.any_audience, "subject": demands.subject, "require_exp": demands.require_exp, "max_age": demands.max_age,
                "max_lifetime": demands.max_lifetime, "typ": demands.typ, "any_typ": demands.any_typ, "max_len": demands.max_len,
            },
        })
    }

    pub fn key(&self) -> Key {
        let key = Key::new(self.algorithm, &self.secret).expect("64 octets and more");
        let key = self.kid.into_iter().fold(key, Key::with_id);
        self.issuer.into_iter().fold(key, Key::for_issuer)
    }
}

impl Demands {
    pub fn validation(&self) -> Validation {
        let mut validation = Validation::new().leeway(self.leeway);
        validation = self.issuers.iter().fold(validation, |validation, issuer| validation.issuer(issuer));
        validation = self.audiences.iter().fold(validation, |validation, audience| validation.audience(audience));
        validation = self.subject.iter().fold(validation, |validation, subject| validation.subject(subject));
        validation = self.typ.iter().fold(validation, |validation, typ| validation.typ(typ));
        validation = self.max_age.iter().fold(validation, |validation, seconds| validation.max_age(*seconds));
        validation = self.max_lifetime.iter().fold(validation, |validation, seconds| validation.max_lifetime(*seconds));
        validation = self.max_len.iter().fold(validation, |validation, bytes| validation.max_len(*bytes));
        validation = if self.any_audience { validation.any_audience() } else { validation };
        validation = if self.any_typ && self.typ.is_none() { validation.any_typ() } else { validation };
        if self.require_exp { validation } else { validation.allow_no_expiry() }
    }
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// From `-n` to `n`.
    fn about(&mut self, n: i128) -> i128 {
        self.below(2 * n as usize + 1) as i128 - n
    }
}

const WORDS: [&str; 14] = ["joe", "api", "web", "a", "JWT", "jwt", "at+jwt", "application/at+jwt", "application/jwt", "HS256", "none", "", "é", "JOE"];

fn demands(dice: &mut Dice) -> Demands {
    let typ = dice.one_in(16).then(|| dice.of(&["at+jwt", "application/at+jwt", "JWT", "a;b=c", "text/x"]));
    Demands {
        now: if dice.one_in(24) {
            dice.of(&[0, 1, (1 << 32) - 1, 1 << 32, (1 << 53) - 2, (1 << 53) - 1, 1 << 53, u64::MAX])
        } else {
            NOW + dice.below(1000) as u64
        },
        leeway: if dice.one_in(3) { dice.of(&[1, 2, 5, 60, 300]) } else { 0 },
        issuers: dice.of(&[&[][..], &[], &[], &[], &["joe"], &["joe", "é"]]).to_vec(),
        audiences: dice.of(&[&[][..], &[], &[], &[], &["api"], &["web", "api"]]).to_vec(),
        any_audience: dice.one_in(4),
        subject: dice.one_in(10).then(|| dice.of(&["a", "é"])),
        require_exp: !dice.one_in(4),
        max_age: dice.one_in(12).then(|| dice.of(&[0, 5, 100])),
        max_lifetime: dice.one_in(12).then(|| dice.of(&[10, 200])),
        typ,
        any_typ: typ.is_none() && dice.one_in(4),
        max_len: dice.one_in(16).then(|| dice.of(&[150, 250, 400, 20_000])),
    }
}

fn noise(dice: &mut Dice) -> Vec<u8> {
    let (length, text) = (dice.below(120), dice.one_in(2));
    (0..length).map(|_| if text { dice.of(b"AQgw_-eyJ.e.") } else { dice.next() as u8 }).collect()
}

/// Name and value of a member, as they stand in the text.
type Members = Vec<(String, String)>;

/// Where something odd is done to a token: not every oddity is a fault.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Header,
    Claims,
    Json,
    Text,
    Mac,
    Token,
}

fn token(dice: &mut Dice, case: &Case) -> Vec<u8> {
    use Stage::*;
    let oddities = dice.of(&[0, 0, 1, 1, 1, 1, 2, 3]);
    let stages: Vec<Stage> = (0..oddities)
        .map(|_| dice.of(&[Header, Header, Header, Header, Claims, Claims, Claims, Claims, Claims, Claims, Json, Json, Text, Mac, Token]))
        .collect();
    let odd = |stage| stages.iter().filter(move |one| **one == stage);

    let (mut header, mut claims) = (header(dice, case), claims(dice, case));
    if oddities == 0
        && dice.one_in(2)
        && let Some(token) = peers::signed(dice.below(4), case, &header, &claims)
    {
        return token.into_bytes();
    }
    odd(Header).for_each(|_| odd_header(dice, case, &mut header));
    odd(Claims).for_each(|_| odd_claims(dice, case, &mut claims));
    let mut octets = [text(dice, &header), text(dice, &claims)];
    odd(Json).for_each(|_| {
        let which = dice.below(2);
        odd_json(dice, &mut octets[which]);
    });
    let mut segments = octets.map(|octets| BASE64URL.encode(octets).into_bytes());
    odd(Text).for_each(|_| {
        let which = dice.below(2);
        odd_text(dice, &mut segments[which]);
    });
    let input = segments.join(&b'.');
    let (mut algorithm, mut secret) = (case.algorithm, case.secret.clone());
    let other = odd(Mac).count() > 0;
    if other && dice.one_in(3) {
        if dice.one_in(2) { algorithm = dice.of(&Algorithm::ALL) } else { secret[0] ^= 1 }
    }
    let mut signature = BASE64URL.encode(mac(algorithm, &secret, &input)).into_bytes();
    if other && !dice.one_in(4) {
        odd_signature(dice, &mut signature);
    }
    let mut token = [input, signature].join(&b'.');
    odd(Token).for_each(|_| odd_token(dice, &mut token));
    token
}

fn header(dice: &mut Dice, case: &Case) -> Members {
    let mut header = vec![member("alg", quoted(case.algorithm.name()))];
    match case.demands.typ {
        Some(typ) => header.push(member("typ", quoted(typ))),
        None if dice.one_in(2) => header.push(member("typ", quoted("JWT"))),
        None => (),
    }
    if let Some(kid) = case.kid.or(dice.one_in(8).then_some("any")) {
        header.push(member("kid", quoted(kid)));
    }
    header
}

/// Claims that hold, where there are any.
fn claims(dice: &mut Dice, case: &Case) -> Members {
    let (demands, mut claims) = (&case.demands, Members::new());
    let now = i128::from(demands.now);
    let past = demands.max_age.unwrap_or(1000).min(demands.max_lifetime.map_or(1000, |lifetime| lifetime - 1));
    let iat = now - dice.below(past as usize + 1) as i128;
    let latest = demands.max_lifetime.map_or(now + 1000, |lifetime| iat + i128::from(lifetime));
    let exp = latest - dice.below((latest - now) as usize) as i128;
    if demands.require_exp || demands.max_lifetime.is_some() || dice.one_in(2) {
        claims.push(member("exp", same_date(dice, exp)));
    }
    if demands.max_age.or(demands.max_lifetime).is_some() || dice.one_in(3) {
        claims.push(member("iat", same_date(dice, iat)));
    }
    if dice.one_in(4) {
        claims.push(member("nbf", same_date(dice, iat)));
    }
    if case.issuer.is_some() || !demands.issuers.is_empty() || dice.one_in(6) {
        claims.push(member("iss", quoted("joe")));
    }
    if let Some(subject) = demands.subject.or(dice.one_in(6).then_some("a")) {
        claims.push(member("sub", quoted(subject)));
    }
    if !demands.audiences.is_empty() || demands.any_audience && dice.one_in(2) {
        claims.push(member("aud", dice.of(&[r#""api""#, r#"["api"]"#, r#"["x","api"]"#]).into()));
    }
    if dice.one_in(4) {
        claims.push(member("user_id", "1234".into()));
    }
    claims
}

fn odd_header(dice: &mut Dice, case: &Case, header: &mut Members) {
    let ignored = ["jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "zip", "enc", "salt", "nonce", "x"];
    match dice.below(12) {
        0 => {
            let alg = case.algorithm.name();
            let escaped = alg.replace('H', "\\u0048");
            let other = dice.of(&["none", "None", "NONE", "hs256", "HS256", "HS384", "HS512", "RS256", "", " HS256", &escaped]);
            set(header, "alg", quoted(other));
        }
        1 if dice.one_in(8) => set(header, "alg", dice.of(&[r#"{"HS256":null}"#, r#"["HS256"]"#, r#"{"HS512":{}}"#]).into()),
        1 => set(header, "alg", value(dice, 0)),
        2 => header.retain(|(name, _)| name != "\"alg\""),
        3 => set(header, "kid", word_or_value(dice)),
        4 => header.retain(|(name, _)| name != "\"kid\"" && name != "\"typ\""),
        5 => set(header, "typ", word_or_value(dice)),
        6 => set(header, "cty", if dice.one_in(2) { quoted(dice.of(&["JWT", "jwt", "application/JWT", "json", "JSON"])) } else { word_or_value(dice) }),
        7 => set(header, "crit", if dice.one_in(2) { dice.of(&[r#"["b64"]"#, r#"["exp"]"#, "[]", "null"]).into() } else { value(dice, 0) }),
        8 => set(header, "b64", dice.of(&["true", "false", "null"]).into()),
        9 => set(header, dice.of(&ignored), word_or_value(dice)),
        _ => odd_member(dice, header),
    }
}

fn odd_claims(dice: &mut Dice, case: &Case, claims: &mut Members) {
    let (now, leeway) = (i128::from(case.demands.now), i128::from(case.demands.leeway));
    match dice.below(12) {
        0 | 1 => {
            let second = now - leeway + dice.about(2);
            set(claims, "exp", date(dice, second));
        }
        2 => claims.retain(|(name, _)| name != "\"exp\""),
        3 => {
            let second = now + leeway + dice.about(2);
            set(claims, "nbf", date(dice, second));
        }
        4 => {
            let limit = dice.of(&[-leeway, case.demands.max_age.unwrap_or(0).into(), i128::from(case.demands.max_age.unwrap_or(0)) + leeway]);
            let second = now - limit + dice.about(2);
            set(claims, "iat", date(dice, second));
        }
        5 => {
            let second = now + i128::from(case.demands.max_lifetime.unwrap_or(500)) - dice.below(300) as i128;
            set(claims, "exp", date(dice, second));
        }
        6 => set(claims, dice.of(&["exp", "nbf", "iat"]), number(dice)),
        7 => set(claims, dice.of(&["exp", "nbf", "iat"]), value(dice, 0)),
        8 => set(claims, dice.of(&["iss", "sub", "jti", "aud"]), word_or_value(dice)),
        9 => {
            let aud: Vec<String> = (0..dice.below(3)).map(|_| word_or_value(dice)).collect();
            set(claims, "aud", format!("[{}]", aud.join(",")));
        }
        10 => {
            let gone = dice.of(&["\"iss\"", "\"sub\"", "\"aud\"", "\"iat\""]);
            claims.retain(|(name, _)| name != gone);
        }
        _ => odd_member(dice, claims),
    }
}

/// A member more, wherever: hostile by its value or its place.
fn odd_member(dice: &mut Dice, members: &mut Members) {
    let at = dice.below(members.len() + 1);
    let new = match dice.below(6) {
        0 if !members.is_empty() => {
            let (name, value) = members[dice.below(members.len())].clone();
            let escaped = name.trim_matches('"').encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            (if dice.one_in(2) { format!("\"{escaped}\"") } else { name }, value)
        }
        1 => ("\"x\"".into(), dice.of(&[r#"{"a":1,"a":1}"#, r#"[{"a":1,"\u0061":2}]"#, r#"{"a":{"a":1},"b":[{}]}"#, r#"{"":0,"":0}"#]).into()),
        2 => {
            let depth = dice.of(&[100, 120, 126, 127, 128, 129, 130, 200]);
            ("\"x\"".into(), format!("{}{}", "[".repeat(depth), "]".repeat(depth)))
        }
        3 if dice.one_in(8) => ("\"x\"".into(), quoted(&"x".repeat(dice.of(&[6_000, 12_000, 15_000])))),
        _ => (text_of(dice), value(dice, 0)),
    };
    members.insert(at, new);
    let length = members.len();
    members.rotate_left(dice.below(length));
}

fn odd_json(dice: &mut Dice, octets: &mut Vec<u8>) {
    let at = dice.below(octets.len() + 1);
    match dice.below(8) {
        0 => drop(octets.splice(..0, *b"\xef\xbb\xbf")),
        1 => octets.insert(at, dice.next() as u8),
        2 => octets.truncate(at),
        3 => octets.extend_from_slice(dice.of(&[&b" \n"[..], b"{}", b"\0", b"//", b"\x0c", b","])),
        4 => *octets = value(dice, 0).into_bytes(),
        5 => drop(octets.splice(at..at, dice.of(&[&b" "[..], b"\r\n", b"\t", b"\x0b", b"\xc2\xa0"]).iter().copied())),
        6 => octets.clear(),
        _ => octets.iter_mut().skip(at).take(1).for_each(|byte| *byte = dice.of(b"\"\\{}[],:0-.'")),
    }
}

/// Other texts that could be read as the same octets, and some that could not.
fn odd_text(dice: &mut Dice, segment: &mut Vec<u8>) {
    let at = dice.below(segment.len() + 1);
    match dice.below(7) {
        0 => segment.resize(segment.len().next_multiple_of(4), b'='),
        1 => trailing_bits(segment),
        2 => segment.iter_mut().for_each(|byte| {
            *byte = if *byte == b'-' {
                b'+'
            } else if *byte == b'_' {
                b'/'
            } else {
                *byte
            }
        }),
        3 => segment.insert(at, dice.of(b" \n\r\t=")),
        4 => segment.insert(at, dice.next() as u8),
        5 => drop(segment.pop()),
        _ => segment.push(b'A'),
    }
}

fn odd_signature(dice: &mut Dice, signature: &mut Vec<u8>) {
    let at = dice.below(signature.len());
    match dice.below(5) {
        0 => signature.truncate(at),
        1 => trailing_bits(signature),
        2 => signature[at] = dice.of(b"AZaz09-_"),
        3 => signature.extend_from_slice(b"AAAA"),
        _ => odd_text(dice, signature),
    }
}

fn odd_token(dice: &mut Dice, token: &mut Vec<u8>) {
    let at = dice.below(token.len() + 1);
    match dice.below(8) {
        0 => token.extend_from_slice(dice.of(&[&b"."[..], b".AA", b".AA.AA", b"...."])),
        1 => token.extend_from_slice(dice.of(&[&b"\n"[..], b" ", b"\0", b"="])),
        2 => drop(token.splice(..0, dice.of(&[&b" "[..], b"Bearer ", b"."]).iter().copied())),
        3 => token.retain(|byte| *byte != b'.'),
        4 => token.truncate(token.iter().rposition(|byte| *byte == b'.').unwrap_or(0) + 1),
        5 => token.truncate(at),
        6 => token.insert(at, dice.next() as u8),
        _ => token.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << dice.below(8)),
    }
}

/// The next character at the end: the same octets to whoever ignores what is left of the last one.
fn trailing_bits(segment: &mut [u8]) {
    if let Some(last) = segment.last_mut() {
        *last = if *last == b'z' { b'0' } else { *last + 1 };
    }
}

fn member(name: &str, value: String) -> (String, String) {
    (quoted(name), value)
}

fn set(members: &mut Members, name: &str, value: String) {
    let name = quoted(name);
    match members.iter_mut().find(|member| member.0 == name) {
        Some(member) => member.1 = value,
        None => members.push((name, value)),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn text(dice: &mut Dice, members: &Members) -> Vec<u8> {
    let space = if dice.one_in(8) { dice.of(&[" ", "\r\n", "\t"]) } else { "" };
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{space}{name}{space}:{space}{value}{space}")).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

/// The same second, seldom in another of the forms that JSON has for it.
fn same_date(dice: &mut Dice, second: i128) -> String {
    match dice.below(24) {
        0 => format!("{second}.0"),
        // Of zero that would be no JSON.
        1 if second != 0 => format!("{second}000e-3"),
        2 => format!("{second}E0"),
        _ => second.to_string(),
    }
}

/// The same second or a little after it.
fn date(dice: &mut Dice, second: i128) -> String {
    match dice.below(8) {
        0 => format!("{second}.{}", dice.of(&["5", "1", "49", "9"])),
        1 => format!("{second}.{}", "9".repeat(1 + dice.below(30))),
        2 => format!("{second}.{}1", "0".repeat(dice.below(30))),
        3 => format!("-{}", second.abs()),
        _ => same_date(dice, second),
    }
}

#[rustfmt::skip]
const NUMBERS: [&str; 32] = [
    "0", "-0", "0.0", "-1", "-0.5", "1e9", "1.5", "4294967295", "4294967296", "8294967296", "9007199254740991", "9007199254740991.5", "9007199254740992",
    "-9007199254740991", "-9007199254740992", "9223372036854775807", "18446744073709551615", "18446744073709551616", "1e15", "1e16", "1e308", "1.7976931348623157e308",
    "1e-999999999999", "0e999999999999", "123456789012345678901234567890", "253402300800", "8210298412799", "8210298412800", "4e9", "40000000000e-1", "4.00000000099e9", "1e20",
];
#[rustfmt::skip]
const BROKEN: [&str; 14] = ["1e309", "-1e309", "1.7976931348623159e308", "1e999999999999", "00", "+1", ".5", "1.", "1e", "NaN", "Infinity", "-", "0x1", "1_000"];

fn number(dice: &mut Dice) -> String {
    match dice.below(8) {
        0 => dice.of(&BROKEN).into(),
        1 => (dice.next() as i64).to_string(),
        2 => format!("{:e}", f64::from_bits(dice.next() & !(1 << 62))),
        _ => dice.of(&NUMBERS).into(),
    }
}

fn word_or_value(dice: &mut Dice) -> String {
    if dice.one_in(3) { value(dice, 0) } else { quoted(dice.of(&WORDS)) }
}

fn value(dice: &mut Dice, depth: usize) -> String {
    match dice.below(10) {
        0 => "null".into(),
        1 => dice.of(&["true", "false", "True", "undefined", "tru"]).into(),
        2 | 3 => number(dice),
        4 | 5 if depth < 3 => {
            let elements: Vec<String> = (0..dice.below(3)).map(|_| value(dice, depth + 1)).collect();
            format!("[{}]", elements.join(","))
        }
        6 | 7 if depth < 3 => {
            let members: Vec<String> = (0..dice.below(3)).map(|_| format!("{}:{}", text_of(dice), value(dice, depth + 1))).collect();
            format!("{{{}}}", members.join(","))
        }
        _ => text_of(dice),
    }
}

/// A string, seldom a broken one.
fn text_of(dice: &mut Dice) -> String {
    #[rustfmt::skip]
    let odd = [
        r#""\ud800""#, r#""\udc00\ud800""#, r#""\ud83d\ude00""#, r#""\ud83dx""#, r#""\x""#, "\"\t\"", "\"\u{0}\"", r#""\u00""#, r#""\"""#, r#""\u0000""#, "'a'", "\"\u{7f}\"",
        r#""\/\b\f\n\r\t\\""#, "\"\u{10ffff}\"", "\"\u{fffe}\"", "\"",
    ];
    match dice.below(6) {
        0 => dice.of(&odd).into(),
        1 => quoted(&dice.of(&WORDS).encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect::<String>()),
        _ => quoted(dice.of(&WORDS)),
    }
}

pub fn mac(algorithm: Algorithm, secret: &[u8], text: &[u8]) -> Vec<u8> {
    fn of<M: KeyInit + Mac>(secret: &[u8], text: &[u8]) -> Vec<u8> {
        <M as KeyInit>::new_from_slice(secret).expect("HMAC takes any secret").chain_update(text).finalize().into_bytes().to_vec()
    }
    match algorithm {
        Algorithm::HS256 => of::<Hmac<Sha256>>(secret, text),
        Algorithm::HS384 => of::<Hmac<Sha384>>(secret, text),
        Algorithm::HS512 => of::<Hmac<Sha512>>(secret, text),
    }
}
