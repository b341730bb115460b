//! `configparser`: files of the project, read as Python reads them.

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Dict, Key, Object, Truth, name};

pub(super) const MODELS: Models = &[
    ("configparser.ConfigParser", basic),
    ("configparser.RawConfigParser", raw),
    (READ, read),
    (READ_STRING, read_string),
    (GET, get),
    (HAS_SECTION, has_section),
    (HAS_OPTION, has_option),
    (SECTIONS, sections),
    (OPTIONS, options),
];

const READ: &str = "collectlint.configparser.read";
const READ_STRING: &str = "collectlint.configparser.read_string";
const GET: &str = "collectlint.configparser.get";
const HAS_SECTION: &str = "collectlint.configparser.has_section";
const HAS_OPTION: &str = "collectlint.configparser.has_option";
const SECTIONS: &str = "collectlint.configparser.sections";
const OPTIONS: &str = "collectlint.configparser.options";

/// Attributes of a parser of which no program knows: its sections, and whether values are interpolated.
const HELD: &str = "collectlint.sections";
const INTERPOLATES: &str = "collectlint.interpolates";
/// The section whose options all others have.
const DEFAULT: &str = "DEFAULT";

fn basic(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(parser(interp, &args, true))
}

fn raw(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(parser(interp, &args, false))
}

fn parser(interp: &mut Interp<'_>, args: &Args, interpolates: bool) -> Value {
    let interpolation = args.keyword("interpolation");
    let plain = args.positional.is_empty() && !args.open;
    let known = args.keywords.iter().all(|(keyword, _)| keyword == "interpolation");
    let interpolates = match interpolation {
        None => interpolates,
        Some(Value::None) => false,
        Some(_) => return Value::Unknown,
    };
    if !plain || !known {
        return Value::Unknown;
    }
    let parser = interp.object_of_pytest("configparser.ConfigParser", &Value::None, &[]);
    let Some(id) = parser.as_id() else { return parser };
    for (method, model) in [
        ("read", READ),
        ("read_string", READ_STRING),
        ("get", GET),
        ("has_section", HAS_SECTION),
        ("has_option", HAS_OPTION),
        ("sections", SECTIONS),
        ("options", OPTIONS),
    ] {
        let bound = interp.method(Value::external(model), parser.clone());
        interp.heap.bind(id, &name(method), bound);
    }
    let held = interp.new_dict([]);
    interp.heap.bind(id, &name(HELD), held);
    interp.heap.bind(id, &name(INTERPOLATES), Value::Bool(interpolates));
    parser
}

/// `parser.read(files)`: files that are not there are passed over.
fn read(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(parser), Some(files)) = (args.positional.first().cloned(), args.get(1, "filenames").cloned())
    else {
        return Ok(Value::Unknown);
    };
    let files = match &files {
        Value::Str(_) => Some(vec![files]),
        _ if interp.path_text(&files).is_some() => Some(vec![files]),
        _ => interp.iterate(&files)?,
    };
    let Some(files) = files else {
        open(interp, &parser);
        return Ok(Value::Unknown);
    };
    let mut read = Vec::new();
    for file in files {
        if super::os::on_disk(interp, &file, crate::fs::FileSystem::exists) == Some(false) {
            continue;
        }
        match super::json::text_of_file(interp, &file) {
            Some(text) => add(interp, &parser, &text),
            None => open(interp, &parser),
        }
        read.push(file);
    }
    Ok(interp.new_list(read))
}

fn read_string(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(parser), text) = (args.positional.first(), args.get(1, "string")) else {
        return Ok(Value::Unknown);
    };
    match text.and_then(Value::as_str).map(str::to_owned) {
        Some(text) => add(interp, &parser.clone(), &text),
        None => open(interp, &parser.clone()),
    }
    Ok(Value::None)
}

/// The dict of a parser's sections.
fn held(interp: &Interp<'_>, parser: &Value) -> Option<Value> {
    interp.heap.value(parser.as_id()?, HELD).cloned()
}

/// Nothing is known of what a parser has read.
fn open(interp: &mut Interp<'_>, parser: &Value) {
    interp.may_raise_anything();
    if let Some(id) = held(interp, parser).and_then(|held| held.as_id())
        && let Object::Dict(sections) = interp.heap.change(id)
    {
        sections.open = true;
        sections.entries.clear();
    }
}

/// What is in the text goes before what is there.
fn add(interp: &mut Interp<'_>, parser: &Value, text: &str) {
    let (Some(parsed), Some(id)) = (parse(text), held(interp, parser).and_then(|held| held.as_id())) else {
        open(interp, parser);
        return;
    };
    for (section, options) in parsed {
        let key = Key::Str(section.as_str().into());
        let Object::Dict(sections) = interp.heap.get(id) else { return };
        let known = sections.entries.get(&key).map(|(_, known)| known.clone());
        let dict = known.unwrap_or_else(|| interp.new_dict([]));
        if let Some(own) = dict.as_id()
            && let Object::Dict(own) = interp.heap.change(own)
        {
            for (option, value) in options {
                let value = value.map_or(Value::Unknown, Value::str);
                own.set(Key::Str(option.as_str().into()), Value::str(&option), value);
            }
        }
        if let Object::Dict(sections) = interp.heap.change(id) {
            sections.set(key, Value::str(&section), dict);
        }
    }
}

type Sections = Vec<(String, Vec<(String, Option<String>)>)>;

/// The sections of a text, their options in lower case; `None` where `configparser` refuses it, or where it is
/// not certain how it is read. A value of several lines is not told.
fn parse(text: &str) -> Option<Sections> {
    let mut sections: Sections = Vec::new();
    for line in text.lines() {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        let is_indented = line.starts_with([' ', '\t']);
        if is_indented {
            // it goes on with the value before it
            let (_, value) = sections.last_mut()?.1.last_mut()?;
            *value = None;
            continue;
        }
        if let Some(header) = content.strip_prefix('[') {
            let section = header.split_once(']')?.0.to_owned();
            if section != DEFAULT && sections.iter().any(|(known, _)| *known == section) {
                return None;
            }
            sections.push((section, Vec::new()));
            continue;
        }
        let (option, value) = content.split_once(['=', ':'])?;
        let (option, value) = (option.trim().to_lowercase(), value.trim().to_owned());
        let options = &mut sections.last_mut()?.1;
        if option.is_empty() || options.iter().any(|(known, _)| *known == option) {
            return None;
        }
        options.push((option, Some(value)));
    }
    Some(sections)
}

/// What a parser says of a section or option.
enum Said {
    Yes(Value),
    No,
    Unknown,
}

fn section_of(interp: &Interp<'_>, parser: &Value, section: &str) -> Said {
    let Some(Object::Dict(sections)) = held(interp, parser).as_ref().and_then(|held| interp.object(held))
    else {
        return Said::Unknown;
    };
    look_up(sections, section)
}

fn look_up(dict: &Dict, wanted: &str) -> Said {
    let key = Key::Str(wanted.into());
    match dict.entries.get(&key) {
        Some(_) if dict.doubtful.contains(&key) => Said::Unknown,
        Some((_, value)) => Said::Yes(value.clone()),
        None if dict.open => Said::Unknown,
        None => Said::No,
    }
}

fn option_of(interp: &Interp<'_>, parser: &Value, section: &str, option: &str) -> Said {
    let option = option.to_lowercase();
    for place in [section, DEFAULT] {
        match section_of(interp, parser, place) {
            Said::Yes(dict) => match interp.object(&dict) {
                Some(Object::Dict(dict)) => match look_up(dict, &option) {
                    Said::No => {}
                    said => return said,
                },
                _ => return Said::Unknown,
            },
            Said::No => {}
            Said::Unknown => return Said::Unknown,
        }
    }
    Said::No
}

/// `parser.get(section, option, raw=False, vars=None, fallback=…)`
fn get(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [parser, rest @ ..] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let asked =
        (rest.first().or_else(|| args.keyword("section")), rest.get(1).or_else(|| args.keyword("option")));
    let (Some(Value::Str(section)), Some(Value::Str(option))) = asked else {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    if args.open || args.keyword("vars").is_some() {
        return Ok(Value::Unknown);
    }
    let is_raw = args.keyword("raw").map_or(Truth::No, |raw| interp.plain_truth(raw));
    let interpolates = parser.as_id().and_then(|id| interp.heap.value(id, INTERPOLATES)).cloned();
    match option_of(interp, parser, section, option) {
        Said::Yes(Value::Str(value)) => Ok(match (is_raw, interpolates) {
            (Truth::Yes, _) | (_, Some(Value::Bool(false))) => Value::Str(value),
            // NOTE: what is put in is not looked up
            _ if value.contains('%') => Value::Unknown,
            _ => Value::Str(value),
        }),
        Said::Yes(_) => Ok(Value::Unknown),
        Said::Unknown => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
        Said::No => {
            if let Some(fallback) = args.keyword("fallback") {
                return Ok(fallback.clone());
            }
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
    }
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn has_section(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [parser, Value::Str(section)] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    Ok(match section_of(interp, parser, section) {
        Said::Yes(_) => Value::Bool(&**section != DEFAULT),
        Said::No => Value::Bool(false),
        Said::Unknown => Value::Unknown,
    })
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn has_option(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [parser, Value::Str(section), Value::Str(option)] = args.positional.as_slice() else {
        return Ok(Value::Unknown);
    };
    Ok(match (section_of(interp, parser, section), option_of(interp, parser, section, option)) {
        (Said::No, _) | (Said::Yes(_), Said::No) => Value::Bool(false),
        (Said::Yes(_), Said::Yes(_)) => Value::Bool(true),
        (Said::Unknown, _) | (_, Said::Unknown) => Value::Unknown,
    })
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn sections(interp: &mut Interp<'_>, args: Args) -> Eval {
    let dict = args.positional.first().and_then(|parser| held(interp, parser));
    Ok(names(interp, dict.as_slice()))
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn options(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [parser, Value::Str(section)] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let mut dicts = Vec::new();
    for place in [&**section, DEFAULT] {
        match section_of(interp, parser, place) {
            Said::Yes(dict) => dicts.push(dict),
            Said::No if place == DEFAULT => {}
            Said::No | Said::Unknown => {
                interp.may_raise_anything();
                return Ok(Value::Unknown);
            }
        }
    }
    Ok(names(interp, &dicts))
}

/// The keys of some dicts, without the section of the defaults.
fn names(interp: &mut Interp<'_>, dicts: &[Value]) -> Value {
    let mut names: Vec<Value> = Vec::new();
    for dict in dicts {
        match interp.object(dict) {
            Some(Object::Dict(dict)) if !dict.open => {
                for (key, _) in dict.entries.values() {
                    if key.as_str() != Some(DEFAULT) && !names.iter().any(|known| known.same(key)) {
                        names.push(key.clone());
                    }
                }
            }
            _ => return Value::Unknown,
        }
    }
    if dicts.is_empty() { Value::Unknown } else { interp.new_list(names) }
}
