//! `config` and `parser`, which pytest gives to hooks.

#![expect(clippy::needless_pass_by_value, reason = "the shape of a model")]

use super::{Args, Eval, Interp, Models, Value};
use crate::environment::plugins::{ActivePlugins, Known};
use crate::environment::pytest_facts::{self as facts, CommandLineOption};
use crate::interp::config::{AddedOption, OptionTakes};
use crate::interp::{Cause, Instance, Method, Namespace, Object, Payload, Refused, Truth};

pub(super) const MODELS: Models = &[
    ("collectlint.config.getoption", getoption),
    ("collectlint.config.getini", getini),
    ("collectlint.config.addinivalue_line", addinivalue_line),
    ("doctest.register_optionflag", register_flag),
    ("collectlint.add_marker", add_marker),
    ("collectlint.parser.addoption", addoption),
    ("collectlint.parser._addoption", add_reserved_option),
    ("collectlint.parser.addini", addini),
    ("collectlint.parser.getgroup", getgroup),
];

impl Interp<'_> {
    /// The `config` of the session.
    pub(crate) fn config_object(&mut self) -> Value {
        if let Some(known) = &self.options.config.object {
            return known.clone();
        }
        let methods = [
            ("getoption", "collectlint.config.getoption"),
            ("getvalue", "collectlint.config.getoption"),
            ("getini", "collectlint.config.getini"),
            ("addinivalue_line", "collectlint.config.addinivalue_line"),
        ];
        let rootdir = self.options.root.to_string_lossy().into_owned();
        let rootpath = self.new_path(rootdir);
        let config = self.object_of_pytest("pytest.Config", &Value::None, &methods);
        if let Some(id) = config.as_id() {
            self.heap.bind(id, &crate::interp::name("rootpath"), rootpath);
            // `_store` is what it was called once
            for store in ["stash", "_store"] {
                self.heap.bind(id, &crate::interp::name(store), Value::Unknown);
            }
        }
        self.options.config.object = Some(config.clone());
        config
    }

    /// The `parser` that `pytest_addoption` gets.
    pub(crate) fn parser_object(&mut self) -> Value {
        let methods = [
            ("addoption", "collectlint.parser.addoption"),
            ("addini", "collectlint.parser.addini"),
            ("getgroup", "collectlint.parser.getgroup"),
        ];
        self.object_of_pytest("pytest.Parser", &Value::str(""), &methods)
    }

    /// An instance of a class of pytest's: its methods get `receiver` first; what else it has is not known.
    pub(crate) fn object_of_pytest(
        &mut self,
        class: &str,
        receiver: &Value,
        methods: &[(&str, &str)],
    ) -> Value {
        let mut attributes = Namespace::default();
        for (name, model) in methods {
            let method = Method { function: Value::external(model), receiver: receiver.clone() };
            attributes.bind(*name, Value::Object(self.heap.add(Object::Method(method))));
        }
        attributes.open = true;
        let instance = Instance { class: Value::external(class), attributes, payload: Payload::Nothing };
        Value::Object(self.heap.add(Object::Instance(instance)))
    }

    /// The command line is parsed: `config.option` has what hooks of the project added to it.
    pub(crate) fn settle_options(&mut self) {
        let config = &self.options.config;
        let added: Vec<(String, Value)> = config
            .options
            .iter()
            .map(|option| {
                let value = if config.is_given(option) { Value::Unknown } else { option.default.clone() };
                (option.dest.clone(), value)
            })
            .collect();
        let namespace = self.object_of_pytest("argparse.Namespace", &Value::None, &[]);
        let config = self.config_object();
        let (Some(id), Some(config)) = (namespace.as_id(), config.as_id()) else { return };
        for (dest, value) in added {
            self.heap.bind(id, &crate::interp::name(&dest), value);
        }
        self.heap.bind(config, &crate::interp::name("option"), namespace);
    }

    /// What `config.option` has: the program may have set it.
    fn settled_option(&self, dest: &str) -> Option<Value> {
        let config = self.options.config.object.as_ref()?.as_id()?;
        let namespace = self.heap.value(config, "option")?.as_id()?;
        let binding = self.heap.names(namespace)?.get(dest)?;
        Some(if binding.maybe_unbound { Value::Unknown } else { binding.value.clone() })
    }

    /// Whether the command line has the option, and what it is by default.
    fn find_option(&self, name: &str) -> Known<Value> {
        let config = &self.options.config;
        let named = |option: &&AddedOption| option.dest == name || option.names.iter().any(|own| own == name);
        let added = config.options.iter().find(named);
        if let Some(settled) = self.settled_option(added.map_or(name, |option| &option.dest)) {
            return Known::Yes(settled);
        }
        if let Some(option) = added {
            let is_given = config.is_given(option);
            return Known::Yes(if is_given { Value::Unknown } else { option.default.clone() });
        }
        let pytest = self.environment.pytest;
        let is_own = |option: &CommandLineOption| option.dest == name || option.names.contains(&name);
        if facts::options(pytest).any(is_own) || name == "file_or_dir" {
            return Known::Yes(Value::Unknown);
        }
        let plugins = ActivePlugins::of(self.environment);
        let known = if name.starts_with('-') { plugins.option(name).map(drop) } else { plugins.dest(name) };
        match known {
            Known::No if !config.open => Known::No,
            Known::No | Known::Maybe(_) => Known::Maybe(None),
            Known::Yes(()) => Known::Yes(Value::Unknown),
        }
    }
}

/// `config.getoption(name, default=…, skip=False)`
fn getoption(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(name) = args.get(1, "name").and_then(Value::as_str).map(str::to_owned) else {
        return Ok(Value::Unknown);
    };
    let default = args.get(2, "default").cloned();
    let skips = args.get(3, "skip").map_or(Truth::No, |skip| interp.plain_truth(skip));
    match interp.find_option(&name) {
        Known::Yes(value) => Ok(value),
        Known::Maybe(_) => Ok(Value::Unknown),
        Known::No => match default {
            Some(default) => Ok(default),
            None if args.open || skips != Truth::No => Ok(Value::Unknown),
            None => interp.raise(
                "ValueError",
                format!("no option named '{name}'"),
                Cause::Refused(Refused::Option),
            ),
        },
    }
}

/// `config.getini(name)`
fn getini(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(name) = args.get(1, "name").and_then(Value::as_str).map(str::to_owned) else {
        return Ok(Value::Unknown);
    };
    let config = &interp.options.config;
    let known = config.open
        || config.keys.contains(&name)
        || facts::ini_option(&name, interp.environment.pytest).is_some()
        || ActivePlugins::of(interp.environment).ini_option(&name) != Known::No;
    if known {
        return Ok(Value::Unknown);
    }
    interp.raise(
        "ValueError",
        format!("unknown configuration value: '{name}'"),
        Cause::Refused(Refused::Option),
    )
}

/// `config.addinivalue_line(name, line)`
fn addinivalue_line(interp: &mut Interp<'_>, args: Args) -> Eval {
    let name = args.get(1, "name").cloned();
    let line = args.get(2, "line").cloned();
    getini(interp, args)?;
    match name.as_ref().and_then(Value::as_str) {
        Some("markers") | None => match line.as_ref().and_then(Value::as_str) {
            // a mark that is perhaps registered is not refused
            Some(line) => interp.options.config.marks.register(line),
            None => interp.options.config.marks.open = true,
        },
        Some(_) => {}
    }
    Ok(Value::None)
}

/// `item.add_marker(marker)`: a name is looked up as `pytest.mark` does.
fn add_marker(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.get(1, "marker") {
        Some(Value::Str(mark)) => {
            let mark = crate::interp::name(mark);
            interp.mark_attribute(&mark)?;
        }
        Some(Value::None | Value::Bool(_) | Value::Int(_) | Value::Tuple(_)) => {
            let message = "is not a string or pytest.mark.* Marker";
            return interp.raise("ValueError", message, Cause::Refused(Refused::Mark));
        }
        Some(other) if other.extern_path().is_some_and(|path| path.starts_with("pytest.")) => {
            let message = "is not a string or pytest.mark.* Marker";
            return interp.raise("ValueError", message, Cause::Refused(Refused::Mark));
        }
        _ => {}
    }
    Ok(Value::None)
}

/// `doctest.register_optionflag(name)`
#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn register_flag(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(Value::Str(flag)) = args.get(0, "name") {
        interp.options.config.doctest_flags.push(flag.to_string());
    }
    Ok(Value::Unknown)
}

/// `parser.getgroup(name, description="", after=None)`
#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn getgroup(interp: &mut Interp<'_>, args: Args) -> Eval {
    let group = args.get(1, "name").and_then(Value::as_str).unwrap_or("?").to_owned();
    let methods =
        [("addoption", "collectlint.parser.addoption"), ("_addoption", "collectlint.parser._addoption")];
    Ok(interp.object_of_pytest("pytest.OptionGroup", &Value::str(group), &methods))
}

/// `parser.addini(name, help, type=None, default=…)`
fn addini(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(name) = args.get(1, "name").and_then(Value::as_str).map(str::to_owned) else {
        interp.options.config.open = true;
        return Ok(Value::None);
    };
    let pytest = interp.environment.pytest;
    if let Some(Value::Str(kind)) = args.get(3, "type") {
        let numbers: &[&str] = if pytest.at_least(8, 4) { &["int", "float"] } else { &[] };
        let kinds = ["string", "paths", "pathlist", "args", "linelist", "bool"];
        if !kinds.contains(&&**kind) && !numbers.contains(&&**kind) {
            if pytest.at_least(9, 1) {
                let message = format!("invalid type for ini option '{name}': '{kind}'");
                return interp.raise("ValueError", message, Cause::Refused(Refused::Option));
            }
            return interp.raise("AssertionError", "", Cause::Refused(Refused::Option));
        }
    }
    interp.options.config.keys.push(name);
    Ok(Value::None)
}

/// `parser.addoption(*names, **attributes)`
fn addoption(interp: &mut Interp<'_>, args: Args) -> Eval {
    add_option(interp, &args, Reserved::Refused)
}

fn add_reserved_option(interp: &mut Interp<'_>, args: Args) -> Eval {
    add_option(interp, &args, Reserved::Allowed)
}

/// Whether `-x` may be added.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reserved {
    Allowed,
    Refused,
}

fn add_option(interp: &mut Interp<'_>, args: &Args, reserved: Reserved) -> Eval {
    let (receiver, names) = args.positional.split_first().unwrap_or((&Value::None, &[]));
    let group = receiver.as_str().unwrap_or("?").to_owned();
    let texts: Option<Vec<String>> = names.iter().map(|name| name.as_str().map(str::to_owned)).collect();
    let Some(names) = texts.filter(|names| !args.open && !names.is_empty()) else {
        interp.options.config.open = true;
        return Ok(Value::None);
    };
    let given_dest = args.keyword("dest");
    let long = names.iter().find(|name| name.starts_with("--")).unwrap_or(&names[0]);
    let dest = match given_dest {
        None => long.trim_start_matches('-').replace('-', "_"),
        Some(Value::Str(dest)) => dest.to_string(),
        Some(_) => {
            interp.options.config.open = true;
            return Ok(Value::None);
        }
    };
    check_names(interp, &names, &group, given_dest.is_none().then_some(dest.as_str()), reserved)?;
    check_attributes(interp, args)?;
    if !interp.is_certain() {
        interp.options.config.open = true;
        return Ok(Value::None);
    }
    let (takes, default) = taken(args);
    let required = args.keyword("required").is_some_and(|given| interp.plain_truth(given) == Truth::Yes);
    interp.options.config.options.push(AddedOption { names, dest, group, takes, default, required });
    Ok(Value::None)
}

/// What pytest refuses, in its order.
fn check_names(
    interp: &mut Interp<'_>,
    names: &[String],
    group: &str,
    dest: Option<&str>,
    reserved: Reserved,
) -> Eval<()> {
    let pytest = interp.environment.pytest;
    let shares = |own: &[String]| own.iter().find(|own| names.contains(own)).cloned();
    let added = &interp.options.config.options;
    let in_group =
        added.iter().filter(|option| option.group == group).find_map(|option| shares(&option.names));
    if let Some(name) = in_group
        && reserved == Reserved::Refused
    {
        let message = format!("option names {{'{name}'}} already added");
        return interp.raise("ValueError", message, Cause::Refused(Refused::Option));
    }
    if pytest.at_least(9, 2)
        && let Some(dest) = dest
        && reserved == Reserved::Refused
    {
        let of_project = added.iter().find(|option| option.dest == dest).map(|option| option.names.clone());
        let of_pytest = || {
            let own = facts::options(pytest).find(|option| option.dest == dest)?;
            Some(own.names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
        };
        if let Some(names) = of_project.or_else(of_pytest) {
            let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
            let message = format!(
                "option dest '{dest}' already used by [{}] (this is the option that maps to dest '{dest}'); \
                 pass dest='{dest}' explicitly to share the destination",
                names.join(", ")
            );
            return interp.raise("ValueError", message, Cause::Refused(Refused::Option));
        }
    }
    let is_reserved = |name: &String| {
        name.strip_prefix('-').and_then(|rest| rest.chars().next()).is_some_and(char::is_lowercase)
    };
    if reserved == Reserved::Refused && names.iter().any(is_reserved) {
        let message = if pytest.at_least(9, 1) {
            "lowercase short options are reserved"
        } else {
            "lowercase shortoptions reserved"
        };
        return interp.raise("ValueError", message, Cause::Refused(Refused::Option));
    }
    let of_pytest = names.iter().find(|name| facts::option(name, pytest).is_some()).cloned();
    let elsewhere = added.iter().find_map(|option| shares(&option.names));
    let of_plugin = || {
        let plugins = ActivePlugins::of(interp.environment);
        names.iter().find(|name| matches!(plugins.option(name), Known::Yes(_))).cloned()
    };
    if let Some(name) = of_pytest.or(elsewhere).or_else(of_plugin) {
        let all = names.join("/");
        let message = format!("argument {all}: conflicting option string: {name}");
        if pytest.at_least(9, 1) {
            return interp.raise("argparse.ArgumentError", message, Cause::Refused(Refused::Option));
        }
        if interp.is_certain() {
            interp.options.config.conflict.get_or_insert(message);
        }
    }
    Ok(())
}

/// What `argparse` refuses of an option's attributes.
fn check_attributes(interp: &mut Interp<'_>, args: &Args) -> Eval<()> {
    let refused = |interp: &mut Interp<'_>, exception: &str, message: String| {
        interp.raise(exception, message, Cause::Refused(Refused::Option))
    };
    if let Some(Value::Str(action)) = args.keyword("action") {
        let known = [
            "store",
            "store_const",
            "store_true",
            "store_false",
            "append",
            "append_const",
            "count",
            "help",
            "version",
            "extend",
            "parsers",
        ];
        if !known.contains(&&**action) {
            return refused(interp, "ValueError", format!("unknown action \"{action}\""));
        }
    }
    if let Some(given @ (Value::Str(_) | Value::Int(_))) = args.keyword("type") {
        // up to 7.4 these names were understood
        let names = ["int", "string", "float", "complex"];
        if !interp.environment.pytest.at_least(8, 0)
            && let Value::Str(name) = given
        {
            return if names.contains(&&**name) {
                Ok(())
            } else {
                refused(interp, "KeyError", format!("'{name}'"))
            };
        }
        let shown = interp.repr_of(given).unwrap_or_default();
        return refused(interp, "ValueError", format!("{shown} is not callable"));
    }
    let known = [
        "action",
        "nargs",
        "const",
        "default",
        "type",
        "choices",
        "required",
        "help",
        "metavar",
        "dest",
        "version",
        "deprecated",
    ];
    let plain = matches!(args.keyword("action"), None | Some(Value::Str(_)));
    let unknown = args.keywords.iter().map(|(keyword, _)| keyword.to_string());
    if plain && let Some(unknown) = unknown.into_iter().find(|keyword| !known.contains(&keyword.as_str())) {
        let message = format!("__init__() got an unexpected keyword argument '{unknown}'");
        return refused(interp, "TypeError", message);
    }
    Ok(())
}

/// How many words the option takes, and its value when it is not given.
fn taken(args: &Args) -> (OptionTakes, Value) {
    let action = match args.keyword("action") {
        None => "store",
        Some(Value::Str(action)) => action,
        Some(_) => "",
    };
    let default = args.keyword("default").cloned();
    let (of_action, implied) = match action {
        "store_true" => (OptionTakes::Nothing, Value::Bool(false)),
        "store_false" => (OptionTakes::Nothing, Value::Bool(true)),
        "store_const" | "append_const" | "count" | "help" | "version" => (OptionTakes::Nothing, Value::None),
        "store" | "append" | "extend" => (OptionTakes::One, Value::None),
        _ => (OptionTakes::Unknown, Value::Unknown),
    };
    let takes = match (of_action, args.keyword("nargs")) {
        (OptionTakes::Nothing, _) | (_, None | Some(Value::None)) => of_action,
        (_, Some(Value::Str(count))) => match &**count {
            "?" => OptionTakes::AtMostOne,
            "*" | "+" | "..." => OptionTakes::Any,
            _ => OptionTakes::Unknown,
        },
        (_, Some(_)) => OptionTakes::Unknown,
    };
    (takes, default.unwrap_or(implied))
}
