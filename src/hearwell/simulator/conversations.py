"""Written conversations: when a customer writes, when who replies, and when it is solved."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from hearwell.simulator.column import NOBODY, Array
from hearwell.simulator.company import CHAT, DAY, HOUR, MESSENGER, WHATSAPP, Company
from hearwell.simulator.staff import WRITTEN_CLOSES, WRITTEN_OPENS, Team

REPLIES = 5
"""Most replies in one conversation."""

FIRST_RESPONSE_SECONDS = np.array([np.nan, 9_000, 75, 540, 900, 2_400, 12_000])
"""Median of working time until the first reply, by channel; what is phoned has none."""

CUSTOMER_SECONDS = np.array([np.nan, 7_200, 50, 300, 420, 900, 9_000])
"""Median time until the customer writes again, by channel."""

SPREAD = 0.8
LATER_REPLY_FACTOR = 0.6
GOES_ON = 0.45
"""Part of conversations that take one more reply."""

BOT_CHANNELS = (CHAT, WHATSAPP, MESSENGER)
BOT_SOLVES = 0.14
NEVER_SOLVED = 0.04
SAME_AGENT = 0.78
OPEN_SECONDS = (WRITTEN_CLOSES - WRITTEN_OPENS) * HOUR


@dataclass(frozen=True)
class Conversations:
    """One row for each contact in writing; columns of turns have one place for each reply."""

    contact: Array
    customer_at: Array  # by turn, in seconds; not a number where there is none
    reply_at: Array  # by turn
    agent: Array  # who replied, by turn
    by_bot: Array  # solved by the bot alone
    solved_at: Array  # not a number where it never was

    @property
    def replies(self) -> Array:
        found: Array = np.isfinite(self.reply_at).sum(axis=1)
        return found

    @property
    def agents(self) -> Array:
        """Return how many times somebody else took over."""
        changes = (self.agent[:, 1:] != self.agent[:, :-1]) & (self.agent[:, 1:] >= 0)
        found: Array = 1 + changes.sum(axis=1)
        return found


def after_work(at: Array, work_seconds: Array) -> Array:
    """Return the moment when agents have had so much working time."""
    day = np.floor_divide(at, DAY)
    within = np.clip(at - day * DAY - WRITTEN_OPENS * HOUR, 0, OPEN_SECONDS - 1)
    late = at - day * DAY >= WRITTEN_CLOSES * HOUR
    worked = np.where(late, (day + 1) * OPEN_SECONDS, day * OPEN_SECONDS + within) + work_seconds
    days = np.floor_divide(worked, OPEN_SECONDS)
    found: Array = days * DAY + WRITTEN_OPENS * HOUR + (worked - days * OPEN_SECONDS)
    return found


def converse(  # noqa: PLR0913  who asks what where, and who answers
    company: Company,
    rng: Generator,
    teams: list[Team],
    *,
    contact: Array,
    channel: Array,
    group: Array,
    at: Array,
    solves: Array,
) -> Conversations:
    """Let customers and agents write to each other."""
    size = len(at)
    by_bot = np.isin(channel, BOT_CHANNELS) & (rng.random(size) < BOT_SOLVES) & solves
    turns = np.minimum(rng.geometric(1 - GOES_ON, size), REPLIES)
    customer_at = np.full((size, REPLIES), np.nan)
    reply_at = np.full((size, REPLIES), np.nan)
    slower = company.effects.first_response_factor(channel, at)
    customer_at[:, 0] = at
    for turn in range(REPLIES):
        goes_on = (turns > turn) & ~by_bot
        if turn:
            gap = CUSTOMER_SECONDS[channel] * rng.lognormal(0.0, SPREAD, size)
            wrote = reply_at[:, turn - 1] + gap
            customer_at[:, turn] = np.where(goes_on, wrote, np.nan)
        factor = LATER_REPLY_FACTOR if turn else slower
        work = FIRST_RESPONSE_SECONDS[channel] * factor * rng.lognormal(0.0, SPREAD, size)
        replied = after_work(np.nan_to_num(customer_at[:, turn]), work)
        reply_at[:, turn] = np.where(goes_on, replied, np.nan)
    last = np.nanmax(np.where(by_bot[:, None], at[:, None] + 120.0, reply_at), axis=1)
    solved = last + 30.0 + rng.exponential(240.0, size)
    is_open = (rng.random(size) < NEVER_SOLVED) & ~by_bot
    return Conversations(
        contact=contact,
        customer_at=customer_at,
        reply_at=reply_at,
        agent=repliers(rng, teams, group, reply_at),
        by_bot=by_bot,
        solved_at=np.where(is_open, np.nan, solved),
    )


def repliers(rng: Generator, teams: list[Team], group: Array, reply_at: Array) -> Array:
    """Choose who replies: one who is at work, the same as before if they still are."""
    found = np.full(reply_at.shape, NOBODY, dtype=np.int64)
    for number, team in enumerate(teams):
        rows = np.nonzero(group == number)[0]
        seat = np.full(len(rows), NOBODY)
        for turn in range(reply_at.shape[1]):
            at = reply_at[rows, turn]
            replies = np.isfinite(at)
            at = np.where(replies, at, WRITTEN_OPENS * HOUR)
            stays = (seat >= 0) & team.is_there(at, seat) & (rng.random(len(rows)) < SAME_AGENT)
            seat = np.where(stays, seat, team.seat_at(at, rng.random(len(rows))))
            day = np.floor_divide(at, DAY).astype(np.int64)
            found[rows, turn] = np.where(replies, team.agent(day, seat), NOBODY)
    return found


def together(parts: list[Conversations]) -> Conversations:
    return Conversations(
        **{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    )
