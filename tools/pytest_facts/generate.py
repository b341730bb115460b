"""Writes `src/environment/data/pytest.txt`: see README.md beside this file.

Lines of the table; a mask has one bit per pytest release, in the order of the `=` line:

    = release...                  the minor releases
    D top submodule...            everything a dependency of pytest holds, in any of its versions seen
    O mask action nargs dest names choices      a command-line option; `-` for nothing
    I mask type name default      an option of the configuration file; aliases are lines of their own
    M mask marker                 a registered mark, as `name(arguments): text`
    F mask name...                fixtures
    P mask name...                plugins that pytest loads itself, as `-p no:NAME` names them
    H mask flags name argument... hooks; flags: f first result, h historic, d deprecated
    A mask hook argument...       arguments that are deprecated
    L mask module...              in `sys.modules` when the first test module is imported; here the mask
                                  has 8 bits per release: Python 3.8, 3.9, …
    E mask module...              of those, what is there when the first conftest is imported
    @name flags mask              a module of pytest; p package, d answers names itself
    K present maybe name...       its names: f function, c class, e exception, m module, v variable
    C mask flags name base...     its classes: e exception, a abstract, i has __init__, n has __new__,
                                  f cannot be a base
"""

import argparse
import datetime
from collections import defaultdict

from ask import ask
from environments import PYTESTS, Environments

MINORS = range(8, 16)


class Table:
    def __init__(self):
        # release index -> minor -> facts
        self.facts = defaultdict(dict)

    def collect(self, environments):
        for index, (version, minors) in enumerate(PYTESTS.items()):
            for minor in minors:
                python = environments.make(minor, [f"pytest=={version}"])
                facts = python and ask(python)
                if facts:
                    self.facts[index][minor] = facts

    def everywhere(self, select):
        """What `select` gives for a release on any Python: value -> mask of releases."""
        masks = defaultdict(int)
        for index, by_minor in self.facts.items():
            for facts in by_minor.values():
                for value in select(facts):
                    masks[value] |= 1 << index
        return masks

    def grouped(self, letter, select):
        groups = defaultdict(list)
        for value, mask in self.everywhere(select).items():
            groups[mask].append(value)
        for mask, values in sorted(groups.items()):
            yield f"{letter} {mask:x} {' '.join(sorted(values))}"

    def lines(self):
        yield "= " + " ".join(".".join(version.split(".")[:2]) for version in PYTESTS)
        yield from self.dependencies()
        for value, mask in sorted(self.everywhere(option_lines).items()):
            yield f"O {mask:x} {value}"
        for value, mask in sorted(self.everywhere(ini_lines).items()):
            yield f"I {mask:x} {value}"
        for value, mask in sorted(self.everywhere(lambda facts: facts["marks"]).items()):
            yield f"M {mask:x} {' '.join(value.split())}"
        yield from self.grouped("F", lambda facts: facts["fixtures"])
        yield from self.grouped("P", lambda facts: facts["default_plugins"])
        for value, mask in sorted(self.everywhere(hook_lines).items()):
            yield f"H {mask:x} {value}"
        for value, mask in sorted(self.everywhere(deprecated_lines).items()):
            yield f"A {mask:x} {value}"
        yield from self.loaded("L", "late")
        yield from self.loaded("E", "early")
        yield from self.modules()

    def dependencies(self):
        trees = defaultdict(set)
        for by_minor in self.facts.values():
            for facts in by_minor.values():
                for name, tree in facts["trees"].items():
                    if tree is not None:
                        trees[name] |= set(tree)
        for name, tree in sorted(trees.items()):
            yield " ".join(["D", name, *sorted(tree)])

    def loaded(self, letter, key):
        masks = defaultdict(int)
        for index in range(len(PYTESTS)):
            for minor in MINORS:
                facts = self.nearest(index, minor)
                for module in facts[key]:
                    if module not in ("__main__", "conftest", "test_probe"):
                        masks[module] |= 1 << (index * len(MINORS) + minor - MINORS[0])
        groups = defaultdict(list)
        for module, mask in masks.items():
            groups[mask].append(module)
        for mask, modules in sorted(groups.items()):
            yield f"{letter} {mask:x} {' '.join(sorted(modules))}"

    def nearest(self, index, minor):
        """A Python that nobody has here stands for the newest below it; a release that does not
        support a Python is taken for the newest that does."""
        minor = min(minor, max(self.facts[index]))
        while minor not in self.facts[index]:
            index -= 1
        return self.facts[index][minor]

    def modules(self):
        present = defaultdict(lambda: defaultdict(lambda: [0, 0]))
        masks, dynamic, package = defaultdict(int), set(), set()
        classes = defaultdict(lambda: defaultdict(int))
        for index, by_minor in self.facts.items():
            bit = 1 << index
            for name in {name for facts in by_minor.values() for name in facts["modules"]}:
                masks[name] |= bit
                described = [facts["modules"].get(name) for facts in by_minor.values()]
                described = [module for module in described if module]
                counts = defaultdict(lambda: defaultdict(int))
                for module in described:
                    if module["dynamic"]:
                        dynamic.add(name)
                    if module["package"]:
                        package.add(name)
                    for known, kind in module["names"].items():
                        counts[known][kind] += 1
                    for cls in module["classes"].values():
                        if cls["name"].startswith(("_pytest.", "pytest.")):
                            classes[cls["name"]][class_line(cls)] |= bit
                for known, kinds in counts.items():
                    kind = max(kinds, key=lambda kind: kinds[kind])
                    certain = sum(kinds.values()) == len(described)
                    present[name][(known, kind)][0 if certain else 1] |= bit
        homes = defaultdict(list)
        for name, lines in classes.items():
            home = name.rpartition(".")[0]
            while home not in masks:
                home = home.rpartition(".")[0]
            mask_of = list(lines.items())
            homes[home].extend((mask, name, line) for line, mask in mask_of)
        for name in sorted(masks):
            flags = ("p" if name in package else "") + ("d" if name in dynamic else "")
            yield f"@{name} {flags or '-'} {masks[name]:x}"
            groups = defaultdict(list)
            for (known, kind), (certain, maybe) in present[name].items():
                if known.startswith("__") and known.endswith("__") and known != "__version__":
                    continue
                if kind == "m" and f"{name}.{known}" in masks:
                    continue  # bound by whoever imports the submodule
                groups[(kind, certain, maybe)].append(known)
            for (kind, certain, maybe), names in sorted(groups.items()):
                yield f"{kind} {certain:x} {maybe:x} {' '.join(sorted(names))}"
            seen = defaultdict(int)
            for mask, class_name, line in sorted(homes[name], key=lambda item: (item[1], item[2])):
                mask &= ~seen[class_name]
                seen[class_name] |= mask
                if mask:
                    flags, *bases = line.split()
                    yield " ".join([f"C {mask:x} {flags} {class_name}", *bases])


def class_line(cls):

    flags = "".join(
        letter
        for letter, holds in (
            ("e", cls["exception"]),
            ("a", cls["abstract"]),
            ("i", cls["init"]),
            ("n", cls["new"]),
            ("f", cls["final"]),
        )
        if holds
    )
    return " ".join([flags or "-", *cls["bases"]])


def option_lines(facts):
    for option in facts["options"]:
        yield option_line(option)


def option_line(option):
    """`nargs` is how many arguments follow: a number, `?`, `*`, `+`."""
    nargs = option["nargs"]
    return " ".join(
        [
            option["action"].strip("_").removesuffix("Action"),
            "1" if nargs is None else str(nargs),
            option["dest"],
            ",".join(option["names"]),
            ",".join(option["choices"]) or "-",
        ]
    )


def ini_lines(facts):
    for ini in facts["inis"]:
        for name in [ini["name"], *ini["aliases"]]:
            default = ini["default"]
            if len(default) > 120 or not default.startswith(("[", "'", '"', "True", "False", "None")):
                default = "-"
            yield f"{ini['type'] or 'string'} {name} {default}"


def hook_lines(facts):
    for name, hook in facts["hooks"].items():
        flags = "".join(
            letter
            for letter, key in (("f", "firstresult"), ("h", "historic"), ("d", "deprecated"))
            if hook[key]
        )
        yield " ".join([flags or "-", name, *hook["arguments"]])


def deprecated_lines(facts):
    for name, hook in facts["hooks"].items():
        if hook["deprecated_arguments"]:
            yield " ".join([name, *hook["deprecated_arguments"]])


def main():
    parser = argparse.ArgumentParser(description="Writes the table of facts about pytest.")
    parser.add_argument("--python", action="append", required=True, help="MINOR=PATH of a real Python 3.MINOR")
    parser.add_argument("--environments", required=True, help="folder for scratch environments")
    parser.add_argument("--date", default=datetime.date.today().isoformat())
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    pythons = {int(minor): path for minor, _, path in (item.partition("=") for item in arguments.python)}
    table = Table()
    table.collect(Environments(arguments.environments, pythons))
    with open(arguments.out, "w", encoding="utf-8", newline="\n") as out:
        out.write("# Facts about pytest by release. Generated by tools/pytest_facts/generate.py; do not edit.\n")
        out.write(f"# Date: {arguments.date}\n")
        out.write(f"# Sources: pytest (MIT) {', '.join(PYTESTS)} from PyPI, asked at run time.\n")
        out.write("# Format: see tools/pytest_facts/generate.py.\n")
        for line in table.lines():
            out.write(line.rstrip() + "\n")


if __name__ == "__main__":
    main()
