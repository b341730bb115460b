"""What was found, as a table and as lines to read."""

from judge import Figures, Goal, Judged
from timing import Timed

HEADINGS = (
    "suite", "environment", "modules", "outcomes", "false alarms", "missed", "exceptions", "lines", "tests", "node ids",
    "known ids", "exit code", "seconds",
)


def row(suite: str, environment: str, figures: Figures) -> tuple[str, ...]:
    numbers = (
        figures.modules, figures.outcomes, figures.false_alarms, figures.missed, figures.exceptions, figures.lines,
        figures.tests, figures.ids, figures.known_ids, figures.exit_code, f"{figures.seconds:.1f}",
    )
    return (suite, environment, *map(str, numbers))


def verified(judged: list[Judged]) -> str:
    full = [each.figures for each in judged if not each.absent]
    absent = [each.figures for each in judged if each.absent]
    rows = [row(each.suite, each.environment, each.figures) for each in judged]
    rows.append(row("all", "everything", sum(full, Figures())))
    rows.append(row("all", "something absent", sum(absent, Figures())))
    return markdown(HEADINGS, rows)


def timed(times: list[Timed]) -> str:
    headings = ("suite", "predict s", "pytest s", "times faster", "predict MiB", "pytest MiB", "share of memory")
    rows = [
        (
            each.suite, f"{each.predict.seconds:.3f}", f"{each.pytest.seconds:.3f}",
            f"{each.pytest.seconds / each.predict.seconds:.1f}", f"{each.predict.mebibytes:.0f}",
            f"{each.pytest.mebibytes:.0f}", f"{each.predict.mebibytes / each.pytest.mebibytes:.2f}",
        )
        for each in times
    ]
    return markdown(headings, rows)


def held(goals: list[Goal]) -> str:
    return "\n".join(f"{'held  ' if goal.holds else 'MISSED'} {goal.text}: {goal.found:.4g}" for goal in goals)


def disagreements(each: Judged) -> str:
    lines = [
        f"  {found['path']}: {found['about']}: pytest {found['pytest']}, predicted {found['predicted']}"
        for found in each.disagreements
    ]
    return "\n".join([f"{each.suite}, {each.environment}:", *lines])


def markdown(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(line[at]) for line in [headings, *rows]) for at in range(len(headings))]

    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"

    return "\n".join([line(headings), line(tuple("-" * width for width in widths)), *map(line, rows)])
