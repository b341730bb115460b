//! What an author takes for a test and pytest never runs: facts for rules.

use crate::interp::Site;

/// Why something is no test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LostKind {
    /// The module's `__test__` is false, or its `__getattr__` says so.
    ModuleTestFalse,
    /// A test class with an `__init__`.
    ClassWithInit,
    /// A test class with a `__new__`.
    ClassWithNew,
    /// A class whose `__test__` is false.
    ClassTestFalse,
    /// A class with abstract methods: it is left alone from 8.3 on.
    AbstractClass,
    /// A class that holds test methods and has another name than pytest wants.
    ClassName,
    /// A function whose name nearly is that of a test.
    FunctionName,
    /// A function whose `__test__` is false.
    FunctionTestFalse,
    /// The name is bound to something that can be called and is no function.
    NotAFunction,
    /// A fixture with the name of a test.
    TestIsFixture,
    /// A decorator returns nothing.
    ReplacedByDecorator,
    /// A later definition of the same name replaces it.
    Redefined,
    /// A test of another module, under `collect_imported_tests = false`.
    ImportedTest,
    /// A test with `yield`, before 8.4: it is expected to fail without being run.
    YieldTest,
    /// An `async` test: it fails, or is skipped before 8.4, where no plugin runs it.
    AsyncTest,
    /// `parametrize` on a method of a `TestCase`: it is ignored.
    ParametrizedTestCase,
    /// `parametrize` takes its values from an iterator that gives none (any more): the test is skipped.
    EmptyIterator,
    /// A test function within a test function.
    NestedFunction,
    /// A test function within a function that nothing in the module mentions.
    NestedInHelper,
}

/// Something that looks like a test and is none.
#[derive(Clone, Debug)]
pub struct Lost {
    pub kind: LostKind,
    /// The name of the function, class or module.
    pub name: String,
    pub site: Option<Site>,
    pub certain: bool,
}
