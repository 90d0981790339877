"""How what an expression gives becomes what a record keeps, and what can be wrong with it.

For each column three names are used in SQL: `said_x` is what the expression gives, `local_x` the
reading of a local clock, `x` what is kept.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from hearwell.clock.zone import local_problem_sql, local_to_utc_sql
from hearwell.lake.extensions import quoted
from hearwell.lake.identity import hashed, hashed_number
from hearwell.lake.tables import TYPES, identifier
from hearwell.records.record import Column
from hearwell.sources.file.errors import BadExpression
from hearwell.sources.file.expression import Expression
from hearwell.sources.file.session import Session

SHOWN = 80
"""Characters of a value that a reason shows."""

NUMBERS_OF_TELEPHONES = {"caller"}
"""Person columns whose digits alone count."""

HAS_OFFSET = (
    "(contains({x}, '+') or contains({x}, 'Z') or contains({x}, 'U') or contains({x}, 'u') "
    "or {x} like '%:%-%')"
)
"""Does a text that is an ISO time name its offset from UTC (+02:00, -0500, Z, UTC)?

DuckDB's cast to TIMESTAMP passes over an offset without a word.
"""

AWARE = "TIMESTAMP WITH TIME ZONE"


TIME_WITH_OFFSET = (
    r"\d{4}-\d\d?-\d\d?[T ]\d\d?:\d\d(:\d\d(\.\d+)?)? *(Z|z|UTC|utc|GMT|[-+]\d\d(:?\d\d)?)"
)


@dataclass(frozen=True)
class Fault:
    """Something that makes a row unfit: when, and how to tell it."""

    kind: str
    when: str
    reason: str  # SQL for the text

    @classmethod
    def fixed(cls, reason: str, when: str) -> "Fault":
        return cls(reason, when, quoted(reason))


@dataclass(frozen=True)
class Target:
    """One column of a record on its way from an expression."""

    name: str
    column: Column
    dtype: str  # what the expression gives
    local: str | None  # SQL over said_x
    value: str  # SQL over said_x and local_x
    faults: tuple[Fault, ...]
    ambiguous: str | None = None  # SQL: was the local time one that came twice?
    later: str | None = None  # SQL over local_x: the later of the two instants

    def without_nul(self) -> "Target":
        """Return the same for a file that has no NUL byte."""
        faults = tuple(each for each in self.faults if each.kind != nul_byte(self.name))
        return replace(self, faults=faults)


def target(
    name: str, column: Column, expression: Expression, dtype: str, session: Session
) -> Target:
    """Say how a column is made from what an expression gives.

    Raises:
        BadExpression: that can never become what the record keeps.

    """
    if column.dtype == "timestamp":
        return instant(name, column, expression, dtype, session)
    said = identifier(f"said_{name}")
    if column.role == "category":
        return category(name, column, said, dtype)
    if column.dtype == "string":
        hide = column.role == "person" and name not in session.plain
        return text(name, column, said, dtype, session.key if hide else None)
    return other(name, column, said, dtype)


def text(name: str, column: Column, said: str, dtype: str, key: str | None) -> Target:
    value = as_text(said, dtype)
    faults = [
        Fault.fixed(nul_byte(name), f"contains({value}, chr(0))"),
        *missing(name, column, f"({value} is null or ({value} < '!' and trim({value}) = ''))"),
    ]
    if key is not None:
        is_number = name in NUMBERS_OF_TELEPHONES
        value = hashed_number(value, key) if is_number else hashed(value, key)
        faults += missing(name, column, f"{identifier(name)} is null")
    elif column.is_key or column.role in {"dimension", "person"}:
        value = f"nullif({value}, '')"
    return Target(name, column, dtype, None, value, tuple(faults))


def nul_byte(name: str) -> str:
    return f"NUL byte in {name}"


def category(name: str, column: Column, said: str, dtype: str) -> Target:
    plain = as_text(said, dtype)
    # An enum: DuckDB makes a join of `in` with many words, which takes ten times as long.
    words = f"enum ({', '.join(quoted(word) for word in column.words)})"
    value = f"coalesce(try_cast({plain} as {words}), try_cast(lower(trim({plain})) as {words}))"
    unknown = f"{identifier(name)} is null and trim({plain}) != ''"
    known = f"' is not one of {', '.join(column.words)}'"
    return Target(
        name,
        column,
        dtype,
        None,
        value,
        (
            Fault(f"{name} is an unknown word", unknown, f"{telling(name, plain)} || {known}"),
            *missing(name, column, f"{identifier(name)} is null"),
        ),
    )


def instant(
    name: str, column: Column, expression: Expression, dtype: str, session: Session
) -> Target:
    said, local = identifier(f"said_{name}"), identifier(f"local_{name}")
    zone = expression.zone or session.zone
    in_zone, later, problem = clock(local, zone, session.now.year)
    never = Fault(
        f"{name} does not exist on the clock of {zone}",
        f"{local} is not null and {identifier(name)} is null",
        f"'{name}: ' || strftime({local}, '%H:%M on %Y-%m-%d') || ' does not exist in {zone}'",
    )
    ambiguous = f"{problem} = 'ambiguous'"
    if dtype == AWARE:
        absent = tuple(missing(name, column, f"{said} is null"))
        return Target(name, column, dtype, None, f"timezone('UTC', {said})", absent)
    if dtype.startswith("TIMESTAMP") or dtype == "DATE":
        reading, value = f"{said}::timestamp", in_zone
        faults = [*missing(name, column, f"{local} is null"), never]
    elif dtype == "VARCHAR":
        has_offset = HAS_OFFSET.format(x=said)
        reading = f"case when {has_offset} then null else try_cast({said} as timestamp) end"
        value = f"case when {local} is not null then {in_zone} else ({aware(said)}) end"
        unread = f"{local} is null and {identifier(name)} is null and trim({said}) != ''"
        told = (
            "' is not a time such as 2024-01-31 09:30:00 "
            "(for another form use strptime, for epoch seconds to_timestamp)'"
        )
        faults = [
            Fault(f"{name} is not a time", unread, f"{telling(name, said)} || {told}"),
            *missing(name, column, f"{local} is null and {identifier(name)} is null"),
            never,
        ]
    else:
        raise BadExpression(
            expression.place,
            expression.sql,
            f"it gives {dtype} and {name} is an instant. For epoch seconds write "
            f"to_timestamp({expression.sql}), for a text strptime({expression.sql}, '…')",
        )
    return Target(name, column, dtype, reading, value, tuple(faults), ambiguous, later)


@cache
def clock(local: str, zone: str, year: int) -> tuple[str, str, str]:
    """Return SQL for the instant of a reading of the local clock, and for what is wrong with it.

    Of a reading that came twice the earlier instant comes first, then the later one.
    The zone's changes are looked up as far as promises go: what is later is refused.
    """
    last = datetime(year + 3, 1, 1)  # noqa: DTZ001 (naive and in UTC)
    return (
        f"({local_to_utc_sql(local, zone, last=last)})",
        f"({local_to_utc_sql(local, zone, last=last, later=True)})",
        f"({local_problem_sql(local, zone, last=last)})",
    )


def aware(said: str) -> str:
    """Return SQL for the instant that a text with an offset tells, else null.

    Only what looks like one is cast: DuckDB takes a millisecond for each text whose end it has to
    compare with the names of all zones.
    """
    offset = f"regexp_replace({said}, ' *(Z|z|UTC|utc|GMT)$', '+00')"
    joined = f"regexp_replace({offset}, ' +([-+]\\d\\d:?\\d*)$', '\\1')"
    with_seconds = f"regexp_replace({joined}, '([T ]\\d\\d?:\\d\\d)([-+])', '\\1:00\\2')"
    return (
        f"case when regexp_full_match({said}, '{TIME_WITH_OFFSET}') "
        f"then timezone('UTC', try_cast({with_seconds} as timestamptz)) end"
    )


def other(name: str, column: Column, said: str, dtype: str) -> Target:
    """Make a number, a truth value, a list or a map."""
    kept = identifier(name)
    given = dtype.split("(", maxsplit=1)[0]
    value = OTHER_WAYS.get((column.dtype, given), "try_cast({said} as {type})")
    unread = f"{said} is not null and {kept} is null"
    if dtype == "VARCHAR":
        unread += f" and trim({said}) != ''"
    if column.dtype == "float64":
        unread = f"({unread}) or not isfinite({kept})"
    elif column.dtype == "int64":  # a cast would round
        unread = f"({unread}) or try_cast({said} as double) != {kept}"
    is_wrong = f" is {WRONG[column.dtype]}"
    wrong = Fault(name + is_wrong, unread, f"{telling(name, said)} || {quoted(is_wrong)}")
    empty = missing(name, column, f"{kept} is null")
    made = value.format(said=said, type=TYPES[column.dtype])
    return Target(name, column, dtype, None, made, (wrong, *empty, *bounds(name, column)))


WRONG = {
    "float64": "not a number",
    "int64": "not a whole number",
    "decimal(18, 4)": "not an amount",
    "boolean": "neither true nor false",
    "array<string>": "not a list",
    "array<float64>": "not a list of numbers",
    "map<string, string>": "not a map",
    "map<string, float64>": "not a map of numbers",
}
"""What a value is that cannot be kept as such."""

OTHER_WAYS = {
    ("float64", "INTERVAL"): "epoch({said})",
    ("float64", "TIME"): "epoch({said})",
    ("array<string>", "VARCHAR"): (
        "list_transform(string_split(nullif(trim({said}), ''), ','), part -> trim(part))"
    ),
    ("map<string, string>", "STRUCT"): "try_cast(to_json({said}) as {type})",
    ("map<string, float64>", "STRUCT"): "try_cast(to_json({said}) as {type})",
}
"""From what an expression gives to what is kept, where a cast would not do."""


def bounds(name: str, column: Column) -> list[Fault]:
    """Durations and counts are not negative, shares are between 0 and 1: their names tell."""
    kept = identifier(name)
    told = f"'(' || {kept} || ')'"
    if name.endswith(("_share", "_probability")):
        return [
            Fault(
                f"{name} is not between 0 and 1",
                f"{kept} < 0 or {kept} > 1",
                f"{quoted(f'{name} is not between 0 and 1 ')} || {told}",
            )
        ]
    if name.endswith("_seconds") or column.dtype == "int64":
        kind = f"{name} is negative"
        return [Fault(kind, f"{kept} < 0", f"{quoted(kind + ' ')} || {told}")]
    return []


def missing(name: str, column: Column, when: str) -> list[Fault]:
    return [Fault.fixed(f"{name} is missing", when)] if column.required else []


def as_text(said: str, dtype: str) -> str:
    if dtype == "VARCHAR":
        return said
    if dtype == "JSON":
        return f"({said} ->> '$')"
    if dtype in {"DOUBLE", "FLOAT"}:  # what other programs make of whole numbers with gaps
        is_whole = f"{said} = trunc({said}) and abs({said}) < 1e15"
        return f"(case when {is_whole} then {said}::bigint::varchar else {said}::varchar end)"
    return f"{said}::varchar"


def telling(name: str, said: str) -> str:
    """Return SQL for `name: 'value'`."""
    return f"{quoted(f'{name}: ')} || {shown(said)}"


def shown(said: str) -> str:
    """Return SQL for a value in quotes, cut where it is long."""
    value = f"coalesce({said}::varchar, '')"
    cut = f"if(length({value}) > {SHOWN}, left({value}, {SHOWN}) || '…', {value})"
    return f"'''' || {cut} || ''''"
