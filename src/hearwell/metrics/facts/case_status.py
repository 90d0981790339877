"""How long each case was in each status, and with each agent, by both clocks."""

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from hearwell.clock.business import BusinessDays, with_business_seconds
from hearwell.metrics.facts.case_did import WAITING, of_kind
from hearwell.metrics.facts.case_fact import CASE, CaseFact, had_by
from hearwell.metrics.facts.steps import Steps, by_number, named
from hearwell.metrics.part import Expr
from hearwell.records.case import Case

WORKED_ON = ("new", "open")
DURATIONS = {
    "requester_wait": ("new", "open", "on_hold"),
    "agent_wait": ("pending",),
    "agent_work": WORKED_ON,
    "on_hold": ("on_hold",),
}
"""In which statuses each duration of a case passes."""

HANDLED = "case_handling_told"
"""The table that is kept of the agents who had each case."""

EARLIER, LATER = "0001-01-01", "9999-12-31"
"""Instants before and after all that happens."""

DIMENSIONS = tuple(name for name in CaseFact.columns() if name in Case.columns())


@dataclass(frozen=True)
class Hours:
    """The opening hours by which the time of cases is counted.

    Attributes:
        days: how long each schedule is open on each day.
        schedule_of: returns the name of the schedule that applies to each row of a table, which
            has the dimensions of `case_fact`.
        key: what decides both, besides the range of the days.

    """

    days: BusinessDays
    schedule_of: Callable[[Expr], Expr]
    key: str

    @property
    def written_as(self) -> tuple[str, int, int]:
        """What decides the words of the queries."""
        return self.key, self.days.open_stretches, self.days.unknown_stretches


def of_statuses(steps: Steps, change: Expr, ended: Expr, hours: Hours | None) -> ir.Table:
    """Return the stretches of each solved case in one status and with one agent, by both clocks.

    They go up to the last solving: what comes after does not count.
    """
    span = spans(change, ended)
    held = steps.add("case_held", holders(change))
    held = named("held", held)
    both = span.left_join(
        held,
        [
            span.number == held.held_number,
            span.ends > held.held_since,
            span.begins < held.held_until,
        ],
    )
    piece = both.select(
        "number",
        "status",
        "schedule",
        holder=both.held_holder,
        begins=ibis.greatest(both.begins, both.held_since.coalesce(both.begins)),
        ends=ibis.least(both.ends, both.held_until.coalesce(both.ends)),
    )
    if hours is None:
        piece = piece.mutate(business=ibis.null("float64"))
    else:
        piece = with_business_seconds(
            piece, hours.days, piece.schedule, {"business": (piece.begins, piece.ends)}
        )
    piece = piece.mutate(seconds=piece.ends.delta(piece.begins, unit="microsecond") / 1e6)
    # No time is no time by any clock, also where it is not known whether there were hours.
    is_none = (piece.seconds == 0) & piece.schedule.notnull()
    passed = piece.select(
        "number",
        "status",
        "holder",
        "seconds",
        business=is_none.ifelse(0.0, piece.business),
    )
    return steps.add("case_passed", passed)


def solved_cases(
    survivor: Expr, change: Expr, turned: Expr, happened: Expr, hours: Hours | None
) -> Expr:
    """Return the cases that are solved and of which a status is told, with their schedules."""
    first = change.filter(of_kind(change, "status_changed"), change.is_first)
    rows = by_number(survivor.select("number", *DIMENSIONS), first, "first", how="inner")
    rows = by_number(rows, turned.filter(turned.is_resolved), "turned", how="inner")
    rows = by_number(rows, happened, "did")
    rows = rows.select(
        "number",
        first_change_at=rows.first_at,
        first_status=rows.first_from_value.fill_null("new"),
        last_solved_at=rows.turned_last_solved_at,
        **{name: rows[name] for name in DIMENSIONS} | had_by(rows, "did_"),
    )
    schedule = ibis.null("string") if hours is None else hours.schedule_of(rows)
    return rows.select(
        "number",
        "opened_at",
        "first_change_at",
        "first_status",
        "last_solved_at",
        schedule=schedule.cast("string"),
    )


def spans(change: Expr, ended: Expr) -> Expr:
    """Return the stretches of each solved case in one status, up to its last solving.

    Before the first change of its status a case has the one that it changes from; where that is
    not told, it is new.
    """
    waiting = change.filter(of_kind(change, "status_changed"), change.to_value.isin(WAITING))
    told = by_number(waiting, ended, "case", how="inner")
    told = told.filter(told["at"] < told.case_last_solved_at)
    span = told.select(
        "number",
        status=told.to_value,
        schedule=told.case_schedule,
        begins=told["at"],
        ends=ibis.least(told.until.coalesce(told.case_last_solved_at), told.case_last_solved_at),
    )
    until = ended.first_status.isin(WAITING).ifelse(ended.first_change_at, ended.opened_at)
    opening = ended.select(
        "number",
        status=ended.first_status,
        schedule=ended.schedule,
        begins=ended.opened_at,
        # It may be of no length, but it is there: it says that the status is known.
        ends=ibis.greatest(ended.opened_at, ibis.least(until, ended.last_solved_at)),
    )
    return ibis.union(span, opening)


def holders(change: Expr) -> Expr:
    """Return who had each case when; before it was first assigned, whoever it was taken from."""
    held = change.filter(of_kind(change, "assigned"))
    since = held.select(
        "number",
        holder=held.to_value,
        since=held["at"],
        until=held.until.coalesce(ibis.timestamp(LATER)),
    )
    first = held.filter(held.is_first)
    before = first.select(
        "number", holder=first.from_value, since=ibis.timestamp(EARLIER), until=first["at"]
    )
    return ibis.union(since, before)


def in_statuses(passed: Expr) -> Expr:
    """Return how long each case was in the statuses of each duration, by both clocks."""
    sums = {}
    for name, statuses in DURATIONS.items():
        among = passed.status.isin(statuses)
        sums[f"{name}_seconds"] = passed.seconds.sum(where=among)
        sums[f"{name}_business_seconds"] = passed.business.sum(where=among)
    rows = passed.group_by("number").aggregate(
        **sums, pieces=passed.count(), counted=passed.business.count()
    )
    # One part of unknown length leaves none of the durations to be relied upon.
    is_known = rows.pieces == rows.counted
    told = {name: rows[name].fill_null(0.0) for name in sums}
    return rows.select(
        "number",
        **{
            name: is_known.ifelse(seconds, None) if "business" in name else seconds
            for name, seconds in told.items()
        },
    )


def handled(steps: Steps, survivor: Expr, passed: Expr) -> ir.Table:
    """Keep how long each agent had each case while it was new or open."""
    worked = passed.filter(
        passed.status.isin(WORKED_ON), passed.holder.notnull(), passed.seconds > 0
    )
    each = worked.group_by("number", "holder").aggregate(
        seconds=worked.seconds.sum(),
        business=(worked.business.count() == worked.count()).ifelse(worked.business.sum(), None),
    )
    rows = by_number(each, survivor.select("number", *CASE), "case", how="inner")
    return steps.add(
        HANDLED,
        rows.select(
            source=rows.case_source,
            case_id=rows.case_case_id,
            agent_id=rows.holder,
            handle_seconds=rows.seconds,
            handle_business_seconds=rows.business,
        ),
    )
