//! Proxies of the environment: a tunnel for https and nothing else, whatever the proxy does.

#[path = "http/mod.rs"]
mod http;
#[path = "http/tls.rs"]
mod tls;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use clearjwt::send::Bearer;
use http::Server;
use tls::{Authority, Proxy, answer, field};

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJob2xkIjoibXkgdG9uZ3VlIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const NAMES: [&str; 6] = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("send_proxies-{name}"));
    fs::write(&path, text).unwrap();
    path
}

/// A command without the proxy variables of whoever runs the tests, and with these.
fn with(program: &str, variables: &[(&str, String)]) -> Command {
    let mut command = Command::new(program);
    for name in NAMES.iter().chain(&["no_proxy", "NO_PROXY"]) {
        command.env_remove(name);
    }
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command
}

/// `clearjwt send`. One that never ends fails here.
fn send(variables: &[(&str, String)], arguments: &[&str]) -> Output {
    let mut command = with(env!("CARGO_BIN_EXE_clearjwt"), variables);
    command.arg("send").args(arguments).args(["--token-file", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(TOKEN.as_bytes());
    let (id, (sender, receiver)) = (child.id(), mpsc::channel());
    thread::spawn(move || sender.send(child.wait_with_output()));
    let output = receiver.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| {
        let _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
        panic!("{arguments:?}: no end");
    });
    output.unwrap()
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A server of `api.test` that says what it got, and the file with its authority.
fn api(name: &str) -> (SocketAddr, String) {
    let authority = Authority::new();
    let address =
        authority.talk(&["api.test", "localhost", "127.0.0.1"], |head, stream| answer(stream, "200 OK", "", field(head, "authorization").unwrap_or_default()));
    (address, file(name, &authority.pem).to_str().unwrap().to_owned())
}

#[track_caller]
fn saw_no_token(proxy: &Proxy) {
    let seen = String::from_utf8_lossy(&proxy.seen()).to_ascii_lowercase();
    assert!(!seen.contains("eyj") && !seen.contains("\r\nauthorization"), "the proxy saw the token");
}

// RFC9700-2.6-1
#[test]
fn https_goes_through_the_proxy_of_each_variable_in_a_tunnel() {
    let (server, pem) = api("each.pem");
    for name in NAMES {
        let proxy = Proxy::to(server);
        let output = send(&[(name, format!("http://{}", proxy.address))], &["https://api.test/", "--cacert", &pem]);
        assert_eq!(said(&output), (Some(0), format!("Bearer {TOKEN}"), String::new()), "{name}");
        let seen = proxy.seen();
        assert!(seen.starts_with(b"CONNECT api.test:443 HTTP/1.1\r\n") && seen.len() > 500, "{name}: {}", String::from_utf8_lossy(&seen));
        saw_no_token(&proxy);
    }
}

#[test]
fn loopback_never_goes_to_a_proxy() {
    let (server, pem) = api("loopback.pem");
    let proxy = Proxy::to(server);
    let variables: Vec<(&str, String)> = NAMES.map(|name| (name, format!("http://{}", proxy.address))).into();
    let plain = Server::start(|_| http::answer("200 OK", "", "direct"));
    let six = Server::start_on("[::1]:0", |_| http::answer("200 OK", "", "direct"));
    let port = plain.address.port();
    for url in [plain.url("/"), format!("http://localhost:{port}/"), format!("http://LOCALHOST:{port}/"), six.url("/")] {
        assert_eq!(said(&send(&variables, &[&url])).1, "direct", "{url}");
        assert_eq!(said(&send(&variables, &[&url, "--allow-http"])).1, "direct", "{url}");
    }
    // Nobody listens there: what counts is that the proxy is not asked.
    for url in ["http://127.9.9.9:1/", "http://127.255.255.254:1/", "https://127.9.9.9:1/", "https://[::1]:1/"] {
        assert_eq!(said(&send(&variables, &[url, "--timeout", "5"])).0, Some(3), "{url}");
    }
    for host in ["localhost", "127.0.0.1"] {
        let output = send(&variables, &[&format!("https://{host}:{}/", server.port()), "--cacert", &pem]);
        assert_eq!(said(&output).0, Some(0), "{output:?}");
    }
    assert_eq!(String::from_utf8_lossy(&proxy.seen()), "", "a request to loopback went to the proxy");
}

#[test]
fn http_never_goes_to_a_proxy_even_where_it_is_allowed() {
    let proxy = Proxy::start(|mut client, _| drop(client.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")));
    let variables: Vec<(&str, String)> = NAMES.map(|name| (name, format!("http://{}", proxy.address))).into();
    // There is no such host: it fails on the way to it.
    let output = send(&variables, &["http://api.test/", "--allow-http", "--timeout", "5", "--connect-timeout", "5"]);
    assert_eq!(said(&output).0, Some(3), "{output:?}");
    assert_eq!(said(&send(&variables, &["http://api.test/"])).0, Some(2));
    assert_eq!(String::from_utf8_lossy(&proxy.seen()), "", "http went to the proxy");
}

#[test]
fn no_proxy_is_heeded() {
    let (server, pem) = api("no_proxy.pem");
    let proxy = Proxy::to(server);
    let variable = |name| vec![("https_proxy", format!("http://{}", proxy.address)), (name, "example.org,.test".to_owned())];
    for name in ["no_proxy", "NO_PROXY"] {
        let output = send(&variable(name), &["https://api.test/", "--cacert", &pem, "--timeout", "5"]);
        assert_eq!(said(&output).0, Some(3), "{output:?}");
    }
    assert_eq!(String::from_utf8_lossy(&proxy.seen()), "");
}

#[test]
fn a_proxy_gets_its_own_credentials_and_no_others() {
    let (server, pem) = api("credentials.pem");
    let proxy = Proxy::to(server);
    let output = send(&[("https_proxy", format!("http://joe:hush-hush@{}", proxy.address))], &["https://api.test/", "--cacert", &pem]);
    assert_eq!(said(&output), (Some(0), format!("Bearer {TOKEN}"), String::new()));
    assert!(String::from_utf8_lossy(&proxy.seen()).contains("Proxy-Authorization: Basic am9lOmh1c2gtaHVzaA==\r\n"));
    saw_no_token(&proxy);
    // It is not told to whoever reads why it failed.
    for url in ["http://joe:hush-hush@127.0.0.1:1", "socks5://joe:hush-hush@127.0.0.1:1", "joe:hush-hush@127.0.0.1:1"] {
        let output = send(&[("https_proxy", url.to_owned())], &["https://api.test/", "--timeout", "5"]);
        let (code, _, line) = said(&output);
        assert!(code == Some(3) && line.lines().count() == 1 && !line.contains("hush"), "{url}: {line}");
    }
}

#[test]
fn behind_a_proxy_too_a_redirect_is_followed_to_the_same_origin_only() {
    let authority = Authority::new();
    let location = Arc::new(Mutex::new(String::new()));
    let next = Arc::clone(&location);
    let server = authority.talk(&["api.test", "other.test"], move |head, stream| {
        if head.starts_with("GET /start ") {
            answer(stream, "302 Found", &format!("location: {}\r\n", next.lock().unwrap()), "");
        } else {
            answer(stream, "200 OK", "", field(head, "authorization").unwrap_or_default());
        }
    });
    let pem = file("redirect.pem", &authority.pem);
    for (to, followed) in [
        ("/next", true),
        ("https://api.test/next", true),
        // 443 is where https goes anyway.
        ("https://API.test:443/next", true),
        ("//api.test:0443/next", true),
        ("https://api.test:444/next", false),
        // 443, for who takes no port for the usual one.
        ("https://api.test:65979/next", false),
        ("https://other.test/next", false),
        ("https://api.test./next", false),
        ("https://api.test.other.test/next", false),
        ("https://other.test#@api.test/next", false),
        ("https://api.test@other.test/next", false),
        ("https:\\\\other.test/next", false),
        ("http://api.test/next", false),
        ("http://api.test:443/next", false),
    ] {
        let proxy = Proxy::to(server);
        *location.lock().unwrap() = to.to_owned();
        let variables = [("https_proxy", format!("http://{}", proxy.address)), ("http_proxy", format!("http://{}", proxy.address))];
        let (code, body, line) = said(&send(&variables, &["https://api.test/start", "--cacert", pem.to_str().unwrap(), "--timeout", "5"]));
        let expected = if followed { (Some(0), format!("Bearer {TOKEN}")) } else { (Some(3), String::new()) };
        assert_eq!((code, body), expected, "{to}: {line}");
        let seen = String::from_utf8_lossy(&proxy.seen()).into_owned();
        assert!(!seen.contains("other.test:") && !seen.contains(":444 ") && !seen.contains("http://"), "{to}: the proxy was asked for another origin");
        saw_no_token(&proxy);
    }
}

/// Waits for the client to go, a byte now and then.
fn drip(client: &mut TcpStream, bytes: impl IntoIterator<Item = u8>) {
    for byte in bytes {
        if client.write_all(&[byte]).is_err() {
            return;
        }
        thread::park_timeout(Duration::from_millis(50));
    }
}

#[test]
fn a_proxy_that_means_no_good_meets_a_limit_and_gets_no_token() {
    type Talk = fn(TcpStream);
    let cases: [(&str, &str, Talk); 16] = [
        ("closes", "connect", |_| ()),
        ("says nothing", "connect_timeout", |mut client| drop(client.read_to_end(&mut Vec::new()))),
        ("drips a header", "connect_timeout", |mut client| {
            drip(&mut client, b"HTTP/1.1 200 OK\r\nx: ".iter().copied().chain(std::iter::repeat_n(b'x', 100_000)))
        }),
        ("drips the answer and then TLS", "connect_timeout", |mut client| {
            drip(&mut client, b"HTTP/1.1 200 OK\r\n\r\n".iter().copied().chain([0x16, 3, 3, 0x3f, 0xff]).chain(std::iter::repeat_n(0, 16_000)));
        }),
        ("an endless header", "connect", |mut client| {
            let _ = client.write_all(b"HTTP/1.1 200 OK\r\nx: ");
            while client.write_all(&[b'x'; 1024]).is_ok() {}
        }),
        ("endless headers", "protocol", |mut client| {
            let _ = client.write_all(b"HTTP/1.1 200 OK\r\n");
            while client.write_all(b"x: y\r\n").is_ok() {}
        }),
        ("endless interim answers", "connect", |mut client| while client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {}),
        ("garbage", "protocol", |mut client| drop(client.write_all(b"\0\xff\xfe garbage\r\n\r\n"))),
        ("wants credentials", "connect", |mut client| {
            drop(client.write_all(b"HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm=a\r\ncontent-length: 0\r\n\r\n"))
        }),
        ("forbids", "connect", |mut client| drop(client.write_all(b"HTTP/1.1 403 No\r\ncontent-length: 2\r\n\r\nno"))),
        ("is overloaded", "connect", |mut client| drop(client.write_all(b"HTTP/1.1 503 Later\r\nretry-after: 1\r\n\r\n"))),
        ("redirects", "connect", |mut client| drop(client.write_all(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\n\r\n"))),
        ("says 204", "connect", |mut client| drop(client.write_all(b"HTTP/1.1 204 Well\r\n\r\n"))),
        ("answers itself", "tls", |mut client| {
            let _ = client.write_all(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
            let _ = client.read_to_end(&mut Vec::new());
        }),
        ("opens a tunnel to nowhere", "connect_timeout", |mut client| {
            let _ = client.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            let _ = client.read_to_end(&mut Vec::new());
        }),
        ("is another server of TLS", "tls", |mut client| {
            let other = Authority::new().talk(&["api.test"], |_, stream| answer(stream, "200 OK", "", "hello"));
            let mut other = TcpStream::connect(other).unwrap();
            let _ = client.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            let (mut from_other, mut to_client) = (other.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || drop(std::io::copy(&mut from_other, &mut to_client)));
            let _ = std::io::copy(&mut client, &mut other);
        }),
    ];
    let (_, pem) = api("hostile.pem");
    thread::scope(|scope| {
        for (name, code, talk) in cases {
            let pem = &pem;
            // Whichever of the two limits comes first.
            for (timeout, connect_timeout) in [("3", "1"), ("1", "3")] {
                scope.spawn(move || {
                    let proxy = Proxy::start(move |client, _| talk(client));
                    let variables = [("https_proxy", format!("http://{}", proxy.address))];
                    let arguments = ["https://api.test/", "--cacert", pem, "--timeout", timeout, "--connect-timeout", connect_timeout, "--json-errors"];
                    let (status, body, line) = said(&send(&variables, &arguments));
                    assert_eq!((status, body.as_str(), line.lines().count()), (Some(3), "", 1), "{name}: {line}");
                    let codes = [code, if timeout == "1" { "timeout" } else { code }];
                    assert!(codes.iter().any(|code| line.contains(&format!("\"code\":\"{code}\""))), "{name}: {line}");
                    assert_eq!(String::from_utf8_lossy(&proxy.seen()).matches("CONNECT").count(), 1, "{name}: it was asked again");
                    saw_no_token(&proxy);
                });
            }
        }
    });
}

/// What the documentation of `Bearer` warns of is still so; when this fails, the warning can go.
#[test]
fn an_agent_that_was_not_told_otherwise_gives_the_proxy_what_is_for_loopback() {
    const CHILD: &str = "SEND_PROXIES_CHILD";
    if let Ok(url) = std::env::var(CHILD) {
        let bearer = || Bearer::token(TOKEN).unwrap();
        let agent: ureq::Agent = ureq::Agent::config_builder().middleware(bearer()).proxy(None).build().into();
        agent.get(&url).call().unwrap();
        let careless: ureq::Agent = ureq::Agent::config_builder().middleware(bearer()).build().into();
        careless.get(&url).call().unwrap();
        return;
    }
    let server = Server::start(|_| http::answer("200 OK", "", ""));
    let proxy = Proxy::to(server.address);
    let mut command =
        with(std::env::current_exe().unwrap().to_str().unwrap(), &[("http_proxy", format!("http://{}", proxy.address)), (CHILD, server.url("/"))]);
    let output = command.args(["--exact", "an_agent_that_was_not_told_otherwise_gives_the_proxy_what_is_for_loopback"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(server.received().len(), 2);
    assert_eq!(String::from_utf8_lossy(&proxy.seen()).matches(TOKEN).count(), 1, "one of the two went through the proxy, token in clear");
}
