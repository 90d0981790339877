"""Ask the lake: plan one pass for each table, run it, and make answers of the sums."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from hearwell.engine import cohort
from hearwell.engine.answer import (
    Answer,
    Answers,
    compare,
    enough,
    estimated,
    with_verdicts,
)
from hearwell.engine.derived import Need, needed, sources_of
from hearwell.engine.facts import (
    Frame,
    wanted,
)
from hearwell.engine.formulas import Formula, written_formulas
from hearwell.engine.found import Arrays, Found
from hearwell.engine.framing import NO_ROWS, Bounds, bounds_of, framed
from hearwell.engine.general import General, general
from hearwell.engine.groups import Groups, groups, keys_of
from hearwell.engine.passes import Passes
from hearwell.engine.privacy import WIDEST, hidden, hidden_cells, protects
from hearwell.engine.question import COHORT, Asked, Question
from hearwell.engine.ranking import ranked
from hearwell.engine.rollup import (
    Family,
    Kept,
    Rolled,
    by_of,
    found_rollup,
    is_whole_days,
    rolled_bounds,
)
from hearwell.engine.score_model import refuse_unjudged
from hearwell.engine.simulated import simulated, simulated_sources
from hearwell.engine.standardise import (
    NOT_IN_BOTH,
    Standardised,
    standardised,
    strata,
    weights,
)
from hearwell.engine.stock import accumulated
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.estimator import Stock, Total
from hearwell.metrics.facts.agent_answer import BATCH
from hearwell.metrics.part import BoolArray
from hearwell.records.record import Record


def ask(lake: Lake, question: Question) -> Answers:
    """Answer a question. Metrics of the same table and date are computed in one pass.

    Raises:
        BadQuestion, NoBusinessTime, NoScoreModel.

    """
    answers: dict[Asked, Answer] = {}
    freshness: dict[str, Bounds] = {}
    marked: set[str] = set()
    records = [each.metric.record for each in question.asked]
    with lake.reading() as snapshot, needed(lake, records) as need:
        prepare(lake, question)
        made_up = simulated_sources(need, records)
        for family, asked in families(lake, question, need, {}):
            found, bounds = family.answered(asked)
            answers |= found
            name = family.record.table_name
            freshness[name] = bounds.newer(freshness.get(name, bounds))
            if made_up.intersection(sources_of(family.record)):
                marked |= simulated(lake, need, family.record, family.framed(bounds), asked)
    zone = lake.settings.zone
    return Answers(
        question,
        zone,
        with_verdicts([answers[each] for each in question.asked], question.level),
        {name: bounds.text(zone) for name, bounds in freshness.items()},
        tuple(name for name in METRICS if name in marked),
        snapshot,
    )


def answers_together(lake: Lake, questions: Sequence[Question]) -> list[list[Answer]]:
    """Answer several questions of one state of the lake: facts that they share are made once.

    Each has the answers that it has when it is asked alone. How fresh they are, and which rest on
    rows that were made up, is not told.

    Raises:
        BadQuestion, NoBusinessTime, NoScoreModel.

    """
    answers: list[dict[Asked, Answer]] = [{} for _ in questions]
    records = [each.metric.record for question in questions for each in question.asked]
    order = list(dict.fromkeys(records))
    known: dict[Hashable, Bounds] = {}
    with lake.reading(), needed(lake, records) as need:
        for question in questions:
            prepare(lake, question)
        every = [
            (place, *family)
            for place, question in enumerate(questions)
            for family in families(lake, question, need, known)
        ]
        for place, family, asked in sorted(every, key=lambda each: order.index(each[1].record)):
            answers[place] |= family.answered(asked)[0]
    return [
        with_verdicts([found[each] for each in question.asked], question.level)
        for question, found in zip(questions, answers, strict=True)
    ]


def prepare(lake: Lake, question: Question) -> None:
    """Refuse what has no value, and make readable what tells of the customers asked about.

    Raises:
        NoScoreModel.

    """
    if len(question.asked) == 1:  # among several it has no value
        refuse_unjudged(lake, question.asked[0])
    use_cohorts(lake, question)


def use_cohorts(lake: Lake, question: Question) -> None:
    """Make readable what tells of the customers that a question is about."""
    if any(name.startswith(COHORT) for name, _ in question.where):
        for source in cohort.SOURCES:
            lake.use(source)


def families(
    lake: Lake, question: Question, need: Need, known: dict[Hashable, Bounds]
) -> Iterator[tuple["Asking", list[Asked]]]:
    """Put together what is counted over one table by one date, all of a table in a row."""
    tables = list(dict.fromkeys(each.metric.record for each in question.asked))
    together: dict[tuple[type[Record], str, bool], list[Asked]] = {}
    for each in sorted(question.asked, key=lambda each: tables.index(each.metric.record)):
        is_stock = isinstance(each.usual.estimator, Stock)
        together.setdefault((each.metric.record, each.dated_by, is_stock), []).append(each)
    for (record, dated_by, is_stock), found in together.items():
        yield Asking(lake, question, need, record, dated_by, is_stock, known), found


@dataclass(frozen=True)
class Asking:
    """What is asked of one table by one date."""

    lake: Lake
    question: Question
    need: Need
    record: type[Record]
    dated_by: str
    is_stock: bool
    known: dict[Hashable, Bounds]  # of what was asked before

    def framed(self, bounds: Bounds) -> Frame:
        return framed(self.lake, self.question, self.dated_by, bounds, is_stock=self.is_stock)

    def answered(self, asked: Sequence[Asked]) -> tuple[dict[Asked, Answer], Bounds]:
        """Answer the metrics, from a roll-up those that it has; return also of when rows are."""
        lake, question, record = self.lake, self.question, self.record
        family = Family(record, self.dated_by, by_of(record, lake.settings), tuple(asked))
        kept = found_rollup(self.need.states, question, family)
        answers: dict[Asked, Answer] = {}
        if kept is not None:
            bounds = rolled_bounds(lake, kept, record, question.where, question.teams)
            frame = self.framed(bounds)
            rolled = [each for each in asked if kept.has(each)]
            if rolled and is_whole_days(question, frame):
                answers = Table(lake, question, self.need, record, frame, kept).answered(rolled)
                if len(answers) == len(asked):
                    return answers, bounds
        rest = [each for each in asked if each not in answers]
        bounds = self.bounds()
        answers |= Table(lake, question, self.need, record, self.framed(bounds)).answered(rest)
        return answers, bounds

    def bounds(self) -> Bounds:
        """Return of when the rows are, and make them readable if there are any."""
        if self.need.has_none(self.record):
            return NO_ROWS
        self.need(self.record)
        about = self.record, self.dated_by, self.question.where, self.question.teams
        if about not in self.known:
            self.known[about] = bounds_of(self.lake, *about)
        return self.known[about]


@dataclass(frozen=True)
class Table:
    """One table of which a question asks metrics by one date."""

    lake: Lake
    question: Question
    need: Need
    record: type[Record]
    frame: Frame
    kept: Kept | None = None  # the roll-up that has it

    def answered(self, asked: Sequence[Asked]) -> dict[Asked, Answer]:
        """Answer the metrics."""
        formulas, cells, found = self.counted(asked, self.frame)
        secret = self.hidden(asked, cells, found)
        named = groups(cells, self.frame, self.question.compare)
        counted = {each: Counted(each, formulas[each], found[each], secret[each]) for each in asked}
        kinds = self.kinds(asked, named) if self.question.standardise else {}
        return {
            each: answer(self.question, counted[each], named, kinds.get(each)) for each in asked
        }

    def counted(
        self, asked: Sequence[Asked], frame: Frame
    ) -> tuple[dict[Asked, Formula], Arrays, dict[Asked, Found]]:
        """Return the formulas, the keys of every cell, and what was found for each metric."""
        written = written_formulas(self.lake, self.question, self.record, asked, frame)
        # Opening hours are read from a table of the days around the periods.
        shared = General(frame, {}) if written.spans else general(frame)
        about = (self.lake, self.record, shared.frame, written, shared.query)
        if self.need.has_none(self.record):
            cells, found = Passes(*about).none()
        elif self.kept is None:
            cells, found = Passes(*about).run()
        else:
            cells, found = Rolled(*about, kept=self.kept, need=self.need).run()
        if frame.is_stock:
            cells, found = accumulated(cells, found, frame)
        return dict(written.by_metric), cells, found

    def hidden(
        self, asked: Sequence[Asked], cells: Arrays, found: Mapping[Asked, Found]
    ) -> dict[Asked, BoolArray]:
        """Return which cells of each metric must not be shown."""
        keys, time = keys_of(cells, self.frame), -len(self.frame.keys) + len(self.frame.by)
        if not protects(self.record):
            return {each: np.zeros(len(keys), dtype=bool) for each in asked}
        parts = {key: [key] for key in keys}
        whole, whole_keys = found, keys
        filters = {n: v for n, v in wanted(self.frame.where).items() if not n.startswith(COHORT)}
        is_cut = self.frame.grain != "none"
        is_batched = BATCH in self.record.columns()
        if filters or is_batched:
            others = tuple(name for name in filters if name not in self.frame.by)
            others += (BATCH,) * is_batched
            kept = tuple(pair for pair in self.frame.where if pair[0].startswith(COHORT))
            frame = replace(self.frame, by=(*self.frame.by, *others), where=kept)
            _, all_cells, whole = self.counted(asked, frame)
            whole_keys = keys_of(all_cells, frame)
            first = len(self.frame.by)
            allowed = [{v or None for v in filters[name]} for name in others if name != BATCH]
            # The time of a batch is the batch itself, whatever the periods of the question are.
            places = [key[:time] if is_batched else key for key in whole_keys]
            is_cut &= not is_batched
            parts = {key: [] for key in keys}
            for key, place in zip(whole_keys, places, strict=True):
                if all(v in a for v, a in zip(key[first:time], allowed, strict=False)):
                    parts.setdefault((*key[:first], *key[time:]), []).append(place)
            whole_keys = places
        return {
            each: hidden(
                keys,
                found[each].parts["n"],
                parts,
                hidden_cells(whole_keys, whole[each].parts["n"], is_cut=is_cut),
            )
            for each in asked
        }

    def kinds(self, asked: Sequence[Asked], named: Groups) -> dict[Asked, Standardised]:
        """Return the values of each metric with the mix of the period compared with."""
        by = (*self.frame.by, *self.question.standardise)
        frame = replace(self.frame, by=by)
        formulas, cells, found = self.counted(asked, frame)
        now, before = strata(keys_of(cells, frame), len(self.frame.by), len(by), named)
        return {
            each: standardised(
                now,
                before,
                estimated(
                    found[each].parts,
                    formulas[each].variant.estimator,
                    self.question.level,
                    found[each].effect_at(self.question.level),
                ),
                weights(found[each].parts),
            )
            for each in asked
        }


class Counted(NamedTuple):
    """A metric, how it is counted, what was found, and what of it must not be shown."""

    asked: Asked
    formula: Formula
    found: Found
    hidden: BoolArray


def answer(
    question: Question, counted: Counted, cells: Groups, held: Standardised | None
) -> Answer:
    """Make the answer of the parts.

    A total is not held against days before the first row, of which the lake knows nothing.
    """
    asked, (variant, clock), found, secret = counted
    estimator, level = variant.estimator, question.level
    effect = found.effect_at(level)
    estimate = estimated(found.parts, estimator, level, effect).only(~secret)
    better, unit = variant.better or asked.metric.better, variant.unit or asked.metric.unit
    widest = WIDEST.get(unit.value) if protects(asked.metric.record) else None
    place, against = np.array(cells.shown, np.int64), np.array(cells.against, np.int64)
    now, before = estimate.at(place), estimate.at(against)
    left_out = {reason: rows[place] for reason, rows in found.left_out.items()}
    if held is not None:
        shown = ~secret[place] & (against >= 0) & ~secret[against]
        now, before = held.now.only(shown), held.before.only(shown)
        left_out[NOT_IN_BOTH] = held.left_out
    compared, sure = None, enough(now, estimator, widest)
    if question.compare is not None:
        begun = np.array(cells.covered, dtype=bool)
        known = (against >= 0) & (begun | (not isinstance(estimator, Total | Stock)))
        past = before.only(known)
        compared = compare(now, past, better, level, sure & enough(past, estimator, widest))
    alone = found.parts if effect is None else found.parts.shared_by(effect)
    times = [  # what is hidden is held against nothing: the others' ranks would tell of it
        i if secret[place[i]] else (period.begins, name.get("hour_of_week"))
        for i, (period, name) in enumerate(zip(cells.periods, cells.names, strict=True))
    ]
    named = np.array([None not in name.values() for name in cells.names], dtype=bool)
    shrunken, rank = ranked(now, alone.at(place), estimator, better, level, times, sure & named)
    return Answer(
        asked=asked,
        meaning=variant.meaning,
        unit=unit,
        better=better,
        clock=clock,
        groups=cells.names,
        periods=cells.periods,
        estimate=now,
        left_out=left_out,
        hidden=secret[place],
        shrunken=np.where(secret[place], np.nan, shrunken),
        rank=rank,
        compared=compared,
        sql=found.statements,
    )
