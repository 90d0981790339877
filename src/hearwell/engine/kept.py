"""Facts that are kept in the lake, and made anew only for what was touched.

What is kept depends on some unit alone: a case, a caller, or an owner of cases and contacts. It
says from which state of the lake it was made, and by which rules; what came since is made when it
is needed, so that an answer never rests on a build that is out of date.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import ibis.expr.operations as ops

from hearwell.engine.changes import History, changes
from hearwell.engine.sums import sql
from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.metrics.part import Expr

BUILDS = "hearwell_build"
TOUCHED_ROWS = "_touched_rows"
"""Behind the name of a table: its rows of the units that are made anew."""

FEW_UNITS = 100_000
"""So many are made anew at once in any case."""


@dataclass(frozen=True)
class Step:
    """A table to make, and those that it is made of."""

    query: str
    reads: frozenset[str]


def step(expression: Expr) -> Step:
    tables = expression.op().find(ops.UnboundTable)
    return Step(sql(expression), frozenset(table.name for table in tables))


@dataclass
class Making:
    """Temporary tables on the way from the state that is kept to the one that is read.

    Attributes:
        since: the state from which the kept tables were made; None if they are of no use.
        now: the state that is read.
        made: what is there, such as `table case_told`.
        anew: the units of which some were made anew.
        lasting: what is there for several facts that are made one after the other.

    """

    lake: Lake
    since: int | None
    now: int
    made: list[str] = field(default_factory=list)
    anew: list["Kept"] = field(default_factory=list)
    lasting: list[str] = field(default_factory=list)

    def create(self, name: str, query: str, kind: str = "table") -> None:
        create(self.lake, self.made, name, query, kind)

    def create_once(self, name: str, query: str) -> None:
        if f"table {name}" not in self.lasting:
            create(self.lake, self.lasting, name, query)

    def has_rows(self, name: str) -> bool:
        found = self.lake.connection.execute(f"select 1 from {name} limit 1").fetchall()
        return bool(found)

    def changes(self, table: str) -> str:
        """Return what to read for the rows of a record that came, changed or went."""
        return changes(table, self.since or 0, self.now)


@dataclass(frozen=True)
class Kept:
    """Tables of the lake that are made together, a row of each belonging to one unit.

    Attributes:
        units: what the units are, in the plural.
        unit: the columns that say to which unit a row belongs.
        tables: those that are kept.
        steps: return the steps that lead to the tables, in their order. They read some tables
            under names with a suffix.
        touch: make the table `touched` of the units to make anew; return whether there are any.
        gather: make the tables with the suffix `TOUCHED_ROWS` of the units that are in `touched`.
        every: return the query of all units; one may be in it several times.
        weighed_by: the tables that what is made grows with.
        rows_at_once: so many rows of these are worked on at once, which takes 2 to 3 GB.

    """

    units: str
    unit: tuple[str, ...]
    tables: tuple[str, ...]
    steps: Callable[[Lake, str], Mapping[str, Step]]
    touch: Callable[[Making, "Kept"], bool]
    gather: Callable[[Making, "Kept"], None]
    every: Callable[[Making], str]
    weighed_by: tuple[str, ...]
    rows_at_once: int

    @property
    def touched(self) -> str:
        return f"{self.units}_touched"

    @property
    def key(self) -> str:
        return ", ".join(self.unit)

    def among(self, wanted: Collection[str]) -> list[str]:
        """Return those of the tables that are wanted."""
        return [table for table in self.tables if table in wanted]


def fresh(table: str) -> str:
    """Return the name of the rows of a kept table that were made anew."""
    return f"{table}_fresh"


def create(lake: Lake, made: list[str], name: str, query: str, kind: str = "table") -> None:
    lake.connection.execute(f"create or replace temp {kind} {name} as {query}")
    made.append(f"{kind} {name}")


def drop(lake: Lake, made: list[str]) -> None:
    for each in reversed(dict.fromkeys(made)):
        kind, name = each.split()
        lake.connection.execute(f"drop {kind} if exists temp.{name}")
    made.clear()


def make(making: Making, chain: Sequence[Kept], wanted: Collection[str]) -> None:
    """Make kept tables readable under their names, as they are now.

    Args:
        making: where.
        chain: what is kept, each after those from which it is made.
        wanted: the tables, and steps on the way to them that are wanted too.

    """
    for kept in chain:
        if making.since is None:
            make_all(making, kept, wanted)
            making.anew.append(kept)
        elif making.since < making.now and kept.touch(making, kept):
            is_much = count(making, f"temp.{kept.touched}") > FEW_UNITS
            make_touched(making, kept, wanted, parts_of_all(making, kept) if is_much else 1)
            making.anew.append(kept)
            for table in kept.among(wanted):
                both = (
                    f"from lake.{table} anti join {kept.touched} using ({kept.key}) "
                    f"union all by name from temp.{fresh(table)}"
                )
                making.create(table, both, "view")
        else:
            for table in kept.among(wanted):
                making.create(table, f"from lake.{table}", "view")


def make_all(making: Making, kept: Kept, wanted: Collection[str]) -> None:
    """Make the wanted tables of all units."""
    parts = parts_of_all(making, kept)
    if parts == 1:
        run(making, kept, wanted, touched=False)
        return
    making.create(kept.touched, f"select distinct {kept.key} from ({kept.every(making)})")
    make_touched(making, kept, wanted, parts)
    for table in kept.among(wanted):
        rename(making, fresh(table), table)
    run(making, kept, [name for name in wanted if name not in kept.tables], touched=False)


def make_touched(making: Making, kept: Kept, wanted: Collection[str], parts: int) -> None:
    """Make the fresh tables of the units in `touched`, a part of them after the other.

    What is worked on at once has to fit into memory; what is done need not.
    """
    if parts == 1:
        kept.gather(making, kept)
        run(making, kept, wanted, touched=True)
        return
    every, tables = f"{kept.touched}_all", kept.among(wanted)
    making.create(every, f"from {kept.touched}")
    for part in range(parts):
        making.create(kept.touched, f"from {every} where hash({kept.key}) % {parts} = {part}")
        kept.gather(making, kept)
        run(making, kept, tables, touched=True)
        for table in tables:
            put_to(making, fresh(table), f"{table}_parts")
    for table in tables:
        rename(making, f"{table}_parts", fresh(table))
    making.create(kept.touched, f"from {every}")


def parts_of_all(making: Making, kept: Kept) -> int:
    """Return in how many parts all units would be made."""
    rows = sum(count(making, f'"{table}"') for table in kept.weighed_by)
    return max(1, -(-rows // kept.rows_at_once))


def put_to(making: Making, name: str, others: str) -> None:
    """Put the rows of a table to others, which are made where there are none yet."""
    if f"table {others}" in making.made:
        making.lake.connection.execute(f"insert into temp.{others} from temp.{name}")
    else:
        rename(making, name, others)


def rename(making: Making, name: str, to: str) -> None:
    making.lake.connection.execute(f"drop table if exists temp.{to}")
    making.lake.connection.execute(f"alter table temp.{name} rename to {to}")
    making.made[:] = [each for each in making.made if each != f"table {name}"]
    making.made.append(f"table {to}")


def count(making: Making, table: str) -> int:
    (rows,) = making.lake.connection.execute(f"select count(*) from {table}").fetchall()[0]
    return int(rows)


def run(making: Making, kept: Kept, wanted: Collection[str], *, touched: bool) -> None:
    """Make the wanted tables; what led to them goes as soon as nothing needs it any more."""
    steps = together(
        needed(kept.steps(making.lake, TOUCHED_ROWS if touched else ""), wanted), wanted
    )
    for place, (name, each) in enumerate(steps.items()):
        making.create(fresh(name) if touched and name in kept.tables else name, each.query)
        later = frozenset[str]().union(*(other.reads for other in [*steps.values()][place + 1 :]))
        over = [other for other in (*each.reads, name) if other in steps and other not in later]
        gone = [f"table {other}" for other in over if other not in wanted]
        drop(making.lake, [*gone])
        making.made[:] = [other for other in making.made if other not in gone]


def together(steps: Mapping[str, Step], wanted: Collection[str]) -> dict[str, Step]:
    """Put steps that lead to one table alone into the statement that makes it.

    The parts of a statement are worked on side by side by all threads, and handed on as they are
    made; a table is written by itself, and one of up to 122,880 rows is read by a single thread.
    What is read in several places is made once: else rows that were numbered would be so anew.
    """
    into: dict[str, str] = {}
    for name in reversed([*steps]):
        readers = {into[other] for other, each in steps.items() if name in each.reads}
        into[name] = readers.pop() if len(readers) == 1 and name not in wanted else name
    statements = {}
    for name in (name for name in steps if into[name] == name):
        parts = {part: each for part, each in steps.items() if into[part] == name}
        reads = frozenset[str]().union(*(each.reads for each in parts.values()))
        queries = [each.query for each in parts.values()]
        last = parts.pop(name).query
        told = ", ".join(
            f"{part} as {once(part, queries)}({each.query})" for part, each in parts.items()
        )
        statements[name] = Step(f"with {told} {last}" if told else last, reads - parts.keys())
    return statements


def once(name: str, queries: Iterable[str]) -> str:
    return "materialized " if sum(each.count(f'"{name}"') for each in queries) > 1 else ""


def needed(steps: Mapping[str, Step], wanted: Iterable[str]) -> dict[str, Step]:
    """Return those steps without which the wanted tables cannot be made."""
    found: set[str] = set()
    to_do = [*wanted]
    while to_do:
        name = to_do.pop()
        if name in steps and name not in found:
            found.add(name)
            to_do += steps[name].reads
    return {name: each for name, each in steps.items() if name in found}


def keep(making: Making, mark: str) -> dict[str, int]:
    """Put what was made anew into the lake, and say of which state it is.

    Args:
        making: what was made.
        mark: of the rules by which it was.

    Returns:
        How many units that were.

    """
    execute = making.lake.connection.execute
    for kept in making.anew:
        for table in kept.tables:
            if making.since is None:
                execute(f"drop table if exists lake.{table}")
                execute(f"create table lake.{table} as from temp.{table}")
            else:
                where = f"({kept.key}) in (select ({kept.key}) from {kept.touched})"
                execute(f"delete from lake.{table} where {where}")
                execute(f"insert into lake.{table} by name from temp.{fresh(table)}")
    execute(
        f"create table if not exists lake.{BUILDS} (fact varchar, snapshot bigint, formula varchar)"
    )
    execute(f"delete from lake.{BUILDS}")
    execute(f"insert into lake.{BUILDS} values ('all', {making.now}, {quoted(mark)})")
    return {kept.units: count_units(making, kept) for kept in making.anew}


def count_units(making: Making, kept: Kept) -> int:
    """Return how many units were made anew and are still there."""
    table = kept.tables[0] if making.since is None else fresh(kept.tables[0])
    return count(making, f"(select distinct {kept.key} from temp.{table})")


def kept_since(history: History, chain: Sequence[Kept], mark: str) -> int | None:
    """Return the state from which the kept tables were made; None if they are of no use.

    They are not if they were made by other rules, or of a state that is forgotten or to come.
    """
    wanted = {BUILDS, *(table for kept in chain for table in kept.tables)}
    if not wanted <= history.tables.keys():
        return None
    told = built(history)
    if told is None or told[1] != mark:
        return None
    return told[0] if history.is_followed(told[0]) else None


def built(history: History) -> tuple[int, str] | None:
    """Return from which state the kept tables were made, and the mark of the rules by which."""
    if BUILDS not in history.tables:
        return None
    query = f"select snapshot, formula from lake.{BUILDS}"
    found = history.lake.connection.execute(query).fetchall()
    return found[0] if found else None
