//! base64url, a bit at a time (RFC 4648 §5, without padding).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The octets that a text stands for; `None` unless it is their one spelling.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Vec::new();
    for character in text {
        let value = ALPHABET.iter().position(|known| known == character)?;
        bits.extend((0..6).rev().map(|place| value >> place & 1));
    }
    let (octets, rest) = bits.as_chunks::<8>();
    // Less than a character's bits are left, and they are zero.
    let one_spelling = rest.len() < 6 && rest.iter().all(|bit| *bit == 0);
    one_spelling.then(|| octets.iter().map(|bits| bits.iter().fold(0, |octet, bit| octet << 1 | *bit as u8)).collect())
}

/// The one spelling of some octets.
pub fn encode(octets: &[u8]) -> Vec<u8> {
    let bits: Vec<u8> = octets.iter().flat_map(|octet| (0..8).rev().map(move |place| octet >> place & 1)).collect();
    bits.chunks(6).map(|six| ALPHABET[(0..6).fold(0, |value, place| value << 1 | usize::from(six.get(place) == Some(&1)))]).collect()
}
