//! All objects, and a record of changes, so that a branch that may or may not run can be taken
//! back and joined with the other one.
//!
//! While a [`Mark`] is open every change is recorded. A [`Delta`] is the state that some changes
//! made, taken off the heap; `merge` joins it with the present state.

use crate::environment::observed;
use std::cell::Cell;

use indexmap::IndexMap;
use ruff_python_ast::name::Name;
use rustc_hash::FxBuildHasher;

use super::changes::{Change, Content, Location, Mark, size};
use super::namespace::{Binding, Namespace};
use super::value::{Dict, Id, Module, ModuleKind, Object, Value};
use super::watch::Watch;

/// What some changes made, by place.
#[derive(Clone, Debug, Default)]
pub(super) struct Delta<'a>(IndexMap<Location, Content<'a>, FxBuildHasher>);

/// How many namespaces are kept for scopes to come.
const SPARE: usize = 64;

#[derive(Debug, Default)]
pub struct Heap<'a> {
    objects: Vec<Object<'a>>,
    record: Vec<Change<'a>>,
    marks: usize,
    /// Items copied since the last [`Heap::take_work`], for the budget.
    work: Cell<usize>,
    /// `sys.modules`. What a branch imports that may not run is listed there afterwards, and nothing else:
    /// other modules are as absent as they were.
    registry: Option<Id>,
    /// `os.environ`: what stands in it depends on the environment.
    environ: Option<Id>,
    /// Room for the names of scopes.
    spare: Vec<Namespace>,
    pub(super) watch: Watch,
}

impl<'a> Heap<'a> {
    /// States which object is `sys.modules`.
    pub(super) fn set_registry(&mut self, id: Id) {
        self.registry = Some(id);
    }

    pub fn add(&mut self, object: Object<'a>) -> Id {
        let id = Id(u32::try_from(self.objects.len()).unwrap_or(u32::MAX));
        self.objects.push(object);
        id
    }

    /// Names for a scope that is about to begin: in the room that one had which is gone.
    pub(super) fn new_names(&mut self) -> Namespace {
        self.spare.pop().unwrap_or_default()
    }

    /// The local variables of a call that is over: nothing can see them any more.
    pub(super) fn retire(&mut self, scope: Id) {
        let place = &mut self.objects[scope.0 as usize];
        if let Object::Scope(names) = place
            && self.spare.len() < SPARE
        {
            names.clear();
            self.spare.push(std::mem::take(names));
        }
        *place = Object::Gone;
    }

    /// Watches for those who look into `os.environ`.
    pub(super) fn watch_environ(&mut self, environ: Id) {
        self.environ = Some(environ);
    }

    pub fn get(&self, id: Id) -> &Object<'a> {
        if self.environ == Some(id) {
            observed::variables();
        }
        if self.registry == Some(id) {
            self.watch.look();
        }
        &self.objects[id.0 as usize]
    }

    /// What `sys.modules` has under a name is looked up by the import system, or by that name.
    pub(super) fn registry(&self) -> Option<&Dict> {
        match self.registry.map(|id| &self.objects[id.0 as usize]) {
            Some(Object::Dict(modules)) => Some(modules),
            _ => None,
        }
    }

    /// `sys.modules` is changed by the import system.
    pub(super) fn registry_mut(&mut self) -> Option<&mut Dict> {
        match self.registry.map(|id| self.replace(id)) {
            Some(Object::Dict(modules)) => Some(modules),
            _ => None,
        }
    }

    pub fn len(&self) -> usize {
        self.objects.len()
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The names that an object holds: a module's globals, a class's or instance's attributes.
    pub fn names(&self, id: Id) -> Option<&Namespace> {
        match self.get(id) {
            Object::Module(module) => Some(&module.names),
            Object::Function(function) => Some(&function.attributes),
            Object::Class(class) => Some(&class.names),
            Object::Instance(instance) => Some(&instance.attributes),
            Object::Scope(names) => Some(names),
            Object::Wrapper(wrapper) => Some(&wrapper.attributes),
            Object::List(_)
            | Object::Dict(_)
            | Object::Set(_)
            | Object::Method(_)
            | Object::Generator(_)
            | Object::Super(_)
            | Object::Partial(_)
            | Object::Mark(_)
            | Object::Parameter(_)
            | Object::Fixture(_)
            | Object::Gone => None,
        }
    }

    fn names_mut(&mut self, id: Id) -> Option<&mut Namespace> {
        match &mut self.objects[id.0 as usize] {
            Object::Module(module) => Some(&mut module.names),
            Object::Function(function) => Some(&mut function.attributes),
            Object::Class(class) => Some(&mut class.names),
            Object::Instance(instance) => Some(&mut instance.attributes),
            Object::Scope(names) => Some(names),
            Object::Wrapper(wrapper) => Some(&mut wrapper.attributes),
            Object::List(_)
            | Object::Dict(_)
            | Object::Set(_)
            | Object::Method(_)
            | Object::Generator(_)
            | Object::Super(_)
            | Object::Partial(_)
            | Object::Mark(_)
            | Object::Parameter(_)
            | Object::Fixture(_)
            | Object::Gone => None,
        }
    }

    pub fn value(&self, id: Id, name: &str) -> Option<&Value> {
        self.names(id)?.value(name)
    }

    pub fn bind(&mut self, id: Id, name: &Name, value: Value) {
        self.set_binding(id, name, Some(Binding::certain(value)));
    }

    pub fn unbind(&mut self, id: Id, name: &Name) {
        self.set_binding(id, name, None);
    }

    /// A submodule becomes an attribute of its package: whoever imports it does that.
    pub(super) fn bind_submodule(&mut self, package: Id, name: &Name, module: Value) {
        let known = self.names(package).and_then(|names| names.get(name));
        if known.is_some_and(|known| known.maybe_unbound || !known.value.same(&module)) {
            self.watch.change(package);
        }
        self.enter_binding(package, name, Some(Binding::certain(module)));
    }

    fn set_binding(&mut self, id: Id, name: &Name, binding: Option<Binding>) {
        self.watch.change(id);
        if let Object::Module(Module { kind, .. }) = &self.objects[id.0 as usize]
            && !matches!(kind, ModuleKind::Source(_) | ModuleKind::Made)
        {
            self.watch.change_shared();
        }
        self.enter_binding(id, name, binding);
    }

    fn enter_binding(&mut self, id: Id, name: &Name, binding: Option<Binding>) {
        let recording = self.marks > 0;
        let Some(names) = self.names_mut(id) else { return };
        let (old, place) = names.replace(name, binding);
        if recording {
            self.record.push(Change::Name { id, name: name.clone(), old, place });
        }
    }

    /// States that an object may have other names than those known.
    pub fn open_names(&mut self, id: Id) {
        self.set_open(id, true);
    }

    fn set_open(&mut self, id: Id, open: bool) {
        let recording = self.marks > 0;
        let Some(names) = self.names_mut(id) else { return };
        let old = std::mem::replace(&mut names.open, open);
        if old != open {
            self.watch.change(id);
        }
        if recording && old != open {
            self.record.push(Change::Open { id, old });
        }
    }

    /// An object to change as a whole.
    pub fn change(&mut self, id: Id) -> &mut Object<'a> {
        self.watch.change(id);
        self.replace(id)
    }

    /// The same of what pytest or the import system changes, whichever module makes them do it.
    pub(super) fn replace(&mut self, id: Id) -> &mut Object<'a> {
        if self.marks > 0 {
            self.count_work(size(&self.objects[id.0 as usize]));
            let old = Box::new(self.objects[id.0 as usize].clone());
            self.record.push(Change::Object { id, old });
        }
        &mut self.objects[id.0 as usize]
    }

    pub(super) fn mark(&mut self) -> Mark {
        self.marks += 1;
        Mark { record: self.record.len(), objects: self.objects.len() }
    }

    pub(super) fn close(&mut self, _mark: Mark) {
        self.marks -= 1;
        if self.marks == 0 {
            self.record.clear();
        }
    }

    /// Whether anything changed since `mark`.
    pub(super) fn changed_since(&self, mark: &Mark) -> bool {
        self.record.len() > mark.record
    }

    /// How many items were copied to take branches back and to join them, since the last time.
    pub(super) fn take_work(&self) -> usize {
        self.work.take()
    }

    fn count_work(&self, items: usize) {
        self.work.set(self.work.get().saturating_add(items));
    }

    /// Every place that changed since `from`, once, with what it held at that point.
    fn before(&self, from: usize) -> IndexMap<Location, Content<'a>, FxBuildHasher> {
        let mut before = IndexMap::default();
        for change in &self.record[from.min(self.record.len())..] {
            if matches!(self.objects[change.id().0 as usize], Object::Gone) {
                continue;
            }
            self.count_work(change.size());
            let (location, content) = change.parts();
            before.entry(location).or_insert(content);
        }
        before
    }

    fn content(&self, location: &Location) -> Content<'a> {
        match location {
            Location::Name(id, name) => {
                Content::Name(self.names(*id).and_then(|names| names.get(name)).cloned())
            }
            Location::Open(id) => Content::Open(self.names(*id).is_some_and(|names| names.open)),
            Location::Object(id) => Content::Object(Box::new(self.objects[id.0 as usize].clone())),
        }
    }

    fn set(&mut self, location: &Location, content: Content<'a>) {
        match (location, content) {
            (Location::Name(id, name), Content::Name(binding)) => self.set_binding(*id, name, binding),
            (Location::Open(id), Content::Open(open)) => self.set_open(*id, open),
            (Location::Object(id), Content::Object(object)) => *self.change(*id) = *object,
            // NOTE: a location and its content are made together, in `Change::parts` and `content`.
            _ => {}
        }
    }

    /// The present state of all that changed since `mark`.
    pub(super) fn delta(&self, mark: &Mark) -> Delta<'a> {
        let places = self.before(mark.record);
        Delta(places.into_keys().map(|location| (location.clone(), self.content(&location))).collect())
    }

    /// Takes all changes since `mark` back; returns what they had made.
    pub(super) fn rollback(&mut self, mark: &Mark) -> Delta<'a> {
        let delta = self.delta(mark);
        while self.record.len() > mark.record {
            match self.record.pop() {
                Some(Change::Name { id, name, old, place }) => {
                    if let Some(names) = self.names_mut(id) {
                        names.restore(&name, old, place);
                    }
                }
                Some(Change::Open { id, old }) => {
                    if let Some(names) = self.names_mut(id) {
                        names.open = old;
                    }
                }
                Some(Change::Object { id, old }) => self.objects[id.0 as usize] = *old,
                None => break,
            }
        }
        delta
    }

    /// Joins the present state with the one that `delta` makes out of the state at `mark`.
    pub(super) fn merge(&mut self, mark: &Mark, delta: Delta<'a>) {
        let mut other = self.before(mark.record);
        other.retain(|location, _| mark.knows(location.id()));
        for (location, content) in delta.0 {
            if mark.knows(location.id()) {
                other.insert(location, content);
            } else {
                // where it is at all, it is what it was made
                self.set(&location, content);
            }
        }
        for (location, content) in other {
            if let Some(joined) = self.join(&location, &self.content(&location), &content) {
                self.set(&location, joined);
            }
        }
    }

    /// Brings back the state that `delta` makes out of the state at `mark`.
    pub(super) fn switch(&mut self, mark: &Mark, delta: &Delta<'a>) {
        let mut other = self.before(mark.record);
        other.extend(delta.0.clone());
        for (location, content) in other {
            self.set(&location, content);
        }
    }

    /// `delta`, made out of the state at `later`, as made out of the state at `earlier`.
    pub(super) fn rebase(&self, earlier: &Mark, later: &Mark, delta: Delta<'a>) -> Delta<'a> {
        let after_later = self.before(later.record);
        let upto = later.record.min(self.record.len());
        let mut rebased: IndexMap<Location, Content<'a>, FxBuildHasher> = IndexMap::default();
        for change in &self.record[earlier.record.min(upto)..upto] {
            self.count_work(change.size());
            let (location, _) = change.parts();
            let content = after_later.get(&location).cloned().unwrap_or_else(|| self.content(&location));
            rebased.insert(location, content);
        }
        rebased.extend(delta.0);
        Delta(rebased)
    }

    /// A mark at the same point as `mark`.
    pub(super) fn mark_again(&mut self, mark: &Mark) -> Mark {
        self.marks += 1;
        Mark { ..*mark }
    }

    /// Joins every place that changed since `mark` with all it has held since: what is known after
    /// "some time since then".
    pub(super) fn smear(&mut self, mark: &Mark) {
        let mut held: IndexMap<Location, Content<'a>, FxBuildHasher> = IndexMap::default();
        for change in &self.record[mark.record.min(self.record.len())..] {
            self.count_work(change.size());
            let (location, content) = change.parts();
            match held.get_mut(&location) {
                Some(known) => {
                    if let Some(joined) = self.join(&location, known, &content) {
                        *known = joined;
                    }
                }
                None => {
                    held.insert(location, content);
                }
            }
        }
        for (location, content) in held {
            if let Some(joined) = self.join(&location, &self.content(&location), &content) {
                self.set(&location, joined);
            }
        }
    }

    fn join(&self, location: &Location, one: &Content<'a>, other: &Content<'a>) -> Option<Content<'a>> {
        let joined = one.join(other);
        let (Some(registry), Location::Object(id)) = (self.registry, location) else { return joined };
        match (one, other, joined) {
            (Content::Object(one), Content::Object(other), Some(Content::Object(mut joined)))
                if *id == registry =>
            {
                if let (Object::Dict(one), Object::Dict(other), Object::Dict(dict)) =
                    (&**one, &**other, &mut *joined)
                {
                    dict.open = one.open || other.open;
                }
                Some(Content::Object(joined))
            }
            (_, _, joined) => joined,
        }
    }

    /// Forgets what every place that changed since `mark` holds: a loop may have run any number of
    /// times.
    pub(super) fn forget(&mut self, mark: &Mark) {
        for (location, before) in self.before(mark.record) {
            match (&location, before) {
                (Location::Name(id, name), Content::Name(old)) => {
                    let Some(now) = self.names(*id).and_then(|names| names.get(name)) else { continue };
                    let maybe_unbound = old.is_none_or(|old| old.maybe_unbound) || now.maybe_unbound;
                    let value = now.value.forgotten(self);
                    let binding = Binding { value, maybe_unbound };
                    self.set_binding(*id, name, Some(binding));
                }
                (Location::Object(id), _) if self.registry != Some(*id) => self.forget_content(*id),
                _ => {}
            }
        }
    }

    /// States that an object's attributes may have been set to anything, and its content changed.
    pub fn forget_state(&mut self, id: Id) {
        if let Object::Instance(instance) = self.get(id) {
            let known: Vec<(Name, bool)> = instance
                .attributes
                .iter()
                .map(|(name, binding)| (name.clone(), binding.maybe_unbound))
                .collect();
            for (name, maybe_unbound) in known {
                self.set_binding(id, &name, Some(Binding { value: Value::Unknown, maybe_unbound }));
            }
        }
        self.forget_content(id);
    }

    /// States that an object may hold anything besides what is known.
    pub fn forget_content(&mut self, id: Id) {
        match self.get(id) {
            Object::List(_) | Object::Dict(_) | Object::Set(_) => match self.change(id) {
                Object::List(list) => {
                    list.open = true;
                    list.items.fill(Value::Unknown);
                }
                Object::Dict(dict) => {
                    dict.open = true;
                    dict.entries.values_mut().for_each(|(_, value)| *value = Value::Unknown);
                }
                Object::Set(set) => set.open = true,
                _ => {}
            },
            Object::Instance(_) => self.open_names(id),
            _ => {}
        }
    }
}

impl Value {
    /// What is left of a value after a loop that may change it: its identity, where it is a class
    /// or a function that the loop defines.
    fn forgotten(&self, heap: &Heap<'_>) -> Self {
        match self {
            Self::Object(id)
                if matches!(
                    heap.get(*id),
                    Object::Module(_) | Object::List(_) | Object::Dict(_) | Object::Set(_)
                ) =>
            {
                self.clone()
            }
            _ => Self::Unknown,
        }
    }
}
