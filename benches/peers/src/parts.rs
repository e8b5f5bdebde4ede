//! Where the time of a small token goes: what the floor consists of, and what each of clearjwt's ways to verify adds.

use std::hint::black_box;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clearjwt::jws;
use hmac::Mac as _;

use crate::{
    libraries::{self, HEADER},
    payloads::{self, NOW, UserId},
    rounds::{Kind, take_turns},
    table::{Table, nanoseconds, ratio},
};

pub fn measure(rounds: usize) -> Table {
    let (key, demands, state, claims) = (libraries::key(), libraries::demands(), libraries::state(), payloads::user_id());
    let token = clearjwt::sign(&claims, &key).unwrap();
    let token = token.as_str();
    let signature = token.len() - 43;
    let (signing_input, payload) = (&token[..signature - 1], &token[HEADER.len() + 1..signature - 1]);
    let json = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let mut mac = [0; 32];
    URL_SAFE_NO_PAD.decode_slice(&token[signature..], &mut mac).unwrap();
    let mut octets = Vec::new();
    let mut floor = libraries::all(&claims).swap_remove(0).verify;
    let mut kinds: [Kind; 8] = [
        kind("the floor", || assert!(floor(black_box(token)))),
        kind("of it the MAC", || state.clone().chain_update(black_box(signing_input)).verify_slice(&mac).unwrap()),
        kind("of it base64url", || {
            let mut mac = [0; 32];
            URL_SAFE_NO_PAD.decode_slice(&black_box(token)[signature..], &mut mac).unwrap();
            octets.clear();
            URL_SAFE_NO_PAD.decode_vec(black_box(payload), &mut octets).unwrap();
            black_box((&mac, &octets));
        }),
        kind("of it `serde_json`", || _ = black_box(serde_json::from_slice::<UserId>(black_box(&json)).unwrap())),
        kind("a block of memory, taken and given back", || {
            let mut block: Vec<u8> = Vec::with_capacity(black_box(99));
            block.extend_from_slice(black_box(&json));
            black_box(&block);
        }),
        kind("`jws::verify`: dots, header, key, MAC; a payload to keep", || _ = black_box(jws::verify(black_box(token), &key).unwrap())),
        kind("`check_at`: UTF-8, JSON, names, registered claims, demands", || _ = black_box(demands.check_at(black_box(token), &key, NOW).unwrap())),
        kind("`verify_at`: and a type's claims", || _ = black_box(demands.verify_at::<UserId>(black_box(token), &key, NOW).unwrap())),
    ];
    let times = take_turns(&mut kinds, rounds);
    Table {
        caption: "Verify, user id, taken apart: each way includes the one above it".into(),
        head: ["", "least ns", "times the floor", "median"].map(String::from).into(),
        rows: times
            .iter()
            .map(|time| vec![time.name.into(), nanoseconds(time.least()), ratio(time.ratio(&times[0])), ratio(time.median_ratio(&times[0]))])
            .collect(),
    }
}

fn kind<'a>(name: &'static str, work: impl FnMut() + 'a) -> Kind<'a> {
    Kind { name, work: Box::new(work) }
}
