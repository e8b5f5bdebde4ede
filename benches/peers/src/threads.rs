//! By the clock on the wall, since waiting would count: whether two threads that share a key verify as much as two with a key each.

use std::{hint::black_box, sync::Barrier, thread, time::Instant};

use clearjwt::{Key, Validation};

use crate::{
    libraries,
    payloads::{self, NOW, UserId},
    rounds::Times,
    table::{Table, nanoseconds, ratio},
};

const CALLS: u32 = 2_000;

pub fn measure(rounds: usize) -> Table {
    let (key, demands) = (libraries::key(), libraries::demands());
    let token = clearjwt::sign(&payloads::user_id(), &key).unwrap();
    let together = Barrier::new(2);
    let work = || -> Vec<[f64; 2]> {
        let own = libraries::key();
        let round = |_| [&key, &own].map(|key| turn(&together, &token, key, &demands));
        (0..rounds).map(round).collect()
    };
    let (one, other) = thread::scope(|scope| {
        let other = scope.spawn(work);
        (work(), other.join().unwrap())
    });
    // Two threads are done when the slower one is.
    let [shared, own] = [0, 1].map(|kind| Times { name: "", rounds: one.iter().zip(&other).map(|(one, other)| one[kind].max(other[kind])).collect() });
    let cells = [nanoseconds(shared.least()), nanoseconds(own.least()), ratio(1.0 / shared.ratio(&own)), ratio(1.0 / shared.median_ratio(&own))];
    Table {
        caption: "Two threads, user id: a key that they share against a key each".into(),
        head: ["", "shared, ns a token", "each its own, ns", "tokens a second, shared by own", "median"].map(String::from).into(),
        rows: vec![["verify".to_owned()].into_iter().chain(cells).collect()],
    }
}

fn turn(together: &Barrier, token: &str, key: &Key, demands: &Validation) -> f64 {
    together.wait();
    let start = Instant::now();
    for _ in 0..CALLS {
        _ = black_box(demands.verify_at::<UserId>(black_box(token), key, NOW).unwrap());
    }
    start.elapsed().as_nanos() as f64 / f64::from(CALLS)
}
