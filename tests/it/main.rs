//! What the program does as a whole, and what holds for the repository.

mod grammar;
mod repo;

#[path = "../support/pages.rs"]
mod pages;
