//! The program as its users see it: what they type, what it says, how it ends.

// RFC6750-5.2-10
#[test]
fn the_program_says_what_the_transcripts_say() {
    trycmd::TestCases::new().case("tests/cmd/*.md");
}
