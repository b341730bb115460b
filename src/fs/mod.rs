//! The only door to the disk. Texts held in memory (editor buffers, repaired files that are being
//! verified) lie over it; directory listings are read once.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

/// What a directory entry is; links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    File,
    Directory,
}

/// The entries of one directory, by name.
pub type Listing = BTreeMap<OsString, EntryKind>;

/// Files as collectlint sees them.
#[derive(Debug, Default)]
pub struct FileSystem {
    overlay: BTreeMap<PathBuf, Arc<[u8]>>,
    /// Files and folders that are taken for not being there.
    hidden: BTreeSet<PathBuf>,
    listings: RwLock<FxHashMap<PathBuf, Option<Arc<Listing>>>>,
}

impl FileSystem {
    pub fn new() -> Self {
        Self::default()
    }

    /// The disk with `overlay` over it: absolute path → content.
    pub fn with_overlay(overlay: impl IntoIterator<Item = (PathBuf, Arc<[u8]>)>) -> Self {
        Self { overlay: overlay.into_iter().collect(), ..Self::default() }
    }

    /// The same without some files and folders; nothing that is known of directories is kept.
    #[must_use]
    pub fn without(&self, hidden: impl IntoIterator<Item = PathBuf>) -> Self {
        let hidden = self.hidden.iter().cloned().chain(hidden).collect();
        Self { overlay: self.overlay.clone(), hidden, listings: RwLock::default() }
    }

    fn is_hidden(&self, path: &Path) -> bool {
        !self.hidden.is_empty() && path.ancestors().any(|ancestor| self.hidden.contains(ancestor))
    }

    pub fn overlay(&self) -> impl Iterator<Item = (&Path, &Arc<[u8]>)> {
        self.overlay.iter().map(|(path, content)| (path.as_path(), content))
    }

    /// Errors are the operating system's.
    pub fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        if self.is_hidden(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        match self.overlay.get(path) {
            Some(content) => Ok(Arc::clone(content)),
            None => std::fs::read(path).map(Arc::from),
        }
    }

    /// The entries of a directory, read once; `None` where there is no such directory.
    pub fn list(&self, directory: &Path) -> Option<Arc<Listing>> {
        let known = self.listings.read().ok().and_then(|listings| listings.get(directory).cloned());
        if let Some(listing) = known {
            return listing;
        }
        let listing = self.read_listing(directory).map(Arc::new);
        if let Ok(mut listings) = self.listings.write() {
            listings.insert(directory.to_path_buf(), listing.clone());
        }
        listing
    }

    fn read_listing(&self, directory: &Path) -> Option<Listing> {
        if self.is_hidden(directory) {
            return None;
        }
        let mut listing = Listing::new();
        let on_disk = std::fs::read_dir(directory);
        let exists = on_disk.is_ok();
        for entry in on_disk.into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let kind = if kind.is_symlink() {
                match std::fs::metadata(entry.path()) {
                    Ok(target) if target.is_dir() => EntryKind::Directory,
                    Ok(_) => EntryKind::File,
                    Err(_) => continue,
                }
            } else if kind.is_dir() {
                EntryKind::Directory
            } else {
                EntryKind::File
            };
            listing.insert(entry.file_name(), kind);
        }
        for path in self.overlay.keys() {
            let Ok(rest) = path.strip_prefix(directory) else { continue };
            let mut parts = rest.components();
            if let Some(first) = parts.next() {
                let kind = if parts.next().is_some() { EntryKind::Directory } else { EntryKind::File };
                listing.insert(first.as_os_str().to_os_string(), kind);
            }
        }
        listing.retain(|name, _| !self.hidden.contains(&directory.join(name)));
        (exists || !listing.is_empty()).then_some(listing)
    }

    fn kind(&self, path: &Path) -> Option<EntryKind> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return path.is_dir().then_some(EntryKind::Directory);
        };
        self.list(parent)?.get(name).copied()
    }

    /// Where a symbolic link leads, with all links resolved; `None` where `path` is no link.
    pub fn link_target(&self, path: &Path) -> Option<PathBuf> {
        let link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        link.then(|| std::fs::canonicalize(path).ok()).flatten()
    }

    /// The path with all links resolved; the path itself where it is not on the disk.
    pub fn real_path(&self, path: &Path) -> PathBuf {
        std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
    }

    pub fn is_file(&self, path: &Path) -> bool {
        self.kind(path) == Some(EntryKind::File)
    }

    pub fn is_dir(&self, path: &Path) -> bool {
        self.kind(path) == Some(EntryKind::Directory)
    }

    pub fn exists(&self, path: &Path) -> bool {
        self.kind(path).is_some()
    }
}
