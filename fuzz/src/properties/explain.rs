use clearjwt::{
    VerifyError,
    explain::{Explanation, Outcome, Trust, jws},
};

use crate::Case;

/// An explanation has the verdict of the verification, and the row that failed is the one of the reason.
pub fn explain(case: &Case) {
    let (demands, Case { token, keys, now, .. }) = (case.demands.validation(), case);
    let (verdict, explanation) = (demands.check_at(token, keys, *now), demands.explain_at(token, keys, *now));
    assert_eq!(explanation.valid_until(), verdict.as_ref().ok().and_then(|verified| verified.valid_until()));
    check(&explanation, verdict.map(drop));
    check(&jws(token, keys), clearjwt::jws::verify(token, keys).map(drop));
    assert!(format!("{explanation:?}{:?}{:?}", explanation.rows(), explanation.segments()).len() < 8_000, "it shows the token");
}

/// None failed, or the one of the reason, with nothing reached after it.
fn check(explanation: &Explanation, verdict: Result<(), VerifyError>) {
    assert_eq!(explanation.verdict(), verdict);
    assert_eq!(explanation.trust() == Trust::Accepted, verdict.is_ok());
    let rows = explanation.rows();
    for row in rows {
        super::speaks(row.check.code(), row.clause, &row.outcome.code());
        super::speaks(row.outcome.code(), row.check.clause(), &explanation.trust().code());
    }
    assert!(rows.windows(2).all(|pair| pair[0].check < pair[1].check), "the rows are out of order");
    assert!(rows.iter().all(|row| row.found.as_ref().is_none_or(|found| found.chars().count() <= 500)), "it shows too much");
    let failed = rows.iter().position(|row| matches!(row.outcome, Outcome::Failed(_)));
    assert_eq!(failed.is_some(), verdict.is_err());
    let Some(failed) = failed else {
        assert!(rows.iter().all(|row| row.outcome != Outcome::NotReached), "accepted, and not all was reached");
        return;
    };
    let error = verdict.unwrap_err();
    assert_eq!((rows[failed].outcome, rows[failed].clause), (Outcome::Failed(error), error.clause()));
    let made = |outcome| matches!(outcome, Outcome::Passed | Outcome::Failed(_));
    assert!(rows[..failed].iter().all(|row| row.outcome != Outcome::NotReached), "something before the failure was not reached");
    assert!(rows[failed + 1..].iter().all(|row| !made(row.outcome)), "something after the failure was made");
}
