//! What the user and pytest's own configuration ask for.

pub mod fnmatch;
mod glob;
pub mod ini;
mod path;
pub mod project;
pub mod pytest;
pub(crate) mod python;
mod shlex;
