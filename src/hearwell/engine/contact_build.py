"""Facts of calls, contacts and issues: what is kept of callers and of owners, and what is made.

An owner is whose cases and contacts are: a customer, else a caller; a case or a call is its own
owner where nobody knows whose it is.
"""

from collections.abc import Callable, Mapping
from functools import cache

import ibis

from hearwell.engine.case_build import (
    CASES,
    CHANGED,
    MEMBER,
    kept_tables,
    make_merges,
    make_of_told,
)
from hearwell.engine.kept import TOUCHED_ROWS, Kept, Making, Step, fresh, step
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.call_episode import (
    CALL_CONTACT,
    EPISODE_TOLD,
    EPISODE_WHOLE,
    Around,
    CallEpisode,
    call_episodes,
    call_tellings,
)
from hearwell.metrics.facts.case_after import AFTER_TOLD, CaseAfter, after_tellings, cases_after
from hearwell.metrics.facts.case_contact import CASE_CONTACT
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.case_merge import MERGED
from hearwell.metrics.facts.case_told import TOLD
from hearwell.metrics.facts.contact import (
    CONTACT_TOLD,
    Contact,
    contact_tellings,
    contacts,
    known_of,
)
from hearwell.metrics.facts.help_demand import HelpDemand, help_demands
from hearwell.metrics.facts.issue import ISSUE_TOLD, Issue, issue_tellings, issues
from hearwell.metrics.facts.journey_point import JourneyPoint, Sources, journey_points
from hearwell.metrics.facts.steps import Steps
from hearwell.metrics.part import Expr
from hearwell.records.article_view import ArticleView
from hearwell.records.call import Call
from hearwell.records.cart import Cart
from hearwell.records.case import Case
from hearwell.records.case_event import CaseEvent
from hearwell.records.message import Message
from hearwell.records.order import Order
from hearwell.records.record import Record
from hearwell.records.search import Search
from hearwell.records.survey import Survey

SOURCES = (Call, Case, Message, CaseEvent, ArticleView)
"""The records of which contacts are made."""

TOUCHES = (Survey, Order, Cart, Search)
"""The other records that tell what customers did."""

READS: Mapping[type[Record], tuple[str, ...]] = {
    CallEpisode: (EPISODE_TOLD, CONTACT_TOLD),
    Contact: (CONTACT_TOLD,),
    HelpDemand: (CONTACT_TOLD,),
    Issue: (ISSUE_TOLD,),
    CaseAfter: (AFTER_TOLD,),
    JourneyPoint: (CONTACT_TOLD,),
}
"""What of the kept a fact is made of, besides what contacts are made of."""

LIGHT = (Contact.table_name, Issue.table_name, EPISODE_WHOLE)
"""What is told sooner each time it is read than copied once."""

THROUGH = (TOLD, CASE_CONTACT, CALL_CONTACT, MERGED)


def kept_for(record: type[Record]) -> tuple[str, ...]:
    """Return what of the kept a fact of calls, contacts or issues is made of."""
    return *THROUGH, *READS[record]


def make_contact_facts(making: Making, record: type[Record]) -> None:
    """Make facts of calls, contacts and issues of what is kept, which is readable."""
    if record is CaseAfter:
        make_of_told(making, CaseFact)
    known, *others = finals(record.table_name).items()
    making.create_once(*known)
    for name, query in others:
        making.create(name, query, "view" if name in LIGHT else "table")


def bare(record: type[Record], suffix: str = "") -> Expr:
    return ibis.table(record.unbound().schema(), name=f"{record.table_name}{suffix}")


def of(tables: Mapping[str, Expr], name: str, suffix: str = "") -> Expr:
    return ibis.table(tables[name].schema(), name=name + suffix)


@cache
def call_tables(suffix: str = "") -> Mapping[str, Expr]:
    steps, cases = Steps(), kept_tables()
    call_tellings(steps, bare(Call, suffix), bare(Case), cases[MERGED], cases[TOLD])
    return steps.made


@cache
def owner_tables(suffix: str = "") -> Mapping[str, Expr]:
    steps, cases = Steps(), kept_tables()
    told, written = (of(cases, name, suffix) for name in (TOLD, CASE_CONTACT))
    contact_tellings(
        steps, told, written, of(call_tables(), CALL_CONTACT, suffix), bare(ArticleView)
    )
    issue_tellings(steps)
    after_tellings(steps)
    return steps.made


@cache
def call_steps(suffix: str) -> Mapping[str, Step]:
    return {name: step(each) for name, each in call_tables(suffix).items()}


@cache
def owner_steps(suffix: str) -> Mapping[str, Step]:
    return {name: step(each) for name, each in owner_tables(suffix).items()}


@cache
def finals(fact: str) -> Mapping[str, str]:
    """Return the queries that make a fact of what is kept."""
    records = [bare(record) for record in SOURCES]
    call, case, message, event, view = records
    cases, calls, owners = kept_tables(), call_tables(), owner_tables()
    told, contact = cases[TOLD], of(owners, CONTACT_TOLD)
    steps = Steps()
    known = steps.add("source_known", known_of(call, case, message, event))
    chosen: dict[str, Callable[[], Mapping[str, Expr]]] = {
        Contact.table_name: lambda: contacts(contact, known, view),
        HelpDemand.table_name: lambda: {
            **contacts(contact, known, view),
            HelpDemand.table_name: help_demands(Contact.unbound(), view),
        },
        Issue.table_name: lambda: issues(of(owners, ISSUE_TOLD), known),
        CallEpisode.table_name: lambda: call_episodes(
            of(calls, EPISODE_TOLD), Around(contact, told, known, call, case, message, event)
        ),
        CaseAfter.table_name: lambda: cases_after(of(owners, AFTER_TOLD)),
        JourneyPoint.table_name: lambda: journey_points(
            Sources(
                contact,
                of(calls, CALL_CONTACT),
                told,
                *(call, case, message),
                *map(bare, (Survey, Order, Cart, ArticleView, Search)),
            )
        ),
    }
    steps.made |= chosen[fact]()
    return {name: sql(each) for name, each in steps.made.items()}


# --- what was touched ----------------------------------------------------------------------------

CALL = "source, call_id"
BY = "coalesce(caller, customer_id, 'call:' || source || ' ' || call_id)"


def touch_callers(making: Making, kept: Kept) -> bool:
    """Find the callers whose calls changed, or the cases to which these are linked."""
    calls = f"select distinct {CALL} from {making.changes('call')}"
    if CASES in making.anew:
        linked = f"(select case_id from {CHANGED} union all select case_id from {MEMBER})"
        calls += f" union select {CALL} from call where case_id in {linked}"
    making.create("call_changed", calls)
    if not making.has_rows("call_changed"):
        return False
    making.create(
        kept.touched,
        f"select {BY} as called_by from {making.changes('call')} where leg = 1 "
        f"union select {BY} from call semi join call_changed using ({CALL}) where leg = 1",
    )
    make_merges(making)
    return making.has_rows(kept.touched)


def gather_calls(making: Making, kept: Kept) -> None:
    making.create(
        "call_member",
        f"select {CALL} from call where leg = 1 and {BY} in (select called_by from {kept.touched})",
    )
    making.create(f"call{TOUCHED_ROWS}", f"from call semi join call_member using ({CALL})")


def touch_owners(making: Making, kept: Kept) -> bool:
    """Find whose cases, contacts or readings changed, as they were and as they are."""
    readers = f"from {making.changes('article_view')} where customer_id is not null"
    owners = [f"select customer_id as owner {readers}"]
    for other, table in ((CASES, TOLD), (CALLERS, CALL_CONTACT)):
        if other in making.anew:
            owners += [
                f"select owner from lake.{table} semi join {other.touched} using ({other.key})",
                f"select owner from {fresh(table)}",
            ]
    making.create(kept.touched, " union ".join(owners))
    return making.has_rows(kept.touched)


def gather_owned(making: Making, kept: Kept) -> None:
    for table in (TOLD, CASE_CONTACT, CALL_CONTACT):
        rows = f"from {table} semi join {kept.touched} using (owner)"
        making.create(f"{table}{TOUCHED_ROWS}", rows, "view")


def steps_of_calls(_: Lake, suffix: str) -> Mapping[str, Step]:
    return call_steps(suffix)


def steps_of_owners(_: Lake, suffix: str) -> Mapping[str, Step]:
    return owner_steps(suffix)


CALLERS = Kept(
    "callers",
    ("called_by",),
    (EPISODE_TOLD, CALL_CONTACT),
    steps_of_calls,
    touch_callers,
    gather_calls,
    lambda _: f"select {BY} as called_by from call where leg = 1",
    ("call",),
    1_000_000,
)
OWNERS = Kept(
    "owners",
    ("owner",),
    (CONTACT_TOLD, ISSUE_TOLD, AFTER_TOLD),
    steps_of_owners,
    touch_owners,
    gather_owned,
    lambda _: f"select owner from {TOLD} union all select owner from {CALL_CONTACT}",
    (TOLD, CASE_CONTACT, CALL_CONTACT),
    1_000_000,
)
