//! Every way to fail: an exit status, a code, and one line that says what to do.

use std::{fmt::Write as _, io, process::ExitCode};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clearjwt::{KeyError, SignError, VerifyError, send::SendError};

use crate::text::{printable, tell};

pub enum Failure {
    /// Help or the version was asked for.
    Help(clap::Error),
    /// Who reads our output has gone.
    OutputClosed,
    Because {
        exit: u8,
        code: String,
        clause: Option<&'static str>,
        message: String,
    },
}

impl Failure {
    /// Usage, key or file trouble.
    pub fn trouble(code: &str, message: impl Into<String>) -> Self {
        Failure::Because { exit: 2, code: code.into(), clause: None, message: message.into() }
    }

    pub fn file(path: &str, error: &io::Error) -> Self {
        Failure::trouble("file", format!("{path}: {error}"))
    }

    /// Wrong arguments, told without repeating a value: it could be a token or a secret.
    pub fn usage(error: clap::Error) -> Self {
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            return Failure::Help(error);
        }
        let context = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => text.clone(),
            Some(ContextValue::Strings(texts)) => texts.join(" "),
            _ => String::new(),
        };
        let argument = context(ContextKind::InvalidArg);
        let option = if argument.starts_with('-') { argument.split('=').next().unwrap_or_default().to_string() } else { "(a value, not repeated here)".into() };
        let mut message = match error.kind() {
            // Not a suggestion of --key-id: the secret would stand in every token.
            ErrorKind::UnknownArgument if matches!(&*option, "--key" | "--secret" | "--password") => {
                return Failure::trouble("usage", format!("{option}: a secret is never an argument, give it by --key-file FILE or --key-env NAME"));
            }
            ErrorKind::UnknownArgument => format!("unexpected argument {option}"),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => format!("say what to do: {}", COMMANDS.join(", ")),
            ErrorKind::InvalidSubcommand => "unknown command".into(),
            ErrorKind::MissingRequiredArgument => format!("missing: {argument}"),
            ErrorKind::ArgumentConflict => format!("{argument} cannot be used together with {}", context(ContextKind::PriorArg)),
            ErrorKind::InvalidValue if context(ContextKind::InvalidValue).is_empty() => format!("{argument} needs a value"),
            ErrorKind::InvalidValue => format!("{argument} takes one of: {}", context(ContextKind::ValidValue).replace(' ', ", ")),
            ErrorKind::ValueValidation => format!("{argument}: {}", std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default()),
            kind => kind.as_str().unwrap_or("wrong arguments").into(),
        };
        let suggestion = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand].map(context).concat();
        if !suggestion.is_empty() {
            let _ = write!(message, "; did you mean {suggestion}?");
        }
        let given = std::env::args_os().nth(1);
        let command =
            COMMANDS.iter().find(|command| given.as_ref().is_some_and(|word| word == *command)).map(|command| format!("{command} ")).unwrap_or_default();
        Failure::trouble("usage", format!("{message}; see: clearjwt {command}--help"))
    }

    /// Says it on stderr, in one line.
    pub fn report(self, json: bool) -> ExitCode {
        match self {
            Failure::Help(help) => {
                let _ = help.print();
                ExitCode::SUCCESS
            }
            Failure::OutputClosed => ExitCode::SUCCESS,
            Failure::Because { exit, code, clause, message } => {
                if json {
                    tell(&serde_json::json!({ "code": code, "clause": clause, "message": message, "exit": exit }).to_string());
                } else {
                    tell(&format!("clearjwt: {}", printable(&message)));
                }
                ExitCode::from(exit)
            }
        }
    }
}

const COMMANDS: &[&str] = &["demo", "keygen", "sign", "verify", "inspect", "explain", "send", "serve", "conform"];

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        let (exit, advice) = match error {
            VerifyError::KeyUse => (2, ""),
            VerifyError::Segments => (1, "; a token is header.payload.signature, and one in a file is read with < FILE"),
            VerifyError::Base64url { .. } => (1, "; give the token alone: no `Bearer`, no quotes, no white space"),
            VerifyError::KeyIdMissing => (1, "; --no-key-id drops that of a JWK"),
            VerifyError::AlgMismatch => (1, "; `clearjwt inspect` shows it, --alg sets the key's"),
            VerifyError::AudUnexpected => (1, "; name yourself with --audience"),
            VerifyError::ExpMissing => (1, "; --no-exp takes such tokens"),
            VerifyError::TypMismatch => (1, "; --typ names another"),
            _ => (1, ""),
        };
        Failure::Because { exit, code: error.code().into(), clause: Some(error.clause()), message: format!("refused: {error}{advice}") }
    }
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Self {
        Failure::Because { exit: 2, code: error.code().into(), clause: Some(error.clause()), message: format!("not signed: {error}") }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        let advice = match error {
            KeyError::TooShort { minimum: 48, .. } => "; make one with `clearjwt keygen --alg HS384`, or take this one as it is with --allow-weak-key",
            KeyError::TooShort { minimum: 64, .. } => "; make one with `clearjwt keygen --alg HS512`, or take this one as it is with --allow-weak-key",
            KeyError::Empty | KeyError::TooShort { .. } | KeyError::AllBytesEqual | KeyError::Published => {
                "; make one with `clearjwt keygen`, or take this one as it is with --allow-weak-key"
            }
            KeyError::JwkText => "; say --key-format jwk",
            KeyError::Encoding => "; --key-format says which",
            KeyError::Alg => "; --alg says which is wanted",
            _ => "",
        };
        let advice = if error == KeyError::Empty { "; make one with `clearjwt keygen`" } else { advice };
        Failure::Because { exit: 2, code: error.code().into(), clause: Some(error.clause()), message: format!("{error}{advice}") }
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        let exit = if error.is_network() { 3 } else { 2 };
        Failure::Because { exit, code: error.code().into(), clause: error.clause(), message: error.to_string() }
    }
}
