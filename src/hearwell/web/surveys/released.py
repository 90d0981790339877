"""Which anonymous answers may be shown, so that no answer is found by looking twice."""

from collections.abc import Mapping
from datetime import date, timedelta

FEWEST = 5
SETTLED = timedelta(days=3)
"""So long after its day an answer changes no more."""


def released_until(answers: Mapping[date, int], today: date) -> date | None:
    """Return the last day whose answers may be shown; None if there are too few.

    Answers are let out in batches of whole days with at least five answers each, of days that are
    settled. What is shown one day and not the day before is thus never the answer of one person.
    """
    until, batch = None, 0
    for day in sorted(each for each in answers if each <= today - SETTLED):
        batch += answers[day]
        if batch >= FEWEST:
            until, batch = day, 0
    return until
