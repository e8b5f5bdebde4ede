//! Where a token may go and where it may not, what comes back, and that nothing shows it.

#[path = "http/mod.rs"]
mod http;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use clearjwt::{
    Algorithm, Key, Validation,
    send::{Answer, Bearer, Challenge, Client, Content, SendError, Settings},
};
use http::{Server, answer};
use serde_json::{Value, json};
use ureq::http::{HeaderMap, Method, Request, header::WWW_AUTHENTICATE};

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJob2xkIjoibXkgdG9uZ3VlIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn client() -> Client {
    Client::new(Bearer::token(TOKEN).unwrap())
}

fn authorized(server: &Server) -> Vec<bool> {
    server.received().iter().map(|request| request.header("authorization") == Some(&format!("Bearer {TOKEN}"))).collect()
}

fn refusal(result: Result<Answer, SendError>) -> &'static str {
    result.map(|answer| panic!("there was an answer: {answer:?}")).unwrap_err().code()
}

#[test]
fn a_token_goes_over_http_to_loopback_in_every_spelling() {
    let server = Server::start(|_| answer("200 OK", "", "yes"));
    let six = Server::start_on("[::1]:0", |_| answer("200 OK", "", "yes"));
    let port = server.address.port();
    for url in [format!("http://127.0.0.1:{port}/"), format!("http://localhost:{port}/"), format!("HTTP://LOCALHOST:{port}"), six.url("/")] {
        let answer = client().get(&url).unwrap();
        assert_eq!((answer.status(), answer.body()), (200, &b"yes"[..]), "{url}");
    }
    assert_eq!((authorized(&server), authorized(&six)), (vec![true; 3], vec![true]));
}

#[test]
fn a_token_goes_nowhere_else_over_http_unless_that_is_allowed() {
    let elsewhere = [
        "http://api.example/",
        "http://127.0.0.1.example/",
        "http://localhost.example/",
        "http://localhost./",
        "http://0.0.0.0/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://10.0.0.1/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1]/",
    ];
    for url in elsewhere {
        assert_eq!(refusal(client().get(url)), "not_loopback", "{url}");
    }
    for url in [
        "ftp://127.0.0.1/",
        "/path",
        "127.0.0.1/",
        "http:///",
        "",
        "http://joe@127.0.0.1/",
        "http://joe:secret@127.0.0.1/",
        "https://joe:secret@127.0.0.1/",
        "http://a b/",
    ] {
        assert_eq!(refusal(client().get(url)), "url", "{url}");
    }
    // Allowed by name, it goes as far as the network.
    let allowed = Client::new(Bearer::token(TOKEN).unwrap().allow_http());
    assert!(matches!(
        allowed.get("http://name.invalid/"),
        Err(SendError::HostNotFound | SendError::Connect(_) | SendError::Protocol(_) | SendError::ConnectTimeout)
    ));
}

#[cfg(not(feature = "tls"))]
#[test]
fn https_without_the_feature_names_the_feature() {
    let error = client().get("https://127.0.0.1/").unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("`tls`")), ("needs_tls", true));
}

/// Every redirect status, every kind of location: the token stays with its origin.
#[test]
fn a_redirect_is_followed_to_the_same_origin_only() {
    let elsewhere = Arc::new(Server::start(|_| answer("200 OK", "", "elsewhere")));
    for status in [301, 302, 303, 307, 308] {
        for (kind, followed) in [
            ("same absolute", Some("/next?a=b")),
            ("absolute path", Some("/next")),
            ("relative path", Some("/dir/next")),
            ("up", Some("/next")),
            ("query only", Some("/dir/start?again")),
            ("fragment", Some("/next")),
            ("protocol-relative same", Some("/next")),
            ("other port", None),
            ("other host", None),
            ("other name of the host", None),
            ("protocol-relative other", None),
            ("to https", None),
            ("userinfo", None),
            ("other scheme", None),
            ("no URL", None),
        ] {
            for method in [Method::GET, Method::POST, Method::PUT] {
                let other = elsewhere.address;
                let own = Arc::new(Mutex::new(String::new()));
                let here = Arc::clone(&own);
                let server = Server::start(move |request| {
                    if request.path != "/dir/start" {
                        return answer("200 OK", "", "arrived");
                    }
                    let (own, port) = (here.lock().unwrap().clone(), other.port());
                    let location = match kind {
                        "same absolute" => format!("http://{own}/next?a=b"),
                        "absolute path" => "/next".into(),
                        "relative path" => "next".into(),
                        "up" => "../dir/.././next".into(),
                        "query only" => "?again".into(),
                        "fragment" => "/next#part".into(),
                        "protocol-relative same" => format!("//{own}/next"),
                        "other port" => format!("http://127.0.0.1:{port}/"),
                        "other host" => format!("http://127.0.0.2:{port}/"),
                        "other name of the host" => format!("http://localhost:{}/", own.rsplit(':').next().unwrap()),
                        "protocol-relative other" => format!("//{other}/"),
                        "to https" => format!("https://{own}/"),
                        "userinfo" => format!("http://joe:pw@{own}/next"),
                        "other scheme" => "file:///etc/passwd".into(),
                        _ => "http://[::1".into(),
                    };
                    answer(&format!("{status} Moved"), &format!("location: {location}\r\n"), "moved")
                });
                *own.lock().unwrap() = server.address.to_string();
                let mut request = Request::new(if method == Method::GET { Vec::new() } else { b"body".to_vec() });
                *request.method_mut() = method.clone();
                *request.uri_mut() = server.url("/dir/start").parse().unwrap();
                let case = format!("{status} {kind} {method}");
                match (followed, client().send(request)) {
                    (Some(path), Ok(answer)) => {
                        let requests = server.received();
                        assert_eq!((answer.body(), requests.len()), (&b"arrived"[..], 2), "{case}");
                        assert_eq!(requests[1].path, path, "{case}");
                        let get = method == Method::GET || status == 303 || status < 303 && method == Method::POST;
                        let expected = if get { ("GET", &b""[..], None) } else { (method.as_str(), &b"body"[..], Some("4")) };
                        assert_eq!((requests[1].method.as_str(), &requests[1].body[..], requests[1].header("content-length")), expected, "{case}");
                        assert_eq!(authorized(&server), [true, true], "{case}");
                    }
                    (None, Err(SendError::RedirectElsewhere)) => assert_eq!(server.received().len(), 1, "{case}"),
                    (_, result) => panic!("{case}: {result:?}"),
                }
            }
        }
    }
    assert!(elsewhere.received().is_empty(), "a request went to another origin");
}

#[test]
fn redirects_end() {
    let server = Server::start(|_| answer("302 Found", "location: /again\r\n", ""));
    assert_eq!(refusal(client().get(&server.url("/"))), "too_many_redirects");
    assert_eq!(server.received().len(), 6);
    let none = Client::with_settings(Bearer::token(TOKEN).unwrap(), Settings { max_redirects: 0, ..Settings::default() }).unwrap();
    assert_eq!(refusal(none.get(&server.url("/"))), "too_many_redirects");
    // Without a location it is an answer.
    let server = Server::start(|_| answer("302 Found", "", "where?"));
    assert_eq!(client().get(&server.url("/")).unwrap().status(), 302);
}

#[test]
fn a_stream_is_sent_once() {
    let server = Server::start(|request| if request.path == "/" { answer("307 Moved", "location: /next\r\n", "") } else { answer("200 OK", "", "") });
    for (path, expected) in [("/next", Ok(200)), ("/", Err("redirect_body"))] {
        let request = Request::put(server.url(path)).body(()).unwrap();
        let result = client().open(request, Content::Stream(&mut &b"a stream"[..]));
        assert_eq!(result.map(|answer| answer.status().as_u16()).map_err(|error| error.code()), expected);
    }
    assert_eq!(server.received().iter().map(|request| String::from_utf8_lossy(&request.body).into_owned()).collect::<Vec<_>>(), ["a stream", "a stream"]);
}

#[test]
fn every_method_can_have_a_body() {
    let server = Server::start(|request| answer("200 OK", "", if request.method == "HEAD" { "" } else { "ok" }));
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        for body in ["", "{\"a\":1}"] {
            let request = Request::builder().method(method).uri(server.url("/")).header("x-own", "1").body(body.as_bytes().to_vec()).unwrap();
            assert_eq!(client().send(request).unwrap().status(), 200, "{method} {body}");
            let last = server.received().pop().unwrap();
            assert_eq!((last.method.as_str(), &last.body[..], last.header("x-own")), (method, body.as_bytes(), Some("1")));
        }
    }
    assert!(authorized(&server).into_iter().all(|authorized| authorized));
}

#[test]
fn json_goes_out_and_comes_back() {
    let server = Server::start(|request| answer("201 Created", "content-type: application/json\r\n", &String::from_utf8_lossy(&request.body)));
    let body: Value = client().post(&server.url("/"), &json!({"name": "Zoë"})).unwrap().json().unwrap();
    assert_eq!(body, json!({"name": "Zoë"}));
    assert_eq!(server.received()[0].header("content-type"), Some("application/json"));
    let server = Server::start(|_| answer("200 OK", "", "not json"));
    assert_eq!(client().get(&server.url("/")).unwrap().json::<Value>().unwrap_err().code(), "not_json");
}

#[test]
fn an_answer_of_400_or_more_keeps_its_body() {
    for status in [400, 401, 403, 404, 429, 500, 503] {
        let server = Server::start(move |_| answer(&format!("{status} No"), "x-own: 1\r\n", "because"));
        let answer = client().get(&server.url("/")).unwrap();
        assert_eq!((answer.status(), answer.is_success(), answer.body(), answer.headers()["x-own"].to_str().unwrap()), (status, false, &b"because"[..], "1"));
        assert_eq!(server.received().len(), 1, "{status}: it was sent again");
    }
}

#[test]
fn a_challenge_is_read_among_others() {
    let read = |values: &[&str], scheme: &str| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        Challenge::read(&headers, scheme)
    };
    let challenge = |error: &str, description: Option<&str>, scope: Option<&str>| {
        Some(Challenge { error: Some(error.into()), error_description: description.map(Into::into), scope: scope.map(Into::into) })
    };
    assert_eq!(
        read(&[r#"Bearer realm="a", error="invalid_token", error_description="expired, \"long\" ago""#], "Bearer"),
        challenge("invalid_token", Some("expired, \"long\" ago"), None)
    );
    assert_eq!(
        read(&[r#"Basic realm="a, b", Digest realm="x", nonce="error=no", bearer error=insufficient_scope, scope="read write""#], "Bearer"),
        challenge("insufficient_scope", None, Some("read write"))
    );
    assert_eq!(read(&["Basic realm=a", r#"Bearer error="invalid_request""#], "Bearer"), challenge("invalid_request", None, None));
    assert_eq!(read(&["\"broken", r#"Token error="invalid_token""#], "token"), challenge("invalid_token", None, None));
    assert_eq!(read(&[r#"Bearer realm="a""#], "Bearer"), Some(Challenge::default()));
    assert_eq!(read(&["Basic realm=a", "=,=", ""], "Bearer"), None);
    assert_eq!(read(&[], "Bearer"), None);
}

#[test]
fn a_clock_far_away_is_seen() {
    let date = |ahead: i64| {
        let now = SystemTime::now();
        httpdate_of(if ahead > 0 { now - Duration::from_secs(ahead as u64) } else { now + Duration::from_secs(ahead.unsigned_abs()) })
    };
    for ahead in [7200, -7200, 0] {
        let server = Server::start(move |_| answer("401 No", &format!("date: {}\r\nwww-authenticate: Bearer error=\"invalid_token\"\r\n", date(ahead)), ""));
        let answer = client().get(&server.url("/")).unwrap();
        assert!((answer.clock_ahead().unwrap() - ahead).abs() <= 60, "{ahead}: {:?}", answer.clock_ahead());
        assert_eq!(answer.challenge().unwrap().error.as_deref(), Some("invalid_token"));
    }
    for broken in ["", "date: yesterday\r\n"] {
        let server = Server::start(move |_| answer("200 OK", broken, ""));
        assert_eq!(client().get(&server.url("/")).unwrap().clock_ahead(), None);
    }
}

fn httpdate_of(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)
}

#[test]
fn minted_tokens_are_fresh_and_hold() {
    let key = Key::new(Algorithm::HS256, b"a good key for tests, 32 bytes or more").unwrap();
    let bearer = Bearer::mint(key.clone(), &json!({"user_id": 1234, "aud": "api"}), 60).unwrap();
    let server = Server::start(|request| if request.path == "/" { answer("302 Found", "location: /next\r\n", "") } else { answer("200 OK", "", "") });
    let client = Client::new(bearer);
    for _ in 0..5 {
        client.get(&server.url("/")).unwrap();
    }
    let mut ids = Vec::new();
    for request in server.received() {
        let token = request.header("authorization").unwrap().strip_prefix("Bearer ").unwrap().to_owned();
        let verified = Validation::new().audience("api").max_age(60).max_lifetime(60).verify::<Value>(&token, &key).unwrap();
        assert_eq!(verified.claims()["user_id"], 1234);
        ids.push(verified.registered().jti.unwrap().into_owned());
    }
    // Also the second hop of a redirect has a token of its own.
    assert_eq!(ids.len(), 10);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10);
    for claims in [json!({"exp": 1}), json!({"iat": 1}), json!({"jti": "a"})] {
        assert!(matches!(Bearer::mint(key.clone(), &claims, 60), Err(SendError::MintedClaims)), "{claims}");
    }
    for claims in [json!([]), json!({"aud": 1}), json!(null)] {
        assert!(matches!(Bearer::mint(key.clone(), &claims, 60), Err(SendError::Sign(_))), "{claims}");
    }
}

#[test]
fn the_scheme_can_be_another_word() {
    let server = Server::start(|_| answer("200 OK", "", ""));
    Client::new(Bearer::token(TOKEN).unwrap().scheme("Token").unwrap()).get(&server.url("/")).unwrap();
    assert_eq!(server.received()[0].header("authorization"), Some(format!("Token {TOKEN}").as_str()));
    for word in ["", "two words", "Bearer\r\nX: y", "Bearer:"] {
        assert_eq!(Bearer::token(TOKEN).unwrap().scheme(word).unwrap_err().code(), "authorization_scheme");
    }
    for token in ["", "a b", "a\r\nX: y", "a,b", "é"] {
        assert_eq!(Bearer::token(token).unwrap_err().code(), "authorization_malformed");
    }
}

#[test]
fn a_second_authorization_is_refused() {
    let server = Server::start(|_| answer("200 OK", "", ""));
    let request = Request::get(server.url("/")).header("authorization", "Basic x").body(Vec::new()).unwrap();
    assert_eq!(refusal(client().send(request)), "already_authorized");
    assert!(server.received().is_empty());
}

#[test]
fn threads_share_a_client_and_its_connections() {
    let server = Server::start(|_| answer("200 OK", "", "ok"));
    let client = client();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| assert_eq!(client.get(&server.url("/")).unwrap().status(), 200)));
        }
    });
    assert_eq!(server.received().len(), 200);
    assert!(server.connections() <= 20, "{} connections for 200 requests", server.connections());
}

#[test]
fn as_a_middleware_it_attaches_the_token_and_refuses_where_it_must_not_go() {
    let server = Server::start(|request| if request.path == "/" { answer("302 Found", "location: /next\r\n", "") } else { answer("200 OK", "", "") });
    let sensitive = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&sensitive);
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .middleware(Bearer::token(TOKEN).unwrap())
        .middleware(move |request: Request<ureq::SendBody>, next: ureq::middleware::MiddlewareNext| {
            seen.lock().unwrap().push(request.headers()["authorization"].is_sensitive());
            next.handle(request)
        })
        .proxy(None)
        .build()
        .into();
    assert_eq!(agent.get(server.url("/next")).call().unwrap().status(), 200);
    // By default ureq follows without the token, even to the same origin: safe, and refused there.
    agent.get(server.url("/")).call().unwrap();
    assert_eq!(authorized(&server), [true, true, false]);
    assert_eq!(*sensitive.lock().unwrap(), [true, true]);
    let error = SendError::from(agent.get("http://api.example/").call().unwrap_err());
    assert!(matches!(error, SendError::NotLoopback), "{error:?}");
    let error = SendError::from(agent.get(server.url("/")).header("authorization", "x").call().unwrap_err());
    assert!(matches!(error, SendError::AlreadyAuthorized), "{error:?}");
}

/// What the documentation of `Bearer` warns of is still so; when this fails, the warning can go.
#[test]
fn an_agent_told_to_keep_the_token_on_the_same_host_gives_it_to_every_port() {
    let other = Server::start(|_| answer("200 OK", "", ""));
    let port = other.address.port();
    let server = Server::start(move |_| answer("302 Found", &format!("location: http://127.0.0.1:{port}/\r\n"), ""));
    let config = ureq::Agent::config_builder().redirect_auth_headers(ureq::config::RedirectAuthHeaders::SameHost);
    let agent: ureq::Agent = config.middleware(Bearer::token(TOKEN).unwrap()).proxy(None).build().into();
    agent.get(server.url("/")).call().unwrap();
    assert_eq!(authorized(&other), [true]);
}

#[test]
fn nothing_shows_the_token() {
    let bearer = Bearer::token(TOKEN).unwrap();
    let client = Client::new(bearer.clone());
    let server = Server::start(|_| answer("401 No", "", "x"));
    let answer = client.get(&server.url("/")).unwrap();
    let errors =
        [client.get("http://api.example/").unwrap_err(), client.get("http://127.0.0.1:1/").unwrap_err(), Bearer::token(&format!("{TOKEN} ")).unwrap_err()];
    let mut shown = format!("{bearer:?} {client:?} {answer:?} {errors:?}");
    errors.iter().for_each(|error| shown += &error.to_string());
    for part in TOKEN.split('.') {
        assert!(!shown.contains(part), "{shown}");
    }
}
