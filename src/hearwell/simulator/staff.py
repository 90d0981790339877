"""The agents and when they work.

A team has seats; a seat has its hours and its days off, and somebody who sits on it. When an
agent leaves, somebody else takes the seat the next day.
"""

from dataclasses import dataclass

import numpy as np

from hearwell.simulator.column import (
    NOBODY,
    Array,
    Flags,
    Identifiers,
    Instants,
    Table,
    Words,
)
from hearwell.simulator.company import DAY, DAYS_OF_A_YEAR, HOUR, Company

FEWEST_SEATS = 4
"""So that every hour of every day somebody is there, although each has two days off."""

SHIFT_HOURS = 8
PHONE_STARTS = (8, 10, 8, 10, 9)
WRITTEN_STARTS = (7, 13, 7, 13, 10)
PHONE_OPENS, PHONE_CLOSES = 8, 18
WRITTEN_OPENS, WRITTEN_CLOSES = 7, 21

FIRST_DAYS_OFF = (0, 2, 4, 6, 5, 5, 1, 5, 3, 5)
"""The first of two days off, Monday being 0: the first four seats never leave an hour empty."""

BREAK_SECONDS = 1_800.0
LEAVE_EACH_YEAR = 0.25


@dataclass(frozen=True)
class Team:
    """The seats of a team and who sits on them."""

    name: str
    starts: Array  # hour of the day, by seat
    works: Array  # by day and seat
    first: Array  # agent's number, by seat
    second: Array  # who took the seat over; -1 where nobody had to
    second_from: Array  # day from which the second sits there
    joined_at: Array  # of the first, in seconds

    @property
    def seats(self) -> int:
        return len(self.starts)

    @property
    def break_after(self) -> Array:
        """Return after how many seconds of a shift the break is due.

        Those who came first go first, all in the hours in which both shifts are there.
        """
        early, late = int(self.starts.min()), int(self.starts.max())
        half = (early + SHIFT_HOURS - late) / 2
        turn = np.where(self.starts == early, 0.0, half) + np.arange(self.seats) % 3 * 0.3 * half
        found: Array = (late + turn - self.starts) * HOUR
        return found

    def agent(self, day: Array, seat: Array) -> Array:
        """Return who sits on a seat on a day."""
        later = (self.second[seat] >= 0) & (day >= self.second_from[seat])
        return np.where(later, self.second[seat], self.first[seat])

    def is_there(self, at: Array, seat: Array) -> Array:
        """Is the seat taken at this moment?"""
        day, hour = calendar(at, len(self.works))
        within = (hour >= self.starts[seat]) & (hour < self.starts[seat] + SHIFT_HOURS)
        found: Array = self.works[day, seat] & within
        return found

    def seat_at(self, at: Array, drawn: Array) -> Array:
        """Return one of the seats that are taken at a moment, each as likely as the others."""
        hours = np.arange(24)[:, None]
        there = (hours >= self.starts) & (hours < self.starts + SHIFT_HOURS)
        taken = self.works[:, None, :] & there  # day, hour, seat
        counts = taken.sum(axis=2).ravel()
        seats = np.nonzero(taken.ravel())[0] % self.seats
        begins = np.cumsum(counts) - counts
        day, hour = calendar(at, len(self.works))
        slot = day * 24 + hour
        chosen = begins[slot] + (drawn * counts[slot]).astype(np.int64)
        found: Array = seats[np.minimum(chosen, len(seats) - 1)]
        return found


def calendar(at: Array, days: int) -> tuple[Array, Array]:
    """Return day and hour of moments; what is after the period is taken for its last day."""
    day = np.floor_divide(at, DAY).astype(np.int64)
    hour = ((at - day * DAY) // HOUR).astype(np.int64)
    return np.clip(day, 0, days - 1), hour


class Staff:
    """All teams of a company."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.teams: list[Team] = []
        self.agents = 0

    def hire(self, name: str, seats: int, starts: tuple[int, ...]) -> Team:
        """Make a team; `seats` is how many there should be, if that is enough for all hours."""
        company = self.company
        rng = company.generator(f"team {name}")
        count = max(seats, FEWEST_SEATS)
        number = np.arange(count)
        weekdays = (np.arange(company.days) + company.begins.weekday()) % 7
        first_off = np.array(FIRST_DAYS_OFF)[number % len(FIRST_DAYS_OFF)]
        works = ((weekdays[:, None] - first_off) % 7) >= 2
        leaves = rng.random(count) < LEAVE_EACH_YEAR * company.days / DAYS_OF_A_YEAR
        moves = rng.integers(1, max(2, company.days), count)
        first = self.agents + number
        second = np.where(leaves, self.agents + count + np.cumsum(leaves) - 1, NOBODY)
        self.agents += count + int(leaves.sum())
        team = Team(
            name=name,
            starts=np.array(starts)[number % len(starts)],
            works=works,
            first=first,
            second=second,
            second_from=moves,
            joined_at=-rng.random(count) * 4 * DAYS_OF_A_YEAR * DAY,
        )
        self.teams.append(team)
        return team

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(team.name for team in self.teams)

    @property
    def bot(self) -> int:
        """The number of the bot: after all people."""
        return self.agents

    def agent_table(self) -> Table:
        size = self.agents + 1
        team = np.full(size, NOBODY, dtype=np.int32)
        joined, left = np.full(size, np.nan), np.full(size, np.nan)
        for number, each in enumerate(self.teams):
            followed = each.second >= 0
            after = each.second[followed]
            team[each.first], team[after] = number, number
            joined[each.first] = each.joined_at
            left[each.first[followed]] = each.second_from[followed] * DAY
            joined[after] = each.second_from[followed] * DAY
        return {
            "agent_id": Identifiers("agent-", np.arange(size)),
            "name": Identifiers("Simulated agent ", np.arange(size)),
            "team": Words(team, self.names),
            "is_bot": Flags(np.arange(size) == self.bot),
            "joined_at": Instants(joined),
            "left_at": Instants(left),
        }
