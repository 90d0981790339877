"""How the groups of a dimension differ: for each metric by the first dimension that tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hearwell.engine.answer import Answer
from hearwell.engine.ask import ask
from hearwell.engine.explain import made_from
from hearwell.engine.facts import dimension
from hearwell.engine.question import CUSTOM, Asked, Question, check_dimension
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Better, Metric, Unit
from hearwell.records.record import Record

DIMENSIONS = (
    "queue",
    "channel",
    "topic",
    "product",
    "team",
    "came_from",
    "step",
    "touchpoint",
    "programme",
    "priority",
    "language",
)
"""Those that tell most first. Agents are not among them: a page that goes round should not rank
people. Who must know asks for it with --by agent_id."""

FEWEST, MOST = 2, 12
MANY = 200
"""With more values in the lake than these a period will not have as few groups as are shown."""


@dataclass(frozen=True)
class Group:
    """One value of the dimension: what was counted of it."""

    name: str | None
    cell: Mapping[str, Any]

    @property
    def n(self) -> int:
        return int(self.cell["n"])

    @property
    def ranked_by(self) -> float:
        """The shrunken value; totals have none."""
        shrunken = self.cell["shrunken"]
        return float(self.cell["value"] if shrunken is None else shrunken)


@dataclass(frozen=True)
class Breakdown:
    """The groups of one metric: the best first, then those too small to rank."""

    dimension: str
    unit: Unit
    better: Better
    ranked: tuple[Group, ...]
    small: tuple[Group, ...]  # fewer rows than the organisation's minimum
    unknown: Group | None  # rows of which the dimension is not known

    @property
    def groups(self) -> tuple[Group, ...]:
        return (*self.ranked, *self.small)


def breakdowns(
    lake: Lake, question: Question, asked: Sequence[Asked], by: Sequence[str] = ()
) -> dict[Asked, Breakdown]:
    """Ask by one dimension after the other for the metrics that none before told anything of.

    Args:
        by: dimensions to try first.

    Raises:
        UnknownDimension: none of the metrics has it.

    """
    found: dict[Asked, Breakdown] = {}
    values: dict[tuple[type[Record], str], int] = {}
    left = list(asked)
    for name in by:
        if asked and not any(has(each.metric, name) for each in asked):
            check_dimension(asked[0].metric, name)
    for name in dict.fromkeys((*by, *DIMENSIONS)):
        fit = tuple(each for each in left if worth_asking(lake, each.metric, name, values))
        if not fit:
            continue
        over = replace(question, asked=fit, by=(name,), compare=None)
        answers = ask(lake, over)
        for each in answers.answers:
            made = breakdown(each, name, answers.zone, question.level, lake.settings.minimum_n)
            if FEWEST <= len(made.groups) <= MOST:
                found[each.asked] = made
        left = [each for each in left if each not in found]
    return found


def has(metric: Metric, name: str) -> bool:
    custom = name.startswith(CUSTOM) and "custom" in metric.record.columns()
    return custom or name in metric.record.dimensions()


def worth_asking(
    lake: Lake, metric: Metric, name: str, values: dict[tuple[type[Record], str], int]
) -> bool:
    """Does the lake have some values of the dimension, and not too many?

    Counting them first costs far less than metrics for groups that nobody would see.
    """
    if not has(metric, name):
        return False
    known = 0
    for record in made_from(metric):
        if name not in record.dimensions() and not name.startswith(CUSTOM):
            continue
        if (record, name) not in values:
            values[record, name] = distinct(lake, record, name)
        known = max(known, values[record, name])
    return FEWEST <= known <= MANY


def distinct(lake: Lake, record: type[Record], name: str) -> int:
    lake.use(record)
    table = record.rows()
    counted = table.aggregate(values=dimension(table, name).nunique())
    return int(lake.connection.execute(sql(counted)).fetchall()[0][0])


def breakdown(answer: Answer, name: str, zone: str, level: float, minimum_n: int) -> Breakdown:
    """Rank the groups that are large enough; the others keep the order of their names.

    The rank goes by values drawn towards the mean of all, so that chance puts nobody first.
    """
    cells = [cell for cell in answer.cells(zone, level) if cell["n"]]
    groups = [Group(cell["group"][name], cell) for cell in cells]
    named = sorted((g for g in groups if g.name is not None), key=lambda g: g.name or "")
    sign = 1 if answer.better is Better.LOWER else -1
    large = [g for g in named if g.n >= minimum_n and g.cell["value"] is not None]
    return Breakdown(
        name,
        answer.unit,
        answer.better,
        tuple(sorted(large, key=lambda g: (sign * g.ranked_by, sign * g.cell["value"]))),
        tuple(group for group in named if group not in large),
        next((group for group in groups if group.name is None), None),
    )
