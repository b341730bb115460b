//! Plugins that conftests, modules and the command line ask for, and hooks that pluggy refuses.

use super::Failure;
use super::conftest::Hook;
use crate::environment::Environment;
use crate::environment::plugins::Known;
use crate::interp::pytest_facts;
use crate::interp::{Cause, Interp, Refused, Stop, Truth};

/// Why a plugin cannot be loaded.
pub(super) enum PluginFailure {
    /// pytest's own words for it.
    Import(Box<Failure>),
    /// Importing it raises something else.
    Stopped(Stop),
}

/// Imports a plugin by the name that `pytest_plugins` or `-p` gives it.
pub(super) fn load(interp: &mut Interp<'_>, name: &str) -> Result<(), PluginFailure> {
    if pytest_facts::is_builtin_plugin(name, interp.environment.pytest) {
        return Ok(());
    }
    if name.is_empty() {
        let failure = Failure::of_pytest("ValueError", "Empty module name", Cause::Refused(Refused::Plugin));
        return Err(PluginFailure::Import(Box::new(failure)));
    }
    match interp.import_plugin(name) {
        Ok(()) => Ok(()),
        Err(Stop::Raise(raised)) => {
            if !raised.certain {
                return Ok(());
            }
            // a plugin that skips itself is left out
            if interp.derives(&raised.class, "pytest.skip.Exception") == Truth::Yes {
                return Ok(());
            }
            let newest = interp.environment.pytest.at_least(9, 2);
            let is_import_error = interp.derives(&raised.class, "builtins.ImportError") == Truth::Yes;
            let is_error = interp.derives(&raised.class, "builtins.Exception") == Truth::Yes
                && interp.derives(&raised.class, "pytest.UsageError") != Truth::Yes;
            if newest && is_error && !is_of_plugin(&raised.cause, name) {
                let mut failure = Failure::of_pytest("PluginImportFailure", name, raised.cause.clone());
                failure.trace = raised.trace.clone();
                failure.site = raised.site().cloned();
                return Err(PluginFailure::Import(Box::new(failure)));
            }
            if is_import_error {
                let why = raised.message.clone().unwrap_or_default();
                let message = format!("Error importing plugin \"{name}\": {why}");
                let exception = if newest { "UsageError" } else { "ImportError" };
                let mut failure = Failure::of_pytest(exception, message, raised.cause.clone());
                failure.trace = raised.trace.clone();
                failure.site = raised.site().cloned();
                return Err(PluginFailure::Import(Box::new(failure)));
            }
            Err(PluginFailure::Stopped(Stop::Raise(raised)))
        }
        Err(Stop::Budget) => Ok(()),
        Err(stop) => Err(PluginFailure::Stopped(stop)),
    }
}

/// Whether it is the plugin itself, or a package that it is in, that is not there.
fn is_of_plugin(cause: &Cause, plugin: &str) -> bool {
    let Cause::MissingModule { name, .. } = cause else { return false };
    plugin == name.as_ref() || plugin.strip_prefix(name.as_ref()).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether neither pytest nor an installed plugin has a hook of that name.
pub(super) fn hook_is_unknown(name: &str, environment: &Environment) -> bool {
    pytest_facts::hook(name, environment) == Known::No
}

/// Why pluggy refuses a plugin with these hooks when it is registered under that name; `None` where it
/// does not.
pub(super) fn refusal_of_hooks(hooks: &[Hook], plugin: &str, interp: &Interp<'_>) -> Option<Failure> {
    hooks.iter().find_map(|hook| {
        let cause = Cause::Refused(Refused::Hook);
        let failure = match refuse_hook(hook, plugin, interp.environment) {
            Some(message) => Failure::of_pytest("PluginValidationError", message, cause),
            None => {
                let message = deprecated_argument(hook, interp)?;
                Failure::of_pytest("PytestRemovedIn9Warning", message, cause)
            }
        };
        Some(failure.at(interp.definition_site(&hook.function)))
    })
}

/// An argument that is going away, where the warning about it is an error.
fn deprecated_argument(hook: &Hook, interp: &Interp<'_>) -> Option<String> {
    let known = pytest_facts::declared(&hook.name, interp.environment.pytest)?;
    let is_deprecated = |name: &&String| known.deprecated_arguments.contains(&name.as_str());
    let argument = hook.parameters.iter().flatten().find(is_deprecated)?;
    let message = format!("The ({argument}: py.path.local) argument is deprecated");
    let category =
        ["PytestRemovedIn9Warning", "PytestDeprecationWarning", "PytestWarning", "DeprecationWarning"];
    (interp.options.warnings.is_error(&category, &message, "") == Some(true)).then_some(message)
}

fn refuse_hook(hook: &Hook, plugin: &str, environment: &Environment) -> Option<String> {
    let Known::Yes(known) = pytest_facts::hook(&hook.name, environment) else { return None };
    if let Some(parameters) = &hook.parameters {
        let unknown: Vec<&str> =
            parameters.iter().map(String::as_str).filter(|parameter| !known.contains(parameter)).collect();
        if !unknown.is_empty() {
            let shown: Vec<String> = unknown.iter().map(|name| format!("'{name}'")).collect();
            return Some(format!(
                "Plugin '{plugin}' for hook '{}'\nArgument(s) {{{}}} are declared in the hookimpl but can not be found in the hookspec",
                hook.name,
                shown.join(", ")
            ));
        }
    }
    if hook.wrapper == Truth::Yes && hook.is_generator == Some(false) {
        return Some(format!(
            "Plugin '{plugin}' for hook '{}'\nDeclared as wrapper=True or hookwrapper=True but function is not a generator function",
            hook.name
        ));
    }
    None
}
