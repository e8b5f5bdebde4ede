//! Measures whether the time of a call depends on a secret: Welch's t-test on two inputs in random order, after Reparaz, Balasch
//! and Verbauwhede, "Dude, is my code constant time?" (2017). An absolute t above 10 is a leak, above 4.5 a reason to measure again.
//! That nothing is found proves nothing: memcheck looks at what the compiler made, and this at what the processor makes of it.

use std::{hint::black_box, process::ExitCode, time::Instant};

use clearjwt::{Algorithm, Header, Key, jws};

const ROUNDS: usize = 1_000_000;
const SECRET: &[u8; 32] = b"Zw7-hush.Qx93.nobody.knows.this-";

fn main() -> ExitCode {
    let key = Key::new(Algorithm::HS256, SECRET).unwrap();
    let token = jws::sign("x", &Header::default(), &key).unwrap().into_bytes();
    let changed = |octets: &[u8], at: usize, to: u8| {
        let mut octets = octets.to_vec();
        octets[at] = to;
        octets
    };
    // The last character has bits of no octet: the one before it will do.
    let (first, last) = (token.len() - 43, token.len() - 2);
    let other = |at: usize| changed(&token, at, if token[at] == b'x' { b'y' } else { b'x' });
    let forged = [other(first), other(last)];

    let early = t(&forged, |forged| forged.iter().zip(&token).all(|(a, b)| a == b));
    let mac = t(&forged, |forged| jws::verify(forged, &key).is_ok());
    // One begins as a published one does; the other begins as no other, and ends in zeros.
    let secrets = [*b"reallyreallyreallyreallyveryson.", *b"Zw7-hush.Qx93.nobody.knows\0\0\0\0\0\0"].map(|secret| [&secret[..], &SECRET[..]].concat());
    let secret = t(&secrets, |secret| Key::new(Algorithm::HS256, secret).is_ok());

    println!("|t| {early:8.1}  a comparison that stops early, at its start or its end: above 10, or this cannot see");
    println!("|t| {mac:8.1}  a MAC that is wrong in its first octet or its last: at most 10");
    println!("|t| {secret:8.1}  a secret that begins as a published one, or as none: at most 10");
    if early > 10.0 && mac <= 10.0 && secret <= 10.0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Welch's t, without sign, of the times that a call takes with one input and with the other.
fn t(inputs: &[Vec<u8>; 2], call: impl Fn(&[u8]) -> bool) -> f64 {
    // Both inputs in the same place, so that the caches see no difference.
    let mut input = inputs[0].clone();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut times: Vec<(usize, f64)> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let kind = (random >> 32) as usize & 1;
        input.copy_from_slice(&inputs[kind]);
        let start = Instant::now();
        black_box(call(black_box(&input)));
        times.push((kind, start.elapsed().as_nanos() as f64));
    }
    // The slowest tenth is what else the machine does.
    let mut sorted: Vec<f64> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    times.retain(|(_, time)| *time <= sorted[ROUNDS / 10 * 9]);
    let [a, b] = [0, 1].map(|kind| {
        let times: Vec<f64> = times.iter().filter(|(of, _)| *of == kind).map(|(_, time)| *time).collect();
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        (mean, times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0) / count)
    });
    (a.0 - b.0).abs() / (a.1 + b.1).sqrt()
}
