"""Make derived facts readable under their name, from the records of the lake."""

from collections.abc import Iterator
from contextlib import contextmanager

import ibis

from hearwell.engine.care_facts import SOURCES, TOUCHES, make_facts
from hearwell.engine.kept import Making
from hearwell.engine.period import organisation_days
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.agent_day import AgentDay, agent_days
from hearwell.metrics.facts.call_episode import CallEpisode
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.contact import Contact
from hearwell.metrics.facts.issue import Issue
from hearwell.metrics.facts.journey_point import JourneyPoint
from hearwell.records.call import Call
from hearwell.records.case import Case
from hearwell.records.case_event import CaseEvent
from hearwell.records.message import Message
from hearwell.records.record import Record
from hearwell.records.shift import Shift

MADE_FROM: dict[type[Record], tuple[type[Record], ...]] = {
    AgentDay: (Call, Shift),
    CaseFact: (Case, Message, CaseEvent),
    CallEpisode: (Call,),
    Contact: (Call, Case, Message),
    Issue: (Call, Case, Message, CaseEvent),
    JourneyPoint: (*SOURCES, *TOUCHES),
}
"""Of which records each derived fact is made, above all others."""

ANY_OF = frozenset({CallEpisode, Contact, Issue, JourneyPoint})
"""Those that are made of whatever there is of these records, and do not need all."""

KNOWN_INSTANTS = """
select min(instant), max(instant) from (
    select unnest([min(connected_at), max(connected_at), max(ended_at)]) as instant from call
    union all select unnest([min(started_at), max(started_at), max(ended_at)]) from shift
)
"""


@contextmanager
def readable(lake: Lake, record: type[Record]) -> Iterator[None]:
    """Make a record, or a fact derived from records, readable while the question is answered."""
    for source in MADE_FROM.get(record, (record,)):
        lake.use(source)
    making = None
    if record is AgentDay:
        making = make_agent_days(lake)
    elif record in MADE_FROM:
        making = make_facts(lake, record)
    try:
        yield
    finally:
        if making is not None:
            making.drop()


def make_agent_days(lake: Lake) -> Making:
    making = Making(lake, None, lake.snapshot)
    run = lake.connection.execute
    first, last = run(KNOWN_INSTANTS).fetchall()[0]
    day = ibis.table({"began_at": "timestamp", "day_end": "timestamp"}, name="organisation_day")
    nothing = "select null::timestamp as began_at, null::timestamp as day_end where false"
    making.create("organisation_day", nothing)
    if first is not None:
        edges = organisation_days(lake.settings.zone, first, last)
        lake.connection.executemany("insert into organisation_day values (?, ?)", edges)
    until = ibis.null("timestamp") if last is None else ibis.timestamp(last)
    made = agent_days(Call.unbound(), Shift.unbound(), day, until)
    making.create(AgentDay.table_name, sql(made))
    return making
