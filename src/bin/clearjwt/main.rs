//! The program: the library's public API at a prompt. One file per command.
//!
//! Exit: 0 accepted or done, 1 the token is refused (`send`: an answer that is not 2xx; `conform`: a MUST is broken),
//! 2 usage, key or file trouble, 3 the network failed. Every failure is one line on stderr.
#![forbid(unsafe_code)]

mod claims;
mod conform;
mod demands;
mod demo;
mod explain;
mod explain_page;
mod failure;
mod inspect;
mod key;
mod keygen;
mod page;
mod send;
mod serve;
mod sign;
mod text;
mod verify;

use std::process::ExitCode;

use clap::Parser;

use failure::Failure;

/// JSON Web Tokens signed with HMAC: make, check, look at and send them.
#[derive(Parser)]
#[command(name = "clearjwt", version, max_term_width = 100, after_help = EXAMPLES)]
struct Program {
    /// On failure print one line of JSON instead of one line of text: code, clause, message, exit
    #[arg(long, global = true)]
    json_errors: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Show it all: mint, serve, send, verify, and refuse forgeries, on loopback
    Demo(demo::Demo),
    /// Make a random key
    Keygen(keygen::Keygen),
    /// Make a token and print it
    Sign(sign::Sign),
    /// Check a token and print its payload
    Verify(verify::Verify),
    /// Print what a token says, without checking it
    Inspect(inspect::Inspect),
    /// Show every check of one verification, and how it went
    Explain(explain::Explain),
    /// Send a request with a token and print the answer
    Send(Box<send::Send>),
    /// Run a server that verifies each request's token and answers with its claims
    Serve(serve::Serve),
    /// Judge any verifier with hundreds of tokens that each have one right verdict
    Conform(conform::Conform),
}

const EXAMPLES: &str = "\
Examples:
  clearjwt demo
  clearjwt keygen --output key.txt
  clearjwt sign --key-file key.txt --claim user_id:=1234 --expires-in 1d > token.txt
  clearjwt verify --key-file key.txt < token.txt

Exit status: 0 accepted or done, 1 the token is refused (send: an answer that is not 2xx; conform: a MUST is broken),
2 usage, key or file trouble, 3 the network failed. Each command has its own --help.";

fn main() -> ExitCode {
    // Known before the arguments are, because wrong arguments are a failure too.
    let json = std::env::args_os().any(|argument| argument == "--json-errors");
    let result = Program::try_parse().map_err(Failure::usage).and_then(|program| match program.command {
        Command::Demo(command) => command.run(),
        Command::Keygen(command) => command.run(),
        Command::Sign(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Inspect(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Send(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Conform(command) => command.run(),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(json),
    }
}
