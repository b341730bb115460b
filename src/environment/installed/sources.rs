//! The source text of an installed module: which words it mentions.

use std::path::Path;

use elsa::sync::FrozenMap;

use super::{Location, LocationKind};
use crate::fs::{EntryKind, FileSystem};

/// A module's text, with that of its package.
#[derive(Debug)]
pub(super) struct Sources {
    /// `None` where it cannot be had: compiled, not found, or more than anyone wants to read.
    texts: Option<Vec<String>>,
    mentioned: FrozenMap<String, Box<bool>>,
}

/// A package with more is not read.
const MOST_FILES: usize = 400;

impl Sources {
    pub(super) fn read(fs: &FileSystem, location: Option<Location>) -> Self {
        let mut texts = Vec::new();
        let complete = location.is_some_and(|location| match (location.kind, location.search.first()) {
            (LocationKind::Binary, _) => false,
            (LocationKind::Source | LocationKind::Namespace, Some(folder)) => {
                folder_texts(fs, folder, &mut texts)
            }
            (LocationKind::Source | LocationKind::Namespace, None) => {
                file_text(fs, &location.path, &mut texts)
            }
        });
        Self { texts: complete.then_some(texts), mentioned: FrozenMap::new() }
    }

    /// Whether the text holds `word` by itself, or cannot be had.
    pub(super) fn may_mention(&self, word: &str) -> bool {
        let Some(texts) = &self.texts else { return true };
        if let Some(known) = self.mentioned.get(word) {
            return *known;
        }
        let found = texts.iter().any(|text| mentions(text, word));
        *self.mentioned.insert(word.to_owned(), Box::new(found))
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
