//! A Cortex-M with nothing but its memory; `cortex_m.ld` says where that is.

use core::arch::{asm, global_asm};

use crate::check::check;

// What the processor reads at reset: the stack's end, then where to go at reset, at an NMI and at a fault.
global_asm!(
    ".section .vectors, \"a\"",
    ".word stack_end, {start}, {fault}, {fault}",
    start = sym start,
    fault = sym fault,
);

// Found by its name as the entry of the program.
#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    exit(check().err().unwrap_or(0))
}

extern "C" fn fault() -> ! {
    exit(102)
}

/// Asks the debugger, or the emulator, to end: `SYS_EXIT_EXTENDED` of Arm's semihosting.
pub fn exit(code: u8) -> ! {
    let reason_and_code = [0x20026, u32::from(code)];
    // SAFETY: reads the two words, and does not come back.
    unsafe { asm!("bkpt 0xab", in("r0") 0x20, in("r1") &reason_and_code, options(noreturn, nostack, readonly)) }
}
