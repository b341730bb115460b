//! `collectlint explain`.

use anyhow::bail;

use super::Status;
use super::args::ExplainArgs;
use super::context::Context;

pub(super) fn run(_args: &ExplainArgs, _context: &Context) -> anyhow::Result<Status> {
    bail!("`explain` is not part of this build")
}
