"""Take the change of a metric apart."""

from dataclasses import replace

import numpy as np

from hearwell.engine.question import Question
from hearwell.evidence.counted import BEFORE, NOW, Counted, counted
from hearwell.evidence.errors import NotExplained
from hearwell.evidence.groups import grouped
from hearwell.insights.change.apart import TakenApart
from hearwell.insights.change.part import Change, amount
from hearwell.insights.change.several import explained
from hearwell.insights.change.turned import with_events
from hearwell.insights.change.words import findings
from hearwell.lake.lake import Lake
from hearwell.language import gettext_noop
from hearwell.metrics.part import FloatArray
from hearwell.stats.multiplicity import benjamini_hochberg
from hearwell.stats.resampling import GROUPS, poisson_weights

USUAL = ("channel", "topic", "product", "queue", "team", "language", "segment", "plan", "priority")
"""The dimensions that are looked through when none is named, where the record has them."""

DRAWS_OF_REGRESSIONS = 400


def change(lake: Lake, question: Question) -> Change:
    """Take the change of the question's one metric apart, by its dimensions.

    By several dimensions, groups of the later are looked at within those of the earlier. By none,
    the usual ones are looked through one by one, and held against each other.

    Raises:
        NotExplained: there is no period to compare with, or no dimension to go by.
        NotAMean, NothingCounted, TooFewToShow, BadQuestion.

    """
    record = question.asked[0].metric.record
    ways = [question.by] if question.by else [(n,) for n in USUAL if n in record.dimensions()]
    looked_at = tuple(dict.fromkeys(name for way in ways for name in way))
    if question.compare is None:
        problem = gettext_noop(
            "A change has two periods: give --from, --to and --compare previous or year."
        )
        raise NotExplained(problem)
    if not looked_at:
        problem = gettext_noop("{what} has none of the usual dimensions: give --by.")
        raise NotExplained(problem, what=question.asked[0].metric.name)
    with counted(lake, question, looked_at) as rows:
        before, now, better = rows.frame.before, rows.frame.now, rows.better
        if before is None:
            problem = gettext_noop("It is not known what to compare with: give --from and --to.")
            raise NotExplained(problem)
        weights = np.vstack([np.ones(GROUPS), poisson_weights(GROUPS)])
        both = totals(rows, weights)
        found = Change(
            question,
            rows.unit,
            float(both[0, BEFORE]),
            float(both[0, NOW]),
            amount(both[:, NOW] - both[:, BEFORE], question.level),
            rows.people(),
            (),
            (),
            {} if question.by else explained(rows, looked_at, weights[: DRAWS_OF_REGRESSIONS + 1]),
        )
        together, parts = [], []
        for way in ways:
            groups = grouped(rows, way)
            if len(groups.groups) > 1:
                taken = TakenApart(groups, weights, question.level)
                together.append(taken.together())
                parts += list(taken.parts())
    believed = benjamini_hochberg(np.array([each.beyond.p for each in parts]), 1 - question.level)
    parts = [replace(p, believed=bool(b)) for p, b in zip(parts, believed, strict=True)]
    parts.sort(key=lambda part: -abs(part.adds.amount))
    found = replace(found, together=tuple(together), parts=tuple(parts))
    told = with_events(lake, found, findings(found, better), before, now)
    return replace(found, findings=tuple(told))


@np.errstate(divide="ignore", invalid="ignore")
def totals(rows: Counted, weights: FloatArray) -> FloatArray:
    """Return the value in both periods, as it is and in each draw: shape (draws + 1, 2)."""
    sums = np.tensordot(weights, rows.summed(("over", "under"), "cell", 2), axes=1)
    found: FloatArray = sums[..., 0] / sums[..., 1]
    return found
