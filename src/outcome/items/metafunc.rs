//! `Metafunc.parametrize`: the calls that a test function is planned to get.

use super::collector::Collector;
use super::ended::{Collected, Ended, FailureKind};
use super::fixtures::Scope;
use super::ids::{Ids, ListedId, Owner, SetId};
use super::parameters::{Call, Parametrization};
use super::signature::Arguments;
use crate::environment::PythonVersion;
use crate::interp::{Id, Mark, Object, Truth, Value};

/// One set of parameters that a test function is called with.
#[derive(Clone, Debug)]
pub(super) struct Parameters {
    pub(super) id: SetId,
    pub(super) marks: Vec<Id>,
}

/// A test function that is being parametrized.
#[derive(Debug)]
pub(super) struct Metafunc {
    pub(super) nodeid: String,
    pub(super) function_name: String,
    /// Where its code begins, for one message.
    pub(super) line: Option<u32>,
    pub(super) arguments: Arguments,
    /// The closure of its fixtures.
    pub(super) fixtures: Vec<String>,
    /// Whether nothing else can be in the closure.
    pub(super) complete: bool,
    /// The nodes it is in.
    pub(super) chain: Vec<String>,
    /// Names that are parametrized.
    pub(super) parametrized: Vec<String>,
    /// What each `parametrize` gives: every set of one is combined with every set of the others.
    pub(super) axes: Vec<Vec<Parameters>>,
}

/// Which names of a call are given to fixtures.
pub(super) enum Indirect {
    Known(Vec<String>),
    Unknown,
}

/// More calls of one function than these are not listed.
const MOST_CALLS: usize = 50_000;

impl Collector<'_, '_> {
    /// The arguments of a `parametrize` mark; `None` where they are not known.
    pub(super) fn bind_mark(&self, id: Id) -> Collected<Option<Call>> {
        let Some(mark) = self.mark(id) else { return Ok(None) };
        if mark.open {
            return Ok(None);
        }
        let keyword = |name: &str| {
            mark.keywords.iter().find(|(keyword, _)| keyword == name).map(|(_, value)| value.clone())
        };
        let refuse = |message: String| {
            Ended::refused("TypeError", FailureKind::ParametrizeCall, message, mark.site.as_ref())
        };
        let place = |place: usize, name: &str| mark.positional.get(place).cloned().or_else(|| keyword(name));
        self.check_binding(mark).map_err(refuse)?;
        let given_ids = keyword("ids").is_some() || mark.positional.len() >= 4;
        Ok(Some(Call {
            names: place(0, "argnames").unwrap_or(Value::Unknown),
            values: place(1, "argvalues").unwrap_or(Value::Unknown),
            indirect: place(2, "indirect").unwrap_or(Value::Bool(false)),
            ids: place(3, "ids").unwrap_or(Value::None),
            scope: place(4, "scope").unwrap_or(Value::None),
            remembered: given_ids.then_some(id),
            site: mark.site.clone(),
        }))
    }

    /// What Python says of a call with the wrong arguments.
    fn check_binding(&self, mark: &Mark) -> Result<(), String> {
        let qualified = self.interp.environment.python >= PythonVersion::new(3, 10);
        let named = |class: &str, function: &str| {
            if qualified { format!("{class}.{function}()") } else { format!("{function}()") }
        };
        let given = |name: &str| mark.keywords.iter().any(|(keyword, _)| keyword == name);
        let missing: Vec<&str> = ["argnames", "argvalues"]
            .into_iter()
            .enumerate()
            .filter(|(place, name)| mark.positional.len() <= *place && !given(name))
            .map(|(_, name)| name)
            .collect();
        let parser = named("ParameterSet", "_parse_parametrize_args");
        match missing.as_slice() {
            [] => {}
            [one] => return Err(format!("{parser} missing 1 required positional argument: '{one}'")),
            _ => {
                return Err(format!(
                    "{parser} missing 2 required positional arguments: 'argnames' and 'argvalues'"
                ));
            }
        }
        let method = named("Metafunc", "parametrize");
        let positions = ["argnames", "argvalues", "indirect", "ids", "scope"];
        let by_position = if self.settings.version.at_least(9, 2) { 2 } else { 5 };
        for (place, name) in positions.iter().enumerate() {
            if mark.positional.len() > place && place < by_position && given(name) {
                let function = if place < 2 { &parser } else { &method };
                return Err(format!("{function} got multiple values for argument '{name}'"));
            }
        }
        if let Some((unexpected, _)) =
            mark.keywords.iter().find(|(name, _)| !positions.contains(&name.as_str()))
        {
            return Err(format!("{method} got an unexpected keyword argument '{unexpected}'"));
        }
        let count = mark.positional.len() + 1;
        if mark.positional.len() > by_position {
            let keywords = 1 + positions[by_position..].iter().filter(|name| given(name)).count();
            let plural = if keywords == 1 { "" } else { "s" };
            let takes = if by_position == 2 { "3".to_owned() } else { "from 3 to 6".to_owned() };
            return Err(format!(
                "{method} takes {takes} positional arguments but {count} positional arguments (and {keywords} \
                 keyword-only argument{plural}) were given"
            ));
        }
        Ok(())
    }

    /// `_resolve_args_directness`
    pub(super) fn indirect_names(
        &mut self,
        names: &[String],
        call: &Call,
        owner: Owner<'_>,
    ) -> Collected<Indirect> {
        let listed: Vec<Value> = match &call.indirect {
            Value::Bool(true) => return Ok(Indirect::Known(names.to_vec())),
            Value::Bool(false) => return Ok(Indirect::Known(Vec::new())),
            Value::Str(text) => text.chars().map(|letter| Value::str(letter.to_string())).collect(),
            Value::Tuple(items) => items.to_vec(),
            Value::Int(_) | Value::Float(_) | Value::None => {
                let kind = self.interp.type_name(&call.indirect);
                return Err(self.bad_indirect(&kind, owner));
            }
            Value::Object(id) => match self.interp.heap.get(*id) {
                Object::List(list) if !list.open => list.items.clone(),
                Object::Dict(_)
                | Object::Set(_)
                | Object::Function(_)
                | Object::Method(_)
                | Object::Class(_)
                | Object::Generator(_)
                | Object::Mark(_) => {
                    let kind = self.interp.type_name(&call.indirect);
                    return Err(self.bad_indirect(&kind, owner));
                }
                _ => return Ok(Indirect::Unknown),
            },
            _ => return Ok(Indirect::Unknown),
        };
        let mut indirect = Vec::new();
        for name in listed {
            let Some(name) = name.as_str() else { return Ok(Indirect::Unknown) };
            if !names.iter().any(|known| known == name) {
                let message =
                    format!("{}indirect fixture '{name}' doesn't exist", self.message_prefix(owner));
                return Err(Ended::failed(FailureKind::BadIndirect, message, owner.site));
            }
            indirect.push(name.to_owned());
        }
        Ok(Indirect::Known(indirect))
    }

    fn bad_indirect(&self, kind: &str, owner: Owner<'_>) -> Ended {
        let message =
            format!("{}expected Sequence or boolean for indirect, got {kind}", self.message_prefix(owner));
        Ended::failed(FailureKind::BadIndirect, message, owner.site)
    }

    /// `Metafunc.parametrize`
    pub(super) fn parametrize(&mut self, metafunc: &mut Metafunc, call: &Call) -> Collected<()> {
        let (nodeid, function_name) = (metafunc.nodeid.clone(), metafunc.function_name.clone());
        let chain = metafunc.chain.clone();
        let site = call.site.clone();
        let owner =
            Owner { nodeid: &nodeid, function_name: &function_name, chain: &chain, site: site.as_ref() };
        let Some(parametrization) = self.parameter_sets(call, metafunc)? else {
            self.inexact();
            return Ok(());
        };
        if !parametrization.exact {
            self.inexact();
        }
        if parametrization.names.iter().any(|name| name == "request") {
            let words = "'request' is a reserved name and cannot be used in @pytest.mark.parametrize";
            let message = if self.settings.version.at_least(8, 4) {
                format!("{nodeid}: {words}")
            } else {
                words.to_owned()
            };
            return Err(Ended::failed(FailureKind::ReservedName, message, owner.site));
        }
        self.check_scope(call, owner)?;
        self.check_names(metafunc, &parametrization.names, call, owner)?;
        let early = !self.settings.version.at_least(8, 0);
        if early {
            self.indirect_names(&parametrization.names, call, owner)?;
        }
        let ids = self.ids_of_call(call, &parametrization, owner)?;
        if !early {
            self.indirect_names(&parametrization.names, call, owner)?;
        }
        self.multiply(metafunc, &parametrization, &ids, owner)
    }

    fn check_scope(&mut self, call: &Call, owner: Owner<'_>) -> Collected<()> {
        let text = match &call.scope {
            Value::Str(text) if Scope::from_name(text).is_none() => text.to_string(),
            Value::Bool(_) | Value::Int(_) => self.interp.text_of(&call.scope).unwrap_or_default(),
            _ => return Ok(()),
        };
        let message =
            format!("parametrize() call in {} got an unexpected scope value '{text}'", owner.function_name);
        Err(Ended::failed(FailureKind::BadScope, message, owner.site))
    }

    /// `_validate_if_using_arg_names`
    fn check_names(
        &mut self,
        metafunc: &Metafunc,
        names: &[String],
        call: &Call,
        owner: Owner<'_>,
    ) -> Collected<()> {
        for name in names {
            if metafunc.fixtures.contains(name) {
                continue;
            }
            // anyio gives its fixture to the tests that it marks
            if !metafunc.arguments.certain || !metafunc.complete || name == "anyio_backend" {
                self.inexact();
                return Ok(());
            }
            let prefix = self.message_prefix(owner);
            if metafunc.arguments.with_default.contains(name) {
                let message =
                    format!("{prefix}function already takes an argument '{name}' with a default value");
                return Err(Ended::failed(FailureKind::ArgumentWithDefault, message, owner.site));
            }
            let what = match &call.indirect {
                Value::Bool(false) => "argument",
                Value::Bool(true) => "fixture",
                other => match self.interp.outside(|interp| interp.iterate(other)).certain() {
                    Some(Some(items)) if items.iter().any(|item| item.as_str() == Some(name)) => "fixture",
                    _ => "argument",
                },
            };
            let message = format!("{prefix}function uses no {what} '{name}'");
            return Err(Ended::failed(FailureKind::UnknownArgument, message, owner.site));
        }
        Ok(())
    }

    fn ids_of_call(
        &mut self,
        call: &Call,
        parametrization: &Parametrization,
        owner: Owner<'_>,
    ) -> Collected<Vec<SetId>> {
        let known = call.remembered.and_then(|mark| self.fixtures.generated_ids.get(&mark).cloned());
        let given = match known {
            // the ids of the first use are given as a list to the next one
            Some(known) => {
                if known.len() != parametrization.sets.len() && parametrization.exact {
                    let listed = known.iter().map(|_| Value::None).collect();
                    let listed = self.interp.new_list(listed);
                    self.given_ids(&listed, parametrization, owner)?;
                }
                Ids::List(known.into_iter().map(listed).collect())
            }
            None => self.given_ids(&call.ids, parametrization, owner)?,
        };
        let ids = self.unique_ids(parametrization, &given, owner)?;
        if let Some(mark) = call.remembered {
            self.interp.keep_for(mark);
            self.fixtures.generated_ids.entry(mark).or_insert_with(|| ids.clone());
        }
        Ok(ids)
    }

    /// Every call so far is made with every set.
    fn multiply(
        &mut self,
        metafunc: &mut Metafunc,
        parametrization: &Parametrization,
        ids: &[SetId],
        owner: Owner<'_>,
    ) -> Collected<()> {
        let before = metafunc.axes.iter().map(Vec::len).product::<usize>();
        if before.saturating_mul(ids.len()) > MOST_CALLS {
            self.inexact();
            return Ok(());
        }
        for name in &parametrization.names {
            if metafunc.parametrized.contains(name) {
                return Err(self.duplicate(name, owner));
            }
            metafunc.parametrized.push(name.clone());
        }
        if let Some(shown) = parametrization.sets.iter().find_map(|set| set.no_mark.as_ref()) {
            let message = format!("got {shown} instead of Mark");
            return Err(Ended::refused("TypeError", FailureKind::PytestmarkType, message, owner.site));
        }
        let sets = parametrization.sets.iter().zip(ids);
        let axis: Vec<_> =
            sets.map(|(set, id)| Parameters { id: id.clone(), marks: set.marks.clone() }).collect();
        if !axis.is_empty() {
            metafunc.axes.push(axis);
        }
        Ok(())
    }

    fn duplicate(&self, name: &str, owner: Owner<'_>) -> Ended {
        let shown = self.interp.repr_of(&Value::str(name)).unwrap_or_default();
        let words = format!("duplicate parametrization of {shown}");
        let kind = FailureKind::DuplicateParametrization;
        if self.settings.version.at_least(8, 4) {
            let message = format!("{}: {words}", owner.nodeid);
            Ended::refused("CollectError", kind, message, owner.site)
        } else {
            Ended::refused("ValueError", kind, words, owner.site)
        }
    }

    /// Whether the value of `indirect` counts as true.
    pub(super) fn is_indirect(&self, call: &Call) -> Truth {
        self.interp.plain_truth(&call.indirect)
    }
}

fn listed(id: SetId) -> ListedId {
    match id {
        SetId::Text(text) => ListedId::Value(Value::Str(text)),
        SetId::Hidden => ListedId::Value(Value::external("pytest.HIDDEN_PARAM")),
        SetId::Guess(text) => ListedId::Guess(text),
    }
}
