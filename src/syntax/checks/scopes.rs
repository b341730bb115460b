//! The scopes around an expression: what `symtable.c` and the code generator know about them.

use rustc_hash::FxHashMap;

use super::problem::{Declaration, Place};
use crate::text::Span;

/// What opened a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function {
        is_async: bool,
    },
    Lambda,
    Comprehension(Comprehension),
    /// The names of type parameters.
    TypeParameters,
    /// An annotation and the like, which have scopes of their own in some versions.
    Restricted(Place),
}

impl ScopeKind {
    /// Whether names bound here are seen by functions inside.
    pub(super) const fn is_function_like(self) -> bool {
        matches!(self, Self::Function { .. } | Self::Lambda | Self::Comprehension(_))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comprehension {
    List,
    Set,
    Dict,
    Generator,
}

impl Comprehension {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::List => "list comprehension",
            Self::Set => "set comprehension",
            Self::Dict => "dict comprehension",
            Self::Generator => "generator expression",
        }
    }
}

/// What is known of a name in one scope; bits of `symtable.h`.
pub(super) mod uses {
    pub(in crate::syntax::checks) const PARAMETER: u16 = 1;
    pub(in crate::syntax::checks) const LOCAL: u16 = 1 << 1;
    pub(in crate::syntax::checks) const USE: u16 = 1 << 2;
    pub(in crate::syntax::checks) const ANNOTATED: u16 = 1 << 3;
    pub(in crate::syntax::checks) const GLOBAL: u16 = 1 << 4;
    pub(in crate::syntax::checks) const NONLOCAL: u16 = 1 << 5;
    pub(in crate::syntax::checks) const ITERATION: u16 = 1 << 6;
    pub(in crate::syntax::checks) const IMPORT: u16 = 1 << 7;
    /// Used by an annotation, which is a scope of its own from 3.14 on.
    pub(in crate::syntax::checks) const USE_IN_ANNOTATION: u16 = 1 << 8;
    pub(in crate::syntax::checks) const BOUND: u16 = PARAMETER | LOCAL | IMPORT;
}

/// A statement that can be left by `break` and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Loop,
    ExceptStar,
    Other,
}

#[expect(clippy::struct_excessive_bools, reason = "independent facts, as in `symtable.h`")]
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub(super) kind: ScopeKind,
    /// The statement or expression that opened it.
    pub(super) span: Span,
    /// When it was opened.
    pub(super) order: u32,
    pub(super) names: FxHashMap<&'a str, u16>,
    /// `global` and `nonlocal` declarations, with their statement.
    pub(super) declared: Vec<(&'a str, Span)>,
    /// `nonlocal` declarations, and those of scopes within that no scope has met so far.
    pub(super) nonlocals: Vec<Nonlocal<'a>>,
    pub(super) blocks: Vec<Block>,
    /// Iterables of comprehensions around this place.
    pub(super) in_iterables: u32,
    /// The targets of a comprehension are being visited.
    pub(super) in_target: bool,
    pub(super) has_yield: bool,
    /// The first `return` with a value.
    pub(super) returns_value: Option<(u32, Span)>,
    /// A comprehension that awaits by itself, and one that does because of a comprehension in it.
    pub(super) awaits: bool,
    pub(super) awaits_within: bool,
    /// Comprehensions in it that await, with when they were met.
    pub(super) awaiting: Vec<(u32, Span)>,
}

/// A name declared `nonlocal`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nonlocal<'a> {
    pub(super) name: &'a str,
    pub(super) span: Span,
    /// When its scope was opened: Python resolves scopes in that order.
    pub(super) order: u32,
    /// Whether the scope that holds it declares it: the binding is further out.
    pub(super) own: bool,
}

impl<'a> Scope<'a> {
    pub(super) fn new(kind: ScopeKind, span: Span, order: u32, in_iterables: u32) -> Self {
        Self {
            kind,
            span,
            order,
            names: FxHashMap::default(),
            declared: Vec::new(),
            nonlocals: Vec::new(),
            blocks: Vec::new(),
            in_iterables,
            in_target: false,
            has_yield: false,
            returns_value: None,
            awaits: false,
            awaits_within: false,
            awaiting: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, name: &'a str, how: u16) {
        *self.names.entry(name).or_default() |= how;
    }

    pub(super) fn known(&self, name: &str) -> u16 {
        self.names.get(name).copied().unwrap_or(0)
    }

    /// What stands against declaring `name` here, if anything.
    pub(super) fn against(&self, declaration: Declaration, name: &str) -> Option<Against> {
        let known = self.known(name);
        if known & uses::PARAMETER != 0 {
            Some(Against::Parameter)
        } else if known & uses::USE != 0 {
            Some(Against::Earlier("used prior to"))
        } else if known & uses::ANNOTATED != 0 {
            Some(Against::Annotated)
        } else if known & uses::LOCAL != 0 {
            Some(Against::Earlier("assigned to before"))
        } else if known & uses::USE_IN_ANNOTATION != 0 && declaration == Declaration::Global {
            Some(Against::UsedInAnnotation)
        } else {
            None
        }
    }
}

/// Why a declaration comes too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Against {
    Parameter,
    Annotated,
    Earlier(&'static str),
    /// Up to 3.13.
    UsedInAnnotation,
}
