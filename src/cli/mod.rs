//! The command line: what is typed becomes a request, what is found becomes output and an exit code.
//!
//! 0 means that nothing is wrong, 1 that something was found, 2 that collectlint could not do what it was
//! asked. A reader that stops reading (`collectlint | head`) is no failure.

mod args;
mod check;
mod completions;
mod config;
mod context;
mod explain;
mod matrix;
mod predict;
mod repair;
mod rule;
mod server;
mod verify;
mod version;

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command};
use context::Context;

/// How a command ended, if it could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Clean,
    Findings,
}

/// Starts the language server, which this layer does not know.
pub type Serve = fn() -> Result<(), Box<dyn Error + Send + Sync>>;

/// Runs the program; the first argument is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>, serve: Serve) -> ExitCode {
    let cli = match Cli::try_parse_from(args::with_command(arguments)) {
        Ok(cli) => cli,
        Err(error) => {
            // Nothing is to be done about a terminal that is gone.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    match Context::new(&cli.global).and_then(|context| dispatch(&cli, &context, serve)) {
        Ok(Status::Clean) => ExitCode::SUCCESS,
        Ok(Status::Findings) => ExitCode::from(1),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "collectlint: error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(cli: &Cli, context: &Context, serve: Serve) -> anyhow::Result<Status> {
    match &cli.command {
        Command::Check(args) => check::run(args, context),
        Command::Predict(args) => predict::run(args, context),
        Command::Explain(args) => explain::run(args, context),
        Command::Verify(args) => verify::run(args, context),
        Command::Matrix(args) => matrix::run(args, context),
        Command::Rule(args) => rule::run(args, context),
        Command::Config(args) => config::run(args, context),
        Command::Server(args) => server::run(args, serve),
        Command::Version(args) => version::run(args, context),
        Command::Completions(args) => completions::run(args, context),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
