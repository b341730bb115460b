//! `collectlint server`.

use anyhow::bail;

use super::Status;
use super::args::ServerArgs;
use super::context::Context;

pub(super) fn run(_args: &ServerArgs, _context: &Context) -> anyhow::Result<Status> {
    bail!("the language server is not part of this build")
}
