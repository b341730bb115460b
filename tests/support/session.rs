//! A real pytest that collects, or runs, a project.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::python::Venv;

/// How pytest is started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start<'a> {
    pub(crate) venv: &'a Venv,
    pub(crate) folder: &'a Path,
    /// Where stand-ins for other modules are.
    pub(crate) stubs: &'a Path,
    /// As `python -m pytest`.
    pub(crate) python_m: bool,
    /// Only `--collect-only`.
    pub(crate) only_collects: bool,
    pub(crate) arguments: &'a [String],
    /// Environment variables that are set besides.
    pub(crate) variables: &'a [(String, String)],
    pub(crate) patience: Duration,
}

/// What pytest did.
#[derive(Debug)]
pub(crate) struct Session {
    /// `None` if it was stopped because it did not end.
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
}

impl Session {
    pub(crate) fn run(start: &Start<'_>) -> Result<Self> {
        let log = tempfile::NamedTempFile::new()?;
        let mut command = if start.python_m {
            let mut command = Command::new(start.venv.program("python"));
            command.args(["-m", "pytest"]);
            command
        } else {
            Command::new(start.venv.program("pytest"))
        };
        command.args(["-q", "-p", "no:cacheprovider", "--color=no"]);
        if start.only_collects {
            command.arg("--collect-only");
        }
        command
            .args(start.arguments)
            .current_dir(start.folder)
            .env_clear()
            .envs(
                std::env::vars_os()
                    .filter(|(name, _)| ["PATH", "HOME", "SYSTEMROOT"].iter().any(|known| name == known)),
            )
            .envs(start.variables.iter().map(|(name, value)| (name, value)))
            .env("PYTHONPATH", start.stubs)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONIOENCODING", "utf-8")
            .stdin(Stdio::null())
            .stdout(File::create(log.path())?)
            .stderr(File::options().append(true).open(log.path())?);
        let begin = Instant::now();
        let mut child = command.spawn()?;
        let code = loop {
            if let Some(status) = child.try_wait()? {
                // Death by a signal has no code; shells say 128 and more.
                break Some(status.code().unwrap_or(128));
            }
            if begin.elapsed() > start.patience {
                child.kill()?;
                child.wait()?;
                break None;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let output = String::from_utf8_lossy(&std::fs::read(log.path())?).into_owned();
        Ok(Self { code, output })
    }

    /// The tests that were collected, as pytest writes them.
    pub(crate) fn tests(&self) -> BTreeSet<&str> {
        self.output.lines().take_while(|line| !line.is_empty()).filter(|line| line.contains("::")).collect()
    }
}
