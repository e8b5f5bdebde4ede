//! JSON as a verifier wants it (RFC 8259, RFC 7493): one object, checked to the last byte.
//!
//! In: octets. Out: the members of the object, as slices of the text.
//!
//! What is accepted is decided here, because general parsers let through what the policy does not: duplicate names, lone
//! surrogates in strings that are skipped, large numbers in members that are. The pass is the same for members that are read
//! and that are not.

use alloc::{borrow::Cow, collections::BinaryHeap, string::String, vec::Vec};
use core::{cell::Cell, cmp::Ordering};

use crate::error::{JsonError, JsonFault};

/// How many arrays and objects may stand around a value (RFC8259-9-3).
pub(crate) const MAX_DEPTH: usize = 128;

/// A JSON string, without its quotes and with its escapes.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    raw: &'a str,
    escaped: bool,
}

/// A JSON value, as it stands in the text.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Object(&'a str),
    Array(&'a str),
    String(Text<'a>),
    Number(Number<'a>),
    /// `true`, `false` or `null`.
    Literal(&'a str),
}

/// A number as it stands in the text, so that nothing is decided on a rounded double.
#[derive(Clone, Copy)]
pub(crate) struct Number<'a> {
    pub(crate) text: &'a str,
    /// The integer that it is, if that is seen at once: digits only, and too few of them to be more than a double holds.
    pub(crate) short: Option<u64>,
}

impl Value<'_> {
    /// The value as it stands in the text.
    pub(crate) fn write(self, out: &mut String) {
        match self {
            Value::Object(text) | Value::Array(text) | Value::Number(Number { text, .. }) | Value::Literal(text) => out.push_str(text),
            Value::String(text) => out.extend(["\"", text.raw, "\""]),
        }
    }
}

/// Checks that `octets` are one strict JSON object and hands out its members, in their order.
///
/// `each` is called before the rest of the text is checked: what it gathers counts only if the result is `Ok`.
pub(crate) fn members<'a>(octets: &'a [u8], each: &mut dyn FnMut(Text<'a>, Value<'a>)) -> Result<(), JsonError> {
    // RFC8259-8.1-1, RFC7493-2.1-1, RFC8725-3.7-1, RFC8725bis-3.7-1
    let text = core::str::from_utf8(octets).map_err(|e| JsonError { fault: JsonFault::Utf8, at: e.valid_up_to() })?;
    let (verdict, doubt) = {
        let mut scanner = Scanner::new(text);
        (scanner.text(each), scanner.doubt())
    };
    if doubt { careful(text) } else { verdict }
}

/// Checks a text again, and compares the names themselves.
#[cold]
fn careful(text: &str) -> Result<(), JsonError> {
    let mut scanner = Scanner::new(text);
    scanner.careful = true;
    scanner.text(&mut |_, _| ())
}

/// Appends a text as a JSON string.
// RFC8259-7-1
pub(crate) fn write_string(text: &str, json: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    json.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => json.extend_from_slice(&[b'\\', byte]),
            0..0x20 => {
                let [high, low] = [byte >> 4, byte & 15].map(|digit| DIGITS.get(usize::from(digit)).copied().unwrap_or_default());
                json.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            }
            _ => json.push(byte),
        }
    }
    json.push(b'"');
}

/// The elements of an array that [`members`] has handed out.
pub(crate) fn elements<'a>(array: &'a str, each: &mut dyn FnMut(Value<'a>)) {
    let mut scanner = Scanner::new(array);
    // Cannot fail: the text was checked.
    let _ = scanner.array(0, each);
}

impl<'a> Text<'a> {
    /// A text without escapes.
    pub(crate) fn plain(raw: &'a str) -> Self {
        Text { raw, escaped: false }
    }

    /// The characters that the text stands for (RFC8259-7-1).
    fn chars(self) -> Unescaped<'a> {
        Unescaped(self.raw.chars())
    }

    /// Whether the text stands for `name`: case matters, escapes do not (RFC7515-5.3-1, RFC7515-10.13-1).
    #[inline]
    pub(crate) fn is(self, name: &str) -> bool {
        if self.escaped { self.chars().eq(name.chars()) } else { self.raw == name }
    }

    #[inline]
    pub(crate) fn to_cow(self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(self.unescape()) } else { Cow::Borrowed(self.raw) }
    }

    pub(crate) fn into_owned(self) -> String {
        self.to_cow().into_owned()
    }

    #[cold]
    fn unescape(self) -> String {
        // Escapes only shrink: it never grows, so no half of a secret is left behind.
        let mut text = String::with_capacity(self.raw.len());
        text.extend(self.chars());
        text
    }
}

/// By what they stand for (RFC8259-8.3-1).
impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.escaped || other.escaped { self.chars().cmp(other.chars()) } else { self.raw.cmp(other.raw) }
    }
}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Text<'_> {}

/// Undoes the escapes of a text that was checked.
struct Unescaped<'a>(core::str::Chars<'a>);

impl Unescaped<'_> {
    /// The UTF-16 code unit of four hexadecimal digits.
    fn unit(&mut self) -> Option<u16> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit << 4 | self.0.next()?.to_digit(16)? as u16;
        }
        Some(unit)
    }
}

impl Iterator for Unescaped<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self.0.next()? {
            '\\' => match self.0.next()? {
                'b' => Some('\u{8}'),
                'f' => Some('\u{c}'),
                'n' => Some('\n'),
                'r' => Some('\r'),
                't' => Some('\t'),
                'u' => match self.unit()? {
                    // A pair: its other half follows, as the check has seen (RFC7515-10.13-2).
                    high @ 0xd800..=0xdbff => {
                        self.0.nth(1);
                        let low = self.unit()?;
                        char::decode_utf16([high, low]).next()?.ok()
                    }
                    unit => char::from_u32(unit.into()),
                },
                c => Some(c),
            },
            c => Some(c),
        }
    }
}

pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    prints: Prints,
    /// Whether names are compared in full, and not by their prints.
    careful: bool,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Scanner { text, at: 0, prints: Prints::new(), careful: false }
    }

    /// The whole text: one object, handed out member by member.
    fn text(&mut self, each: &mut dyn FnMut(Text<'a>, Value<'a>)) -> Result<(), JsonError> {
        // RFC8259-8.1-2, RFC8259-8.1-3
        if self.text.starts_with('\u{feff}') {
            return Err(self.fault(JsonFault::ByteOrderMark));
        }
        self.whitespace();
        // RFC7493-4.1-1
        if self.peek() != Some(b'{') {
            // Some other JSON text, or none: a wrong kind is told from wrong grammar.
            let fault = if self.value(0).is_ok() { JsonFault::NotAnObject } else { JsonFault::Syntax };
            return Err(JsonError { fault, at: 0 });
        }
        // RFC7515-10.12-1
        self.object(0, each)?;
        self.whitespace();
        // RFC7515-10.12-4
        if self.peek().is_some() { Err(self.fault(JsonFault::Syntax)) } else { Ok(()) }
    }

    /// Up to which byte the text was read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes beyond a text that was looked at.
    #[inline]
    pub(crate) fn skip(&mut self, text: &str) {
        self.at += text.len();
    }

    /// The value that comes next, without going beyond it.
    #[inline]
    pub(crate) fn look_at_value(&mut self) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        let value = self.value(1);
        self.at = start;
        value
    }

    /// Begins an object: from here on its names are compared.
    #[inline]
    pub(crate) fn open_names(&self) -> Names {
        self.prints.open()
    }

    #[inline]
    pub(crate) fn add_name(&self, names: Names, name: Text<'a>) {
        if name.escaped {
            self.set_doubt();
        } else {
            self.prints.add(names, name.raw.as_bytes());
        }
    }

    #[inline]
    pub(crate) fn close_names(&self, names: Names) {
        self.prints.close(names);
    }

    pub(crate) fn set_doubt(&self) {
        self.prints.doubt.set(true);
    }

    /// Whether two names of one object may be the same.
    pub(crate) fn doubt(&self) -> bool {
        self.prints.doubt.get()
    }

    fn fault(&self, fault: JsonFault) -> JsonError {
        JsonError { fault, at: self.at }
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.fault(JsonFault::Syntax))
        }
    }

    #[inline]
    fn slice(&self, start: usize, end: usize) -> &'a str {
        // Never empty by mistake: both ends stand beside ASCII characters within the text.
        self.text.get(start..end).unwrap_or_default()
    }

    // RFC7515-3-1, RFC7519-3-1: space, tab, line feed and carriage return, and no other.
    #[inline]
    pub(crate) fn whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    // RFC8259-3-1, RFC8259-9-1
    #[inline]
    pub(crate) fn value(&mut self, depth: usize) -> Result<Value<'a>, JsonError> {
        if depth > MAX_DEPTH {
            return Err(self.fault(JsonFault::TooDeep));
        }
        let start = self.at;
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b'{') => self.object(depth, &mut |_, _| ()).map(|()| Value::Object(self.slice(start, self.at))),
            Some(b'[') => self.array(depth, &mut |_| ()).map(|()| Value::Array(self.slice(start, self.at))),
            // RFC8259-3-2
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            // RFC8259-9-2
            _ => Err(self.fault(JsonFault::Syntax)),
        }
    }

    fn literal(&mut self, word: &'a str) -> Result<Value<'a>, JsonError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.fault(JsonFault::Syntax));
        }
        self.at += word.len();
        Ok(Value::Literal(word))
    }

    fn object(&mut self, depth: usize, each: &mut dyn FnMut(Text<'a>, Value<'a>)) -> Result<(), JsonError> {
        self.expect(b'{')?;
        let object = self.open_names();
        let mut names = BinaryHeap::new();
        self.whitespace();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.whitespace();
            let name = self.string()?;
            if self.careful {
                names.push(name);
            } else {
                self.add_name(object, name);
            }
            self.whitespace();
            self.expect(b':')?;
            self.whitespace();
            let value = self.value(depth + 1)?;
            each(name, value);
            self.whitespace();
            match self.next() {
                Some(b',') => (),
                Some(b'}') => break,
                _ => return Err(self.fault(JsonFault::Syntax)),
            }
        }
        self.close_names(object);
        // RFC7515-4-2, RFC7515-10.12-3, RFC7519-4-2, RFC7493-2.3-1, RFC8259-4-1
        if self.careful && any_twice(names) { Err(self.fault(JsonFault::DuplicateName)) } else { Ok(()) }
    }

    fn array(&mut self, depth: usize, each: &mut dyn FnMut(Value<'a>)) -> Result<(), JsonError> {
        self.expect(b'[')?;
        self.whitespace();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.whitespace();
            let value = self.value(depth + 1)?;
            each(value);
            self.whitespace();
            match self.next() {
                Some(b',') => (),
                Some(b']') => return Ok(()),
                _ => return Err(self.fault(JsonFault::Syntax)),
            }
        }
    }

    #[inline(always)]
    pub(crate) fn string(&mut self) -> Result<Text<'a>, JsonError> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.plain();
            match self.peek() {
                Some(b'"') => {
                    let raw = self.slice(start, self.at);
                    self.at += 1;
                    return Ok(Text { raw, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                // The end, or a raw control character (RFC8259-7-1).
                _ => return Err(self.fault(JsonFault::Syntax)),
            }
        }
    }

    /// Goes to the next quote, backslash or control character.
    #[inline]
    fn plain(&mut self) {
        const ONES: u64 = u64::MAX / 255;
        const HIGHS: u64 = ONES << 7;
        let mut rest = self.rest();
        // Eight bytes at a time: in each byte that is looked for the high bit, and above the lowest of them a bit can be wrong.
        while let Some((word, others)) = rest.split_first_chunk::<8>() {
            let word = u64::from_le_bytes(*word);
            let quote = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
            let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
            let control = word.wrapping_sub(ONES * 0x20);
            // None of them has a high bit itself.
            let found = (quote | backslash | control) & !word & HIGHS;
            if found != 0 {
                self.at += (found.trailing_zeros() / 8) as usize;
                return;
            }
            rest = others;
            self.at += 8;
        }
        self.at += rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        self.expect(b'\\')?;
        match self.next() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => match self.unit()? {
                // RFC7493-2.1-2, RFC7515-10.13-3, RFC8259-8.2-1: a high surrogate, then a low one, or neither.
                0xd800..=0xdbff => {
                    let pair = self.rest().starts_with(b"\\u");
                    self.at += if pair { 2 } else { 0 };
                    if pair && matches!(self.unit()?, 0xdc00..=0xdfff) { Ok(()) } else { Err(self.fault(JsonFault::LoneSurrogate)) }
                }
                0xdc00..=0xdfff => Err(self.fault(JsonFault::LoneSurrogate)),
                _ => Ok(()),
            },
            _ => Err(self.fault(JsonFault::Syntax)),
        }
    }

    fn unit(&mut self) -> Result<u32, JsonError> {
        let mut unit = 0;
        for _ in 0..4 {
            match self.next().and_then(|byte| char::from(byte).to_digit(16)) {
                Some(digit) => unit = unit << 4 | digit,
                None => return Err(self.fault(JsonFault::Syntax)),
            }
        }
        Ok(unit)
    }

    // RFC8259-6-1
    #[inline]
    pub(crate) fn number(&mut self) -> Result<Number<'a>, JsonError> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let first = self.peek();
        let (count, integer) = self.digits();
        if count == 0 || count > 1 && first == Some(b'0') {
            return Err(self.fault(JsonFault::Syntax));
        }
        let more = matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        let exponent = more && self.fraction()?;
        let text = self.slice(start, self.at);
        // RFC7493-2.2-1
        if (exponent || count > 300) && Decimal::read(text).overflows() {
            return Err(self.fault(JsonFault::NumberTooLarge));
        }
        Ok(Number { text, short: (!negative && !more && count <= 15).then_some(integer) })
    }

    /// What may follow the digits of an integer. Says whether the number can be large then.
    fn fraction(&mut self) -> Result<bool, JsonError> {
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits().0 == 0 {
                return Err(self.fault(JsonFault::Syntax));
            }
        }
        let exponent = matches!(self.peek(), Some(b'e' | b'E'));
        if exponent {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if self.digits().0 == 0 {
                return Err(self.fault(JsonFault::Syntax));
            }
        }
        Ok(exponent)
    }

    /// Skips digits. Gives how many they are, and the integer, which is right if they are few.
    #[inline]
    fn digits(&mut self) -> (usize, u64) {
        let (mut count, mut integer) = (0, 0_u64);
        for byte in self.rest() {
            if !byte.is_ascii_digit() {
                break;
            }
            count += 1;
            integer = integer.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        }
        self.at += count;
        (count, integer)
    }
}

/// The prints of names: while those of an object differ, its names do.
///
/// Equal prints leave a doubt. No text makes the search quadratic, and texts of few names need no allocation.
pub(crate) struct Prints {
    /// Of the objects that are open, innermost last, as long as there is room.
    room: [Cell<u64>; Prints::ROOM],
    count: Cell<usize>,
    /// Where all are from then on, those of closed objects too: near the place that a print asks for. Zero is an empty place.
    table: Cell<Vec<u64>>,
    objects: Cell<u64>,
    pub(crate) doubt: Cell<bool>,
}

/// An object whose names are compared: its number, so that names of other objects have other prints, and in the lowest bits where its own
/// begin in the room.
#[derive(Clone, Copy, Default)]
pub(crate) struct Names(u64);

impl Names {
    const BITS: u32 = 6;

    fn first(self) -> usize {
        (self.0 & ((1 << Names::BITS) - 1)) as usize
    }

    /// Whether it is the first object of a text.
    #[inline]
    pub(crate) fn outermost(self) -> bool {
        self.0 == 0
    }
}

/// Odd, and without a pattern: the uppermost bits of a product depend on all bits of a print.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

impl Prints {
    const ROOM: usize = 32;

    pub(crate) fn new() -> Self {
        Prints {
            room: [const { Cell::new(0) }; Prints::ROOM],
            count: Cell::new(0),
            table: Cell::new(Vec::new()),
            objects: Cell::new(0),
            doubt: Cell::new(false),
        }
    }

    #[inline]
    pub(crate) fn open(&self) -> Names {
        let object = self.objects.get();
        self.objects.set(object.wrapping_add(1));
        Names(object << Names::BITS | self.count.get().min(Prints::ROOM) as u64)
    }

    #[inline]
    pub(crate) fn close(&self, names: Names) {
        if self.count.get() <= Prints::ROOM {
            self.count.set(names.first());
        }
    }

    /// Adds a name to an object.
    #[inline]
    pub(crate) fn add(&self, names: Names, name: &[u8]) {
        let (print, count) = ((print(name) ^ (names.0 >> Names::BITS).wrapping_mul(MIX)).max(1), self.count.get());
        match self.room.get(count) {
            Some(place) => {
                let seen = self.room.get(names.first()..count).unwrap_or_default().iter().any(|other| other.get() == print);
                self.doubt.set(self.doubt.get() | seen);
                place.set(print);
                self.count.set(count + 1);
            }
            None => self.add_beyond(print),
        }
    }

    /// Without this a claims set of 33 names would be read twice.
    #[cold]
    fn add_beyond(&self, print: u64) {
        if self.doubt.get() {
            return;
        }
        let (count, mut table) = (self.count.get(), self.table.take());
        let mut fresh = true;
        if table.len() <= 2 * count {
            let mut larger = Vec::default();
            larger.resize((4 * count).next_power_of_two().max(256), 0);
            let room = self.room.iter().map(Cell::get).filter(|_| table.is_empty());
            for print in room.chain(table.iter().copied().filter(|print| *print != 0)) {
                fresh &= settle(&mut larger, print);
            }
            table = larger;
        }
        fresh &= settle(&mut table, print);
        self.doubt.set(!fresh);
        self.count.set(count + 1);
        self.table.set(table);
    }
}

/// Gives a print a place in a table that is at most half full, and whose length is a power of two. Not if it has one, or all near it are taken,
/// which takes a text that was made for it.
fn settle(table: &mut [u64], print: u64) -> bool {
    let last = table.len().wrapping_sub(1);
    // By the uppermost bits of the product: those below leave out some of the print.
    let wanted = print.wrapping_mul(MIX).unbounded_shr((last as u64).leading_zeros()) as usize;
    for step in 0..64 {
        match table.get_mut(wanted.wrapping_add(step) & last) {
            Some(place) if *place == 0 => {
                *place = print;
                return true;
            }
            Some(place) if *place != print => (),
            _ => return false,
        }
    }
    false
}

/// The length and all of the bytes: equal for equal names.
#[inline]
fn print(name: &[u8]) -> u64 {
    let word = if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        if name.len() > 16 { long(name, last) } else { first ^ last.rotate_left(27) }
    } else if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
    } else {
        name.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    word ^ (name.len() as u64).rotate_right(8)
}

/// Apart, so that shorter names pay nothing for it.
#[inline(never)]
fn long(name: &[u8], last: u64) -> u64 {
    name.as_chunks().0.iter().fold(last, |word, chunk| word.rotate_left(27) ^ u64::from_le_bytes(*chunk))
}

fn any_twice(mut names: BinaryHeap<Text<'_>>) -> bool {
    let mut last = names.pop();
    while let Some(name) = names.pop() {
        if last.replace(name) == Some(name) {
            return true;
        }
    }
    false
}

/// What stands before and after the first byte of a kind.
fn cut(text: &[u8], kind: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let mut parts = text.splitn(2, kind);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// Digits without the zeros at one end.
fn trim<'a>(mut digits: &'a [u8], split: impl Fn(&'a [u8]) -> Option<(&'a u8, &'a [u8])>) -> &'a [u8] {
    while let Some((b'0', rest)) = split(digits) {
        digits = rest;
    }
    digits
}

/// An exponent; one of more digits than an i64 holds is as good as the longest that it holds.
fn bounded(digits: &[u8]) -> i64 {
    digits.iter().fold(0_i64, |exponent, digit| exponent.saturating_mul(10).saturating_add(i64::from(digit - b'0'))).min(i64::MAX / 4)
}

/// A JSON number by its digits: 0.`digits` × 10^`point`.
pub(crate) struct Decimal<'a> {
    pub(crate) negative: bool,
    /// The digits before and after the dot; [`Decimal::digit`] counts them without leading zeros.
    integer: &'a [u8],
    fraction: &'a [u8],
    /// Where the decimal point stands, counted from the first digit that is not zero.
    pub(crate) point: i64,
}

impl<'a> Decimal<'a> {
    /// Reads a number that [`members`] has handed out.
    pub(crate) fn read(number: &'a str) -> Self {
        let (negative, number) = match number.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            all => (false, all),
        };
        let (mantissa, exponent) = cut(number, |byte| matches!(byte, b'e' | b'E'));
        let (integer, fraction) = cut(mantissa, |byte| *byte == b'.');
        let fraction = trim(fraction, <[u8]>::split_last);
        let exponent = match exponent {
            [b'-', digits @ ..] => -bounded(digits),
            [b'+', digits @ ..] | digits => bounded(digits),
        };
        let whole = trim(integer, <[u8]>::split_first);
        if whole.is_empty() {
            let rest = trim(fraction, <[u8]>::split_first);
            Decimal { negative, integer: &[], fraction: rest, point: exponent - (fraction.len() - rest.len()) as i64 }
        } else {
            Decimal { negative, integer: whole, fraction, point: exponent + whole.len() as i64 }
        }
    }

    /// How many digits, leading zeros not counted.
    pub(crate) fn len(&self) -> usize {
        self.integer.len() + self.fraction.len()
    }

    /// Digit number `index`; zero beyond the last.
    pub(crate) fn digit(&self, index: usize) -> u8 {
        self.integer.get(index).or_else(|| self.fraction.get(index - self.integer.len())).map_or(0, |digit| digit - b'0')
    }

    /// Whether the nearest double is an infinity: from 2^1024 − 2^970 on, halfway to what would be the next double.
    fn overflows(&self) -> bool {
        const HALFWAY: &[u8; 309] = b"179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497792";
        let digits = (0..HALFWAY.len()).map(|index| self.digit(index) + b'0');
        self.len() > 0 && (self.point > 309 || self.point == 309 && digits.cmp(HALFWAY.iter().copied()).is_ge())
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::String, vec::Vec};

    use super::*;

    fn in_doubt(names: &[&[u8]]) -> bool {
        let prints = Prints::new();
        let object = prints.open();
        names.iter().for_each(|name| prints.add(object, name));
        prints.doubt.get()
    }

    /// Otherwise a text with such names would be read twice.
    #[test]
    fn names_that_differ_in_length_or_a_bit_leave_no_doubt() {
        for length in 1..=40 {
            let name: Vec<u8> = (0..length).map(|index| b'a' + index * 5 % 26).collect();
            assert!(in_doubt(&[&name, b"other", &name]));
            assert!(!in_doubt(&[&name, &name[1..]]) && !in_doubt(&[&name, &name[..name.len() - 1]]));
            for (index, bit) in (0..name.len()).flat_map(|index| (0..8).map(move |bit| (index, bit))) {
                let mut changed = name.clone();
                changed[index] ^= 1 << bit;
                assert!(!in_doubt(&[&name, &changed]), "{name:?} {changed:?}");
            }
        }
    }

    #[test]
    fn names_that_differ_in_a_number_leave_no_doubt_wherever_the_number_stands() {
        for before in 0..20 {
            for after in 0..30 {
                let names: Vec<String> =
                    (0..300).map(|index| format!("{}{index:03}{}", &"a_description_of_it_"[..before], &"_and_what_else_there_is_to_say"[..after])).collect();
                let names: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
                assert!(!in_doubt(&names), "{before} {after}");
            }
        }
    }

    #[test]
    fn however_many_names_there_are_only_two_of_a_kind_leave_a_doubt() {
        // The first has a print of nothing.
        let names: Vec<String> = (0..1_100).map(|index| if index == 0 { String::new() } else { format!("name {index}") }).collect();
        let names: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
        assert!(!in_doubt(&names));
        for count in [Prints::ROOM - 1, Prints::ROOM, Prints::ROOM + 1, 127, 128, 129, 300, 1_099] {
            for twin in (0..count).step_by(count / 30) {
                assert!(in_doubt(&[&names[..count], &names[twin..=twin]].concat()), "{twin} of {count}");
            }
        }
    }

    /// A print that wants a place, counted in 512ths of a table, and no other print.
    fn wanting(place: u64, which: u64) -> u64 {
        // What undoes the multiplication, bit by bit.
        let inverse = (0..6).fold(MIX, |inverse, _| inverse.wrapping_mul(2_u64.wrapping_sub(MIX.wrapping_mul(inverse))));
        (place << 55 | which).wrapping_mul(inverse)
    }

    /// Otherwise a text could be made whose names all want one place.
    #[test]
    fn a_place_is_not_looked_for_for_long() {
        let mut table = alloc::vec![0; 256];
        assert!((1..=64).all(|which| settle(&mut table, wanting(7, which))));
        assert!((1..=65).all(|which| !settle(&mut table, wanting(7, which))));
        assert!(settle(&mut table, wanting(300, 1)) && !settle(&mut [], 1));
    }

    /// Where its end was, a table puts prints in another order when it grows.
    #[test]
    fn a_print_that_finds_no_place_in_a_larger_table_leaves_a_doubt() {
        let name = |print: u64| [(print ^ 16_u64.rotate_right(8)).to_le_bytes(), [0; 8]].concat();
        let wanted = (1..=64).map(|which| wanting(511, which)).chain([wanting(0, 1)]).chain((100..164).map(|place| wanting(2 * place, 1)));
        let names: Vec<Vec<u8>> = wanted.map(name).collect();
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        assert!(!in_doubt(&names[..128]) && in_doubt(&names));
    }

    #[test]
    fn names_of_different_objects_are_not_compared() {
        let doubt = |text: &str| {
            let mut scanner = Scanner::new(text);
            assert_eq!(scanner.text(&mut |_, _| ()).map_err(|error| error.fault), Ok(()));
            scanner.doubt()
        };
        assert!(!doubt(r#"{"a":{"b":1,"c":{}},"c":{"b":[{"b":1},{"b":2}]},"b":1}"#));
        assert!(doubt(r#"{"a":{"b":1},"c":{"b":1},"a":1}"#) && doubt(r#"{"a":{"b":1,"b":1}}"#) && doubt(r#"{"\u0061":1}"#));
        let many: Vec<String> = (0..40).map(|index| format!(r#"{{"a":{index}}}"#)).collect();
        assert!(!doubt(&format!(r#"{{"many":[{}]}}"#, many.join(","))));
        // So many that they have left the room.
        let members: Vec<String> = (0..40).map(|index| format!(r#""{index}":{{"a":{{"{index}":0}},"b":[{{}},{{"a":1}}]}}"#)).collect();
        let (members, twins) = (members.join(","), r#","x":[{"a":0,"b":0},{"a":0,"b":0,"a":0}]"#);
        assert!(!doubt(&format!("{{{members}}}")) && doubt(&format!("{{{members}{twins}}}")));
    }
}
