"""What real Pythons on Linux say about their standard library: `probe.py`, run once per module."""

import hashlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cells import LINUX, bit

PROBE = Path(__file__).with_name("probe.py")

# Importing these opens windows, browsers or sockets, or prints; and nobody's tests read their names.
NOT_IMPORTED = ("antigravity", "this", "idlelib", "turtledemo", "test", "__phello__", "__hello__")


def is_imported(name):
    parts = name.split(".")
    return parts[0] not in NOT_IMPORTED and parts[-1] != "__main__" and "tests" not in parts and "test" not in parts


class Interpreter:
    """One real Python: its modules, and what importing each of them does."""

    def __init__(self, executable, cache):
        self.executable = str(executable)
        version = self._run(["-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"], "").strip()
        self.version = version
        self.minor = int(version.split(".")[1])
        self.cell = bit(self.minor, LINUX)
        self.cache = Path(cache) / version if cache else None
        if self.cache:
            self.cache.mkdir(parents=True, exist_ok=True)
        # name -> package, source, extension or builtin
        self.modules = json.loads(self._run([str(PROBE), "list"], ""))
        # NOTE: no file has this name: `os` puts `posixpath` or `ntpath` into `sys.modules` under it.
        self.modules["os.path"] = "source"
        self.facts = {}

    def probe_all(self, claimed):
        """`claimed` maps a module to the names that a stub says it has."""
        names = [name for name in self.modules if is_imported(name)]
        with ThreadPoolExecutor(2) as pool:
            answers = pool.map(lambda name: self._probe(name, claimed.get(name, [])), names)
            self.facts = dict(zip(names, answers))

    def _probe(self, name, claimed):
        question = json.dumps(sorted(claimed))
        key = hashlib.sha256((PROBE.read_text() + question).encode()).hexdigest()[:12]
        stored = self.cache / f"{name}.{key}.json" if self.cache else None
        if stored and stored.exists():
            return json.loads(stored.read_text())
        try:
            answer = self._run([str(PROBE), "module", name], question)
            facts = json.loads(answer)
        except (subprocess.SubprocessError, ValueError) as error:
            facts = {"error": "Unknown", "message": str(error)[:80], "loads": [], "names": {}, "classes": {}}
        if stored:
            stored.write_text(json.dumps(facts))
        return facts

    def _run(self, arguments, text):
        command = [self.executable, "-I", "-S", *arguments]
        return subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=60, check=True, cwd="/"
        ).stdout
