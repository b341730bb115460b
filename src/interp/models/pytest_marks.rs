//! `pytest.mark` and `pytest.fixture`.

use std::sync::Arc;

use ruff_python_ast::name::Name;

use super::{Args, Eval, Interp, Models, Value};
use crate::environment::PythonVersion;
use crate::environment::plugins::Known;
use crate::interp::pytest_facts;
use crate::interp::{
    Cause, EventKind, Fixture, Id, Instance, IssuedWarning, List, Mark, Method, Object, Oddity, Payload,
    Refused, WrapperKind, name,
};
use crate::settings::pytest::Action;

pub(super) const MODELS: Models = &[
    ("pytest.mark", mark_called),
    ("pytest.fixture", fixture),
    ("pytest.yield_fixture", yield_fixture),
    ("collectlint.make_fixture", make_fixture),
    ("collectlint.hook_options", super::pytest::hook_options),
    ("pytest_asyncio.fixture", fixture),
    ("pytest_trio.trio_fixture", fixture),
    ("collectlint.parametrize", record_parametrize),
    ("collectlint.closest_marker", closest_marker),
    ("collectlint.iter_markers", iter_markers),
];

/// Misspellings of `parametrize` that pytest refuses by name.
const MISSPELLED: [&str; 4] = ["parameterize", "parametrise", "parameterise", "parametrized"];

impl Interp<'_> {
    /// `pytest.mark.name`
    pub(super) fn mark_attribute(&mut self, mark: &Name) -> Eval {
        if mark.starts_with('_') {
            return self.raise(
                "AttributeError",
                "Marker name must NOT start with underscore",
                Cause::Refused(Refused::Mark),
            );
        }
        let known = pytest_facts::is_builtin_mark(mark, self.environment.pytest);
        if !known && !self.options.config.marks.unchecked {
            self.check_mark(mark)?;
        }
        let site = self.site();
        let mark = Mark {
            name: Arc::from(mark.as_str()),
            positional: Vec::new(),
            keywords: Vec::new(),
            open: false,
            site,
        };
        Ok(Value::Object(self.heap.add(Object::Mark(mark))))
    }

    /// Whether neither pytest nor a plugin registers a mark of that name.
    pub(crate) fn is_unregistered_mark(&self, mark: &str) -> bool {
        !pytest_facts::is_builtin_mark(mark, self.environment.pytest)
            && pytest_facts::plugin_mark(mark, self.environment) == Known::No
    }

    /// What pytest says of a mark that is not its own.
    fn check_mark(&mut self, mark: &Name) -> Eval<()> {
        let marks = &self.options.config.marks;
        if marks.registered.contains(mark.as_str()) {
            return Ok(());
        }
        let (strict, open) = (marks.strict, marks.open);
        let of_plugin = pytest_facts::plugin_mark(mark, self.environment);
        let is_unknown = of_plugin == Known::No && !open;
        if is_unknown && MISSPELLED[..3].contains(&mark.as_str()) {
            let message = format!("Unknown '{mark}' mark, did you mean 'parametrize'?");
            return self.raise("pytest.fail.Exception", message, Cause::Refused(Refused::MisspelledMark));
        }
        if is_unknown && strict {
            let message = format!("'{mark}' not found in `markers` configuration option");
            return self.raise("pytest.fail.Exception", message, Cause::Refused(Refused::UnknownMark));
        }
        if matches!(of_plugin, Known::No | Known::Maybe(None)) && !open {
            self.note(EventKind::Oddity { what: Oddity::UnknownMark { name: Arc::from(mark.as_str()) } });
        }
        if is_unknown {
            let message = format!(
                "Unknown pytest.mark.{mark} - is this a typo?  You can register custom marks to avoid this \
                 warning - for details, see https://docs.pytest.org/en/stable/how-to/mark.html"
            );
            self.warn("pytest.PytestUnknownMarkWarning", &message)?;
        }
        Ok(())
    }

    /// Whether a mark called with this one argument marks it (functions and classes; not lambdas).
    /// `None` where it is an ordinary argument.
    pub(crate) fn mark_target(&self, target: &Value) -> Option<bool> {
        match self.object(target)? {
            Object::Function(function) => Some(function.name.as_str() != "<lambda>"),
            Object::Class(_) | Object::Fixture(_) => Some(true),
            Object::Wrapper(wrapper) => match wrapper.kind {
                WrapperKind::Decorated => Some(true),
                WrapperKind::Property => Some(false),
                // a static method can be called itself from 3.10 on; pytest unwraps it from 8.4 on
                WrapperKind::StaticMethod | WrapperKind::ClassMethod
                    if self.environment.pytest.at_least(8, 4) =>
                {
                    Some(true)
                }
                WrapperKind::StaticMethod => {
                    Some(self.environment.python >= PythonVersion::new(3, 10)).filter(|&known| known)
                }
                WrapperKind::ClassMethod => None,
            },
            Object::Method(_) | Object::Partial(_) | Object::Instance(_) => None,
            _ => None,
        }
    }

    /// A mark on a fixture: a warning up to 9.0, which is an error by itself in 9.0.
    fn refuse_marked_fixture(&mut self) -> Eval<()> {
        let pytest = self.environment.pytest;
        let docs = "See docs: https://docs.pytest.org/en/stable/deprecations.html#applying-a-mark-to-a-fixture-function";
        if pytest.at_least(9, 1) {
            let message = format!("Marks cannot be applied to fixtures.\n{docs}");
            return self.raise("pytest.fail.Exception", message, Cause::Refused(Refused::Fixture));
        }
        let category = if pytest.at_least(8, 0) {
            "pytest.PytestRemovedIn9Warning"
        } else {
            "pytest.PytestRemovedIn8Warning"
        };
        self.warn(category, &format!("Marks applied to fixtures have no effect\n{docs}"))
    }

    /// Stores a mark on a function or class: its `pytestmark` is a new list, with the mark last.
    pub(crate) fn apply_mark(&mut self, mark: Id, target: &Value) -> Eval {
        let Some(id) = target.as_id() else { return Ok(target.clone()) };
        let mark_name = match self.heap.get(mark) {
            Object::Mark(mark) => Arc::clone(&mark.name),
            _ => return Ok(target.clone()),
        };
        match self.heap.get(id) {
            Object::Fixture(_) => {
                self.refuse_marked_fixture()?;
                return Ok(target.clone());
            }
            Object::Wrapper(wrapper)
                if wrapper.kind != WrapperKind::Decorated && self.environment.pytest.at_least(8, 4) =>
            {
                // staticmethod and classmethod: the function inside is marked
                let inner = wrapper.inner.clone();
                if self.mark_target(&inner).is_some() {
                    self.apply_mark(mark, &inner)?;
                }
                return Ok(target.clone());
            }
            _ => {}
        }
        let _ = mark_name;
        let own = name("pytestmark");
        let is_class = matches!(self.heap.get(id), Object::Class(_));
        let mut marks = match self.heap.value(id, &own).cloned() {
            Some(Value::None) if !is_class && self.environment.pytest.at_least(9, 1) => List::default(),
            Some(
                value @ (Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Tuple(_)),
            ) => {
                let shown = self.repr_of(&value).unwrap_or_else(|| "(...)".to_owned());
                let message = format!("got {shown} instead of Mark");
                return self.raise("TypeError", message, Cause::Refused(Refused::Mark));
            }
            Some(value) => match self.object(&value) {
                Some(Object::List(list)) => list.clone(),
                Some(Object::Mark(_)) => List { items: vec![value.clone()], open: false },
                _ => List { items: Vec::new(), open: true },
            },
            None => List::default(),
        };
        marks.items.push(Value::Object(mark));
        let list = Value::Object(self.heap.add(Object::List(marks)));
        self.heap.bind(id, &own, list);
        Ok(target.clone())
    }
}

/// `@pytest.mark` without a name.
fn mark_called(interp: &mut Interp<'_>, _args: Args) -> Eval {
    interp.raise("TypeError", "'MarkGenerator' object is not callable", Cause::Refused(Refused::Mark))
}

/// `@pytest.yield_fixture` warns.
fn yield_fixture(interp: &mut Interp<'_>, args: Args) -> Eval {
    let category = if interp.environment.pytest.at_least(9, 2) {
        "pytest.PytestRemovedIn10Warning"
    } else {
        "pytest.PytestDeprecationWarning"
    };
    let message = "@pytest.yield_fixture is deprecated.\nUse @pytest.fixture instead; they are the same.";
    interp.warn(category, message)?;
    fixture(interp, args)
}

/// `@pytest.fixture` and `@pytest.fixture(…)`
fn fixture(interp: &mut Interp<'_>, args: Args) -> Eval {
    let direct = args.positional.first().is_some_and(|first| {
        matches!(
            interp.object(first),
            Some(Object::Function(_) | Object::Class(_) | Object::Wrapper(_) | Object::Fixture(_))
        )
    });
    if direct {
        return make_fixture(
            interp,
            Args { positional: vec![Value::tuple([]), args.positional[0].clone()], ..args },
        );
    }
    if !args.positional.is_empty() && !args.open {
        // what is not called with keywords is the function itself
        if let first @ (Value::Str(_) | Value::Int(_) | Value::None | Value::Tuple(_)) = &args.positional[0]
            && !matches!(first, Value::None)
        {
            let message = format!("'{}' object has no attribute '__name__'", interp.type_name(first));
            return interp.raise("AttributeError", message, Cause::Refused(Refused::Fixture));
        }
    }
    if let Some((unexpected, _)) = args.keywords.iter().find(|(keyword, _)| {
        !matches!(keyword.as_str(), "scope" | "params" | "autouse" | "ids" | "name" | "loop_scope")
    }) {
        return interp.raise(
            "TypeError",
            format!("fixture() got an unexpected keyword argument '{unexpected}'"),
            Cause::Refused(Refused::Fixture),
        );
    }
    let params = match args.keyword("params") {
        Some(params) if !matches!(params, Value::None) => {
            let params = params.clone();
            match interp.iterate(&params)? {
                Some(items) => Value::tuple(items),
                None => Value::Unknown,
            }
        }
        _ => Value::None,
    };
    let option = |option: &str| args.keyword(option).cloned();
    let options = Value::tuple([
        option("scope").unwrap_or_else(|| Value::str("function")),
        params,
        option("ids").unwrap_or(Value::None),
        option("autouse").unwrap_or(Value::Bool(false)),
        option("name").unwrap_or(Value::None),
        Value::Bool(args.open),
    ]);
    let function = Value::external("collectlint.make_fixture");
    Ok(Value::Object(interp.heap.add(Object::Method(Method { function, receiver: options }))))
}

/// The function becomes a fixture: `(options, function)`.
fn make_fixture(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [options, function] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let (options, function) = (options.clone(), function.clone());
    match interp.object(&function) {
        Some(Object::Class(_)) => {
            return interp.raise(
                "ValueError",
                "class fixtures not supported (maybe in the future)",
                Cause::Refused(Refused::Fixture),
            );
        }
        Some(Object::Fixture(_)) => {
            let message = if interp.environment.pytest.at_least(8, 4) {
                "@pytest.fixture is being applied more than once to the same function"
            } else {
                "fixture is being applied more than once to the same function"
            };
            return interp.raise("ValueError", message, Cause::Refused(Refused::Fixture));
        }
        _ => {}
    }
    let named = match interp.object(&function) {
        Some(Object::Function(function)) => function.name.to_string(),
        _ => String::new(),
    };
    let marked = function.as_id().is_some_and(|id| interp.heap.value(id, "pytestmark").is_some());
    if marked {
        interp.refuse_marked_fixture()?;
    }
    let Value::Tuple(options) = options else { return Ok(Value::Unknown) };
    let option = |place: usize, default: Value| options.get(place).cloned().unwrap_or(default);
    let own_name = option(4, Value::None);
    if named == "request" && matches!(own_name, Value::None) || own_name.as_str() == Some("request") {
        return interp.raise(
            "pytest.fail.Exception",
            "'request' is a reserved word for fixtures, use another name:",
            Cause::Refused(Refused::Fixture),
        );
    }
    let fixture = Fixture {
        function,
        scope: option(0, Value::str("function")),
        params: option(1, Value::None),
        ids: option(2, Value::None),
        autouse: option(3, Value::Bool(false)),
        name: own_name,
        site: interp.site(),
    };
    Ok(Value::Object(interp.heap.add(Object::Fixture(fixture))))
}

/// `metafunc.parametrize(…)`: remembered in a list, as the mark would be.
fn record_parametrize(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((calls, given)) = args.positional.split_first() else { return Ok(Value::Unknown) };
    let mark = Mark {
        name: Arc::from("parametrize"),
        positional: given.to_vec(),
        keywords: args.keywords.clone(),
        open: args.open,
        site: interp.site(),
    };
    let mark = Value::Object(interp.heap.add(Object::Mark(mark)));
    if let Some(id) = calls.as_id()
        && let Object::List(calls) = interp.heap.change(id)
    {
        calls.items.push(mark);
    }
    Ok(Value::None)
}

/// The marks of a node by that name, out of all of them.
fn marks_named(interp: &Interp<'_>, marks: &Value, wanted: Option<&str>) -> Vec<Value> {
    let Value::Tuple(marks) = marks else { return Vec::new() };
    marks
        .iter()
        .filter(|mark| match interp.object(mark) {
            Some(Object::Mark(mark)) => wanted.is_none_or(|wanted| &*mark.name == wanted),
            _ => false,
        })
        .cloned()
        .collect()
}

/// `node.get_closest_marker(name, default=None)`
fn closest_marker(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(marks) = args.positional.first() else { return Ok(Value::Unknown) };
    let Some(wanted) = args.get(1, "name").and_then(Value::as_str) else { return Ok(Value::Unknown) };
    let found = marks_named(interp, marks, Some(wanted)).into_iter().next();
    Ok(found.or_else(|| args.get(2, "default").cloned()).unwrap_or(Value::None))
}

/// `node.iter_markers(name=None)`
fn iter_markers(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(marks) = args.positional.first() else { return Ok(Value::Unknown) };
    let wanted = match args.get(1, "name") {
        None | Some(Value::None) => None,
        Some(Value::Str(wanted)) => Some(&**wanted),
        Some(_) => return Ok(Value::Unknown),
    };
    let found = marks_named(interp, marks, wanted);
    Ok(interp.new_list(found))
}

impl Interp<'_> {
    /// Issues a warning: an exception where a filter says so.
    pub(crate) fn warn(&mut self, category: &str, message: &str) -> Eval<()> {
        if !self.is_error(category, message) {
            self.note_warning(category, message);
            return Ok(());
        }
        let instance = Instance {
            class: Value::external(category),
            attributes: crate::interp::Namespace::default(),
            payload: Payload::Exception(vec![Value::str(message)]),
        };
        let value = Value::Object(self.heap.add(Object::Instance(instance)));
        self.raise_value(Value::external(category), value, Some(message.to_owned()), Cause::Warning)
    }

    /// A warning that pytest shows: the same one at the same place is shown once.
    fn note_warning(&mut self, category: &str, message: &str) {
        if self.maybe > 0 || self.options.warnings.switched_off {
            return;
        }
        let Some(names) = self.class_names(category) else { return };
        let names: Vec<&str> = names.iter().map(|name| name.rsplit('.').next().unwrap_or(name)).collect();
        if self.options.warnings.action(&names, message, "") == Some(Action::Ignore) {
            return;
        }
        let place = self.site().map(|site| (site.path.to_path_buf(), site.span.start));
        let (category, message) = (category.to_owned(), message.to_owned());
        self.issued_warnings.insert(IssuedWarning { category, message, place });
    }

    fn is_error(&self, category: &str, message: &str) -> bool {
        let Some(names) = self.class_names(category) else { return false };
        let names: Vec<&str> = names.iter().map(|name| name.rsplit('.').next().unwrap_or(name)).collect();
        let module = self.frames.last().map(|frame| frame.module);
        let module = module.and_then(|module| self.heap.value(module, "__name__")).and_then(Value::as_str);
        let issuer = module.unwrap_or_default();
        self.options.warnings.is_error(&names, message, issuer) == Some(true)
    }
}
