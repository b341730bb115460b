//! What the program does as a whole, and what holds for the repository.

mod cli;
mod grammar;
mod installed;
mod project;
mod property;
mod repairs;
mod repo;
mod server;
mod verify;

#[path = "../support/pages.rs"]
mod pages;
#[path = "../support/python.rs"]
mod python;
#[path = "../support/stubs.rs"]
mod stubs;
