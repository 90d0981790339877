"""What customers went through before they answered: one row for each answer, with what is known.

An answer is joined with the calls, the case and the order that it names, and with the articles
that the customer read before. What happened after the answer is left out. Null is not known.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from hearwell.engine.derived import readable
from hearwell.evidence.counted import ROWS, Counted, plain
from hearwell.lake.tables import identifier
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.contact import READ_WITHIN_HOURS
from hearwell.metrics.metric import Unit
from hearwell.records.article_view import ArticleView
from hearwell.records.call import Call
from hearwell.records.order import Order

EXPERIENCE = "experience"

KEEP = ("source", "survey_id", "case_id", "call_id", "order_id", "customer_id", "answered_at")
"""The columns of answers by which the rest is found."""


@dataclass(frozen=True)
class Happened:
    """Something that happens to customers, as a number; of what either is or is not, 1 and 0.

    Attributes:
        worse: which way is bad, if either is.

    """

    name: str
    unit: Unit
    worse: Literal["higher", "lower"] | None = "higher"
    is_flag: bool = False


HAPPENED = {
    each.name: each
    for each in (
        Happened("hold_time", Unit.SECONDS),  # waiting and on hold; waiting alone if not measured
        Happened("tries", Unit.EACH),  # calls until one was answered
        Happened("transfers", Unit.EACH),
        Happened("agents", Unit.EACH),  # different people who served the matter
        Happened("first_response_time", Unit.SECONDS),
        Happened("time_to_resolution", Unit.SECONDS),
        Happened("messages", Unit.EACH),  # of the customer
        Happened("late_delivery", Unit.SHARE, is_flag=True),
        Happened("delivery_time", Unit.SECONDS),
        Happened("article_read_before", Unit.SHARE, None, is_flag=True),
    )
}

BY_CALL = """
with of_answer as (
    select r.rowid as answer, {moment} as known_at, r.source, r.call_id, r.case_id from {rows} as r
), found as (
    select a.answer, a.known_at, c.* exclude (source) from of_answer as a
    join call as c on c.source = a.source and c.call_id = a.call_id
    union all
    select a.answer, a.known_at, c.* exclude (source) from of_answer as a
    join call as c on c.source = a.source and c.case_id = a.case_id
        and c.call_id is distinct from a.call_id
)
select answer, min(entered_at) as entered_at,
    sum(wait_seconds) + coalesce(sum(hold_seconds), 0) as hold_time,
    max(attempt)::double as tries,
    (count(*) - count(distinct call_id))::double as transfers,
    count(distinct agent_id)::double as agents
from found where entered_at <= known_at group by all
"""
"""The calls that an answer names, and those of its case: each once."""

BY_RECORD = """
select r.rowid as answer, r.customer_id, least(c.opened_at, t.entered_at) as began_at,
    t.hold_time, t.tries, t.transfers, greatest(c.agents::double, t.agents) as agents,
    epoch(c.first_reply_at - c.first_contact_at) as first_response_time,
    if(c.first_solved_at <= {moment}, epoch(c.first_solved_at - c.opened_at), null)
        as time_to_resolution,
    c.customer_messages::double as messages,
    case
        when o.delivered_at <= o.promised_at then 0.0
        when o.delivered_at > o.promised_at and {moment} > o.promised_at then 1.0
    end::double as late_delivery,
    if(o.delivered_at is null, null, epoch(least(o.delivered_at, {moment}) - o.ordered_at))
        as delivery_time
from {rows} as r
left join by_call as t on t.answer = r.rowid
left join case_fact as c on c.source = r.source and c.case_id = r.case_id
left join "order" as o on o.source = r.source and o.order_id = r.order_id
"""
"""What came late had not come when it was due; who answered before that could not tell. Of what
never came it is not known whether it was cancelled."""

BY_READING = """
select b.answer from (
    select answer, customer_id, began_at from by_record where customer_id is not null
) as b asof join (
    select customer_id, opened_at from article_view where customer_id is not null
) as v on v.customer_id = b.customer_id and v.opened_at <= b.began_at
where v.opened_at >= b.began_at - interval {read_within} hours
"""
"""Before what an article was read. A table of its own: DuckDB, which does not know how few these
are, would look up all rows with all their columns for each."""

TOGETHER = """
select {columns}, b.* exclude (answer, customer_id, began_at),
    if(exists (from article_view where customer_id is not null) and b.customer_id is not null
        and b.began_at is not null, (a.answer is not null)::double, null) as article_read_before
from {rows} as r
join by_record as b on b.answer = r.rowid
left join by_reading as a on a.answer = r.rowid
"""
"""All that is joined goes by the place of the answer among the rows: two words take longer."""


@contextmanager
def experienced(
    rows: Counted, columns: Sequence[str] = (), moment: str = "r.answered_at"
) -> Iterator[str]:
    """Make the table `experience`: counted answers, with what had happened; return its name.

    Args:
        rows: of surveys, with the columns KEEP.
        columns: of the rows, those that the table shall have beside bucket, over and under; to
            copy all of them takes longer than to find what had happened.
        moment: SQL of the instant up to which things had happened, of the columns of `r`.

    """
    lake = rows.lake
    made = {
        "by_call": BY_CALL,
        "by_record": BY_RECORD,
        "by_reading": BY_READING,
        EXPERIENCE: TOGETHER,
    }
    kept = dict.fromkeys(("bucket", "over", "under", *map(plain, columns)))
    told = {
        "rows": ROWS,
        "columns": ", ".join(f"r.{identifier(name)}" for name in kept),
        "moment": moment,
        "read_within": READ_WITHIN_HOURS,
    }
    try:
        for record in (Call, Order, ArticleView):
            lake.use(record)
        with readable(lake, CaseFact):
            for name, template in made.items():
                query = template.format(**told)
                lake.connection.execute(f"create or replace temp table {name} as {query}")
        yield EXPERIENCE
    finally:
        for name in made:
            lake.connection.execute(f"drop table if exists temp.{name}")
