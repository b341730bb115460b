//! `argparse`, as far as it ends the process: a parser that reads pytest's own command line meets options
//! that it does not know.

#![expect(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "the shape of a model")]

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Cause, Object, Truth};

pub(super) const MODELS: Models = &[
    ("argparse.ArgumentParser", parser),
    ("collectlint.argparse.add_argument", add_argument),
    ("collectlint.argparse.group", group),
    ("collectlint.argparse.subparsers", subparsers),
    ("collectlint.argparse.parse_args", parse_args),
    ("collectlint.argparse.parse_known_args", parse_known_args),
    ("collectlint.argparse.error", refuse),
    ("collectlint.argparse.exit", leave),
    ("optparse.OptionParser", option_parser),
    ("collectlint.argparse.parse_known_options", parse_options),
    ("getopt.getopt", getopt),
    ("getopt.gnu_getopt", getopt),
];

const METHODS: [(&str, &str); 8] = [
    ("add_argument", "collectlint.argparse.add_argument"),
    ("add_argument_group", "collectlint.argparse.group"),
    ("add_mutually_exclusive_group", "collectlint.argparse.group"),
    ("add_subparsers", "collectlint.argparse.subparsers"),
    ("parse_args", "collectlint.argparse.parse_args"),
    ("parse_known_args", "collectlint.argparse.parse_known_args"),
    ("error", "collectlint.argparse.error"),
    ("exit", "collectlint.argparse.exit"),
];

/// What a parser was told, in a list on the heap: an option by its name, a required argument behind `!`.
fn parser(interp: &mut Interp<'_>, args: Args) -> Eval {
    let told = interp.new_list(Vec::new());
    // parents and `exit_on_error=False` change what happens
    let is_plain = !args.open
        && args.keyword("parents").is_none()
        && args.keyword("exit_on_error").is_none()
        && args.keyword("fromfile_prefix_chars").is_none();
    if !is_plain {
        open(interp, &told);
    }
    Ok(interp.object_of_pytest("argparse.ArgumentParser", &told, &METHODS))
}

fn open(interp: &mut Interp<'_>, told: &Value) {
    if let Some(id) = told.as_id()
        && let Object::List(list) = interp.heap.change(id)
    {
        list.open = true;
    }
}

fn group(interp: &mut Interp<'_>, args: Args) -> Eval {
    let told = args.positional.first().cloned().unwrap_or(Value::None);
    Ok(interp.object_of_pytest("argparse._ArgumentGroup", &told, &METHODS[..3]))
}

/// Subcommands: which word is one is not known.
fn subparsers(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(told) = args.positional.first() {
        open(interp, told);
    }
    Ok(Value::Unknown)
}

fn add_argument(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((told, names)) = args.positional.split_first() else { return Ok(Value::Unknown) };
    let texts: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
    let Some(names) = texts.filter(|_| !args.open) else {
        open(interp, told);
        return Ok(Value::Unknown);
    };
    let positional = !names.first().is_some_and(|name| name.starts_with('-'));
    let required = if positional {
        match args.keyword("nargs") {
            None | Some(Value::None | Value::Int(1..)) => true,
            Some(Value::Str(count)) => &**count == "+",
            Some(_) => false,
        }
    } else {
        args.keyword("required").is_some_and(|required| interp.plain_truth(required) == Truth::Yes)
    };
    let mut entries: Vec<Value> = names.iter().map(Value::str).collect();
    if required {
        entries.push(Value::str(format!("!{}", names.first().unwrap_or(&"argument"))));
    }
    if let Some(id) = told.as_id()
        && let Object::List(list) = interp.heap.change(id)
    {
        list.items.extend(entries);
    }
    Ok(Value::Unknown)
}

/// What the parser was told, where all of it is known.
fn told(interp: &Interp<'_>, args: &Args) -> Option<Vec<String>> {
    match interp.object(args.positional.first()?) {
        Some(Object::List(list)) if !list.open => {
            list.items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => None,
    }
}

/// The words that are parsed: those that are given, or `sys.argv[1:]`.
fn words(interp: &mut Interp<'_>, args: &Args) -> Option<Vec<String>> {
    let (given, skipped) = match args.get(1, "args") {
        Some(given) if !matches!(given, Value::None) => (given.clone(), 0),
        _ => (argv(interp)?, 1),
    };
    match &given {
        Value::Tuple(items) => items.iter().skip(skipped).map(text).collect(),
        _ => match interp.object(&given) {
            Some(Object::List(list)) if !list.open => list.items.iter().skip(skipped).map(text).collect(),
            _ => None,
        },
    }
}

/// `sys.argv`, as the program left it.
fn argv(interp: &mut Interp<'_>) -> Option<Value> {
    let sys = interp.library_module("sys").as_id()?;
    match interp.heap.value(sys, "argv") {
        Some(changed) => Some(changed.clone()),
        None => interp.library_constant("sys.argv"),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn parse_args(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(told), Some(words)) = (told(interp, &args), words(interp, &args)) else {
        return perhaps(interp);
    };
    let is_known = |word: &str| {
        let name = word.split('=').next().unwrap_or(word);
        matches!(name, "-h" | "--help")
            || told.iter().any(|known| {
                known == name
                // a long option may be shortened, a short one may hold its value
                || known.starts_with("--") && name.starts_with("--") && known.starts_with(name)
                || !known.starts_with("--") && known.len() == 2 && name.starts_with(known.as_str())
            })
    };
    let unknown = words.iter().any(|word| word.len() > 1 && word.starts_with('-') && !is_known(word));
    let lacks = words.is_empty() && told.iter().any(|entry| entry.starts_with('!'));
    let takes_words = told.iter().any(|entry| !entry.starts_with(['-', '!']));
    let surplus = !takes_words
        && told.iter().all(|entry| !entry.starts_with('-'))
        && words.iter().any(|word| !word.starts_with('-'));
    if unknown || lacks || surplus {
        return exit(interp, "parse_args");
    }
    perhaps(interp)
}

fn parse_known_args(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(told), Some(words)) = (told(interp, &args), words(interp, &args)) else {
        return perhaps(interp);
    };
    let required = told.iter().any(|entry| entry.starts_with('!'));
    if required && words.iter().all(|word| word.starts_with('-') && !told.contains(word)) {
        return exit(interp, "parse_known_args");
    }
    perhaps(interp)
}

/// `parser.error(message)`
fn refuse(interp: &mut Interp<'_>, _: Args) -> Eval {
    exit(interp, "error")
}

/// `parser.exit(status=0)`
fn leave(interp: &mut Interp<'_>, args: Args) -> Eval {
    let status = args.get(1, "status").cloned().unwrap_or(Value::Int(0));
    super::sys::system_exit(interp, Args::of([status]), "argparse.ArgumentParser.exit")
}

/// `optparse` reads and refuses as `argparse` does.
fn option_parser(interp: &mut Interp<'_>, args: Args) -> Eval {
    const METHODS: [(&str, &str); 3] = [
        ("add_option", "collectlint.argparse.add_argument"),
        ("parse_args", "collectlint.argparse.parse_known_options"),
        ("error", "collectlint.argparse.error"),
    ];
    let told = interp.new_list(Vec::new());
    if args.open || !args.positional.is_empty() || args.keyword("option_list").is_some() {
        open(interp, &told);
    }
    Ok(interp.object_of_pytest("optparse.OptionParser", &told, &METHODS))
}

/// `OptionParser.parse_args()`: words that are no options stay as they are.
fn parse_options(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(told), Some(words)) = (told(interp, &args), words(interp, &args)) else {
        return perhaps(interp);
    };
    let is_unknown = |word: &String| {
        let name = word.split('=').next().unwrap_or(word);
        name.len() > 1
            && name.starts_with('-')
            && !matches!(name, "-h" | "--help" | "--")
            && !told.iter().any(|known| known.starts_with(&name[..2.min(name.len())]))
    };
    // what follows an option that is known may be its value
    match words.iter().find(|word| word.starts_with('-')) {
        Some(first) if is_unknown(first) => exit(interp, "parse_args"),
        _ => perhaps(interp),
    }
}

/// `getopt.getopt(args, short, long)`: an option at the beginning that it is not told of is refused.
fn getopt(interp: &mut Interp<'_>, args: Args) -> Eval {
    let first = match args.positional.first().map(|words| (words, interp.object(words))) {
        Some((Value::Tuple(items), _)) => items.first().and_then(text),
        Some((_, Some(Object::List(list)))) if !list.open => list.items.first().and_then(text),
        _ => None,
    };
    let (Some(word), Some(short)) = (first, args.get(1, "shortopts").and_then(Value::as_str)) else {
        return perhaps(interp);
    };
    let option = word.strip_prefix('-').and_then(|option| option.chars().next());
    match option {
        Some(letter) if letter != '-' && !short.contains(letter) => {
            interp.raise("getopt.GetoptError", format!("option -{letter} not recognized"), Cause::Python)
        }
        _ => perhaps(interp),
    }
}

fn exit(interp: &mut Interp<'_>, method: &str) -> Eval {
    let call = Arc::from(format!("argparse.ArgumentParser.{method}"));
    interp.raise("SystemExit", "2", Cause::Exit { call })
}

fn perhaps(interp: &mut Interp<'_>) -> Eval {
    interp.may_raise_anything();
    Ok(Value::Unknown)
}
