"""Who was there at the beginning of each month, and whether they left in it."""

from collections.abc import Sequence
from functools import reduce

import ibis

from hearwell.metrics.facts.steps import named
from hearwell.metrics.part import Expr

NEVER = ibis.timestamp("9999-12-31")


def presence(who: Expr, told: Expr, month: Expr) -> Expr:
    """Return one row for each one and month at whose beginning they were there.

    Who came at that instant was not there before it, and who left at it leaves in that month: so
    those at the end of one month are those at the beginning of the next. Months that begin after
    the last thing that the source has told have no rows.

    Args:
        who: the records, with `came_at` and `left_at`.
        told: for each source `until`, the last instant that it has told of.
        month: the organisation's months, with `began_at` and `end` in UTC.

    """
    source = named("told", told)
    rows = who.join(source, who.source == source.told_source)
    rows = rows.mutate(stays_until=rows.left_at.coalesce(NEVER))
    both = rows.join(
        month,
        [
            rows.came_at < month.began_at,
            rows.stays_until >= month.began_at,
            rows.told_until >= month.began_at,
        ],
    )
    return both.mutate(
        month_began_at=both.began_at,
        month_ended_at=both.end,
        has_left=both.stays_until < both.end,
        is_leaving_told=both.told_leaving,
        known_until=both.told_until,
    )


def last_told(*tables: tuple[Expr, Sequence[str]]) -> Expr:
    """Return the last instant that each source has told of, in any of the tables.

    What was to happen after it was told is a plan, and says nothing about the time until then.
    """

    def each(table: Expr, instant: str) -> Expr:
        happened = table.filter(table[instant] <= table.received_at)
        return happened.group_by("source").aggregate(until=happened[instant].max())

    every = reduce(
        ibis.union, (each(table, instant) for table, instants in tables for instant in instants)
    )
    return every.group_by("source").aggregate(until=every.until.max())


def with_leaving(told: Expr, who: Expr) -> Expr:
    """Say of each source whether it has told of anybody who left: else nobody knows who did."""
    leaving = who.group_by("source").aggregate(leaving=who.left_at.notnull().any())
    both = told.join(named("of", leaving), told.source == named("of", leaving).of_source)
    return both.select("source", "until", leaving=both.of_leaving)
