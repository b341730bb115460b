"""Runs `collectlint verify` on a suite in one environment, adds its figures up and holds them against the goals."""

import json
import subprocess
import time
from dataclasses import dataclass, field, fields
from pathlib import Path

from suites import Failed, Place, Suite


@dataclass
class Share:
    """How often the two agree, of how many times there was something to say."""

    agree: int = 0
    of: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.agree + other.agree, self.of + other.of)

    def __str__(self) -> str:
        return f"{self.agree}/{self.of}" if self.of else "-"

    @property
    def percent(self) -> float:
        return 100.0 * self.agree / self.of if self.of else 100.0


@dataclass
class Figures:
    """What `verify` counted. Shares are of modules, `ids` of tests, `known_ids` of those that are
    predicted as known."""

    modules: int = 0
    outcomes: Share = field(default_factory=Share)
    false_alarms: int = 0
    missed: int = 0
    exceptions: Share = field(default_factory=Share)
    lines: Share = field(default_factory=Share)
    tests: Share = field(default_factory=Share)
    ids: Share = field(default_factory=Share)
    known_ids: Share = field(default_factory=Share)
    exit_code: Share = field(default_factory=Share)
    seconds: float = 0.0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{
            each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)
        })


@dataclass
class Judged:
    """One suite in one environment."""

    suite: str
    absent: list[str]
    figures: Figures
    disagreements: list[dict]
    numbers_from: str = ""

    @property
    def environment(self) -> str:
        return "without " + ",".join(self.absent) if self.absent else "everything"


def environments(suite: Suite) -> list[list[str]]:
    """The modules to make absent: none, each by itself, all."""
    alone = [[name] for name in suite.absent]
    return [[], *alone, suite.absent] if len(alone) > 1 else [[], *alone]


def verify(program: Path, suite: Suite, place: Place, absent: list[str]) -> Judged:
    command = [str(program), "verify", "--isolated", "--python", str(place.python), "--output-format", "json"]
    if absent:
        command += ["--absent", ",".join(absent)]
    begin = time.monotonic()
    ran = subprocess.run(
        [*command, "--", *suite.arguments], cwd=place.sources, capture_output=True, text=True, check=False
    )
    if ran.returncode not in (0, 1):
        raise Failed(f"{' '.join(command)}\n{ran.stderr.strip()}")
    said = json.loads(ran.stdout)
    figures = figures_of(said)
    figures.seconds = time.monotonic() - begin
    return Judged(suite.name, absent, figures, said["disagreements"], suite.numbers_from)


def figures_of(said: dict) -> Figures:
    def share(key: str) -> Share:
        return Share(said[key]["agree"], said[key]["of"])

    # A module that only one side meets, and one whose number is not told, do not agree.
    met, outcomes, tests = share("modules"), share("outcomes"), share("tests")
    return Figures(
        modules=met.of,
        outcomes=Share(outcomes.agree, met.of),
        false_alarms=said["false_alarms"],
        missed=said["missed"],
        exceptions=share("exceptions"),
        lines=share("lines"),
        tests=Share(tests.agree, tests.of + said["unknown_tests"]),
        ids=share("items"),
        known_ids=share("known_items"),
        exit_code=share("exit_code"),
    )


@dataclass(frozen=True)
class Goal:
    text: str
    found: float
    holds: bool


def goals(judged: list[Judged]) -> list[Goal]:
    """What is promised of real suites, over all that were judged."""
    full = sum((each.figures for each in judged if not each.absent), Figures())
    told = sum((each.figures for each in judged if not each.absent and not each.numbers_from), Figures())
    absent = sum((each.figures for each in judged if each.absent), Figures())

    def at_least(text: str, share: Share, least: float) -> Goal:
        return Goal(f"{text}, at least {least:.0f} %", share.percent, share.percent >= least)

    alarms = full.false_alarms
    return [
        Goal("full environment: false alarms, none", alarms, alarms == 0),
        at_least("full environment: modules with pytest's number of tests", told.tests, 99),
        at_least("full environment: node ids", full.ids, 97),
        at_least("full environment: node ids that are predicted as known", full.known_ids, 97),
        at_least("modules absent: outcomes", absent.outcomes, 98),
    ]
