//! What pytest's plugins add: options of the command line and of the configuration file, marks,
//! fixtures, hooks, names of the module `pytest`.
//!
//! Well-known plugins are read from a generated table (`src/environment/data/plugins.txt`). Of a plugin
//! that the table does not know, or knows in another version, only this is said: it may add what its
//! source text mentions, and anything at all where its source is not at hand.

mod active;
mod table;

pub use active::{ActivePlugins, entry_points};
pub use table::{PluginFacts, known, plugin};

/// Whether something is known to plugins: for sure, perhaps (then what it would be, where known), or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known<T> {
    Yes(T),
    Maybe(Option<T>),
    No,
}

impl<T> Known<T> {
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Yes(value) => Known::Yes(change(value)),
            Self::Maybe(value) => Known::Maybe(value.map(change)),
            Self::No => Known::No,
        }
    }
}
