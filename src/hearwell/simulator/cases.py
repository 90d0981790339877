"""Cases and what happens to them: written matters, and calls of which an agent made a case."""

from dataclasses import dataclass

import numpy as np

from hearwell.simulator.column import (
    NOBODY,
    Array,
    Identifiers,
    Instants,
    People,
    Table,
    Words,
)
from hearwell.simulator.company import (
    CHANNELS,
    DAY,
    GROUPS,
    PHONE,
    PRODUCTS,
    TOPICS,
    WRITTEN_TEAMS,
    Company,
)
from hearwell.simulator.contacts import Contacts
from hearwell.simulator.conversations import Conversations
from hearwell.simulator.customers import LANGUAGES, Customers
from hearwell.simulator.matters import Matters
from hearwell.simulator.outcomes import ByContact

CALL_MAKES_CASE = 0.45
SAME_CASE = 0.6
"""Part of those who write again about a matter in the same thread; the others open a new case."""

MERGED = 0.2
"""Part of such new cases that an agent merges into the old one."""

CLOSES_AFTER_DAYS = 4.0
PRIORITIES = ("normal", "high", "urgent")
ACTORS = ("customer", "agent", "bot", "automation")
CUSTOMER, AGENT, BOT, AUTOMATION = range(len(ACTORS))


@dataclass(frozen=True)
class Cases:
    """One row for each case."""

    of_contact: Array  # the case of each contact; -1 for none
    opened_by: Array  # the contact that opened it
    opened_at: Array
    merged_into: Array
    merged_at: Array
    solved_at: Array  # last; not a number where it is not solved
    closed_at: Array
    agent: Array  # who served it last

    def __len__(self) -> int:
        return len(self.opened_at)


def all_cases(
    company: Company,
    contacts: Contacts,
    said: Conversations,
    by_contact: ByContact,
    happened: Array,
) -> Cases:
    """Say which contacts belong to which case, and what the cases came to."""
    rng = company.generator("cases")
    size = len(contacts)
    solved_at = np.where(contacts.channel == PHONE, by_contact.ends_at + 30.0, np.nan)
    solved_at[said.contact] = said.solved_at
    can_have = happened[contacts.matter] & np.where(
        contacts.channel == PHONE, np.isfinite(by_contact.first_connected_at), True
    )
    case = np.full(size, NOBODY)
    drawn = rng.random(size)
    count = 0
    for turn in range(int(contacts.turn.max(initial=0)) + 1):
        rows = np.nonzero((contacts.turn == turn) & can_have)[0]
        before = contacts.previous[rows]
        is_call = contacts.channel[rows] == PHONE
        was_call = contacts.channel[before] == PHONE
        goes_on = (before >= 0) & (case[before] >= 0) & (is_call == was_call)
        goes_on &= is_call | ((drawn[rows] < SAME_CASE) & np.isfinite(solved_at[before]))
        opens = ~goes_on & (~is_call | (drawn[rows] < CALL_MAKES_CASE))
        case[rows[goes_on]] = case[before[goes_on]]
        case[rows[opens]] = count + np.arange(opens.sum())
        count += int(opens.sum())
    held = np.nonzero(case >= 0)[0]  # by turn, so the last of a case stands last
    opened_by = np.full(count, size)
    np.minimum.at(opened_by, case[held], held)
    last = np.full(count, NOBODY)
    np.maximum.at(last, case[held], held)
    is_call = contacts.channel[opened_by] == PHONE
    opened = np.where(is_call, by_contact.first_connected_at[opened_by], contacts.at[opened_by])
    before = contacts.previous[opened_by]
    older = np.where(before >= 0, case[before], NOBODY)
    merges = (older >= 0) & ~is_call & (rng.random(count) < MERGED)
    at = opened + 60.0 + rng.exponential(1_200.0, count)
    merges &= (at < company.end) & (opened_by == last)
    solved = np.where(merges, np.nan, solved_at[last])
    solved = np.where(solved < company.end, solved, np.nan)
    closed = solved + CLOSES_AFTER_DAYS * DAY
    return Cases(
        of_contact=case,
        opened_by=opened_by,
        opened_at=opened,
        merged_into=np.where(merges, older, NOBODY),
        merged_at=np.where(merges, at, np.nan),
        solved_at=solved,
        closed_at=np.where(closed < company.end, closed, np.nan),
        agent=by_contact.agent[last],
    )


def case_table(
    company: Company, customers: Customers, matters: Matters, contacts: Contacts, cases: Cases
) -> Table:
    rng = company.generator("case table")
    matter = contacts.matter[cases.opened_by]
    topic = matters.topic[matter]
    is_call = contacts.channel[cases.opened_by] == PHONE
    return {
        "case_id": Identifiers("case-", np.arange(len(cases))),
        "customer_id": People("customer-", matters.customer[matter]),
        "channel": Words(contacts.channel[cases.opened_by], CHANNELS),
        "subject": Words(
            topic * len(PRODUCTS) + matters.product[matter],
            [f"{each.name}: {product}" for each in TOPICS for product in PRODUCTS],
        ),
        "topic": Words(topic, [each.name for each in TOPICS]),
        "product": Words(matters.product[matter], PRODUCTS),
        "priority": Words(rng.choice(3, len(cases), p=[0.8, 0.16, 0.04]), PRIORITIES),
        "language": Words(customers.language[matters.customer[matter]], LANGUAGES),
        "team": Words(
            matters.group[matter] + len(GROUPS) * is_call,
            [*WRITTEN_TEAMS, *(f"{group} phone" for group in GROUPS)],
        ),
        "agent_id": Identifiers("agent-", cases.agent),
        "opened_at": Instants(cases.opened_at),
        "opened_by_kind": Words(np.where(is_call, AGENT, CUSTOMER), ACTORS),
        "merged_into": Identifiers("case-", cases.merged_into),
        "reported_solved_at": Instants(cases.solved_at),
        "reported_closed_at": Instants(cases.closed_at),
    }
