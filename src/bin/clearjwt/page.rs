//! The frame of every page that the program writes: one file that needs nothing else, runs no script and fetches nothing.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

/// A whole page. What `body` holds is escaped by `html!`; the policy in the head would stop whatever still got through.
pub fn page(title: &str, body: &Markup) -> String {
    let policy = format!("default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'", STANDARD.encode(Sha256::digest(STYLE)));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (body) }
                footer { p { "Made by clearjwt " (env!("CARGO_PKG_VERSION")) "." } }
            }
        }
    };
    page.into_string() + "\n"
}

/// A clause as a link to the section that it is in: `RFC7519-4.1.4-1` is in section 4.1.4 of RFC 7519, `RFC8725bis-3.11-4`
/// in a draft; a clause of our own, such as `POLICY-14`, has none.
pub fn clause(id: &str) -> Markup {
    html! {
        @match clause_url(id) {
            Some(url) => a href=(url) rel="noreferrer" { (id) },
            None => (id),
        }
    }
}

fn clause_url(id: &str) -> Option<String> {
    let mut pieces = id.split('-');
    let (document, section) = (pieces.next()?.strip_prefix("RFC")?, pieces.next()?);
    let anchor = if section.starts_with(|c: char| c.is_ascii_digit()) { "section" } else { "appendix" };
    if document == "8725bis" {
        return Some(format!("https://datatracker.ietf.org/doc/html/draft-ietf-oauth-rfc8725bis#{anchor}-{section}"));
    }
    document.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("https://www.rfc-editor.org/rfc/rfc{document}#{anchor}-{section}"))
}

const STYLE: &str = include_str!("page.css");
