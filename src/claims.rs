//! The registered claims (RFC 7519 §4.1) and their dates.
//!
//! In: a payload. Out: its registered claims, each of the right type. What they have to say is for the next stage.

use alloc::borrow::Cow;
use core::cmp::Ordering;

use crate::{
    error::{JsonError, SignError, VerifyError},
    json::{self, Decimal, Text, Value},
};

/// The greatest distance of a date from 1970, in seconds (RFC7493-2.2-2).
const MAX_SECONDS: i64 = (1 << 53) - 1;

/// A date: seconds since 1970-01-01T00:00:00Z, ignoring leap seconds (RFC 7519 §2, NumericDate).
///
/// A fraction is kept as "between two seconds": who asks says which way to round, and it is never in the token's favour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumericDate {
    floor: i64,
    whole: bool,
}

impl NumericDate {
    /// The last whole second that is not after the date.
    pub fn floor(self) -> i64 {
        self.floor
    }

    /// The first whole second that is not before the date.
    pub fn ceil(self) -> i64 {
        if self.whole { self.floor } else { self.floor.saturating_add(1) }
    }

    // RFC7519-2-3: any JSON number, decided on its digits.
    fn read(number: &str) -> Option<Self> {
        // Nearly every date: digits only, and too few of them to be out of range.
        if let Ok(seconds) = number.parse::<u32>() {
            return Some(NumericDate { floor: seconds.into(), whole: true });
        }
        let decimal = Decimal::read(number);
        if decimal.len() == 0 {
            return Some(NumericDate { floor: 0, whole: true });
        }
        // 2^53 has sixteen digits.
        if decimal.point > 16 {
            return None;
        }
        let integer_len = usize::try_from(decimal.point).unwrap_or(0);
        let integer = (0..integer_len).fold(0, |value, index| value * 10 + i64::from(decimal.digit(index)));
        let whole = decimal.point >= 0 && (integer_len..decimal.len()).all(|index| decimal.digit(index) == 0);
        if integer > MAX_SECONDS || integer == MAX_SECONDS && !whole {
            return None;
        }
        let floor = if decimal.negative { -integer - i64::from(!whole) } else { integer };
        Some(NumericDate { floor, whole })
    }
}

/// The registered claims of a verified token, under their names in RFC 7519 §4.1.
///
/// What a claim says is authentic. Only what the [`Validation`](crate::Validation) demanded has been compared.
#[derive(Clone, Debug, Default)]
pub struct Registered<'a> {
    /// Who issued the token.
    pub iss: Option<Cow<'a, str>>,
    /// Whom the token is about.
    pub sub: Option<Cow<'a, str>>,
    /// Whom the token is meant for.
    pub aud: Option<Audience<'a>>,
    /// From this second on the token is refused.
    pub exp: Option<NumericDate>,
    /// Before this second the token is refused.
    pub nbf: Option<NumericDate>,
    /// When the token was issued.
    pub iat: Option<NumericDate>,
    /// The id of the token. Whoever wants each token used once has to remember these (RFC 7515 §10.10).
    pub jti: Option<Cow<'a, str>>,
    /// `exp` and `iat` as they are written.
    exp_number: &'a str,
    iat_number: &'a str,
}

/// The `aud` claim: one audience or several (RFC 7519 §4.1.3).
#[derive(Clone, Copy)]
pub struct Audience<'a>(Strings<'a>);

#[derive(Clone, Copy)]
enum Strings<'a> {
    One(Text<'a>),
    Array(&'a str),
}

impl<'a> Audience<'a> {
    /// Whether `name` is one of them, compared as an exact string (RFC 7519 §2).
    pub fn contains(&self, name: &str) -> bool {
        self.any(&mut |text| text.is(name))
    }

    /// The audiences, in their order.
    pub fn to_vec(&self) -> alloc::vec::Vec<Cow<'a, str>> {
        let mut all = alloc::vec::Vec::new();
        self.any(&mut |text| {
            all.push(text.to_cow());
            false
        });
        all
    }

    fn any(&self, found: &mut dyn FnMut(Text<'a>) -> bool) -> bool {
        match self.0 {
            Strings::One(text) => found(text),
            Strings::Array(array) => {
                let mut any = false;
                json::elements(array, &mut |value| {
                    if let Value::String(text) = value {
                        any = any || found(text);
                    }
                });
                any
            }
        }
    }
}

impl core::fmt::Debug for Audience<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.to_vec()).finish()
    }
}

/// Why a payload is no claims set.
pub(crate) enum ClaimsError {
    Json(JsonError),
    Type(&'static str),
    Range(&'static str),
}

impl From<ClaimsError> for VerifyError {
    fn from(error: ClaimsError) -> Self {
        match error {
            ClaimsError::Json(error) => VerifyError::Json { part: crate::Part::Payload, error },
            ClaimsError::Type(claim) => VerifyError::ClaimType { claim },
            ClaimsError::Range(claim) => VerifyError::ClaimRange { claim },
        }
    }
}

impl From<ClaimsError> for SignError {
    fn from(error: ClaimsError) -> Self {
        match error {
            ClaimsError::Json(error) => SignError::Json(error),
            ClaimsError::Type(claim) => SignError::ClaimType { claim },
            ClaimsError::Range(claim) => SignError::ClaimRange { claim },
        }
    }
}

impl<'a> Registered<'a> {
    /// Checks that the payload is one strict JSON object and reads its registered claims.
    // RFC7519-4-2, RFC7519-4-4, RFC7519-7.2-9
    pub(crate) fn read(payload: &'a [u8]) -> Result<Self, ClaimsError> {
        let mut claims = Registered::default();
        // The grammar comes first: a wrong claim counts only in a right object.
        let mut wrong = None;
        json::members(payload, &mut |name, value| {
            let result = match &*name.to_cow() {
                "exp" => date("exp", value).map(|(date, number)| (claims.exp, claims.exp_number) = (Some(date), number)),
                "nbf" => date("nbf", value).map(|(date, _)| claims.nbf = Some(date)),
                "iat" => date("iat", value).map(|(date, number)| (claims.iat, claims.iat_number) = (Some(date), number)),
                "iss" => string("iss", value).map(|text| claims.iss = Some(text)),
                "sub" => string("sub", value).map(|text| claims.sub = Some(text)),
                "jti" => string("jti", value).map(|text| claims.jti = Some(text)),
                "aud" => audience(value).map(|audience| claims.aud = Some(audience)),
                _ => Ok(()),
            };
            if let Err(error) = result {
                wrong.get_or_insert(error);
            }
        })
        .map_err(ClaimsError::Json)?;
        match wrong {
            None => Ok(claims),
            Some(error) => Err(error),
        }
    }

    /// Whether from `iat` to `exp` is longer than `seconds`; `None` if one of them is missing.
    ///
    /// Decided on the exact decimals. Dates before 1970 with a fraction are rounded apart.
    pub(crate) fn lives_longer_than(&self, seconds: u64) -> Option<bool> {
        let (exp, iat) = (self.exp?, self.iat?);
        if exp.floor < 0 || iat.floor < 0 {
            return Some(i128::from(exp.ceil()) - i128::from(iat.floor) > i128::from(seconds));
        }
        let excess = i128::from(exp.floor) - i128::from(iat.floor) - i128::from(seconds);
        Some(excess > 0 || excess == 0 && compare_fractions(&Decimal::read(self.exp_number), &Decimal::read(self.iat_number)).is_gt())
    }
}

/// Compares what stands behind the decimal points of two positive numbers.
fn compare_fractions(a: &Decimal<'_>, b: &Decimal<'_>) -> Ordering {
    /// The first digit behind the point that is not zero: its distance from the point, and its index.
    fn first(decimal: &Decimal<'_>) -> Option<(i64, usize)> {
        let start = usize::try_from(decimal.point).unwrap_or(0);
        let index = (start..decimal.len()).find(|index| decimal.digit(*index) != 0)?;
        Some((index as i64 - decimal.point, index))
    }
    match (first(a), first(b)) {
        (None, None) => Ordering::Equal,
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (Some((far_a, from_a)), Some((far_b, from_b))) => far_b.cmp(&far_a).then_with(|| {
            let length = (a.len() - from_a).max(b.len() - from_b);
            let digits_a = (0..length).map(|index| a.digit(from_a + index));
            digits_a.cmp((0..length).map(|index| b.digit(from_b + index)))
        }),
    }
}

// RFC7519-4.1.4-4, RFC7519-4.1.5-4, RFC7519-4.1.6-1
fn date<'a>(claim: &'static str, value: Value<'a>) -> Result<(NumericDate, &'a str), ClaimsError> {
    match value {
        Value::Number(number) => NumericDate::read(number).map(|date| (date, number)).ok_or(ClaimsError::Range(claim)),
        _ => Err(ClaimsError::Type(claim)),
    }
}

// RFC7519-4.1.1-1, RFC7519-4.1.2-2, RFC7519-4.1.7-3
fn string<'a>(claim: &'static str, value: Value<'a>) -> Result<Cow<'a, str>, ClaimsError> {
    match value {
        Value::String(text) => Ok(text.to_cow()),
        _ => Err(ClaimsError::Type(claim)),
    }
}

// RFC7519-4.1.3-3, RFC7519-4.1.3-4
fn audience<'a>(value: Value<'a>) -> Result<Audience<'a>, ClaimsError> {
    match value {
        Value::String(text) => Ok(Audience(Strings::One(text))),
        Value::Array(array) => {
            let mut strings = true;
            json::elements(array, &mut |value| strings &= matches!(value, Value::String(_)));
            if strings { Ok(Audience(Strings::Array(array))) } else { Err(ClaimsError::Type("aud")) }
        }
        _ => Err(ClaimsError::Type("aud")),
    }
}
