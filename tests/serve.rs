//! `serve` under load, among slow and broken clients, and what `send` does with each of its options.

#[path = "http/mod.rs"]
mod http;

use std::{
    fs,
    io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::{OnceLock, mpsc},
    thread,
    time::Duration,
};

use clearjwt::{
    Algorithm, Key,
    send::{Bearer, Client},
};
use http::answer;
use serde_json::json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_clearjwt");
const SECRET: &str = "a good key for tests, 32 bytes or more";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("serve-{name}"))
}

fn bearer() -> Bearer {
    Bearer::mint(Key::new(Algorithm::HS256, SECRET.as_bytes()).unwrap(), &json!({"user_id": 1234, "scope": "read"}), 60).unwrap()
}

struct Running {
    child: Child,
    url: String,
}

impl Running {
    fn start(name: &str, more: &[&str]) -> Self {
        let key = path(name);
        fs::write(&key, SECRET).unwrap();
        let mut command = Command::new(PROGRAM);
        command.arg("serve").arg("--key-file").arg(&key).args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Running { child, url: url.trim_end().to_owned() }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.url.trim_start_matches("http://").trim_end_matches('/')).unwrap()
    }

    fn end(mut self, signal: &str) -> String {
        // Read while it ends: its log may be longer than a pipe holds.
        let mut stderr = self.child.stderr.take().unwrap();
        let reader = thread::spawn(move || {
            let mut said = String::new();
            stderr.read_to_string(&mut said).unwrap();
            said
        });
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        reader.join().unwrap()
    }
}

#[test]
fn thousands_of_requests_are_answered_while_broken_clients_hold_connections() {
    let mut server = Running::start("load", &[]);
    // Its log is read as it comes: a pipe holds little.
    let stderr = server.child.stderr.take().unwrap();
    let lines = thread::spawn(move || BufReader::new(stderr).lines().map_while(Result::ok).filter(|line| !line.contains("eyJ")).count());
    // More than it holds at a time.
    let held: Vec<TcpStream> = (0..600)
        .map(|index| {
            let mut stream = server.connect();
            let pieces: [&[u8]; 4] = [b"", b"GET", b"GET / HTTP/1.1\r\nHost: x\r\nAuthoriz", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"];
            stream.write_all(pieces[index % 4]).unwrap();
            stream
        })
        .collect();
    // Connections are taken up in their order: once this is answered, all of those were, and the first have made room.
    assert_eq!(Client::new(bearer()).get(&server.url).unwrap().status(), 200);
    for (index, open) in [(0, false), (40, false), (500, true), (597, true)] {
        let mut stream = &held[index];
        // Sooner than a connection on which nothing comes is given up anyway.
        stream.set_read_timeout(Some(Duration::from_millis(if open { 100 } else { 5000 }))).unwrap();
        let got = stream.read(&mut [0; 16]);
        let waits = matches!(&got, Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
        assert_eq!(waits, open, "{index}: {got:?}");
    }
    for garbage in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET \r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\nxxx",
        &[b'x'; 100_000],
    ] {
        let _ = server.connect().write_all(garbage);
    }
    let client = Client::new(bearer());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    let answer = client.get(&server.url).unwrap();
                    assert_eq!((answer.status(), &answer.json::<serde_json::Value>().unwrap()["user_id"]), (200, &json!(1234)));
                }
            });
        }
    });
    drop(client);
    assert!(Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap().success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0), "it ends although clients still hold connections");
    assert!(lines.join().unwrap() >= 2000);
    drop(held);
}

#[test]
fn it_ends_on_both_signals_while_a_client_idles() {
    for signal in ["-TERM", "-INT"] {
        let server = Running::start("signal", &[]);
        let client = Client::new(bearer());
        assert_eq!(client.get(&server.url).unwrap().status(), 200);
        let half = server.connect();
        assert_eq!(server.end(signal), "GET / 200\n");
        drop(half);
        assert_eq!(client.get("http://127.0.0.1:1/").unwrap_err().code(), "connect");
    }
}

/// It asks for much and reads nothing: its answers will never be written, and nobody waits for that.
#[test]
fn it_ends_although_a_client_never_reads_its_answers() {
    let mut server = Running::start("unread", &[]);
    let stderr = server.child.stderr.take().unwrap();
    let log = thread::spawn(move || BufReader::new(stderr).lines().count());
    let key = Key::new(Algorithm::HS256, SECRET.as_bytes()).unwrap();
    let token = clearjwt::sign(&json!({"pad": "x".repeat(10_000), "exp": 4_102_444_800_u64}), &key).unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    let mut client = server.connect();
    // Until all buffers on the way are full: the server waits for the client, the client for the server.
    client.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    while client.write_all(request.as_bytes()).is_ok() {}
    assert_eq!(Client::new(bearer()).get(&server.url).unwrap().status(), 200, "it answers others meanwhile");
    let id = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let (ended, wait) = mpsc::channel();
    thread::spawn(move || ended.send(server.child.wait()));
    let status = wait.recv_timeout(Duration::from_secs(30));
    if status.is_err() {
        let _ = Command::new("kill").args(["-KILL", &id]).status();
    }
    assert_eq!(status.expect("it waits for a client that does not read").unwrap().code(), Some(0));
    assert!(log.join().unwrap() > 100);
    drop(client);
}

/// Such as a scope with a space in it, which no claim can hold as one word.
#[test]
fn a_scope_that_is_no_word_is_refused() {
    for scope in ["read write", "", " ", "a\"b", "a\\b", "\u{e9}"] {
        let output = Command::new(PROGRAM).args(["serve", "--key-env", "NONE", "--scope", scope]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains("--scope") && said.contains("repeated"), "{scope:?}: {said}");
    }
}

#[test]
fn a_line_of_the_log_is_short_whatever_was_asked() {
    let server = Running::start("short", &[]);
    raw(&server, format!("{} /{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "M".repeat(20_000), "p".repeat(20_000)).as_bytes());
    let said = server.end("-TERM");
    assert!(said.starts_with("MMM") && said.contains(" /ppp") && said.lines().count() == 1 && said.len() < 400, "{said}");
}

// RFC6750-3.1-3
#[test]
fn a_scope_that_is_not_granted_is_a_403() {
    let server = Running::start("scope", &["--scope", "read", "--scope", "write"]);
    let answer = Client::new(bearer()).get(&server.url).unwrap();
    let challenge = answer.challenge().unwrap();
    assert_eq!((answer.status(), challenge.error.as_deref(), challenge.scope.as_deref()), (403, Some("insufficient_scope"), Some("read write")));
    let both = Bearer::mint(Key::new(Algorithm::HS256, SECRET.as_bytes()).unwrap(), &json!({"scope": "write x read"}), 60).unwrap();
    assert_eq!(Client::new(both).get(&server.url).unwrap().status(), 200);
    assert_eq!(server.end("-TERM"), "GET / 403 insufficient_scope\nGET / 200\n");
}

#[test]
fn many_requests_on_one_connection_are_answered_in_their_order() {
    let server = Running::start("pipeline", &[]);
    let mut stream = server.connect();
    stream.write_all(b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 401 Unauthorized").count(), 3, "{answers}");
    assert_eq!(answers.matches(r#"{"clause""#).count(), 2, "an answer to HEAD has no body: {answers}");
    let said = server.end("-TERM");
    assert_eq!(said.lines().map(|line| &line[..7]).collect::<Vec<_>>(), ["GET /1 ", "HEAD /2", "GET /3 "]);
}

/// What goes in, octet by octet, and the whole of what comes out.
fn raw(server: &Running, request: &[u8]) -> String {
    let mut stream = server.connect();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

// RFC9700-4.9.3-2
#[test]
fn serve_answers_every_form_of_request() {
    let server = Running::start("forms", &[]);
    let token = {
        let echo = http::Server::start(|request| answer("200 OK", "", request.header("authorization").unwrap().trim_start_matches("Bearer ")));
        String::from_utf8(Client::new(bearer()).get(&echo.url("/")).unwrap().body().to_vec()).unwrap()
    };
    const NONE: &str = r#"Bearer realm="clearjwt""#;
    const MALFORMED: &str =
        r#"Bearer realm="clearjwt", error="invalid_request", error_description="the Authorization value is not the scheme, a space and one token""#;
    const TWO: &str = r#"Bearer realm="clearjwt", error="invalid_request", error_description="the request has more than one Authorization header""#;
    let close = "Host: x\r\nConnection: close\r\n";
    let mut all = String::new();
    for (head, status, challenge) in [
        (format!("GET / HTTP/1.1\r\n{close}\r\n"), 401, NONE),
        (format!("BREW /pot HTTP/1.1\r\n{close}\r\n"), 401, NONE),
        (format!("OPTIONS * HTTP/1.1\r\n{close}\r\n"), 401, NONE),
        (format!("CONNECT a:443 HTTP/1.1\r\n{close}\r\n"), 401, NONE),
        ("GET / HTTP/1.0\r\n\r\n".into(), 401, NONE),
        (format!("GET / HTTP/1.1\r\n{close}Authorization:\r\n\r\n"), 401, NONE),
        (format!("GET / HTTP/1.1\r\n{close}Authorization: Basic {token}\r\n\r\n"), 401, NONE),
        (format!("GET / HTTP/1.1\r\n{close}Authorization: {token}\r\n\r\n"), 401, NONE),
        (format!("GET / HTTP/1.1\r\n{close}Proxy-Authorization: Bearer {token}\r\n\r\n"), 401, NONE),
        (format!("GET /?access_token={token} HTTP/1.1\r\n{close}\r\n"), 401, NONE),
        (
            format!(
                "POST / HTTP/1.1\r\n{close}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\naccess_token={token}",
                13 + token.len()
            ),
            401,
            NONE,
        ),
        (format!("GET http://joe:{token}@x/p HTTP/1.1\r\n{close}\r\n"), 401, NONE),
        (format!("GET / HTTP/1.1\r\n{close}Authorization: Bearer\r\n\r\n"), 400, MALFORMED),
        (format!("GET / HTTP/1.1\r\n{close}Authorization: Bearer \t{token}\r\n\r\n"), 400, MALFORMED),
        (format!("GET / HTTP/1.1\r\n{close}Authorization: Bearer {token},{token}\r\n\r\n"), 400, MALFORMED),
        (format!("GET / HTTP/1.1\r\n{close}Authorization: Bearer {token} {token}\r\n\r\n"), 400, MALFORMED),
        (format!("GET / HTTP/1.1\r\n{close}Authorization: Bearer \"{token}\"\r\n\r\n"), 400, MALFORMED),
        (format!("GET / HTTP/1.1\r\n{close}Authorization: Bearer {token}\r\nauthorization: Bearer {token}\r\n\r\n"), 400, TWO),
        (format!("GET / HTTP/1.1\r\n{close}Authorization: Basic x\r\nAuthorization: Bearer {token}\r\n\r\n"), 400, TWO),
        (format!("GET / HTTP/1.1\r\n{close}Authorization: Bearer {token}\r\n\r\n"), 200, ""),
        (format!("GET / HTTP/1.1\r\n{close}AUTHORIZATION:   bEARER    {token}  \r\n\r\n"), 200, ""),
        (format!("POST / HTTP/1.1\r\n{close}Authorization: Bearer {token}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), 200, ""),
        (format!("POST / HTTP/1.1\r\n{close}Authorization: Bearer {token}\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello"), 200, ""),
        (format!("DELETE / HTTP/1.1\r\n{close}Authorization: Bearer {token}\r\n\r\n"), 200, ""),
    ] {
        let answer = raw(&server, head.as_bytes());
        let (head_of_answer, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(head_of_answer.split(' ').nth(1), Some(status.to_string().as_str()), "{head:?}: {answer}");
        let challenges: Vec<&str> = head_of_answer.lines().filter_map(|line| line.strip_prefix("www-authenticate: ")).collect();
        assert_eq!(challenges, [challenge].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>(), "{head:?}");
        assert!(head_of_answer.contains("\r\ncontent-type: application/json") && serde_json::from_str::<serde_json::Value>(body).is_ok(), "{head:?}: {answer}");
        assert_eq!(body.contains("\"user_id\":1234"), status == 200, "{head:?}");
        assert!(!answer.contains(&token), "{head:?}: the token comes back");
        all += &answer;
    }
    // What is no request is answered with 400 or not at all, and is nobody else's business.
    for garbage in [
        &b"GARBAGE\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\nAuthorization : Bearer x\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\0c\r\n\r\n",
        b"GET /\x1b[31mred HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answer = raw(&server, garbage);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{}: {answer}", String::from_utf8_lossy(garbage));
    }
    // A header beyond 64 KiB ends the connection; what of the answer arrives is a refusal.
    let (mut stream, mut answer) = (server.connect(), Vec::new());
    let _ = stream.write_all(format!("GET / HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n", "x".repeat(200_000)).as_bytes());
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(Client::new(bearer()).get(&server.url).unwrap().status(), 200);
    let said = server.end("-TERM");
    let signature = token.rsplit('.').next().unwrap();
    assert!(
        !said.contains("eyJ") && !said.contains(signature) && !said.contains("access_token") && !said.chars().any(|c| c.is_control() && c != '\n'),
        "{said}"
    );
}

#[test]
fn a_body_that_is_not_read_is_not_taken_for_the_next_request() {
    let server = Running::start("bodies", &[]);
    let inner = "GET /inner HTTP/1.1\r\nHost: x\r\n\r\n";
    let answers = raw(
        &server,
        format!(
            "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{inner}POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{inner}\r\n0\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            inner.len(),
            inner.len()
        )
        .as_bytes(),
    );
    // A server may close after a body that it did not read; it must not read requests out of it.
    assert!((1..=3).contains(&answers.matches("HTTP/1.1 401 ").count()), "{answers}");
    assert!(!server.end("-TERM").contains("inner"));
}

/// `clearjwt send` with a token of its own.
fn send(url: &str, more: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(["send", url, "--token-file", "-"]).args(more).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who refuses the arguments does not read it.
    let _ = child.stdin.take().unwrap().write_all(b"eyJh.eyJi.c2ln\n");
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

// RFC6750-5.3-8, RFC6750-2.1-1
#[test]
fn send_sends_what_its_options_say() {
    let server = http::Server::start(|_| answer("200 OK", "content-type: application/json\r\n", "{\"a\": [1]}"));
    let (small, large) = (path("small"), path("large"));
    fs::write(&small, b"small \xff").unwrap();
    fs::write(&large, vec![b'x'; 3 << 20]).unwrap();
    let (at_small, at_large) = (format!("@{}", small.display()), format!("@{}", large.display()));
    for (options, method, kind, body) in [
        (&[][..], "GET", None, &b""[..]),
        (&["-X", "DELETE"], "DELETE", None, b""),
        (&["--json", "{\"b\": 2}"], "POST", Some("application/json"), b"{\"b\": 2}"),
        (&["--data", "text", "-X", "PUT"], "PUT", Some("text/plain; charset=utf-8"), b"text"),
        (&["--data", &at_small], "POST", Some("application/octet-stream"), b"small \xff"),
        (&["--data", &at_large], "POST", Some("application/octet-stream"), &vec![b'x'; 3 << 20]),
        (&["--data", "text", "-H", "Content-Type: text/csv", "-H", "X-Own: 1"], "POST", Some("text/csv"), b"text"),
        (&["--scheme", "Token"], "GET", None, b""),
    ] {
        let output = send(&server.url("/path?query"), options);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), "{\"a\": [1]}"), "{options:?}: {output:?}");
        let request = server.received().pop().unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str(), request.header("content-type")), (method, "/path?query", kind), "{options:?}");
        assert!(request.body == body, "{options:?}");
        let scheme = if options.contains(&"Token") { "Token" } else { "Bearer" };
        assert_eq!(request.header("authorization"), Some(format!("{scheme} eyJh.eyJi.c2ln").as_str()), "{options:?}");
    }
    assert_eq!(server.received().len(), 8);
}

#[test]
fn send_prints_what_its_options_say() {
    let server = http::Server::start(|request| match request.path.as_str() {
        "/401" => answer(
            "401 No",
            "www-authenticate: Bearer error=\"invalid_token\", error_description=\"too old\"\r\ndate: Fri, 01 Jan 2100 00:00:00 GMT\r\n",
            "why",
        ),
        "/302" => answer("302 Found", "", "moved"),
        _ => answer("200 OK", "x-own: 1\r\n", "the body"),
    });
    let output = send(&server.url("/"), &["--include"]);
    assert_eq!(stdout(&output), "HTTP/1.1 200 OK\ncontent-length: 8\nx-own: 1\n\nthe body");
    let file = path("output");
    let output = send(&server.url("/"), &["--output", file.to_str().unwrap()]);
    assert_eq!((stdout(&output).as_str(), fs::read(&file).unwrap().as_slice()), ("", &b"the body"[..]));
    let output = send(&server.url("/"), &["--dry-run", "--json", "{}"]);
    assert_eq!(stdout(&output), format!("POST {}\nauthorization: Bearer ***\ncontent-type: application/json\n\n{{}}\n", server.url("/")));
    assert_eq!(server.received().len(), 2, "a dry run was sent");
    let output = send(&server.url("/401"), &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), stdout(&output).as_str(), said.lines().count()), (Some(1), "why", 1), "{said}");
    for word in ["401", "invalid_token", "too old", "clocks differ", "behind"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_eq!(send(&server.url("/302"), &[]).status.code(), Some(1));
}

#[test]
fn a_dry_run_refuses_what_would_not_be_sent_and_shows_no_secret() {
    for (url, options, word) in [
        ("http://api.example/", &[][..], "use https"),
        ("http://joe:hush@127.0.0.1/", &[], "without user name"),
        ("https://joe:hush@api.example/", &["--allow-http"], "without user name"),
        ("http://127.0.0.1:65536/", &[], "the URL has to be"),
        ("/path", &[], "the URL has to be"),
        ("http://127.0.0.1/", &["-H", "Authorization: Basic hush"], "already"),
        ("http://127.0.0.1/", &["-H", "authorization: hush"], "already"),
        ("http://127.0.0.1/", &["--data", "text", "-H", "Content-Length: 0"], "leave them out"),
        ("http://127.0.0.1/", &["--data", "text", "-H", "Transfer-Encoding: x"], "leave them out"),
        ("http://127.0.0.1/", &["--cacert", "/dev/null"], "not PEM"),
    ] {
        let output = send(url, &[&["--dry-run"], options].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), stdout(&output).as_str(), said.lines().count()), (Some(2), "", 1), "{url} {options:?}: {said}");
        assert!(said.contains(word) && !said.contains("hush"), "{url} {options:?}: {said}");
    }
    let output = send("http://api.example/", &["--dry-run", "--allow-http", "--scheme", "Token", "-X", "PUT", "--data", "a\x1b[31mb", "-H", "X-Own: 1"]);
    let expected = "PUT http://api.example/\nauthorization: Token ***\ncontent-type: text/plain; charset=utf-8\nx-own: 1\n\na\\u001b[31mb\n";
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), expected), "{output:?}");
    // Of what the user says the credentials are, too.
    let output = send("http://127.0.0.1/", &["--dry-run", "-H", "Cookie: a=hush", "-H", "proxy-authorization: Basic hush", "-H", "X-Own: 1"]);
    assert_eq!(stdout(&output), "GET http://127.0.0.1/\nauthorization: Bearer ***\ncookie: ***\nproxy-authorization: ***\nx-own: 1\n");
    // A token that was made is masked too.
    let key = path("dry");
    fs::write(&key, SECRET).unwrap();
    let output = Command::new(PROGRAM)
        .args(["send", "https://api.example/", "--dry-run", "--claim", "a=b", "--expires-in", "1m", "--key-file"])
        .arg(&key)
        .output()
        .unwrap();
    assert_eq!(stdout(&output), "GET https://api.example/\nauthorization: Bearer ***\n");
}

/// Runs `send` with this on stdin, the token from a file.
fn send_from_stdin(url: &str, more: &[&str], octets: &[u8]) -> Output {
    static TOKEN: OnceLock<PathBuf> = OnceLock::new();
    let token = TOKEN.get_or_init(|| {
        fs::write(path("token"), "eyJh.eyJi.c2ln").unwrap();
        path("token")
    });
    let mut command = Command::new(PROGRAM);
    command.args(["send", url, "--token-file"]).arg(token).args(more).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(octets).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn send_takes_bodies_from_everywhere() {
    let server = http::Server::start(|request| answer("200 OK", "", &request.body.len().to_string()));
    let large = path("sized");
    for size in [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20] {
        fs::write(&large, vec![7; size]).unwrap();
        let output = send(&server.url("/"), &["--data", &format!("@{}", large.display())]);
        assert_eq!(stdout(&output), size.to_string(), "{output:?}");
        let last = server.received().pop().unwrap();
        assert_eq!(
            (last.method.as_str(), last.header("content-length"), last.header("transfer-encoding")),
            ("POST", Some(size.to_string().as_str()), None),
            "{size}"
        );
    }
    let output = send_from_stdin(&server.url("/"), &["--data", "@-"], &[0xff; 1000]);
    assert_eq!((stdout(&output).as_str(), &server.received().pop().unwrap().body[..]), ("1000", &[0xff; 1000][..]), "{output:?}");
    // What has no size goes in chunks.
    let output = send_from_stdin(&server.url("/"), &["--data", "@/dev/stdin"], &vec![b'x'; 2 << 20]);
    let last = server.received().pop().unwrap();
    assert_eq!((stdout(&output), last.header("content-length")), ((2 << 20).to_string(), None), "{output:?}");
    // A file that is streamed follows no redirect that asks for it again, a small one does.
    let moved = http::Server::start(|request| if request.path == "/" { answer("307 Moved", "location: /next\r\n", "") } else { answer("200 OK", "", "there") });
    let output = send(&moved.url("/"), &["--data", &format!("@{}", large.display()), "--json-errors"]);
    assert!(output.status.code() == Some(3) && String::from_utf8_lossy(&output.stderr).contains("\"redirect_body\""), "{output:?}");
    fs::write(&large, "small").unwrap();
    assert_eq!(stdout(&send(&moved.url("/"), &["--data", &format!("@{}", large.display())])), "there");
}

#[test]
fn a_failure_is_one_line_of_json_where_that_is_wanted() {
    let server = http::Server::start(|_| answer("403 No", "www-authenticate: Bearer error=\"insufficient_scope\", scope=\"a b\"\r\n", "{\"why\": 1}"));
    for (url, exit, code, clause) in [
        (server.url("/"), 1, "insufficient_scope", json!(null)),
        ("http://api.example/".into(), 2, "not_loopback", json!("RFC6750-5.3-3")),
        ("http://127.0.0.1:1/".into(), 3, "connect", json!(null)),
    ] {
        let output = send(&url, &["--json-errors"]);
        let said: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!((output.status.code(), &said["exit"], &said["code"], &said["clause"]), (Some(exit), &json!(exit), &json!(code), &clause), "{said}");
    }
    let output = send(&server.url("/"), &["--include"]);
    assert!(stdout(&output).starts_with("HTTP/1.1 403 Forbidden\n") && stdout(&output).ends_with("\n\n{\"why\": 1}"), "{output:?}");
}

/// A server can write what it likes, but not to the terminal.
#[test]
fn what_a_server_says_cannot_steer_a_terminal() {
    let server = http::Server::start(|_| {
        answer("401 No", "x-own: \u{9b}31m\u{202e}red\r\nwww-authenticate: Bearer error=\"\u{9b}2J\", error_description=\"a\"\r\n", "body")
    });
    let output = send(&server.url("/"), &["--include"]);
    let shown = format!("{}{}", stdout(&output), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.code() == Some(1) && shown.contains("x-own: "), "{shown:?}");
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{shown:?}");
}

#[test]
fn output_that_cannot_be_written_is_told_before_anything_is_sent() {
    let server = http::Server::start(|_| answer("200 OK", "", &"x".repeat(100_000)));
    let folder = path("folder");
    fs::create_dir_all(&folder).unwrap();
    let slash = format!("{}/", path("no-folder").display());
    for file in ["/nowhere/at/all", folder.to_str().unwrap(), &slash, "/proc/none", ""] {
        let output = send(&server.url("/"), &["--output", file]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.starts_with(&format!("clearjwt: {file}: ")), "{file}: {output:?}");
    }
    assert!(server.received().is_empty(), "it was sent all the same");
}

/// What was there is there until all of the answer is, and half an answer is no answer.
#[test]
fn output_is_written_in_full_or_not_at_all() {
    let folder = path("outputs");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let (old, new, link) = (folder.join("old"), folder.join("new"), folder.join("link"));
    let server = http::Server::start(|request| match request.path.as_str() {
        "/404" => answer("404 No", "", "not here"),
        "/half" => "HTTP/1.1 200 OK\r\ncontent-length: 900000\r\nconnection: close\r\n\r\nhalf".into(),
        _ => answer("200 OK", "", &"x".repeat(100_000)),
    });
    let reset = || {
        fs::write(&old, "what was there, and is longer than an answer of 404").unwrap();
        let _ = fs::remove_file(&new);
    };
    for (url, options, exit) in [
        ("http://127.0.0.1:1/".into(), &[][..], 3),
        (server.url("/half"), &["--timeout", "1"], 3),
        (server.url("/"), &["--max-body", "99999"], 3),
        ("http://api.example/".into(), &[], 2),
        (server.url("/"), &["--dry-run"], 0),
    ] {
        reset();
        for file in [&old, &new] {
            let output = send(&url, &[options, &["--output", file.to_str().unwrap()]].concat());
            assert_eq!(output.status.code(), Some(exit), "{output:?}");
        }
        assert!(fs::read(&old).unwrap().starts_with(b"what was there") && !new.exists(), "{url}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "{url}: something is left");
    }
    reset();
    std::os::unix::fs::symlink("old", &link).unwrap();
    fs::set_permissions(&old, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    for (file, length) in [(&new, 100_000), (&link, 100_000), (&old, 100_000)] {
        assert_eq!(send(&server.url("/"), &["--output", file.to_str().unwrap()]).status.code(), Some(0));
        assert_eq!(fs::metadata(file).unwrap().len(), length);
    }
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "the link was replaced");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&old).unwrap().permissions()) & 0o777, 0o640);
    // The body of a refusal goes to the file as well.
    assert_eq!(send(&server.url("/404"), &["--output", old.to_str().unwrap()]).status.code(), Some(1));
    assert_eq!(fs::read(&old).unwrap(), b"not here");
    // What is no file is written to as it is.
    let output = send(&server.url("/404"), &["--output", "/dev/stderr"]);
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("not here"), "{output:?}");
    assert_eq!(send(&server.url("/"), &["--output", "/dev/null"]).status.code(), Some(0));
    // So is a file beside which there can be no other, here because it has no name any more.
    let nameless = folder.join("nameless");
    fs::write(&nameless, "longer than the answer").unwrap();
    let script = r#"exec 9<>"$1" && rm "$1" && echo eyJh.eyJi.c2ln | "$2" send "$3" --token-file - --output /dev/fd/9; cat /dev/fd/9"#;
    let output = Command::new("sh").args(["-c", script, "sh"]).arg(&nameless).args([PROGRAM, &server.url("/404")]).output().unwrap();
    assert_eq!(stdout(&output), "not here", "{output:?}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 3, "something is left");
}

#[test]
fn no_variable_makes_the_program_log_a_token() {
    let server = http::Server::start(|_| answer("200 OK", "", "ok"));
    for name in ["RUST_LOG", "UREQ_LOG", "SSLKEYLOGFILE"] {
        let file = path("trace");
        let value = if name == "SSLKEYLOGFILE" { file.to_str().unwrap() } else { "trace" };
        let mut command = Command::new(PROGRAM);
        command.args(["send", &server.url("/"), "--token-file", "-"]).env(name, value).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"eyJh.eyJi.c2ln").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((stdout(&output).as_str(), output.stderr.as_slice()), ("ok", &b""[..]), "{name}");
        assert!(!file.exists());
    }
}

#[test]
fn send_ends_with_the_status_of_what_failed() {
    let server = http::Server::start(|_| answer("200 OK", "", &"x".repeat(1000)));
    let (stalled, _) = http::hostile(|stream| drop(stream.read_to_end(&mut Vec::new())));
    let stalled = format!("http://{stalled}/");
    for (url, options, status, word) in [
        ("http://127.0.0.1:1/", &[][..], 3, "no connection"),
        (&stalled, &["--timeout", "1"], 3, "too long"),
        (&server.url("/"), &["--max-body", "999"], 3, "too large"),
        ("http://api.example/", &[], 2, "use https"),
        ("http://joe:secret@127.0.0.1/", &[], 2, "without user name"),
        ("http://127.0.0.1/", &["--json", "{"], 2, "not JSON"),
        ("http://127.0.0.1/", &["-H", "no colon"], 2, "NAME: VALUE"),
        ("http://127.0.0.1/", &["-H", "Authorization: x"], 2, "already"),
        ("http://127.0.0.1/", &["--data", "@/nowhere"], 2, "/nowhere"),
        // The token comes from there.
        (&server.url("/"), &["--data", "@-"], 2, "from stdin"),
        (&server.url("/"), &["--cacert", "-"], 2, "from stdin"),
        ("http://127.0.0.1/", &["--cacert", "/dev/null"], 2, "not PEM"),
        ("http://127.0.0.1/", &["--claim", "a=b"], 2, "has its claims already"),
        ("not a url", &[], 2, "<URL>"),
    ] {
        let output = send(url, options);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.lines().count()), (Some(status), 1), "{url} {options:?}: {said}");
        assert!(said.contains(word) && !said.contains("eyJ") && !said.contains("joe:secret"), "{url} {options:?}: {said}");
    }
}
