//! From where a repository that lies in another one was cloned, as far as git's files say.

use std::path::Path;

use crate::fs::FileSystem;

/// The url of the submodule at `path`, relative to `root`: what `git submodule init` has written into the
/// configuration, else the origin of the repository that is there, or of what git keeps of it.
pub(super) fn of_submodule(fs: &FileSystem, root: &Path, git: &Path, path: &str) -> Option<String> {
    let section = format!("submodule \"{path}\"");
    let inner = super::git_directory(fs, &root.join(path));
    let kept = git.join("modules").join(path);
    let origin = |folder: &Path| url(fs, &folder.join("config"), "remote \"origin\"");
    let known = url(fs, &git.join("config"), &section)
        .or_else(|| inner.and_then(|folder| origin(&folder)))
        .or_else(|| origin(&kept));
    known.filter(|url| is_for_others(url))
}

/// `url = …` in a section of a configuration file of git; the last of several wins.
fn url(fs: &FileSystem, config: &Path, section: &str) -> Option<String> {
    let bytes = fs.read(config).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let mut inside = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = header == section;
        } else if inside
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "url"
        {
            found = Some(value.trim().trim_matches('"').to_owned());
        }
    }
    found
}

/// A folder of this machine is of no use to anybody else.
fn is_for_others(url: &str) -> bool {
    !url.is_empty() && !url.starts_with(['/', '~']) && !url.starts_with("file:") && !url.contains('\\')
}
