//! `collectlint server`.

use anyhow::anyhow;

use super::args::ServerArgs;
use super::{Serve, Status};

pub(super) fn run(_args: &ServerArgs, serve: Serve) -> anyhow::Result<Status> {
    serve().map_err(|error| anyhow!(error))?;
    Ok(Status::Clean)
}
