//! `explain`: every check of one verification, for people, for programs and as a page.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use clearjwt::{
    Part,
    explain::{self, Check, Explanation, Outcome, Row, Segment, Trust},
};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use console::{Style, Term};
use serde_json::{Value, json};

use crate::{
    demands::Demands,
    explain_page,
    failure::Failure,
    inspect::pretty,
    key::KeyArgs,
    text::{calendar, coloured, json, lasting, print, printable, read_token},
};

/// Show every check of one verification: what was demanded, what the token has, and how it went.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt explain --key-file key.txt < token.txt
  clearjwt explain --key-file key.txt --issuer joe --audience api --format html < token.txt > token.html
  clearjwt explain --key-file key.txt --format json < token.txt | jq '.checks[] | select(.outcome == \"failed\")'

It makes the checks that `verify` makes, in the same order, and ends with the same exit status. The contents of
a token whose MAC does not hold are shown, marked as unverified; key and MAC never are.
Text is coloured on a terminal, unless NO_COLOR is set, and as wide as it.

JSON, whose names and codes stay as they are:
  verdict      accepted or refused
  reason       of a refusal: code, clause, message; otherwise null
  valid_until  the first second since 1970 at which it would be refused; null if that never comes
  now          the second since 1970 that it was judged at
  trust        accepted; authentic: the MAC holds, a demand is not met; or unverified
  segments     part, trust, characters, bytes, base64url, text; null is what is not shown or does not decode
  checks       check, clause, outcome (passed, failed, not_reached, not_asked), demanded, found; null is nothing")]
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
    #[arg(default_value = "-", hide_default_value = true, help_heading = "Arguments")]
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
        self.key.refuse_stdin_twice("token", Some(&self.token))?;
        let keys = self.key.keys()?;
        let token = read_token(&self.token)?;
        let now = self.demands.now()?;
        let explanation = if self.jws { explain::jws(&token, &keys) } else { self.demands.validation().explain_at(&token, &keys, now) };
        print(
            match self.format {
                Format::Text => text(&explanation, now),
                Format::Json => json(&object(&explanation, now)),
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
        (Ok(()), Some(until)) => format!("Accepted {}", lasting(until, now)),
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
        Outcome::NotAsked => "· not asked",
    }
}

fn text(explanation: &Explanation, now: u64) -> String {
    console::set_colors_enabled(coloured());
    let trust = explanation.trust();
    let colour = if trust == Trust::Accepted { good() } else { bad() };
    let mut out = format!("{}\n", colour.apply_to(printable(&verdict(explanation, now))));
    for segment in explanation.segments() {
        out += &format!("\n{}, {}: {}\n", title(segment.part), size(segment), if segment.part == Part::Signature { "not shown" } else { worth(trust) });
        if let Some(octets) = &segment.octets {
            out += &format!("{}\n", pretty(octets));
        }
    }
    let width = if std::io::stdout().is_terminal() { Term::stdout().size().1.clamp(60, 200) } else { 140 };
    out + "\n" + &table(explanation.rows(), width)
}

/// The checks as columns. Where five are too many the clause goes below the check, and what was found below the demand.
fn table(rows: &[Row], width: u16) -> String {
    let wide = width >= 110;
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(if wide { vec!["OUTCOME", "CHECK", "CLAUSE", "DEMANDED", "FOUND"] } else { vec!["OUTCOME", "CHECK", "DEMANDED, AND FOUND"] });
    for row in rows {
        let (outcome, check, clause) = (word(row.outcome).to_owned(), row.check.code().to_owned(), row.clause);
        let (demanded, found) = (printable(row.demanded.as_deref().unwrap_or("-")), found(row));
        table.add_row(match (wide, row.outcome) {
            (true, _) => vec![outcome, check, clause.to_owned(), demanded, found],
            (false, Outcome::NotAsked) => vec![outcome, check],
            (false, Outcome::NotReached) => vec![outcome, format!("{check}\n{clause}"), demanded],
            (false, _) => vec![outcome, format!("{check}\n{clause}"), format!("{demanded}\nfound: {found}")],
        });
    }
    let words = if wide { 3 } else { 2 };
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if index < words {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    // A line that goes on with a row has nothing in the first column, and what stands there is never the token's.
    let mut styles = [Style::new().dim()].into_iter().chain(rows.iter().map(|row| style_of(row.outcome)));
    let (mut out, mut style) = (String::new(), Style::new());
    for line in table.lines() {
        if !line.starts_with(' ') {
            style = styles.next().unwrap_or_default();
        }
        out += &format!("{}\n", style.apply_to(line.trim_end()));
    }
    out
}

fn style_of(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Passed => good(),
        Outcome::Failed(_) => bad(),
        Outcome::NotReached | Outcome::NotAsked => Style::new().dim(),
    }
}

fn good() -> Style {
    Style::new().green()
}

fn bad() -> Style {
    Style::new().red().bold()
}

/// What the token has, for a cell of a table; a time also as people read it.
pub fn found(row: &Row) -> String {
    let Some(found) = &row.found else { return "-".into() };
    match (row.check, found.parse::<i64>()) {
        (Check::Expiry | Check::NotBefore | Check::Age, Ok(seconds)) => format!("{found}, {}", calendar(seconds)),
        _ => printable(found),
    }
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
