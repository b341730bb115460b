//! The hierarchy of exceptions: which class catches which.

use super::{Interp, Object, Truth, Value};
use crate::environment::{Environment, Platform, PythonVersion, observed, stdlib};

/// pytest's own exceptions, by the names under which it offers them, with their bases.
const PYTEST: [(&str, &[&str]); 9] = [
    ("pytest.skip.Exception", &["_pytest.outcomes.OutcomeException"]),
    ("pytest.fail.Exception", &["_pytest.outcomes.OutcomeException"]),
    ("pytest.xfail.Exception", &["pytest.fail.Exception", "_pytest.outcomes.OutcomeException"]),
    ("pytest.exit.Exception", &["builtins.Exception"]),
    ("_pytest.outcomes.OutcomeException", &[]),
    ("pytest.UsageError", &["builtins.Exception"]),
    ("pytest.PytestWarning", &["builtins.UserWarning", "builtins.Warning", "builtins.Exception"]),
    ("pytest.Collector.CollectError", &["builtins.Exception"]),
    ("pytest.FixtureLookupError", &["builtins.LookupError", "builtins.Exception"]),
];

impl Interp<'_> {
    /// The dotted names of an external exception class and its bases, without `builtins.object`.
    pub(crate) fn exception_names(&self, path: &str) -> Option<Vec<String>> {
        let Environment { python, platform, .. } = self.environment;
        observed::conclude(*python, *platform, |python, platform| names_of_exception(path, python, platform))
    }

    /// Whether a class is, or derives from, the external class of that dotted name.
    pub(crate) fn derives(&self, class: &Value, ancestor: &str) -> Truth {
        match class {
            Value::Extern(external) => {
                if &*external.path == ancestor && class.extern_path().is_some() {
                    return Truth::Yes;
                }
                class.extern_path().map_or(Truth::Maybe, |path| self.external_derives(path, ancestor))
            }
            Value::Object(id) => {
                let Object::Class(class) = self.heap.get(*id) else { return Truth::No };
                let mut result = Truth::No;
                for base in class.mro.iter().skip(1) {
                    let Value::Extern(_) = base else { continue };
                    result = result.or(self.derives(base, ancestor));
                }
                if class.open && result == Truth::No && !class.mro.iter().all(|base| self.is_closed(base)) {
                    return Truth::Maybe;
                }
                if class.bases.iter().any(Value::is_unknown) && result == Truth::No {
                    return Truth::Maybe;
                }
                result
            }
            Value::OneOf(values) => values
                .iter()
                .map(|value| self.derives(value, ancestor))
                .reduce(Truth::join)
                .unwrap_or(Truth::Maybe),
            Value::Unknown => Truth::Maybe,
            _ => Truth::No,
        }
    }

    /// Whether all the bases of a class are known.
    fn is_closed(&self, class: &Value) -> bool {
        match class {
            Value::Object(_) => true,
            _ => class.extern_path().is_some_and(|path| self.class_names(path).is_some()),
        }
    }

    /// The dotted names of an external class and all its bases, where they are known.
    pub(crate) fn class_names(&self, path: &str) -> Option<Vec<String>> {
        let Environment { python, platform, .. } = self.environment;
        observed::conclude(*python, *platform, |python, platform| names_of_class(path, python, platform))
    }

    /// Whether it is an external class of that name, or one that derives from it.
    fn external_derives(&self, path: &str, ancestor: &str) -> Truth {
        let Environment { python, platform, .. } = self.environment;
        observed::conclude(*python, *platform, |python, platform| {
            names_of_class(path, python, platform)
                .map_or(Truth::Maybe, |names| Truth::from(names.iter().any(|name| name == ancestor)))
        })
    }

    /// Whether `except classes:` catches an exception of class `raised`.
    pub(super) fn catches(&self, classes: &Value, raised: &Value) -> Truth {
        match classes {
            Value::Tuple(several) => {
                several.iter().map(|class| self.catches(class, raised)).fold(Truth::No, Truth::or)
            }
            Value::OneOf(values) => values
                .iter()
                .map(|class| self.catches(class, raised))
                .reduce(Truth::join)
                .unwrap_or(Truth::Maybe),
            Value::Object(id) => match self.heap.get(*id) {
                Object::Class(_) => match raised {
                    Value::Object(raised) => match self.heap.get(*raised) {
                        Object::Class(class) => {
                            Truth::from(class.mro.iter().any(|base| base.as_id() == Some(*id)))
                        }
                        _ => Truth::Maybe,
                    },
                    Value::Extern(_) => Truth::No,
                    _ => Truth::Maybe,
                },
                _ => Truth::Maybe,
            },
            Value::Extern(_) => match classes.extern_path() {
                Some("builtins.BaseException") => Truth::Yes,
                Some(path) if self.exception_names(path).is_some() => {
                    let path = self.exception_names(path).and_then(|names| names.into_iter().next());
                    path.map_or(Truth::Maybe, |path| self.derives(raised, &path))
                }
                _ => Truth::Maybe,
            },
            _ => Truth::Maybe,
        }
    }
}

/// The table's name of a class as a dotted name, one for each class.
fn dotted(name: &str) -> String {
    if name.contains('.') { super::attribute::canonical(name) } else { format!("builtins.{name}") }
}

fn names_of_exception(path: &str, python: PythonVersion, platform: Platform) -> Option<Vec<String>> {
    if let Some((_, bases)) = PYTEST.iter().find(|(name, _)| *name == path) {
        let own = std::iter::once(path.to_owned());
        let mut names: Vec<String> = own.chain(bases.iter().map(|&base| base.to_owned())).collect();
        names.push("builtins.BaseException".to_owned());
        return Some(names);
    }
    if path.starts_with("pytest.Pytest") && path.ends_with("Warning") {
        let bases = ["pytest.PytestWarning", "builtins.UserWarning", "builtins.Warning"];
        let mut names = vec![path.to_owned()];
        names.extend(bases.map(str::to_owned));
        names.extend(["builtins.Exception".to_owned(), "builtins.BaseException".to_owned()]);
        return Some(names);
    }
    let bare = path.strip_prefix("builtins.").unwrap_or(path);
    let mro = stdlib::exception_bases(bare, python, platform);
    (!mro.is_empty()).then(|| mro.into_iter().map(dotted).collect())
}

fn names_of_class(path: &str, python: PythonVersion, platform: Platform) -> Option<Vec<String>> {
    if let Some(names) = names_of_exception(path, python, platform) {
        return Some(names);
    }
    let mut names = vec![path.to_owned()];
    let mut index = 0;
    while index < names.len() && names.len() < 64 {
        let bare = names[index].strip_prefix("builtins.").unwrap_or(&names[index]);
        let facts = stdlib::class(bare, python, platform)?;
        if facts.bases_unknown {
            return None;
        }
        for base in &facts.bases {
            let base = dotted(base);
            if !names.contains(&base) && base != "builtins.object" {
                names.push(base);
            }
        }
        index += 1;
    }
    Some(names)
}
