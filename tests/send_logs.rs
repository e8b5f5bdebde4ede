//! What a logger gets to see: at debug and above no token, at trace one from `ureq_proto` alone, as the documentation says.

#[path = "http/mod.rs"]
mod http;
#[cfg(feature = "tls")]
#[path = "http/tls.rs"]
mod tls;

use std::sync::Mutex;

use clearjwt::{
    Algorithm, Key,
    send::{Bearer, Client},
};
use http::{Server, answer};
use log::{Level, LevelFilter, Log, Metadata, Record};

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJob2xkIjoibXkgdG9uZ3VlIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct Everything(Mutex<Vec<(Level, String, String)>>);

impl Log for Everything {
    fn enabled(&self, _: &Metadata) -> bool {
        true
    }
    fn log(&self, record: &Record) {
        self.0.lock().unwrap().push((record.level(), record.target().to_owned(), record.args().to_string()));
    }
    fn flush(&self) {}
}

static LOGGER: Everything = Everything(Mutex::new(Vec::new()));

#[test]
fn no_log_at_debug_or_above_shows_a_token_and_at_trace_only_ureq_proto_does() {
    log::set_logger(&LOGGER).unwrap();
    log::set_max_level(LevelFilter::Trace);
    // It gives the token back, too: what a server knows is in its answers.
    let server = Server::start(|request| {
        let echo = format!("x-echo: {0}\r\nwww-authenticate: Bearer error=\"{0}\"\r\n", request.header("authorization").unwrap());
        if request.path == "/" { answer("302 Found", &format!("location: /next\r\n{echo}"), "") } else { answer("401 No", &echo, &echo) }
    });
    let key = Key::new(Algorithm::HS256, b"a good key for tests, 32 bytes or more").unwrap();
    for bearer in [Bearer::token(TOKEN).unwrap(), Bearer::mint(key, &serde_json::json!({"a": 1}), 60).unwrap()] {
        let client = Client::new(bearer.clone());
        client.get(&server.url("/")).unwrap();
        client.post(&server.url("/next"), &1).unwrap();
        client.get("http://127.0.0.1:1/").unwrap_err();
        client.get("http://api.example/").unwrap_err();
        let agent: ureq::Agent = ureq::Agent::config_builder().middleware(bearer).proxy(None).build().into();
        agent.get(server.url("/next")).call().unwrap_err();
    }
    #[cfg(feature = "tls")]
    over_https();
    let tokens: Vec<String> =
        server.received().iter().filter_map(|request| request.header("authorization")?.strip_prefix("Bearer ").map(str::to_owned)).collect();
    assert_eq!(tokens.len(), 8);
    let records = LOGGER.0.lock().unwrap();
    assert!(records.iter().any(|(level, ..)| *level == Level::Debug), "nothing was logged at all");
    let mut at_trace = false;
    for (level, target, text) in records.iter() {
        // Dumps break it into lines: eight characters of it in a row are a token shown.
        if tokens.iter().any(|token| token.as_bytes().windows(8).any(|piece| text.contains(std::str::from_utf8(piece).unwrap()))) {
            assert!(*level == Level::Trace && target.starts_with("ureq_proto"), "{level} {target}: {text}");
            at_trace = true;
        }
    }
    assert!(at_trace, "ureq_proto shows no token at trace any more: the warning in the documentation can go");
}

/// The fixed token, over TLS.
#[cfg(feature = "tls")]
fn over_https() {
    let authority = tls::Authority::new();
    let address = authority.talk(&["localhost"], |head, stream| tls::answer(stream, "200 OK", "", tls::field(head, "authorization").unwrap_or_default()));
    let settings = clearjwt::send::Settings { roots: Some(authority.pem.into_bytes()), ..Default::default() };
    let client = Client::with_settings(Bearer::token(TOKEN).unwrap(), settings).unwrap();
    assert_eq!(client.get(&format!("https://localhost:{}/", address.port())).unwrap().body(), format!("Bearer {TOKEN}").as_bytes());
    client.get(&format!("https://127.0.0.1:{}/", address.port())).unwrap_err();
}
