//! Virtual environments with packages from the index, made once under `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// An environment that has what it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Venv {
    folder: PathBuf,
}

/// A shell starts what runs in its background with `SIGINT` ignored; then Python does not install its handler, and
/// nothing interrupts pytest. What pytest does is judged as in the foreground.
const IN_FOREGROUND: &str = r#"
import pathlib, sysconfig
line = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
pathlib.Path(sysconfig.get_path("purelib"), "in_foreground.pth").write_text(line)
"#;

impl Venv {
    /// The environment called `name`, with `requirements` installed; it is made when it is first asked
    /// for, by this or an earlier run.
    pub(crate) fn with(name: &str, requirements: &[&str]) -> Result<Self> {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("venvs");
        let venv = Self { folder: all.join(name) };
        fs::create_dir_all(&all)?;
        let lock = fs::File::create(all.join(format!("{name}.lock")))?;
        lock.lock().context("another process makes the environment and does not end")?;
        let done = venv.folder.join("requirements.txt");
        let wanted = requirements.join("\n");
        if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
            return Ok(venv);
        }
        if venv.folder.exists() {
            fs::remove_dir_all(&venv.folder)?;
        }
        let python = if cfg!(windows) { "python" } else { "python3" };
        let made = Command::new(python)
            .args(["-m", "venv"])
            .arg(&venv.folder)
            .output()
            .with_context(|| format!("these tests need {python} on the PATH"))?;
        ensure!(
            made.status.success(),
            "these tests need Python's venv module (Debian has it in python3-venv):\n{}{}",
            String::from_utf8_lossy(&made.stdout),
            String::from_utf8_lossy(&made.stderr)
        );
        let installed = Command::new(venv.program("python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(requirements)
            .output()?;
        ensure!(
            installed.status.success(),
            "cannot install {requirements:?}:\n{}",
            String::from_utf8_lossy(&installed.stderr)
        );
        let in_foreground = Command::new(venv.program("python")).args(["-c", IN_FOREGROUND]).status()?;
        ensure!(in_foreground.success(), "cannot write into {}", venv.folder.display());
        fs::write(done, wanted)?;
        Ok(venv)
    }

    /// A program of the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let folder = self.programs();
        if cfg!(windows) { folder.join(format!("{name}.exe")) } else { folder.join(name) }
    }

    fn programs(&self) -> PathBuf {
        self.folder.join(if cfg!(windows) { "Scripts" } else { "bin" })
    }
}
