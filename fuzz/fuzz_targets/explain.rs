//! An explanation has the verdict of the verification, and the row that failed is the one of the reason.
#![no_main]

use clearjwt::{explain, jws};
use clearjwt_fuzz::{Case, check_explained};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: Case| {
    let (demands, Case { token, keys, now, .. }) = (case.demands.validation(), &case);
    let (verdict, explanation) = (demands.check_at(token, keys, *now), demands.explain_at(token, keys, *now));
    assert_eq!(explanation.valid_until(), verdict.as_ref().ok().and_then(|verified| verified.valid_until()));
    check_explained(&explanation, verdict.map(drop));
    check_explained(&explain::jws(token, keys), jws::verify(token, keys).map(drop));
});
