//! What pytest would meet below its arguments, in pytest's order: conftests, directories, modules and
//! doctest files, as each pytest release walks them.
//!
//! What a walk meets depends on what the conftests say (`collect_ignore`, `pytest_ignore_collect`), and
//! conftests are only understood by interpreting them. So a walk is driven: it asks its [`Visitor`]
//! about each conftest before it lists the directory, and hands it each module when pytest would import it.
//!
//! A `Session` has three stages: [`Session::load_initial_conftests`], then [`Session::collect`], which can
//! refuse an argument as pytest does. [`candidates`] lists, in parallel and without asking anyone, the files
//! that such a walk may meet, so that they can be parsed beforehand.

mod argument;
mod conftests;
mod ignore;
mod legacy;
mod links;
mod node;
mod prefetch;
mod request;
mod session;
mod tree;
mod visitor;

use crate::settings::fnmatch;
pub use argument::{Selection, UsageError};
pub use fnmatch::{fnmatch, path_matches};
pub use node::{Directory, DirectoryKind, ModuleFile, ModuleKind, node_path};
pub use prefetch::candidates;
pub use request::Request;
pub use session::{Collection, End, NotFound, Session};
pub use visitor::{Collected, Control, Declared, Entry, IgnoreEntry, Located, Stage, Verdict, Visitor};

#[cfg(test)]
mod tests;
