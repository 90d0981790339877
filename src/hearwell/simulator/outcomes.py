"""How each matter ended, how satisfied the customer truly was, and who left."""

from dataclasses import dataclass

import numpy as np

from hearwell.simulator.column import NOBODY, Array
from hearwell.simulator.company import DAY, DAYS_OF_A_YEAR, HOUR, PHONE, PRODUCT_LIKING, Company
from hearwell.simulator.contacts import Contacts
from hearwell.simulator.conversations import Conversations
from hearwell.simulator.customers import Customers
from hearwell.simulator.matters import Matters
from hearwell.simulator.orders import Orders
from hearwell.simulator.phone import Calls

WELL_SERVED = 4.45
"""How satisfied a customer is, from 1 to 5, who is helped at once."""

LESS_FOR_WAIT = 0.30  # for each e-fold of minutes in the queue
LESS_FOR_RESPONSE = 0.14  # for each e-fold of hours until the first reply
LESS_FOR_RESOLUTION = 0.16  # for each e-fold of days until it is over
LESS_FOR_CONTACT = 0.50  # for each time the customer had to come back
LESS_FOR_AGENT = 0.35  # for each further agent to whom it had to be told again
LESS_UNSOLVED = 1.30
LESS_LATE = 0.60
MOOD = 0.50

LEAVES_ANYWAY_EACH_YEAR = 0.05
LEAVES_DISSATISFIED = 0.16
LEAVES_BELOW = 2.4
LEAVES_WIDTH = 0.35
LEAVES_WITHIN_DAYS = 10.0


@dataclass(frozen=True)
class ByContact:
    """What a contact came to, whatever its channel."""

    reached: Array  # a caller whom nobody answered, or who was lost on being put through, was not
    first_connected_at: Array  # of calls
    agent: Array  # the last who served; -1 for none
    agents: Array
    wait_seconds: Array  # in queues
    response_seconds: Array  # until the first written reply
    ends_at: Array
    unreached_at: Array  # when a caller whom nobody answered gave up for good

    @classmethod
    def of(cls, contacts: Contacts, calls: Calls, said: Conversations) -> "ByContact":
        size = len(contacts)
        first, answered = calls.leg == 1, calls.is_answered
        spoken = np.nonzero(first & answered)[0]
        connected = np.full(size, np.nan)
        connected[calls.contact[spoken]] = calls.connected_at[spoken]
        agent = np.full(size, NOBODY)
        agent[calls.contact[spoken]] = calls.agent[spoken]
        passed_on = np.nonzero(~first & answered)[0]
        agent[calls.contact[passed_on]] = calls.agent[passed_on]
        lost = np.zeros(size, dtype=bool)
        lost[calls.contact[~first & ~answered]] = True
        wait = np.bincount(calls.contact, weights=calls.wait, minlength=size)
        ends = contacts.at.copy()
        np.maximum.at(ends, calls.contact, calls.ended_at)
        unreached = (contacts.channel == PHONE) & np.isnan(connected)
        agents = np.bincount(calls.contact[answered], minlength=size)
        replies = said.replies
        last = np.maximum(replies - 1, 0)
        rows = np.arange(len(replies))
        agent[said.contact] = np.where(replies > 0, said.agent[rows, last], NOBODY)
        agents[said.contact] = np.where(replies > 0, said.agents, 0)
        response = np.zeros(size)
        waited = said.reply_at[:, 0] - said.customer_at[:, 0]
        response[said.contact] = np.nan_to_num(waited)
        ends[said.contact] = np.fmax(
            np.fmax(said.solved_at, said.customer_at[:, 0]),
            np.nan_to_num(said.reply_at[rows, last]),
        )
        return cls(
            reached=~unreached & ~lost,
            first_connected_at=connected,
            agent=agent,
            agents=agents,
            wait_seconds=wait,
            response_seconds=response,
            ends_at=ends,
            unreached_at=np.where(unreached, ends, np.nan),
        )


@dataclass(frozen=True)
class Outcomes:
    """One row for each matter."""

    satisfaction: Array  # true, on a scale from 1 to 5 that is not cut off
    is_solved: Array
    contacts: Array
    ends_at: Array
    happened: Array  # false where the customer had left before


def outcomes(  # noqa: PLR0913, PLR0917  all that satisfaction depends on
    company: Company,
    customers: Customers,
    orders: Orders,
    matters: Matters,
    contacts: Contacts,
    by_contact: ByContact,
) -> Outcomes:
    """Tell how satisfied customers are with each matter, and let some leave: sets `left_at`."""
    rng = company.generator("outcomes")
    size, matter = len(matters), contacts.matter
    counts = np.bincount(matter, minlength=size)
    wait = np.bincount(matter, weights=by_contact.wait_seconds, minlength=size)
    response = np.bincount(matter, weights=by_contact.response_seconds, minlength=size)
    agents = np.bincount(matter, weights=by_contact.agents, minlength=size)
    ends = matters.at.copy()
    np.maximum.at(ends, matter, by_contact.ends_at)
    solved = np.zeros(size, dtype=bool)
    solved[matter[by_contact.reached & contacts.is_solved]] = True
    late = np.append(orders.is_late, False)[matters.order]  # an order of -1 is none
    satisfaction = (
        WELL_SERVED
        + customers.liking[matters.customer]
        + PRODUCT_LIKING[matters.product]
        + company.effects.satisfaction_shift(matters.product, matters.at)
        - LESS_FOR_WAIT * np.log1p(wait / 60.0)
        - LESS_FOR_RESPONSE * np.log1p(response / HOUR)
        - LESS_FOR_RESOLUTION * np.log1p((ends - matters.at) / DAY)
        - LESS_FOR_CONTACT * (counts - 1)
        - LESS_FOR_AGENT * np.maximum(agents - 1, 0)
        - LESS_UNSOLVED * ~solved
        - LESS_LATE * late
        + rng.normal(0.0, MOOD, size)
    )
    happened = leave(company, customers, matters, satisfaction, ends)
    return Outcomes(satisfaction, solved, counts, ends, happened)


def leave(
    company: Company, customers: Customers, matters: Matters, satisfaction: Array, ends: Array
) -> Array:
    """Let customers leave; return the matters that happened before their customer left.

    A customer leaves after a matter, and not while another one is going on.
    """
    rng = company.generator("leave")
    size = len(matters)
    anyway = rng.exponential(DAYS_OF_A_YEAR * DAY / LEAVES_ANYWAY_EACH_YEAR, company.size)
    left = np.maximum(customers.first_seen_at, 0.0) + anyway
    upset = LEAVES_DISSATISFIED / (1 + np.exp((satisfaction - LEAVES_BELOW) / LEAVES_WIDTH))
    breaks = company.effects.leave_probability(matters.topic, matters.at)
    leaves = rng.random(size) < 1 - (1 - upset) * (1 - breaks)
    after = ends + DAY / 24 + rng.exponential(LEAVES_WITHIN_DAYS * DAY, size)
    np.minimum.at(left, matters.customer[leaves], after[leaves])
    happened: Array = matters.at < left[matters.customer]
    np.maximum.at(left, matters.customer[happened], ends[happened] + DAY / 24)
    customers.left_at[:] = np.where(left < company.end, left, np.nan)
    return happened
