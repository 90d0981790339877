"""The rows that all parts of self-service look at: those of a period and of some languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hearwell.engine.facts import within
from hearwell.engine.period import Period
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.part import Expr

FEWEST_PEOPLE = 5
"""Of fewer nothing is shown: it could be told who they are."""

FEWEST_ROWS = 30
"""Of fewer no difference is told."""


@dataclass(frozen=True)
class Scope:
    """What is looked at.

    Attributes:
        languages: only these; all if empty.
        level: of intervals and of decisions.

    """

    period: Period
    languages: tuple[str, ...] = ()
    level: float = 0.95

    def of(self, table: Expr, at: str) -> Expr:
        """Return the rows of the period, in these languages."""
        rows = table.filter(within(table[at], self.period))
        return rows.filter(rows.language.isin(self.languages)) if self.languages else rows


def fetched(lake: Lake, expr: Expr) -> Sequence[tuple[Any, ...]]:
    rows: Sequence[tuple[Any, ...]] = lake.connection.execute(sql(expr)).fetchall()
    return rows
