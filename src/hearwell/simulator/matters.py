"""What customers need: each matter has a moment, a topic, a product and a channel."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from hearwell.simulator.column import NOBODY, Array, pick
from hearwell.simulator.company import (
    CHAT,
    DAY,
    DAYS_OF_A_YEAR,
    DELIVERY,
    EMAIL,
    HOUR,
    MATTERS_PER_CUSTOMER_YEAR,
    PHONE,
    PRODUCT_WEIGHTS,
    TOPICS,
    WEB_FORM,
    Company,
)
from hearwell.simulator.customers import CHANNELS_OF_PLACE, Customers
from hearwell.simulator.orders import Orders
from hearwell.simulator.staff import PHONE_CLOSES, PHONE_OPENS

WEEKDAYS = np.array([1.20, 1.10, 1.02, 1.0, 0.95, 0.55, 0.45])
"""How much is asked on a day of the week, Monday first."""

HOURS = np.array(
    [1, 1, 1, 1, 1, 2, 5, 12, 30, 48, 55, 52, 44, 42, 46, 48, 46, 42, 36, 32, 26, 18, 9, 4],
    dtype=np.float64,
)
"""How much is asked in an hour of the day."""

DAY_TO_DAY = 80.0
"""Days of the same kind differ by one part in the square root of this, beyond chance."""

ASKS_WHERE_IT_IS = 0.4
"""Part of late orders after which the customer asks."""


@dataclass(frozen=True)
class Matters:
    """One row for each matter, in no order."""

    customer: Array
    topic: Array
    product: Array
    channel: Array
    at: Array  # when it is raised first, in seconds
    order: Array  # the order that it is about; -1 for none

    def __len__(self) -> int:
        return len(self.at)

    @property
    def group(self) -> Array:
        """Return which group of agents is asked."""
        found: Array = np.array([topic.group for topic in TOPICS])[self.topic]
        return found


def hours_of(rng: Generator, size: int, *, opens: int = 0, closes: int = 24) -> Array:
    """Draw moments of a day, in seconds, between two hours."""
    shares = np.where((np.arange(24) >= opens) & (np.arange(24) < closes), HOURS, 0.0)
    hour = pick(np.cumsum(shares), rng.random(size))
    return (hour + rng.random(size)) * HOUR


def drawn_matters(company: Company, customers: Customers, orders: Orders) -> Matters:
    """Draw the matters: a Poisson process whose rate follows day of week and hour of day."""
    rng = company.generator("matters")
    expected = company.size * MATTERS_PER_CUSTOMER_YEAR * company.days / DAYS_OF_A_YEAR
    size = int(rng.poisson(expected))
    weekdays = (np.arange(company.days) + company.begins.weekday()) % 7
    shares = WEEKDAYS[weekdays] * rng.gamma(DAY_TO_DAY, 1 / DAY_TO_DAY, company.days)
    day = pick(np.cumsum(shares), rng.random(size))
    of_order = asked_after_late(company, orders)
    customer = np.concatenate(
        [pick(np.cumsum(customers.demand), rng.random(size)), orders.customer[of_order]]
    )
    at = np.concatenate(
        [
            day * DAY + hours_of(rng, size),
            (orders.promised_at[of_order] // DAY + 1) * DAY + hours_of(rng, len(of_order)),
        ]
    )
    topic = pick(np.cumsum([each.weight for each in TOPICS]), rng.random(size))
    product = pick(np.cumsum(PRODUCT_WEIGHTS), rng.random(size))
    found = Matters(
        customer=customer,
        topic=np.concatenate([topic, np.full(len(of_order), DELIVERY)]).astype(np.int8),
        product=np.concatenate([product, orders.product[of_order]]).astype(np.int8),
        channel=moved(company, channels(rng, customers.place[customer], at), at),
        at=at,
        order=np.concatenate([np.full(size, NOBODY), of_order]),
    )
    return only(found, (at >= customers.first_seen_at[customer]) & (at < company.end))


def asked_after_late(company: Company, orders: Orders) -> Array:
    """Return the orders whose customer asks where they are: some of those that came late."""
    rng = company.generator("late orders")
    asks = rng.random(len(orders.ordered_at)) < ASKS_WHERE_IT_IS
    return np.nonzero(asks & orders.is_late)[0]


def channels(rng: Generator, place: Array, at: Array) -> Array:
    """Draw a channel as people of a place prefer it; who cannot call at night writes."""
    found = pick(CHANNELS_OF_PLACE[place], rng.random(len(place)))
    hour = (at % DAY) // HOUR
    is_open = (hour >= PHONE_OPENS) & (hour < PHONE_CLOSES)
    instead = rng.choice([EMAIL, CHAT, WEB_FORM], len(place), p=[0.4, 0.4, 0.2])
    return np.where((found == PHONE) & ~is_open, instead, found).astype(np.int8)


def moved(company: Company, channel: Array, at: Array) -> Array:
    """Return the channels, some of them given up for e-mail if that is planted."""
    moves = company.generator("moved").random(len(channel)) < company.effects.moved_share(
        channel, at
    )
    return np.where(moves, EMAIL, channel).astype(np.int8)


def only(matters: Matters, rows: Array) -> Matters:
    return Matters(**{name: column[rows] for name, column in vars(matters).items()})
