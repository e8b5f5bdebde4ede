//! The oracle, a Python program, asked a few cases at a time while the others are at work.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;

pub struct Oracle {
    child: Child,
    cases: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// So few that their answers fit into a pipe, and nobody waits for the other.
    pub const AT_A_TIME: u64 = 64;

    pub fn start() -> Self {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/oracle.py");
        let mut child = Command::new("python3").arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the oracle needs python3");
        let (cases, answers) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        Oracle { child, cases, answers: BufReader::new(answers) }
    }

    pub fn ask(&mut self, cases: &[Value]) {
        let lines: String = cases.iter().map(|case| format!("{case}\n")).collect();
        self.cases.write_all(lines.as_bytes()).expect("the oracle reads on");
    }

    pub fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the oracle answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("the oracle said {line:?}: {error}"))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
