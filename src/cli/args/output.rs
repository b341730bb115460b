//! Options that say how findings are written, and where.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::report::{Format, UnknownFormat};

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct OutputArgs {
    /// How findings are written, and to which file if not to standard output; repeatable: full, concise,
    /// grouped, json, json-lines, junit, github, gitlab, pylint, rdjson, azure, sarif, markdown
    #[arg(
        long,
        value_name = "FORMAT[=FILE]",
        value_delimiter = ',',
        env = "COLLECTLINT_OUTPUT_FORMAT",
        hide_env_values = true
    )]
    pub(in crate::cli) output_format: Vec<Destination>,

    /// Write to this file instead of standard output
    #[arg(short = 'o', long, value_name = "FILE", env = "COLLECTLINT_OUTPUT_FILE", hide_env_values = true)]
    pub(in crate::cli) output_file: Option<PathBuf>,

    /// Count the findings of each rule instead of listing them
    #[arg(long)]
    pub(in crate::cli) statistics: bool,

    /// Exit with 0 whatever is found
    #[arg(short, long)]
    pub(in crate::cli) exit_zero: bool,

    /// The name of the file that standard input holds, with `-` as the path
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) stdin_filename: Option<PathBuf>,
}

/// A form of the report and the file it goes to: `sarif=out.sarif`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Destination {
    pub(in crate::cli) format: Format,
    /// `None` is standard output.
    pub(in crate::cli) file: Option<PathBuf>,
}

impl FromStr for Destination {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((format, file)) if !file.is_empty() => {
                Ok(Self { format: format.parse()?, file: Some(file.into()) })
            }
            Some((format, _)) => Ok(Self { format: format.parse()?, file: None }),
            None => Ok(Self { format: text.parse()?, file: None }),
        }
    }
}
