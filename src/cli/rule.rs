//! `collectlint rule`: the pages.

use std::io::Write as _;

use anyhow::{Context as _, anyhow};
use serde::Serialize;

use super::Status;
use super::args::{RuleArgs, RuleFormat};
use super::context::Context;
use crate::rules::{self, Rule};

/// A rule as JSON, with the keys of `ruff rule`.
#[derive(Serialize)]
struct Record {
    name: &'static str,
    code: &'static str,
    group: &'static str,
    summary: String,
    severity: &'static str,
    fix_availability: &'static str,
    explanation: &'static str,
    url: Option<String>,
}

impl From<&Rule> for Record {
    fn from(rule: &Rule) -> Self {
        Self {
            name: rule.name,
            code: rule.code.0,
            group: rule.group(),
            summary: rule.summary(),
            severity: rule.severity.name(),
            fix_availability: rule.fix.name(),
            explanation: rule.page,
            url: rule.url(),
        }
    }
}

pub(super) fn run(args: &RuleArgs, context: &Context) -> anyhow::Result<Status> {
    let asked: Vec<&Rule> = match &args.rule {
        Some(name) => vec![rules::find(name).ok_or_else(|| anyhow!(unknown(name)))?],
        None => rules::ALL.to_vec(),
    };
    let mut out = context.stdout();
    match args.output_format {
        RuleFormat::Json => {
            let records: Vec<Record> = asked.into_iter().map(Record::from).collect();
            let written = match records.as_slice() {
                [one] if !args.all => serde_json::to_writer_pretty(&mut out, one),
                all => serde_json::to_writer_pretty(&mut out, all),
            };
            written.context("the rules cannot be written")?;
            writeln!(out)?;
        }
        RuleFormat::Text if args.all => {
            for rule in asked {
                writeln!(out, "{}  {}: {}", rule.code, rule.name, rule.summary())?;
            }
        }
        RuleFormat::Text | RuleFormat::Md => {
            for (index, rule) in asked.into_iter().enumerate() {
                let gap = if index > 0 { "\n" } else { "" };
                writeln!(out, "{gap}{}", rule.page.trim_end())?;
            }
        }
    }
    out.flush()?;
    Ok(Status::Clean)
}

fn unknown(name: &str) -> String {
    let names = rules::ALL.iter().flat_map(|rule| [rule.code.0, rule.name]);
    let wanted = name.to_lowercase();
    let nearest = names
        .map(|known| (strsim::jaro_winkler(&known.to_lowercase(), &wanted), known))
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    match nearest {
        Some((likeness, known)) if likeness > 0.8 => {
            format!("there is no rule `{name}`; did you mean `{known}`?")
        }
        _ => format!("there is no rule `{name}`; `collectlint rule --all` lists them"),
    }
}
