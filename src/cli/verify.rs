//! `collectlint verify`.

use anyhow::bail;

use super::Status;
use super::args::VerifyArgs;
use super::context::Context;

pub(super) fn run(_args: &VerifyArgs, _context: &Context) -> anyhow::Result<Status> {
    bail!("`verify` is not part of this build")
}
