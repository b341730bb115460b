//! `collectlint completions`.

use std::io::Write as _;

use clap::CommandFactory as _;
use clap_complete::{Generator, Shell as Known};
use clap_complete_nushell::Nushell;

use super::Status;
use super::args::{Cli, CompletionsArgs, Shell};
use super::context::Context;

pub(super) fn run(args: &CompletionsArgs, context: &Context) -> anyhow::Result<Status> {
    let script = match args.shell {
        Shell::Bash => script(Known::Bash),
        Shell::Elvish => script(Known::Elvish),
        Shell::Fish => script(Known::Fish),
        Shell::Nushell => script(Nushell),
        Shell::Powershell => script(Known::PowerShell),
        Shell::Zsh => script(Known::Zsh),
    };
    // NOTE: the generators panic when they cannot write, so they get memory to write to.
    let mut out = context.stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Status::Clean)
}

fn script(generator: impl Generator) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(generator, &mut Cli::command(), "collectlint", &mut script);
    script
}
