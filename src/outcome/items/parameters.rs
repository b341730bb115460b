//! `ParameterSet._for_parametrize`: the names and the sets of values of one `parametrize` call.

use super::collector::Collector;
use super::ended::{Collected, Ended, FailureKind};
use super::lookup::{self, Found};
use super::lost::LostKind;
use super::metafunc::Metafunc;
use crate::interp::{ClassKind, Id, Instance, Object, Payload, Site, Truth, Value};
use crate::settings::pytest::EmptyParameterSet;

/// The arguments of one call of `parametrize`.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) names: Value,
    pub(super) values: Value,
    pub(super) indirect: Value,
    pub(super) ids: Value,
    pub(super) scope: Value,
    /// The mark it comes from, if ids were given: they are made once for all its users.
    pub(super) remembered: Option<Id>,
    pub(super) site: Option<Site>,
}

/// What an id is given as, with the values.
#[derive(Clone, Debug)]
pub(super) enum GivenId {
    None,
    Text(String),
    Hidden,
    Unknown,
}

impl GivenId {
    fn of(id: &Value) -> Self {
        match id {
            Value::None => Self::None,
            Value::Str(text) => Self::Text(text.to_string()),
            _ if id.is_extern("pytest.HIDDEN_PARAM") => Self::Hidden,
            _ => Self::Unknown,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct ParameterSet {
    /// `None` where they are not known.
    pub(super) values: Option<Vec<Value>>,
    pub(super) marks: Vec<Id>,
    /// What is no mark among its marks.
    pub(super) no_mark: Option<String>,
    pub(super) id: GivenId,
}

/// What one call parametrizes.
#[derive(Clone, Debug)]
pub(super) struct Parametrization {
    pub(super) names: Vec<String>,
    pub(super) sets: Vec<ParameterSet>,
    /// Whether these are all sets.
    pub(super) exact: bool,
    /// There are no sets: one without values stands for them.
    pub(super) empty: bool,
}

/// `argnames`, taken apart.
pub(super) struct Names {
    pub(super) all: Vec<String>,
    /// Whether a value is the one argument, rather than a sequence of arguments.
    single: bool,
    /// As pytest prints them.
    shown: String,
}

/// What is in a set of values.
enum Elements {
    Known(Vec<Value>),
    /// It has no length: this type.
    None(String),
    Unknown,
}

impl Collector<'_, '_> {
    /// `_parse_parametrize_args`; `None` where the names are not known.
    pub(super) fn argument_names(&self, names: &Value) -> Option<Names> {
        match names {
            Value::Str(text) => {
                let trailing = self.settings.version.at_least(9, 1) && text.trim_end().ends_with(',');
                let names: Vec<String> = text
                    .split(',')
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect();
                let shown: Vec<String> =
                    names.iter().filter_map(|name| self.interp.repr_of(&Value::str(name))).collect();
                let single = names.len() == 1 && !trailing;
                Some(Names { all: names, single, shown: format!("[{}]", shown.join(", ")) })
            }
            Value::Tuple(_) | Value::Object(_) => {
                let items: Vec<Value> = match names {
                    Value::Tuple(items) => items.to_vec(),
                    _ => match self.interp.object(names)? {
                        Object::List(list) if !list.open => list.items.clone(),
                        Object::Dict(dict) if !dict.open => {
                            dict.entries.values().map(|(name, _)| name.clone()).collect()
                        }
                        // of more names the order is not known
                        Object::Set(set) if !set.open && set.items.len() < 2 => {
                            set.items.values().cloned().collect()
                        }
                        _ => return None,
                    },
                };
                let texts = items.iter().map(|item| self.interp.text_of(item));
                Some(Names { all: texts.collect::<Option<_>>()?, single: false, shown: self.shown(names) })
            }
            _ => None,
        }
    }

    /// `argnames` that cannot be taken apart.
    pub(super) fn check_names_type(&self, call: &Call) -> Collected<()> {
        let kind = self.interp.type_name(&call.names);
        let message = match &call.names {
            Value::Bytes(_) if self.settings.version.at_least(9, 1) => {
                "a bytes-like object is required, not 'str'".to_owned()
            }
            Value::Bytes(bytes) if !bytes.is_empty() => "object of type 'int' has no len()".to_owned(),
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
                format!("'{kind}' object is not iterable")
            }
            _ => return Ok(()),
        };
        Err(Ended::refused("TypeError", FailureKind::ParametrizeCall, message, call.site.as_ref()))
    }

    /// The sets of values of a call, with what pytest refuses of them.
    pub(super) fn parameter_sets(
        &mut self,
        call: &Call,
        metafunc: &Metafunc,
    ) -> Collected<Option<Parametrization>> {
        let nodeid = metafunc.nodeid.as_str();
        self.warn_of_iterator(call, nodeid)?;
        let Some(names) = self.argument_names(&call.names) else { return Ok(None) };
        let values = call.values.clone();
        let outside = self.interp.outside(|interp| interp.iterate(&values));
        let doubtful = outside.doubtful;
        let iterated = Ended::of_outside(outside, FailureKind::ArgumentValues, self.interp, self.settings)?;
        let Some(items) = iterated.filter(|_| !doubtful) else {
            let guess = ParameterSet { values: None, marks: Vec::new(), no_mark: None, id: GivenId::Unknown };
            return Ok(Some(Parametrization {
                names: names.all,
                sets: vec![guess],
                exact: false,
                empty: false,
            }));
        };
        let mut sets = Vec::with_capacity(items.len());
        for item in &items {
            sets.push(self.parameter_set(item, &names, nodeid, call.site.as_ref())?);
        }
        let empty = sets.is_empty();
        if empty && self.is_iterator(&call.values) {
            self.lose(LostKind::EmptyIterator, metafunc.function_name.clone(), call.site.clone());
        }
        if empty {
            sets.push(self.empty_set(call, metafunc)?);
        }
        Ok(Some(Parametrization { names: names.all, sets, exact: true, empty }))
    }

    /// From 9.1 on pytest warns of what is no collection.
    fn warn_of_iterator(&mut self, call: &Call, nodeid: &str) -> Collected<()> {
        if !self.settings.version.at_least(9, 1) {
            return Ok(());
        }
        if !self.is_iterator(&call.values) {
            return Ok(());
        }
        let kind = self.interp.type_name(&call.values);
        let message = format!(
            "Passing a non-Collection iterable to parametrize is deprecated.\n\
             Test: {nodeid}, argvalues type: {kind}"
        );
        let outside = self.interp.outside(|interp| interp.warn("pytest.PytestRemovedIn10Warning", &message));
        Ended::of_outside(outside, FailureKind::Warning, self.interp, self.settings)
    }

    /// What gives its items only once.
    fn is_iterator(&self, values: &Value) -> bool {
        matches!(
            self.interp.object(values),
            Some(Object::Generator(_) | Object::Instance(Instance { payload: Payload::Iterator(_), .. }))
        )
    }

    /// `ParameterSet.extract_from`, with the check of its length.
    fn parameter_set(
        &mut self,
        item: &Value,
        names: &Names,
        nodeid: &str,
        site: Option<&Site>,
    ) -> Collected<ParameterSet> {
        let mut set = ParameterSet { values: None, marks: Vec::new(), no_mark: None, id: GivenId::None };
        let elements = match self.interp.object(item) {
            Some(Object::Parameter(parameter)) => {
                let (values, marks, id) =
                    (parameter.values.clone(), parameter.marks.clone(), parameter.id.clone());
                set.id = GivenId::of(&id);
                self.marks_of_set(&marks, &mut set);
                Elements::Known(values)
            }
            // it may be a `pytest.param`, unless it is a function or class
            _ if matches!(item, Value::Unknown | Value::Extern(_) | Value::OneOf(_)) => {
                let is_no_set = item.extern_path().is_some()
                    || item.shown().is_some_and(|shown| shown.certain_class().is_some());
                if !(is_no_set && names.single) {
                    set.id = GivenId::Unknown;
                }
                // most likely it is a value
                if names.single { Elements::Known(vec![item.clone()]) } else { Elements::Unknown }
            }
            _ if names.single => Elements::Known(vec![item.clone()]),
            _ => self.elements(item),
        };
        match elements {
            Elements::Known(values) => {
                if values.len() != names.all.len() {
                    let shown = match self.interp.object(item) {
                        Some(Object::Parameter(_)) => self.shown(&Value::tuple(values.iter().cloned())),
                        _ => self.shown_plainly(item),
                    };
                    let message = format!(
                        "{nodeid}: in \"parametrize\" the number of names ({}):\n  {}\n\
                         must be equal to the number of values ({}):\n  {shown}",
                        names.all.len(),
                        names.shown,
                        values.len()
                    );
                    return Err(Ended::failed(FailureKind::ParametrizeCount, message, site));
                }
                set.values = Some(values);
            }
            Elements::None(kind) => {
                if self.settings.version.at_least(9, 2) {
                    let shown = self.shown_plainly(item);
                    let message = format!(
                        "{nodeid}: in \"parametrize\" expected a sequence of values, for a single value use \
                         a one-element tuple like ('value',), got {kind}:\n  {shown}"
                    );
                    return Err(Ended::failed(FailureKind::ParametrizeCount, message, site));
                }
                let message = format!("object of type '{kind}' has no len()");
                return Err(Ended::refused("TypeError", FailureKind::ParametrizeCount, message, site));
            }
            Elements::Unknown => {}
        }
        Ok(set)
    }

    fn marks_of_set(&self, marks: &Value, set: &mut ParameterSet) {
        let listed: Vec<Value> = match marks {
            Value::Tuple(items) => items.to_vec(),
            // its letters are no marks
            Value::Str(text) => text.chars().map(|letter| Value::str(letter.to_string())).collect(),
            Value::Object(id) => match self.interp.heap.get(*id) {
                Object::List(list) => list.items.clone(),
                _ => vec![marks.clone()],
            },
            _ => return,
        };
        for mark in listed {
            match &mark {
                Value::Object(id) => match self.interp.heap.get(*id) {
                    Object::Mark(_) => set.marks.push(*id),
                    Object::Function(_) => set.no_mark = Some(self.shown(&mark)),
                    _ => {}
                },
                Value::Str(_) | Value::Int(_) | Value::None | Value::Bool(_) => {
                    set.no_mark = Some(self.shown(&mark));
                }
                _ => {}
            }
        }
    }

    /// The elements of a set of values that stands for several arguments.
    fn elements(&mut self, item: &Value) -> Elements {
        let no_length = |collector: &Self| Elements::None(collector.interp.type_name(item));
        match item {
            Value::Tuple(items) => Elements::Known(items.to_vec()),
            Value::Str(_) | Value::Bytes(_) => self.iterated(item),
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Ellipsis
            | Value::NotImplemented => no_length(self),
            Value::Object(id) => match self.interp.heap.get(*id) {
                Object::List(_) | Object::Dict(_) => self.iterated(item),
                Object::Set(set) => {
                    // the order is not known
                    if set.open {
                        Elements::Unknown
                    } else {
                        Elements::Known(vec![Value::Unknown; set.items.len()])
                    }
                }
                Object::Function(_)
                | Object::Method(_)
                | Object::Generator(_)
                | Object::Module(_)
                | Object::Mark(_)
                | Object::Fixture(_)
                | Object::Partial(_) => no_length(self),
                Object::Instance(Instance { payload: Payload::Range(..) | Payload::Data(_), .. }) => {
                    self.iterated(item)
                }
                Object::Instance(instance) => {
                    let Some(class) = instance.class.as_id() else { return Elements::Unknown };
                    let plain = matches!(instance.payload, Payload::Nothing)
                        && matches!(
                            self.interp.heap.get(class),
                            Object::Class(class) if class.kind == ClassKind::Plain
                        );
                    match lookup::in_class(self.interp, class, "__len__") {
                        Found::Absent if plain && self.derives_builtin(class) == Truth::No => no_length(self),
                        _ => Elements::Unknown,
                    }
                }
                _ => Elements::Unknown,
            },
            Value::Unknown | Value::Extern(_) | Value::OneOf(_) => Elements::Unknown,
        }
    }

    /// Whether a class derives from a builtin other than `object`.
    pub(super) fn derives_builtin(&self, class: Id) -> Truth {
        let Object::Class(definition) = self.interp.heap.get(class) else { return Truth::Maybe };
        if lookup::has_unknown_base(self.interp, class) {
            return Truth::Maybe;
        }
        Truth::from(definition.mro.iter().any(|base| {
            base.extern_path().is_some_and(|path| path.starts_with("builtins.") && path != "builtins.object")
        }))
    }

    fn iterated(&mut self, item: &Value) -> Elements {
        match self.interp.outside(|interp| interp.iterate(item)).certain() {
            Some(Some(items)) => Elements::Known(items),
            _ => Elements::Unknown,
        }
    }

    /// `str(value)`
    fn shown_plainly(&self, value: &Value) -> String {
        match value {
            Value::Str(text) => text.to_string(),
            other => self.shown(other),
        }
    }

    /// No sets at all: by default one without values, which is skipped.
    fn empty_set(&mut self, call: &Call, metafunc: &Metafunc) -> Collected<ParameterSet> {
        if self.settings.empty_parameter_set == EmptyParameterSet::FailAtCollect {
            let site = call.site.as_ref();
            let line = metafunc.line.map_or_else(|| "?".to_owned(), |line| line.to_string());
            let message = format!("Empty parameter set in '{}' at line {line}", metafunc.function_name);
            return Err(Ended::refused("CollectError", FailureKind::EmptyParameterSet, message, site));
        }
        let id = if self.settings.version.at_least(8, 4) {
            GivenId::Text("NOTSET".to_owned())
        } else {
            GivenId::None
        };
        Ok(ParameterSet { values: None, marks: Vec::new(), no_mark: None, id })
    }
}
