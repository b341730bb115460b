//! Dotted names → files, as Python's import system finds them, and files → dotted names, as pytest makes
//! them up when it imports a test module.
//!
//! Nothing is executed and `sys.modules` is not known here: what was imported before is its caller's
//! business, and comes in as a question ([`Resolver::loaded`]).

mod built;
mod directory;
mod import;
mod module_name;
mod resolver;
mod search_path;
mod suffixes;

pub use import::{
    ConftestImport, FileCheck, ImportContext, Manner, ModuleImport, Parent, ParentOrigin, PathChange,
};
pub use resolver::{Lookup, Origin, Resolver};
pub use search_path::{PathEntry, SearchPath};

#[cfg(test)]
mod tests;
