//! Remarks: never a panic, never many, and what is said to be refused by every strict verifier is refused by this one.
#![no_main]

use clearjwt::{
    Validation,
    jws::Unverified,
    lint::{Remark, lint},
};
use clearjwt_fuzz::Case;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| {
    let Ok(looked_at) = Unverified::parse(&case.token) else { return };
    let remarks = lint(&looked_at, case.now);
    assert!(remarks.len() < 24 && remarks.iter().all(|remark| remark.to_string().len() < 300));
    let open = Validation::new().any_audience().any_typ().allow_no_expiry().leeway(u64::MAX);
    if open.check_at(&case.token, &case.keys, case.now).is_ok() {
        assert!(!remarks.iter().any(|remark| matches!(remark, Remark::Refused(_))), "{remarks:?}");
    }
});
