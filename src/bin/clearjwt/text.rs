//! What goes in and out: bounded reading, printing that survives a closed pipe, times and durations as people write them.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read, Write as _},
    time::{SystemTime, UNIX_EPOCH},
};

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The largest file that is read, in bytes: far beyond any token, key or claims set.
const MAX_FILE: u64 = 1 << 20;

/// Reads a file, or stdin for `-`. Its octets are wiped when they are no longer used.
pub fn read(path: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let name = if path == "-" { "stdin" } else { path };
    let fail = |error| Failure::file(name, &error);
    // Room for any key, so that none is copied while it is read.
    let mut octets = Zeroizing::new(Vec::with_capacity(1 << 16));
    let source: Box<dyn Read> = if path == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path).map_err(fail)?) };
    source.take(MAX_FILE + 1).read_to_end(&mut octets).map_err(fail)?;
    if octets.len() as u64 > MAX_FILE {
        return Err(Failure::trouble("too_large", format!("{name}: larger than {MAX_FILE} bytes")));
    }
    Ok(octets)
}

/// A token from the command line, or from stdin for `-`, less one trailing newline.
pub fn read_token(argument: &str) -> Result<Vec<u8>, Failure> {
    if argument != "-" {
        return Ok(argument.as_bytes().to_vec());
    }
    match read("-") {
        Ok(octets) => Ok(without_newline(&octets).to_vec()),
        // It is the token that is refused, not the file.
        Err(Failure::Because { code, clause, message, .. }) if code == "too_large" => {
            Err(Failure::Because { exit: 1, code: "too_long".into(), clause, message })
        }
        Err(failure) => Err(failure),
    }
}

pub fn without_newline(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r\n").or(line.strip_suffix(b"\n")).unwrap_or(line)
}

pub fn print(octets: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(octets).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::OutputClosed,
        _ => Failure::file("stdout", &error),
    })
}

pub fn print_line(line: &str) -> Result<(), Failure> {
    print(format!("{line}\n").as_bytes())
}

/// Says a line on stderr. Whoever has closed it does not want to hear it.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Whether stdout gets colours. `NO_COLOR` counts if it is not empty, and stands above all; `CLICOLOR_FORCE` asks for
/// them in a pipe too.
pub fn coloured() -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let is = |name, wanted| set(name).is_some_and(|value| value == wanted);
    let forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    set("NO_COLOR").is_none() && (forced || io::stdout().is_terminal() && !is("CLICOLOR", "0") && !is("TERM", "dumb"))
}

/// Text from elsewhere, harmless on a terminal and on a page: characters that steer, that hide others or that nobody sees
/// are written as `\u....`, and so are marks that stand on no letter or are piled up.
pub fn printable(text: &str) -> String {
    let (mut out, mut before, mut pile) = (String::with_capacity(text.len()), ' ', 0);
    for c in text.chars() {
        pile = if mark(c) { pile + 1 } else { 0 };
        if c.is_control() || unseen(c) || pile > MAX_PILE || pile == 1 && before.is_ascii() && !before.is_ascii_alphanumeric() {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out += &format!("\\u{unit:04x}");
            }
            // Its last digit is a letter for no mark.
            before = ' ';
            pile = if mark(c) { MAX_PILE } else { 0 };
        } else {
            out.push(c);
            before = c;
        }
    }
    out
}

/// How many marks stand on a letter in writing that people use, and no page loses its lines by.
const MAX_PILE: usize = 4;

/// A character that combines with the one before; Rust's own `Debug` knows them.
fn mark(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && c.escape_debug().len() > 1
}

/// Separators of lines, marks of annotation, and what Unicode calls default ignorable: bidi controls, zero widths, fillers,
/// variation selectors, tags.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// JSON, laid out. It could be looked at on a terminal: what would steer that is escaped, which is the same JSON.
pub fn json(report: &Value) -> String {
    format!("{report:#}").lines().map(|line| printable(line) + "\n").collect()
}

/// Seconds since 1970, by the system clock.
pub fn now() -> Result<u64, Failure> {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).map_err(|_| Failure::trouble("clock", "the system clock stands before 1970"))
}

/// A length of time: seconds, or `90s`, `15m`, `12h`, `1d`, and several of these in a row.
pub fn seconds(text: &str) -> Result<u64, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let span = text.parse::<Span>().ok().and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    span.and_then(|duration| u64::try_from(duration.as_secs()).ok())
        .ok_or_else(|| "a length of time is a number of seconds, or such as 90s, 15m, 12h or 1d".into())
}

/// The same, and not nothing.
pub fn some_seconds(text: &str) -> Result<u64, String> {
    match seconds(text)? {
        0 => Err("it takes some time: at least 1".into()),
        seconds => Ok(seconds),
    }
}

/// A time: seconds since 1970, or such as `2026-11-24T12:00:00Z`.
pub fn time(text: &str) -> Result<u64, String> {
    let seconds = text.parse().ok().or_else(|| u64::try_from(text.parse::<Timestamp>().ok()?.as_second()).ok());
    seconds.ok_or_else(|| "a time is a number of seconds since 1970, or such as 2026-11-24T12:00:00Z".into())
}

/// A time as people read it, if it is one that a calendar has.
pub fn calendar(seconds: impl TryInto<i64>) -> String {
    let seconds = seconds.try_into().unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_or_else(|_| format!("{seconds} s after 1970"), |time| time.to_string())
}

/// How long something holds that ends at a second.
pub fn lasting(until: u64, now: u64) -> String {
    format!("until {}, for another {}", calendar(until), length(until.saturating_sub(now)))
}

/// A length of time as people read it.
pub fn length(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, SignedDuration::from_secs((seconds % 86_400) as i64));
    match (days, rest.is_zero()) {
        (0, _) => format!("{rest:#}"),
        (days, true) => format!("{days}d"),
        (days, false) => format!("{days}d {rest:#}"),
    }
}
