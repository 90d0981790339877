"""Surveys: who could be asked, who is, who answers, and what those would say who do not."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from hearwell.records.survey import INSTRUMENTS, STATUSES
from hearwell.simulator.cases import Cases
from hearwell.simulator.column import (
    NOBODY,
    Array,
    Figures,
    Flags,
    Identifiers,
    Instants,
    People,
    Table,
    Words,
)
from hearwell.simulator.company import CHANNELS, DAY, HOUR, PHONE_TEAMS, PRODUCTS, TOPICS, Company
from hearwell.simulator.contacts import Contacts
from hearwell.simulator.customers import LANGUAGES, Customers
from hearwell.simulator.matters import Matters
from hearwell.simulator.orders import Orders
from hearwell.simulator.outcomes import LESS_LATE, ByContact, Outcomes
from hearwell.simulator.phone import Calls
from hearwell.simulator.shop import latest
from hearwell.simulator.staff import Staff

CSAT, NPS, CES, ESAT, ENPS = range(5)
SCALES = np.array([[1, 5], [0, 10], [1, 7], [1, 5], [0, 10]], dtype=np.float64)
VERSIONS = ("csat-1", "nps-1", "ces-1", "esat-1", "enps-1")
PROGRAMMES = ("care", "shop", "relationship", "people")
CARE, SHOP, RELATIONSHIP, PEOPLE = range(4)
TOUCHPOINTS = ("after support", "after purchase", "in product", "at work")
SELECTED = np.array([0.9, 0.4, 0.25, 1.0])
"""Part of those who could be asked that are chosen, by programme."""

HELD_OUT, THROTTLED, SUPPRESSED, SENT, BOUNCED, STARTED, ANSWERED, EXPIRED, OPTED_OUT = range(
    len(STATUSES)
)
REASONS = ("not chosen", "asked less than 30 days before", "no address", "not sent yet")

CES_SHARE = 0.35
LESS_FOR_HURRY = 0.8
"""How much less agents like their work who are hurried."""

QUIET_DAYS = 30
EXPIRES_DAYS = 7
NO_ADDRESS, BOUNCES, OPTS_OUT, GIVES_UP = 0.02, 0.02, 0.01, 0.03

ANSWERS_AT_LEAST, ANSWERS_MORE, INDIFFERENT = 0.07, 0.075, 3.4
"""Customers who are neither pleased nor cross answer least: it grows with the square."""

AGENT_ANSWERS = 0.7
WORDS = ("It took too long.", "I had to tell it again and again.", "It was fine.", "Very good!")


@dataclass(frozen=True)
class Asked:
    """One row for each person who could be asked, with what they would answer."""

    instrument: Array
    programme: Array
    eligible_at: Array
    customer: Array
    case: Array
    call: Array
    order: Array
    agent: Array
    team: Array
    product: Array
    topic: Array
    channel: Array
    feeling: Array  # true satisfaction, on a scale from 1 to 5 that is not cut off
    true_answer: Array

    def __len__(self) -> int:
        return len(self.eligible_at)


def of_programme(  # noqa: PLR0913, PLR0917  a row has many parts, most of them the same for all
    rng: Generator,
    instrument: Array,
    programme: int,
    at: Array,
    customer: Array,
    feeling: Array,
    **more: Array,
) -> Asked:
    size = len(at)
    none = np.full(size, NOBODY, dtype=np.int32)  # small numbers: there are many rows
    low, high = SCALES[instrument].T
    on_scale = low + (feeling - 1) / 4 * (high - low) + rng.normal(0.0, 0.06, size) * (high - low)
    names = ("case", "call", "order", "agent", "team", "product", "topic", "channel")
    return Asked(
        instrument=instrument.astype(np.int8),
        programme=np.full(size, programme, dtype=np.int8),
        eligible_at=at,
        customer=customer.astype(np.int32),
        feeling=feeling,
        true_answer=np.clip(np.rint(on_scale), low, high),
        **{name: more.get(name, none).astype(np.int32, copy=False) for name in names},
    )


def after_support(  # noqa: PLR0913, PLR0917  all that was served
    company: Company,
    staff: Staff,
    matters: Matters,
    contacts: Contacts,
    by_contact: ByContact,
    calls: Calls,
    cases: Cases,
    found: Outcomes,
) -> Asked:
    """Return those who were served: each solved case, and each answered call without a case."""
    rng = company.generator("after support")
    case = np.nonzero(np.isfinite(cases.solved_at))[0]
    free = cases.of_contact[calls.contact] < 0
    first = calls.is_answered & (calls.leg == 1)
    call = np.nonzero(free & first & found.happened[contacts.matter[calls.contact]])[0]
    contact = np.concatenate([cases.opened_by[case], calls.contact[call]])
    size = len(contact)
    matter = contacts.matter[contact]
    agent = np.concatenate([cases.agent[case], by_contact.agent[calls.contact[call]]])
    ends = np.concatenate([cases.solved_at[case], by_contact.ends_at[calls.contact[call]]])
    none_of = {"case": np.full(len(call), NOBODY), "call": np.full(len(case), NOBODY)}
    instrument = np.where(rng.random(size) < CES_SHARE, CES, CSAT)
    return of_programme(
        rng,
        instrument,
        CARE,
        ends,
        matters.customer[matter],
        found.satisfaction[matter],
        case=np.concatenate([case, none_of["case"]]),
        call=np.concatenate([none_of["call"], calls.number[call]]),
        agent=agent,
        team=team_of_agent(staff)[agent],
        product=matters.product[matter],
        topic=matters.topic[matter],
        channel=contacts.channel[contact],
    )


def team_of_agent(staff: Staff) -> Array:
    """Return the team of each agent; none for the bot, and for nobody, whose number is -1."""
    found = np.full(staff.agents + 2, NOBODY)
    for number, team in enumerate(staff.teams):
        found[team.first] = number
        found[team.second[team.second >= 0]] = number
    return found


def after_purchase(company: Company, customers: Customers, orders: Orders, rows: Array) -> Asked:
    """Return those whose order was delivered."""
    rng = company.generator("after purchase")
    rows = rows[orders.delivered_at[rows] < company.end]
    customer = orders.customer[rows]
    late = np.maximum(orders.delivered_at[rows] - orders.promised_at[rows], 0.0) / DAY
    feeling = 4.5 + customers.liking[customer] + rng.normal(0.0, 0.4, len(rows))
    feeling -= LESS_LATE * ((late > 0) + np.log1p(late))
    instrument = np.full(len(rows), CSAT)
    return of_programme(
        rng,
        instrument,
        SHOP,
        orders.delivered_at[rows],
        customer,
        feeling,
        order=rows,
        product=orders.product[rows],
    )


def relationship(
    company: Company, customers: Customers, matters: Matters, found: Outcomes
) -> Asked:
    """Return all customers there are, each quarter of a year."""
    rng = company.generator("relationship")
    moments = np.arange(20, company.days, 91) * float(DAY) + 10 * HOUR
    at = np.repeat(moments, company.size)
    customer = np.tile(np.arange(company.size), len(moments))
    here = (customers.first_seen_at[customer] <= at) & ~(at >= customers.left_at[customer])
    at, customer = at[here] + rng.random(here.sum()) * DAY / 4, customer[here]
    happened = found.happened
    last = latest(
        matters.customer[happened],
        found.ends_at[happened],
        found.satisfaction[happened],
        customer,
        at,
    )
    feeling = 0.5 * last + 0.5 * (4.2 + customers.liking[customer])
    feeling += rng.normal(0.0, 0.4, len(at))
    return of_programme(rng, np.full(len(at), NPS), RELATIONSHIP, at, customer, feeling)


def at_work(company: Company, staff: Staff) -> Asked:
    """Return the agents, each month; their answers name the team and nobody."""
    rng = company.generator("at work")
    moments = np.arange(13, company.days, 30) * float(DAY) + 11 * HOUR
    team = team_of_agent(staff)[: staff.agents]
    present = [
        np.concatenate([each.agent(at // DAY, np.arange(each.seats)) for each in staff.teams])
        for at in moments
    ]
    size = sum(each.seats for each in staff.teams)
    at = np.repeat(moments, 2 * size)
    instrument = np.tile(np.repeat([ESAT, ENPS], size), len(moments))
    who = np.concatenate([np.tile(each, 2) for each in present])
    mood = rng.normal(4.0, 0.5, staff.agents)[who]
    queue_of_team = [
        PHONE_TEAMS.index(name) if name in PHONE_TEAMS else NOBODY for name in staff.names
    ]
    hurried = company.effects.on("rushed_agents", np.array(queue_of_team)[team[who]], at)
    feeling = mood + rng.normal(0.0, 0.4, len(at)) - LESS_FOR_HURRY * hurried
    nobody = np.full(len(at), NOBODY)
    return of_programme(rng, instrument, PEOPLE, at, nobody, feeling, team=team[who])


def joined(parts: list[Asked]) -> Asked:
    return Asked(
        **{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    )


@dataclass(frozen=True)
class Sent:
    """What became of the invitations."""

    status: Array
    reason: Array
    sent_at: Array
    opened_at: Array
    answered_at: Array


def invite(company: Company, asked: Asked) -> Sent:
    """Choose whom to ask, ask them, and let some answer: the pleased and the cross most."""
    rng = company.generator("invitations")
    size = len(asked)
    sent_at = asked.eligible_at + 60.0 + rng.exponential(1_200.0, size)
    chosen = rng.random(size) < SELECTED[asked.programme]
    again = asked_before(asked, chosen)
    late = sent_at >= company.end
    unknown = (rng.random(size) < NO_ADDRESS) & ~late
    kept_back = company.effects.keeps_survey_back(asked.agent, asked.feeling, asked.eligible_at)
    answers = ANSWERS_AT_LEAST + ANSWERS_MORE * (asked.feeling - INDIFFERENT) ** 2
    answers = np.where(asked.programme == PEOPLE, AGENT_ANSWERS, np.clip(answers, 0.03, 0.6))
    opened_at = sent_at + rng.exponential(6 * HOUR, size)
    answered_at = opened_at + 15.0 + rng.exponential(90.0, size)
    waits = np.where(sent_at + EXPIRES_DAYS * DAY < company.end, EXPIRED, SENT)
    replies = (rng.random(size) < answers) & (answered_at < company.end)
    drawn = rng.random(size)
    opts_out = (drawn < OPTS_OUT) & (opened_at < company.end)
    gives_up = (drawn > 1 - GIVES_UP) & (opened_at < company.end)
    bounces = rng.random(size) < BOUNCES
    status = np.select(
        [~chosen, again, unknown | kept_back | late, bounces, replies, opts_out, gives_up],
        [HELD_OUT, THROTTLED, SUPPRESSED, BOUNCED, ANSWERED, OPTED_OUT, STARTED],
        waits,
    )
    went = status >= SENT
    opened = np.isin(status, (STARTED, ANSWERED, OPTED_OUT))
    return Sent(
        status=status,
        reason=np.where(
            went, NOBODY, np.where(late & (status == SUPPRESSED), len(REASONS) - 1, status)
        ),
        sent_at=np.where(went, sent_at, np.nan),
        opened_at=np.where(opened, opened_at, np.nan),
        answered_at=np.where(status == ANSWERED, answered_at, np.nan),
    )


def asked_before(asked: Asked, chosen: Array) -> Array:
    """Who was asked less than some days before?

    The n-th invitations of all customers are looked at in one step, for each n.
    """
    rows = np.nonzero(chosen & np.isin(asked.programme, (CARE, SHOP)))[0]
    order = rows[np.lexsort((asked.eligible_at[rows], asked.customer[rows]))]
    found = np.zeros(len(asked), dtype=bool)
    if not len(order):
        return found
    customer = asked.customer[order]
    begins = np.searchsorted(customer, customer)
    number = np.arange(len(order)) - begins
    by_number = np.argsort(number, kind="stable")
    ends = np.cumsum(np.bincount(number))
    asked_at = np.full(int(customer.max()) + 1, -np.inf)
    for begin, end in zip(np.append(0, ends[:-1]), ends, strict=True):
        each = order[by_number[begin:end]]
        who, at = asked.customer[each], asked.eligible_at[each]
        found[each] = at - asked_at[who] < QUIET_DAYS * DAY
        asked_at[who] = np.where(found[each], asked_at[who], at)
    return found


def survey_table(
    company: Company, customers: Customers, staff: Staff, asked: Asked, sent: Sent
) -> Table:
    rng = company.generator("surveys")
    size = len(asked)
    answered = sent.status == ANSWERED
    comments = answered & (rng.random(size) < 0.2)
    said = np.select([asked.feeling < 2, asked.feeling < 3, asked.feeling < 4], [1, 0, 2], 3)
    low, high = SCALES[asked.instrument].T
    language = np.where(asked.customer >= 0, customers.language[asked.customer], 0)
    return {
        "survey_id": Identifiers("survey-", np.arange(size)),
        "instrument": Words(asked.instrument, INSTRUMENTS),
        "programme": Words(asked.programme, PROGRAMMES),
        "touchpoint": Words(asked.programme, TOUCHPOINTS),
        "status": Words(sent.status, STATUSES),
        "status_reason": Words(sent.reason, REASONS),
        "selection_probability": Figures(SELECTED[asked.programme]),
        "question_version": Words(asked.instrument, VERSIONS),
        "scale_low": Figures(low),
        "scale_high": Figures(high),
        "higher_is_better": Flags(np.ones(size, dtype=bool)),
        "case_id": Identifiers("case-", asked.case),
        "call_id": Identifiers("call-", asked.call),
        "order_id": Identifiers("order-", asked.order),
        "customer_id": People("customer-", asked.customer),
        "agent_id": Identifiers("agent-", asked.agent),
        "team": Words(asked.team, staff.names),
        "product": Words(asked.product, PRODUCTS),
        "topic": Words(asked.topic, [topic.name for topic in TOPICS]),
        "channel": Words(asked.channel, CHANNELS),
        "language": Words(language, LANGUAGES),
        "eligible_at": Instants(asked.eligible_at),
        "sent_at": Instants(sent.sent_at),
        "opened_at": Instants(sent.opened_at),
        "answered_at": Instants(sent.answered_at),
        "answer": Figures(np.where(answered, asked.true_answer, np.nan)),
        "comment": Words(np.where(comments, said, NOBODY), WORDS),
    }
