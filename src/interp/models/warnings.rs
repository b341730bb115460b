//! `warnings`: what a program adds to the filters, and where it takes that back.

use super::{Eval, Models};
use crate::environment::stdlib::{self, Availability};
use crate::interp::{Args, Instance, Interp, Object, Payload, Value, name};
use crate::settings::pytest::{Action, WarningFilter, WarningFilters};

pub(super) const MODELS: Models = &[
    ("warnings.warn", warn),
    ("warnings.filterwarnings", filter_warnings),
    ("warnings.simplefilter", simple_filter),
    ("warnings.resetwarnings", reset_warnings),
    (CATCH_WARNINGS, catch_warnings),
];

const CATCH_WARNINGS: &str = "warnings.catch_warnings";

/// `warn(message, category=UserWarning, stacklevel=1, …)`; a message that is a warning is its own category.
fn warn(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(message) = args.get(0, "message") else { return Ok(Value::None) };
    let own = match interp.object(message) {
        Some(Object::Instance(instance)) => Some(instance.class.clone()),
        _ => None,
    };
    let category = match own.as_ref().or_else(|| args.get(1, "category")) {
        Some(category) => category.extern_path().map(str::to_owned),
        None => Some("builtins.UserWarning".to_owned()),
    };
    let text = interp.text_of(message);
    let is_asked = || interp.options.warnings.filters.iter().any(WarningFilter::asks_for_message);
    if let Some(category) = category
        && (text.is_some() || !is_asked())
    {
        interp.warn(&category, &text.unwrap_or_default())?;
    }
    Ok(Value::None)
}

/// `filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False)`
fn filter_warnings(interp: &mut Interp<'_>, args: Args) -> Eval {
    let text = |place: usize, keyword: &str| match args.get(place, keyword) {
        None => Some(""),
        Some(value) => value.as_str(),
    };
    let (message, module) = (text(1, "message"), text(3, "module"));
    let (line, append) = (args.get(4, "lineno"), args.get(5, "append"));
    interp.add_filter(args.get(0, "action"), message, args.get(2, "category"), module, line, append);
    Ok(Value::None)
}

/// `simplefilter(action, category=Warning, lineno=0, append=False)`
fn simple_filter(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (line, append) = (args.get(2, "lineno"), args.get(3, "append"));
    interp.add_filter(args.get(0, "action"), Some(""), args.get(1, "category"), Some(""), line, append);
    Ok(Value::None)
}

/// Nothing is left of the filters: every warning is shown.
fn reset_warnings(interp: &mut Interp<'_>, _args: Args) -> Eval {
    interp.add_filter(Some(&Value::str("default")), Some(""), None, Some(""), None, None);
    Ok(Value::None)
}

/// `catch_warnings(*, record=False, module=None, action=None, category=Warning, lineno=0, append=False)`
fn catch_warnings(interp: &mut Interp<'_>, args: Args) -> Eval {
    let manager = interp.new_instance(Value::external(CATCH_WARNINGS), Payload::Nothing);
    if let Some(id) = manager.as_id() {
        for keyword in ["action", "category", "lineno", "append"] {
            if let Some(value) = args.keyword(keyword) {
                interp.heap.bind(id, &name(keyword), value.clone());
            }
        }
    }
    Ok(manager)
}

impl Interp<'_> {
    fn add_filter(
        &mut self,
        action: Option<&Value>,
        message: Option<&str>,
        category: Option<&Value>,
        module: Option<&str>,
        line: Option<&Value>,
        append: Option<&Value>,
    ) {
        let action = match action.and_then(Value::as_str) {
            Some("default") => Some(Action::Default),
            Some("error") => Some(Action::Error),
            Some("ignore") => Some(Action::Ignore),
            Some("always" | "all") => Some(Action::Always),
            Some("module") => Some(Action::Module),
            Some("once") => Some(Action::Once),
            _ => None,
        };
        let category = match category {
            None => Some("Warning".to_owned()),
            Some(class) => Some(self.class_name(class)).filter(|_| !class.is_unknown()),
        };
        let line = match line {
            None => Some(0),
            Some(Value::Int(line)) => u32::try_from(*line).ok(),
            Some(_) => None,
        };
        // what is appended has the last word only where no filter of pytest's has one
        let is_first = append.is_none_or(|append| matches!(append, Value::Bool(false)));
        let is_certain = self.maybe == 0 && is_first;
        // other modules meet the same filters
        let filters = &self.options.warnings;
        if filters.makes_errors() || filters.is_counted || matches!(action, None | Some(Action::Error)) {
            self.heap.watch.change_shared();
        }
        match (action, category, line) {
            (Some(action), Some(category), Some(line)) => {
                let message = message.filter(|_| is_certain);
                let filter = WarningFilter::of_program(action, message, &category, module, line);
                self.options.warnings.filters.push(filter);
            }
            _ => self.options.warnings.add_unknown(),
        }
    }

    /// The filters before a `with` statement, if its manager takes back what is added in its block.
    pub(in crate::interp) fn enter_filters(&mut self, manager: &Value) -> Option<WarningFilters> {
        let class = match self.object(manager) {
            Some(Object::Instance(Instance { class, .. })) => Some(class.clone()),
            _ => None,
        };
        let catches = class.is_some_and(|class| class.is_extern(CATCH_WARNINGS));
        let is_stack = matches!(manager, Value::Extern(external)
            if matches!(&*external.path, "contextlib.ExitStack" | "contextlib.AsyncExitStack"));
        // pytest's own and other people's may filter warnings as well
        let is_opaque = match manager {
            Value::Unknown | Value::OneOf(_) => true,
            Value::Extern(external) => {
                let (python, platform) = (self.environment.python, self.environment.platform);
                stdlib::module(external.top_level(), python, platform) != Availability::Available
            }
            _ => false,
        };
        if !(catches || is_stack || is_opaque && self.options.warnings.makes_errors()) {
            return None;
        }
        let before = self.options.warnings.clone();
        if is_opaque {
            self.options.warnings.add_unknown();
        }
        if catches && let Some(id) = manager.as_id() {
            let given = |keyword: &str| self.heap.value(id, keyword).cloned();
            if let Some(action) = given("action").filter(|action| !matches!(action, Value::None)) {
                let (category, line, append) = (given("category"), given("lineno"), given("append"));
                self.add_filter(
                    Some(&action),
                    Some(""),
                    category.as_ref(),
                    Some(""),
                    line.as_ref(),
                    append.as_ref(),
                );
            }
        }
        Some(before)
    }

    pub(in crate::interp) fn leave_filters(&mut self, before: Option<WarningFilters>) {
        if let Some(before) = before {
            self.options.warnings = before;
        }
    }
}
