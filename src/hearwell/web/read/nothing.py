"""What a page without rows tells: where the newest are, and what to bring in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from hearwell.engine.explain import needed_for
from hearwell.engine.period import instant, to_local
from hearwell.engine.scorecard import last_day
from hearwell.lake.lake import Lake
from hearwell.language.date import day
from hearwell.metrics.metric import Metric
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import USUAL, Address


@dataclass(frozen=True)
class Nothing:
    """What may be done about it.

    Attributes:
        record: without which there is nothing to count.
        newest: the newest day of which there are rows, where the period has none.
        link: to the same page over as many days up to then.

    """

    record: str
    newest: str | None = None
    link: str | None = None


def nothing(
    request: SignedIn,
    lake: Lake,
    address: Address,
    metric: Metric,
    written: Callable[[Address], str] = Address.query,
) -> Nothing:
    """Look where a metric has rows.

    Args:
        written: how the page writes an address of its own.

    Raises:
        BadQuestion: a day of the address is none.

    """
    teams = asking.teams(request)
    about = (metric.name, address.where, teams)
    newest = lakes.kept(
        lake, "last-day", about, lambda: last_day(lake, metric, address.where, teams)
    )
    record = needed_for(metric)[0].table_name
    zone = lake.settings.zone
    begins, ends = address.period(asking.newest(lake, teams))
    first = to_local(instant(begins, zone), zone).date() if begins else None
    last = to_local(instant(ends, zone), zone).date() if ends else None
    if newest is None or (first or newest) <= newest <= (last or newest):
        return Nothing(record)
    before = last - first if first and last else timedelta(days=USUAL - 1)
    moved = replace(
        address, last=None, begins=(newest - before).isoformat(), ends=newest.isoformat()
    )
    return Nothing(record, day(newest), written(moved))
