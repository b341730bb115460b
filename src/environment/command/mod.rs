//! What the commands of workflows, tox, nox and task files do: install, and run pytest.

pub mod shell;
