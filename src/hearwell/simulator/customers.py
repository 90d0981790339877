"""The customers: where they live, what they speak, and how they feel before anything happens."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hearwell.simulator.column import (
    Array,
    Cents,
    Instants,
    People,
    Table,
    Words,
    pick,
)
from hearwell.simulator.company import DAY, DAYS_OF_A_YEAR, Company


class Place(NamedTuple):
    """A country with a language, and the channels that people there prefer."""

    country: str
    language: str
    currency: str
    weight: float
    # phone, email, chat, whatsapp, messenger, instagram, web form
    channels: tuple[float, ...]


OFFICE = (0.42, 0.24, 0.15, 0.03, 0.03, 0.02, 0.11)
MOBILE = (0.38, 0.08, 0.10, 0.28, 0.08, 0.04, 0.04)
SOCIAL = (0.34, 0.08, 0.10, 0.06, 0.28, 0.08, 0.06)

PLACES = (
    Place("GB", "en", "GBP", 0.18, OFFICE),
    Place("US", "en", "USD", 0.18, OFFICE),
    Place("DE", "de", "EUR", 0.18, OFFICE),
    Place("AT", "de", "EUR", 0.04, OFFICE),
    Place("FR", "fr", "EUR", 0.07, OFFICE),
    Place("ES", "es", "EUR", 0.06, MOBILE),
    Place("PK", "ur", "PKR", 0.08, MOBILE),
    Place("IN", "pa", "INR", 0.06, MOBILE),
    Place("IN", "ml", "INR", 0.06, MOBILE),
    Place("KH", "km", "KHR", 0.05, SOCIAL),
    Place("BY", "be", "BYN", 0.04, SOCIAL),
)
LANGUAGES = tuple(dict.fromkeys(place.language for place in PLACES))
LANGUAGE_OF_PLACE = np.array([LANGUAGES.index(place.language) for place in PLACES], dtype=np.int8)
CHANNELS_OF_PLACE = np.cumsum(np.array([place.channels for place in PLACES]), axis=1)

DOLLARS_WORTH = {"GBP": 0.8, "USD": 1.0, "EUR": 0.9, "PKR": 280.0, "INR": 84.0}
DOLLARS_WORTH |= {"KHR": 4100.0, "BYN": 3.3}
RATE_OF_PLACE = np.array([DOLLARS_WORTH[place.currency] for place in PLACES])
"""What one dollar is in the currency of a place, about."""

SEGMENTS = ("consumer", "small business", "large business")
SEGMENT_WEIGHTS = np.array([0.72, 0.20, 0.08])
PLANS = ("basic", "plus", "premium")
PLAN_WEIGHTS = np.array([0.60, 0.30, 0.10])
VALUE_OF_PLAN = np.array([60.0, 180.0, 600.0])
VALUE_OF_SEGMENT = np.array([1.0, 3.0, 12.0])

HERE_BEFORE = 0.8
"""Part of the customers who were customers before the period began."""


@dataclass
class Customers:
    """The customers. When they left is known only after everything has happened to them."""

    place: Array
    segment: Array
    plan: Array
    first_seen_at: Array
    value_cents: Array
    liking: Array  # how satisfied they are by nature, on a scale of five
    demand: Array  # how often they need something, as a factor
    left_at: Array

    @classmethod
    def of(cls, company: Company) -> "Customers":
        rng, size = company.generator("customers"), company.size
        before = rng.random(size) < HERE_BEFORE
        seen = np.where(
            before,
            -rng.random(size) * 3 * DAYS_OF_A_YEAR * DAY,
            rng.random(size) * company.end * 0.95,
        )
        place = pick(np.cumsum([p.weight for p in PLACES]), rng.random(size)).astype(np.int8)
        segment = pick(np.cumsum(SEGMENT_WEIGHTS), rng.random(size)).astype(np.int8)
        plan = pick(np.cumsum(PLAN_WEIGHTS), rng.random(size)).astype(np.int8)
        worth = VALUE_OF_PLAN[plan] * VALUE_OF_SEGMENT[segment] * RATE_OF_PLACE[place]
        return cls(
            place=place,
            segment=segment,
            plan=plan,
            first_seen_at=seen,
            value_cents=np.rint(worth * rng.lognormal(0.0, 0.4, size) * 100).astype(np.int64),
            liking=rng.normal(0.0, 0.45, size),
            demand=rng.gamma(1.3, 1 / 1.3, size) + 0.05,
            left_at=np.full(size, np.nan),
        )

    @property
    def language(self) -> Array:
        found: Array = LANGUAGE_OF_PLACE[self.place]
        return found

    def table(self) -> Table:
        return {
            "customer_id": People("customer-", np.arange(len(self.place))),
            "segment": Words(self.segment, SEGMENTS),
            "plan": Words(self.plan, PLANS),
            "language": Words(self.language, LANGUAGES),
            "country": Words(self.place, [place.country for place in PLACES]),
            "first_seen_at": Instants(self.first_seen_at),
            "left_at": Instants(self.left_at),
            "value": Cents(self.value_cents),
            "currency": Words(self.place, [place.currency for place in PLACES]),
        }
