//! The classes of the standard library: their bases, and what can be done with them.

use super::table::{Block, Cell, block};
use super::{Attribute, Kind};
use crate::environment::{Observed, Platform, PythonVersion};

/// What is known of a class in some versions on some platforms.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a class, read from one row of flags")]
pub struct ClassFacts {
    /// The dotted name it was defined under; builtins have no dot.
    pub name: &'static str,
    /// Their dotted names; `object` is left out.
    pub bases: Vec<&'static str>,
    /// Some base is not among `bases`.
    pub bases_unknown: bool,
    pub exception: bool,
    /// The facts below are not known: nobody asked a real Python.
    pub shallow: bool,
    /// It has abstract methods: calling it is a `TypeError`.
    pub is_abstract: bool,
    /// It or a base has an `__init__` other than `object`'s.
    pub has_init: bool,
    /// It or a base has a `__new__` other than `object`'s.
    pub has_new: bool,
    /// It cannot be a base class (`bool`, `re.Match`).
    pub is_final: bool,
    /// Other than `type`.
    pub metaclass: Option<&'static str>,
}

impl ClassFacts {
    pub(super) fn read(
        name: &'static str,
        flags: &str,
        metaclass: Option<&'static str>,
        bases: Vec<&'static str>,
    ) -> Self {
        Self {
            name,
            bases,
            bases_unknown: flags.contains('?'),
            exception: flags.contains('e'),
            shallow: flags.contains('s'),
            is_abstract: flags.contains('a'),
            has_init: flags.contains('i'),
            has_new: flags.contains('n'),
            is_final: flags.contains('f'),
            metaclass,
        }
    }
}

/// The class that `dotted` (`OSError`, `socket.error`, `asyncio.TimeoutError`) names.
pub fn class(
    dotted: &str,
    python: impl Into<Observed<PythonVersion>>,
    platform: impl Into<Observed<Platform>>,
) -> Option<&'static ClassFacts> {
    find(dotted, Cell::new(python, platform))
}

fn find(dotted: &str, cell: Cell) -> Option<&'static ClassFacts> {
    let dotted = dotted.strip_prefix("builtins.").unwrap_or(dotted);
    defined(dotted, cell).or_else(|| {
        // An alias: `socket.error`, `IOError`.
        let (module, name) = dotted.rsplit_once('.').unwrap_or(("builtins", dotted));
        let mut named = block(module)?.facts().named(name);
        let class = named.find(|named| cell.is_in(named.group.present))?.class?;
        defined(class, cell)
    })
}

/// The class that was defined under this dotted name.
fn defined(dotted: &str, cell: Cell) -> Option<&'static ClassFacts> {
    let facts = home(dotted)?.facts();
    facts
        .classes
        .iter()
        .find(|(cells, class)| class.name == dotted && cell.is_in(*cells))
        .map(|(_, class)| class)
}

/// The module a class is written down under: that of its dotted name, else `builtins`.
fn home(dotted: &str) -> Option<&'static Block> {
    let mut module = dotted;
    while let Some((parent, _)) = module.rsplit_once('.') {
        if let Some(block) = block(parent) {
            return Some(block);
        }
        module = parent;
    }
    block("builtins")
}

/// The exception class and all its bases, as in its `__mro__` without `object`; nothing where `dotted`
/// is no exception class that the table knows.
pub fn exception_bases(
    dotted: &str,
    python: impl Into<Observed<PythonVersion>>,
    platform: impl Into<Observed<Platform>>,
) -> Vec<&'static str> {
    let cell = Cell::new(python, platform);
    let mut found = Vec::new();
    let Some(class) = find(dotted, cell).filter(|class| class.exception) else { return found };
    linearise(class, cell, &mut found, 0);
    // A base comes after every class that derives from it: keep the last mention.
    let mut order: Vec<&'static str> = Vec::new();
    for name in found.into_iter().rev() {
        if !order.contains(&name) {
            order.push(name);
        }
    }
    order.reverse();
    order
}

fn linearise(class: &'static ClassFacts, cell: Cell, found: &mut Vec<&'static str>, depth: u8) {
    const DEEPEST: u8 = 20;
    found.push(class.name);
    if depth == DEEPEST {
        return;
    }
    for base in &class.bases {
        match find(base, cell) {
            Some(base) => linearise(base, cell, found, depth + 1),
            None => found.push(base),
        }
    }
}

/// Whether the exception class `dotted` is `of` or derives from it; both may be aliases.
pub fn is_exception_subclass(
    dotted: &str,
    of: &str,
    python: impl Into<Observed<PythonVersion>>,
    platform: impl Into<Observed<Platform>>,
) -> bool {
    let (python, platform) = (python.into(), platform.into());
    let of = class(of, python, platform).map_or(of, |class| class.name);
    exception_bases(dotted, python, platform).contains(&of)
}

/// Whether a class has an attribute. `Absent` is only said of names that the class has in another
/// version or on another platform; most answers are `Unknown`.
pub fn class_attribute(
    dotted: &str,
    name: &str,
    python: impl Into<Observed<PythonVersion>>,
    platform: impl Into<Observed<Platform>>,
) -> Attribute {
    let cell = Cell::new(python, platform);
    let Some(class) = find(dotted, cell) else { return Attribute::Unknown };
    varying(class, name, cell, 0).unwrap_or(Attribute::Unknown)
}

fn varying(class: &'static ClassFacts, name: &str, cell: Cell, depth: u8) -> Option<Attribute> {
    const DEEPEST: u8 = 20;
    let mut known = false;
    let lines = home(class.name)?.facts().class_attributes.iter();
    for (cells, _, _) in lines.filter(|(_, owner, names)| *owner == class.name && names.contains(&name)) {
        if cell.is_in(*cells) {
            return Some(Attribute::Present(Kind::Variable));
        }
        known = true;
    }
    if known {
        return Some(if cell.exact { Attribute::Absent } else { Attribute::Unknown });
    }
    if depth == DEEPEST {
        return None;
    }
    class
        .bases
        .iter()
        .filter_map(|base| find(base, cell))
        .find_map(|base| varying(base, name, cell, depth + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: Platform = Platform::Linux;

    fn bases(dotted: &str, minor: u8) -> Vec<&'static str> {
        exception_bases(dotted, PythonVersion::new(3, minor), LINUX)
    }

    #[test]
    fn exceptions_have_their_whole_mro() {
        assert_eq!(
            bases("ModuleNotFoundError", 11),
            ["ModuleNotFoundError", "ImportError", "Exception", "BaseException"]
        );
        assert_eq!(bases("SystemExit", 11), ["SystemExit", "BaseException"]);
        assert_eq!(
            bases("subprocess.CalledProcessError", 9),
            ["subprocess.CalledProcessError", "subprocess.SubprocessError", "Exception", "BaseException"]
        );
        assert_eq!(
            bases("io.UnsupportedOperation", 13),
            ["io.UnsupportedOperation", "OSError", "ValueError", "Exception", "BaseException"]
        );
        assert_eq!(
            bases("ExceptionGroup", 14),
            ["ExceptionGroup", "BaseExceptionGroup", "Exception", "BaseException"]
        );
        assert_eq!(bases("unittest.SkipTest", 12)[0], "unittest.case.SkipTest");
        assert!(bases("ExceptionGroup", 10).is_empty());
        assert!(bases("int", 11).is_empty());
    }

    #[test]
    fn aliases_are_the_class_they_name() {
        for alias in
            ["IOError", "EnvironmentError", "socket.error", "select.error", "os.error", "builtins.OSError"]
        {
            assert_eq!(bases(alias, 11), ["OSError", "Exception", "BaseException"], "{alias}");
        }
        assert_eq!(bases("asyncio.TimeoutError", 11)[0], "TimeoutError");
        assert_eq!(bases("asyncio.TimeoutError", 9)[0], "asyncio.exceptions.TimeoutError");
        assert_eq!(bases("json.JSONDecodeError", 11)[1], "ValueError");
        let python = PythonVersion::new(3, 11);
        assert!(is_exception_subclass("ConnectionError", "IOError", python, LINUX));
        assert!(!is_exception_subclass("SystemExit", "Exception", python, LINUX));
        let windows = exception_bases("WindowsError", python, Platform::Windows);
        assert_eq!(windows, ["OSError", "Exception", "BaseException"]);
    }

    #[test]
    fn classes_know_their_bases_and_whether_they_can_be_called() {
        let python = PythonVersion::new(3, 11);
        let facts = |dotted| class(dotted, python, LINUX).unwrap();
        assert!(facts("collections.abc.Mapping").is_abstract);
        assert!(!facts("collections.OrderedDict").is_abstract);
        assert!(facts("bool").is_final && !facts("int").is_final);
        assert_eq!(facts("bool").bases, ["int"]);
        assert_eq!(facts("enum.Enum").metaclass, Some("enum.EnumType"));
        assert!(facts("unittest.TestCase").has_init);
        assert_eq!(
            facts("concurrent.futures.ThreadPoolExecutor").bases,
            ["concurrent.futures._base.Executor"]
        );
        assert!(class("no.Such", python, LINUX).is_none());
    }

    #[test]
    fn attributes_of_classes_depend_on_the_version() {
        let at = |minor, class, name| class_attribute(class, name, PythonVersion::new(3, minor), LINUX);
        assert_eq!(at(8, "str", "removeprefix"), Attribute::Absent);
        assert_eq!(at(9, "str", "removeprefix"), Attribute::Present(Kind::Variable));
        assert_eq!(at(8, "pathlib.PosixPath", "is_relative_to"), Attribute::Absent);
        assert_eq!(at(9, "str", "upper"), Attribute::Unknown);
    }
}
