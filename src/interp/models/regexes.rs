//! `re`: patterns that Python and this program understand alike.

use std::cell::RefCell;
use std::sync::Arc;

use regex::{Captures, Regex, RegexBuilder};
use rustc_hash::FxHashMap;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Dict, Instance, Key, Method, Namespace, Object, Payload};

pub(super) const MODELS: Models = &[
    ("re.compile", compile),
    ("re.match", match_at_start),
    ("re.search", search),
    ("re.fullmatch", full_match),
    ("re.split", split),
    ("re.sub", substitute),
    ("re.findall", find_all),
    ("re.Pattern.match", match_at_start),
    ("re.Pattern.search", search),
    ("re.Pattern.fullmatch", full_match),
    ("re.Pattern.split", split),
    ("re.Pattern.sub", substitute),
    ("re.Pattern.findall", find_all),
    (GROUP, group),
    (GROUPS, groups),
    (GROUP_DICT, group_dict),
];

const GROUP: &str = "collectlint.match.group";
const GROUPS: &str = "collectlint.match.groups";
const GROUP_DICT: &str = "collectlint.match.groupdict";

/// Flags of a pattern, as an attribute of which no program knows.
const FLAGS: &str = "collectlint.flags";

/// How a match is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Start,
    Anywhere,
    Whole,
}

/// The letters of flags, `(?ims)`; `None` where they are not known.
fn flags(value: Option<&Value>) -> Option<&'static str> {
    match value {
        None | Some(Value::Int(0)) => Some(""),
        Some(value) => match value.extern_path()? {
            "re.I" | "re.IGNORECASE" => Some("i"),
            "re.M" | "re.MULTILINE" => Some("m"),
            "re.S" | "re.DOTALL" => Some("s"),
            "re.X" | "re.VERBOSE" => Some("x"),
            "re.U" | "re.UNICODE" => Some(""),
            _ => None,
        },
    }
}

/// `re.compile(pattern, flags=0)`: what it was made of is known, even where it is not understood.
fn compile(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(pattern @ (Value::Str(_) | Value::Bytes(_))) = args.get(0, "pattern").cloned() else {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    match &pattern {
        Value::Str(text) if is_valid(text, flags(args.get(1, "flags")).unwrap_or_default()) => {}
        _ => interp.may_raise_anything(),
    }
    let mut attributes = Namespace::default();
    attributes.bind("pattern", pattern);
    attributes.bind(FLAGS, flags(args.get(1, "flags")).map_or(Value::Unknown, Value::str));
    let class = Value::external("re.Pattern");
    let instance = Instance { class, attributes, payload: Payload::Nothing };
    Ok(Value::Object(interp.heap.add(Object::Instance(instance))))
}

/// A pattern, or a text and flags, as an expression of ours that is looked for in that way.
fn expression(interp: &Interp<'_>, pattern: &Value, given: Option<&Value>, place: Where) -> Option<Regex> {
    let (text, flags) = match pattern {
        Value::Str(text) => (Arc::clone(text), flags(given)?.to_owned()),
        _ => match interp.object(pattern)? {
            Object::Instance(instance) if instance.class.is_extern("re.Pattern") => {
                let Value::Str(text) = instance.attributes.value("pattern")? else { return None };
                let Value::Str(flags) = instance.attributes.value(FLAGS)? else { return None };
                (Arc::clone(text), flags.to_string())
            }
            _ => return None,
        },
    };
    translated(&text, &flags, place)
}

fn translated(pattern: &str, flags: &str, place: Where) -> Option<Regex> {
    thread_local! {
        static KNOWN: RefCell<FxHashMap<String, Option<Regex>>> = RefCell::default();
    }
    let text = match place {
        Where::Anywhere => pattern.to_owned(),
        // the line ends where a comment of a verbose pattern would go on
        Where::Start => format!(r"\A(?:{pattern}{})", if flags == "x" { "\n" } else { "" }),
        Where::Whole => format!(r"\A(?:{pattern}{})\z", if flags == "x" { "\n" } else { "" }),
    };
    KNOWN.with_borrow_mut(|known| {
        let key = format!("{flags}/{text}");
        known.entry(key).or_insert_with(|| is_common(pattern, flags).then(|| build(&text, flags))?).clone()
    })
}

/// Whether Python certainly takes a text for a pattern. Nothing is built of it: most patterns are never used while
/// tests are collected.
fn is_valid(pattern: &str, flags: &str) -> bool {
    // where it matches the end of a line does not matter here
    let pattern = pattern.replace('$', "");
    let mut parser = regex_syntax::ast::parse::ParserBuilder::new().ignore_whitespace(flags == "x").build();
    is_common(&pattern, flags) && parser.parse(&pattern).is_ok()
}

fn build(text: &str, flags: &str) -> Option<Regex> {
    RegexBuilder::new(text)
        .case_insensitive(flags == "i")
        .multi_line(flags == "m")
        .dot_matches_new_line(flags == "s")
        .ignore_whitespace(flags == "x")
        .size_limit(1 << 20)
        .build()
        .ok()
}

/// Whether a pattern means the same here and in Python, as far as it is accepted here at all.
fn is_common(pattern: &str, flags: &str) -> bool {
    let mut characters = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        match character {
            '\\' => {
                // places in the text, and what only one of the two knows
                if matches!(
                    next,
                    Some('Z' | 'z' | 'b' | 'B' | '<' | '>' | 'p' | 'P' | 'x' | 'u' | 'U' | '0'..='9')
                ) && !matches!((next, in_class), (Some('b' | 'B'), false))
                {
                    return false;
                }
                characters.next();
            }
            '[' if in_class => return false,
            '[' => {
                in_class = true;
                if next == Some('^') {
                    characters.next();
                }
                // the first one stands for itself in Python
                if characters.peek() == Some(&']') {
                    return false;
                }
            }
            ']' => in_class = false,
            '&' | '~' | '-' if in_class && next == Some(character) => return false,
            // white space in a class counts in Python
            ' ' | '\t' | '\n' | '#' if in_class && flags == "x" => return false,
            '(' if !in_class && next == Some('?') => {
                characters.next();
                match characters.next() {
                    Some(':') => {}
                    Some('P') if characters.peek() == Some(&'<') => {}
                    _ => return false,
                }
            }
            // before a line's end at the end, too
            '$' if !in_class => return false,
            _ => {}
        }
    }
    true
}

/// The pattern, the text, and the flags of a call.
fn parts(args: &Args, flags_at: usize) -> Option<(Value, Arc<str>, Option<Value>)> {
    if args.open {
        return None;
    }
    let pattern = args.get(0, "pattern")?.clone();
    let Value::Str(text) = args.get(1, "string")? else { return None };
    Some((pattern, Arc::clone(text), args.get(flags_at, "flags").cloned()))
}

fn opaque(interp: &mut Interp<'_>) -> Eval {
    interp.may_raise_anything();
    Ok(Value::Unknown)
}

fn find(interp: &mut Interp<'_>, args: &Args, place: Where) -> Eval {
    let is_method = !matches!(args.positional.first(), Some(Value::Str(_)));
    let Some((pattern, text, flags)) = parts(args, 2) else { return opaque(interp) };
    if is_method && args.positional.len() > 2 {
        return opaque(interp);
    }
    let Some(expression) = expression(interp, &pattern, flags.as_ref(), place) else { return opaque(interp) };
    Ok(match expression.captures(&text) {
        None => Value::None,
        Some(captures) => match_object(interp, &expression, &captures),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of a model")]
fn match_at_start(interp: &mut Interp<'_>, args: Args) -> Eval {
    find(interp, &args, Where::Start)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of a model")]
fn search(interp: &mut Interp<'_>, args: Args) -> Eval {
    find(interp, &args, Where::Anywhere)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of a model")]
fn full_match(interp: &mut Interp<'_>, args: Args) -> Eval {
    find(interp, &args, Where::Whole)
}

fn captured(captures: &Captures<'_>) -> Vec<Value> {
    captures.iter().map(|group| group.map_or(Value::None, |group| Value::str(group.as_str()))).collect()
}

/// A match: its groups, and the names of some.
fn match_object(interp: &mut Interp<'_>, expression: &Regex, captures: &Captures<'_>) -> Value {
    let names = expression.capture_names().map(|name| name.map_or(Value::None, Value::str));
    let told = Value::tuple([Value::tuple(captured(captures)), Value::tuple(names)]);
    let mut attributes = Namespace::default();
    attributes.open = true;
    for (method, model) in [("group", GROUP), ("groups", GROUPS), ("groupdict", GROUP_DICT)] {
        let bound = Method { function: Value::external(model), receiver: told.clone() };
        attributes.bind(method, Value::Object(interp.heap.add(Object::Method(bound))));
    }
    let class = Value::external("re.Match");
    let instance = Instance { class, attributes, payload: Payload::Nothing };
    Value::Object(interp.heap.add(Object::Instance(instance)))
}

/// The groups of a match and their names.
fn told(args: &Args) -> Option<(&[Value], &[Value])> {
    let Value::Tuple(told) = args.positional.first()? else { return None };
    let [Value::Tuple(groups), Value::Tuple(names)] = &**told else { return None };
    Some((groups, names))
}

/// `match.group(…)`
fn group(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((groups, names)) = told(&args) else { return Ok(Value::Unknown) };
    let one = |asked: &Value| match asked {
        Value::Int(place) => usize::try_from(*place).ok().and_then(|place| groups.get(place)).cloned(),
        Value::Str(_) => {
            names.iter().position(|name| name.same(asked)).and_then(|at| groups.get(at)).cloned()
        }
        _ => None,
    };
    let found: Option<Vec<Value>> = match &args.positional[1..] {
        [] => groups.first().map(|whole| vec![whole.clone()]),
        asked => asked.iter().map(one).collect(),
    };
    match found.as_deref() {
        Some([single]) => Ok(single.clone()),
        Some(several) => Ok(Value::tuple(several.iter().cloned())),
        None => opaque(interp),
    }
}

/// `match.groups(default=None)`
#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn groups(_: &mut Interp<'_>, args: Args) -> Eval {
    let Some((groups, _)) = told(&args) else { return Ok(Value::Unknown) };
    let default = args.get(1, "default").cloned().unwrap_or(Value::None);
    let or_default =
        |group: &Value| if matches!(group, Value::None) { default.clone() } else { group.clone() };
    Ok(Value::tuple(groups.iter().skip(1).map(or_default)))
}

/// `match.groupdict(default=None)`
#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn group_dict(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((groups, names)) = told(&args) else { return Ok(Value::Unknown) };
    let default = args.get(1, "default").cloned().unwrap_or(Value::None);
    let mut dict = Dict::default();
    for (group, group_name) in groups.iter().zip(names) {
        if let Value::Str(text) = group_name {
            let group = if matches!(group, Value::None) { default.clone() } else { group.clone() };
            dict.set(Key::Str(Arc::clone(text)), group_name.clone(), group);
        }
    }
    Ok(Value::Object(interp.heap.add(Object::Dict(dict))))
}

/// `re.split(pattern, text, maxsplit=0)`
#[expect(clippy::needless_pass_by_value, reason = "the shape of a model")]
fn split(interp: &mut Interp<'_>, args: Args) -> Eval {
    let plain = args.positional.len() == 2 && args.keywords.is_empty();
    let Some((pattern, text, _)) = parts(&args, 3).filter(|_| plain) else { return opaque(interp) };
    let Some(expression) = expression(interp, &pattern, None, Where::Anywhere) else { return opaque(interp) };
    let mut items = Vec::new();
    let mut last = 0;
    for captures in expression.captures_iter(&text) {
        let Some(whole) = captures.get(0) else { continue };
        if whole.is_empty() {
            return opaque(interp);
        }
        items.push(Value::str(&text[last..whole.start()]));
        items.extend(captured(&captures).into_iter().skip(1));
        last = whole.end();
    }
    items.push(Value::str(&text[last..]));
    Ok(interp.new_list(items))
}

/// `re.sub(pattern, replacement, text)`: the replacement may be a function of the match.
fn substitute(interp: &mut Interp<'_>, args: Args) -> Eval {
    if args.open || args.keywords.iter().any(|(keyword, _)| keyword != "flags") || args.positional.len() != 3
    {
        return opaque(interp);
    }
    let [pattern, replacement, Value::Str(text)] = args.positional.as_slice() else { return opaque(interp) };
    let flags = args.keyword("flags");
    let Some(expression) = expression(interp, pattern, flags, Where::Anywhere) else { return opaque(interp) };
    // NOTE: the two differ in where empty matches lie
    if expression.find_iter(text).any(|found| found.is_empty()) {
        return opaque(interp);
    }
    if let Value::Str(plain) = replacement {
        if plain.contains('\\') {
            return opaque(interp);
        }
        return Ok(Value::str(expression.replace_all(text, regex::NoExpand(plain))));
    }
    let (mut made, mut last) = (String::new(), 0);
    for captures in expression.captures_iter(text) {
        let Some(whole) = captures.get(0) else { continue };
        made.push_str(&text[last..whole.start()]);
        last = whole.end();
        let found = match_object(interp, &expression, &captures);
        match interp.call(replacement, Args::of([found]))? {
            Value::Str(part) => made.push_str(&part),
            _ => return opaque(interp),
        }
    }
    made.push_str(&text[last..]);
    Ok(Value::str(made))
}

/// `re.findall(pattern, text)`
#[expect(clippy::needless_pass_by_value, reason = "the shape of a model")]
fn find_all(interp: &mut Interp<'_>, args: Args) -> Eval {
    let plain = args.positional.len() == 2;
    let Some((pattern, text, flags)) = parts(&args, 2).filter(|_| plain) else { return opaque(interp) };
    let Some(expression) = expression(interp, &pattern, flags.as_ref(), Where::Anywhere) else {
        return opaque(interp);
    };
    let mut items = Vec::new();
    for captures in expression.captures_iter(&text) {
        // a group that is not there is empty here
        let groups = captures.iter().map(|group| Value::str(group.map_or("", |group| group.as_str())));
        let mut groups: Vec<Value> = groups.collect();
        if groups[0].as_str() == Some("") {
            return opaque(interp);
        }
        items.push(match groups.len() {
            1 | 2 => groups.pop().unwrap_or(Value::Unknown),
            _ => Value::tuple(groups.into_iter().skip(1)),
        });
    }
    Ok(interp.new_list(items))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_else_in_python_is_not_understood() {
        for pattern in ["a$", "[]a]", "[[a]", "(?=a)", "(?<!a)b", r"(a)\1", "[a&&b]", r"a\Z"] {
            assert!(!is_common(pattern, ""), "{pattern}");
        }
        assert!(is_common(r"(?P<name>[\w\+]+)://(?:[^:/]*)?", ""));
        assert!(!is_common("[ a]", "x"));
    }
}
