//! Generated tokens before clearjwt, an oracle and other libraries: who agrees with whom, and why not.
//!
//! Fails if clearjwt and the oracle are not of one mind, or a peer differs in a way that `classes.tsv` does not explain.

mod case;
mod oracle;
mod peers;

use std::{
    collections::{BTreeMap, BTreeSet},
    panic,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use case::Case;
use clearjwt::{VerifyError, VerifyError as E};
use oracle::Oracle;
use serde_json::Value;

const USAGE: &str = "usage: clearjwt-differential [COUNT [SEED [FIRST]]]: numbers all; a COUNT of 1 shows a case";

/// Unless another is asked for. A million tokens of this one meet every row of `classes.tsv`.
const SEED: u64 = 1;

/// Every reason but those that no token gives with one key: `no_key`, `key_use`, `clock`, `claims_shape`.
const REASONS: &str = "too_long segments encrypted empty_header unsigned base64url utf8 byte_order_mark json not_an_object duplicate_name \
    lone_surrogate number_too_large too_deep alg_missing alg_none alg_mismatch crit b64 header_type kid_missing kid_unknown \
    signature_length signature typ_missing typ_mismatch nested claim_type claim_range exp_missing expired not_yet_valid iat_missing \
    issued_in_future too_old lifetime_too_long iss_missing iss_mismatch key_issuer aud_missing aud_mismatch aud_unexpected sub_missing sub_mismatch";

/// How a peer differs: its name, what it does, and the class.
type Class = (&'static str, &'static str, String);

#[derive(Default)]
struct Tally {
    accepted: u64,
    reasons: BTreeMap<&'static str, u64>,
    asked: BTreeMap<&'static str, u64>,
    /// How often, and the number of the first.
    differences: BTreeMap<Class, (u64, u64)>,
    /// Between clearjwt and the oracle.
    disagreements: Vec<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<u64> = std::env::args().skip(1).map(|word| word.parse().expect(USAGE)).collect();
    let argument = |index, otherwise| arguments.get(index).copied().unwrap_or(otherwise);
    let (count, seed, first) = (argument(0, 50_000), argument(1, SEED), argument(2, 0));

    if count == 1 {
        return show(&Case::new(seed, first));
    }
    judge_the_oracle();
    let next = AtomicU64::new(first);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(|| work(seed, &next, first + count))).collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker ends")).collect()
    });
    report(tallies.into_iter().fold(Tally::default(), Tally::add), count, seed)
}

/// One case, and what everybody says of it.
fn show(case: &Case) -> ExitCode {
    let mut oracle = Oracle::start();
    oracle.ask(&[case.to_json()]);
    println!("token         {}", case.token.escape_ascii());
    for (segment, name) in case.token.split(|byte| *byte == b'.').zip(["header", "payload"]) {
        let octets = BASE64URL.decode(segment).map_or_else(|error| error.to_string(), |octets| octets.escape_ascii().to_string());
        println!("{name:<13} {octets}");
    }
    println!("case          {}", case.to_json());
    println!("clearjwt      {:?}", case.demands.validation().check_at(&case.token, case.key(), case.demands.now));
    println!("oracle        {}", oracle.answer());
    peers::PEERS.iter().for_each(|(peer, judge)| println!("{peer:<13} {:?}", judge(case)));
    ExitCode::SUCCESS
}

/// The corpus of `clearjwt conform` before anything: whoever disagrees with it is no oracle.
fn judge_the_oracle() {
    let corpus: Value = serde_json::from_str(include_str!("../../vectors/conform.json")).expect("the corpus is JSON");
    let of_keys = ["key", "weak", "jwk", "jwk-set"];
    let cases: Vec<Value> =
        corpus["cases"].as_array().expect("an array").iter().filter(|case| !of_keys.contains(&case["group"].as_str().unwrap())).cloned().collect();
    let mut oracle = Oracle::start();
    for case in &cases {
        oracle.ask(std::slice::from_ref(case));
        let answer = oracle.answer();
        assert_eq!(answer["verdict"], case["expect"], "the oracle is wrong about {}: {answer}", case["id"]);
    }
    println!("oracle    agrees with the corpus on all {} tokens", cases.len());
}

fn work(seed: u64, next: &AtomicU64, end: u64) -> Tally {
    let (mut tally, mut oracle) = (Tally::default(), Oracle::start());
    loop {
        let start = next.fetch_add(Oracle::AT_A_TIME, Ordering::Relaxed);
        if start >= end {
            return tally;
        }
        let numbers = start..end.min(start + Oracle::AT_A_TIME);
        let cases: Vec<Case> = numbers.clone().map(|number| Case::new(seed, number)).collect();
        oracle.ask(&cases.iter().map(Case::to_json).collect::<Vec<_>>());
        numbers.zip(&cases).for_each(|(number, case)| tally.judge(number, case, || oracle.answer()));
    }
}

impl Tally {
    fn judge(&mut self, number: u64, case: &Case, oracle: impl FnOnce() -> Value) {
        let verdict = case.demands.validation().check_at(&case.token, case.key(), case.demands.now).map(|verified| verified.valid_until());
        let said: Vec<_> = peers::PEERS.iter().map(|(peer, judge)| (*peer, panic::catch_unwind(|| judge(case)))).collect();

        match verdict {
            Ok(_) => self.accepted += 1,
            Err(error) => *self.reasons.entry(error.code()).or_default() += 1,
        }
        let answer = oracle();
        let agreed = match verdict {
            // A second that no u64 holds never comes.
            Ok(until) => answer["verdict"] == "accept" && answer["until"].as_u64() == until,
            Err(_) => answer["verdict"] == "refuse",
        };
        if !agreed {
            self.disagreements.push(format!("number {number}: clearjwt {verdict:?}, oracle {answer}, case {}", case.to_json()));
        }
        for (peer, said) in said {
            let class = match (verdict, said) {
                (_, Ok(None)) => continue,
                (_, Err(_)) => Some(("panics", "any".to_owned())),
                (Ok(_), Ok(Some(Err(error)))) => Some(("refuses", refusal(case, &error))),
                (Err(error), Ok(Some(Ok(())))) => Some(("accepts", class(case, error))),
                (Ok(_), Ok(Some(Ok(())))) | (Err(_), Ok(Some(Err(_)))) => None,
            };
            *self.asked.entry(peer).or_default() += 1;
            if let Some((verb, class)) = class {
                self.differences.entry((peer, verb, class)).or_insert((0, number)).0 += 1;
            }
        }
    }

    fn add(mut self, other: Tally) -> Tally {
        self.accepted += other.accepted;
        other.reasons.into_iter().for_each(|(reason, count)| *self.reasons.entry(reason).or_default() += count);
        other.asked.into_iter().for_each(|(peer, count)| *self.asked.entry(peer).or_default() += count);
        for (class, (count, number)) in other.differences {
            let sum = self.differences.entry(class).or_insert((0, number));
            *sum = (sum.0 + count, sum.1.min(number));
        }
        self.disagreements.extend(other.disagreements);
        self
    }
}

/// What a token is refused for here, as finely as peers differ.
fn class(case: &Case, error: VerifyError) -> String {
    let code = error.code();
    match error {
        E::Base64url { part } => {
            let index = ["header", "payload", "signature"].iter().position(|name| *name == part.to_string()).expect("a part");
            let segment = case.token.split(|byte| *byte == b'.').nth(index).expect("three segments");
            let known = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
            let how = match segment {
                _ if segment.ends_with(b"=") && segment.iter().filter(|byte| !known(byte)).all(|byte| *byte == b'=') => "padding",
                _ if !segment.iter().all(known) => "character",
                _ if segment.len() % 4 == 1 => "length",
                _ => "trailing bits",
            };
            format!("{code} {how}, {part}")
        }
        E::Json { part, .. } => format!("{code}, {part}"),
        E::HeaderType { member: name } if segment_json(case, 0)[name].is_null() => format!("{code} {name}, null"),
        E::ClaimType { claim: name } if segment_json(case, 1)[name].is_null() => format!("{code} {name}, null"),
        E::HeaderType { member: name } | E::ClaimType { claim: name } | E::ClaimRange { claim: name } => format!("{code} {name}"),
        E::AlgMissing if segment_json(case, 0)["alg"].is_object() => format!("{code}, an object"),
        E::Critical if segment_json(case, 0)["crit"].as_array().is_some_and(|names| !names.is_empty()) => format!("{code} that names something"),
        E::Critical => format!("{code} that names nothing"),
        E::Expired { ago } if ago > case.demands.now => format!("{code} before 1970"),
        E::Expired { ago } if ago == case.demands.leeway => format!("{code} on the second"),
        E::Expired { ago } if ago == case.demands.leeway + 1 => format!("{code} a second ago"),
        E::NotYetValid { within } if within == case.demands.leeway + 1 => format!("{code} by a second"),
        _ => code.to_owned(),
    }
}

/// A peer's reason, with what is odd about the dates if it is about time.
fn refusal(case: &Case, error: &str) -> String {
    let error = without_details(error);
    let Some((name, _)) = peers::ABOUT_TIME.iter().find(|(_, says)| *says == error) else { return error };
    let date = segment_json(case, 1)[*name].as_f64().unwrap_or(0.0);
    let odd = match () {
        () if *name == "iat" && date > (case.demands.now + case.demands.leeway) as f64 => ", in the future",
        () if date >= 4_294_967_296.0 => ", beyond 32 bits",
        () if date < 0.0 => ", below zero",
        () => "",
    };
    error + odd
}

/// An error without what it says of one token: quotations, found types, places.
fn without_details(error: &str) -> String {
    let mut kept = String::new();
    let (mut quote, mut chars) = (None, error.chars());
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => drop(chars.next()),
            (Some(end), _) if c == end => quote = None,
            (Some(_), _) => (),
            (None, '"' | '`') => quote = Some(c),
            (None, _) => kept.push(c),
        }
    }
    let kept = kept.split(" at line").next().unwrap_or_default();
    match (kept.find("invalid type: "), kept.rfind(", expected")) {
        (Some(start), Some(end)) => format!("{}another type{}", &kept[..start], &kept[end..]),
        _ => kept.to_owned(),
    }
}

/// The header (0) or the payload (1) of a token that came so far that it is JSON.
fn segment_json(case: &Case, index: usize) -> Value {
    let segment = case.token.split(|byte| *byte == b'.').nth(index).expect("three segments");
    let octets = BASE64URL.decode(segment).expect("base64url");
    let mut reader = serde_json::Deserializer::from_slice(&octets);
    reader.disable_recursion_limit();
    serde::Deserialize::deserialize(&mut reader).expect("JSON")
}

fn report(tally: Tally, count: u64, seed: u64) -> ExitCode {
    let mut failures = tally.disagreements.clone();
    println!("seed      {seed}");
    println!("tokens    {count}, of which clearjwt accepts {}", tally.accepted);
    println!("oracle    {} disagreements with clearjwt on verdict or time", tally.disagreements.len());
    println!("reasons   {}", tally.reasons.iter().map(|(reason, count)| format!("{reason} {count}")).collect::<Vec<_>>().join(", "));
    let unreached: Vec<&str> = REASONS.split_ascii_whitespace().filter(|reason| !tally.reasons.contains_key(reason)).collect();
    if count >= 50_000 && !unreached.is_empty() {
        failures.push(format!("no token was refused for: {}", unreached.join(" ")));
    }

    let explained = explanations();
    for (peer, asked) in &tally.asked {
        let of = |verb| tally.differences.iter().filter(|((who, does, _), _)| who == peer && *does == verb).map(|(_, (count, _))| count).sum::<u64>();
        println!("\n{peer}: asked about {asked}; accepts {} more, refuses {} more", of("accepts"), of("refuses"));
        for ((_, verb, class), (count, number)) in tally.differences.iter().filter(|((who, ..), _)| who == peer) {
            match explained.get(&(*peer, *verb, class.as_str())) {
                Some((clause, why)) => println!("  {count:>8}  {verb}  {class}  [{clause}] {why}"),
                None => failures.push(format!("{peer} {verb} {count} of a class that classes.tsv does not explain: {class} (number {number})")),
            }
        }
    }
    let met: BTreeSet<_> = tally.differences.keys().map(|(peer, verb, class)| (*peer, *verb, class.as_str())).collect();
    for (peer, verb, class) in explained.keys().filter(|key| seed == SEED && count >= 1_000_000 && !met.contains(*key)) {
        failures.push(format!("classes.tsv explains what did not happen: {peer} {verb} {class}"));
    }

    failures.iter().for_each(|failure| println!("FAILED    {failure}"));
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

type Explanations = BTreeMap<(&'static str, &'static str, &'static str), (&'static str, &'static str)>;

/// The rows of `classes.tsv`, whose clauses are rows of the requirements.
fn explanations() -> Explanations {
    let requirements = include_str!("../../requirements.tsv");
    let mut all = Explanations::new();
    for row in include_str!("../classes.tsv").lines().skip(1) {
        let [peer, verb, class, clause, why] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("five columns: {row}") };
        assert!(requirements.lines().any(|line| line.split('\t').next() == Some(clause)), "no such clause: {row}");
        assert!(all.insert((peer, verb, class), (clause, why)).is_none(), "twice: {row}");
    }
    all
}
