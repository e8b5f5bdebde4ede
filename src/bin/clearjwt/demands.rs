//! DEMANDS: what a token has to say to be taken.

use clap::Args;
use clearjwt::Validation;

use crate::{
    failure::Failure,
    text::{self, seconds, time},
};

#[derive(Args)]
#[command(next_help_heading = "Demands")]
pub struct Demands {
    /// The time to judge by: seconds since 1970, or such as 2026-11-24T12:00:00Z [default: the clock]
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    now: Option<u64>,
    /// How far the clocks may differ, such as 5 or 1m
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "0")]
    leeway: u64,
    /// An issuer to take tokens of; can be repeated
    #[arg(long, value_name = "ISS")]
    issuer: Vec<String>,
    /// An audience that this verifier is; can be repeated
    #[arg(long, value_name = "AUD")]
    audience: Vec<String>,
    /// Take tokens for any audience, those meant for others too
    #[arg(long, conflicts_with = "audience")]
    any_audience: bool,
    /// The subject to take tokens of
    #[arg(long, value_name = "SUB")]
    subject: Option<String>,
    /// Take tokens that never expire
    #[arg(long)]
    no_exp: bool,
    /// How long ago a token may have been issued, such as 15m
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    max_age: Option<u64>,
    /// How long a token may live from `iat` to `exp`, such as 1d
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    max_lifetime: Option<u64>,
    /// The media type that `typ` has to name, such as at+jwt
    #[arg(long, value_name = "TYPE")]
    typ: Option<String>,
    /// Take tokens of any `typ`, those made for another purpose too
    #[arg(long, conflicts_with = "typ")]
    any_typ: bool,
}

impl Demands {
    pub fn validation(&self) -> Validation {
        let mut demands = Validation::new().leeway(self.leeway);
        demands = self.issuer.iter().fold(demands, |demands, issuer| demands.issuer(issuer));
        demands = self.audience.iter().fold(demands, |demands, audience| demands.audience(audience));
        if self.any_audience {
            demands = demands.any_audience();
        }
        if let Some(subject) = &self.subject {
            demands = demands.subject(subject);
        }
        if self.no_exp {
            demands = demands.allow_no_expiry();
        }
        if let Some(seconds) = self.max_age {
            demands = demands.max_age(seconds);
        }
        if let Some(seconds) = self.max_lifetime {
            demands = demands.max_lifetime(seconds);
        }
        if let Some(typ) = &self.typ {
            demands = demands.typ(typ);
        }
        if self.any_typ {
            demands = demands.any_typ();
        }
        demands
    }

    /// The second to judge by.
    pub fn now(&self) -> Result<u64, Failure> {
        self.now.map_or_else(text::now, Ok)
    }
}
