//! What the benchmarks have in common: the walk that only parses, rounds in turn, and a generated suite.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use rayon::prelude::*;
use ruff_python_ast::PySourceType;

/// How many of these files are Python.
pub(crate) fn parse(paths: &[PathBuf]) -> usize {
    paths
        .par_iter()
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap_or_default();
            let options = ruff_python_parser::ParseOptions::from(PySourceType::Python);
            black_box(ruff_python_parser::parse_unchecked(&text, options)).has_valid_syntax()
        })
        .count()
}

/// Prints the medians of two works that are done in turn, and their ratio.
#[expect(clippy::print_stdout, reason = "what it is for")]
pub(crate) fn compare(
    rounds: usize,
    mut first: (&str, impl FnMut() -> Result<()>),
    mut second: (&str, impl FnMut() -> Result<()>),
) -> Result<()> {
    let mut times: [Vec<Duration>; 2] = Default::default();
    for _ in 0..rounds {
        let start = Instant::now();
        first.1()?;
        times[0].push(start.elapsed());
        let start = Instant::now();
        second.1()?;
        times[1].push(start.elapsed());
    }
    let [one, other] = times.map(median);
    println!("{:12} {:8.3} s", first.0, one.as_secs_f64());
    println!("{:12} {:8.3} s", second.0, other.as_secs_f64());
    println!("ratio        {:8.2}", other.as_secs_f64() / one.as_secs_f64());
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Modules as they are: imports, a fixture, a class, parametrized tests. Each begins with what `extra` says.
#[allow(dead_code, reason = "not every benchmark generates its suite")]
pub(crate) fn generate(root: &Path, modules: usize, extra: impl Fn(usize) -> &'static str) -> Result<()> {
    for number in 0..modules {
        let mut text = String::from(
            "import json\nimport os\nfrom pathlib import Path\n\nimport numpy as np\nimport pytest\n\n\
             HERE = Path(__file__).parent\n\n\n@pytest.fixture\ndef data(tmp_path):\n    return tmp_path / \"data.json\"\n",
        );
        text.push_str(extra(number));
        for test in 0..12 {
            write!(
                text,
                "\n\n@pytest.mark.parametrize(\"size, expected\", [({test}, 0), (2, 4), (3, 9)])\n\
                 def test_square_{test}(size, expected, data):\n    values = [n * n for n in range(size)]\n    \
                 data.write_text(json.dumps(values))\n    assert sum(values) >= expected or np.sum(values) > 0\n"
            )?;
        }
        text.push_str("\n\nclass TestFiles:\n    def test_here(self):\n        assert os.path.isdir(HERE)\n");
        let folder = root.join(format!("tests/part_{}", number / 100));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("test_module_{number}.py")), text)?;
    }
    Ok(())
}
