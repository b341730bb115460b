//! Names that the source of an installed module certainly does not give it.
//!
//! The source is not interpreted: a name that it mentions anywhere may be there, and a module that fills
//! itself in any way that is not written out may have every name.

use elsa::sync::FrozenMap;

use super::{Installed, LocationKind, Presence};

/// What lets a module have names that it does not mention.
const FILLS_ITSELF: [&str; 13] = [
    "import *",
    "import*",
    "__getattr__",
    "__dict__",
    "__name__",
    "globals",
    "locals",
    "vars(",
    "setattr",
    "exec",
    "eval",
    "modules",
    "__import__",
];

/// Where `__name__` says nothing.
const HARMLESS: [&str; 4] =
    ["getLogger(__name__)", "__name__ == \"__main__\"", "__name__ == '__main__'", "__class__.__name__"];

/// The texts of modules whose names are written out.
#[derive(Debug, Default)]
pub(super) struct Plain(FrozenMap<String, Box<Option<String>>>);

impl Installed {
    /// Whether `from module import name` certainly finds nothing, if nobody sets it from outside.
    pub fn lacks(&self, module: &str, name: &str) -> bool {
        let plain = match self.plain.0.get(module) {
            Some(known) => known,
            None => self.plain.0.insert(module.to_owned(), Box::new(self.plain_text(module))),
        };
        !name.starts_with("__")
            && plain.as_ref().is_some_and(|text| !mentions(text, name))
            && self.find(&format!("{module}.{name}")) == Presence::Absent
    }

    fn plain_text(&self, module: &str) -> Option<String> {
        let location = self.location(module).filter(|location| location.kind == LocationKind::Source)?;
        let text = String::from_utf8(self.fs.read(&location.path).ok()?.to_vec()).ok()?;
        let told = HARMLESS.iter().fold(text.clone(), |text, harmless| text.replace(harmless, ""));
        (!FILLS_ITSELF.iter().any(|way| told.contains(way))).then_some(text)
    }
}

fn mentions(text: &str, name: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}
