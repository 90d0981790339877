"""Promises to customers that are not kept yet: when each will be missed, the next one first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from hearwell.clock.business import due
from hearwell.clock.schedule import Schedule
from hearwell.engine.derived import readable
from hearwell.engine.facts import of_teams, schedule_of
from hearwell.engine.question import Teams
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.deadline import Deadline

SHOWN = ("source", "case_id", "target", "promise", "channel", "priority", "team", "agent_id")


@dataclass(frozen=True)
class Running:
    """Open promises in the order in which they are due; instants are naive UTC.

    Attributes:
        columns: what is known of each, by name.
        due_at: when it will be missed; no time (NaT) where the opening hours are not known.
        is_late: was it missed by the last instant that the lake knows of the source?

    """

    columns: dict[str, Any]
    due_at: Any
    is_late: Any

    def only(self, *, late: bool) -> "Running":
        """Return those that are missed already, or the others."""
        rows = np.flatnonzero(self.is_late == late)
        return Running(
            {name: column[rows] for name, column in self.columns.items()},
            self.due_at[rows],
            self.is_late[rows],
        )

    def __len__(self) -> int:
        return len(self.due_at)

    def rows(self, begin: int, end: int) -> list[dict[str, Any]]:
        """Return some of them, each with `due_at`."""
        part = slice(begin, end)
        known = {name: column[part].tolist() for name, column in self.columns.items()}
        known["due_at"] = self.due_at[part].tolist()
        return [dict(zip(known, row, strict=True)) for row in zip(*known.values(), strict=True)]


def running(lake: Lake, teams: Teams = None) -> Running:
    """Return the promises of cases that are not solved, which are neither kept nor without target.

    Args:
        teams: those of cases that these teams have.

    """
    with lake.reading(), readable(lake, Deadline):
        every = Deadline.unbound()
        solved = every.filter((every.target == "resolution") & every.met_at.notnull())
        table = of_teams(every, teams)
        table = table.filter(
            table.met_at.isnull() & table.began_at.notnull() & table.within_seconds.notnull()
        )
        table = table.anti_join(solved.select("source", "case_id"), ["source", "case_id"])
        schedule = schedule_of(table, CaseFact, lake.settings)
        chosen = table.select(
            *SHOWN,
            "within_seconds",
            "by_business",
            schedule=schedule.cast("string"),
            began=table.began_at,
            is_late=(table.passed_seconds > table.within_seconds).fill_null(False),
        )
        found = lake.connection.execute(sql(chosen)).fetchnumpy()
        columns = {name: plain(column) for name, column in found.items()}
    due_at = due_of(lake.settings.schedule, columns)
    order = np.lexsort((columns["case_id"], due_at))
    return Running(
        {name: columns[name][order] for name in SHOWN},
        due_at[order],
        columns["is_late"].astype(bool)[order],
    )


def plain(column: Any) -> Any:
    """Return a column in which nothing is masked: what is not known is None."""
    if isinstance(column, np.ma.MaskedArray) and column.dtype == object:
        return column.filled(None)
    return np.asarray(column)


def due_of(schedules: tuple[Schedule, ...], columns: dict[str, Any]) -> Any:
    """Return when each promise will be missed, by its clock."""
    began = columns["began"].astype("datetime64[us]").astype(np.int64)
    within = columns["within_seconds"].astype(float)
    by_business = columns["by_business"].astype(bool)
    found = (began + np.rint(within * 1e6).astype(np.int64)).astype("datetime64[us]")
    found[by_business] = np.datetime64("NaT")
    for name in dict.fromkeys(each.name for each in schedules):
        rows = np.flatnonzero(by_business & (columns["schedule"] == name))
        if len(rows):
            versions = [each for each in schedules if each.name == name]
            found[rows] = due(versions, began[rows], within[rows])
    return found


def known_until(lake: Lake) -> datetime | None:
    """Return the last instant that the lake knows of any case."""
    with lake.reading(), readable(lake, Deadline):
        table = Deadline.unbound()
        found = lake.connection.execute(sql(table.aggregate(last=table.known_until.max())))
        last: datetime | None = found.fetchall()[0][0]
    return last
