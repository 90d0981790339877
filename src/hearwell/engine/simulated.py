"""Tell which numbers rest on rows that were made up."""

from collections.abc import Mapping

from hearwell.engine.facts import Frame, asked_about, counted, dated, within
from hearwell.engine.question import Asked
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Variant
from hearwell.records.record import SIMULATED, Record


def simulated(
    lake: Lake, record: type[Record], frame: Frame, variants: Mapping[Asked, Variant]
) -> set[str]:
    """Return the names of the metrics that count a simulated row, in either period.

    Args:
        variants: the metrics, as expressions over the bare record.

    """
    table = asked_about(record, frame)
    if not frame.is_stock:
        instant = dated(table, frame.dated_by)
        periods = within(instant, frame.now)
        if frame.before is not None:
            periods = periods | within(instant, frame.before)
        table = table.filter(periods)
    made_up = table.filter(table.source.startswith(SIMULATED))
    counts = {
        f"metric_{i}": counted(variant.estimator) for i, variant in enumerate(variants.values())
    }
    told = made_up.select(**counts)
    any_row = told.aggregate(**{name: told[name].any() for name in counts})
    found = lake.connection.execute(sql(any_row)).fetchall()[0]
    return {each.metric.name for each, is_one in zip(variants, found, strict=True) if is_one}
