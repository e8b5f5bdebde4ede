use clearjwt::{
    Validation,
    jws::Unverified,
    lint::{Remark, lint as remarks_on},
};

use crate::{Case, oracle};

/// Remarks are few and short, and what is said to be refused by every strict verifier is refused by this one.
pub fn lint(case: &Case) {
    let Ok(looked_at) = Unverified::parse(&case.token) else { return };
    let remarks = remarks_on(&looked_at, case.now);
    assert!(remarks.len() < 24 && remarks.iter().all(|remark| remark.to_string().len() < 300 && !remark.code().is_empty() && !remark.clause().is_empty()));
    let header = oracle::json::object(looked_at.unverified_header().as_bytes()).expect("a header is strict JSON");
    let string = |name: &str| if let Some(oracle::json::Json::String(text)) = header.get(name) { Some(text.clone()) } else { None };
    assert_eq!((looked_at.unverified_alg(), looked_at.unverified_kid()), (string("alg"), string("kid")));
    let open = Validation::new().any_audience().any_typ().allow_no_expiry().leeway(u64::MAX);
    if open.check_at(&case.token, &case.keys, case.now).is_ok() {
        assert!(!remarks.iter().any(|remark| matches!(remark, Remark::Refused(_))), "{remarks:?}");
    }
}
