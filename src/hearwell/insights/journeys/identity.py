"""Who is who: which touches may be joined to a customer, and which were split off by hand."""

from collections.abc import Sequence

from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.journey_point import JourneyPoint
from hearwell.metrics.part import Expr
from hearwell.records.identity_split import KEYS, IdentitySplit


def joined_touches(lake: Lake) -> Expr:
    """Return the touches that keys allowed by the settings join, without those split off."""
    lake.use(IdentitySplit)
    point, split = JourneyPoint.unbound(), IdentitySplit.unbound()
    refused = [key for key in KEYS if key not in lake.settings.identity.join_by]
    if refused:
        point = point.filter(point.joined_by.notin(refused))
    return point.anti_join(
        split,
        [
            point.joined_by == split.joined_by,
            point.joined_key == split.joined_key,
            point.customer_id == split.customer_id,
        ],
    )


def splits(lake: Lake, customers: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return what was split off these customers: by which key, which it is, and off whom."""
    lake.use(IdentitySplit)
    split = IdentitySplit.unbound()
    own = split.filter(split.customer_id.isin(customers)).order_by("joined_by", "joined_key")
    rows = lake.connection.execute(sql(own.select("joined_by", "joined_key", "customer_id")))
    return [(by, key, customer) for by, key, customer in rows.fetchall()]
