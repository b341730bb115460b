//! The modules that a file imports, as its text says.

use std::collections::BTreeSet;

use ruff_python_ast::Stmt;
use ruff_python_ast::visitor::{self, Visitor};

use super::ParsedFile;

impl ParsedFile {
    /// The top-level names of absolute imports outside of functions, wherever they stand.
    pub fn imported_modules(&self) -> BTreeSet<&str> {
        let mut imports = Imports::default();
        if let Some(tree) = self.tree() {
            imports.visit_body(&tree.body);
        }
        imports.names
    }
}

#[derive(Default)]
struct Imports<'t> {
    names: BTreeSet<&'t str>,
}

impl<'t> Imports<'t> {
    fn add(&mut self, dotted: &'t str) {
        self.names.insert(dotted.split('.').next().unwrap_or(dotted));
    }
}

impl<'t> Visitor<'t> for Imports<'t> {
    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        match stmt {
            Stmt::Import(import) => import.names.iter().for_each(|alias| self.add(&alias.name)),
            Stmt::ImportFrom(import) if import.level == 0 => {
                if let Some(module) = &import.module {
                    self.add(module);
                }
            }
            Stmt::FunctionDef(_) => {}
            _ => visitor::walk_stmt(self, stmt),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_count_wherever_they_run_at_import() {
        let text = "import a.b, c\nfrom d.e import f\nfrom . import g\ntry:\n    import h\nexcept ImportError:\n    pass\n\
                    class C:\n    import i\ndef f():\n    import j\n";
        let file = ParsedFile::new("test_a.py".into(), text.as_bytes());
        assert_eq!(file.imported_modules().into_iter().collect::<Vec<_>>(), ["a", "c", "d", "h", "i"]);
    }
}
