"""A question to the lake: which metrics, by what, over which period, compared with what."""

from dataclasses import dataclass
from typing import Any

from hearwell.engine.errors import (
    BadQuestion,
    NotByTeam,
    UnknownDimension,
    UnknownMetric,
    UnknownVariant,
)
from hearwell.engine.period import Compare, Grain
from hearwell.language import gettext_noop
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.clock import ClockName
from hearwell.metrics.metric import Metric, Unit, Variant

MOST_DIMENSIONS = 3
EVERY_VARIANT = "all"
CUSTOM = "custom."
COHORT = "cohort."
SAME = "cohort.same"
COHORTS = ("cohort.first_bought", "cohort.bought", "cohort.first_seen", SAME)
"""Filters by what is known of the customer: the month of the first purchase, a product bought, the
month in which they were first seen, and those who have rows in both periods that are compared."""
TEAM = "team"
Teams = tuple[str, ...] | None
"""The teams of which rows may be seen: None for every row there is, also those of no team."""


@dataclass(frozen=True)
class Asked:
    """A metric in one of its variants."""

    metric: Metric
    variant: str

    @property
    def usual(self) -> Variant:
        """The variant over the bare record, by the usual settings and the calendar's clock."""
        return self.metric.variants()[self.variant]

    @property
    def unit(self) -> Unit:
        return self.usual.unit or self.metric.unit

    @property
    def dated_by(self) -> str:
        """The instant that says to which period a row belongs; `a or b` is the first known."""
        return self.usual.dated_by or self.metric.dated_by


@dataclass(frozen=True)
class Question:
    """What is asked. A period of None means all that the lake has.

    Attributes:
        teams: the answer is told from rows of these teams only, as if there were no others; None
            where everything may be seen.

    """

    asked: tuple[Asked, ...]
    by: tuple[str, ...] = ()
    grain: Grain = "none"
    begins: str | None = None
    ends: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    compare: Compare | None = None
    clock: ClockName = "calendar"
    level: float = 0.95
    standardise: tuple[str, ...] = ()  # dimensions whose mix is held as in the period compared with
    teams: Teams = None

    def __post_init__(self) -> None:
        if len(self.by) > MOST_DIMENSIONS:
            problem = gettext_noop("Group by at most {most} dimensions; {n} were given.")
            raise BadQuestion(problem, most=MOST_DIMENSIONS, n=len(self.by))
        if len(set(self.by)) < len(self.by):
            problem = gettext_noop("A dimension was given twice with --by.")
            raise BadQuestion(problem)
        if not 0 < self.level < 1:
            problem = gettext_noop(
                "The level must lie between 0 and 1, such as 0.95; {level} was given."
            )
            raise BadQuestion(problem, level=f"{self.level:g}")
        if self.teams is not None:
            self.check_teams()
        for each in self.asked:
            for name in (*self.by, *self.standardise, *(name for name, _ in self.where)):
                check_dimension(each.metric, name)
        if self.standardise:
            self.check_standardise()

    def as_json(self) -> dict[str, Any]:
        """Return the question in the words of `--format json`."""
        return {
            "metrics": [
                {"metric": each.metric.name, "variant": each.variant} for each in self.asked
            ],
            "by": list(self.by),
            "grain": self.grain,
            "from": self.begins,
            "to": self.ends,
            "where": [f"{name}={value}" for name, value in self.where],
            "compare": self.compare,
            "clock": self.clock,
            "standardise": list(self.standardise),
            "level": self.level,
        }

    def check_teams(self) -> None:
        for each in self.asked:
            if not may_ask(each.metric, self.teams):
                raise NotByTeam(each.metric.name)
        for name, _ in self.where:
            if name.startswith(COHORT) and name != SAME:
                raise NotByTeam(name)  # it is told by orders and customers, who are of no team

    def check_standardise(self) -> None:
        if self.compare is None:
            problem = gettext_noop(
                "What is standardised is held against another period: add --compare."
            )
            raise BadQuestion(problem)
        for each in self.asked:
            if each.metric.is_anonymous:
                problem = gettext_noop(
                    "{what} is anonymous: with another mix it would tell groups."
                )
                raise BadQuestion(problem, what=each.metric.name)
            if each.usual.estimator.linear() is None:
                problem = gettext_noop(
                    "{what} ({name}) is no share, mean or ratio, and has no standardised value. "
                    "Ask for its mean, if it has one."
                )
                raise BadQuestion(problem, what=each.metric.name, name=each.variant)


def may_ask(metric: Metric, teams: Teams) -> bool:
    """May somebody ask for a metric who may see these teams only?"""
    return teams is None or TEAM in metric.record.dimensions()


def check_dimension(metric: Metric, name: str) -> None:
    if metric.is_anonymous and (name == "agent_id" or name.startswith(COHORT)):
        problem = gettext_noop("{what} is anonymous: it is not told by {name}. Group by team.")
        raise BadQuestion(problem, what=metric.name, name=name)
    if name.startswith(COHORT):
        check_cohort(metric, name)
        return
    known = metric.record.dimensions()
    custom = name.startswith(CUSTOM) and "custom" in metric.record.columns()
    if name not in known and not custom:
        raise UnknownDimension(metric.name, name, known)


def check_cohort(metric: Metric, name: str) -> None:
    if "customer_id" not in metric.record.columns():
        problem = gettext_noop("{what} does not know customers, so it has no cohorts of them.")
        raise BadQuestion(problem, what=metric.name)
    if name not in COHORTS:
        problem = gettext_noop("There is no {given}; cohorts are {known}.")
        raise BadQuestion(problem, given=name, known=COHORTS)


def find(name: str, variant: str | None = None) -> tuple[Asked, ...]:
    """Return the metric of this name or label, in the variant asked for.

    Raises:
        UnknownMetric, UnknownVariant.

    """
    wanted = name.strip().lower().replace("-", "_").replace(" ", "_")
    for metric in METRICS.values():
        if wanted in {metric.name, *(label.lower() for label in metric.labels)}:
            return tuple(Asked(metric, each) for each in variants_of(metric, variant))
    for metric in METRICS.values():
        for each, meant in metric.variants().items():
            if wanted in {label.lower() for label in meant.labels}:
                return (Asked(metric, each),)
    raise UnknownMetric(name, [*METRICS, *(x for m in METRICS.values() for x in m.labels)])


def variants_of(metric: Metric, variant: str | None) -> list[str]:
    known = list(metric.variants())
    if variant is None:
        return known[:1]
    if variant.lower() == EVERY_VARIANT:
        return known
    found = [each for each in known if each.lower() == variant.lower().replace("-", "_")]
    if not found:
        raise UnknownVariant(metric.name, variant, known)
    return found
