//! `json`: texts that the project holds, read as Python reads them.

use std::borrow::Cow;

use serde_json::Value as Json;
use serde_json::error::Category;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Cause, Dict, Key, Object};

pub(super) const MODELS: Models = &[("json.loads", loads), ("json.load", load), (READ, read_open_file)];

/// What `open(path)` gives where the file is one of the project's.
pub(super) const OPEN_FILE: &str = "io.TextIOWrapper";
const READ: &str = "io.TextIOWrapper.read";

/// Longer files are not looked into.
const LONGEST: usize = 256 * 1024;

/// `open(path)` of a file in the tree, as something whose text is known.
pub(super) fn open_file(interp: &mut Interp<'_>, path: &Value) -> Option<Value> {
    let text = text_of_file(interp, path)?;
    let methods = [("read", READ)];
    Some(interp.object_of_pytest(OPEN_FILE, &Value::str(text), &methods))
}

/// The text of a file in the tree.
pub(super) fn text_of_file(interp: &Interp<'_>, path: &Value) -> Option<String> {
    let text = interp.path_text(path)?;
    interp.working_directory()?;
    let path = std::path::PathBuf::from(super::os::normalized(&interp.absolute_path(&text)));
    if !interp.is_interpreted(&path) {
        return None;
    }
    let bytes = interp.sources.fs().read(&path).ok().filter(|bytes| bytes.len() <= LONGEST)?;
    // NOTE: universal newlines
    String::from_utf8(bytes.to_vec()).ok().map(|text| text.replace("\r\n", "\n"))
}

/// `file.read()`: the text, the first time.
fn read_open_file(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(args.only().cloned().unwrap_or(Value::Unknown))
}

fn loads(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.only().and_then(Value::as_str).map(str::to_owned) {
        Some(text) => parse(interp, &text),
        None => match args.only() {
            Some(odd @ (Value::None | Value::Int(_) | Value::Float(_) | Value::Bool(_))) => {
                let kind = interp.type_name(odd);
                interp.type_error(format!("the JSON object must be str, bytes or bytearray, not {kind}"))
            }
            _ => opaque(interp),
        },
    }
}

/// `json.load(file)`
fn load(interp: &mut Interp<'_>, args: Args) -> Eval {
    let text = args.only().and_then(Value::as_id).and_then(|id| match interp.heap.get(id) {
        Object::Instance(instance) if instance.class.is_extern(OPEN_FILE) => {
            let read = instance.attributes.value("read")?;
            match interp.object(read)? {
                Object::Method(method) => method.receiver.as_str().map(str::to_owned),
                _ => None,
            }
        }
        _ => None,
    });
    match text {
        Some(text) => parse(interp, &text),
        None => opaque(interp),
    }
}

fn opaque(interp: &mut Interp<'_>) -> Eval {
    interp.may_raise_anything();
    Ok(Value::Unknown)
}

/// Stands for a surrogate without its other half, which no text of ours can hold.
const SURROGATE: char = '\u{10fffd}';

fn parse(interp: &mut Interp<'_>, text: &str) -> Eval {
    match serde_json::from_str::<Json>(&without_surrogates(text)) {
        Ok(parsed) => Ok(value_of(interp, parsed)),
        Err(error) => {
            // what Python takes and this parser does not: NaN, single surrogates, huge numbers, deep nesting
            let lenient = ["NaN", "Infinity", "\\ud", "\\uD"].iter().any(|odd| text.contains(odd))
                || !matches!(error.classify(), Category::Syntax | Category::Eof)
                || ["number out of range", "recursion limit"]
                    .iter()
                    .any(|odd| error.to_string().contains(odd));
            if lenient {
                return opaque(interp);
            }
            let message = if text.trim().is_empty() {
                "Expecting value: line 1 column 1 (char 0)".to_owned()
            } else {
                format!("invalid JSON in line {}", error.line())
            };
            interp.raise("json.decoder.JSONDecodeError", message, Cause::Python)
        }
    }
}

/// Python reads `"\ud800"`.
fn without_surrogates(text: &str) -> Cow<'_, str> {
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at..];
        let second = escape.get(6..).and_then(code_unit);
        let length = match code_unit(escape) {
            Some(0xd800..=0xdbff) if matches!(second, Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                out.push(SURROGATE);
                rest = &escape[6..];
                continue;
            }
            Some(_) => 6,
            None => escape.chars().take(2).map(char::len_utf8).sum(),
        };
        out.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// `\u0041` at the start of a text.
fn code_unit(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

fn value_of(interp: &mut Interp<'_>, parsed: Json) -> Value {
    match parsed {
        Json::Null => Value::None,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(float)) if number.is_f64() => Value::Float(float),
            _ => Value::Unknown,
        },
        Json::String(text) if text.contains(SURROGATE) => Value::Unknown,
        Json::String(text) => Value::str(text),
        Json::Array(items) => {
            let items = items.into_iter().map(|item| value_of(interp, item)).collect();
            interp.new_list(items)
        }
        Json::Object(entries) => {
            let mut dict = Dict::default();
            for (key, value) in entries {
                let value = value_of(interp, value);
                dict.open |= key.contains(SURROGATE);
                dict.set(Key::Str(key.as_str().into()), Value::str(&key), value);
            }
            Value::Object(interp.heap.add(Object::Dict(dict)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surrogates_without_their_other_half_are_replaced() {
        let shown = |text: &str| without_surrogates(text).replace(SURROGATE, "?");
        assert_eq!(shown(r#"["\ud800", "a\uDC00b"]"#), r#"["?", "a?b"]"#);
        assert_eq!(
            shown(r#"["\ud83d\ude00", "\\ud800", "\u0041"]"#),
            r#"["\ud83d\ude00", "\\ud800", "\u0041"]"#
        );
        assert_eq!(shown(r#"["\ud83d\ud83d\ude00\n"]"#), r#"["?\ud83d\ude00\n"]"#);
    }
}
