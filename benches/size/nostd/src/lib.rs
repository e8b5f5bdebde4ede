//! A program with nothing beneath it: no `std`, no libc, no start files; memory is one array. `run` links it with
//! `-nostdlib -static`, looks for symbols that should not be there, and runs it: exit status 0 says that a token that was
//! signed here held, and that an altered and an expired one did not.
#![no_std]

extern crate alloc;

mod mem;

use alloc::string::String;
use core::{
    alloc::{GlobalAlloc, Layout},
    arch::{asm, global_asm},
    cell::UnsafeCell,
    hint::black_box,
    panic::PanicInfo,
    ptr,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use clearjwt::{Algorithm, Key, Validation, VerifyError, jws};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Claims {
    user_id: u64,
    exp: u64,
}

const EXP: u64 = 4102444800;

fn check() -> Result<(), u8> {
    let key = Key::new(Algorithm::HS256, black_box(b"0123456789abcdef0123456789abcdef")).map_err(|_| 2)?.with_id("a");
    let token = clearjwt::sign(&Claims { user_id: black_box(1234), exp: EXP }, &key).map_err(|_| 3)?;
    let demands = Validation::new();
    let verified = demands.verify_at::<Claims>(&token, &key, EXP - 1).map_err(|_| 4)?;
    if verified.claims().user_id != 1234 || verified.key_id() != Some("a") {
        return Err(5);
    }
    if demands.verify_at::<Claims>(&token, &key, EXP + 11).err() != Some(VerifyError::Expired { ago: 11 }) {
        return Err(6);
    }
    let mut altered = String::from(&token);
    // The first character of the MAC.
    let at = token.len() - 43;
    altered.replace_range(at..=at, if token.as_bytes().get(at) == Some(&b'A') { "B" } else { "A" });
    if jws::verify(&altered, &key).err() != Some(VerifyError::Signature) {
        return Err(7);
    }
    Ok(())
}

// The stack is aligned as the calling convention wants it before any Rust runs.
global_asm!(".globl _start", "_start:", "xor ebp, ebp", "and rsp, -16", "call {start}", start = sym start);

extern "C" fn start() -> ! {
    exit(check().err().unwrap_or(0))
}

fn exit(code: u8) -> ! {
    // SAFETY: `exit_group` of Linux, the one thing that is asked of the system. It does not come back.
    unsafe { asm!("syscall", in("rax") 231, in("rdi") u64::from(code), options(noreturn, nostack)) }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(101)
}

/// Gives out the array from its start to its end and takes nothing back.
struct Bump {
    memory: UnsafeCell<[u8; 65_536]>,
    used: AtomicUsize,
}

// SAFETY: no byte is given out twice.
unsafe impl Sync for Bump {}

// SAFETY: as above; each block is aligned and lies within the array.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let memory = self.memory.get().cast::<u8>();
        let take = |used: usize| {
            let start = (memory as usize + used).next_multiple_of(layout.align()) - memory as usize;
            start.checked_add(layout.size()).filter(|end| *end <= 65_536)
        };
        match self.used.fetch_update(Relaxed, Relaxed, take) {
            Ok(used) => memory.wrapping_add((memory as usize + used).next_multiple_of(layout.align()) - memory as usize),
            Err(_) => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static MEMORY: Bump = Bump { memory: UnsafeCell::new([0; 65_536]), used: AtomicUsize::new(0) };
