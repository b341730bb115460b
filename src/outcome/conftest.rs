//! What a conftest brings: hooks, plugins, what it keeps from being collected.

use std::path::PathBuf;

use crate::discovery::{Declared, IgnoreEntry};
use crate::interp::{Args, Code, Id, Interp, Object, Truth, Value, WrapperKind};

/// A function of a conftest or plugin that pytest takes for a hook.
#[derive(Clone, Debug)]
pub(super) struct Hook {
    pub name: String,
    pub function: Value,
    /// Names of its parameters, where they are known.
    pub parameters: Option<Vec<String>>,
    /// `@pytest.hookimpl(optionalhook=True)`
    pub optional: Truth,
    /// `hookwrapper=True` or `wrapper=True`
    pub wrapper: Truth,
    pub is_generator: Option<bool>,
}

/// The functions of a module whose names begin with `pytest_`.
pub(super) fn hooks(interp: &Interp<'_>, module: Id) -> Vec<Hook> {
    let Some(names) = interp.heap.names(module) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, binding) in names.iter() {
        if !name.starts_with("pytest_") || name == "pytest_plugins" || binding.maybe_unbound {
            continue;
        }
        // pluggy asks inspect.isroutine: classes and variables are no hooks
        let target = match interp.object(&binding.value) {
            Some(Object::Function(_)) => binding.value.clone(),
            Some(Object::Wrapper(wrapper)) if wrapper.kind == WrapperKind::Decorated => wrapper.inner.clone(),
            _ => continue,
        };
        let option =
            |option: &str| match binding.value.as_id().and_then(|id| interp.heap.value(id, "pytest_impl")) {
                Some(options) => match interp.dict_get(options, option) {
                    Some(value) => interp.plain_truth(&value),
                    None => Truth::No,
                },
                // the old way to say it: @pytest.mark.optionalhook
                None => Truth::from(has_mark(interp, &binding.value, option)),
            };
        let (parameters, is_generator) = match target.as_id().map(|id| (id, interp.heap.get(id))) {
            Some((id, Object::Function(function))) => {
                let known = interp.parameters_of(id);
                // arguments with a default are not asked for
                let parameters = known.map(|parameters| {
                    parameters
                        .posonlyargs
                        .iter()
                        .chain(&parameters.args)
                        .filter(|parameter| parameter.default.is_none())
                        .map(|parameter| parameter.parameter.name.id.to_string())
                        .collect()
                });
                let is_generator = match function.code {
                    Code::Def(def) => Some(interp.yields(def)),
                    Code::Lambda(_) => Some(false),
                };
                (parameters, is_generator)
            }
            _ => (None, None),
        };
        found.push(Hook {
            name: name.to_string(),
            optional: option("optionalhook"),
            wrapper: option("hookwrapper").or(option("wrapper")),
            function: target,
            parameters,
            is_generator,
        });
    }
    found
}

fn has_mark(interp: &Interp<'_>, function: &Value, wanted: &str) -> bool {
    let marks = function.as_id().and_then(|id| interp.heap.value(id, "pytestmark"));
    let Some(Object::List(marks)) = marks.and_then(|marks| interp.object(marks)) else { return false };
    marks
        .items
        .iter()
        .any(|mark| matches!(interp.object(mark), Some(Object::Mark(mark)) if &*mark.name == wanted))
}

impl Hook {
    /// Arguments for running it: nothing is known of them.
    pub(super) fn arguments(&self) -> Args {
        let count = self.parameters.as_ref().map_or(0, Vec::len);
        let mut args = Args::of(vec![Value::Unknown; count]);
        args.open = self.parameters.is_none();
        args
    }
}

/// `pytest_plugins` of a module, as pytest reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PluginList {
    /// There is none, or it is a module.
    Absent,
    Names(Vec<String>),
    /// It is neither a text nor a sequence, but this.
    Refused(String),
    Unknown,
}

pub(super) fn plugin_list(interp: &mut Interp<'_>, module: Id) -> PluginList {
    let Some(names) = interp.heap.names(module) else { return PluginList::Absent };
    let value = match names.get("pytest_plugins") {
        Some(binding) if binding.maybe_unbound => return PluginList::Unknown,
        Some(binding) => binding.value.clone(),
        None if names.open => return PluginList::Unknown,
        None => {
            let Some(getter) = names.value("__getattr__").cloned() else { return PluginList::Absent };
            let asked = Args::of([Value::str("pytest_plugins")]);
            // what it raises is met again when the module is collected
            match interp.outside(|interp| interp.call(&getter, asked)).certain() {
                Some(value) => value,
                None => return PluginList::Unknown,
            }
        }
    };
    match &value {
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Ellipsis => {
            PluginList::Refused(interp.repr_of(&value).unwrap_or_default())
        }
        Value::Object(id) if matches!(interp.heap.get(*id), Object::Set(_) | Object::Dict(_)) => {
            PluginList::Refused(interp.repr_of(&value).unwrap_or_default())
        }
        Value::None => PluginList::Absent,
        // a string is split at its commas; an empty one is no name
        Value::Str(text) => {
            if text.is_empty() {
                return PluginList::Names(Vec::new());
            }
            PluginList::Names(text.split(',').map(str::to_owned).collect())
        }
        _ if matches!(interp.object(&value), Some(Object::Module(_))) => PluginList::Absent,
        _ => match interp.iterate(&value) {
            Ok(Some(items)) => {
                let names: Option<Vec<String>> =
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
                names.map_or(PluginList::Unknown, PluginList::Names)
            }
            _ => PluginList::Unknown,
        },
    }
}

/// `collect_ignore` or `collect_ignore_glob` of a conftest; the error that pytest gets where it is no list
/// of paths.
pub(super) fn ignore_list(
    interp: &mut Interp<'_>,
    module: Id,
    name: &str,
) -> Result<Declared<Vec<IgnoreEntry>>, (&'static str, String)> {
    let Some(names) = interp.heap.names(module) else { return Ok(Declared::Absent) };
    let Some(binding) = names.get(name) else {
        return Ok(if names.open { Declared::Unknown } else { Declared::Absent });
    };
    let (value, maybe) = (binding.value.clone(), binding.maybe_unbound);
    if maybe {
        return Ok(Declared::Unknown);
    }
    let is_plain = |value: &Value| matches!(value, Value::None | Value::Bool(_) | Value::Int(_));
    if is_plain(&value) {
        return Err(("TypeError", format!("'{}' object is not iterable", interp.type_name(&value))));
    }
    let Ok(Some(items)) = interp.iterate(&value) else { return Ok(Declared::Unknown) };
    if let Some(wrong) = items.iter().find(|item| is_plain(item)) {
        let kind = interp.type_name(wrong);
        return Err(("AttributeError", format!("'{kind}' object has no attribute 'replace'")));
    }
    let entries: Option<Vec<IgnoreEntry>> = items
        .iter()
        .map(|item| match item {
            Value::Str(text) => Some(IgnoreEntry::Text(text.to_string())),
            _ => interp.path_text(item).map(|text| IgnoreEntry::Path(PathBuf::from(&*text))),
        })
        .collect();
    Ok(entries.map_or(Declared::Unknown, Declared::Value))
}
