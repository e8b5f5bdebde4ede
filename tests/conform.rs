//! `clearjwt conform`: the corpus is what its generator makes, and verdicts of real processes are counted as they are.

mod common;
#[path = "conform/corpus.rs"]
mod corpus;
#[path = "conform/own.rs"]
mod own;
#[path = "conform/shared.rs"]
mod shared;

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use clearjwt::{Key, KeyError, VerifyError, jwk, jws};
use serde_json::Value;

use corpus::Level;

const CORPUS: &str = include_str!("vectors/conform.json");

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

#[test]
fn every_case_gets_its_verdict_for_its_reason() {
    let mut wrong = Vec::new();
    for case in common::cases(CORPUS) {
        let reason = case["reason"].as_str();
        let verdict = keys(&case).map(|keys| judged(&case, &keys));
        match (reason, &verdict) {
            (None, Ok(Ok(()))) | (Some("key"), Err(_) | Ok(Err(VerifyError::KeyUse))) => (),
            (Some(group), Ok(Err(error))) if common::belongs(group, error.code()) => (),
            _ => wrong.push(format!("{}: expected {reason:?}, got {verdict:?}", case["id"])),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn judged(case: &Value, keys: &[Key]) -> Result<(), VerifyError> {
    let (token, (demands, now)) = (common::token(case), common::demands(case));
    match case["mode"].as_str() {
        Some("jws") => jws::verify(&token, keys).map(drop),
        Some("jwt") => demands.check_at(&token, keys, now).map(drop),
        mode => panic!("unknown mode {mode:?}"),
    }
}

/// The keys of a case, which may be such as nobody should take.
fn keys(case: &Value) -> Result<Vec<Key>, KeyError> {
    let key = &case["key"];
    let algorithm = common::algorithm(&key["alg"]);
    if let Some(set) = key["jwks"].as_str() {
        return jwk::key_set(algorithm, set).map(|set| set.to_vec());
    }
    let mut made = match (key["jwk"].as_str(), key["k"].as_str()) {
        (Some(jwk), None) => Key::from_jwk(algorithm, jwk),
        (None, Some(k)) if key["weak"] == true => Key::weak(algorithm, &common::octets(k)),
        (None, Some(k)) => Key::new(algorithm, &common::octets(k)),
        _ => panic!("{}: one of k, jwk and jwks", case["id"]),
    }?;
    if let Some(kid) = key["kid"].as_str() {
        made = made.with_id(kid);
    }
    if let Some(issuer) = key["issuer"].as_str() {
        made = made.for_issuer(issuer);
    }
    Ok(vec![made])
}

#[test]
fn a_case_binds_no_more_than_its_clause_does() {
    for case in common::cases(CORPUS) {
        let clause = case["clause"].as_str().expect("a case has a clause");
        let of_clause = Level::of(clause).unwrap_or_else(|| panic!("{}: {clause} is neither in tests/requirements.tsv nor a section nor a rule", case["id"]));
        let level = [Level::Choice, Level::Should, Level::Must].into_iter().find(|level| case["level"] == level.name());
        assert!(level.expect("a level") <= of_clause, "{}: {clause} does not bind as much as {level:?}", case["id"]);
    }
    assert_eq!([Level::of("RFC7519-4.1.4-9"), Level::of("POLICY-18"), Level::of("exp")], [None; 3]);
    let bound =
        ["RFC7519-4.1.4-1", "RFC7515-5.2-3", "RFC7515-A.1", "RFC7517-5-6", "RFC7519-4.1.4-4", "RFC8725bis-3.14-2", "RFC4648-3.5-2", "POLICY-1"].map(Level::of);
    let [must, should, choice] = [Level::Must, Level::Should, Level::Choice].map(Some);
    assert_eq!(bound, [must, must, must, should, choice, choice, choice, choice]);
}

/// Where a clause licenses more than one verdict, or binds only under a condition that no case can state.
#[test]
fn nobody_is_blamed_for_what_a_clause_leaves_open() {
    let open = [
        "exp-leeway-over",
        "exp-4",
        "nbf-half-left",
        "nbf-6",
        "aud-missing",
        "aud-5",
        "typ-jwt-full-small",
        "header-jku",
        "header-x5t",
        "plain-jku-ignored",
        "kid-injection",
        "kid-11",
        "json-payload-escaped-nul",
        "json-header-noncharacter",
        "json-payload-number-largest",
        "size-ordinary",
        "jwk-x5c-misshaped",
    ];
    let cases = common::cases(CORPUS);
    for id in open {
        let case = cases.iter().find(|case| case["id"] == id).unwrap_or_else(|| panic!("no case {id}"));
        assert_eq!(case["level"], "choice", "{id}");
    }
}

#[test]
fn every_rule_of_the_policy_has_cases_on_both_sides() {
    let cases = common::cases(CORPUS);
    assert!(cases.len() >= 900, "the corpus shrank to {} cases", cases.len());
    let groups_of_rules = [
        "segments",
        "size",
        "base64url",
        "json",
        "duplicate",
        "alg",
        "crit",
        "kid",
        "header",
        "signature",
        "typ",
        "exp",
        "nbf",
        "iat",
        "iss",
        "sub",
        "jti",
        "aud",
        "key",
        "jwk",
        "jwk-set",
        "issuer-of-key",
    ];
    for group in groups_of_rules {
        for expected in ["accept", "refuse"] {
            assert!(cases.iter().any(|case| case["group"] == group && case["expect"] == expected), "no case of the group {group} to {expected}");
        }
    }
    for level in ["must", "should", "choice"] {
        assert!(cases.iter().any(|case| case["level"] == level), "no case of the level {level}");
    }
}

/// The program, judging what a shell runs as `command`.
fn conform(command: &str, more: &[&str]) -> Output {
    run(&[&["--exec", command], more].concat())
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearjwt")).arg("conform").args(arguments).output().expect("the program runs")
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).expect("the program writes UTF-8")
}

/// The JSON report, and the exit status.
fn report(command: &str, more: &[&str]) -> (Value, i32) {
    let output = conform(command, &[&["--json"], more].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    (report, output.status.code().expect("an exit status"))
}

/// What was found: id, got, said.
fn findings(report: &Value) -> Vec<(String, String, String)> {
    let findings = report["findings"].as_array().expect("a list of findings").iter();
    findings.map(|finding| ["id", "got", "said"].map(|name| finding[name].as_str().expect("a text").to_string()).into()).collect()
}

fn count(which: impl Fn(&Value) -> bool) -> usize {
    common::cases(CORPUS).iter().filter(|case| which(case)).count()
}

fn file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("conform-{name}"));
    let _ = fs::remove_file(&path);
    path
}

const ACCEPTS: &str = r#"while read -r line; do echo '{"verdict":"accept"}'; done"#;

/// A verifier that takes the first case it gets, and does `then` at the second.
fn at_the_second(then: &str) -> String {
    format!(r#"read -r line; echo '{{"verdict":"accept"}}'; read -r line; {then}"#)
}

#[test]
fn this_library_has_no_finding() {
    let output = run(&[]);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{}", text(&output.stdout));
    let all = text(&output.stdout).lines().find(|line| line.starts_with("all ")).expect("a row for all").to_string();
    assert_eq!(all.split_whitespace().collect::<Vec<_>>(), ["all", &count(|_| true).to_string(), "-", "-", "-", "-", "-", "-"]);
}

#[test]
fn who_accepts_everything_is_wrong_on_every_case_to_refuse() {
    let (report, status) = report(ACCEPTS, &[]);
    let wrong = |level| count(|case| case["expect"] == "refuse" && case["level"] == level);
    assert_eq!(
        (&report["totals"]["wrongly_accepted"], &report["totals"]["cases"]),
        (&count(|case| case["expect"] == "refuse").into(), &count(|_| true).into())
    );
    for level in ["must", "should", "choice"] {
        assert_eq!(report["totals"]["findings"][level], wrong(level), "{level}");
    }
    assert_eq!((report["totals"]["wrongly_refused"].as_u64(), report["totals"]["crashed"].as_u64(), status), (Some(0), Some(0), 1));
    let sums = |name: &str| report["groups"].as_array().expect("groups").iter().map(|group| group[name].as_u64().expect("a number")).sum::<u64>();
    assert_eq!((sums("cases"), sums("wrongly_accepted")), (count(|_| true) as u64, count(|case| case["expect"] == "refuse") as u64));
}

#[test]
fn who_refuses_everything_is_wrong_on_every_case_to_accept() {
    let (report, status) = report(r#"while read -r line; do echo '{"verdict":"refuse","reason":"no"}'; done"#, &[]);
    assert_eq!((&report["totals"]["wrongly_refused"], status), (&count(|case| case["expect"] == "accept").into(), 1));
    assert_eq!(report["totals"]["findings"]["must"], count(|case| case["expect"] == "accept" && case["level"] == "must"));
    assert!(findings(&report).iter().all(|(_, got, said)| got == "refuse" && said == "no"));
}

#[test]
fn the_table_counts_what_is_found() {
    let output = conform(ACCEPTS, &["--only", "weak", "--only", "issuer-of-key"]);
    let expected = format!(
        "judged: {ACCEPTS}

group           cases  wrongly accepted  wrongly refused  crashed  hung  garbled  skipped
weak                3                 -                -        -     -        -        -
issuer-of-key       5                 4                -        -     -        -        -
all                 8                 4                -        -     -        -        -

Against a MUST of an RFC: 2 findings in 3 cases

  RFC8725-3.8-2  a token in the name of another issuer than the key's
    wrongly accepted  issuer-of-key-other

  RFC8725-3.8-2  the same, and that issuer is expected
    wrongly accepted  issuer-of-key-other-expected

Against a SHOULD of an RFC: 0 findings in 0 cases

Otherwise than our stricter choices, as a verifier may: 2 findings in 5 cases

  POLICY-17  no iss, and the key has an issuer
    wrongly accepted  issuer-of-key-missing

  POLICY-17  a JWS, which has no iss to compare
    wrongly accepted  issuer-of-key-jws
"
    );
    assert_eq!(text(&output.stdout), expected);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "clearjwt: 2 findings against a MUST of an RFC; `clearjwt conform --only ID --export -` shows a case\n");
}

#[test]
fn findings_against_choices_do_not_fail() {
    let (report, status) = report(ACCEPTS, &["--only", "size"]);
    let wrong = count(|case| case["group"] == "size" && case["expect"] == "refuse");
    assert_eq!((&report["totals"]["findings"]["choice"], &report["totals"]["findings"]["must"], status), (&wrong.into(), &0.into(), 0));
}

#[test]
fn who_ends_is_started_anew_for_the_next_case() {
    let (report, status) = report(&at_the_second("exit 7"), &["--only", "aud"]);
    // More often than a command may that never gives a verdict.
    let cases = count(|case| case["group"] == "aud");
    assert!(cases / 2 > 10);
    assert_eq!((&report["totals"]["crashed"], status), (&(cases / 2).into(), 1));
    assert!(findings(&report).iter().all(|(_, got, said)| got == "accept" || (got == "crashed" && said == "it ended (exit status: 7)")), "{report:#}");
}

#[test]
fn who_dies_of_a_signal_crashes() {
    let (report, _) = report(&at_the_second("kill -s ABRT $$"), &["--only", "weak"]);
    let [(id, got, said)] = &findings(&report)[..] else { panic!("{report:#}") };
    assert_eq!((id.as_str(), got.as_str()), ("weak-2", "crashed"));
    assert!(said.starts_with("it ended (signal: 6"), "{said}");
}

#[test]
fn who_closes_its_output_crashes() {
    let (report, _) = report(&at_the_second("exec 1>&-; read -r line; read -r line"), &["--only", "weak"]);
    assert_eq!(findings(&report), [("weak-2".into(), "crashed".into(), "it closed its output".into())]);
}

#[test]
fn who_hangs_is_killed_with_all_that_it_started() {
    let pid = file("hung.pid");
    let (report, status) =
        report(&at_the_second(&format!("sleep 1000 > /dev/null 2>&1 & echo $! > '{}'; wait", pid.display())), &["--only", "weak", "--case-timeout", "1"]);
    assert_eq!((findings(&report), status), (vec![("weak-2".into(), "hung".into(), String::new())], 0));
    let pid = fs::read_to_string(pid).expect("the process said who it started");
    let alive = Command::new("sh").args(["-c", "kill -0 \"$1\" 2> /dev/null && ! grep -q '^State:.Z' \"/proc/$1/status\"", "sh", pid.trim()]).status();
    assert!(!alive.expect("sh runs").success(), "what the process started is still there");
}

#[test]
fn who_does_not_read_blocks_nobody() {
    // The case is longer than a pipe holds.
    let (report, status) = report("exec 2> /dev/null; while :; do sleep 1000; done", &["--only", "size-garbage", "--only", "size-dots", "--case-timeout", "1"]);
    assert_eq!((report["totals"]["hung"].as_u64(), status), (Some(2), 2));
}

#[test]
fn who_never_stops_talking_is_ended_after_the_last_case() {
    let command = r#"read -r line; echo '{"verdict":"accept"}'; exec yes"#;
    let (report, status) = report(command, &["--only", "weak-0", "--case-timeout", "1"]);
    assert_eq!((findings(&report), status), (vec![], 0));
}

#[cfg(unix)]
#[test]
fn a_verifier_does_not_outlive_this_program_however_it_ends() {
    // Whoever still lives holds the other end of stderr, and says so at last.
    let mut program = Command::new(env!("CARGO_BIN_EXE_clearjwt"))
        .args(["conform", "--only", "weak", "--case-timeout", "1000", "--exec", "echo up >&2; sleep 20; echo outlived >&2"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stderr = BufReader::new(program.stderr.take().expect("a pipe"));
    let mut said = String::new();
    stderr.read_line(&mut said).expect("the verifier says that it is there");
    program.kill().expect("the program is killed");
    program.wait().expect("the program has ended");
    stderr.read_to_string(&mut said).expect("a text");
    assert_eq!(said, "up\n");
}

#[test]
fn who_closes_our_output_does_not_hide_the_exit_status() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_clearjwt"))
        .args(["conform", "--only", "signature", "--exec", ACCEPTS])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    drop(program.stdout.take());
    assert_eq!(program.wait().expect("the program has ended").code(), Some(1));
}

#[test]
fn who_says_something_else_is_garbled() {
    for (then, said) in [
        ("echo hello", "it said a line that is no JSON"),
        ("echo", "it said a line that is no JSON"),
        ("echo '[]'", "it said JSON without a verdict of accept, refuse or skip"),
        (r#"echo '{"verdict":"Accept"}'"#, "it said JSON without a verdict of accept, refuse or skip"),
        (r#"echo '{"verdict":true}'"#, "it said JSON without a verdict of accept, refuse or skip"),
        (r#"printf '{"verdict":"\377"}\n'"#, "it said a line that is no JSON"),
        (r#"echo '{"verdict":"accept","id":"weak-0"}'"#, "it answered with the id of another case"),
        (r#"echo '{"verdict":"accept","id":2}'"#, "it answered with the id of another case"),
        ("yes | tr -d '\\n'", "it said a line of more than 65536 bytes"),
        (r#"head -c 70000 /dev/zero | tr '\0' ' '; echo '{"verdict":"accept"}'"#, "it said a line of more than 65536 bytes"),
    ] {
        let (report, _) = report(&at_the_second(&format!("{then}; read -r line")), &["--only", "weak"]);
        assert_eq!(findings(&report), [("weak-2".into(), "garbled".into(), said.into())], "{then}");
    }
}

#[test]
fn a_verdict_may_name_its_case_and_come_late_and_without_a_newline() {
    let named = r#"while read -r line; do id=${line#*\"id\":\"}; echo "{\"id\":\"${id%%\"*}\", \"verdict\" : \"accept\", \"more\":[1]} "; done"#;
    let slow = r#"sleep 1; read -r line; printf '{"verdict":"accept"}'"#;
    let long = r#"read -r line; printf '{"verdict":"accept","reason":"%065000d"}\n' 0; read -r line"#;
    for (command, only) in [(named, "weak"), (slow, "weak-0"), (long, "weak-0")] {
        let (report, status) = report(command, &["--only", only]);
        assert_eq!((findings(&report), status), (vec![], 0), "{command}");
    }
}

#[test]
fn who_never_gives_a_verdict_is_given_up() {
    let started = file("started");
    let output = conform(&format!("echo x >> '{}'; read -r line; exit 3", started.display()), &[]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
    let message = "clearjwt: no verdict from 10 processes in a row (the last: it ended (exit status: 3)): \
                   the command of --exec has to answer each line with one such as {\"verdict\":\"accept\"}, and to flush it\n";
    assert_eq!(text(&output.stderr), message);
    assert_eq!(fs::read_to_string(started).expect("it was started").lines().count(), 10);
    let output = conform("clearjwt-no-such-verifier", &["--only", "plain"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("exit status: 127"), "{}", text(&output.stderr));
    // Fewer cases than that: there is a report of what happened, and no finding in it is the verifier's.
    for command in ["", "clearjwt-no-such-verifier"] {
        let output = conform(command, &["--only", "weak"]);
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(text(&output.stdout).contains("crashed") && text(&output.stderr).contains("clearjwt: no verdict on any case: "), "{command}");
    }
}

#[test]
fn who_skips_everything_is_not_judged() {
    let skips = r#"while read -r line; do echo '{"verdict":"skip","reason":"no keys"}'; done"#;
    let output = conform(skips, &[]);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(2), "clearjwt: every case was skipped: nothing was judged\n"));
    let (report, status) = report(
        r#"while read -r line; do case $line in *issuer-of-key-m*) v=skip;; *issuer-of-key-s*) v=accept;; *) v=refuse;; esac; echo "{\"verdict\":\"$v\"}"; done"#,
        &["--only", "issuer-of-key"],
    );
    assert_eq!((findings(&report), report["totals"]["skipped"].as_u64(), status), (vec![], Some(1), 0));
    assert_eq!(report["skipped"][0]["id"], "issuer-of-key-missing");
}

#[test]
fn one_process_is_asked_every_case_and_told_no_answer() {
    let (asked, started) = (file("asked"), file("asked-by"));
    let command = format!(
        r#"echo x >> '{}'; while read -r line; do printf '%s\n' "$line" >> '{}'; echo '{{"verdict":"accept"}}'; done"#,
        started.display(),
        asked.display()
    );
    conform(&command, &[]);
    assert_eq!(fs::read_to_string(started).expect("it was started").lines().count(), 1);
    let asked = fs::read_to_string(asked).expect("it was asked");
    let cases = common::cases(CORPUS);
    assert_eq!(asked.lines().count(), cases.len());
    for (line, case) in asked.lines().zip(&cases) {
        let question: Value = serde_json::from_str(line).expect("a question is JSON");
        let names: BTreeSet<&str> = question.as_object().expect("a question is an object").keys().map(String::as_str).collect();
        let token = if case["token"].is_null() { "token_b64u" } else { "token" };
        assert_eq!(names, ["id", "key", "mode", "options", token].into());
        assert!(names.iter().all(|name| question[name] == case[name]), "{}", case["id"]);
    }
}

#[test]
fn what_the_verifier_writes_on_stderr_passes_through() {
    let output = conform(&format!("echo a warning >&2; {ACCEPTS}"), &["--only", "weak"]);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), "a warning\n"));
}

#[test]
fn what_the_verifier_says_steers_no_terminal_and_marks_up_no_page() {
    let command = r#"while read -r line; do echo '{"verdict":"refuse","reason":"\u001b[31m\u202e<script>alert(1)</script>&"}'; done # <b>"#;
    let output = text(&conform(command, &["--only", "weak"]).stdout);
    assert!(output.contains(r"weak-0: \u001b[31m\u202e<script>") && !output.contains('\x1b'), "{output}");
    let (json, (report, _)) = (text(&conform(command, &["--only", "weak", "--json"]).stdout), report(command, &["--only", "weak"]));
    assert!(!json.contains('\u{202e}') && report["findings"][0]["said"].as_str().is_some_and(|said| said.starts_with("\u{1b}[31m\u{202e}<script>")), "{json}");
    let page = text(&conform(command, &["--only", "weak", "--html"]).stdout);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;") && page.contains("# &lt;b&gt;"), "{page}");
    for not in ["<script", "<b>", "\x1b", "src=", "@import", "url("] {
        assert!(!page.contains(not), "{not}");
    }
    let rows = count(|case| case["group"] == "weak");
    assert_eq!((page.matches("<strong>wrongly refused</strong>").count(), page.matches("<caption>").count()), (rows, 2));
    assert_eq!(page.matches("<th ").count(), page.matches("<th scope=").count());
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">") && page.contains("Content-Security-Policy"));
}

#[test]
fn the_corpus_is_exported_as_it_is() {
    assert!(text(&run(&["--export", "-"]).stdout) == CORPUS, "the export is not the corpus");
    let path = file("export.json");
    let output = run(&["--only", "weak", "--only", "exp-now", "--export", path.to_str().expect("a path")]);
    assert_eq!((output.status.code(), output.stdout.len(), output.stderr.len()), (Some(0), 0, 0));
    let exported = common::cases(&fs::read_to_string(path).expect("the file is there"));
    let expected: Vec<Value> = common::cases(CORPUS).into_iter().filter(|case| case["group"] == "weak" || case["id"] == "exp-now").collect();
    assert_eq!(exported, expected);
    assert_eq!(run(&["--only", "no such group"]).status.code(), Some(2));
}
