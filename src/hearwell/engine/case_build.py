"""Facts of cases that are kept in the lake, and made anew only for cases that were touched.

What is kept is what messages and events tell of each case. It says from which state of the lake
it was made, and by which rules and opening hours; what came since is made when it is needed, so
that an answer never rests on a build that is out of date.
"""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version

import ibis
import ibis.expr.operations as ops

from hearwell.clock import business, holiday, interval, schedule, zone
from hearwell.clock.business import business_days
from hearwell.engine import facts
from hearwell.engine.errors import BadQuestion
from hearwell.engine.facts import BUSINESS_DAY, schedule_of
from hearwell.engine.passes import Written
from hearwell.engine.sums import sql
from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.metrics.facts import case_fact, case_told
from hearwell.metrics.facts.case_fact import CaseFact, Steps, case_facts
from hearwell.metrics.facts.case_handling import CaseHandling, case_handlings
from hearwell.metrics.facts.case_told import (
    HANDLED,
    MERGED,
    MERGES,
    TOLD,
    WAITS,
    Hours,
    case_tellings,
    merges,
)
from hearwell.metrics.facts.deadline import Deadline, deadlines
from hearwell.metrics.facts.reply_wait import ReplyWait, reply_waits
from hearwell.metrics.part import Expr
from hearwell.records.case import Case
from hearwell.records.case_event import CaseEvent
from hearwell.records.message import Message
from hearwell.records.record import Record
from hearwell.settings import Settings

SOURCES = (Case, Message, CaseEvent)
BUILDS = "hearwell_build"
KEPT = (TOLD, WAITS, HANDLED)
TOUCHED, MEMBER = "case_touched", "case_member"
KEY = "source, case_id"

NEEDED: Mapping[type[Record], tuple[str, ...]] = {
    ReplyWait: (WAITS,),
    Deadline: (WAITS,),
    CaseHandling: (HANDLED,),
}
"""What of the kept a fact is made of, besides what is told of each case."""

RULES = (case_told, case_fact, facts, business, schedule, holiday, zone, interval)
"""The modules by whose words the kept facts are made."""

FIRST_DAY, LAST_DAY = datetime(1990, 1, 1), datetime(2069, 12, 31)  # noqa: DTZ001  naive UTC
"""The days of which opening hours are worked out. What lies outside has no business time."""

TOLD_BETWEEN = """
select min(instant), max(instant) from (
    select unnest([min(opened_at), max(opened_at)]) as instant from "case"
    union all select unnest([min(sent_at), max(sent_at)]) from message
    union all select unnest([min("at"), max("at")]) from case_event
)
"""

TELLINGS = Written(8)


@dataclass(frozen=True)
class Built:
    """What a build did."""

    cases: int  # made anew
    is_full: bool


def case_build(lake: Lake, *, full: bool = False) -> Built | None:
    """Bring the kept facts up to date; return None if they were.

    Args:
        full: make all of them anew.

    """
    use(lake)
    made: list[str] = []
    with lake.writing("build case_fact"):
        before = lake.snapshot
        since = None if full else built_at(lake, before)
        if since is not None and not find_touched(lake, since, before, made):
            drop(lake, made)
            return None
        fresh = tell(lake, made, KEPT, touched=since is not None)
        cases = keep(lake, fresh, before, touched=since is not None)
        drop(lake, made)
    return Built(cases, since is None)


def make_case_facts(lake: Lake, record: type[Record]) -> list[str]:
    """Make facts of cases readable under their name; return what was made for it."""
    use(lake)
    made: list[str] = []
    wanted = (TOLD, *NEEDED.get(record, ()))
    since = built_at(lake, lake.snapshot)
    if since is None:
        tell(lake, made, wanted, touched=False)
    elif find_touched(lake, since, lake.snapshot, made):
        for name, fresh in tell(lake, made, wanted, touched=True).items():
            create(
                lake,
                made,
                name,
                f"from lake.{name} anti join {TOUCHED} using ({KEY}) "
                f"union all by name from {fresh}",
            )
    else:
        for name in wanted:
            create(lake, made, name, f"from lake.{name}", kind="view")
    known, *others = of_told(record.table_name).items()
    create(lake, made, *known)  # it reads all rows, and is read again and again
    for name, query in others:
        create(lake, made, name, query, kind="view")
    if record is Deadline:
        make_deadlines(lake, made)
    return made


def make_deadlines(lake: Lake, made: list[str]) -> None:
    """Make the deadlines that the targets in the settings set, of the facts of cases.

    Raises:
        BadQuestion: a target is for a dimension that there is not.

    """
    settings = lake.settings
    for target in settings.service_level_target:
        for name in target.applies_to:
            if name not in Deadline.dimensions():
                known = ", ".join(Deadline.dimensions())
                problem = (
                    f"The target for {target.metric} in hearwell.toml applies to {name!r}, "
                    f"which cases do not have. They have {known}."
                )
                raise BadQuestion(problem)
    hours = hours_of(lake)

    def write() -> list[tuple[str, str]]:
        steps = deadlines(
            CaseFact.unbound(), ReplyWait.unbound(), settings.service_level_target, hours
        )
        return [(name, sql(step)) for name, step in steps.items()]

    key = (repr(settings.service_level_target), hours and hours.written_as)
    for name, query in TELLINGS.get(key, write):
        create(lake, made, name, query)


def use(lake: Lake) -> None:
    for record in SOURCES:
        lake.use(record)


def bare(suffix: str = "") -> list[Expr]:
    return [
        ibis.table(record.unbound().schema(), name=f"{record.table_name}{suffix}")
        for record in SOURCES
    ]


@dataclass(frozen=True)
class Step:
    """A table to make, and those that it is made of."""

    query: str
    reads: frozenset[str]


def tellings(suffix: str = "", hours: Hours | None = None) -> Mapping[str, Step]:
    """Return the steps that make what is told of each case, in their order."""

    def write() -> Mapping[str, Step]:
        made = case_tellings(*bare(suffix), hours=hours)
        return {
            name: Step(
                sql(step), frozenset(table.name for table in step.op().find(ops.UnboundTable))
            )
            for name, step in made.items()
        }

    return TELLINGS.get((suffix, hours and hours.written_as), write)


def needed(steps: Mapping[str, Step], wanted: Iterable[str]) -> dict[str, str]:
    """Return the queries of those steps without which the wanted tables cannot be made."""
    found: set[str] = set()
    to_do = [*wanted]
    while to_do:
        name = to_do.pop()
        if name in steps and name not in found:
            found.add(name)
            to_do += steps[name].reads
    return {name: step.query for name, step in steps.items() if name in found}


@cache
def mergings() -> Mapping[str, str]:
    """Return the queries that find into which case each merged one went."""
    steps = Steps()
    merges(steps, bare()[0])
    return {name: sql(step) for name, step in steps.made.items()}


@cache
def kept_tables() -> Mapping[str, Expr]:
    made = case_tellings(*bare())
    return {name: ibis.table(made[name].schema(), name=name) for name in KEPT}


@cache
def of_told(fact: str) -> Mapping[str, str]:
    """Return the queries that make facts of what is told: first what is known of each source."""
    told = kept_tables()
    made = dict(case_facts(told[TOLD], *bare()))
    if fact in {ReplyWait.table_name, Deadline.table_name}:
        made[ReplyWait.table_name] = reply_waits(told[WAITS], CaseFact.unbound())
    if fact == CaseHandling.table_name:
        made[CaseHandling.table_name] = case_handlings(told[HANDLED], CaseFact.unbound())
    return {name: sql(step) for name, step in made.items()}


def create(lake: Lake, made: list[str], name: str, query: str, kind: str = "table") -> None:
    lake.connection.execute(f"create or replace temp {kind} {name} as {query}")
    made.append(f"{kind} {name}")


def drop(lake: Lake, made: list[str]) -> None:
    for each in reversed(dict.fromkeys(made)):
        kind, name = each.split()
        lake.connection.execute(f"drop {kind} if exists temp.{name}")


def hours_of(lake: Lake) -> Hours | None:
    """Return the opening hours around all that is told of cases; None where none are set."""
    settings = lake.settings
    if not settings.schedule:
        return None
    first, last = lake.connection.execute(TOLD_BETWEEN).fetchall()[0]
    days = business_days(
        settings.schedule,
        min(max(first or FIRST_DAY, FIRST_DAY), LAST_DAY).date(),
        max(min(last or FIRST_DAY, LAST_DAY), FIRST_DAY).date(),
    )
    lake.connection.register(BUSINESS_DAY, days.columns)
    return Hours(days, lambda rows: schedule_of(rows, CaseFact, settings), of_schedules(settings))


def formula() -> str:
    """Return a mark of the rules: facts that were made by others are made anew."""
    return sha256("".join(map(inspect.getsource, RULES)).encode()).hexdigest()


def of_schedules(settings: Settings) -> str:
    """Return a mark of the opening hours; holidays are as the library of this version has them."""
    told = settings.model_dump_json(include={"schedule"})
    return f"{told} {version('holidays')} {version('tzdata')}"


def mark(settings: Settings) -> str:
    """Return a mark of all that decides what the kept facts are, besides the records."""
    return sha256(f"{formula()} {of_schedules(settings)}".encode()).hexdigest()


def built_at(lake: Lake, now: int) -> int | None:
    """Return the snapshot from which the kept facts were made; None if they are of no use."""
    run = lake.connection.execute
    tables = {
        name
        for (name,) in run(
            "select table_name from duckdb_tables() where database_name = 'lake' "
            f"and table_name in ({', '.join(map(quoted, (BUILDS, *KEPT)))})"
        ).fetchall()
    }
    if tables != {BUILDS, *KEPT}:
        return None
    found = run(f"select snapshot, formula from lake.{BUILDS}").fetchall()
    if len(found) != 1 or found[0][1] != mark(lake.settings):
        return None
    since = int(found[0][0])
    (oldest,) = run("select min(snapshot_id) from ducklake_snapshots('lake')").fetchall()[0]
    return since if oldest <= since <= now else None  # what was forgotten cannot be followed


def find_touched(lake: Lake, since: int, now: int, made: list[str]) -> bool:
    """Make the table of the cases to make anew, and that of all cases that belong to them."""
    if since >= now:
        return False
    run = lake.connection.execute
    changed = " union ".join(
        f"select source, {column} as case_id "
        f"from lake.table_changes({quoted(record.table_name)}, {since + 1}, {now}) "
        f"where {column} is not null"
        for record, column in (
            (Case, "case_id"),
            (Case, "merged_into"),
            (Message, "case_id"),
            (CaseEvent, "case_id"),
        )
    )
    create(lake, made, "case_changed", changed)
    if not run("select 1 from case_changed limit 1").fetchall():
        return False
    for name in MERGES:
        create(lake, made, name, mergings()[name])
    into = f"left join {MERGED} as m on m.source = c.source and m.case_id = c.case_id"
    survivor = "coalesce(m.merged_into, c.case_id)"
    create(
        lake,
        made,
        TOUCHED,
        f"select {KEY} from case_changed "  # also those that are no survivors any more
        f"union select c.source, {survivor} from case_changed as c {into}",
    )
    create(
        lake,
        made,
        MEMBER,
        f'select c.source, c.case_id from "case" as c {into} '
        f"semi join {TOUCHED} as t on t.source = c.source and t.case_id = {survivor}",
    )
    return True


def tell(lake: Lake, made: list[str], wanted: Iterable[str], *, touched: bool) -> dict[str, str]:
    """Make what is told of all cases, or of those touched; return the tables of what is kept."""
    hours = hours_of(lake)
    suffix = "_touched_rows" if touched else ""
    if touched:
        for record in SOURCES:
            name = record.table_name
            create(lake, made, f"{name}{suffix}", f'from "{name}" semi join {MEMBER} using ({KEY})')
    fresh = {name: f"{name}_fresh" if touched else name for name in wanted}
    for name, query in needed(tellings(suffix, hours), wanted).items():
        create(lake, made, fresh.get(name, name), query)
    return fresh


def keep(lake: Lake, fresh: Mapping[str, str], snapshot: int, *, touched: bool) -> int:
    """Put the fresh facts into the lake; return of how many cases they are."""
    run = lake.connection.execute
    for name, made in fresh.items():
        if touched:
            run(f"delete from lake.{name} where ({KEY}) in (select ({KEY}) from {TOUCHED})")
            run(f"insert into lake.{name} by name from temp.{made}")
        else:
            run(f"drop table if exists lake.{name}")
            run(f"create table lake.{name} as from temp.{made}")
    run(
        f"create table if not exists lake.{BUILDS} (fact varchar, snapshot bigint, formula varchar)"
    )
    run(f"delete from lake.{BUILDS}")
    run(
        f"insert into lake.{BUILDS} values "
        f"({quoted(CaseFact.table_name)}, {snapshot}, {quoted(mark(lake.settings))})"
    )
    return int(run(f"select count(*) from temp.{fresh[TOLD]}").fetchall()[0][0])
