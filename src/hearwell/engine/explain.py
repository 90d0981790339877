"""Say how a number is made, and which numbers the lake can give."""

from dataclasses import dataclass
from datetime import datetime

from hearwell.engine.facts import Frame, unbound_facts
from hearwell.engine.passes import Passes
from hearwell.engine.period import Period
from hearwell.engine.question import Asked
from hearwell.engine.rows import columns_of, used_by
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.facts.agent_day import AgentDay
from hearwell.metrics.metric import Metric
from hearwell.records import RECORDS
from hearwell.records.call import Call
from hearwell.records.record import Record
from hearwell.records.shift import Shift
from hearwell.settings import Settings

EXAMPLE = Period(datetime(2026, 1, 1), datetime(2027, 1, 1))  # noqa: DTZ001  naive UTC
MADE_FROM: dict[type[Record], tuple[type[Record], ...]] = {AgentDay: (Call, Shift)}


def statements(asked: Asked, settings: Settings) -> list[str]:
    """Return the SQL of a metric, for a period such as the year 2026."""
    metric = asked.metric
    variant = metric.variants(settings=settings)[asked.variant]
    dated_by = variant.dated_by or metric.dated_by
    frame = Frame(dated_by, (), "none", (), EXAMPLE, None, settings)
    table = unbound_facts(metric.record, frame, [])
    variant = metric.variants(table, settings)[asked.variant]
    return Passes(None, metric.record, frame, table, {}, {asked: variant}).statements()


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
        if any(each.table_name == record for each in made_from(metric))
        and (metric.record.table_name != record or column in columns_read(metric))
    ]


def made_from(metric: Metric) -> tuple[type[Record], ...]:
    return MADE_FROM.get(metric.record, (metric.record,))


@dataclass(frozen=True)
class Answerable:
    """What the lake can answer, and what the rest still needs."""

    metrics: list[str]
    missing: dict[str, str]  # metric → what is missing


def answerable(lake: Lake, only: type[Record] | None = None) -> Answerable:
    """Tell which metrics have what they read: rows, and at least one value in each column.

    Args:
        only: leave out metrics that have nothing to do with this record.

    """
    filled = {name: filled_columns(lake, record) for name, record in RECORDS.items()}
    found = Answerable([], {})
    for metric in METRICS.values():
        sources = made_from(metric)
        if only is not None and only not in sources:
            continue
        empty = [each.table_name for each in sources if not filled[each.table_name]]
        if empty:
            found.missing[metric.name] = f"no records of {' and '.join(empty)}"
            continue
        default = Asked(metric, next(iter(metric.variants())))
        wanted = used_by(default) - lacking_is_known(metric)
        lacks = sorted(wanted - filled[sources[0].table_name]) if len(sources) == 1 else []
        if lacks:
            found.missing[metric.name] = f"nothing known of {', '.join(lacks)}"
        else:
            found.metrics.append(metric.name)
    return found


def lacking_is_known(metric: Metric) -> set[str]:
    """Return columns whose absence is itself an answer: no transfer, no flag, no merge."""
    absent_by_nature = {
        "direction",
        "quality_flags",
        "transfer_kind",
        "merged_into",
        "satisfied_set",
        "higher_is_better",
        "connected_seconds",
        "talk_seconds",
    }
    return absent_by_nature & set(metric.record.columns())


def filled_columns(lake: Lake, record: type[Record]) -> set[str]:
    """Return the columns of a record that have at least one value in the lake."""
    lake.use(record)
    table = record.unbound()
    counts = {name: table[name].count() for name in record.columns()}
    row = lake.connection.execute(sql(table.aggregate(**counts))).fetchall()[0]
    return {name for name, count in zip(counts, row, strict=True) if count}
