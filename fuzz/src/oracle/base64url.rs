//! base64url, a character at a time (RFC 4648 §5, without padding).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The octets that a text stands for; `None` unless it is their one spelling.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let (mut octets, mut bits, mut count) = (Vec::new(), 0, 0);
    for character in text {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        (bits, count) = (bits << 6 | u32::from(value), count + 6);
        if count >= 8 {
            count -= 8;
            octets.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    // Less than a character's bits are left, and they are zero.
    (count < 6 && bits == 0).then_some(octets)
}

/// The one spelling of some octets.
pub fn encode(octets: &[u8]) -> Vec<u8> {
    let (mut text, mut bits, mut count) = (Vec::new(), 0, 0);
    for octet in octets {
        (bits, count) = (bits << 8 | usize::from(*octet), count + 8);
        while count >= 6 {
            count -= 6;
            text.push(ALPHABET[bits >> count & 63]);
        }
    }
    text.extend((count > 0).then(|| ALPHABET[bits << (6 - count) & 63]));
    text
}
