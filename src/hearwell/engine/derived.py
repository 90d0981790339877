"""Make derived facts readable under their name, from the records of the lake."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial

import ibis
import ibis.expr.types as ir

from hearwell.engine.case_build import SOURCES as OF_CASES
from hearwell.engine.case_build import kept_for as kept_for_cases
from hearwell.engine.case_build import make_of_told
from hearwell.engine.contact_build import SOURCES as OF_CONTACTS
from hearwell.engine.contact_build import TOUCHES, make_contact_facts
from hearwell.engine.contact_build import kept_for as kept_for_contacts
from hearwell.engine.fact_build import CHAIN, begin
from hearwell.engine.kept import Making, create, drop, make
from hearwell.engine.period import organisation_days, organisation_months
from hearwell.engine.state import States, mark_of
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.lake.tables import TYPES, identifier
from hearwell.metrics.facts.agent_answer import AgentAnswer, Month, agent_answers, batches
from hearwell.metrics.facts.agent_day import AgentDay, agent_days
from hearwell.metrics.facts.agent_month import AgentMonth, agent_months
from hearwell.metrics.facts.article_reading import ArticleReading, article_readings
from hearwell.metrics.facts.article_use import ArticleUse, article_uses
from hearwell.metrics.facts.backlog import BacklogChange, backlog_changes
from hearwell.metrics.facts.call_episode import CallEpisode
from hearwell.metrics.facts.case_after import CaseAfter
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.case_handling import CaseHandling
from hearwell.metrics.facts.contact import Contact
from hearwell.metrics.facts.customer_month import CustomerMonth, customer_months
from hearwell.metrics.facts.deadline import Deadline
from hearwell.metrics.facts.first_response import FirstResponse
from hearwell.metrics.facts.help_demand import HelpDemand
from hearwell.metrics.facts.issue import Issue
from hearwell.metrics.facts.journey_point import JourneyPoint
from hearwell.metrics.facts.opinion import Opinion, opinions
from hearwell.metrics.facts.purchase import Purchase, purchases
from hearwell.metrics.facts.reply_wait import ReplyWait
from hearwell.metrics.part import Expr
from hearwell.records.agent import Agent
from hearwell.records.article import Article
from hearwell.records.article_view import ArticleView
from hearwell.records.call import Call
from hearwell.records.case import Case
from hearwell.records.case_event import CaseEvent
from hearwell.records.customer import Customer
from hearwell.records.judged_text import JudgedText
from hearwell.records.message import Message
from hearwell.records.order import Order
from hearwell.records.record import Record
from hearwell.records.shift import Shift
from hearwell.records.survey import ANONYMOUS, Survey

MADE_FROM: dict[type[Record], tuple[type[Record], ...]] = {
    AgentAnswer: (Survey, Call, Case, Message),
    AgentDay: (Call, Shift, Message, Case),
    AgentMonth: (Agent, Shift, Call, Message),
    ArticleReading: (ArticleView, Article),
    ArticleUse: (ArticleView, Article, Call),
    BacklogChange: OF_CASES,
    CallEpisode: OF_CONTACTS,
    CaseAfter: OF_CONTACTS,
    CaseFact: OF_CASES,
    Contact: OF_CONTACTS,
    HelpDemand: OF_CONTACTS,
    CustomerMonth: (Customer,),
    Opinion: (Survey, Message, Case),
    Purchase: (Order,),
    CaseHandling: OF_CASES,
    FirstResponse: OF_CASES,
    Issue: OF_CONTACTS,
    JourneyPoint: (*OF_CONTACTS, *TOUCHES),
    ReplyWait: OF_CASES,
    Deadline: OF_CASES,
}
"""Of which records each derived fact is made."""

MADE_WITH: dict[type[Record], tuple[type[Record], ...]] = {Opinion: (JudgedText,)}
"""What it is made of besides, which is not brought in."""


def sources_of(record: type[Record]) -> tuple[type[Record], ...]:
    """Return the records of which a fact is made; a record is its own."""
    return MADE_FROM.get(record, (record,))


def kept_as(record: type[Record]) -> str:
    """Return the name of the table of the lake in which facts are kept whole."""
    return f"fact_{record.table_name}"


def tables_of(record: type[Record]) -> tuple[type[Record], ...]:
    """Return all that a fact is made of: records, and what is made from them and kept."""
    return (*sources_of(record), *MADE_WITH.get(record, ()))


CASE_FACTS = (CaseFact, CaseHandling, FirstResponse, ReplyWait, Deadline)
"""Those that are made of what is kept of each case."""

CONTACT_FACTS = (CallEpisode, CaseAfter, Contact, HelpDemand, Issue, JourneyPoint)
"""Those that are made of what is kept of callers, and of owners of cases and contacts."""

CAN_DO_WITHOUT: dict[type[Record], tuple[type[Record], ...]] = {
    AgentAnswer: (Call, Case, Message),
    AgentDay: (Message, Case),
    AgentMonth: (Shift, Call, Message),
    ArticleReading: (Article,),
    ArticleUse: (Article, Call),
    BacklogChange: (Message, CaseEvent),
    CallEpisode: (Case, Message, CaseEvent, ArticleView),
    CaseAfter: (Call, Message, ArticleView),
    Contact: OF_CONTACTS,
    HelpDemand: OF_CONTACTS,
    Issue: OF_CONTACTS,
    JourneyPoint: (*OF_CONTACTS, *TOUCHES),
    Opinion: (Survey, Message, Case),
}
"""Those of them without which there are rows all the same."""

DAY = ibis.table({"began_at": "timestamp", "end": "timestamp"}, name="organisation_day")
MONTH = ibis.table({"began_at": "timestamp", "end": "timestamp"}, name="organisation_month")
WORK = ibis.table({"until": "timestamp"}, name="organisation_work")
TOLD = ibis.table(
    {
        "of_instrument": "string",
        "month_began_at": "timestamp",
        "month_ended_at": "timestamp",
        "batch_ended_at": "timestamp",
    },
    name="told_together",
)

STEPS: dict[type[Record], Callable[..., Mapping[str, Expr]]] = {
    AgentAnswer: partial(agent_answers, batch=TOLD),
    AgentDay: partial(agent_days, day=DAY, work=WORK),
    AgentMonth: partial(agent_months, month=MONTH),
    ArticleReading: article_readings,
    ArticleUse: article_uses,
    BacklogChange: backlog_changes,
    CustomerMonth: partial(customer_months, month=MONTH),
    Opinion: opinions,
    Purchase: purchases,
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

OF_AGENTS = f"answer is not null and instrument in {ANONYMOUS}"
ANSWERS_BY_MONTH = f"""
select instrument, began_at, "end", count(*) from survey
    join {MONTH.get_name()} on answered_at >= began_at and answered_at < "end"
where {OF_AGENTS} group by all order by began_at
"""
KNOWN_UNTIL = """
select max(received_at) from (
    select received_at from survey union all select received_at from call
    union all select received_at from "case" union all select received_at from message
)
"""
"""The last instant of which the lake tells: a month before it is over, whenever one asks."""


@dataclass
class Need:
    """Make records, and facts derived from them, readable while a question is answered.

    Facts are made on the way to others, by the same names: so only one is there at a time. What
    is kept in the lake is brought up to date once, for all that may be needed.
    """

    lake: Lake
    all_of_them: Collection[type[Record]]
    states: States
    there: type[Record] | None = None
    made: list[str] = field(default_factory=list)
    none: list[type[Record]] = field(default_factory=list)  # readable as no rows
    kept: Making | None = None

    def __call__(self, record: type[Record]) -> None:
        """Make a record or fact readable, in place of the one that was needed before."""
        if record is self.there:
            return
        drop(self.lake, self.made)
        self.there = record
        for source in tables_of(record):
            self.use(source)
        if self.is_kept(record):
            kept = kept_as(record)
            none = " where false" if kept in self.states.history.unwritten else ""
            create(self.lake, self.made, record.table_name, f"from lake.{kept}{none}", "view")
            return
        if record in CASE_FACTS or record in CONTACT_FACTS:
            making = replace(self.made_of_kept(), made=self.made)  # the lists are the same ones
            make = make_of_told if record in CASE_FACTS else make_contact_facts
            make(making, record)
            return
        if record in CALENDARS:
            CALENDARS[record](self.lake, self.made)
        for name, query in queries(record).items():  # type: ignore[arg-type]  # a class has a hash
            create(self.lake, self.made, name, query)

    def use(self, source: type[Record]) -> None:
        """Make a record readable: as no rows where there never were any, which is planned faster.

        Only for as long as one state of the lake is read.
        """
        if source.table_name not in self.states.history.unwritten:
            self.lake.use(source)
        elif self.lake.use_none(source):
            self.none.append(source)  # another, around this one, may have it so already

    def has_none(self, record: type[Record]) -> bool:
        """Are there no rows, as nothing that they are made of ever had one, or is in use?"""
        may_have_rows = self.states.history.may_have_rows
        return not any(may_have_rows(source.table_name) for source in sources_of(record))

    def is_kept(self, record: type[Record]) -> bool:
        """Has the lake the facts as they are now?"""
        if record not in MADE_FROM:
            return False
        mark = mark_of(self.lake.settings)
        return self.states.current(kept_as(record), mark, tables_of(record)) is not None

    def made_of_kept(self) -> Making:
        """Return what the kept tables were made readable in."""
        if self.kept is None:
            to_make = [record for record in self.all_of_them if not self.is_kept(record)]
            of_cases = [record for record in to_make if record in CASE_FACTS]
            of_contacts = [record for record in to_make if record in CONTACT_FACTS]
            wanted = {table for record in of_cases for table in kept_for_cases(record)}
            wanted.update(table for record in of_contacts for table in kept_for_contacts(record))
            self.kept = begin(self.lake, use=self.use)
            make(self.kept, CHAIN if of_contacts else CHAIN[:1], wanted)
        return self.kept

    def done(self) -> None:
        drop(self.lake, self.made)
        if self.kept is not None:
            drop(self.lake, self.kept.lasting)
            drop(self.lake, self.kept.made)
        for source in self.none:
            self.lake.leave_none(source)


@contextmanager
def needed(lake: Lake, records: Iterable[type[Record]]) -> Iterator[Need]:
    """Give what makes these records readable, one at a time, until all is answered."""
    need = Need(lake, {*records}, States.read(lake))
    try:
        yield need
    finally:
        need.done()


@contextmanager
def readable(lake: Lake, record: type[Record]) -> Iterator[None]:
    """Make a record, or a fact derived from records, readable while the question is answered."""
    with needed(lake, [record]) as need:
        need(record)
        yield


@cache
def queries(record: type[Record]) -> Mapping[str, str]:
    """Return the queries that lead to a fact, in their order; none for a record."""
    if record not in STEPS:
        return {}
    steps = STEPS[record](*(source.unbound() for source in tables_of(record)))
    return {name: sql(step) for name, step in steps.items()}


def days_of_agents(lake: Lake, made: list[str]) -> None:
    first, last, until = lake.connection.execute(KNOWN_INSTANTS).fetchall()[0]
    edges = organisation_days(lake.settings.zone, first, last) if first else []
    calendar(lake, made, DAY, edges)
    calendar(lake, made, WORK, [(until,)])


def months_of_agents(lake: Lake, made: list[str]) -> None:
    months(lake, made, "select min(joined_at), max(received_at) from agent")


def months_of_customers(lake: Lake, made: list[str]) -> None:
    months(lake, made, "select min(first_seen_at), max(received_at) from customer")


def months(lake: Lake, made: list[str], span: str) -> None:
    first, last = lake.connection.execute(span).fetchall()[0]
    edges = organisation_months(lake.settings.zone, first, last) if first else []
    calendar(lake, made, MONTH, edges)


def batches_of_answers(lake: Lake, made: list[str]) -> None:
    months(lake, made, f"select min(answered_at), max(answered_at) from survey where {OF_AGENTS}")
    counted = lake.connection.execute(ANSWERS_BY_MONTH).fetchall()
    (known_until,) = lake.connection.execute(KNOWN_UNTIL).fetchall()[0]
    told = batches((Month(*row) for row in counted), known_until)
    calendar(lake, made, TOLD, [(*month[:3], ends_at) for month, ends_at in told])


def calendar(
    lake: Lake, made: list[str], table: ir.Table, rows: Sequence[tuple[datetime | str | None, ...]]
) -> None:
    """Make a table of instants in UTC, such as the edges of the organisation's days."""
    name = table.get_name()
    columns = ", ".join(
        f"null::{TYPES[str(dtype)]} as {identifier(column)}"
        for column, dtype in table.schema().items()
    )
    create(lake, made, name, f"select {columns} where false")
    if rows:
        values = ", ".join("?" for _ in table.columns)
        lake.connection.executemany(f"insert into {name} values ({values})", rows)


CALENDARS: dict[type[Record], Callable[[Lake, list[str]], None]] = {
    AgentAnswer: batches_of_answers,
    AgentDay: days_of_agents,
    AgentMonth: months_of_agents,
    CustomerMonth: months_of_customers,
}
"""What some facts are made with besides records."""
