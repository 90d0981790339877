"""The two sides that texts are held against each other by."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hearwell.evidence.counted import BEFORE, NOW, Counted, hidden_groups
from hearwell.evidence.errors import NotExplained, TooFewToShow
from hearwell.evidence.outcome import LEFT
from hearwell.insights.topics.texts import Texts
from hearwell.language import gettext_noop
from hearwell.metrics.metric import Better
from hearwell.metrics.part import FloatArray
from hearwell.records.survey import Survey

Kind = Literal["low-high", "before-after", "group", "left-stayed"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Test = Callable[[FloatArray], NDArray[np.bool_]]

MOST_VALUES = 3
SATISFIED_FROM = 0.75
WITHIN_DAYS = 30
FEWEST_PEOPLE = 5
"""With fewer people on a side nothing is told of it."""


@dataclass(frozen=True)
class Sides:
    """Which texts take part in a contrast, and which of them are on the first side."""

    takes_part: NDArray[np.bool_]
    is_first: NDArray[np.bool_]

    def check(self, person: NDArray[np.int64]) -> None:
        """Raise NotExplained where a side has too few people."""
        for which in (self.is_first, ~self.is_first):
            if len(np.unique(person[self.takes_part & which])) < FEWEST_PEOPLE:
                problem = gettext_noop(
                    "A side has fewer than {needed} people who wrote. Give a longer period, or "
                    "another contrast."
                )
                raise NotExplained(problem, needed=FEWEST_PEOPLE)


def read(contrast: str) -> tuple[Kind, tuple[str, str] | None]:
    """Return what a contrast is called by: its kind, or a group such as product=camera.

    Raises:
        NotExplained.

    """
    name, equals, value = contrast.partition("=")
    if equals:
        return "group", (name.strip(), value.strip())
    for kind in KINDS:
        if contrast == kind != "group":
            return kind, None
    named = tuple(kind for kind in KINDS if kind != "group")
    problem = gettext_noop(
        "There is no contrast {given}; there are {known}, or a group: product=camera."
    )
    raise NotExplained(problem, given=repr(contrast), known=named)


def columns_for(kind: Kind, group: tuple[str, str] | None) -> tuple[str, ...]:
    """Return the columns of the rows that a contrast is told by."""
    if group is not None:
        return (group[0],)
    if kind == "left-stayed":
        return (
            "customer_id",
            "answered_at",
            "answer",
            "scale_low",
            "scale_high",
            "higher_is_better",
        )
    return ()


def sides(rows: Counted, texts: Texts, kind: Kind, group: tuple[str, str] | None) -> Sides:
    """Say which texts stand on which side.

    Raises:
        NotExplained, TooFewToShow.

    """
    now = texts.cell == NOW
    match kind:
        case "before-after":
            return Sides(texts.cell <= BEFORE, now)
        case "group":
            name, value = group or ("", "")
            if (value,) in hidden_groups(rows.lake, replace(rows.question, by=(name,)), rows.frame):
                raise TooFewToShow(rows.asked)
            own = texts.columns[name]
            is_known = np.array([each is not None for each in own])
            return Sides(now & is_known, np.array([str(each) == value for each in own]))
        case "left-stayed":
            return left_or_stayed(rows, texts)
    worse, better = ends(texts.value[now], rows.better)
    return Sides(now & (worse(texts.value) | better(texts.value)), worse(texts.value))


def ends(value: FloatArray, better: Better) -> tuple[Test, Test]:
    """Return what tells the worse and the better rows of a metric.

    Of a share or of NPS they are those of the lowest and the highest value; where rows have many
    values, the quarter at each end.
    """
    known = value[~np.isnan(value)]
    different = np.unique(known)
    if len(different) < 2:
        problem = gettext_noop("All who wrote have the same value, so there are no two sides.")
        raise NotExplained(problem)
    low, high = different[[0, -1]]
    if len(different) > MOST_VALUES:
        low, high = np.quantile(known, (0.25, 0.75))
        if low == high:  # half or more have the same value; the others are the end
            low, high = (
                (low, np.nextafter(high, np.inf))
                if low < known.mean()
                else (
                    np.nextafter(low, -np.inf),
                    high,
                )
            )
    lowest: Test = lambda each: each <= low  # noqa: E731
    highest: Test = lambda each: each >= high  # noqa: E731
    return (highest, lowest) if better is Better.LOWER else (lowest, highest)


SATISFIED = "satisfied_text"


def left_or_stayed(rows: Counted, texts: Texts) -> Sides:
    """Hold those who were satisfied and left within some days against those who stayed."""
    if rows.asked.metric.record is not Survey:
        problem = gettext_noop(
            "Who left though satisfied is known of answers: ask for CSAT, NPS or CES."
        )
        raise NotExplained(problem)
    told = texts.columns
    low, high = (told[name].astype(np.float64) for name in ("scale_low", "scale_high"))
    with np.errstate(divide="ignore", invalid="ignore"):
        position = (told["answer"].astype(np.float64) - low) / (high - low)
    is_higher_better = np.array([each is None or bool(each) for each in told["higher_is_better"]])
    position = np.where(is_higher_better, position, 1 - position)
    is_known = np.array([each is not None for each in told["customer_id"]])
    at = np.flatnonzero((texts.cell == NOW) & (position >= SATISFIED_FROM) & is_known)
    for record in LEFT.reads:
        rows.lake.use(record)
    rows.lake.connection.register(
        SATISFIED,
        {"at": at, "customer_id": told["customer_id"][at], "answered_at": told["answered_at"][at]},
    )
    try:
        found = rows.sql(
            f"with happened as ({LEFT.moments}) "
            "select s.at, bool_or(h.moment is not null) as has_left "
            f"from {SATISFIED} as s left join happened as h on h.customer_id = s.customer_id "
            f"and h.moment > s.answered_at and h.moment <= s.answered_at + to_days({WITHIN_DAYS}) "
            f"where s.answered_at + to_days({WITHIN_DAYS}) <= ({LEFT.known}) group by 1"
        )
    finally:
        rows.lake.connection.unregister(SATISFIED)
    takes_part, has_left = (np.zeros(len(texts.text), dtype=bool) for _ in range(2))
    place = found["at"].astype(np.int64)
    takes_part[place] = True
    has_left[place] = found["has_left"].astype(bool)
    return Sides(takes_part, has_left)
