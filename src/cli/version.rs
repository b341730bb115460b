//! `collectlint version`.

use std::io::Write as _;

use serde_json::json;

use super::Status;
use super::args::{TextFormat, VersionArgs};
use super::context::Context;
use crate::environment::PytestVersion;

pub(super) fn run(args: &VersionArgs, context: &Context) -> anyhow::Result<Status> {
    let mut out = context.stdout();
    let version = env!("CARGO_PKG_VERSION");
    let newest = PytestVersion::NEWEST;
    match args.output_format {
        TextFormat::Text => writeln!(out, "collectlint {version} (knows pytest up to {newest})")?,
        TextFormat::Json => {
            let value = json!({"version": version, "newest_pytest": newest.to_string()});
            writeln!(out, "{value:#}")?;
        }
    }
    out.flush()?;
    Ok(Status::Clean)
}
