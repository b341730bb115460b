//! What the user and pytest's own configuration ask for.

pub mod pytest;
