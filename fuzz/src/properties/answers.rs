use std::sync::LazyLock;

use clearjwt::send::{Answer, Bearer, Client, Content, SendError, Settings};
use http::Request;
use serde_json::Value;

use crate::server::Server;

const MAX_BODY: usize = 1000;

/// Whatever a server answers: the token goes to that server only, once a request, and what comes out is what the answer says.
pub fn answers(bytes: &[u8]) {
    static SERVER: LazyLock<Server> = LazyLock::new(Server::start);
    static CLIENT: LazyLock<Client> = LazyLock::new(|| {
        let settings = Settings { max_body: MAX_BODY as u64, ..Settings::default() };
        Client::with_settings(Bearer::token("a.b.c").expect("a token"), settings).expect("no certificates")
    });
    // The second request would notice what the first answer left behind.
    for _ in 0..2 {
        SERVER.give(bytes);
        let answer = CLIENT.get(&SERVER.url);
        check_requests(&SERVER.requests(), "get /", answer.is_ok());
        match answer {
            Ok(answer) => check(&answer, bytes),
            Err(error) => check_error(&error),
        }
    }
    SERVER.give(bytes);
    let answer = upload(&CLIENT, &SERVER.url);
    check_requests(&SERVER.requests(), "", answer.is_ok());
    match (answer, plain(bytes)) {
        // Refused before the body went out, as often as not: the status is that of the answer all the same.
        (Ok(status), Some((said, _))) => assert_eq!(status, said),
        (Ok(_), None) => (),
        (Err(error), _) => check_error(&error),
    }
}

/// A body of a length that nobody said waits for the server's word.
fn upload(client: &Client, url: &str) -> Result<u16, SendError> {
    let request = Request::post(url).body(()).expect("a request");
    let answer = client.open(request, Content::Stream(&mut &b"{}"[..]))?;
    let status = answer.status().as_u16();
    std::io::copy(&mut answer.into_body(), &mut std::io::sink())?;
    Ok(status)
}

/// Once for each of six hops, and once more without the expectation. Not at all if the server had closed a connection that was kept.
fn check_requests(requests: &[Vec<u8>], start: &str, answered: bool) {
    assert!((usize::from(answered)..=12).contains(&requests.len()), "{} requests", requests.len());
    for request in requests {
        let request = str::from_utf8(request).expect("a request is ASCII").to_ascii_lowercase();
        assert!(request.starts_with(start) && request.matches("authorization:").count() == 1 && request.contains("\r\nauthorization: bearer a.b.c\r\n"));
    }
}

fn check_error(error: &SendError) {
    // There is one server, and it is up: a connection that fails would have been to another.
    let elsewhere = matches!(error, SendError::Connect(_) | SendError::ConnectTimeout | SendError::HostNotFound);
    assert!(error.is_network() && !elsewhere, "{error}");
    super::speaks(error.code(), error.clause().unwrap_or("RFC"), error);
}

fn check(answer: &Answer, bytes: &[u8]) {
    let (_, _) = (answer.clock_ahead(), answer.json::<Value>());
    let told = answer.challenge().map(|challenge| challenge.error.unwrap_or_default().len() + challenge.scope.unwrap_or_default().len());
    assert!(told.is_none_or(|told| told <= bytes.len()));
    let location = answer.headers().contains_key("location");
    assert!(!location || ![301, 302, 303, 307, 308].contains(&answer.status()), "a redirect came out");
    assert!(answer.body().len() <= MAX_BODY && answer.is_success() == (200..300).contains(&answer.status()));
    if let Some((status, body)) = plain(bytes) {
        assert_eq!((answer.status(), answer.body()), (status, body), "{answer:?}");
    }
}

/// Status and body of an answer that can be read in one way only; of others nothing is said here.
fn plain(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let end = bytes.windows(4).position(|octets| octets == b"\r\n\r\n")?;
    let (head, body) = (str::from_utf8(&bytes[..end]).ok()?.to_ascii_lowercase(), &bytes[end + 4..]);
    let mut lines = head.split("\r\n");
    let status: u16 = lines.next()?.strip_prefix("http/1.1 ")?.get(..3)?.parse().ok()?;
    let fields: Vec<(&str, &str)> = lines.map(|line| line.split_once(':')).collect::<Option<_>>()?;
    let lengths: Vec<&str> = fields.iter().filter(|(name, _)| *name == "content-length").map(|(_, value)| value.trim()).collect();
    let odd = head.replace("\r\n", "").contains(['\r', '\n']) || head.contains("transfer-encoding") || !(200..600).contains(&status);
    match lengths[..] {
        _ if odd => None,
        _ if [204, 304].contains(&status) => Some((status, &[])),
        [] => Some((status, body)),
        [length] => Some((status, body.get(..length.parse().ok()?)?)),
        _ => None,
    }
}
