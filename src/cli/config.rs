//! `collectlint config`: what can be configured.

use std::io::Write as _;

use anyhow::{Context as _, anyhow};
use serde::Serialize;

use super::Status;
use super::args::{ConfigArgs, TextFormat};
use super::context::Context;
use crate::settings::project::{KEYS, Key};

#[derive(Serialize)]
struct Record {
    key: &'static str,
    doc: &'static str,
    default: &'static str,
    value_type: &'static str,
    example: &'static str,
}

impl From<&Key> for Record {
    fn from(key: &Key) -> Self {
        Self {
            key: key.name,
            doc: key.explanation,
            default: key.default,
            value_type: key.kind,
            example: key.example,
        }
    }
}

pub(super) fn run(args: &ConfigArgs, context: &Context) -> anyhow::Result<Status> {
    let asked: Vec<&Key> = match &args.key {
        None => KEYS.iter().collect(),
        Some(name) => {
            let key = KEYS.iter().find(|key| key.name == name);
            let unknown = || anyhow!("there is no key `{name}`; `collectlint config` lists them");
            vec![key.ok_or_else(unknown)?]
        }
    };
    let mut out = context.stdout();
    match args.output_format {
        TextFormat::Json => {
            let records: Vec<Record> = asked.into_iter().map(Record::from).collect();
            serde_json::to_writer_pretty(&mut out, &records).context("the keys cannot be written")?;
            writeln!(out)?;
        }
        TextFormat::Text if args.key.is_none() => {
            for key in asked {
                writeln!(out, "{}", key.name)?;
            }
        }
        TextFormat::Text => {
            for Key { name, kind, default, explanation, example } in asked {
                writeln!(out, "{name}: {kind}\n\n{explanation}\n\nDefault: {default}\n")?;
                writeln!(out, "[tool.collectlint]\n{example}")?;
            }
        }
    }
    out.flush()?;
    Ok(Status::Clean)
}
