//! What a logger gets to see: at debug and above no token, at trace one from `ureq_proto` alone, as the documentation says.

#[path = "http/mod.rs"]
mod http;

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
    let server = Server::start(|request| if request.path == "/" { answer("302 Found", "location: /next\r\n", "") } else { answer("401 No", "", "no") });
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
