//! Claims behind a MAC that holds: what is accepted meets every demand, and as long as it says.
#![no_main]

use clearjwt_fuzz::{Case, check_accepted};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|case: Case| {
    let (demands, Case { token, keys, now, .. }) = (case.demands.validation(), &case);
    let verdict = demands.verify_at::<Value>(token, keys, *now);
    assert_eq!(verdict.as_ref().map(drop), demands.check_at(token, keys, *now).as_ref().map(drop));
    let Ok(verified) = verdict else { return };
    check_accepted(&case, &verified);
    if let Some(until) = verified.valid_until() {
        assert!(demands.check_at(token, keys, until - 1).is_ok());
        assert!(demands.check_at(token, keys, until).is_err());
    }
});
