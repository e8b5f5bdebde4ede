//! The registered claims (RFC 7519 §4.1) and their dates.
//!
//! In: a payload. Out: its registered claims, each of the right type. What they have to say is for the next stage.

use alloc::borrow::Cow;
use core::cmp::Ordering;

use crate::{
    check::{Check, Watch},
    error::{JsonError, Part, SignError, VerifyError},
    json::{self, Decimal, Number, Text, Value},
};

/// The greatest distance of a date from 1970, in seconds (RFC7493-2.2-2).
pub(crate) const MAX_SECONDS: i64 = (1 << 53) - 1;

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
    pub(crate) fn read(number: Number<'_>) -> Option<Self> {
        // Nearly every date.
        if let Some(seconds) = number.short {
            return Some(NumericDate { floor: seconds as i64, whole: true });
        }
        let decimal = Decimal::read(number.text);
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
                json::elements(array, &mut |value| any = any || matches!(value, Value::String(text) if found(text)));
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
    Claim(&'static str, Fault),
}

/// What can be wrong with a registered claim by itself.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    Type,
    Range,
}

impl From<ClaimsError> for VerifyError {
    fn from(error: ClaimsError) -> Self {
        match error {
            ClaimsError::Json(error) => VerifyError::Json { part: Part::Payload, error },
            ClaimsError::Claim(claim, Fault::Type) => VerifyError::ClaimType { claim },
            ClaimsError::Claim(claim, Fault::Range) => VerifyError::ClaimRange { claim },
        }
    }
}

impl From<ClaimsError> for SignError {
    fn from(error: ClaimsError) -> Self {
        match error {
            ClaimsError::Json(error) => SignError::Json(error),
            ClaimsError::Claim(claim, Fault::Type) => SignError::ClaimType { claim },
            ClaimsError::Claim(claim, Fault::Range) => SignError::ClaimRange { claim },
        }
    }
}

impl<'a> Registered<'a> {
    /// Checks that the payload is one strict JSON object and reads its registered claims.
    pub(crate) fn read(payload: &'a [u8]) -> Result<Self, ClaimsError> {
        let mut claims = Registered::default();
        let faults = claims.scan(payload).map_err(ClaimsError::Json)?;
        match TYPES.iter().zip(faults).find_map(|((_, name), fault)| Some(ClaimsError::Claim(name, fault?))) {
            None => Ok(claims),
            Some(error) => Err(error),
        }
    }

    /// The same for a payload that was received, in place.
    #[inline(always)]
    pub(crate) fn verify(&mut self, payload: &'a [u8], watch: &mut impl Watch) -> Result<(), VerifyError> {
        // RFC7519-7.2-9
        let faults = watch.judge(Check::PayloadJson, self.scan(payload).map_err(|error| ClaimsError::Json(error).into()))?;
        for ((check, name), fault) in TYPES.iter().zip(&faults) {
            watch.judge(*check, fault.map_or(Ok(()), |fault| Err(ClaimsError::Claim(name, fault).into())))?;
        }
        Ok(())
    }

    /// Reads an object, and says what is wrong with its registered claims, in the order of [`TYPES`].
    // RFC7519-4-2, RFC7519-4-4, RFC7519-11-1, RFC7493-4.2-1
    #[inline]
    fn scan(&mut self, payload: &'a [u8]) -> Result<[Option<Fault>; TYPES.len()], JsonError> {
        let mut faults = [None; TYPES.len()];
        json::members(payload, &mut |name, value| {
            if let Some(fault) = TYPES.iter().zip(&mut faults).find_map(|((_, claim), fault)| name.is(claim).then_some(fault)) {
                *fault = self.note(name, value).err();
            }
        })?;
        Ok(faults)
    }

    /// Whether a claim is registered.
    #[inline]
    pub(crate) fn holds(name: Text<'_>) -> bool {
        TYPES.iter().any(|(_, claim)| name.is(claim))
    }

    /// Takes a claim, if it is registered.
    pub(crate) fn note(&mut self, name: Text<'_>, value: Value<'a>) -> Result<(), Fault> {
        match &*name.to_cow() {
            "exp" => date(value).map(|(date, number)| (self.exp, self.exp_number) = (Some(date), number)),
            "nbf" => date(value).map(|(date, _)| self.nbf = Some(date)),
            "iat" => date(value).map(|(date, number)| (self.iat, self.iat_number) = (Some(date), number)),
            "iss" => string(value).map(|text| self.iss = Some(text)),
            "sub" => string(value).map(|text| self.sub = Some(text)),
            "aud" => audience(value).map(|audience| self.aud = Some(audience)),
            "jti" => string(value).map(|text| self.jti = Some(text)),
            _ => Ok(()),
        }
    }

    /// Whether from `iat` to `exp` is longer than `seconds`; `None` if one of them is missing.
    ///
    /// Decided on the exact decimals: whole seconds first, then what is left of the seconds begun.
    pub(crate) fn lives_longer_than(&self, seconds: u64) -> Option<bool> {
        let (exp, iat) = (self.exp?, self.iat?);
        let excess = i128::from(exp.floor) - i128::from(iat.floor) - i128::from(seconds);
        let rest = || compare_rests(&Decimal::read(self.exp_number), &Decimal::read(self.iat_number));
        Some(excess > 0 || excess == 0 && rest().is_gt())
    }
}

/// What is checked of the registered claims by themselves.
const TYPES: [(Check, &str); 7] = [
    (Check::ExpType, "exp"),
    (Check::NbfType, "nbf"),
    (Check::IatType, "iat"),
    (Check::IssType, "iss"),
    (Check::SubType, "sub"),
    (Check::AudType, "aud"),
    (Check::JtiType, "jti"),
];

/// Compares what two numbers are more than their floors.
fn compare_rests(a: &Decimal<'_>, b: &Decimal<'_>) -> Ordering {
    match (Fraction::of(a), Fraction::of(b)) {
        (None, None) => Ordering::Equal,
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (Some(a), Some(b)) => {
            // The same sign: places where both have a zero say nothing, and there can be very many.
            let start = if a.decimal.negative == b.decimal.negative { a.zeros().min(b.zeros()) } else { 0 };
            let mut places = start..=a.last.max(b.last);
            places.find_map(|place| Some(a.rest(place).cmp(&b.rest(place))).filter(|order| order.is_ne())).unwrap_or(Ordering::Equal)
        }
    }
}

/// What stands behind the point of a number, if it is not zero.
struct Fraction<'a> {
    decimal: &'a Decimal<'a>,
    /// The last place that is not zero, counted from the point.
    last: i64,
}

impl<'a> Fraction<'a> {
    fn of(decimal: &'a Decimal<'a>) -> Option<Self> {
        let index = (0..decimal.len()).rev().find(|index| decimal.digit(*index) != 0)?;
        let last = index as i64 - decimal.point;
        (last >= 0).then_some(Fraction { decimal, last })
    }

    /// How many zeros follow the point.
    fn zeros(&self) -> i64 {
        (-self.decimal.point).max(0)
    }

    fn digit(&self, place: i64) -> u8 {
        usize::try_from(self.decimal.point + place).map_or(0, |index| self.decimal.digit(index))
    }

    /// A digit of what the number is more than its floor. Below zero that is 1 less the fraction:
    /// each digit taken from 9, the last from 10.
    fn rest(&self, place: i64) -> u8 {
        match (self.decimal.negative, place.cmp(&self.last)) {
            (false, _) => self.digit(place),
            (true, Ordering::Less) => 9 - self.digit(place),
            (true, Ordering::Equal) => 10 - self.digit(place),
            (true, Ordering::Greater) => 0,
        }
    }
}

// RFC7519-4.1.4-4, RFC7519-4.1.5-4, RFC7519-4.1.6-1
fn date(value: Value<'_>) -> Result<(NumericDate, &str), Fault> {
    match value {
        Value::Number(number) => NumericDate::read(number).map(|date| (date, number.text)).ok_or(Fault::Range),
        _ => Err(Fault::Type),
    }
}

// RFC7519-4.1.1-1, RFC7519-4.1.2-2, RFC7519-4.1.7-3
fn string(value: Value<'_>) -> Result<Cow<'_, str>, Fault> {
    match value {
        Value::String(text) => Ok(text.to_cow()),
        _ => Err(Fault::Type),
    }
}

// RFC7519-4.1.3-3, RFC7519-4.1.3-4
fn audience(value: Value<'_>) -> Result<Audience<'_>, Fault> {
    match value {
        Value::String(text) => Ok(Audience(Strings::One(text))),
        Value::Array(array) => {
            let mut strings = true;
            json::elements(array, &mut |value| strings &= matches!(value, Value::String(_)));
            if strings { Ok(Audience(Strings::Array(array))) } else { Err(Fault::Type) }
        }
        _ => Err(Fault::Type),
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::String};

    use super::*;

    /// `hundredths` as a decimal, written in one of several ways.
    fn write(hundredths: i64, way: usize) -> String {
        let (sign, whole, rest) = (if hundredths < 0 { "-" } else { "" }, hundredths.abs() / 100, hundredths.abs() % 100);
        match way {
            0 => format!("{sign}{whole}.{rest:02}"),
            1 => format!("{hundredths}e-2"),
            _ => format!("{sign}0.0000{:03}e+5", hundredths.abs()),
        }
    }

    fn longer(payload: &str, seconds: u64) -> Option<bool> {
        Registered::read(payload.as_bytes()).ok()?.lives_longer_than(seconds)
    }

    #[test]
    fn a_claim_that_is_not_registered_is_not_taken() {
        let mut claims = Registered::default();
        assert!(claims.note(Text::plain("exp "), Value::Literal("null")).is_ok());
        assert!(claims.note(Text::plain("exp"), Value::Literal("null")).is_err());
        assert_eq!(claims.exp, None);
    }

    #[test]
    fn a_lifetime_is_compared_exactly_on_both_sides_of_1970() {
        for exp in (-230_i64..230).step_by(7) {
            for iat in (-230_i64..230).step_by(3) {
                for seconds in 0..4 {
                    let way = (exp + iat).unsigned_abs() as usize % 3;
                    let payload = format!(r#"{{"exp":{},"iat":{}}}"#, write(exp, way), write(iat, (way + seconds) % 3));
                    assert_eq!(longer(&payload, seconds as u64), Some(exp - iat > 100 * seconds as i64), "{payload} {seconds}");
                }
            }
        }
    }

    #[test]
    fn a_fraction_far_behind_the_point_costs_no_time() {
        let (near, far) = ("1e-999999999999", "1e-999999999998");
        for (exp, iat, longer) in [(near, far, false), (far, near, true), (far, "0", true), ("0", far, false), (far, "-0.0", true)] {
            for (exp, iat, longer) in [(String::from(exp), String::from(iat), longer), (format!("-{iat}"), format!("-{exp}"), longer)] {
                let payload = format!(r#"{{"exp":{exp},"iat":{iat}}}"#).replace("--", "");
                assert_eq!(self::longer(&payload, 0), Some(longer), "{payload}");
            }
        }
        for (exp, iat) in [("0.5", "-1e-999999999999"), ("-1e-999999999999", "-1.5"), ("-1e-999999999999", "-0.9999"), ("0.9999", "-1e-9999999999999")] {
            let payload = format!(r#"{{"exp":{exp},"iat":{iat}}}"#);
            assert_eq!(longer(&payload, 0), Some(true), "{payload}");
        }
    }
}
