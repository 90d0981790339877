"""Facts of cases, calls, contacts and issues: what is kept of them, and how they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import ibis

from hearwell import records
from hearwell.engine.kept import Kept, Making, keep, kept_since, make
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics import facts
from hearwell.metrics.facts.call_episode import (
    CALL_CONTACT,
    EPISODE_TOLD,
    Around,
    CallEpisode,
    call_episodes,
    call_tellings,
)
from hearwell.metrics.facts.case_after import CASE_AFTER, after_cases
from hearwell.metrics.facts.case_contact import CASE_CONTACT, case_contacts
from hearwell.metrics.facts.case_fact import (
    MERGED,
    MERGES,
    TOLD,
    CaseFact,
    Steps,
    case_facts,
    case_tellings,
)
from hearwell.metrics.facts.contact import (
    CONTACT_TOLD,
    Contact,
    contact_tellings,
    contacts,
    known_of,
)
from hearwell.metrics.facts.issue import ISSUE_TOLD, Issue, issue_tellings, issues
from hearwell.metrics.facts.journey_point import JourneyPoint, Sources, journey_points
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
"""The records of which these facts are made."""


TOUCHES = (Survey, Order, Cart, Search)
"""The other records that tell what customers did."""

BUILD = "build facts"


@dataclass(frozen=True)
class Built:
    """What a build did."""

    units: Mapping[str, int]  # cases, callers and owners that were made anew
    is_full: bool


def build_facts(lake: Lake, *, full: bool = False) -> Built | None:
    """Bring the kept facts up to date; return None if they were.

    Args:
        lake: opened for writing.
        full: make all of them anew.

    """
    use(lake)
    # Tables dropped in a transaction keep their memory until its end: it is for what is kept only.
    with lake.writing(BUILD, transaction=False):
        now = lake.snapshot
        making = Making(lake, None if full else kept_since(lake, CHAIN, mark(), now), now)
        make(making, CHAIN, (MERGED,))
        units = None
        if making.anew:
            with lake.transaction():
                units = keep(making, mark())
                lake.connection.execute(f"call lake.set_commit_message('hearwell', '{BUILD}')")
        making.drop()
    return None if units is None else Built(units, making.since is None)


def make_facts(lake: Lake, record: type[Record]) -> Making:
    """Make a fact readable under its name; return what was made for it, to be dropped."""
    use(lake)
    now = lake.snapshot
    making = Making(lake, kept_since(lake, CHAIN, mark(), now), now)
    make(making, CHAIN, (MERGED,))
    for name, query in finals(record.table_name).items():
        making.create(name, query)
    return making


def use(lake: Lake) -> None:
    for record in (*SOURCES, *TOUCHES):
        lake.use(record)


@cache
def mark() -> str:
    """Return a mark of the rules: facts that were made by others are made anew.

    It is of the text in which the rules are written, because to write the queries takes a second.
    """
    folders = (Path(facts.__file__).parent, Path(records.__file__).parent)
    files = [file for folder in folders for file in sorted(folder.glob("*.py"))]
    return sha256(b"".join(file.read_bytes() for file in (*files, Path(__file__)))).hexdigest()


# --- the queries ---------------------------------------------------------------------------------


def bare(record: type[Record], suffix: str = "") -> Expr:
    return ibis.table(record.unbound().schema(), name=f"{record.table_name}{suffix}")


def written(steps: Steps) -> Mapping[str, str]:
    return {name: sql(step) for name, step in steps.made.items()}


@cache
def case_steps(suffix: str = "") -> Steps:
    steps = Steps(suffix)
    case = bare(Case, suffix)
    case_tellings(steps, case, bare(Message, suffix), bare(CaseEvent, suffix))
    case_contacts(steps, case)
    return steps


@cache
def call_steps(suffix: str = "") -> Steps:
    steps, cases = Steps(suffix), case_steps()
    merged, told = cases.table(MERGED), cases.table(TOLD)
    call_tellings(steps, bare(Call, suffix), bare(Case), merged, told)
    return steps


def from_step(steps: Steps, name: str, suffix: str = "") -> Expr:
    return ibis.table(steps.made[name].schema(), name=name + suffix)


@cache
def owner_steps(suffix: str = "") -> Steps:
    steps = Steps(suffix)
    told, contact = (from_step(case_steps(), name, suffix) for name in (TOLD, CASE_CONTACT))
    call = from_step(call_steps(), CALL_CONTACT, suffix)
    contact_tellings(steps, told, contact, call, bare(ArticleView))
    issue_tellings(steps)
    after_cases(steps)
    return steps


@cache
def case_queries(suffix: str) -> Mapping[str, str]:
    return written(case_steps(suffix))


@cache
def call_queries(suffix: str) -> Mapping[str, str]:
    return written(call_steps(suffix))


@cache
def owner_queries(suffix: str) -> Mapping[str, str]:
    return written(owner_steps(suffix))


@cache
def finals(fact: str) -> Mapping[str, str]:
    """Return the queries that make a fact of what is kept."""
    call, case, message, event, view = map(bare, SOURCES)
    told, after = from_step(case_steps(), TOLD), from_step(owner_steps(), CASE_AFTER)
    contact = from_step(owner_steps(), CONTACT_TOLD)
    steps = Steps()
    known = steps.add("source_known", known_of(call, case, message, event))
    chosen: dict[str, Callable[[], Mapping[str, Expr]]] = {
        CaseFact.table_name: lambda: case_facts(told, after, case, message, event),
        Contact.table_name: lambda: contacts(contact, known, view),
        Issue.table_name: lambda: issues(from_step(owner_steps(), ISSUE_TOLD), known),
        CallEpisode.table_name: lambda: call_episodes(
            from_step(call_steps(), EPISODE_TOLD),
            Around(contact, told, known, call, case, message, event),
        ),
        JourneyPoint.table_name: lambda: journey_points(
            Sources(
                contact,
                from_step(call_steps(), CALL_CONTACT),
                told,
                *(call, case, message),
                *map(bare, (Survey, Order, Cart, ArticleView, Search)),
            )
        ),
    }
    steps.made |= chosen[fact]()
    return written(steps)


# --- what was touched ----------------------------------------------------------------------------

CASE_KEY = "source, case_id"
CALL_KEY = "source, call_id"
BY = "coalesce(caller, customer_id, 'call:' || source || ' ' || call_id)"


def touch_cases(making: Making, kept: Kept) -> bool:
    """Find the cases whose rows changed, those merged with them, and all rows that belong."""
    changed = " union ".join(
        f"select source, {column} as case_id from {making.changes(record.table_name)} "
        f"where {column} is not null"
        for record, column in (
            (Case, "case_id"),
            (Case, "merged_into"),
            (Message, "case_id"),
            (CaseEvent, "case_id"),
        )
    )
    making.create("case_changed", changed)
    if not making.has_rows("case_changed"):
        return False
    make_merges(making)
    into = f"left join {MERGED} as m on m.source = c.source and m.case_id = c.case_id"
    survivor = "coalesce(m.merged_into, c.case_id)"
    making.create(
        kept.touched,
        f"select {CASE_KEY} from case_changed "  # also those that are no survivors any more
        f"union select c.source, {survivor} from case_changed as c {into}",
    )
    making.create(
        "case_member",
        f'select c.source, c.case_id from "case" as c {into} '
        f"semi join {kept.touched} as t on t.source = c.source and t.case_id = {survivor}",
    )
    for record in (Case, Message, CaseEvent):
        name = record.table_name
        rows = f'from "{name}" semi join case_member using ({CASE_KEY})'
        making.create(f"{name}{kept.suffix}", rows)
    return True


def make_merges(making: Making) -> None:
    if MERGED not in making.made:
        for name in MERGES:
            making.create(name, case_queries("")[name])


def touch_callers(making: Making, kept: Kept) -> bool:
    """Find the callers whose calls changed, or the cases to which these are linked."""
    calls = f"select distinct {CALL_KEY} from {making.changes('call')}"
    if CASES in making.anew:
        linked = "(select case_id from case_changed union all select case_id from case_member)"
        calls += f" union select {CALL_KEY} from call where case_id in {linked}"
    making.create("call_changed", calls)
    if not making.has_rows("call_changed"):
        return False
    making.create(
        kept.touched,
        f"select {BY} as called_by from {making.changes('call')} where leg = 1 "
        f"union select {BY} from call semi join call_changed using ({CALL_KEY}) where leg = 1",
    )
    if not making.has_rows(kept.touched):
        return False
    making.create(
        "call_member",
        f"select {CALL_KEY} from call where leg = 1 "
        f"and {BY} in (select called_by from {kept.touched})",
    )
    making.create(f"call{kept.suffix}", f"from call semi join call_member using ({CALL_KEY})")
    make_merges(making)
    return True


def touch_owners(making: Making, kept: Kept) -> bool:
    """Find whose cases, contacts or readings changed, as they were and as they are."""
    readers = f"from {making.changes('article_view')} where customer_id is not null"
    owners = [f"select customer_id as owner {readers}"]
    for other, table in ((CASES, TOLD), (CALLERS, CALL_CONTACT)):
        if other in making.anew:
            owners += [
                f"select owner from lake.{table} semi join {other.touched} using ({other.key})",
                f"select owner from {table}{other.suffix}",
            ]
    making.create(kept.touched, " union ".join(owners))
    if not making.has_rows(kept.touched):
        return False
    for table in (TOLD, CASE_CONTACT, CALL_CONTACT):
        making.create(
            f"{table}{kept.suffix}", f"from {table} semi join {kept.touched} using (owner)"
        )
    return True


CASES = Kept("cases", ("source", "case_id"), (TOLD, CASE_CONTACT), case_queries, touch_cases)
CALLERS = Kept("callers", ("called_by",), (EPISODE_TOLD, CALL_CONTACT), call_queries, touch_callers)
OWNERS = Kept(
    "owners", ("owner",), (CONTACT_TOLD, ISSUE_TOLD, CASE_AFTER), owner_queries, touch_owners
)
CHAIN = (CASES, CALLERS, OWNERS)
