//! Every reason for refusal: of a token, of a key, of claims to sign, of an `Authorization` value.
//!
//! Each enum is flat, small and `Copy`, and can never hold a secret or the text of a token.
//! One table an enum gives every reason its stable short code, the clause that demands it and its
//! sentence, so that `Display`, the program's JSON and its reports cannot drift apart.

use core::fmt;

/// A row of a table: short code, clause, sentence.
pub(crate) type Row = (&'static str, &'static str, &'static str);

/// Which segment of a token, in the order of the compact serialization (RFC 7515 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The JWS payload: in a JWT the claims.
    Payload,
    /// The JWS signature.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Header => "header",
            Part::Payload => "payload",
            Part::Signature => "signature",
        })
    }
}

/// What is wrong with a JSON text, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The kind of fault.
    pub fault: JsonFault,
    /// Offset in bytes from the beginning of the JSON text to where the fault was noticed.
    pub at: usize,
}

/// The ways in which a JSON text can fail to be one strict object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonFault {
    /// Not UTF-8.
    Utf8,
    /// Begins with a byte order mark.
    ByteOrderMark,
    /// Does not follow the grammar, ends early or goes on after the object.
    Syntax,
    /// A JSON text, but no object.
    NotAnObject,
    /// Two members of one object have the same name after unescaping.
    DuplicateName,
    /// An escape stands for half a surrogate pair.
    LoneSurrogate,
    /// A number too large for a double.
    NumberTooLarge,
    /// More than 128 arrays and objects around a value.
    TooDeep,
}

impl JsonFault {
    const fn row(self) -> Row {
        match self {
            JsonFault::Utf8 => ("utf8", "RFC8259-8.1-1", "is not UTF-8"),
            JsonFault::ByteOrderMark => ("byte_order_mark", "RFC8259-8.1-2", "begins with a byte order mark"),
            JsonFault::Syntax => ("json", "RFC7515-10.12-1", "is not valid JSON"),
            JsonFault::NotAnObject => ("not_an_object", "RFC7515-5.2-5", "is not a JSON object"),
            JsonFault::DuplicateName => ("duplicate_name", "RFC7515-10.12-3", "has two members of one name"),
            JsonFault::LoneSurrogate => ("lone_surrogate", "RFC7493-2.1-2", "has an escape that is half a surrogate pair"),
            JsonFault::NumberTooLarge => ("number_too_large", "RFC7493-2.2-1", "has a number too large for a double"),
            JsonFault::TooDeep => ("too_deep", "RFC8259-9-3", "is nested more than 128 deep"),
        }
    }
}

impl JsonError {
    /// The stable short code, such as `duplicate_name`.
    pub const fn code(&self) -> &'static str {
        self.fault.row().0
    }
    /// The clause that demands it, as an id of the requirements table.
    pub const fn clause(&self) -> &'static str {
        self.fault.row().1
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (noticed at byte {})", self.fault.row().2, self.at)
    }
}

/// Why a token was refused. Nothing else of a refused token comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// Longer than the limit; lengths in bytes.
    TooLong {
        /// Length of the token.
        length: usize,
        /// The limit in force.
        limit: usize,
    },
    /// Not exactly two dots.
    Segments,
    /// Four dots: an encrypted token (JWE).
    Encrypted,
    /// The header segment is empty.
    EmptyHeader,
    /// The signature segment is empty, as in an unsecured token.
    Unsigned,
    /// A segment that is not canonical base64url.
    Base64url {
        /// The segment.
        part: Part,
    },
    /// A header or payload that is not one strict JSON object.
    Json {
        /// The segment.
        part: Part,
        /// The fault.
        error: JsonError,
    },
    /// No `alg` that is a string.
    AlgMissing,
    /// `alg` is `none`, in any spelling.
    AlgNone,
    /// `alg` is not the algorithm of the key.
    AlgMismatch,
    /// A `crit` member: no extension is understood.
    Critical,
    /// A `b64` member: unencoded payloads are not supported.
    B64,
    /// A header member that has to be a string is none.
    HeaderType {
        /// Its name: `kid`, `typ` or `cty`.
        member: &'static str,
    },
    /// No key was given.
    NoKey,
    /// Every key has an id, and the token names none.
    KeyIdMissing,
    /// The token names a key id that no given key has.
    KeyIdUnknown,
    /// The key that the token names was read from a JWK that does not allow it to verify.
    KeyUse,
    /// The signature has not the length of the algorithm's MAC.
    SignatureLength,
    /// The MAC does not hold: forged, altered, or made with another key.
    Signature,
    /// `typ` is absent, and a type is expected.
    TypMissing,
    /// `typ` is not the expected type.
    TypMismatch,
    /// `cty` says that the payload is itself a JWT.
    Nested,
    /// A registered claim of the wrong JSON type.
    ClaimType {
        /// Its name.
        claim: &'static str,
    },
    /// A date beyond ±(2^53−1) seconds.
    ClaimRange {
        /// Its name.
        claim: &'static str,
    },
    /// No `exp`.
    ExpMissing,
    /// `exp` has come; how many seconds ago.
    Expired {
        /// Seconds since `exp`, leeway not counted.
        ago: u64,
    },
    /// `nbf` has not come; in how many seconds.
    NotYetValid {
        /// Seconds until `nbf`, leeway not counted.
        within: u64,
    },
    /// No `iat`, and an age or lifetime is limited.
    IatMissing,
    /// `iat` lies in the future, and the age is limited.
    IssuedInFuture,
    /// Older than the greatest age; how old, in seconds.
    TooOld {
        /// Seconds since `iat`.
        age: u64,
    },
    /// From `iat` to `exp` is longer than the greatest lifetime.
    LifetimeTooLong,
    /// No `iss`, and an issuer is expected.
    IssMissing,
    /// `iss` is no expected issuer.
    IssMismatch,
    /// The key is bound to an issuer, and `iss` is not that one.
    KeyIssuer,
    /// No `aud`, and an audience is expected.
    AudMissing,
    /// `aud` holds no expected audience.
    AudMismatch,
    /// `aud` is there, and no audience was configured.
    AudUnexpected,
    /// No `sub`, and a subject is expected.
    SubMissing,
    /// `sub` is not the expected subject.
    SubMismatch,
    /// The claims do not fit the type they were asked for as.
    ClaimsShape {
        /// Line of the payload in which the misfit was noticed, counted from 1.
        line: usize,
        /// Column of that line, in bytes.
        column: usize,
    },
    /// The system clock stands before 1970.
    Clock,
}

impl VerifyError {
    // RFC6750-3-10: what a challenge quotes is fixed here, without quote and backslash.
    const fn row(&self) -> Row {
        match self {
            VerifyError::TooLong { .. } => ("too_long", "RFC8259-9-3", "the token is too long"),
            VerifyError::Segments => ("segments", "RFC7515-5.2-3", "the token does not have exactly two dots"),
            VerifyError::Encrypted => ("encrypted", "RFC8725bis-3.3-1", "the token has five segments: an encrypted one (JWE), not a signed one"),
            VerifyError::EmptyHeader => ("empty_header", "RFC7515-5.2-5", "the header segment is empty"),
            VerifyError::Unsigned => ("unsigned", "RFC7518-3.6-4", "the signature segment is empty: an unsecured token is never accepted"),
            VerifyError::Base64url { .. } => ("base64url", "RFC7515-2-2", "is not canonical base64url without padding"),
            VerifyError::Json { error, .. } => error.fault.row(),
            VerifyError::AlgMissing => ("alg_missing", "RFC7515-4.1.1-3", "the header has no `alg` that is a string"),
            VerifyError::AlgNone => ("alg_none", "RFC8725-3.2-5", "`alg` is none: an unsecured token is never accepted"),
            VerifyError::AlgMismatch => ("alg_mismatch", "RFC8725-3.1-2", "the header's `alg` is not the algorithm of the key"),
            VerifyError::Critical => ("crit", "RFC7515-4.1.11-2", "the header has `crit`: no extension is understood here"),
            VerifyError::B64 => ("b64", "RFC7797-7-3", "the header has `b64`: a JWT's payload is always base64url"),
            VerifyError::HeaderType { .. } => ("header_type", "RFC7515-5.2-8", "in the header is not a string"),
            VerifyError::NoKey => ("no_key", "RFC7515-6-3", "no key was given to verify with"),
            VerifyError::KeyIdMissing => ("kid_missing", "RFC7515-6-3", "the header has no `kid`, and every key has an id"),
            VerifyError::KeyIdUnknown => ("kid_unknown", "RFC7515-6-3", "no key has the id that the header's `kid` names"),
            VerifyError::KeyUse => ("key_use", "RFC7517-4.3-6", "the key's JWK does not allow it to verify"),
            VerifyError::SignatureLength => ("signature_length", "RFC7518-3.2-2", "the signature is not as long as the algorithm's MAC"),
            VerifyError::Signature => ("signature", "RFC7515-5.2-11", "the signature does not match: the token was forged, altered or made with another key"),
            VerifyError::TypMissing => ("typ_missing", "RFC9068-4-1", "the header has no `typ`, and a type is expected"),
            VerifyError::TypMismatch => ("typ_mismatch", "RFC8725bis-3.11-4", "the header's `typ` is not the expected type"),
            VerifyError::Nested => ("nested", "RFC7519-7.2-7", "`cty` says that the payload is itself a JWT: nested tokens are not supported"),
            VerifyError::ClaimType { .. } => ("claim_type", "RFC7519-7.2-1", "has the wrong JSON type"),
            VerifyError::ClaimRange { .. } => ("claim_range", "RFC7493-2.2-2", "is not within 2^53-1 seconds of 1970"),
            VerifyError::ExpMissing => ("exp_missing", "RFC7519-4-3", "the token has no `exp`: it would never expire"),
            VerifyError::Expired { .. } => ("expired", "RFC7519-4.1.4-1", "the token expired"),
            VerifyError::NotYetValid { .. } => ("not_yet_valid", "RFC7519-4.1.5-1", "the token is not valid yet"),
            VerifyError::IatMissing => ("iat_missing", "RFC7519-4-3", "the token has no `iat`, and its age or lifetime is limited"),
            VerifyError::IssuedInFuture => ("issued_in_future", "RFC7519-4.1.6-1", "`iat` lies in the future"),
            VerifyError::TooOld { .. } => ("too_old", "RFC7519-4.1.6-1", "the token is too old"),
            VerifyError::LifetimeTooLong => ("lifetime_too_long", "RFC6750-5.2-10", "from `iat` to `exp` is longer than the greatest lifetime"),
            VerifyError::IssMissing => ("iss_missing", "RFC7519-4-3", "the token has no `iss`, and an issuer is expected"),
            VerifyError::IssMismatch => ("iss_mismatch", "RFC7519-4.1.1-1", "`iss` is not an expected issuer"),
            VerifyError::KeyIssuer => ("key_issuer", "RFC8725-3.8-2", "the key belongs to another issuer than the token's `iss`"),
            VerifyError::AudMissing => ("aud_missing", "RFC8725-3.9-3", "the token has no `aud`, and an audience is expected"),
            VerifyError::AudMismatch => ("aud_mismatch", "RFC7519-4.1.3-2", "`aud` does not name an expected audience"),
            VerifyError::AudUnexpected => ("aud_unexpected", "RFC7519-4.1.3-2", "the token is meant for an audience, and none was configured"),
            VerifyError::SubMissing => ("sub_missing", "RFC7519-4-3", "the token has no `sub`, and a subject is expected"),
            VerifyError::SubMismatch => ("sub_mismatch", "RFC7519-4.1.2-2", "`sub` is not the expected subject"),
            VerifyError::ClaimsShape { .. } => ("claims_shape", "RFC7519-4-3", "the claims do not fit the type they were asked for as"),
            VerifyError::Clock => ("clock", "RFC7519-4.1.4-2", "the system clock stands before 1970"),
        }
    }

    /// The stable short code, such as `expired`.
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// The clause that demands the refusal, as an id of the requirements table:
    /// `RFC7519-4.1.4-1` is the first requirement of RFC 7519 section 4.1.4.
    pub const fn clause(&self) -> &'static str {
        match self {
            VerifyError::Json { part: Part::Payload, error } => match error.fault {
                JsonFault::DuplicateName => "RFC7519-4-2",
                JsonFault::NotAnObject => "RFC7519-7.2-9",
                _ => self.row().1,
            },
            VerifyError::Json { part: Part::Header, error } if matches!(error.fault, JsonFault::DuplicateName) => "RFC7515-5.2-6",
            VerifyError::HeaderType { member } | VerifyError::ClaimType { claim: member } => type_clause(member),
            _ => self.row().1,
        }
    }
}

/// Who says which type a member has.
const fn type_clause(member: &str) -> &'static str {
    // Names are told apart by their bytes: string comparison is not const.
    match member.as_bytes() {
        b"kid" => "RFC7515-4.1.4-1",
        b"typ" => "RFC7515-4.1.9-1",
        b"cty" => "RFC7515-4.1.10-1",
        b"iss" => "RFC7519-4.1.1-1",
        b"sub" => "RFC7519-4.1.2-2",
        b"aud" => "RFC7519-4.1.3-3",
        b"exp" => "RFC7519-4.1.4-4",
        b"nbf" => "RFC7519-4.1.5-4",
        b"iat" => "RFC7519-4.1.6-1",
        _ => "RFC7519-4.1.7-3",
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = self.row().2;
        match self {
            VerifyError::TooLong { length, limit } => write!(f, "{sentence}: {length} bytes, the limit is {limit}"),
            VerifyError::Base64url { part } => write!(f, "the {part} segment {sentence}"),
            VerifyError::Json { part, error } => write!(f, "the {part} {error}"),
            VerifyError::HeaderType { member } => write!(f, "`{member}` {sentence}"),
            VerifyError::ClaimType { claim } | VerifyError::ClaimRange { claim } => write!(f, "the claim `{claim}` {sentence}"),
            VerifyError::Expired { ago } => write!(f, "{sentence} {ago} s ago"),
            VerifyError::NotYetValid { within } => write!(f, "{sentence}: it will be in {within} s"),
            VerifyError::TooOld { age } => write!(f, "{sentence}: it was issued {age} s ago"),
            VerifyError::ClaimsShape { line, column } => write!(f, "{sentence} (noticed in line {line}, column {column} of the payload)"),
            _ => f.write_str(sentence),
        }
    }
}

/// Why key material was refused. Never holds a byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// No byte at all.
    Empty,
    /// Fewer bytes than the algorithm's hash has.
    TooShort {
        /// Bytes that count: zero padding at the end does not.
        length: usize,
        /// Bytes that the algorithm asks for.
        minimum: usize,
    },
    /// More than 1,024 bytes.
    TooLong {
        /// Bytes given.
        length: usize,
    },
    /// Every byte is the same.
    AllBytesEqual,
    /// A secret printed in documentation that many copy.
    Published,
    /// PEM text: a public key, private key or certificate.
    Pem,
    /// An SSH public key.
    Ssh,
    /// DER: a public key, private key or certificate.
    Der,
    /// The JSON text of a JWK or JWK Set, given as raw octets.
    JwkText,
    /// Not canonical text of the encoding it was said to be in.
    Encoding,
    /// A JWK or JWK Set that is not one strict JSON object.
    Json(JsonError),
    /// `kty` is missing or not `oct`.
    Kty,
    /// `k` is missing or not canonical base64url.
    K,
    /// `alg` is not the wanted algorithm, or missing where it has to be read from the JWK.
    Alg,
    /// `use` is not `sig`.
    Use,
    /// `key_ops` is malformed, does not agree with `use`, or allows neither `sign` nor `verify`.
    KeyOps,
    /// `kid` is not a string.
    Kid,
    /// A JWK Set without an array `keys` of objects.
    NotASet,
    /// A JWK Set in which no key can be used.
    NoUsableKey,
    /// Two keys of a JWK Set have one `kid`.
    DuplicateKid,
}

impl KeyError {
    const fn row(&self) -> Row {
        match self {
            KeyError::Empty => ("key_empty", "RFC7518-3.2-1", "the key is empty"),
            KeyError::TooShort { .. } => ("key_too_short", "RFC7518-3.2-1", "the key is too short"),
            KeyError::TooLong { .. } => ("key_too_long", "RFC7518-8.6-1", "the key is too long"),
            KeyError::AllBytesEqual => ("key_all_bytes_equal", "RFC7518-3.2-1", "every byte of the key is the same"),
            KeyError::Published => ("key_published", "RFC8725-3.5-1", "the key is printed in documentation: everybody knows it"),
            KeyError::Pem => (
                "key_pem",
                "RFC8725-3.1-4",
                "the key is PEM text: a public key or certificate is no secret, and a private key is not one for HMAC; whoever has the public half could sign",
            ),
            KeyError::Ssh => ("key_ssh", "RFC8725-3.1-4", "the key is an SSH public key, which is no secret: whoever has it could sign"),
            KeyError::Der => ("key_der", "RFC8725-3.1-4", "the key is a DER public key, private key or certificate, not a secret for HMAC"),
            KeyError::JwkText => ("key_jwk_text", "RFC7518-6.4.1-1", "the key is the JSON text of a JWK: read it as a JWK, the secret is inside it"),
            KeyError::Encoding => ("key_encoding", "RFC4648-3.3-1", "the key is not canonical text of its encoding"),
            KeyError::Json(error) => error.fault.row(),
            KeyError::Kty => ("jwk_kty", "RFC7517-4.1-1", "the JWK's `kty` is not oct"),
            KeyError::K => ("jwk_k", "RFC7518-6.4.1-1", "the JWK's `k` is not canonical base64url"),
            KeyError::Alg => ("jwk_alg", "RFC7517-4.4-1", "the JWK's `alg` is not the wanted algorithm"),
            KeyError::Use => ("jwk_use", "RFC7517-4.2-2", "the JWK's `use` is not sig"),
            KeyError::KeyOps => ("jwk_key_ops", "RFC7517-4.3-1", "the JWK's `key_ops` is malformed, contradicts `use` or allows neither sign nor verify"),
            KeyError::Kid => ("jwk_kid", "RFC7517-4.5-2", "the JWK's `kid` is not a string"),
            KeyError::NotASet => ("jwks_keys", "RFC7517-5-1", "the JWK Set has no array `keys` of objects"),
            KeyError::NoUsableKey => ("jwks_empty", "RFC7517-5-6", "the JWK Set holds no usable key"),
            KeyError::DuplicateKid => ("jwks_duplicate_kid", "RFC7517-4.5-1", "two keys of the JWK Set have one `kid`"),
        }
    }

    /// The stable short code, such as `key_too_short`.
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// The clause that demands the refusal, as an id of the requirements table.
    pub const fn clause(&self) -> &'static str {
        self.row().1
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = self.row().2;
        match self {
            KeyError::TooShort { length, minimum } => write!(f, "{sentence}: {length} bytes that count, the algorithm needs at least {minimum}"),
            KeyError::TooLong { length } => write!(f, "{sentence}: {length} bytes, at most 1024 are taken"),
            KeyError::Json(error) => write!(f, "the JWK {error}"),
            _ => f.write_str(sentence),
        }
    }
}

/// Why a token was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// The claims hold a NaN or an infinity.
    NotFinite,
    /// The claims' own `Serialize` failed, or they hold what JSON cannot.
    Serialize,
    /// The claims become JSON that a verifier would refuse.
    Json(JsonError),
    /// A registered claim of the wrong JSON type.
    ClaimType {
        /// Its name.
        claim: &'static str,
    },
    /// A date beyond ±(2^53−1) seconds.
    ClaimRange {
        /// Its name.
        claim: &'static str,
    },
    /// A header member set by hand that is reserved (`alg`, `crit`, `b64`) or has a field of its own.
    HeaderMember,
    /// Header members that become JSON which a verifier would refuse.
    HeaderJson(JsonError),
    /// `cty` says that the payload is itself a JWT.
    Nested,
    /// The header's `kid` is not the key's id.
    KeyId,
    /// The key was read from a JWK that does not allow it to sign.
    KeyUse,
    /// The key is bound to an issuer, and `iss` is not that one.
    KeyIssuer,
}

impl SignError {
    const fn row(&self) -> Row {
        match self {
            SignError::NotFinite => ("not_finite", "RFC8259-3-1", "the claims hold a NaN or an infinity, which JSON cannot express"),
            SignError::Serialize => ("serialize", "RFC8259-10-1", "the claims cannot be written as JSON"),
            SignError::Json(error) => error.fault.row(),
            SignError::ClaimType { .. } => ("claim_type", "RFC7519-7.1-1", "has the wrong JSON type"),
            SignError::ClaimRange { .. } => ("claim_range", "RFC7493-2.2-2", "is not within 2^53-1 seconds of 1970"),
            SignError::HeaderMember => ("header_member", "RFC7515-4-1", "a header member set by hand is alg, crit or b64, or has a field of its own"),
            SignError::HeaderJson(error) => error.fault.row(),
            SignError::Nested => ("nested", "RFC7519-7.2-7", "`cty` says that the payload is itself a JWT: nested tokens are not supported"),
            SignError::KeyId => ("kid_mismatch", "RFC7515-4.1.4-2", "the header's `kid` is not the key's id"),
            SignError::KeyUse => ("key_use", "RFC7517-4.3-6", "the key's JWK does not allow it to sign"),
            SignError::KeyIssuer => ("key_issuer", "RFC8725-3.8-1", "the key is bound to an issuer, and the claims' `iss` is not that one"),
        }
    }

    /// The stable short code, such as `claim_type`.
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// The clause that demands the refusal, as an id of the requirements table.
    pub const fn clause(&self) -> &'static str {
        match self {
            SignError::ClaimType { claim } => type_clause(claim),
            _ => self.row().1,
        }
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = self.row().2;
        match self {
            SignError::Json(error) => write!(f, "the JSON of the claims {error}"),
            SignError::HeaderJson(error) => write!(f, "the JSON of the header {error}"),
            SignError::ClaimType { claim } | SignError::ClaimRange { claim } => write!(f, "the claim `{claim}` {sentence}"),
            _ => f.write_str(sentence),
        }
    }
}

/// Why an `Authorization` value was not read or not made (RFC 6750 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BearerError {
    /// No `Authorization` header.
    Missing,
    /// More than one `Authorization` header.
    Repeated,
    /// Another scheme.
    Scheme,
    /// Not the scheme, spaces and one b64token.
    Malformed,
}

impl BearerError {
    const fn row(&self) -> Row {
        match self {
            BearerError::Missing => ("authorization_missing", "RFC6750-3-1", "the request has no Authorization header"),
            BearerError::Repeated => ("authorization_repeated", "RFC6750-2-1", "the request has more than one Authorization header"),
            BearerError::Scheme => ("authorization_scheme", "RFC6750-2.1-1", "the Authorization header is of another scheme"),
            BearerError::Malformed => ("authorization_malformed", "RFC6750-2.1-3", "the Authorization value is not the scheme, a space and one token"),
        }
    }

    /// The stable short code, such as `authorization_missing`.
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// The clause that demands the refusal, as an id of the requirements table.
    pub const fn clause(&self) -> &'static str {
        self.row().1
    }
}

impl fmt::Display for BearerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().2)
    }
}

impl core::error::Error for JsonError {}
impl core::error::Error for VerifyError {}
impl core::error::Error for KeyError {}
impl core::error::Error for SignError {}
impl core::error::Error for BearerError {}
