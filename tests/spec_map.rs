//! The map of the specifications: every requirement that is enforced here has a line of code and a test, and the page of the
//! documentation that lists them says what the sources say.
//!
//! An id counts as code where a comment in `src/` holds it: in an item, or above one. What a string says, such as the clause of a
//! reason, or the head of a file, enforces nothing. An id counts as a test in a comment directly above `#[test]`.
//!
//!     UPDATE_SPEC_MAP=1 cargo test --test spec_map        # writes src/spec_map.md

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

struct Row<'a> {
    id: &'a str,
    level: &'a str,
    demands: &'a str,
    verdict: &'a str,
    note: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    let lines = include_str!("requirements.tsv").lines().skip(1);
    lines
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [id, level, _, demands, verdict, _, note] => Row { id, level, demands, verdict, note },
            _ => panic!("not seven columns: {line}"),
        })
        .collect()
}

/// Where an id is cited.
#[derive(Clone, Debug, PartialEq)]
enum Cited {
    /// `jws::Segments::split`, and whether the documentation has a page of it.
    Code { item: String, public: bool },
    /// `rfc7515`, `a_compact_serialization_has_exactly_two_dots`.
    Test { file: String, name: String },
    /// In a comment of a test file, but above no test, or in one above nothing at all.
    Astray(String),
    /// In a string, in an example of a comment, or at the head of a file.
    Said,
}

/// The ids in a text: `RFC7515-4.1.11-2`, and not the section alone.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c))).map(|word| word.trim_end_matches('.'));
    words.filter(|word| word.starts_with("RFC") && word.matches('-').count() == 2 && word.ends_with(|c: char| c.is_ascii_digit()))
}

/// An item that is open: its indentation, its name, and whether it is public.
struct Item {
    indent: usize,
    name: String,
    public: bool,
}

/// The ids that a source file cites, in its order. Indentation tells where an item ends: the sources are formatted.
fn scan(file: &str, source: &str) -> Vec<(String, Cited)> {
    let in_tests = file.starts_with("tests/");
    let module = file.trim_end_matches(".rs").trim_start_matches("tests/").trim_start_matches("src/");
    let module = module.replace("bin/clearjwt/", "program: ");
    let mut cited = Vec::new();
    let (mut items, mut waiting, mut attributes): (Vec<Item>, Vec<String>, Vec<&str>) = (Vec::new(), Vec::new(), Vec::new());
    for (number, line) in source.lines().enumerate() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if text.starts_with("//!") {
            cited.extend(ids(text).map(|id| (id.to_owned(), Cited::Said)));
        } else if text.starts_with("//") {
            tag(text, &mut waiting, &mut cited);
        } else if text.starts_with("#[") {
            attributes.push(text);
        } else if !text.is_empty() {
            let goes_on = text.starts_with([')', '{']) || text.starts_with("where");
            let (code, comment) = text.rsplit_once(" // ").unwrap_or((text, ""));
            let is_item = item(code, indent);
            if !goes_on {
                items.retain(|open| open.indent < indent);
            }
            let is_fn = text.contains("fn ") && is_item.is_some();
            items.extend(is_item);
            tag(comment, &mut waiting, &mut cited);
            let unit = items.iter().any(|item| item.name == "tests");
            let name = items.last().map_or("", |item| &item.name);
            let place = match attributes.contains(&"#[test]") && is_fn {
                true if attributes.iter().any(|attribute| attribute.starts_with("#[ignore")) => Cited::Astray(format!("{file}:{}", number + 1)),
                true => Cited::Test { file: module.clone(), name: name.to_owned() },
                false if in_tests || unit => Cited::Astray(format!("{file}:{}", number + 1)),
                false => {
                    let path: Vec<&str> = [module.as_str()].into_iter().chain(items.iter().map(|item| item.name.as_str())).collect();
                    // What a feature can take away has no page in every set of features.
                    let shown = !items.is_empty() && !attributes.iter().any(|attribute| attribute.starts_with("#[cfg("));
                    Cited::Code { item: path.join("::"), public: shown && items.iter().all(|item| item.public) }
                }
            };
            cited.extend(waiting.drain(..).map(|id| (id, place.clone())));
            cited.extend(ids(code).map(|id| (id.to_owned(), Cited::Said)));
            attributes.clear();
            if text.starts_with(['}', ']']) {
                items.retain(|open| open.indent < indent);
            }
        }
    }
    cited.extend(waiting.into_iter().map(|id| (id, Cited::Astray(format!("{file}, at the end")))));
    cited
}

/// Takes up the ids of a comment; what stands between quotes or backticks is an example.
fn tag(comment: &str, waiting: &mut Vec<String>, cited: &mut Vec<(String, Cited)>) {
    for (index, piece) in comment.split(['"', '`']).enumerate() {
        match index % 2 {
            0 => waiting.extend(ids(piece).map(str::to_owned)),
            _ => cited.extend(ids(piece).map(|id| (id.to_owned(), Cited::Said))),
        }
    }
}

/// The item that begins on a line.
fn item(text: &str, indent: usize) -> Option<Item> {
    let public = text.starts_with("pub ");
    let mut words = text.split_whitespace().skip_while(|word| word.starts_with("pub") || ["async", "unsafe"].contains(word)).peekable();
    let mut keyword = words.next()?;
    if keyword == "const" && words.peek() == Some(&"fn") {
        keyword = words.next()?;
    }
    let name = match keyword {
        "fn" | "const" | "static" | "struct" | "enum" | "trait" | "type" | "mod" | "macro_rules!" => words.next()?,
        "use" => text.trim_end_matches(';').rsplit([' ', ':']).next()?,
        _ if keyword.starts_with("impl") => {
            let (of_trait, of) = without_generics(text.trim_start_matches("impl"))?;
            // A type is as public as it is; a trait's methods have no page of their own.
            return Some(Item { indent, name: of, public: !of_trait });
        }
        _ => return None,
    };
    let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(Item { indent, name, public })
}

/// What `<'a> Trait<'a> for Type<'a> {` is about: whether there is a trait, and the type.
fn without_generics(head: &str) -> Option<(bool, String)> {
    let mut depth = 0;
    let bare: String = head
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '<');
            let outside = depth == 0;
            depth -= i32::from(*c == '>');
            outside
        })
        .collect();
    let words: Vec<&str> = bare.trim_end_matches('{').split_whitespace().collect();
    match words[..] {
        [_, "for", of, ..] => Some((true, last_segment(of))),
        [of, ..] => Some((false, last_segment(of))),
        [] => None,
    }
}

fn last_segment(path: &str) -> String {
    path.rsplit("::").next().unwrap_or(path).to_owned()
}

/// The files below a folder whose names end so, sorted; what the tests of other libraries install is not ours.
fn files(folder: &str, ends: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true if entry.ends_with("node_modules") => (),
                true => walk(&entry, found),
                false => found.push(entry),
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join(folder), &mut found);
    found.sort();
    let named = found.iter().map(|path| (path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"), path));
    named.filter(|(name, _)| ends.iter().any(|end| name.ends_with(end))).map(|(name, path)| (name, fs::read_to_string(path).unwrap())).collect()
}

/// All that the sources and the tests cite, and where.
fn citations() -> Vec<(String, Cited)> {
    let sources = [files("src", &[".rs"]), files("tests", &[".rs"])].concat();
    // What this file says of ids is about ids.
    sources.iter().filter(|(name, _)| name != "tests/spec_map.rs").flat_map(|(name, source)| scan(name, source)).collect()
}

fn none<T: std::fmt::Display>(what: &str, found: impl IntoIterator<Item = T>) {
    let found: Vec<String> = found.into_iter().map(|one| format!("  {one}\n")).collect();
    assert!(found.is_empty(), "\n{} {what}:\n{}", found.len(), found.concat());
}

fn enforced<'a>(rows: &'a [Row<'_>], cited: &[(String, Cited)], counts: fn(&Cited) -> bool) -> impl Iterator<Item = String> + 'a {
    let cited: BTreeSet<String> = cited.iter().filter(|(_, place)| counts(place)).map(|(id, _)| id.clone()).collect();
    rows.iter().filter(move |row| row.verdict == "implemented-here" && !cited.contains(row.id)).map(|row| format!("{} {}", row.id, row.demands))
}

#[test]
fn every_requirement_that_is_enforced_here_has_a_line_of_code() {
    none("rows have no line in src/ that enforces them", enforced(&rows(), &citations(), |place| matches!(place, Cited::Code { .. })));
}

#[test]
fn every_requirement_that_is_enforced_here_has_a_test() {
    none("rows have no test", enforced(&rows(), &citations(), |place| matches!(place, Cited::Test { .. })));
}

#[test]
fn an_id_in_a_test_file_stands_above_a_test() {
    let astray = citations().into_iter().filter_map(|(id, place)| if let Cited::Astray(place) = place { Some(format!("{id} in {place}")) } else { None });
    none("ids stand above no test that runs", astray);
}

#[test]
fn every_requirement_that_is_left_to_others_says_why() {
    let rows = rows();
    let unsaid = rows.iter().filter(|row| row.verdict != "implemented-here" && row.note.split(' ').count() < 3);
    none("rows that are the caller's or out of scope have no sentence", unsaid.map(|row| row.id));
    none("rows have a verdict that there is not", rows.iter().filter(|row| !["implemented-here", "caller", "out"].contains(&row.verdict)).map(|row| row.id));
}

/// In comments, in the clauses of reasons and vectors, in what the program prints. A string of a test may be wrong on purpose.
#[test]
fn every_id_that_is_cited_is_a_row() {
    let rows = rows();
    let known: BTreeSet<&str> = rows.iter().map(|row| row.id).collect();
    assert_eq!(known.len(), rows.len(), "an id stands twice in the table");
    let tags = citations().into_iter().filter(|(id, place)| *place != Cited::Said && !known.contains(id.as_str()));
    let tags = tags.map(|(id, place)| format!("{id} {place:?}"));
    let texts = [files("src", &[".rs"]), files("tests", &[".json", ".md"])].concat();
    let unknown = texts.iter().flat_map(|(name, text)| ids(text).filter(|id| !known.contains(id)).map(move |id| format!("{id} in {name}")));
    none("ids are in no row", unknown.chain(tags));
}

/// The page, as the sources have it now.
fn page() -> String {
    let (rows, cited) = (rows(), citations());
    let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let mut page = format!(
        "Every requirement of the specifications, what becomes of it, where, and which test says so.

Of {} requirements {} are *enforced here*, {} are *the caller's* and {} are *out of scope*. An id such as `RFC7515-4.1.11-2` is the second
requirement of RFC 7515 section 4.1.11; the words are this project's, and the RFC's own count. `jws::Segments::split` stands in `src/jws.rs`,
*program* `serve` in `src/bin/clearjwt/serve.rs`, and the test *rfc7515*: a compact serialization has exactly two dots, in `tests/rfc7515.rs`.

This page is written from the sources, and a test compares it with them.
",
        rows.len(),
        count("implemented-here"),
        count("caller"),
        count("out")
    );
    let mut of = "";
    for row in &rows {
        let rfc = row.id.split('-').next().unwrap();
        if rfc != of {
            of = rfc;
            write!(page, "\n## {}\n\n| id, level | what it demands | verdict | where, or why not | tests |\n|---|---|---|---|---|\n", title(rfc)).unwrap();
        }
        let places = cited.iter().filter(|(id, _)| id == row.id).map(|(_, place)| place);
        let (code, tests): (Vec<&Cited>, Vec<&Cited>) = places.partition(|place| matches!(place, Cited::Code { .. }));
        let (verdict, why) = match row.verdict {
            "implemented-here" => ("enforced here", String::new()),
            "caller" => ("the caller's", cell(row.note)),
            _ => ("out of scope", cell(row.note)),
        };
        // Where somebody else decides, some of it can still be done here.
        let place = [why, list(&code)].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("<br>");
        writeln!(page, "| <nobr>{}</nobr><br>{} | {} | {verdict} | {place} | {} |", row.id, row.level, cell(row.demands), list(&tests)).unwrap();
    }
    page
}

fn title(rfc: &str) -> &str {
    match rfc {
        "RFC7515" => "RFC 7515, JSON Web Signature",
        "RFC7519" => "RFC 7519, JSON Web Token",
        "RFC7518" => "RFC 7518, JSON Web Algorithms",
        "RFC7517" => "RFC 7517, JSON Web Key",
        "RFC8725" => "RFC 8725, best current practices of JWT",
        "RFC8725bis" => "draft-ietf-oauth-rfc8725bis, which is to follow RFC 8725, as of August 2026",
        "RFC6750" => "RFC 6750, bearer tokens",
        "RFC9110" => "RFC 9110, HTTP semantics",
        "RFC2104" => "RFC 2104, HMAC",
        "RFC4648" => "RFC 4648, base64url",
        "RFC7493" => "RFC 7493, I-JSON",
        "RFC8259" => "RFC 8259, JSON",
        "RFC7797" => "RFC 7797, unencoded payloads",
        "RFC7638" => "RFC 7638, JWK thumbprints",
        "RFC9068" => "RFC 9068, JWT access tokens",
        "RFC9700" => "RFC 9700, best current practices of OAuth 2.0",
        other => panic!("a specification without a title: {other}"),
    }
}

/// Text that a table of Markdown shows as it is.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "|<>[]*_`\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn list(places: &[&Cited]) -> String {
    let mut shown: Vec<String> = Vec::new();
    for place in places {
        let text = match place {
            Cited::Code { item, public } => code(item, *public),
            Cited::Test { file, name } => format!("*{}*: {}", last_segment(file), cell(&name.replace('_', " "))),
            Cited::Astray(_) | Cited::Said => continue,
        };
        if !shown.contains(&text) {
            shown.push(text);
        }
    }
    shown.join("<br>")
}

/// An item in code font, with a link where the documentation has a page of it in every set of features.
fn code(item: &str, public: bool) -> String {
    if let Some(item) = item.strip_prefix("program: ") {
        return format!("program `{item}`");
    }
    let lib = include_str!("../src/lib.rs");
    let (module, rest) = item.split_once("::").unwrap_or((item, ""));
    let first = rest.split("::").next().unwrap_or_default();
    let exported = lib.lines().any(|line| {
        let names = line.strip_prefix("pub use ").and_then(|line| line.strip_prefix(module)).and_then(|line| line.strip_prefix("::")).unwrap_or_default();
        names.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|name| name == first)
    });
    match public {
        true if exported => format!("[`{item}`](crate::{rest})"),
        true if lib.contains(&format!("\npub mod {module};")) && module != "send" => format!("[`{item}`](crate::{item})"),
        _ => format!("`{item}`"),
    }
}

#[test]
fn the_page_of_the_documentation_says_what_the_sources_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/spec_map.md");
    if std::env::var_os("UPDATE_SPEC_MAP").is_some() {
        fs::write(&path, page()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let page = page();
    let other = page.lines().zip(written.lines().chain(std::iter::repeat(""))).filter(|(now, then)| now != then);
    none("lines of src/spec_map.md are old; UPDATE_SPEC_MAP=1 cargo test --test spec_map writes them", other.map(|(now, _)| now));
    assert_eq!(page.lines().count(), written.lines().count(), "src/spec_map.md has lines too many");
}

#[test]
fn an_id_is_found_in_its_item_and_nowhere_else() {
    let source = r##"//! RFC1-1-1
use a::{b}; // RFC1-1-2
// RFC1-1-3, RFC1-2.A-1: why.
pub use a::b as ENGINE;

/// RFC1-1-4.
pub const fn long(
    a: u8, // RFC1-1-5
) -> &'static str {
    // RFC1-A.1 is a section, and `RFC1-1-20` or "RFC1-1-21" an example.
    const INNER: &str = "RFC1-1-6";
    // RFC1-1-7
    if a == 0 { INNER } else { "" }
}

impl<'a, T: Into<U>> fmt::Debug for Thing<'a, T> {
    pub(crate) fn of(self) {
        match self {
            // RFC1-1-8
            _ => (),
        }
    }
}

impl Thing {
    #[cfg(feature = "x")]
    // RFC1-1-9
    pub fn gated() {}

    pub fn open() {} // RFC1-1-10
}

#[cfg(test)]
mod tests {
    // RFC1-1-11
    #[test]
    fn a_unit_test() {
        // RFC1-1-12
    }
}
"##;
    let code = |item: &str, public| Cited::Code { item: item.into(), public };
    let test = |file: &str, name: &str| Cited::Test { file: file.into(), name: name.into() };
    let found = scan("src/x.rs", source);
    let found: Vec<(&str, Cited)> = found.iter().map(|(id, place)| (id.as_str(), place.clone())).collect();
    assert_eq!(
        found,
        [
            ("RFC1-1-1", Cited::Said),
            ("RFC1-1-2", code("x", false)),
            ("RFC1-1-3", code("x::ENGINE", true)),
            ("RFC1-2.A-1", code("x::ENGINE", true)),
            ("RFC1-1-4", code("x::long", true)),
            ("RFC1-1-5", code("x::long", true)),
            ("RFC1-1-20", Cited::Said),
            ("RFC1-1-21", Cited::Said),
            ("RFC1-1-6", Cited::Said),
            ("RFC1-1-7", code("x::long", true)),
            ("RFC1-1-8", code("x::Thing::of", false)),
            ("RFC1-1-9", code("x::Thing::gated", false)),
            ("RFC1-1-10", code("x::Thing::open", true)),
            ("RFC1-1-11", test("x", "a_unit_test")),
            ("RFC1-1-12", Cited::Astray("src/x.rs:39".into())),
        ]
    );
    let source = "// RFC1-1-1\n#[test]\nfn t() {}\n\n/// RFC1-1-2\n#[test]\n#[ignore = \"x\"]\nfn u() {}\n\n// RFC1-1-3\nfn v() {}\n// RFC1-1-4\n";
    let found = scan("tests/y.rs", source);
    assert_eq!(
        found.iter().map(|(_, place)| place.clone()).collect::<Vec<_>>(),
        [test("y", "t"), Cited::Astray("tests/y.rs:8".into()), Cited::Astray("tests/y.rs:11".into()), Cited::Astray("tests/y.rs, at the end".into())]
    );
}
