//! What can be tried to the end, tried to the end: each bit, each cut, each byte put in, each date beside a bound.
//!
//! Each group of base64url is tried in `src/base64url.rs`.

mod common;

use std::sync::LazyLock;

use clearjwt::{Algorithm, Key, Validation, VerifyError, jws};

fn secret() -> Vec<u8> {
    common::octets(common::RFC7515_A1)
}

/// Two tokens an algorithm: one whose header the key writes, one whose header has to be read.
fn tokens() -> impl Iterator<Item = (Key, String)> {
    Algorithm::ALL.into_iter().flat_map(|algorithm| {
        let key = Key::new(algorithm, &secret()).unwrap().with_id("k");
        let payload = r#"{"iss":"joe","aud":["api"],"exp":1300819380,"x":{"\u00e9":[1.5e3,null]}}"#;
        let headers =
            [format!(r#"{{"alg":"{algorithm}","typ":"JWT","kid":"k"}}"#), format!("{{ \"kid\":\"\\u006b\",\r\n\"x\":[true],\"alg\":\"{algorithm}\" }}")];
        headers.map(|header| (key.clone(), common::sealed(algorithm, &secret(), header, payload)))
    })
}

/// Demands as few as can be: what is refused is refused for the token's own sake.
fn open() -> Validation {
    Validation::new().any_audience().any_typ().allow_no_expiry().leeway(u64::MAX)
}

/// Both verdicts, which have to be of one mind about the token's form.
fn refused(token: &[u8], key: &Key) -> Option<VerifyError> {
    let (octets, claims) = (jws::verify(token, key).err(), open().check_at(token, key, common::NOW).err());
    assert_eq!(octets, claims, "{}", token.escape_ascii());
    octets
}

#[test]
fn every_bit_of_a_token_of_every_algorithm_counts() {
    for (key, token) in tokens() {
        assert_eq!(refused(token.as_bytes(), &key), None);
        for bit in 0..token.len() * 8 {
            let mut flipped = token.clone().into_bytes();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(refused(&flipped, &key).is_some(), "{}", flipped.escape_ascii());
        }
    }
}

#[test]
fn every_bit_that_was_signed_and_every_bit_of_the_mac_counts() {
    for (key, token) in tokens() {
        let segments: Vec<Vec<u8>> = token.split('.').map(common::octets).collect();
        for part in 0..3 {
            for bit in 0..segments[part].len() * 8 {
                let mut flipped = segments.clone();
                flipped[part][bit / 8] ^= 1 << (bit % 8);
                // Canonical base64url all of it: only the MAC, or a header that is none any more, can tell.
                let text = flipped.iter().map(common::base64url).collect::<Vec<_>>().join(".");
                let error = refused(text.as_bytes(), &key);
                assert!(if part == 0 { error.is_some() } else { error == Some(VerifyError::Signature) }, "{error:?}: {text}");
            }
        }
    }
}

type Verifier = Box<dyn Fn(&[u8]) -> bool>;

/// The vectors of the RFCs that are accepted, with their verifier.
fn accepted() -> Vec<(Vec<u8>, Verifier)> {
    let cases = common::cases(include_str!("vectors/rfc.json"));
    let accepted: Vec<_> = cases
        .iter()
        .filter(|case| case["expect"] == "accept")
        .map(|case| {
            let (key, (demands, now), claims) = (common::key(case), common::demands(case), case["mode"] == "jwt");
            let holds = move |token: &[u8]| if claims { demands.check_at(token, &key, now).is_ok() } else { jws::verify(token, &key).is_ok() };
            (common::token(case), Box::new(holds) as Verifier)
        })
        .collect();
    assert_eq!(accepted.len(), 5, "the examples of RFC 7515, 7519 and 7520");
    assert!(accepted.iter().all(|(token, holds)| holds(token)));
    accepted
}

#[test]
fn every_vector_is_refused_when_cut_anywhere() {
    for (token, holds) in accepted() {
        for at in 0..token.len() {
            assert!(!holds(&token[..at]) && !holds(&token[at + 1..]), "{at}");
            assert!(!holds(&[&token[..at], &token[at + 1..]].concat()), "without the byte at {at}");
        }
    }
}

#[test]
fn every_vector_is_refused_with_any_byte_more_anywhere() {
    for (token, holds) in accepted() {
        for at in 0..=token.len() {
            let mut longer = [&token[..at], &[0], &token[at..]].concat();
            for byte in 0..=255 {
                longer[at] = byte;
                assert!(!holds(&longer), "{}", longer.escape_ascii());
            }
        }
    }
}

/// A date as it is written: its sign, whole seconds, and what follows the point.
#[derive(Clone, Copy, Debug)]
struct Date {
    negative: bool,
    whole: i128,
    fraction: Option<&'static str>,
}

impl Date {
    fn text(self) -> String {
        format!("{}{}{}", if self.negative { "-" } else { "" }, self.whole, self.fraction.unwrap_or_default())
    }

    /// Rounded down and up: a fraction leads away from zero.
    fn rounded(self) -> [i128; 2] {
        let (near, far) = (self.whole, self.whole + i128::from(self.fraction.is_some()));
        if self.negative { [-far, -near] } else { [near, far] }
    }

    /// Within 2^53 − 1 on both sides, on the exact value.
    fn in_range(self) -> bool {
        let [floor, ceil] = self.rounded();
        -LAST <= floor && ceil <= LAST
    }
}

const LAST: i128 = (1 << 53) - 1;
const NOW: i128 = common::NOW as i128;

/// Every number at which something could change, its neighbours, and the same below zero, with each of the fractions.
fn dates(fractions: &'static [Option<&'static str>]) -> impl Iterator<Item = Date> {
    let bounds = [0, NOW, 1 << 31, 1 << 32, 1 << 53, 1 << 63, 1 << 64];
    let wholes = bounds.into_iter().flat_map(|bound| bound - 2..=bound + 2).filter(|whole| *whole >= 0);
    let signed = wholes.flat_map(|whole| [false, true].map(|negative| (negative, whole)));
    signed.flat_map(|(negative, whole)| fractions.iter().map(move |fraction| Date { negative, whole, fraction: *fraction }))
}

const FRACTIONS: &[Option<&str>] = &[None, Some(".5"), Some(".0000000000000000000000001"), Some(".9999999999999999999999999")];

const SPANS: [u64; 6] = [0, 1, 60, LAST as u64, u64::MAX - 1, u64::MAX];

/// The second at which a verdict changes and its neighbours, and both ends of time, as far as a clock can show them.
fn beside(second: i128) -> impl Iterator<Item = u64> {
    let ends = [0, NOW, u64::MAX.into()];
    [second - 1, second, second + 1].into_iter().chain(ends).filter_map(|second| second.try_into().ok())
}

/// A signed token with these dates, written as they are: no value of a parser holds all of them.
fn token(dates: &[(&str, Date)]) -> String {
    let members: Vec<String> = dates.iter().map(|(name, date)| format!("\"{name}\":{}", date.text())).collect();
    common::sealed(Algorithm::HS256, &secret(), r#"{"alg":"HS256"}"#, format!("{{{}}}", members.join(",")))
}

fn verdict(demands: &Validation, token: &str, now: u64) -> Result<Option<u64>, VerifyError> {
    static KEY: LazyLock<Key> = LazyLock::new(|| Key::new(Algorithm::HS256, &secret()).unwrap());
    demands.check_at(token, &*KEY, now).map(|verified| verified.valid_until())
}

/// The second that a verdict names; none if it never comes.
fn until(second: i128) -> Option<u64> {
    second.try_into().ok()
}

fn distance(seconds: i128) -> u64 {
    seconds.try_into().unwrap_or(u64::MAX)
}

// RFC7519-4.1.4-1, RFC7519-4.1.4-2, RFC7519-4.1.4-3
#[test]
fn a_token_holds_until_the_second_before_exp_whatever_exp_and_leeway() {
    for exp in dates(FRACTIONS) {
        let ([floor, _], token) = (exp.rounded(), token(&[("exp", exp)]));
        for leeway in SPANS {
            let (demands, end) = (Validation::new().leeway(leeway), floor + i128::from(leeway));
            for now in beside(end) {
                let expected = match i128::from(now) {
                    _ if !exp.in_range() => Err(VerifyError::ClaimRange { claim: "exp" }),
                    now if now >= end => Err(VerifyError::Expired { ago: distance(now - floor) }),
                    _ => Ok(until(end)),
                };
                assert_eq!(verdict(&demands, &token, now), expected, "{exp:?} {leeway} {now}");
            }
        }
    }
}

// RFC7519-4.1.5-1, RFC7519-4.1.5-2, RFC7519-4.1.5-3
#[test]
fn a_token_holds_from_nbf_on_whatever_nbf_and_leeway() {
    for nbf in dates(FRACTIONS) {
        let ([_, ceil], token) = (nbf.rounded(), token(&[("nbf", nbf)]));
        for leeway in SPANS {
            let (demands, begin) = (Validation::new().allow_no_expiry().leeway(leeway), ceil - i128::from(leeway));
            for now in beside(begin) {
                let expected = match i128::from(now) {
                    _ if !nbf.in_range() => Err(VerifyError::ClaimRange { claim: "nbf" }),
                    now if now < begin => Err(VerifyError::NotYetValid { within: distance(ceil - now) }),
                    _ => Ok(None),
                };
                assert_eq!(verdict(&demands, &token, now), expected, "{nbf:?} {leeway} {now}");
            }
        }
    }
}

#[test]
fn a_token_holds_from_iat_until_it_is_too_old_whatever_iat_age_and_leeway() {
    for iat in dates(FRACTIONS) {
        let ([floor, ceil], token) = (iat.rounded(), token(&[("iat", iat)]));
        for (leeway, max_age) in SPANS.iter().flat_map(|leeway| SPANS.map(|max_age| (*leeway, max_age))) {
            let demands = Validation::new().allow_no_expiry().leeway(leeway).max_age(max_age);
            let (begin, last) = (ceil - i128::from(leeway), floor + i128::from(max_age) + i128::from(leeway));
            for now in beside(begin).chain(beside(last)) {
                let expected = match i128::from(now) {
                    _ if !iat.in_range() => Err(VerifyError::ClaimRange { claim: "iat" }),
                    now if now < begin => Err(VerifyError::IssuedInFuture),
                    now if now > last => Err(VerifyError::TooOld { age: distance(now - floor) }),
                    _ => Ok(until(last + 1)),
                };
                assert_eq!(verdict(&demands, &token, now), expected, "{iat:?} {leeway} {max_age} {now}");
            }
        }
    }
}

#[test]
fn a_lifetime_is_limited_on_the_exact_difference_whatever_the_dates() {
    const HALVES: &[Option<&str>] = &[None, Some(".5")];
    let twice = |date: Date| date.rounded().iter().sum::<i128>();
    for iat in dates(HALVES).filter(|date| date.in_range()) {
        for max_lifetime in [0, 1, 60, LAST as u64, 2 * LAST as u64] {
            let limit = twice(iat) + 2 * i128::from(max_lifetime);
            for halves in limit - 2..=limit + 2 {
                let whole = halves.abs() / 2;
                let exp = Date { negative: halves < 0, whole, fraction: HALVES[(halves % 2 != 0) as usize] };
                if !exp.in_range() {
                    continue;
                }
                // With such a leeway nothing is expired; a lifetime knows none.
                let demands = Validation::new().leeway(u64::MAX).max_lifetime(max_lifetime);
                let expected = if halves > limit { Err(VerifyError::LifetimeTooLong) } else { Ok(until(exp.rounded()[0] + i128::from(u64::MAX))) };
                assert_eq!(verdict(&demands, &token(&[("iat", iat), ("exp", exp)]), 0), expected, "{exp:?} {iat:?} {max_lifetime}");
            }
        }
    }
}
