"""The messages of written cases: of customers, agents, bots and automations, and notes."""

import numpy as np
from numpy.random import Generator

from hearwell.records.message import MESSAGE_KINDS
from hearwell.simulator.cases import ACTORS, AGENT, AUTOMATION, BOT, CUSTOMER, Cases
from hearwell.simulator.column import (
    NOBODY,
    Array,
    Flags,
    Identifiers,
    Instants,
    People,
    Table,
    Words,
)
from hearwell.simulator.company import (
    CHANNELS,
    EMAIL,
    INSTAGRAM,
    PHONE,
    TOPICS,
    WEB_FORM,
    WHATSAPP,
    Company,
)
from hearwell.simulator.contacts import Contacts
from hearwell.simulator.conversations import BOT_CHANNELS, Conversations
from hearwell.simulator.customers import LANGUAGES, Customers
from hearwell.simulator.matters import Matters
from hearwell.simulator.outcomes import ByContact
from hearwell.simulator.phrases import KINDS, phrase_book

DIRECTIONS = ("inbound", "outbound")
STATUSES = ("delivered", "read", "failed")
NOTED, THANKED, CONFIRMED = 0.2, 0.12, 0.3
COMPLAINS_FIRST = 0.1
NOT_TEXT = 0.08
"""Part of customers' messages in messengers that are a picture, a voice message or a file."""


class Mail:
    """Collects messages, many of a kind at a time."""

    def __init__(self, company: Company, case: Array) -> None:
        self.end = company.end
        self.case = case  # of each contact
        self.parts: list[tuple[Array, ...]] = []
        self.count = 0

    def add(  # noqa: PLR0913  what a message has
        self,
        author: int,
        contact: Array,
        at: Array,
        says: "str | Array",
        *,
        by: Array | None = None,
        is_public: bool = True,
        answers: Array | None = None,
    ) -> Array:
        """Add a message for each contact and moment that is a number, within the period.

        Returns:
            The number of each message; -1 where there is none.

        """
        rows = np.nonzero((self.case[contact] >= 0) & (at < self.end))[0]
        size = len(rows)
        number = np.full(len(contact), NOBODY)
        number[rows] = self.count + np.arange(size)
        self.count += size
        said = np.full(size, KINDS.index(says)) if isinstance(says, str) else says[rows]
        self.parts.append(
            (
                contact[rows],
                at[rows],
                np.full(size, author, dtype=np.int8),
                np.full(size, NOBODY) if by is None else by[rows],
                said.astype(np.int8),
                np.full(size, is_public),
                np.full(size, NOBODY) if answers is None else answers[rows],
            )
        )
        return number

    def columns(self) -> list[Array]:
        return [np.concatenate(column) for column in zip(*self.parts, strict=True)]


def message_table(  # noqa: PLR0913, PLR0917  all that is said, and to whom
    company: Company,
    customers: Customers,
    matters: Matters,
    contacts: Contacts,
    said: Conversations,
    by_contact: ByContact,
    cases: Cases,
    bot: int,
) -> Table:
    """Write the messages of all cases."""
    rng = company.generator("messages")
    mail = Mail(company, cases.of_contact)
    add_written(rng, mail, contacts, said, bot)
    add_after_calls(rng, mail, contacts, by_contact)
    contact, at, author, by, says, is_public, answers = mail.columns()
    size = len(contact)
    matter = contacts.matter[contact]
    customer = matters.customer[matter]
    language = customers.language[customer]
    is_customer = author == CUSTOMER
    channel = np.where(contacts.channel[contact] == PHONE, EMAIL, contacts.channel[contact])
    in_messenger = (channel >= WHATSAPP) & (channel <= INSTAGRAM) & is_customer
    other = in_messenger & (rng.random(size) < NOT_TEXT)
    kind = np.where(other, rng.choice([1, 2, 4], size, p=[0.6, 0.3, 0.1]), 0)
    code = (language.astype(np.int32) * len(KINDS) + says) * len(TOPICS) + matters.topic[matter]
    return {
        "message_id": Identifiers("message-", np.arange(size)),
        "case_id": Identifiers("case-", cases.of_contact[contact]),
        "channel": Words(channel, CHANNELS),
        "direction": Words(np.where(is_customer, 0, 1), DIRECTIONS),
        "author_kind": Words(author, ACTORS),
        "author_id": Identifiers("agent-", by),
        "customer_id": People("customer-", customer),
        "sent_at": Instants(at),
        "is_public": Flags(is_public),
        "kind": Words(kind, MESSAGE_KINDS),
        "text": Words(np.where(other, NOBODY, code), phrase_book(LANGUAGES, len(TOPICS))),
        "language": Words(language, LANGUAGES),
        "in_reply_to": Identifiers("message-", answers),
        "status": Words(rng.choice(3, size, p=[0.45, 0.54, 0.01]), STATUSES),
    }


def add_written(
    rng: Generator, mail: Mail, contacts: Contacts, said: Conversations, bot: int
) -> None:
    """Add what is written back and forth, with what machines say in between."""
    contact, at = said.contact, said.customer_at[:, 0]
    size = len(contact)
    channel = contacts.channel[contact]
    waited = said.reply_at[:, 0] - at
    again = (contacts.turn[contact] > 0) | (rng.random(size) < COMPLAINS_FIRST)
    first = np.where(again, KINDS.index("complains"), KINDS.index("asks"))
    asked = mail.add(CUSTOMER, contact, at, first)
    by_bot = np.full(size, bot)
    soon = np.where(said.by_bot, 3.0, np.fmin(3.0, waited / 3))
    greeted = np.where(np.isin(channel, BOT_CHANNELS), at + soon, np.nan)
    mail.add(BOT, contact, greeted, "greets", by=by_bot)
    mail.add(
        BOT, contact, np.where(said.by_bot, at + 60.0, np.nan), "solves", by=by_bot, answers=asked
    )
    noticed = np.where(np.isin(channel, (EMAIL, WEB_FORM)), at + 5.0, np.nan)
    mail.add(AUTOMATION, contact, noticed, "acknowledges", answers=asked)
    last = said.replies - 1
    for turn in range(said.reply_at.shape[1]):
        replied, agent = said.reply_at[:, turn], said.agent[:, turn]
        if turn:
            asked = mail.add(CUSTOMER, contact, said.customer_at[:, turn], "adds")
        ends = KINDS.index("solves"), KINDS.index("replies")
        mail.add(AGENT, contact, replied, np.where(last == turn, *ends), by=agent, answers=asked)
        notes = np.where(rng.random(size) < NOTED, replied - 0.1, np.nan)
        mail.add(AGENT, contact, notes, "notes", by=agent, is_public=False)
    thanked = said.solved_at + 20.0 + rng.exponential(600.0, size)
    mail.add(CUSTOMER, contact, np.where(rng.random(size) < THANKED, thanked, np.nan), "thanks")


def add_after_calls(rng: Generator, mail: Mail, contacts: Contacts, by_contact: ByContact) -> None:
    """Add what agents write after a call of which they made a case."""
    contact = np.nonzero(contacts.channel == PHONE)[0]
    agent, ended = by_contact.agent[contact], by_contact.ends_at[contact]
    size = len(contact)
    noted = np.where(rng.random(size) < NOTED, ended + 5.0, np.nan)
    mail.add(AGENT, contact, noted, "notes", by=agent, is_public=False)
    sent = np.where(rng.random(size) < CONFIRMED, ended + 25.0, np.nan)
    mail.add(AGENT, contact, sent, "solves", by=agent)
