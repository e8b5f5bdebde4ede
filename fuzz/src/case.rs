//! One verification: a token, keys, demands and a second, from plausible and hostile pieces.

use std::{fmt, sync::LazyLock};

use arbitrary::{Arbitrary, Result, Unstructured};
use clearjwt::{Algorithm, Key, Validation, jwk};

use crate::{SECRET, seal};

/// Around this second everything happens.
pub const NOW: u64 = 1_800_000_000;

/// A token, seldom with a MAC that does not hold, and what it is judged by.
pub struct Case {
    /// The token's text, which seldom is no text.
    pub token: Vec<u8>,
    /// Some of [`keys`], or none.
    pub keys: Vec<Key>,
    /// What is demanded of it.
    pub demands: Demands,
    /// The second at which it is judged; seldom one far from [`NOW`].
    pub now: u64,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let (keys, demands, now) = (some_keys(u)?, Demands::arbitrary(u)?, near_now(u)?);
        let token = if one_in(u, 16)? { u.bytes(u.len())?.to_vec() } else { token(u)? };
        Ok(Case { token, keys, demands, now })
    }
}

// The token as text: what a finding is reproduced with.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = self.token.escape_ascii().to_string();
        f.debug_struct("Case").field("token", &octets).field("keys", &self.keys).field("demands", &self.demands).field("now", &self.now).finish()
    }
}

/// What a verifier demands: a little of all that it can, or nothing.
#[derive(Debug, Default)]
pub struct Demands {
    /// This issuer, or `joe`.
    pub issuer: Option<Word>,
    /// This audience, or `web`.
    pub audience: Option<Word>,
    /// Any audience or none, whatever `audience` says.
    pub any_audience: bool,
    /// This subject.
    pub subject: Option<Word>,
    /// In seconds.
    pub leeway: u8,
    /// `exp` may be missing.
    pub allow_no_expiry: bool,
    /// In seconds.
    pub max_age: Option<u8>,
    /// In seconds.
    pub max_lifetime: Option<u8>,
    /// This type.
    pub typ: Option<Word>,
    /// Any type, whatever `typ` says.
    pub any_typ: bool,
    /// At most 256 bytes.
    pub short: bool,
}

impl<'a> Arbitrary<'a> for Demands {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        fn asked<'a, T: Arbitrary<'a>>(u: &mut Unstructured<'a>, n: u8) -> Result<Option<T>> {
            if one_in(u, n)? { T::arbitrary(u).map(Some) } else { Ok(None) }
        }
        Ok(Demands {
            issuer: asked(u, 8)?,
            audience: asked(u, 4)?,
            any_audience: one_in(u, 4)?,
            subject: asked(u, 8)?,
            leeway: asked(u, 4)?.unwrap_or(0),
            allow_no_expiry: one_in(u, 4)?,
            max_age: asked(u, 8)?,
            max_lifetime: asked(u, 8)?,
            typ: asked(u, 8)?,
            any_typ: one_in(u, 4)?,
            short: one_in(u, 32)?,
        })
    }
}

impl Demands {
    /// The same in clearjwt's words.
    pub fn validation(&self) -> Validation {
        let mut demands = Validation::new().leeway(self.leeway.into());
        if let Some(Word(issuer)) = self.issuer {
            demands = demands.issuer(issuer).issuer("joe");
        }
        if let Some(Word(audience)) = self.audience {
            demands = demands.audience("web").audience(audience);
        }
        if let Some(Word(subject)) = self.subject {
            demands = demands.subject(subject);
        }
        if let Some(Word(typ)) = self.typ {
            demands = demands.typ(typ);
        }
        if let Some(seconds) = self.max_age {
            demands = demands.max_age(seconds.into());
        }
        if let Some(seconds) = self.max_lifetime {
            demands = demands.max_lifetime(seconds.into());
        }
        for (asked, open) in [
            (self.any_audience, Validation::any_audience as fn(Validation) -> Validation),
            (self.any_typ, Validation::any_typ),
            (self.allow_no_expiry, Validation::allow_no_expiry),
            (self.short, |demands| demands.max_len(256)),
        ] {
            demands = if asked { open(demands) } else { demands };
        }
        demands
    }
}

/// A text that means something in a token.
#[derive(Clone, Copy, Debug)]
pub struct Word(pub &'static str);

impl<'a> Arbitrary<'a> for Word {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.choose(&["joe", "api", "web", "a", "JWT", "jwt", "at+jwt", "application/at+jwt", "application/jwt", "HS256", "none", "", "é", "a;b=c"])
            .copied()
            .map(Word)
    }
}

/// Keys of every kind, all of one secret: which of them takes a token is decided by id, algorithm, use and issuer.
pub fn keys() -> &'static [Key] {
    static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
        let key = |algorithm| Key::new(algorithm, &SECRET).expect("a long secret");
        let plain = key(Algorithm::HS256);
        let text = jwk::to_text(Algorithm::HS256, &SECRET, None).expect("a long secret");
        let only = |operation| {
            let text = text.replacen('{', &format!(r#"{{"key_ops":["{operation}"],"#), 1);
            Key::from_jwk(Algorithm::HS256, text).expect("a JWK")
        };
        let bound = |issuer| plain.clone().for_issuer(issuer);
        vec![
            plain.clone(),
            plain.clone().with_id("a"),
            plain.clone().with_id("joe"),
            bound("joe"),
            bound("api").with_id("a"),
            only("sign"),
            only("verify"),
            key(Algorithm::HS384),
            key(Algorithm::HS512).with_id("a"),
        ]
    });
    &KEYS
}

fn some_keys(u: &mut Unstructured<'_>) -> Result<Vec<Key>> {
    if !one_in(u, 3)? {
        return Ok(keys()[..1].to_vec());
    }
    (0..u.int_in_range(0..=3)?).map(|_| u.choose(keys()).cloned()).collect()
}

fn near_now(u: &mut Unstructured<'_>) -> Result<u64> {
    match u.int_in_range(0..=15)? {
        15 => u.arbitrary(),
        _ => Ok(NOW.saturating_add_signed((u.arbitrary::<i8>()? / 4).into())),
    }
}

/// Seldom; never once the input is used up.
fn one_in(u: &mut Unstructured<'_>, n: u8) -> Result<bool> {
    Ok(!u.ratio(n - 1, n)?)
}

fn token(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let algorithm = if one_in(u, 8)? { *u.choose(&Algorithm::ALL)? } else { Algorithm::HS256 };
    let alg = if one_in(u, 16)? { *u.choose(&["none", "NONE", "hs256", "RS256", ""])? } else { algorithm.name() };
    let header = octets(u, &format!(r#""alg":"{alg}""#), &HEADER)?;
    let exp = date(u)?;
    let payload = octets(u, &format!(r#""exp":{exp}"#), &CLAIMS)?;
    let other = if one_in(u, 16)? { *u.choose(&Algorithm::ALL)? } else { algorithm };
    let mut token = seal(other, &header, &payload).into_bytes();
    // A flaw of the text.
    if one_in(u, 16)? {
        let at = u.choose_index(token.len())?;
        match u.int_in_range(0..=4)? {
            0 => token.truncate(at),
            1 => token[at] = u.arbitrary()?,
            2 => token.insert(at, *u.choose(b".=+ A\n")?),
            3 => token.truncate(token.iter().rposition(|byte| *byte == b'.').unwrap_or(0) + 1),
            _ => token.extend_from_slice(b".AA"),
        }
    }
    Ok(token)
}

/// Names of header members; those that refuse a token come up with the rest of [`RARE`].
const HEADER: [&str; 3] = ["typ", "kid", "cty"];
const CLAIMS: [&str; 8] = ["nbf", "iat", "iss", "sub", "aud", "jti", "user_id", "email"];
const RARE: [&str; 16] = ["crit", "b64", "alg", "jku", "jwk", "x5u", "x5c", "typ", "kid", "exp", "iat", "iss", "aud", "name", "password", ""];

/// An object with one member that is expected there and some of the `usual` names, and seldom something else.
fn octets(u: &mut Unstructured<'_>, expected: &str, usual: &[&str]) -> Result<Vec<u8>> {
    let mut members = Vec::new();
    if !one_in(u, 16)? {
        members.push(expected.to_owned());
    }
    for name in usual {
        if one_in(u, 3)? {
            let at = u.int_in_range(0..=members.len())?;
            members.insert(at, member(u, &format!("\"{name}\""), 0)?);
        }
    }
    while one_in(u, 4)? {
        let (at, name) = (u.int_in_range(0..=members.len())?, any_name(u)?);
        members.insert(at, member(u, &name, 0)?);
    }
    let mut octets = format!("{{{}}}", members.join(",")).into_bytes();
    if one_in(u, 16)? {
        let at = u.int_in_range(0..=octets.len())?;
        match u.int_in_range(0..=4)? {
            0 => drop(octets.splice(..0, *b"\xef\xbb\xbf")),
            1 => octets.insert(at, u.arbitrary()?),
            2 => octets.truncate(at),
            3 => octets.extend_from_slice(u.choose(&[&b" \n"[..], b"{}", b"\0", b"//"])?),
            _ => octets = value(u, 0)?.into_bytes(),
        }
    }
    Ok(octets)
}

/// A name with its quotes.
fn any_name(u: &mut Unstructured<'_>) -> Result<String> {
    if one_in(u, 4)? { text(u) } else { Ok(format!("\"{}\"", u.choose(&RARE)?)) }
}

fn member(u: &mut Unstructured<'_>, name: &str, depth: u8) -> Result<String> {
    let value = match name.trim_matches('"') {
        "exp" | "nbf" | "iat" if !one_in(u, 16)? => date(u)?,
        "iss" | "sub" | "kid" | "typ" | "aud" | "cty" | "jti" if !one_in(u, 16)? => format!("\"{}\"", Word::arbitrary(u)?.0),
        _ => value(u, depth)?,
    };
    let space = if one_in(u, 8)? { *u.choose(&[" ", "\n\t", "\r"])? } else { "" };
    Ok(format!("{space}{name}{space}:{space}{value}{space}"))
}

fn value(u: &mut Unstructured<'_>, depth: u8) -> Result<String> {
    let kind = u.int_in_range(0..=9)?;
    Ok(match kind {
        0 => "null".into(),
        1 => "true".into(),
        2 => number(u)?,
        3 => date(u)?,
        4 if one_in(u, 4)? => {
            let depth = u.int_in_range(100..=140)?;
            format!("{}{}", "[".repeat(depth), "]".repeat(depth))
        }
        5 | 6 if depth < 4 => {
            let pieces = (0..u.int_in_range(0..=3)?)
                .map(|_| {
                    if kind == 5 {
                        return value(u, depth + 1);
                    }
                    let name = any_name(u)?;
                    member(u, &name, depth + 1)
                })
                .collect::<Result<Vec<_>>>()?;
            let [open, close] = if kind == 5 { ['[', ']'] } else { ['{', '}'] };
            format!("{open}{}{close}", pieces.join(","))
        }
        _ => text(u)?,
    })
}

/// A string with its quotes: a word, plain or escaped, or any other; seldom one that is broken.
fn text(u: &mut Unstructured<'_>) -> Result<String> {
    let word = Word::arbitrary(u)?.0;
    Ok(match u.int_in_range(0..=31)? {
        0..4 => format!("\"{}\"", word.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>()),
        4..8 => serde_json::Value::from(u.arbitrary::<&str>()?).to_string(),
        8 => format!("\"{}\"", u.arbitrary::<&str>()?),
        9 => u.choose(&[r#""\ud800""#, r#""\udc00\ud800""#, r#""\ud83d\ude00""#, r#""\x""#, "\"\t\"", r#""\u00"#, r#""\"""#, r#""\u0000""#])?.to_string(),
        _ => format!("\"{word}\""),
    })
}

/// A second near now, in one of the forms in which JSON writes it.
fn date(u: &mut Unstructured<'_>) -> Result<String> {
    let second = NOW.saturating_add_signed(u.arbitrary::<i8>()?.into());
    Ok(match u.int_in_range(0..=15)? {
        0 => format!("{second}.5"),
        1 => format!("{second}.{}", "9".repeat(u.int_in_range(1..=30)?)),
        2 => format!("{second}.{}1", "0".repeat(u.int_in_range(0..=30)?)),
        3 => format!("{second}000e-3"),
        4 => format!("{}.{:09}E+9", second / 1_000_000_000, second % 1_000_000_000),
        5 => format!("-{second}"),
        6 if one_in(u, 2)? => number(u)?,
        _ => second.to_string(),
    })
}

fn number(u: &mut Unstructured<'_>) -> Result<String> {
    let known = [
        "0",
        "-0",
        "0.0",
        "1e9",
        "9007199254740991",
        "9007199254740991.5",
        "9007199254740992",
        "-9007199254740991",
        "-9007199254740992",
        "1e308",
        "1.7976931348623157e308",
        "1e-999999999999",
        "0e999999999999",
        "123456789012345678901234567890",
    ];
    let broken = ["1e309", "-1e309", "1.7976931348623159e308", "1e999999999999", "00", "+1", ".5", "1.", "1e", "NaN", "-", "0x1"];
    Ok(match u.int_in_range(0..=3)? {
        0 => u.arbitrary::<i64>()?.to_string(),
        1 => serde_json::Value::from(u.arbitrary::<f64>()?).to_string(),
        2 if one_in(u, 4)? => u.choose(&broken)?.to_string(),
        _ => u.choose(&known)?.to_string(),
    })
}
