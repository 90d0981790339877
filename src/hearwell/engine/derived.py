"""Make derived facts readable under their name, from the records of the lake."""

from collections.abc import Iterator
from contextlib import contextmanager

import ibis

from hearwell.engine import case_build
from hearwell.engine.period import organisation_days
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.agent_day import AgentDay, agent_days
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.case_handling import CaseHandling
from hearwell.metrics.facts.deadline import Deadline
from hearwell.metrics.facts.reply_wait import ReplyWait
from hearwell.records.call import Call
from hearwell.records.record import Record
from hearwell.records.shift import Shift

MADE_FROM: dict[type[Record], tuple[type[Record], ...]] = {
    AgentDay: (Call, Shift),
    CaseFact: case_build.SOURCES,
    CaseHandling: case_build.SOURCES,
    ReplyWait: case_build.SOURCES,
    Deadline: case_build.SOURCES,
}
"""Of which records each derived fact is made."""

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
    made = []
    if record is AgentDay:
        made = make_agent_days(lake)
    elif record in MADE_FROM:
        made = case_build.make_case_facts(lake, record)
    try:
        yield
    finally:
        case_build.drop(lake, made)


def make_agent_days(lake: Lake) -> list[str]:
    run = lake.connection.execute
    first, last = run(KNOWN_INSTANTS).fetchall()[0]
    run("create or replace temp table organisation_day (began_at timestamp, day_end timestamp)")
    if first is not None:
        edges = organisation_days(lake.settings.zone, first, last)
        lake.connection.executemany("insert into organisation_day values (?, ?)", edges)
    day = ibis.table({"began_at": "timestamp", "day_end": "timestamp"}, name="organisation_day")
    until = ibis.null("timestamp") if last is None else ibis.timestamp(last)
    made = agent_days(Call.unbound(), Shift.unbound(), day, until)
    run(f"create or replace temp table agent_day as {sql(made)}")
    return ["table agent_day", "table organisation_day"]
