//! Claims become JSON text (RFC 8259 §10).
//!
//! In: anything that serializes. Out: what `serde_json` writes of it, appended; or a refusal where `serde_json` would write
//! `null`: it does so for NaN and the infinities (RFC8259-3-1), and a claim that turns into `null` says something else.

use alloc::vec::Vec;
use core::{cell::Cell, fmt::Display};

use serde_core::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
    Serializer,
};

use crate::error::SignError;

// RFC8259-10-1
pub(crate) fn append<C: Serialize + ?Sized>(claims: &C, json: &mut Vec<u8>) -> Result<(), SignError> {
    let not_finite = Cell::new(false);
    let claims = Finite { inner: claims, not_finite: &not_finite };
    #[cfg(feature = "std")]
    let result = claims.serialize(&mut serde_json::Serializer::new(json));
    // Without `std` serde_json writes into vectors of its own only.
    #[cfg(not(feature = "std"))]
    let result = serde_json::to_vec(&claims).map(|text| json.extend_from_slice(&text));
    result.map_err(|_| if not_finite.get() { SignError::NotFinite } else { SignError::Serialize })
}

/// Passes everything on to `inner`, a serializer or part of one, or a value to it, but for numbers that are not finite.
struct Finite<'n, T> {
    inner: T,
    /// Tells our refusal from one of the value's own.
    not_finite: &'n Cell<bool>,
}

impl<'n, T> Finite<'n, T> {
    fn of<U>(&self, inner: U) -> Finite<'n, U> {
        Finite { inner, not_finite: self.not_finite }
    }
}

impl<T: Serialize + ?Sized> Serialize for Finite<'_, &T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.inner.serialize(self.of(serializer))
    }
}

/// Methods that only pass a plain value on.
macro_rules! pass {
    ($($method:ident($type:ty),)*) => {
        $(fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.inner.$method(value)
        })*
    };
}

impl<'n, S: Serializer> Serializer for Finite<'n, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Finite<'n, S::SerializeSeq>;
    type SerializeTuple = Finite<'n, S::SerializeTuple>;
    type SerializeTupleStruct = Finite<'n, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Finite<'n, S::SerializeTupleVariant>;
    type SerializeMap = Finite<'n, S::SerializeMap>;
    type SerializeStruct = Finite<'n, S::SerializeStruct>;
    type SerializeStructVariant = Finite<'n, S::SerializeStructVariant>;

    // RFC8259-3-1
    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            return self.inner.serialize_f64(value);
        }
        self.not_finite.set(true);
        Err(S::Error::custom("not finite"))
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            return self.inner.serialize_f32(value);
        }
        self.not_finite.set(true);
        Err(S::Error::custom("not finite"))
    }

    pass! {
        serialize_bool(bool), serialize_char(char), serialize_str(&str), serialize_bytes(&[u8]),
        serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64), serialize_i128(i128),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64), serialize_u128(u128),
        serialize_unit_struct(&'static str),
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_none()
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        let value = self.of(value);
        self.inner.serialize_some(&value)
    }

    fn serialize_unit_variant(self, name: &'static str, index: u32, variant: &'static str) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        let value = self.of(value);
        self.inner.serialize_newtype_struct(name, &value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, name: &'static str, index: u32, variant: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        let value = self.of(value);
        self.inner.serialize_newtype_variant(name, index, variant, &value)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Ok(Finite { inner: self.inner.serialize_seq(len)?, not_finite: self.not_finite })
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        Ok(Finite { inner: self.inner.serialize_tuple(len)?, not_finite: self.not_finite })
    }

    fn serialize_tuple_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeTupleStruct, S::Error> {
        Ok(Finite { inner: self.inner.serialize_tuple_struct(name, len)?, not_finite: self.not_finite })
    }

    fn serialize_tuple_variant(self, name: &'static str, index: u32, variant: &'static str, len: usize) -> Result<Self::SerializeTupleVariant, S::Error> {
        Ok(Finite { inner: self.inner.serialize_tuple_variant(name, index, variant, len)?, not_finite: self.not_finite })
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Ok(Finite { inner: self.inner.serialize_map(len)?, not_finite: self.not_finite })
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        Ok(Finite { inner: self.inner.serialize_struct(name, len)?, not_finite: self.not_finite })
    }

    fn serialize_struct_variant(self, name: &'static str, index: u32, variant: &'static str, len: usize) -> Result<Self::SerializeStructVariant, S::Error> {
        Ok(Finite { inner: self.inner.serialize_struct_variant(name, index, variant, len)?, not_finite: self.not_finite })
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// The compound parts: each passes its values on.
macro_rules! compound {
    ($($part:ident: $method:ident($($key:ident)?),)*) => {
        $(impl<S: $part> $part for Finite<'_, S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $($key: &'static str,)? value: &T) -> Result<(), S::Error> {
                let value = self.of(value);
                self.inner.$method($($key,)? &value)
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.inner.end()
            }
        })*
    };
}

compound! {
    SerializeSeq: serialize_element(),
    SerializeTuple: serialize_element(),
    SerializeTupleStruct: serialize_field(),
    SerializeTupleVariant: serialize_field(),
    SerializeStruct: serialize_field(key),
    SerializeStructVariant: serialize_field(key),
}

impl<S: SerializeMap> SerializeMap for Finite<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.inner.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        let value = self.of(value);
        self.inner.serialize_value(&value)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}
