//! `collectlint config`.

use anyhow::bail;

use super::Status;
use super::args::ConfigArgs;
use super::context::Context;

pub(super) fn run(_args: &ConfigArgs, _context: &Context) -> anyhow::Result<Status> {
    bail!("`config` is not part of this build")
}
