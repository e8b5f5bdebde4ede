//! The report as a page.

use maud::{Markup, html};

use super::{
    corpus::Level,
    report::{Alike, Outcome, Report, counted, findings},
};
use crate::{
    page::{self, clause},
    text::printable,
};

pub fn page(report: &Report) -> String {
    let must = report.count(Level::Must);
    let body = html! {
        h1 { "A verifier, judged" }
        p { code { (printable(report.judged())) } }
        div class={ "verdict " (if must == 0 { "good" } else { "bad" }) } role="status" {
            strong { (findings(must)) " against a MUST of an RFC" }
            p {
                (findings(report.count(Level::Should))) " against a SHOULD; in " (report.count(Level::Choice))
                " more cases it decided otherwise than the stricter choices of clearjwt, as a verifier may."
            }
        }
        p {
            "On this page: " a href="#groups" { "the groups" }
            @for level in Level::ALL { ", " a href={ "#" (level.name()) } { (findings(report.count(level))) " (" (level.name()) ")" } }
            "."
        }
        h2 id="groups" { "The groups" }
        (groups(report))
        @for level in Level::ALL {
            h2 id=(level.name()) { (level.heading()) }
            (found(report, level))
        }
        @if !report.skipped().is_empty() {
            h2 id="skipped" { "Skipped" }
            (skipped(report))
        }
    };
    page::page("A verifier, judged", &body)
}

fn groups(report: &Report) -> Markup {
    html! {
        table {
            caption { "How many cases of each group got another verdict than the right one, or none" }
            thead {
                tr {
                    th scope="col" { "group" }
                    th scope="col" class="number" { "cases" }
                    @for outcome in Outcome::COUNTED { th scope="col" class="number" { (outcome.name()) } }
                }
            }
            tbody {
                @for (name, cases, counts) in report.rows() {
                    tr {
                        th scope="row" { (name) }
                        td class="number" data-label="cases" { (cases) }
                        @for (outcome, count) in Outcome::COUNTED.into_iter().zip(counts) {
                            td class="number" data-label=(outcome.name()) { (count) }
                        }
                    }
                }
            }
        }
    }
}

fn found(report: &Report, level: Level) -> Markup {
    let alike = report.alike(level);
    html! {
        @if alike.is_empty() {
            p { "Nothing, in " (counted(report.cases(level), "case")) "." }
        } @else {
            table {
                caption { (findings(report.count(level))) " in " (counted(report.cases(level), "case")) }
                thead {
                    tr {
                        th scope="col" { "clause" }
                        th scope="col" { "what is special about the token" }
                        th scope="col" { "what became of it" }
                    }
                }
                tbody {
                    @for Alike { case, results } in alike {
                        tr {
                            th scope="row" { (clause(&case.clause)) }
                            td { (case.says) }
                            td {
                                @for result in results {
                                    div {
                                        strong { (result.outcome.name()) } " " code { (result.case.id) }
                                        @if !result.said.is_empty() { span class="dim" { ": " (printable(&result.said)) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn skipped(report: &Report) -> Markup {
    html! {
        table {
            caption { "What the verifier said it cannot do" }
            thead { tr { th scope="col" { "reason" } th scope="col" class="number" { "cases" } } }
            tbody {
                @for (reason, count) in report.skipped() {
                    tr { th scope="row" { (printable(reason)) } td class="number" data-label="cases" { (count) } }
                }
            }
        }
    }
}
