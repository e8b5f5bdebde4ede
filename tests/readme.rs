//! The commands that the README shows for the program, run as they stand there, and what it shows of the demo.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const README: &str = include_str!("../README.md");

#[test]
fn the_demo_prints_what_the_readme_shows() {
    let output = Command::new(env!("CARGO_BIN_EXE_clearjwt")).arg("demo").output().unwrap();
    let shown = README.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(lasting(&String::from_utf8(output.stdout).unwrap()), lasting(shown));
}

/// What is the same each time: no port, time or MAC.
fn lasting(text: &str) -> Vec<String> {
    let digits = |line: &str| line.split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("#");
    text.lines().map(|line| if line.contains("token   ") { "token".into() } else { digits(line) }).collect()
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_clearjwt")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), env::var("PATH").unwrap());
    let section = README.split("## The program").nth(1).unwrap();
    let block = section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let (mut server, mut url, mut count) = (None, String::new(), 0);
    for line in block.lines() {
        let command = line.split("  #").next().unwrap().trim();
        let mut shell = Command::new("sh");
        shell.current_dir(&folder).env("PATH", &path);
        count += 1;
        if let Some(serve) = command.strip_suffix('&') {
            // On a port that is free, where the README has one that people remember.
            let mut child = shell
                .args(["-c", &format!("exec {}", serve.replace("127.0.0.1:8080", "127.0.0.1:0"))])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
            server = Some(child);
            continue;
        }
        let output = shell.args(["-c", &command.replace("http://127.0.0.1:8080/", url.trim())]).output().unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{command}: {text}");
        for (word, expected) in [
            ("verify", "{\"user_id\":1234,"),
            ("verify", "accepted until"),
            ("inspect", "UNVERIFIED"),
            ("send", "\"user_id\":1234"),
            ("--include", "HTTP/1.1 200 OK"),
        ] {
            assert!(!command.contains(word) || text.contains(expected), "{command}: {text}");
        }
    }
    assert!(count >= 7, "the block shrank to {count} commands");
    let mut server = server.expect("the README serves");
    server.kill().unwrap();
    server.wait().unwrap();
}
