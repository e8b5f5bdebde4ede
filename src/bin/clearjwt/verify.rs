//! `verify`: the payload on stdout, or a reason.

use clap::Args;
use clearjwt::jws;

use crate::{
    demands::Demands,
    failure::Failure,
    key::KeyArgs,
    text::{lasting, print, read_token, tell},
};

/// Check a token and print its payload; say on stderr when it will expire.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt verify --key-file key.txt < token.txt
  clearjwt verify --key-file key.txt --issuer joe --audience api --leeway 5 < token.txt
  clearjwt verify --key-file old-system.txt --allow-weak-key --no-exp < token.txt

Nothing of a refused token is printed. A token is better read from stdin than given as an argument, which other users
of the machine can see.")]
pub struct Verify {
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    demands: Demands,
    /// Check header and MAC only, and print the payload's bytes whatever they are
    #[arg(long)]
    jws: bool,
    /// The token; `-` is stdin, less one trailing newline
    #[arg(default_value = "-", hide_default_value = true, help_heading = "Arguments")]
    token: String,
}

impl Verify {
    pub fn run(self) -> Result<(), Failure> {
        self.key.refuse_stdin_twice("token", Some(&self.token))?;
        let keys = self.key.keys()?;
        let token = read_token(&self.token)?;
        if self.jws {
            return print(jws::verify(&token, &keys)?.payload());
        }
        let now = self.demands.now()?;
        let verified = self.demands.validation().check_at(&token, &keys, now)?;
        print(&[verified.payload(), b"\n"].concat())?;
        match verified.valid_until() {
            Some(until) => tell(&format!("accepted {}", lasting(until, now))),
            None => tell("accepted for ever: under these demands it never expires"),
        }
        Ok(())
    }
}
