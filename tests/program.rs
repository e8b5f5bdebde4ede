//! The program, run for real: every vector through it, garbage into it, and requests between `send` and `serve`.

mod common;

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use clearjwt::{Algorithm, Key};
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_clearjwt");

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("program-{name}"));
    fs::create_dir_all(&path).expect("a folder for the test");
    path
}

fn run<A: Into<OsString>>(arguments: impl IntoIterator<Item = A>, stdin: &[u8]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(arguments.into_iter().map(Into::into)).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // A program that fails early does not read on.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin);
    child.wait_with_output().expect("the program ends")
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("ended by a signal: {output:?}"))
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("stderr is UTF-8")
}

/// Runs `check` on each case, on two threads.
fn each(cases: &[Value], check: impl Fn(usize, &Value) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((index, case)) = { Some(next.fetch_add(1, Ordering::Relaxed)) }.and_then(|index| Some((index, cases.get(index)?))) {
                    check(index, case);
                }
            });
        }
    });
}

fn tokens(name: &str, text: &str) {
    let folder = folder(name);
    let cases = common::cases(text);
    each(&cases, |index, case| {
        let (id, key, options) = (&case["id"], &case["key"], &case["options"]);
        let file = folder.join(format!("{index}.key"));
        fs::write(&file, key["k"].as_str().expect("a secret")).expect("the key is written");
        let mut arguments: Vec<OsString> = vec!["verify".into(), "--key-file".into(), file.into(), "--key-format".into(), "base64url".into()];
        let mut add = |words: &[&str]| arguments.extend(words.iter().map(OsString::from));
        add(&["--alg", key["alg"].as_str().expect("an algorithm"), "--now", &options["now"].to_string(), "--leeway", &options["leeway"].to_string()]);
        for (name, flag) in [("kid", "--key-id"), ("subject", "--subject"), ("typ", "--typ")] {
            if let Some(text) = key[name].as_str().or(options[name].as_str()) {
                add(&[&format!("{flag}={text}")]);
            }
        }
        for (name, flag) in [("issuers", "--issuer"), ("audiences", "--audience")] {
            for text in options[name].as_array().expect("a list") {
                add(&[&format!("{flag}={}", text.as_str().expect("a text"))]);
            }
        }
        for (name, flag) in [("max_age", "--max-age"), ("max_lifetime", "--max-lifetime")] {
            if !options[name].is_null() {
                add(&[flag, &options[name].to_string()]);
            }
        }
        for (set, flag) in [
            (key["weak"] == true, "--allow-weak-key"),
            (options["any_audience"] == true, "--any-audience"),
            (options["require_exp"] == false, "--no-exp"),
            (case["mode"] == "jws", "--jws"),
        ] {
            if set {
                add(&[flag]);
            }
        }
        // The program takes one newline off, which is not the token's. After a CR it would take that too.
        let mut stdin = common::token(case);
        if !stdin.ends_with(b"\r") {
            stdin.push(b'\n');
        }
        let output = run(arguments, &stdin);
        let expected = if case["expect"] == "accept" { 0 } else { 1 };
        assert_eq!(code(&output), expected, "{id}: {}", stderr(&output));
        if expected == 1 {
            assert!(output.stdout.is_empty(), "{id}: something of a refused token came out");
            assert_eq!(stderr(&output).lines().count(), 1, "{id}");
        } else if let Some(payload) = case["payload_b64u"].as_str() {
            let payload = common::octets(payload);
            let line = [&payload[..], b"\n"].concat();
            assert_eq!(output.stdout, if case["mode"] == "jws" { payload } else { line }, "{id}");
        }
    });
}

#[test]
fn every_token_of_the_policy_gets_its_verdict() {
    tokens("policy", include_str!("vectors/policy.json"));
}

#[test]
fn every_token_of_the_rfcs_gets_its_verdict() {
    tokens("rfc", include_str!("vectors/rfc.json"));
}

#[test]
fn every_key_gets_its_verdict() {
    let folder = folder("keys");
    let cases = common::cases(include_str!("vectors/keys.json"));
    each(&cases, |index, case| {
        let file = folder.join(format!("{index}.key"));
        fs::write(&file, common::octets(case["input_b64u"].as_str().expect("an input"))).expect("the key is written");
        let text = |name: &str| OsString::from(case[name].as_str().expect("a text"));
        let mut key: Vec<OsString> = vec!["--key-file".into(), file.into(), "--key-format".into(), text("format"), "--alg".into(), text("alg")];
        if case["weak"] == true {
            key.push("--allow-weak-key".into());
        }
        let with = |command: &str| [OsString::from(command)].into_iter().chain(key.clone());
        // Against no token at all, the key is judged first.
        let output = run(with("verify"), b"");
        let expected = if case["expect"] == "accept" { 1 } else { 2 };
        // A key for signing only is read, and refused when it is to verify.
        assert_eq!(code(&output), expected, "{}: {}", case["id"], stderr(&output));
        let signed = run(with("sign").chain(["--claim".into(), "exp:=4102444800".into()]), b"");
        if expected == 1 && code(&signed) == 0 {
            assert_eq!(code(&run(with("verify"), &signed.stdout)), 0, "{}", case["id"]);
        }
    });
}

/// Bytes that are different at each call, and the same in each run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0 >> 33
    }
    fn bytes(&mut self) -> Vec<u8> {
        let alphabets: [&[u8]; 3] = [b"", b"eyJhbGci.-_=AZ09 \n", b"{}[]\",:\\u0123 \x00\xff-eEk"];
        let (alphabet, length) = (alphabets[self.next() as usize % 3], self.next() % 80);
        (0..length).map(|_| if alphabet.is_empty() { self.next() as u8 } else { alphabet[self.next() as usize % alphabet.len()] }).collect()
    }
}

#[test]
fn any_bytes_end_in_a_verdict_and_at_most_one_line() {
    let folder = folder("noise");
    let good = folder.join("good.key");
    fs::write(&good, "a good key for tests, 32 bytes or more\n").expect("the key is written");
    let mut noise = Noise(2026);
    for round in 0..120 {
        let file = folder.join("noise");
        fs::write(&file, noise.bytes()).expect("the noise is written");
        let format = ["text", "raw", "hex", "base64", "base64url", "jwk"][round % 6];
        let (good, file) = (good.as_os_str(), file.as_os_str());
        let argument = || OsString::from("--key-file");
        let outputs = [
            run(["verify".into(), argument(), good.to_owned()], &noise.bytes()),
            run(["inspect"], &noise.bytes()),
            run(["explain".into(), argument(), good.to_owned()], &noise.bytes()),
            run(["verify".into(), argument(), file.to_owned(), "--key-format".into(), format.into()], b"a.b.c"),
            run(["sign".into(), argument(), good.to_owned(), "--claims-file".into(), file.to_owned()], b""),
            run(["sign".into(), argument(), good.to_owned(), "--claims-file".into(), "-".into()], &noise.bytes()),
        ];
        for output in outputs {
            assert!(matches!(code(&output), 0..=2), "round {round}: {output:?}");
            let lines = stderr(&output).lines().filter(|line| !line.contains(": warning: ")).count();
            assert!(lines <= 1, "round {round}: {}", stderr(&output));
        }
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text_are_wrong_arguments() {
    use std::os::unix::ffi::OsStringExt as _;
    for command in ["sign", "verify", "inspect", "explain", "send", "serve", "keygen", "demo"] {
        let output = run([OsString::from(command), OsString::from_vec(vec![0xff, 0xfe])], b"");
        assert_eq!((code(&output), stderr(&output).lines().count()), (2, 1), "{command}: {}", stderr(&output));
        let output = run([OsString::from_vec(vec![0xff, 0xfe]), OsString::from(command)], b"");
        assert_eq!((code(&output), stderr(&output).lines().count()), (2, 1), "{command}: {}", stderr(&output));
    }
}

#[test]
fn a_file_without_end_is_too_large() {
    for arguments in [["verify", "--key-file", "/dev/zero"], ["sign", "--key-file", "/dev/zero"]] {
        let output = run(arguments, b"");
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        assert!(stderr(&output).contains("larger than"), "{}", stderr(&output));
    }
}

#[test]
fn a_token_beyond_every_limit_is_a_refused_token() {
    let good = folder("long").join("good.key");
    fs::write(&good, "a good key for tests, 32 bytes or more\n").expect("the key is written");
    for length in [16_385, 3 << 20] {
        let output = run([OsString::from("verify"), "--key-file".into(), good.clone().into()], &vec![b'a'; length]);
        assert_eq!((code(&output), output.stdout.len()), (1, 0), "{}", stderr(&output));
    }
}

#[test]
fn one_trailing_newline_is_taken_off_and_no_more() {
    let good = folder("newline").join("good.key");
    fs::write(&good, "a good key for tests, 32 bytes or more\n").expect("the key is written");
    let key = [OsString::from("--key-file"), good.into()];
    let with = |command: &str| [OsString::from(command)].into_iter().chain(key.clone());
    let mut token = run(with("sign").chain(["--expires-in".into(), "1h".into()]), b"").stdout;
    assert_eq!(token.pop(), Some(b'\n'));
    for (tail, expected) in [("", 0), ("\n", 0), ("\r\n", 0), ("\n\n", 1), (" \n", 1), ("\r", 1)] {
        let output = run(with("verify"), &[&token[..], tail.as_bytes()].concat());
        assert_eq!(code(&output), expected, "{tail:?}: {}", stderr(&output));
    }
}

#[cfg(unix)]
// RFC7517-7-1
#[test]
fn a_key_file_belongs_to_its_owner_alone_and_is_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder("keygen").join("new.key");
    let _ = fs::remove_file(&path);
    let arguments = || [OsString::from("keygen"), "--output".into(), path.clone().into()];
    assert_eq!(code(&run(arguments(), b"")), 0);
    let key = fs::read(&path).expect("the key was written");
    assert_eq!((key.len(), fs::metadata(&path).expect("the file").permissions().mode() & 0o777), (44, 0o600));
    assert_eq!(code(&run(arguments(), b"")), 2);
    assert_eq!(fs::read(&path).expect("the key is there"), key);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for arguments in [&["--help"][..], &["demo"], &["keygen"]] {
        let mut child = Command::new(PROGRAM).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!((code(&output), stderr(&output)), (0, String::new()), "{arguments:?}");
    }
}

#[test]
fn the_demo_needs_no_proxy() {
    let mut command = Command::new(PROGRAM);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env(name, "http://127.0.0.1:9");
    }
    let output = command.arg("demo").output().expect("the program ends");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).expect("text");
    for step in ["\n3  ", "200", "refused as a key", "401", "\"signature\"", "\"expired\"", "\"duplicate_name\""] {
        assert!(text.contains(step), "{step} is missing:\n{text}");
    }
}

/// `serve`, running.
struct Server {
    child: Child,
    url: String,
    key: PathBuf,
}

impl Server {
    fn start(name: &str, more: &[&str]) -> Self {
        let key = folder(name).join("good.key");
        fs::write(&key, "a good key for tests, 32 bytes or more\n").expect("the key is written");
        let mut command = Command::new(PROGRAM);
        command.arg("serve").arg("--key-file").arg(&key).args(more).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut url).expect("the server says its URL");
        Server { child, url: url.trim_end().to_owned(), key }
    }

    fn token(&self, more: &[&str]) -> String {
        let arguments = ["sign", "--key-file", self.key.to_str().expect("a path"), "--claim", "user_id:=1234"];
        let output = run(arguments.into_iter().chain(more.iter().copied()), b"");
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        String::from_utf8(output.stdout).expect("a token").trim_end().to_owned()
    }

    fn send(&self, more: &[&str]) -> Output {
        let arguments = ["send", &self.url, "--key-file", self.key.to_str().expect("a path"), "--claim", "user_id:=1234"];
        run(arguments.into_iter().chain(more.iter().copied()), b"")
    }

    /// Sends a request as it is written, and gives back the whole answer.
    fn raw(&self, headers: &str) -> String {
        let address = self.url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(address).expect("the server listens");
        write!(stream, "GET /me?secret=query HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n").expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("there is an answer");
        answer
    }

    /// Ends the server by a signal; it has to end well. Gives back what it said.
    fn end(mut self, signal: &str) -> String {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill runs").success());
        let mut said = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0), "{said}");
        said
    }
}

#[test]
fn what_send_sends_serve_verifies() {
    let server = Server::start("send", &[]);
    let output = server.send(&["--claim", "exp:=4102444800"]);
    assert_eq!((code(&output), String::from_utf8_lossy(&output.stdout).as_ref()), (0, r#"{"user_id":1234,"exp":4102444800}"#), "{}", stderr(&output));
    let output = server.send(&["--claim", "exp:=1"]);
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stdout).contains(r#""error":"expired""#), "the body of a refusal is lost");
    assert!(stderr(&output).contains("401"), "{}", stderr(&output));
    let said = server.end("-TERM");
    assert_eq!(said.lines().map(|line| line.chars().take(9).collect()).collect::<Vec<String>>(), ["GET / 200", "GET / 401"]);
    // Nobody listens there any more.
    let output = run(["send", "http://127.0.0.1:1/", "--token-file", "-"], b"a.b.c");
    assert_eq!((code(&output), stderr(&output).lines().count()), (3, 1), "{}", stderr(&output));
}

// RFC6750-2.1-2, RFC6750-3-1, RFC9110-11.6.1-1, RFC9700-4.9.3-2
#[test]
fn serve_answers_as_rfc_6750_says() {
    let server = Server::start("rfc6750", &["--audience", "api"]);
    let good = server.token(&["--audience", "api", "--expires-in", "1h"]);
    let other = server.token(&["--audience", "web", "--expires-in", "1h"]);
    let check = |headers: &str, status: &str, challenge: &str| {
        let answer = server.raw(headers);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{headers}: {answer}");
        let line = answer.lines().find_map(|line| line.strip_prefix("www-authenticate: ")).unwrap_or_default();
        assert_eq!(line, challenge, "{headers}");
        answer
    };
    let answer = check(&format!("Authorization: Bearer {good}\r\n"), "200", "");
    assert!(answer.contains(r#""user_id":1234"#));
    check(&format!("authorization: bEARER  {good}\r\n"), "200", "");
    check("", "401", r#"Bearer realm="clearjwt""#);
    check("Authorization: Basic am9lOmpvZQ==\r\n", "401", r#"Bearer realm="clearjwt""#);
    let malformed = r#"Bearer realm="clearjwt", error="invalid_request", error_description="the Authorization value is not the scheme, a space and one token""#;
    check("Authorization: Bearer\r\n", "400", malformed);
    check(&format!("Authorization: Bearer {good} more\r\n"), "400", malformed);
    let twice = r#"Bearer realm="clearjwt", error="invalid_request", error_description="the request has more than one Authorization header""#;
    check(&format!("Authorization: Bearer {good}\r\nAuthorization: Bearer {good}\r\n"), "400", twice);
    let refused = r#"Bearer realm="clearjwt", error="invalid_token", error_description="`aud` does not name an expected audience""#;
    let answer = check(&format!("Authorization: Bearer {other}\r\n"), "401", refused);
    assert!(!answer.contains("user_id"), "something of a refused token came out");
    let said = server.end("-INT");
    assert_eq!(said.lines().count(), 8, "{said}");
    assert!(!said.contains("eyJ") && !said.contains("query"), "{said}");
}

/// The names and types of a JSON value; of an array, those that its elements have.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "string".into(),
        Value::Array(elements) => {
            let shapes: BTreeSet<String> = elements.iter().map(shape).collect();
            format!("[{}]", shapes.into_iter().collect::<Vec<_>>().join(" | "))
        }
        Value::Object(members) => {
            let members: BTreeSet<String> = members.iter().map(|(name, value)| format!("{name}: {}", shape(value))).collect();
            format!("{{{}}}", members.into_iter().collect::<Vec<_>>().join(", "))
        }
    }
}

/// `explain` as JSON: the exit status and the report.
fn report(token: &[u8], more: &[&str]) -> (i32, Value) {
    let key = folder("explain").join("good.key");
    fs::write(&key, "a good key for tests, 32 bytes or more\n").expect("the key is written");
    let arguments = ["explain", "--format", "json", "--now", "1800000000", "--key-file", key.to_str().expect("a path")];
    let output = run(arguments.into_iter().chain(more.iter().copied()), token);
    (code(&output), serde_json::from_slice(&output.stdout).expect("the report is JSON"))
}

fn signed(claims: &str) -> String {
    let key = Key::new(Algorithm::HS256, b"a good key for tests, 32 bytes or more").expect("a good key");
    clearjwt::sign(&serde_json::from_str::<Value>(claims).expect("claims"), &key).expect("a token")
}

#[test]
fn the_json_of_explain_keeps_its_shape() {
    let said = "{base64url: string, bytes: number, characters: number, part: string, text: string, trust: string}";
    let mac = "{base64url: null, bytes: number, characters: number, part: string, text: null, trust: string}";
    let made = "{check: string, clause: string, demanded: string, found: string, outcome: string}";
    let not_reached = "{check: string, clause: string, demanded: string, found: null, outcome: string}";
    let not_asked = "{check: string, clause: string, demanded: null, found: null, outcome: string}";
    let whole = |checks: &str, reason: &str, segments: &str, until: &str| {
        format!("{{checks: [{checks}], now: number, reason: {reason}, segments: [{segments}], trust: string, valid_until: {until}, verdict: string}}")
    };
    let reason = "{clause: string, code: string, message: string}";

    let (status, accepted) = report(signed(r#"{"exp": 1800000060}"#).as_bytes(), &[]);
    assert_eq!(shape(&accepted), whole(&format!("{not_asked} | {made}"), "null", &format!("{mac} | {said}"), "number"));
    assert_eq!((status, &accepted["verdict"], &accepted["trust"], &accepted["valid_until"]), (0, &json!("accepted"), &json!("accepted"), &json!(1800000060)));

    let (status, refused) = report(signed(r#"{"exp": 1799999988}"#).as_bytes(), &[]);
    assert_eq!(shape(&refused), whole(&format!("{not_asked} | {not_reached} | {made}"), reason, &format!("{mac} | {said}"), "null"));
    assert_eq!((status, &refused["verdict"], &refused["trust"], &refused["reason"]["code"]), (1, &json!("refused"), &json!("authentic"), &json!("expired")));
    let failed: Vec<&Value> = refused["checks"].as_array().expect("checks").iter().filter(|check| check["outcome"] == "failed").collect();
    assert_eq!(
        failed,
        [
            &json!({"check": "expiry", "clause": "RFC7519-4.1.4-1", "demanded": "`exp` is after now, which is 1800000000", "found": "1799999988", "outcome": "failed"})
        ]
    );

    let (status, uncut) = report(b"not-a-token", &[]);
    assert_eq!(shape(&uncut), whole(&format!("{not_asked} | {not_reached} | {made}"), reason, "", "null"));
    assert_eq!((status, &uncut["trust"]), (1, &json!("unverified")));
}

#[test]
fn explain_judges_as_verify_does_and_says_so_in_every_format() {
    let key = folder("explain-status").join("good.key");
    fs::write(&key, "a good key for tests, 32 bytes or more\n").expect("the key is written");
    let good = signed(r#"{"exp": 1800000060}"#);
    let late = signed(r#"{"exp": 1799999988}"#);
    for format in ["text", "json", "html"] {
        let explain = |token: &str, more: &[&str]| {
            let arguments = ["explain", "--format", format, "--now", "1800000000", "--key-file", key.to_str().expect("a path")];
            run(arguments.into_iter().chain(more.iter().copied()), token.as_bytes())
        };
        for (token, more, status, lines) in [(&*good, &[][..], 0, 0), (&*late, &[], 1, 1), ("", &[], 1, 1), (&*good, &["--key-id", "a"], 1, 1)] {
            let output = explain(token, more);
            assert_eq!((code(&output), stderr(&output).lines().count()), (status, lines), "{format}: {}", stderr(&output));
            assert!(!output.stdout.is_empty(), "{format}: a verdict without its explanation");
        }
        for more in [&["--alg", "HS512"][..], &["--key-format", "hex"], &["--now", "soon"], &["--audience", "a", "--any-audience"]] {
            let output = explain(&good, more);
            assert_eq!((code(&output), output.stdout.len(), stderr(&output).lines().count()), (2, 0, 1), "{format} {more:?}: {}", stderr(&output));
        }
    }
}

/// The advice for a key that is too short makes one that is long enough.
#[test]
fn the_advice_for_a_short_key_makes_one_that_is_taken() {
    for alg in ["HS256", "HS384", "HS512"] {
        let refused = run(["verify", "--key-file", "-", "--alg", alg, "a.b.c"], b"short");
        let said = stderr(&refused);
        let advice = said.split('`').nth(1).unwrap().split(' ').skip(1).collect::<Vec<_>>();
        let made = run(advice, b"");
        let output = run(["verify", "--key-file", "-", "--alg", alg, "a.b.c"], &made.stdout);
        assert_eq!((code(&refused), code(&made), code(&output)), (2, 0, 1), "{said}{}", stderr(&output));
    }
}
