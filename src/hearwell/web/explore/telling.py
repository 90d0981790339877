"""An answer as somebody is told it: its pictures, and a table of all numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from hearwell.engine.answer import Answer, Answers
from hearwell.engine.period import WEEKDAYS, Grain, first_cell
from hearwell.engine.question import Asked, Question, Teams
from hearwell.lake.lake import Lake
from hearwell.language.date import weekday
from hearwell.report import day
from hearwell.report.markup import Html
from hearwell.report.name import title
from hearwell.report.number import difference, interval, number
from hearwell.report.verdict import SIGNS
from hearwell.web.explore.heat import HOUR
from hearwell.web.explore.pictures import pictures
from hearwell.web.explore.view import View
from hearwell.web.read import asking

SHOWN = 200
"""So many rows a page shows; a file has them all."""

COLUMNS = (
    "metric",
    "variant",
    "unit",
    "from",
    "to",
    "value",
    "low",
    "high",
    "level",
    "n",
    "hidden",
    "shrunken",
    "rank",
    "compared_value",
    "difference",
    "difference_low",
    "difference_high",
    "verdict",
    "simulated",
)
"""Of a file, beside the dimensions; named as in the contract of `--format json`."""


@dataclass(frozen=True)
class Figure:
    """One number of a row."""

    name: str
    value: str
    interval: str
    n: int
    few: bool
    hidden: str | None
    change: str
    verdict: str
    sign: str


@dataclass(frozen=True)
class Line:
    """One row: which group and time, and its numbers; None where one has no such cell."""

    group: list[str | None]
    time: str
    figures: list[Figure | None]


@dataclass(frozen=True)
class Told:
    """All that a page shows of a view."""

    numbers: list[str]
    pictures: list[Html]
    lines: list[Line]
    count: int  # of all lines, also those not shown
    is_compared: bool
    simulated: bool
    answers: Answers
    begins: str | None
    ends: str | None


def told(lake: Lake, view: View, teams: Teams, prefix: str = "view") -> Told:
    """Ask, and tell it.

    Args:
        teams: of which rows may be seen.
        prefix: of names in the page.

    """
    answers, overall = asked(lake, view, teams)
    question = answers.question
    together = joined(answers, lake.settings.week_starts_on)
    minimum_n = lake.settings.minimum_n
    shown = [
        Line(list(group), at, [figure(each, question.asked, minimum_n) for each in cells])
        for (group, _order, at), cells in islice(together.items(), SHOWN)
    ]
    return Told(
        numbers=[title(each, question.asked) for each in question.asked],
        pictures=pictures(lake, answers, overall, prefix),
        lines=shown,
        count=len(together),
        is_compared=any(each and each.change for line in shown for each in line.figures),
        simulated=bool(answers.simulated),
        answers=answers,
        begins=question.begins,
        ends=question.ends,
    )


def asked(lake: Lake, view: View, teams: Teams) -> tuple[Answers, Answers | None]:
    """Return the answers, and those without groups if there are groups to hold against them."""
    newest = asking.newest(lake, teams)
    question = view.question(newest, teams)
    answers = asking.asked(lake, question)
    is_grouped = question.by and question.grain == "none"
    overall = view.question(newest, teams, by=(), compare=None, standardise=())
    return answers, asking.asked(lake, overall) if is_grouped else None


Key = tuple[tuple[str | None, ...], Any, str]


def joined(answers: Answers, week_starts_on: str) -> dict[Key, list[tuple[Answer, Any] | None]]:
    """Put the cells of all numbers that are of the same group and time into one line."""
    question = answers.question
    found: dict[Key, list[tuple[Answer, Any] | None]] = {}
    for place, answer in enumerate(answers.answers):
        for cell in answer.cells(answers.zone, question.level):
            group = tuple(cell["group"][name] for name in question.by)
            key = (group, *when(cell, question, week_starts_on))
            found.setdefault(key, [None] * len(answers.answers))[place] = (answer, cell)
    return {key: found[key] for key in sorted(found, key=lambda key: order(key, found[key]))}


def when(cell: Any, question: Question, week_starts_on: str) -> tuple[Any, str]:
    """Return by what a time is sorted, and what it is called."""
    grain: Grain = question.grain
    if grain == HOUR:
        name, hour = cell["group"][HOUR].split()
        of_week = WEEKDAYS.index(name)
        place = (of_week - WEEKDAYS.index(week_starts_on)) % len(WEEKDAYS)
        return (place, hour), f"{weekday(of_week)} {hour}:00"
    if grain == "none":
        return "", ""
    local = datetime.fromisoformat(cell["period"]["from"]).replace(tzinfo=None)
    begins = first_cell(local, grain, week_starts_on).date()
    return begins.isoformat(), day.cell(begins, grain)


def order(key: Key, cells: list[tuple[Answer, Any] | None]) -> tuple[Any, ...]:
    """Sort by time; groups of one time by rank, as far as they have one."""
    group, at, _name = key
    first = cells[0]
    rank = first[1]["rank"] if first else None
    rows = first[1]["n"] if first else 0
    return at, rank is None, rank or 0, -rows, tuple(value or "" for value in group)


def figure(
    found: tuple[Answer, Any] | None, among: tuple[Asked, ...], minimum_n: int
) -> Figure | None:
    if found is None:
        return None
    answer, cell = found
    compared, unit = cell["compared"], answer.unit
    verdict = compared["verdict"] if compared else ""
    return Figure(
        name=title(answer.asked, among),
        value=number(cell["value"], unit),
        interval=interval(cell["low"], cell["high"], unit),
        n=cell["n"],
        few=cell["n"] < minimum_n,
        hidden=cell["hidden"],
        change=difference(compared["difference"], unit) if compared else "",
        verdict=verdict,
        sign=SIGNS[verdict] if verdict else "",
    )


def rows(answers: Answers) -> Iterator[list[Any]]:
    """Give one row for each number of each group and time, as in the contract of JSON."""
    question = answers.question
    names = (*question.by, *([HOUR] if question.grain == HOUR else []))
    for cell in answers.cells():
        compared = cell["compared"] or {}
        yield [
            *(cell["group"][name] for name in names),
            cell["metric"],
            cell["variant"],
            cell["unit"],
            cell["period"]["from"],
            cell["period"]["to"],
            *(cell[name] for name in ("value", "low", "high", "level", "n", "hidden")),
            cell["shrunken"],
            cell["rank"],
            *(compared.get(name) for name in ("value", "difference", "low", "high", "verdict")),
            cell["simulated"],
        ]


def columns(answers: Answers) -> list[str]:
    question = answers.question
    return [*question.by, *([HOUR] if question.grain == HOUR else []), *COLUMNS]
