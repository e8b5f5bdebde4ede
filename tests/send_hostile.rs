//! Servers that mean no good: every case ends, in an answer that is true or in an error that says which limit it was.

#[path = "http/mod.rs"]
mod http;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, atomic::Ordering, mpsc},
    thread,
    time::Duration,
};

use clearjwt::send::{Bearer, Client, Content, SendError, Settings};
use http::hostile;
use ureq::http::Request;

/// Counts what a thread allocates, and the most that it ever held.
struct Counting;

thread_local! {
    static NOW: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(octets: isize) {
    NOW.set(NOW.get() + octets);
    MOST.set(MOST.get().max(NOW.get()));
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Small limits, so that a server that stalls costs little.
fn client() -> Client {
    let settings = Settings { timeout: Duration::from_millis(400), connect_timeout: Duration::from_millis(400), max_body: 1 << 16, ..Settings::default() };
    Client::with_settings(Bearer::token("a.b.c").unwrap(), settings).unwrap()
}

/// What a client holds at most: a body of 64 KiB, the buffers of its connections, and what they grow by.
const MEMORY: isize = 1 << 20;

/// Runs the case on a thread of its own: one that never ends fails here, and one that holds much.
fn within<T: Send + 'static>(name: &str, case: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let result = case();
        sender.send((result, MOST.get()))
    });
    let (result, most) = receiver.recv_timeout(Duration::from_secs(30)).unwrap_or_else(|error| panic!("{name}: no end: {error}"));
    assert!(most < MEMORY, "{name}: {most} bytes were held at a time");
    result
}

/// The code of what became of a GET: of the error, or "status length" of the answer.
fn outcome(name: &str, talk: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> String {
    let (address, requests) = hostile(talk);
    let result = within(name, move || client().get(&format!("http://{address}/")));
    assert!(requests.load(Ordering::SeqCst) <= 1, "{name}: it was sent again");
    match result {
        Ok(answer) => format!("{} {}", answer.status(), answer.body().len()),
        Err(error) => error.code().to_owned(),
    }
}

/// Waits until the client gives up.
fn stall(stream: &mut TcpStream) {
    let _ = stream.read_to_end(&mut Vec::new());
}

fn drip(stream: &mut TcpStream, bytes: impl Iterator<Item = u8>) {
    for byte in bytes {
        if stream.write_all(&[byte]).is_err() {
            return;
        }
        // A byte now and then; the client's own limit ends it.
        thread::park_timeout(Duration::from_millis(50));
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello";

#[test]
fn a_server_that_stalls_or_drips_meets_the_time_limit() {
    for (name, end) in [("at once", 0), ("in the status line", 10), ("in the header", 30), ("before the body", OK.len() - 5), ("in the body", OK.len() - 2)] {
        let got = outcome(name, move |stream| {
            let _ = stream.write_all(&OK.as_bytes()[..end]);
            stall(stream);
        });
        assert_eq!(got, "timeout", "{name}");
    }
    assert_eq!(outcome("drips its header", |stream| drip(stream, OK.bytes().chain(std::iter::repeat(b'x')))), "timeout");
    assert_eq!(
        outcome("drips its body", |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n");
            drip(stream, std::iter::repeat_n(b'x', 99999));
        }),
        "timeout"
    );
    assert_eq!(
        outcome("drips chunks", |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            drip(stream, b"1\r\nx\r\n".iter().copied().cycle());
        }),
        "timeout"
    );
}

#[test]
fn an_endless_answer_meets_its_limit() {
    let endless = |head: &'static str, piece: &'static [u8]| {
        move |stream: &mut TcpStream| {
            let _ = stream.write_all(head.as_bytes());
            while stream.write_all(piece).is_ok() {}
        }
    };
    const KB: &[u8] = &[b'x'; 1024];
    assert_eq!(outcome("endless body", endless("HTTP/1.1 200 OK\r\n\r\n", KB)), "body_too_large");
    assert_eq!(outcome("a body as long as it says", endless("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n", KB)), "body_too_large");
    assert_eq!(outcome("endless chunks", endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"8\r\nxxxxxxxx\r\n")), "body_too_large");
    assert_eq!(outcome("an endless chunk", endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n", KB)), "body_too_large");
    assert_eq!(outcome("gzip that nobody asked for", endless("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n", KB)), "body_too_large");
    for (name, head, piece) in [
        ("endless headers", "HTTP/1.1 200 OK\r\n", &b"x-more: and more\r\n"[..]),
        ("an endless header", "HTTP/1.1 200 OK\r\nx: ", KB),
        ("an endless status line", "HTTP/1.1 200 ", KB),
        ("an endless name", "HTTP/1.1 200 OK\r\n", KB),
        ("endless nothing", "", b"\r\n"),
        ("endless interim answers", "", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ("endless early hints", "", b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"),
        ("an endless trailer", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n"),
        ("an endless chunk size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"0"),
        ("an endless chunk extension", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;", b"x"),
    ] {
        let got = outcome(name, endless(head, piece));
        assert!(["header_too_large", "protocol", "timeout"].contains(&got.as_str()), "{name}: {got}");
    }
}

#[test]
fn an_answer_that_is_no_http_is_named_so() {
    for (name, bytes) in [
        ("nothing", &b""[..]),
        ("HTTP/0.9", b"<html>hello</html>"),
        ("garbage", &[0xde, 0xad, 0xbe, 0xef, 0x00, 0x0d, 0x0a, 0x0d, 0x0a]),
        ("NUL", &[0; 64]),
        ("another protocol", b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("no status", b"HTTP/1.1 OK\r\n\r\n"),
        ("a status of two digits", b"HTTP/1.1 20 OK\r\n\r\n"),
        ("a header without colon", b"HTTP/1.1 200 OK\r\nbroken\r\n\r\n"),
        ("a header name with a space", b"HTTP/1.1 200 OK\r\nx y: z\r\n\r\n"),
        ("NUL in a header", b"HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n"),
        ("a negative length", b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"),
        ("a length that is no number", b"HTTP/1.1 200 OK\r\ncontent-length: five\r\n\r\nhello"),
        ("a length beyond numbers", b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\nhello"),
        ("a chunk size that is no number", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n"),
        ("a negative chunk size", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n"),
        ("a chunk size beyond numbers", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        ("a chunk without its line end", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n"),
        ("TLS", &[0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]),
    ] {
        let got = outcome(name, move |stream| {
            let _ = stream.write_all(bytes);
        });
        assert!(["protocol", "timeout"].contains(&got.as_str()), "{name}: {got}");
    }
}

#[test]
fn an_answer_cut_off_anywhere_is_no_answer() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    // Of the chunked one only the last line end, after the last chunk, may be missing: all of the body is there.
    for (whole, missing) in [(OK, 1), (chunked, 3)] {
        for end in 0..=whole.len() - missing {
            let got = outcome("cut off", move |stream| {
                let _ = stream.write_all(&whole.as_bytes()[..end]);
                let _ = stream.shutdown(Shutdown::Both);
            });
            assert_eq!(got, "protocol", "cut off at {end} of {whole:?}");
        }
        assert_eq!(
            outcome("whole", move |stream| {
                let _ = stream.write_all(whole.as_bytes());
            }),
            "200 5"
        );
    }
}

#[test]
fn two_lengths_are_not_both_believed() {
    for head in ["content-length: 5\r\ncontent-length: 6\r\n", "content-length: 5, 6\r\n", "content-length: 3\r\ntransfer-encoding: chunked\r\n"] {
        let got = outcome(head, move |stream| {
            let _ = write!(stream, "HTTP/1.1 200 OK\r\n{head}\r\nhello");
        });
        // Either reading is a refusal or is cut at the first length; never more than was sent.
        assert!(["protocol", "timeout", "200 5"].contains(&got.as_str()), "{head:?}: {got}");
    }
    // More than was announced is not read.
    let got = outcome("too short a length", |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhello");
    });
    assert_eq!(got, "200 2");
}

#[test]
fn a_server_that_never_reads_meets_the_time_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // Accepts, and holds the connection without reading.
    let (done, wait) = mpsc::channel::<()>();
    thread::spawn(move || {
        let held = listener.accept();
        let _ = wait.recv();
        drop(held);
    });
    let code = within("never reads", move || {
        let request = Request::post(format!("http://{address}/")).body(()).unwrap();
        client().open(request, Content::Stream(&mut std::io::repeat(b'x'))).map(|_| "an answer").unwrap_or_else(|error| error.code())
    });
    assert_eq!(code, "timeout");
    drop(done);
}

#[test]
fn a_request_on_a_connection_that_was_closed_meanwhile_is_sent_at_most_once() {
    // Answers the first request and closes without a word, as servers do with connections that idle.
    let (address, requests) = hostile(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
    let client = client();
    for _ in 0..10 {
        let before = requests.load(Ordering::SeqCst);
        let result = client.post(&format!("http://{address}/"), &1);
        let sent = requests.load(Ordering::SeqCst) - before;
        assert!(sent <= 1, "one POST was sent {sent} times");
        assert!(result.is_ok() == (sent == 1), "{result:?}");
    }
}

#[test]
fn nobody_there_is_told_from_nobody_known() {
    assert_eq!(client().get("http://127.0.0.1:1/").unwrap_err().code(), "connect");
    let stalled =
        Client::with_settings(Bearer::token("a.b.c").unwrap().allow_http(), Settings { connect_timeout: Duration::from_millis(300), ..Settings::default() });
    let error = within("an unknown name", move || stalled.unwrap().get("http://name.invalid/").unwrap_err());
    assert!(matches!(error, SendError::HostNotFound | SendError::Connect(_) | SendError::ConnectTimeout | SendError::Protocol(_)), "{error:?}");
}

/// A server that keeps connections open and answers the request `index` of each with what `answer` writes.
fn kept_alive(answer: impl Fn(&http::Received, usize, &mut TcpStream) -> bool + Send + Sync + 'static) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, seen, answer) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
    let noted = Arc::clone(&seen);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (noted, answer) = (Arc::clone(&noted), Arc::clone(&answer));
            thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                for index in 0.. {
                    let Some(request) = http::read(&mut reader) else { return };
                    noted.lock().unwrap().push(format!("{} {}", request.method, request.path));
                    if !answer(&request, index, reader.get_mut()) {
                        return;
                    }
                }
            });
        }
    });
    (address, seen)
}

fn request(method: &str, url: &str, body: &[u8]) -> Request<Vec<u8>> {
    Request::builder().method(method).uri(url).body(body.to_vec()).unwrap()
}

#[test]
fn what_an_answer_says_of_its_length_holds() {
    for (head, rest, expected) in [
        ("content-length: 5\r\n", "hello", "200 5"),
        ("content-length: 0\r\n", "hello", "200 0"),
        ("content-length: 5\r\ncontent-length: 5\r\n", "hello", "200 5"),
        ("content-length: 5, 5\r\n", "hello", "200 5"),
        ("content-length: 5\r\ncontent-length: 6\r\n", "hello!", "protocol"),
        ("content-length: 6\r\ncontent-length: 5\r\n", "hello!", "protocol"),
        ("content-length: 5, 6\r\n", "hello!", "protocol"),
        ("content-length: +5\r\n", "hello", "protocol"),
        ("content-length: 0x5\r\n", "hello", "protocol"),
        ("content-length: 5.0\r\n", "hello", "protocol"),
        ("content-length: \r\n", "hello", "protocol"),
        ("content-length: 18446744073709551616\r\n", "hello", "protocol"),
        ("content-length: 18446744073709551615\r\n", "hello", "protocol"),
        ("content-length: 6\r\n", "hello", "protocol"),
        ("content-length: 65536\r\n", "hello", "protocol"),
        // Where both are given the chunks count (RFC 9112 section 6.3).
        ("content-length: 3\r\ntransfer-encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n", "200 5"),
        ("transfer-encoding: chunked\r\ncontent-length: 99\r\n", "5\r\nhello\r\n0\r\n\r\n", "200 5"),
        ("transfer-encoding: chunked\r\n", "5;extension=yes\r\nhello\r\n0\r\ntrailer: yes\r\n\r\n", "200 5"),
        ("transfer-encoding: chunked\r\n", "5\r\nhello\r\n", "protocol"),
        ("transfer-encoding: chunked\r\n", "5\r\nhel", "protocol"),
        ("transfer-encoding: chunked\r\n", "5\r\nhello0\r\n\r\n", "protocol"),
        ("transfer-encoding: chunked\r\n", "6\r\nhello\r\n0\r\n\r\n", "protocol"),
        ("transfer-encoding: chunked\r\n", "4\r\nhello\r\n0\r\n\r\n", "protocol"),
        ("transfer-encoding: chunked\r\n", "5\nhello\n0\n\n", "protocol"),
        ("transfer-encoding: chunked\r\n", "\r\nhello\r\n0\r\n\r\n", "protocol"),
        ("transfer-encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "protocol"),
        ("transfer-encoding: chunked\r\n", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n", "protocol"),
        ("transfer-encoding: chunked\r\n", "\0\r\nhello\r\n0\r\n\r\n", "protocol"),
        // What is labelled as packed is given out as it came: there is nothing to unpack, and no bomb.
        ("content-encoding: gzip\r\ncontent-length: 5\r\n", "hello", "200 5"),
        ("content-encoding: br\r\ncontent-length: 5\r\n", "hello", "200 5"),
        // Up to the end of the connection.
        ("", "hello", "200 5"),
        ("connection: keep-alive\r\n", "hello", "200 5"),
    ] {
        let got = outcome(head, move |stream| drop(write!(stream, "HTTP/1.1 200 OK\r\n{head}\r\n{rest}")));
        assert_eq!(got, expected, "{head:?} {rest:?}");
    }
}

#[test]
fn an_answer_of_any_status_ends_where_its_status_says() {
    for (text, expected) in [
        ("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello", "204 0"),
        ("HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", "304 0"),
        ("HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n", "101 0"),
        ("HTTP/1.0 200 OK\r\n\r\nhello", "200 5"),
        ("HTTP/1.1 999 Whatever\r\ncontent-length: 5\r\n\r\nhello", "999 5"),
        ("HTTP/1.1 200\r\ncontent-length: 5\r\n\r\nhello", "200 5"),
        ("HTTP/1.1 000 No\r\ncontent-length: 0\r\n\r\n", "protocol"),
        ("HTTP/1.1 100 Continue\r\n\r\n", "protocol"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", "200 5"),
        ("HTTP/1.1 300 Choose\r\nlocation: /x\r\ncontent-length: 5\r\n\r\nhello", "300 5"),
        ("HTTP/1.1 304 Not Modified\r\nlocation: /x\r\n\r\n", "304 0"),
        ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\n\r\n", "redirect_elsewhere"),
        ("HTTP/1.1 302 Found\r\nlocation: /x\r\n", "protocol"),
    ] {
        let got = outcome(text, move |stream| drop(stream.write_all(text.as_bytes())));
        assert_eq!(got, expected, "{text:?}");
    }
}

#[test]
fn a_header_has_a_limit_of_64_kib_and_128_fields() {
    for (length, expected) in [(60 << 10, "200 0"), (64 << 10, "header_too_large"), (80 << 10, "header_too_large")] {
        let got = outcome("one large field", move |stream| drop(write!(stream, "HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 0\r\n\r\n", "x".repeat(length))));
        assert_eq!(got, expected, "{length}");
    }
    for (count, expected) in [(100, "200 0"), (127, "200 0"), (128, "protocol"), (5000, "protocol")] {
        let got = outcome("many fields", move |stream| drop(write!(stream, "HTTP/1.1 200 OK\r\n{}content-length: 0\r\n\r\n", "x: y\r\n".repeat(count))));
        assert_eq!(got, expected, "{count}");
    }
}

#[test]
fn an_answer_without_length_that_ends_in_a_reset_is_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // What is left unread makes a reset of the close.
            let _ = stream.peek(&mut [0]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhalf of it");
        }
    });
    for _ in 0..20 {
        let error = within("reset", move || client().get(&format!("http://{address}/")).unwrap_err());
        assert_eq!(error.code(), "protocol", "{error:?}");
    }
}

/// What a server sends beyond an answer must never be taken for the answer to the next request.
#[test]
fn an_answer_belongs_to_its_own_request() {
    const STALE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstale";
    for (name, method, first) in [
        ("two answers", "GET", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"),
        ("two answers in chunks", "POST", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        ("a body for HEAD", "HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 47\r\n\r\n"),
        ("a body for 204", "GET", "HTTP/1.1 204 No Content\r\n\r\n"),
        ("a body for 304", "GET", "HTTP/1.1 304 Not Modified\r\ncontent-length: 47\r\n\r\n"),
        ("more than its length", "GET", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
        ("two answers to an error", "PUT", "HTTP/1.1 401 No\r\ncontent-length: 2\r\n\r\nno"),
        ("a redirect and an answer", "GET", "HTTP/1.1 302 Found\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n"),
    ] {
        let (address, seen) = kept_alive(move |request, _, stream| {
            let text = if request.path == "/next" { "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nright".to_owned() } else { format!("{first}{STALE}") };
            stream.write_all(text.as_bytes()).is_ok()
        });
        let second = within(name, move || {
            let client = client();
            let _ = client.send(request(method, &format!("http://{address}/"), b""));
            client.get(&format!("http://{address}/next")).unwrap().body().to_vec()
        });
        assert_eq!(second, b"right", "{name}");
        let seen = seen.lock().unwrap();
        assert!(seen.len() <= 3, "{name}: {seen:?}");
    }
}

/// The second request of a connection is read and not answered: it may have been acted on, so it is not sent again.
#[test]
fn a_request_that_got_no_answer_is_not_sent_again() {
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        for partly in [&b""[..], b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] {
            if method == "HEAD" && partly.ends_with(b"half") {
                continue;
            }
            let (address, seen) = kept_alive(move |_, index, stream| {
                let answer: &[u8] = if index == 0 { b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n" } else { partly };
                stream.write_all(answer).is_ok() && index == 0
            });
            let code = within(method, move || {
                let client = client();
                let url = format!("http://{address}/");
                client.send(request(method, &url, b"")).unwrap();
                client.send(request(method, &url, b"")).unwrap_err().code()
            });
            assert_eq!(code, "protocol", "{method}");
            assert_eq!(seen.lock().unwrap().len(), 2, "{method}: {:?}", seen.lock().unwrap());
        }
    }
}

#[test]
fn all_hops_share_one_time_limit() {
    let (address, seen) = kept_alive(|_, _, stream| {
        // Less than the limit for each, more for all.
        thread::park_timeout(Duration::from_millis(150));
        stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n").is_ok()
    });
    let error = within("slow redirects", move || client().get(&format!("http://{address}/")).unwrap_err());
    assert_eq!(error.code(), "timeout");
    assert!(seen.lock().unwrap().len() <= 4, "{:?}", seen.lock().unwrap());
}

/// Each limit is for what it says: the one for connecting ends there, and the one for a call with the call.
#[test]
fn a_limit_does_not_outlive_what_it_limits() {
    let (address, seen) = kept_alive(|_, _, stream| {
        thread::park_timeout(Duration::from_millis(150));
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no");
        thread::park_timeout(Duration::from_millis(150));
        stream.write_all(b"k").is_ok()
    });
    // Too short for an answer, and too short for all of these calls together.
    for (connect_timeout, timeout, calls) in [(200, 20_000, 2), (20_000, 1_200, 6)] {
        let settings = Settings { connect_timeout: Duration::from_millis(connect_timeout), timeout: Duration::from_millis(timeout), ..Settings::default() };
        let client = Client::with_settings(Bearer::token("a.b.c").unwrap(), settings).unwrap();
        let bodies =
            within("limits", move || (0..calls).map(|_| client.get(&format!("http://{address}/")).map(|answer| answer.body().to_vec())).collect::<Vec<_>>());
        assert!(bodies.iter().all(|body| body.as_deref().is_ok_and(|body| body == b"ok")), "{connect_timeout} {timeout}: {bodies:?}");
    }
    assert_eq!(seen.lock().unwrap().len(), 8);
}

#[test]
fn the_body_of_a_redirect_is_not_waited_for() {
    let (address, _) = kept_alive(|request, _, stream| {
        if request.path == "/next" {
            return stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").is_ok();
        }
        let _ = stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: /next\r\ncontent-length: 99999999\r\n\r\n");
        while stream.write_all(&[b'x'; 1024]).is_ok() {}
        false
    });
    assert_eq!(within("an endless redirect", move || client().get(&format!("http://{address}/")).unwrap().body().to_vec()), b"ok");
}

/// Sends a large body of each kind; gives the answer, and how much of a stream was read for it.
fn upload(
    address: SocketAddr,
    kind: &'static str,
    size: u32,
    headers: &[(&'static str, &'static str)],
) -> impl FnOnce() -> Result<String, SendError> + Send + 'static {
    let headers = headers.to_vec();
    // Not on the thread whose memory is counted.
    let bytes = if kind == "bytes" { vec![b'x'; size as usize] } else { Vec::new() };
    move || {
        let mut builder = Request::post(format!("http://{address}/"));
        if kind == "a stream with a length" {
            builder = builder.header("content-length", size);
        }
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        let request = builder.body(()).unwrap();
        let mut stream = std::io::repeat(b'x').take(size.into());
        // A busy machine is given all of the second that the wait may take.
        let client = Client::new(Bearer::token("a.b.c").unwrap());
        let answer = client.open(request, if kind == "bytes" { Content::Bytes(&bytes) } else { Content::Stream(&mut stream) })?;
        let status = answer.status().as_u16();
        let mut text = String::new();
        answer.into_body().read_to_string(&mut text)?;
        Ok(format!("{status} {text} {}", u64::from(size) - stream.limit()))
    }
}

/// `ureq` writes the whole body before it reads: what the server says meanwhile would be lost.
#[test]
fn a_refusal_that_comes_before_a_large_body_is_not_lost() {
    for kind in ["a stream", "a stream with a length", "bytes"] {
        for status in [401, 403, 413, 500] {
            for stays in [false, true] {
                let (address, requests) = hostile(move |stream| {
                    let _ = write!(stream, "HTTP/1.1 {status} No\r\ncontent-length: 3\r\n\r\nwhy");
                    if stays {
                        stall(stream);
                    }
                });
                let name = format!("{status} for {kind}, {stays}");
                assert_eq!(within(&name, upload(address, kind, 100 << 20, &[])).map_err(|error| error.code()), Ok(format!("{status} why 0")), "{name}");
                assert_eq!(requests.load(Ordering::SeqCst), 1, "{name}");
            }
        }
    }
}

/// Servers that do not know expectations, or say more of them than most.
#[test]
fn whatever_a_server_makes_of_the_expectation_the_body_arrives() {
    for (name, interim) in [
        ("asks for it", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("says nothing, until it was waited long enough", ""),
        ("asks with header fields", "HTTP/1.1 100 Continue\r\nserver: x\r\ndate: Fri, 15 Jan 2027 08:00:00 GMT\r\n\r\n"),
        ("gives hints first", "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"),
        ("is processing", "HTTP/1.1 102 Processing\r\n\r\n"),
        ("asks twice", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"),
    ] {
        let (address, _) = hostile(move |stream| {
            let _ = stream.write_all(interim.as_bytes());
            let mut body = vec![0; 2 << 20];
            if stream.read_exact(&mut body).is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            }
        });
        let text = within(name, move || {
            let client = Client::with_settings(Bearer::token("a.b.c").unwrap(), Settings { timeout: Duration::from_secs(4), ..Settings::default() }).unwrap();
            let request = Request::post(format!("http://{address}/")).header("content-length", 2 << 20).body(()).unwrap();
            let mut text = String::new();
            client.open(request, Content::Stream(&mut std::io::repeat(b'x')))?.into_body().read_to_string(&mut text)?;
            Ok::<_, SendError>(text)
        });
        assert_eq!(text.map_err(|error| error.code()).as_deref(), Ok("ok"), "{name}");
    }
}

/// It waits for a word of the server, which says none, says one without end, or goes.
#[test]
fn a_server_that_says_too_much_or_goes_instead_of_asking_for_the_body_meets_a_limit() {
    for kind in ["a stream", "a stream with a length", "bytes"] {
        let failure = |name: &str, talk: fn(&mut TcpStream)| {
            let (address, requests) = hostile(talk);
            let got = within(name, upload(address, kind, 2 << 20, &[])).map_err(|error| error.code());
            assert_eq!(requests.load(Ordering::SeqCst), 1, "{name} {kind}");
            got.unwrap_err()
        };
        assert_eq!(failure("goes", |_| ()), "protocol", "{kind}");
        assert_eq!(failure("goes in the middle", |stream| drop(stream.write_all(&OK.as_bytes()[..30]))), "protocol", "{kind}");
        let endless = |stream: &mut TcpStream| while stream.write_all(b"x: xxxxxxxxxxx\r\n").is_ok() {};
        assert_eq!(failure("has a header without end", endless), "protocol", "{kind}");
        let long = |stream: &mut TcpStream| {
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nx: {}", "x".repeat(70_000));
            stall(stream);
        };
        assert_eq!(failure("has a long header", long), "header_too_large", "{kind}");
    }
}

/// The body goes out after the wait, and not never.
#[test]
fn a_server_that_drips_while_it_is_waited_for_gets_the_body() {
    let (address, _) = hostile(|stream| {
        let mut reader = stream.try_clone().unwrap();
        let body = thread::spawn(move || reader.read_exact(&mut vec![0; 2 << 20]).is_ok());
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx: ");
        while !body.is_finished() && stream.write_all(b"x").is_ok() {
            thread::park_timeout(Duration::from_micros(200));
        }
        let _ = stream.write_all(if body.join().unwrap() { b"\r\n\r\nok" } else { b"\r\n\r\nno" });
        stall(stream);
    });
    assert_eq!(within("drips", upload(address, "a stream with a length", 2 << 20, &[])).map_err(|error| error.code()).as_deref(), Ok("200 ok 2097152"));
}

/// RFC 9110 section 10.1.1: a 417 is about the expectation, and nobody has seen the body.
#[test]
fn a_server_that_refuses_the_expectation_gets_the_request_without_it() {
    for (kind, headers, expected, sent) in [
        ("a stream", &[][..], "200 ok", 2),
        ("a stream with a length", &[], "200 ok", 2),
        ("bytes", &[], "200 ok", 2),
        // It is the caller's, and so is the answer.
        ("a stream", &[("expect", "100-continue")], "417  0", 1),
        ("a stream", &[("expect", "")], "200 ok", 1),
        ("bytes", &[("expect", "")], "200 ok", 1),
    ] {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mut reader, mut head) = (BufReader::new(stream), String::new());
                while reader.read_line(&mut head).is_ok_and(|count| count > 2) {}
                let expects = head.to_ascii_lowercase().contains("\r\nexpect:");
                noted.lock().unwrap().push(expects);
                if !expects {
                    let _ = std::io::copy(&mut reader.by_ref().take(2 << 20), &mut std::io::sink());
                }
                let answer = if expects { "HTTP/1.1 417 No\r\ncontent-length: 0\r\n\r\n" } else { "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok" };
                let _ = reader.get_mut().write_all(answer.as_bytes());
                let _ = std::io::copy(&mut reader, &mut std::io::sink());
            }
        });
        let got = within(kind, upload(address, kind, 2 << 20, headers)).unwrap_or_else(|error| error.code().to_owned());
        assert!(got.starts_with(expected), "{kind} {headers:?}: {got}");
        assert_eq!(seen.lock().unwrap().len(), sent, "{kind} {headers:?}");
        assert_eq!(seen.lock().unwrap().last(), Some(&(expected == "417  0")), "{kind} {headers:?}");
    }
}

/// Interim answers come when they come, as many as the server likes, and with what header fields it likes.
#[test]
fn interim_answers_are_passed_over_wherever_they_come() {
    const INTERIM: [&str; 5] = [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nserver: x\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\nx: y\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 199 Whatever\r\nx: y\r\n\r\n",
    ];
    // What looks like one in a body is none.
    let body = &format!("{}{}", INTERIM[1], "x".repeat(60_000));
    thread::scope(|scope| {
        for interim in INTERIM {
            scope.spawn(move || {
                for expects in [false, true] {
                    // The server goes on where it was interrupted, once the client sends its body, or has an answer.
                    for cut in [0, 5, interim.len() - 1, interim.len(), interim.len() + 5, interim.len() + 60] {
                        let (name, answers) = (format!("{interim:?} {expects} {cut}"), cut > interim.len() + 40);
                        let whole = format!("{interim}HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                        let (written, wait) = mpsc::channel::<()>();
                        let (address, _) = hostile(move |stream| {
                            let (first, second) = whole.split_at(cut);
                            let _ = stream.write_all(first.as_bytes());
                            if expects && !answers {
                                let _ = stream.read_exact(&mut [0]);
                            }
                            let _ = stream.write_all(second.as_bytes());
                            let _ = written.send(());
                            stall(stream);
                        });
                        let got = within(&name, move || post_late(address, expects, wait)).map_err(|error| error.code());
                        assert!(got.as_deref() == Ok(body), "{name}: {:?}", got.map(|got| got.len()));
                    }
                }
            });
        }
    });
}

/// A body that comes when the answer is there in full already, or at once if the server is to ask for it.
fn post_late(address: SocketAddr, expects: bool, answered: mpsc::Receiver<()>) -> Result<String, SendError> {
    struct Late(Option<mpsc::Receiver<()>>);
    impl std::io::Read for Late {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let _ = self.0.take().map(|answered| answered.recv());
            (&b""[..]).read(buffer)
        }
    }
    let mut body = Late((!expects).then_some(answered)).chain(&b"x"[..]);
    let request = Request::post(format!("http://{address}/")).header("expect", if expects { "100-continue" } else { "" }).body(()).unwrap();
    let settings = Settings { timeout: Duration::from_secs(4), ..Settings::default() };
    let client = Client::with_settings(Bearer::token("a.b.c").unwrap(), settings).unwrap();
    let mut text = String::new();
    client.open(request, Content::Stream(&mut body))?.into_body().read_to_string(&mut text)?;
    Ok(text)
}

/// It has the body, and may have acted on it.
#[test]
fn a_server_that_refuses_after_it_got_the_body_is_not_asked_again() {
    let (address, seen) = kept_alive(|_, _, stream| stream.write_all(b"HTTP/1.1 417 No\r\ncontent-length: 2\r\n\r\nno").is_ok());
    for kind in ["a stream", "a stream with a length", "bytes"] {
        let got = within(kind, upload(address, kind, 2 << 20, &[])).unwrap_or_else(|error| error.code().to_owned());
        assert!(got.starts_with("417 no"), "{kind}: {got}");
    }
    assert_eq!(seen.lock().unwrap().len(), 3);
}

#[test]
fn only_a_large_body_waits_to_be_asked_for() {
    let (address, _) = kept_alive(|request, _, stream| {
        let text = format!("{} {}", request.header("expect").unwrap_or("nothing"), request.body.len());
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}", text.len()).is_ok()
    });
    let limit = 1 << 20;
    for (size, stream, length, expected) in [
        (0, false, false, "nothing"),
        (limit, false, false, "nothing"),
        (limit + 1, false, false, "100-continue"),
        (limit, true, true, "nothing"),
        (limit + 1, true, true, "100-continue"),
        (1, true, false, "100-continue"),
    ] {
        let mut builder = Request::put(format!("http://{address}/"));
        if length {
            builder = builder.header("content-length", size);
        }
        let (request, body) = (builder.body(()).unwrap(), vec![b'x'; size]);
        let mut reader = &body[..];
        let client = Client::new(Bearer::token("a.b.c").unwrap());
        let answer = client.open(request, if stream { Content::Stream(&mut reader) } else { Content::Bytes(&body) }).unwrap();
        let mut text = String::new();
        answer.into_body().read_to_string(&mut text).unwrap();
        assert_eq!(text, format!("{expected} {size}"));
    }
}

#[test]
fn a_body_that_cannot_be_read_is_an_error_and_not_a_whole_request() {
    struct Broken(usize);
    impl std::io::Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.min(buffer.len());
            self.0 -= count;
            if count == 0 { Err(std::io::Error::other("the disk is on fire")) } else { Ok(count) }
        }
    }
    for (length, header) in [(0, None), (5000, None), (5000, Some("9000"))] {
        let (address, seen) = kept_alive(|_, _, stream| stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").is_ok());
        let error = within("a broken body", move || {
            let mut builder = Request::post(format!("http://{address}/"));
            if let Some(length) = header {
                builder = builder.header("content-length", length);
            }
            client().open(builder.body(()).unwrap(), Content::Stream(&mut Broken(length))).map(|answer| answer.status()).unwrap_err()
        });
        assert!(error.to_string().contains("on fire"), "{error}");
        assert!(seen.lock().unwrap().is_empty(), "half a body was taken for a whole one");
    }
}

#[test]
fn a_body_of_another_length_than_announced_is_never_a_whole_request() {
    for (length, body) in
        [("0", &b"hello"[..]), ("9", b"hello"), ("3", b"hello"), ("-1", b"hello"), ("+5", b"hello"), ("five", b"hello"), ("", b"hello"), ("5", b"")]
    {
        // A stream is not looked at where nothing of it was announced.
        for stream in [false, true].into_iter().take(if length == "0" { 1 } else { 2 }) {
            let (address, seen) = kept_alive(|_, _, stream| stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").is_ok());
            let result = within(length, move || {
                let request = Request::post(format!("http://{address}/")).header("content-length", length).body(()).unwrap();
                let mut reader = body;
                client().open(request, if stream { Content::Stream(&mut reader) } else { Content::Bytes(body) }).map(|answer| answer.status().as_u16())
            });
            let seen = seen.lock().unwrap().clone();
            // Of a stream nobody knows the length beforehand; `ureq` finds out.
            let nothing = !stream || length.parse::<u32>().is_err() || length == "+5";
            assert!(result.is_err() && seen.len() <= usize::from(!nothing), "{length} for {body:?}, {stream}: {result:?} {seen:?}");
            assert_eq!(matches!(result, Err(SendError::Length)), nothing, "{length} for {body:?}, {stream}: {result:?}");
        }
    }
}

/// What one server takes for the end of the request the next must not take for its middle.
#[test]
fn a_request_has_one_length() {
    for (headers, body, sent) in [
        (&[("content-length", "5")][..], "hello", true),
        (&[("content-length", "0")], "", true),
        (&[("transfer-encoding", "chunked")], "hello", true),
        (&[("Transfer-Encoding", "Chunked")], "hello", true),
        (&[("content-length", "5"), ("content-length", "5")], "hello", false),
        (&[("content-length", "5"), ("content-length", "6")], "hello", false),
        (&[("content-length", "5"), ("transfer-encoding", "chunked")], "hello", false),
        (&[("content-length", "0"), ("transfer-encoding", "chunked")], "hello", false),
        (&[("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")], "hello", false),
        (&[("transfer-encoding", "gzip, chunked")], "hello", false),
        (&[("transfer-encoding", "chunked, identity")], "hello", false),
        (&[("transfer-encoding", "xchunked")], "hello", false),
        (&[("transfer-encoding", "identity")], "hello", false),
        (&[("transfer-encoding", "")], "hello", false),
    ] {
        for stream in [false, true] {
            for method in ["POST", "DELETE"] {
                let (address, seen) = kept_alive(|request, _, stream| {
                    let text = String::from_utf8_lossy(&request.body);
                    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}", text.len()).is_ok()
                });
                let mut builder = Request::builder().method(method).uri(format!("http://{address}/"));
                for (name, value) in headers {
                    builder = builder.header(*name, *value);
                }
                let (request, mut reader) = (builder.body(()).unwrap(), body.as_bytes());
                let result = client().open(request, if stream { Content::Stream(&mut reader) } else { Content::Bytes(body.as_bytes()) });
                let name = format!("{method} {headers:?} {stream}");
                if sent {
                    let mut text = String::new();
                    result.unwrap().into_body().read_to_string(&mut text).unwrap();
                    assert_eq!((text.as_str(), seen.lock().unwrap().len()), (body, 1), "{name}");
                } else {
                    assert_eq!((result.map(|answer| answer.status()).unwrap_err().code(), seen.lock().unwrap().len()), ("length", 0), "{name}");
                }
            }
        }
    }
}

/// A server that wants nothing of the body has not read the stream: it can go elsewhere.
#[test]
fn a_stream_that_was_not_read_follows_a_redirect() {
    for status in [307, 308] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mut reader, mut line) = (BufReader::new(stream), String::new());
                reader.read_line(&mut line).unwrap();
                let first = line.starts_with("PUT / ");
                while reader.read_line(&mut line).is_ok_and(|count| count > 2) {}
                if first {
                    let _ = write!(reader.get_mut(), "HTTP/1.1 {status} Moved\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n");
                    continue;
                }
                let _ = reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
                let mut body = String::new();
                while reader.read_line(&mut body).is_ok_and(|count| count > 0) && !body.ends_with("\r\n0\r\n\r\n") {}
                let _ = write!(reader.get_mut(), "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            }
        });
        let text = within("redirect", move || {
            let request = Request::put(format!("http://{address}/")).body(()).unwrap();
            let mut text = String::new();
            client().open(request, Content::Stream(&mut &b"a stream"[..]))?.into_body().read_to_string(&mut text)?;
            Ok::<_, SendError>(text)
        });
        assert_eq!(text.map_err(|error| error.code()).as_deref(), Ok("8\r\na stream\r\n0\r\n\r\n"), "{status}");
    }
}
