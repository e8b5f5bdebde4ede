//! `clearjwt conform`: the corpus is what its generator makes, and verdicts of real processes are counted as they are.

mod common;
#[path = "conform/corpus.rs"]
mod corpus;
#[path = "conform/own.rs"]
mod own;
#[path = "conform/shared.rs"]
mod shared;

use std::{env, fs, path::Path};

/// `CLEARJWT_WRITE_CORPUS=1 cargo test --all-features --test conform` writes the file anew.
#[test]
fn the_corpus_is_what_its_generator_makes() {
    let made = corpus::file(&corpus::all());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/conform.json");
    if env::var_os("CLEARJWT_WRITE_CORPUS").is_some() {
        fs::write(&path, &made).expect("the corpus is written");
    }
    assert!(fs::read_to_string(&path).expect("the corpus is there") == made, "the corpus differs from what its generator makes: see above this test");
}
