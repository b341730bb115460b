"""Writes `src/environment/data/plugins.txt`: see README.md beside this file.

Each plugin is installed into a scratch environment of its own, beside the newest pytest it runs with, and
pytest is asked there what it has beyond a pytest without plugins. A block of the table:

    @distribution version pytest      the versions that were asked
    e name module                     an entry point of the group pytest11, as `-p no:NAME` names it
    O action nargs dest names choices a command-line option
    I type name default               an option of the configuration file
    M name...                         registered marks
    F name...                         fixtures
    H flags name argument...          a hook it declares
    W hook...                         hooks of pytest that it implements
    N name...                         names it adds to the module `pytest`
    A                                 it runs tests that are coroutine functions, at least if asked to
"""

import argparse
import datetime
import json
import shutil
from pathlib import Path

from ask import ask
from environments import Environments
from generate import hook_lines, ini_lines, option_lines

# Distribution -> what must be installed beside it so that pytest runs.
PLUGINS = {
    "allure-pytest": [],
    "anyio": [],
    "Faker": [],
    "hypothesis": [],
    "inline-snapshot": [],
    "nbval": [],
    "pyfakefs": [],
    "pytest-aiohttp": [],
    "pytest-arraydiff": [],
    "pytest-astropy": [],
    "pytest-astropy-header": [],
    "pytest-asyncio": [],
    "pytest-base-url": [],
    "pytest-bdd": [],
    "pytest-benchmark": [],
    "pytest-check": [],
    "pytest-codspeed": [],
    "pytest-console-scripts": [],
    "pytest-cov": [],
    "pytest-datadir": [],
    "pytest-dependency": [],
    "pytest-describe": [],
    "pytest-django": ["django"],
    "pytest-docker": [],
    "pytest-doctestplus": [],
    "pytest-dotenv": [],
    "pytest-env": [],
    "pytest-factoryboy": [],
    "pytest-filter-subpackage": [],
    "pytest-flask": [],
    "pytest-forked": [],
    "pytest-freezegun": [],
    "pytest-freezer": [],
    "pytest-github-actions-annotate-failures": [],
    "pytest-html": [],
    "pytest-httpbin": [],
    "pytest-httpserver": [],
    "pytest-httpx": [],
    "pytest-instafail": [],
    "pytest-json-report": [],
    "pytest-lazy-fixture": [],
    "pytest-lazy-fixtures": [],
    "pytest-localserver": [],
    "pytest-metadata": [],
    "pytest-mock": [],
    "pytest-mpl": [],
    "pytest-mypy-plugins": [],
    "pytest-order": [],
    "pytest-ordering": [],
    "pytest-playwright": [],
    "pytest-qt": ["PyQt6"],
    "pytest-random-order": [],
    "pytest-randomly": [],
    "pytest-recording": [],
    "pytest-regressions": [],
    "pytest-remotedata": [],
    "pytest-repeat": [],
    "pytest-reportlog": [],
    "pytest-rerunfailures": [],
    "pytest-retry": [],
    "pytest-run-parallel": [],
    "pytest-snapshot": [],
    "pytest-socket": [],
    "pytest-split": [],
    "pytest-subprocess": [],
    "pytest-subtests": [],
    "pytest-sugar": [],
    "pytest-timeout": [],
    "pytest-tornado": ["setuptools<80"],
    "pytest-trio": [],
    "pytest-twisted": ["twisted"],
    "pytest-unordered": [],
    "pytest-vcr": [],
    "pytest-xdist": [],
    "pytest-xvfb": [],
    "requests-mock": [],
    "respx": [],
    "syrupy": [],
    "time-machine": [],
    "typeguard": [],
}

RUN_COROUTINES = {"anyio", "pytest-aiohttp", "pytest-asyncio", "pytest-tornado", "pytest-trio", "pytest-twisted"}

RELEASES = ["9.2.0", "8.4.2", "7.4.4"]


def facts_of(environments, minor, name, beside):
    """The facts and the pytest they are of; kept in a file, the environment is not."""
    kept = environments.folder / "plugins" / f"{name}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    kept.parent.mkdir(parents=True, exist_ok=True)
    for release in RELEASES:
        python = environments.make(minor, [f"pytest=={release}", name, *beside])
        facts = python and ask(python, distribution=name)
        if python:
            shutil.rmtree(python.parent.parent)
        if facts:
            facts["pytest"] = release
            kept.write_text(json.dumps(facts))
            return facts
    return None


def block(name, facts, bare):
    def more(key):
        known = {json.dumps(item, sort_keys=True) for item in bare[key]}
        return [item for item in facts[key] if json.dumps(item, sort_keys=True) not in known]

    version = facts["distribution"]["version"]
    yield f"@{name} {version} {facts['pytest']}"
    for entry, module in facts["distribution"]["entry_points"]:
        yield f"e {entry} {module}"
    for line in option_lines({"options": more("options")}):
        yield f"O {line}"
    own = {ini["name"] for ini in bare["inis"]}
    for line in ini_lines({"inis": [ini for ini in facts["inis"] if ini["name"] not in own]}):
        yield f"I {line}"
    marks = sorted({"".join(c if c.isalnum() or c == "_" else " " for c in mark).split()[0] for mark in more("marks")})
    if marks:
        yield "M " + " ".join(marks)
    if more("fixtures"):
        yield "F " + " ".join(sorted(more("fixtures")))
    hooks = {hook: spec for hook, spec in facts["hooks"].items() if hook not in bare["hooks"]}
    for line in sorted(hook_lines({"hooks": hooks})):
        yield f"H {line}"
    implemented = sorted(set(facts["implemented"]))
    if implemented:
        yield "W " + " ".join(implemented)
    names = set(facts["modules"]["pytest"]["names"]) - set(bare["modules"]["pytest"]["names"])
    if names:
        yield "N " + " ".join(sorted(names))
    if name in RUN_COROUTINES:
        yield "A"


def main():
    parser = argparse.ArgumentParser(description="Writes the table of facts about plugins.")
    parser.add_argument("--python", required=True, help="a Python that pytest and the plugins support, MINOR=PATH")
    parser.add_argument("--environments", required=True, help="folder for scratch environments and answers")
    parser.add_argument("--kept", action="store_true", help="ask no plugin again, nor a new one")
    parser.add_argument("--date", default=datetime.date.today().isoformat())
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    minor, _, path = arguments.python.partition("=")
    minor = int(minor)
    environments = Environments(Path(arguments.environments), {minor: path})
    bare = {release: ask(environments.make(minor, [f"pytest=={release}"])) for release in RELEASES}
    blocks = []
    for name, beside in sorted(PLUGINS.items(), key=lambda item: item[0].lower()):
        if arguments.kept and not (environments.folder / "plugins" / f"{name}.json").exists():
            continue
        facts = facts_of(environments, minor, name, beside)
        if facts is None:
            print(f"{name}: pytest does not run with it; left out")
            continue
        blocks.append("\n".join(block(name, facts, bare[facts["pytest"]])))
    with open(arguments.out, "w", encoding="utf-8", newline="\n") as out:
        out.write("# Facts about pytest plugins. Generated by tools/pytest_facts/plugins.py; do not edit.\n")
        out.write(f"# Date: {arguments.date}\n")
        out.write("# Sources: the plugins named here, from PyPI, asked at run time. Format: see the program.\n")
        for text in blocks:
            out.write(text + "\n")


if __name__ == "__main__":
    main()
