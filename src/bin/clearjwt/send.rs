//! `send`: a request with a token, and its answer.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, IsTerminal as _, Read, Write as _},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use clap::Args;
use clearjwt::{
    BearerError,
    send::{Bearer, Challenge, Client, Content, SendError, Settings, clock_ahead},
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ureq::{
    BodyReader,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri,
        header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, PROXY_AUTHORIZATION, TRANSFER_ENCODING},
    },
};

use crate::{
    claims::ClaimsArgs,
    failure::Failure,
    inspect::pretty,
    key::KeyArgs,
    text::{length, print, printable, read, some_seconds, without_newline},
};

/// Send a request with a token as `Authorization: Bearer`, and print the body of the answer.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt send https://api.example/me --key-file key.txt --claim user_id:=1234 --expires-in 1m
  clearjwt send http://127.0.0.1:8080/ --token-file token.txt --json '{\"name\": \"joe\"}'
  clearjwt send https://api.example/files/1 --token-file token.txt --data @photo.jpg -X PUT -H 'Content-Type: image/jpeg'

A token leaves over https, or over http to a loopback address; it follows a redirect to the same origin only. A proxy of
all_proxy, https_proxy or http_proxy is asked for https, by a tunnel; never for loopback or http, nor for what no_proxy says.
A body of more than 1 MiB waits a second for the server to ask for it; -H Expect: keeps it from that.

Exit status: 0 an answer of 2xx, 1 another answer, whose body still goes to stdout, 2 usage, key or file trouble,
3 the network failed.")]
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
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
#[command(next_help_heading = "Request")]
struct What {
    /// The method [default: GET, or POST with a body]
    #[arg(short = 'X', long, value_name = "METHOD")]
    method: Option<Method>,
    /// A JSON body
    #[arg(long, value_name = "TEXT", conflicts_with = "data")]
    json: Option<String>,
    /// A body: text, or the bytes of a file; `@-` is stdin
    #[arg(long, value_name = "TEXT|@FILE")]
    data: Option<String>,
    /// A further header; can be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The scheme word in front of the token
    #[arg(long, value_name = "WORD", default_value = "Bearer")]
    scheme: String,
}

#[derive(Args)]
#[command(next_help_heading = "Transport")]
struct How {
    /// How long all of it may take
    #[arg(long, value_name = "SECONDS", value_parser = some_seconds, default_value = "30")]
    timeout: u64,
    /// How long connecting may take
    #[arg(long, value_name = "SECONDS", value_parser = some_seconds, default_value = "10")]
    connect_timeout: u64,
    /// The largest body of an answer
    #[arg(long, value_name = "BYTES", default_value = "10485760")]
    max_body: u64,
    /// Trust the certificates of this PEM file, and no others
    #[arg(long, value_name = "FILE")]
    cacert: Option<String>,
    /// Send the token over plain http to any host, where everybody on the way can read it
    #[arg(long)]
    allow_http: bool,
    /// Print the status and the headers of the answer before its body
    #[arg(short, long)]
    include: bool,
    /// Write the body of the answer to this file; what was there stays if the answer does not arrive in full
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// Print the request, the token, cookies and proxy credentials masked, and send nothing
    #[arg(long)]
    dry_run: bool,
}

impl Send {
    pub fn run(self) -> Result<(), Failure> {
        let files = [&self.token_file, &self.key.key_file, &self.claims.claims_file, &self.how.cacert].map(Option::as_deref);
        if files.iter().filter(|file| **file == Some("-")).count() + usize::from(self.what.data.as_deref() == Some("@-")) > 1 {
            return Err(Failure::trouble("usage", "only one of token, key, claims, certificates and body can come from stdin"));
        }
        let token = match &self.token_file {
            Some(_) if !self.claims.is_empty() => return Err(Failure::trouble("usage", "a token from --token-file has its claims already")),
            Some(path) => String::from_utf8(without_newline(&read(path)?).to_vec()).map_err(|_| SendError::Token(BearerError::Malformed))?,
            None => self.claims.sign(&self.key.key()?)?,
        };
        let mut bearer = Bearer::token(&token)?.scheme(&self.what.scheme)?;
        if self.how.allow_http {
            bearer = bearer.allow_http();
        }
        let (request, body) = self.what.request(self.url)?;
        let roots = self.how.cacert.as_deref().map(|path| read(path).map(|pem| pem.to_vec())).transpose()?;
        let settings = Settings {
            timeout: Duration::from_secs(self.how.timeout),
            connect_timeout: Duration::from_secs(self.how.connect_timeout),
            max_body: self.how.max_body,
            roots,
            ..Settings::default()
        };
        let client = Client::with_settings(bearer, settings)?;
        if self.how.dry_run {
            return show(&client, &request, body, &self.what.scheme);
        }
        // Before anything is sent: what cannot be written need not be asked for.
        let output = self.how.output.as_deref().map(Output::open).transpose()?;
        let answer = match body {
            Body::Bytes(bytes) => client.open(request, Content::Bytes(&bytes))?,
            Body::File(file, size) => client.open(request, Content::Stream(&mut progress(size, "sent").wrap_read(file)))?,
        };
        self.how.print(answer, output, &self.what.scheme)
    }
}

enum Body {
    Bytes(Vec<u8>),
    File(File, Option<u64>),
}

/// From which size on a file is streamed, not read: a stream cannot follow a redirect.
const STREAMED: u64 = 1 << 20;

impl What {
    fn request(&self, url: Uri) -> Result<(Request<()>, Body), Failure> {
        let mut request = Request::new(());
        let (kind, body) = match (&self.json, &self.data) {
            (Some(json), _) => {
                serde_json::from_str::<serde_core::de::IgnoredAny>(json).map_err(|_| Failure::trouble("usage", "--json: not JSON"))?;
                (Some("application/json"), Body::Bytes(json.clone().into_bytes()))
            }
            (None, Some(data)) => match data.strip_prefix('@') {
                Some(path) => (Some("application/octet-stream"), self.file(path, request.headers_mut())?),
                None => (Some("text/plain; charset=utf-8"), Body::Bytes(data.clone().into_bytes())),
            },
            (None, None) => (None, Body::Bytes(Vec::new())),
        };
        *request.method_mut() = self.method.clone().unwrap_or(if kind.is_some() { Method::POST } else { Method::GET });
        *request.uri_mut() = url;
        if let Some(kind) = kind {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for (name, value) in &self.headers {
            // What the user says of the body counts, and counts once.
            match *name {
                CONTENT_TYPE => drop(request.headers_mut().remove(CONTENT_TYPE)),
                TRANSFER_ENCODING => drop(request.headers_mut().remove(CONTENT_LENGTH)),
                _ => (),
            }
            request.headers_mut().append(name, value.clone());
        }
        Ok((request, body))
    }

    fn file(&self, path: &str, headers: &mut HeaderMap) -> Result<Body, Failure> {
        let fail = |error| Failure::file(path, &error);
        if path == "-" {
            return Ok(Body::Bytes(read("-")?.to_vec()));
        }
        let mut file = File::open(path).map_err(fail)?;
        let metadata = file.metadata().map_err(fail)?;
        if metadata.is_file() && metadata.len() > STREAMED {
            headers.insert(CONTENT_LENGTH, metadata.len().into());
            return Ok(Body::File(file, Some(metadata.len())));
        }
        if !metadata.is_file() && !metadata.is_dir() {
            return Ok(Body::File(file, None));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(fail)?;
        Ok(Body::Bytes(bytes))
    }
}

impl How {
    fn print(&self, answer: Response<BodyReader<'static>>, output: Option<Output>, scheme: &str) -> Result<(), Failure> {
        let (head, mut body) = answer.into_parts();
        if self.include {
            let mut lines = format!("{:?} {}\n", head.version, head.status);
            for (name, value) in &head.headers {
                lines += &format!("{name}: {}\n", printable(&String::from_utf8_lossy(value.as_bytes())));
            }
            print((lines + "\n").as_bytes())?;
        }
        let size = head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let json = head
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().ends_with("json"))));
        match output {
            Some(output) => output.fill(&mut progress(size, "received").wrap_read(body))?,
            // A person reads it.
            None if io::stdout().is_terminal() => {
                let mut octets = Vec::new();
                body.read_to_end(&mut octets).map_err(SendError::from)?;
                let text = if json { pretty(&octets) } else { String::from_utf8_lossy(&octets).lines().map(printable).collect::<Vec<_>>().join("\n") };
                print((text + "\n").as_bytes())?;
            }
            None => copy(&mut body, &mut |octets| print(octets))?,
        }
        if head.status.is_success() {
            return Ok(());
        }
        let mut message = format!("the server answered {}", head.status);
        let challenge = Challenge::read(&head.headers, scheme).unwrap_or_default();
        for (label, text) in [("error", &challenge.error), ("description", &challenge.error_description), ("scope", &challenge.scope)] {
            if let Some(text) = text {
                message += &format!("; {label}: {text}");
            }
        }
        let ahead = clock_ahead(&head.headers, SystemTime::now()).unwrap_or(0);
        if challenge.error.as_deref() == Some("invalid_token") && ahead.unsigned_abs() > 30 {
            let way = if ahead > 0 { "ahead of" } else { "behind" };
            message += &format!("; the clocks differ: this one is {} {way} the server's", length(ahead.unsigned_abs()));
        }
        Err(Failure::Because { exit: 1, code: challenge.error.unwrap_or_else(|| "status".into()), clause: None, message })
    }
}

/// The file of `--output`. What is there stays until the answer is there in full, and what came of less does not stay.
struct Output {
    path: PathBuf,
    file: File,
    /// What is written, to be renamed at the end; not for what is no file, such as a pipe.
    part: Option<PathBuf>,
}

impl Output {
    fn open(path: &str) -> Result<Self, Failure> {
        let fail = |error| Failure::file(path, &error);
        // Through links, which stay.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.into());
        let old = match OpenOptions::new().write(true).open(&target) {
            Ok(file) => Some((file.metadata().map_err(fail)?, file)),
            // The name of a file that is not there yet, and not of a folder.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_empty() && !path.ends_with(std::path::is_separator) => None,
            Err(error) => return Err(fail(error)),
        };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let part = target.with_file_name(format!(".clearjwt-{}-{now:x}.part", std::process::id()));
        let created = || OpenOptions::new().write(true).create_new(true).open(&part);
        match old {
            Some((metadata, file)) if !metadata.is_file() => Ok(Output { path: target, file, part: None }),
            None => Ok(Output { path: target, file: created().map_err(fail)?, part: Some(part) }),
            Some((metadata, file)) => match created() {
                Ok(file) => {
                    let output = Output { path: target, file, part: Some(part) };
                    output.file.set_permissions(metadata.permissions()).map_err(fail)?;
                    Ok(output)
                }
                // A file that may be written, in a folder that may not.
                Err(_) => Ok(Output { path: target, file, part: None }),
            },
        }
    }

    /// Writes all of it.
    fn fill(mut self, from: &mut dyn Read) -> Result<(), Failure> {
        let name = self.path.display().to_string();
        let fail = |error| Failure::file(&name, &error);
        if self.part.is_none() && self.file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            self.file.set_len(0).map_err(fail)?;
        }
        copy(from, &mut |octets| self.file.write_all(octets).map_err(fail))?;
        if let Some(part) = &self.part {
            fs::rename(part, &self.path).map_err(fail)?;
            self.part = None;
        }
        Ok(())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            let _ = fs::remove_file(part);
        }
    }
}

fn copy(from: &mut dyn Read, to: &mut dyn FnMut(&[u8]) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer).map_err(SendError::from)? {
            0 => return Ok(()),
            count => to(buffer.get(..count).unwrap_or_default())?,
        }
    }
}

/// A bar on a terminal, for what takes long; hidden otherwise.
fn progress(size: Option<u64>, verb: &'static str) -> ProgressBar {
    let target = if size.is_some_and(|size| size <= STREAMED) { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style = ProgressStyle::with_template("{msg} {bytes} of {total_bytes} {wide_bar} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(size, target).with_style(style).with_message(verb)
}

/// What would be sent. What would be refused is refused here too.
fn show(client: &Client, request: &Request<()>, body: Body, scheme: &str) -> Result<(), Failure> {
    let mut stream = io::empty();
    let content = match &body {
        Body::Bytes(bytes) => Content::Bytes(bytes),
        Body::File(..) => Content::Stream(&mut stream),
    };
    client.check(request, &content)?;
    let mut lines = format!("{} {}\n{AUTHORIZATION}: {scheme} ***\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        // Credentials, too.
        let value = if name == PROXY_AUTHORIZATION || name == COOKIE { "***".into() } else { printable(&String::from_utf8_lossy(value.as_bytes())) };
        lines += &format!("{name}: {value}\n");
    }
    lines += &match body {
        Body::Bytes(bytes) if bytes.is_empty() => String::new(),
        Body::Bytes(bytes) => format!("\n{}\n", String::from_utf8_lossy(&bytes).lines().map(printable).collect::<Vec<_>>().join("\n")),
        Body::File(_, Some(size)) => format!("\n({size} bytes)\n"),
        Body::File(..) => "\n(a stream)\n".into(),
    };
    print(lines.as_bytes())
}

/// `NAME: VALUE`.
fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text.split_once(':').ok_or("a header is NAME: VALUE")?;
    let name = HeaderName::try_from(name.trim()).map_err(|_| "the name of the header has a character that no name has")?;
    let value = HeaderValue::try_from(value.trim()).map_err(|_| "the value of the header has a character that no value has")?;
    Ok((name, value))
}
