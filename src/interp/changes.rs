//! What is recorded of changes: where something changed and what was there, and how two states of a place are joined.

use ruff_python_ast::name::Name;

use super::namespace::Binding;
use super::value::{Dict, Id, List, Object, Set};

/// A point in the record of changes; it stays open until it is closed.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) record: usize,
    /// How many objects there were.
    pub(super) objects: usize,
}

impl Mark {
    /// Whether an object was there already.
    pub(super) fn knows(&self, Id(id): Id) -> bool {
        (id as usize) < self.objects
    }
}

#[derive(Clone, Debug)]
pub(super) enum Change<'a> {
    Name { id: Id, name: Name, old: Option<Binding>, place: usize },
    Open { id: Id, old: bool },
    Object { id: Id, old: Box<Object<'a>> },
}

/// A place that can change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Location {
    Name(Id, Name),
    Open(Id),
    Object(Id),
}

impl Location {
    pub(super) fn id(&self) -> Id {
        match self {
            Self::Name(id, _) | Self::Open(id) | Self::Object(id) => *id,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Content<'a> {
    Name(Option<Binding>),
    Open(bool),
    Object(Box<Object<'a>>),
}

/// How many items an object holds, about.
pub(super) fn size(object: &Object<'_>) -> usize {
    1 + match object {
        Object::List(list) => list.items.len(),
        Object::Dict(dict) => dict.entries.len(),
        Object::Set(set) => set.items.len(),
        _ => 0,
    }
}

impl<'a> Change<'a> {
    pub(super) fn id(&self) -> Id {
        match self {
            Self::Name { id, .. } | Self::Open { id, .. } | Self::Object { id, .. } => *id,
        }
    }

    pub(super) fn size(&self) -> usize {
        match self {
            Self::Object { old, .. } => size(old),
            Self::Name { .. } | Self::Open { .. } => 1,
        }
    }

    pub(super) fn parts(&self) -> (Location, Content<'a>) {
        match self {
            Self::Name { id, name, old, .. } => {
                (Location::Name(*id, name.clone()), Content::Name(old.clone()))
            }
            Self::Open { id, old } => (Location::Open(*id), Content::Open(*old)),
            Self::Object { id, old } => (Location::Object(*id), Content::Object(old.clone())),
        }
    }
}

impl Content<'_> {
    /// `None` where nothing is to be changed.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Name(one), Self::Name(other)) => {
                Some(Self::Name(Binding::join(one.as_ref(), other.as_ref())))
            }
            (Self::Open(one), Self::Open(other)) => Some(Self::Open(*one || *other)),
            (Self::Object(one), Self::Object(other)) => {
                join_objects(one, other).map(|joined| Self::Object(Box::new(joined)))
            }
            _ => None,
        }
    }
}

fn join_objects<'a>(one: &Object<'a>, other: &Object<'a>) -> Option<Object<'a>> {
    match (one, other) {
        (Object::List(a), Object::List(b)) => {
            let (longer, shorter) = if a.items.len() >= b.items.len() { (a, b) } else { (b, a) };
            let mut items = longer.items.clone();
            for (item, other) in items.iter_mut().zip(&shorter.items) {
                *item = item.join(other);
            }
            let open = a.open || b.open || a.items.len() != b.items.len();
            Some(Object::List(List { items, open }))
        }
        (Object::Dict(a), Object::Dict(b)) => {
            let mut joined = Dict {
                entries: a.entries.clone(),
                open: a.open || b.open || a.entries.len() != b.entries.len(),
                doubtful: a.doubtful.union(&b.doubtful).cloned().collect(),
            };
            let only_here = a.entries.keys().filter(|key| !b.entries.contains_key(*key));
            joined.doubtful.extend(only_here.cloned());
            for (key, (name, value)) in &b.entries {
                match joined.entries.get_mut(key) {
                    Some((_, known)) => *known = known.join(value),
                    None => {
                        joined.open = true;
                        joined.doubtful.insert(key.clone());
                        joined.entries.insert(key.clone(), (name.clone(), value.clone()));
                    }
                }
            }
            Some(Object::Dict(joined))
        }
        (Object::Set(a), Object::Set(b)) => {
            let mut items = a.items.clone();
            items.extend(b.items.clone());
            let open = a.open || b.open || items.len() != a.items.len() || items.len() != b.items.len();
            Some(Object::Set(Set { items, frozen: a.frozen, open }))
        }
        _ => None,
    }
}
