"""How a number stands to its target, with its guardrail beside it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hearwell.engine.answer import FEW, Answer, Answers
from hearwell.engine.question import Asked, Question, Teams, find, may_ask
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.stats.target import is_met, is_missed, is_surely_met
from hearwell.web.explore.view import has
from hearwell.web.read import asking
from hearwell.web.targets.target import Target


@dataclass(frozen=True)
class Attained:
    """A number over the days of its target.

    Attributes:
        cell: of the engine's answer; None where nothing was counted.
        guardrail: the number that must not get worse for this one's sake, with its answer.

    """

    target: Target
    begins: date
    ends: date
    cell: dict[str, Any] | None
    guardrail: tuple[Answer, dict[str, Any]] | None
    simulated: bool

    @property
    def is_enough(self) -> bool:
        """Is so much known that a miss would be told?"""
        return self.cell is not None and not self.cell["hidden"] and self.cell["n"] >= FEW

    @property
    def is_missed(self) -> bool:
        return self.is_enough and self.holds(is_missed)

    @property
    def is_surely_met(self) -> bool:
        return self.is_enough and self.holds(is_surely_met)

    @property
    def is_met(self) -> bool:
        if self.cell is None or not self.is_enough:
            return False
        at_least = self.target.is_at_least
        return is_met(self.cell["value"], self.target.value, at_least=at_least)

    def holds(self, judged: Any) -> bool:
        if self.cell is None:
            return False
        low, high = self.cell["low"], self.cell["high"]
        found: bool = judged(low, high, self.target.value, at_least=self.target.is_at_least)
        return found


def last_whole_day(lake: Lake, teams: Teams) -> date | None:
    """Return the last day that is over, going by the newest row there is."""
    newest = asking.newest(lake, teams)
    return date.fromisoformat(newest) - timedelta(days=1) if newest else None


def attained(lake: Lake, target: Target, teams: Teams) -> Attained | None:
    """Return how a target stands by the last whole day; None where there is nothing."""
    ends = last_whole_day(lake, teams)
    if ends is None:
        return None
    begins = ends - timedelta(days=target.window_days - 1)
    answers = asking.asked(lake, question(target, teams, begins, ends))
    first, *others = (told(answers, each) for each in answers.answers)
    cell = first[1] if first else None
    guardrail = others[0] if others else None
    name = target.asked.metric.name
    return Attained(target, begins, ends, cell, guardrail, name in answers.simulated)


def question(target: Target, teams: Teams, begins: date, ends: date) -> Question:
    address = target.view.address
    asked = target.asked
    guardrails = tuple(each for each in guardrail_of(asked) if fits(each, target, teams))
    return Question(
        (asked, *guardrails),
        begins=begins.isoformat(),
        ends=ends.isoformat(),
        where=address.where,
        compare="previous",
        clock=address.clock,
        level=target.level,
        teams=teams,
    )


def guardrail_of(asked: Asked) -> tuple[Asked, ...]:
    return find(asked.metric.guardrail) if asked.metric.guardrail in METRICS else ()


def fits(asked: Asked, target: Target, teams: Teams) -> bool:
    """Can the guardrail be asked with the target's filters?"""
    known = all(has(asked, name) for name, _ in target.view.address.where)
    return known and may_ask(asked.metric, teams)


def told(answers: Answers, answer: Answer) -> tuple[Answer, dict[str, Any]] | None:
    cells = answer.cells(answers.zone, answers.question.level)
    return (answer, cells[0]) if cells and cells[0]["n"] else None
