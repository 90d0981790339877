"""The lives of cases: assigned, moved, escalated, solved, reopened, closed, merged."""

from functools import cached_property

import numpy as np
from numpy.random import Generator

from hearwell.records.case_event import KINDS, STATUSES
from hearwell.simulator.cases import ACTORS, AGENT, AUTOMATION, BOT, CUSTOMER, Cases
from hearwell.simulator.column import NOBODY, Array, Either, Identifiers, Instants, Table, Words
from hearwell.simulator.company import PHONE, PHONE_TEAMS, WRITTEN_TEAMS, Company
from hearwell.simulator.contacts import Contacts
from hearwell.simulator.conversations import BOT_CHANNELS, Conversations
from hearwell.simulator.matters import Matters
from hearwell.simulator.outcomes import ByContact

MOVED, ESCALATED, OFFERED_BEFORE = 0.06, 0.04, 0.3

VALUES = (*STATUSES, *WRITTEN_TEAMS, *PHONE_TEAMS)
"""What a change is from and to, but for agents and cases, which are told by their number."""


class History:
    """Collects the events of cases, many of a kind at a time."""

    def __init__(self, company: Company, cases: Cases) -> None:
        self.end = company.end
        self.cases = cases
        self.parts: list[tuple[Array, ...]] = []

    def add(  # noqa: PLR0913  what an event has
        self,
        kind: str,
        case: Array,
        at: Array,
        actor: int | Array,
        *,
        by: Array | None = None,
        before: str | Array | None = None,
        after: str | Array | None = None,
        agent: Array | None = None,
    ) -> None:
        """Add an event for each case and moment that is a number, within the period.

        What would happen to a case after it was merged does not.
        """
        merged = self.cases.merged_at[case]
        rows = np.nonzero((case >= 0) & (at < self.end) & ~(at > merged))[0]

        def column(value: "str | int | Array | None") -> Array:
            if isinstance(value, str):
                value = VALUES.index(value)
            if value is None:
                value = NOBODY
            if isinstance(value, int):
                return np.full(len(rows), value, dtype=np.int32)
            found: Array = value[rows].astype(np.int32)
            return found

        codes = np.full(len(rows), KINDS.index(kind), dtype=np.int8)
        self.parts.append(
            (
                case[rows].astype(np.int32),
                at[rows],
                codes,
                *(column(each) for each in (actor, by, before, after, agent)),
            )
        )

    @cached_property
    def columns(self) -> list[Array]:
        return [np.concatenate(column) for column in zip(*self.parts, strict=True)]


def event_table(  # noqa: PLR0913, PLR0917  all that a case's life is made of
    company: Company,
    matters: Matters,
    contacts: Contacts,
    said: Conversations,
    by_contact: ByContact,
    cases: Cases,
    bot: int,
) -> Table:
    """Tell the lives of all cases."""
    rng = company.generator("case events")
    history = History(company, cases)
    add_phone(history, contacts, by_contact)
    add_written(rng, history, matters, contacts, said, bot)
    every = np.arange(len(cases))
    no_more = np.where(cases.merged_into >= 0, np.nan, cases.closed_at)
    history.add("closed", every, no_more, AUTOMATION, before="solved", after="closed")
    history.add("merged", every, cases.merged_at, AGENT)
    case, at, kind, actor, by, before, after, agent = history.columns
    merged = kind == KINDS.index("merged")
    into = np.where(merged, cases.merged_into[case], NOBODY)
    return {
        "case_id": Identifiers("case-", case),
        "event_id": Identifiers("event-", np.arange(len(case))),
        "at": Instants(at),
        "kind": Words(kind, KINDS),
        "actor_kind": Words(actor, ACTORS),
        "actor_id": Identifiers("agent-", by),
        "from_value": Words(before, VALUES),
        "to_value": Either(
            Words(after, VALUES), Either(Identifiers("agent-", agent), Identifiers("case-", into))
        ),
    }


def add_phone(history: History, contacts: Contacts, by_contact: ByContact) -> None:
    """Tell of cases that an agent made of a call: solved when the work after it is done."""
    case = history.cases.of_contact
    rows = np.nonzero((case >= 0) & (contacts.channel == PHONE))[0]
    case, at, agent = case[rows], by_contact.first_connected_at[rows], by_contact.agent[rows]
    first = history.cases.opened_by[case] == rows
    begins, again = np.where(first, at, np.nan), np.where(first, np.nan, at)
    history.add("status_changed", case, begins, AGENT, by=agent, after="open")
    history.add("reopened", case, again, CUSTOMER, before="solved", after="open")
    history.add("assigned", case, at, AGENT, by=agent, agent=agent)
    ends = by_contact.ends_at[rows]
    history.add("solution_offered", case, ends, AGENT, by=agent)
    solved = ends + 30.0
    history.add("status_changed", case, solved, AGENT, by=agent, before="open", after="solved")
    history.add("solved", case, solved, AGENT, by=agent)


def add_written(  # noqa: PLR0913, PLR0917  all that is said about a case
    rng: Generator,
    history: History,
    matters: Matters,
    contacts: Contacts,
    said: Conversations,
    bot: int,
) -> None:
    """Tell of cases in writing: what each message and each agent changed."""
    case = history.cases.of_contact[said.contact]
    size = len(case)
    at, reply_at = said.customer_at[:, 0], said.reply_at
    channel = contacts.channel[said.contact]
    group = matters.group[contacts.matter[said.contact]]
    first = (case >= 0) & (history.cases.opened_by[case] == said.contact)
    opens, again = np.where(first, at, np.nan), np.where(first, np.nan, at)
    history.add("status_changed", case, opens, CUSTOMER, after="new")
    history.add("reopened", case, again, CUSTOMER, before="solved", after="open")
    waited = reply_at[:, 0] - at
    human = np.where(said.by_bot, np.nan, 0.0)
    by_bot = np.full(size, bot)
    handed = np.where(np.isin(channel, BOT_CHANNELS), at + np.minimum(30.0, waited / 2), np.nan)
    history.add("bot_handed_off", case, handed + human, BOT, by=by_bot)
    given = at + waited * 0.6
    team = VALUES.index(WRITTEN_TEAMS[0]) + group
    other = VALUES.index(WRITTEN_TEAMS[0]) + (group + 1) % len(WRITTEN_TEAMS)
    moves = np.where(rng.random(size) < MOVED, at + waited * 0.55, np.nan)
    history.add("moved", case, moves, AUTOMATION, before=other, after=team)
    history.add("assigned", case, given, AUTOMATION, agent=said.agent[:, 0])
    escalates = np.where(rng.random(size) < ESCALATED, reply_at[:, 0] + 5.0, np.nan)
    history.add("escalated", case, escalates, AGENT, by=said.agent[:, 0], after="second line phone")
    last = said.replies - 1
    for turn in range(reply_at.shape[1]):
        replied, agent = reply_at[:, turn], said.agent[:, turn]
        if turn == 0:
            new = np.where(first, replied, np.nan)
            history.add("status_changed", case, new, AGENT, by=agent, before="new", after="open")
        else:
            wrote = said.customer_at[:, turn]
            history.add("status_changed", case, wrote, CUSTOMER, before="pending", after="open")
            changed = (agent >= 0) & (agent != said.agent[:, turn - 1])
            taken = np.where(changed, (wrote + replied) / 2, np.nan)
            history.add("assigned", case, taken, AUTOMATION, agent=agent)
        offers = (last == turn) | (rng.random(size) < OFFERED_BEFORE)
        offered = np.where(offers, replied, np.nan)
        history.add("solution_offered", case, offered, AGENT, by=agent)
        waits = np.where((last > turn) | np.isnan(said.solved_at), replied + 1.0, np.nan)
        history.add("status_changed", case, waits, AGENT, by=agent, before="open", after="pending")
    actor = np.where(said.by_bot, BOT, AGENT)
    who = np.where(said.by_bot, bot, said.agent[np.arange(size), np.maximum(last, 0)])
    history.add(
        "status_changed", case, said.solved_at, actor, by=who, before="open", after="solved"
    )
    history.add("solved", case, said.solved_at, actor, by=who)
