//! clearjwt beside its peers and beside the floor: `cargo run --release --manifest-path benches/peers/Cargo.toml`.
//!
//! Prints tables in Markdown, and writes them with the curves to `target/bench/report.html`. `-- quick` makes few rounds, to see
//! that all still runs. Needs CMake for AWS-LC and OpenSSL's headers for josekit: `apt-get install cmake libssl-dev pkg-config`.

mod growth;
mod libraries;
mod parts;
mod payloads;
mod refusals;
mod report;
mod rounds;
mod table;
mod threads;
mod tokens;

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    env, fs,
    path::Path,
    process::{Command, exit},
};

fn main() {
    without_backtraces();
    let few = match env::args().nth(1).as_deref() {
        None => 1,
        Some("quick") => 25,
        Some(other) => panic!("{other} is nothing that can be measured: give quick or nothing"),
    };
    let mut tables = tokens::measure(500 / few);
    tables.push(parts::measure(500 / few));
    tables.push(refusals::measure(200 / few));
    tables.push(threads::measure(1_000 / few));
    let growth = growth::measure(50 / few);
    tables.push(growth.table());
    for table in &tables {
        println!("{table}");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.canonicalize().unwrap().join("report.html");
    fs::write(&file, report::page(&tables, &growth).into_string()).unwrap();
    println!("{}", file.display());
}

/// Starts anew if the environment asks for backtraces: two of the peers would take one in each refusal.
fn without_backtraces() {
    if Backtrace::capture().status() != BacktraceStatus::Disabled {
        let status = Command::new(env::current_exe().unwrap()).args(env::args_os().skip(1)).env("RUST_LIB_BACKTRACE", "0").status();
        exit(status.unwrap().code().unwrap_or(1));
    }
}
