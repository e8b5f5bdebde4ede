//! A certificate authority and TLS servers of its own, and proxies, on loopback.
#![allow(dead_code)] // each test file uses a part

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer},
};

pub type Stream = StreamOwned<ServerConnection, TcpStream>;

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub pem: String,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for these names and years, and its key.
    pub fn certify(&self, names: &[&str], years: (i32, i32)) -> (CertificateDer<'static>, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        (params.signed_by(&key, &self.issuer).unwrap().der().clone(), key)
    }

    /// A server for these names that does as `talk` does with each connection, once the header of a request is read.
    pub fn talk(&self, names: &[&str], talk: impl Fn(&str, &mut Stream) + Send + Sync + 'static) -> SocketAddr {
        let (certificate, key) = self.certify(names, (2020, 2099));
        serve(certificate, key, talk)
    }
}

pub fn serve(certificate: CertificateDer<'static>, key: KeyPair, talk: impl Fn(&str, &mut Stream) + Send + Sync + 'static) -> SocketAddr {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let (listener, talk) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(talk));
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (connection, talk) = (ServerConnection::new(Arc::clone(&config)).unwrap(), Arc::clone(&talk));
            thread::spawn(move || {
                let mut reader = BufReader::new(StreamOwned::new(connection, stream));
                let mut head = String::new();
                while reader.read_line(&mut head).is_ok_and(|count| count > 2) {}
                if !head.is_empty() {
                    talk(&head, reader.get_mut());
                }
            });
        }
    });
    address
}

/// Answers, says that it was all, and closes.
pub fn answer(stream: &mut Stream, status: &str, headers: &str, body: &str) {
    let _ = write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len());
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

/// The value of a header field of a head.
pub fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name))).map(|(_, value)| value.trim())
}

/// A proxy that notes every byte that it reads from its clients.
pub struct Proxy {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    /// Treats each connection as `talk` does, once a request's header is read.
    pub fn start(talk: impl Fn(TcpStream, &Mutex<Vec<u8>>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, seen, talk) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())), Arc::new(talk));
        let noted = Arc::clone(&seen);
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                let (noted, talk) = (Arc::clone(&noted), Arc::clone(&talk));
                thread::spawn(move || {
                    let (mut head, mut byte) = (Vec::new(), [0]);
                    while !head.ends_with(b"\r\n\r\n") && client.read_exact(&mut byte).is_ok() {
                        head.push(byte[0]);
                    }
                    noted.lock().unwrap().extend_from_slice(&head);
                    talk(client, &noted);
                });
            }
        });
        Proxy { address, seen }
    }

    /// Tunnels whatever is asked for to one address.
    pub fn to(server: SocketAddr) -> Self {
        Proxy::start(move |mut client, noted| {
            if !noted.lock().unwrap().starts_with(b"CONNECT ") {
                return;
            }
            let mut server = TcpStream::connect(server).unwrap();
            let _ = client.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            let (mut from_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || {
                let _ = std::io::copy(&mut from_server, &mut to_client);
                let _ = to_client.shutdown(Shutdown::Write);
            });
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = client.read(&mut buffer) {
                noted.lock().unwrap().extend_from_slice(&buffer[..count]);
                if server.write_all(&buffer[..count]).is_err() {
                    return;
                }
            }
            let _ = server.shutdown(Shutdown::Write);
        })
    }

    pub fn seen(&self) -> Vec<u8> {
        self.seen.lock().unwrap().clone()
    }
}
