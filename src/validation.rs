//! What a verifier demands of a token beyond its MAC (RFC 7519 §4.1, RFC 8725 §3).
//!
//! In: registered claims, and the second that it is. Out: a reason for refusal, or until when the token holds.

use alloc::{string::String, vec::Vec};

use crate::{
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
    issuers: Vec<String>,
    audiences: Vec<String>,
    any_audience: bool,
    subject: Option<String>,
    leeway: u64,
    require_exp: bool,
    max_age: Option<u64>,
    max_lifetime: Option<u64>,
    typ: Typ,
    max_len: usize,
}

#[derive(Clone, Debug)]
enum Typ {
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

    pub(crate) fn len_limit(&self) -> usize {
        self.max_len
    }

    /// Judges what the header says of the payload.
    // RFC8725-2.8-1, RFC8725bis-3.11-4, RFC9068-4-1
    pub(crate) fn check_header(&self, header: &Received<'_>) -> Result<(), VerifyError> {
        let typ = header.typ.map(|typ| typ.to_cow());
        match (&self.typ, typ) {
            (Typ::Any, _) | (Typ::Jwt, None) => (),
            (Typ::Jwt, Some(typ)) if header::same_media_type(&typ, "JWT") => (),
            // RFC7515-4.1.9-2
            (Typ::Expected(expected), Some(typ)) if header::same_media_type(&typ, expected) && !expected.contains(';') => (),
            (Typ::Expected(_), None) => return Err(VerifyError::TypMissing),
            (Typ::Jwt | Typ::Expected(_), Some(_)) => return Err(VerifyError::TypMismatch),
        }
        // RFC7519-7.2-7
        match header.cty {
            Some(cty) if header::same_media_type(&cty.to_cow(), "JWT") => Err(VerifyError::Nested),
            _ => Ok(()),
        }
    }

    /// Judges the claims at the second `now`, and says from which second on this judgement no longer holds.
    pub(crate) fn check_claims(&self, claims: &Registered<'_>, now: u64) -> Result<Option<u64>, VerifyError> {
        let until = self.check_dates(claims, now)?;
        // RFC7519-2-2, RFC7519-7.3-1, RFC8725-3.8-4: exact strings.
        if !self.issuers.is_empty() {
            let iss = claims.iss.as_deref().ok_or(VerifyError::IssMissing)?;
            if !self.issuers.iter().any(|issuer| issuer == iss) {
                return Err(VerifyError::IssMismatch);
            }
        }
        // RFC7519-4.1.3-1, RFC7519-4.1.3-2, RFC8725-3.9-2, RFC8725-3.9-3, RFC9700-2.3-3
        match &claims.aud {
            _ if self.any_audience => (),
            Some(aud) if self.audiences.iter().any(|audience| aud.contains(audience)) => (),
            Some(_) if self.audiences.is_empty() => return Err(VerifyError::AudUnexpected),
            Some(_) => return Err(VerifyError::AudMismatch),
            None if self.audiences.is_empty() => (),
            None => return Err(VerifyError::AudMissing),
        }
        if let Some(subject) = &self.subject {
            let sub = claims.sub.as_deref().ok_or(VerifyError::SubMissing)?;
            if sub != subject {
                return Err(VerifyError::SubMismatch);
            }
        }
        Ok(until)
    }

    /// Dates are i64 within 2^53 and times u64: in i128 no sum of them overflows.
    fn check_dates(&self, claims: &Registered<'_>, now: u64) -> Result<Option<u64>, VerifyError> {
        let (now, leeway) = (i128::from(now), i128::from(self.leeway));
        let mut until = None;
        // RFC7519-4.1.4-1, RFC7519-4.1.4-2, RFC7519-4.1.4-3
        match claims.exp.map(|exp| i128::from(exp.floor())) {
            Some(exp) if now >= exp + leeway => return Err(VerifyError::Expired { ago: seconds(now - exp) }),
            Some(exp) => until = Some(exp + leeway),
            // RFC7519-4-3
            None if self.require_exp => return Err(VerifyError::ExpMissing),
            None => (),
        }
        // RFC7519-4.1.5-1, RFC7519-4.1.5-2, RFC7519-4.1.5-3
        if let Some(nbf) = claims.nbf.map(|nbf| i128::from(nbf.ceil()))
            && now + leeway < nbf
        {
            return Err(VerifyError::NotYetValid { within: seconds(nbf - now) });
        }
        if let Some(max_age) = self.max_age.map(i128::from) {
            let iat = claims.iat.ok_or(VerifyError::IatMissing)?;
            let age = now - i128::from(iat.floor());
            if i128::from(iat.ceil()) > now + leeway {
                return Err(VerifyError::IssuedInFuture);
            }
            if age > max_age + leeway {
                return Err(VerifyError::TooOld { age: seconds(age) });
            }
            let too_old = i128::from(iat.floor()) + max_age + leeway + 1;
            until = Some(until.map_or(too_old, |until| until.min(too_old)));
        }
        // RFC6750-5.2-10
        if let Some(max_lifetime) = self.max_lifetime {
            if claims.exp.is_none() {
                return Err(VerifyError::ExpMissing);
            }
            if claims.lives_longer_than(max_lifetime).ok_or(VerifyError::IatMissing)? {
                return Err(VerifyError::LifetimeTooLong);
            }
        }
        // A second beyond all that `now` can say never comes.
        Ok(until.and_then(|until| u64::try_from(until).ok()))
    }
}

fn seconds(seconds: i128) -> u64 {
    u64::try_from(seconds).unwrap_or(if seconds < 0 { 0 } else { u64::MAX })
}
