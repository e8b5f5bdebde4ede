//! How often the library asks for memory, and for how much: counted by the allocator of this test.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    collections::BTreeMap,
    hint::black_box,
};

use clearjwt::{Algorithm, Header, Key, Validation, VerifyError, jws};
use serde::{Deserialize, Serialize};

struct Counting;

thread_local! {
    static COUNT: Cell<Option<Count>> = const { Cell::new(None) };
}

/// What one thread took while it counted. A block that grows counts as one more, and while it moves both are there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Count {
    blocks: usize,
    bytes: usize,
    peak: usize,
}

fn count(change: impl FnOnce(&mut Count)) {
    if let Some(mut count) = COUNT.get() {
        change(&mut count);
        COUNT.set(Some(count));
    }
}

// `realloc` is the default one: a new block, a copy, and the old block through `dealloc`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(|count| {
            count.blocks += 1;
            count.bytes += layout.size();
            count.peak = count.peak.max(count.bytes);
        });
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // A block from before the count was never added.
        count(|count| count.bytes = count.bytes.saturating_sub(layout.size()));
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn counted<T>(work: impl FnOnce() -> T) -> (T, Count) {
    COUNT.set(Some(Count::default()));
    let result = black_box(work());
    (result, COUNT.take().unwrap())
}

const NOW: u64 = 1_800_000_000;

#[derive(Serialize, Deserialize)]
struct Owned {
    user_id: u64,
    exp: u64,
}

#[derive(Deserialize)]
struct Borrowed<'a> {
    name: &'a str,
}

/// Without `std` serde_json writes into a vector of its own only.
const SERDE_JSON: usize = if cfg!(feature = "std") { 0 } else { 1 };

fn key() -> Key {
    Key::new(Algorithm::HS256, &core::array::from_fn::<u8, 32, _>(|at| 7 * at as u8)).unwrap().with_id("2026-11")
}

/// A token whose payload is any text, be it JSON or not.
fn token(payload: &str, key: &Key) -> String {
    jws::sign(payload, &Header::jwt(), key).unwrap()
}

fn demands() -> Validation {
    Validation::new().any_audience().max_len(1 << 20)
}

#[test]
fn the_counter_counts() {
    let (_, count) = counted(|| {
        let first = black_box(vec![0_u8; 100]);
        drop(first);
        black_box(vec![0_u8; 60])
    });
    assert_eq!(count, Count { blocks: 2, bytes: 60, peak: 100 });
}

#[test]
fn signing_takes_one_block() {
    let key = key();
    let (result, count) = counted(|| clearjwt::sign(&Owned { user_id: 1234, exp: NOW }, &key));
    assert_eq!((result.is_ok(), count.blocks), (true, 1 + SERDE_JSON));
}

#[test]
fn signing_into_a_buffer_with_room_takes_none() {
    let (key, mut buffer) = (key(), Vec::with_capacity(512));
    let (result, count) = counted(|| clearjwt::sign_into(&Owned { user_id: 1234, exp: NOW }, &key, &mut buffer));
    assert_eq!((result.is_ok(), count.blocks), (true, SERDE_JSON));
}

#[test]
fn verifying_octets_takes_one_block_for_any_number_of_keys() {
    let key = key();
    let others: Vec<_> = (1..20).map(|id| key.clone().with_id(&format!("other {id}"))).chain([key.clone()]).collect();
    let other_header = jws::sign("octets", &Header { typ: Some("other".into()), ..Header::default() }, &key).unwrap();
    for token in [&token("octets", &key), &other_header] {
        let (result, count) = counted(|| jws::verify(token, &key));
        assert_eq!((result.is_ok(), count.blocks), (true, 1));
        let (result, count) = counted(|| jws::verify(token, &others));
        assert_eq!((result.is_ok(), count.blocks), (true, 1));
    }
}

#[test]
fn verifying_claims_that_own_nothing_takes_one_block() {
    let (key, demands) = (key(), demands());
    let small = clearjwt::sign(&Owned { user_id: 1234, exp: NOW + 60 }, &key).unwrap();
    let registered = r#"{"iss":"a","sub":"b","aud":["c","d"],"exp":1800000060,"nbf":1.5,"iat":1e9,"jti":"e","user_id":1}"#;
    for token in [small, token(registered, &key)] {
        let (result, count) = counted(|| demands.verify_at::<Owned>(&token, &key, NOW));
        assert_eq!((result.is_ok(), count.blocks), (true, 1), "{token}");
    }
}

/// For their duplicates to be found in a time that grows with their number; more names take a table that doubles.
#[test]
fn more_names_at_once_than_32_take_one_block_more() {
    let (key, demands) = (key(), demands());
    let names = |count| (1..=count).map(|name| format!(r#""{name}":0"#)).collect::<Vec<_>>().join(",");
    // The outermost object's own two, and those of one object at a time.
    let payload = |count| format!(r#"{{"exp":1800000060,"all":[{0},{0},{0}]}}"#, format_args!("{{{}}}", names(count)));
    for (count, more) in [(30, 0), (31, 1)] {
        let token = token(&payload(count), &key);
        let (result, read) = counted(|| demands.check_at(&token, &key, NOW));
        assert_eq!((result.is_ok(), read.blocks), (true, 1 + more), "{count} names");
    }
    let claims: BTreeMap<String, u64> = (1..40).map(|name| (name.to_string(), 0)).collect();
    let mut buffer = Vec::with_capacity(2_000);
    let mut written = |count| {
        let claims: BTreeMap<_, _> = claims.iter().take(count).collect();
        let (result, written) = counted(|| clearjwt::sign_into(&claims, &key, &mut buffer));
        assert!(result.is_ok());
        written.blocks
    };
    assert_eq!(written(33), written(32) + 1);
}

#[test]
fn claims_that_borrow_take_no_block_of_their_own() {
    let (key, demands) = (key(), demands());
    let token = token(r#"{"name":"Jane","exp":1800000060}"#, &key);
    let (name_len, count) = counted(|| demands.check_at(&token, &key, NOW).map(|verified| verified.claims_as::<Borrowed>().map(|claims| claims.name.len())));
    assert_eq!((name_len, count.blocks), (Ok(Ok(4)), 1));
}

#[test]
fn a_refusal_takes_no_more_than_the_work_before_it() {
    let (key, demands) = (key(), demands());
    let good = token(r#"{"exp":1800000060}"#, &key);
    let (head, mac) = good.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}{}", if mac.starts_with('A') { 'B' } else { 'A' }, &mac[1..]);
    let long = "A".repeat((1 << 20) + 1);
    let cases = [
        (long.as_str(), "too_long", 0),
        ("garbage", "segments", 0),
        (&good.replace('.', ""), "segments", 0),
        (&format!("{head}."), "unsigned", 0),
        (&format!("={good}"), "base64url", 1),
        (&format!("{head}.{}", &mac[1..]), "signature_length", 1),
        (&forged, "signature", 0),
        (&token(r#"{"exp":1800000060,"exp":1800000060}"#, &key), "duplicate_name", 2),
        (&token(r#"{"exp":1800000000}"#, &key), "expired", 1),
        (&token(r#"{"exp":"1800000060"}"#, &key), "claim_type", 1),
        (&token("[]", &key), "not_an_object", 1),
    ];
    for (token, code, most) in cases {
        let (result, count) = counted(|| demands.check_at(token, &key, NOW));
        assert_eq!(result.err().map(|error| error.code()), Some(code));
        assert!(count.blocks <= most, "{code}: {count:?}");
    }
    assert_eq!(demands.check_at(&forged, &key, NOW).err(), Some(VerifyError::Signature));
}

#[test]
fn memory_grows_with_the_length_of_the_token_whatever_is_in_it() {
    let (key, demands) = (key(), demands());
    let repeat = |one: &str, last: &str, times: usize| (0..times).map(|at| one.replace('~', &at.to_string())).chain([last.into()]).collect::<String>();
    for times in [10, 100, 1000, 10_000] {
        let shapes = [
            ("many members", format!("{{{}}}", repeat(r#""~":0,"#, r#""exp":1800000060"#, times))),
            ("the shortest members", format!("{{{}}}", repeat(r#""":0,"#, r#""exp":1800000060"#, times))),
            ("escaped names", format!("{{{}}}", repeat(r#""\u0061~":0,"#, r#""exp":1800000060"#, times))),
            ("escapes in a registered claim", format!(r#"{{"iss":"{}","exp":1800000060}}"#, r"\u0061".repeat(times))),
            ("an audience of many", format!(r#"{{"aud":[{}],"exp":1800000060}}"#, repeat(r#""\u0061","#, r#""b""#, times))),
            ("nesting", format!(r#"{{"a":{}0{},"exp":1800000060}}"#, r#"{"a":"#.repeat(120), "}".repeat(120))),
            ("wide and deep", format!(r#"{{"a":[{}],"exp":1800000060}}"#, repeat(r#"{"a":{"b":{"c":{}}}},"#, "0", times))),
            ("broken", repeat("[", "", times)),
        ];
        for (shape, payload) in shapes {
            let token = token(&payload, &key);
            let ((), count) = counted(|| drop(demands.check_at(&token, &key, NOW)));
            assert!(count.peak <= PEAK * token.len() + 1024, "{shape}, {times} times: {count:?} for {} bytes", token.len());
        }
    }
}

/// Bytes of memory for each byte of a token, at most. A member is at least five characters of JSON, 6.7 of the token, and the search
/// for its double takes a record of 24 bytes in a list that doubles: 24 * 3 / 6.7 while it grows.
const PEAK: usize = 11;
