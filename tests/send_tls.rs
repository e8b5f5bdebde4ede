//! https for real: a server with a certificate of its own authority, good ones and bad ones, and what may happen on the way.

#[path = "http/mod.rs"]
mod http;
#[path = "http/tls.rs"]
mod tls;

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use clearjwt::send::{Bearer, Client, SendError, Settings};
use http::Server;
use rcgen::{CertificateParams, KeyPair};
use tls::{Authority, Stream, answer, field, serve};

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJob2xkIjoibXkgdG9uZ3VlIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Answers with the `Authorization` of the request.
fn echo(head: &str, stream: &mut Stream) {
    answer(stream, "200 OK", "", field(head, "authorization").unwrap_or_default());
}

fn serve_years(authority: &Authority, names: &[&str], years: (i32, i32)) -> SocketAddr {
    let (certificate, key) = authority.certify(names, years);
    serve(certificate, key, echo)
}

fn get(roots: &str, url: &str) -> Result<String, SendError> {
    let settings = Settings { roots: Some(roots.as_bytes().to_vec()), ..Settings::default() };
    let answer = Client::with_settings(Bearer::token(TOKEN)?, settings)?.get(url)?;
    Ok(String::from_utf8_lossy(answer.body()).into_owned())
}

/// The same with small limits, and a watchdog.
fn hurried(roots: &str, url: &str) -> Result<String, SendError> {
    let (sender, receiver) = mpsc::channel();
    let (roots, url) = (roots.as_bytes().to_vec(), url.to_owned());
    thread::spawn(move || {
        let limit = Duration::from_millis(400);
        let settings = Settings { timeout: limit, connect_timeout: limit, max_body: 1 << 16, roots: Some(roots), ..Settings::default() };
        let answer = Client::with_settings(Bearer::token(TOKEN).unwrap(), settings).unwrap().get(&url);
        sender.send(answer.map(|answer| String::from_utf8_lossy(answer.body()).into_owned()))
    });
    receiver.recv_timeout(Duration::from_secs(30)).expect("the request ends")
}

#[test]
fn a_token_goes_over_https_to_a_server_that_is_who_it_says() {
    let authority = Authority::new();
    let address = authority.talk(&["localhost", "127.0.0.1"], echo);
    let two = format!("{}{}", Authority::new().pem, authority.pem);
    for roots in [&authority.pem, &two] {
        for host in ["localhost", "127.0.0.1"] {
            assert_eq!(get(roots, &format!("https://{host}:{}/", address.port())).unwrap(), format!("Bearer {TOKEN}"));
        }
    }
}

// RFC6750-5.2-7, RFC6750-5.2-12, RFC6750-5.2-13, RFC6750-5.3-2
#[test]
fn a_server_that_is_not_who_it_says_gets_nothing() {
    let authority = Authority::new();
    let own = KeyPair::generate().unwrap();
    let self_signed = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&own).unwrap();
    for (name, address, word) in [
        ("expired", serve_years(&authority, &["localhost"], (2020, 2021)), "xpired"),
        ("not yet valid", serve_years(&authority, &["localhost"], (2098, 2099)), "ot valid yet"),
        ("another host", serve_years(&authority, &["example.org"], (2020, 2099)), "ot valid for"),
        ("an unknown issuer", serve_years(&Authority::new(), &["localhost"], (2020, 2099)), "invalid peer certificate"),
        ("self-signed", serve(self_signed.der().clone(), own, echo), "invalid peer certificate"),
    ] {
        let error = get(&authority.pem, &format!("https://localhost:{}/", address.port())).unwrap_err();
        assert!(matches!(&error, SendError::Tls(detail) if detail.contains(word)), "{name}: {error:?}");
    }
    // An address is not a name, and a name is no address.
    for (name, host) in [("localhost", "127.0.0.1"), ("127.0.0.1", "localhost"), ("127.0.0.2", "127.0.0.1"), ("*.localhost", "localhost")] {
        let address = authority.talk(&[name], echo);
        let error = get(&authority.pem, &format!("https://{host}:{}/", address.port())).unwrap_err();
        assert!(matches!(&error, SendError::Tls(detail) if detail.contains("ot valid for")), "{host} with a certificate for {name}: {error:?}");
    }
    // Nobody's own authority is trusted unless it is named.
    let address = serve_years(&authority, &["localhost"], (2020, 2099));
    let error = Client::new(Bearer::token(TOKEN).unwrap()).get(&format!("https://localhost:{}/", address.port())).unwrap_err();
    assert!(matches!(error, SendError::Tls(_)), "{error:?}");
}

/// What a server says in place of a TLS handshake. It notes what it reads.
fn in_place_of_tls(talk: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, seen, talk) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())), Arc::new(talk));
    let noted = Arc::clone(&seen);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (noted, talk) = (Arc::clone(&noted), Arc::clone(&talk));
            thread::spawn(move || {
                let mut hello = [0; 4096];
                let count = stream.read(&mut hello).unwrap_or(0);
                noted.lock().unwrap().extend_from_slice(&hello[..count]);
                talk(&mut stream);
                let _ = stream.shutdown(Shutdown::Write);
                let mut rest = Vec::new();
                let _ = stream.read_to_end(&mut rest);
                noted.lock().unwrap().extend_from_slice(&rest);
            });
        }
    });
    (address, seen)
}

fn drip(stream: &mut TcpStream, bytes: impl IntoIterator<Item = u8>) {
    for byte in bytes {
        if stream.write_all(&[byte]).is_err() {
            return;
        }
        // A byte now and then; the client's own limit ends it.
        thread::park_timeout(Duration::from_millis(20));
    }
}

// RFC6750-5.2-11
#[test]
fn what_is_no_tls_gets_no_token() {
    type Talk = fn(&mut TcpStream);
    let cases: [(&str, &[&str], Talk); 10] = [
        ("nothing", &["protocol", "tls"], |_| ()),
        ("plain http", &["tls"], |stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"))),
        ("garbage", &["tls"], |stream| drop(stream.write_all(&[0xff; 300]))),
        ("zeros", &["tls"], |stream| drop(stream.write_all(&[0; 300]))),
        ("a record too large", &["tls"], |stream| drop(stream.write_all(&[0x16, 3, 3, 0xff, 0xff, 0, 0]))),
        ("half a record", &["protocol", "tls"], |stream| drop(stream.write_all(&[0x16, 3, 3, 0x40, 0, 2, 0, 0x3f]))),
        ("an alert", &["tls"], |stream| drop(stream.write_all(&[0x15, 3, 3, 0, 2, 2, 40]))),
        ("endless alerts", &["tls", "timeout", "connect_timeout"], |stream| while stream.write_all(&[0x15, 3, 3, 0, 2, 1, 90]).is_ok() {}),
        ("silence", &["timeout", "connect_timeout"], |stream| drop(stream.read(&mut [0]))),
        ("a dripping handshake", &["timeout", "connect_timeout"], |stream| {
            drip(stream, [0x16, 3, 3, 0x3f, 0xff, 2, 0, 0x3f, 0xfb].into_iter().chain(std::iter::repeat_n(0, 16_000)));
        }),
    ];
    let pem = Authority::new().pem;
    for (name, codes, talk) in cases {
        let (address, seen) = in_place_of_tls(talk);
        let error = hurried(&pem, &format!("https://{address}/")).unwrap_err();
        assert!(codes.contains(&error.code()), "{name}: {error:?}");
        assert!(!String::from_utf8_lossy(&seen.lock().unwrap()).contains("eyJ"), "{name}: the token was sent in clear");
    }
}

#[test]
fn https_is_never_tried_as_http() {
    let plain = Server::start(|_| http::answer("200 OK", "", ""));
    let error = hurried(&Authority::new().pem, &format!("https://{}/", plain.address)).unwrap_err();
    // It waits for a request that never comes.
    assert!(matches!(error, SendError::Tls(_) | SendError::Protocol(_) | SendError::Timeout | SendError::ConnectTimeout), "{error:?}");
    assert!(plain.received().iter().all(|request| request.header("authorization").is_none()));
}

/// Without `close_notify` anybody on the way can have cut the answer off (RFC 9112 section 9.8).
#[test]
fn an_answer_that_was_cut_off_on_the_way_is_no_answer() {
    let authority = Authority::new();
    for (name, text, closes, expected) in [
        ("no length, closed", "HTTP/1.1 200 OK\r\n\r\nall of it", true, Ok("all of it")),
        ("no length, cut off", "HTTP/1.1 200 OK\r\n\r\nhalf of", false, Err("protocol")),
        ("no length, cut off before the body", "HTTP/1.1 200 OK\r\n\r\n", false, Err("protocol")),
        ("a length, cut off after it", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nall", false, Ok("all")),
        ("a length, closed before it", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", true, Err("protocol")),
        ("a length, cut off before it", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", false, Err("protocol")),
        ("chunks, closed", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n", true, Err("protocol")),
        ("chunks, cut off", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n", false, Err("protocol")),
        ("a header, closed", "HTTP/1.1 200 OK\r\ncontent-le", true, Err("protocol")),
        ("a header, cut off", "HTTP/1.1 200 OK\r\ncontent-le", false, Err("protocol")),
    ] {
        let address = authority.talk(&["localhost"], move |_, stream| {
            let _ = stream.write_all(text.as_bytes());
            if closes {
                stream.conn.send_close_notify();
            }
            let _ = stream.flush();
        });
        let got = hurried(&authority.pem, &format!("https://localhost:{}/", address.port()));
        assert_eq!(got.as_deref().map_err(SendError::code), expected, "{name}");
    }
}

/// Connects a client to a server, and gives up (`None`) or changes the octet at `at` of what the server says.
fn on_the_way(server: SocketAddr, at: usize, change: Option<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (Ok((client, _)), Ok(server)) = (listener.accept(), TcpStream::connect(server)) else { return };
        let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut from_client, &mut to_server);
            let _ = to_server.shutdown(Shutdown::Both);
        });
        let (mut from_server, mut to_client, mut passed, mut buffer) = (server, client, 0, [0; 4096]);
        while let Ok(count @ 1..) = from_server.read(&mut buffer) {
            let mut end = count;
            if (passed..passed + count).contains(&at) {
                match change {
                    Some(bits) => buffer[at - passed] ^= bits,
                    None => end = at - passed,
                }
            }
            if to_client.write_all(&buffer[..end]).is_err() || end < count {
                break;
            }
            passed += count;
        }
        let _ = to_client.shutdown(Shutdown::Both);
        let _ = from_server.shutdown(Shutdown::Both);
    });
    address
}

#[test]
fn whatever_is_cut_or_changed_on_the_way_the_answer_is_whole_or_an_error() {
    let authority = Authority::new();
    let server = authority.talk(&["localhost"], |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nthe truth and nothing else");
        stream.conn.send_close_notify();
        let _ = stream.flush();
    });
    let (mut whole, mut broken) = (0, 0);
    // Handshake, tickets and answer are some 1,200 octets.
    for at in (0..1400).step_by(9) {
        for change in [None, Some(1), Some(0x80)] {
            let address = on_the_way(server, at, change);
            match hurried(&authority.pem, &format!("https://localhost:{}/", address.port())) {
                Ok(body) => {
                    assert_eq!(body, "the truth and nothing else", "{change:?} at {at}");
                    whole += 1;
                }
                // A length that was changed is waited for.
                Err(error) => {
                    assert!(["tls", "protocol", "timeout", "connect_timeout"].contains(&error.code()), "{change:?} at {at}: {error:?}");
                    broken += 1;
                }
            }
        }
    }
    assert!(broken > 200 && whole > 0, "{broken} broken and {whole} whole answers");
}

#[test]
fn a_server_that_talks_tls_without_end_meets_a_limit() {
    let authority = Authority::new();
    let address = authority.talk(&["localhost"], |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
        while stream.conn.refresh_traffic_keys().is_ok() && stream.flush().is_ok() {}
    });
    let error = hurried(&authority.pem, &format!("https://localhost:{}/", address.port())).unwrap_err();
    assert!(matches!(error, SendError::Tls(_) | SendError::Timeout), "{error:?}");
    let address = authority.talk(&["localhost"], |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    assert_eq!(hurried(&authority.pem, &format!("https://localhost:{}/", address.port())).unwrap_err().code(), "body_too_large");
    let address = authority.talk(&["localhost"], |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            thread::park_timeout(Duration::from_millis(20));
        }
    });
    assert_eq!(hurried(&authority.pem, &format!("https://localhost:{}/", address.port())).unwrap_err().code(), "timeout");
}

#[test]
fn roots_that_are_none_are_refused() {
    let good = Authority::new().pem;
    let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let key = KeyPair::generate().unwrap().serialize_pem();
    for roots in ["", "no PEM", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n", no_certificate, &format!("{good}{no_certificate}"), &key] {
        assert_eq!(get(roots, "https://localhost:1/").unwrap_err().code(), "roots", "{roots:?}");
    }
    // What stands around certificates does no harm.
    for roots in [&format!("# ours\n{good}\nand text\n"), &format!("{key}{good}")] {
        assert_eq!(get(roots, "https://localhost:1/").unwrap_err().code(), "connect", "{roots:?}");
    }
}

#[test]
fn over_https_too_a_redirect_is_followed_to_the_same_origin_only() {
    let authority = Authority::new();
    let plain = Server::start(|_| http::answer("200 OK", "", ""));
    let elsewhere = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&elsewhere);
    let other = authority.talk(&["localhost", "127.0.0.1"], move |head, stream| {
        *counted.lock().unwrap() += 1;
        echo(head, stream);
    });
    let (location, ours) = (Arc::new(Mutex::new((0, String::new()))), Arc::new(Mutex::new(Vec::new())));
    let (next, requests) = (Arc::clone(&location), Arc::clone(&ours));
    let server = authority.talk(&["localhost", "127.0.0.1"], move |head, stream| {
        requests.lock().unwrap().push(head.lines().next().unwrap_or_default().to_owned());
        if !head.starts_with("GET /start ") {
            return echo(head, stream);
        }
        let (status, location) = next.lock().unwrap().clone();
        answer(stream, &format!("{status} Moved"), &format!("location: {location}\r\n"), "");
    });
    let (port, other_port) = (server.port(), other.port());
    for (to, followed) in [
        ("/next".to_owned(), Some("GET /next HTTP/1.1")),
        (format!("https://localhost:{port}/next"), Some("GET /next HTTP/1.1")),
        (format!("HTTPS://LocalHost:{port}/next"), Some("GET /next HTTP/1.1")),
        (format!("//localhost:{port}/next"), Some("GET /next HTTP/1.1")),
        ("?again".to_owned(), Some("GET /start?again HTTP/1.1")),
        (format!("https://localhost:{other_port}/"), None),
        (format!("//localhost:{other_port}/"), None),
        (format!("https://127.0.0.1:{port}/next"), None),
        (format!("https://joe:pw@localhost:{port}/next"), None),
        ("https://localhost/".to_owned(), None),
        (format!("http://localhost:{port}/next"), None),
        (plain.url("/"), None),
        (format!("http://localhost:{}/", plain.address.port()), None),
    ] {
        for status in [301, 302, 303, 307, 308] {
            *location.lock().unwrap() = (status, to.clone());
            ours.lock().unwrap().clear();
            let got = get(&authority.pem, &format!("https://localhost:{port}/start"));
            let expected = if followed.is_some() { Ok(format!("Bearer {TOKEN}")) } else { Err("redirect_elsewhere") };
            assert_eq!(got.map_err(|error| error.code()), expected, "{status} {to}");
            assert_eq!(*ours.lock().unwrap(), ["GET /start HTTP/1.1"].into_iter().chain(followed).collect::<Vec<_>>(), "{status} {to}");
        }
    }
    assert!(plain.received().is_empty(), "https became http");
    assert_eq!(*elsewhere.lock().unwrap(), 0, "another port was asked");
    // Neither does http become https: that is another origin.
    let upgrading = Server::start(move |_| http::answer("301 Moved", &format!("location: https://127.0.0.1:{other_port}/\r\n"), ""));
    assert_eq!(get(&authority.pem, &upgrading.url("/")).unwrap_err().code(), "redirect_elsewhere");
    assert_eq!(*elsewhere.lock().unwrap(), 0);
}

/// Whose agent it is, whose trust it is.
#[test]
fn as_a_middleware_it_goes_with_the_tls_settings_of_its_agent() {
    let authority = Authority::new();
    let address = authority.talk(&["localhost"], echo);
    let roots: Vec<_> = ureq::tls::parse_pem(authority.pem.as_bytes())
        .filter_map(|item| if let Ok(ureq::tls::PemItem::Certificate(certificate)) = item { Some(certificate) } else { None })
        .collect();
    let trusting = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::new_with_certs(&roots)).build();
    let agent = |tls| -> ureq::Agent { ureq::Agent::config_builder().tls_config(tls).middleware(Bearer::token(TOKEN).unwrap()).proxy(None).build().into() };
    let url = format!("https://localhost:{}/", address.port());
    assert_eq!(agent(trusting).get(&url).call().unwrap().body_mut().read_to_string().unwrap(), format!("Bearer {TOKEN}"));
    let error = SendError::from(agent(ureq::tls::TlsConfig::default()).get(&url).call().unwrap_err());
    assert!(matches!(error, SendError::Tls(_)), "{error:?}");
}
