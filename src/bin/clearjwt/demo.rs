//! `demo`: the whole way of a token, and three that do not get through. All on loopback.

use std::thread;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::Args;
use clearjwt::{
    Algorithm, Header, Key, SignError, Validation, jws,
    send::{Bearer, Client},
};
use serde_json::value::RawValue;

use crate::{
    failure::Failure,
    serve::{Verifier, bind},
    text::{now, print_line, printable},
};

/// Mint a token, serve, send, verify, and refuse a forgery, an expired token and a doubled claim: each step shown.
#[derive(Args)]
#[command(after_help = "Everything happens on a loopback port that the system picks. Nothing is written.")]
pub struct Demo {}

const DAY: u64 = 86_400;

impl Demo {
    pub fn run(self) -> Result<(), Failure> {
        let now = now()?;
        // As text, so that the claims stay in the order in which they are shown.
        let claims = |user_id: u32, exp: u64| RawValue::from_string(format!(r#"{{"user_id":{user_id},"exp":{exp}}}"#)).map_err(|_| SignError::Serialize);
        let good = claims(1234, now + DAY)?;

        say("1  A random key, as `clearjwt keygen` makes it")?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| Failure::trouble("random", error.to_string()))?;
        let key = Key::new(Algorithm::HS256, URL_SAFE_NO_PAD.encode(secret).as_bytes())?.with_id("demo");
        say("   HS256, 43 characters with 256 bits of randomness; its id is demo")?;

        say("\n2  A server that verifies, on a port that the system picks")?;
        // The short secret of so many first examples: it gets in by the weak-key entry point only.
        let refused = Key::new(Algorithm::HS256, b"mysecretkey").err();
        let weak = Key::weak(Algorithm::HS256, b"mysecretkey")?.with_id("weak");
        let listener = bind(([127, 0, 0, 1], 0).into())?;
        let url = format!("http://{}/", listener.local_addr().map_err(|error| Failure::file("demo", &error))?);
        let verifier =
            Verifier { keys: vec![key.clone(), weak.clone()], demands: Validation::new(), clock: Box::new(crate::text::now), scope: Vec::new(), log: false };
        thread::spawn(move || verifier.serve(listener));
        say(&format!("   {url} answers with the claims of a token that holds, and with the reason otherwise"))?;

        say("\n3  A token, sent as Authorization: Bearer")?;
        let token = clearjwt::sign(&good, &key)?;
        say(&format!("   claims  {good}"))?;
        say(&format!("   token   {token}"))?;
        send_to(&url, &token, 200)?;

        say("\n4  The same claims with the key \"mysecretkey\"")?;
        if let Some(error) = refused {
            say(&format!("   refused as a key: {error}"))?;
        }
        say("   whoever sees one token tries short secrets offline, some billions a second; RFC 7518 section 3.2 asks for 32 bytes")?;
        say("   taken all the same by Key::weak, the entry point for systems that one cannot change")?;
        send_to(&url, &clearjwt::sign(&good, &weak)?, 200)?;

        say("\n5  Forged: the payload says user_id 1, the signature is the old one")?;
        let other = clearjwt::sign(&claims(1, now + DAY)?, &key)?;
        let forged: Vec<&str> = other.split('.').take(2).chain(token.split('.').skip(2)).collect();
        send_to(&url, &forged.join("."), 401)?;

        say("\n6  Expired: signed with the right key, good until 12 seconds ago")?;
        send_to(&url, &clearjwt::sign(&claims(1234, now - 12)?, &key)?, 401)?;

        say("\n7  A doubled claim: signed with the right key, {\"user_id\":1234,...,\"user_id\":1}")?;
        let doubled = format!(r#"{{"user_id":1234,"exp":{},"user_id":1}}"#, now + DAY);
        send_to(&url, &jws::sign(doubled, &Header::jwt(), &key)?, 401)
    }
}

fn say(line: &str) -> Result<(), Failure> {
    print_line(line)
}

/// Sends the token and prints the answer, which has to have that status.
fn send_to(url: &str, token: &str, expected: u16) -> Result<(), Failure> {
    let answer = Client::new(Bearer::token(token)?).get(url)?;
    say(&format!("   answer  {}", answer.status()))?;
    say(&format!("           {}", printable(&String::from_utf8_lossy(answer.body()))))?;
    if answer.status() == expected { Ok(()) } else { Err(Failure::trouble("demo", format!("the answer should have been {expected}"))) }
}
