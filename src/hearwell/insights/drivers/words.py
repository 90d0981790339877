"""Drivers in words."""

from collections.abc import Iterator

import numpy as np

from hearwell.evidence import sentence as told
from hearwell.evidence.finding import Finding, size_of
from hearwell.evidence.sentence import Sentence, gettext_noop, sentence
from hearwell.insights.drivers.driver import Driver, Drivers, Met

MOST_FINDINGS = 4

FIRST = gettext_noop(
    "Most to do with {metric} has {factor}: {share} of what is explained by all that was looked at."
)
NEXT = gettext_noop(
    "Much to do with {metric} has {factor}, too: {share} of what is explained by all that was "
    "looked at."
)
HAPPENED_OR_NOT = gettext_noop(
    "{metric} is {bad} where it was so (rows: {bad_n}), and {good} where it was not."
)
BAD_AND_GOOD = gettext_noop(
    "{metric} is {bad} in the worst cases (rows: {bad_n}), and {good} in the best."
)
MUST_BE = gettext_noop(
    "It takes away more where it is bad ({penalty}) than it gives where it is good ({reward}): "
    "customers expect it."
)
DELIGHTS = gettext_noop(
    "It gives more where it is good ({reward}) than it takes away where it is bad ({penalty}): "
    "customers do not take it for granted."
)
EXPLAINED = gettext_noop(
    "All that was looked at explains {explained} of the differences between the rows. What goes "
    "together need not be cause and effect."
)


def findings(found: Drivers) -> Iterator[Finding]:
    """Return the strongest drivers that are beyond chance."""
    believed = [each for each in found.drivers if each.believed]
    for place, each in enumerate(believed[:MOST_FINDINGS]):
        yield finding(found, each, is_first=place == 0)


def finding(found: Drivers, each: Driver, *, is_first: bool) -> Finding:
    """Say what a driver does, and what a bad and a good experience of it go with."""
    asked = told.metric(found.question.asked[0])
    notes = list(contrast(found, each))
    if is_first:
        notes.append(sentence(EXPLAINED, explained=told.share(found.explained)))
    return Finding(
        "drivers.first" if is_first else "drivers.next",
        sentence(
            FIRST if is_first else NEXT,
            factor=each.factor.label,
            metric=asked,
            share=told.share(each.share),
        ),
        sure=1 - each.p,
        people=found.people,
        size=size_of(gap(each.bad, each.good, each.explains), found.unit, each.good.value),
        evidence=each.as_json(),
        notes=tuple(notes),
        opens=found.question,
    )


def gap(bad: Met, good: Met, otherwise: float) -> float:
    found = good.value - bad.value
    return otherwise if np.isnan(found) else found


def contrast(found: Drivers, each: Driver) -> Iterator[Sentence]:
    """Say how the number is where the factor was bad and where it was good."""
    unit, asked = found.unit, told.metric(found.question.asked[0])
    if np.isnan(each.bad.value) or np.isnan(each.good.value):
        return
    yield sentence(
        HAPPENED_OR_NOT if each.factor.is_flag else BAD_AND_GOOD,
        metric=asked,
        bad=told.number(each.bad.value, unit),
        bad_n=told.count(each.bad.n),
        good=told.number(each.good.value, unit),
    )
    template = {"must be": MUST_BE, "delights": DELIGHTS}.get(each.kind)
    if template is not None:
        yield sentence(
            template,
            penalty=told.difference(each.penalty, unit),
            reward=told.difference(each.reward, unit),
        )
