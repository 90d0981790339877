"""What people wrote in the rows that a metric counts: covered, with whose it is and what it adds.

An answer has its comment. Any other row has the subject of its case, and what the customer wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearwell.evidence.counted import ROWS, Counted, plain
from hearwell.evidence.errors import NotExplained
from hearwell.lake.tables import identifier
from hearwell.language import gettext_noop
from hearwell.metrics.part import FloatArray
from hearwell.records.agent import Agent
from hearwell.records.case import Case
from hearwell.records.message import Message
from hearwell.records.survey import ANONYMOUS, Survey
from hearwell.stats.resampling import GROUPS
from hearwell.text.language import Languages
from hearwell.text.scrub import Scrubber

MOST = 200_000
"""Of more texts, those of people drawn at random are looked through."""

MOST_LETTERS = 2_000
"""So much of a text is looked at."""

NAMES = "select distinct name from agent where name is not null and not coalesce(is_bot, false)"

OF_SURVEY = f"select * from {ROWS} where coalesce(instrument not in {ANONYMOUS}, true)"
OF_CASE = f"""
with said as (
    select source, case_id, string_agg(text, '\n' order by sent_at) as said from message
    where text is not null and case_id is not null and coalesce(kind, 'text') = 'text'
        and (author_kind = 'customer' or (author_kind is null and direction = 'inbound'))
    group by all
), about as (
    select source, case_id, concat_ws('\n', subject, said) as comment
    from "case" full join said using (source, case_id)
)
select r.*, a.comment from {ROWS} as r join about as a using (source, case_id)
"""


@dataclass(frozen=True)
class Texts:
    """Texts of counted rows, and of each: whose it is, when, and what its row adds.

    Attributes:
        text: with everything personal covered.
        person: a number for the writer; somebody not known is one of their own.
        cell: 0 now, 1 before.
        columns: those that were asked for.
        part: of the people whose texts are here, if there were too many; else 1.

    """

    text: list[str]
    language: list[str]
    person: NDArray[np.int64]
    bucket: NDArray[np.int64]
    cell: NDArray[np.int64]
    over: FloatArray
    under: FloatArray
    columns: dict[str, Any]
    part: float

    @property
    def value(self) -> FloatArray:
        """What each row alone is, nan where it is nothing."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.over / self.under


def kept_for_texts(record: type[Any]) -> tuple[str, ...]:
    """Return the columns by which the texts of a record's rows are found.

    Raises:
        NotExplained: nothing is written in them.

    """
    if record is Survey:
        return ("source", "instrument", "comment")
    if "case_id" in record.columns():
        return ("source", "case_id")
    problem = gettext_noop(
        "It has no texts. Ask for a metric of answers (CSAT, NPS, CES) or of cases."
    )
    raise NotExplained(problem)


def texts_of(rows: Counted, columns: Sequence[str] = ()) -> Texts:
    """Return what was written, covered and with its language.

    Args:
        columns: dimensions and columns of the rows to tell beside each text.

    Raises:
        NotExplained: nothing was written.

    """
    lake, settings = rows.lake, rows.lake.settings
    asked = rows.asked
    if asked.metric.is_anonymous:
        problem = gettext_noop("{what} is anonymous: what agents wrote is not shown.")
        raise NotExplained(problem, what=asked.metric.name)
    for record in (Agent, Case, Message):
        lake.use(record)
    source = OF_SURVEY if asked.metric.record is Survey else OF_CASE
    lake.connection.execute(
        "create or replace temp table written as select *, row_number() over () - 1 as place "
        f"from ({source}) where trim(comment) <> ''"
    )
    try:
        count = int(rows.sql("select count(*) as n from written")["n"][0])
        if not count:
            problem = gettext_noop(
                "Nothing was written in the rows of {what}. Give a longer period."
            )
            raise NotExplained(problem, what=asked.metric.name)
        buckets = GROUPS if count <= MOST else max(int(GROUPS * MOST / count), 1)
        more = "".join(f", {identifier(plain(name))}" for name in columns)
        found = rows.sql(
            f"select left(comment, {MOST_LETTERS}) as comment, "
            "dense_rank() over (order by customer) as person, customer is not null as is_known, "
            f"bucket, cell, over, under{more} from written where bucket < {buckets} order by place"
        )
        names = [str(name) for name in rows.sql(NAMES)["name"]]
    finally:
        lake.connection.execute("drop table temp.written")
    told = settings.text
    text = Scrubber(told.languages, told.region, names).scrubbed(found["comment"].tolist())
    size = len(text)
    return Texts(
        text,
        Languages(told.languages).of(text),
        np.where(found["is_known"], found["person"], size + 1 + np.arange(size)).astype(np.int64),
        found["bucket"].astype(np.int64),
        found["cell"].astype(np.int64),
        found["over"].astype(np.float64),
        found["under"].astype(np.float64),
        {name: found[plain(name)] for name in columns},
        buckets / GROUPS,
    )
