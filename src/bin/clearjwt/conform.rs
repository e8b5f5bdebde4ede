//! `conform`: judges a verifier, this one or any other, with a corpus of tokens that each have one right verdict.

mod corpus;
mod page;
mod report;
mod verifier;

use std::{fs, time::Duration};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use self::{
    corpus::{Case, Corpus, Level},
    report::Report,
    verifier::{Answer, Process, judge, no_verdict},
};
use crate::{
    failure::Failure,
    text::{print, some_seconds},
};

/// Judge a verifier, in whatever language it is written: with --exec another one, without it this one.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt conform
  clearjwt conform --exec 'python3 adapter.py'
  clearjwt conform --exec 'node adapter.mjs 2> /dev/null' --only exp --only nbf
  clearjwt conform --exec ./adapter --html > report.html
  clearjwt conform --only exp-now --export -

The verifier gets a case a line on its stdin, a JSON object: id, mode, token (or token_b64u), key, options.
It answers each with a line on its stdout: {\"verdict\":\"accept\"}, {\"verdict\":\"refuse\",\"reason\":\"...\"}, or
{\"verdict\":\"skip\",\"reason\":\"...\"} for what it cannot do. An \"id\" in the answer has to be the case's. Whoever ends,
hangs or says something else is started anew for the next case. What is in a case: see the page `guide` of the documentation.

Exit status: 0 no finding against a MUST of an RFC, 1 at least one, 2 usage or trouble with the command.")]
pub struct Conform {
    /// The command that runs the verifier to judge, as a shell understands it
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,
    /// How long one verdict may take, such as 5 or 1m
    #[arg(long, value_name = "SECONDS", value_parser = some_seconds, default_value = "5", requires = "exec")]
    case_timeout: u64,
    /// Only the cases of this group, or the case of this id; can be repeated
    #[arg(long, value_name = "GROUP|ID")]
    only: Vec<String>,
    /// Report as JSON
    #[arg(long, group = "form")]
    json: bool,
    /// Report as a page of HTML
    #[arg(long, group = "form")]
    html: bool,
    /// Show the groups, how many cases they have, and how much those bind; judge nothing
    #[arg(long, group = "form", conflicts_with = "exec")]
    list: bool,
    /// Write the cases, as JSON, to this file, or to stdout for `-`; judge nothing
    #[arg(long, value_name = "FILE", group = "form", conflicts_with = "exec")]
    export: Option<String>,
}

impl Conform {
    pub fn run(self) -> Result<(), Failure> {
        let corpus = Corpus::load(&self.only)?;
        if self.list {
            return print(report::list(&corpus.cases).as_bytes());
        }
        if let Some(path) = &self.export {
            let text = corpus.text();
            return if path == "-" { print(text.as_bytes()) } else { fs::write(path, text).map_err(|error| Failure::file(path, &error)) };
        }
        let answers = self.answers(&corpus.cases)?;
        if answers.iter().all(|answer| matches!(answer, Answer::Skip(_))) {
            return Err(Failure::trouble("nothing_judged", "every case was skipped: nothing was judged"));
        }
        let judged = self.exec.clone().unwrap_or_else(|| format!("clearjwt {}, itself", env!("CARGO_PKG_VERSION")));
        let verdicts = answers.iter().any(|answer| matches!(answer, Answer::Accept | Answer::Refuse(_) | Answer::Skip(_)));
        let report = Report::new(judged, &corpus.cases, answers);
        let text = match (self.json, self.html) {
            (true, _) => report.json(),
            (_, true) => page::page(&report),
            _ => report.text(),
        };
        match print(text.as_bytes()) {
            // Who reads no further is told the verdict all the same, by the exit status.
            Ok(()) | Err(Failure::OutputClosed) => (),
            failed => return failed,
        }
        if !verdicts {
            return Err(no_verdict("no verdict on any case"));
        }
        match report.count(Level::Must) {
            0 => Ok(()),
            count => Err(Failure::Because {
                exit: 1,
                code: "must".into(),
                clause: None,
                message: format!("{} against a MUST of an RFC; `clearjwt conform --only ID --export -` shows a case", report::findings(count)),
            }),
        }
    }

    fn answers(&self, cases: &[Case]) -> Result<Vec<Answer>, Failure> {
        let Some(command) = &self.exec else { return Ok(cases.iter().map(judge).collect()) };
        // Hidden where stderr is no terminal.
        let style = ProgressStyle::with_template("{msg} {pos} of {len} {wide_bar} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
        let progress = ProgressBar::new(cases.len() as u64).with_style(style).with_message("judged");
        let mut process = Process::new(command, Duration::from_secs(self.case_timeout));
        let answers = cases.iter().inspect(|_| progress.inc(1)).map(|case| process.ask(case)).collect();
        progress.finish_and_clear();
        process.end();
        answers
    }
}
