"""A whole company, drawn part by part: each part depends on those before it."""

from collections.abc import Callable, Iterator
from typing import Any

from hearwell.simulator.articles import article_table, reading_tables
from hearwell.simulator.calls import call_table, shift_table
from hearwell.simulator.case_events import event_table
from hearwell.simulator.cases import all_cases, case_table
from hearwell.simulator.column import Table
from hearwell.simulator.company import Company
from hearwell.simulator.contacts import all_contacts, hire_writers, write_instead
from hearwell.simulator.customers import Customers
from hearwell.simulator.matters import drawn_matters
from hearwell.simulator.messages import message_table
from hearwell.simulator.orders import drawn_orders
from hearwell.simulator.outcomes import ByContact, outcomes
from hearwell.simulator.phone import all_calls
from hearwell.simulator.plans import plan_table
from hearwell.simulator.shop import cart_table, order_table, placed
from hearwell.simulator.staff import Staff
from hearwell.simulator.surveys import (
    after_purchase,
    after_support,
    at_work,
    invite,
    joined,
    relationship,
    survey_table,
)
from hearwell.simulator.truth import truth

TABLES = 14
"""How many tables a simulation gives."""


class Simulation:
    """Everything that happened to a company, and the records that tell of it.

    Customers who leave ask nothing more. The queues were staffed and filled before it was known
    who leaves, so the few calls that they would have made kept agents busy and are not told of.
    """

    def __init__(self, company: Company, told: Callable[[float], None] | None = None) -> None:
        done = told or (lambda _: None)
        self.company = company
        self.customers = Customers.of(company)
        self.orders = drawn_orders(company, self.customers)
        self.matters = drawn_matters(company, self.customers, self.orders)
        self.staff = Staff(company)
        writers = hire_writers(company, self.staff, self.matters)
        done(0.1)
        contacts, said = all_contacts(company, self.matters, writers)
        done(0.4)
        self.calls, self.rosters = all_calls(company, self.staff, self.matters, contacts)
        done(0.8)
        unreached = ByContact.of(contacts, self.calls, said).unreached_at
        self.contacts, self.said = write_instead(
            company, self.matters, writers, contacts, said, unreached
        )
        self.by_contact = ByContact.of(self.contacts, self.calls, self.said)
        self.found = outcomes(
            company, self.customers, self.orders, self.matters, self.contacts, self.by_contact
        )
        self.placed = placed(company, self.customers, self.orders, self.matters, self.found)
        self.cases = all_cases(
            company, self.contacts, self.said, self.by_contact, self.found.happened
        )
        asked = [
            after_support(
                company,
                self.staff,
                self.matters,
                self.contacts,
                self.by_contact,
                self.calls,
                self.cases,
                self.found,
            ),
            after_purchase(company, self.customers, self.orders, self.placed),
            relationship(company, self.customers, self.matters, self.found),
            at_work(company, self.staff),
        ]
        self.asked = joined(asked)
        self.sent = invite(company, self.asked)
        done(1.0)

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Give one table after the other, so that not all of them are in memory at once."""
        company, customers, matters = self.company, self.customers, self.matters
        contacts, cases, found = self.contacts, self.cases, self.found
        yield "customer", customers.table()
        yield "plan_change", plan_table(company, customers, matters, found)
        yield "agent", self.staff.agent_table()
        yield "shift", shift_table(company, self.staff, self.rosters)
        yield (
            "call",
            call_table(company, customers, matters, contacts, self.calls, cases, found.happened),
        )
        yield "case", case_table(company, customers, matters, contacts, cases)
        life = (matters, contacts, self.said, self.by_contact, cases, self.staff.bot)
        yield "case_event", event_table(company, *life)
        yield "message", message_table(company, customers, *life)
        yield "article", article_table(company)
        views, searches = reading_tables(company, customers, matters, found.happened)
        yield "article_view", views
        yield "search", searches
        yield "order", order_table(company, customers, self.orders, self.placed)
        yield "cart", cart_table(company, customers, self.orders, self.placed)
        yield "survey", survey_table(company, customers, self.staff, self.asked, self.sent)

    def truth(self) -> dict[str, Any]:
        """Return what is true of the company; the counts of rows come with the tables."""
        return truth(self.company, self.customers, self.matters, self.found, self.asked, self.sent)
