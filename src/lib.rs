//! Predicts what pytest will do when it collects a test suite, without running Python.
//!
//! A module uses only modules above it in this list; `tests/it/repo.rs` holds the line.

pub mod text;

pub mod diagnostic;

pub mod fs;

pub mod environment;

pub mod settings;

pub mod discovery;

pub mod syntax;

pub mod resolve;

pub mod interp;

pub mod outcome;

pub mod rules;

pub mod check;

pub mod fix;

pub mod report;

pub mod cli;

pub mod server;
