//! What RFC 8725, RFC 7519 and RFC 6750 would say of a token, without a key.
//!
//! In: a token that was only looked at, and the second that it is. Out: remarks. They are about what is written there,
//! and anybody may have written it: no remark is no sign that the token is good, and none of them is a verdict. Nothing is
//! enforced here, so no line cites a requirement; the remarks name the clauses that they rest on.

use alloc::vec::Vec;
use core::{fmt, slice};

use crate::{
    base64url,
    claims::{ClaimsError, NumericDate, Registered},
    error::{Part, Row, VerifyError},
    header::{Received, same_media_type},
    json::{self, Text, Value},
    jws::Unverified,
    key::{self, Algorithm, Key},
};

/// From when on a lifetime is remarked on: RFC 6750 §5.3 wants tokens to live for an hour or less; in seconds.
pub const LONG_LIFETIME: u64 = 3_600;

/// From when on a lifetime counts as one of years: 365 days, in seconds.
pub const LIFETIME_OF_YEARS: u64 = 365 * 86_400;

/// From when on a token is long: what a cookie holds, and half of what servers commonly take as a request's header; in bytes.
pub const LONG_TOKEN: usize = 4_096;

/// A date from which on a number of seconds is taken for one of milliseconds: the year 5138, or 1973.
const MILLISECONDS: i64 = 100_000_000_000;

/// Looks at an unverified token and says what is weak about it, header first, then signature, claims and length.
///
/// `now` is in seconds since 1970; it counts only for the lifetime of a token without `iat`. The secrets that
/// documentation prints, those that [`Key::new`] refuses, are tried on the MAC; no other secret is, and nothing is fetched.
/// Of a payload that is no strict JSON object only that is said. There are never more than a few dozen remarks.
///
/// ```
/// use clearjwt::{Algorithm, Key, jws, lint::{Remark, lint}};
///
/// let key = Key::weak(Algorithm::HS256, b"secret")?;
/// let token = clearjwt::sign(&serde_json::json!({"aud": "api", "email": "joe@example.com"}), &key)?;
/// let remarks = lint(&jws::Unverified::parse(&token)?, 1800000000);
/// assert_eq!(remarks, [Remark::PublishedSecret, Remark::NoExp, Remark::Personal { claim: "email", more: 0 }]);
/// assert_eq!((remarks[1].code(), remarks[1].clause()), ("no_exp", "RFC6750-5.2-10"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn lint(token: &Unverified<'_>, now: u64) -> Vec<Remark> {
    let mut remarks = Vec::new();
    // `parse` has read the same text: there is always a header.
    if let Ok(header) = Received::read(token.unverified_header().as_bytes()) {
        look_at_header(token.unverified_header(), &header, &mut remarks);
        look_at_signature(token, &header, &mut remarks);
    }
    match token.unverified_payload() {
        Ok(payload) => look_at_payload(&payload, now, &mut remarks),
        Err(error) => remarks.push(Remark::Refused(error)),
    }
    let length = token.segments.parts().map(<[u8]>::len).iter().sum::<usize>() + 2;
    if length > LONG_TOKEN {
        remarks.push(Remark::Long { length });
    }
    remarks
}

/// One thing that a reviewer would say of a token. It never holds a secret or text of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// A strict verifier refuses the token whatever its key and its demands: code and clause are those of the reason.
    Refused(VerifyError),
    /// `alg` names a signature by key pair.
    Asymmetric,
    /// `alg` names nothing that is known here.
    AlgUnknown,
    /// The MAC holds with a secret that documentation prints.
    PublishedSecret,
    /// The header has no `typ`.
    NoTyp,
    /// `typ` is neither `JWT` nor of the form `example+jwt`.
    TypForm,
    /// A header member that says where to fetch a key.
    KeyUrl {
        /// Its name: `jku` or `x5u`.
        member: &'static str,
    },
    /// A header member that brings a key.
    KeyInHeader {
        /// Its name: `jwk` or `x5c`.
        member: &'static str,
    },
    /// `kid` holds what steers a path, a query or a terminal.
    KidUnsafe,
    /// No `exp`.
    NoExp,
    /// From `iat`, or from now if there is none, to `exp` is longer than [`LIFETIME_OF_YEARS`].
    LifetimeOfYears {
        /// The lifetime in whole days.
        days: u64,
    },
    /// From `iat`, or from now if there is none, to `exp` is longer than [`LONG_LIFETIME`].
    LifetimeLong {
        /// The lifetime in whole seconds.
        seconds: u64,
    },
    /// A date that lies thousands of years ahead, unless it was meant in milliseconds.
    Milliseconds {
        /// Its name: `exp`, `nbf` or `iat`.
        claim: &'static str,
    },
    /// `exp` comes no later than `nbf` or `iat`.
    NeverValid,
    /// No `aud`.
    NoAud,
    /// Claims, at any depth, whose names or values look like personal data.
    Personal {
        /// Such a name, as it is commonly written.
        claim: &'static str,
        /// How many other such names there are.
        more: u32,
    },
    /// Claims, at any depth, whose names look like secrets.
    Secret {
        /// Such a name, as it is commonly written.
        claim: &'static str,
        /// How many other such names there are.
        more: u32,
    },
    /// An integer beyond ±(2^53−1).
    Inexact,
    /// Longer than [`LONG_TOKEN`].
    Long {
        /// Length of the token in bytes.
        length: usize,
    },
}

impl Remark {
    const fn row(&self) -> Row {
        match self {
            Remark::Refused(error) => (error.code(), error.clause(), "a strict verifier refuses it"),
            Remark::Asymmetric => {
                ("asymmetric", "RFC7518-3.1-3", "`alg` names a signature by key pair: it is not checked here, and the public key is never a secret for HMAC")
            }
            Remark::AlgUnknown => {
                ("alg_unknown", "RFC7515-4.1.1-1", "`alg` names no algorithm that is known here: names such as HS256 are compared byte by byte")
            }
            Remark::PublishedSecret => (
                "published_secret",
                "RFC8725-3.5-1",
                "the MAC was made with a secret printed in documentation: anybody can make such tokens, so change the key",
            ),
            Remark::NoTyp => ("no_typ", "RFC8725-3.11-5", "the header has no `typ`: a token for one purpose can pass as one for another"),
            Remark::TypForm => {
                ("typ_form", "RFC8725-3.11-3", "`typ` is neither JWT nor of the form example+jwt: a strict verifier takes it only if it was told to expect it")
            }
            Remark::KeyUrl { .. } => ("key_url", "RFC8725-3.10-1", "says where to fetch a key: never follow it, whoever made the token chose it"),
            Remark::KeyInHeader { .. } => ("key_in_header", "RFC7517-9.1-1", "brings a key along: never verify with it, whoever made the token chose it"),
            Remark::KidUnsafe => (
                "kid_unsafe",
                "RFC8725-3.10-2",
                "`kid` holds what steers a path, a query or a terminal: compare it with the ids of known keys, and put it nowhere else",
            ),
            Remark::NoExp => ("no_exp", "RFC6750-5.2-10", "there is no `exp`: the token never expires, and a stolen one works until the key is changed"),
            Remark::LifetimeOfYears { .. } => ("lifetime_of_years", "RFC6750-5.2-10", "more than a year: a stolen one works as long"),
            Remark::LifetimeLong { .. } => ("lifetime_long", "RFC6750-5.3-6", "more than the hour that is asked for: a stolen one works as long"),
            Remark::Milliseconds { .. } => (
                "milliseconds",
                "RFC7519-2-3",
                "looks like milliseconds: dates are seconds since 1970, and verifiers read this one as thousands of years ahead",
            ),
            Remark::NeverValid => ("never_valid", "RFC7519-4.1.4-1", "`exp` is not after `nbf` and `iat`: the token expires before it begins"),
            Remark::NoAud => ("no_aud", "RFC8725-3.9-1", "there is no `aud`: every service that knows the key takes the token, whichever it was made for"),
            Remark::Personal { .. } => ("personal", "RFC7519-12-1", "can be read by whoever holds the token: leave personal data out, or encrypt the token"),
            Remark::Secret { .. } => {
                ("secret", "RFC6750-5.2-6", "looks like a secret, and can be read by whoever holds the token: never put it in, and change it")
            }
            Remark::Inexact => ("inexact", "RFC7493-2.2-3", "a number is beyond 2^53-1: some readers round it and see another, so write it as a string"),
            Remark::Long { .. } => ("long", "RFC8259-9-3", "no cookie holds it, and with other headers servers refuse it"),
        }
    }

    /// The stable short code, such as `no_exp`.
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// The clause that the remark rests on, as an id of the requirements table.
    pub const fn clause(&self) -> &'static str {
        self.row().1
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = self.row().2;
        match self {
            Remark::Refused(error) => write!(f, "{sentence}: {error}"),
            Remark::KeyUrl { member } | Remark::KeyInHeader { member } => write!(f, "`{member}` in the header {sentence}"),
            Remark::LifetimeOfYears { days } => write!(f, "the token lives for {days} days, {sentence}"),
            Remark::LifetimeLong { seconds } => write!(f, "the token lives for {seconds} s, {sentence}"),
            Remark::Milliseconds { claim } => write!(f, "`{claim}` {sentence}"),
            Remark::Personal { claim, more: 0 } | Remark::Secret { claim, more: 0 } => write!(f, "`{claim}` {sentence}"),
            Remark::Personal { claim, more } | Remark::Secret { claim, more } => write!(f, "`{claim}`, like {more} more, {sentence}"),
            Remark::Long { length } => write!(f, "the token has {length} bytes: {sentence}"),
            _ => f.write_str(sentence),
        }
    }
}

fn look_at_header(json: &str, header: &Received<'_>, remarks: &mut Vec<Remark>) {
    let refused = header.check(&mut ()).err();
    remarks.extend(refused.map(Remark::Refused));
    match header.alg.map(Text::to_cow).as_deref() {
        _ if matches!(refused, Some(VerifyError::AlgMissing | VerifyError::AlgNone)) => (),
        Some(alg) if Algorithm::from_name(alg).is_some() => (),
        Some("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "ES256K") => remarks.push(Remark::Asymmetric),
        Some("EdDSA" | "Ed25519" | "Ed448" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87") => remarks.push(Remark::Asymmetric),
        _ => remarks.push(Remark::AlgUnknown),
    }
    let (mut has_typ, mut keys) = (false, Vec::new());
    // Cannot fail: the text was checked.
    let _ = json::members(json.as_bytes(), &mut |name, _| {
        has_typ |= name.is("typ");
        let url = ["jku", "x5u"].into_iter().find(|member| name.is(member)).map(|member| Remark::KeyUrl { member });
        let key = ["jwk", "x5c"].into_iter().find(|member| name.is(member)).map(|member| Remark::KeyInHeader { member });
        keys.extend(url.or(key));
    });
    match header.typ.map(Text::to_cow) {
        Some(typ) if same_media_type(&typ, "JWT") || is_explicit(&typ) => (),
        Some(_) => remarks.push(Remark::TypForm),
        // One that is no string is refused, and there.
        None if has_typ => (),
        None => remarks.push(Remark::NoTyp),
    }
    if header.cty.is_some_and(|cty| same_media_type(&cty.to_cow(), "JWT")) {
        remarks.push(Remark::Refused(VerifyError::Nested));
    }
    if header.kid.is_some_and(|kid| steers(&kid.to_cow())) {
        remarks.push(Remark::KidUnsafe);
    }
    remarks.extend(keys);
}

/// Whether a `typ` says of which kind the token is, as `at+jwt` does (RFC 8725 §3.11, and RFC 9901's `dc+sd-jwt`).
fn is_explicit(typ: &str) -> bool {
    typ.rsplit_once('+').is_some_and(|(kind, suffix)| !kind.is_empty() && ["jwt", "sd-jwt"].iter().any(|form| suffix.eq_ignore_ascii_case(form)))
}

/// Whether a `kid` would do harm in a path, a query, a shell or a terminal. Base64, thumbprints and URLs would not.
fn steers(kid: &str) -> bool {
    kid.starts_with('/') || kid.contains("..") || kid.contains(|c: char| c.is_control() || r#"'"\`;%*()<>|&$"#.contains(c))
}

fn look_at_signature(token: &Unverified<'_>, header: &Received<'_>, remarks: &mut Vec<Remark>) {
    let [_, _, signature] = token.segments.parts();
    if signature.is_empty() {
        // `none` was remarked on.
        if header.check(&mut ()) != Err(VerifyError::AlgNone) {
            remarks.push(Remark::Refused(VerifyError::Unsigned));
        }
        return;
    }
    if base64url::decode_into(signature, &mut Vec::new()).is_err() {
        remarks.push(Remark::Refused(VerifyError::Base64url { part: Part::Signature }));
        return;
    }
    let Some(algorithm) = header.alg.and_then(|alg| Algorithm::from_name(&alg.to_cow())) else { return };
    if base64url::encoded_len(algorithm.mac_len()) != signature.len() {
        remarks.push(Remark::Refused(VerifyError::SignatureLength));
        return;
    }
    // All that anybody can try, and no more.
    let mut published = key::published().filter_map(|secret| Key::weak(algorithm, secret).ok());
    if published.any(|key| token.segments.find_key(header, slice::from_ref(&key), &mut ()).is_ok()) {
        remarks.push(Remark::PublishedSecret);
    }
}

fn look_at_payload(payload: &[u8], now: u64, remarks: &mut Vec<Remark>) {
    match Registered::read(payload) {
        Ok(claims) => look_at_claims(&claims, now, remarks),
        Err(error) => {
            let json = matches!(error, ClaimsError::Json(_));
            remarks.push(Remark::Refused(error.into()));
            if json {
                return;
            }
        }
    }
    let mut names = Names::default();
    // Cannot fail: the text was checked.
    let _ = json::members(payload, &mut |name, value| names.top(name, value));
    let (personal, secret) = (names.personal, names.secret);
    remarks.extend(first(PERSONAL.iter().map(|(name, _)| *name), personal).map(|(claim, more)| Remark::Personal { claim, more }));
    remarks.extend(first(SECRET.iter().copied(), secret).map(|(claim, more)| Remark::Secret { claim, more }));
    if names.inexact {
        remarks.push(Remark::Inexact);
    }
}

fn look_at_claims(claims: &Registered<'_>, now: u64, remarks: &mut Vec<Remark>) {
    let dates = [("exp", claims.exp), ("nbf", claims.nbf), ("iat", claims.iat)];
    let before = remarks.len();
    remarks
        .extend(dates.into_iter().filter(|(_, date)| date.is_some_and(|date| date.floor() >= MILLISECONDS)).map(|(claim, _)| Remark::Milliseconds { claim }));
    // Of dates in the wrong unit there is no more to say.
    match claims.exp {
        None => remarks.push(Remark::NoExp),
        Some(exp) if remarks.len() == before => look_at_lifetime(exp, claims, now, remarks),
        Some(_) => (),
    }
    if claims.aud.is_none() {
        remarks.push(Remark::NoAud);
    }
}

/// Dates are i64 within 2^53 and times u64: in i128 no difference of them overflows.
fn look_at_lifetime(exp: NumericDate, claims: &Registered<'_>, now: u64, remarks: &mut Vec<Remark>) {
    // No second at which a verifier takes it.
    if [claims.nbf, claims.iat].into_iter().flatten().any(|begin| exp.floor() <= begin.ceil()) {
        remarks.push(Remark::NeverValid);
        return;
    }
    let begin = claims.iat.map_or(i128::from(now), |iat| i128::from(iat.floor()));
    let lifetime = i128::from(exp.floor()) - begin;
    let longer = |seconds: u64| claims.lives_longer_than(seconds).unwrap_or(lifetime > i128::from(seconds));
    let whole = |unit: i128| u64::try_from(lifetime / unit).unwrap_or(0);
    if longer(LIFETIME_OF_YEARS) {
        remarks.push(Remark::LifetimeOfYears { days: whole(86_400) });
    } else if longer(LONG_LIFETIME) {
        remarks.push(Remark::LifetimeLong { seconds: whole(1) });
    }
}

/// What was found among the claims: a bit for each name of the two lists.
#[derive(Default)]
struct Names {
    personal: u64,
    secret: u64,
    inexact: bool,
}

impl Names {
    fn top(&mut self, name: Text<'_>, value: Value<'_>) {
        // Dates that are too large are refused, and parties may well have an address.
        if ["exp", "nbf", "iat", "iss", "aud", "azp"].iter().all(|known| !name.is(known)) {
            self.member(name, value, true);
        }
    }

    fn member(&mut self, name: Text<'_>, value: Value<'_>, top: bool) {
        // `"email": null` gives nothing away.
        if !matches!(value, Value::Literal(_)) {
            let name = name.to_cow();
            self.personal |= bits(PERSONAL.iter().map(|(known, anywhere)| (top || *anywhere) && same_name(known, &name)));
            self.secret |= bits(SECRET.iter().map(|known| same_name(known, &name)));
        }
        self.value(value);
    }

    /// The depth is limited: the text was checked.
    fn value(&mut self, value: Value<'_>) {
        match value {
            Value::Object(object) => {
                let _ = json::members(object.as_bytes(), &mut |name, value| self.member(name, value, false));
            }
            Value::Array(array) => json::elements(array, &mut |value| self.value(value)),
            Value::String(text) => self.personal |= bits(PERSONAL.iter().map(|(name, _)| *name == EMAIL && is_email(&text.to_cow()))),
            Value::Number(number) => self.inexact |= is_inexact(number.text),
            Value::Literal(_) => (),
        }
    }
}

const EMAIL: &str = "email";

/// Names of claims about a person, as they are commonly written: those of OpenID Connect, and what else is seen.
/// The bool: whether it says so in any object; a `name` inside of a role or a tenant is nobody's.
const PERSONAL: &[(&str, bool)] = &[
    (EMAIL, true),
    ("email_address", true),
    ("name", false),
    ("full_name", true),
    ("first_name", true),
    ("given_name", true),
    ("middle_name", true),
    ("last_name", true),
    ("family_name", true),
    ("surname", true),
    ("nickname", true),
    ("username", false),
    ("preferred_username", true),
    ("phone", true),
    ("phone_number", true),
    ("mobile", false),
    ("birthdate", true),
    ("birthday", true),
    ("date_of_birth", true),
    ("dob", true),
    ("gender", true),
    ("nationality", true),
    ("address", false),
    ("street_address", true),
    ("postal_code", true),
    ("picture", false),
    ("profile", false),
    ("ssn", true),
    ("social_security_number", true),
    ("national_id", true),
    ("passport_number", true),
    ("tax_id", true),
    ("iban", true),
    ("credit_card", true),
    ("card_number", true),
];

/// Names of claims that should not exist.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "password_hash",
    "secret",
    "client_secret",
    "secret_key",
    "private_key",
    "api_key",
    "access_key",
    "access_token",
    "refresh_token",
    "cvv",
    "cvc",
];

/// Each list has a bit for each of its names.
const _: () = assert!(PERSONAL.len() <= 64 && SECRET.len() <= 64);

fn bits(found: impl Iterator<Item = bool>) -> u64 {
    found.zip(0..u64::BITS).fold(0, |bits, (found, place)| bits | u64::from(found) << place)
}

/// The first name of a list whose bit is set, and how many more are.
fn first(mut names: impl Iterator<Item = &'static str>, bits: u64) -> Option<(&'static str, u32)> {
    let name = names.nth(bits.trailing_zeros() as usize)?;
    Some((name, bits.count_ones().saturating_sub(1)))
}

/// Whether a claim has a known name: `phoneNumber`, `Phone-Number` and `https://example.com/phone_number` are `phone_number`.
fn same_name(known: &str, name: &str) -> bool {
    let own = name.rsplit(['/', ':']).next().unwrap_or_default();
    known.chars().filter(|c| *c != '_').eq(own.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).map(|c| c.to_ascii_lowercase()))
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@').and_then(|(local, domain)| Some((local, domain.rsplit_once('.')?)));
    let host = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    parts.is_some_and(|(local, (domain, top))| {
        !local.is_empty() && !local.contains(|c: char| c.is_whitespace() || c == '/' || c == ':') && host(domain) && host(top)
    })
}

/// Whether readers that keep numbers as doubles read another integer (RFC 7493 §2.2).
fn is_inexact(number: &str) -> bool {
    let digits = number.trim_start_matches('-');
    digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse().map_or(true, |value: u64| value >= 1 << 53)
}
