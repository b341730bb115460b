//! The source text of an installed plugin that the table does not know.

use std::path::Path;

use crate::environment::installed::{Installed, LocationKind};
use crate::fs::{EntryKind, FileSystem};

/// A plugin's text, or that it cannot be had.
#[derive(Debug)]
pub(super) enum Sources {
    Read(Vec<String>),
    /// Compiled, not found, or more than anyone wants to read.
    Hidden,
}

/// More than that is not a plugin but a library with one.
const MOST_FILES: usize = 400;

impl Sources {
    /// The text of the plugin's module; of a module in a package, of the whole package.
    pub(super) fn of(module: &str, installed: &Installed) -> Self {
        let top = module.split('.').next().unwrap_or(module);
        let Some(location) = installed.location(top) else { return Self::Hidden };
        let fs = FileSystem::new();
        let mut texts = Vec::new();
        let complete = match (location.kind, location.search.first()) {
            (LocationKind::Binary, _) => false,
            (_, Some(folder)) => folder_texts(&fs, folder, &mut texts),
            (_, None) => file_text(&fs, &location.path, &mut texts),
        };
        if complete { Self::Read(texts) } else { Self::Hidden }
    }

    /// Whether the text holds `word` by itself, or cannot be had.
    pub(super) fn may_mention(&self, word: &str) -> bool {
        match self {
            Self::Read(texts) => texts.iter().any(|text| mentions(text, word)),
            Self::Hidden => true,
        }
    }
}

fn folder_texts(fs: &FileSystem, folder: &Path, texts: &mut Vec<String>) -> bool {
    let Some(listing) = fs.list(folder) else { return false };
    listing.iter().all(|(name, kind)| {
        let path = folder.join(name);
        match kind {
            EntryKind::Directory if name == "__pycache__" => true,
            EntryKind::Directory => fs.link_target(&path).is_some() || folder_texts(fs, &path, texts),
            EntryKind::File if path.extension().is_some_and(|extension| extension == "py") => {
                file_text(fs, &path, texts)
            }
            EntryKind::File => true,
        }
    })
}

fn file_text(fs: &FileSystem, path: &Path, texts: &mut Vec<String>) -> bool {
    let Ok(bytes) = fs.read(path) else { return false };
    texts.push(String::from_utf8_lossy(&bytes).into_owned());
    texts.len() <= MOST_FILES
}

/// `-` and `_` are the same here: `--my-option` may be made from `my_option`.
fn mentions(text: &str, word: &str) -> bool {
    [word.replace('_', "-"), word.replace('-', "_")].iter().any(|word| stands_in(text, word))
}

fn stands_in(text: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let mut after = text[at + word.len()..].chars();
            let next = after.next();
            // `--slow` begins with the word, `slow-down` goes on.
            let goes_on = next == Some('-') && after.next().is_some_and(is_letter);
            !before.is_some_and(is_letter) && !next.is_some_and(is_letter) && !goes_on
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_by_itself_only() {
        let text = "group.addoption('--fast-mode', help=\"x\")\nconfig.addinivalue_line('markers', 'slow: is slow')\n";
        for word in ["fast-mode", "fast_mode", "slow", "markers", "mode"] {
            assert!(mentions(text, word), "{word}");
        }
        for word in ["fast", "low", "slowly", "other", ""] {
            assert!(!mentions(text, word), "{word}");
        }
        assert!(mentions("slow", "slow") && mentions("x slow-slow slow", "slow"));
    }
}
