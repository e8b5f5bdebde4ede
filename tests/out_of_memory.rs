//! Without memory the process ends, as Rust has it, and what it says last holds nothing of the secret.
//!
//! Rust's collections do not return when memory is refused, so there is no error to give. This test refuses each allocation of a
//! child process once.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    env,
    process::Command,
    ptr,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
};

use clearjwt::{Algorithm, Key, Validation, jwk};

struct Failing;

/// How many allocations succeed from now on.
static LEFT: AtomicUsize = AtomicUsize::new(usize::MAX);

unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let left = LEFT.load(SeqCst);
        if left != usize::MAX {
            // What is allocated while the process ends is given, so that it can say what it wants to.
            LEFT.store(left.wrapping_sub(1), SeqCst);
        }
        if left == 0 { ptr::null_mut() } else { unsafe { System.alloc(layout) } }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Failing = Failing;

const SECRET: &[u8; 64] = b"Zw7-hush.Qx93.nobody.knows.this-k5VtL8.and.it.is.long.enough.as.";
const VARIABLE: &str = "CLEARJWT_ALLOCATIONS";
const THIS: &str = "an_allocation_that_fails_ends_the_process_and_shows_no_secret";

#[test]
fn an_allocation_that_fails_ends_the_process_and_shows_no_secret() {
    if let Ok(count) = env::var(VARIABLE) {
        return work(count.parse().unwrap());
    }
    let mut ended = 0;
    loop {
        let mut child = Command::new(env::current_exe().unwrap());
        let output = child.args(["--exact", THIS, "--nocapture"]).env(VARIABLE, ended.to_string()).env_remove("RUST_BACKTRACE").output().unwrap();
        if output.status.success() {
            break;
        }
        #[cfg(unix)]
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&output.status), Some(6), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        let (first, rest) = said.split_once('\n').unwrap();
        let bytes = first.strip_prefix("memory allocation of ").and_then(|rest| rest.strip_suffix(" bytes failed"));
        assert!(bytes.is_some_and(|bytes| bytes.parse::<usize>().is_ok()), "{said}");
        // How to get a backtrace, of a newer compiler.
        assert!(rest.is_empty() || rest.starts_with("note: run with") && rest.lines().count() == 1, "{said}");
        assert!(!String::from_utf8(output.stdout).unwrap().contains("hush"));
        ended += 1;
    }
    // Reading a key, signing and verifying allocate more often than this.
    assert!(ended > 10, "{ended}");
}

fn work(count: usize) {
    LEFT.store(count, SeqCst);
    let text = jwk::to_text(Algorithm::HS256, SECRET, Some("a")).unwrap();
    let key = Key::from_jwk(Algorithm::HS256, text.as_str()).unwrap();
    let token = clearjwt::sign(&serde_json::json!({"exp": 2}), &key).unwrap();
    let verified = Validation::new().verify_at::<serde_json::Value>(&token, &key, 1);
    LEFT.store(usize::MAX, SeqCst);
    assert!(verified.is_ok());
}
