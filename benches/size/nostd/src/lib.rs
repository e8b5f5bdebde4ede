//! A program with nothing beneath it: no `std`, no libc, no start files; memory is one array. `../run` looks for symbols that
//! should not be there and runs it on Linux; `../bare` runs it on an emulated Cortex-M4, and as WebAssembly. Exit status 0 says
//! that a token that was signed here held, and that an altered and an expired one did not.
#![no_std]

extern crate alloc;

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::UnsafeCell,
    panic::PanicInfo,
    ptr,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

#[cfg(not(target_arch = "wasm32"))]
mod check;
#[cfg(target_arch = "arm")]
mod cortex_m;
#[cfg(target_arch = "x86_64")]
mod linux;
#[cfg(target_arch = "x86_64")]
mod mem;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(target_arch = "arm")]
use cortex_m::exit;
#[cfg(target_arch = "x86_64")]
use linux::exit;
#[cfg(target_arch = "wasm32")]
use wasm::exit;

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
