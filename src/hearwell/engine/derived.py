"""Make derived facts readable under their name, from the records of the lake."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import ibis

from hearwell.engine import case_build
from hearwell.engine.case_build import create
from hearwell.engine.period import organisation_days
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.agent_day import AgentDay, agent_days
from hearwell.metrics.facts.article_reading import ArticleReading, article_readings
from hearwell.metrics.facts.article_use import ArticleUse, article_uses
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.part import Expr
from hearwell.records.article import Article
from hearwell.records.article_view import ArticleView
from hearwell.records.call import Call
from hearwell.records.case import Case
from hearwell.records.message import Message
from hearwell.records.record import Record
from hearwell.records.shift import Shift

MADE_FROM: dict[type[Record], tuple[type[Record], ...]] = {
    AgentDay: (Call, Shift, Message, Case),
    ArticleReading: (ArticleView, Article),
    ArticleUse: (ArticleView, Article, Call),
    CaseFact: case_build.SOURCES,
}
"""Of which records each derived fact is made."""

CAN_DO_WITHOUT: dict[type[Record], tuple[type[Record], ...]] = {
    AgentDay: (Message, Case),
    ArticleReading: (Article,),
    ArticleUse: (Article, Call),
}
"""Those of them without which there are rows all the same."""

STEPS: dict[type[Record], Callable[..., Mapping[str, Expr]]] = {
    ArticleReading: article_readings,
    ArticleUse: article_uses,
}
"""Which tables lead from the records, in the order above, to the fact."""

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


def make(lake: Lake, record: type[Record]) -> list[str]:
    """Make what a fact is derived by; return the tables that were made."""
    if record is AgentDay:
        return make_agent_days(lake)
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
    run = lake.connection.execute
    first, last, until = run(KNOWN_INSTANTS).fetchall()[0]
    made: list[str] = []
    create(lake, made, "organisation_day", DAYS_OF_NOTHING)
    if first is not None:
        edges = organisation_days(lake.settings.zone, first, last)
        lake.connection.executemany("insert into organisation_day values (?, ?)", edges)
    day = ibis.table({"began_at": "timestamp", "day_end": "timestamp"}, name="organisation_day")
    known_until = ibis.null("timestamp") if until is None else ibis.timestamp(until)
    records = [source.unbound() for source in MADE_FROM[AgentDay]]
    steps = agent_days(*records, day=day, until=known_until)
    for name, step in steps.items():
        create(lake, made, name, sql(step))
    return made


DAYS_OF_NOTHING = "select null::timestamp as began_at, null::timestamp as day_end where false"
