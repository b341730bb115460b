"""Records what compile() of this Python raises for the cases of compile_errors.json.

    python3.8 record.py compile_errors.json; python3.9 record.py compile_errors.json; ...

Every case has its "source" (or "bytes", one character for each), and for every version that was asked
the exception, the line (0: none) and the message, or null.
"""

import ast
import json
import sys
import warnings

VERSION = "%d.%d" % sys.version_info[:2]


def error_of(source):
    try:
        # As pytest compiles a test module.
        compile(ast.parse(source, "test_it.py"), "test_it.py", "exec", dont_inherit=True)
    except SyntaxError as error:
        return [type(error).__name__, error.lineno or 0, error.msg]
    except (ValueError, RecursionError, MemoryError) as error:
        return [type(error).__name__, 0, str(error)]
    return None


def main(path):
    warnings.simplefilter("ignore")
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    for case in cases:
        source = case["bytes"].encode("latin-1") if "bytes" in case else case["source"].encode()
        case[VERSION] = error_of(source)
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(" " + json.dumps(case) for case in cases) + "\n]\n")


main(*sys.argv[1:])
