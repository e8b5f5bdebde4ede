//! KEY: where the secret comes from, in which form, and what it is for. A secret is never an argument.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use clap::{Args, ValueEnum};
use clearjwt::{Algorithm, Key, KeyError, jwk};
use zeroize::Zeroizing;

use crate::{
    failure::Failure,
    text::{read, without_newline},
};

/// The algorithm, as `--alg` names it.
pub fn algorithm(name: &str) -> Result<Algorithm, String> {
    Algorithm::from_name(name).ok_or_else(|| "one of HS256, HS384, HS512".into())
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Format {
    /// The characters are the secret, less one trailing newline
    Text,
    /// The bytes are the secret, a newline too
    Raw,
    /// The secret is what the digits stand for
    Hex,
    /// The secret is what the text stands for, padded with =
    Base64,
    /// The same with - and _, without =
    Base64url,
    /// A JWK of type oct, or a set of them
    Jwk,
}

#[derive(Args)]
#[command(next_help_heading = "Key")]
pub struct KeyArgs {
    /// Read the key from this file; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "key_env")]
    pub key_file: Option<String>,
    /// Read the key from this environment variable
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
    /// In which form the key is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    key_format: Format,
    /// The key's algorithm: HS256, HS384 or HS512 [default: what a JWK says, otherwise HS256]
    #[arg(long, value_name = "ALG", value_parser = algorithm)]
    alg: Option<Algorithm>,
    /// The key's id, the `kid` of its tokens; of a JWK Set, the key to use
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
    /// Drop the id that a JWK gives the key
    #[arg(long, conflicts_with = "key_id")]
    no_key_id: bool,
    /// Take a key that is short, repeated or published: whoever sees a token can guess such a key
    #[arg(long)]
    allow_weak_key: bool,
}

impl KeyArgs {
    /// The keys to verify with: one, or those of a JWK Set.
    pub fn keys(&self) -> Result<Vec<Key>, Failure> {
        let text = self.text()?;
        if self.key_format != Format::Jwk {
            return self.single(&text).map(|key| vec![key]);
        }
        let alg = self.alg;
        let of_jwk = |alg: Option<Algorithm>| if self.allow_weak_key { Key::weak_from_jwk(alg, &text) } else { Key::from_jwk(alg, &text) };
        let keys = match of_jwk(alg) {
            // It names no algorithm of its own.
            Err(KeyError::Alg) if alg.is_none() => of_jwk(Some(Algorithm::HS256)).map(|key| vec![key]),
            // No JWK; perhaps a set of them.
            Err(KeyError::Kty) => match jwk::key_set(alg.unwrap_or(Algorithm::HS256), &text) {
                Err(KeyError::NotASet) => Err(KeyError::Kty),
                set => set.map(|set| set.to_vec()),
            },
            key => key.map(|key| vec![key]),
        }?;
        if self.no_key_id {
            return Ok(keys.into_iter().map(Key::without_id).collect());
        }
        match (&self.key_id, keys.as_slice()) {
            (Some(id), [key]) => Ok(vec![key.clone().with_id(id)]),
            (Some(id), _) => {
                let named = keys.into_iter().find(|key| key.id() == Some(id));
                named.map(|key| vec![key]).ok_or_else(|| Failure::trouble("key_id", "no key of the set has the id of --key-id"))
            }
            (None, _) => Ok(keys),
        }
    }

    /// The key and something else cannot both be read from stdin.
    pub fn refuse_stdin_twice(&self, what: &str, path: Option<&str>) -> Result<(), Failure> {
        if path == Some("-") && self.key_file.as_deref() == Some("-") {
            return Err(Failure::trouble("usage", format!("key and {what} cannot both come from stdin")));
        }
        Ok(())
    }

    /// The key to sign with.
    pub fn key(&self) -> Result<Key, Failure> {
        match <[Key; 1]>::try_from(self.keys()?) {
            Ok([key]) => Ok(key),
            Err(_) => Err(Failure::trouble("key_id", "the JWK Set has several keys: say with --key-id which one signs")),
        }
    }

    fn text(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        match (&self.key_file, &self.key_env) {
            (Some(path), _) => read(path),
            (None, Some(name)) => match std::env::var_os(name) {
                Some(value) => Ok(Zeroizing::new(value.into_encoded_bytes())),
                None => Err(Failure::trouble("key_env", "the environment variable of --key-env is not set")),
            },
            (None, None) => Err(Failure::trouble("usage", "say where the key is: --key-file FILE or --key-env NAME")),
        }
    }

    fn single(&self, text: &[u8]) -> Result<Key, Failure> {
        let line = without_newline(text);
        let mut room = Zeroizing::new(vec![0; line.len()]);
        // The crates whose names end in ct look into no table, where a secret would leave its trace.
        let secret = match self.key_format {
            Format::Text => Zeroizing::new(line.to_vec()),
            Format::Raw | Format::Jwk => Zeroizing::new(text.to_vec()),
            Format::Hex => Zeroizing::new(base16ct::mixed::decode_vec(line).map_err(|_| KeyError::Encoding)?),
            Format::Base64 => Zeroizing::new(Base64::decode(line, &mut room).map_err(|_| KeyError::Encoding)?.to_vec()),
            Format::Base64url => Zeroizing::new(Base64UrlUnpadded::decode(line, &mut room).map_err(|_| KeyError::Encoding)?.to_vec()),
        };
        let algorithm = self.alg.unwrap_or(Algorithm::HS256);
        let key = if self.allow_weak_key { Key::weak(algorithm, &secret) } else { Key::new(algorithm, &secret) }?;
        Ok(match &self.key_id {
            Some(id) => key.with_id(id),
            None => key,
        })
    }
}
