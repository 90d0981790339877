"""The whole scorecard by channel and week, against one plain scan that sums the same columns."""

import json
import resource
import statistics
import sys
import tempfile
from functools import partial
from pathlib import Path

import call_metrics
import case_facts

from hearwell.engine import ask as asking
from hearwell.engine.ask import ask
from hearwell.engine.fact_build import build_facts
from hearwell.engine.question import Question
from hearwell.engine.rollup_build import roll_up
from hearwell.engine.scorecard import asked_for
from hearwell.lake.lake import Lake
from hearwell.records.call import Call
from hearwell.records.case import Case
from hearwell.records.message import Message
from hearwell.records.survey import Survey

SURVEYS = """
select 'survey-' || i as survey_id,
    if(i % 2 = 0, 'csat', 'nps') as instrument, if(i % 2 = 0, 1, 0) as scale_low,
    if(i % 2 = 0, 5, 10) as scale_high, 'c' || (random() * 800000)::int as customer_id,
    ['mail', 'chat', 'phone'][1 + (random() * 2)::int] as channel,
    timestamp '2025-01-01' + to_microseconds((i * 31e12 / {rows})::bigint) as sent_at,
    if(hash(i) % 10 < 3, 'answered', 'sent') as status,
    if(hash(i) % 10 < 3, sent_at, null) as answered_at,
    if(hash(i) % 10 < 3, hash(i + 1) % 5 + if(i % 2 = 0, 1, 6), null) as answer
from range({rows}) as t(i)
"""
PLAIN = (
    call_metrics.PLAIN.replace("select queue,", "select 'phone' as channel,"),
    """select channel, date_trunc('week', sent_at) as week, count(direction), count(author_kind),
        count(is_public) from message group by all""",
    """select channel, date_trunc('week', opened_at) as week, count(opened_by_kind),
        count(merged_into), max(reported_solved_at), max(reported_closed_at),
        count(reported_sla_met) from "case" group by all""",
    """select channel, date_trunc('week', opened_at) as week, max(first_written_at),
        max(first_reply_at), sum(human_replies), sum(bot_messages), sum(agents),
        max(first_solved_at), sum(reopens), sum(moves), sum(escalations),
        sum(requester_wait_seconds) from lake.case_told group by all""",
    """select channel, date_trunc('week', sent_at) as week, count(status), count(instrument),
        sum(answer), sum(scale_low), sum(scale_high), count(higher_is_better), count(satisfied_set),
        max(answered_at), max(eligible_at) from survey group by all""",
)


def measure(millions: float = 10, runs: int = 5) -> dict[str, float]:
    """Return medians of seconds, in turn, and their ratios; two threads."""
    rows = int(millions * 1e6)
    with tempfile.TemporaryDirectory() as folder:
        lake = filled(Path(folder) / "lake", rows)
        question = Question(asked_for(("channel",), ()), by=("channel",), grain="week")
        built = case_facts.timed(lambda: [*roll_up(lake)])
        found = asking.found_rollup
        seconds: dict[str, list[float]] = {"plain": [], "records": [], "rolled": []}
        for run in range(runs + 1):
            for name, kept in seconds.items():
                asking.found_rollup = found if name == "rolled" else lambda *_: None  # type: ignore[assignment]
                work = partial(plain, lake) if name == "plain" else partial(ask, lake, question)
                took = case_facts.timed(work)
                if run:  # the first is a warm-up
                    kept.append(took)
        metrics = len(question.asked)
        lake.close()
    middle = {f"{name}_seconds": statistics.median(each) for name, each in seconds.items()}
    return {
        "rows_of_calls": rows,
        "metrics": metrics,
        **middle,
        "records_ratio": middle["records_seconds"] / middle["plain_seconds"],
        "rolled_ratio": middle["rolled_seconds"] / middle["plain_seconds"],
        "roll_up_seconds": built,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def plain(lake: Lake) -> None:
    for query in PLAIN:
        lake.connection.execute(query).fetchall()


def filled(path: Path, rows: int) -> Lake:
    """Return a lake with as many calls and messages, and a fifth as many cases and surveys."""
    lake = call_metrics.filled(path, rows)
    for name in case_facts.MADE:
        case_facts.bring(lake, name, 0, rows // 5)
    case_facts.put(lake, "survey", SURVEYS.format(rows=rows // 5))
    build_facts(lake)
    for record in (Call, Message, Case, Survey):
        lake.use(record)
    return lake


if __name__ == "__main__":
    print(json.dumps(measure(*map(float, sys.argv[1:2]))))
