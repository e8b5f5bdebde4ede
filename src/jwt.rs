//! JSON Web Tokens (RFC 7519 §7): claims in, token out, and back.
//!
//! Here the stages come together. Nothing is decided here that has a stage of its own.

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde_core::{
    Serialize,
    de::{Deserialize, DeserializeOwned},
};

use crate::{
    base64url,
    check::Watch,
    claims::Registered,
    error::{SignError, VerifyError},
    header::{self, Header},
    json_read,
    json_write::{self, Form},
    jws::{self, Segments},
    key::Key,
    validation::Validation,
};

/// Makes a token from claims: anything that serializes to a JSON object.
///
/// The header is `alg`, `typ: JWT` and, if the key has an id, `kid`. The output for given claims and key is always the
/// same. A token longer than 16,384 bytes can be made; verifiers take it only with a higher limit.
///
/// # Errors
/// Claims that a verifier would refuse for their form: no object, two members of one name, a registered claim of the
/// wrong type, NaN or infinity. And a key that may not sign, or that is bound to another issuer.
///
/// ```
/// # use clearjwt::{Algorithm, Key};
/// let key = Key::weak(Algorithm::HS256, b"mysecretkey")?;
/// let token = clearjwt::sign(&serde_json::json!({"user_id": 1234}), &key)?;
/// assert_eq!(token, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjoxMjM0fQ.8-m-umfgxwtoy4oHhbWCkCFPlveY7UGBuI7uiuT6u4Q");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sign<C: Serialize + ?Sized>(claims: &C, key: &Key) -> Result<String, SignError> {
    // Most tokens fit, and allocators have it among their small blocks.
    let mut token = Vec::with_capacity(1008);
    sign_into(claims, key, &mut token)?;
    jws::into_text(token)
}

/// Appends a token to a buffer: [`sign`] without an allocation of its own while the buffer has room.
///
/// # Errors
/// As [`sign`]; the buffer is then as long as before.
pub fn sign_into<C: Serialize + ?Sized>(claims: &C, key: &Key, buffer: &mut Vec<u8>) -> Result<(), SignError> {
    let start = buffer.len();
    buffer.extend_from_slice(key.header_segment());
    append_payload(claims, key, buffer, start)
}

/// Makes a token with a header of one's own: another `typ`, further members.
///
/// # Errors
/// As [`sign`]; and a header that holds `alg`, `crit` or `b64` among its further members, or that says the payload is a JWT.
///
/// ```
/// # use clearjwt::{Algorithm, Header, Key, Validation};
/// # let secret: [u8; 32] = core::array::from_fn(|i| 7 * i as u8);
/// # let key = Key::new(Algorithm::HS256, &secret)?;
/// let header = Header { typ: Some("at+jwt".into()), ..Header::default() };
/// let token = clearjwt::sign_with(&header, &serde_json::json!({"exp": 4102444800u64}), &key)?;
/// assert!(Validation::new().typ("at+jwt").verify_at::<serde_json::Value>(&token, &key, 1300819380).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sign_with<C: Serialize + ?Sized>(header: &Header, claims: &C, key: &Key) -> Result<String, SignError> {
    if header.cty.as_deref().is_some_and(|cty| header::same_media_type(cty, "JWT")) {
        return Err(SignError::Nested);
    }
    let mut token = Vec::new();
    base64url::encode_into(&header.write(key)?, &mut token);
    append_payload(claims, key, &mut token, 0)?;
    jws::into_text(token)
}

/// Appends a dot, the claims, a dot and the MAC to a header segment that begins at `start`.
// RFC7519-7.1-2
fn append_payload<C: Serialize + ?Sized>(claims: &C, key: &Key, buffer: &mut Vec<u8>, start: usize) -> Result<(), SignError> {
    buffer.push(b'.');
    let payload = buffer.len();
    let result = write_claims(claims, key, buffer, payload).and_then(|()| {
        base64url::encode_in_place(buffer, payload);
        jws::seal(key, buffer, start)
    });
    if result.is_err() {
        buffer.truncate(start);
    }
    result
}

/// Appends the JSON of claims at `payload`. What verify would refuse is not made (RFC7515-10.12-2, RFC7519-4-1, RFC7519-7.1-1).
fn write_claims<C: Serialize + ?Sized>(claims: &C, key: &Key, buffer: &mut Vec<u8>, payload: usize) -> Result<(), SignError> {
    match json_write::append(claims, key.issuer(), buffer)? {
        Form::ClaimsSet => Ok(()),
        Form::Doubtful => check_claims(buffer.get(payload..).unwrap_or_default(), key),
    }
}

fn check_claims(payload: &[u8], key: &Key) -> Result<(), SignError> {
    let claims = Registered::read(payload)?;
    // RFC8725-3.8-1
    if key.issuer().is_some_and(|issuer| claims.iss.as_deref() != Some(issuer)) { Err(SignError::KeyIssuer) } else { Ok(()) }
}

impl Validation {
    /// Verifies a token now: [`Validation::verify_at`] by the system clock, which this method reads.
    ///
    /// # Errors
    /// See [`VerifyError`].
    #[cfg(feature = "std")]
    pub fn verify<C: DeserializeOwned>(&self, token: impl AsRef<[u8]>, keys: impl AsRef<[Key]>) -> Result<Verified<C>, VerifyError> {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        self.verify_at(token, keys, since.map_err(|_| VerifyError::Clock)?.as_secs())
    }

    /// Verifies a token at the second `now`, counted from 1970-01-01T00:00:00Z, and gives out its claims as a `C`.
    ///
    /// `keys` is a key, a list of them or a [`KeySet`](crate::jwk::KeySet). A key with an id is tried only on tokens that
    /// name it, a key bound to an issuer holds only for tokens of that issuer, a key with neither is tried on every token.
    ///
    /// # Errors
    /// The first reason for refusal, in the order of the stages. Claims that do not fit `C` are refused too.
    ///
    /// `C` is read while the payload is checked, so its own code can run for a token that is refused then, and once more if a doubt is
    /// left; what it does with an error of the text changes no verdict.
    pub fn verify_at<C: DeserializeOwned>(&self, token: impl AsRef<[u8]>, keys: impl AsRef<[Key]>, now: u64) -> Result<Verified<C>, VerifyError> {
        let keys = keys.as_ref();
        let mut jws = jws::Verified::empty();
        let found = self.open(token.as_ref(), keys, &mut jws, &mut ())?;
        // Nearly every payload is seen to be a claims set while it is read, which saves a second reading: an eighth of the time of a
        // small token. The others are checked first, then read.
        let mut registered = Registered::default();
        let claims = core::str::from_utf8(jws.payload()).ok().and_then(|payload| json_read::claims(payload, &mut registered));
        let judged = if claims.is_some() { self.judge(&jws, found, &registered, now, &mut ()) } else { self.check(&jws, found, now, &mut ()) };
        let (key, valid_until) = judged?;
        jws.by(key);
        let claims = claims.map_or_else(|| read_claims(jws.payload()), Ok)?;
        Ok(Verified { jws, valid_until, claims })
    }

    /// Verifies a token as [`Validation::verify_at`] does, and leaves its claims as they are: to read only the registered
    /// ones, or to borrow the others with [`Verified::claims_as`].
    ///
    /// # Errors
    /// As [`Validation::verify_at`].
    pub fn check_at(&self, token: impl AsRef<[u8]>, keys: impl AsRef<[Key]>, now: u64) -> Result<Verified<()>, VerifyError> {
        self.watched(token.as_ref(), keys.as_ref(), now, &mut ())
    }

    /// The one verification that there is. [`Validation::verify_at`] only knows of some payloads what `check` would find first.
    // RFC7519-7.2-1
    #[inline(always)]
    pub(crate) fn watched(&self, token: &[u8], keys: &[Key], now: u64, watch: &mut impl Watch) -> Result<Verified<()>, VerifyError> {
        let mut jws = jws::Verified::empty();
        let found = self.open(token, keys, &mut jws, watch)?;
        let (key, valid_until) = self.check(&jws, found, now, watch)?;
        jws.by(key);
        Ok(Verified { jws, valid_until, claims: () })
    }

    /// The JWS, and what the header says of the payload. Gives the key that was found, and the keys after it.
    fn open<'k>(&self, token: &'k [u8], keys: &'k [Key], jws: &mut jws::Verified, watch: &mut impl Watch) -> Result<Found<'k>, VerifyError> {
        Segments::take(token, self.max_len, keys, watch, |segments, text, watch| {
            let header = text.read(watch)?;
            let (key, rest) = segments.find_key(&header, keys, watch)?;
            self.check_header(&header, watch)?;
            // RFC7519-11.1-1: the MAC held.
            segments.open(text, jws, watch)?;
            Ok(Found { token: segments, key, rest })
        })
    }

    /// The payload: a claims set, and one that holds.
    fn check<'k>(&self, jws: &jws::Verified, found: Found<'k>, now: u64, watch: &mut impl Watch) -> Result<(&'k Key, Option<u64>), VerifyError> {
        let mut claims = Registered::default();
        claims.verify(jws.payload(), watch)?;
        self.judge(jws, found, &claims, now, watch)
    }

    /// The claims of a claims set: the key that holds for them, and until when they hold.
    fn judge<'k>(
        &self,
        jws: &jws::Verified,
        found: Found<'k>,
        claims: &Registered<'_>,
        now: u64,
        watch: &mut impl Watch,
    ) -> Result<(&'k Key, Option<u64>), VerifyError> {
        let key = found.token.key_of_issuer(jws.header_json(), found.key, found.rest, claims.iss.as_deref(), watch)?;
        Ok((key, self.check_claims(claims, now, watch)?))
    }
}

/// A key whose MAC holds for a token, and the keys after it.
struct Found<'k> {
    token: Segments<'k>,
    key: &'k Key,
    rest: &'k [Key],
}

/// A token that held: its MAC, its form and every demand. It is the only way to claims.
pub struct Verified<C> {
    jws: jws::Verified,
    valid_until: Option<u64>,
    claims: C,
}

impl<C> Verified<C> {
    /// The claims.
    pub fn claims(&self) -> &C {
        &self.claims
    }

    /// The claims, without the rest.
    pub fn into_claims(self) -> C {
        self.claims
    }

    /// The registered claims, whatever `C` holds of them. They are read anew at each call.
    pub fn registered(&self) -> Registered<'_> {
        // Cannot fail: the same text was checked when the token was.
        Registered::read(self.payload()).unwrap_or_default()
    }

    /// The claims as another type, which may borrow from the payload.
    ///
    /// They are read as `serde_json` reads them. Types that only `serde_json` itself can fill, such as its `RawValue`, it reads
    /// from [`Verified::payload`].
    ///
    /// # Errors
    /// [`VerifyError::ClaimsShape`] if they do not fit.
    pub fn claims_as<'a, T: Deserialize<'a>>(&'a self) -> Result<T, VerifyError> {
        read_claims(self.payload())
    }

    /// The payload: the JSON text of the claims, as it was signed.
    pub fn payload(&self) -> &[u8] {
        self.jws.payload()
    }

    /// The header. It is read anew at each call.
    pub fn header(&self) -> Header {
        self.jws.header()
    }

    /// The id of the key that verified the token; `None` if that key has no id.
    pub fn key_id(&self) -> Option<&str> {
        self.jws.key_id()
    }

    /// The first second, counted from 1970, at which the same demands would refuse the token; `None` if that never comes.
    pub fn valid_until(&self) -> Option<u64> {
        self.valid_until
    }
}

/// Reads a payload that was checked.
fn read_claims<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Result<T, VerifyError> {
    // Cannot fail: the same text was checked when the token was.
    let payload = core::str::from_utf8(payload).unwrap_or_default();
    json_read::read(payload).map_err(|at| {
        let before = payload.as_bytes().get(..at).unwrap_or_default();
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
        VerifyError::ClaimsShape { line: 1 + before.iter().filter(|byte| **byte == b'\n').count(), column }
    })
}

// What the claims show is the business of their own `Debug`.
impl<C: fmt::Debug> fmt::Debug for Verified<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("claims", &self.claims).field("key_id", &self.key_id()).field("valid_until", &self.valid_until).finish_non_exhaustive()
    }
}
