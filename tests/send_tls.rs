//! https for real: a server with a certificate of its own authority, good ones and bad ones, directly and through a proxy.

#[path = "http/mod.rs"]
mod http;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, Output},
    sync::{Arc, Mutex},
    thread,
};

use clearjwt::send::{Bearer, Client, SendError, Settings};
use http::Server;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJob2xkIjoibXkgdG9uZ3VlIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    /// A server with a certificate for these names and years. Answers every request with its `Authorization`.
    fn serve(&self, names: &[&str], years: (i32, i32)) -> SocketAddr {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        serve(certificate.der().clone(), key)
    }
}

fn serve(certificate: rustls::pki_types::CertificateDer<'static>, key: KeyPair) -> SocketAddr {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(stream), Ok(connection)) = (stream, ServerConnection::new(Arc::clone(&config))) else { continue };
            thread::spawn(move || {
                let mut reader = BufReader::new(StreamOwned::new(connection, stream));
                let (mut line, mut authorization) = (String::new(), String::new());
                while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                    if let Some(value) = line.strip_prefix("authorization: ") {
                        authorization = value.trim().to_owned();
                    }
                    line.clear();
                }
                let _ = write!(reader.get_mut(), "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{authorization}", authorization.len());
                reader.get_mut().conn.send_close_notify();
                let _ = reader.get_mut().flush();
            });
        }
    });
    address
}

fn get(roots: &str, url: &str) -> Result<String, SendError> {
    let settings = Settings { roots: Some(roots.as_bytes().to_vec()), ..Settings::default() };
    let answer = Client::with_settings(Bearer::token(TOKEN)?, settings)?.get(url)?;
    Ok(String::from_utf8_lossy(answer.body()).into_owned())
}

#[test]
fn a_token_goes_over_https_to_a_server_that_is_who_it_says() {
    let authority = Authority::new();
    let address = authority.serve(&["localhost", "127.0.0.1"], (2020, 2099));
    let two = format!("{}{}", Authority::new().pem, authority.pem);
    for roots in [&authority.pem, &two] {
        for host in ["localhost", "127.0.0.1"] {
            assert_eq!(get(roots, &format!("https://{host}:{}/", address.port())).unwrap(), format!("Bearer {TOKEN}"));
        }
    }
}

#[test]
fn a_server_that_is_not_who_it_says_gets_nothing() {
    let authority = Authority::new();
    let own = KeyPair::generate().unwrap();
    let self_signed = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&own).unwrap();
    for (name, address, word) in [
        ("expired", authority.serve(&["localhost"], (2020, 2021)), "xpired"),
        ("not yet valid", authority.serve(&["localhost"], (2098, 2099)), "ot valid yet"),
        ("another host", authority.serve(&["example.org"], (2020, 2099)), "ot valid for"),
        ("an unknown issuer", Authority::new().serve(&["localhost"], (2020, 2099)), "invalid peer certificate"),
        ("self-signed", serve(self_signed.der().clone(), own), "invalid peer certificate"),
    ] {
        let error = get(&authority.pem, &format!("https://localhost:{}/", address.port())).unwrap_err();
        assert!(matches!(&error, SendError::Tls(detail) if detail.contains(word)), "{name}: {error:?}");
    }
    // Nobody's own authority is trusted unless it is named.
    let address = authority.serve(&["localhost"], (2020, 2099));
    let error = Client::new(Bearer::token(TOKEN).unwrap()).get(&format!("https://localhost:{}/", address.port())).unwrap_err();
    assert!(matches!(error, SendError::Tls(_)), "{error:?}");
}

#[test]
fn what_is_no_tls_is_an_error() {
    let plain = Server::start(|_| http::answer("200 OK", "", ""));
    let error = get(&Authority::new().pem, &format!("https://{}/", plain.address)).unwrap_err();
    assert!(matches!(error, SendError::Tls(_) | SendError::Protocol(_)), "{error:?}");
    let (garbage, _) = http::hostile(|stream| drop(stream.write_all(&[0x16, 0x03, 0x03, 0xff, 0xff, 0, 0])));
    let error = get(&Authority::new().pem, &format!("https://{garbage}/")).unwrap_err();
    assert!(matches!(error, SendError::Tls(_) | SendError::Protocol(_) | SendError::Timeout), "{error:?}");
}

#[test]
fn roots_that_are_none_are_refused() {
    for roots in ["", "no PEM", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
        assert_eq!(get(roots, "https://localhost:1/").unwrap_err().code(), "roots", "{roots:?}");
    }
}

#[test]
fn https_redirects_to_itself_but_never_to_http() {
    let authority = Authority::new();
    let plain = Server::start(|_| http::answer("200 OK", "", ""));
    for status in [301, 302, 303, 307, 308] {
        let address = redirecting(&authority, status, format!("http://{}/", plain.address));
        let error = get(&authority.pem, &format!("https://localhost:{}/", address.port())).unwrap_err();
        assert_eq!(error.code(), "redirect_elsewhere", "{status}");
        let address = redirecting(&authority, status, "/again".into());
        let error = get(&authority.pem, &format!("https://localhost:{}/", address.port())).unwrap_err();
        assert_eq!(error.code(), "too_many_redirects", "{status}");
    }
    assert!(plain.received().is_empty());
}

/// A server that redirects every request.
fn redirecting(authority: &Authority, status: u16, location: String) -> SocketAddr {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &authority.issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap()).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream));
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                line.clear();
            }
            let _ = write!(reader.get_mut(), "HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = reader.get_mut().flush();
        }
    });
    address
}

/// A proxy that tunnels every CONNECT to one address, and notes every byte that it reads from clients.
fn proxy(to: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, seen) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let noted = Arc::clone(&seen);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let noted = Arc::clone(&noted);
            thread::spawn(move || {
                let mut client = stream.try_clone().unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && client.read_exact(&mut byte).is_ok() {
                    head.push(byte[0]);
                }
                noted.lock().unwrap().extend_from_slice(&head);
                if !head.starts_with(b"CONNECT ") {
                    return;
                }
                let server = TcpStream::connect(to).unwrap();
                let _ = client.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                let (mut from_server, mut to_client) = (server.try_clone().unwrap(), stream);
                thread::spawn(move || drop(std::io::copy(&mut from_server, &mut to_client)));
                let mut server = server;
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = client.read(&mut buffer) {
                    noted.lock().unwrap().extend_from_slice(&buffer[..count]);
                    if server.write_all(&buffer[..count]).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, seen)
}

/// `clearjwt send`, with every proxy variable set.
fn send(proxy: SocketAddr, arguments: &[&str]) -> Output {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let token = folder.join("send_tls.token");
    fs::write(&token, TOKEN).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_clearjwt"));
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(name, format!("http://{proxy}"));
    }
    command.env_remove("no_proxy").env_remove("NO_PROXY");
    command.arg("send").args(arguments).arg("--token-file").arg(&token).output().unwrap()
}

#[test]
fn a_proxy_sees_a_tunnel_and_never_a_token() {
    let authority = Authority::new();
    let server = authority.serve(&["api.test", "localhost"], (2020, 2099));
    let pem = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("send_tls.pem");
    fs::write(&pem, &authority.pem).unwrap();
    let pem = pem.to_str().unwrap();
    let (address, seen) = proxy(server);
    let count = || seen.lock().unwrap().len();
    // https goes through it, end to end.
    let output = send(address, &["https://api.test/", "--cacert", pem]);
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(0), format!("Bearer {TOKEN}").as_str()), "{output:?}");
    assert!(seen.lock().unwrap().starts_with(b"CONNECT api.test:443 "));
    let before = count();
    assert!(before > 200, "the tunnel was not used");
    // Loopback never does, whatever the scheme.
    let plain = Server::start(|_| http::answer("200 OK", "", "direct"));
    let output = send(address, &[&plain.url("/")]);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"direct"[..]), "{output:?}");
    let output = send(address, &[&format!("https://localhost:{}/", server.port()), "--cacert", pem]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(count(), before, "a request to loopback went to the proxy");
    // Plain http does not either, even where it is allowed at all: it fails for want of such a host.
    let output = send(address, &["http://api.test/", "--allow-http", "--timeout", "5", "--connect-timeout", "5"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(count(), before, "a token went to the proxy in clear");
    let text = String::from_utf8_lossy(&seen.lock().unwrap()).into_owned();
    assert!(!text.contains("eyJ") && !text.to_ascii_lowercase().contains("authorization"), "the proxy saw the token");
}
