"""The table of calls, and the shifts of those who took them."""

import numpy as np

from hearwell.simulator.articles import ARTICLE_NUMBER, number_of_article
from hearwell.simulator.cases import Cases
from hearwell.simulator.column import (
    NOBODY,
    Array,
    Counts,
    Either,
    Figures,
    Identifiers,
    Instants,
    People,
    Same,
    Table,
    Words,
)
from hearwell.simulator.company import DAY, HOUR, PHONE_TEAMS, PRODUCTS, QUEUES, TOPICS, Company
from hearwell.simulator.contacts import Contacts
from hearwell.simulator.customers import LANGUAGES, Customers
from hearwell.simulator.matters import Matters
from hearwell.simulator.phone import OUTCOMES, Calls, Served
from hearwell.simulator.staff import BREAK_SECONDS, SHIFT_HOURS, Staff, Team

WITHHELD = 0.03
"""Part of callers whose number is not sent; who is answered says who they are."""

FROM_ARTICLE = 0.05
"""Part of callers who dial the number that only a help article shows."""

MAIN_NUMBER = "+44 800 0000000"
ENDED_BY = ("caller", "agent", "transfer", "system")
BLIND = ("blind",)
SECOND_LINE_NAME = ("second line",)


def call_table(  # noqa: PLR0913, PLR0917  what a call belongs to
    company: Company,
    customers: Customers,
    matters: Matters,
    contacts: Contacts,
    calls: Calls,
    cases: Cases,
    happened: Array,
) -> Table:
    """Return one row for each visit of a call to a queue."""
    rng = company.generator("calls")
    rows = np.nonzero(happened[contacts.matter[calls.contact]])[0]
    contact = calls.contact[rows]
    matter = contacts.matter[contact]
    customer = matters.customer[matter]
    size = len(rows)
    answered = calls.is_answered[rows]
    first = calls.leg[rows] == 1
    by_call = rng.random((2, int(calls.number.max(initial=0)) + 1))[:, calls.number[rows]]
    withheld = by_call[0] < WITHHELD
    dialled = by_call[1] < FROM_ARTICLE
    language = customers.language[customer]
    article = np.where(dialled, number_of_article(matters.topic[matter], language, 0), NOBODY)
    in_menu = np.where(first, 12.0 + rng.exponential(15.0, size), 0.0)
    at = calls.at[rows]
    attempt = attempts(matter, at, calls.number[rows])
    transferred = calls.is_transferred[rows]
    ended = np.where(answered, (rng.random(size) < 0.25).astype(int), 0)
    ended = np.where(transferred, 2, np.where(calls.outcome[rows] == 2, 3, ended))
    hold = calls.hold[rows]
    return {
        "call_id": Identifiers("call-", calls.number[rows]),
        "leg": Counts(calls.leg[rows]),
        "caller": People("caller-", np.where(withheld, NOBODY, customer)),
        "customer_id": People("customer-", np.where(withheld & ~answered, NOBODY, customer)),
        "case_id": Identifiers("case-", np.where(answered, cases.of_contact[contact], NOBODY)),
        "direction": Same("inbound"),
        "dialled_number": Either(Identifiers(ARTICLE_NUMBER, article), Same(MAIN_NUMBER)),
        "article_id": Identifiers("article-", article),
        "queue": Words(calls.queue[rows], QUEUES),
        "topic": Words(matters.topic[matter], [topic.name for topic in TOPICS]),
        "product": Words(matters.product[matter], PRODUCTS),
        "language": Words(language, LANGUAGES),
        "agent_id": Identifiers("agent-", calls.agent[rows]),
        "team": Words(np.where(answered, calls.queue[rows], NOBODY), PHONE_TEAMS),
        "started_at": Instants(at - in_menu),
        "entered_at": Instants(at),
        "connected_at": Instants(calls.connected_at[rows]),
        "ended_at": Instants(calls.ended_at[rows]),
        "wait_seconds": Figures(calls.wait[rows]),
        "ring_seconds": Figures(np.where(answered, calls.ring[rows], np.nan)),
        "hold_seconds": Figures(np.where(answered, hold, np.nan)),
        "holds": Counts(np.where(answered, (hold > 0).astype(int), NOBODY)),
        "talk_seconds": Figures(np.where(answered, calls.talk[rows], np.nan)),
        "connected_seconds": Figures(np.where(answered, calls.talk[rows] + hold, np.nan)),
        "wrap_up_seconds": Figures(np.where(answered, calls.wrap_up[rows], np.nan)),
        "outcome": Words(calls.outcome[rows], OUTCOMES),
        "ended_by": Words(ended, ENDED_BY),
        "transfer_kind": Words(np.where(transferred, 0, NOBODY), BLIND),
        "transfer_to": Words(np.where(transferred, 0, NOBODY), SECOND_LINE_NAME),
        "attempt": Counts(attempt),
        "agent_attempts": Counts(answered.astype(int)),
        "time_resolution_seconds": Figures(np.full(size, 0.000001)),
    }


def attempts(matter: Array, at: Array, call: Array) -> Array:
    """Return how many times the customer had called about a matter, each call included."""
    order = np.lexsort((at, matter))
    sorted_matter, sorted_call = matter[order], call[order]
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = sorted_matter[1:] != sorted_matter[:-1]
    fresh = starts.copy()
    fresh[1:] |= sorted_call[1:] != sorted_call[:-1]
    counted = np.cumsum(fresh)
    begins = np.nonzero(starts)[0]
    before = np.repeat(counted[begins] - 1, np.diff(np.append(begins, len(order))))
    found = np.empty(len(order), dtype=np.int64)
    found[order] = counted - before
    return found


def shift_table(company: Company, staff: Staff, rosters: list[tuple[Team, Served]]) -> Table:
    """Return when agents were staffed and paused.

    Who takes calls goes when the last call is done, and on a break when the call before is done;
    who writes keeps the hours.
    """
    served = {team.name: day for team, day in rosters}
    parts: list[tuple[Array, ...]] = []
    for number, team in enumerate(staff.teams):
        day, seat = np.nonzero(team.works)
        agent = team.agent(day, seat)
        begins = day * float(DAY) + team.starts[seat] * HOUR
        ends = begins + SHIFT_HOURS * HOUR
        pause = begins + team.break_after[seat]
        if team.name in served:
            pause = served[team.name].on_break_from[day, seat]
            ends = np.maximum(ends, served[team.name].busy_until[day, seat])
            ends = np.maximum(ends, pause + BREAK_SECONDS)
        parts.extend(
            (agent, start, end, np.full(len(day), state), np.full(len(day), number))
            for state, start, end in ((0, begins, ends), (1, pause, pause + BREAK_SECONDS))
        )
    agent, start, end, state, team_of = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return {
        "agent_id": Identifiers("agent-", agent),
        "started_at": Instants(start),
        "state": Words(state, ("staffed", "paused")),
        "ended_at": Instants(np.minimum(end, company.end)),
        "reason": Words(np.where(state == 1, 0, NOBODY), ("break",)),
        "team": Words(team_of, staff.names),
    }
