//! The corpus, as `tests/vectors/conform.json` has it.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::failure::Failure;

const CORPUS: &str = include_str!("../../../../tests/vectors/conform.json");

type Members = BTreeMap<&'static str, &'static RawValue>;

pub struct Corpus {
    /// What the file says before its cases.
    head: String,
    pub cases: Vec<Case>,
}

pub struct Case {
    /// The whole case, as the file has it.
    text: &'static str,
    /// What a verifier is asked: the case without its answer, a line.
    pub question: String,
    pub id: String,
    pub group: String,
    pub level: Level,
    pub accept: bool,
    pub clause: String,
    pub source: String,
    pub says: String,
}

/// How much the clause of a case binds a verifier, the strongest first.
#[derive(Clone, Copy, PartialEq)]
pub enum Level {
    Must,
    Should,
    Choice,
}

impl Level {
    pub const ALL: [Level; 3] = [Level::Must, Level::Should, Level::Choice];

    pub fn name(self) -> &'static str {
        match self {
            Level::Must => "must",
            Level::Should => "should",
            Level::Choice => "choice",
        }
    }

    pub fn heading(self) -> &'static str {
        match self {
            Level::Must => "Against a MUST of an RFC",
            Level::Should => "Against a SHOULD of an RFC",
            Level::Choice => "Otherwise than our stricter choices, as a verifier may",
        }
    }
}

impl Corpus {
    /// The cases, or those of the groups and ids that are named.
    pub fn load(only: &[String]) -> Result<Self, Failure> {
        // The file is part of the program, and a test reads it.
        let broken = |error: serde_json::Error| Failure::trouble("corpus", format!("the corpus of this program is broken: {error}"));
        let mut members: Members = serde_json::from_str(CORPUS).map_err(broken)?;
        let texts = members.remove("cases").map(RawValue::get).unwrap_or_default();
        let texts: Vec<&RawValue> = serde_json::from_str(texts).map_err(broken)?;
        let cases = texts.into_iter().map(|text| Case::read(text.get())).collect::<Result<Vec<_>, _>>().map_err(broken)?;
        let named = |case: &Case, name: &String| *name == case.group || *name == case.id;
        if only.iter().any(|name| !cases.iter().any(|case| named(case, name))) {
            return Err(Failure::trouble("usage", "--only names neither a group nor a case; `clearjwt conform --list` shows the groups"));
        }
        let head = ["description", "version", "now"].map(|name| format!("\"{name}\":{}", members.get(name).map(|value| value.get()).unwrap_or("null")));
        let chosen = |case: &Case| only.is_empty() || only.iter().any(|name| named(case, name));
        Ok(Corpus { head: head.join(","), cases: cases.into_iter().filter(chosen).collect() })
    }

    /// The JSON of the cases, a case a line.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.cases.iter().map(|case| case.text).collect();
        format!("{{{},\"cases\":[\n{}\n]}}\n", self.head, lines.join(",\n"))
    }
}

impl Case {
    fn read(text: &'static str) -> serde_json::Result<Self> {
        let members: Members = serde_json::from_str(text)?;
        let asked = ["id", "mode", "token", "token_b64u", "key", "options"];
        let asked = asked.into_iter().filter_map(|name| Some(format!("\"{name}\":{}", members.get(name)?.get())));
        let question = format!("{{{}}}\n", asked.collect::<Vec<_>>().join(","));
        let string = |name| members.get(name).and_then(|value| serde_json::from_str::<String>(value.get()).ok()).unwrap_or_default();
        let level = Level::ALL.into_iter().find(|level| string("level") == level.name()).unwrap_or(Level::Choice);
        Ok(Case {
            text,
            question,
            id: string("id"),
            group: string("group"),
            level,
            accept: string("expect") == "accept",
            clause: string("clause"),
            source: string("source"),
            says: string("says"),
        })
    }
}
