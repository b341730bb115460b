//! The `collectlint` program; everything is in the library.

use std::process::ExitCode;

/// Values and nodes are small and many.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    collectlint::cli::run(std::env::args_os(), || Ok(collectlint::server::run()?))
}
