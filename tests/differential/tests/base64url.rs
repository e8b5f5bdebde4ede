//! `src/base64url.rs` in a package that is optimized: its own tests, and every group of three and of four characters.

#![allow(dead_code)] // the module without its callers

extern crate alloc;

#[path = "../../../src/base64url.rs"]
mod base64url;
#[path = "../../../src/constant_time.rs"]
mod constant_time;

use base64url::{decode_exactly, decode_into, encode_into};

#[test]
fn every_group_of_three_has_one_spelling() {
    let exactly: fn(&[u8], Option<&[u8]>) = |text, expected| {
        let mut octets = [0; 2];
        assert_eq!(decode_exactly(text, &mut octets).is_ok(), expected.is_some(), "{text:?}");
        assert!(expected.is_none_or(|expected| octets == expected), "{text:?}");
    };
    assert_eq!(accepted(3, exactly), 1 << 16);
}

#[test]
#[ignore = "a minute and a half: -- --include-ignored"]
fn every_group_of_four_has_one_spelling() {
    assert_eq!(accepted(4, |_, _| ()), 1 << 24);
}

/// How many groups of so many bytes are taken. Each is held against RFC 4648, and given to `also` with what it stands for.
fn accepted(length: usize, also: fn(&[u8], Option<&[u8]>)) -> u64 {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let work = |worker| move || (worker..256).step_by(workers).map(|first| try_all(first as u8, length, also)).sum::<u64>();
        let all: Vec<_> = (0..workers).map(|worker| scope.spawn(work(worker))).collect();
        all.into_iter().map(|worker| worker.join().unwrap()).sum()
    })
}

/// Holds every group that begins with `first` against RFC 4648 as it is written, bit by bit.
fn try_all(first: u8, length: usize, also: fn(&[u8], Option<&[u8]>)) -> u64 {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits: [Option<u32>; 256] = core::array::from_fn(|byte| alphabet.iter().position(|letter| usize::from(*letter) == byte).map(|digit| digit as u32));
    let (mut decoded, mut encoded, mut accepted) = (Vec::new(), Vec::new(), 0);
    for rest in 0..1_u64 << (8 * (length - 1)) {
        let [a, b, c, ..] = rest.to_le_bytes();
        let group = [first, a, b, c];
        let text = &group[..length];
        let bits = text.iter().try_fold(0, |bits, byte| Some(bits << 6 | digits[usize::from(*byte)]?));
        // Of 18 or 24 bits those that fill octets; the others have to be zero.
        let (octets, left) = (length * 6 / 8, length * 6 % 8);
        let expected = bits.filter(|bits| bits % (1 << left) == 0).map(|bits| (bits >> left << (32 - 8 * octets)).to_be_bytes());
        let expected = expected.as_ref().map(|expected| &expected[..octets]);
        decoded.clear();
        assert_eq!(decode_into(text, &mut decoded).is_ok(), expected.is_some(), "{text:?}");
        if let Some(expected) = expected {
            accepted += 1;
            assert_eq!(decoded, expected, "{text:?}");
            encoded.clear();
            encode_into(&decoded, &mut encoded);
            assert_eq!(encoded, text);
        }
        also(text, expected);
    }
    accepted
}
