//! Servers that mean no good: every case ends, in an answer that is true or in an error that says which limit it was.

#[path = "http/mod.rs"]
mod http;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use clearjwt::send::{Bearer, Client, Content, SendError, Settings};
use http::hostile;
use ureq::http::Request;

/// Counts what is allocated, and the most that ever was.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(NOW.fetch_add(layout.size(), Ordering::SeqCst) + layout.size(), Ordering::SeqCst);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::SeqCst);
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

/// Runs the case on a thread of its own: one that never ends fails here.
fn within<T: Send + 'static>(name: &str, case: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(case()));
    receiver.recv_timeout(Duration::from_secs(30)).unwrap_or_else(|error| panic!("{name}: no end: {error}"))
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
    // Of client and servers together, and of the tests that run beside this one.
    let most = MOST.load(Ordering::SeqCst);
    assert!(most < 8 << 20, "{most} bytes were held at a time");
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
