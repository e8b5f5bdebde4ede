//! base64url as JOSE means it (RFC 4648 §5, RFC 7515 §2): no padding, one spelling for each octet string.
//!
//! In: a segment of a token, or octets. Out: octets, or the segment.

use alloc::{string::String, vec::Vec};

use crate::constant_time::{public, within};
use base64::Engine as _;
// The scalar engine: the alphabet with - and _ (RFC7515-2-2, RFC4648-5-1) and no character beside it
// (RFC4648-3.3-1, RFC8725bis-3.14-2), no padding (RFC4648-3.2-1, RFC4648-3.3-2), no length of 1 modulo 4 (RFC7515-C-1, RFC4648-4-1), no trailing bits but zero (RFC4648-3.5-2).
use base64::engine::general_purpose::URL_SAFE_NO_PAD as ENGINE;

/// The text is not canonical base64url.
#[derive(Debug)]
pub(crate) struct NotCanonical;

/// Appends the octets of `text` to `octets`; on refusal `octets` is as long as before.
pub(crate) fn decode_into(text: &[u8], octets: &mut Vec<u8>) -> Result<(), NotCanonical> {
    let before = octets.len();
    // RFC4648-12-1
    ENGINE.decode_vec(text, octets).map_err(|_| {
        octets.truncate(before);
        NotCanonical
    })
}

/// Decodes `text`, which has to stand for exactly as many octets as `octets` has room.
pub(crate) fn decode_exactly(text: &[u8], octets: &mut [u8]) -> Result<(), NotCanonical> {
    match ENGINE.decode_slice(text, octets) {
        Ok(length) if length == octets.len() => Ok(()),
        _ => Err(NotCanonical),
    }
}

/// How many characters stand for `octets` octets.
pub(crate) const fn encoded_len(octets: usize) -> usize {
    octets / 3 * 4 + (octets % 3 * 4).div_ceil(3)
}

/// Appends the base64url text of `octets`.
pub(crate) fn encode_into(octets: &[u8], text: &mut Vec<u8>) {
    let start = text.len();
    text.resize(start + encoded_len(octets.len()), 0);
    if let Some(room) = text.get_mut(start..) {
        encode_exactly(octets, room);
    }
}

/// Appends the octets of `text`, which is a secret: as [`decode_into`], but without a table that the text would index.
///
/// That the text is wrong becomes known, where it is wrong does not.
pub(crate) fn decode_secret(text: &[u8], octets: &mut Vec<u8>) -> Result<(), NotCanonical> {
    let before = octets.len();
    let mut wrong = i32::from(text.len() % 4 == 1);
    for group in text.chunks(4) {
        // A character outside of the alphabet makes all of it negative.
        let bits = (0..4).fold(0, |bits, index| bits << 6 | group.get(index).map_or(0, |character| sextet(*character)));
        let [sign, all @ ..] = bits.to_be_bytes();
        let (whole, trailing) = all.split_at_checked(group.len() * 3 / 4).unwrap_or_default();
        octets.extend_from_slice(whole);
        wrong |= trailing.iter().fold(i32::from(sign), |bits, octet| bits | i32::from(*octet));
    }
    if public(wrong == 0) {
        return Ok(());
    }
    octets.truncate(before);
    Err(NotCanonical)
}

/// What a character stands for; -1 if nothing.
fn sextet(character: u8) -> i32 {
    [(b'A', b'Z', 0), (b'a', b'z', 26), (b'0', b'9', 52), (b'-', b'-', 62), (b'_', b'_', 63)]
        .iter()
        .fold(-1, |sextet, (first, last, value)| sextet + (within(character, *first, *last) & (i32::from(character) - i32::from(*first) + value + 1)))
}

/// Appends the base64url text of a secret: as [`encode_into`], but without a table that the secret would index.
pub(crate) fn encode_secret(octets: &[u8], text: &mut String) {
    for group in octets.chunks(3) {
        let bits = (0..3).fold(0, |bits, index| bits << 8 | group.get(index).map_or(0, |octet| u32::from(*octet)));
        text.extend([18, 12, 6, 0].iter().take(group.len() + 1).map(|shift| character((bits >> shift & 63) as u8)));
    }
}

/// The character for a sextet.
fn character(sextet: u8) -> char {
    let code = [(26, 6), (52, -75), (62, -13), (63, 49)]
        .iter()
        .fold(i32::from(b'A') + i32::from(sextet), |code, (first, step)| code + (within(sextet, *first, 63) & step));
    // ASCII, and the compiler knows: no branch on how many octets a character has.
    char::from(code as u8 & 0x7f)
}

/// So many octets are copied aside instead, and encoded at once.
const ASIDE: usize = 768;

/// Replaces the octets from `start` on by their base64url text, in the same buffer.
///
/// The text is longer than the octets, so it grows from the end: always the last quarter of the octets, whose text lies
/// wholly behind them. That saves `sign` a second buffer, and with it an allocation.
pub(crate) fn encode_in_place(buffer: &mut Vec<u8>, start: usize) {
    let mut left = buffer.len() - start;
    buffer.resize(start + encoded_len(left), 0);
    let Some(mut room) = buffer.get_mut(start..) else { return };
    while left > ASIDE {
        let mut quarter = left / 4;
        // What is left are whole groups of three.
        quarter -= (quarter + 2 * left) % 3;
        let Some((octets, text)) = room.split_at_mut_checked(encoded_len(left - quarter)) else { return };
        left -= quarter;
        encode_exactly(octets.get(left..left + quarter).unwrap_or_default(), text);
        room = octets;
    }
    let mut aside = [0; ASIDE];
    if let (Some(aside), Some(octets)) = (aside.get_mut(..left), room.get(..left)) {
        aside.copy_from_slice(octets);
        encode_exactly(aside, room);
    }
}

// RFC4648-3.1-1, RFC4648-3.5-1
fn encode_exactly(octets: &[u8], room: &mut [u8]) {
    let written = ENGINE.encode_slice(octets, room);
    debug_assert_eq!(written, Ok(room.len()), "the room is as long as the text");
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn octets_of_every_length_are_encoded_in_place_as_elsewhere() {
        for length in 0..4_200 {
            let octets: Vec<u8> = (0..length).map(|index| (index * 7 + index / 256) as u8).collect();
            let (mut in_place, mut elsewhere) = (Vec::from(*b"before"), Vec::from(*b"before"));
            in_place.extend_from_slice(&octets);
            encode_in_place(&mut in_place, 6);
            encode_into(&octets, &mut elsewhere);
            assert_eq!(in_place, elsewhere, "{length}");
        }
    }

    fn agree(text: &[u8]) {
        let (mut octets, mut of_secret) = (Vec::from(*b"before"), Vec::from(*b"before"));
        assert_eq!(decode_into(text, &mut octets).is_ok(), decode_secret(text, &mut of_secret).is_ok(), "{text:?}");
        assert_eq!(octets, of_secret, "{text:?}");
    }

    #[test]
    fn a_secret_is_decoded_as_every_other_text_whatever_one_character_of_it_is() {
        for octet in 0..=255 {
            for length in 0..=9 {
                for index in 0..length {
                    let mut text = [b'A'; 9];
                    text[index] = octet;
                    agree(&text[..length]);
                }
            }
            // Two characters that err must not make one that is right.
            (0..=255).for_each(|other| agree(&[octet, other]));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_secret_is_encoded_and_decoded_as_all_octets_are(octets: Vec<u8>, anything: Vec<u8>) {
            let (mut text, mut of_secret) = (Vec::new(), String::new());
            encode_into(&octets, &mut text);
            encode_secret(&octets, &mut of_secret);
            prop_assert_eq!(&text, of_secret.as_bytes());
            agree(&text);
            agree(&anything);
        }
    }

    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// The longer ones are tried in `tests/differential`, whose code is optimized.
    #[test]
    fn every_short_group_has_one_spelling() {
        let decoded = |text: &[u8]| {
            let mut octets = Vec::new();
            decode_into(text, &mut octets).ok().map(|()| octets)
        };
        for octet in 0..=255 {
            assert_eq!(decoded(&[octet]), None);
            let (spelling, mut encoded) = ([ALPHABET[usize::from(octet) >> 2], ALPHABET[usize::from(octet & 3) << 4]], Vec::new());
            encode_into(&[octet], &mut encoded);
            assert_eq!((&encoded[..], decoded(&spelling)), (&spelling[..], Some(Vec::from([octet]))));
        }
        let accepted = (0..=u16::MAX).filter(|text| decoded(&text.to_be_bytes()).is_some()).count();
        assert_eq!(accepted, 256);
    }

    /// Long texts are decoded several groups at a time: every byte at every place of one.
    #[test]
    fn every_byte_counts_wherever_it_stands_in_a_long_text() {
        let text: Vec<u8> = (0..48).map(|place| ALPHABET[place * 7 % 64]).collect();
        for place in 0..text.len() {
            for byte in 0..=255 {
                let (mut other, mut decoded, mut encoded) = (text.clone(), Vec::new(), Vec::new());
                other[place] = byte;
                let right = ALPHABET.contains(&byte);
                assert_eq!(decode_into(&other, &mut decoded).is_ok(), right);
                encode_into(&decoded, &mut encoded);
                assert_eq!(encoded, if right { other } else { Vec::new() });
            }
        }
    }
}
