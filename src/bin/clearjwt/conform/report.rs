//! What a run has found, as text and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{
    corpus::{Case, Level},
    verifier::Answer,
};
use crate::text::{self, printable};

pub struct Report<'a> {
    judged: String,
    results: Vec<Result<'a>>,
}

pub struct Result<'a> {
    pub case: &'a Case,
    pub outcome: Outcome,
    /// What the verifier said, or what became of it.
    pub said: String,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Outcome {
    Right,
    WronglyAccepted,
    WronglyRefused,
    Crashed,
    Hung,
    Garbled,
    Skipped,
}

impl Outcome {
    /// Those that have a column.
    pub const COUNTED: [Outcome; 6] = [Outcome::WronglyAccepted, Outcome::WronglyRefused, Outcome::Crashed, Outcome::Hung, Outcome::Garbled, Outcome::Skipped];

    pub fn name(self) -> &'static str {
        match self {
            Outcome::Right => "right",
            Outcome::WronglyAccepted => "wrongly accepted",
            Outcome::WronglyRefused => "wrongly refused",
            Outcome::Crashed => "crashed",
            Outcome::Hung => "hung",
            Outcome::Garbled => "garbled",
            Outcome::Skipped => "skipped",
        }
    }

    fn is_finding(self) -> bool {
        !matches!(self, Outcome::Right | Outcome::Skipped)
    }
}

/// Findings that are alike: of one level, clause and sentence.
pub struct Alike<'r, 'a> {
    pub case: &'a Case,
    pub results: Vec<&'r Result<'a>>,
}

impl<'a> Report<'a> {
    pub fn new(judged: String, cases: &'a [Case], answers: Vec<Answer>) -> Self {
        let results = cases.iter().zip(answers).map(|(case, answer)| {
            let (outcome, said) = match answer {
                Answer::Accept if case.accept => (Outcome::Right, String::new()),
                Answer::Accept => (Outcome::WronglyAccepted, String::new()),
                Answer::Refuse(said) => (if case.accept { Outcome::WronglyRefused } else { Outcome::Right }, said),
                Answer::Skip(said) => (Outcome::Skipped, said),
                Answer::Crashed(said) => (Outcome::Crashed, said),
                Answer::Hung => (Outcome::Hung, String::new()),
                Answer::Garbled(said) => (Outcome::Garbled, said),
            };
            Result { case, outcome, said }
        });
        Report { judged, results: results.collect() }
    }

    pub fn judged(&self) -> &str {
        &self.judged
    }

    /// How many cases there are of a level.
    pub fn cases(&self, level: Level) -> usize {
        self.results.iter().filter(|result| result.case.level == level).count()
    }

    /// How many findings there are of a level.
    pub fn count(&self, level: Level) -> usize {
        self.findings(level).count()
    }

    fn findings(&self, level: Level) -> impl Iterator<Item = &Result<'a>> {
        self.results.iter().filter(move |result| result.case.level == level && result.outcome.is_finding())
    }

    pub fn alike(&self, level: Level) -> Vec<Alike<'_, 'a>> {
        let mut groups: Vec<Alike> = Vec::new();
        for result in self.findings(level) {
            let same = groups.iter_mut().find(|alike| (&alike.case.clause, &alike.case.says) == (&result.case.clause, &result.case.says));
            match same {
                Some(alike) => alike.results.push(result),
                None => groups.push(Alike { case: result.case, results: vec![result] }),
            }
        }
        groups
    }

    /// A row a group and one for all: the name, the cases, the counted outcomes.
    pub fn rows(&self) -> Vec<(&str, usize, [usize; 6])> {
        let row = |name, results: Vec<&Result>| {
            let counts = Outcome::COUNTED.map(|outcome| results.iter().filter(|result| result.outcome == outcome).count());
            (name, results.len(), counts)
        };
        let groups = groups(self.results.iter().map(|result| result.case));
        let rows = groups.into_iter().map(|group| row(group, self.results.iter().filter(|result| result.case.group == group).collect()));
        rows.chain([row("all", self.results.iter().collect())]).collect()
    }

    /// Why cases were skipped, and how many.
    pub fn skipped(&self) -> Vec<(&str, usize)> {
        let mut reasons: Vec<(&str, usize)> = Vec::new();
        for result in self.results.iter().filter(|result| result.outcome == Outcome::Skipped) {
            let reason = if result.said.is_empty() { "no reason given" } else { &result.said };
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, count)) => *count += 1,
                None => reasons.push((reason, 1)),
            }
        }
        reasons
    }

    pub fn text(&self) -> String {
        let mut out = format!("judged: {}\n\n{:14}{:>7}", printable(&self.judged), "group", "cases");
        for (outcome, width) in Outcome::COUNTED.into_iter().zip(WIDTHS) {
            let _ = write!(out, "{:>width$}", outcome.name());
        }
        for (name, cases, counts) in self.rows() {
            let _ = write!(out, "\n{name:14}{cases:>7}");
            for (count, width) in counts.into_iter().zip(WIDTHS) {
                let _ = if count == 0 { write!(out, "{:>width$}", "-") } else { write!(out, "{count:>width$}") };
            }
        }
        out.push('\n');
        for level in Level::ALL {
            let _ = writeln!(out, "\n{}: {} in {}", level.heading(), findings(self.count(level)), counted(self.cases(level), "case"));
            for Alike { case, results } in self.alike(level) {
                let _ = writeln!(out, "\n  {}  {}", case.clause, case.says);
                for result in results {
                    let said = if result.said.is_empty() { String::new() } else { format!(": {}", printable(&result.said)) };
                    let _ = writeln!(out, "    {:16}  {}{said}", result.outcome.name(), result.case.id);
                }
            }
        }
        for (at, (reason, count)) in self.skipped().into_iter().enumerate() {
            let _ = writeln!(out, "{}  {count:6}  {}", if at == 0 { "\nSkipped\n" } else { "" }, printable(reason));
        }
        out
    }

    pub fn json(&self) -> String {
        let row = |cases: usize, counts: [usize; 6]| {
            let names = Outcome::COUNTED.map(|outcome| outcome.name().replace(' ', "_"));
            let mut row: serde_json::Map<String, Value> = names.into_iter().zip(counts.map(Value::from)).collect();
            row.insert("cases".into(), cases.into());
            row
        };
        let mut groups: Vec<Value> = Vec::new();
        for (name, cases, counts) in self.rows() {
            let mut row = row(cases, counts);
            row.insert("group".into(), name.into());
            groups.push(row.into());
        }
        let mut totals = groups.pop().unwrap_or_default();
        totals.as_object_mut().map(|totals| totals.remove("group"));
        totals["findings"] =
            Level::ALL.into_iter().map(|level| (level.name().to_string(), Value::from(self.count(level)))).collect::<serde_json::Map<_, _>>().into();
        let findings = Level::ALL.into_iter().flat_map(|level| self.findings(level)).map(|Result { case, outcome, said }| {
            let got = match outcome {
                Outcome::WronglyAccepted => "accept",
                Outcome::WronglyRefused => "refuse",
                other => other.name(),
            };
            json!({
                "id": case.id, "group": case.group, "level": case.level.name(), "clause": case.clause, "source": case.source, "says": case.says,
                "expect": if case.accept { "accept" } else { "refuse" }, "got": got, "said": said,
            })
        });
        let skipped =
            self.results.iter().filter(|result| result.outcome == Outcome::Skipped).map(|result| json!({ "id": result.case.id, "reason": result.said }));
        let report = json!({
            "version": 1, "judged": self.judged, "totals": totals, "groups": groups,
            "findings": findings.collect::<Vec<_>>(), "skipped": skipped.collect::<Vec<_>>(),
        });
        text::json(&report)
    }
}

/// The columns of [`Outcome::COUNTED`].
const WIDTHS: [usize; 6] = [18, 17, 9, 6, 9, 9];

/// The groups and how many cases of each level they have.
pub fn list(cases: &[Case]) -> String {
    let mut out = format!("{:14}{:>7}", "group", "cases");
    for level in Level::ALL {
        let _ = write!(out, "{:>8}", level.name());
    }
    let mut row = |name: &str, cases: Vec<&Case>| {
        let _ = write!(out, "\n{name:14}{:>7}", cases.len());
        for level in Level::ALL {
            let _ = write!(out, "{:>8}", cases.iter().filter(|case| case.level == level).count());
        }
    };
    for group in groups(cases) {
        row(group, cases.iter().filter(|case| case.group == group).collect());
    }
    row("all", cases.iter().collect());
    out.push('\n');
    out
}

/// The groups in the order of their first cases.
fn groups<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Vec<&'a str> {
    let mut groups: Vec<&str> = cases.into_iter().map(|case| case.group.as_str()).collect();
    groups.dedup();
    groups
}

pub fn findings(count: usize) -> String {
    counted(count, "finding")
}

pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
