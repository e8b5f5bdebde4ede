//! What signing and verifying cost: the floor, clearjwt and its peers.

use std::hint::black_box;

use crate::{
    libraries::{self, Library},
    payloads::{self, Payload},
    rounds::{Kind, Times, take_turns},
    table::{Table, nanoseconds, ratio},
};

pub fn measure(rounds: usize) -> Vec<Table> {
    let columns = [
        column("user id", &payloads::user_id(), rounds),
        column("ten claims", &payloads::ten(), rounds),
        column("a long list", &payloads::large(), rounds),
        column("user id, as a map", &payloads::as_map(&payloads::user_id()), rounds),
        column("ten claims, as a map", &payloads::as_map(&payloads::ten()), rounds),
        column("a long list, as a map", &payloads::as_map(&payloads::large()), rounds),
        column("a hundred members, as a map", &payloads::hundred(), rounds),
        column("forty objects, as a map", &payloads::objects(), rounds),
    ];
    vec![
        table("Sign: least ns, and times the floor", &columns, |column| &column.sign, least),
        table("Verify: least ns, and times the floor", &columns, |column| &column.verify, least),
        table("Sign: median over the rounds of the times of the floor", &columns, |column| &column.sign, median),
        table("Verify: median over the rounds of the times of the floor", &columns, |column| &column.verify, median),
    ]
}

/// One payload; the first of the times are the floor's.
struct Column {
    name: String,
    sign: Vec<Times>,
    verify: Vec<Times>,
}

fn column<C: Payload>(name: &str, claims: &C, rounds: usize) -> Column {
    let payload = serde_json::to_string(claims).unwrap();
    let token = clearjwt::sign(claims, &libraries::key()).unwrap();
    // clearjwt reads no header that is spelled as its own; others spell it otherwise.
    let foreign = libraries::seal(r#"{"typ":"JWT","alg":"HS256"}"#, &payload);
    let (token, foreign) = (&token, &foreign);
    let (mut sign, mut verify) = (Vec::new(), Vec::new());
    for library in libraries::all(claims) {
        let Library { name, sign: mut make, verify: mut take } = library;
        assert!(take(token), "{name} takes the token");
        make(&mut |own| assert!(libraries::demands().verify::<C>(own, libraries::key()).is_ok(), "the token of {name} holds"));
        sign.push(Kind { name, work: Box::new(move || make(&mut |token| _ = black_box(token))) });
        verify.push(Kind { name, work: Box::new(move || assert!(take(black_box(token)))) });
    }
    let mut take = libraries::clearjwt(claims).verify;
    verify.insert(2, Kind { name: "clearjwt, a header spelled otherwise", work: Box::new(move || assert!(take(black_box(foreign)))) });
    Column { name: format!("{name}, {} B", payload.len()), sign: take_turns(&mut sign, rounds), verify: take_turns(&mut verify, rounds) }
}

fn table(caption: &str, columns: &[Column], times: impl Fn(&Column) -> &Vec<Times>, cell: impl Fn(&Times, &Times) -> String) -> Table {
    let names = times(&columns[0]).iter().map(|times| times.name);
    Table {
        caption: caption.into(),
        head: [String::new()].into_iter().chain(columns.iter().map(|column| column.name.clone())).collect(),
        rows: names
            .enumerate()
            .map(|(row, name)| [name.to_owned()].into_iter().chain(columns.iter().map(|column| cell(&times(column)[row], &times(column)[0]))).collect())
            .collect(),
    }
}

fn least(times: &Times, floor: &Times) -> String {
    format!("{} ({})", nanoseconds(times.least()), ratio(times.ratio(floor)))
}

fn median(times: &Times, floor: &Times) -> String {
    ratio(times.median_ratio(floor))
}
