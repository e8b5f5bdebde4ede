//! `sign`: a token on stdout.

use clap::Args;

use crate::{claims::ClaimsArgs, failure::Failure, key::KeyArgs, text::print_line};

/// Make a token and print it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt sign --key-file key.txt --claim user_id:=1234 --expires-in 1d
  clearjwt sign --key-file key.txt --issuer joe --audience api --claims-file claims.json
  JWT_KEY=... clearjwt sign --key-env JWT_KEY --subject alice --expires-in 15m")]
pub struct Sign {
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    claims: ClaimsArgs,
}

impl Sign {
    pub fn run(self) -> Result<(), Failure> {
        self.key.refuse_stdin_twice("claims", self.claims.claims_file.as_deref())?;
        print_line(&self.claims.sign(&self.key.key()?)?)
    }
}
