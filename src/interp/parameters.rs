//! How a call's arguments become a function's local variables.

use std::sync::Arc;

use ruff_python_ast::Parameters;
use ruff_python_ast::name::Name;

use super::call::Args;
use super::flow::Eval;
use super::{Id, Interp, Namespace, Object, Value};

impl<'a> Interp<'a> {
    /// The scope in which a function's body runs.
    pub(super) fn bind_arguments(
        &mut self,
        function: &str,
        parameters: Option<&'a Parameters>,
        defaults: &[(Name, Value)],
        args: Args,
    ) -> Eval<Id> {
        let mut names = self.heap.new_names();
        let Some(parameters) = parameters else {
            if !args.open && !args.positional.is_empty() {
                let given = args.positional.len();
                let verb = if given == 1 { "was" } else { "were" };
                return self.type_error(format!(
                    "{function}() takes 0 positional arguments but {given} {verb} given"
                ));
            }
            if let Some((name, _)) = args.keywords.first() {
                return self.type_error(format!("{function}() got an unexpected keyword argument '{name}'"));
            }
            return Ok(self.heap.add(Object::Scope(names)));
        };
        let open = args.open;
        let given = args.positional.len();
        let mut positional = args.positional.into_iter();
        let by_position: Vec<&Name> = parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .map(|parameter| &parameter.parameter.name.id)
            .collect();
        for (parameter, value) in by_position.iter().zip(positional.by_ref()) {
            names.bind((*parameter).clone(), value);
        }
        let rest: Vec<Value> = positional.collect();
        let is_too_much = !rest.is_empty() && parameters.vararg.is_none();
        if let Some(vararg) = &parameters.vararg {
            let value = if open { Value::Unknown } else { Value::tuple(rest) };
            names.bind(vararg.name.id.clone(), value);
        }
        self.bind_keywords(function, parameters, &mut names, args.keywords, open)?;
        if is_too_much {
            return self.refuse_surplus(function, parameters, &names, given);
        }
        let mut missing: Vec<&Name> = Vec::new();
        for parameter in parameters.iter_non_variadic_params() {
            let name = &parameter.parameter.name.id;
            if names.contains(name) {
                continue;
            }
            match defaults.iter().find(|(known, _)| known == name) {
                _ if open => names.bind(name.clone(), Value::Unknown),
                Some((_, default)) => names.bind(name.clone(), default.clone()),
                None => missing.push(name),
            }
        }
        if missing.is_empty() {
            return Ok(self.heap.add(Object::Scope(names)));
        }
        let is_keyword_only =
            |name: &Name| parameters.kwonlyargs.iter().any(|p| p.parameter.name.id == *name);
        let (mut listed, mut kind): (Vec<&Name>, _) =
            (missing.iter().copied().filter(|name| !is_keyword_only(name)).collect(), "positional");
        if listed.is_empty() {
            (listed, kind) = (missing, "keyword-only");
        }
        let count = listed.len();
        let plural = if count == 1 { "" } else { "s" };
        let listed: Vec<String> = listed.iter().map(|name| format!("'{name}'")).collect();
        self.type_error(format!(
            "{function}() missing {count} required {kind} argument{plural}: {}",
            join_and(&listed)
        ))
    }

    fn bind_keywords(
        &mut self,
        function: &str,
        parameters: &Parameters,
        names: &mut Namespace,
        keywords: Vec<(Name, Value)>,
        open: bool,
    ) -> Eval<()> {
        let mut extra = super::Dict { open, ..super::Dict::default() };
        let mut misplaced: Vec<String> = Vec::new();
        for (name, value) in keywords {
            let known =
                parameters.args.iter().chain(&parameters.kwonlyargs).any(|p| p.parameter.name.id == name);
            if known {
                if names.contains(&name) {
                    return self
                        .type_error(format!("{function}() got multiple values for argument '{name}'"));
                }
                names.bind(name, value);
            } else if parameters.kwarg.is_some() {
                extra.set(super::Key::Str(Arc::from(name.as_str())), Value::str(&name), value);
            } else if parameters.posonlyargs.iter().any(|p| p.parameter.name.id == name) {
                misplaced.push(name.to_string());
            } else {
                return self.type_error(format!("{function}() got an unexpected keyword argument '{name}'"));
            }
        }
        if !misplaced.is_empty() {
            return self.type_error(format!(
                "{function}() got some positional-only arguments passed as keyword arguments: '{}'",
                misplaced.join(", ")
            ));
        }
        if let Some(kwarg) = &parameters.kwarg {
            let value = Value::Object(self.heap.add(Object::Dict(extra)));
            names.bind(kwarg.name.id.clone(), value);
        }
        Ok(())
    }

    fn refuse_surplus<T>(
        &mut self,
        function: &str,
        parameters: &Parameters,
        names: &Namespace,
        given: usize,
    ) -> Eval<T> {
        let by_position = || parameters.posonlyargs.iter().chain(&parameters.args);
        let takes = by_position().count();
        let least = by_position().filter(|parameter| parameter.default.is_none()).count();
        let (takes, plural) = if least < takes {
            (format!("from {least} to {takes}"), "s")
        } else {
            (takes.to_string(), if takes == 1 { "" } else { "s" })
        };
        let keyword_only =
            parameters.kwonlyargs.iter().filter(|p| names.contains(&p.parameter.name.id)).count();
        let also = match keyword_only {
            0 => String::new(),
            count => format!(
                " positional argument{} (and {count} keyword-only argument{})",
                if given == 1 { "" } else { "s" },
                if count == 1 { "" } else { "s" }
            ),
        };
        let verb = if given == 1 && keyword_only == 0 { "was" } else { "were" };
        self.type_error(format!(
            "{function}() takes {takes} positional argument{plural} but {given}{also} {verb} given"
        ))
    }
}

/// `'a', 'b', and 'c'`, as Python's messages list names.
pub(super) fn join_and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [start @ .., last] => format!("{}, and {last}", start.join(", ")),
    }
}
