//! Kinds of work take turns, round by round, so that whatever else the machine does meets all of them.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How long one kind works before the next has its turn.
const TURN: Duration = Duration::from_millis(1);

pub struct Kind<'a> {
    pub name: &'static str,
    pub work: Box<dyn FnMut() + 'a>,
}

/// Nanoseconds of one call, in each round.
pub struct Times {
    pub name: &'static str,
    pub rounds: Vec<f64>,
}

impl Times {
    /// What the work costs when nobody disturbs it.
    pub fn least(&self) -> f64 {
        self.rounds.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub fn ratio(&self, reference: &Times) -> f64 {
        self.least() / reference.least()
    }

    /// The median of the ratios within each round: where it is far from [`Times::ratio`], the machine was busy.
    pub fn median_ratio(&self, reference: &Times) -> f64 {
        let mut ratios: Vec<f64> = self.rounds.iter().zip(&reference.rounds).map(|(own, other)| own / other).collect();
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    }
}

pub fn take_turns(kinds: &mut [Kind], rounds: usize) -> Vec<Times> {
    let calls: Vec<u32> = kinds.iter_mut().map(|kind| calls_in_a_turn(&mut kind.work)).collect();
    let mut times: Vec<Times> = kinds.iter().map(|kind| Times { name: kind.name, rounds: vec![0.0; rounds] }).collect();
    for round in 0..rounds {
        // Each round begins with another kind, so that nobody always follows the same one.
        for turn in 0..kinds.len() {
            let which = (turn + round) % kinds.len();
            times[which].rounds[round] = time(&mut kinds[which].work, calls[which]);
        }
    }
    times
}

/// Found by doubling, so that reading the clock does not count; the least of some times, so that one disturbance does not.
fn calls_in_a_turn(work: &mut dyn FnMut()) -> u32 {
    let mut calls = 1;
    loop {
        let each = (0..5).map(|_| time(work, calls)).fold(f64::INFINITY, f64::min);
        let turn = TURN.as_nanos() as f64;
        if each * f64::from(calls) > turn / 2.0 {
            return (turn / each).max(1.0) as u32;
        }
        calls *= 2;
    }
}

fn time(work: &mut dyn FnMut(), calls: u32) -> f64 {
    let start = nanoseconds();
    for _ in 0..calls {
        work();
    }
    (nanoseconds() - start) as f64 / f64::from(calls)
}

/// By the thread's own clock, which stands still while others have the processor.
fn nanoseconds() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}
