"""The contacts of each matter: the first one, and those of customers who had to come back."""

from dataclasses import dataclass

import numpy as np

from hearwell.simulator.column import NOBODY, Array
from hearwell.simulator.company import (
    DAY,
    EMAIL,
    GROUPS,
    HOUR,
    PHONE,
    TOPICS,
    WEB_FORM,
    Company,
)
from hearwell.simulator.conversations import Conversations, converse, together
from hearwell.simulator.matters import Matters, hours_of
from hearwell.simulator.staff import PHONE_CLOSES, PHONE_OPENS, WRITTEN_STARTS, Staff, Team

MOST_CONTACTS = 4
COMES_BACK = 0.82
"""Part of customers who come back when they were not helped; the others give up."""

DIFFICULTY_OF_CHANNEL = np.array([0.9, 1.1, 1.0, 1.0, 1.1, 1.2, 1.1])
LATER_IS_EASIER = 0.85
CHANGES_CHANNEL = 0.18
LAST_DAYS = 6
"""Those who come back do it within so many days, which is within the usual window of seven."""

REPLIES_PER_HOUR = 9.0
"""Written replies of one agent at work."""

WRITES_INSTEAD = 0.5
"""Part of callers never reached who write instead."""


@dataclass(frozen=True)
class Contacts:
    """One row for each contact. Those of one matter stand in order, though not together."""

    matter: Array
    turn: Array  # which contact of its matter, from 0
    previous: Array  # the contact before it; -1 for none
    channel: Array
    at: Array
    is_solved: Array  # as far as it depends on the agent; a caller must reach one first

    def __len__(self) -> int:
        return len(self.at)


def hire_writers(company: Company, staff: Staff, matters: Matters) -> list[Team]:
    """Make the teams that write, large enough for what will be asked."""
    writes = matters.channel != PHONE
    counts = np.bincount(matters.group[writes], minlength=len(GROUPS))
    replies_per_day = counts * 2.2 / company.days
    at_work = replies_per_day / (REPLIES_PER_HOUR * 8)
    return [
        staff.hire(f"{name} written", int(np.ceil(at_work[i] * 7 / 5)) + 1, WRITTEN_STARTS)
        for i, name in enumerate(GROUPS)
    ]


def all_contacts(
    company: Company, matters: Matters, writers: list[Team]
) -> tuple[Contacts, Conversations]:
    """Draw the contacts round by round: a matter that was not solved comes back.

    What a call's wait does is not known yet: a caller who is not reached and would have come back
    comes back.
    """
    rng = company.generator("contacts")
    group = matters.group
    difficulty = np.array([topic.difficulty for topic in TOPICS])[matters.topic]
    rounds: list[Contacts] = []
    written: list[Conversations] = []
    matter = np.arange(len(matters))
    previous = np.full(len(matters), NOBODY)
    channel, at = matters.channel, matters.at
    known = 0
    for turn in range(MOST_CONTACTS):
        size = len(matter)
        unsolved = difficulty[matter] * DIFFICULTY_OF_CHANNEL[channel] * LATER_IS_EASIER**turn
        is_call = channel == PHONE
        hurried = company.effects.unsolved_factor(np.where(is_call, group[matter], NOBODY), at)
        solves = rng.random(size) >= np.minimum(unsolved * hurried, 0.9)
        round_of = Contacts(matter, np.full(size, turn), previous, channel, at, solves)
        rounds.append(round_of)
        ends = np.full(size, np.nan)
        writes = np.nonzero(~is_call)[0]
        said = converse(
            company,
            rng,
            writers,
            contact=known + writes,
            channel=channel[writes],
            group=group[matter[writes]],
            at=at[writes],
            solves=solves[writes],
        )
        written.append(said)
        ends[writes] = said.solved_at
        back = ~solves & (rng.random(size) < COMES_BACK) & (is_call | np.isfinite(ends))
        changes = rng.random(size) < CHANGES_CHANNEL
        next_channel = np.where(changes, np.where(is_call, EMAIL, PHONE), channel)
        next_at = returns_at(company, at, ends, next_channel == PHONE, turn)
        comes = np.nonzero(back & (next_at < company.end))[0]
        previous = known + comes
        known += size
        matter, channel, at = matter[comes], next_channel[comes].astype(np.int8), next_at[comes]
    return joined(rounds), together(written)


def returns_at(company: Company, at: Array, ends: Array, calls: Array, turn: int) -> Array:
    """Return when customers come back: callers on a later day, at an hour when one can call."""
    rng = company.generator(f"return {turn}")
    size = len(at)
    since = np.fmax(at, ends)
    later = 1 + np.minimum(rng.exponential(1.4, size).astype(np.int64), LAST_DAYS - 2)
    hours = hours_of(rng, size, opens=PHONE_OPENS, closes=PHONE_CLOSES)
    by_phone = (since // DAY + later) * DAY + hours
    in_writing = since + 600.0 + np.minimum(rng.exponential(1.5, size), LAST_DAYS - 1) * DAY
    after_call = (at // DAY + later) * DAY + hours_of(rng, size)
    found: Array = np.where(calls, by_phone, np.where(np.isfinite(ends), in_writing, after_call))
    return found


def write_instead(  # noqa: PLR0913, PLR0917  who was not reached, and who answers them now
    company: Company,
    matters: Matters,
    writers: list[Team],
    contacts: Contacts,
    conversations: Conversations,
    unreached_at: Array,
) -> tuple[Contacts, Conversations]:
    """Add the messages of callers who were never reached and do not call again.

    Args:
        unreached_at: when a caller gave up, by contact; not a number for all others.

    """
    rng = company.generator("write instead")
    is_last = np.ones(len(contacts), dtype=bool)
    is_last[contacts.previous[contacts.previous >= 0]] = False
    writes = np.isfinite(unreached_at) & is_last & (rng.random(len(contacts)) < WRITES_INSTEAD)
    at = unreached_at + 300.0 + rng.exponential(4 * HOUR, len(contacts))
    rows = np.nonzero(writes & (at < company.end))[0]
    matter = contacts.matter[rows]
    more = Contacts(
        matter=matter,
        turn=contacts.turn[rows] + 1,
        previous=rows,
        channel=rng.choice([EMAIL, WEB_FORM], len(rows)).astype(np.int8),
        at=at[rows],
        is_solved=rng.random(len(rows)) >= 0.15,
    )
    said = converse(
        company,
        rng,
        writers,
        contact=len(contacts) + np.arange(len(rows)),
        channel=more.channel,
        group=matters.group[matter],
        at=more.at,
        solves=more.is_solved,
    )
    return joined([contacts, more]), together([conversations, said])


def joined(parts: list[Contacts]) -> Contacts:
    return Contacts(
        **{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    )
