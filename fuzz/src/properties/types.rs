use std::{collections::BTreeMap, fmt::Debug, sync::LazyLock};

use clearjwt::{Algorithm, Validation, VerifyError};
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::kinds::*;
use crate::{keys, seal};

#[path = "../../../tests/common/types.rs"]
mod kinds;

/// Claims are read into a type as `serde_json` reads them if the check takes them, and refused for its reason if not: whatever the type.
pub fn types(text: &[u8]) {
    agree_on_all(text);
    agree_on_all(&[br#"{ "b" :1, "a":"#, text, br#" ,"exp":5}"#].concat());
}

fn agree_on_all(payload: &[u8]) {
    let plain = &without_needless_escapes(payload);
    // Names that `serde_json` keeps for itself are no claims here, and mean more to it than they say.
    if plain.windows(6).any(|window| window == b"serde_") {
        return;
    }
    let token = seal(Algorithm::HS256, br#"{"alg":"HS256","typ":"JWT"}"#, payload);
    let checked = DEMANDS.check_at(&token, &keys()[0], 0).map(drop);
    macro_rules! agree_on {
        ($($type:ty),* $(,)?) => { $(agree::<$type>(&token, plain, checked);)* };
    }
    with_each_type!(agree_on);
}

/// The same JSON. `serde_json` reads no number from a name such as `"\u0030"`; to clearjwt it is the name `"0"`, however it is spelled.
fn without_needless_escapes(mut json: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    while let Some(first) = json.first() {
        let length = if json.starts_with(br"\u") { 6 } else { 1 + usize::from(*first == b'\\') };
        let (piece, rest) = json.split_at(length.min(json.len()));
        let code = piece.strip_prefix(br"\u").and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        match code {
            Some(character @ (b' '..=b'!' | b'#'..=b'[' | b']'..=b'~')) => plain.push(character),
            _ => plain.extend_from_slice(piece),
        }
        json = rest;
    }
    plain
}

static DEMANDS: LazyLock<Validation> = LazyLock::new(|| Validation::new().allow_no_expiry().any_audience());

fn agree<T: DeserializeOwned + Debug + PartialEq>(token: &str, payload: &[u8], checked: Result<(), VerifyError>) {
    let read = DEMANDS.verify_at::<T>(token, &keys()[0], 0).map(|verified| verified.into_claims());
    let expected = || {
        let mut reader = serde_json::Deserializer::from_slice(payload);
        reader.disable_recursion_limit();
        T::deserialize(&mut reader).and_then(|value| reader.end().map(|()| value)).ok()
    };
    match checked {
        Err(error) => assert_eq!(read.map(drop), Err(error)),
        Ok(()) => match read {
            Err(VerifyError::ClaimsShape { .. }) => assert_eq!(expected(), None),
            read => assert_eq!(read.ok(), expected()),
        },
    }
}
