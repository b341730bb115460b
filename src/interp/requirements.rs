//! What installed packages cannot do without, where modules are stated to be absent: `import hypercorn` fails
//! without `h2`, which it imports itself.
//!
//! Packages are not interpreted. Only imports that certainly run are looked at: those that stand in the body of
//! a module, in no `if`, `try`, `with` or function. A name in `from package import name` may be a module or not,
//! so nothing is concluded from it.

use ruff_python_ast::Stmt;
use rustc_hash::FxHashSet;

use super::Interp;
use crate::environment::installed::LocationKind;
use crate::environment::{Absence, Installed, ThirdParty};

/// More modules than these are not walked through for one import.
const MOST_MODULES: usize = 5_000;

impl Interp<'_> {
    /// The absent module that importing the installed module `dotted` certainly asks for.
    pub(crate) fn absent_requirement(&mut self, dotted: &str) -> Option<String> {
        if self.options.absence == Absence::Supposed
            || self.environment.absent.is_empty()
            || self.has_open_modules()
        {
            return None;
        }
        let ThirdParty::Site(site) = &self.environment.third_party else { return None };
        let mut seen = FxHashSet::default();
        let found = self.requirement_of(site, dotted, &mut seen);
        if found.is_none() {
            self.without_absent.extend(seen);
        }
        found
    }

    /// The same of a module and the packages that it is in, which are imported before it.
    fn requirement_of(&self, site: &Installed, dotted: &str, seen: &mut FxHashSet<String>) -> Option<String> {
        let ends = dotted.match_indices('.').map(|(at, _)| at).chain([dotted.len()]);
        for module in ends.map(|end| &dotted[..end]) {
            if self.module(module).is_some() || self.without_absent.contains(module) {
                continue;
            }
            if self.environment.absent.contains(module) {
                return Some(module.to_owned());
            }
            if seen.len() < MOST_MODULES && seen.insert(module.to_owned()) {
                let found = self.requirement_in(site, module, seen);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    fn requirement_in(&self, site: &Installed, module: &str, seen: &mut FxHashSet<String>) -> Option<String> {
        let location = site.location(module).filter(|location| location.kind == LocationKind::Source)?;
        let tree = self.sources.get(&location.path).ok()?.tree()?;
        let is_package = !location.search.is_empty();
        tree.body.iter().find_map(|stmt| match stmt {
            Stmt::Import(import) => {
                import.names.iter().find_map(|alias| self.requirement_of(site, &alias.name, seen))
            }
            Stmt::ImportFrom(import) => {
                let from = import.module.as_deref();
                let wanted = absolute(module, is_package, import.level, from)?;
                self.requirement_of(site, &wanted, seen)
            }
            _ => None,
        })
    }
}

/// The module that `from ..name` means in `module`.
fn absolute(module: &str, is_package: bool, level: u32, name: Option<&str>) -> Option<String> {
    if level == 0 {
        return name.map(str::to_owned);
    }
    let mut package = module;
    for _ in 0..(if is_package { level - 1 } else { level }) {
        package = package.rsplit_once('.')?.0;
    }
    Some(name.map_or_else(|| package.to_owned(), |name| format!("{package}.{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_imports_count_from_the_package() {
        assert_eq!(absolute("a.b", false, 1, Some("c")).as_deref(), Some("a.c"));
        assert_eq!(absolute("a.b", true, 1, Some("c")).as_deref(), Some("a.b.c"));
        assert_eq!(absolute("a.b", true, 2, None).as_deref(), Some("a"));
        assert_eq!(absolute("a", false, 2, Some("c")), None);
        assert_eq!(absolute("a", false, 0, Some("x.y")).as_deref(), Some("x.y"));
    }
}
