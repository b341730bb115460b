//! `IdMaker`: what stands in the brackets of a node id.

use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::collector::Collector;
use super::ended::{Collected, Ended, FailureKind};
use super::parameters::{GivenId, Parametrization};
use super::value_id::ValueId;
use crate::interp::{Args, Object, Site, Truth, Value};

/// The id of one set of parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum SetId {
    Text(Arc<str>),
    /// `pytest.HIDDEN_PARAM`
    Hidden,
    /// Not known; this is likely.
    Guess(Arc<str>),
}

impl SetId {
    /// The same, taken for true.
    fn believed(&self) -> Self {
        match self {
            Self::Guess(text) => Self::Text(text.clone()),
            Self::Text(_) | Self::Hidden => self.clone(),
        }
    }

    /// What stands in the brackets, if anything does.
    pub(super) fn shown(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Guess(text) => Some(text),
            Self::Hidden => None,
        }
    }
}

/// What `ids=` gives.
pub(super) enum Ids {
    None,
    Function(Value),
    List(Vec<ListedId>),
    Unknown,
}

/// One of the ids in a list.
#[derive(Clone, Debug)]
pub(super) enum ListedId {
    Value(Value),
    /// Not known; this is likely.
    Guess(Arc<str>),
    Unknown,
}

/// For whom ids are made: what messages name.
#[derive(Clone, Copy)]
pub(super) struct Owner<'o> {
    pub(super) nodeid: &'o str,
    pub(super) function_name: &'o str,
    /// The nodes it is in.
    pub(super) chain: &'o [String],
    pub(super) site: Option<&'o Site>,
}

impl Collector<'_, '_> {
    /// `In test_a: ` or, from 9.1 on, with the node id.
    pub(super) fn message_prefix(&self, owner: Owner<'_>) -> String {
        let name = if self.settings.version.at_least(9, 1) { owner.nodeid } else { owner.function_name };
        format!("In {name}: ")
    }

    /// `_resolve_parameter_set_ids`, up to the ids of the sets.
    pub(super) fn given_ids(
        &mut self,
        ids: &Value,
        parametrization: &Parametrization,
        owner: Owner<'_>,
    ) -> Collected<Ids> {
        let count = parametrization.sets.len();
        if matches!(ids, Value::None) {
            return Ok(Ids::None);
        }
        match self.can_be_called_as_ids(ids) {
            Truth::Yes => return Ok(Ids::Function(ids.clone())),
            Truth::Maybe => return Ok(Ids::Unknown),
            Truth::No => {}
        }
        let without_length = match ids {
            Value::Int(_) | Value::Bool(_) | Value::Float(_) | Value::Ellipsis | Value::NotImplemented => {
                let message = "ids must be a callable or an iterable";
                return Err(Ended::refused("TypeError", FailureKind::BadIds, message, owner.site));
            }
            Value::Object(id) => matches!(
                self.interp.heap.get(*id),
                Object::Generator(_)
                    | Object::Instance(crate::interp::Instance {
                        payload: crate::interp::Payload::Iterator(_),
                        ..
                    })
            ),
            _ => false,
        };
        let Some(Some(mut listed)) = self.interp.outside(|interp| interp.iterate(ids)).certain() else {
            return Ok(Ids::Unknown);
        };
        if without_length {
            listed.truncate(count);
        } else if listed.len() != count && !parametrization.exact {
            return Ok(Ids::Unknown);
        } else if listed.len() != count && !listed.is_empty() {
            let message = format!(
                "{}{count} parameter sets specified, with different number of ids: {}",
                self.message_prefix(owner),
                listed.len()
            );
            return Err(Ended::failed(FailureKind::BadIds, message, owner.site));
        }
        Ok(Ids::List(listed.into_iter().map(ListedId::Value).collect()))
    }

    fn can_be_called_as_ids(&self, ids: &Value) -> Truth {
        match ids {
            Value::Object(id) => match self.interp.heap.get(*id) {
                Object::Function(_)
                | Object::Class(_)
                | Object::Method(_)
                | Object::Partial(_)
                | Object::Wrapper(_)
                | Object::Mark(_) => Truth::Yes,
                Object::Instance(instance) => match instance.class.as_id() {
                    Some(class) => self.has_in_class(class, "__call__"),
                    None => Truth::No,
                },
                _ => Truth::No,
            },
            Value::Extern(_) => match ids.extern_path() {
                Some(path) if path.starts_with("builtins.") => Truth::Yes,
                _ => Truth::Maybe,
            },
            Value::Unknown | Value::OneOf(_) => Truth::Maybe,
            _ => Truth::No,
        }
    }

    /// `make_unique_parameterset_ids`
    pub(super) fn unique_ids(
        &mut self,
        parametrization: &Parametrization,
        ids: &Ids,
        owner: Owner<'_>,
    ) -> Collected<Vec<SetId>> {
        let mut resolved = self.resolve_ids(parametrization, ids, owner)?;
        let capacity = resolved.len();
        let mut taken: FxHashSet<Option<&str>> = FxHashSet::with_capacity_and_hasher(capacity, FxBuildHasher);
        if resolved.iter().all(|id| taken.insert(id.shown())) {
            return Ok(resolved);
        }
        // How often each id is there, and whether that is sure.
        let mut counts: FxHashMap<SetId, (usize, bool)> =
            FxHashMap::with_capacity_and_hasher(taken.len(), FxBuildHasher);
        for id in &resolved {
            let (count, known) = counts.entry(id.believed()).or_insert((0, true));
            *count += 1;
            *known &= !matches!(id, SetId::Guess(_));
        }
        counts.retain(|_, (count, _)| *count > 1);
        let certain = counts.values().any(|(_, known)| *known);
        if certain && self.settings.strict_parametrization_ids && self.settings.version.at_least(9, 0) {
            return Err(self.duplicate_ids(parametrization, &resolved, owner));
        }
        let modern = self.settings.version.at_least(8, 0);
        let mut suffixes: FxHashMap<SetId, usize> = FxHashMap::default();
        let mut taken: FxHashSet<SetId> = resolved.iter().map(SetId::believed).collect();
        for resolved in &mut resolved {
            let id = resolved.believed();
            let Some(&(_, known)) = counts.get(&id) else { continue };
            let SetId::Text(text) = &id else {
                let message = format!(
                    "{}multiple instances of HIDDEN_PARAM cannot be used in the same parametrize call, \
                     because the tests names need to be unique.",
                    self.message_prefix(owner)
                );
                return Err(Ended::failed(FailureKind::HiddenTwice, message, owner.site));
            };
            let separator =
                if modern && text.chars().last().is_some_and(char::is_numeric) { "_" } else { "" };
            let suffix = suffixes.entry(id.clone()).or_default();
            let mut new: Arc<str> = format!("{text}{separator}{suffix}").into();
            while modern && taken.contains(&SetId::Text(new.clone())) {
                *suffix += 1;
                new = format!("{text}{separator}{suffix}").into();
            }
            *suffix += 1;
            taken.insert(SetId::Text(new.clone()));
            *resolved = if known { SetId::Text(new) } else { SetId::Guess(new) };
        }
        Ok(resolved)
    }

    fn duplicate_ids(&self, of: &Parametrization, resolved: &[SetId], owner: Owner<'_>) -> Ended {
        let sets: Vec<String> = of
            .sets
            .iter()
            .map(|set| match &set.values {
                Some(values) => {
                    let texts: Vec<String> = values.iter().map(|value| self.shown(value)).collect();
                    format!("[{}]", texts.join(", "))
                }
                None => "[...]".to_owned(),
            })
            .collect();
        let texts: Vec<&str> = resolved.iter().map(|id| id.shown().unwrap_or("<hidden>")).collect();
        let mut duplicates: Vec<&str> = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            if texts[..place].contains(text) && !duplicates.contains(text) {
                duplicates.push(text);
            }
        }
        let message = format!(
            "Duplicate parametrization IDs detected, but strict_parametrization_ids is set.\n\n\
             Test name:      {}\nParameters:     {}\nParameter sets: {}\nIDs:            {}\n\
             Duplicates:     {}\n\nYou can fix this problem using `@pytest.mark.parametrize(..., ids=...)` \
             or `pytest.param(..., id=...)`.",
            owner.nodeid,
            of.names.join(", "),
            sets.join(", "),
            texts.join(", "),
            duplicates.join(", ")
        );
        Ended::refused("CollectError", FailureKind::DuplicateIds, message, owner.site)
    }

    /// `_resolve_ids`
    fn resolve_ids(
        &mut self,
        parametrization: &Parametrization,
        ids: &Ids,
        owner: Owner<'_>,
    ) -> Collected<Vec<SetId>> {
        let mut resolved = Vec::with_capacity(parametrization.sets.len());
        for (place, set) in parametrization.sets.iter().enumerate() {
            let listed = match ids {
                Ids::List(listed) => listed.get(place),
                Ids::Unknown => Some(&ListedId::Unknown),
                Ids::None | Ids::Function(_) => None,
            };
            let id = match (&set.id, listed) {
                (GivenId::Text(text), _) => SetId::Text(self.escaped_given(text).into()),
                (GivenId::Hidden, _) => SetId::Hidden,
                // it may be a `pytest.param` with an id of its own; most likely it is a value
                (GivenId::Unknown, Some(ListedId::Value(Value::Str(text)))) => {
                    SetId::Guess(self.escaped_given(text).into())
                }
                (GivenId::Unknown | GivenId::None, Some(ListedId::Guess(guess))) => {
                    SetId::Guess(guess.clone())
                }
                (GivenId::Unknown, None) if set.values.is_some() => {
                    let likely = self.generated_id(parametrization, place, ids, owner);
                    let likely = likely.ok().and_then(|id| id.shown().map(Arc::from));
                    let fallback = || format!("{}{place}", parametrization.names.join("-")).into();
                    SetId::Guess(likely.unwrap_or_else(fallback))
                }
                (GivenId::Unknown, _) | (GivenId::None, Some(ListedId::Unknown)) => {
                    let parts: Vec<String> =
                        parametrization.names.iter().map(|name| format!("{name}{place}")).collect();
                    SetId::Guess(parts.join("-").into())
                }
                (GivenId::None, Some(ListedId::Value(value))) if !matches!(value, Value::None) => {
                    self.required_id(value, place, owner)?
                }
                (GivenId::None, _) => self.generated_id(parametrization, place, ids, owner)?,
            };
            resolved.push(id);
        }
        Ok(resolved)
    }

    /// An id of `pytest.param(…, id=…)`: up to 8.3 always escaped.
    fn escaped_given(&self, text: &str) -> String {
        if self.settings.version.at_least(8, 4) && !self.settings.escape_ids {
            text.to_owned()
        } else {
            super::value_id::escaped(text)
        }
    }

    /// `_idval_from_value_required`
    fn required_id(&mut self, value: &Value, place: usize, owner: Owner<'_>) -> Collected<SetId> {
        if value.is_extern("pytest.HIDDEN_PARAM") {
            return Ok(SetId::Hidden);
        }
        match self.value_id(value) {
            ValueId::Text(text) => Ok(SetId::Text(text.into())),
            ValueId::Unknown(guess) => Ok(SetId::Guess(guess.unwrap_or_else(|| format!("id{place}")).into())),
            ValueId::None => {
                let message = format!(
                    "{}ids contains unsupported value {} (type: <class '{}'>) at index {place}. Supported types \
                     are: str, bytes, int, float, complex, bool, enum, regex or anything with a __name__.",
                    self.message_prefix(owner),
                    self.shown(value),
                    self.interp.type_name(value)
                );
                Err(Ended::failed(FailureKind::BadIds, message, owner.site))
            }
        }
    }

    /// The ids of the values, joined.
    fn generated_id(
        &mut self,
        parametrization: &Parametrization,
        place: usize,
        ids: &Ids,
        owner: Owner<'_>,
    ) -> Collected<SetId> {
        let names = &parametrization.names;
        let fallback = |name: &str| format!("{name}{place}");
        let Some(values) = &parametrization.sets[place].values else {
            let text = names.iter().map(|name| fallback(name)).collect::<Vec<_>>().join("-").into();
            // NOTSET has no id of its own; an id function may give it one
            let known = parametrization.empty && !matches!(ids, Ids::Function(_));
            return Ok(if known { SetId::Text(text) } else { SetId::Guess(text) });
        };
        let mut parts = Vec::with_capacity(names.len());
        let mut known = true;
        for (value, name) in values.iter().zip(names) {
            let id = match ids {
                Ids::Function(function) => self.id_from_function(function, value, name, place, owner)?,
                Ids::None | Ids::List(_) | Ids::Unknown => ValueId::None,
            };
            let id = match id {
                ValueId::None => self.id_from_hook(owner.chain, value, name),
                other => other,
            };
            let id = match id {
                ValueId::None => self.id_of_long_value(value, name, place, owner)?,
                other => other,
            };
            match id {
                ValueId::Text(text) => parts.push(text),
                ValueId::None => parts.push(fallback(name)),
                ValueId::Unknown(guess) => {
                    known = false;
                    parts.push(guess.unwrap_or_else(|| fallback(name)));
                }
            }
        }
        let text = parts.join("-").into();
        Ok(if known { SetId::Text(text) } else { SetId::Guess(text) })
    }

    /// `_idval_from_function`
    fn id_from_function(
        &mut self,
        function: &Value,
        value: &Value,
        name: &str,
        place: usize,
        owner: Owner<'_>,
    ) -> Collected<ValueId> {
        let args = Args::of([value.clone()]);
        let again = args.clone();
        let outside = self.interp.outside(|interp| interp.call(function, args));
        let doubtful = outside.doubtful;
        let supposed = || {
            let id = self.interp.supposing(|interp| interp.call(function, again))?;
            match self.value_id(&id) {
                ValueId::Text(text) => Some(text),
                ValueId::None => None,
                ValueId::Unknown(guess) => guess,
            }
        };
        match &outside.result {
            Ok(Value::None) if !doubtful => Ok(ValueId::None),
            Ok(id) if !doubtful && !id.is_unknown() => {
                let id = id.clone();
                Ok(self.value_id(&id))
            }
            Err(crate::interp::Stop::Raise(raised)) if raised.certain && !doubtful => {
                match self.interp.derives(&raised.class, "builtins.Exception") {
                    Truth::Yes => {
                        let message = format!(
                            "{}: error raised while trying to determine id of parameter '{name}' at position \
                             {place}",
                            owner.nodeid
                        );
                        let site = raised.site().cloned();
                        Err(Ended::refused("ValueError", FailureKind::BadIds, message, site.as_ref()))
                    }
                    Truth::No => Ended::of_outside(outside, FailureKind::BadIds, self.interp, self.settings)
                        .map(|_| ValueId::Unknown(None)),
                    Truth::Maybe => Ok(ValueId::Unknown(None)),
                }
            }
            _ => Ok(ValueId::Unknown(supposed())),
        }
    }

    /// From 9.2 on long texts have no id of their own.
    fn id_of_long_value(
        &mut self,
        value: &Value,
        name: &str,
        place: usize,
        owner: Owner<'_>,
    ) -> Collected<ValueId> {
        let length = match value {
            Value::Str(text) => text.chars().count(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        let Some(strategy) = self.settings.long_string_ids.clone().filter(|_| length > 100) else {
            return Ok(self.value_id(value));
        };
        Ok(match strategy.as_str() {
            "legacy" => self.value_id(value),
            "sha256" => ValueId::Unknown(None),
            "disallow" => {
                let message = format!(
                    "{}parametrize value for '{name}' at index {place} is too long for an auto-generated ID \
                     ({length} characters). Use pytest.param(..., id=...) or parametrize(..., ids=...) to set \
                     an explicit ID, or change parametrize_long_str_id_strategy.",
                    self.message_prefix(owner)
                );
                return Err(Ended::failed(FailureKind::LongId, message, owner.site));
            }
            _ => ValueId::None,
        })
    }
}
