"""Say how a number is made, and which numbers the lake can give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hearwell.engine.ask import ask
from hearwell.engine.derived import CAN_DO_WITHOUT, sources_of
from hearwell.engine.facts import Frame, of_teams, unbound_facts
from hearwell.engine.formulas import Formula, Formulas
from hearwell.engine.passes import Passes
from hearwell.engine.period import Period
from hearwell.engine.question import TEAM, Asked, Question, Teams, may_ask
from hearwell.engine.reads import columns_of
from hearwell.engine.rows import used_by
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.language import gettext
from hearwell.language.convention import listed, united
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.clock import CalendarClock
from hearwell.metrics.metric import Metric
from hearwell.records import RECORDS
from hearwell.records.record import Record
from hearwell.settings import Settings

EXAMPLE = Period(datetime(2026, 1, 1), datetime(2027, 1, 1))  # noqa: DTZ001  naive UTC


def statements(asked: Asked, settings: Settings) -> list[str]:
    """Return the SQL of a metric, for a period such as the year 2026."""
    metric = asked.metric
    clock = CalendarClock(metric.name, metric.record.unbound())
    variant = metric.variants(metric.record.unbound(), settings, clock)[asked.variant]
    spans = clock.spans if settings.schedule else {}
    frame = Frame(asked.dated_by, (), "none", (), EXAMPLE, None, EXAMPLE.begins, settings)
    table = unbound_facts(metric.record, frame, list(spans))
    variant = metric.variants(table, settings, CalendarClock(metric.name, table))[asked.variant]
    spans = {name: span for name, span in spans.items() if name in columns_of(variant.estimator)}
    formulas = Formulas(asked, table, spans, {asked: Formula(variant, "calendar")})
    return Passes(None, metric.record, frame, formulas).statements()


def columns_read(metric: Metric) -> list[str]:
    """Return the columns that any variant of a metric reads, and the date it goes by."""
    found = set(metric.dated_by.split(" or "))
    for variant in metric.variants().values():
        found |= columns_of(variant.estimator)
    return sorted(found)


def needed_by(record: str, column: str) -> list[str]:
    """Return the metrics that cannot be computed without a column of a record."""
    return [
        metric.name
        for metric in METRICS.values()
        if any(each.table_name == record for each in needed_for(metric))
        and (metric.record.table_name != record or column in columns_read(metric))
    ]


def made_from(metric: Metric) -> tuple[type[Record], ...]:
    return sources_of(metric.record)


def needed_for(metric: Metric) -> tuple[type[Record], ...]:
    """Return the records without which the metric has no rows."""
    spared = CAN_DO_WITHOUT.get(metric.record, ())
    return tuple(each for each in made_from(metric) if each not in spared)


@dataclass(frozen=True)
class Lack:
    """What a metric misses that counts no row: records, values of a column, or fitting rows."""

    records: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it in the language that is spoken, with records and columns by their own names."""
        if self.records:
            return gettext("no records of {records}").format(records=united(self.records))
        if self.columns:
            told = gettext("no row that counts; nothing known of {columns}")
            return told.format(columns=listed(self.columns))
        return gettext("no row that counts")


@dataclass(frozen=True)
class Answerable:
    """What the lake can answer, and what the rest still needs."""

    metrics: list[str]
    missing: dict[str, Lack]  # metric → what is missing


def answerable(lake: Lake, only: type[Record] | None = None, teams: Teams = None) -> Answerable:
    """Tell which metrics count at least one row, and what the others lack.

    Args:
        only: leave out metrics that have nothing to do with this record.
        teams: leave out metrics that are not told by team, and rows of other teams.

    """
    filled = {name: filled_columns(lake, record, teams) for name, record in RECORDS.items()}
    wanted = [m for m in METRICS.values() if only is None or only in made_from(m)]
    wanted = [m for m in wanted if may_ask(m, teams)]
    could = [m for m in wanted if any(filled[each.table_name] for each in made_from(m))]
    asked = tuple(Asked(metric, next(iter(metric.variants()))) for metric in could)
    answers = ask(lake, Question(asked, teams=teams)).answers if asked else []
    counted = {each.asked.metric.name for each in answers if each.estimate.n.sum()}
    return Answerable(
        [metric.name for metric in wanted if metric.name in counted],
        {m.name: lacking(m, filled) for m in wanted if m.name not in counted},
    )


def lacking(metric: Metric, filled: Mapping[str, set[str]]) -> Lack:
    sources = [each.table_name for each in needed_for(metric)]
    empty = [name for name in sources if not filled[name]]
    if empty:
        return Lack(records=tuple(empty))
    known = set().union(*(filled[name] for name in sources))
    read = used_by(Asked(metric, next(iter(metric.variants()))))
    unknown = sorted(read & set(metric.record.columns()) - known)
    if sources == [metric.record.table_name] and unknown:
        return Lack(columns=tuple(unknown))
    return Lack()


def filled_columns(lake: Lake, record: type[Record], teams: Teams = None) -> set[str]:
    """Return the columns of a record that have at least one value in the lake.

    Of records that have no team it is told of all: not what is in them, but that they are there.
    """
    lake.use(record)
    table = of_teams(record.unbound(), teams if TEAM in record.dimensions() else None)
    counts = {name: table[name].count() for name in record.columns()}
    row = lake.connection.execute(sql(table.aggregate(**counts))).fetchall()[0]
    return {name for name, count in zip(counts, row, strict=True) if count}
