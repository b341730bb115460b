//! Stub files of compiled modules: what a name of machine code most likely stands for.
//!
//! `from pandas._libs.tslibs import NaT`: the module is machine code, and a file `nattype.pyi` beside it says
//! `NaT: NaTType`. Nobody checks such a file against the code: whoever asks here gets a guess.

use std::path::PathBuf;
use std::sync::Arc;

use ruff_python_ast::{Expr, ModModule, Stmt, StmtClassDef};

use super::{Interp, Key, Object, Truth};

/// What a stub file says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stub {
    /// A class or function that is called so.
    Callable(String),
    /// An instance of the class of that dotted name.
    Instance(String),
    /// A member of an enumeration: `str(member)`.
    Member(String),
}

/// Aliases of aliases are followed up to here.
const DEEPEST: usize = 4;

impl<'a> Interp<'a> {
    /// What the stub file beside a compiled module of the project says of a name in it.
    pub(crate) fn stub(&self, path: &str) -> Option<Stub> {
        let (module, name) = path.rsplit_once('.')?;
        let file = self.stub_file(module)?;
        let tree = self.sources.get(&file).ok()?.tree()?;
        described(tree, module, name, 0)
    }

    /// Whether what the stub file beside a compiled module says that a name stands for can be called.
    pub(super) fn stub_is_callable(&self, path: &str) -> Option<bool> {
        match self.stub(path)? {
            Stub::Callable(_) => Some(true),
            Stub::Instance(class) => match class.strip_prefix("builtins.") {
                Some(_) => Some(false),
                None => {
                    let calls = |statement: &Stmt| matches!(statement, Stmt::FunctionDef(method) if method.name.as_str() == "__call__");
                    let statement = self.stub_class(&class)?;
                    (statement.bases().is_empty() && !statement.body.iter().any(calls)).then_some(false)
                }
            },
            Stub::Member(_) => None,
        }
    }

    /// Whether a class of a compiled module derives from another, by the stub file beside it.
    pub(super) fn stub_derives(&self, path: &str, ancestor: &str) -> Truth {
        self.stub_derives_within(path, ancestor, 0)
    }

    fn stub_derives_within(&self, path: &str, ancestor: &str, depth: usize) -> Truth {
        const MOST_BASES: usize = 32;
        if path == ancestor {
            return Truth::Yes;
        }
        let (Some(class), Some((module, _))) = (self.stub_class(path), path.rsplit_once('.')) else {
            return Truth::Maybe;
        };
        if depth == MOST_BASES {
            return Truth::Maybe;
        }
        let derives = |base: &Expr| match base {
            Expr::Name(base) => {
                self.stub_derives_within(&format!("{module}.{}", base.id), ancestor, depth + 1)
            }
            _ => Truth::Maybe,
        };
        class.bases().iter().map(derives).fold(Truth::No, Truth::or)
    }

    /// The statement of a class in the stub file beside a compiled module.
    fn stub_class(&self, path: &str) -> Option<&'a StmtClassDef> {
        let (module, name) = path.rsplit_once('.')?;
        let file = self.stub_file(module)?;
        let tree = self.sources.get(&file).ok()?.tree()?;
        class_statement(tree, name, 0)
    }

    fn stub_file(&self, module: &str) -> Option<PathBuf> {
        let (package, last) = module.rsplit_once('.')?;
        let (_, package) = self.heap.registry()?.entries.get(&Key::Str(Arc::from(package)))?;
        let Object::Module(package) = self.object(package)? else { return None };
        let folders = package.search.as_ref()?;
        folders
            .iter()
            .map(|folder| folder.join(format!("{last}.pyi")))
            .find(|file| self.sources.fs().is_file(file) && self.is_interpreted(file))
    }
}

/// The class statement that a name stands for, also where it is another name of that class.
fn class_statement<'t>(tree: &'t ModModule, name: &str, depth: usize) -> Option<&'t StmtClassDef> {
    let is_name = |target: &Expr| matches!(target, Expr::Name(target) if target.id == name);
    tree.body.iter().find_map(|statement| match statement {
        Stmt::ClassDef(class) if class.name.id == name => Some(class),
        Stmt::Assign(assigned) if depth < DEEPEST && assigned.targets.iter().any(is_name) => {
            match &*assigned.value {
                Expr::Name(other) => class_statement(tree, &other.id, depth + 1),
                _ => None,
            }
        }
        _ => None,
    })
}

fn described(tree: &ModModule, module: &str, name: &str, depth: usize) -> Option<Stub> {
    let is_name = |target: &Expr| matches!(target, Expr::Name(target) if target.id == name);
    tree.body.iter().find_map(|statement| match statement {
        Stmt::ClassDef(class) if class.name.id == name => Some(Stub::Callable(name.to_owned())),
        Stmt::FunctionDef(function) if function.name.id == name => Some(Stub::Callable(name.to_owned())),
        Stmt::Assign(assigned) if assigned.targets.iter().any(is_name) => match &*assigned.value {
            Expr::Name(other) if depth < DEEPEST => described(tree, module, &other.id, depth + 1),
            _ => None,
        },
        Stmt::AnnAssign(annotated) if is_name(&annotated.target) => {
            match (annotated.value.as_deref(), &*annotated.annotation) {
                (Some(Expr::Attribute(member)), _) => match &*member.value {
                    Expr::Name(class) if is_enumeration(tree, &class.id) => {
                        Some(Stub::Member(format!("{}.{}", class.id, member.attr)))
                    }
                    _ => None,
                },
                (_, Expr::Name(class)) => {
                    let is_own =
                        matches!(described(tree, module, &class.id, depth + 1), Some(Stub::Callable(_)));
                    Some(Stub::Instance(format!("{}.{}", if is_own { module } else { "builtins" }, class.id)))
                }
                // `list[str]`
                (_, Expr::Subscript(generic)) => match &*generic.value {
                    Expr::Name(class) => Some(Stub::Instance(format!("builtins.{}", class.id))),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    })
}

fn is_enumeration(tree: &ModModule, name: &str) -> bool {
    tree.body.iter().any(|statement| match statement {
        Stmt::ClassDef(class) if class.name.id == name => {
            class.bases().iter().any(|base| matches!(base, Expr::Name(base) if base.id == "Enum"))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::ParsedFile;

    #[test]
    fn another_name_of_a_class_is_that_class() {
        let text = "class Tick: ...\nclass Day(Tick): ...\nD = Day\nE = D\ndef call() -> int: ...\n";
        let file = ParsedFile::new(PathBuf::from("fast.pyi"), text.as_bytes());
        let tree = file.tree().expect("it can be parsed");
        for (name, expected) in [("E", Some("Day")), ("Tick", Some("Tick")), ("call", None)] {
            assert_eq!(class_statement(tree, name, 0).map(|class| class.name.as_str()), expected, "{name}");
        }
    }

    #[test]
    fn a_stub_file_says_what_names_stand_for() {
        let text = "class NaTType: ...\nNaT: NaTType\niNaT: int\nclass Day: ...\nD = Day\ndef call() -> int: ...\n\
                    class Kind(Enum):\n    one = ...\none: Final = Kind.one\nNAMES: list[str]\n";
        let file = ParsedFile::new(PathBuf::from("fast.pyi"), text.as_bytes());
        let tree = file.tree().expect("it can be parsed");
        for (name, expected) in [
            ("NaTType", Some(Stub::Callable("NaTType".to_owned()))),
            ("NaT", Some(Stub::Instance("p.fast.NaTType".to_owned()))),
            ("iNaT", Some(Stub::Instance("builtins.int".to_owned()))),
            ("D", Some(Stub::Callable("Day".to_owned()))),
            ("call", Some(Stub::Callable("call".to_owned()))),
            ("one", Some(Stub::Member("Kind.one".to_owned()))),
            ("NAMES", Some(Stub::Instance("builtins.list".to_owned()))),
            ("other", None),
        ] {
            assert_eq!(described(tree, "p.fast", name, 0), expected, "{name}");
        }
    }
}
