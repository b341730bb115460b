//! `Pipfile`

use crate::environment::document::Document;

use super::Pipfile;
use super::poetry::{Which, table};

pub(super) fn read(document: &Document) -> Pipfile {
    Pipfile {
        packages: table(document, document.root.at(&["packages"]), Which::All),
        dev_packages: table(document, document.root.at(&["dev-packages"]), Which::All),
    }
}
