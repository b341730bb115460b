//! The project as it is installed beside other packages: what its tests import where `pip install .` put a
//! copy of it into site-packages.
//!
//! The copy is interpreted like the project's own files, since Python runs it in their place. A traceback
//! of pytest's does not count it to the project, so nothing that happens in it is told to happen there, but
//! at the line of the project that leads to it.

use std::path::{Component, Path};

use super::{Interp, Step, StepKind};

/// Where projects keep their packages.
const FOLDERS: [&str; 3] = ["", "src", "lib"];

impl Interp<'_> {
    /// Whether a file is interpreted: it belongs to the project or to its installed copy.
    pub(super) fn is_interpreted(&self, path: &Path) -> bool {
        match installed_below(&self.options.root, path) {
            Some(top) => self.is_copied(top),
            None => path.starts_with(&self.options.root),
        }
    }

    /// Whether it lies among installed packages.
    pub(super) fn is_installed(&self, path: &Path) -> bool {
        is_installed(&self.options.root, path)
    }

    /// Whether the project has the package or module that is called so in site-packages.
    fn is_copied(&self, top: &Path) -> bool {
        // NOTE: in pytest's own repository too, pytest is what collects.
        if ["pytest", "_pytest", "pluggy"].iter().any(|name| top.as_os_str() == *name) {
            return false;
        }
        let is_source = top.extension().is_some_and(|extension| extension == "py");
        FOLDERS.iter().any(|folder| {
            let own = self.options.root.join(folder).join(top);
            self.sources.fs().is_file(&if is_source { own } else { own.join("__init__.py") })
        })
    }

    /// Takes out the steps inside of the installed copy.
    pub(super) fn without_copies(&self, mut steps: Vec<Step>) -> Vec<Step> {
        if !steps.iter().any(|step| !self.is_installed(&step.site.path)) {
            return steps;
        }
        let ends_inside = steps.last().is_some_and(|step| self.is_installed(&step.site.path));
        steps.retain(|step| !self.is_installed(&step.site.path));
        if ends_inside && let Some(last) = steps.iter_mut().rfind(|step| step.kind != StepKind::Branch) {
            last.kind = StepKind::Statement;
        }
        steps
    }
}

/// Whether a file lies among installed packages, and is none of the project's own.
pub fn is_installed(root: &Path, path: &Path) -> bool {
    installed_below(root, path).is_some()
}

/// What is named in the site-packages that a file lies in: `…/site-packages/click/core.py` → `click`.
fn installed_below<'p>(root: &Path, path: &'p Path) -> Option<&'p Path> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let mut parts = below.components();
    parts.find(|part| matches!(part.as_os_str().to_str(), Some("site-packages" | "dist-packages")))?;
    match parts.next()? {
        Component::Normal(top) => Some(Path::new(top)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_site_packages_is_installed() {
        let top = |root: &str, path: &'static str| {
            installed_below(Path::new(root), Path::new(path)).and_then(Path::to_str)
        };
        assert_eq!(top("/p", "/v/lib/python3.11/site-packages/click/core.py"), Some("click"));
        assert_eq!(top("/p", "/p/.venv/Lib/site-packages/six.py"), Some("six.py"));
        assert_eq!(top("/p", "/p/src/click/core.py"), None);
        // The tests that an installed package brings along.
        let site = "/v/lib/python3.11/site-packages/pandas";
        assert_eq!(top(site, "/v/lib/python3.11/site-packages/pandas/conftest.py"), None);
    }
}
