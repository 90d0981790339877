"""The groups of counted rows, with the sums of each; those too small are put together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hearwell.evidence.counted import PEOPLE, ROWS, Counted, hidden_groups, plain
from hearwell.evidence.sentence import OTHERS
from hearwell.lake.tables import identifier
from hearwell.metrics.part import FloatArray
from hearwell.stats.resampling import GROUPS

Group = tuple[str | None, ...]

MOST = 60
"""So many groups stand alone; the smallest beyond are put together."""

NUMBERS = "counted_group"


@dataclass(frozen=True)
class Grouped:
    """Counted rows by group.

    Attributes:
        groups: the values of each group, one for each dimension.
        people: customers in each; rows, where it is not known whose they are.
        n: rows, shape (2, groups): before, now.
        sums: of each bucket of people, shape (buckets, 2, groups, 2): before and now, over and
            under.

    """

    by: tuple[str, ...]
    groups: list[Group]
    people: FloatArray
    n: FloatArray
    sums: FloatArray


def grouped(rows: Counted, by: Sequence[str]) -> Grouped:
    """Add up rows by dimensions that the table has.

    Answers of people of which there are few are put together with others, as the engine hides
    them; and so are groups beyond the largest.
    """
    columns = [f"{identifier(plain(name))}::varchar" for name in by]
    named = ", ".join(f"{column} as v{i}" for i, column in enumerate(columns))
    listed = ", ".join(f"v{i}" for i in range(len(by)))
    rows.lake.connection.execute(
        f"create or replace temp table {NUMBERS} as select *, "
        f"(row_number() over (order by n desc, {listed}) - 1)::int as number from "
        f"(select {named}, count(*) as n from {ROWS} group by {', '.join(columns)})"
    )
    found = rows.sql(f"select {listed} from {NUMBERS} order by number")
    every: list[Group] = list(zip(*(found[f"v{i}"].tolist() for i in range(len(by))), strict=True))
    secret = [
        hidden_groups(rows.lake, replace(rows.question, by=tuple(by[:depth])), rows.frame)
        for depth in range(1, len(by) + 1)
    ]
    shown = [put_together(group, i, secret) for i, group in enumerate(every)]
    groups = list(dict.fromkeys(shown))
    place = {group: i for i, group in enumerate(groups)}
    merged = np.array([place[group] for group in shown], dtype=np.int32)
    rows.lake.connection.register("counted_place", {"number": np.arange(len(every)), "at": merged})
    same = " and ".join(f"{column} is not distinct from g.v{i}" for i, column in enumerate(columns))
    source = f"{ROWS} join {NUMBERS} as g on {same} join counted_place as p on p.number = g.number"
    counts = rows.sql(
        f"select p.at, {PEOPLE} as people, "
        f"count(*) filter (cell = 1) as before, count(*) filter (cell = 0) as now "
        f"from {source} group by 1 order by 1"
    )
    size = len(groups)
    cells = rows.summed(("over", "under"), f"(1 - cell) * {size} + p.at", 2 * size, source)
    rows.lake.connection.unregister("counted_place")
    rows.lake.connection.execute(f"drop table temp.{NUMBERS}")
    return Grouped(
        tuple(by),
        groups,
        counts["people"].astype(np.float64),
        np.array([counts["before"], counts["now"]], dtype=np.float64),
        cells.reshape(GROUPS, 2, size, 2),
    )


def put_together(group: Group, place: int, secret: Sequence[set[Group]]) -> Group:
    """Return a group, with those too small to be shown in place of what must not be told apart."""
    for depth, hidden in enumerate(secret, 1):
        if group[:depth] in hidden:
            return (*group[: depth - 1], *[OTHERS] * (len(group) - depth + 1))
    return group if place < MOST else (*group[:-1], OTHERS)
