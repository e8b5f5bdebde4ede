//! What a verifier demands of a token beyond its MAC (RFC 7519 §4.1, RFC 8725 §3).
//!
//! In: registered claims, and the second that it is. Out: a reason for refusal, or until when the token holds.

use alloc::{string::String, vec::Vec};

use crate::{
    check::{Check, Watch},
    claims::Registered,
    error::VerifyError,
    header::{self, Received},
    jws,
};

/// The demands of a verifier. Made once, used for every token: it holds no clock and no key.
///
/// Without any demand a token has to have an `exp` that has not come, no `nbf` in the future, no `aud` (it would be meant
/// for somebody, and nobody said for whom), and a `typ` of `JWT` or none.
///
/// ```
/// use clearjwt::{Algorithm, Key, Validation};
///
/// let demands = Validation::new().issuer("joe").audience("api").leeway(5);
/// # let secret: [u8; 32] = core::array::from_fn(|i| 7 * i as u8);
/// # let key = Key::new(Algorithm::HS256, &secret)?;
/// let token = clearjwt::sign(&serde_json::json!({"iss": "joe", "aud": "api", "exp": 1300819380}), &key)?;
/// assert!(demands.verify_at::<serde_json::Value>(&token, &key, 1300819384).is_ok());
/// let refused = demands.verify_at::<serde_json::Value>(&token, &key, 1300819385).unwrap_err();
/// assert_eq!(refused.to_string(), "the token expired 5 s ago");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Validation {
    pub(crate) issuers: Vec<String>,
    pub(crate) audiences: Vec<String>,
    pub(crate) any_audience: bool,
    pub(crate) subject: Option<String>,
    pub(crate) leeway: u64,
    pub(crate) require_exp: bool,
    pub(crate) max_age: Option<u64>,
    pub(crate) max_lifetime: Option<u64>,
    pub(crate) typ: Typ,
    pub(crate) max_len: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Typ {
    Jwt,
    Expected(String),
    Any,
}

impl Default for Validation {
    fn default() -> Self {
        Validation::new()
    }
}

impl Validation {
    /// The strict defaults.
    pub fn new() -> Self {
        Validation {
            issuers: Vec::new(),
            audiences: Vec::new(),
            any_audience: false,
            subject: None,
            leeway: 0,
            require_exp: true,
            max_age: None,
            max_lifetime: None,
            typ: Typ::Jwt,
            max_len: jws::MAX_LEN,
        }
    }

    /// `iss` has to be there and equal this, or another issuer that was given: exact strings (RFC 7519 §4.1.1).
    ///
    /// With several issuers, also bind each key to its own: [`Key::for_issuer`](crate::Key::for_issuer).
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.issuers.push(issuer.into());
        self
    }

    /// `aud` has to be there and contain this, or another audience that was given: exact strings (RFC 7519 §4.1.3).
    pub fn audience(mut self, audience: &str) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Takes tokens for any audience, or none. This gives up a MUST of RFC 7519 §4.1.3: a token made for another
    /// service is taken here.
    pub fn any_audience(mut self) -> Self {
        self.any_audience = true;
        self
    }

    /// `sub` has to be there and equal this (RFC 7519 §4.1.2).
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// How many seconds the clocks may differ; 0 unless set (RFC 7519 §4.1.4: no more than a few minutes).
    pub fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// Takes tokens without `exp`, which never expire. One that has an `exp` still expires.
    pub fn allow_no_expiry(mut self) -> Self {
        self.require_exp = false;
        self
    }

    /// `iat` has to be there, not in the future, and at most this many seconds ago.
    pub fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// `iat` and `exp` have to be there, at most this many seconds apart.
    pub fn max_lifetime(mut self, seconds: u64) -> Self {
        self.max_lifetime = Some(seconds);
        self
    }

    /// `typ` has to be there and be this media type, such as `at+jwt` (RFC 8725 §3.11).
    ///
    /// Compared without case, `application/` in front optional on either side. An expected type of `JWT` protects from
    /// nothing: every token may carry it. A type with parameters (`;`) matches nothing: their values have case.
    pub fn typ(mut self, media_type: &str) -> Self {
        self.typ = Typ::Expected(media_type.into());
        self
    }

    /// Takes tokens of any `typ`: a token made for another purpose is taken here.
    pub fn any_typ(mut self) -> Self {
        self.typ = Typ::Any;
        self
    }

    /// The longest token that is taken, in bytes; 16,384 unless set.
    pub fn max_len(mut self, bytes: usize) -> Self {
        self.max_len = bytes;
        self
    }

    /// Judges what the header says of the payload.
    // RFC7519-5.1-1, RFC8725-2.8-1, RFC8725bis-3.11-4, RFC9068-4-1
    #[inline(always)]
    pub(crate) fn check_header(&self, header: &Received<'_>, watch: &mut impl Watch) -> Result<(), VerifyError> {
        let typ = match &self.typ {
            Typ::Jwt => Some(None),
            Typ::Expected(typ) => Some(Some(typ.as_str())),
            Typ::Any => None,
        };
        watch.ask(Check::Typ, typ, |expected| check_typ(header, expected))?;
        // RFC7519-7.2-7
        watch.demand(Check::Nested, !header.cty.is_some_and(|cty| header::same_media_type(&cty.to_cow(), "JWT")), VerifyError::Nested)
    }

    /// Judges the claims at the second `now`, and says from which second on this judgement no longer holds.
    #[inline(always)]
    pub(crate) fn check_claims(&self, claims: &Registered<'_>, now: u64, watch: &mut impl Watch) -> Result<Option<u64>, VerifyError> {
        // Dates are i64 within 2^53 and times u64: in i128 no sum of them overflows.
        let now = i128::from(now);
        let expires = watch.judge(Check::Expiry, self.check_exp(claims, now))?;
        watch.judge(Check::NotBefore, self.check_nbf(claims, now))?;
        let ages = watch.ask(Check::Age, self.max_age, |max_age| self.check_age(claims, now, max_age.into()))?;
        watch.ask(Check::Lifetime, self.max_lifetime, |max_lifetime| check_lifetime(claims, max_lifetime))?;
        // RFC7519-2-2, RFC7519-4.1.1-1, RFC7519-7.3-1, RFC8725-3.8-4: exact strings.
        watch.ask(Check::Issuer, (!self.issuers.is_empty()).then_some(()), |()| match claims.iss.as_deref() {
            Some(iss) if self.issuers.iter().any(|issuer| issuer == iss) => Ok(()),
            Some(_) => Err(VerifyError::IssMismatch),
            None => Err(VerifyError::IssMissing),
        })?;
        watch.ask(Check::Audience, (!self.any_audience).then_some(()), |()| self.check_aud(claims))?;
        // RFC7519-2-2, RFC7519-4.1.2-2, RFC8725-3.8-4
        watch.ask(Check::Subject, self.subject.as_deref(), |subject| match claims.sub.as_deref() {
            Some(sub) if sub == subject => Ok(()),
            Some(_) => Err(VerifyError::SubMismatch),
            None => Err(VerifyError::SubMissing),
        })?;
        let until = expires.into_iter().chain(ages).min();
        // A second beyond all that `now` can say never comes.
        Ok(until.and_then(|until| u64::try_from(until).ok()))
    }

    /// From when on the token is expired, leeway counted.
    // RFC7519-4.1.4-1, RFC7519-4.1.4-2, RFC7519-4.1.4-3
    fn check_exp(&self, claims: &Registered<'_>, now: i128) -> Result<Option<i128>, VerifyError> {
        match claims.exp.map(|exp| i128::from(exp.floor())) {
            Some(exp) if now >= exp + i128::from(self.leeway) => Err(VerifyError::Expired { ago: seconds(now - exp) }),
            Some(exp) => Ok(Some(exp + i128::from(self.leeway))),
            // RFC7519-4-3
            None if self.require_exp => Err(VerifyError::ExpMissing),
            None => Ok(None),
        }
    }

    // RFC7519-4.1.5-1, RFC7519-4.1.5-2, RFC7519-4.1.5-3
    fn check_nbf(&self, claims: &Registered<'_>, now: i128) -> Result<(), VerifyError> {
        match claims.nbf.map(|nbf| i128::from(nbf.ceil())) {
            Some(nbf) if now + i128::from(self.leeway) < nbf => Err(VerifyError::NotYetValid { within: seconds(nbf - now) }),
            _ => Ok(()),
        }
    }

    /// From when on the token is too old.
    fn check_age(&self, claims: &Registered<'_>, now: i128, max_age: i128) -> Result<i128, VerifyError> {
        let (iat, leeway) = (claims.iat.ok_or(VerifyError::IatMissing)?, i128::from(self.leeway));
        if i128::from(iat.ceil()) > now + leeway {
            return Err(VerifyError::IssuedInFuture);
        }
        let age = now - i128::from(iat.floor());
        if age > max_age + leeway { Err(VerifyError::TooOld { age: seconds(age) }) } else { Ok(i128::from(iat.floor()) + max_age + leeway + 1) }
    }

    // RFC7519-4.1.3-1, RFC7519-4.1.3-2, RFC8725-3.9-2, RFC8725-3.9-3, RFC8725bis-3.9-2, RFC9700-2.3-3
    fn check_aud(&self, claims: &Registered<'_>) -> Result<(), VerifyError> {
        match &claims.aud {
            Some(aud) if self.audiences.iter().any(|audience| aud.contains(audience)) => Ok(()),
            Some(_) if self.audiences.is_empty() => Err(VerifyError::AudUnexpected),
            Some(_) => Err(VerifyError::AudMismatch),
            None if self.audiences.is_empty() => Ok(()),
            None => Err(VerifyError::AudMissing),
        }
    }
}

/// Judges `typ`; without an expected type it may be `JWT` or absent.
#[inline]
fn check_typ(header: &Received<'_>, expected: Option<&str>) -> Result<(), VerifyError> {
    match (header.typ, expected) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(VerifyError::TypMissing),
        // RFC7515-4.1.9-2: parameters have case, and no type with them matches.
        (Some(typ), _) => {
            let expected = expected.unwrap_or("JWT");
            let same = (typ.is(expected) || header::same_media_type(&typ.to_cow(), expected)) && !expected.contains(';');
            if same { Ok(()) } else { Err(VerifyError::TypMismatch) }
        }
    }
}

// RFC6750-5.2-10
fn check_lifetime(claims: &Registered<'_>, max_lifetime: u64) -> Result<(), VerifyError> {
    if claims.exp.is_none() {
        return Err(VerifyError::ExpMissing);
    }
    if claims.lives_longer_than(max_lifetime).ok_or(VerifyError::IatMissing)? { Err(VerifyError::LifetimeTooLong) } else { Ok(()) }
}

/// A number of seconds that is not negative.
fn seconds(seconds: i128) -> u64 {
    u64::try_from(seconds).unwrap_or(u64::MAX)
}
