"""Runs pytest with `probe_conftest.py` in an empty project and returns what it says."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

PROBE = Path(__file__).with_name("probe_conftest.py")
MODULE = "import sys\nLATE = sorted(sys.modules)\ndef test_it():\n    pass\n"


def ask(python, arguments=(), files=(), distribution=""):
    """`python` is a scratch environment's interpreter; `distribution` a plugin to ask more about. None, with the
    reason printed, where pytest fails."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder).resolve()
        (folder / "conftest.py").write_text(PROBE.read_text())
        (folder / "test_probe.py").write_text(MODULE)
        (folder / "pytest.ini").write_text("[pytest]\n")
        for name, text in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        answer = folder / "facts.json"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
        environment.update(PYTEST_FACTS=str(answer), PYTEST_FACTS_OF=distribution, PYTHONDONTWRITEBYTECODE="1")
        done = subprocess.run(
            [python.parent / "pytest", "-q", *arguments],
            cwd=folder, env=environment, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if not answer.exists():
            print(f"{python}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
            return None
        return json.loads(answer.read_text())
