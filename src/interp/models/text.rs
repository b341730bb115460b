//! Methods of `str`.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value, something};

pub(super) const MODELS: Models = &[
    ("builtins.str.format", format),
    ("builtins.str.join", join),
    ("builtins.str.split", split),
    ("builtins.str.splitlines", splitlines),
    ("builtins.str.strip", strip),
    ("builtins.str.lstrip", lstrip),
    ("builtins.str.rstrip", rstrip),
    ("builtins.str.lower", lower),
    ("builtins.str.upper", upper),
    ("builtins.str.title", something),
    ("builtins.str.capitalize", something),
    ("builtins.str.replace", replace),
    ("builtins.str.startswith", startswith),
    ("builtins.str.endswith", endswith),
    ("builtins.str.encode", encode),
    ("builtins.str.isdigit", something),
    ("builtins.str.isidentifier", something),
    ("builtins.str.count", something),
    ("builtins.str.find", something),
    ("builtins.str.zfill", something),
    ("builtins.str.partition", partition),
    ("builtins.str.rpartition", rpartition),
    ("builtins.str.removeprefix", removeprefix),
    ("builtins.str.removesuffix", removesuffix),
    ("builtins.bytes.decode", decode),
    ("textwrap.dedent", something),
    ("re.compile", something),
];

fn receiver(args: &Args) -> Option<&str> {
    args.positional.first().and_then(Value::as_str)
}

fn argument(args: &Args, position: usize) -> Option<&str> {
    args.positional.get(position).and_then(Value::as_str)
}

fn of(text: Option<String>) -> Value {
    text.map_or(Value::Unknown, Value::str)
}

/// `"{} {0} {name}".format(…)` with known values and plain fields.
fn format(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(template) = receiver(&args) else { return Ok(Value::Unknown) };
    if args.open {
        return Ok(Value::Unknown);
    }
    let mut text = String::new();
    let mut rest = template;
    let mut next = 0;
    while let Some(place) = rest.find(['{', '}']) {
        text.push_str(&rest[..place]);
        let (sign, after) = rest[place..].split_at(1);
        if after.starts_with(sign) {
            text.push_str(sign);
            rest = &after[1..];
            continue;
        }
        let Some(end) = after.find('}').filter(|_| sign == "{") else { return Ok(Value::Unknown) };
        let field = &after[..end];
        let value = if field.is_empty() {
            next += 1;
            args.positional.get(next)
        } else if let Ok(index) = field.parse::<usize>() {
            args.positional.get(index + 1)
        } else {
            args.keyword(field)
        };
        let Some(shown) = value.and_then(|value| interp.text_of(value)) else { return Ok(Value::Unknown) };
        text.push_str(&shown);
        rest = &after[end + 1..];
    }
    text.push_str(rest);
    Ok(Value::str(text))
}

fn join(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(items) = args.positional.get(1).cloned() else { return Ok(Value::Unknown) };
    let items = interp.iterate(&items)?;
    let (Some(separator), Some(items)) = (receiver(&args), items) else { return Ok(Value::Unknown) };
    let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    Ok(of(texts.map(|texts| texts.join(separator))))
}

fn list_of(interp: &mut Interp<'_>, parts: Vec<String>) -> Value {
    interp.new_list(parts.into_iter().map(Value::str).collect())
}

fn split(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(text) = receiver(&args) else { return Ok(Value::Unknown) };
    if args.positional.len() > 2 || !args.keywords.is_empty() {
        return Ok(Value::Unknown);
    }
    let parts: Vec<String> = match args.positional.get(1) {
        None | Some(Value::None) => text.split_whitespace().map(str::to_owned).collect(),
        Some(Value::Str(separator)) if !separator.is_empty() => {
            text.split(&**separator).map(str::to_owned).collect()
        }
        Some(_) => return Ok(Value::Unknown),
    };
    Ok(list_of(interp, parts))
}

fn splitlines(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(text) = receiver(&args) else { return Ok(Value::Unknown) };
    if args.positional.len() > 1 || !text.is_ascii() || text.contains('\r') {
        return Ok(Value::Unknown);
    }
    let parts = text.lines().map(str::to_owned).collect();
    Ok(list_of(interp, parts))
}

fn trimmed(args: &Args, start: bool, end: bool) -> Value {
    let Some(text) = receiver(args) else { return Value::Unknown };
    let matches: Box<dyn Fn(char) -> bool> = match args.positional.get(1) {
        None | Some(Value::None) => Box::new(char::is_whitespace),
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

fn upper(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(of(receiver(&args).map(str::to_uppercase)))
}

fn replace(_: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(text), Some(from), Some(to), None) =
        (receiver(&args), argument(&args, 1), argument(&args, 2), args.positional.get(3))
    else {
        return Ok(Value::Unknown);
    };
    Ok(Value::str(text.replace(from, to)))
}

fn affix(args: &Args, test: impl Fn(&str, &str) -> bool) -> Value {
    let Some(text) = receiver(args) else { return Value::Unknown };
    match args.positional.get(1) {
        Some(Value::Str(part)) if args.positional.len() == 2 => Value::Bool(test(text, part)),
        Some(Value::Tuple(parts)) if args.positional.len() == 2 => {
            let known: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
            known.map_or(Value::Unknown, |parts| Value::Bool(parts.iter().any(|part| test(text, part))))
        }
        _ => Value::Unknown,
    }
}

fn startswith(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(affix(&args, |text, part| text.starts_with(part)))
}

fn endswith(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(affix(&args, |text, part| text.ends_with(part)))
}

fn encode(_: &mut Interp<'_>, args: Args) -> Eval {
    let utf8 = argument(&args, 1).is_none_or(|encoding| matches!(encoding, "utf-8" | "utf8" | "UTF-8"));
    Ok(match receiver(&args) {
        Some(text) if utf8 || text.is_ascii() => Value::Bytes(text.as_bytes().into()),
        _ => Value::Unknown,
    })
}

fn decode(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.positional.first() {
        Some(Value::Bytes(bytes)) => std::str::from_utf8(bytes).map_or(Value::Unknown, Value::str),
        _ => Value::Unknown,
    })
}

fn partition(_: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(text), Some(separator)) = (receiver(&args), argument(&args, 1)) else {
        return Ok(Value::Unknown);
    };
    Ok(Value::tuple(match text.split_once(separator) {
        Some((before, after)) => [Value::str(before), Value::str(separator), Value::str(after)],
        None => [Value::str(text), Value::str(""), Value::str("")],
    }))
}

fn rpartition(_: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(text), Some(separator)) = (receiver(&args), argument(&args, 1)) else {
        return Ok(Value::Unknown);
    };
    Ok(Value::tuple(match text.rsplit_once(separator) {
        Some((before, after)) => [Value::str(before), Value::str(separator), Value::str(after)],
        None => [Value::str(""), Value::str(""), Value::str(text)],
    }))
}

fn removeprefix(_: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(text), Some(part)) = (receiver(&args), argument(&args, 1)) else { return Ok(Value::Unknown) };
    Ok(Value::str(text.strip_prefix(part).unwrap_or(text)))
}

fn removesuffix(_: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(text), Some(part)) = (receiver(&args), argument(&args, 1)) else { return Ok(Value::Unknown) };
    Ok(Value::str(text.strip_suffix(part).unwrap_or(text)))
}
