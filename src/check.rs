//! Every check of one verification, in the order of the work.
//!
//! The stages say of each check how it went, and `explain` is the only one that listens. `check_at` and `explain` run the same
//! code but for the search for dots, which `check_at` can leave out; `verify_at` reads the payload otherwise as well. Tests hold all three
//! against each other.

use crate::error::VerifyError;

/// A check. A token is refused by the first that fails; [`Check::ALL`] and the order of `<` are those of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Check {
    /// The length of the token.
    Length,
    /// Two dots.
    Segments,
    /// A header segment that is not empty.
    HeaderPresent,
    /// A signature segment that is not empty.
    SignaturePresent,
    /// The header segment as base64url.
    HeaderEncoding,
    /// The header as one strict JSON object.
    HeaderJson,
    /// `alg` is there, and a string.
    AlgPresent,
    /// `alg` is not `none`.
    AlgNone,
    /// No `crit`.
    Critical,
    /// No `b64`.
    B64,
    /// The type of `kid`.
    KidType,
    /// The type of `typ`.
    TypType,
    /// The type of `cty`.
    CtyType,
    /// A key for the token's `kid`.
    KeyId,
    /// `alg` is the key's algorithm.
    Alg,
    /// The key may verify.
    KeyUse,
    /// The signature segment as base64url.
    SignatureEncoding,
    /// The length of the signature.
    SignatureLength,
    /// The MAC.
    Mac,
    /// `typ` is the expected type.
    Typ,
    /// `cty` is not `JWT`.
    Nested,
    /// The payload segment as base64url.
    PayloadEncoding,
    /// The payload as one strict JSON object.
    PayloadJson,
    /// The type and range of `exp`.
    ExpType,
    /// The type and range of `nbf`.
    NbfType,
    /// The type and range of `iat`.
    IatType,
    /// The type of `iss`.
    IssType,
    /// The type of `sub`.
    SubType,
    /// The type of `aud`.
    AudType,
    /// The type of `jti`.
    JtiType,
    /// The key's own issuer.
    KeyIssuer,
    /// `exp` has not come.
    Expiry,
    /// `nbf` has come.
    NotBefore,
    /// The time since `iat`.
    Age,
    /// The time from `iat` to `exp`.
    Lifetime,
    /// An expected `iss`.
    Issuer,
    /// An expected `aud`.
    Audience,
    /// The expected `sub`.
    Subject,
}

impl Check {
    /// All of them, in the order of the work.
    pub const ALL: [Check; 38] = [
        Check::Length,
        Check::Segments,
        Check::HeaderPresent,
        Check::SignaturePresent,
        Check::HeaderEncoding,
        Check::HeaderJson,
        Check::AlgPresent,
        Check::AlgNone,
        Check::Critical,
        Check::B64,
        Check::KidType,
        Check::TypType,
        Check::CtyType,
        Check::KeyId,
        Check::Alg,
        Check::KeyUse,
        Check::SignatureEncoding,
        Check::SignatureLength,
        Check::Mac,
        Check::Typ,
        Check::Nested,
        Check::PayloadEncoding,
        Check::PayloadJson,
        Check::ExpType,
        Check::NbfType,
        Check::IatType,
        Check::IssType,
        Check::SubType,
        Check::AudType,
        Check::JtiType,
        Check::KeyIssuer,
        Check::Expiry,
        Check::NotBefore,
        Check::Age,
        Check::Lifetime,
        Check::Issuer,
        Check::Audience,
        Check::Subject,
    ];

    /// Those of the header by itself.
    pub(crate) const OF_A_HEADER: [Check; 8] =
        [Check::HeaderJson, Check::AlgPresent, Check::AlgNone, Check::Critical, Check::B64, Check::KidType, Check::TypType, Check::CtyType];

    /// Those that are made anew with each key that could be the right one.
    pub(crate) const OF_A_KEY: [Check; 6] = [Check::KeyId, Check::Alg, Check::KeyUse, Check::SignatureEncoding, Check::SignatureLength, Check::Mac];

    /// The stable short code, such as `expiry`.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// The clause that asks for the check, as an id of the requirements table. A check that fails can name a nearer one.
    pub const fn clause(self) -> &'static str {
        self.row().1
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Check::Length => ("length", "RFC8259-9-3"),
            Check::Segments => ("segments", "RFC7515-5.2-3"),
            Check::HeaderPresent => ("header_present", "RFC7515-5.2-5"),
            Check::SignaturePresent => ("signature_present", "RFC7518-3.6-4"),
            Check::HeaderEncoding => ("header_encoding", "RFC7515-5.2-4"),
            Check::HeaderJson => ("header_json", "RFC7515-5.2-5"),
            Check::AlgPresent => ("alg_present", "RFC7515-4.1.1-3"),
            Check::AlgNone => ("alg_none", "RFC8725-3.2-5"),
            Check::Critical => ("crit", "RFC7515-4.1.11-2"),
            Check::B64 => ("b64", "RFC7797-7-3"),
            Check::KidType => ("kid_type", "RFC7515-4.1.4-1"),
            Check::TypType => ("typ_type", "RFC7515-4.1.9-1"),
            Check::CtyType => ("cty_type", "RFC7515-4.1.10-1"),
            Check::KeyId => ("key_id", "RFC7515-6-3"),
            Check::Alg => ("alg", "RFC8725-3.1-2"),
            Check::KeyUse => ("key_use", "RFC7517-4.3-6"),
            Check::SignatureEncoding => ("signature_encoding", "RFC7515-5.2-10"),
            Check::SignatureLength => ("signature_length", "RFC7518-3.2-2"),
            Check::Mac => ("mac", "RFC7515-5.2-11"),
            Check::Typ => ("typ", "RFC8725bis-3.11-4"),
            Check::Nested => ("nested", "RFC7519-7.2-7"),
            Check::PayloadEncoding => ("payload_encoding", "RFC7515-5.2-9"),
            Check::PayloadJson => ("payload_json", "RFC7519-7.2-9"),
            Check::ExpType => ("exp_type", "RFC7519-4.1.4-4"),
            Check::NbfType => ("nbf_type", "RFC7519-4.1.5-4"),
            Check::IatType => ("iat_type", "RFC7519-4.1.6-1"),
            Check::IssType => ("iss_type", "RFC7519-4.1.1-1"),
            Check::SubType => ("sub_type", "RFC7519-4.1.2-2"),
            Check::AudType => ("aud_type", "RFC7519-4.1.3-3"),
            Check::JtiType => ("jti_type", "RFC7519-4.1.7-3"),
            Check::KeyIssuer => ("key_issuer", "RFC8725-3.8-2"),
            Check::Expiry => ("expiry", "RFC7519-4.1.4-1"),
            Check::NotBefore => ("not_before", "RFC7519-4.1.5-1"),
            Check::Age => ("age", "RFC7519-4.1.6-1"),
            Check::Lifetime => ("lifetime", "RFC6750-5.2-10"),
            Check::Issuer => ("issuer", "RFC7519-4.1.1-1"),
            Check::Audience => ("audience", "RFC7519-4.1.3-2"),
            Check::Subject => ("subject", "RFC7519-4.1.2-2"),
        }
    }
}

/// Who hears how each check went: nobody, which costs nothing, or `explain`.
///
/// It costs nothing because all that takes a watcher is inlined: verdicts that pass through memory took a tenth of the time of a
/// small token.
pub(crate) trait Watch {
    /// Whether there is somebody, who wants each check at its place.
    const ANYBODY: bool = true;

    /// A check was made. What it found goes on as it is.
    fn judge<T>(&mut self, check: Check, verdict: Result<T, VerifyError>) -> Result<T, VerifyError>;

    /// Nobody asked for the check.
    fn skip(&mut self, check: Check);

    /// A check that either holds or does not.
    #[inline(always)]
    fn demand(&mut self, check: Check, holds: bool, otherwise: VerifyError) -> Result<(), VerifyError> {
        self.judge(check, if holds { Ok(()) } else { Err(otherwise) })
    }

    /// A check that is made if somebody asked for it.
    #[inline(always)]
    fn ask<D, T>(&mut self, check: Check, demand: Option<D>, verdict: impl FnOnce(D) -> Result<T, VerifyError>) -> Result<Option<T>, VerifyError> {
        match demand {
            Some(demand) => self.judge(check, verdict(demand)).map(Some),
            None => {
                self.skip(check);
                Ok(None)
            }
        }
    }
}

impl Watch for () {
    const ANYBODY: bool = false;

    #[inline(always)]
    fn judge<T>(&mut self, _: Check, verdict: Result<T, VerifyError>) -> Result<T, VerifyError> {
        verdict
    }

    #[inline(always)]
    fn skip(&mut self, _: Check) {}
}
