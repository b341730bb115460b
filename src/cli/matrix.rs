//! `collectlint matrix`.

use anyhow::bail;

use super::Status;
use super::args::MatrixArgs;
use super::context::Context;

pub(super) fn run(_args: &MatrixArgs, _context: &Context) -> anyhow::Result<Status> {
    bail!("`matrix` is not part of this build")
}
