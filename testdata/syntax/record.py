"""Records what compile() of this Python says about the cases of compile_errors.json and compile_warnings.json.

    for python in python3.8 python3.9 ...; do $python record.py; done

Every case has its "source" (or "bytes", one character for each), and for every version that was asked the
exception, the line (0: none) and the message, or null; of warnings a list. Versions listed as "differs" are known
to be predicted otherwise.
"""

import ast
import json
import pathlib
import sys
import warnings

VERSION = "%d.%d" % sys.version_info[:2]
HERE = pathlib.Path(__file__).parent


def compile_as_pytest_does(source):
    compile(ast.parse(source, "test_it.py"), "test_it.py", "exec", dont_inherit=True)


def error_of(source):
    try:
        compile_as_pytest_does(source)
    except SyntaxError as error:
        return [type(error).__name__, error.lineno or 0, error.msg]
    except (ValueError, RecursionError, MemoryError) as error:
        return [type(error).__name__, 0, str(error)]
    return None


def warnings_of(source, caught):
    try:
        compile_as_pytest_does(source)
    except SyntaxError:
        return None
    return [[w.category.__name__, w.lineno, str(w.message)] for w in caught]


def main():
    for name in "compile_errors.json", "compile_warnings.json":
        cases = json.loads((HERE / name).read_text(encoding="utf-8"))
        for case in cases:
            source = case["bytes"].encode("latin-1") if "bytes" in case else case["source"].encode()
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                said = error_of(source) if "errors" in name else warnings_of(source, caught)
            if "errors" in name or said is not None:
                case[VERSION] = said
        lines = ",\n".join(" " + json.dumps(case) for case in cases)
        (HERE / name).write_text("[\n" + lines + "\n]\n", encoding="utf-8")


main()
