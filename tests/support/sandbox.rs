//! An example of a page as a project on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::pages::{Example, File, Repair};

/// A folder that holds the example's project.
#[derive(Debug)]
pub(crate) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    /// The project as the example states it.
    pub(crate) fn new(example: &Example) -> Result<Self> {
        let sandbox = Self { folder: tempfile::tempdir()? };
        fs::create_dir(sandbox.project())?;
        for file in &example.files {
            sandbox.write(file)?;
        }
        if example.attributes.has("git") {
            sandbox.make_repository(example)?;
        }
        Ok(sandbox)
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// The files as the repair states them.
    pub(crate) fn repair(&self, repair: &Repair) -> Result<()> {
        repair.files.iter().try_for_each(|file| self.write(file))
    }

    fn write(&self, file: &File) -> Result<()> {
        let path = self.project().join(&file.path);
        fs::create_dir_all(path.parent().context("a file has a folder")?)?;
        let bytes = match file.attributes.get("encoding") {
            None | Some("utf-8") => file.text.clone().into_bytes(),
            Some("latin-1") => {
                let bytes: Result<Vec<u8>, _> = file.text.chars().map(u8::try_from).collect();
                bytes.with_context(|| format!("`{}` is not Latin-1", file.path))?
            }
            Some(other) => bail!("there is no encoding `{other}`"),
        };
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    }

    fn make_repository(&self, example: &Example) -> Result<()> {
        git(&self.project(), &["init", "--quiet"])?;
        for file in example.files.iter().filter(|file| !file.attributes.has("untracked")) {
            git(&self.project(), &["add", "--force", "--", &file.path])?;
        }
        for path in example.attributes.list("gitlink") {
            let entry = format!("160000,{},{path}", "1".repeat(40));
            git(&self.project(), &["update-index", "--add", "--cacheinfo", &entry])?;
        }
        Ok(())
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Result<()> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "")
        .output()
        .context("the examples need git")?;
    ensure!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
