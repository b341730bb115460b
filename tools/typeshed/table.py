"""Writes the merged facts as the text table that `src/environment/stdlib/table.rs` reads.

One block per module, sorted by name. Masks are hexadecimal (see `cells.py`); `*` is the module's own
mask of cells in which it is available, `-` is none. Lines of a block:

    @name flags available maybe     flags: p package, - none
    d mask                          the module answers unknown names itself (`__getattr__`)
    t mask                          names not listed here are certainly missing
    u mask                          the same, for names that do not begin with an underscore
    a mask                          the module has `__all__`
    x mask Exception message        importing it raises
    l mask module...                importing it loads these (and what they load)
    K present maybe exported name[=class]...
                                    K: f function, c class, e exception, m module, v variable, ? unknown
    C mask flags metaclass name base...
                                    a class defined under this name: flags e exception, a abstract, i has
                                    __init__, n has __new__, f cannot be a base, ? bases not all known,
                                    s known from stubs only: a, i, n and f were not asked
    S mask class name...            attributes of the class that exist in these cells but not in all; those
                                    that a base has in the same cells are left to the base
"""

from collections import defaultdict

from cells import LINUX, MINORS, bit, versions
from stubs import combined


def number(mask, available):
    if not mask:
        return "-"
    return "*" if mask == available else f"{mask:x}"


def block(name, module, merged):
    lines = [f"@{name} {'p' if module.package else '-'} {module.available:x} {module.maybe:x}"]

    def show(mask):
        return number(mask, module.available)

    for letter, mask in (
        ("d", module.dynamic),
        ("t", module.complete),
        ("u", module.public_complete & ~module.complete),
        ("a", module.has_all),
    ):
        if mask:
            lines.append(f"{letter} {show(mask)}")
    for (error, message), mask in sorted(module.failures.items()):
        lines.append(f"x {show(mask)} {error} {message}")
    groups = defaultdict(list)
    for loaded, mask in module.loads.items():
        groups[mask].append(loaded)
    for mask, loaded in sorted(groups.items()):
        lines.append(f"l {show(mask)} {' '.join(sorted(loaded))}")
    groups = defaultdict(list)
    for known_name, known in module.names.items():
        certain = known.certain()
        for (kind, origin), mask in known.present.items():
            text = known_name
            if origin is not None:
                canonical = origin.removeprefix("builtins.")
                if canonical != f"{name}.{known_name}" and not (name == "builtins" and canonical == known_name):
                    text = f"{known_name}={canonical}"
            groups[(kind, mask, 0, known.exported & mask)].append(text)
        if known.maybe:
            groups[("?", 0, known.maybe, known.exported & known.maybe & ~certain)].append(known_name)
    for (kind, present, maybe, exported), names in sorted(groups.items()):
        lines.append(f"{kind} {show(present)} {show(maybe)} {show(exported)} {' '.join(sorted(names))}")
    return lines


def class_lines(name, merged, available):
    lines = []
    for (flags, metaclass, bases), mask in sorted(merged.classes[name].items()):
        shown = [number(mask, available), flags or "-", metaclass or "-", name, *bases]
        lines.append("C " + " ".join(shown))
    groups = defaultdict(list)
    everywhere = combined(merged.classes[name])
    for attribute, mask in merged.class_attributes[name].items():
        if mask != everywhere & merged.class_real[name] and not inherited(merged, name, attribute, mask):
            groups[mask].append(attribute)
    for mask, names in sorted(groups.items()):
        lines.append(f"S {number(mask, available)} {name} {' '.join(sorted(names))}")
    return lines


def inherited(merged, name, attribute, mask):
    """Whether a base says the same about `attribute` in all cells of the class."""
    for (_, _, bases), cells in merged.classes[name].items():
        for base in bases:
            theirs = merged.class_attributes.get(base, {}).get(attribute)
            if theirs is not None and theirs & cells == mask & cells and cells & ~merged.class_real[base] == 0:
                break
        else:
            return False
    return True


def reduce_loads(merged):
    """Keeps of what a module loads only what the rest does not imply."""
    for python in merged.interpreters:
        # `os` is always loaded before the first test, and so is what it loads.
        loads = {
            name: {item for item in facts["loads"] if item in python.modules or item == "os.path"}
            for name, facts in python.facts.items()
            if "error" not in facts
        }
        cells = versions([python.minor])
        if python is merged.interpreters[-1]:
            cells = versions(minor for minor in MINORS if minor >= python.minor)
        for name, loaded in loads.items():
            rest = set(loaded)
            # Modules that load each other: one of them lists what they load, the others refer to it.
            circle = {item for item in loaded if name in loads.get(item, ())} | {name}
            leader = min(circle)
            parent = name.rpartition(".")[0]
            if parent in loads and parent not in circle:
                rest -= loads[parent] | {parent}
            for item in sorted(loaded, key=lambda item: (-len(loads.get(item, ())), item)):
                covers = item not in circle or (item == leader and name != leader)
                if item in rest and covers and loads.get(item, set()) <= loaded | {name}:
                    merged.modules[name].loads[item] = merged.modules[name].loads.get(item, 0) | cells
                    rest -= loads.get(item, set()) | {item}
            for item in rest:
                merged.modules[name].loads[item] = merged.modules[name].loads.get(item, 0) | cells


def write(merged, path, header):
    reduce_loads(merged)
    blocks = {}
    homeless = sorted(merged.classes)
    by_module = defaultdict(list)
    for name in homeless:
        module = name
        while module and module not in merged.modules:
            module = module.rpartition(".")[0]
        by_module[module or "builtins"].append(name)
    for name, module in merged.modules.items():
        if not (module.available | module.maybe):
            continue
        lines = block(name, module, merged)
        for class_name in by_module.get(name, ()):
            lines.extend(class_lines(class_name, merged, module.available))
        blocks[name] = lines
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for line in header:
            out.write(f"# {line}\n" if line else "#\n")
        for name in sorted(blocks):
            out.write("\n".join(blocks[name]) + "\n")


__all__ = ["write", "bit", "LINUX"]
