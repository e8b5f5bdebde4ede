//! Claims become JSON text (RFC 8259 §10).
//!
//! In: anything that serializes. Out: what `serde_json` writes of it, appended; or a refusal where `serde_json` would write
//! `null`: it does so for NaN and the infinities (RFC8259-3-1), and a claim that turns into `null` says something else.
//!
//! While serde writes, names and types are noted. Most claims are then known to be a claims set, and need no reading back,
//! which would add two fifths to the time that `sign` takes for ten claims. Where a doubt is left, the reading decides.

use alloc::vec::Vec;
use core::{cell::Cell, fmt::Display};

use serde_core::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
    Serializer,
};

use crate::{
    claims::MAX_SECONDS,
    error::SignError,
    json::{Names, Prints},
};

/// What is known of claims once they are written.
pub(crate) enum Form {
    /// They are what `Registered::read` takes.
    ClaimsSet,
    /// That is to be seen.
    Doubtful,
}

/// Appends claims, and watches for a claims set, with this `iss` if there is one.
// RFC8259-10-1
pub(crate) fn append<C: Serialize + ?Sized>(claims: &C, issuer: Option<&str>, json: &mut Vec<u8>) -> Result<Form, SignError> {
    let notes = Notes {
        not_finite: Cell::new(false),
        prints: Prints::new(),
        depth: Cell::new(0),
        issuer: Cell::new(issuer),
        object: Cell::new(Names::default()),
        named: Cell::new(None),
    };
    let claims = Watched { inner: claims, place: Place::Claims, notes: &notes };
    #[cfg(feature = "std")]
    let result = claims.serialize(&mut serde_json::Serializer::new(json));
    // Without `std` serde_json writes into vectors of its own only.
    #[cfg(not(feature = "std"))]
    let result = serde_json::to_vec(&claims).map(|text| json.extend_from_slice(&text));
    match result {
        Ok(()) if notes.prints.doubt.get() || notes.issuer.get().is_some() => Ok(Form::Doubtful),
        Ok(()) => Ok(Form::ClaimsSet),
        Err(_) if notes.not_finite.get() => Err(SignError::NotFinite),
        Err(_) => Err(SignError::Serialize),
    }
}

/// What was seen.
struct Notes<'n> {
    /// Tells our refusal from one of the value's own.
    not_finite: Cell<bool>,
    prints: Prints,
    depth: Cell<usize>,
    /// The `iss` that is still to come.
    issuer: Cell<Option<&'n str>>,
    /// The object of the name that a map writes next.
    object: Cell<Names>,
    /// Where the value of the last name in a map stands.
    named: Cell<Option<Place>>,
}

impl Notes<'_> {
    fn doubt_unless(&self, known: bool) {
        if !known {
            self.prints.doubt.set(true);
        }
    }

    /// A name of an object. Gives the place of its value.
    fn name(&self, names: Names, name: &str) -> Place {
        self.prints.add(names, name.as_bytes());
        match name {
            // What begins otherwise than with the claims set is in doubt.
            _ if !names.outermost() => Place::Anywhere,
            "exp" | "nbf" | "iat" => Place::Date,
            "iss" => Place::Issuer,
            "sub" | "jti" => Place::Text,
            "aud" => Place::Audience,
            _ => Place::Anywhere,
        }
    }

    /// So many levels more. Gives how many there were.
    fn deeper(&self, levels: usize) -> usize {
        let around = self.depth.replace(self.depth.get() + levels);
        // Well before the reading finds it too deep.
        self.doubt_unless(self.depth.get() < 100);
        around
    }
}

/// A value that is not written to its end.
struct Unfinished<'n>(&'n Notes<'n>);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.0.doubt_unless(false);
    }
}

/// Where a value stands, as far as it matters. A byte: one that held more was copied in pieces, for a third of the time of a map.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// All of the text.
    Claims,
    /// The name of a member in a map.
    Name,
    Date,
    Text,
    Issuer,
    Audience,
    Anywhere,
}

/// Passes everything on to `inner`, a serializer or a value to it, but for numbers that are not finite, and for lengths of zero: `serde_json`
/// would close the brackets at once, and a length is a hint.
struct Watched<'n, T> {
    inner: T,
    place: Place,
    notes: &'n Notes<'n>,
}

impl<'n, T> Watched<'n, T> {
    fn of<U>(&self, inner: U) -> Watched<'n, U> {
        Watched { inner, place: self.place, notes: self.notes }
    }

    fn only(&self, place: Place) {
        self.notes.doubt_unless(self.place == place);
    }

    fn text(&self, text: &str) {
        match self.place {
            Place::Name => self.notes.named.set(Some(self.notes.name(self.notes.object.get(), text))),
            // RFC8725-3.8-1
            Place::Issuer => self.notes.issuer.set(self.notes.issuer.get().filter(|issuer| *issuer != text)),
            Place::Text | Place::Audience | Place::Anywhere => (),
            Place::Claims | Place::Date => self.notes.doubt_unless(false),
        }
    }

    fn integer(&self, seconds: Option<i64>) {
        let date = seconds.is_some_and(|seconds| (-MAX_SECONDS..=MAX_SECONDS).contains(&seconds));
        self.notes.doubt_unless(self.place == Place::Anywhere || self.place == Place::Date && date);
    }

    /// An object, whose members are claims if nothing is around it.
    fn members<S>(&self, inner: S, levels: usize) -> Members<'n, S> {
        self.notes.doubt_unless(matches!(self.place, Place::Claims | Place::Anywhere));
        let around = self.notes.deeper(levels);
        Members { inner, around, names: self.notes.prints.open(), value: None, notes: self.notes }
    }

    fn elements<S>(&self, inner: S, levels: usize) -> Elements<'n, S> {
        self.notes.doubt_unless(matches!(self.place, Place::Audience | Place::Anywhere));
        let around = self.notes.deeper(levels);
        Elements { inner, around, place: if self.place == Place::Audience { Place::Text } else { Place::Anywhere }, notes: self.notes }
    }
}

impl<T: Serialize + ?Sized> Serialize for Watched<'_, &T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Some of it may be written when it panics or gives an error, and who catches that may go on.
        let unfinished = Unfinished(self.notes);
        let ok = self.inner.serialize(self.of(serializer))?;
        core::mem::forget(unfinished);
        Ok(ok)
    }
}

/// Methods that note something of a plain value and pass it on.
macro_rules! pass {
    ($($method:ident($type:ty) $note:expr;)*) => {
        $(fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            let note: fn(&Self, $type) = $note;
            note(&self, value);
            self.inner.$method(value)
        })*
    };
}

impl<'n, S: Serializer> Serializer for Watched<'n, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Elements<'n, S::SerializeSeq>;
    type SerializeTuple = Elements<'n, S::SerializeTuple>;
    type SerializeTupleStruct = Elements<'n, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Elements<'n, S::SerializeTupleVariant>;
    type SerializeMap = Members<'n, S::SerializeMap>;
    type SerializeStruct = Members<'n, S::SerializeStruct>;
    type SerializeStructVariant = Members<'n, S::SerializeStructVariant>;

    // RFC8259-3-1
    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            self.only(Place::Anywhere);
            return self.inner.serialize_f64(value);
        }
        self.notes.not_finite.set(true);
        Err(S::Error::custom("not finite"))
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            self.only(Place::Anywhere);
            return self.inner.serialize_f32(value);
        }
        self.notes.not_finite.set(true);
        Err(S::Error::custom("not finite"))
    }

    pass! {
        serialize_i8(i8) |this, value| this.integer(Some(value.into()));
        serialize_i16(i16) |this, value| this.integer(Some(value.into()));
        serialize_i32(i32) |this, value| this.integer(Some(value.into()));
        serialize_i64(i64) |this, value| this.integer(Some(value));
        serialize_i128(i128) |this, value| this.integer(value.try_into().ok());
        serialize_u8(u8) |this, value| this.integer(Some(value.into()));
        serialize_u16(u16) |this, value| this.integer(Some(value.into()));
        serialize_u32(u32) |this, value| this.integer(Some(value.into()));
        serialize_u64(u64) |this, value| this.integer(value.try_into().ok());
        serialize_u128(u128) |this, value| this.integer(value.try_into().ok());
        serialize_str(&str) |this, value| this.text(value);
        serialize_bool(bool) |this, _| this.only(Place::Anywhere);
        serialize_char(char) |this, _| this.only(Place::Anywhere);
        serialize_bytes(&[u8]) |this, _| this.only(Place::Anywhere);
        serialize_unit_struct(&'static str) |this, _| this.only(Place::Anywhere);
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.only(Place::Anywhere);
        self.inner.serialize_none()
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.only(Place::Anywhere);
        self.inner.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        let value = self.of(value);
        self.inner.serialize_some(&value)
    }

    fn serialize_unit_variant(self, name: &'static str, index: u32, variant: &'static str) -> Result<S::Ok, S::Error> {
        self.text(variant);
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        let value = self.of(value);
        self.inner.serialize_newtype_struct(name, &value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, name: &'static str, index: u32, variant: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        self.only(Place::Anywhere);
        let around = self.notes.deeper(1);
        let value = self.of(value);
        let ok = self.inner.serialize_newtype_variant(name, index, variant, &value)?;
        value.notes.depth.set(around);
        Ok(ok)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        let elements = self.elements((), 1);
        Ok(elements.of(self.inner.serialize_seq(None)?))
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        let elements = self.elements((), 1);
        Ok(elements.of(self.inner.serialize_tuple(len.max(1))?))
    }

    fn serialize_tuple_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeTupleStruct, S::Error> {
        let elements = self.elements((), 1);
        Ok(elements.of(self.inner.serialize_tuple_struct(name, len.max(1))?))
    }

    fn serialize_tuple_variant(self, name: &'static str, index: u32, variant: &'static str, len: usize) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.only(Place::Anywhere);
        let elements = self.elements((), 2);
        Ok(elements.of(self.inner.serialize_tuple_variant(name, index, variant, len.max(1))?))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        let members = self.members((), 1);
        Ok(members.of(self.inner.serialize_map(None)?))
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        // So are structs named that tell serde_json to write a text as it is.
        self.notes.doubt_unless(!name.starts_with('$'));
        let members = self.members((), 1);
        Ok(members.of(self.inner.serialize_struct(name, len.max(1))?))
    }

    fn serialize_struct_variant(self, name: &'static str, index: u32, variant: &'static str, len: usize) -> Result<Self::SerializeStructVariant, S::Error> {
        self.only(Place::Anywhere);
        let members = self.members((), 2);
        Ok(members.of(self.inner.serialize_struct_variant(name, index, variant, len.max(1))?))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.notes.doubt_unless(matches!(self.place, Place::Text | Place::Audience | Place::Anywhere));
        self.inner.collect_str(value)
    }
}

/// An array on its way.
struct Elements<'n, S> {
    inner: S,
    /// How many levels are around it.
    around: usize,
    place: Place,
    notes: &'n Notes<'n>,
}

impl<'n, S> Elements<'n, S> {
    fn of<T>(self, inner: T) -> Elements<'n, T> {
        Elements { inner, around: self.around, place: self.place, notes: self.notes }
    }
}

macro_rules! elements {
    ($($part:ident: $method:ident,)*) => {
        $(impl<S: $part> $part for Elements<'_, S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                self.inner.$method(&Watched { inner: value, place: self.place, notes: self.notes })
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.notes.depth.set(self.around);
                self.inner.end()
            }
        })*
    };
}

elements! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}

/// An object on its way.
struct Members<'n, S> {
    inner: S,
    /// How many levels are around it.
    around: usize,
    names: Names,
    /// Where the value stands whose name was written last.
    value: Option<Place>,
    notes: &'n Notes<'n>,
}

impl<'n, S> Members<'n, S> {
    fn of<T>(self, inner: T) -> Members<'n, T> {
        Members { inner, around: self.around, names: self.names, value: self.value, notes: self.notes }
    }

    fn close(&self) {
        self.notes.doubt_unless(self.value.is_none());
        self.notes.prints.close(self.names);
        self.notes.depth.set(self.around);
    }
}

macro_rules! members {
    ($($part:ident,)*) => {
        $(impl<S: $part> $part for Members<'_, S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error> {
                let place = self.notes.name(self.names, name);
                self.inner.serialize_field(name, &Watched { inner: value, place, notes: self.notes })
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.close();
                self.inner.end()
            }
        })*
    };
}

members! {
    SerializeStruct,
    SerializeStructVariant,
}

impl<S: SerializeMap> SerializeMap for Members<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), S::Error> {
        self.notes.doubt_unless(self.value.is_none());
        self.notes.object.set(self.names);
        self.inner.serialize_key(&Watched { inner: name, place: Place::Name, notes: self.notes })?;
        self.value = self.notes.named.take();
        self.notes.doubt_unless(self.value.is_some());
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.notes.doubt_unless(self.value.is_some());
        let place = self.value.take().unwrap_or(Place::Anywhere);
        self.inner.serialize_value(&Watched { inner: value, place, notes: self.notes })
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.close();
        self.inner.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[derive(serde::Serialize)]
    struct Claims {
        exp: u64,
        more: Option<&'static Claims>,
    }

    /// Its name is one of those that serde_json keeps for itself.
    #[derive(serde::Serialize)]
    #[serde(rename = "$private")]
    struct Private {
        exp: u64,
    }

    fn doubtful(claims: impl Serialize, issuer: Option<&str>) -> bool {
        matches!(append(&claims, issuer, &mut Vec::new()), Ok(Form::Doubtful))
    }

    fn nested(depth: usize) -> Value {
        (0..depth).fold(json!(1), |inner, _| json!([inner]))
    }

    /// Otherwise what was written would be read again.
    #[test]
    fn claims_that_are_as_they_should_be_leave_no_doubt() {
        let largest = 9_007_199_254_740_991_i64;
        for claims in [
            json!({"exp": 1300819380, "user_id": 1234}),
            json!({"exp": largest, "nbf": -largest, "iat": 0, "n": [0, -7, u64::MAX, i64::MIN, 1.5, true, null]}),
            json!({"iss": "joe", "sub": "1", "jti": "x", "aud": ["a", "b"], "deep": {"exp": "no", "aud": 7, "of": [{"exp": null}, {}, []]}}),
            json!({"a": {"b": 1}, "c": {"b": 1}, "aud": "a", "deep": nested(90), "again": nested(90)}),
            json!({"many": alloc::vec![json!({"a": {"b": {}}}); 200]}),
            json!({}),
        ] {
            assert!(!doubtful(claims.clone(), None), "{claims}");
        }
        assert!(!doubtful(json!({"iss": "joe"}), Some("joe")));
        assert!(!doubtful(Claims { exp: 1, more: Some(&Claims { exp: 2, more: None }) }, None));
    }

    #[test]
    fn what_is_to_be_seen_is_looked_at() {
        for claims in [
            json!([]),
            json!(1),
            json!({"exp": 9_007_199_254_740_992_i64}),
            json!({"exp": "1"}),
            json!({"sub": 1}),
            json!({"aud": [1]}),
            json!({"deep": nested(120)}),
        ] {
            assert!(doubtful(claims.clone(), None), "{claims}");
        }
        assert!(doubtful(Private { exp: 1 }, None));
        assert!(doubtful(json!({"iss": "jane"}), Some("joe")) && doubtful(json!({}), Some("joe")));
    }
}
