//! Linux on x86-64, without a libc.

use core::arch::{asm, global_asm};

use crate::check::check;

// The stack is aligned as the calling convention wants it before any Rust runs.
global_asm!(".globl _start", "_start:", "xor ebp, ebp", "and rsp, -16", "call {start}", start = sym start);

extern "C" fn start() -> ! {
    exit(check().err().unwrap_or(0))
}

pub fn exit(code: u8) -> ! {
    // SAFETY: `exit_group` of Linux, the one thing that is asked of the system. It does not come back.
    unsafe { asm!("syscall", in("rax") 231, in("rdi") u64::from(code), options(noreturn, nostack)) }
}
