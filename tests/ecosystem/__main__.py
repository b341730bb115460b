"""A real pytest judges collectlint on real suites: see README.md beside this file."""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import judge
import suites
import table
import timing

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    options = parse()
    known = {suite.name: suite for suite in suites.read()}
    unknown = [name for name in options.suites if name not in known]
    if unknown:
        sys.exit(f"no such suite: {', '.join(unknown)}; there are {', '.join(known)}")
    chosen = [suite for suite in known.values() if not options.suites or suite.name in options.suites]

    def each(work):
        with ThreadPoolExecutor(options.jobs) as pool:
            return list(pool.map(lambda suite: attempt(work, suite, options.folder / suite.name), chosen))

    if options.pin:
        return int(not all(each(suites.pin)))
    places = each(suites.prepare)
    ready = [(suite, place) for suite, place in zip(chosen, places) if place]
    complete = len(ready) == len(chosen)
    if options.prepare:
        return int(not complete)
    program = options.program.resolve()
    if options.time:
        times = [timing.measure(program, suite, place, options.time) for suite, place in ready]
        print(table.timed(times))
        return int(not complete)

    def verify(task):
        suite, place, absent = task
        tell(f"{suite.name}: {'without ' + ', '.join(absent) if absent else 'everything'}")
        return judge.verify(program, suite, place, absent)

    tasks = [
        (suite, place, absent)
        for suite, place in ready
        for absent in (judge.environments(suite) if not options.full else [[]])
    ]
    with ThreadPoolExecutor(options.jobs) as pool:
        judged = list(pool.map(verify, tasks))
    for found in judged:
        if found.disagreements and not options.quiet:
            print(table.disagreements(found), end="\n\n")
    print(table.verified(judged))
    goals = judge.goals(judged)
    print(f"\n{table.held(goals)}")
    for found in judged:
        if found.numbers_from and not found.absent:
            print(f"left out of the numbers of tests: {found.suite}, {found.figures.tests}: {found.numbers_from}")
    return int(not complete or not all(goal.holds for goal in goals))


def attempt(work, suite, folder):
    """`work` done, or `None` with the reason told: one suite that is not to be had does not stop the others."""
    tell(f"{suite.name}: {work.__name__}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return work(suite, folder) or folder
    except suites.Failed as failure:
        tell(f"{suite.name}: {failure}")
        return None


def tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 tests/ecosystem", description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="which suites; without any, all of suites.toml")
    parser.add_argument(
        "--program", type=Path, default=ROOT / "target/release/collectlint", metavar="FILE",
        help="the collectlint that is judged (default: target/release/collectlint)",
    )
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "target/ecosystem",
        help="where suites and environments are kept (default: target/ecosystem)",
    )
    parser.add_argument("--full", action="store_true", help="only the environment in which nothing is absent")
    parser.add_argument("--quiet", action="store_true", help="print no single disagreements")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="how many suites at a time (default: 1)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--prepare", action="store_true", help="download and install, nothing else")
    what.add_argument("--pin", action="store_true", help="write the requirements of the suites anew")
    what.add_argument(
        "--time", type=int, metavar="RUNS",
        help="instead of verifying, compare the time and the memory of predict and pytest, by medians",
    )
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
