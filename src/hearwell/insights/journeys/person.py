"""One customer's time line, and where it turned."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from hearwell.engine.derived import readable
from hearwell.engine.errors import BadQuestion
from hearwell.engine.period import shown
from hearwell.engine.question import Teams
from hearwell.engine.sums import sql
from hearwell.insights.journeys.identity import joined_touches
from hearwell.insights.journeys.mood import check_teams, moods, with_mood
from hearwell.lake.identity import hashed, hashed_number
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.journey_point import JourneyPoint
from hearwell.stats.interval import FloatArray
from hearwell.stats.turning import followed

DROP = 0.2
"""A fall by a fifth of the scale matters."""

SURE = 0.98
"""Looked for after every touch: with 0.9, a fifth of customers who stay as they were would turn."""

BAD, HALF_WAY = 0.25, 0.5
JUST_BEFORE = timedelta(days=14)


@dataclass(frozen=True)
class Touch:
    """One touch, in order.

    Attributes:
        mood: how it was, 0 to 1; None where nothing tells.
        chance: that the customer has fallen from their usual level, after this touch.
        joined_by, joined_key: how it is known whose it is: it says so itself (customer), its case
            does, or a visitor or caller whose customer is known from elsewhere, and which.

    """

    customer_id: str  # as the lake keeps it
    at: datetime
    kind: str
    reference: str | None
    channel: str | None
    topic: str | None
    product: str | None
    mood: float | None
    chance: float | None
    joined_by: str
    joined_key: str | None


@dataclass(frozen=True)
class Journey:
    """A customer's touches, and the place of the one with which it turned, if it did."""

    customer_id: str
    zone: str
    touches: list[Touch]
    turned: int | None
    noticed: int | None  # the touch after which it was sure

    @property
    def joins(self) -> dict[tuple[str, str, str], int]:
        """How many touches each visitor or caller joins to the customer, and to whom."""
        return Counter(
            (each.joined_by, each.joined_key, each.customer_id)
            for each in self.touches
            if each.joined_key and each.joined_key != each.customer_id
        )

    @property
    def just_before(self) -> list[int]:
        """The touches in the two weeks before it turned."""
        if self.turned is None:
            return []
        since = self.touches[self.turned].at - JUST_BEFORE
        return [i for i in range(self.turned) if self.touches[i].at >= since]

    def as_json(self) -> dict[str, Any]:
        return {
            "customer_id": self.customer_id,
            "touches": [asdict(each) | {"at": shown(each.at, self.zone)} for each in self.touches],
            "turned": self.turned,
            "noticed": self.noticed,
            "just_before": self.just_before,
        }


def journey(lake: Lake, customer_id: str, teams: Teams = None) -> Journey:
    """Tell a customer's journey.

    Args:
        customer_id: as the lake keeps it, or as the source wrote it; a telephone number as well.

    Raises:
        BadQuestion: nothing is known of this customer.
        NotByTeam.

    """
    check_teams(teams)
    with lake.reading(), readable(lake, JourneyPoint):
        point = with_mood(joined_touches(lake))
        names = (
            *("customer_id", "at", "kind", "reference", "channel", "topic", "product", "mood"),
            *("joined_by", "joined_key"),
        )
        kept = known_as(lake, customer_id)
        own = point.filter(point.customer_id.isin(kept)).order_by("order_in_journey")
        rows = lake.connection.execute(sql(own.select(*names))).fetchall()
        usual = moods(lake)
    if not rows:
        problem = f"Nothing is known of a customer {customer_id!r}."
        raise BadQuestion(problem)
    telling = [i for i, row in enumerate(rows) if row[7] is not None]
    values = np.array([rows[i][7] for i in telling], dtype=np.float64)
    residual = values - np.array([usual.usual[rows[i][2]] for i in telling])
    chance = followed(residual, usual.within, usual.between, DROP).chance
    place = dict(zip(telling, chance.tolist(), strict=True))
    sure = {i: each for i, each in place.items() if not np.isnan(each)}
    touches = [
        Touch(**dict(zip(names, row, strict=True)), chance=sure.get(i))
        for i, row in enumerate(rows)
    ]
    turn = turning(values, chance)
    at = (None, None) if turn is None else (telling[turn[0]], telling[turn[1]])
    return Journey(customer_id, lake.settings.zone, touches, *at)


def known_as(lake: Lake, customer_id: str) -> list[str]:
    """Return the identifier as it was given, and its keyed hashes: as of a number, and as it is."""
    key = lake.identity_key
    query = f"select {hashed_number('$1', key)}, {hashed('$1', key)}"
    (found,) = lake.connection.execute(query, [customer_id]).fetchall()
    return [each for each in (customer_id, *found) if each is not None]


def turning(values: FloatArray, chance: FloatArray) -> tuple[int, int] | None:
    """Return with which telling touch it turned, and after which that was sure.

    It turned with the first of the touches in a row that were no good.
    """
    for last in np.flatnonzero(chance > SURE).tolist():
        if values[last] < values[: last + 1].mean():
            first = last
            while first > 0 and values[first - 1] <= HALF_WAY:
                first -= 1
            return first, last
    return None
