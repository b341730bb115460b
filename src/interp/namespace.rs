//! Names and what they are bound to, in the order in which they were bound.

use indexmap::IndexMap;
use ruff_python_ast::name::Name;
use rustc_hash::FxBuildHasher;

use super::value::Value;

/// What a name is bound to.
#[derive(Clone, Debug)]
pub struct Binding {
    pub value: Value,
    /// Whether the name may be unbound.
    pub maybe_unbound: bool,
}

impl Binding {
    pub fn certain(value: Value) -> Self {
        Self { value, maybe_unbound: false }
    }

    /// What is known when it is the one or the other; `None` is unbound.
    pub(super) fn join(one: Option<&Self>, other: Option<&Self>) -> Option<Self> {
        match (one, other) {
            (None, None) => None,
            (Some(only), None) | (None, Some(only)) => {
                Some(Self { value: only.value.clone(), maybe_unbound: true })
            }
            (Some(one), Some(other)) => Some(Self {
                value: one.value.join(&other.value),
                maybe_unbound: one.maybe_unbound || other.maybe_unbound,
            }),
        }
    }
}

/// An ordered map from names to bindings.
#[derive(Clone, Debug, Default)]
pub struct Namespace {
    map: IndexMap<Name, Binding, FxBuildHasher>,
    /// Whether there may be other names (a star import of an unknown module, `exec`, …): then no
    /// name is reported missing.
    pub open: bool,
}

impl Namespace {
    pub fn get(&self, name: &str) -> Option<&Binding> {
        self.map.get(name)
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        self.map.get(name).map(|binding| &binding.value)
    }

    pub fn contains(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Name, &Binding)> {
        self.map.iter()
    }

    pub fn len(&self) -> usize {
        self.map.len()
    }

    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Forgets all names, and keeps their room.
    pub(super) fn clear(&mut self) {
        self.map.clear();
        self.open = false;
    }

    /// Binds without a record: for objects that are not on the heap yet. What is on the heap is
    /// changed through [`super::heap::Heap`], which can take changes back.
    pub fn bind(&mut self, name: impl Into<Name>, value: Value) {
        self.map.insert(name.into(), Binding::certain(value));
    }

    /// Sets or removes a binding; returns what was there, and its place.
    pub(super) fn replace(&mut self, name: &Name, binding: Option<Binding>) -> (Option<Binding>, usize) {
        match binding {
            Some(binding) => {
                let (place, old) = self.map.insert_full(name.clone(), binding);
                (old, place)
            }
            None => match self.map.shift_remove_full(name) {
                Some((place, _, old)) => (Some(old), place),
                None => (None, self.map.len()),
            },
        }
    }

    /// Takes back one [`Namespace::replace`].
    pub(super) fn restore(&mut self, name: &Name, old: Option<Binding>, place: usize) {
        match old {
            None => {
                self.map.shift_remove(name);
            }
            Some(old) => {
                if let Some(slot) = self.map.get_mut(name) {
                    *slot = old;
                } else {
                    let place = place.min(self.map.len());
                    self.map.shift_insert(place, name.clone(), old);
                }
            }
        }
    }
}
