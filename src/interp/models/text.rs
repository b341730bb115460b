//! Methods of `str` and `bytes`.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value, something};
use crate::interp::{Cause, Object};

pub(super) const MODELS: Models = &[
    ("builtins.str.format", format),
    ("builtins.str.format_map", format_map),
    ("builtins.str.join", join),
    ("builtins.str.split", split),
    ("builtins.str.rsplit", rsplit),
    ("builtins.str.splitlines", splitlines),
    ("builtins.str.strip", strip),
    ("builtins.str.lstrip", lstrip),
    ("builtins.str.rstrip", rstrip),
    ("builtins.str.lower", lower),
    ("builtins.str.casefold", casefold),
    ("builtins.str.upper", upper),
    ("builtins.str.title", title),
    ("builtins.str.capitalize", capitalize),
    ("builtins.str.swapcase", swapcase),
    ("builtins.str.replace", replace),
    ("builtins.str.startswith", startswith),
    ("builtins.str.endswith", endswith),
    ("builtins.str.encode", encode),
    ("builtins.str.isdigit", isdigit),
    ("builtins.str.isdecimal", isdigit),
    ("builtins.str.isnumeric", isdigit),
    ("builtins.str.isalpha", isalpha),
    ("builtins.str.isalnum", isalnum),
    ("builtins.str.isascii", isascii),
    ("builtins.str.isspace", isspace),
    ("builtins.str.islower", islower),
    ("builtins.str.isupper", isupper),
    ("builtins.str.isidentifier", isidentifier),
    ("builtins.str.count", count),
    ("builtins.str.find", find),
    ("builtins.str.rfind", rfind),
    ("builtins.str.index", index),
    ("builtins.str.rindex", rindex),
    ("builtins.str.zfill", zfill),
    ("builtins.str.center", center),
    ("builtins.str.ljust", ljust),
    ("builtins.str.rjust", rjust),
    ("builtins.str.partition", partition),
    ("builtins.str.rpartition", rpartition),
    ("builtins.str.removeprefix", removeprefix),
    ("builtins.str.removesuffix", removesuffix),
    ("builtins.str.translate", something),
    ("builtins.str.maketrans", something),
    ("builtins.bytes.decode", decode),
];

/// Longer texts are not built.
const LONGEST: usize = 1 << 16;

fn receiver(args: &Args) -> Option<&str> {
    args.positional.first().and_then(Value::as_str)
}

fn argument(args: &Args, position: usize) -> Option<&str> {
    args.positional.get(position).and_then(Value::as_str)
}

fn of(text: Option<String>) -> Value {
    text.map_or(Value::Unknown, Value::str)
}

/// The texts of a method with nothing but one text for an argument.
fn pair(args: &Args) -> Option<(&str, &str)> {
    match args.positional.as_slice() {
        [Value::Str(text), Value::Str(other)] if args.keywords.is_empty() => Some((text, other)),
        _ => None,
    }
}

fn number(count: usize) -> Value {
    i64::try_from(count).map_or(Value::Unknown, Value::Int)
}

/// `"{} {0} {name}".format(…)`
fn format(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(template) = receiver(&args).map(str::to_owned) else { return Ok(Value::Unknown) };
    args.positional.remove(0);
    Ok(of(interp.format_template(&template, &args)?))
}

/// `"{name}".format_map(mapping)`
fn format_map(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(template), Some(mapping)) = (receiver(&args), args.positional.get(1)) else {
        return Ok(Value::Unknown);
    };
    let Some(Object::Dict(dict)) = interp.object(mapping) else { return Ok(Value::Unknown) };
    let open = dict.open;
    let (template, entries) = (template.to_owned(), interp.string_entries(mapping).unwrap_or_default());
    let keywords = entries.into_iter().map(|(key, value)| (crate::interp::name(&key), value)).collect();
    Ok(of(interp.format_template(&template, &Args { positional: Vec::new(), keywords, open })?))
}

fn join(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(items) = args.positional.get(1).cloned() else { return Ok(Value::Unknown) };
    let items = interp.iterate(&items)?;
    let (Some(separator), Some(items)) = (receiver(&args), items) else { return Ok(Value::Unknown) };
    let mut texts: Vec<Arc<str>> = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        match interp.plain(item) {
            Value::Str(text) => texts.push(text),
            plain if interp.is_builtin_value(&plain) => {
                let kind = interp.type_name(item);
                return interp
                    .type_error(format!("sequence item {place}: expected str instance, {kind} found"));
            }
            _ => return Ok(Value::Unknown),
        }
    }
    let parts: Vec<&str> = texts.iter().map(|text| &**text).collect();
    Ok(Value::str(parts.join(separator)))
}

fn list_of(interp: &mut Interp<'_>, parts: Vec<String>) -> Value {
    interp.new_list(parts.into_iter().map(Value::str).collect())
}

fn split(interp: &mut Interp<'_>, args: Args) -> Eval {
    split_at(interp, &args, false)
}

fn rsplit(interp: &mut Interp<'_>, args: Args) -> Eval {
    split_at(interp, &args, true)
}

/// `text.split(sep=None, maxsplit=-1)`
fn split_at(interp: &mut Interp<'_>, args: &Args, from_end: bool) -> Eval {
    let Some(text) = receiver(args) else { return Ok(Value::Unknown) };
    let most = match args.get(2, "maxsplit") {
        None => None,
        Some(Value::Int(most)) => usize::try_from(*most).ok(),
        Some(_) => return Ok(Value::Unknown),
    };
    let parts: Vec<String> = match args.get(1, "sep") {
        None | Some(Value::None) => words(text, most, from_end),
        Some(Value::Str(separator)) if separator.is_empty() => {
            return interp.raise("ValueError", "empty separator", Cause::Python);
        }
        Some(Value::Str(separator)) => {
            let (separator, limit) = (&**separator, most.map_or(usize::MAX, |most| most.saturating_add(1)));
            if from_end {
                let mut parts: Vec<String> = text.rsplitn(limit, separator).map(str::to_owned).collect();
                parts.reverse();
                parts
            } else {
                text.splitn(limit, separator).map(str::to_owned).collect()
            }
        }
        Some(other @ (Value::Int(_) | Value::Bool(_) | Value::Float(_))) => {
            let kind = interp.type_name(other);
            return interp.type_error(format!("must be str or None, not {kind}"));
        }
        Some(_) => return Ok(Value::Unknown),
    };
    Ok(list_of(interp, parts))
}

/// Parts between white space, at most `most` of them cut off.
fn words(text: &str, most: Option<usize>, from_end: bool) -> Vec<String> {
    let Some(most) = most else {
        return text.split(is_space).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    };
    let mut parts = Vec::new();
    let mut rest = text.trim_matches(is_space);
    while !rest.is_empty() {
        let cut = if from_end { rest.rfind(is_space) } else { rest.find(is_space) };
        match cut {
            Some(cut) if parts.len() < most => {
                let (left, right) = rest.split_at(cut);
                let (part, remaining) =
                    if from_end { (right.trim_start_matches(is_space), left) } else { (left, right) };
                parts.push(part.to_owned());
                rest = remaining.trim_matches(is_space);
            }
            _ => {
                parts.push(rest.to_owned());
                break;
            }
        }
    }
    if from_end {
        parts.reverse();
    }
    parts
}

/// What Python calls white space: also the separators of ASCII.
fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
}

fn splitlines(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(text) = receiver(&args) else { return Ok(Value::Unknown) };
    let keep = match args.get(1, "keepends").map(|keep| interp.plain_truth(keep)) {
        None | Some(crate::interp::Truth::No) => false,
        Some(crate::interp::Truth::Yes) => true,
        Some(crate::interp::Truth::Maybe) => return Ok(Value::Unknown),
    };
    let is_end = |character: char| {
        matches!(
            character,
            '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let mut parts: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some(end) = rest.find(is_end) else {
            parts.push(rest.to_owned());
            break;
        };
        let after = &rest[end..];
        let width =
            if after.starts_with("\r\n") { 2 } else { after.chars().next().map_or(1, char::len_utf8) };
        parts.push(rest[..if keep { end + width } else { end }].to_owned());
        rest = &rest[end + width..];
    }
    Ok(list_of(interp, parts))
}

fn trimmed(args: &Args, start: bool, end: bool) -> Value {
    let Some(text) = receiver(args) else { return Value::Unknown };
    let matches: Box<dyn Fn(char) -> bool> = match args.positional.get(1) {
        None | Some(Value::None) => Box::new(is_space),
        Some(Value::Str(set)) => {
            let set: Arc<str> = Arc::clone(set);
            Box::new(move |character| set.contains(character))
        }
        Some(_) => return Value::Unknown,
    };
    let mut result = text;
    if start {
        result = result.trim_start_matches(&*matches);
    }
    if end {
        result = result.trim_end_matches(&*matches);
    }
    Value::str(result)
}

fn strip(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(trimmed(&args, true, true))
}

fn lstrip(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(trimmed(&args, true, false))
}

fn rstrip(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(trimmed(&args, false, true))
}

fn lower(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(of(receiver(&args).map(str::to_lowercase)))
}

fn casefold(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(of(receiver(&args).filter(|text| text.is_ascii()).map(str::to_lowercase)))
}

fn upper(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(of(receiver(&args).map(str::to_uppercase)))
}

fn title(_: &mut Interp<'_>, args: Args) -> Eval {
    let titled = receiver(&args).filter(|text| text.is_ascii()).map(|text| {
        let mut inside = false;
        let letter = |c: char| {
            let shown = if inside { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
            inside = c.is_ascii_alphabetic();
            shown
        };
        text.chars().map(letter).collect()
    });
    Ok(of(titled))
}

fn capitalize(_: &mut Interp<'_>, args: Args) -> Eval {
    let shown = receiver(&args).filter(|text| text.is_ascii()).map(|text| {
        let mut shown = text.to_ascii_lowercase();
        if let Some(first) = shown.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        shown
    });
    Ok(of(shown))
}

fn swapcase(_: &mut Interp<'_>, args: Args) -> Eval {
    let swapped = receiver(&args).filter(|text| text.is_ascii()).map(|text| {
        let swap =
            |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        text.chars().map(swap).collect()
    });
    Ok(of(swapped))
}

fn replace(_: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(text), Some(from), Some(to)) = (receiver(&args), argument(&args, 1), argument(&args, 2)) else {
        return Ok(Value::Unknown);
    };
    if text.len().saturating_mul(to.len().max(1)) > LONGEST {
        return Ok(Value::Unknown);
    }
    Ok(match args.get(3, "count") {
        None => Value::str(text.replace(from, to)),
        Some(Value::Int(count)) => match usize::try_from(*count) {
            Ok(count) => Value::str(text.replacen(from, to, count)),
            Err(_) => Value::str(text.replace(from, to)),
        },
        Some(_) => Value::Unknown,
    })
}

fn affix(interp: &mut Interp<'_>, args: &Args, method: &str, test: impl Fn(&str, &str) -> bool) -> Eval {
    let Some(text) = receiver(args) else { return Ok(Value::Unknown) };
    if args.positional.len() != 2 {
        return Ok(Value::Unknown);
    }
    Ok(match &args.positional[1] {
        Value::Str(part) => Value::Bool(test(text, part)),
        Value::Tuple(parts) => {
            let known: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
            known.map_or(Value::Unknown, |parts| Value::Bool(parts.iter().any(|part| test(text, part))))
        }
        other if interp.is_builtin_value(other) => {
            let kind = interp.type_name(other);
            return interp
                .type_error(format!("{method} first arg must be str or a tuple of str, not {kind}"));
        }
        _ => Value::Unknown,
    })
}

fn startswith(interp: &mut Interp<'_>, args: Args) -> Eval {
    affix(interp, &args, "startswith", |text, part| text.starts_with(part))
}

fn endswith(interp: &mut Interp<'_>, args: Args) -> Eval {
    affix(interp, &args, "endswith", |text, part| text.ends_with(part))
}

fn encode(_: &mut Interp<'_>, args: Args) -> Eval {
    let encoding = args.get(1, "encoding").map_or(Some("utf-8"), Value::as_str);
    let utf8 = encoding.is_some_and(|encoding| matches!(encoding, "utf-8" | "utf8" | "UTF-8"));
    let ascii = encoding.is_some_and(|encoding| {
        matches!(
            encoding.to_ascii_lowercase().as_str(),
            "ascii" | "us-ascii" | "latin-1" | "latin1" | "utf-8" | "utf8"
        )
    });
    let latin = encoding.is_some_and(|encoding| {
        matches!(
            encoding.to_ascii_lowercase().replace('_', "-").as_str(),
            "latin-1" | "latin1" | "iso-8859-1"
        )
    });
    Ok(match receiver(&args) {
        Some(text) if utf8 || ascii && text.is_ascii() => Value::Bytes(text.as_bytes().into()),
        Some(text) if latin => {
            let bytes: Result<Vec<u8>, _> = text.chars().map(|c| u8::try_from(u32::from(c))).collect();
            bytes.map_or(Value::Unknown, |bytes| Value::Bytes(bytes.into()))
        }
        _ => Value::Unknown,
    })
}

fn decode(_: &mut Interp<'_>, args: Args) -> Eval {
    let encoding = args.get(1, "encoding").map_or(Some("utf-8"), Value::as_str);
    let known = encoding
        .is_some_and(|encoding| matches!(encoding.to_ascii_lowercase().as_str(), "utf-8" | "utf8" | "ascii"));
    Ok(match args.positional.first() {
        Some(Value::Bytes(bytes)) if known => std::str::from_utf8(bytes).map_or(Value::Unknown, Value::str),
        _ => Value::Unknown,
    })
}

/// Whether all of a text is of a kind; only of ASCII texts it is known here.
fn is_all(args: &Args, test: impl Fn(char) -> bool) -> Value {
    match receiver(args) {
        Some(text) if text.is_ascii() => Value::Bool(!text.is_empty() && text.chars().all(test)),
        _ => Value::Unknown,
    }
}

fn isdigit(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(is_all(&args, |c| c.is_ascii_digit()))
}

fn isalpha(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(is_all(&args, |c| c.is_ascii_alphabetic()))
}

fn isalnum(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(is_all(&args, |c| c.is_ascii_alphanumeric()))
}

fn isspace(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(is_all(&args, is_space))
}

fn isascii(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(receiver(&args).map_or(Value::Unknown, |text| Value::Bool(text.is_ascii())))
}

/// Whether the letters of a text, of which there are some, are all of one case.
fn is_cased(args: &Args, wrong: impl Fn(char) -> bool) -> Value {
    match receiver(args) {
        Some(text) if text.is_ascii() => {
            Value::Bool(text.chars().any(|c| c.is_ascii_alphabetic()) && !text.chars().any(wrong))
        }
        _ => Value::Unknown,
    }
}

fn islower(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(is_cased(&args, |c| c.is_ascii_uppercase()))
}

fn isupper(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(is_cased(&args, |c| c.is_ascii_lowercase()))
}

fn isidentifier(_: &mut Interp<'_>, args: Args) -> Eval {
    let first = receiver(&args).and_then(|text| text.chars().next());
    let starts_with_digit = first.is_some_and(|c| c.is_ascii_digit());
    match is_all(&args, |c| c == '_' || c.is_ascii_alphanumeric()) {
        Value::Bool(fits) => Ok(Value::Bool(fits && !starts_with_digit)),
        other => Ok(other),
    }
}

fn count(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match pair(&args) {
        Some((text, "")) => number(text.chars().count() + 1),
        Some((text, part)) => number(text.matches(part).count()),
        None => Value::Unknown,
    })
}

/// The place of a part, in characters.
fn place(args: &Args, from_end: bool) -> Option<Option<usize>> {
    let (text, part) = pair(args)?;
    let byte = if from_end { text.rfind(part) } else { text.find(part) };
    Some(byte.map(|byte| text[..byte].chars().count()))
}

fn found(args: &Args, from_end: bool) -> Value {
    match place(args, from_end) {
        Some(Some(place)) => number(place),
        Some(None) => Value::Int(-1),
        None => Value::Unknown,
    }
}

fn find(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(found(&args, false))
}

fn rfind(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(found(&args, true))
}

fn must_find(interp: &mut Interp<'_>, args: &Args, from_end: bool) -> Eval {
    match place(args, from_end) {
        Some(Some(place)) => Ok(number(place)),
        Some(None) => interp.raise("ValueError", "substring not found", Cause::Python),
        None => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
    }
}

fn index(interp: &mut Interp<'_>, args: Args) -> Eval {
    must_find(interp, &args, false)
}

fn rindex(interp: &mut Interp<'_>, args: Args) -> Eval {
    must_find(interp, &args, true)
}

/// How many characters are missing to a width; `None` where it is not known, or very large.
fn missing(args: &Args) -> Option<(&str, usize)> {
    let (text, Some(Value::Int(width))) = (receiver(args)?, args.positional.get(1)) else { return None };
    let width = usize::try_from(*width).unwrap_or(0);
    (width <= LONGEST).then(|| (text, width.saturating_sub(text.chars().count())))
}

fn zfill(_: &mut Interp<'_>, args: Args) -> Eval {
    let Some((text, missing)) = missing(&args) else { return Ok(Value::Unknown) };
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = &text[..text.len() - digits.len()];
    Ok(Value::str(format!("{sign}{}{digits}", "0".repeat(missing))))
}

/// The text with so many fill characters on its left and right.
fn padded(args: &Args, left: impl Fn(usize, usize) -> usize) -> Value {
    let Some((text, missing)) = missing(args) else { return Value::Unknown };
    let fill = match args.positional.get(2) {
        None => " ",
        Some(Value::Str(fill)) if fill.chars().count() == 1 => fill,
        Some(_) => return Value::Unknown,
    };
    let left = left(missing, text.chars().count() + missing);
    Value::str(format!("{}{text}{}", fill.repeat(left), fill.repeat(missing - left)))
}

fn center(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(padded(&args, |missing, width| missing / 2 + (missing & width & 1)))
}

fn ljust(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(padded(&args, |_, _| 0))
}

fn rjust(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(padded(&args, |missing, _| missing))
}

fn partition(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((text, separator)) = pair(&args) else { return Ok(Value::Unknown) };
    if separator.is_empty() {
        return interp.raise("ValueError", "empty separator", Cause::Python);
    }
    Ok(Value::tuple(match text.split_once(separator) {
        Some((before, after)) => [Value::str(before), Value::str(separator), Value::str(after)],
        None => [Value::str(text), Value::str(""), Value::str("")],
    }))
}

fn rpartition(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((text, separator)) = pair(&args) else { return Ok(Value::Unknown) };
    if separator.is_empty() {
        return interp.raise("ValueError", "empty separator", Cause::Python);
    }
    Ok(Value::tuple(match text.rsplit_once(separator) {
        Some((before, after)) => [Value::str(before), Value::str(separator), Value::str(after)],
        None => [Value::str(""), Value::str(""), Value::str(text)],
    }))
}

fn removeprefix(_: &mut Interp<'_>, args: Args) -> Eval {
    let Some((text, part)) = pair(&args) else { return Ok(Value::Unknown) };
    Ok(Value::str(text.strip_prefix(part).unwrap_or(text)))
}

fn removesuffix(_: &mut Interp<'_>, args: Args) -> Eval {
    let Some((text, part)) = pair(&args) else { return Ok(Value::Unknown) };
    Ok(Value::str(text.strip_suffix(part).unwrap_or(text)))
}
