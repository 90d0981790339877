"""What company it is: how large, from when to when, and what it sells and is asked about."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from hearwell.records.record import SIMULATED
from hearwell.simulator.effects import MOMENT, Effects

DAY = 86_400
HOUR = 3_600
DAYS_OF_A_YEAR = 365
MATTERS_PER_CUSTOMER_YEAR = 5.0

CHANNELS = ("phone", "email", "chat", "whatsapp", "messenger", "instagram", "web_form")
PHONE, EMAIL, CHAT, WHATSAPP, MESSENGER, INSTAGRAM, WEB_FORM = range(len(CHANNELS))

PRODUCTS = ("lamp", "router", "camera", "thermostat", "speaker", "lock")
PRODUCT_WEIGHTS = np.array([0.24, 0.22, 0.18, 0.14, 0.12, 0.10])
PRODUCT_LIKING = np.array([0.15, -0.10, 0.05, 0.0, 0.10, -0.20])
"""By how much customers like a product more than the others, on a scale of five."""


class Topic(NamedTuple):
    """What customers ask about, and how hard it is."""

    name: str
    weight: float
    difficulty: float  # how often a first contact does not solve it
    length: float  # of the work, as a factor
    group: int  # who is asked: 0 billing, 1 technical, 2 orders


TOPICS = (
    Topic("invoice", 0.17, 0.12, 0.8, 0),
    Topic("refund", 0.10, 0.24, 1.0, 0),
    Topic("cancellation", 0.05, 0.10, 1.1, 0),
    Topic("login", 0.12, 0.08, 0.6, 1),
    Topic("outage", 0.14, 0.30, 1.4, 1),
    Topic("setup", 0.16, 0.20, 1.5, 1),
    Topic("delivery", 0.16, 0.16, 0.7, 2),
    Topic("return", 0.10, 0.14, 0.9, 2),
)
DELIVERY = next(i for i, topic in enumerate(TOPICS) if topic.name == "delivery")

GROUPS = ("billing", "technical", "orders")
SECOND_LINE = len(GROUPS)
"""The team to which callers are put through: it takes no calls of its own."""

PHONE_TEAMS = (*(f"{group} phone" for group in GROUPS), "second line phone")
WRITTEN_TEAMS = tuple(f"{group} written" for group in GROUPS)
QUEUES = (*GROUPS, "second line")


@dataclass(frozen=True)
class Company:
    """A company to be simulated. The same values give the same rows, always."""

    size: int  # customers
    seed: int
    days: int
    until: date  # the last day, included
    planted: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """What every row says of where it comes from."""
        return f"{SIMULATED}{self.seed}"

    @property
    def begins(self) -> datetime:
        return self.ends - timedelta(days=self.days)

    @property
    def ends(self) -> datetime:
        """The first instant after the period."""
        return datetime(self.until.year, self.until.month, self.until.day, tzinfo=UTC) + timedelta(
            days=1
        )

    @property
    def end(self) -> float:
        """The length of the period in seconds."""
        return float(self.days * DAY)

    @cached_property
    def effects(self) -> Effects:
        day = int(self.days * MOMENT)
        return Effects(self.planted, day, float(day * DAY))

    def generator(self, part: str) -> Generator:
        """Return the random numbers of one part.

        Each part has its own, so that an effect that makes one part draw more often leaves the
        others as they are.
        """
        return Generator(PCG64(SeedSequence(self.seed, spawn_key=(crc32(part.encode()),))))
