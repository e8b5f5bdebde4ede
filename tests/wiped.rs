//! What the library copies of a secret to the heap is wiped before the memory is given back.
//!
//! The allocator of this test looks at each block as it is freed, and counts those that still hold sixteen bytes of the
//! secret, of its base64url text, or of the HMAC states that are as good as the secret (RFC 2104 section 4). A block that
//! is left for a larger one is freed too. Stacks and registers are out of its sight, and so are copies the caller makes.

mod common;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    hint::black_box,
    mem::ManuallyDrop,
    sync::{
        Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
};

use clearjwt::{Algorithm, Header, Key, jwk, jws};
use sha2::block_api::{compress256, compress512};

struct Watching;

static WATCHED: [[AtomicU64; 2]; 16] = [const { [const { AtomicU64::new(0) }; 2] }; 16];
static COUNT: AtomicUsize = AtomicUsize::new(0);
static LEFT: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Other tests prepare their texts meanwhile: only the thread that watches is watched.
    static HERE: Cell<bool> = const { Cell::new(false) };
}

// `realloc` is the default one: a new block, a copy, and the old block through `dealloc`.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that what stands in a freed block was written by its owner.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let count = COUNT.load(SeqCst);
        if count > 0 && HERE.get() {
            // Sixteen bytes: eight can be left of a stack in a word that nobody wrote, such as the length of no id.
            let mut window = 0;
            for at in 0..layout.size() {
                window = window >> 8 | u128::from(unsafe { block.add(at).read_volatile() }) << 120;
                let halves = [window as u64, (window >> 64) as u64];
                if at >= 15 && WATCHED[..count].iter().any(|watched| watched.each_ref().map(|half| half.load(SeqCst)) == halves) {
                    LEFT.fetch_add(1, SeqCst);
                    break;
                }
            }
        }
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

const SECRET: &[u8; 66] = b"Zw7-hush.Qx93.nobody.knows.this-k5VtL8.and.it.is.long.enough.as.is";

/// How many blocks were freed with some of the secret in them while `f` ran, which makes keys of one algorithm.
fn left_by<T>(algorithm: Algorithm, f: impl FnOnce() -> T) -> usize {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let guard = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // All of this lives until the end, so that the test itself frees nothing that it looks for.
    let mut pieces: Vec<[u8; 16]> = Vec::with_capacity(16);
    let text = common::base64url(SECRET);
    for whole in [&SECRET[..], text.as_bytes()] {
        pieces.extend([0, whole.len() / 2, whole.len() - 16].map(|at| <[u8; 16]>::try_from(&whole[at..at + 16]).expect("sixteen bytes")));
    }
    pieces.extend([0x36, 0x5c].into_iter().flat_map(|pad| states(algorithm, pad)));
    for (watched, piece) in WATCHED.iter().zip(&pieces) {
        let piece = u128::from_le_bytes(*piece);
        watched[0].store(piece as u64, SeqCst);
        watched[1].store((piece >> 64) as u64, SeqCst);
    }
    LEFT.store(0, SeqCst);
    COUNT.store(pieces.len(), SeqCst);
    HERE.set(true);
    drop(black_box(f()));
    HERE.set(false);
    COUNT.store(0, SeqCst);
    let left = LEFT.load(SeqCst);
    drop(guard);
    left
}

/// Pieces of what SHA-2 makes of the secret's block, xored with a pad: what an HMAC key keeps.
fn states(algorithm: Algorithm, pad: u8) -> [[u8; 16]; 2] {
    use sha2::Digest as _;
    if algorithm == Algorithm::HS256 {
        let mut state: [u32; 8] = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
        // The secret is longer than the block, so it is hashed first.
        let mut block = [pad; 64];
        block.iter_mut().zip(sha2::Sha256::digest(SECRET)).for_each(|(byte, of_key)| *byte ^= of_key);
        compress256(&mut state, &[block]);
        return [0, 4].map(|at| state[at..at + 4].iter().flat_map(|word| word.to_ne_bytes()).collect::<Vec<u8>>().try_into().expect("sixteen bytes"));
    }
    let mut state = if algorithm == Algorithm::HS384 { SHA384 } else { SHA512 };
    let mut block = [pad; 128];
    block.iter_mut().zip(SECRET).for_each(|(byte, of_key)| *byte ^= of_key);
    compress512(&mut state, &[block]);
    [0, 6].map(|at| state[at..at + 2].iter().flat_map(|word| word.to_ne_bytes()).collect::<Vec<u8>>().try_into().expect("sixteen bytes"))
}

#[rustfmt::skip]
const SHA384: [u64; 8] = [
    0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
    0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
];
#[rustfmt::skip]
const SHA512: [u64; 8] = [
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
];

fn jwk_text(rest: &str) -> String {
    format!(r#"{{"kty":"oct","k":"{}"{rest}}}"#, common::base64url(SECRET))
}

/// A text of the test's own that outlives the watch.
fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

#[test]
fn the_watch_sees_what_is_not_wiped() {
    assert_eq!(left_by(Algorithm::HS256, || SECRET.to_vec()), 1);
    assert_eq!(left_by(Algorithm::HS256, || common::base64url(SECRET)), 1);
    assert_eq!(left_by(Algorithm::HS256, || vec![1, 2, 3]), 0);
    // What a key keeps, given back without its `drop`.
    use hmac::{Hmac, KeyInit as _};
    let unwiped = |algorithm| match algorithm {
        Algorithm::HS256 => left_by(algorithm, || Box::new(ManuallyDrop::new(Hmac::<sha2::Sha256>::new_from_slice(SECRET).unwrap()))),
        Algorithm::HS384 => left_by(algorithm, || Box::new(ManuallyDrop::new(Hmac::<sha2::Sha384>::new_from_slice(SECRET).unwrap()))),
        Algorithm::HS512 => left_by(algorithm, || Box::new(ManuallyDrop::new(Hmac::<sha2::Sha512>::new_from_slice(SECRET).unwrap()))),
    };
    assert_eq!(Algorithm::ALL.map(unwiped), [1; 3]);
}

// RFC2104-4-1
#[test]
fn a_key_is_wiped_when_it_is_dropped() {
    for algorithm in Algorithm::ALL {
        let left = left_by(algorithm, || {
            let key = Box::new(Key::new(algorithm, SECRET).unwrap());
            let copy = Box::new((*key).clone().with_id("a").for_issuer("b"));
            let token = jws::sign("x", &Header::default(), &key).unwrap();
            assert!(jws::verify(&token, &*key).is_ok());
            clearjwt::sign(&serde_json::json!({"iss": "b"}), &copy).unwrap();
            (key, copy)
        });
        assert_eq!(left, 0, "{algorithm}");
    }
}

#[test]
fn the_secret_of_a_jwk_is_wiped_after_reading() {
    let escaped: String = common::base64url(SECRET).chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let texts = [jwk_text(""), jwk_text(r#","kid":"\u0061","key_ops":["verify"]"#), format!(r#"{{"kty":"oct","k":"{escaped}"}}"#)];
    for text in texts.map(kept) {
        for algorithm in Algorithm::ALL {
            assert_eq!(left_by(algorithm, || Box::new(Key::from_jwk(algorithm, text).unwrap())), 0, "{text}");
        }
    }
}

#[test]
fn a_jwk_that_is_refused_leaves_nothing_either() {
    let texts = [jwk_text(r#","alg":"HS384""#), jwk_text(r#","kid":5"#), jwk_text("").replace("\"}", "=\"}"), jwk_text("").replace("\"}", "A\"}")];
    for text in texts.map(kept) {
        assert_eq!(left_by(Algorithm::HS256, || Key::from_jwk(Algorithm::HS256, text).map(drop).unwrap_err()), 0, "{text}");
    }
    let long = kept(format!(r#"{{"kty":"oct","k":"{}"}}"#, common::base64url(SECRET.repeat(16))));
    assert_eq!(left_by(Algorithm::HS256, || Key::from_jwk(Algorithm::HS256, long).map(drop).unwrap_err()), 0);
}

#[test]
fn a_set_of_many_keys_leaves_no_key_behind_while_it_grows() {
    let other = |i: u8| format!(r#"{{"kty":"oct","kid":"{i}","k":"{}"}}"#, common::base64url([&[i + 1; 63][..], b"x"].concat()));
    let entries: Vec<String> = [jwk_text("")].into_iter().chain((0..20).map(other)).collect();
    let text = kept(format!(r#"{{"keys":[{}]}}"#, entries.join(",")));
    assert_eq!(left_by(Algorithm::HS256, || jwk::key_set(Algorithm::HS256, text).unwrap()), 0);
}

#[test]
fn a_jwk_text_that_is_written_is_wiped() {
    for id in [None, Some("an id that is longer than the room that is left for everything else in the text")] {
        assert_eq!(left_by(Algorithm::HS512, || jwk::to_text(Algorithm::HS512, SECRET, id).unwrap()), 0);
    }
}

// It grows at the second push: that is what is watched.
#[allow(clippy::vec_init_then_push)]
#[test]
fn a_list_of_keys_leaves_no_key_behind_while_it_grows() {
    let left = left_by(Algorithm::HS256, || {
        let mut keys = Vec::with_capacity(1);
        keys.push(Key::new(Algorithm::HS256, SECRET).unwrap());
        keys.push(Key::new(Algorithm::HS256, b"another secret, 32 bytes or more").unwrap());
        keys
    });
    assert_eq!(left, 0);
}

#[test]
fn a_jwk_text_that_is_no_secret_leaves_nothing_either() {
    let text = kept(jwk_text(""));
    assert_eq!(left_by(Algorithm::HS256, || Key::new(Algorithm::HS256, text.as_bytes()).map(drop).unwrap_err()), 0);
}
