//! A real Python, to hold the interpreter's values against.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::spec::Spec;

#[derive(Clone, Debug)]
pub(crate) struct CPython(PathBuf);

impl CPython {
    /// A Python of that version: on the `PATH`, or among those that pyenv keeps.
    pub(crate) fn find(version: &str) -> Option<Self> {
        // the runner forks
        if cfg!(windows) {
            return None;
        }
        let named = [format!("python{version}"), "python3".to_owned()].map(PathBuf::from);
        let home = std::env::home_dir()?;
        let kept = fs::read_dir(home.join(".pyenv/versions")).into_iter().flatten().flatten();
        let kept = kept
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&format!("{version}.")))
            .map(|entry| entry.path().join("bin/python"));
        named.into_iter().chain(kept).find(|program| is_version(program, version)).map(Self)
    }

    /// What importing the module of each example does.
    pub(crate) fn run(&self, examples: &[&Spec]) -> Result<Vec<String>> {
        let root = tempfile::tempdir()?;
        let mut tasks = Vec::new();
        for (place, example) in examples.iter().enumerate() {
            let folder = root.path().canonicalize()?.join(place.to_string());
            write(example, &folder)?;
            tasks.push(serde_json::json!({"folder": folder, "strict": example.strict}));
        }
        let mut child = Command::new(&self.0)
            .args(["-I", "-c", include_str!("cpython.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut input = child.stdin.take().context("a pipe")?;
        input.write_all(&serde_json::to_vec(&tasks)?)?;
        drop(input);
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

fn is_version(program: &Path, version: &str) -> bool {
    let code = "import sys; print('%d.%d' % sys.version_info[:2])";
    let output = Command::new(program).args(["-c", code]).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == version)
}

/// Writes the files of an example; its module is `module.py`.
pub(crate) fn write(example: &Spec, folder: &Path) -> Result<()> {
    let module = ("module.py".to_owned(), example.module.clone());
    for (path, text) in example.files.iter().chain([&module]) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().context("a file has a folder")?)?;
        fs::write(path, text)?;
    }
    Ok(())
}
