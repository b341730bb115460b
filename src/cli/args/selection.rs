//! Options that choose rules and files.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::settings::project::{Options, Pattern, PerFileIgnores, RuleSelection};

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Rules and files")]
pub(in crate::cli) struct SelectionArgs {
    /// The rules to use: codes, names, prefixes such as CL0, or ALL
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    pub(in crate::cli) select: Option<Vec<String>>,

    /// Rules not to use
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    pub(in crate::cli) ignore: Option<Vec<String>>,

    /// Rules to use besides those that are selected
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    pub(in crate::cli) extend_select: Vec<String>,

    /// Rules not to use in the files that a pattern matches, such as `tests/e2e/*:CL101`
    #[arg(long, value_name = "PATTERN:RULE,…", value_delimiter = ',')]
    pub(in crate::cli) per_file_ignores: Option<Vec<String>>,

    /// Files and folders that findings are not reported in, as patterns
    #[arg(long, value_name = "PATTERN,…", value_delimiter = ',')]
    pub(in crate::cli) exclude: Option<Vec<String>>,

    /// The same, besides those that are excluded already
    #[arg(long, value_name = "PATTERN,…", value_delimiter = ',')]
    pub(in crate::cli) extend_exclude: Vec<String>,

    /// Warnings count as errors for the exit code
    #[arg(long)]
    pub(in crate::cli) error_on_warning: bool,

    /// Findings that this file lists are known and not reported
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,

    /// Write today's findings to this file, for `--baseline`; a file that is there only shrinks
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    pub(in crate::cli) write_baseline: Option<PathBuf>,

    /// Let `--write-baseline` add findings to a file that is there
    #[arg(long, requires = "write_baseline")]
    pub(in crate::cli) force: bool,

    /// Add a suppression comment to every line with a finding
    #[arg(long, value_name = "REASON", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(in crate::cli) add_ignore: Option<String>,

    /// Read and write no cache
    #[arg(short = 'n', long)]
    pub(in crate::cli) no_cache: bool,
}

impl SelectionArgs {
    /// The flags as options; `folder` is where patterns and paths start from.
    pub(in crate::cli) fn options(&self, folder: &Path) -> anyhow::Result<Options> {
        let patterns = |texts: &[String]| -> anyhow::Result<Vec<Pattern>> {
            texts.iter().map(|text| Ok(Pattern::new(text, folder)?)).collect()
        };
        let rules = RuleSelection {
            select: self.select.clone(),
            extend_select: self.extend_select.clone(),
            ignore: self.ignore.clone().unwrap_or_default(),
            source: "the command line".to_owned(),
        };
        let per_file = self.per_file_ignores.iter().flatten().map(|text| {
            let (pattern, rule) = text
                .rsplit_once(':')
                .with_context(|| format!("`--per-file-ignores {text}` is not `PATTERN:RULE`"))?;
            Ok(PerFileIgnores { pattern: Pattern::new(pattern, folder)?, rules: vec![rule.to_owned()] })
        });
        let per_file: Vec<_> = per_file.collect::<anyhow::Result<_>>()?;
        Ok(Options {
            rules: vec![rules],
            per_file_ignores: (!per_file.is_empty()).then_some(per_file),
            exclude: self.exclude.as_deref().map(patterns).transpose()?,
            extend_exclude: patterns(&self.extend_exclude)?,
            error_on_warning: self.error_on_warning.then_some(true),
            baseline: self.baseline.as_ref().map(|path| folder.join(path)),
            ..Options::default()
        })
    }
}
