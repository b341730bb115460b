//! What `compile()` finds, in which order, and Python's words for it.

use crate::text::Span;

/// When in a compilation Python notices; the first phase with a problem ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::syntax) enum Phase {
    /// While the parser builds the tree.
    Parse,
    /// `future.c`: the `__future__` imports at the top.
    Future,
    /// The first pass of `symtable.c`, over the whole module.
    Names,
    /// Its second pass, which resolves names.
    Scopes,
    /// The code generator.
    Code,
}

/// One reason for Python to refuse the module.
#[derive(Clone, Debug)]
pub(in crate::syntax) struct Problem {
    pub(in crate::syntax) phase: Phase,
    /// When Python meets it within the phase.
    pub(in crate::syntax) order: u32,
    pub(in crate::syntax) span: Span,
    /// Where some minor versions of Python 3 see it instead.
    pub(in crate::syntax) elsewhere: Option<((u8, u8), Span)>,
    /// The minor versions of Python 3 to which it applies, both included.
    pub(in crate::syntax) minors: (u8, u8),
    pub(in crate::syntax) kind: Kind,
}

/// Where expressions may not bind, yield or await.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::syntax) enum Place {
    Annotation,
    TypeAlias,
    TypeVarBound,
    TypeVarDefault,
    TypeVarTupleDefault,
    ParamSpecDefault,
    GenericDefinition,
}

impl Place {
    const fn name(self) -> &'static str {
        match self {
            Self::Annotation => "an annotation",
            Self::TypeAlias => "a type alias",
            Self::TypeVarBound => "a TypeVar bound",
            Self::TypeVarDefault => "a TypeVar default",
            Self::TypeVarTupleDefault => "a TypeVarTuple default",
            Self::ParamSpecDefault => "a ParamSpec default",
            Self::GenericDefinition => "the definition of a generic",
        }
    }
}

/// `global` or `nonlocal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::syntax) enum Declaration {
    Global,
    Nonlocal,
}

impl Declaration {
    const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Nonlocal => "nonlocal",
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::syntax) enum Kind {
    /// A message that is the same in all versions.
    Fixed(&'static str),
    FutureFeature(String),
    IntegerTooLong(usize),
    DuplicateArgument(String),
    DuplicateKeyword(String),
    Declared(Declaration, &'static str, String),
    ParameterDeclared(Declaration, String),
    AnnotatedDeclared(Declaration, String),
    NonlocalAndGlobal(String),
    NoBinding(String),
    NonlocalTypeParameter(String),
    DuplicateTypeParameter(String),
    TypeParameterOrder(String),
    RebindsIteration(String),
    InnerLoopRebinds(String),
    WalrusInComprehensionOf(Place),
    InPlace(&'static str, Place),
    YieldInComprehension(&'static str),
    MultipleStarred,
    TooManyBlocks,
    AsyncComprehension,
    Unreachable(Option<String>),
    PatternRebinds(String),
    DuplicateKey(String),
    DuplicateAttribute(String),
}

impl Kind {
    /// Python's message.
    pub(in crate::syntax) fn message(&self, minor: u8) -> String {
        match self {
            Self::Fixed(message) => (*message).to_owned(),
            Self::FutureFeature(name) if name == "braces" => "not a chance".to_owned(),
            Self::FutureFeature(name) => format!("future feature {name} is not defined"),
            Self::IntegerTooLong(digits) => format!(
                "Exceeds the limit ({}) for integer string conversion: value has {digits} digits; use \
                 sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer \
                 literals to avoid decimal conversion limits.",
                if minor < 11 { "4300" } else { "4300 digits" }
            ),
            Self::DuplicateArgument(name) => format!("duplicate argument '{name}' in function definition"),
            Self::DuplicateKeyword(_) if minor < 9 => "keyword argument repeated".to_owned(),
            Self::DuplicateKeyword(name) => format!("keyword argument repeated: {name}"),
            Self::Declared(declaration, how, name) => {
                format!("name '{name}' is {how} {} declaration", declaration.name())
            }
            Self::ParameterDeclared(declaration, name) => {
                format!("name '{name}' is parameter and {}", declaration.name())
            }
            Self::AnnotatedDeclared(declaration, name) => {
                format!("annotated name '{name}' can't be {}", declaration.name())
            }
            Self::NonlocalAndGlobal(name) => format!("name '{name}' is nonlocal and global"),
            Self::NoBinding(name) => format!("no binding for nonlocal '{name}' found"),
            Self::NonlocalTypeParameter(name) => {
                format!("nonlocal binding not allowed for type parameter '{name}'")
            }
            Self::DuplicateTypeParameter(name) => format!("duplicate type parameter '{name}'"),
            Self::TypeParameterOrder(name) => {
                format!("non-default type parameter '{name}' follows default type parameter")
            }
            Self::RebindsIteration(name) => {
                format!("assignment expression cannot rebind comprehension iteration variable '{name}'")
            }
            Self::InnerLoopRebinds(name) => {
                format!("comprehension inner loop cannot rebind assignment expression target '{name}'")
            }
            Self::WalrusInComprehensionOf(place) => format!(
                "assignment expression within a comprehension cannot be used {} {}",
                if *place == Place::GenericDefinition { "within" } else { "in" },
                place.name()
            ),
            Self::InPlace(what, place) if minor < 12 => {
                format!("'{what}' can not be used within {}", place.name())
            }
            Self::InPlace(what, place) => format!("{what} cannot be used within {}", place.name()),
            Self::YieldInComprehension(comprehension) => format!("'yield' inside {comprehension}"),
            Self::MultipleStarred if minor < 9 => "two starred expressions in assignment".to_owned(),
            Self::MultipleStarred => "multiple starred expressions in assignment".to_owned(),
            Self::TooManyBlocks => "too many statically nested blocks".to_owned(),
            Self::AsyncComprehension => {
                "asynchronous comprehension outside of an asynchronous function".to_owned()
            }
            Self::Unreachable(None) => "wildcard makes remaining patterns unreachable".to_owned(),
            Self::Unreachable(Some(name)) => {
                format!("name capture '{name}' makes remaining patterns unreachable")
            }
            Self::PatternRebinds(name) => format!("multiple assignments to name '{name}' in pattern"),
            Self::DuplicateKey(key) => format!("mapping pattern checks duplicate key ({key})"),
            Self::DuplicateAttribute(name) => format!("attribute name repeated in class pattern: {name}"),
        }
    }

    /// Whether Python names line 0 for it.
    pub(in crate::syntax) fn has_no_line(&self, minor: u8) -> bool {
        match self {
            Self::AsyncComprehension => minor < 10,
            Self::TooManyBlocks => minor < 9,
            _ => false,
        }
    }
}
