//! JSON as the policy wants it, read character by character into a tree (RFC 8259, RFC 7493).

use std::collections::BTreeMap;

use serde_json::Value;

use super::Code;

/// The members of an object, each name once.
pub type Object = BTreeMap<String, Json>;

/// Any JSON value.
#[derive(Debug, PartialEq)]
pub enum Json {
    /// `{}`
    Object(Object),
    /// `[]`
    Array(Vec<Json>),
    /// Without quotes and escapes.
    String(String),
    /// As it is written.
    Number(String),
    /// `true`, `false` or `null`.
    Literal(&'static str),
}

/// The members of the one object that `octets` are, or the code of the first fault.
pub fn object(octets: &[u8]) -> Result<Object, Code> {
    let text = std::str::from_utf8(octets).map_err(|_| "utf8")?;
    let mut reader = Reader { text: text.chars().collect(), at: 0 };
    if reader.peek() == Some('\u{feff}') {
        return Err("byte_order_mark");
    }
    reader.space();
    if reader.peek() != Some('{') {
        return Err(if reader.value(0).is_ok() { "not_an_object" } else { "json" });
    }
    let Json::Object(object) = reader.value(0)? else { unreachable!("it begins with a brace") };
    reader.space();
    if reader.peek().is_none() { Ok(object) } else { Err("json") }
}

/// Whether `serde_json` has read the same.
pub fn is_read_as(json: &Json, value: &Value) -> bool {
    match (json, value) {
        (Json::Object(object), Value::Object(map)) => {
            object.len() == map.len() && object.iter().all(|(name, json)| map.get(name).is_some_and(|value| is_read_as(json, value)))
        }
        (Json::Array(array), Value::Array(values)) => array.len() == values.len() && array.iter().zip(values).all(|(json, value)| is_read_as(json, value)),
        (Json::String(text), Value::String(read)) => text == read,
        (Json::Number(text), Value::Number(read)) => text.parse() == Ok(read.as_f64().unwrap_or(f64::NAN)),
        (Json::Literal(word), Value::Bool(read)) => word.parse() == Ok(*read),
        (Json::Literal(word), Value::Null) => *word == "null",
        _ => false,
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    /// Goes over the character if it is one of these.
    fn take(&mut self, characters: &str) -> bool {
        let taken = self.peek().is_some_and(|character| characters.contains(character));
        self.at += usize::from(taken);
        taken
    }

    fn demand(&mut self, characters: &str) -> Result<(), Code> {
        if self.take(characters) { Ok(()) } else { Err("json") }
    }

    fn space(&mut self) {
        while self.take(" \t\n\r") {}
    }

    fn value(&mut self, depth: usize) -> Result<Json, Code> {
        match self.peek() {
            _ if depth > 128 => Err("too_deep"),
            Some('{') => self.object(depth),
            Some('[') => self.array(depth),
            Some('"') => self.string().map(Json::String),
            Some('-' | '0'..='9') => self.number(),
            _ => {
                let rest: String = self.text[self.at..].iter().take(5).collect();
                let word = ["true", "false", "null"].into_iter().find(|word| rest.starts_with(word)).ok_or("json")?;
                self.at += word.len();
                Ok(Json::Literal(word))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, Code> {
        self.demand("{")?;
        let (mut object, mut twice) = (Object::new(), false);
        self.space();
        if self.take("}") {
            return Ok(Json::Object(object));
        }
        loop {
            self.space();
            let name = self.string()?;
            self.space();
            self.demand(":")?;
            self.space();
            let value = self.value(depth + 1)?;
            twice |= object.insert(name, value).is_some();
            self.space();
            if !self.take(",") {
                break;
            }
        }
        self.demand("}")?;
        // Noticed at the end: a fault of the grammar before it goes first.
        if twice { Err("duplicate_name") } else { Ok(Json::Object(object)) }
    }

    fn array(&mut self, depth: usize) -> Result<Json, Code> {
        self.demand("[")?;
        let mut array = Vec::new();
        self.space();
        if self.take("]") {
            return Ok(Json::Array(array));
        }
        loop {
            self.space();
            array.push(self.value(depth + 1)?);
            self.space();
            if !self.take(",") {
                break;
            }
        }
        self.demand("]")?;
        Ok(Json::Array(array))
    }

    fn string(&mut self) -> Result<String, Code> {
        self.demand("\"")?;
        let mut string = String::new();
        loop {
            let character = self.peek().ok_or("json")?;
            self.at += 1;
            match character {
                '"' => return Ok(string),
                '\\' => string.push(self.escape()?),
                '\0'..=' ' if character != ' ' => return Err("json"),
                _ => string.push(character),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Code> {
        let character = self.peek().ok_or("json")?;
        self.at += 1;
        let plain = [('"', '"'), ('\\', '\\'), ('/', '/'), ('b', '\u{8}'), ('f', '\u{c}'), ('n', '\n'), ('r', '\r'), ('t', '\t')];
        if let Some((_, meant)) = plain.iter().find(|(letter, _)| *letter == character) {
            return Ok(*meant);
        }
        if character != 'u' {
            return Err("json");
        }
        let first = self.unit()?;
        if (0xd800..0xdc00).contains(&first) {
            if !(self.take("\\") && self.take("u")) {
                return Err("lone_surrogate");
            }
            let second = self.unit()?;
            return if (0xdc00..0xe000).contains(&second) {
                Ok(char::from_u32(0x10000 + (first - 0xd800) * 0x400 + (second - 0xdc00)).expect("a pair is a character"))
            } else {
                Err("lone_surrogate")
            };
        }
        char::from_u32(first).ok_or("lone_surrogate")
    }

    fn unit(&mut self) -> Result<u32, Code> {
        (0..4).try_fold(0, |unit, _| {
            let digit = self.peek().and_then(|character| character.to_digit(16)).ok_or("json")?;
            self.at += 1;
            Ok(unit * 16 + digit)
        })
    }

    fn number(&mut self) -> Result<Json, Code> {
        let start = self.at;
        self.take("-");
        if !self.take("0") {
            self.digits()?;
        } else if self.peek().is_some_and(|next| next.is_ascii_digit()) {
            return Err("json");
        }
        if self.take(".") {
            self.digits()?;
        }
        if self.take("eE") {
            self.take("+-");
            self.digits()?;
        }
        let number: String = self.text[start..self.at].iter().collect();
        let double: f64 = number.parse().expect("a JSON number is a double");
        if double.is_infinite() { Err("number_too_large") } else { Ok(Json::Number(number)) }
    }

    fn digits(&mut self) -> Result<(), Code> {
        self.demand("0123456789")?;
        while self.take("0123456789") {}
        Ok(())
    }
}
