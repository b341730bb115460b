//! Puts changes on the disk, each file at once: whoever reads it meanwhile sees it before or after.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Change;

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Someone else wrote to it meanwhile; repairing again would take that in.
    #[error("{} has changed meanwhile and is left alone", .0.display())]
    Changed(PathBuf),
    /// The environment: no permission, no space, …
    #[error("cannot write {}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Replaces the file's content; its permissions stay, and what is reached through a link is changed where
/// it is.
pub fn write(change: &Change) -> Result<(), WriteError> {
    let now = fs::read(&change.path).ok();
    if now.as_deref() != change.before.as_deref() {
        return Err(WriteError::Changed(change.path.clone()));
    }
    replace(&change.path, &change.after)
        .map_err(|source| WriteError::Io { path: change.path.clone(), source })
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let permissions = fs::metadata(&target).ok().map(|metadata| metadata.permissions());
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(io::Error::from(io::ErrorKind::PermissionDenied));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut beside = new_file(folder)?;
    beside.write_all(content)?;
    if let Some(permissions) = permissions {
        beside.as_file().set_permissions(permissions)?;
    }
    beside.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// A file that has the permissions which any new file gets.
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".collectlint-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn change(path: &Path, before: Option<&str>, after: &str) -> Change {
        Change {
            path: path.to_path_buf(),
            before: before.map(|text| Arc::from(text.as_bytes())),
            after: Arc::from(after.as_bytes()),
        }
    }

    #[test]
    fn a_file_that_has_changed_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        fs::write(&path, "theirs").unwrap();
        let written = write(&change(&path, Some("ours"), "repaired"));
        assert!(matches!(written, Err(WriteError::Changed(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    }

    #[test]
    fn a_new_file_is_created_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("__init__.py");
        write(&change(&path, None, "")).unwrap();
        let names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["__init__.py"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target.py");
        let link = folder.path().join("link.py");
        fs::write(&target, "before").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o751)).unwrap();
        symlink(&target, &link).unwrap();
        write(&change(&link, Some("before"), "after")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "after");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o751);
    }
}
