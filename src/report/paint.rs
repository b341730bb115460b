//! Colours for the forms that people read; without colour the text is as given.

use std::borrow::Cow;

use crate::diagnostic::Severity;

#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    colour: bool,
}

impl Paint {
    pub(super) const fn new(colour: bool) -> Self {
        Self { colour }
    }

    pub(super) fn bold(self, text: &str) -> Cow<'_, str> {
        self.with("1", text)
    }

    pub(super) fn cyan(self, text: &str) -> Cow<'_, str> {
        self.with("36", text)
    }

    pub(super) fn severity(self, severity: Severity, text: &str) -> Cow<'_, str> {
        match severity {
            Severity::Error => self.with("1;31", text),
            Severity::Warning => self.with("1;33", text),
            Severity::Info => self.with("1;34", text),
        }
    }

    fn with<'t>(self, code: &str, text: &'t str) -> Cow<'t, str> {
        if self.colour && !text.is_empty() {
            Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m"))
        } else {
            Cow::Borrowed(text)
        }
    }
}
