//! What a prediction asks of its environment. It would be the same in every other environment that answers
//! all its questions alike: a suite that reads neither version nor platform is predicted once for all cells.
//!
//! The facts of an environment that are asked for everywhere are wrapped in [`Observed`], which can only be
//! read by asking; what is asked while [`during`] runs is kept for this thread.
//!
//! | question | kept |
//! | --- | --- |
//! | about version or platform | the versions and platforms that give the same answer |
//! | is this third-party module there? | the answer |
//! | about the machine, the environment variables | that somebody asked |

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Environment, Machine, Platform, Presence, PythonVersion};

/// A set of Python versions on platforms: bit `3 * (minor - 8) + platform`.
pub(super) type Cells = u32;

pub(super) const OLDEST: u8 = 8;
pub(super) const NEWEST: u8 = 15;
const ALL: Cells = (1 << (3 * (NEWEST - OLDEST + 1))) - 1;

thread_local! {
    /// Where all answers so far are the same; nowhere while nobody wants to know.
    static ALIKE: Cell<Cells> = const { Cell::new(0) };
    /// This version on this platform.
    static HERE: Cell<Cells> = const { Cell::new(0) };
    static OTHERS: RefCell<Others> = const { RefCell::new(Others::new()) };
}

#[derive(Clone, Debug, Default)]
struct Others {
    third_party: BTreeMap<String, Presence>,
    machine: bool,
    variables: bool,
}

impl Others {
    const fn new() -> Self {
        Self { third_party: BTreeMap::new(), machine: false, variables: false }
    }

    fn extend(&mut self, more: &Self) {
        for (module, presence) in &more.third_party {
            if !self.third_party.contains_key(module) {
                self.third_party.insert(module.clone(), presence.clone());
            }
        }
        self.machine |= more.machine;
        self.variables |= more.variables;
    }
}

/// What was asked of one environment.
#[derive(Clone, Debug)]
pub struct Asked {
    alike: Cells,
    others: Others,
}

impl Asked {
    /// Whether `other` answers everything as `here` did, where the questions were asked. What is no question
    /// has to be equal: pytest's version, what is stated to be absent.
    pub fn is_answered_alike(&self, here: &Environment, other: &Environment) -> bool {
        let Others { third_party, machine, variables } = &self.others;
        bit(other.python.value, other.platform.value).is_some_and(|bit| self.alike & bit != 0)
            && here.pytest == other.pytest
            && here.absent == other.absent
            && here.python_path == other.python_path
            && (!machine || here.machine == other.machine)
            && (!variables || here.variables == other.variables)
            && third_party.iter().all(|(module, presence)| other.third_party(module) == *presence)
    }
}

/// Does a part of what [`during`] does. What is asked there is kept apart: the caller adds it to the whole
/// ([`ask_again`]) if it is to be part of it. `None` while nobody wants to know.
pub fn apart<T>(work: impl FnOnce() -> T) -> (T, Option<Asked>) {
    if !is_watched() {
        return (work(), None);
    }
    let before = ALIKE.replace(ALL);
    let others_before = OTHERS.take();
    let result = work();
    let asked = Asked { alike: ALIKE.replace(before), others: OTHERS.replace(others_before) };
    (result, Some(asked))
}

/// What was found out by asking before is used again.
pub fn ask_again(asked: &Asked) {
    if is_watched() {
        narrow(asked.alike);
        OTHERS.with_borrow_mut(|others| others.extend(&asked.others));
    }
}

/// What was asked so far, of the whole or of the part that is being done.
pub fn so_far() -> Option<Asked> {
    is_watched().then(|| Asked { alike: ALIKE.get(), others: OTHERS.with_borrow(Others::clone) })
}

/// Does `work` in `environment`, and keeps what it asks on this thread.
pub fn during<T>(environment: &Environment, work: impl FnOnce() -> T) -> (T, Asked) {
    let here = bit(environment.python.value, environment.platform.value);
    let before = ALIKE.replace(if here.is_some() { ALL } else { 0 });
    let here_before = HERE.replace(here.unwrap_or_default());
    let others_before = OTHERS.take();
    let result = work();
    let alike = ALIKE.replace(before);
    HERE.set(here_before);
    let others = OTHERS.replace(others_before);
    (result, Asked { alike: if here.is_some() { alike } else { 0 }, others })
}

fn bit(python: PythonVersion, platform: Platform) -> Option<Cells> {
    let known = python.major == 3 && (OLDEST..=NEWEST).contains(&python.minor);
    known.then(|| 1 << (u32::from(python.minor - OLDEST) * 3 + place(platform)))
}

pub(super) const fn place(platform: Platform) -> u32 {
    match platform {
        Platform::Linux => 0,
        Platform::MacOs => 1,
        Platform::Windows => 2,
    }
}

/// The answer to a question was given by a set of versions and platforms: this one is in it, or it is not.
pub(super) fn narrow(to: Cells) {
    let alike = ALIKE.get();
    if alike != 0 {
        ALIKE.set(alike & to);
    }
}

/// Somebody asked whether a third-party module is there.
pub(super) fn third_party(module: &str, presence: &Presence) {
    if is_watched() {
        OTHERS.with_borrow_mut(|others| {
            if !others.third_party.contains_key(module) {
                others.third_party.insert(module.to_owned(), presence.clone());
            }
        });
    }
}

/// Somebody looks at the environment variables.
pub fn variables() {
    if is_watched() {
        OTHERS.with_borrow_mut(|others| others.variables = true);
    }
}

/// Whether anybody wants to know what is asked.
pub fn is_watched() -> bool {
    ALIKE.get() != 0
}

/// Something was asked whose answer may be different wherever version, platform or machine are.
pub fn everything() {
    if is_watched() {
        narrow(HERE.get());
        OTHERS.with_borrow_mut(|others| others.machine = true);
    }
}

/// Answers a question that is worked out from several facts about version and platform: environments are told
/// apart only where the answer is another one, whatever it was worked out from.
pub fn conclude<A: PartialEq>(
    python: Observed<PythonVersion>,
    platform: Observed<Platform>,
    question: impl Fn(PythonVersion, Platform) -> A,
) -> A {
    let here = || question(python.value, platform.value);
    if !is_watched() || is_alone() {
        return here();
    }
    let before = ALIKE.replace(ALL);
    let answer = here();
    let mut same = ALIKE.replace(0);
    for minor in OLDEST..=NEWEST {
        for other in Platform::ALL {
            let version = PythonVersion::new(3, minor);
            let bit = bit(version, other).unwrap_or_default();
            if before & bit & !same != 0 && question(version, other) == answer {
                same |= bit;
            }
        }
    }
    ALIKE.set(before & same);
    answer
}

/// A fact of the environment that is read by asking for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Observed<T> {
    /// For those who ask on behalf of somebody else.
    pub(super) value: T,
}

impl<T> From<T> for Observed<T> {
    fn from(value: T) -> Self {
        Self { value }
    }
}

/// What can be asked about.
pub trait Quality: Copy {
    /// Keeps in mind that only values which are `alike` give the same answer.
    fn keep(alike: impl Fn(Self) -> bool);
}

/// Whether there is another version or platform left that answered everything alike.
fn is_alone() -> bool {
    ALIKE.get() == HERE.get()
}

impl Quality for PythonVersion {
    fn keep(alike: impl Fn(Self) -> bool) {
        if is_alone() {
            return;
        }
        let minors = (OLDEST..=NEWEST).filter(|&minor| alike(Self::new(3, minor)));
        narrow(minors.map(|minor| 0b111 << (u32::from(minor - OLDEST) * 3)).sum());
    }
}

impl Quality for Platform {
    fn keep(alike: impl Fn(Self) -> bool) {
        const FIRST: Cells = 0o1111_1111;
        if is_alone() {
            return;
        }
        let platforms = Self::ALL.into_iter().filter(|&platform| alike(platform));
        narrow(platforms.map(|platform| FIRST << place(platform)).sum());
    }
}

impl Quality for Machine {
    fn keep(alike: impl Fn(Self) -> bool) {
        if ![Self::X86_64, Self::Aarch64].into_iter().all(alike) {
            OTHERS.with_borrow_mut(|others| others.machine = true);
        }
    }
}

impl<T: Quality> Observed<T> {
    /// The fact, without a question: for those who tell themselves what they have asked ([`everything`]), and
    /// for whom nobody watches.
    pub fn peek(self) -> T {
        self.value
    }

    /// The answer to a question that only this fact decides.
    pub fn ask<A: PartialEq>(self, question: impl Fn(T) -> A) -> A {
        let answer = question(self.value);
        if is_watched() {
            T::keep(|other| question(other) == answer);
        }
        answer
    }
}

impl<T: Quality + PartialEq> Observed<T> {
    /// The fact itself: whatever is made of it may be different anywhere else.
    pub fn known(self) -> T {
        self.ask(|value| value)
    }
}

impl<T: Quality + PartialEq> PartialEq<T> for Observed<T> {
    fn eq(&self, other: &T) -> bool {
        self.ask(|value| value == *other)
    }
}

impl<T: Quality + PartialOrd> PartialOrd<T> for Observed<T> {
    fn partial_cmp(&self, other: &T) -> Option<Ordering> {
        self.ask(|value| value.partial_cmp(other))
    }

    fn lt(&self, other: &T) -> bool {
        self.ask(|value| value < *other)
    }

    fn le(&self, other: &T) -> bool {
        self.ask(|value| value <= *other)
    }

    fn gt(&self, other: &T) -> bool {
        self.ask(|value| value > *other)
    }

    fn ge(&self, other: &T) -> bool {
        self.ask(|value| value >= *other)
    }
}
