//! What can be configured: read by the reader of files, and printed by `collectlint config`.

/// A key of `[tool.collectlint]`.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    /// In words: "list of rules".
    pub kind: &'static str,
    /// In TOML.
    pub default: &'static str,
    pub explanation: &'static str,
    /// In TOML.
    pub example: &'static str,
}

/// All keys, in the order in which they are printed.
pub static KEYS: [Key; 21] = [
    Key {
        name: "extend",
        kind: "path",
        default: "none",
        explanation: "A configuration file whose settings are taken over where this one is silent. The path is \
                      relative to this file.",
        example: "extend = \"../collectlint.toml\"",
    },
    Key {
        name: "select",
        kind: "list of rules",
        default: "[\"ALL\"]",
        explanation: "The rules to use: codes (`CL001`), names (`exit-at-import`), prefixes (`CL0`) or `ALL`. A \
                      longer prefix decides over a shorter one, whatever the list.",
        example: "select = [\"CL0\", \"missing-module\"]",
    },
    Key {
        name: "extend-select",
        kind: "list of rules",
        default: "[]",
        explanation: "Rules to use besides those that are selected.",
        example: "extend-select = [\"CL204\"]",
    },
    Key {
        name: "ignore",
        kind: "list of rules",
        default: "[]",
        explanation: "Rules not to use.",
        example: "ignore = [\"CL204\"]",
    },
    Key {
        name: "per-file-ignores",
        kind: "table of lists of rules",
        default: "{}",
        explanation: "Rules not to use in the files that a pattern matches. `!` before a pattern turns it around.",
        example: "per-file-ignores = { \"tests/e2e/*\" = [\"CL101\"] }",
    },
    Key {
        name: "extend-per-file-ignores",
        kind: "table of lists of rules",
        default: "{}",
        explanation: "The same, besides those of a file that is extended.",
        example: "extend-per-file-ignores = { \"conftest.py\" = [\"CL110\"] }",
    },
    Key {
        name: "levels",
        kind: "table of levels",
        default: "{}",
        explanation: "How bad a rule's findings are: `error`, `warning`, `info` or `ignore`. Only errors make \
                      `collectlint` fail.",
        example: "levels = { unknown-mark = \"warning\" }",
    },
    Key {
        name: "exclude",
        kind: "list of patterns",
        default: "[]",
        explanation: "Files and folders in which nothing is reported. They are still imported where tests import \
                      them. A pattern matches a name, or a path from the folder of this file.",
        example: "exclude = [\"tests/fixtures\", \"*_generated.py\"]",
    },
    Key {
        name: "extend-exclude",
        kind: "list of patterns",
        default: "[]",
        explanation: "The same, besides those that are excluded already.",
        example: "extend-exclude = [\"tests/data\"]",
    },
    Key {
        name: "error-on-warning",
        kind: "true or false",
        default: "false",
        explanation: "Whether a warning makes `collectlint` fail, too.",
        example: "error-on-warning = true",
    },
    Key {
        name: "baseline",
        kind: "path",
        default: "none",
        explanation: "A file of known findings, which are not reported; `--write-baseline` writes it.",
        example: "baseline = \"collectlint-baseline.json\"",
    },
    Key {
        name: "fix-style",
        kind: "\"skip-module\", \"importorskip\" or \"skipif\"",
        default: "\"skip-module\"",
        explanation: "How a module with an optional dependency is repaired: skip the whole module with \
                      `pytest.skip` or `pytest.importorskip`, or only the tests that need the dependency.",
        example: "fix-style = \"skipif\"",
    },
    Key {
        name: "clash-style",
        kind: "\"package\" or \"importlib\"",
        default: "\"package\"",
        explanation: "How test files of the same name are told apart: their folders become packages, or pytest \
                      imports by path with `--import-mode=importlib`.",
        example: "clash-style = \"importlib\"",
    },
    Key {
        name: "python",
        kind: "path",
        default: "the active or nearest virtual environment",
        explanation: "A Python interpreter or virtual environment whose modules are read from disk.",
        example: "python = \".venv\"",
    },
    Key {
        name: "python-version",
        kind: "version or list of versions",
        default: "what the project declares",
        explanation: "The Python versions that the tests are predicted for.",
        example: "python-version = [\"3.9\", \"3.13\"]",
    },
    Key {
        name: "python-platform",
        kind: "platform or list of platforms",
        default: "what the project declares",
        explanation: "The platforms that the tests are predicted for: `linux`, `macos`, `windows`.",
        example: "python-platform = [\"linux\", \"windows\"]",
    },
    Key {
        name: "pytest-version",
        kind: "version",
        default: "the environment's, else the newest known",
        explanation: "The release of pytest whose behaviour is predicted.",
        example: "pytest-version = \"8.4\"",
    },
    Key {
        name: "absent",
        kind: "list of modules",
        default: "[]",
        explanation: "Modules that some environment of the project does not have.",
        example: "absent = [\"playwright\"]",
    },
    Key {
        name: "use-cells",
        kind: "list of cells",
        default: "all of them",
        explanation: "The cells of the CI matrix that count.",
        example: "use-cells = [\"py3.9-windows\"]",
    },
    Key {
        name: "cells",
        kind: "table of cells",
        default: "those of the CI workflows",
        explanation: "Cells stated by hand: `python`, `platform`, `machine`, `extras`, `groups`, `requirements`, \
                      `packages`, `env`, `pytest-args`.",
        example: "cells.minimal = { python = \"3.9\", extras = [] }",
    },
    Key {
        name: "package-module-name-map",
        kind: "table of lists of modules",
        default: "{}",
        explanation: "Which modules a distribution provides, where that cannot be known otherwise.",
        example: "package-module-name-map = { my-fork-of-yaml = [\"yaml\"] }",
    },
];
