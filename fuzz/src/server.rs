//! A server on loopback that gives any octets as its answer.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Answers each connection once, with the same octets, and closes it.
pub struct Server {
    /// Where it listens, on a port that the system picked.
    pub url: String,
    talk: Arc<Mutex<Talk>>,
}

#[derive(Default)]
struct Talk {
    answer: Vec<u8>,
    requests: Vec<Vec<u8>>,
}

impl Server {
    /// A server in a thread of its own, for as long as the process lives.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
        let url = format!("http://{}/", listener.local_addr().expect("it is bound"));
        let talk = Arc::<Mutex<Talk>>::default();
        let server = Server { url, talk: talk.clone() };
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that goes away before the end of the answer is none of the server's business.
                let _ = stream.and_then(|stream| serve(stream, &talk));
            }
        });
        server
    }

    /// From now on the answer is this.
    pub fn give(&self, answer: &[u8]) {
        *self.talk() = Talk { answer: answer.to_vec(), requests: Vec::new() };
    }

    /// The requests since then.
    pub fn requests(&self) -> Vec<Vec<u8>> {
        self.talk().requests.clone()
    }

    fn talk(&self) -> std::sync::MutexGuard<'_, Talk> {
        self.talk.lock().expect("nobody panics with it")
    }
}

fn serve(mut stream: TcpStream, talk: &Mutex<Talk>) -> std::io::Result<()> {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            read => request.extend_from_slice(&buffer[..read]),
        }
    }
    let answer = {
        let mut talk = talk.lock().expect("nobody panics with it");
        talk.requests.push(request);
        talk.answer.clone()
    };
    stream.write_all(&answer)
}
