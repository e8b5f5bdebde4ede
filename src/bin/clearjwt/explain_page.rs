//! The page of `explain`: the token in three colours, what each segment becomes, and every check.

use clearjwt::{
    Part,
    explain::{Check, Explanation, Outcome, Row, Segment, Trust},
};
use maud::{Markup, html};

use crate::{
    explain::{found, size, title, verdict, word, worth},
    inspect::pretty,
    page::{self, clause},
    text::{calendar, printable},
};

pub fn page(explanation: &Explanation, now: u64) -> String {
    let body = html! {
        h1 { "A token, explained" }
        (headline(explanation, now))
        h2 { "The token" }
        @if explanation.segments().is_empty() {
            p { "It was not cut into segments: it is too long, or does not have exactly two dots." }
        } @else {
            (pieces(explanation.segments(), explanation.trust()))
        }
        h2 { "The checks" }
        (checks(explanation))
    };
    page::page("A token, explained", &body)
}

/// The verdict, and the check that decided it.
fn headline(explanation: &Explanation, now: u64) -> Markup {
    let failed = explanation.rows().iter().find(|row| matches!(row.outcome, Outcome::Failed(_)));
    html! {
        div class={ "verdict " (colour(explanation.trust())) } {
            p class="headline" {
                strong { @if failed.is_some() { "✗ " } @else { "✓ " } (prose(&printable(&verdict(explanation, now)))) }
            }
            @if let Some(row) = failed {
                dl {
                    div { dt { "Check" } dd { a href="#failed" { (row.check.code()) } ", by " (clause(row.clause)) } }
                    div { dt { "Demanded" } dd { (demanded(row)) } }
                    div { dt { "Found" } dd class="text" { (found(row)) } }
                }
            }
            p { "Judged at " (calendar(now)) ", second " (now) "." }
        }
    }
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
                    // Dots stand for the signature: with it, whoever sees the page could use the token.
                    @match segment.part {
                        Part::Signature => div class="token text" { span role="img" aria-label="not shown" { (masked(segment.text_len)) } },
                        Part::Header | Part::Payload => {
                            (scrollable("token text", &format!("{}, as it was received", title(segment.part)), &html! { (printable(&segment.text)) span class="dot" { "." } }, segment.text_len))
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
                Some(octets) => {
                    @let text = pretty(octets);
                    // A line takes room, however short it is.
                    @let size = text.len() / 2 + 20 * text.lines().count();
                    (scrollable("decoded", &format!("{}, decoded", title(segment.part)), &html! { pre { (text) } }, size))
                },
                None => p { "It does not decode." },
            }
        }
    }
}

/// A box that is as high as what it holds; one that holds much scrolls, and then the keyboard has to get at it.
fn scrollable(class: &str, label: &str, content: &Markup, characters: usize) -> Markup {
    html! {
        @if characters > 400 {
            div class={ (class) " long" } tabindex="0" role="region" aria-label=(label) { (content) }
        } @else {
            div class=(class) { (content) }
        }
    }
}

fn masked(len: usize) -> String {
    "•".repeat(len.min(86))
}

/// The parts of the work, each by its first check.
const PARTS: [(Check, &str); 6] = [
    (Check::Length, "Segments"),
    (Check::HeaderEncoding, "JOSE header"),
    (Check::KeyId, "Key and MAC"),
    (Check::Typ, "Type of token"),
    (Check::PayloadEncoding, "Claims set"),
    (Check::KeyIssuer, "Demands"),
];

fn checks(explanation: &Explanation) -> Markup {
    let count = |wanted: fn(Outcome) -> bool| explanation.rows().iter().filter(|row| wanted(row.outcome)).count();
    html! {
        // The roles say again what the elements say, because a phone lays them out as blocks.
        table role="table" {
            caption {
                "In the order of the work: "
                (count(|outcome| outcome == Outcome::Passed)) " passed, "
                (count(|outcome| matches!(outcome, Outcome::Failed(_)))) " failed, "
                (count(|outcome| outcome == Outcome::NotReached)) " not reached, "
                (count(|outcome| outcome == Outcome::NotAsked)) " not asked."
            }
            thead role="rowgroup" {
                tr role="row" { @for name in ["Outcome", "Check", "Clause", "Demanded", "Found"] { th scope="col" role="columnheader" { (name) } } }
            }
            @for (index, (first, name)) in PARTS.iter().enumerate() {
                @let end = PARTS.get(index + 1).map(|(first, _)| *first);
                tbody role="rowgroup" {
                    tr role="row" class="part" { th scope="rowgroup" role="rowheader" colspan="5" { (name) } }
                    @for row in explanation.rows().iter().filter(|row| row.check >= *first && end.is_none_or(|end| row.check < end)) {
                        (check(row))
                    }
                }
            }
        }
    }
}

fn check(row: &Row) -> Markup {
    let failed = matches!(row.outcome, Outcome::Failed(_));
    html! {
        tr role="row" class=(row.outcome.code()) id=[failed.then_some("failed")] {
            td role="cell" class="outcome" { (word(row.outcome)) }
            th role="rowheader" scope="row" class="word" { (row.check.code()) }
            td role="cell" class="word" { (clause(row.clause)) }
            td role="cell" class=[row.demanded.is_none().then_some("none")] data-label="Demanded" { (demanded(row)) }
            td role="cell" class={ "text" @if row.found.is_none() { " none" } } data-label="Found" { (found(row)) }
        }
    }
}

fn demanded(row: &Row) -> Markup {
    prose(&printable(row.demanded.as_deref().unwrap_or("-")))
}

/// A sentence with its `names` in their own font. They all stand in front of what somebody else said, in quotes.
fn prose(sentence: &str) -> Markup {
    let (ours, theirs) = sentence.split_at(sentence.find('"').unwrap_or(sentence.len()));
    html! {
        @for (index, piece) in ours.split('`').enumerate() {
            @if index % 2 == 1 { code { (piece) } } @else { (piece) }
        }
        (theirs)
    }
}
