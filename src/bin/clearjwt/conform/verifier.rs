//! Who is judged: this library, or a process that answers a line with a line.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel},
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clearjwt::{Algorithm, Key, KeyError, Validation, jwk, jws};
use serde_json::Value;

use super::corpus::Case;
use crate::failure::Failure;

/// What came of a case.
pub enum Answer {
    Accept,
    Refuse(String),
    /// The verifier cannot do what the case is about.
    Skip(String),
    Crashed(String),
    Hung,
    Garbled(String),
}

/// The verdict of this library.
pub fn judge(case: &Case) -> Answer {
    match verdict(&case.question) {
        Ok(()) => Answer::Accept,
        Err(reason) => Answer::Refuse(reason),
    }
}

fn verdict(question: &str) -> Result<(), String> {
    let case: Value = serde_json::from_str(question).map_err(|error| error.to_string())?;
    let keys = keys(&case["key"]).map_err(|error| error.to_string())?;
    let token = match case["token"].as_str() {
        Some(token) => token.as_bytes().to_vec(),
        None => octets(&case["token_b64u"]),
    };
    let options = &case["options"];
    let now = options["now"].as_u64().unwrap_or_default();
    let verified = if case["mode"] == "jws" { jws::verify(&token, &keys).map(drop) } else { demands(options).check_at(&token, &keys, now).map(drop) };
    verified.map_err(|error| error.to_string())
}

fn keys(key: &Value) -> Result<Vec<Key>, KeyError> {
    let algorithm = key["alg"].as_str().and_then(Algorithm::from_name).ok_or(KeyError::Alg)?;
    let weak = key["weak"] == true;
    let mut keys = match (key["jwks"].as_str(), key["jwk"].as_str()) {
        (Some(jwks), _) => jwk::key_set(algorithm, jwks)?.to_vec(),
        (_, Some(jwk)) => vec![if weak { Key::weak_from_jwk(algorithm, jwk) } else { Key::from_jwk(algorithm, jwk) }?],
        _ => vec![if weak { Key::weak(algorithm, &octets(&key["k"])) } else { Key::new(algorithm, &octets(&key["k"])) }?],
    };
    if let Some(id) = key["kid"].as_str() {
        keys = keys.into_iter().map(|key| key.with_id(id)).collect();
    }
    if let Some(issuer) = key["issuer"].as_str() {
        keys = keys.into_iter().map(|key| key.for_issuer(issuer)).collect();
    }
    Ok(keys)
}

fn demands(options: &Value) -> Validation {
    let texts = |name: &str| options[name].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut demands = Validation::new().leeway(options["leeway"].as_u64().unwrap_or_default());
    demands = texts("issuers").fold(demands, Validation::issuer);
    demands = texts("audiences").fold(demands, Validation::audience);
    for (name, set) in [("subject", Validation::subject as fn(Validation, &str) -> Validation), ("typ", Validation::typ)] {
        if let Some(text) = options[name].as_str() {
            demands = set(demands, text);
        }
    }
    for (name, set) in [("max_age", Validation::max_age as fn(Validation, u64) -> Validation), ("max_lifetime", Validation::max_lifetime)] {
        if let Some(seconds) = options[name].as_u64() {
            demands = set(demands, seconds);
        }
    }
    if let Some(bytes) = options["max_len"].as_u64() {
        demands = demands.max_len(usize::try_from(bytes).unwrap_or(usize::MAX));
    }
    for (given_up, set) in [
        (options["any_audience"] == true, Validation::any_audience as fn(Validation) -> Validation),
        (options["any_typ"] == true, Validation::any_typ),
        (options["require_exp"] == false, Validation::allow_no_expiry),
    ] {
        if given_up {
            demands = set(demands);
        }
    }
    demands
}

fn octets(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap_or_default()).unwrap_or_default()
}

/// The longest line that is read from a process, in bytes.
const MAX_LINE: u64 = 1 << 16;

/// How many processes may fail, from the first on, before the command counts as one that does not answer.
const FRUITLESS: u32 = 10;

/// A command that is asked, and started anew when it has failed.
pub struct Process {
    command: String,
    limit: Duration,
    running: Option<Running>,
    /// Whether it has ever given a verdict.
    answers: bool,
    fruitless: u32,
}

impl Process {
    pub fn new(command: &str, limit: Duration) -> Self {
        Process { command: command.into(), limit, running: None, answers: false, fruitless: 0 }
    }

    /// Asks for one verdict. What is wrong with the process is an answer too, unless it never gives any.
    pub fn ask(&mut self, case: &Case) -> Result<Answer, Failure> {
        let running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.command).map_err(|error| Failure::file("--exec", &error))?,
        };
        let answer = match running.ask(case, self.limit) {
            Ok((answer, running)) => {
                self.running = Some(running);
                self.answers = true;
                return Ok(answer);
            }
            Err(answer) => answer,
        };
        self.fruitless += 1;
        if !self.answers && self.fruitless == FRUITLESS {
            let last = match answer {
                Answer::Crashed(how) | Answer::Garbled(how) => how,
                _ => format!("it said nothing for {} s", self.limit.as_secs()),
            };
            let advice = "the command of --exec has to answer each line with one such as {\"verdict\":\"accept\"}, and to flush it";
            return Err(Failure::trouble("no_verdict", format!("no verdict from {FRUITLESS} processes in a row (the last: {last}): {advice}")));
        }
        Ok(answer)
    }

    /// Lets the process end by itself, which it has as long for as for a verdict.
    pub fn end(self) {
        if let Some(Running { questions, lines, child }) = self.running {
            drop(questions);
            while lines.recv_timeout(self.limit).is_ok() {}
            drop(child);
        }
    }
}

/// A process, and the two threads that keep it from blocking this one.
struct Running {
    child: Killed,
    questions: Sender<String>,
    lines: Receiver<Option<Vec<u8>>>,
}

impl Running {
    fn start(command: &str) -> io::Result<Self> {
        let mut shell = shell(command);
        let mut child = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let child = Killed(child);
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else { return Err(io::Error::other("no pipe to the process")) };
        let (questions, asked) = channel();
        let (said, lines) = sync_channel(1);
        thread::spawn(move || write(stdin, &asked));
        thread::spawn(move || read(stdout, &said));
        Ok(Running { child, questions, lines })
    }

    /// The verdict and the process, or what the process has come to.
    fn ask(mut self, case: &Case, limit: Duration) -> Result<(Answer, Self), Answer> {
        match self.lines.try_recv() {
            Ok(_) => return Err(Answer::Garbled("it said something before it was asked".into())),
            Err(TryRecvError::Empty) => (),
            Err(TryRecvError::Disconnected) => return Err(Answer::Crashed(self.child.how_it_ended())),
        }
        // To a process that has ended nothing is written; that it has ended shows next.
        let _ = self.questions.send(case.question.clone());
        match self.lines.recv_timeout(limit) {
            Ok(Some(line)) => parse(&line, &case.id).map(|answer| (answer, self)).map_err(|fault| Answer::Garbled(fault.into())),
            Ok(None) => Err(Answer::Garbled(format!("it said a line of more than {MAX_LINE} bytes"))),
            Err(RecvTimeoutError::Timeout) => Err(Answer::Hung),
            Err(RecvTimeoutError::Disconnected) => Err(Answer::Crashed(self.child.how_it_ended())),
        }
    }
}

fn write(mut stdin: ChildStdin, questions: &Receiver<String>) {
    for question in questions {
        if stdin.write_all(question.as_bytes()).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

/// Gives each line, and `None` in place of one that is too long. Waits while nobody takes them.
fn read(stdout: ChildStdout, lines: &SyncSender<Option<Vec<u8>>>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let end = stdout.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line).is_err() || line.is_empty();
        let too_long = line.len() as u64 > MAX_LINE;
        if end || lines.send((!too_long).then_some(line)).is_err() || too_long {
            return;
        }
    }
}

fn parse(line: &[u8], id: &str) -> Result<Answer, &'static str> {
    let answer: Value = serde_json::from_slice(line).map_err(|_| "it said a line that is no JSON")?;
    if answer.get("id").is_some_and(|named| named != id) {
        return Err("it answered with the id of another case");
    }
    let reason = || answer["reason"].as_str().unwrap_or_default().chars().take(200).collect();
    match answer["verdict"].as_str() {
        Some("accept") => Ok(Answer::Accept),
        Some("refuse") => Ok(Answer::Refuse(reason())),
        Some("skip") => Ok(Answer::Skip(reason())),
        _ => Err("it said JSON without a verdict of accept, refuse or skip"),
    }
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    // A group of its own: what the shell has started ends with it.
    std::os::unix::process::CommandExt::process_group(shell.args(["-c", command]), 0);
    shell
}

#[cfg(not(unix))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    shell.args(["/C", command]);
    shell
}

/// A process that ends, with all that it has started, when this is dropped.
struct Killed(Child);

impl Killed {
    /// Its exit status, for which a process that has closed its output gets a second.
    fn how_it_ended(&mut self) -> String {
        for _ in 0..100 {
            if let Ok(Some(status)) = self.0.try_wait() {
                return format!("it ended ({status})");
            }
            thread::sleep(Duration::from_millis(10));
        }
        "it closed its output".into()
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        #[cfg(unix)]
        {
            let group = format!("-{}", self.0.id());
            let _ = Command::new("sh").args(["-c", "kill -s KILL -- \"$1\" 2> /dev/null", "sh", &group]).status();
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
