"""Make derived facts readable under their name, from the records of the lake."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cache

import ibis

from hearwell.engine import case_build
from hearwell.engine.case_build import create
from hearwell.engine.period import organisation_days, organisation_months
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.agent_day import AgentDay, agent_days
from hearwell.metrics.facts.agent_month import AgentMonth, agent_months
from hearwell.metrics.facts.article_reading import ArticleReading, article_readings
from hearwell.metrics.facts.article_use import ArticleUse, article_uses
from hearwell.metrics.facts.backlog import BacklogChange, backlog_changes
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.customer_month import CustomerMonth, customer_months
from hearwell.metrics.facts.purchase import Purchase, purchases
from hearwell.metrics.part import Expr
from hearwell.records.agent import Agent
from hearwell.records.article import Article
from hearwell.records.article_view import ArticleView
from hearwell.records.call import Call
from hearwell.records.case import Case
from hearwell.records.case_event import CaseEvent
from hearwell.records.customer import Customer
from hearwell.records.message import Message
from hearwell.records.order import Order
from hearwell.records.record import Record
from hearwell.records.shift import Shift

MADE_FROM: dict[type[Record], tuple[type[Record], ...]] = {
    AgentDay: (Call, Shift, Message, Case),
    AgentMonth: (Agent, Shift, Call, Message),
    ArticleReading: (ArticleView, Article),
    ArticleUse: (ArticleView, Article, Call),
    BacklogChange: case_build.SOURCES,
    CaseFact: case_build.SOURCES,
    CustomerMonth: (Customer,),
    Purchase: (Order,),
}
"""Of which records each derived fact is made."""

CAN_DO_WITHOUT: dict[type[Record], tuple[type[Record], ...]] = {
    AgentDay: (Message, Case),
    AgentMonth: (Shift, Call, Message),
    ArticleReading: (Article,),
    ArticleUse: (Article, Call),
    BacklogChange: (Message, CaseEvent),
}
"""Those of them without which there are rows all the same."""

STEPS: dict[type[Record], Callable[..., Mapping[str, Expr]]] = {
    ArticleReading: article_readings,
    ArticleUse: article_uses,
    BacklogChange: backlog_changes,
    Purchase: purchases,
}
"""Which tables lead from the records, in the order above, to the fact."""

MONTHS: dict[type[Record], tuple[type[Record], str, Callable[..., Mapping[str, Expr]]]] = {
    AgentMonth: (Agent, "joined_at", agent_months),
    CustomerMonth: (Customer, "first_seen_at", customer_months),
}
"""Of whom facts of months tell, when they came, and which tables lead from records and months."""

KNOWN_INSTANTS = """
select min(instant), max(instant), max(instant) filter (is_work) from (
    select unnest([min(connected_at), max(connected_at), max(ended_at)]), true from call
    union all select unnest([min(started_at), max(started_at), max(ended_at)]), true from shift
    union all select unnest([min(sent_at), max(sent_at)]), false from message
) as known(instant, is_work)
"""
"""The first and last instant of which agents' days are made, and the last of calls and shifts."""


@contextmanager
def readable(lake: Lake, record: type[Record]) -> Iterator[None]:
    """Make a record, or a fact derived from records, readable while the question is answered."""
    for source in MADE_FROM.get(record, (record,)):
        lake.use(source)
    made = make(lake, record)
    try:
        yield
    finally:
        case_build.drop(lake, made)


Need = Callable[[type[Record]], None]


@contextmanager
def needed(lake: Lake) -> Iterator[Need]:
    """Give a function that makes a record readable until all is answered, each only once."""
    with ExitStack() as stack:
        there: set[type[Record]] = set()

        def need(record: type[Record]) -> None:
            if record not in there:
                stack.enter_context(readable(lake, record))
                there.add(record)

        yield need


def make(lake: Lake, record: type[Record]) -> list[str]:
    """Make what a fact is derived by; return the tables that were made."""
    if record is AgentDay:
        return make_agent_days(lake)
    if record in MONTHS:
        return make_months(lake, record)
    if record is CaseFact:
        return case_build.make_case_facts(lake)
    made: list[str] = []
    for name, query in queries(record).items():  # type: ignore[arg-type]  # a class has a hash
        create(lake, made, name, query)
    return made


@cache
def queries(record: type[Record]) -> Mapping[str, str]:
    """Return the queries that lead to a fact, in their order; none for a record."""
    if record not in STEPS:
        return {}
    steps = STEPS[record](*(source.unbound() for source in MADE_FROM[record]))
    return {name: sql(step) for name, step in steps.items()}


def make_agent_days(lake: Lake) -> list[str]:
    first, last, until = lake.connection.execute(KNOWN_INSTANTS).fetchall()[0]
    edges = organisation_days(lake.settings.zone, first, last) if first else []
    made: list[str] = []
    day = calendar(lake, made, "day", edges)
    known_until = ibis.null("timestamp") if until is None else ibis.timestamp(until)
    call, shift, message, case = (each.unbound() for each in MADE_FROM[AgentDay])
    for name, step in agent_days(call, shift, message, case, day, known_until).items():
        create(lake, made, name, sql(step))
    return made


def make_months(lake: Lake, record: type[Record]) -> list[str]:
    """Make facts of those who were there at the beginning of each month."""
    whose, came_at, months = MONTHS[record]
    first, last = lake.connection.execute(
        f"select min({came_at}), max(received_at) from {whose.table_name}"
    ).fetchall()[0]
    edges = organisation_months(lake.settings.zone, first, last) if first else []
    made: list[str] = []
    month = calendar(lake, made, "month", edges)
    for name, step in months(*(each.unbound() for each in MADE_FROM[record]), month).items():
        create(lake, made, name, sql(step))
    return made


def calendar(
    lake: Lake, made: list[str], unit: str, edges: Sequence[tuple[datetime, datetime]]
) -> Expr:
    """Make a table of the organisation's days or months, in UTC, and return it."""
    name, end = f"organisation_{unit}", f"{unit}_end"
    create(
        lake,
        made,
        name,
        f"select null::timestamp as began_at, null::timestamp as {end} where false",
    )
    if edges:
        lake.connection.executemany(f"insert into {name} values (?, ?)", edges)
    return ibis.table({"began_at": "timestamp", end: "timestamp"}, name=name)
