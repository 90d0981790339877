"""Roll-ups: the parts of all metrics of a table for each day and group, kept in the lake.

A question about whole days and the groups that are kept is answered from the sums of days instead
of the rows. It is the same answer, because parts add up. A roll-up says from which state of the
lake it was made and by which formulas; where anything has changed since, the rows are asked.

Where the rows of a person on several days tell less than those of as many persons, the sums of each
agent or random group of customers and day are kept as well. What does not add up over days is not
kept: how many different ones there are, and hours of the week.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from hearwell.engine.clusters import FEW_PERSONS, PERSON, is_grouped
from hearwell.engine.derived import Need, sources_of, tables_of
from hearwell.engine.facts import Frame, dated, unbound_facts, wanted
from hearwell.engine.formulas import Formula, Formulas
from hearwell.engine.found import Columns
from hearwell.engine.framing import Bounds
from hearwell.engine.general import literal
from hearwell.engine.passes import AMOUNT, EVERY, ON_SHELF, Passes
from hearwell.engine.period import WEEKDAYS, Period, days_of, to_local
from hearwell.engine.question import TEAM, Asked, Question, Teams
from hearwell.engine.state import States, mark_of
from hearwell.engine.sums import sql
from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.lake.tables import identifier
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.facts.agent_answer import BATCH
from hearwell.records.record import Record
from hearwell.records.survey import Survey
from hearwell.settings import Settings

DAY = "day"
ALWAYS = ("age_band", BATCH)  # how much of a backlog is old, and which answers are told together


@dataclass(frozen=True)
class Family:
    """What is rolled up together: all that is counted over one table by one date."""

    record: type[Record]
    dated_by: str
    by: tuple[str, ...]
    asked: tuple[Asked, ...]

    @property
    def name(self) -> str:
        return f"rollup_{self.record.table_name}_by_{self.dated_by.replace(' ', '_')}"

    @property
    def sources(self) -> tuple[type[Record], ...]:
        return sources_of(self.record)


@dataclass(frozen=True)
class Kept:
    """A roll-up in the lake, and where in it the parts of each metric are.

    Attributes:
        columns: for each metric and variant the columns of its parts and of rows left out.
        spreads: for each histogram the kinds of row of each metric, and the columns that count
            them; it is in the table of this number.
        persons: for each column that tells persons apart the columns of their sums for each metric.
        bounds: the first and last instant of all rows, and when the last was received.

    """

    name: str
    by: tuple[str, ...]
    columns: Mapping[str, Columns]
    spreads: Sequence[Mapping[str, Mapping[str, str]]]
    persons: Mapping[str, Mapping[str, Mapping[str, str]]]
    bounds: tuple[datetime | None, ...] = ()

    def has(self, asked: Asked) -> bool:
        return label(asked) in self.columns

    def text(self) -> str:
        columns = {name: [each.parts, each.left_out] for name, each in self.columns.items()}
        told = {"by": self.by, "columns": columns, "spreads": self.spreads}
        bounds = [at and at.isoformat() for at in self.bounds]
        return json.dumps(told | {"persons": self.persons, "bounds": bounds})

    @classmethod
    def read(cls, name: str, text: str) -> "Kept":
        told = json.loads(text)
        columns = {each: Columns(*both) for each, both in told["columns"].items()}
        bounds = tuple(at and datetime.fromisoformat(at) for at in told["bounds"])
        return cls(name, tuple(told["by"]), columns, told["spreads"], told["persons"], bounds)


def label(asked: Asked) -> str:
    return f"{asked.metric.name} {asked.variant}"


def families(settings: Settings) -> list[Family]:
    """Return what is rolled up, whether or not a lake has enough rows for it."""
    together: dict[tuple[type[Record], str], list[Asked]] = {}
    for metric in METRICS.values():
        for asked in (Asked(metric, name) for name in metric.variants()):
            if asked.usual.estimator.sketch() is None:
                together.setdefault((metric.record, asked.dated_by), []).append(asked)
    return [
        Family(record, dated_by, by_of(record, settings), tuple(asked))
        for (record, dated_by), asked in together.items()
    ]


def by_of(record: type[Record], settings: Settings) -> tuple[str, ...]:
    """Return the dimensions that are kept of a table, of those that it has.

    Surveys are not kept by agent: by agent, those that agents answer without their name do not
    count, and they do otherwise.
    """
    wanted = (*settings.roll_up.by, *ALWAYS)
    has = record.columns().keys() - ({"agent_id"} if record is Survey else set())
    return tuple(dict.fromkeys(name for name in wanted if name in has))


def found_rollup(states: States, question: Question, family: Family) -> Kept | None:
    """Return the roll-up that has the groups of a question; None if there is none.

    The lake has not changed since it was made.
    """
    names = {*question.by, *question.standardise, *(name for name, _ in question.where)}
    if question.teams is not None:
        names.add(TEAM)
    is_fitting = (
        question.clock == "calendar"
        and question.grain != "hour_of_week"
        and all(name in family.by or name in family.record.constants for name in names)
    )
    if not is_fitting:
        return None
    mark = mark_of(states.history.lake.settings, family.by)
    state = states.current(family.name, mark, tables_of(family.record))
    return None if state is None else Kept.read(family.name, state.layout)


def rolled_bounds(
    lake: Lake,
    kept: Kept,
    record: type[Record],
    where: Sequence[tuple[str, str]],
    teams: Teams,
) -> Bounds:
    """Return of when the rows asked for are, as `bounds_of` does."""
    if not where and teams is None:
        return Bounds(*kept.bounds)
    bounds = "select min(first), max(last), max(received)"
    told = " and ".join(("true", *conditions(record, where, teams)))
    query = f"{bounds} from lake.{kept.name}_bounds where {told}"
    return Bounds(*lake.connection.execute(query).fetchall()[0])


def conditions(
    record: type[Record], where: Sequence[tuple[str, str]], teams: Teams
) -> Iterator[str]:
    """Give the conditions of a question on the rows of a roll-up, as `filtered` has them."""
    if teams is not None:
        yield is_one_of(column(record, TEAM), teams)
    for name, values in wanted(where).items():
        known = is_one_of(column(record, name), [each for each in values if each])
        yield f"({known} or {column(record, name)} is null)" if "" in values else known


def column(record: type[Record], name: str) -> str:
    """Return a dimension in SQL, also one that is the same in every row."""
    constants = record.constants
    return quoted(constants[name]) if name in constants else identifier(name)


def is_one_of(told: str, values: Sequence[str]) -> str:
    return f"{told} in ({', '.join(map(quoted, values))})" if values else "false"


def is_whole_days(question: Question, frame: Frame) -> bool:
    """Do the periods begin and end at midnight, or with the first and last row there are?"""
    edges = [frame.now.begins] * (question.begins is not None)
    edges += [frame.now.ends] * (question.ends is not None)
    if frame.before is not None:
        edges += [frame.before.begins, frame.before.ends]
    return all(to_local(edge, frame.settings.zone).time() == time() for edge in edges)


@dataclass(frozen=True)
class Rolled(Passes):
    """The queries over the roll-up of a table, in place of those over its rows."""

    kept: Kept = field(kw_only=True)
    need: Need = field(kw_only=True)

    @property
    def key(self) -> Any:
        none = frozenset(name for name in self.unwritten if name.startswith(self.kept.name))
        return "rolled", self.kept.name, none, repr(self.frame), self.formulas.key

    @property
    def unwritten(self) -> Collection[str]:
        """The tables that never had a row, to be read as none: that is planned faster."""
        return self.need.states.history.unwritten

    def before_rows(self, rows: float, *, is_exact: bool) -> None:
        every_value = is_exact and bool(self.formulas.spreads)
        if every_value or any(not self.has_persons(each, rows) for each in self.formulas.clustered):
            self.need(self.record)

    @staticmethod
    def has_persons(column: str, rows: float) -> bool:
        """Does the roll-up keep what is wanted of persons: agents, or random groups of others?"""
        return column in FEW_PERSONS or is_grouped(column, rows)

    def sums(self) -> tuple[str, dict[Asked, Columns]]:
        columns_of = {each: self.kept.columns[label(each)] for each in self.formulas.variants}
        wanted = [EVERY]
        for each in columns_of.values():
            wanted += [*each.parts.values(), *each.left_out.values()]
        return self.added(self.kept.name, wanted), columns_of

    def shelves(self, number: int, *, is_exact: bool) -> tuple[str, dict[str, str]]:
        if is_exact:  # every value is wanted, and the roll-up keeps shelves
            return super().shelves(number, is_exact=is_exact)
        asked, _, kinds = self.formulas.spreads[number]
        table, counts = self.found_spread(asked), {}
        for each, names in asked.items():
            for name, kind in names.items():
                counts[kind] = self.kept.spreads[table][label(each)][name]
        name, columns = f"{self.kept.name}_spread_{table}", [*counts.values(), ON_SHELF, AMOUNT]
        return self.added(name, columns, ("shelf",)), {kind: counts[kind] for kind in kinds}

    def found_spread(self, asked: Mapping[Asked, Any]) -> int:
        """Return the number of the histogram of these metrics."""
        wanted = {label(each) for each in asked}
        return next(i for i, known in enumerate(self.kept.spreads) if wanted <= known.keys())

    def persons(
        self, column: str, asked: Sequence[Asked], *, is_grouped: bool
    ) -> tuple[str, dict[Asked, dict[str, str]]]:
        if column not in FEW_PERSONS and not is_grouped:
            return super().persons(column, asked, is_grouped=False)
        names = {each: dict(self.kept.persons[column][label(each)]) for each in asked}
        columns = [name for each in names.values() for name in each.values()]
        counted = " or ".join(
            dict.fromkeys(f"{each['under']} is not null" for each in names.values())
        )
        return self.added(f"{self.kept.name}_{column}", columns, (PERSON,), counted), names

    def added(
        self, name: str, columns: Sequence[str], more: Sequence[str] = (), counted: str = "true"
    ) -> str:
        """Return the query of sums over the days of each cell, as text: that is soon written.

        Args:
            more: other columns by which the kept table tells rows apart.
            counted: which of the rows of the kept table count.

        """
        frame, record = self.frame, self.record
        by = [f"{column(record, each)} as by_{i}" for i, each in enumerate(frame.by)]
        sums = [f"sum({each}) as {each}" for each in dict.fromkeys(columns)]
        wheres = [self.is_asked, f"({counted})", *conditions(record, frame.where, frame.teams)]
        if name in self.unwritten:
            wheres.append("false")
        return (
            f"select {', '.join((*by, f'{self.cell} as cell', *more, *sums))} "
            f"from lake.{name} where {' and '.join(wheres)} "
            f"group by {', '.join((*frame.keys, *more))}"
        )

    @property
    def cell(self) -> str:
        """The column that tells days apart, as `facts.cell_of` tells instants."""
        frame = self.frame
        if frame.grain == "none":
            return "0" if frame.before is None else f"if({self.during(frame.now)}, 0, 1)"
        day = DAY
        if frame.is_stock:  # what came before the first cell is there from its beginning on
            first, _ = days_of(frame.whole, frame.settings.zone)
            day = f"greatest({DAY}, {literal(first)})"
        if frame.grain != "week":
            return f"date_trunc('{frame.grain}', {day})::date"
        late = (7 - WEEKDAYS.index(frame.settings.week_starts_on)) % 7
        return f"date_trunc('week', {day} + {late})::date - {late}"

    @property
    def is_asked(self) -> str:
        frame = self.frame
        if frame.is_stock:
            _, last = days_of(frame.whole, frame.settings.zone)
            return f"{DAY} <= {literal(last)}"
        periods = [frame.now] if frame.before is None else [frame.now, frame.before]
        return f"({' or '.join(map(self.during, periods))})"

    def during(self, period: Period) -> str:
        first, last = days_of(period, self.frame.settings.zone)
        return f"{DAY} between {literal(first)} and {literal(last)}"


def passes_of(family: Family, period: Period, settings: Settings) -> Passes:
    """Return the queries whose results are kept: all variants by day and group."""
    frame = Frame(family.dated_by, family.by, "day", (), period, None, period.begins, settings)
    table = unbound_facts(family.record, frame, [])
    formulas = {
        each: Formula(each.metric.variants(table, settings)[each.variant], "calendar")
        for each in family.asked
    }
    return Passes(None, family.record, frame, Formulas(family, table, {}, formulas))


def kept_of(family: Family, passes: Passes) -> tuple[Kept, Iterator[tuple[str, str]]]:
    """Return what is kept of a table, and the tables with the queries that make them."""
    statement, columns = passes.sums()
    shelves = [passes.shelves(i, is_exact=False) for i in range(len(passes.formulas.spreads))]
    spreads = [
        {
            label(each): {name: counts[kind] for name, kind in names.items()}
            for each, names in asked.items()
        }
        for (asked, _, _), (_, counts) in zip(passes.formulas.spreads, shelves, strict=True)
    ]
    persons = {
        of: passes.persons(of, asked, is_grouped=of not in FEW_PERSONS)
        for of, asked in passes.formulas.clustered.items()
    }
    kept = Kept(
        family.name,
        family.by,
        {label(each): found for each, found in columns.items()},
        spreads,
        {of: {label(a): sums for a, sums in names.items()} for of, (_, names) in persons.items()},
    )
    keys = ", ".join(f'by_{i} as "{name}"' for i, name in enumerate(family.by))
    renamed = f"select {keys}{', ' if keys else ''}cell as {DAY}, "
    hidden = ", ".join((*(f"by_{i}" for i in range(len(family.by))), "cell"))
    whole = f"{renamed}* exclude ({hidden}) from"

    rows = passes.rows
    at = dated(rows, family.dated_by)
    bounds = rows.group_by(passes.frame.keys).aggregate(
        first=at.min(), last=at.max(), received=rows.received_at.max()
    )

    def tables() -> Iterator[tuple[str, str]]:
        yield family.name, f"{whole} ({statement})"
        yield f"{family.name}_bounds", f"{whole} ({sql(bounds)})"
        for i, (query, _) in enumerate(shelves):
            yield f"{family.name}_spread_{i}", f"{whole} ({query})"
        for of, (query, _) in persons.items():
            yield f"{family.name}_{of}", f"{whole} ({query})"

    return kept, tables()
