"""Facts of cases that are kept in the lake, and made anew only for cases that were touched.

What is kept is what messages and events tell of each case. It says from which state of the lake
it was made and by which formula; what came since is made when it is needed, so that an answer
never rests on a build that is out of date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import ibis

from hearwell.engine.sums import sql
from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.case_fact import (
    MERGED,
    MERGES,
    TOLD,
    CaseFact,
    case_facts,
    case_tellings,
)
from hearwell.metrics.part import Expr
from hearwell.records.case import Case
from hearwell.records.case_event import CaseEvent
from hearwell.records.message import Message

SOURCES = (Case, Message, CaseEvent)
BUILDS = "hearwell_build"
TOUCHED, MEMBER = "case_touched", "case_member"
KEY = "source, case_id"


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
        fresh = tell(lake, made, touched=since is not None)
        cases = keep(lake, fresh, before, touched=since is not None)
        drop(lake, made)
    return Built(cases, since is None)


def make_case_facts(lake: Lake) -> list[str]:
    """Make the facts readable as `case_fact`; return the tables that were made for it."""
    use(lake)
    made: list[str] = []
    since = built_at(lake, lake.snapshot)
    if since is None:
        tell(lake, made, touched=False)
    elif find_touched(lake, since, lake.snapshot, made):
        fresh = tell(lake, made, touched=True)
        create(
            lake,
            made,
            TOLD,
            f"from lake.{TOLD} anti join {TOUCHED} using ({KEY}) union all by name from {fresh}",
        )
    else:
        create(lake, made, TOLD, f"from lake.{TOLD}")
    for name, query in of_told().items():
        create(lake, made, name, query)
    return made


def use(lake: Lake) -> None:
    for record in SOURCES:
        lake.use(record)


def bare(suffix: str = "") -> list[Expr]:
    return [
        ibis.table(record.unbound().schema(), name=f"{record.table_name}{suffix}")
        for record in SOURCES
    ]


@cache
def tellings(suffix: str = "") -> Mapping[str, str]:
    """Return the queries of what is told of each case, in their order."""
    return {name: sql(step) for name, step in case_tellings(*bare(suffix)).items()}


@cache
def of_told() -> Mapping[str, str]:
    """Return the queries that make facts of what is told."""
    told = ibis.table(case_tellings(*bare())[TOLD].schema(), name=TOLD)
    return {name: sql(step) for name, step in case_facts(told, *bare()).items()}


def create(lake: Lake, made: list[str], name: str, query: str) -> None:
    lake.connection.execute(f"create or replace temp table {name} as {query}")
    made.append(name)


def drop(lake: Lake, made: list[str]) -> None:
    for name in dict.fromkeys(made):
        lake.connection.execute(f"drop table if exists temp.{name}")


def formula() -> str:
    """Return a mark of the rules: facts that were made by others are made anew."""
    return sha256("".join(tellings().values()).encode()).hexdigest()


def built_at(lake: Lake, now: int) -> int | None:
    """Return the snapshot from which the kept facts were made; None if they are of no use."""
    run = lake.connection.execute
    tables = {
        name
        for (name,) in run(
            "select table_name from duckdb_tables() where database_name = 'lake' "
            f"and table_name in ({quoted(BUILDS)}, {quoted(TOLD)})"
        ).fetchall()
    }
    if tables != {BUILDS, TOLD}:
        return None
    found = run(f"select snapshot, formula from lake.{BUILDS}").fetchall()
    if len(found) != 1 or found[0][1] != formula():
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
        create(lake, made, name, tellings()[name])
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


def tell(lake: Lake, made: list[str], *, touched: bool) -> str:
    """Make what is told of all cases, or of those touched; return the name of the table."""
    suffix = "_touched_rows" if touched else ""
    if touched:
        for record in SOURCES:
            name = record.table_name
            create(lake, made, f"{name}{suffix}", f'from "{name}" semi join {MEMBER} using ({KEY})')
    for name, query in tellings(suffix).items():
        create(lake, made, f"{TOLD}_fresh" if touched and name == TOLD else name, query)
    return made[-1]


def keep(lake: Lake, fresh: str, snapshot: int, *, touched: bool) -> int:
    """Put the fresh facts into the lake; return how many there are."""
    run = lake.connection.execute
    if touched:
        run(f"delete from lake.{TOLD} where ({KEY}) in (select ({KEY}) from {TOUCHED})")
        run(f"insert into lake.{TOLD} by name from {fresh}")
    else:
        run(f"drop table if exists lake.{TOLD}")
        run(f"create table lake.{TOLD} as from temp.{fresh}")
    run(
        f"create table if not exists lake.{BUILDS} (fact varchar, snapshot bigint, formula varchar)"
    )
    run(f"delete from lake.{BUILDS}")
    run(
        f"insert into lake.{BUILDS} values "
        f"({quoted(CaseFact.table_name)}, {snapshot}, {quoted(formula())})"
    )
    return int(run(f"select count(*) from {fresh}").fetchall()[0][0])
