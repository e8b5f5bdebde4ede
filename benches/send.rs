//! Requests a second over one kept-alive connection on loopback: raw ureq, the sender, and Python's requests with PyJWT.
//!
//! cargo bench --features send --bench send
//!
//! The machine may be busy: rounds are short and interleaved, each kind is compared with raw ureq in the same round, and the
//! median of these ratios counts; the quartiles say how far to trust it. For the Python row, let `tests/interop/run` make its
//! environment first.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::Path,
    process::Command,
    thread,
    time::Instant,
};

use clearjwt::{
    Algorithm, Key,
    send::{Bearer, Client},
};
use serde_json::json;

const REQUESTS: u32 = 500;
const ROUNDS: usize = 101;

/// A server that does as little as a server can.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                stream.set_nodelay(true).expect("no delay");
                let mut reader = BufReader::new(stream);
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|count| count > 0) {
                    if line == "\r\n"
                        && reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}").is_err()
                    {
                        return;
                    }
                    line.clear();
                }
            });
        }
    });
    url
}

/// What it is called, what it does, and its requests a second in each round.
type Kind<'a> = (&'a str, &'a mut dyn FnMut(), Vec<f64>);

/// The first, second or third quartile.
fn quantile(values: &[f64], quarter: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() - 1) * quarter / 4]
}

fn main() {
    let url = server();
    let key = Key::new(Algorithm::HS256, b"a good key for benches, 32 bytes or more").expect("a key");
    let claims = json!({"user_id": 1234, "exp": 4102444800u64});
    let token = clearjwt::sign(&claims, &key).expect("a token");
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let header = format!("Bearer {token}");
    let fixed = Client::new(Bearer::token(&token).expect("a token"));
    let minted = Client::new(Bearer::mint(key.clone(), &json!({"user_id": 1234}), 60).expect("claims"));
    let mut raw_get = || drop(agent.get(&url).header("authorization", &header).call().expect("an answer").body_mut().read_to_vec().expect("a body"));
    let mut raw_sign_get = || {
        let token = clearjwt::sign(&claims, &key).expect("a token");
        drop(agent.get(&url).header("authorization", format!("Bearer {token}")).call().expect("an answer").body_mut().read_to_vec().expect("a body"));
    };
    let mut fixed_get = || drop(fixed.get(&url).expect("an answer"));
    let mut minted_get = || drop(minted.get(&url).expect("an answer"));
    let mut kinds: [Kind; 4] = [
        ("raw ureq, a fixed token", &mut raw_get, Vec::new()),
        ("Client, a fixed token", &mut fixed_get, Vec::new()),
        ("raw ureq and sign", &mut raw_sign_get, Vec::new()),
        ("Client, a minted token", &mut minted_get, Vec::new()),
    ];
    for _ in 0..ROUNDS {
        for (_, get, rates) in &mut kinds {
            let start = Instant::now();
            (0..REQUESTS).for_each(|_| get());
            rates.push(f64::from(REQUESTS) / start.elapsed().as_secs_f64());
        }
    }
    let raw = kinds[0].2.clone();
    println!("{:36} {:>10}  of raw ureq  quartiles", "", "requests/s");
    for (name, _, rates) in &kinds {
        let ratios: Vec<f64> = rates.iter().zip(&raw).map(|(rate, raw)| rate / raw).collect();
        println!("{name:36} {:10.0}  {:11.3}  {:.3} {:.3}", quantile(rates, 2), quantile(&ratios, 2), quantile(&ratios, 1), quantile(&ratios, 3));
    }
    let raw = quantile(&raw, 2);
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/interop/venv/bin/python");
    let script = "import jwt, requests, sys, time\n\
        s = requests.Session(); s.trust_env = False; best = 0\n\
        for _ in range(5):\n\
        \x20   t = time.perf_counter()\n\
        \x20   for _ in range(300): s.get(sys.argv[1], headers={'Authorization': 'Bearer ' + jwt.encode({'user_id': 1234, 'exp': 4102444800}, 'k' * 32, algorithm='HS256')}).json()\n\
        \x20   best = max(best, 300 / (time.perf_counter() - t))\n\
        print(best)";
    match Command::new(&python).args(["-c", script, &url]).output() {
        Ok(output) if output.status.success() => {
            let best: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number");
            println!("{:36} {best:10.0}  {:11.3}", "Python requests and PyJWT", best / raw);
        }
        _ => println!("Python requests and PyJWT: not measured, tests/interop/run makes the environment"),
    }
}
