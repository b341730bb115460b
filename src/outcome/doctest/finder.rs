//! `doctest.DocTestFinder`: the objects of a module whose docstrings are searched.

use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashSet;

use super::parser::{Flags, Mistake, examples, has_prompt};
use crate::interp::{Code, Id, Interp, Object, Value, WrapperKind};

/// What is found in a module.
#[derive(Debug, Default)]
pub(in crate::outcome) struct Found {
    /// Names of the tests, sorted.
    pub(in crate::outcome) names: Vec<String>,
    /// Whether these are all.
    pub(in crate::outcome) exact: bool,
    /// The finder raises: type and message.
    pub(in crate::outcome) failure: Option<(&'static str, String)>,
}

/// What `DocTestFinder().find(module, name)` gives, and what pytest keeps of it.
pub(in crate::outcome) fn find(interp: &Interp<'_>, module: Id, name: &str, flags: &Flags<'_>) -> Found {
    let mut finder = Finder {
        interp,
        module,
        flags,
        seen: FxHashSet::default(),
        found: Found { exact: true, ..Found::default() },
    };
    if let Err((exception, message)) = finder.module(name) {
        finder.found.failure = Some((exception, message));
        finder.found.names.clear();
    }
    finder.found.names.sort();
    finder.found
}

type Step = Result<(), (&'static str, String)>;

struct Finder<'f, 'a> {
    interp: &'f Interp<'a>,
    module: Id,
    flags: &'f Flags<'f>,
    seen: FxHashSet<Id>,
    found: Found,
}

impl From<Mistake> for (&'static str, String) {
    fn from(mistake: Mistake) -> Self {
        ("ValueError", mistake.0)
    }
}

impl Finder<'_, '_> {
    fn module(&mut self, name: &str) -> Step {
        if let Some(text) = self.docstring_of_module() {
            self.text(&text, name)?;
        }
        let Some(names) = self.interp.heap.names(self.module) else { return Ok(()) };
        self.found.exact &= !names.open;
        let held: Vec<(String, Value, bool)> = names
            .iter()
            .map(|(name, binding)| (name.to_string(), binding.value.clone(), binding.maybe_unbound))
            .collect();
        for (held_name, value, maybe) in &held {
            let before = self.found.names.len();
            self.value(value, &format!("{name}.{held_name}"), false)?;
            self.found.exact &= !*maybe || self.found.names.len() == before;
        }
        match held.iter().find(|(name, _, _)| name == "__test__") {
            Some((_, tests, _)) => self.declared(&tests.clone(), name),
            None => Ok(()),
        }
    }

    fn docstring_of_module(&self) -> Option<String> {
        let Object::Module(module) = self.interp.heap.get(self.module) else { return None };
        let crate::interp::ModuleKind::Source(path) = &module.kind else { return None };
        let file = self.interp.sources.get(path).ok()?;
        docstring(&file.tree()?.body)
    }

    /// `__test__ = {…}`
    fn declared(&mut self, tests: &Value, module: &str) -> Step {
        let Some(Object::Dict(dict)) = self.interp.object(tests) else {
            let plain = matches!(
                self.interp.object(tests),
                Some(Object::List(_) | Object::Set(_) | Object::Function(_) | Object::Generator(_))
            );
            if !plain
                && matches!(tests, Value::Unknown | Value::Extern(_) | Value::OneOf(_) | Value::Object(_))
            {
                self.found.exact = false;
                return Ok(());
            }
            let kind = self.interp.type_name(tests);
            return Err(("AttributeError", format!("'{kind}' object has no attribute 'items'")));
        };
        self.found.exact &= !dict.open;
        let entries: Vec<(Value, Value)> = dict.entries.values().cloned().collect();
        for (key, value) in entries {
            let Value::Str(key) = key else {
                if key.is_unknown() {
                    self.found.exact = false;
                    continue;
                }
                let kind = self.interp.type_name(&key);
                let message = format!("DocTestFinder.find: __test__ keys must be strings: <class '{kind}'>");
                return Err(("ValueError", message));
            };
            let name = format!("{module}.__test__.{key}");
            match &value {
                Value::Str(text) => self.text(text, &name)?,
                Value::Object(_) => self.value(&value, &name, true)?,
                Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Tuple(_) => {
                    let kind = self.interp.type_name(&value);
                    let message = format!(
                        "DocTestFinder.find: __test__ values must be strings, functions, methods, classes, or \
                         modules: <class '{kind}'>"
                    );
                    return Err(("ValueError", message));
                }
                _ => self.found.exact = false,
            }
        }
        Ok(())
    }

    /// A function or class of the module itself, under a name of the module or of a class.
    fn value(&mut self, value: &Value, name: &str, from_anywhere: bool) -> Step {
        let Value::Object(id) = value else { return Ok(()) };
        match self.interp.heap.get(*id) {
            Object::Function(function) => {
                if !from_anywhere && function.module != self.module || !self.seen.insert(*id) {
                    return Ok(());
                }
                // `functools.wraps`: doctest looks at what is wrapped
                if let Some(wrapped) = function.attributes.value("__wrapped__").cloned() {
                    return self.value(&wrapped, name, from_anywhere);
                }
                let text = match (function.attributes.value("__doc__"), function.code) {
                    (Some(Value::Str(text)), _) => Some(text.to_string()),
                    (None, Code::Def(def)) => docstring(&def.body),
                    (Some(_), _) | (None, Code::Lambda(_)) => None,
                };
                text.map_or(Ok(()), |text| self.text(&text, name))
            }
            Object::Class(class) => {
                if !from_anywhere && class.module != self.module || !self.seen.insert(*id) {
                    return Ok(());
                }
                if let Some((def, _)) = class.definition
                    && let Some(text) = docstring(&def.body)
                {
                    self.text(&text, name)?;
                }
                let held: Vec<(String, Value)> =
                    class.names.iter().map(|(name, held)| (name.to_string(), held.value.clone())).collect();
                for (held_name, value) in held {
                    self.value(&value, &format!("{name}.{held_name}"), false)?;
                }
                Ok(())
            }
            Object::Wrapper(wrapper) => {
                let inner = wrapper.inner.clone();
                let by = wrapper.by.clone();
                match wrapper.kind {
                    WrapperKind::StaticMethod | WrapperKind::ClassMethod | WrapperKind::Property => {
                        self.value(&inner, name, from_anywhere)
                    }
                    WrapperKind::Decorated => self.decorated(&inner, by.as_deref(), name),
                }
            }
            Object::Fixture(fixture) => {
                // an object of pytest's own from 8.4 on, a function of pytest's before
                let function = fixture.function.clone();
                if self.interp.environment.pytest.at_least(8, 4) {
                    return self.value(&function, name, from_anywhere);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What a decorator made of a function: one that is a function of another module is passed over.
    fn decorated(&mut self, inner: &Value, by: Option<&str>, name: &str) -> Step {
        let keeps = matches!(
            by,
            Some("functools.lru_cache" | "functools.cache" | "functools.cached_property" | "functools.wraps")
        );
        if keeps {
            return self.value(inner, name, false);
        }
        if by.is_some_and(|by| by.starts_with("contextlib.")) {
            return Ok(());
        }
        let has_examples = match self.interp.object(inner) {
            Some(Object::Function(function)) => match function.code {
                Code::Def(def) => docstring(&def.body).is_some_and(|text| has_prompt(&text)),
                Code::Lambda(_) => false,
            },
            Some(Object::Class(_)) => return self.value(inner, name, false),
            _ => false,
        };
        self.found.exact &= !has_examples;
        Ok(())
    }

    fn text(&mut self, text: &str, name: &str) -> Step {
        if has_prompt(text) && examples(text, name, self.flags)? > 0 {
            self.found.names.push(name.to_owned());
        }
        Ok(())
    }
}

fn docstring(body: &[Stmt]) -> Option<String> {
    match body.first()? {
        Stmt::Expr(expression) => match &*expression.value {
            Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
            _ => None,
        },
        _ => None,
    }
}
