//! The index: every path that the next commit holds.

use std::collections::BTreeSet;

use gix_index::entry::{Flags, Mode};
use gix_index::{State, decode, hash};

/// The paths of an index, relative to the root of the work tree, with `/`.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub tracked: BTreeSet<String>,
    /// Directories that a sparse index keeps as one entry.
    pub sparse: Vec<String>,
    /// Submodules.
    pub gitlinks: BTreeSet<String>,
}

/// Reads the bytes of `.git/index`. Paths that are not UTF-8 are no modules and left out.
pub(super) fn read(bytes: &[u8]) -> Result<Index, String> {
    let kind = hash::Kind::Sha1;
    let options = decode::Options {
        thread_limit: Some(1),
        alloc_limit_bytes: Some(1 << 30),
        ..decode::Options::default()
    };
    let timestamp = State::new(kind).timestamp();
    let state = State::from_bytes(bytes, timestamp, kind, options).map_err(|error| error.to_string())?;
    if state.0.link().is_some() {
        return Err("it is split, which is not supported".to_owned());
    }
    let mut index = Index::default();
    for entry in state.0.entries() {
        let Ok(path) = std::str::from_utf8(entry.path(&state.0)) else { continue };
        // `git add -N` makes an entry that no commit holds.
        if entry.flags.contains(Flags::INTENT_TO_ADD) {
            continue;
        }
        if entry.mode == Mode::COMMIT {
            index.gitlinks.insert(path.to_owned());
        } else if entry.mode == Mode::DIR {
            index.sparse.push(path.trim_end_matches('/').to_owned());
        } else {
            index.tracked.insert(path.to_owned());
        }
    }
    Ok(index)
}
