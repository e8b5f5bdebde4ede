//! What was measured, as rows of text: for the terminal and the README in Markdown, for the report in HTML.

use std::fmt;

use maud::{Markup, html};

pub struct Table {
    pub caption: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}\n", self.caption)?;
        writeln!(f, "| {} |", self.head.join(" | "))?;
        writeln!(f, "|---|{}", "--:|".repeat(self.head.len() - 1))?;
        self.rows.iter().try_for_each(|row| writeln!(f, "| {} |", row.join(" | ")))
    }
}

impl Table {
    pub fn html(&self) -> Markup {
        html! {
            table {
                caption { (self.caption) }
                thead { tr { @for (at, cell) in self.head.iter().enumerate() { th scope="col" .text[!is_number(&self.rows[0][at])] { (cell) } } } }
                tbody {
                    @for row in &self.rows {
                        tr.own[row[0].starts_with("clearjwt")] {
                            th.text scope="row" { (row[0].replace('`', "")) }
                            @for cell in &row[1..] { td.text[!is_number(cell)] { (cell.replace('`', "")) } }
                        }
                    }
                }
            }
        }
    }
}

fn is_number(cell: &str) -> bool {
    cell.starts_with(|first: char| first.is_ascii_digit())
}

/// Three digits that count are more than such a machine can promise.
pub fn nanoseconds(ns: f64) -> String {
    let digits = format!("{ns:.0}");
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| core::str::from_utf8(group).unwrap()).collect();
    if ns < 10.0 { format!("{ns:.1}") } else { groups.join(",") }
}

pub fn ratio(ratio: f64) -> String {
    format!("{ratio:.2} ×")
}
