//! Over many small generated modules: collectlint always ends, never panics, and says the same with one
//! thread as with several.

use anyhow::{Result, ensure};

use crate::project::Project;

/// Numbers that are the same in every run: a linear congruential generator, as Knuth's MMIX has it.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

const EXPRESSIONS: [&str; 22] = [
    "1",
    "None",
    "'x' * 3",
    "[n for n in range(3)]",
    "{**{}, 'a': 1}",
    "a",
    "b.c",
    "f(a)",
    "lambda: sys.exit(1)",
    "sys.exit(2)",
    "os.environ['HOME']",
    "os.environ.get('X') or exit()",
    "pytest.skip('no')",
    "pytest.importorskip('numpy')",
    "__import__('c')",
    "f'{a!r:>{b}}'",
    "(yield_ := a)",
    "not a and b or 1 / 0",
    "C().m()",
    "{}['missing']",
    "getattr(sys, 'exit')(3)",
    "[*a, *b][-1]",
];

const IMPORTS: [&str; 10] = [
    "import sys, os, pytest",
    "from sys import exit as die",
    "import numpy as np",
    "from . import a",
    "from a import *",
    "import b.c",
    "from test_0 import f",
    "import test_1",
    "from __future__ import annotations",
    "import tomllib",
];

const HEADERS: [&str; 16] = [
    "if a:",
    "if sys.version_info < (3, 9):",
    "if __name__ == '__main__':",
    "while a:",
    "while True:",
    "for a in b:",
    "for n in range(10**9):",
    "with open('x') as b:",
    "with contextlib.suppress(ImportError):",
    "def f(a, b=1, *c, **d):",
    "async def test_g(self: np.array):",
    "class C(f, metaclass=a):",
    "class TestC:",
    "def test_a():",
    "@pytest.mark.parametrize('a', [1, b])\ndef test_p(a):",
    "@pytest.fixture(scope=a)\ndef b():",
];

const ENDINGS: [&str; 8] =
    ["pass", "return a", "raise a", "raise SystemExit(1)", "break", "continue", "del a", "yield a"];

fn block(numbers: &mut Numbers, depth: usize, indentation: usize, text: &mut String) {
    let pad = " ".repeat(indentation);
    for _ in 0..=numbers.below(4) {
        match numbers.below(if depth == 0 { 3 } else { 6 }) {
            0 => text.push_str(&format!("{pad}{}\n", numbers.pick(&EXPRESSIONS))),
            1 => text.push_str(&format!(
                "{pad}{} = {}\n",
                numbers.pick(&["a", "b", "f", "C.x", "sys"]),
                numbers.pick(&EXPRESSIONS)
            )),
            2 => text.push_str(&format!("{pad}{}\n", numbers.pick(&IMPORTS))),
            3 => {
                text.push_str(&format!("{pad}try:\n"));
                block(numbers, depth - 1, indentation + 4, text);
                let caught = numbers.pick(&[
                    "",
                    " ImportError",
                    " (a, KeyError) as e",
                    " BaseException",
                    " Exception",
                ]);
                text.push_str(&format!("{pad}except{caught}:\n"));
                block(numbers, depth - 1, indentation + 4, text);
            }
            _ => {
                let header = numbers.pick(&HEADERS).replace('\n', &format!("\n{pad}"));
                text.push_str(&format!("{pad}{header}\n"));
                block(numbers, depth - 1, indentation + 4, text);
                text.push_str(&format!("{pad}    {}\n", numbers.pick(&ENDINGS)));
            }
        }
    }
}

#[test]
fn generated_modules_are_judged_the_same_by_any_number_of_threads() -> Result<()> {
    let mut numbers = Numbers(20_240_229);
    for round in 0..12 {
        let project =
            Project::new(&[("a.py", "b = 1\n"), ("b/__init__.py", ""), ("b/c.py", "def f(a): return a\n")])?;
        for module in 0..12 {
            let mut text = "import contextlib, os, sys\nimport pytest\n".to_owned();
            block(&mut numbers, 3, 0, &mut text);
            project.write(&format!("test_{module}.py"), &text)?;
        }
        for arguments in [&["check", "--output-format", "json"][..], &["predict", "--output-format", "json"]]
        {
            let mut runs = Vec::new();
            for threads in ["1", "4"] {
                let ran = project.run(&[arguments, &["--threads", threads]].concat())?;
                ensure!(matches!(ran.code, 0 | 1) && ran.stderr.is_empty(), "round {round}: {ran:?}");
                runs.push(ran);
            }
            ensure!(runs[0] == runs[1], "round {round}: one thread:\n{:?}\nfour:\n{:?}", runs[0], runs[1]);
        }
    }
    Ok(())
}
