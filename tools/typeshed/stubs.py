"""What typeshed's stubs say about the standard library, for every cell at once.

A stub is evaluated symbolically: a statement under `if sys.version_info >= (3, 11)` or
`if sys.platform != "win32"` is evaluated under the mask of the cells in which the condition holds.
Only what binds names of a module is looked at; types are not.
"""

import ast
from collections import defaultdict
from pathlib import Path

from cells import ALL, MINORS, PLATFORMS, bit, on, versions

FUNCTION, CLASS, VARIABLE, MODULE = "f", "c", "v", "m"


class Stub:
    """The names one stub file binds."""

    def __init__(self, name, mask, is_package):
        self.name = name
        self.mask = mask
        self.is_package = is_package
        # name -> kind -> mask
        self.names = defaultdict(lambda: defaultdict(int))
        self.all_names = defaultdict(int)
        self.has_all = 0
        self.dynamic = False
        # (imported module, mask) of `from module import *`
        self.stars = []
        # local name -> (module, name) it was imported from, whether re-exported or not
        self.imported = {}
        # class name -> [(mask, ClassDef)]
        self.classes = defaultdict(list)
        # module-level `name = other`
        self.aliases = {}

    def bind(self, name, kind, mask):
        self.names[name][kind] |= mask

    def present(self, name):
        return combined(self.names.get(name, {}))


def combined(kinds):
    total = 0
    for mask in kinds.values():
        total |= mask
    return total


def condition(test):
    """The cells in which `test` holds, and those in which it does not; a test that is not
    understood may hold and may not hold in every cell."""
    if isinstance(test, ast.BoolOp):
        parts = [condition(value) for value in test.values]
        yes, no = parts[0]
        for other_yes, other_no in parts[1:]:
            if isinstance(test.op, ast.And):
                yes, no = yes & other_yes, no | other_no
            else:
                yes, no = yes | other_yes, no & other_no
        return yes, no
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yes, no = condition(test.operand)
        return no, yes
    if isinstance(test, ast.Name) and test.id == "TYPE_CHECKING":
        return 0, ALL
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left = ast.unparse(test.left)
        try:
            right = ast.literal_eval(test.comparators[0])
        except ValueError:
            return ALL, ALL
        operator = type(test.ops[0])
        if left == "sys.platform" and isinstance(right, str):
            yes = on(PLATFORMS.index(right)) if right in PLATFORMS else 0
            if operator is ast.Eq:
                return yes, ALL & ~yes
            if operator is ast.NotEq:
                return ALL & ~yes, yes
        if left.startswith("sys.version_info"):
            right = right if isinstance(right, tuple) else (right,)
            yes = 0
            for minor in MINORS:
                version = (3, minor)[: len(right)] if len(right) < 2 else (3, minor)
                holds = {
                    ast.GtE: version >= right[:2],
                    ast.Lt: version < right[:2],
                    ast.Gt: version > right[:2],
                    ast.LtE: version <= right[:2],
                    ast.Eq: version == right[:2],
                    ast.NotEq: version != right[:2],
                }.get(operator)
                if holds is None:
                    return ALL, ALL
                if holds:
                    yes |= versions([minor])
            return yes, ALL & ~yes
    return ALL, ALL


def strings(node):
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return [item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return []


class Reader:
    """Reads one stub file into a `Stub`."""

    def __init__(self, stub):
        self.stub = stub

    def body(self, statements, mask):
        for statement in statements:
            self.statement(statement, mask)

    def statement(self, node, mask):
        stub = self.stub
        if isinstance(node, ast.If):
            yes, no = condition(node.test)
            self.body(node.body, mask & yes)
            self.body(node.orelse, mask & no)
        elif isinstance(node, ast.Try):
            for part in (node.body, node.orelse, node.finalbody, *[h.body for h in node.handlers]):
                self.body(part, mask)
        elif isinstance(node, ast.With):
            self.body(node.body, mask)
        elif not mask:
            return
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node.name == "__getattr__":
                stub.dynamic = True
            elif not checker_only(node):
                stub.bind(node.name, FUNCTION, mask)
        elif isinstance(node, ast.ClassDef):
            if not checker_only(node):
                stub.bind(node.name, CLASS, mask)
                stub.classes[node.name].append((mask, node))
        elif isinstance(node, ast.AnnAssign):
            if isinstance(node.target, ast.Name):
                self.assign(node.target.id, node.value, mask)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.assign(target.id, node.value, mask)
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.target, ast.Name) and node.target.id == "__all__":
                self.extend_all(node.value, mask)
        elif isinstance(node, ast.Expr):
            self.expression(node.value, mask)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname is not None and alias.asname == alias.name:
                    stub.bind(alias.asname, MODULE, mask)
                stub.imported[alias.asname or alias.name] = (alias.name, None)
        elif isinstance(node, ast.ImportFrom):
            self.import_from(node, mask)
        elif hasattr(ast, "TypeAlias") and isinstance(node, ast.TypeAlias):
            stub.bind(node.name.id, VARIABLE, mask)

    def assign(self, name, value, mask):
        if name == "__all__":
            self.stub.has_all |= mask
            for item in strings(value):
                self.stub.all_names[item] |= mask
            return
        if isinstance(value, (ast.Name, ast.Attribute)):
            self.stub.aliases[name] = ast.unparse(value)
        self.stub.bind(name, VARIABLE, mask)

    def extend_all(self, value, mask):
        for item in strings(value):
            self.stub.all_names[item] |= mask
        if isinstance(value, ast.Attribute) and value.attr == "__all__":
            # NOTE: `__all__ += base.__all__` (asyncio): resolved with the star imports.
            module = ast.unparse(value.value)
            self.stub.stars.append((self.stub.imported.get(module, (module, None)), mask))

    def expression(self, value, mask):
        """`__all__.remove("x")`, `__all__.extend([...])`, `__all__.append("x")`."""
        if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)):
            return
        if ast.unparse(value.func.value) != "__all__" or not value.args:
            return
        argument = value.args[0]
        names = strings(argument) or ([argument.value] if isinstance(argument, ast.Constant) else [])
        for name in names:
            if value.func.attr == "remove":
                self.stub.all_names[name] &= ~mask
            else:
                self.stub.all_names[name] |= mask

    def import_from(self, node, mask):
        module = absolute(self.stub, node)
        for alias in node.names:
            if alias.name == "*":
                self.stub.stars.append((module, mask))
                continue
            local = alias.asname or alias.name
            self.stub.imported[local] = (module, alias.name)
            if alias.asname == alias.name:
                self.stub.bind(local, ("import", module, alias.name), mask)
            else:
                self.stub.bind(local, ("private", module, alias.name), mask)


def checker_only(node):
    return any(ast.unparse(decorator).endswith("type_check_only") for decorator in node.decorator_list)


def absolute(stub, node):
    if not node.level:
        return node.module
    parts = stub.name.split(".")
    keep = len(parts) - node.level + (1 if stub.is_package else 0)
    return ".".join(parts[:keep] + ([node.module] if node.module else []))


class Typeshed:
    """One release of typeshed's standard library; it describes Python `oldest` to `newest`."""

    def __init__(self, label, folder, oldest, newest):
        self.label = label
        self.covered = versions(minor for minor in MINORS if oldest <= minor <= newest)
        self.modules = {}
        folder = Path(folder)
        self.ranges = read_versions(folder / "VERSIONS")
        for path in sorted(folder.rglob("*.pyi")):
            parts = path.relative_to(folder).with_suffix("").parts
            if parts[0] in ("_typeshed", "@python2", "_bootlocale_"):
                continue
            is_package = parts[-1] == "__init__"
            if is_package:
                parts = parts[:-1]
            name = ".".join(parts)
            mask = self.version_mask(name) & self.covered
            if not mask:
                continue
            stub = Stub(name, mask, is_package)
            Reader(stub).body(ast.parse(path.read_text(encoding="utf-8")).body, mask)
            self.modules[name] = stub
        for stub in self.modules.values():
            self.stars(stub, set())
        for stub in self.modules.values():
            self.imports(stub)
        for stub in self.modules.values():
            self.platforms(stub)
        # A submodule of a package that does not exist does not exist.
        for name, stub in self.modules.items():
            parent = name.rpartition(".")[0]
            while parent:
                if parent in self.modules:
                    stub.mask &= self.modules[parent].mask
                parent = parent.rpartition(".")[0]

    def version_mask(self, name):
        parts = name.split(".")
        mask = ALL
        found = False
        for end in range(1, len(parts) + 1):
            entry = self.ranges.get(".".join(parts[:end]))
            if entry:
                found = True
                mask &= entry
        return mask if found else 0

    def stars(self, stub, seen):
        if stub.name in seen:
            return
        seen.add(stub.name)
        stars, stub.stars = stub.stars, []
        for source, mask in stars:
            only_all = isinstance(source, tuple)
            if only_all:
                module, name = source
                source = f"{module}.{name}" if name else module
            origin = self.modules.get(source)
            if origin is None:
                continue
            self.stars(origin, seen)
            if only_all:
                for name, available in origin.all_names.items():
                    stub.all_names[name] |= available & mask
                continue
            for name, kinds in list(origin.names.items()):
                exported = origin.all_names.get(name, 0)
                if not name.startswith("_"):
                    exported |= ALL & ~origin.has_all
                for kind, available in kinds.items():
                    if isinstance(kind, tuple) and kind[0] == "private":
                        continue
                    if available & mask & exported:
                        stub.names[name][kind] |= available & mask & exported
                stub.imported.setdefault(name, (source, name))

    def imports(self, stub):
        """Turns re-exports into the kind of what they name. `from x import y` (without `as y`) is
        private to a stub unless `__all__` names it."""
        for name, kinds in stub.names.items():
            for kind in [kind for kind in kinds if isinstance(kind, tuple)]:
                mask = kinds.pop(kind)
                how, module, original = kind
                if how == "private":
                    mask &= stub.all_names.get(name, 0)
                if mask:
                    kinds[self.kind_of(module, original, 0)] |= mask

    def kind_of(self, module, name, depth):
        if f"{module}.{name}" in self.modules:
            return MODULE
        origin = self.modules.get(module)
        if origin is None or depth > 8:
            return VARIABLE
        for kind in origin.names.get(name, {}):
            return self.kind_of(kind[1], kind[2], depth + 1) if isinstance(kind, tuple) else kind
        return VARIABLE

    def platforms(self, stub):
        """A stub without any name on a platform stands for a module that is not there."""
        bound = 0
        for public in (True, False):
            for name, kinds in stub.names.items():
                if name.startswith("_") != public:
                    bound |= combined(kinds)
            if bound:
                break
        if bound:
            for platform in range(3):
                if not bound & on(platform):
                    stub.mask &= ~on(platform)


def read_versions(path):
    ranges = {}
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, _, span = line.partition(":")
        low, _, high = span.strip().partition("-")
        if "-" not in span:
            high = low
        low = minor_of(low)
        high = minor_of(high) if high.strip() else MINORS[-1]
        ranges[name.strip()] = versions(minor for minor in MINORS if low <= minor <= high)
    return ranges


def minor_of(text):
    major, minor = text.strip().split(".")
    return int(minor) if major == "3" else -1


__all__ = ["Typeshed", "combined", "bit", "FUNCTION", "CLASS", "VARIABLE", "MODULE"]
