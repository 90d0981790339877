"""All that a report tells, asked of one state of the lake before a line of it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hearwell.engine.answer import Answer, Answers
from hearwell.engine.ask import ask
from hearwell.engine.benchmarks import Published, benchmarks
from hearwell.engine.explain import Lack, filled_columns, lacking, made_from, needed_for, statements
from hearwell.engine.period import to_local
from hearwell.engine.question import Asked, Question
from hearwell.engine.scorecard import SCORECARD
from hearwell.lake.lake import Lake
from hearwell.lake.upkeep import snapshots
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Metric
from hearwell.records import RECORDS
from hearwell.report.breakdown import Breakdown, breakdowns
from hearwell.report.trend import Trend, trends
from hearwell.settings import Settings


@dataclass(frozen=True)
class Need:
    """Why a metric has no value, and the records that would have to be brought in for one."""

    lacks: Lack
    empty: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """The scorecard, and beside each number how it went, how groups differ and what it means."""

    card: Answers
    trends: Mapping[Asked, Trend]
    breakdowns: Mapping[Asked, Breakdown]
    needs: Mapping[Metric, Need]
    unfit: tuple[Metric, ...]  # of the scorecard, without the dimensions that were filtered by
    statements: Mapping[Asked, list[str]]
    settings: Settings
    published: tuple[Published, ...]  # figures of others, if they were asked for
    as_of: str | None
    taken_at: datetime | None  # when the state was made, in the organisation's zone

    @property
    def counted(self) -> list[Answer]:
        return [each for each in self.card.answers if has_rows(each)]

    @property
    def is_compared(self) -> bool:
        """Is there anything that a value could be held against?"""
        return any(verdict_of(each) for each in self.counted)

    def is_simulated(self, answer: Answer) -> bool:
        """Does the number count rows that were made up?"""
        return answer.asked.metric.name in self.card.simulated

    def worse_partners(self, answer: Answer) -> list[Answer]:
        """Return the numbers that had to stay as they were for this one's sake, and got worse."""
        return [each for each in self.partners(answer) if verdict_of(each) == "worse"]

    def partners(self, answer: Answer) -> list[Answer]:
        wanted = answer.asked.metric.guardrail
        return [each for each in self.counted if each.asked.metric.name == wanted]


def verdict_of(answer: Answer) -> str | None:
    """Return what the change of a number shows; None where there is nothing to compare with."""
    compared = answer.compared_cell(0)
    return compared["verdict"] if compared else None


def has_rows(answer: Answer) -> bool:
    return answer.counts_rows


def content(
    lake: Lake, question: Question, by: Sequence[str] = (), *, with_published: bool = False
) -> Content:
    """Ask for everything.

    Args:
        question: the scorecard's, neither grouped nor cut into cells.
        by: dimensions to break metrics down by before the usual ones.
        with_published: put the figures of others beside the numbers.

    """
    with lake.reading() as snapshot:
        card = ask(lake, question)
        counted = [each.asked for each in card.answers if has_rows(each)]
        return Content(
            card=card,
            trends=trends(lake, question, card),
            breakdowns=breakdowns(lake, question, counted, by),
            needs=needs(lake, card),
            unfit=unfit(question),
            statements={each: statements(each, lake.settings) for each in counted},
            settings=lake.settings,
            published=tuple(benchmarks(lake, counted)) if with_published else (),
            as_of=lake.as_of,
            taken_at=taken_at(lake, snapshot),
        )


def needs(lake: Lake, card: Answers) -> dict[Metric, Need]:
    """Tell of the metrics that have no row what they lack."""
    counted = {each.asked.metric.name for each in card.answers if has_rows(each)}
    silent = {each.metric.name: each.metric for each in card.question.asked}
    wanted = [metric for name, metric in silent.items() if name not in counted]
    if not wanted:
        return {}
    records = {each.table_name for metric in wanted for each in made_from(metric)}
    filled = {
        name: filled_columns(lake, RECORDS[name], card.question.teams) for name in sorted(records)
    }
    found = {}
    for metric in wanted:
        empty = [each.table_name for each in needed_for(metric) if not filled[each.table_name]]
        found[metric] = Need(lacking(metric, filled), tuple(empty))
    return found


def unfit(question: Question) -> tuple[Metric, ...]:
    """Return the metrics of the scorecard that could not be asked with these filters."""
    asked = {each.metric.name for each in question.asked}
    return tuple(METRICS[name] for name in dict(SCORECARD) if name not in asked)


def taken_at(lake: Lake, snapshot: int) -> datetime | None:
    found = [each.taken_at for each in snapshots(lake) if each.number == snapshot]
    return to_local(found[0], lake.settings.zone) if found else None
