//! `explain`: every check of one verification, for people, for programs and as a page.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use clearjwt::{
    Part,
    explain::{self, Explanation, Outcome, Row, Segment, Trust},
};
use comfy_table::{ContentArrangement, Table, presets};
use console::{Style, Term};
use serde_json::{Value, json};

use crate::{
    demands::Demands,
    explain_page,
    failure::Failure,
    inspect::pretty,
    key::KeyArgs,
    text::{calendar, length, print, printable, read_token},
};

/// Show every check of one verification: what was demanded, what the token has, and how it went.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt explain --key-file key.txt < token.txt
  clearjwt explain --key-file key.txt --issuer joe --audience api --format html < token.txt > token.html
  clearjwt explain --key-file key.txt --format json < token.txt | jq '.checks[] | select(.outcome == \"failed\")'

It makes the checks that `verify` makes, in the same order, and ends with the same exit status. The contents of a token
whose MAC does not hold are shown, marked as unverified; key and MAC never are.

The JSON has verdict (accepted, refused), reason (code, clause, message; null), valid_until (seconds since 1970; null), now,
trust (accepted; authentic: the MAC holds, the demands do not; unverified), segments (part, trust, characters, bytes, base64url,
text; null where there is none) and checks (check, clause, outcome: passed, failed, not_reached, not_asked; demanded, found).")]
pub struct Explain {
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    demands: Demands,
    /// Check header and MAC only, as `verify --jws` does
    #[arg(long)]
    jws: bool,
    /// How to show it; html is one page that needs nothing else
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// The token; `-` is stdin, less one trailing newline
    #[arg(default_value = "-", hide_default_value = true)]
    token: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    Html,
}

impl Explain {
    pub fn run(self) -> Result<(), Failure> {
        self.key.refuse_stdin_twice(&self.token)?;
        let keys = self.key.keys()?;
        let token = read_token(&self.token)?;
        let now = self.demands.now()?;
        let explanation = if self.jws { explain::jws(&token, &keys) } else { self.demands.validation().explain_at(&token, &keys, now) };
        print(
            match self.format {
                Format::Text => text(&explanation, now),
                Format::Json => format!("{:#}\n", object(&explanation, now)),
                Format::Html => explain_page::page(&explanation, now),
            }
            .as_bytes(),
        )?;
        explanation.verdict().map_err(Failure::from)
    }
}

/// The verdict in one sentence.
pub fn verdict(explanation: &Explanation, now: u64) -> String {
    match (explanation.verdict(), explanation.valid_until()) {
        (Err(error), _) => format!("Refused: {error}"),
        (Ok(()), Some(until)) => {
            format!("Accepted until {}, for another {}", calendar(until.try_into().unwrap_or(i64::MAX)), length(until.saturating_sub(now)))
        }
        (Ok(()), None) => "Accepted".into(),
    }
}

/// What the trust means for whoever reads the contents.
pub fn worth(trust: Trust) -> &'static str {
    match trust {
        Trust::Accepted => "accepted: its MAC holds, and it meets every demand",
        Trust::Authentic => "authentic, but refused: its MAC holds, a demand is not met",
        Trust::Unverified => "unverified: anybody may have written it",
    }
}

/// What a segment decodes to, in the words of the standard.
pub fn title(part: Part) -> &'static str {
    match part {
        Part::Header => "JOSE header",
        Part::Payload => "JWS payload",
        Part::Signature => "JWS signature",
    }
}

/// How long a segment is.
pub fn size(segment: &Segment) -> String {
    match segment.octets_len {
        Some(bytes) => format!("{} characters, {bytes} bytes", segment.text_len),
        None => format!("{} characters, not canonical base64url", segment.text_len),
    }
}

/// How a check went, for the eye.
pub fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✓ passed",
        Outcome::Failed(_) => "✗ FAILED",
        Outcome::NotReached => "· not reached",
        Outcome::NotAsked => "· not asked for",
    }
}

fn text(explanation: &Explanation, now: u64) -> String {
    let (good, bad, dim) = (Style::new().green(), Style::new().red().bold(), Style::new().dim());
    let trust = explanation.trust();
    let colour = if trust == Trust::Accepted { &good } else { &bad };
    let mut out = format!("{}\n", colour.apply_to(printable(&verdict(explanation, now))));
    for segment in explanation.segments() {
        out += &format!("\n{}, {}: {}\n", title(segment.part), size(segment), if segment.part == Part::Signature { "not shown" } else { worth(trust) });
        if let Some(octets) = &segment.octets {
            out += &format!("{}\n", pretty(octets));
        }
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["", "CHECK", "CLAUSE", "DEMANDED", "FOUND"]).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(if std::io::stdout().is_terminal() { Term::stdout().size().1.max(60) } else { 140 });
    for row in explanation.rows() {
        table.add_row([word(row.outcome), row.check.code(), row.clause, &printable(row.demanded.as_deref().unwrap_or("-")), &found(row)]);
    }
    out.push('\n');
    let mut style = &dim;
    for line in table.lines() {
        let line = line.trim_end();
        // A row that is wrapped goes on in its colour.
        style = match line.trim_start().chars().next() {
            Some('✓') if line.contains("✓ passed") => &good,
            Some('✗') if line.contains("✗ FAILED") => &bad,
            Some('·') => &dim,
            _ => style,
        };
        out += &format!("{}\n", style.apply_to(line));
    }
    out
}

/// What the token has, for a cell of a table.
pub fn found(row: &Row) -> String {
    row.found.as_deref().map_or_else(|| "-".into(), printable)
}

fn object(explanation: &Explanation, now: u64) -> Value {
    let trust = explanation.trust().code();
    let text = |segment: &Segment| segment.octets.as_ref().and_then(|octets| core::str::from_utf8(octets).ok()).map(str::to_owned);
    json!({
        "verdict": if explanation.verdict().is_ok() { "accepted" } else { "refused" },
        "reason": explanation.verdict().err().map(|error| json!({ "code": error.code(), "clause": error.clause(), "message": error.to_string() })),
        "valid_until": explanation.valid_until(),
        "now": now,
        "trust": trust,
        "segments": explanation.segments().iter().map(|segment| json!({
            "part": segment.part.to_string(),
            "trust": trust,
            "characters": segment.text_len,
            "bytes": segment.octets_len,
            "base64url": (segment.part != Part::Signature).then_some(&segment.text),
            "text": text(segment),
        })).collect::<Vec<_>>(),
        "checks": explanation.rows().iter().map(|row| json!({
            "check": row.check.code(),
            "clause": row.clause,
            "outcome": row.outcome.code(),
            "demanded": row.demanded,
            "found": row.found,
        })).collect::<Vec<_>>(),
    })
}
