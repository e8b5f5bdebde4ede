use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use clearjwt::{Header, Key, SignError, jws, sign, sign_into, sign_with};
use serde::Serialize;
use serde_json::Value;

use crate::{Demands, NOW, Word, keys};

/// Claims as a program has them, demands, and a place in the token to break.
#[derive(Arbitrary, Debug)]
pub struct Honest<'a> {
    claims: Claims<'a>,
    demands: Demands,
    key: u8,
    broken: (u16, u8),
    header: Members<'a>,
}

/// A header of one's own.
#[derive(Arbitrary, Debug)]
struct Members<'a> {
    typ: Option<Word>,
    cty: Option<Word>,
    kid: Option<Word>,
    more: BTreeMap<&'a str, i8>,
}

/// Dates are in seconds from [`NOW`]; `more` has a value of each type that serde knows.
#[derive(Arbitrary, Debug)]
struct Claims<'a> {
    exp: Option<i64>,
    nbf: Option<i8>,
    iat: Option<i8>,
    iss: Option<Word>,
    sub: Option<Word>,
    aud: Option<Vec<Word>>,
    jti: Option<&'a str>,
    more: BTreeMap<&'a str, Typed<'a>>,
}

#[derive(Arbitrary, Debug, Serialize)]
enum Typed<'a> {
    Nothing,
    Truth(bool),
    Small(i8, i16, i32, u8, u16, u32),
    Large { signed: i64, unsigned: u64, huge: (i128, u128) },
    Single(f32),
    Double(f64),
    Letter(char),
    Text(&'a str),
    Octets(Octets<'a>),
    Maybe(Option<i8>),
    List(Vec<i8>),
    Map(BTreeMap<i8, ()>),
    Wrapped(Wrapped),
    Pair(Pair),
    Unit(Unit),
    Named(Named),
    Shown(Shown),
}

/// Goes through `serialize_bytes`.
#[derive(Arbitrary, Debug)]
struct Octets<'a>(&'a [u8]);

impl Serialize for Octets<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// Goes through `collect_str`.
#[derive(Arbitrary, Debug)]
struct Shown(std::net::Ipv4Addr);

impl Serialize for Shown {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Arbitrary, Debug, Serialize)]
struct Wrapped(u8);
#[derive(Arbitrary, Debug, Serialize)]
struct Pair(u8, i8);
#[derive(Arbitrary, Debug, Serialize)]
struct Unit;
#[derive(Arbitrary, Debug, Serialize)]
struct Named {
    member: i8,
}

impl Claims<'_> {
    /// Whether `more` sets what has a field of its own.
    fn is_twofold(&self) -> bool {
        self.more.keys().any(|name| ["exp", "nbf", "iat", "iss", "sub", "aud", "jti"].contains(name))
    }

    /// As JSON, or `None` if they have a number that JSON does not.
    fn value(&self) -> Option<serde_json::Result<Value>> {
        let finite = self.more.values().all(|typed| match typed {
            Typed::Single(number) => number.is_finite(),
            Typed::Double(number) => number.is_finite(),
            _ => true,
        });
        finite.then(|| serde_json::to_vec(self).and_then(|text| serde_json::from_slice(&text)))
    }
}

impl Serialize for Claims<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let seconds = |from_now: i64| (NOW as i64).saturating_add(from_now);
        let texts = |words: &Vec<Word>| words.iter().map(|word| word.0).collect::<Vec<_>>();
        let mut map = serializer.serialize_map(None)?;
        for (name, date) in [("exp", self.exp), ("nbf", self.nbf.map(i64::from)), ("iat", self.iat.map(i64::from))] {
            date.map(|date| map.serialize_entry(name, &seconds(date))).transpose()?;
        }
        for (name, text) in [("iss", self.iss.map(|word| word.0)), ("sub", self.sub.map(|word| word.0)), ("jti", self.jti)] {
            text.map(|text| map.serialize_entry(name, text)).transpose()?;
        }
        match self.aud.as_ref().map(texts).as_deref() {
            None => (),
            Some([one]) => map.serialize_entry("aud", one)?,
            Some(several) => map.serialize_entry("aud", several)?,
        }
        self.more.iter().try_for_each(|(name, typed)| map.serialize_entry(name, typed))?;
        map.end()
    }
}

/// What is signed is verified, with the verdict that the claims call for as they are and not as they are written.
pub fn roundtrip(honest: &Honest<'_>) {
    let (claims, key) = (&honest.claims, &keys()[usize::from(honest.key) % keys().len()]);
    check_header(honest, key);
    let mut buffer = b"before".to_vec();
    let made = sign(claims, key);
    assert_eq!(sign_into(claims, key, &mut buffer).map(|()| buffer.split_off(6)), made.clone().map(String::into_bytes));
    assert_eq!(buffer, b"before");
    let Some(value) = claims.value() else { return assert_eq!(made, Err(SignError::NotFinite)) };
    let Ok(token) = made else { return check_unsigned(claims, key, made.unwrap_err()) };
    let value = value.expect("what was signed is JSON");
    if claims.is_twofold() {
        return;
    }

    let verdict = honest.demands.validation().verify_at::<Value>(&token, key, NOW);
    assert_eq!(verdict.is_ok(), key.can_verify() && meets(claims, &honest.demands, token.len()), "{:?}", verdict.err());
    if let Ok(verified) = &verdict {
        assert_eq!((verified.claims(), verified.key_id()), (&value, key.id()));
        assert_eq!((verified.registered().iss.as_deref(), verified.header().typ.as_deref()), (claims.iss.map(|word| word.0), Some("JWT")));
    }
    check_broken(token.into_bytes(), honest.broken, key);
}

/// A header of one's own is read as it was written, or refused for what is in it.
fn check_header(Honest { header, claims, .. }: &Honest<'_>, key: &Key) {
    let text = |word: Option<Word>| word.map(|word| word.0.to_owned());
    let extra = header.more.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
    let written = Header { typ: text(header.typ), cty: text(header.cty), kid: text(header.kid), extra };
    match sign_with(&written, claims, key) {
        Ok(token) => match jws::verify(&token, key) {
            Ok(verified) => assert_eq!(verified.header(), Header { kid: key.id().map(str::to_owned).or(written.kid.clone()), ..written }),
            Err(error) => assert!(!key.can_verify() || key.issuer().is_some(), "{error}"),
        },
        Err(SignError::Nested) => assert!(header.cty.is_some_and(|word| word.0.to_ascii_lowercase().ends_with("jwt"))),
        Err(SignError::KeyId) => assert!(key.id().is_some_and(|id| header.kid.is_some_and(|word| word.0 != id))),
        Err(SignError::HeaderMember) => {
            assert!(header.more.keys().any(|name| ["alg", "typ", "cty", "kid", "crit", "b64"].contains(name)));
        }
        Err(error) => assert_eq!(sign(claims, key), Err(error)),
    }
}

/// A claim of the wrong kind, a name twice, a date too far, or a key that may not.
fn check_unsigned(claims: &Claims<'_>, key: &Key, error: SignError) {
    super::speaks(error.code(), error.clause(), &error);
    match error {
        SignError::KeyUse => assert!(!key.can_sign()),
        SignError::KeyIssuer => assert!(key.issuer().is_some_and(|issuer| claims.is_twofold() || claims.iss.is_none_or(|word| word.0 != issuer))),
        SignError::ClaimRange { .. } if claims.is_twofold() => (),
        SignError::ClaimRange { claim } => assert!(claim == "exp" && claims.exp.is_some_and(|exp| exp.unsigned_abs() > 1 << 52)),
        SignError::ClaimType { .. } | SignError::Json(_) => assert!(claims.is_twofold()),
        error => panic!("{error}"),
    }
}

fn meets(claims: &Claims<'_>, demands: &Demands, length: usize) -> bool {
    let (leeway, exp) = (i128::from(demands.leeway), claims.exp.map(i128::from));
    let (nbf, iat) = (claims.nbf.map(i128::from), claims.iat.map(i128::from));
    let same =
        |text: Option<&str>, demanded: &[Option<Word>]| demanded[0].is_none() || text.is_some_and(|text| demanded.iter().flatten().any(|word| word.0 == text));
    let text = |word: Option<Word>| word.map(|word| word.0);
    length <= if demands.short { 256 } else { 16_384 }
        && (demands.any_typ || demands.typ.is_none_or(|word| ["JWT", "jwt", "application/jwt"].contains(&word.0)))
        && exp.map_or(demands.allow_no_expiry, |exp| exp + leeway > 0)
        && nbf.is_none_or(|nbf| nbf <= leeway)
        && demands.max_age.is_none_or(|age| iat.is_some_and(|iat| iat <= leeway && -iat <= i128::from(age) + leeway))
        && demands.max_lifetime.is_none_or(|lifetime| exp.zip(iat).is_some_and(|(exp, iat)| exp - iat <= lifetime.into()))
        && same(text(claims.iss), &[demands.issuer, Some(Word("joe"))])
        && same(text(claims.sub), &[demands.subject])
        && (demands.any_audience
            || match (&claims.aud, demands.audience) {
                (None, None) => true,
                (Some(all), Some(word)) => all.iter().any(|aud| [word.0, "web"].contains(&aud.0)),
                _ => false,
            })
}

/// No token holds that differs from a good one in a byte.
fn check_broken(mut token: Vec<u8>, (place, byte): (u16, u8), key: &Key) {
    let place = usize::from(place) % token.len();
    if token[place] != byte {
        token[place] = byte;
        assert!(jws::verify(&token, key).is_err(), "{}", token.escape_ascii());
    }
}
