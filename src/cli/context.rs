//! What every command needs: where it runs, how much it says, and in which colours.

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Component, Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context as _, anyhow};

use super::args::{Colour, GlobalArgs};
use crate::fs::FileSystem;
use crate::report::Paths;
use crate::settings::project::{self, ProjectSettings};

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verbosity {
    Silent,
    Quiet,
    Normal,
    Verbose,
}

/// The surroundings of a command.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) working_directory: PathBuf,
    pub(super) verbosity: Verbosity,
    colour: Colour,
    config: Vec<String>,
    isolated: bool,
}

impl Context {
    pub(super) fn new(global: &GlobalArgs) -> anyhow::Result<Self> {
        if let Some(threads) = global.threads {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads.get())
                .build_global()
                .with_context(|| format!("cannot start {threads} threads"))?;
        }
        Ok(Self {
            working_directory: std::env::current_dir().context("the current folder cannot be read")?,
            verbosity: match global {
                GlobalArgs { silent: true, .. } => Verbosity::Silent,
                GlobalArgs { quiet: true, .. } => Verbosity::Quiet,
                GlobalArgs { verbose: 1.., .. } => Verbosity::Verbose,
                _ => Verbosity::Normal,
            },
            colour: global.color,
            config: global.config.clone(),
            isolated: global.isolated,
        })
    }

    /// Standard output, which takes colours exactly if [`Self::is_coloured`].
    pub(super) fn stdout(&self) -> BufWriter<impl Write + use<>> {
        let choice = if self.is_coloured() { ColorChoice::Always } else { ColorChoice::Never };
        BufWriter::new(AutoStream::new(io::stdout(), choice))
    }

    /// Whether standard output is coloured: the flag decides, then `NO_COLOR`, then `FORCE_COLOR` and
    /// `CLICOLOR_FORCE`, then the terminal.
    pub(super) fn is_coloured(&self) -> bool {
        is_coloured(self.colour, |name| std::env::var_os(name), io::stdout().is_terminal())
    }

    /// Tells on standard error what is being done, with `-v`.
    pub(super) fn tell(&self, what: &str) {
        if self.verbosity >= Verbosity::Verbose {
            let _ = writeln!(io::stderr(), "{what}");
        }
    }

    /// Warns on standard error, unless nothing but findings is wanted.
    pub(super) fn warn(&self, what: &str) {
        if self.verbosity >= Verbosity::Normal {
            let _ = writeln!(io::stderr(), "collectlint: warning: {what}");
        }
    }

    /// A path as it was typed → absolute, without `.` and `..`; links are not resolved.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        let mut absolute = self.working_directory.clone();
        for part in path.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    absolute.pop();
                }
                Component::Prefix(_) | Component::RootDir | Component::Normal(_) => absolute.push(part),
            }
        }
        absolute
    }

    /// What is configured in files and with `--config`.
    pub(super) fn settings(&self, fs: &FileSystem) -> anyhow::Result<ProjectSettings> {
        let here = &self.working_directory;
        let (files, inline): (Vec<_>, Vec<_>) =
            self.config.iter().partition(|text| fs.is_file(&self.absolute(Path::new(text))));
        let found = match files.last() {
            Some(file) => ProjectSettings::from_file(fs, &self.absolute(Path::new(file))),
            None if self.isolated => Ok(ProjectSettings::default()),
            None => ProjectSettings::find(fs, here),
        };
        let over = |settings: ProjectSettings, text: &String| Ok(settings.with(project::inline(text, here)?));
        let settings = found.and_then(|found| inline.into_iter().try_fold(found, over));
        settings.map_err(|mistakes| {
            let mistakes: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
            anyhow!(mistakes.join("\n"))
        })
    }

    /// What paths in reports are relative to.
    pub(super) fn paths(&self, fs: &FileSystem) -> Paths {
        let root = self
            .working_directory
            .ancestors()
            .find(|folder| fs.exists(&folder.join(".git")))
            .unwrap_or(&self.working_directory)
            .to_path_buf();
        let checkout = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY"]
            .into_iter()
            .filter_map(std::env::var_os)
            .map(PathBuf::from)
            .find(|checkout| checkout.is_absolute() && self.working_directory.starts_with(checkout));
        Paths {
            working_directory: self.working_directory.clone(),
            workspace: checkout.unwrap_or_else(|| root.clone()),
            root,
        }
    }
}

fn is_coloured(flag: Colour, variable: impl Fn(&str) -> Option<OsString>, is_terminal: bool) -> bool {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let forces = |name: &str| is_set(name) && variable(name).is_some_and(|value| value != "0");
    match flag {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if is_set("NO_COLOR") => false,
        Colour::Auto if forces("FORCE_COLOR") || forces("CLICOLOR_FORCE") => true,
        Colour::Auto => is_terminal && variable("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// How many characters fit on a line.
pub(super) fn width() -> usize {
    const DEFAULT: usize = 80;
    const READABLE: std::ops::RangeInclusive<usize> = 40..=120;
    let terminal = terminal_size::terminal_size().map(|(width, _height)| usize::from(width.0));
    let width = if io::stdout().is_terminal() { terminal } else { None };
    width.unwrap_or(DEFAULT).clamp(*READABLE.start(), *READABLE.end())
}

/// Writes to the file, which is replaced as a whole; its folder must be there.
pub(super) fn write_file(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_decides_then_the_environment_then_the_terminal() {
        type Variables = [(&'static str, &'static str)];
        let cases: [(Colour, &Variables, bool, bool); 9] = [
            (Colour::Auto, &[], false, false),
            (Colour::Auto, &[], true, true),
            (Colour::Auto, &[("TERM", "dumb")], true, false),
            (Colour::Auto, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], true, false),
            (Colour::Auto, &[("NO_COLOR", "")], true, true),
            (Colour::Auto, &[("FORCE_COLOR", "1")], false, true),
            (Colour::Auto, &[("CLICOLOR_FORCE", "0")], false, false),
            (Colour::Always, &[("NO_COLOR", "1")], false, true),
            (Colour::Never, &[("FORCE_COLOR", "1")], true, false),
        ];
        for (flag, variables, is_terminal, expected) in cases {
            let variable = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
            };
            assert_eq!(is_coloured(flag, variable, is_terminal), expected, "{flag:?} {variables:?}");
        }
    }
}
