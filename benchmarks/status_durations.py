"""All durations of cases by both clocks, from what a ticket system tells, and how they grow.

Each ticket has four comments, four changes of its status and one assignment. One in three is for
a team that works at night on the other side of the world; holidays are left out for the others.
"""

import json
import tempfile
import time
from pathlib import Path

from case_facts import put

from hearwell.clock.business import with_business_seconds
from hearwell.clock.schedule import WEEKDAYS
from hearwell.engine import case_build
from hearwell.engine.fact_build import begin
from hearwell.engine.kept import drop, make
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake, create
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.reply_wait import ReplyWait
from hearwell.metrics.part import Expr
from hearwell.settings import Settings

BEGUN = "timestamp '2025-01-01' + to_seconds((hash(i) % 30000000)::bigint)"
MADE = {
    "case": f"""
        select 'case-' || i as case_id, 'ann' || i % 50000 as customer_id,
            if(i % 3 = 0, 'chat', 'mail') as channel, {BEGUN} as opened_at,
            'customer' as opened_by_kind
        from range(?) as t(i)
    """,
    "message": f"""
        select 'case-' || i as case_id, i || '-' || j as message_id,
            {BEGUN} + to_seconds((j * (1 + hash(i * 3) % 40000))::bigint) as sent_at,
            if(j % 2 = 0, 'customer', 'agent') as author_kind, true as is_public,
            if(j % 2 = 1, 'agent ' || hash(i + j) % 300, null) as author_id,
            if(j % 2 = 0, 'inbound', 'outbound') as direction
        from range(?) as t(i), range(4) as m(j)
    """,
    "case_event": f"""
        select 'case-' || i as case_id, lpad(j::varchar, 2, '0') as event_id,
            {BEGUN} + to_seconds((j * (1 + hash(i * 7) % 60000))::bigint) as at,
            if(j = 1, 'assigned', 'status_changed') as kind,
            case j when 0 then 'open' when 1 then 'agent ' || i % 300 when 2 then 'pending'
                when 3 then 'open' else 'solved' end as to_value
        from range(?) as t(i), range(5) as e(j)
    """,
}
SETTINGS = Settings.model_validate(
    {
        "schedule": [
            {
                "name": "nights",
                "zone": "Asia/Karachi",
                "applies_to": {"channel": ["chat"]},
                "blocks": [{"days": WEEKDAYS, "opens": "22:00", "closes": "06:00"}],
            },
            {
                "name": "office",
                "zone": "America/New_York",
                "holidays": "US",
                "blocks": [{"days": WEEKDAYS[:5], "opens": "09:00", "closes": "17:30"}],
            },
        ]
    }
)
CASE_SPANS = {
    "first_response": ("first_contact_at", "first_reply_at"),
    "first_resolution": ("opened_at", "first_solved_at"),
    "full_resolution": ("opened_at", "solved_at"),
}
WAIT_SPANS = {"next_response": ("waiting_since", "replied_at")}


def measure(cases: int, runs: int) -> list[float]:
    """Return the seconds of each run; the first writes the queries too."""
    with tempfile.TemporaryDirectory() as folder:
        lake = create(Path(folder) / "lake")
        lake.settings = SETTINGS
        lake.connection.execute("set threads = 2")
        for name, made in MADE.items():
            put(lake, name, made.replace("?", str(cases)))
        for record in case_build.SOURCES:
            lake.use(record)
        queries = {
            f"{record.table_name}_durations": durations(lake, record.unbound(), spans)
            for record, spans in ((CaseFact, CASE_SPANS), (ReplyWait, WAIT_SPANS))
        }
        taken = []
        for _ in range(runs):
            begun = time.perf_counter()
            making = begin(lake)
            make(making, (case_build.CASES,), case_build.kept_for(ReplyWait))
            case_build.make_of_told(making, ReplyWait)
            for name, query in queries.items():
                making.create(name, query)
            taken.append(time.perf_counter() - begun)
            check(lake, cases)
            drop(lake, making.lasting)
            drop(lake, making.made)
        lake.close()
    return taken


def durations(lake: Lake, table: Expr, spans: dict[str, tuple[str, str]]) -> str:
    """Return the query of durations between two instants and of those that are there by now."""
    instants = {name: (table[start], table[end]) for name, (start, end) in spans.items()}
    calendar = {
        f"{name}_seconds": end.delta(start, unit="microsecond") / 1e6
        for name, (start, end) in instants.items()
    }
    hours = case_build.hours_of(lake)
    rows = with_business_seconds(
        table.mutate(**calendar),
        hours.days,
        hours.schedule_of(table),
        {f"{name}_business_seconds": span for name, span in instants.items()},
    )
    counted = [name for name in rows.columns if name.endswith("_seconds")]
    return sql(rows.select("source", "case_id", *counted))


def check(lake: Lake, cases: int) -> None:
    """Make sure that nothing was left uncounted."""
    for name, rows in (("case_fact_durations", cases), ("reply_wait_durations", cases * 2)):
        columns = lake.connection.execute(f"from {name} limit 0").description
        counts = ", ".join(f"count({each[0]})" for each in columns)
        found = lake.connection.execute(f"select {counts} from {name}").fetchall()[0]
        if set(found) != {rows}:
            problem = f"{name} has {found}, not {rows} of each"
            raise SystemExit(problem)


def main() -> None:
    few, many = 100_000, 1_000_000
    first, *others = measure(few, runs=7)
    more = min(measure(many, runs=3))
    print(
        json.dumps(
            {
                "first_seconds": first,
                "seconds": min(others),
                "million_seconds": more,
                "growth": more / min(others) / (many / few),
            }
        )
    )


if __name__ == "__main__":
    main()
