//! `send`: a request with a token, and its answer.

use std::time::Duration;

use clap::Args;
use clearjwt::send::{self, SendError};
use ureq::http::{HeaderName, HeaderValue, Method, Request, Uri, header::CONTENT_TYPE};

use crate::{
    claims::ClaimsArgs,
    failure::Failure,
    key::KeyArgs,
    text::{print, read, seconds, without_newline},
};

/// Send a request with a token as `Authorization: Bearer`, and print the body of the answer.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt send http://127.0.0.1:8080/ --key-file key.txt --claim user_id:=1234 --expires-in 1m
  clearjwt send http://127.0.0.1:8080/ --token-file token.txt --json '{\"name\": \"joe\"}'

Exit status: 0 an answer of 2xx, 1 another answer, whose body still goes to stdout, 2 usage, key or file trouble,
3 the network failed. A token leaves only for a loopback address; no proxy is used and no redirect followed.")]
pub struct Send {
    /// Where to send the request
    url: Uri,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    claims: ClaimsArgs,
    /// Send this token instead of making one; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key_file", "key_env"])]
    token_file: Option<String>,
    /// The method [default: GET, or POST with a body]
    #[arg(short = 'X', long, value_name = "METHOD")]
    method: Option<Method>,
    /// A JSON body
    #[arg(long, value_name = "TEXT", conflicts_with = "data")]
    json: Option<String>,
    /// A body: text, or the bytes of a file
    #[arg(long, value_name = "TEXT|@FILE")]
    data: Option<String>,
    /// A further header; can be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// How long all of it may take
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    timeout: u64,
}

impl Send {
    pub fn run(self) -> Result<(), Failure> {
        let token = match &self.token_file {
            Some(_) if !self.claims.is_empty() => return Err(Failure::trouble("usage", "a token from --token-file has its claims already")),
            Some(path) => String::from_utf8(without_newline(&read(path)?).to_vec()).map_err(|_| SendError::Token(clearjwt::BearerError::Malformed))?,
            None => self.claims.sign(&self.key.key()?)?,
        };
        let (kind, body) = match (&self.json, &self.data) {
            (Some(json), _) => {
                serde_json::from_str::<serde_core::de::IgnoredAny>(json).map_err(|_| Failure::trouble("usage", "--json: not JSON"))?;
                (Some("application/json"), json.clone().into_bytes())
            }
            (None, Some(data)) => match data.strip_prefix('@') {
                Some(path) => (Some("application/octet-stream"), read(path)?.to_vec()),
                None => (Some("text/plain; charset=utf-8"), data.clone().into_bytes()),
            },
            (None, None) => (None, Vec::new()),
        };
        let method = self.method.unwrap_or(if kind.is_some() { Method::POST } else { Method::GET });
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = self.url;
        if let Some(kind) = kind {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        // What the user says of the type of the body counts, and counts once.
        for (name, value) in self.headers {
            if name == CONTENT_TYPE {
                request.headers_mut().remove(CONTENT_TYPE);
            }
            request.headers_mut().append(name, value);
        }
        let answer = send::send(request, &token, Duration::from_secs(self.timeout))?;
        print(answer.body())?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let why = if status.is_redirection() { "; a redirect is not followed" } else { "" };
        Err(Failure::Because { exit: 1, code: "status".into(), clause: None, message: format!("the server answered {status}{why}") })
    }
}

/// `NAME: VALUE`.
fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text.split_once(':').ok_or("a header is NAME: VALUE")?;
    let name = HeaderName::try_from(name.trim()).map_err(|_| "the name of the header has a character that no name has")?;
    let value = HeaderValue::try_from(value.trim()).map_err(|_| "the value of the header has a character that no value has")?;
    Ok((name, value))
}
