//! `serve` under load, among slow and broken clients, and what `send` does with each of its options.

#[path = "http/mod.rs"]
mod http;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    thread,
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
            let pieces: [&[u8]; 4] = [b"", b"GET", b"GET / HTTP/1.1\r\nHost: x\r\nAuthoriz", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\nxxx"];
            stream.write_all(pieces[index % 4]).unwrap();
            stream
        })
        .collect();
    for garbage in [&b"\0\0\0\0\r\n\r\n"[..], b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"GET \r\n\r\n", &[b'x'; 100_000]] {
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
