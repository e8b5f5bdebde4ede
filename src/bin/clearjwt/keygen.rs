//! `keygen`: a random key.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write as _},
};

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use clap::Args;
use clearjwt::{Algorithm, jwk};
use zeroize::Zeroizing;

use crate::{
    failure::Failure,
    key::{Format, algorithm},
    text::print,
};

/// Make a random key, as long as the algorithm's hash, from the system's source of randomness.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt keygen --output key.txt
  clearjwt keygen --alg HS512 --key-format jwk --key-id 2026-11 > key.jwk

A key in the format text is base64url, and its text is the key: other programs take it as it is.")]
pub struct Keygen {
    /// The algorithm that the key is for: HS256, HS384 or HS512
    #[arg(long, value_name = "ALG", value_parser = algorithm, default_value = "HS256")]
    alg: Algorithm,
    /// In which form to write the key
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    key_format: Format,
    /// The `kid` of the JWK
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
    /// Write to a new file that only its owner can read, instead of stdout
    #[arg(long, value_name = "FILE")]
    output: Option<String>,
}

impl Keygen {
    pub fn run(self) -> Result<(), Failure> {
        if self.key_id.is_some() && self.key_format != Format::Jwk {
            return Err(Failure::trouble("usage", "only a JWK holds an id: --key-id goes with --key-format jwk"));
        }
        let mut secret = Zeroizing::new(vec![0; self.alg.mac_len()]);
        getrandom::fill(&mut secret).map_err(|error| Failure::trouble("random", format!("the system gives no random bytes: {error}")))?;
        let text = match self.key_format {
            Format::Raw => return self.write(&secret),
            Format::Text | Format::Base64url => Zeroizing::new(Base64UrlUnpadded::encode_string(&secret)),
            Format::Base64 => Zeroizing::new(Base64::encode_string(&secret)),
            Format::Hex => Zeroizing::new(base16ct::lower::encode_string(&secret)),
            Format::Jwk => jwk::to_text(self.alg, &secret, self.key_id.as_deref())?,
        };
        self.write(&Zeroizing::new([text.as_bytes(), b"\n"].concat()))
    }

    fn write(&self, octets: &[u8]) -> Result<(), Failure> {
        let Some(path) = &self.output else { return print(octets) };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // RFC7517-7-1
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).and_then(|mut file| file.write_all(octets)).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Failure::trouble("file", format!("{path}: exists, and stays as it is: --output names a new file")),
            _ => Failure::file(path, &error),
        })
    }
}
