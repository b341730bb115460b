"""What `suites.toml` says, and how a suite gets onto the disk: its sources unpacked, its environment made."""

import json
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Suite:
    """One table of `suites.toml`; the words are explained there."""

    name: str
    version: str
    archive: str
    install: bool
    needs: list[str]
    arguments: list[str]
    absent: list[str]
    numbers_from: str = ""

    @property
    def pins(self) -> Path:
        return HERE / "requirements" / f"{self.name}.txt"


@dataclass(frozen=True)
class Place:
    """A suite on the disk."""

    sources: Path
    python: Path


class Failed(Exception):
    """A step that is not collectlint's did not work; the text says which."""


def read() -> list[Suite]:
    tables = tomllib.loads((HERE / "suites.toml").read_text("utf-8"))["suite"]
    suites = [Suite(**table) for table in tables]
    for suite in suites:
        assert suite.archive in ("sdist", "wheel") and len(suite.absent) <= 5, suite.name
    return suites


def prepare(suite: Suite, folder: Path) -> Place:
    """Downloads, unpacks and installs what is not there yet; everything of the suite is below `folder`."""
    archive = download(suite, folder / "archive")
    sources = unpack(archive, folder / f"{suite.name}-{suite.version}")
    if not suite.pins.is_file():
        raise Failed(f"{suite.pins} is missing: write it with `--pin {suite.name}`")
    place = Place(sources, folder / "venv" / "bin" / "python")
    installed = folder / "installed.txt"
    wanted = f"{sys.version}\n{archive.name}\n{suite.install}\n{suite.pins.read_text('utf-8')}"
    if not installed.is_file() or installed.read_text("utf-8") != wanted:
        make(place.python, ["--no-deps", "-r", str(suite.pins)])
        if suite.install:
            pip(place.python, "install", "--no-deps", str(archive))
        installed.write_text(wanted, "utf-8")
    return place


def pin(suite: Suite, folder: Path) -> None:
    """Resolves what the suite needs today, and writes it down."""
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "report.json"
    # Nothing is installed: what would be is told.
    resolve = ["install", "--dry-run", "--ignore-installed", "--report", str(report)]
    pip(Path(sys.executable), *resolve, *suite.needs)
    found = [each["metadata"] for each in json.loads(report.read_text("utf-8"))["install"]]
    lines = [f"{each['name']}=={each['version']}\n" for each in found if each["name"].lower() != suite.name]
    suite.pins.write_text("".join(sorted(lines, key=str.lower)), "utf-8")


def download(suite: Suite, folder: Path) -> Path:
    found = archives(folder)
    if not found:
        # Only the suite itself must come as its source; what builds it may be a wheel.
        kind = ["--no-binary", suite.name] if suite.archive == "sdist" else ["--only-binary", ":all:"]
        folder.mkdir(parents=True, exist_ok=True)
        here = Path(sys.executable)
        pip(here, "download", "--no-deps", *kind, "--dest", str(folder), f"{suite.name}=={suite.version}")
        found = archives(folder)
    if len(found) != 1:
        raise Failed(f"{suite.name}: expected one archive in {folder}")
    return found[0]


def archives(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*") if path.name.endswith((".tar.gz", ".zip", ".whl"))]


def unpack(archive: Path, folder: Path) -> Path:
    """The folder that the archive holds, or for a wheel the folder that it is unpacked to."""
    if not folder.is_dir():
        scratch = folder.with_name(folder.name + ".new")
        shutil.rmtree(scratch, ignore_errors=True)
        if archive.name.endswith(".tar.gz"):
            with tarfile.open(archive) as tar:
                tar.extractall(scratch, filter="data")
        else:
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(scratch)
        inner = [path for path in scratch.iterdir() if path.is_dir()]
        (inner[0] if len(inner) == 1 else scratch).rename(folder)
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def make(python: Path, requirements: list[str]) -> None:
    venv.create(python.parent.parent, clear=True, with_pip=True)
    pip(python, "install", *requirements)


def pip(python: Path, *arguments: str) -> str:
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise Failed(f"{' '.join(command)}\n{ran.stderr.strip()}")
    return ran.stdout
