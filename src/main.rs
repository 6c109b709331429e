//! The `leadlens` binary.

use std::process::ExitCode;

/// A check-in allocates hundreds of small strings, on one thread to free them on another. With 64 writers the
/// allocator of the C library takes a third more processor time for a check-in: `docs/decisions.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    leadlens::main()
}
