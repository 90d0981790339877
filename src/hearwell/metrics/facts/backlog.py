"""One row for each change of the backlog: which cases were open is the sum of what came before."""

from collections.abc import Mapping
from typing import Annotated, Any

import ibis

from hearwell.metrics.facts.case_did import IN_ORDER, turns
from hearwell.metrics.facts.case_fact import CASE
from hearwell.metrics.facts.steps import Steps, named, selected
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Custom,
    Dimension,
    Instant,
    Key,
    KeyInstant,
    KeyNumber,
    Record,
    RequiredInstant,
    category,
)

AGE_DAYS = {
    "under_1_day": (0, 1),
    "1_to_7_days": (1, 7),
    "7_to_30_days": (7, 30),
    "over_30_days": (30, None),
}
"""The bands of age since the opening of a case: from, and up to, so many days."""


class BacklogChange(Record):
    """One row for each time that a case enters the backlog or one of its ages, or leaves it.

    The backlog at an instant is the sum of `change` of all rows before it, in every group. A case
    that grows older leaves one age (-1) and enters the next (+1) at the same instant.
    """

    table_name = "backlog_change"

    case_id: Key
    at: KeyInstant
    age_band: Annotated[Any, category(*AGE_DAYS, is_key=True)]  # since the opening
    change: KeyNumber  # 1: one more is open; -1: one less
    channel: Dimension
    topic: Dimension
    product: Dimension
    priority: Dimension
    language: Dimension
    team: Dimension
    opened_at: RequiredInstant
    known_until: Instant  # the last thing that the source has told: later nothing is known
    custom: Custom


def backlog_changes(case: Expr, message: Expr, case_event: Expr) -> Mapping[str, Expr]:
    """Return the tables to make; the last is `backlog_change`.

    A case is open from its opening on, until it is solved or closed, and again from each
    reopening. One that was merged into another is not counted from then on.
    """
    steps = Steps()
    known = steps.add("backlog_source", last_told(case, message, case_event))
    counted = steps.add("backlog_case", counted_cases(case, case_event, known))
    turn = steps.add("backlog_turn", turns(case_event, CASE))
    solved = steps.add("backlog_solved", first_solvings(turn))
    again = steps.add("backlog_reopened", reopenings(turn))
    span = steps.add("backlog_span", open_spans(counted, solved, again))
    aged = steps.add("backlog_age", by_age(span))
    steps.add(BacklogChange.table_name, changes(aged, counted))
    return steps.made


def last_told(case: Expr, message: Expr, event: Expr) -> Expr:
    """Return the last instant that each source has told of."""

    def each(table: Expr, instant: Expr) -> Expr:
        return table.group_by("source").aggregate(until=instant.max())

    every = ibis.union(
        each(case, case.opened_at),
        each(case, case.reported_solved_at),
        each(case, case.reported_closed_at),
        each(message, message.sent_at),
        each(event, event["at"]),
    )
    return every.group_by("source").aggregate(known_until=every.until.max())


def counted_cases(case: Expr, event: Expr, known: Expr) -> Expr:
    """Return the cases that are counted for a while, and until when at most.

    When a case was merged is told by its history. Without that it is not known how long it was
    one of its own, and it is not counted at all.
    """
    merging = event.filter(event.kind == "merged")
    merged = named("merge", merging.group_by(*CASE).aggregate(at=merging["at"].min()))
    source = named("of", known)
    both = case.left_join(
        merged, [case.source == merged.merge_source, case.case_id == merged.merge_case_id]
    ).join(source, case.source == source.of_source)
    is_merged = both.merged_into.notnull()
    both = both.filter(~is_merged | both.merge_at.notnull())
    return both.mutate(
        merged_at=is_merged.ifelse(both.merge_at, None), known_until=both.of_known_until
    )


def first_solvings(turn: Expr) -> Expr:
    """Return when each case was first solved; null for one of which other turns are told."""
    return turn.group_by(*CASE).aggregate(at=turn["at"].min(where=turn.becomes))


def reopenings(turn: Expr) -> Expr:
    """Return when cases that were solved are open again, and until when.

    A case is open at first, so a reopening that comes before any solving changes nothing.
    """
    changed = turn.filter(turn.becomes != turn.was.fill_null(False))
    in_order = ibis.window(group_by=CASE, order_by=IN_ORDER)
    changed = changed.mutate(until=changed["at"].lead().over(in_order))
    return changed.filter(~changed.becomes).select(*CASE, "at", "until")


def open_spans(case: Expr, solved: Expr, again: Expr) -> Expr:
    """Return from when to when each case was open; the end is null while it is.

    Nothing counts before the opening, nor from the merge on. A case of which no turn is told goes
    by what its source reports of its solving and closing.
    """
    turn = named("turn", solved)
    both = case.left_join(
        turn, [case.source == turn.turn_source, case.case_id == turn.turn_case_id]
    )
    reported = earlier(both.reported_solved_at, both.reported_closed_at)
    opening = both.select(
        *CASE,
        "opened_at",
        "merged_at",
        begins=both.opened_at,
        ends=both.turn_case_id.notnull().ifelse(both.turn_at, reported),
    )
    turn = named("turn", again)
    both = case.join(turn, [case.source == turn.turn_source, case.case_id == turn.turn_case_id])
    reopened = both.select(
        *CASE,
        "opened_at",
        "merged_at",
        begins=ibis.greatest(both.turn_at, both.opened_at),
        ends=both.turn_until,
    )
    spans = ibis.union(opening, reopened)
    spans = spans.select(*CASE, "opened_at", "begins", ends=earlier(spans.ends, spans.merged_at))
    return spans.filter(spans.ends.isnull() | (spans.ends > spans.begins))


def earlier(one: Expr, other: Expr) -> Expr:
    """Return the earlier of two instants; that which is known where the other is not."""
    return ibis.least(one.coalesce(other), other.coalesce(one))


def by_age(span: Expr) -> Expr:
    """Return the spans cut where the case becomes older than each band: at most four of one."""

    def within(band: str, first: int, last: int | None) -> Expr:
        begins = ibis.greatest(span.begins, span.opened_at + ibis.interval(days=first))
        ends = span.ends
        if last is not None:
            grown = span.opened_at + ibis.interval(days=last)
            ends = ibis.least(ends.coalesce(grown), grown)
        cut = span.select(*CASE, age_band=ibis.literal(band), begins=begins, ends=ends)
        return cut.filter(cut.ends.isnull() | (cut.ends > cut.begins))

    return ibis.union(*(within(band, *days) for band, days in AGE_DAYS.items()))


def changes(aged: Expr, case: Expr) -> Expr:
    """Return what each span changes at its ends, as far as the source has told.

    The ages of a case that is open change also when nothing happens, but not beyond what is known.
    """
    enters = aged.select(*CASE, "age_band", at=aged.begins, change=ibis.literal(1, "int64"))
    leaves = aged.filter(aged.ends.notnull())
    leaves = leaves.select(*CASE, "age_band", at=leaves.ends, change=ibis.literal(-1, "int64"))
    change = named("by", ibis.union(enters, leaves))
    both = change.join(case, [change.by_source == case.source, change.by_case_id == case.case_id])
    both = both.filter(both.by_at <= both.known_until)
    found = {"at": both.by_at, "age_band": both.by_age_band, "change": both.by_change}
    return selected(BacklogChange, both, found)
