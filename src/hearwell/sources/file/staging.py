"""The one query of an import: it reads, maps, checks and hashes, and writes a Parquet file."""

import os
from pathlib import Path

from hearwell.lake.extensions import quoted
from hearwell.lake.tables import identifier
from hearwell.sources.file import checks
from hearwell.sources.file.expression import Expression
from hearwell.sources.file.plan import LEFT_OUT, Plan, said
from hearwell.sources.file.table import FAULT, LINE
from hearwell.sources.file.target import Fault, shown

PARQUET = (
    "format parquet, parquet_version v2, dictionary_size_limit 1000, "
    "compression zstd, compression_level 1"
)
"""Two thirds of the time and the size of DuckDB's defaults (measured, 10 M calls)."""

FEW_ROWS = ", row_group_size 30720"
"""Rows that are held in memory until they are written, where memory is short; else four times."""

EXPRESSION_SHOWN = 60
VALUES_SHOWN = 4

AMBIGUOUS_FLAG = "ambiguous_time"
"""What `quality_flags` says of a row with a local time that came twice."""


def staging(plan: Plan, target: Path) -> str:
    """Return the statement that writes all rows: those to keep, and those refused with why."""
    return copy(f"({rows(plan)})", target)


def copy(query: str, target: Path) -> str:
    """Return the statement that writes a query's rows in their order."""
    is_short = "HEARWELL_MEMORY" in os.environ
    return f"copy {query} to {quoted(str(target))} ({PARQUET}{FEW_ROWS if is_short else ''})"


def rows(plan: Plan) -> str:
    """Return the query. Its `_kind` is null for a row to keep, else the number of its fault.

    It is written in layers, of which each names what the next needs more than once: what is said,
    the reading of local clocks, the values, and what is wrong with them.
    """
    faults = numbered(plan)
    kinds = [f"when {fault.when} then {number}" for number, fault in faults.items()]
    reasons = [f"when {number} then {fault.reason}" for number, fault in faults.items()]
    raw = LINE if plan.has_faults else "to_json(_file)"
    ambiguous = " or ".join(plan.can_be_ambiguous)
    kept = [
        f"{quoted(plan.source)} as source",
        *(column(plan, name) for name in plan.record.columns() if name != "source"),
        "_kind",
        f"case when _kind is not null then case _kind {' '.join(reasons)} end end as _reason",
        f"case when _kind > {LEFT_OUT} then {raw} end as _raw",
    ]
    if ambiguous:
        kept.append("_ambiguous and _kind is null as _ambiguous")
    if plan.zone_not_said:
        is_local = [f"{identifier(f'local_{name}')} is not null" for name in plan.zone_not_said]
        kept.append(f"({' or '.join(is_local)}) as _zone_not_said")
    return f"""
select {", ".join(filter(None, kept))}
from (select *, (case {" ".join(kinds)} end)::smallint as _kind
             {f", coalesce({ambiguous}, false) as _ambiguous" if ambiguous else ""}
from {values(plan)})
"""


def values(plan: Plan) -> str:
    """Return the layers up to the values of the record.

    A local time that came twice is the earlier one, unless that would be before another instant
    of the row that it must follow.
    """
    relation = f"""(
select *, {", ".join(f"{t.value} as {identifier(t.name)}" for t in plan.targets.values())}
from (select *{layer("local", {t.name: t.local for t in plan.targets.values() if t.local})}
from (select *{layer("said", {name: taken(name, e) for name, e in plan.expressions.items()})}
from ({read(plan)}))))"""
    for name in plan.record.columns():
        target = plan.targets.get(name)
        earlier = checks.not_before(plan.record, name, plan.targets)
        if target and target.later and earlier:
            kept, before = identifier(name), ", ".join(map(identifier, earlier))
            relation = (
                f"(select * replace (case when {kept} < greatest({before}) "
                f"and {target.ambiguous} then {target.later} else {kept} end as {kept}) "
                f"from {relation})"
            )
    return relation


def read(plan: Plan) -> str:
    """Return the innermost layer: the file's row as one value, and what each expression gives."""
    tries = {name: said(each) for name, each in plan.expressions.items()}
    if plan.where:
        tries["_where"] = said(plan.where)
    faults = f", {LINE}, {FAULT}" if plan.has_faults else ""
    return f"select _row_ as _file{faults}{layer('try', tries)} from {plan.relation} as _row_"


def layer(prefix: str, expressions: dict[str, str]) -> str:
    return "".join(
        f", {sql} as {identifier(f'{prefix}_{name}')}" for name, sql in expressions.items()
    )


def taken(name: str, each: Expression) -> str:
    tried = identifier(f"try_{name}")
    return tried if each.cannot_fail else f"{tried}.v"


def column(plan: Plan, name: str) -> str:
    """Return a column of the result; nothing for one that the mapping does not have."""
    kept = identifier(name)
    if name == "received_at" and name not in plan.targets:
        return f"timestamp '{plan.received_at:%Y-%m-%d %H:%M:%S.%f}' as {kept}"
    if name == "quality_flags" and plan.can_be_ambiguous:
        before = kept if name in plan.targets else "null::varchar[]"
        flagged = f"list_append(coalesce({before}, []), {quoted(AMBIGUOUS_FLAG)})"
        return f"case when _ambiguous then {flagged} else {before} end as {kept}"
    return kept if name in plan.targets else ""


def numbered(plan: Plan) -> dict[int, Fault]:
    """Return all that can be wrong with a row, in the order in which it is told."""
    faults = [Fault("unreadable line", f"{FAULT} is not null", FAULT)] if plan.has_faults else []
    out = None
    if plan.where:
        tried = identifier("try__where")
        if not plan.where.cannot_fail:
            faults.append(failing("where", plan.where, tried))
        verdict = tried if plan.where.cannot_fail else f"{tried}.v"
        out = Fault.fixed("left out by the mapping", f"not coalesce({verdict}, false)")
    before = dict(enumerate(faults, LEFT_OUT + 1))
    if out:
        before[LEFT_OUT] = out
    for name, each in plan.expressions.items():
        if not each.cannot_fail:
            hide = plan.targets[name].column.role == "person"
            add(before, failing(name, each, identifier(f"try_{name}"), hide=hide))
        for fault in plan.targets[name].faults:
            add(before, fault)
    for fault in plan.checks:
        add(before, fault)
    return before


def add(faults: dict[int, Fault], fault: Fault) -> None:
    faults[max(faults, default=LEFT_OUT) + 1] = fault


def failing(name: str, each: Expression, tried: str, *, hide: bool = False) -> Fault:
    """Return the fault that an expression fails, told with the values that it read."""
    sql = " ".join(each.sql.split())
    sql = sql if len(sql) <= EXPRESSION_SHOWN else sql[:EXPRESSION_SHOWN] + "…"
    values = " || ', ' || ".join(
        f"{quoted(f'{column} = ')} || {shown(f'_file.{identifier(column)}')}"
        for column in each.reads[:VALUES_SHOWN]
    )
    told = quoted(f"{name}: `{sql}` fails")
    reason = told if hide else f"{told} || ' where ' || {values}"
    return Fault(f"{name}: the expression fails", f"{tried} is null", reason)
