//! The cases reach what they are made for: without this a target could run for days and judge nothing.

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Unstructured};
use clearjwt_fuzz::Case;

/// Every reason but those that no token gives: `clock`, and `claims_shape`, which is the caller's type.
const REASONS: &str = "too_long segments encrypted empty_header unsigned base64url utf8 byte_order_mark json not_an_object duplicate_name \
    lone_surrogate number_too_large too_deep alg_missing alg_none alg_mismatch crit b64 header_type no_key kid_missing kid_unknown key_use \
    signature_length signature typ_missing typ_mismatch nested claim_type claim_range exp_missing expired not_yet_valid iat_missing \
    issued_in_future too_old lifetime_too_long iss_missing iss_mismatch key_issuer aud_missing aud_mismatch aud_unexpected sub_missing sub_mismatch";

#[test]
fn cases_are_accepted_often_and_refused_for_every_reason() {
    let (mut counts, mut noise) = (BTreeMap::new(), 2026_u64);
    for _ in 0..30_000 {
        let bytes: Vec<u8> = (0..400)
            .map(|_| {
                noise = noise.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (noise >> 56) as u8
            })
            .collect();
        let case = Case::arbitrary(&mut Unstructured::new(&bytes)).expect("any bytes are a case");
        let verdict = case.demands.validation().check_at(&case.token, &case.keys, case.now);
        *counts.entry(verdict.map_or_else(|error| error.code(), |_| "accepted")).or_insert(0) += 1;
    }
    assert!(counts.remove("accepted").is_some_and(|accepted| accepted > 600), "{counts:#?}");
    let mut reasons: Vec<&str> = REASONS.split_ascii_whitespace().collect();
    reasons.sort_unstable();
    assert_eq!(reasons, counts.into_keys().collect::<Vec<_>>());
}
