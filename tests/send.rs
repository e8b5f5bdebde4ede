//! Where a token may go and where it may not, what comes back, and that nothing shows it.

#[path = "http/mod.rs"]
mod http;

use std::{
    sync::{Arc, Barrier, Mutex},
    time::{Duration, SystemTime},
};

use clearjwt::{
    Algorithm, BearerError, Key, SignError, Validation,
    send::{Answer, Bearer, Challenge, Client, Content, SendError, Settings},
};
use http::{Server, answer};
use proptest::prelude::*;
use serde_json::{Value, json};
use ureq::http::{
    HeaderMap, HeaderValue, Method, Request,
    header::{DATE, WWW_AUTHENTICATE},
};

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

// RFC6750-2.1-1, RFC6750-5.3-9
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
    // All of 127.0.0.0/8; where the system has no more than 127.0.0.1, the network says no, not we.
    for host in ["127.0.0.1", "127.9.9.9", "127.255.255.254", "[::1]", "[0:0:0:0:0:0:0:1]", "localhost", "LocalHost"] {
        assert!(!matches!(client().get(&format!("http://{host}:1/")), Ok(_) | Err(SendError::NotLoopback | SendError::Url)), "{host}");
    }
}

/// A URL that says one host to a person and another to a parser.
#[test]
fn a_url_that_hides_its_host_gets_no_token() {
    let server = Server::start(|_| answer("200 OK", "", "yes"));
    let own = server.address;
    for url in [
        format!("http://api.example@{own}/"),
        format!("http://@{own}/"),
        format!("http://:@{own}/"),
        format!("http://api.example\\@{own}/"),
        format!("http://{own}\\@api.example/"),
        format!("http://{own}@api.example/"),
        format!("http://{own}%2f@api.example/"),
        format!("http://api.example#@{own}/"),
        format!("http://api.example?@{own}/"),
        format!("http:///{own}/"),
        format!("http:\\\\{own}/"),
        format!("//{own}/"),
        format!(" http://{own}/"),
        format!("http://{own}/\r\nX-Own: 1"),
        format!("http://{own}\0/"),
        format!("HTTPS+http://{own}/"),
        format!("ws://{own}/"),
        format!("file://{own}/"),
        // Would be port 80.
        "http://127.0.0.1:65536/".into(),
        "http://127.0.0.1:99999/".into(),
        "http://[::1]:99999/".into(),
        "http://localhost:99999999999999999999/".into(),
        "http://127.0.0.1:-1/".into(),
        "http://:80/".into(),
        "http://:/".into(),
        "http://127.0.0.1.:1/".into(),
        "http://127.0.0.256/".into(),
        "http://0177.0.0.1/".into(),
        "http://127.0.1/".into(),
        "http://[::1%25lo]/".into(),
        "http://[::ffff:7f00:1]/".into(),
        "http://[::1].example/".into(),
        "http://localhost%2eexample/".into(),
        "http://loc\u{e4}lhost/".into(),
        "http://\u{ff4c}ocalhost/".into(),
        "http://ip6-localhost/".into(),
        "http://localhost.localdomain/".into(),
    ] {
        let code = refusal(client().get(&url));
        assert!(["url", "not_loopback"].contains(&code), "{url:?}: {code}");
        // The same, sent by an agent with the middleware alone.
        let agent: ureq::Agent = ureq::Agent::config_builder().middleware(Bearer::token(TOKEN).unwrap()).proxy(None).build().into();
        agent.get(&url).call().unwrap_err();
    }
    assert!(server.received().is_empty(), "{:?}", server.received());
}

// RFC6750-5.2-5, RFC6750-5.3-3, RFC9110-17.16.1-1, RFC6750-5.2-11
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
    let named = |error: SendError| assert_eq!((error.code(), error.to_string().contains("`tls`"), error.is_network()), ("needs_tls", true, false));
    for url in ["https://127.0.0.1/", "https://api.example/", "HTTPS://localhost:1/"] {
        named(client().get(url).unwrap_err());
        let agent: ureq::Agent = ureq::Agent::config_builder().middleware(Bearer::token(TOKEN).unwrap()).proxy(None).build().into();
        named(SendError::from(agent.get(url).call().unwrap_err()));
    }
    named(Client::with_settings(Bearer::token(TOKEN).unwrap(), Settings { roots: Some(Vec::new()), ..Settings::default() }).unwrap_err());
    // A redirect to https is one to elsewhere, as in every build.
    let server = Server::start(|_| answer("301 Moved", "location: https://127.0.0.1/\r\n", ""));
    assert_eq!(refusal(client().get(&server.url("/"))), "redirect_elsewhere");
}

/// Every redirect status, every kind of location: the token stays with its origin.
// RFC6750-5.3-1, RFC9110-15.4-1
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
                    (None, Err(SendError::RedirectLocation)) if kind == "no URL" => assert_eq!(server.received().len(), 1, "{case}"),
                    (None, Err(SendError::RedirectElsewhere)) if kind != "no URL" => assert_eq!(server.received().len(), 1, "{case}"),
                    (_, result) => panic!("{case}: {result:?}"),
                }
            }
        }
    }
    assert!(elsewhere.received().is_empty(), "a request went to another origin");
}

/// Locations that browsers, libraries and servers read in different ways.
#[test]
fn a_location_that_can_be_misread_leads_nowhere_else() {
    let elsewhere = Server::start(|_| answer("200 OK", "", "elsewhere"));
    let (other, location) = (elsewhere.address, Arc::new(Mutex::new(String::new())));
    let next = Arc::clone(&location);
    let server = Server::start(move |request| {
        if request.path == "/dir/start" {
            answer("307 Moved", &next.lock().unwrap(), "moved")
        } else {
            answer("200 OK", "", &format!("arrived at {}", request.path))
        }
    });
    let (own, port) = (server.address, server.address.port());
    // What comes of it: the path where it arrives, or the code of the refusal.
    for (value, expected) in [
        (format!("http://{own}"), "/"),
        (format!("http://{own}?q"), "/?q"),
        (format!("HTTP://{own}/next"), "/next"),
        (format!("http://127.0.0.1:0{port}/next"), "/next"),
        (String::new(), "again"),
        ("#part".into(), "again"),
        ("..".into(), "/"),
        ("../../../../next".into(), "/next"),
        ("./next".into(), "/dir/next"),
        ("next;a=b?c=//d@e:1/#f".into(), "/dir/next;a=b?c=//d@e:1/"),
        ("%2e%2e/next".into(), "/next"),
        ("/%0d%0aX-Own:1".into(), "/%0d%0aX-Own:1"),
        (format!("/{other}/next"), &format!("/{other}/next")),
        (format!("///{other}/"), "redirect_elsewhere"),
        (format!("////{other}/"), "redirect_elsewhere"),
        (format!("/\\{other}/"), "redirect_location"),
        (format!("\\\\{other}/"), "redirect_location"),
        (format!("http:\\\\{other}/"), "redirect_location"),
        (format!("http:/{other}/"), "redirect_elsewhere"),
        (format!("http:{other}"), "redirect_elsewhere"),
        (format!("http:///{other}/"), "redirect_elsewhere"),
        (format!("http://{own}@{other}/"), "redirect_elsewhere"),
        (format!("http://{own}#@{other}/"), "/"),
        (format!("http://{other}#@{own}/"), "redirect_elsewhere"),
        (format!("http://{other}\\@{own}/"), "redirect_location"),
        (format!("http://{other}%00@{own}/"), "redirect_elsewhere"),
        (format!("http://@{own}/next"), "redirect_elsewhere"),
        (format!("http://:@{own}/next"), "redirect_elsewhere"),
        (format!("http://{own}.example/"), "redirect_location"),
        (format!("http://127.1:{port}/next"), "redirect_elsewhere"),
        (format!("http://2130706433:{port}/next"), "redirect_elsewhere"),
        (format!("http://0x7f.1:{port}/next"), "redirect_elsewhere"),
        (format!("http://127.0.0.1.:{port}/next"), "redirect_elsewhere"),
        (format!("http://[::ffff:127.0.0.1]:{port}/next"), "redirect_elsewhere"),
        (format!("http://%31%32%37.0.0.1:{port}/next"), "redirect_elsewhere"),
        ("http://127.0.0.1:/next".into(), "redirect_elsewhere"),
        ("http://127.0.0.1/next".into(), "redirect_elsewhere"),
        (format!("http://127.0.0.1:{}/next", u32::from(port) + 65536), "redirect_elsewhere"),
        (format!("ws://{own}/next"), "redirect_elsewhere"),
        (format!("https:{own}"), "redirect_elsewhere"),
        ("javascript:alert(1)".into(), "redirect_elsewhere"),
        ("data:text/html,hello".into(), "redirect_elsewhere"),
        ("mailto:joe@example.org".into(), "redirect_elsewhere"),
        ("a b".into(), "redirect_location"),
        ("/caf\u{e9}".into(), "redirect_location"),
        ("/%".into(), "redirect_location"),
        ("/|".into(), "redirect_location"),
        (format!("/next, http://{other}/"), "redirect_location"),
        (format!("<http://{own}/next>"), "redirect_location"),
        (format!("/next\r\nlocation: http://{other}/"), "/next"),
        (format!("http://{other}/\r\nlocation: /next"), "redirect_elsewhere"),
        (format!("/next\r\nrefresh: 0; url=http://{other}/\r\ncontent-location: http://{other}/"), "/next"),
    ] {
        *location.lock().unwrap() = format!("location: {value}\r\n");
        let result = client().get(&server.url("/dir/start")).map(|answer| String::from_utf8_lossy(answer.body()).into_owned());
        match expected {
            // To itself, over and over.
            "again" => assert_eq!(result.unwrap_err().code(), "too_many_redirects", "{value:?}"),
            path if path.starts_with('/') => assert_eq!(result.unwrap(), format!("arrived at {path}"), "{value:?}"),
            code => assert_eq!(result.unwrap_err().code(), code, "{value:?}"),
        }
    }
    assert!(elsewhere.received().is_empty(), "a request went to another origin");
    assert!(server.received().iter().all(|request| request.header("x-own").is_none()));
}

/// The host in another case is the same host, its address is another.
#[test]
fn the_name_of_a_host_is_compared_without_case_and_not_resolved() {
    for (location, arrives) in [("http://LOCALHOST:{}/next", true), ("http://127.0.0.1:{}/next", false), ("http://[::1]:{}/next", false)] {
        let port = Arc::new(Mutex::new(0));
        let own = Arc::clone(&port);
        let server = Server::start(move |request| match request.path.as_str() {
            "/" => answer("308 Moved", &format!("location: {}\r\n", location.replace("{}", &own.lock().unwrap().to_string())), ""),
            _ => answer("200 OK", "", "arrived"),
        });
        *port.lock().unwrap() = server.address.port();
        let result = client().get(&format!("http://localhost:{}/", server.address.port()));
        assert_eq!(result.map_err(|error| error.code()).map(|answer| answer.status()), if arrives { Ok(200) } else { Err("redirect_elsewhere") }, "{location}");
        assert_eq!(server.received().len(), 1 + usize::from(arrives));
    }
}

/// `Uri` takes these, and some servers want them.
#[test]
fn a_url_with_characters_that_no_url_has_can_be_redirected_from() {
    let server =
        Server::start(|request| if request.path.starts_with("/a/next") { answer("200 OK", "", "") } else { answer("307 Moved", "location: next\r\n", "") });
    for path in ["/a/{id}", "/a/x|^y?q=`z{}", "/a/caf\u{e9}?\u{1f511}"] {
        assert_eq!(client().get(&server.url(path)).unwrap().status(), 200, "{path}");
        let received = server.received();
        let [.., first, last] = &received[..] else { panic!("{received:?}") };
        assert_eq!((first.path.as_str(), last.path.as_str()), (path, "/a/next"));
    }
}

/// What belongs to the body goes with the body; what is the caller's own stays.
#[test]
fn a_request_that_becomes_a_get_loses_what_described_its_body() {
    let server = Server::start(|request| if request.path == "/" { answer("303 See Other", "location: /next\r\n", "") } else { answer("200 OK", "", "") });
    let request = Request::post(server.url("/")).header("content-type", "text/plain").header("x-own", "1").body(b"body".to_vec()).unwrap();
    client().send(request).unwrap();
    let last = server.received().pop().unwrap();
    assert_eq!((last.method.as_str(), last.header("x-own"), last.header("content-type"), last.header("content-length")), ("GET", Some("1"), None, None));
    assert_eq!((last.header("transfer-encoding"), &last.body[..]), (None, &b""[..]));
    // Neither does a length, or the lack of one, that the caller gave.
    for (name, value) in [("content-length", "4"), ("transfer-encoding", "chunked"), ("expect", "100-continue")] {
        let request = Request::post(server.url("/")).header(name, value).body(()).unwrap();
        client().open(request, Content::Stream(&mut &b"body"[..])).map(|_| ()).unwrap();
        let received = server.received();
        let [.., first, last] = &received[..] else { panic!("{received:?}") };
        assert_eq!((&first.body[..], first.header(name), last.header(name), &last.body[..]), (&b"body"[..], Some(value), None, &b""[..]));
    }
    // A HEAD stays one.
    let request = Request::head(server.url("/")).body(Vec::new()).unwrap();
    client().send(request).unwrap();
    assert_eq!(server.received().pop().unwrap().method, "HEAD");
}

/// Each redirect status: with a body from a stream, what asks for the body again is an error, what asks for a GET is followed.
#[test]
fn a_stream_follows_where_no_body_is_wanted() {
    for (status, method, expected) in [
        (301, Method::POST, Ok("GET")),
        (302, Method::POST, Ok("GET")),
        (303, Method::POST, Ok("GET")),
        (303, Method::PUT, Ok("GET")),
        (307, Method::POST, Err("redirect_body")),
        (308, Method::POST, Err("redirect_body")),
        (301, Method::PUT, Err("redirect_body")),
        (302, Method::PATCH, Err("redirect_body")),
    ] {
        let server = Server::start(
            move |request| if request.path == "/" { answer(&format!("{status} Moved"), "location: /next\r\n", "") } else { answer("200 OK", "", "") },
        );
        let request = Request::builder().method(method.clone()).uri(server.url("/")).body(()).unwrap();
        let result = client().open(request, Content::Stream(&mut &b"a stream"[..]));
        let received = server.received();
        assert_eq!((&received[0].body[..], received[0].header("transfer-encoding")), (&b"a stream"[..], Some("chunked")), "{status} {method}");
        match expected {
            Ok(next) => {
                assert_eq!(result.unwrap().status(), 200);
                assert_eq!((received[1].method.as_str(), &received[1].body[..], received.len()), (next, &b""[..], 2), "{status} {method}");
            }
            Err(code) => assert_eq!((result.map(|_| ()).unwrap_err().code(), received.len()), (code, 1), "{status} {method}"),
        }
        assert!(authorized(&server).into_iter().all(|authorized| authorized));
    }
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
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
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

// RFC9110-11.2-2
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
fn of_several_challenges_and_parameters_the_first_counts() {
    let read = |values: &[&[u8]]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_bytes(value).unwrap());
        }
        Challenge::read(&headers, "Bearer").map(|challenge| challenge.error.unwrap_or_default())
    };
    assert_eq!(read(&[b"Bearer error=\"a\"", b"Bearer error=\"b\""]).as_deref(), Some("a"));
    assert_eq!(read(&[b"Bearer error=\"a\", Bearer error=\"b\""]).as_deref(), Some("a"));
    assert_eq!(read(&[b"BEARER ERROR=a"]).as_deref(), Some("a"));
    assert_eq!(read(&[b"Negotiate, NTLM, Bearer error=\"a\""]).as_deref(), Some("a"));
    // One whose parameters are a token68, which nobody looks into.
    assert_eq!(read(&[b"Negotiate dG9rZW42OA==, Bearer error=\"a\""]).as_deref(), Some("a"));
    assert_eq!(read(&[b"Negotiate dG9rZW42OA==,Bearer realm=\"b, Digest c\",error=\"a\" , NTLM dG9r"]).as_deref(), Some("a"));
    assert_eq!(read(&[b", ,Basic realm = \"b\" , charset=x,\tBearer realm=b , error = \"a\","]).as_deref(), Some("a"));
    assert_eq!(read(&[b"Digest qop=\"auth, Bearer error=\\\"no\", Bearer error=a"]).as_deref(), Some("a"));
    // A broken one takes nobody with it.
    assert_eq!(read(&[b"Basic realm=, Bearer error=a"]).as_deref(), Some("a"));
    assert_eq!(read(&[b"Bearer error=a, =b, Bearer error=c"]).as_deref(), Some("c"));
    assert_eq!(read(&[b"Negotiate dG9rZW42OA==", b"Bearer error=\"a\""]).as_deref(), Some("a"));
    assert_eq!(read(&[b"Basic realm=\"Bearer error=no, Bearer error=\\\"no\"", b"Bearer error=a"]).as_deref(), Some("a"));
    assert_eq!(read(&[b"Bearer"]).as_deref(), Some(""));
    assert_eq!(read(&[b"Bearer realm=\"a\xff\"", b"Bearer error=a"]).as_deref(), Some("a"));
    assert_eq!(read(&[b"Bearerer error=no", b"Bear error=no"]), None);
    assert_eq!(read(&[b"Bearer error=\"unterminated"]), None);
}

proptest! {
    /// Servers write this.
    #[test]
    fn any_challenge_and_any_date_are_read_without_panic(
        values in proptest::collection::vec(proptest::collection::vec(prop_oneof![Just(b' '), Just(b','), Just(b'='), Just(b'"'), Just(b'\\'), Just(b'B'), 0x20_u8..=255], 0..60), 0..4),
        prefix in any::<bool>(),
    ) {
        let mut headers = HeaderMap::new();
        for value in &values {
            let text = [if prefix { &b"Bearer error="[..] } else { b"" }, value].concat();
            if let Ok(value) = HeaderValue::from_bytes(&text) {
                headers.append(WWW_AUTHENTICATE, value.clone());
                headers.append("date", value);
            }
        }
        let _ = Challenge::read(&headers, "Bearer");
        let _ = clearjwt::send::clock_ahead(&headers, SystemTime::now());
    }
}

#[test]
fn any_date_that_a_calendar_has_is_told() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    for (date, expected) in [
        ("Fri, 15 Jan 2027 08:00:00 GMT", Some(0)),
        ("Fri, 15 Jan 2027 07:59:00 GMT", Some(60)),
        ("Fri, 15 Jan 2027 08:01:00 GMT", Some(-60)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(1_800_000_000)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", Some(-251_602_300_799)),
        ("Friday, 15-Jan-27 08:00:00 GMT", Some(0)),
        ("Fri Jan 15 08:00:00 2027", Some(0)),
        ("Fri, 32 Jan 2027 08:00:00 GMT", None),
        ("2027-01-15T08:00:00Z", None),
        ("1800000000", None),
        ("", None),
    ] {
        let headers = HeaderMap::from_iter([(DATE, HeaderValue::from_static(date))]);
        assert_eq!(clearjwt::send::clock_ahead(&headers, now), expected, "{date}");
    }
    assert_eq!(clearjwt::send::clock_ahead(&HeaderMap::new(), now), None);
}

#[test]
fn json_has_the_shape_that_was_asked_for() {
    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Me {
        name: String,
        age: u8,
    }
    for (body, expected) in [
        (r#"{"name": "Zo\u00eb", "age": 33}"#, Some(("Zo\u{eb}", 33))),
        (r#" {"age": 33, "name": "", "more": [1]} "#, Some(("", 33))),
        (r#"{"name": "Joe"}"#, None),
        (r#"{"name": "Joe", "age": 256}"#, None),
        (r#"{"name": "Joe", "age": 33} x"#, None),
        (r#"{"name": "Joe", "age": 33"#, None),
        ("\u{feff}{\"name\": \"Joe\", \"age\": 33}", None),
        ("", None),
        ("null", None),
    ] {
        let server = Server::start(move |_| answer("200 OK", "content-type: text/html\r\n", body));
        let got = client().get(&server.url("/")).unwrap().json::<Me>();
        match expected {
            Some((name, age)) => assert_eq!(got.unwrap(), Me { name: name.into(), age }),
            None => assert_eq!(got.unwrap_err().code(), "not_json", "{body}"),
        }
    }
    // Neither depth nor text that is not UTF-8 does harm.
    let server = Server::start(|_| answer("200 OK", "", &"[".repeat(1 << 20)));
    assert_eq!(client().get(&server.url("/")).unwrap().json::<Vec<u8>>().unwrap_err().code(), "not_json");
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

fn key() -> Key {
    Key::new(Algorithm::HS256, b"a good key for tests, 32 bytes or more").unwrap()
}

// RFC7519-4.1.7-1
#[test]
fn minted_tokens_are_fresh_and_hold() {
    let bearer = Bearer::mint(key(), &json!({"user_id": 1234, "aud": "api"}), 60).unwrap();
    let server = Server::start(|request| if request.path == "/" { answer("302 Found", "location: /next\r\n", "") } else { answer("200 OK", "", "") });
    let client = Client::new(bearer);
    for _ in 0..5 {
        client.get(&server.url("/")).unwrap();
    }
    let mut ids = Vec::new();
    for request in server.received() {
        let token = request.header("authorization").unwrap().strip_prefix("Bearer ").unwrap().to_owned();
        let verified = Validation::new().audience("api").max_age(60).max_lifetime(60).verify::<Value>(&token, key()).unwrap();
        assert_eq!(verified.claims()["user_id"], 1234);
        ids.push(verified.registered().jti.unwrap().into_owned());
    }
    // Also the second hop of a redirect has a token of its own.
    assert_eq!(ids.len(), 10);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10);
    for (lifetime, good) in [(0, false), (1, true), (1 << 52, true), ((1 << 52) + 1, false), (u64::MAX, false)] {
        let bearer = Bearer::mint(key(), &json!({}), lifetime);
        assert_eq!(matches!(bearer, Err(SendError::Lifetime)), !good, "{lifetime}");
        if let Ok(bearer) = bearer {
            assert_eq!(Client::new(bearer).get(&server.url("/next")).unwrap().status(), 200, "{lifetime}");
        }
    }
    for claims in [json!({"exp": 1}), json!({"iat": 1}), json!({"jti": "a"})] {
        assert!(matches!(Bearer::mint(key(), &claims, 60), Err(SendError::MintedClaims)), "{claims}");
    }
    for claims in [json!([]), json!({"aud": 1}), json!(null)] {
        assert!(matches!(Bearer::mint(key(), &claims, 60), Err(SendError::Sign(_))), "{claims}");
    }
    // A number that the claims kept for minting have no room for.
    for (number, good) in [(u128::from(u64::MAX), true), (u128::from(u64::MAX) + 1, false)] {
        let bearer = Bearer::mint(key(), &std::collections::BTreeMap::from([("x", number)]), 60);
        assert_eq!(bearer.map(drop).map_err(|error| error.code()), if good { Ok(()) } else { Err("minted_claims") });
    }
}

#[test]
fn the_scheme_can_be_another_word() {
    let server = Server::start(|_| answer("200 OK", "", ""));
    Client::new(Bearer::token(TOKEN).unwrap().scheme("Token").unwrap()).get(&server.url("/")).unwrap();
    assert_eq!(server.received()[0].header("authorization"), Some(format!("Token {TOKEN}").as_str()));
    Client::new(Bearer::mint(key(), &json!({}), 60).unwrap().scheme("Token").unwrap()).get(&server.url("/")).unwrap();
    assert!(server.received()[1].header("authorization").unwrap().starts_with("Token eyJ"));
    for word in ["", "two words", "Bearer\r\nX: y", "Bearer:"] {
        assert_eq!(Bearer::token(TOKEN).unwrap().scheme(word).unwrap_err().code(), "authorization_scheme");
    }
    for token in ["", "a b", "a\r\nX: y", "a,b", "é"] {
        assert_eq!(Bearer::token(token).unwrap_err().code(), "authorization_malformed");
    }
}

// RFC6750-2-1
#[test]
fn a_second_authorization_is_refused() {
    let server = Server::start(|_| answer("200 OK", "", ""));
    let request = Request::get(server.url("/")).header("authorization", "Basic x").body(Vec::new()).unwrap();
    assert_eq!(refusal(client().send(request)), "already_authorized");
    assert!(server.received().is_empty());
}

#[test]
fn threads_share_a_client_and_its_connections() {
    const THREADS: usize = 32;
    // All are answered at a time, and all begin anew at a time: each needs a connection, and none a new one.
    let (answered, done) = (Arc::new(Barrier::new(THREADS)), Barrier::new(THREADS));
    let server = Server::start(move |_| {
        answered.wait();
        answer("200 OK", "", "ok")
    });
    let client = client();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(client.get(&server.url("/")).unwrap().status(), 200);
                    done.wait();
                }
            });
        }
    });
    assert_eq!((server.received().len(), server.connections()), (5 * THREADS, THREADS));
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

#[test]
fn what_would_not_be_sent_is_known_beforehand() {
    let server = Server::start(|_| answer("200 OK", "", ""));
    let url = server.url("/");
    for (url, name, value, body, code) in [
        (url.as_str(), "x-own", "1", "body", None),
        (&url, "content-length", "4", "body", None),
        (&url, "content-length", "0", "body", Some("length")),
        (&url, "transfer-encoding", "gzip", "body", Some("length")),
        (&url, "AUTHORIZATION", "Basic x", "", Some("already_authorized")),
        ("http://api.example/", "x-own", "1", "", Some("not_loopback")),
        ("http://joe@127.0.0.1/", "x-own", "1", "", Some("url")),
        ("/path", "x-own", "1", "", Some("url")),
        ("ws://127.0.0.1/", "x-own", "1", "", Some("url")),
    ] {
        let request = Request::post(url).header(name, value).body(()).unwrap();
        let checked = client().check(&request, &Content::Bytes(body.as_bytes())).map_err(|error| error.code());
        assert_eq!(checked.err(), code, "{url} {name}: {value}");
        let before = server.received().len();
        assert_eq!(client().open(request, Content::Bytes(body.as_bytes())).map_err(|error| error.code()).err(), code, "{url} {name}: {value}");
        assert_eq!(server.received().len() - before, usize::from(code.is_none()), "{url} {name}: {value}");
    }
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
    // Nor what a server makes of it, in a header that is none, in a location, in a body that is no JSON.
    for text in ["HTTP/1.1 200 OK\r\n{}\r\n\r\n", "{}\r\n\r\n", "HTTP/1.1 {} OK\r\n\r\n", "HTTP/1.1 302 Found\r\nlocation: http://{}.example/{}?{}\r\n\r\n"] {
        let server = Server::start(move |request| text.replace("{}", request.header("authorization").unwrap().trim_start_matches("Bearer ")));
        let settings = Settings { timeout: Duration::from_millis(500), ..Settings::default() };
        let error = Client::with_settings(bearer.clone(), settings).unwrap().get(&server.url("/")).unwrap_err();
        shown += &format!("{error} {error:?}");
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = cause {
            shown += &error.to_string();
            cause = error.source();
        }
    }
    let server = Server::start(|request| {
        http::answer("401 No", &format!("x-echo: {}\r\n", request.header("authorization").unwrap()), request.header("authorization").unwrap())
    });
    let echo = client.get(&server.url("/")).unwrap();
    shown += &format!("{echo:?} {}", echo.json::<Value>().unwrap_err());
    for part in TOKEN.split('.') {
        assert!(!shown.contains(part), "{shown}");
    }
}

/// An agent with the middleware gives errors of its own, and so does who reads a body.
#[test]
fn what_an_agent_says_becomes_an_error_of_its_kind() {
    use std::io::{Error, ErrorKind};
    use ureq::{Error::*, Timeout as Limit};
    let io = |kind| Io(Error::from(kind));
    for (error, code) in [
        (Timeout(Limit::Resolve), "connect_timeout"),
        (Timeout(Limit::Connect), "connect_timeout"),
        (Timeout(Limit::RecvBody), "timeout"),
        (BodyExceedsLimit(9), "body_too_large"),
        (LargeResponseHeader(2, 1), "header_too_large"),
        (HostNotFound, "host_not_found"),
        (BadUri("/".into()), "url"),
        (TlsRequired, "needs_tls"),
        (ConnectionFailed, "connect"),
        (ConnectProxyFailed("no".into()), "connect"),
        (InvalidProxyUrl, "connect"),
        (Tls("no"), "tls"),
        (RedirectFailed, "protocol"),
        (Other(Box::new(SendError::Length)), "length"),
        (Other("of another middleware".into()), "protocol"),
        (io(ErrorKind::TimedOut), "timeout"),
        (io(ErrorKind::WouldBlock), "timeout"),
        (io(ErrorKind::ConnectionRefused), "connect"),
        (io(ErrorKind::ConnectionReset), "protocol"),
        (Io(Error::other(HostNotFound)), "host_not_found"),
        (Io(Error::other("no")), "protocol"),
        #[cfg(feature = "tls")]
        (Rustls(rustls::Error::DecryptError), "tls"),
        #[cfg(feature = "tls")]
        (Io(Error::other(rustls::Error::DecryptError)), "tls"),
    ] {
        let said = error.to_string();
        assert_eq!(SendError::from(error).code(), code, "{said}");
    }
}

#[test]
fn an_error_names_the_one_that_it_comes_from() {
    let source = |error: SendError| std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(source(Bearer::token("a b").unwrap_err()), Some(BearerError::Malformed.to_string()));
    assert_eq!(source(Bearer::mint(key(), &json!({"exp": "x"}), 60).unwrap_err()), Some(SignError::ClaimType { claim: "exp" }.to_string()));
    assert_eq!(source(client().get("http://api.example/").unwrap_err()), None);
}

/// One plain sentence each, without a full stop, a code of its own, and a clause that the table of requirements has.
#[test]
fn every_error_says_what_it_is() {
    let all = [
        SendError::Url,
        SendError::NeedsTls,
        SendError::NotLoopback,
        SendError::AlreadyAuthorized,
        SendError::Token(BearerError::Malformed),
        SendError::Sign(SignError::Serialize),
        SendError::MintedClaims,
        SendError::Lifetime,
        SendError::System,
        SendError::Body,
        SendError::Length,
        SendError::NotJson,
        SendError::RedirectElsewhere,
        SendError::RedirectLocation,
        SendError::RedirectBody,
        SendError::TooManyRedirects,
        SendError::Roots,
        SendError::ConnectTimeout,
        SendError::Timeout,
        SendError::BodyTooLarge(9),
        SendError::HeaderTooLarge,
        SendError::HostNotFound,
        SendError::Connect("refused".into()),
        SendError::Tls("expired".into()),
        SendError::Protocol("garbage".into()),
    ];
    let known = include_str!("requirements.tsv");
    let mut codes = Vec::new();
    for error in &all {
        let text = error.to_string();
        assert!(text.len() > 15 && !text.ends_with('.') && !text.contains('\n') && text.starts_with(char::is_lowercase) | text.starts_with("https"), "{text}");
        assert!(error.clause().is_none_or(|clause| known.lines().any(|line| line.starts_with(&format!("{clause}\t")))), "{error:?}");
        codes.push(error.code());
    }
    assert!(all[19].to_string().contains("9 bytes") && all[24].to_string().contains("garbage"));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), all.len(), "{codes:?}");
}
