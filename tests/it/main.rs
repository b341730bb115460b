//! What the program does as a whole, and what holds for the repository.

mod cli;
mod grammar;
mod project;
mod repo;
mod server;
mod verify;

#[path = "../support/pages.rs"]
mod pages;
#[path = "../support/python.rs"]
mod python;
