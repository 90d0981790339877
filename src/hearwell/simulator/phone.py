"""The telephone queues: who waits how long, who gives up, and who answers.

Nothing is approximated: every day of a queue is simulated call by call, first come first served,
with agents who come and go, take their break and serve one caller at a time, and with callers
who lose patience and call again (the recursion of Kiefer and Wolfowitz, with abandonment).
Days do not touch each other, because nobody waits over night; so the n-th call of all days is
served in one step, and the steps are as many as the busiest day has calls.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from hearwell.simulator.column import NOBODY, Array
from hearwell.simulator.company import DAY, GROUPS, HOUR, PHONE, TOPICS, Company
from hearwell.simulator.contacts import Contacts
from hearwell.simulator.matters import Matters
from hearwell.simulator.staff import (
    BREAK_SECONDS,
    PHONE_CLOSES,
    PHONE_STARTS,
    SHIFT_HOURS,
    Staff,
    Team,
)

ATTEMPTS = 3
CALLS_AGAIN = 0.62
"""Part of callers who gave up that call again the same day."""

PATIENCE_SECONDS = 260.0
CHANGES_MIND = 0.035
"""Part of callers who hang up within seconds, whatever the wait."""

QUEUE_LIMIT_SECONDS = 1_200.0
RING_SECONDS = 5.0
TALK_SECONDS, TALK_SPREAD = 240.0, 0.6
HOLD_SHARE, HOLD_SECONDS = 0.28, 70.0
WRAP_UP_SECONDS, WRAP_UP_SPREAD = 45.0, 0.5
TRANSFERRED = 0.05
SPARE_STAFF = 0.5
"""Square-root staffing: how many more agents than the load, times its square root."""

BUSY_HOURS = (10, 12)
WORKDAYS = 5
SEATS_FOR_ONE_AT_WORK = 2.2
"""Because of days off, of hours that differ, and of breaks."""


@dataclass(frozen=True)
class Work:
    """What comes to a queue, and how long it would take."""

    at: Array
    parent: Array  # the attempt before it: if that one was answered, this call is never made
    patience: Array
    ring: Array
    talk: Array
    hold: Array
    wrap_up: Array


@dataclass(frozen=True)
class Served:
    """What became of it."""

    seat: Array  # -1 where nobody answered
    wait: Array
    is_void: Array  # the caller was answered before and never made this call
    on_break_from: Array  # by day and seat; not a number where there was none
    busy_until: Array  # by day and seat


def serve(team: Team, days: int, work: Work) -> Served:
    """Serve what comes to one queue."""
    size = len(work.at)
    day = (work.at // DAY).astype(np.int64)
    order = np.lexsort((work.at, day))
    counts = np.bincount(day, minlength=days)
    begins = np.cumsum(counts) - counts
    busiest = np.argsort(-counts, kind="stable")
    lanes = counts[busiest]
    midnight = (busiest * DAY)[:, None].astype(np.float64)
    starts = np.where(team.works[busiest], midnight + team.starts * HOUR, np.inf)
    free, ends = starts.copy(), starts + SHIFT_HOURS * HOUR
    ends[~np.isfinite(ends)] = -np.inf
    due = starts + team.break_after
    left = np.full(due.shape, np.nan)
    seat = np.full(size, NOBODY)
    wait = np.full(size, np.nan)
    gave_up = np.zeros(size, dtype=bool)
    is_void = np.zeros(size, dtype=bool)
    for step in range(int(lanes[0]) if size else 0):
        open_lanes = int(np.searchsorted(-lanes, -step, side="left"))
        call = order[begins[busiest[:open_lanes]] + step]
        at = work.at[call]
        leaves = due[:open_lanes] <= at[:, None]
        if leaves.any():
            lane, who = np.nonzero(leaves)
            left[lane, who] = np.maximum(free[lane, who], due[lane, who])
            free[lane, who] = left[lane, who] + BREAK_SECONDS
            due[lane, who] = np.inf
        soonest = np.maximum(free[:open_lanes], at[:, None])
        idle_longest = np.where(soonest < ends[:open_lanes], free[:open_lanes], np.inf)
        chosen = idle_longest.argmin(axis=1)
        lane = np.arange(open_lanes)
        waits = np.maximum(idle_longest[lane, chosen] - at, 0.0) + work.ring[call]
        parent = work.parent[call]
        void = (parent >= 0) & ~gave_up[parent]
        patience = np.minimum(work.patience[call], QUEUE_LIMIT_SECONDS)
        answered = (waits <= patience) & ~void
        wait[call] = np.where(answered, waits, patience)
        seat[call] = np.where(answered, chosen, NOBODY)
        is_void[call] = void
        gave_up[call] = ~answered & ~void
        took = np.nonzero(answered)[0]
        served = call[took]
        busy = work.talk[served] + work.hold[served] + work.wrap_up[served]
        free[took, chosen[took]] = at[took] + waits[took] + busy
    not_left = np.isfinite(starts) & np.isnan(left)
    left[not_left] = np.maximum(free, due)[not_left]
    back = np.empty(days, dtype=np.int64)
    back[busiest] = np.arange(days)
    return Served(seat, wait, is_void, left[back], free[back])


@dataclass(frozen=True)
class Calls:
    """One row for each visit of a call to a queue."""

    number: Array  # of the call; its legs share it
    leg: Array
    contact: Array
    queue: Array
    at: Array
    wait: Array
    ring: Array
    talk: Array
    hold: Array
    wrap_up: Array
    agent: Array
    outcome: Array  # an index of OUTCOMES
    is_transferred: Array

    def __len__(self) -> int:
        return len(self.at)

    @property
    def is_answered(self) -> Array:
        found: Array = self.agent >= 0
        return found

    @property
    def connected_at(self) -> Array:
        return np.where(self.is_answered, self.at + self.wait, np.nan)

    @property
    def ended_at(self) -> Array:
        spoken = np.where(self.is_answered, self.talk + self.hold, 0.0)
        found: Array = self.at + self.wait + spoken
        return found


OUTCOMES = ("answered", "abandoned", "timeout")
ANSWERED, ABANDONED, TIMEOUT = range(len(OUTCOMES))


def all_calls(
    company: Company, staff: Staff, matters: Matters, contacts: Contacts
) -> tuple[Calls, list[tuple[Team, Served]]]:
    """Make the calls of all queues, and tell how the days of their agents went."""
    parts: list[Calls] = []
    rosters = []
    number = 0
    group = matters.group[contacts.matter]
    for queue, name in enumerate(GROUPS):
        rng = company.generator(f"queue {name}")
        rows = np.nonzero((contacts.channel == PHONE) & (group == queue))[0]
        contact, at, parent, patience = attempts(rng, rows, contacts.at[rows])
        topic = matters.topic[contacts.matter[contact]]
        work = drawn_work(company, rng, queue, topic, (at, parent, patience))
        seats = seats_for(company, contacts.at[rows], work)
        team = staff.hire(f"{name} phone", seats, PHONE_STARTS)
        served = serve(team, company.days, work)
        part = calls_of(team, work, served, queue, contact)
        moves = (rng.random(len(part)) < TRANSFERRED) & part.is_answered
        part.is_transferred[:] = moves
        part.number[:] = number + np.arange(len(part))
        number += len(part)
        parts.append(part)
        rosters.append((team, served))
    first = joined(parts)
    second, roster = second_line(company, staff, matters, contacts, first)
    return joined([first, second]), [*rosters, roster]


def attempts(rng: Generator, contact: Array, at: Array) -> tuple[Array, Array, Array, Array]:
    """Return the calls that might be made: each contact's, and those again of who gives up.

    Whether a call again is made is known when the queue has been served.
    """
    rows = np.arange(len(contact))
    parts = []
    parent = np.full(len(rows), NOBODY)
    known = 0
    for _ in range(ATTEMPTS):
        size = len(rows)
        patience = rng.exponential(PATIENCE_SECONDS, size)
        changes_mind = rng.random(size) < CHANGES_MIND
        patience = np.where(changes_mind, rng.exponential(4.0, size), patience + 5.0)
        parts.append((contact[rows], at, parent, patience))
        gives_up = np.minimum(patience, QUEUE_LIMIT_SECONDS)
        again = at + gives_up + rng.lognormal(np.log(500.0), 0.9, size)
        may = (rng.random(size) < CALLS_AGAIN) & (again % DAY < PHONE_CLOSES * HOUR)
        may &= again // DAY == at // DAY
        parent = known + np.nonzero(may)[0]
        known += size
        rows, at = rows[may], again[may]
    joined_parts = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    return joined_parts[0], joined_parts[1], joined_parts[2], joined_parts[3]


def drawn_work(
    company: Company,
    rng: Generator,
    queue: int,
    topic: Array,
    arrivals: tuple[Array, Array, Array],
) -> Work:
    """Draw how long calls would take; agents who are hurried take less time for each part."""
    at, parent, patience = arrivals
    size = len(at)
    length = np.array([each.length for each in TOPICS])[topic]
    factor = company.effects.handle_time_factor(np.full(size, queue), at)
    held = rng.random(size) < HOLD_SHARE
    return Work(
        at=at,
        parent=parent,
        patience=patience,
        ring=np.minimum(1.5 + rng.exponential(RING_SECONDS, size), 25.0),
        talk=rng.lognormal(np.log(TALK_SECONDS), TALK_SPREAD, size) * length * factor,
        hold=np.where(held, rng.exponential(HOLD_SECONDS, size) * factor, 0.0),
        wrap_up=rng.lognormal(np.log(WRAP_UP_SECONDS), WRAP_UP_SPREAD, size) * factor,
    )


def seats_for(company: Company, first_at: Array, work: Work) -> int:
    """Return how many seats the queue needs, as a planner would say who knows the load.

    The plan is made of the days before any planted effect, so that staff is the same without it.
    """
    before = company.effects.begins_at
    known = work.at < before
    if not known.any():
        return 0
    weekday = (first_at // DAY + company.begins.weekday()) % 7
    hour = first_at % DAY / HOUR
    busy = (hour >= BUSY_HOURS[0]) & (hour < BUSY_HOURS[1]) & (first_at < before)
    busy &= weekday < WORKDAYS
    hours = before / DAY * WORKDAYS / 7 * (BUSY_HOURS[1] - BUSY_HOURS[0])
    per_hour = busy.sum() / hours
    load = per_hour * float(np.mean((work.talk + work.hold + work.wrap_up)[known])) / HOUR
    at_work = load + SPARE_STAFF * np.sqrt(load)
    return int(np.ceil(at_work * SEATS_FOR_ONE_AT_WORK))


def calls_of(team: Team, work: Work, served: Served, queue: int, contact: Array) -> Calls:
    """Return the calls that were made."""
    made = np.nonzero(~served.is_void)[0]
    seat = served.seat[made]
    answered = seat >= 0
    day = (work.at[made] // DAY).astype(np.int64)
    size = len(made)
    timeout = served.wait[made] >= QUEUE_LIMIT_SECONDS
    missed = np.where(timeout, TIMEOUT, ABANDONED)
    return Calls(
        number=np.zeros(size, dtype=np.int64),
        leg=np.ones(size, dtype=np.int64),
        contact=contact[made],
        queue=np.full(size, queue),
        at=work.at[made],
        wait=served.wait[made],
        ring=work.ring[made],
        talk=work.talk[made],
        hold=work.hold[made],
        wrap_up=work.wrap_up[made],
        agent=np.where(answered, team.agent(day, seat), NOBODY),
        outcome=np.where(answered, ANSWERED, missed),
        is_transferred=np.zeros(size, dtype=bool),
    )


def second_line(
    company: Company, staff: Staff, matters: Matters, contacts: Contacts, first: Calls
) -> tuple[Calls, tuple[Team, Served]]:
    """Serve callers who are put through, at the moment when the first agent lets them go."""
    rng = company.generator("second line")
    closes = PHONE_CLOSES * HOUR - 60.0
    ended = first.ended_at
    first.is_transferred[:] = first.is_transferred & (ended % DAY < closes)
    rows = np.nonzero(first.is_transferred)[0]
    contact = first.contact[rows]
    size = len(rows)
    patience = 20.0 + rng.exponential(PATIENCE_SECONDS * 2, size)
    arrivals = (ended[rows], np.full(size, NOBODY), patience)
    queue = len(GROUPS)
    topic = matters.topic[contacts.matter[contact]]
    work = drawn_work(company, rng, queue, topic, arrivals)
    seats = seats_for(company, contacts.at[contact], work)
    team = staff.hire("second line phone", seats, PHONE_STARTS)
    served = serve(team, company.days, work)
    calls = calls_of(team, work, served, queue, contact)
    calls.number[:] = first.number[rows]
    calls.leg[:] = 2
    return calls, (team, served)


def joined(parts: list[Calls]) -> Calls:
    return Calls(
        **{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    )
