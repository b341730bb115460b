//! `os` and `os.path`: paths as texts, environment variables, the working directory.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value, nothing, something};
use crate::interp::{Cause, Key, Object};

pub(super) const MODELS: Models = &[
    ("os.path.join", join),
    ("os.path.dirname", dirname),
    ("os.path.basename", basename),
    ("os.path.abspath", abspath),
    ("os.path.realpath", abspath),
    ("os.path.normpath", normpath),
    ("os.path.expanduser", something),
    ("os.path.exists", exists),
    ("os.path.isfile", isfile),
    ("os.path.isdir", isdir),
    ("os.path.splitext", splitext),
    ("os.path.split", split),
    ("os.path.relpath", something),
    ("os.path.isabs", something),
    ("os.getcwd", getcwd),
    ("os.chdir", chdir),
    ("os.listdir", listdir),
    ("os.getenv", getenv),
    ("os.environ.get", getenv),
    ("os.putenv", nothing),
    ("os.fspath", fspath),
    ("os.makedirs", nothing),
    ("os.getpid", |_, _| Ok(Value::computed(&Arc::from("os.getpid")))),
];

fn text(interp: &Interp<'_>, value: Option<&Value>) -> Option<Arc<str>> {
    value.and_then(|value| interp.path_text(value))
}

fn known(text: Option<String>) -> Value {
    text.map_or(Value::Unknown, Value::str)
}

fn join(interp: &mut Interp<'_>, args: Args) -> Eval {
    if args.open {
        return Ok(Value::Unknown);
    }
    let mut path = PathBuf::new();
    for part in &args.positional {
        if matches!(part, Value::None) {
            return interp.type_error("expected str, bytes or os.PathLike object, not NoneType");
        }
        match interp.path_text(part) {
            Some(part) => path.push(&*part),
            None => return Ok(Value::Unknown),
        }
    }
    Ok(Value::str(path.to_string_lossy()))
}

/// `os.path.dirname`: what stands before the last slash.
pub(super) fn parent_text(text: &str) -> String {
    match text.rfind('/') {
        Some(0) => "/".to_owned(),
        Some(place) => text[..place].trim_end_matches('/').to_owned(),
        None => String::new(),
    }
}

fn dirname(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(known(text(interp, args.positional.first()).map(|text| parent_text(&text))))
}

fn basename(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(known(
        text(interp, args.positional.first())
            .map(|text| text.rsplit('/').next().unwrap_or_default().to_owned()),
    ))
}

/// A path without `.` and `..`, as `os.path.normpath` writes it.
pub(super) fn normalized(path: &Path) -> String {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match parts.components().next_back() {
                Some(Component::Normal(_)) => {
                    parts.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                Some(Component::CurDir | Component::ParentDir) | None => parts.push(".."),
            },
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => parts.push(part),
        }
    }
    let text = parts.to_string_lossy().into_owned();
    if text.is_empty() { ".".to_owned() } else { text }
}

fn abspath(interp: &mut Interp<'_>, args: Args) -> Eval {
    let text = text(interp, args.positional.first());
    if interp.working_directory().is_none() {
        return Ok(Value::Unknown);
    }
    Ok(known(text.map(|text| normalized(&interp.absolute_path(&text)))))
}

fn normpath(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(known(text(interp, args.positional.first()).map(|text| normalized(Path::new(&*text)))))
}

/// Whether a path is there: only told of the project's own tree, and only where a test would not make it.
pub(super) fn on_disk(
    interp: &Interp<'_>,
    path: &Value,
    ask: impl Fn(&crate::fs::FileSystem, &Path) -> bool,
) -> Option<bool> {
    let text = interp.path_text(path)?;
    interp.working_directory()?;
    let path = PathBuf::from(normalized(&interp.absolute_path(&text)));
    path.starts_with(&interp.options.root).then(|| ask(interp.sources.fs(), &path))
}

fn boolean(known: Option<bool>) -> Value {
    known.map_or(Value::Unknown, Value::Bool)
}

fn exists(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(path) = args.positional.first() else { return Ok(Value::Unknown) };
    Ok(boolean(on_disk(interp, path, crate::fs::FileSystem::exists)))
}

fn isfile(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(path) = args.positional.first() else { return Ok(Value::Unknown) };
    Ok(boolean(on_disk(interp, path, crate::fs::FileSystem::is_file)))
}

fn isdir(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(path) = args.positional.first() else { return Ok(Value::Unknown) };
    Ok(boolean(on_disk(interp, path, crate::fs::FileSystem::is_dir)))
}

fn splitext(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(text) = text(interp, args.positional.first()) else { return Ok(Value::Unknown) };
    let name = text.rsplit('/').next().unwrap_or_default();
    let leading = name.len() - name.trim_start_matches('.').len();
    Ok(match name[leading..].rfind('.') {
        Some(dot) => {
            let place = text.len() - name.len() + leading + dot;
            Value::tuple([Value::str(&text[..place]), Value::str(&text[place..])])
        }
        None => Value::tuple([Value::Str(text), Value::str("")]),
    })
}

fn split(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(text) = text(interp, args.positional.first()) else { return Ok(Value::Unknown) };
    let tail = text.rsplit('/').next().unwrap_or_default();
    Ok(Value::tuple([Value::str(parent_text(&text)), Value::str(tail)]))
}

fn getcwd(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(known(interp.working_directory().map(|path| path.to_string_lossy().into_owned())))
}

fn chdir(interp: &mut Interp<'_>, args: Args) -> Eval {
    let target = args.positional.first().and_then(|path| interp.path_text(path));
    let target = target.map(|text| PathBuf::from(normalized(&interp.absolute_path(&text))));
    interp.set_working_directory(target);
    Ok(Value::None)
}

fn listdir(interp: &mut Interp<'_>, args: Args) -> Eval {
    let here = Value::str(".");
    let path = args.positional.first().unwrap_or(&here).clone();
    match on_disk(interp, &path, crate::fs::FileSystem::is_dir) {
        Some(true) => {
            let text = interp.path_text(&path).unwrap_or_default();
            let folder = interp.absolute_path(&text);
            let listing = interp.sources.fs().list(Path::new(&normalized(&folder)));
            let names: Vec<Value> = listing
                .iter()
                .flat_map(|listing| listing.keys())
                .map(|name| Value::str(name.to_string_lossy()))
                .collect();
            // NOTE: in which order the names come is not known, and tests may add files
            Ok(if names.is_empty() { Value::Unknown } else { interp.new_list(names) })
        }
        Some(false) => missing_file(interp, &path),
        None => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
    }
}

/// `FileNotFoundError` for a path of the project that is not there.
pub(super) fn missing_file(interp: &mut Interp<'_>, path: &Value) -> Eval {
    let text = interp.path_text(path).unwrap_or_default();
    let shown = crate::interp::truthiness::repr_text(&text);
    let message = format!("[Errno 2] No such file or directory: {shown}");
    interp.raise("FileNotFoundError", message, Cause::MissingFile { path: text })
}

/// `os.environ.get(name, default)`, `os.getenv`
pub(super) fn getenv(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut positional = args.positional.clone();
    // a method of the dict gets it as its receiver
    if matches!(positional.first().and_then(|first| interp.object(first)), Some(Object::Dict(_))) {
        positional.remove(0);
    }
    let Some(name) = positional.first() else { return Ok(Value::Unknown) };
    let default = positional.get(1).or_else(|| args.keyword("default")).cloned().unwrap_or(Value::None);
    let Some(name) = name.as_str() else { return Ok(Value::Unknown) };
    let environ = interp.environ;
    Ok(match interp.heap.get(environ) {
        Object::Dict(variables) => match variables.entries.get(&Key::Str(Arc::from(name))) {
            Some((_, value)) if !variables.open => value.clone(),
            Some(_) => Value::Unknown,
            None if variables.open => Value::Unknown,
            None => interp.unset_variable(name, default),
        },
        _ => Value::Unknown,
    })
}

fn fspath(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(known(text(interp, args.positional.first()).map(|text| text.to_string())))
}

impl Interp<'_> {
    pub(crate) fn working_directory(&self) -> Option<&Path> {
        self.working_directory.as_deref()
    }

    pub(crate) fn set_working_directory(&mut self, directory: Option<PathBuf>) {
        self.working_directory = directory;
        self.change_shared();
    }

    pub(crate) fn absolute_path(&self, text: &str) -> PathBuf {
        self.absolute(Path::new(text))
    }

    /// What `os.environ.get(name)` gives where nothing is known to set it: a user may have set it.
    fn unset_variable(&self, name: &str, default: Value) -> Value {
        match self.sets_variable(name) {
            Some(true) => Value::Unknown,
            Some(false) => default,
            None => default.join(&Value::Unknown),
        }
    }

    /// Whether a variable that nothing is known to set is set by the time modules are collected: one of
    /// pytest's own, or none where all that are set are known.
    pub(in crate::interp) fn sets_variable(&self, name: &str) -> Option<bool> {
        match name {
            "PYTEST_CURRENT_TEST" => Some(false),
            "PYTEST_VERSION" => Some(self.environment.pytest.at_least(8, 2)),
            _ => self.environment.all_variables.then_some(false),
        }
    }
}
