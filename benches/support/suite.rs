//! A generated suite.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;

/// Modules as they are: imports, a fixture, a class, parametrized tests. Each begins with what `extra` says.
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
