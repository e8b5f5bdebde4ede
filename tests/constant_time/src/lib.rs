//! Secrets that valgrind watches: memory that memcheck takes for undefined.
//!
//! Memcheck follows undefined bits through all arithmetic and copies, and reports each jump and each address that depends on
//! one. That is what a secret may not do to the time that a call takes, so memcheck's reports are the leaks.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    ptr, slice,
};

use crabgrind::{
    memcheck::{self, MemState},
    valgrind::{self, RunningMode},
};

/// A copy of `octets` that memcheck takes for undefined.
pub fn secret(octets: impl AsRef<[u8]>) -> Vec<u8> {
    let copy = octets.as_ref().to_vec();
    make_secret(&copy);
    copy
}

/// How many jumps and addresses depended on a secret while `work` ran.
pub fn leaks(work: impl FnOnce()) -> usize {
    assert_eq!(valgrind::running_mode(), RunningMode::Valgrind, "runs under valgrind, as .cargo/config.toml has it");
    let before = valgrind::count_errors();
    work();
    valgrind::count_errors() - before
}

/// As [`leaks`], and `text` becomes secret in the first block of the heap that gets it and nothing else, once the next block is asked for.
///
/// That is for a secret in a larger text: to memcheck, what is found by looking at undefined characters is undefined too, such as
/// where a string ends.
pub fn leaks_of_copies(text: &'static str, work: impl FnOnce()) -> usize {
    MADE_SECRET.set(false);
    TEXT.set(text);
    let leaks = leaks(work);
    TEXT.set("");
    assert!(MADE_SECRET.get(), "no block got the text");
    leaks
}

/// Makes memory secret.
pub fn make_secret(octets: &[u8]) {
    memcheck::mark_memory(octets.as_ptr().cast(), octets.len(), MemState::Undefined).expect("runs under valgrind");
}

thread_local! {
    static TEXT: Cell<&'static str> = const { Cell::new("") };
    static MADE_SECRET: Cell<bool> = const { Cell::new(false) };
    static LAST: Cell<*const u8> = const { Cell::new(ptr::null()) };
}

struct Watching;

#[global_allocator]
static ALLOCATOR: Watching = Watching;

// The last block is looked at when the next one is asked for, unless it is gone; it is zeroed, so that it can be looked at.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let text = TEXT.get();
        let last = LAST.replace(ptr::null());
        if !last.is_null() {
            let octets = unsafe { slice::from_raw_parts(last, text.len()) };
            if octets == text.as_bytes() {
                make_secret(octets);
                MADE_SECRET.set(true);
                TEXT.set("");
            }
        }
        let block = unsafe { System.alloc_zeroed(layout) };
        if !text.is_empty() && layout.size() == text.len() {
            LAST.set(block);
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if LAST.get() == block {
            LAST.set(ptr::null());
        }
        unsafe { System.dealloc(block, layout) }
    }
}
