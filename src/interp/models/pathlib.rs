//! `pathlib`: paths as texts.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ruff_python_ast::name::Name;

use super::os::{missing_file, normalized, on_disk, parent_text};
use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Id, Instance, Method, Object, Payload};

pub(super) const MODELS: Models = &[
    ("pathlib.Path", make),
    ("pathlib.PurePath", make),
    ("pathlib.PosixPath", make),
    ("pathlib.PurePosixPath", make),
    ("pathlib.Path.cwd", cwd),
    ("pathlib.Path.joinpath", join),
    ("pathlib.Path.resolve", resolve),
    ("pathlib.Path.absolute", resolve),
    ("pathlib.Path.as_posix", as_text),
    ("pathlib.Path.__str__", as_text),
    ("pathlib.Path.__fspath__", as_text),
    ("pathlib.Path.exists", exists),
    ("pathlib.Path.is_file", is_file),
    ("pathlib.Path.is_dir", is_dir),
    ("pathlib.Path.with_name", with_name),
    ("pathlib.Path.with_suffix", with_suffix),
    ("pathlib.Path.read_text", read_text),
    ("pathlib.Path.read_bytes", read_bytes),
    ("pathlib.Path.open", read),
    ("pathlib.Path.iterdir", iterdir),
    ("pathlib.Path.glob", glob),
    ("pathlib.Path.rglob", glob),
    ("pathlib.Path.mkdir", super::nothing),
    ("pathlib.Path.expanduser", super::something),
];

impl Interp<'_> {
    pub(crate) fn new_path(&mut self, text: impl AsRef<str>) -> Value {
        // Python leaves out `.`, too.
        let path: PathBuf =
            Path::new(text.as_ref()).components().filter(|part| *part != Component::CurDir).collect();
        let text = path.to_string_lossy();
        let text = if text.is_empty() { "." } else { &*text };
        self.new_instance(Value::external("pathlib.Path"), Payload::Path(Arc::from(text)))
    }

    /// `path / part`
    pub(crate) fn join_paths(&mut self, left: &Value, right: &Value) -> Option<Value> {
        let is_path = |value: &Value| {
            matches!(self.object(value), Some(Object::Instance(Instance { payload: Payload::Path(_), .. })))
        };
        if !is_path(left) && !is_path(right) {
            return None;
        }
        let (left, right) = (self.path_text(left)?, self.path_text(right)?);
        let joined = Path::new(&*left).join(&*right);
        Some(self.new_path(joined.to_string_lossy()))
    }

    pub(crate) fn path_attribute(&mut self, id: Id, text: &Arc<str>, name: &Name) -> Eval<Option<Value>> {
        let path = Path::new(&**text);
        Ok(Some(match name.as_str() {
            "parent" => {
                let parent = parent_text(text);
                self.new_path(if parent.is_empty() { "." } else { &parent })
            }
            "name" => Value::str(path.file_name().unwrap_or_default().to_string_lossy()),
            "stem" => Value::str(path.file_stem().unwrap_or_default().to_string_lossy()),
            "suffix" => Value::str(
                path.extension().map(|suffix| format!(".{}", suffix.to_string_lossy())).unwrap_or_default(),
            ),
            "parts" => {
                Value::tuple(path.components().map(|part| Value::str(part.as_os_str().to_string_lossy())))
            }
            "parents" => {
                let mut parents = Vec::new();
                let mut current = text.to_string();
                while !current.is_empty() && current != "/" {
                    let parent = parent_text(&current);
                    let shown = if parent.is_empty() { ".".to_owned() } else { parent.clone() };
                    parents.push(self.new_path(shown));
                    current = parent;
                }
                Value::Tuple(parents.into())
            }
            _ => {
                let function = Value::external(&format!("pathlib.Path.{name}"));
                Value::Object(self.heap.add(Object::Method(Method { function, receiver: Value::Object(id) })))
            }
        }))
    }
}

fn make(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut path = PathBuf::new();
    for part in &args.positional {
        if matches!(part, Value::None) {
            return interp.type_error("argument should be a str or an os.PathLike object where __fspath__ returns a str, not 'NoneType'");
        }
        match interp.path_text(part) {
            Some(text) => path.push(&*text),
            None => return Ok(Value::computed(&Arc::from("pathlib.Path"))),
        }
    }
    Ok(interp.new_path(path.to_string_lossy()))
}

fn cwd(interp: &mut Interp<'_>, _: Args) -> Eval {
    match interp.working_directory().map(|path| path.to_string_lossy().into_owned()) {
        Some(text) => Ok(interp.new_path(text)),
        None => Ok(Value::Unknown),
    }
}

fn join(interp: &mut Interp<'_>, args: Args) -> Eval {
    make(interp, args)
}

fn resolve(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(text) = args.positional.first().and_then(|path| interp.path_text(path)) else {
        return Ok(Value::Unknown);
    };
    if interp.working_directory().is_none() {
        return Ok(Value::Unknown);
    }
    let path = normalized(&interp.absolute_path(&text));
    Ok(interp.new_path(path))
}

fn as_text(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(args.positional.first().and_then(|path| interp.path_text(path)).map_or(Value::Unknown, Value::Str))
}

fn ask(interp: &Interp<'_>, args: &Args, ask: impl Fn(&crate::fs::FileSystem, &Path) -> bool) -> Value {
    args.positional.first().and_then(|path| on_disk(interp, path, ask)).map_or(Value::Unknown, Value::Bool)
}

fn exists(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask(interp, &args, crate::fs::FileSystem::exists))
}

fn is_file(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask(interp, &args, crate::fs::FileSystem::is_file))
}

fn is_dir(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask(interp, &args, crate::fs::FileSystem::is_dir))
}

fn with_name(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(path), Some(name)) = (
        args.positional.first().and_then(|path| interp.path_text(path)),
        args.positional.get(1).and_then(Value::as_str),
    ) else {
        return Ok(Value::Unknown);
    };
    let changed = Path::new(&*path).with_file_name(name);
    Ok(interp.new_path(changed.to_string_lossy()))
}

fn with_suffix(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(path), Some(suffix)) = (
        args.positional.first().and_then(|path| interp.path_text(path)),
        args.positional.get(1).and_then(Value::as_str),
    ) else {
        return Ok(Value::Unknown);
    };
    let changed = Path::new(&*path).with_extension(suffix.trim_start_matches('.'));
    Ok(interp.new_path(changed.to_string_lossy()))
}

/// Reading a file: missing where it is not in the project's tree.
pub(super) fn read(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(path) = args.positional.first() else { return Ok(Value::Unknown) };
    let writes =
        args.get(1, "mode").is_some_and(|mode| mode.as_str().is_none_or(|mode| !mode.starts_with('r')));
    if !writes && on_disk(interp, path, crate::fs::FileSystem::exists) == Some(false) {
        let path = path.clone();
        return missing_file(interp, &path);
    }
    let path = path.clone();
    let is_text = args.get(1, "mode").is_none_or(|mode| matches!(mode.as_str(), Some("r" | "rt")));
    if is_text && let Some(file) = super::json::open_file(interp, &path) {
        return Ok(file);
    }
    interp.may_raise_anything();
    Ok(Value::Unknown)
}

fn read_text(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(text) = args.positional.first().and_then(|path| super::json::text_of_file(interp, path)) {
        return Ok(Value::str(text));
    }
    read(interp, args)
}

fn read_bytes(interp: &mut Interp<'_>, args: Args) -> Eval {
    let path = args.positional.first().cloned().unwrap_or(Value::Unknown);
    read(interp, Args::of([path, Value::str("rb")]))
}

fn iterdir(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(path) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    match on_disk(interp, &path, crate::fs::FileSystem::is_dir) {
        Some(true) => {
            let text = interp.path_text(&path).unwrap_or_default();
            let folder = interp.absolute_path(&text);
            let listing = interp.sources.fs().list(Path::new(&normalized(&folder)));
            let entries: Vec<String> = listing
                .iter()
                .flat_map(|listing| listing.keys())
                .map(|name| Path::new(&*text).join(name).to_string_lossy().into_owned())
                .collect();
            let entries = entries.into_iter().map(|entry| interp.new_path(entry)).collect();
            Ok(interp.new_list(entries))
        }
        _ => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
    }
}

/// `path.glob(pattern)`: nothing where the folder is not there.
fn glob(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(path) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    match on_disk(interp, &path, crate::fs::FileSystem::is_dir) {
        Some(false) => Ok(interp.new_list(Vec::new())),
        _ => Ok(Value::Unknown),
    }
}
