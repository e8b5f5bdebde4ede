//! The JOSE header (RFC 7515 §4).
//!
//! In: the decoded header segment, or what to write into one. Out: the members that bear on verification, or the JSON.

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};

use serde_json::{Map, Value as Json};

use crate::{
    check::{Check, Watch},
    error::{JsonError, Part, SignError, VerifyError},
    json::{self, Text, Value},
    json_read,
    key::{Algorithm, Key},
};

/// The members of a JOSE header besides `alg`, which always comes from the key.
///
/// ```
/// use clearjwt::Header;
///
/// let header = Header { typ: Some("at+jwt".into()), ..Header::default() };
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// The media type of the whole token, without `application/` (RFC 7515 §4.1.9).
    pub typ: Option<String>,
    /// The media type of the payload (RFC 7515 §4.1.10). A JWT needs none.
    pub cty: Option<String>,
    /// The id of the key (RFC 7515 §4.1.4). When signing it may be left out: a key with an id writes it.
    pub kid: Option<String>,
    /// All other members. In a verified header they are as authentic as the rest, and nobody has looked at them:
    /// a key or a URL in them is no reason to trust it (RFC 8725 §3.10).
    pub extra: Map<String, Json>,
}

/// The members that are not among `extra`.
const FIELDS: [&str; 4] = ["alg", "typ", "cty", "kid"];

impl Header {
    /// The header of a plain JWT: `typ` is `JWT` (RFC 7519 §5.1).
    pub fn jwt() -> Self {
        Header { typ: Some("JWT".to_owned()), ..Header::default() }
    }

    /// The JSON text to sign with `key`.
    pub(crate) fn write(&self, key: &Key) -> Result<Vec<u8>, SignError> {
        // RFC7515-4.1.4-1: one key, one id.
        let kid = match (key.id(), self.kid.as_deref()) {
            (Some(id), Some(kid)) if id != kid => return Err(SignError::KeyId),
            // RFC7515-4.1.4-2, RFC7515-6-2
            (id, kid) => id.or(kid),
        };
        // RFC7515-4-1: names with a field of their own; and `b64` never (RFC7797-7-2), nor `crit` in any of the forms that it may not have
        // (RFC7515-4.1.11-3, RFC7515-4.1.11-4, RFC7515-4.1.11-5, RFC7515-4.1.11-6, RFC7515-4.1.11-8).
        if self.extra.keys().any(|name| FIELDS.contains(&name.as_str()) || name == "crit" || name == "b64") {
            return Err(SignError::HeaderMember);
        }
        let mut json = Vec::new();
        write_members(&mut json, key.algorithm(), self.typ.as_deref(), self.cty.as_deref(), kid);
        if !self.extra.is_empty() {
            let extra = serde_json::to_vec(&self.extra).map_err(|_| SignError::Serialize)?;
            json.pop();
            json.push(b',');
            json.extend_from_slice(extra.get(1..).unwrap_or_default());
        }
        json::members(&json, &mut |_, _| ()).map_err(SignError::HeaderJson)?;
        Ok(json)
    }

    /// Reads a header that was verified.
    pub(crate) fn read(json: &[u8]) -> Self {
        // Cannot fail: the same text was checked when the token was.
        let received = Received::read(json).unwrap_or_default();
        let mut extra: Map<String, Json> = core::str::from_utf8(json).ok().and_then(|json| json_read::read(json).ok()).unwrap_or_default();
        extra.retain(|name, _| !FIELDS.contains(&name.as_str()));
        Header { typ: received.typ.map(Text::into_owned), cty: received.cty.map(Text::into_owned), kid: received.kid.map(Text::into_owned), extra }
    }
}

/// The header of a plain JWT made with a key of this algorithm and id.
pub(crate) fn for_jwt(algorithm: Algorithm, id: Option<&str>) -> Vec<u8> {
    let mut json = Vec::new();
    // RFC7519-5.1-2, RFC7519-5.1-3, RFC7519-5.2-1, RFC7515-4.1.9-3, RFC8725-3.11-1, RFC8725bis-3.11-1
    write_members(&mut json, algorithm, Some("JWT"), None, id);
    json
}

// RFC7515-4.1.1-3, RFC7515-5.1-1, RFC8725-3.2-4: `alg` is written first, and from the key.
fn write_members(json: &mut Vec<u8>, algorithm: Algorithm, typ: Option<&str>, cty: Option<&str>, kid: Option<&str>) {
    let mut separator = b'{';
    for (name, value) in [("alg", Some(algorithm.name())), ("typ", typ), ("cty", cty), ("kid", kid)] {
        let Some(value) = value else { continue };
        json.push(separator);
        for piece in ["\"", name, "\":"] {
            json.extend_from_slice(piece.as_bytes());
        }
        json::write_string(value, json);
        separator = b',';
    }
    json.push(b'}');
}

/// What verification needs of a received header. Unverified until the MAC holds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Received<'a> {
    pub(crate) alg: Option<Text<'a>>,
    pub(crate) kid: Option<Text<'a>>,
    pub(crate) typ: Option<Text<'a>>,
    pub(crate) cty: Option<Text<'a>>,
    /// The members that have to be strings and are none.
    no_string: NoString,
    has_crit: bool,
    has_b64: bool,
}

#[derive(Clone, Copy, Default)]
struct NoString {
    kid: bool,
    typ: bool,
    cty: bool,
}

impl<'a> Received<'a> {
    // RFC7515-5.2-5, RFC7515-5.2-6, RFC7519-7.2-4
    pub(crate) fn read(json: &'a [u8]) -> Result<Self, JsonError> {
        let mut received = Received::default();
        json::members(json, &mut |name, value| {
            let string = if let Value::String(text) = value { Some(text) } else { None };
            // RFC7515-4-4, RFC7515-4-5, RFC7519-7.2-5, RFC7493-4.2-1, RFC8725-3.10-1, RFC8725bis-3.10-2: `jku`, `jwk`, `x5u`, `x5c`, `x5t` and
            // unknown members are passed over.
            if name.is("alg") {
                received.alg = string;
            } else if name.is("kid") {
                (received.kid, received.no_string.kid) = (string, string.is_none());
            } else if name.is("typ") {
                (received.typ, received.no_string.typ) = (string, string.is_none());
            } else if name.is("cty") {
                (received.cty, received.no_string.cty) = (string, string.is_none());
            } else if name.is("crit") {
                received.has_crit = true;
            } else if name.is("b64") {
                received.has_b64 = true;
            }
        })?;
        Ok(received)
    }

    /// Refuses what no key makes good.
    #[inline(always)]
    pub(crate) fn check(&self, watch: &mut impl Watch) -> Result<(), VerifyError> {
        // RFC7515-4.1.1-2
        let alg = watch.judge(Check::AlgPresent, self.alg.ok_or(VerifyError::AlgMissing))?;
        // RFC8725-3.2-5, RFC7518-3.6-3, RFC7518-3.6-4, RFC7518-3.6-5: and nothing switches it on.
        watch.demand(Check::AlgNone, !same_but_for_case(&alg.to_cow(), "none"), VerifyError::AlgNone)?;
        // RFC7515-4-3, RFC7515-4.1.11-1, RFC7515-4.1.11-2, RFC7515-4.1.11-7, RFC7515-4.1.11-9: whatever its value.
        watch.demand(Check::Critical, !self.has_crit, VerifyError::Critical)?;
        // RFC7797-6-1, RFC7797-7-3
        watch.demand(Check::B64, !self.has_b64, VerifyError::B64)?;
        // RFC7515-5.2-8, RFC7515-4.1.4-1
        watch.demand(Check::KidType, !self.no_string.kid, VerifyError::HeaderType { member: "kid" })?;
        // RFC7515-4.1.9-1, RFC7515-4.1.10-1: strings; what they say is nothing to a JWS.
        watch.demand(Check::TypType, !self.no_string.typ, VerifyError::HeaderType { member: "typ" })?;
        watch.demand(Check::CtyType, !self.no_string.cty, VerifyError::HeaderType { member: "cty" })
    }

    /// The header that `key` writes for a JWT, without parsing it.
    fn of(key: &'a Key) -> Self {
        Received { alg: Some(Text::plain(key.algorithm().name())), kid: key.id().map(Text::plain), typ: Some(Text::plain("JWT")), ..Received::default() }
    }
}

/// The JSON of a received header, not yet verified.
pub(crate) enum HeaderText<'k> {
    /// The very text that the key writes: nothing to decode and nothing to parse.
    OfKey(&'k Key),
    Decoded(Vec<u8>),
}

impl HeaderText<'_> {
    #[inline(always)]
    pub(crate) fn read(&self, watch: &mut impl Watch) -> Result<Received<'_>, VerifyError> {
        match self {
            HeaderText::OfKey(key) => {
                for check in Check::OF_A_HEADER {
                    watch.judge(check, Ok(()))?;
                }
                Ok(Received::of(key))
            }
            HeaderText::Decoded(json) => {
                let received = watch.judge(Check::HeaderJson, Received::read(json).map_err(fault))?;
                received.check(watch)?;
                Ok(received)
            }
        }
    }
}

pub(crate) fn fault(error: JsonError) -> VerifyError {
    VerifyError::Json { part: Part::Header, error }
}

/// Whether two media types are the same: without case, and `application/` in front optional when no other slash follows.
// RFC7515-4.1.9-2, RFC7515-4.1.9-4, RFC7515-4.1.10-3, RFC8725bis-3.11-2
pub(crate) fn same_media_type(a: &str, b: &str) -> bool {
    fn short(media_type: &str) -> &str {
        match media_type.split_at_checked("application/".len()) {
            Some((prefix, rest)) if same_but_for_case(prefix, "application/") && !rest.contains('/') => rest,
            _ => media_type,
        }
    }
    same_but_for_case(short(a), short(b))
}

/// The function of `str` for it is made for long texts, and takes 0.3 KB of a program.
fn same_but_for_case(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| a.eq_ignore_ascii_case(&b))
}
