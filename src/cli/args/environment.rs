//! Options that state what the tests are imported in.

use std::path::PathBuf;

use clap::Args;

use crate::check::Target;
use crate::environment::{Platform, PytestVersion, PythonVersion};
use crate::settings::project::Options;

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Environments")]
pub(in crate::cli) struct EnvironmentArgs {
    /// A Python interpreter, or the folder of a virtual environment: what is installed there, its Python
    /// and its pytest are read from disk, and nothing is started
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) python: Option<PathBuf>,

    /// A Python version such as 3.11; repeatable, each makes an environment
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    pub(in crate::cli) python_version: Vec<PythonVersion>,

    /// linux, macos (darwin) or windows (win32); repeatable, each makes an environment
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',')]
    pub(in crate::cli) python_platform: Vec<Platform>,

    /// The version of pytest, such as 8.4.2; by default the environment's, else the newest that is known
    #[arg(long, value_name = "VERSION")]
    pub(in crate::cli) pytest_version: Option<PytestVersion>,

    /// Modules that are made to look uninstalled; repeatable
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub(in crate::cli) absent: Vec<String>,

    /// No optional module is installed
    #[arg(long)]
    pub(in crate::cli) bare: bool,

    /// Exactly these third-party modules are installed, besides pytest and its dependencies; `''` is none
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', conflicts_with = "python")]
    pub(in crate::cli) installed: Option<Vec<String>>,

    /// A cell of the CI matrix, by name; repeatable
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "all_cells")]
    pub(in crate::cli) cell: Vec<String>,

    /// Every cell of the CI matrix, also where `[tool.collectlint]` selects some
    #[arg(long)]
    pub(in crate::cli) all_cells: bool,
}

impl EnvironmentArgs {
    /// The flags over what is configured.
    pub(in crate::cli) fn target(&self, options: &Options) -> Target {
        let named = |names: &[String]| -> Vec<String> {
            names.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
        };
        let configured = Target::configured(options);
        let flags = Target {
            python: self.python.clone(),
            python_versions: self.python_version.clone(),
            platforms: self.python_platform.clone(),
            pytest: self.pytest_version,
            absent: named(&self.absent),
            bare: self.bare,
            installed: self.installed.as_deref().map(named),
            cells: named(&self.cell),
            all_cells: self.all_cells,
            process: false,
        };
        flags.over(configured)
    }
}
