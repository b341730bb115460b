//! A suite of a thousand modules in twelve cells (four Pythons on three systems), against the same in one.
//!
//! ```console
//! $ cargo bench --bench cells
//! ```
//!
//! Prints medians of rounds in turn, and their ratio: for a suite that asks for neither version nor platform, for
//! one in which every tenth module compares `sys.version_info`, and for one in which every tenth module asks for
//! both.

#![expect(clippy::print_stdout, reason = "what it is for")]

#[path = "support/rounds.rs"]
mod rounds;
#[path = "support/suite.rs"]
mod suite;

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use collectlint::check::{self, Request};
use collectlint::fs::FileSystem;
use collectlint::syntax::Sources;

const MODULES: usize = 1_000;
const ROUNDS: usize = 5;

const ONE: [&str; 2] = ["[ubuntu-latest]", "[\"3.12\"]"];
const TWELVE: [&str; 2] =
    ["[ubuntu-latest, windows-latest, macos-latest]", "[\"3.10\", \"3.11\", \"3.12\", \"3.13\"]"];

const VERSION: &str =
    "\nimport sys\n\nif sys.version_info >= (3, 12):\n    NEW = True\nelse:\n    NEW = False\n";
const PLATFORM: &str = "\nimport sys\n\nif sys.version_info >= (3, 12) and sys.platform != \"win32\":\n    NEW = True\n\
     else:\n    NEW = False\n";

fn main() -> Result<()> {
    println!("{MODULES} modules, {} threads", rayon::current_num_threads());
    for (title, question) in
        [("nothing is asked", ""), ("version", VERSION), ("version and platform", PLATFORM)]
    {
        println!("\n{title}:");
        let folders = [tempfile::tempdir()?, tempfile::tempdir()?];
        for (folder, matrix) in folders.iter().zip([ONE, TWELVE]) {
            let asks = |number: usize| if number.is_multiple_of(10) { question } else { "" };
            suite::generate(folder.path(), MODULES, asks)?;
            configure(folder.path(), matrix)?;
        }
        let [one, twelve] = folders.each_ref().map(|folder| move || whole_run(folder.path()));
        rounds::compare(ROUNDS, ("1 cell", one), ("12 cells", twelve))?;
    }
    Ok(())
}

fn configure(root: &Path, [systems, pythons]: [&str; 2]) -> Result<()> {
    let workflow = format!(
        "jobs:\n  test:\n    runs-on: ${{{{ matrix.os }}}}\n    strategy:\n      matrix:\n        os: {systems}\n        \
         python-version: {pythons}\n    steps:\n      - uses: actions/setup-python@v5\n        \
         with: {{python-version: \"${{{{ matrix.python-version }}}}\"}}\n      - run: pip install -e .[test]\n      \
         - run: pytest tests\n"
    );
    let project = "[project]\nname = \"shop\"\nversion = \"1\"\ndependencies = [\"numpy\"]\n\n\
                   [project.optional-dependencies]\ntest = [\"pytest\"]\n";
    fs::create_dir_all(root.join(".github/workflows"))?;
    fs::write(root.join(".github/workflows/ci.yml"), workflow)?;
    fs::write(root.join("pyproject.toml"), project)?;
    Ok(())
}

fn whole_run(root: &Path) -> Result<()> {
    let fs = FileSystem::new();
    let mut request = Request { working_directory: root.to_path_buf(), ..Request::default() };
    request.target.all_cells = true;
    let checked = check::run(&Sources::new(&fs), &request)?;
    ensure!(checked.modules == MODULES, "not all modules were met");
    Ok(())
}
