//! JSON text becomes claims of the caller's type.
//!
//! In: a payload. Out: a value that may borrow from it, or where the text does not fit the type; and along the way the
//! registered claims, checked as `json` and `claims` check them, so that a good token is read once.
//!
//! What this takes is taken: it decides with every token that `verify_at` accepts.
//!
//! `serde_json` would need a text that was checked, would check it again string by string, and its reading of doubles
//! alone adds 20 KB to a program that has none. Here a number becomes a double only where the type takes one.

use alloc::borrow::Cow;
use core::{fmt::Display, str::FromStr};

use serde_core::{
    de::{Deserialize, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer as _, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor},
    forward_to_deserialize_any,
};

use crate::{
    claims::Registered,
    error::JsonError,
    json::{MAX_DEPTH, Names, Number, Scanner, Text, Value},
};

/// Reads a text that was checked, claims or not. On failure: the byte at which it was noticed.
pub(crate) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, usize> {
    let mut reader = Reader::new(text, None);
    T::deserialize(&mut reader).map_err(|Unfit| text.get(..reader.scanner.at()).unwrap_or_default().trim_ascii_end().len())
}

/// Reads a text that was not checked, and checks it. `None` is no verdict: where anything is wrong or in doubt,
/// [`Registered::read`] has to decide.
///
/// Nothing is left to `T`: it may pass over errors, or leave unread what stands there.
#[inline]
pub(crate) fn claims<'de, T: Deserialize<'de>>(text: &'de str, registered: &mut Registered<'de>) -> Option<T> {
    let mut reader = Reader::new(text, Some(registered));
    let value = T::deserialize(&mut reader).ok()?;
    let certain = reader.seen && reader.depth == 0 && reader.peek().is_none() && !reader.scanner.doubt();
    certain.then_some(value)
}

/// The text does not fit the type.
#[derive(Debug)]
struct Unfit;

impl Display for Unfit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the text does not fit the type")
    }
}

impl core::error::Error for Unfit {}

// What would be said is not kept: no message is made, and nothing of the token gets into one.
impl serde_core::de::Error for Unfit {
    fn custom<T: Display>(_: T) -> Self {
        Unfit
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Unfit
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Unfit
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Unfit
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Unfit
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Unfit
    }

    fn missing_field(_: &'static str) -> Self {
        Unfit
    }

    fn duplicate_field(_: &'static str) -> Self {
        Unfit
    }
}

/// Stands before what comes next: white space is skipped behind each token, not before it.
struct Reader<'r, 'de> {
    scanner: Scanner<'de>,
    /// How many arrays and objects are open.
    depth: usize,
    /// For the registered claims, if the outermost object is a claims set.
    claims: Option<&'r mut Registered<'de>>,
    /// Whether the outermost object was read to its end.
    seen: bool,
    /// The number that was looked at last, and where it begins.
    number: Option<(usize, Number<'de>)>,
    /// Where a name or a value has to come, and where the colon between them.
    due: usize,
    colon: usize,
}

impl<'r, 'de> Reader<'r, 'de> {
    #[inline]
    fn new(text: &'de str, claims: Option<&'r mut Registered<'de>>) -> Self {
        let mut scanner = Scanner::new(text);
        scanner.whitespace();
        Reader { scanner, depth: 0, claims, seen: false, number: None, due: usize::MAX, colon: usize::MAX }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.scanner.peek()
    }

    /// Behind a token, or refuses.
    #[inline(always)]
    fn token<T>(&mut self, token: Result<T, JsonError>) -> Result<T, Unfit> {
        let Ok(token) = token else { return Err(self.unfit()) };
        self.scanner.whitespace();
        Ok(token)
    }

    /// Refuses. The type may go on all the same, so from here on nothing is certain.
    #[cold]
    fn unfit(&self) -> Unfit {
        self.scanner.set_doubt();
        Unfit
    }

    /// From here on something has to come.
    #[inline]
    fn due(&mut self) {
        self.due = self.scanner.at();
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Unfit> {
        let token = self.scanner.expect(byte);
        self.token(token)
    }

    /// A comma or a closing bracket, which may not come where something is due.
    #[inline]
    fn end(&mut self, byte: u8) -> Result<(), Unfit> {
        if self.scanner.at() == self.due { Err(self.unfit()) } else { self.expect(byte) }
    }

    /// A name, after which a colon is due.
    #[inline]
    fn name(&mut self) -> Result<Text<'de>, Unfit> {
        let name = self.string()?;
        self.due();
        self.colon = self.due;
        Ok(name)
    }

    /// The colon of a name that was read just before.
    #[inline]
    fn colon(&mut self) -> Result<(), Unfit> {
        if self.scanner.at() != self.colon {
            return Err(self.unfit());
        }
        self.expect(b':')?;
        self.due();
        Ok(())
    }

    #[inline(always)]
    fn string(&mut self) -> Result<Text<'de>, Unfit> {
        let token = self.scanner.string();
        self.token(token)
    }

    #[inline]
    fn number(&mut self) -> Result<Number<'de>, Unfit> {
        let token = match self.number {
            Some((start, number)) if start == self.scanner.at() => {
                self.scanner.skip(number.text);
                Ok(number)
            }
            _ if matches!(self.peek(), Some(b'-' | b'0'..=b'9')) => self.scanner.number(),
            _ => return Err(self.unfit()),
        };
        self.token(token)
    }

    fn parse<N: FromStr>(&mut self) -> Result<N, Unfit> {
        self.number()?.text.parse().map_err(|_| Unfit)
    }

    #[inline]
    fn value(&mut self, depth: usize) -> Result<Value<'de>, Unfit> {
        let token = self.scanner.value(depth);
        self.token(token)
    }

    fn literal(&mut self) -> Result<&'de str, Unfit> {
        if matches!(self.peek(), Some(b't' | b'f' | b'n'))
            && let Value::Literal(word) = self.value(0)?
        {
            return Ok(word);
        }
        Err(self.unfit())
    }

    /// An integer of up to 64 bits: what is none does not fit a type of integers.
    #[inline]
    fn integer<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unfit> {
        let number = self.number()?;
        if let Some(integer) = number.short {
            return visitor.visit_u64(integer);
        }
        let text = number.text;
        // Minus zero is a double.
        let negative = || text.parse().ok().filter(|integer| *integer != 0);
        if text.starts_with('-') { visitor.visit_i64(negative().ok_or(Unfit)?) } else { visitor.visit_u64(text.parse().map_err(|_| Unfit)?) }
    }

    /// A number of any kind, an integer where it is one.
    fn any_number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unfit> {
        let number = self.number()?.text;
        if let Ok(integer) = number.parse() {
            return visitor.visit_u64(integer);
        }
        match number.parse() {
            // Minus zero is a double.
            Ok(integer) if integer != 0 => visitor.visit_i64(integer),
            _ => visitor.visit_f64(number.parse().map_err(|_| Unfit)?),
        }
    }

    #[inline]
    fn text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unfit> {
        visit(self.string()?, visitor)
    }

    fn bool<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unfit> {
        match self.literal()? {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(Unfit),
        }
    }

    #[inline]
    fn array<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unfit> {
        self.open(b'[')?;
        let value = visitor.visit_seq(Elements { reader: self, first: true })?;
        self.close(b']')?;
        Ok(value)
    }

    /// Looks at the value of a registered claim as what the RFC says; the type reads it once more as what it wants.
    #[inline]
    fn note(&mut self, name: Text<'de>) -> Result<(), Unfit> {
        let start = self.scanner.at();
        let value = self.scanner.look_at_value().map_err(|_| self.unfit())?;
        if let Value::Number(number) = value {
            self.number = Some((start, number));
        }
        let refused = self.claims.as_mut().is_some_and(|claims| claims.note(name, value).is_err());
        if refused { Err(self.unfit()) } else { Ok(()) }
    }

    #[inline]
    fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unfit> {
        let outermost = self.depth == 0;
        self.open(b'{')?;
        let names = self.scanner.open_names();
        let members = Members { elements: Elements { reader: self, first: true }, names, name: Text::plain("") };
        let value = visitor.visit_map(members)?;
        self.scanner.close_names(names);
        self.close(b'}')?;
        self.seen |= outermost;
        Ok(value)
    }

    #[inline]
    fn open(&mut self, byte: u8) -> Result<(), Unfit> {
        self.expect(byte)?;
        if self.depth >= MAX_DEPTH {
            // Too deep, or it may be what stands inside.
            let unfit = self.unfit();
            if self.depth > MAX_DEPTH {
                return Err(unfit);
            }
        }
        self.depth += 1;
        Ok(())
    }

    #[inline]
    fn close(&mut self, byte: u8) -> Result<(), Unfit> {
        self.end(byte)?;
        // Not before: what was opened and is not closed stays open, whoever passes over the error.
        self.depth -= 1;
        Ok(())
    }
}

#[inline]
fn visit<'de, V: Visitor<'de>>(text: Text<'de>, visitor: V) -> Result<V::Value, Unfit> {
    match text.to_cow() {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

/// For a type that wants octets, and may know no others.
fn visit_bytes<'de, V: Visitor<'de>>(text: Text<'de>, visitor: V) -> Result<V::Value, Unfit> {
    match text.to_cow() {
        Cow::Borrowed(text) => visitor.visit_borrowed_bytes(text.as_bytes()),
        Cow::Owned(text) => visitor.visit_byte_buf(text.into_bytes()),
    }
}

/// Methods that all read the same way.
macro_rules! alike {
    ($($way:ident: $($method:ident)*;)*) => {
        $($(#[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
            self.$way(visitor)
        })*)*
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'_, 'de> {
    type Error = Unfit;

    alike! {
        integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64;
        text: deserialize_char deserialize_str deserialize_string deserialize_identifier;
        bool: deserialize_bool;
        any_number: deserialize_f64;
        array: deserialize_seq;
        object: deserialize_map;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.peek() {
            Some(b'{') => self.object(visitor),
            Some(b'[') => self.array(visitor),
            Some(b'"') => self.text(visitor),
            Some(b't' | b'f') => self.bool(visitor),
            Some(b'n') => self.deserialize_unit(visitor),
            _ => self.any_number(visitor),
        }
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_i128(self.parse()?)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_u128(self.parse()?)
    }

    // Rounded once, and never to an infinity.
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let number: f32 = self.parse()?;
        if number.is_finite() { visitor.visit_f32(number) } else { Err(Unfit) }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.peek() == Some(b'[') { self.array(visitor) } else { visit_bytes(self.string()?, visitor) }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.peek() == Some(b'n') {
            self.literal()?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.literal()? == "null" { visitor.visit_unit() } else { Err(Unfit) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_unit(visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unfit> {
        self.array(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Result<V::Value, Unfit> {
        self.array(visitor)
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unfit> {
        if self.peek() == Some(b'[') { self.array(visitor) } else { self.object(visitor) }
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unfit> {
        if self.peek() == Some(b'"') {
            return visitor.visit_enum(self.string()?.to_cow().into_deserializer());
        }
        self.open(b'{')?;
        let value = visitor.visit_enum(Variant(self))?;
        self.close(b'}')?;
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.value(self.depth)?;
        visitor.visit_unit()
    }
}

/// What stands between brackets.
struct Elements<'r, 'c, 'de> {
    reader: &'r mut Reader<'c, 'de>,
    first: bool,
}

impl Elements<'_, '_, '_> {
    /// Goes to the next one, if there is one.
    #[inline]
    fn next(&mut self, end: u8) -> bool {
        match self.reader.peek() {
            byte if byte == Some(end) => return false,
            _ if self.first => self.first = false,
            _ if self.reader.end(b',').is_err() => return false,
            _ => (),
        }
        self.reader.due();
        true
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, '_, 'de> {
    type Error = Unfit;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unfit> {
        if self.next(b']') { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

/// What stands between braces.
struct Members<'r, 'c, 'de> {
    elements: Elements<'r, 'c, 'de>,
    names: Names,
    /// The name that was read last.
    name: Text<'de>,
}

impl<'de> MapAccess<'de> for Members<'_, '_, 'de> {
    type Error = Unfit;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unfit> {
        if !self.elements.next(b'}') {
            return Ok(None);
        }
        self.name = self.elements.reader.name()?;
        // Features of serde_json let these names say that a string is to be read as JSON, which nobody has checked.
        if self.name.to_cow().starts_with("$serde_json::private::") {
            return Err(self.elements.reader.unfit());
        }
        self.elements.reader.scanner.add_name(self.names, self.name);
        seed.deserialize(Name(self.name)).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unfit> {
        let reader = &mut *self.elements.reader;
        reader.colon()?;
        // Only the outermost object's members are claims.
        if reader.depth == 1 && reader.claims.is_some() && Registered::holds(self.name) {
            reader.note(self.name)?;
        }
        seed.deserialize(reader)
    }
}

/// A name. It is a string, and the type may want what the string holds.
struct Name<'de>(Text<'de>);

impl Name<'_> {
    fn parse<N: FromStr>(&self) -> Result<N, Unfit> {
        let name = self.0.to_cow();
        // No sign but a minus, no infinity: JSON's own numbers.
        let mut scanner = Scanner::new(&name);
        let number = matches!(scanner.peek(), Some(b'-' | b'0'..=b'9')) && scanner.number().is_ok_and(|number| number.text.len() == name.len());
        if number { name.parse().map_err(|_| Unfit) } else { Err(Unfit) }
    }

    fn signed<N: FromStr>(&self) -> Result<N, Unfit> {
        if self.0.is("-0") { Err(Unfit) } else { self.parse() }
    }
}

macro_rules! numbers {
    ($($method:ident: $visit:ident $parse:ident;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
            visitor.$visit(self.$parse()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Name<'de> {
    type Error = Unfit;

    numbers! {
        deserialize_i8: visit_i8 signed;
        deserialize_i16: visit_i16 signed;
        deserialize_i32: visit_i32 signed;
        deserialize_i64: visit_i64 signed;
        deserialize_i128: visit_i128 parse;
        deserialize_u8: visit_u8 parse;
        deserialize_u16: visit_u16 parse;
        deserialize_u32: visit_u32 parse;
        deserialize_u64: visit_u64 parse;
        deserialize_u128: visit_u128 parse;
        deserialize_f32: visit_f32 parse;
        deserialize_f64: visit_f64 parse;
    }

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visit(self.0, visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.0.is("true") || self.0.is("false") { visitor.visit_bool(self.0.is("true")) } else { Err(Unfit) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_enum(self.0.to_cow().into_deserializer())
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visit_bytes(self.0, visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visit_bytes(self.0, visitor)
    }

    forward_to_deserialize_any! { char str string unit unit_struct seq tuple tuple_struct map struct identifier ignored_any }
}

/// A variant with contents: an object of one member.
struct Variant<'r, 'c, 'de>(&'r mut Reader<'c, 'de>);

impl<'de> EnumAccess<'de> for Variant<'_, '_, 'de> {
    type Error = Unfit;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Unfit> {
        let name = self.0.name()?;
        let value = seed.deserialize(Name(name))?;
        self.0.colon()?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_, 'de> {
    type Error = Unfit;

    fn unit_variant(self) -> Result<(), Unfit> {
        Deserialize::deserialize(self.0)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unfit> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unfit> {
        self.0.array(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unfit> {
        self.0.deserialize_struct("", &[], visitor)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;

    /// Otherwise such a token would be read twice.
    #[test]
    fn claims_that_are_as_they_should_be_leave_no_doubt() {
        for text in [
            r#"{"exp":1300819380,"user_id":1234}"#,
            r#"{"user_id":1234,"exp":1300819380.5,"nbf":-1,"iat":0,"more":[0,-7,1.5,-2e3,9007199254740993,-0]}"#,
            r#"{"iss":"joe","sub":"1","aud":["a","b"],"jti":"x","aud2":"a\u0070i","deep":{"aud":7,"exp":"no","of":[{"exp":null},[],{}]}}"#,
            "\t{ \"a\" : [ true , false , null ] ,\r\n\"b\" : { } , \"exp\" : 1 } \n",
            "{}",
        ] {
            let mut registered = Registered::default();
            let read: Option<Json> = claims(text, &mut registered);
            assert_eq!(read, Some(serde_json::from_str(text).unwrap()), "{text}");
            let again = Registered::read(text.as_bytes()).unwrap_or_default();
            assert_eq!((registered.exp, registered.nbf, registered.iat, registered.iss), (again.exp, again.nbf, again.iat, again.iss), "{text}");
        }
    }
}
