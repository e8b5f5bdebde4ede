//! The page of `explain`: the token in three colours, what each segment becomes, and every check.

use clearjwt::{
    Part,
    explain::{Explanation, Outcome, Segment, Trust},
};
use maud::{Markup, html};

use crate::{
    explain::{found, size, title, verdict, word, worth},
    inspect::pretty,
    page::{self, clause},
    text::{calendar, printable},
};

pub fn page(explanation: &Explanation, now: u64) -> String {
    let trust = explanation.trust();
    let body = html! {
        h1 { "A token, explained" }
        div class={ "verdict " (colour(trust)) } role="status" {
            strong { (prose(&printable(&verdict(explanation, now)))) }
            p {
                @if let Err(error) = explanation.verdict() { "Demanded by " (clause(error.clause())) "; " a href="#failed" { "the check that failed" } ". " }
                "Judged at " (calendar(now.try_into().unwrap_or(i64::MAX))) ", second " (now) "."
            }
        }
        @if explanation.segments().is_empty() {
            p { "It was not cut into segments: it is too long, or does not have exactly two dots." }
        } @else {
            h2 id="token" { "The token" }
            (pieces(explanation.segments(), trust))
        }
        h2 id="checks" { "The checks" }
        (checks(explanation))
    };
    page::page("A token, explained", &body)
}

fn colour(trust: Trust) -> &'static str {
    match trust {
        Trust::Accepted => "good",
        Trust::Authentic => "warn",
        Trust::Unverified => "bad",
    }
}

fn class(part: Part) -> &'static str {
    match part {
        Part::Header => "header",
        Part::Payload => "payload",
        Part::Signature => "signature",
    }
}

/// The compact serialization, each segment with an arrow to what it becomes.
fn pieces(segments: &[Segment], trust: Trust) -> Markup {
    html! {
        ol class="pieces" {
            @for segment in segments {
                li class={ "piece " (class(segment.part)) } {
                    div class="token text" tabindex="0" role="region" aria-label={ (title(segment.part)) ", as it was received" } {
                        // Dots stand for the signature: with it, whoever sees the page could use the token.
                        @match segment.part {
                            Part::Signature => span role="img" aria-label="not shown" { (masked(segment.text_len)) },
                            Part::Header | Part::Payload => { (printable(&segment.text)) span class="dot" { "." } }
                        }
                    }
                    svg viewBox="0 0 32 40" aria-hidden="true" { path d="M16 2v34M6 26l10 10l10-10" {} }
                    div class="card" {
                        h3 { (title(segment.part)) }
                        p class="dim" { (size(segment)) }
                        (contents(segment, trust))
                    }
                }
            }
        }
    }
}

fn contents(segment: &Segment, trust: Trust) -> Markup {
    html! {
        @if segment.part == Part::Signature {
            p { "The MAC of all that stands in front of it. It is not shown: with it, whoever sees this page could use the token." }
        } @else {
            p class={ "trust " (colour(trust)) } { (worth(trust)) }
            @match &segment.octets {
                Some(octets) => pre tabindex="0" role="region" aria-label={ (title(segment.part)) ", decoded" } { (pretty(octets)) },
                None => p { "It does not decode." },
            }
        }
    }
}

fn masked(len: usize) -> String {
    "•".repeat(len.min(86))
}

fn checks(explanation: &Explanation) -> Markup {
    let count = |wanted: fn(Outcome) -> bool| explanation.rows().iter().filter(|row| wanted(row.outcome)).count();
    html! {
        table role="table" {
            caption {
                "In the order of the work. "
                (count(|outcome| outcome == Outcome::Passed)) " passed, "
                (count(|outcome| matches!(outcome, Outcome::Failed(_)))) " failed, "
                (count(|outcome| outcome == Outcome::NotReached)) " not reached, "
                (count(|outcome| outcome == Outcome::NotAsked)) " not asked for."
            }
            thead role="rowgroup" {
                tr role="row" { @for name in ["Outcome", "Check", "Clause", "Demanded", "Found"] { th scope="col" role="columnheader" { (name) } } }
            }
            tbody role="rowgroup" {
                @for row in explanation.rows() {
                    tr role="row" class=(row.outcome.code()) id=[matches!(row.outcome, Outcome::Failed(_)).then_some("failed")] {
                        td role="cell" class={ "outcome" @if row.outcome == Outcome::Passed { " good" } @else if matches!(row.outcome, Outcome::Failed(_)) { " bad" } } { (word(row.outcome)) }
                        th role="rowheader" scope="row" class="word" { (row.check.code()) }
                        td role="cell" class="word" { (clause(row.clause)) }
                        td role="cell" data-label="Demanded" { (prose(&printable(row.demanded.as_deref().unwrap_or("-")))) }
                        td role="cell" data-label="Found" class="text" { (found(row)) }
                    }
                }
            }
        }
    }
}

/// A sentence with its `names` in their own font.
fn prose(sentence: &str) -> Markup {
    html! {
        @for (index, piece) in sentence.split('`').enumerate() {
            @if index % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}
