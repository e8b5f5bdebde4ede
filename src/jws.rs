//! The compact serialization (RFC 7515 §3.1, §5): signing any octets, and checking the MAC over them.
//!
//! In: a token and keys. Out: the octets that one of the keys signed. Nothing of the payload is decoded before the
//! MAC holds, and the MAC is taken over the received text, which is never written again.

use alloc::{string::String, vec::Vec};
use core::{fmt, ops::Range};

use memchr::memchr;

use crate::{
    base64url,
    check::{Check, Watch},
    error::{Part, SignError, VerifyError},
    header::{self, Header, HeaderText, Received},
    json::Text,
    key::{Algorithm, Key},
};

/// The longest token that is taken unless another limit is set, in bytes.
pub const MAX_LEN: usize = 16_384;

/// Signs any octets (RFC 7515 §5.1): header, dot, payload, dot, MAC, each in base64url.
///
/// For claims there is [`crate::sign`]. A default header has only `alg`, and `kid` if the key has an id.
///
/// # Errors
/// A header that a verifier would refuse, a key that may not sign, or one that is bound to an issuer.
///
/// ```
/// # use clearjwt::{Algorithm, Header, Key, jws};
/// # let secret: [u8; 32] = core::array::from_fn(|i| 7 * i as u8);
/// let key = Key::new(Algorithm::HS256, &secret)?;
/// let token = jws::sign(b"any bytes \xff", &Header::default(), &key)?;
/// assert_eq!(jws::verify(&token, &key)?.payload(), b"any bytes \xff");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sign(payload: impl AsRef<[u8]>, header: &Header, key: &Key) -> Result<String, SignError> {
    // RFC8725-3.8-1: without claims there is no issuer to compare, and `verify` would refuse the token.
    if key.issuer().is_some() {
        return Err(SignError::KeyIssuer);
    }
    let json = header.write(key)?;
    let payload = payload.as_ref();
    let mut token = Vec::with_capacity(base64url::encoded_len(json.len()) + base64url::encoded_len(payload.len()) + 88);
    base64url::encode_into(&json, &mut token);
    token.push(b'.');
    base64url::encode_into(payload, &mut token);
    seal(key, &mut token, 0)?;
    into_text(token)
}

/// Completes a token: all of `buffer` from `start` on is the signing input.
pub(crate) fn seal(key: &Key, buffer: &mut Vec<u8>, start: usize) -> Result<(), SignError> {
    // RFC7517-4.3-6
    if !key.can_sign() {
        return Err(SignError::KeyUse);
    }
    key.append_mac(buffer, start);
    Ok(())
}

/// A token is ASCII, so the error is for the types only.
pub(crate) fn into_text(token: Vec<u8>) -> Result<String, SignError> {
    String::from_utf8(token).map_err(|_| SignError::Serialize)
}

/// Checks a token and gives out the octets that it carries: rules for JWS, none for claims.
///
/// `keys` is a key, a list of them or a [`KeySet`](crate::jwk::KeySet). A key with an id is tried only on tokens that
/// name it; a key without is tried on every token. A key bound to an issuer verifies nothing here: only claims name one.
///
/// # Errors
/// See [`VerifyError`].
pub fn verify(token: impl AsRef<[u8]>, keys: impl AsRef<[Key]>) -> Result<Verified, VerifyError> {
    let keys = keys.as_ref();
    Segments::take(token.as_ref(), MAX_LEN, keys, &mut (), |segments, text, watch| segments.verify(text, keys, watch))
}

/// The payload of a token whose MAC held, with its header.
pub struct Verified {
    /// The JSON of the header, the payload, the key's id, one after the other.
    buffer: Vec<u8>,
    payload: Range<usize>,
    has_key_id: bool,
}

impl Verified {
    /// The octets that were signed.
    pub fn payload(&self) -> &[u8] {
        self.buffer.get(self.payload.clone()).unwrap_or_default()
    }

    /// The header. It is read anew at each call.
    pub fn header(&self) -> Header {
        Header::read(self.header_json())
    }

    /// The id of the key that verified the token; `None` if that key has no id.
    pub fn key_id(&self) -> Option<&str> {
        if !self.has_key_id {
            return None;
        }
        self.buffer.get(self.payload.end..).and_then(|id| core::str::from_utf8(id).ok())
    }

    /// Nothing yet. It is filled in place: as a result it would be moved, and a move costs a small token 5 %.
    pub(crate) const fn empty() -> Self {
        Verified { buffer: Vec::new(), payload: 0..0, has_key_id: false }
    }

    /// Notes which key it was.
    #[inline(always)]
    pub(crate) fn by(&mut self, key: &Key) {
        if let Some(id) = key.id() {
            self.has_key_id = true;
            self.buffer.extend_from_slice(id.as_bytes());
        }
    }

    pub(crate) fn header_json(&self) -> &[u8] {
        self.buffer.get(..self.payload.start).unwrap_or_default()
    }
}

// The contents are authentic, and still nobody's business in a log.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("key_id", &self.key_id()).field("payload_len", &self.payload.len()).finish_non_exhaustive()
    }
}

/// A token that was only looked at. Nothing that it says is true because it says so.
///
/// ```
/// # use clearjwt::{Algorithm, Key, jws};
/// # let secret: [u8; 32] = core::array::from_fn(|i| 7 * i as u8);
/// # let key = Key::new(Algorithm::HS256, &secret)?.with_id("a");
/// # let token = clearjwt::sign(&serde_json::json!({"exp": 4102444800u64}), &key)?;
/// let looked_at = jws::Unverified::parse(&token)?;
/// assert_eq!(looked_at.unverified_kid(), Some("a".into()));   // good for choosing a key, for nothing else
/// let verified = looked_at.verify(&key)?;                     // consumes it: only now is there a payload
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Unverified<'t> {
    pub(crate) segments: Segments<'t>,
    header: Vec<u8>,
}

impl<'t> Unverified<'t> {
    /// Splits a token and reads its header, of whatever algorithm, even `none`.
    ///
    /// # Errors
    /// A token that is longer than [`MAX_LEN`], has not two dots, or whose header is not one strict JSON object.
    pub fn parse(token: &'t (impl AsRef<[u8]> + ?Sized)) -> Result<Self, VerifyError> {
        let segments = Segments::split(token.as_ref(), MAX_LEN, &mut ())?;
        let mut header = Vec::new();
        base64url::decode_into(segments.header, &mut header).map_err(|_| VerifyError::Base64url { part: Part::Header })?;
        Received::read(&header).map_err(header::fault)?;
        Ok(Unverified { segments, header })
    }

    /// The header as JSON text, as anybody may have written it.
    pub fn unverified_header(&self) -> &str {
        core::str::from_utf8(&self.header).unwrap_or_default()
    }

    /// The `alg` that the header names, if it is a string.
    pub fn unverified_alg(&self) -> Option<String> {
        self.received().alg.map(Text::into_owned)
    }

    /// The `kid` that the header names, if it is a string: a hint to which key to look up, untrusted like the rest.
    ///
    /// It can hold anything: never build a path or a query from it (RFC 8725 §3.10).
    pub fn unverified_kid(&self) -> Option<String> {
        self.received().kid.map(Text::into_owned)
    }

    /// The payload, as anybody may have written it.
    ///
    /// # Errors
    /// A payload segment that is not canonical base64url.
    pub fn unverified_payload(&self) -> Result<Vec<u8>, VerifyError> {
        let mut payload = Vec::new();
        base64url::decode_into(self.segments.payload, &mut payload).map_err(|_| VerifyError::Base64url { part: Part::Payload })?;
        Ok(payload)
    }

    /// The signature's length in bytes, judged by its text.
    pub fn signature_len(&self) -> usize {
        self.segments.signature.len() * 3 / 4
    }

    /// Checks the token with a key or several, as [`verify`] does.
    ///
    /// # Errors
    /// See [`VerifyError`].
    pub fn verify(self, keys: impl AsRef<[Key]>) -> Result<Verified, VerifyError> {
        let keys = keys.as_ref();
        let text = self.segments.header(keys, &mut ())?;
        self.segments.verify(text, keys, &mut ())
    }

    fn received(&self) -> Received<'_> {
        // Cannot fail: it was read when the token was parsed.
        Received::read(&self.header).unwrap_or_default()
    }
}

impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("header_len", &self.header.len()).field("payload_segment_len", &self.segments.payload.len()).finish_non_exhaustive()
    }
}

/// A token cut at its dots.
#[derive(Clone, Copy)]
pub(crate) struct Segments<'t> {
    signing_input: &'t [u8],
    header: &'t [u8],
    payload: &'t [u8],
    signature: &'t [u8],
}

impl<'t> Segments<'t> {
    #[inline(always)]
    fn split(token: &'t [u8], limit: usize, watch: &mut impl Watch) -> Result<Self, VerifyError> {
        // RFC8259-9-3: before anything is read.
        watch.demand(Check::Length, token.len() <= limit, VerifyError::TooLong { length: token.len(), limit })?;
        let segments = watch.judge(Check::Segments, Segments::at_dots(token))?;
        watch.demand(Check::HeaderPresent, !segments.header.is_empty(), VerifyError::EmptyHeader)?;
        Ok(segments)
    }

    // RFC7515-5.2-3, RFC7519-7.2-2, RFC7519-7.2-6, RFC8725bis-3.14-1
    #[inline]
    pub(crate) fn at_dots(token: &'t [u8]) -> Result<Self, VerifyError> {
        let (header, rest) = cut(token).ok_or(VerifyError::Segments)?;
        let (payload, signature) = cut(rest).ok_or(VerifyError::Segments)?;
        if let Some((_, rest)) = cut(signature) {
            // RFC8725bis-3.3-1: told apart from a broken token, because people mix them up.
            let five = cut(rest).is_some_and(|(_, rest)| cut(rest).is_none());
            return Err(if five { VerifyError::Encrypted } else { VerifyError::Segments });
        }
        // RFC7515-5.1-2, RFC7515-6-1, RFC7515-10.7-1: what was received up to the second dot, the whole header in it.
        let signing_input = token.get(..header.len() + 1 + payload.len()).unwrap_or_default();
        Ok(Segments { signing_input, header, payload, signature })
    }

    /// The segments, in the order of [`Part`].
    pub(crate) fn parts(&self) -> [&'t [u8]; 3] {
        [self.header, self.payload, self.signature]
    }

    /// Cuts a token, and has the work done on it.
    // RFC7515-5.2-1
    #[inline(always)]
    pub(crate) fn take<'k, T, W: Watch>(
        token: &'t [u8],
        limit: usize,
        keys: &'k [Key],
        watch: &mut W,
        work: impl FnOnce(Self, HeaderText<'k>, &mut W) -> Result<T, VerifyError>,
    ) -> Result<T, VerifyError> {
        let likely = if W::ANYBODY || token.len() > limit { None } else { Segments::likely(token, keys) };
        let (segments, text) = match likely {
            Some((segments, key)) => (segments, HeaderText::OfKey(key)),
            None => {
                let segments = Segments::split(token, limit, watch)?;
                (segments, segments.header(keys, watch)?)
            }
        };
        let result = work(segments, text, watch);
        let dots = result.is_err() && memchr(b'.', segments.signature).is_some();
        if dots { Segments::at_dots(token).and(result) } else { result }
    }

    /// Where the dots are if one of the keys made the token: two searches less, 4 % of a small token. There may be more dots where the
    /// signature should be. They are no base64url, so the work fails before the MAC, and then all dots are looked for.
    // RFC7515-5.1-2, RFC7515-6-1, RFC7515-10.7-1, RFC7515-5.2-3, RFC7519-7.2-2
    #[inline(always)]
    fn likely<'k>(token: &'t [u8], keys: &'k [Key]) -> Option<(Self, &'k Key)> {
        // Keys that write the same header make MACs of one length.
        let key = keys.iter().find(|key| token.starts_with(key.header_segment()))?;
        let (header, rest) = token.split_at_checked(key.header_segment().len())?;
        let (payload, signature) = rest.split_at_checked(rest.len().checked_sub(base64url::encoded_len(key.algorithm().mac_len()))?)?;
        let payload = payload.strip_prefix(b".")?.strip_suffix(b".").filter(|payload| memchr(b'.', payload).is_none())?;
        let signing_input = token.get(..header.len() + 1 + payload.len())?;
        Some((Segments { signing_input, header, payload, signature }, key))
    }

    /// The work of a JWS. `text` is the header's.
    #[inline(always)]
    pub(crate) fn verify(&self, text: HeaderText<'_>, keys: &[Key], watch: &mut impl Watch) -> Result<Verified, VerifyError> {
        let (key, rest) = self.find_key(&text.read(watch)?, keys, watch)?;
        let mut opened = Verified::empty();
        self.open(text, &mut opened, watch)?;
        // Without claims there is no issuer to compare, so a bound key is no key for this token.
        let key = self.key_of_issuer(opened.header_json(), key, rest, None, watch)?;
        opened.by(key);
        Ok(opened)
    }

    /// The header, decoded unless one of the keys writes the very same text.
    #[inline(always)]
    fn header<'k>(&self, keys: &'k [Key], watch: &mut impl Watch) -> Result<HeaderText<'k>, VerifyError> {
        // RFC7518-3.6-3
        watch.demand(Check::SignaturePresent, !self.signature.is_empty(), VerifyError::Unsigned)?;
        let text = match keys.iter().find(|key| key.header_segment() == self.header) {
            Some(key) => Ok(HeaderText::OfKey(key)),
            // RFC7515-5.2-4, RFC7519-7.2-3
            None => self.decode_header(),
        };
        watch.judge(Check::HeaderEncoding, text)
    }

    fn decode_header<'k>(&self) -> Result<HeaderText<'k>, VerifyError> {
        let mut buffer = Vec::with_capacity(self.capacity());
        base64url::decode_into(self.header, &mut buffer).map_err(|_| VerifyError::Base64url { part: Part::Header })?;
        Ok(HeaderText::Decoded(buffer))
    }

    /// Room for the header, the payload and the id of the key, which the header names: one allocation a token.
    fn capacity(&self) -> usize {
        self.signing_input.len() / 4 * 3 + self.header.len()
    }

    /// The first key whose MAC holds, and the keys after it. Otherwise the reason that came nearest to holding.
    // RFC8725bis-3.1-2: `kid` chooses, then `alg` is compared, then the MAC.
    pub(crate) fn find_key<'k>(&self, header: &Received<'_>, keys: &'k [Key], watch: &mut impl Watch) -> Result<(&'k Key, &'k [Key]), VerifyError> {
        let mut nearest = match header.kid {
            _ if keys.is_empty() => (Check::KeyId, VerifyError::NoKey),
            None => (Check::KeyId, VerifyError::KeyIdMissing),
            Some(_) => (Check::KeyId, VerifyError::KeyIdUnknown),
        };
        let mut rest = keys;
        while let Some((key, others)) = rest.split_first() {
            rest = others;
            // RFC7517-5.1-1: wherever in the list it stands.
            match self.check(header, key) {
                Ok(()) => {
                    for check in Check::OF_A_KEY {
                        watch.judge(check, Ok(()))?;
                    }
                    return Ok((key, rest));
                }
                Err(reached) if reached.0 > nearest.0 => nearest = reached,
                Err(_) => (),
            }
        }
        let (reached, error) = nearest;
        Check::OF_A_KEY.into_iter().try_for_each(|check| watch.demand(check, check != reached, error)).and(Err(error))
    }

    /// One key: how far it came, and what stopped it.
    #[inline(always)]
    fn check(&self, header: &Received<'_>, key: &Key) -> Result<(), (Check, VerifyError)> {
        // RFC7515-4.1.4-3, RFC7515-6-3, RFC7517-4.5-2, RFC8725-3.10-2, RFC8725bis-3.10-1: `kid` is compared, and used for nothing else.
        if key.id().is_some_and(|id| !header.kid.is_some_and(|kid| kid.is(id))) {
            return Err((Check::KeyId, VerifyError::KeyIdUnknown));
        }
        // RFC7515-4.1.1-1, RFC7515-4.1.1-4, RFC7515-5.2-13, RFC7519-7.2-10, RFC8725-3.1-1, RFC8725-3.1-2, RFC8725-3.1-3, RFC8725-3.1-5,
        // RFC8725-3.2-1, RFC8725bis-3.1-1, RFC8725bis-3.1-3
        if !header.alg.is_some_and(|alg| alg.is(key.algorithm().name())) {
            return Err((Check::Alg, VerifyError::AlgMismatch));
        }
        // RFC7517-4.3-6
        if !key.can_verify() {
            return Err((Check::KeyUse, VerifyError::KeyUse));
        }
        // RFC7515-5.2-10, RFC7518-3.2-2, RFC7518-3.2-4, RFC2104-5-1: one text for each MAC, as long as the MAC.
        let mut mac = [0; Algorithm::HS512.mac_len()];
        let mac = mac.get_mut(..key.algorithm().mac_len()).unwrap_or_default();
        if base64url::decode_exactly(self.signature, mac).is_err() {
            let base64url = base64url::decode_into(self.signature, &mut Vec::new()).is_ok();
            return Err(if base64url {
                (Check::SignatureLength, VerifyError::SignatureLength)
            } else {
                (Check::SignatureEncoding, VerifyError::Base64url { part: Part::Signature })
            });
        }
        // RFC7515-5.2-2, RFC7515-5.2-11, RFC7515-5.2-12, RFC8725-3.3-1, RFC8725-3.3-2
        if key.mac_holds(self.signing_input, mac) { Ok(()) } else { Err((Check::Mac, VerifyError::Signature)) }
    }

    /// The key that was found or one after it, if they are bound to issuers: the first whose issuer is `iss`.
    // RFC8725-3.8-1, RFC8725-3.8-2: a key of another issuer is no key for this token.
    #[inline]
    pub(crate) fn key_of_issuer<'k>(
        &self,
        header_json: &[u8],
        found: &'k Key,
        mut rest: &'k [Key],
        iss: Option<&str>,
        watch: &mut impl Watch,
    ) -> Result<&'k Key, VerifyError> {
        let mut key = found;
        let bound = watch.ask(Check::KeyIssuer, found.issuer(), |_| {
            while key.issuer().is_some_and(|issuer| iss != Some(issuer)) {
                let header = Received::read(header_json).map_err(|_| VerifyError::KeyIssuer)?;
                (key, rest) = self.find_key(&header, rest, &mut ()).map_err(|_| VerifyError::KeyIssuer)?;
            }
            Ok(key)
        })?;
        Ok(bound.unwrap_or(found))
    }

    /// Decodes the payload behind the header. Only for a token whose MAC holds.
    #[inline(always)]
    pub(crate) fn open(&self, header: HeaderText<'_>, opened: &mut Verified, watch: &mut impl Watch) -> Result<(), VerifyError> {
        match header {
            HeaderText::OfKey(key) => {
                opened.buffer = Vec::with_capacity(self.capacity());
                opened.buffer.extend_from_slice(key.header());
            }
            HeaderText::Decoded(json) => opened.buffer = json,
        }
        let start = opened.buffer.len();
        // RFC7515-5.2-9, RFC7519-7.2-8
        let canonical = base64url::decode_into(self.payload, &mut opened.buffer).is_ok();
        watch.demand(Check::PayloadEncoding, canonical, VerifyError::Base64url { part: Part::Payload })?;
        opened.payload = start..opened.buffer.len();
        Ok(())
    }
}

/// What stands before and after the first dot.
fn cut(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (before, rest) = text.split_at_checked(memchr(b'.', text)?)?;
    Some((before, rest.get(1..)?))
}
