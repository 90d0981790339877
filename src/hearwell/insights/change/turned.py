"""When what changed turned, and what happened then: told beside a finding."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from hearwell.engine.period import Period, to_local
from hearwell.evidence.events import Happened, events
from hearwell.evidence.finding import Finding
from hearwell.evidence.series import TooShort, series, usual
from hearwell.evidence.turns import Turns, turn, turns
from hearwell.insights.change.part import Change
from hearwell.lake.lake import Lake

NOTABLE = 0.1
"""A turn that makes less than this part of a change is not told."""


def with_events(
    lake: Lake, found: Change, findings: Iterable[Finding], before: Period, now: Period
) -> Iterator[Finding]:
    """Say beside the whole, and beside each group served differently, which events coincide.

    Of a group only events that could touch nobody else are looked at; those for all belong to the
    whole. Where no such event is known, no days are asked for.
    """
    known = events(lake, found.question.teams, found.question.where)
    for each in findings:
        moved, those = 0.0, known
        if each.kind == "change.whole" and found.is_sure:
            moved = found.moved.amount
        elif each.kind == "change.rate" and each.opens is not None:
            moved = each.evidence["now"] - each.evidence["before"]
            those = [event for event in known if (event.dimension, event.value) in each.opens.where]
        yield with_turns(lake, each, moved, (before, now), those) if moved and those else each


def with_turns(
    lake: Lake,
    finding: Finding,
    moved: float,
    periods: tuple[Period, Period],
    known: Sequence[Happened],
) -> Finding:
    """Add the turns that make a notable part of a change and coincide with events.

    They are looked for in all days until the end of the later period.
    """
    if finding.opens is None:
        return finding
    question = replace(finding.opens, by=(), begins=None, compare=None)
    try:
        of = series(lake, question)
    except TooShort:
        return finding
    seen = turns(of, usual(of))
    told = [
        turn(lake, question, seen, i, known)
        for i in range(len(seen.changes))
        if moves(lake, seen, i, *periods) * np.sign(moved) >= NOTABLE * abs(moved)
    ]
    told = [each for each in told if each.evidence["events"]]
    if not told:
        return finding
    notes = [note for each in told for note in (each.says, *each.notes)]
    evidence = {**finding.evidence, "turns": [each.evidence for each in told]}
    return replace(finding, notes=(*finding.notes, *notes), evidence=evidence)


@np.errstate(invalid="ignore")
def moves(lake: Lake, seen: Turns, i: int, before: Period, now: Period) -> float:
    """Return by how much a turn alone moves the later period beyond the earlier.

    Of a turn that lies in neither, or at the beginning of both, that is next to nothing.
    """
    of = seen.series
    days = np.array(of.begins, dtype="datetime64[D]")
    is_later = np.arange(len(days)) >= seen.changes[i].day

    def later(period: Period) -> float:
        begins, ends = (
            np.datetime64(to_local(each, lake.settings.zone).date())
            for each in (period.begins, period.ends)
        )
        n = np.where((days >= begins) & (days < ends), of.n, 0.0)
        return float(n[is_later].sum() / n.sum())

    was, became = seen.levels(i)
    return (became - was) * (later(now) - later(before))
