//! JSON Web Keys of type `oct`, and sets of them (RFC 7517, RFC 7518 §6.4).
//!
//! In: the JSON text. Out: keys. Strict where a member bears on the key, silent about members that do not.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::ops::Deref;

use zeroize::Zeroizing;

use crate::{
    base64url,
    error::KeyError,
    json::{self, Text, Value},
    key::{Algorithm, Key, Uses},
};

impl Key {
    /// A key from the JSON text of a JWK.
    ///
    /// The key takes the JWK's `kid` as its id, and remembers whether `key_ops` lets it sign and verify.
    /// With `None` instead of an algorithm, the JWK's `alg` says it, and has to be there.
    ///
    /// # Errors
    /// The JSON has to be strict, `kty` has to be `oct`, `k` canonical base64url, `alg` the wanted algorithm if it
    /// is there, `use` `sig` if it is there, `key_ops` without repetition, in agreement with `use` and with `sign`
    /// or `verify` in it if it is there, `kid` a string if it is there (RFC 7517 §4). The secret itself is held to
    /// the rules of [`Key::new`].
    ///
    /// ```
    /// # use clearjwt::{Algorithm, Key};
    /// let jwk = r#"{"kty":"oct","alg":"HS256","kid":"a","key_ops":["verify"],"k":"3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs"}"#;
    /// let key = Key::from_jwk(Algorithm::HS256, jwk)?;
    /// assert_eq!((key.id(), key.can_verify(), key.can_sign()), (Some("a"), true, false));
    /// # Ok::<(), clearjwt::KeyError>(())
    /// ```
    pub fn from_jwk(algorithm: impl Into<Option<Algorithm>>, jwk: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Jwk::read(jwk.as_ref())?.oct()?.ok_or(KeyError::Kty)?.key(algorithm.into(), Key::new)
    }

    /// A key from the JSON text of a JWK whose secret is weak: [`Key::from_jwk`] with the rules of [`Key::weak`].
    ///
    /// # Errors
    /// As [`Key::from_jwk`], but for the weakness of the secret.
    pub fn weak_from_jwk(algorithm: impl Into<Option<Algorithm>>, jwk: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Jwk::read(jwk.as_ref())?.oct()?.ok_or(KeyError::Kty)?.key(algorithm.into(), Key::weak)
    }
}

/// The keys of a JWK Set, in their order, to verify with.
///
/// It can stand where a list of keys can: `&set`, `&set[..]`.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Vec<Key>,
    skipped: usize,
}

impl KeySet {
    /// How many entries of the set were passed over: of another kind, or for another algorithm or use.
    pub fn skipped(&self) -> usize {
        self.skipped
    }
}

impl Deref for KeySet {
    type Target = [Key];
    fn deref(&self) -> &[Key] {
        &self.keys
    }
}

impl AsRef<[Key]> for KeySet {
    fn as_ref(&self) -> &[Key] {
        &self.keys
    }
}

/// Reads a JWK Set, `{"keys": [...]}` (RFC 7517 §5), for verifying with one algorithm while keys rotate.
///
/// Entries of another `kty`, and `oct` keys that say they are for another `alg`, `use` or operation, are skipped and counted.
///
/// # Errors
/// The set is refused if it is not strict JSON, if an `oct` entry is malformed or weak, if two keys have one `kid`,
/// and if no key is left.
///
/// ```
/// # use clearjwt::{Algorithm, jwk};
/// let keys = jwk::key_set(Algorithm::HS256, r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},
///     {"kty":"oct","kid":"new","k":"3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs"},
///     {"kty":"oct","kid":"old","k":"7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhvereg"}]}"#)?;
/// assert_eq!((keys.len(), keys.skipped(), keys[0].id()), (2, 1, Some("new")));
/// # Ok::<(), clearjwt::KeyError>(())
/// ```
pub fn key_set(algorithm: Algorithm, jwk_set: impl AsRef<[u8]>) -> Result<KeySet, KeyError> {
    let mut entries = None;
    // RFC7517-2-1, RFC7517-5-2, RFC7517-5-4, RFC7517-5-5
    json::members(jwk_set.as_ref(), &mut |name, value| {
        if name.is("keys") {
            entries = Some(value);
        }
    })
    .map_err(KeyError::Json)?;
    // RFC7517-5-1
    let Some(Value::Array(entries)) = entries else { return Err(KeyError::NotASet) };
    let mut jwks = Vec::new();
    json::elements(entries, &mut |entry| {
        jwks.push(match entry {
            Value::Object(text) => Jwk::read(text.as_bytes()),
            _ => Err(KeyError::NotASet),
        })
    });
    let mut set = KeySet { keys: Vec::new(), skipped: 0 };
    for jwk in jwks {
        let jwk = jwk?;
        // RFC7517-5-6: another kind of key.
        let Some(oct) = jwk.oct()? else {
            set.skipped += 1;
            continue;
        };
        // RFC7517-5-6: an `oct` key, but for another algorithm, use or operation.
        if oct.alg.as_ref().is_some_and(|alg| alg != algorithm.name()) || oct.public_key_use.as_ref().is_some_and(|word| word != "sig") || !oct.uses.verify {
            set.skipped += 1;
            continue;
        }
        let key = oct.key(Some(algorithm), Key::new)?;
        // RFC7517-4.5-1
        if key.id().is_some() && set.iter().any(|other| other.id() == key.id()) {
            return Err(KeyError::DuplicateKid);
        }
        set.keys.push(key);
    }
    if set.is_empty() { Err(KeyError::NoUsableKey) } else { Ok(set) }
}

/// Writes the JSON text of a JWK, with `alg` and, if there is one, `kid` (RFC 7517 §4, RFC7518-6.4-1).
///
/// The text holds the secret, and is wiped on drop.
///
/// # Errors
/// A secret that [`Key::new`] would refuse.
///
/// ```
/// # use clearjwt::{Algorithm, jwk};
/// let text = jwk::to_text(Algorithm::HS256, b"32 random bytes, not as here: no", Some("2026-11"))?;
/// assert_eq!(*text, r#"{"kty":"oct","alg":"HS256","use":"sig","kid":"2026-11","k":"MzIgcmFuZG9tIGJ5dGVzLCBub3QgYXMgaGVyZTogbm8"}"#);
/// # Ok::<(), clearjwt::KeyError>(())
/// ```
pub fn to_text(algorithm: Algorithm, secret: &[u8], id: Option<&str>) -> Result<Zeroizing<String>, KeyError> {
    Key::new(algorithm, secret)?;
    let kid = id.map(|id| alloc::format!(r#""kid":{},"#, serde_json::Value::from(id))).unwrap_or_default();
    let mut text = Zeroizing::new(String::with_capacity(64 + kid.len() + base64url::encoded_len(secret.len())));
    // RFC7517-4-2
    for piece in [r#"{"kty":"oct","alg":""#, algorithm.name(), r#"","use":"sig","#, &kid, r#""k":""#] {
        text.push_str(piece);
    }
    base64url::encode_secret(secret, &mut text);
    text.push_str(r#""}"#);
    Ok(text)
}

/// The members of a JWK that bear on a key, before they are judged.
#[derive(Default)]
struct Jwk<'a> {
    kty: Option<Value<'a>>,
    k: Option<Value<'a>>,
    alg: Option<Value<'a>>,
    public_key_use: Option<Value<'a>>,
    key_ops: Option<Value<'a>>,
    kid: Option<Value<'a>>,
}

impl<'a> Jwk<'a> {
    // RFC7517-4-1, RFC7517-4-3, RFC7517-4-4
    fn read(text: &'a [u8]) -> Result<Self, KeyError> {
        let mut jwk = Jwk::default();
        json::members(text, &mut |name, value| {
            let members = [
                ("kty", &mut jwk.kty),
                ("k", &mut jwk.k),
                ("alg", &mut jwk.alg),
                ("use", &mut jwk.public_key_use),
                ("key_ops", &mut jwk.key_ops),
                ("kid", &mut jwk.kid),
            ];
            for (known, member) in members {
                // RFC7517-6-1
                if name.is(known) {
                    *member = Some(value);
                }
            }
        })
        .map_err(KeyError::Json)?;
        Ok(jwk)
    }

    /// An `oct` key that is well-formed, whatever it is for; `None` for another `kty`.
    fn oct(&self) -> Result<Option<Oct<'a>>, KeyError> {
        // RFC7517-4.1-1
        if !matches!(self.kty, Some(Value::String(kty)) if kty.is("oct")) {
            return Ok(None);
        }
        // RFC7517-4.2-2, RFC7517-4.4-1
        let public_key_use = string(self.public_key_use, KeyError::Use)?;
        let alg = string(self.alg, KeyError::Alg)?;
        let uses = self.uses(public_key_use.as_deref() == Some("sig"))?;
        let kid = string(self.kid, KeyError::Kid)?;
        // RFC7518-6.4.1-1
        let k = Zeroizing::new(string(self.k, KeyError::K)?.ok_or(KeyError::K)?.into_owned());
        let mut secret = Zeroizing::new(Vec::with_capacity(k.len()));
        base64url::decode_secret(k.as_bytes(), &mut secret).map_err(|_| KeyError::K)?;
        Ok(Some(Oct { alg, public_key_use, uses, kid, secret }))
    }

    /// `key_ops`: an array of different strings; with `use` only what a signature is for.
    // RFC7517-4.3-1, RFC7517-4.3-4, RFC7517-4.3-5, RFC7517-4.3-6
    fn uses(&self, for_signatures: bool) -> Result<Uses, KeyError> {
        let array = match self.key_ops {
            None => return Ok(Uses { sign: true, verify: true }),
            Some(Value::Array(array)) => array,
            Some(_) => return Err(KeyError::KeyOps),
        };
        let mut uses = Uses { sign: false, verify: false };
        let mut well_formed = true;
        let mut names: Vec<Cow<'_, str>> = Vec::new();
        json::elements(array, &mut |value| match value {
            Value::String(text) => {
                uses.sign |= text.is("sign");
                uses.verify |= text.is("verify");
                well_formed &= !for_signatures || text.is("sign") || text.is("verify");
                names.push(text.to_cow());
            }
            _ => well_formed = false,
        });
        // Sorted: the list may be as long as it likes.
        names.sort_unstable();
        well_formed &= names.windows(2).all(|pair| pair.first() != pair.last());
        if well_formed { Ok(uses) } else { Err(KeyError::KeyOps) }
    }
}

/// The members of a well-formed `oct` key.
struct Oct<'a> {
    alg: Option<Cow<'a, str>>,
    public_key_use: Option<Cow<'a, str>>,
    uses: Uses,
    kid: Option<Cow<'a, str>>,
    secret: Zeroizing<Vec<u8>>,
}

impl Oct<'_> {
    fn key(&self, wanted: Option<Algorithm>, new: fn(Algorithm, &[u8]) -> Result<Key, KeyError>) -> Result<Key, KeyError> {
        // RFC7517-4.4-1
        let named = match &self.alg {
            Some(alg) => Some(Algorithm::from_name(alg).ok_or(KeyError::Alg)?),
            None => None,
        };
        let algorithm = match (wanted, named) {
            (Some(wanted), Some(named)) if wanted != named => return Err(KeyError::Alg),
            (wanted, named) => wanted.or(named).ok_or(KeyError::Alg)?,
        };
        // RFC7517-4.2-1
        if self.public_key_use.as_ref().is_some_and(|word| word != "sig") {
            return Err(KeyError::Use);
        }
        if !self.uses.sign && !self.uses.verify {
            return Err(KeyError::KeyOps);
        }
        let key = new(algorithm, &self.secret)?.with_uses(self.uses);
        Ok(match &self.kid {
            Some(kid) => key.with_id(kid),
            None => key,
        })
    }
}

/// The text of a member that has to be a string if it is there.
fn string(value: Option<Value<'_>>, otherwise: KeyError) -> Result<Option<Cow<'_, str>>, KeyError> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(Text::to_cow(text))),
        Some(_) => Err(otherwise),
    }
}
