//! The `collectlint` program; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    collectlint::cli::run(std::env::args_os(), || Ok(collectlint::server::run()?))
}
