"""How long `predict` and `pytest --collect-only` take for the same suite, and how much memory at most."""

import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from suites import Failed, Place, Suite


@dataclass(frozen=True)
class Cost:
    seconds: float
    mebibytes: float


@dataclass(frozen=True)
class Timed:
    suite: str
    predict: Cost
    pytest: Cost


def measure(program: Path, suite: Suite, place: Place, runs: int) -> Timed:
    """Medians. The two take turns, so that both meet the same machine; a first run of each warms the disk's
    cache and, for pytest, its own."""
    predict = [str(program), "predict", "--isolated", "--python", str(place.python), "--", *suite.arguments]
    pytest = [str(place.python), "-m", "pytest", "--collect-only", "-q", *suite.arguments]
    costs: dict[str, list[Cost]] = {"predict": [], "pytest": []}
    for turn in range(runs + 1):
        for name, command in (("predict", predict), ("pytest", pytest)):
            cost = run(command, place.sources)
            if turn > 0:
                costs[name].append(cost)
    return Timed(suite.name, median(costs["predict"]), median(costs["pytest"]))


def run(command: list[str], folder: Path) -> Cost:
    begin = time.monotonic()
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # The usage of this child alone, which the module `resource` cannot tell.
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode < 0:
        raise Failed(f"signal {-child.returncode} ended {' '.join(command)}")
    # Linux counts in KiB, macOS in bytes.
    unit = 1024 if os.uname().sysname == "Linux" else 1024 * 1024
    return Cost(seconds, usage.ru_maxrss / unit)


def median(costs: list[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.seconds for cost in costs), statistics.median(cost.mebibytes for cost in costs)
    )
