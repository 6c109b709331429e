//! The `leadlens` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    leadlens::main()
}
