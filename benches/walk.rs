//! One whole run over two thousand generated test modules, against a walk of the same tree that only
//! parses them: the same parser, the same threads.
//!
//! ```console
//! $ cargo bench --bench walk
//! ```
//!
//! Prints medians of rounds in turn, and their ratio.

#![expect(clippy::print_stdout, reason = "what it is for")]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use collectlint::check::{self, Request};
use collectlint::fs::FileSystem;
use collectlint::syntax::Sources;
use rayon::prelude::*;
use ruff_python_ast::PySourceType;

const FILES: usize = 2_000;
const ROUNDS: usize = 7;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    generate(folder.path())?;
    let mut times: [Vec<Duration>; 2] = Default::default();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        ensure!(parse_only(folder.path()) == FILES, "not all files were parsed");
        times[0].push(start.elapsed());
        let start = Instant::now();
        ensure!(whole_run(folder.path())? == FILES, "not all modules were met");
        times[1].push(start.elapsed());
    }
    let [parsing, checking] = times.map(median);
    println!("{FILES} files, {} threads", rayon::current_num_threads());
    println!("parse only  {:8.3} s", parsing.as_secs_f64());
    println!("collectlint {:8.3} s", checking.as_secs_f64());
    println!("ratio       {:8.2}", checking.as_secs_f64() / parsing.as_secs_f64());
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn parse_only(root: &Path) -> usize {
    let files: Vec<_> = ignore::Walk::new(root)
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "py"))
        .map(ignore::DirEntry::into_path)
        .collect();
    files
        .par_iter()
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap_or_default();
            let options = ruff_python_parser::ParseOptions::from(PySourceType::Python);
            black_box(ruff_python_parser::parse_unchecked(&text, options)).has_valid_syntax()
        })
        .count()
}

fn whole_run(root: &Path) -> Result<usize> {
    let fs = FileSystem::new();
    let request = Request { working_directory: root.to_path_buf(), ..Request::default() };
    Ok(check::run(&Sources::new(&fs), &request)?.modules)
}

/// Modules as they are: imports, a fixture, a class, parametrized tests.
fn generate(root: &Path) -> Result<()> {
    for number in 0..FILES {
        let mut text = String::from(
            "import json\nimport os\nfrom pathlib import Path\n\nimport numpy as np\nimport pytest\n\n\
             HERE = Path(__file__).parent\n\n\n@pytest.fixture\ndef data(tmp_path):\n    return tmp_path / \"data.json\"\n",
        );
        for test in 0..12 {
            write!(
                text,
                "\n\n@pytest.mark.parametrize(\"size, expected\", [({test}, 0), (2, 4), (3, 9)])\n\
                 def test_square_{test}(size, expected, data):\n    values = [n * n for n in range(size)]\n    \
                 data.write_text(json.dumps(values))\n    assert sum(values) >= expected or np.sum(values) > 0\n"
            )?;
        }
        text.push_str("\n\nclass TestFiles:\n    def test_here(self):\n        assert os.path.isdir(HERE)\n");
        let folder = root.join(format!("part_{}", number / 100));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("test_module_{number}.py")), text)?;
    }
    Ok(())
}
