//! A project in a temporary folder, and collectlint run in it as from a shell.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

pub(crate) struct Project {
    folder: TempDir,
}

/// What a run came to; paths of the temporary folder are `[PROJECT]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Result<Self> {
        let project = Self { folder: tempfile::tempdir()? };
        for (path, text) in files {
            project.write(path, text)?;
        }
        Ok(project)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> Result<PathBuf> {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().context("a file has a folder")?)?;
        fs::write(&path, text)?;
        Ok(path)
    }

    pub(crate) fn read(&self, path: &str) -> Result<String> {
        fs::read_to_string(self.path().join(path)).with_context(|| path.to_owned())
    }

    /// collectlint with nothing of this process's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_collectlint"));
        command.args(arguments).current_dir(self.path()).env_clear().stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Ran> {
        self.finish(self.command(arguments))
    }

    pub(crate) fn finish(&self, mut command: Command) -> Result<Ran> {
        let output = command.output()?;
        let folder = self.path().display().to_string();
        let redacted = |bytes: Vec<u8>| -> Result<String> {
            Ok(String::from_utf8(bytes)?
                .replace(&folder, "[PROJECT]")
                .replace("collectlint.exe", "collectlint"))
        };
        Ok(Ran {
            code: output.status.code().context("it was killed")?,
            stdout: redacted(output.stdout)?,
            stderr: redacted(output.stderr)?,
        })
    }
}
