//! `collectlint predict`.

use anyhow::bail;

use super::Status;
use super::args::PredictArgs;
use super::context::Context;

pub(super) fn run(_args: &PredictArgs, _context: &Context) -> anyhow::Result<Status> {
    bail!("`predict` is not part of this build")
}
