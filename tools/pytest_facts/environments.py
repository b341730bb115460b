"""Scratch virtual environments, one per combination of Python and packages."""

import hashlib
import subprocess
import sys
from pathlib import Path

# The last patch release of every minor release, oldest first, with the Pythons (3.x) it supports.
PYTESTS = {
    "7.4.4": range(8, 14),
    "8.0.2": range(8, 14),
    "8.1.2": range(8, 14),
    "8.2.2": range(8, 14),
    "8.3.5": range(8, 14),
    "8.4.2": range(9, 14),
    "9.0.3": range(10, 14),
    "9.1.1": range(10, 14),
    "9.2.0": range(10, 14),
}


class Environments:
    def __init__(self, folder, pythons):
        """`pythons` maps a minor version to an interpreter; `folder` keeps the environments."""
        self.folder = Path(folder)
        self.pythons = pythons

    def make(self, minor, requirements):
        """The interpreter of an environment that holds exactly these and what they need; None where
        pip cannot install them for that Python."""
        digest = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:8]
        label = "-".join(requirements)[:60].replace("==", "").replace("[", "_").replace("]", "")
        root = self.folder / f"3.{minor}-{label}-{digest}"
        python = root / "bin" / "python"
        done = root / "installed"
        failed = root / "failed"
        if failed.exists():
            return None
        if not done.exists():
            subprocess.run([self.pythons[minor], "-m", "venv", "--without-pip", root], check=True)
            command = [sys.executable, "-m", "pip", "-q", "--python", python, "install", "--prefer-binary", "--no-compile"]
            command += requirements
            answer = subprocess.run(command, capture_output=True, text=True)
            if answer.returncode:
                failed.write_text(answer.stderr)
                return None
            done.touch()
        return python


__all__ = ["PYTESTS", "Environments"]
