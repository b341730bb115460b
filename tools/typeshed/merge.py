"""Merges stubs and real Pythons into one table: what is certain, what may be, and what is not.

For Python 3.8-3.13 on Linux a real Python decides; a name that only a stub knows may be there all the
same (a later patch release, another build). Elsewhere the newest stub that still describes the
version decides; a name that an older stub, or the real Python of that version on Linux, knows and the
newest stub does not know for Linux either, may be there.
"""

import ast
from collections import defaultdict

from cells import ALL, LINUX, MACOS, MINORS, WINDOWS, bit, on, versions
from stubs import combined


class Name:
    """One name of a module."""

    def __init__(self):
        # (kind, canonical name of the class or None) -> mask
        self.present = defaultdict(int)
        self.maybe = 0
        self.exported = 0

    def certain(self):
        return combined(self.present)


class Module:
    """What is known of one module; masks as in `cells.py`."""

    def __init__(self):
        # Cells in which the file is there although a stub says that the module cannot be imported.
        self.forced = 0
        # Those of them in which importing it may work all the same.
        self.uncertain = 0
        self.package = False
        self.available = 0
        self.maybe = 0
        self.dynamic = 0
        self.complete = 0
        self.has_all = 0
        self.names = defaultdict(Name)
        self.failures = defaultdict(int)
        # loaded module -> mask of versions (Linux bit)
        self.loads = {}

    @staticmethod
    def available_later(later, stub):
        """The cells of later versions in which a stub describes the module for some platform, not for all."""
        if stub is None:
            return 0
        return sum(
            versions([minor]) & later & ~stub.mask for minor in MINORS if stub.mask & versions([minor]) & later
        )


class Merged:
    def __init__(self, typesheds, interpreters):
        """`typesheds` from oldest to newest."""
        self.typesheds = typesheds
        self.interpreters = interpreters
        self.real = sum(python.cell for python in interpreters)
        self.modules = defaultdict(Module)
        # canonical name -> facts -> mask
        self.classes = defaultdict(lambda: defaultdict(int))
        # canonical name -> attribute -> mask
        self.class_attributes = defaultdict(lambda: defaultdict(int))
        self.class_real = defaultdict(int)
        # The modules that were imported somewhere, and the names they had.
        self.probed = {name for p in interpreters for name, facts in p.facts.items() if "error" not in facts}
        self.seen = {(name, item) for p in interpreters for name, facts in p.facts.items() for item in facts["names"]}
        self.newest_for = {
            minor: [shed for shed in typesheds if shed.covered & versions([minor])][-1] for minor in MINORS
        }
        self._availability()
        self._names()
        self._class_facts()

    # -- modules

    def _availability(self):
        for minor in MINORS:
            cells = versions([minor])
            newest = self.newest_for[minor]
            for shed in self.typesheds:
                for name, stub in shed.modules.items():
                    module = self.modules[name]
                    module.package |= stub.is_package and not any(name in p.modules for p in self.interpreters)
                    if shed is newest:
                        module.available |= stub.mask & cells
                    else:
                        module.maybe |= stub.mask & cells & shed.covered
        for python in self.interpreters:
            elsewhere = versions([python.minor]) & ~python.cell
            newest = self.newest_for[python.minor]
            for name, package in python.modules.items():
                if not listed(name):
                    continue
                module = self.modules[name]
                module.package |= package == "package"
                module.available |= python.cell
                stub = newest.modules.get(name)
                works = "error" not in python.facts.get(name, {})
                if stub is None or (works and not stub.mask & python.cell):
                    module.maybe |= elsewhere
                elif package in ("package", "source") and elsewhere & ~stub.mask:
                    self._source_elsewhere(python, name, elsewhere & ~stub.mask)
            for name, module in self.modules.items():
                if name not in python.modules and module.available & python.cell:
                    module.available &= ~python.cell
                    module.maybe |= python.cell
        # What 3.13 has and no stub ever knew may still be there in later versions.
        last = self.interpreters[-1]
        later = versions(minor for minor in MINORS if minor > last.minor)
        for name in last.modules:
            if listed(name) and not any(name in shed.modules for shed in self.typesheds):
                self.modules[name].maybe |= later
        for module in self.modules.values():
            module.maybe &= ~module.available

    def _source_elsewhere(self, python, name, cells):
        """A `.py` file is installed on every platform; where a stub says that a module is not there,
        importing it may fail: mostly since it needs an extension module of other platforms."""
        last = self.interpreters[-1]
        if python is last:
            later = versions(minor for minor in MINORS if minor > last.minor)
            cells |= self.modules[name].available_later(later, self.newest_for[MINORS[-1]].modules.get(name))
        module = self.modules[name]
        module.available |= cells
        module.forced |= cells
        facts = python.facts.get(name, {})
        if "error" in facts:
            module.failures[failure_of(facts)] |= cells
        elif name not in WINDOWS_FAILURES:
            module.uncertain |= cells

    # -- names

    def _names(self):
        for minor in MINORS:
            cells = versions([minor])
            newest = self.newest_for[minor]
            for shed in self.typesheds:
                if not shed.covered & cells:
                    continue
                for module_name, stub in shed.modules.items():
                    self._stub_names(self.modules[module_name], stub, cells & ~self.real, shed is newest)
                    self._stub_claims(self.modules[module_name], stub, cells & self.real)
        for python in self.interpreters:
            for module_name, facts in python.facts.items():
                self._real_names(python, module_name, facts)
        last = self.interpreters[-1]
        later = versions(minor for minor in MINORS if minor > last.minor)
        for module_name, facts in last.facts.items():
            # Names no stub knows, in versions newer than any real Python here.
            module = self.modules[module_name]
            for name in facts["names"]:
                if name not in MODULE_DUNDERS and not self._known_to_stubs(module_name, name):
                    module.names[name].maybe |= later
        self._submodules()
        for name, module in self.modules.items():
            if name in WINDOWS_FAILURES:
                module.failures[WINDOWS_FAILURES[name]] |= module.available & on(WINDOWS)
            failing = 0
            for key in list(module.failures):
                module.failures[key] &= module.available & ~failing
                failing |= module.failures[key]
                if not module.failures[key]:
                    del module.failures[key]
            exists = (module.available | module.maybe) & ~failing
            for known in module.names.values():
                for key in list(known.present):
                    known.present[key] &= exists
                    if not known.present[key]:
                        del known.present[key]
                known.maybe &= exists & ~known.certain()
                known.exported &= exists
            module.dynamic = (module.dynamic | module.uncertain) & exists
            self._completeness(name, module)

    def _submodules(self):
        """A stub cannot say whether a package binds its submodules; what a real Python binds decides."""
        last = self.interpreters[-1]
        for python in self.interpreters:
            cells = versions([python.minor])
            if python is last:
                cells = versions(minor for minor in MINORS if minor >= python.minor)
            for module_name, facts in python.facts.items():
                if "error" in facts:
                    continue
                for name, known in self.modules[module_name].names.items():
                    if f"{module_name}.{name}" in python.modules and name not in facts["names"]:
                        known.maybe &= ~cells
                        for key in known.present:
                            known.present[key] &= ~cells

    def _known_to_stubs(self, module_name, name):
        return any(
            module_name in shed.modules and shed.modules[module_name].present(name) for shed in self.typesheds
        )

    def _stub_names(self, module, stub, cells, newest):
        for name, kinds in stub.names.items():
            for kind, mask in kinds.items():
                mask &= cells
                if not mask:
                    continue
                # A private name of a stub often exists for the type checker only.
                if private(name) and stub.name in self.probed and (stub.name, name) not in self.seen:
                    continue
                if newest and (not private(name) or (stub.name, name) in self.seen):
                    module.names[name].present[(kind, None)] |= mask
                else:
                    module.names[name].maybe |= mask
        if newest:
            module.has_all |= stub.has_all & cells
            for name, mask in stub.all_names.items():
                if mask & cells:
                    module.names[name].exported |= mask & cells
        if stub.dynamic:
            module.dynamic |= cells

    def _stub_claims(self, module, stub, cells):
        for name in stub.names:
            mask = stub.present(name) & cells
            if private(name) and stub.name in self.probed and (stub.name, name) not in self.seen:
                continue
            if mask:
                module.names[name].maybe |= mask

    def _real_names(self, python, module_name, facts):
        module = self.modules[module_name]
        cell = python.cell
        if "error" in facts:
            error, message = failure_of(facts)
            missing = message.removeprefix("No module named ").strip("'")
            stub = self.newest_for[python.minor].modules.get(missing)
            if stub is not None and stub.mask & cell:
                return  # another build of Python has it
            cells = cell
            if module_name != "_ios_support":
                cells |= bit(python.minor, MACOS)
                if python is self.interpreters[-1]:
                    cells |= versions(m for m in MINORS if m > python.minor) & (on(LINUX) | on(MACOS))
            module.failures[(error, message)] |= cells
            return
        newest = self.newest_for[python.minor].modules.get(module_name)
        elsewhere = versions([python.minor]) & ~cell
        for name, kind in facts["names"].items():
            if name in MODULE_DUNDERS:
                continue
            known = module.names[name]
            origin = facts["classes"].get(name, {}).get("name") if kind in "ce" else None
            known.present[(kind, origin)] |= cell
            if newest is None or not newest.present(name) & cell:
                known.maybe |= elsewhere & ~known.certain()
        if facts.get("dynamic"):
            module.dynamic |= versions([python.minor])
        if "all" in facts:
            module.has_all |= cell
            for name in facts["all"]:
                module.names[name].exported |= cell
        else:
            module.has_all &= ~cell

    def _completeness(self, name, module):
        """The cells in which a name the table does not hold for the module is certainly not there."""
        newest = self.typesheds[-1].modules.get(name)
        for python in self.interpreters:
            facts = python.facts.get(name)
            if facts is None or "error" in facts or facts.get("dynamic"):
                continue
            module.complete |= python.cell
        for mask in module.failures.values():
            module.complete &= ~mask
        module.complete &= ~module.dynamic
        # On the other platforms and later versions only public names of well-described modules:
        # the reader asks for that, see `public_complete`.
        module.public_complete = 0
        if newest is not None and not newest.dynamic:
            described = module.available & ~module.forced & ~module.dynamic
            module.public_complete = described & ~versions([MINORS[-1]])
            for mask in module.failures.values():
                module.public_complete &= ~mask

    # -- classes

    def _class_facts(self):
        for python in self.interpreters:
            cells = versions([python.minor])
            if python is self.interpreters[-1]:
                cells = versions(minor for minor in MINORS if minor >= python.minor)
            for facts in python.facts.values():
                for cls in facts.get("classes", {}).values():
                    self._real_class(cls, cells)
        self._extend_canonical()
        for minor in MINORS:
            self._stub_classes(minor)

    def _real_class(self, cls, cells):
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
        metaclass = short(cls["metaclass"])
        bases = tuple(short(base) for base in cls["bases"] if base != "builtins.object")
        name = short(cls["name"])
        key = (flags, "" if metaclass == "type" else metaclass, bases)
        if any(mask & cells for other, mask in self.classes[name].items() if other != key):
            return  # two classes of one name: the first wins
        self.classes[name][key] |= cells
        self.class_real[name] |= cells
        for attribute in cls["attributes"]:
            self.class_attributes[name][attribute] |= cells

    def _extend_canonical(self):
        """A stub says `class` or only gives a type; a real Python of the same version (or the newest
        one, for later versions) also says which class it is, or which kind of thing."""
        last = self.interpreters[-1].minor
        for module in self.modules.values():
            for known in module.names.values():
                real = {}
                for python in self.interpreters:
                    for key, mask in known.present.items():
                        if mask & python.cell:
                            real[python.minor] = key
                for key, mask in list(known.present.items()):
                    for minor in MINORS:
                        here = mask & versions([minor]) & ~self.real
                        better = real.get(min(minor, last))
                        if here and better is not None and better != key:
                            known.present[key] &= ~here
                            known.present[better] |= here
                for key in [key for key, mask in known.present.items() if not mask]:
                    del known.present[key]

    def _stub_classes(self, minor):
        cells = versions([minor])
        shed = self.newest_for[minor]
        for module_name, stub in shed.modules.items():
            module = self.modules[module_name]
            for class_name, definitions in stub.classes.items():
                known = module.names.get(class_name)
                if known is None:
                    continue
                here = known.present.get(("c", None), 0) & cells
                if not here:
                    continue
                canonical = short(f"{module_name}.{class_name}")
                for mask, node in definitions:
                    mask &= here
                    if not mask:
                        continue
                    bases, exact = self._stub_bases(shed, stub, node)
                    exception = any(self._is_exception(base, mask) for base in bases)
                    flags = "s" + ("e" if exception else "") + ("" if exact else "?")
                    if self.class_real[canonical] & mask:
                        continue
                    self.classes[canonical][(flags, "", tuple(bases))] |= mask
                    known.present[("e" if exception else "c", canonical)] |= mask
                    known.present[("c", None)] &= ~mask
            for name in stub.aliases:
                known = module.names.get(name)
                here = known.present.get(("v", None), 0) & cells if known else 0
                target = self._resolve(shed, stub, name, 0) if here else None
                if target in self.classes:
                    kind = "e" if self._is_exception(target, here) else "c"
                    known.present[(kind, target)] |= here
                    known.present[("v", None)] &= ~here
            for known in module.names.values():
                for key in [key for key, mask in known.present.items() if not mask]:
                    del known.present[key]

    def _is_exception(self, name, mask, depth=0):
        if name in ("BaseException", "Exception", "OSError", "Warning"):
            return True
        return any("e" in flags for (flags, _, _), here in self.classes.get(name, {}).items() if here & mask)

    def _stub_bases(self, shed, stub, node):
        bases, exact = [], True
        for base in node.bases:
            if isinstance(base, ast.Subscript):
                base = base.value
            if not isinstance(base, (ast.Name, ast.Attribute)):
                exact = False
                continue
            text = ast.unparse(base)
            if text in ("object", "Generic", "Protocol"):
                continue
            found = self._resolve(shed, stub, text, 0)
            if found is None:
                exact = False
            else:
                bases.append(found)
        return bases, exact

    def _resolve(self, shed, stub, text, depth):
        if depth > 8:
            return None
        head, _, rest = text.partition(".")
        if head in stub.imported:
            module, name = stub.imported[head]
            if name is None:
                target, rest = (module, rest) if module == head or module in shed.modules else (head, rest)
                origin = shed.modules.get(target)
                return self._resolve(shed, origin, rest, depth + 1) if origin and rest else None
            origin = shed.modules.get(module)
            if origin is None:
                return None
            return self._resolve(shed, origin, name + ("." + rest if rest else ""), depth + 1)
        if text in stub.classes:
            return short(f"{stub.name}.{text}")
        if text in stub.aliases and stub.aliases[text] != text:
            return self._resolve(shed, stub, stub.aliases[text], depth + 1)
        builtins = shed.modules["builtins"]
        if stub is not builtins and not rest:
            return self._resolve(shed, builtins, text, depth + 1)
        return None


# Modules whose file is there on Windows and whose import fails. Read in CPython's sources.
WINDOWS_FAILURES = {
    "asyncio.unix_events": ("ImportError", "Signals are not really supported on Windows"),
    "crypt": ("ImportError", "The crypt module is not supported on Windows"),
    "dbm.gnu": ("ModuleNotFoundError", "No module named '_gdbm'"),
    "dbm.ndbm": ("ModuleNotFoundError", "No module named '_dbm'"),
    "pty": ("ModuleNotFoundError", "No module named 'termios'"),
    "tty": ("ModuleNotFoundError", "No module named 'termios'"),
    **{
        name: ("ModuleNotFoundError", "No module named '_curses'")
        for name in ("curses", "curses.ascii", "curses.has_key", "curses.panel", "curses.textpad")
    },
}


def failure_of(facts):
    """The message without the path of this machine's Python."""
    return facts["error"], facts["message"].split(" (/")[0]


MODULE_DUNDERS = {
    "__builtins__", "__cached__", "__doc__", "__file__", "__loader__", "__name__", "__package__", "__path__",
    "__spec__", "__annotations__", "__warningregistry__", "__conditional_annotations__",
}  # fmt: skip


def private(name):
    return name.startswith("_") and not name.startswith("__")


def short(name):
    return name[len("builtins.") :] if name.startswith("builtins.") else name


def listed(name):
    """Tests of the standard library itself are left out, but what others use of them."""
    parts = name.split(".")
    if parts[0] == "test":
        return len(parts) == 1 or parts[1] == "support"
    return "tests" not in parts and "test" not in parts[1:] and parts[-1] != "__main__"
