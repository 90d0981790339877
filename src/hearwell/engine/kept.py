"""Facts that are kept in the lake, and made anew only for what was touched.

What is kept depends on some unit alone: a case, a caller, an owner of cases and contacts. It says
from which state of the lake it was made and by which formulas. What came since is made when it is
needed, so that an answer never rests on a build that is out of date.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake

BUILDS = "hearwell_build"
KEPT = "kept"


@dataclass(frozen=True)
class Kept:
    """Tables of the lake that are made together, a row of each belonging to one unit.

    Attributes:
        units: what the units are, in the plural.
        unit: the columns that say to which unit a row belongs.
        tables: those that are kept.
        queries: return, for a suffix of their names, all queries that lead to the tables, in order.
        touch: make `touched` and the inputs of the queries for these units alone, under their
            names with `suffix`; say whether there are any.

    """

    units: str
    unit: tuple[str, ...]
    tables: tuple[str, ...]
    queries: Callable[[str], Mapping[str, str]]
    touch: Callable[["Making", "Kept"], bool]

    @property
    def touched(self) -> str:
        """The table of units to make anew."""
        return f"{self.units}_touched"

    @property
    def suffix(self) -> str:
        return f"_of_{self.units}"

    @property
    def key(self) -> str:
        return ", ".join(self.unit)


@dataclass
class Making:
    """Temporary tables on the way from one state of the lake to another.

    Attributes:
        since: the state from which the kept tables were made; None if they are of no use.
        now: the state that is read.
        made: the tables that are there, with what they are.
        anew: which units' tables were made anew, and whether for those touched alone.

    """

    lake: Lake
    since: int | None
    now: int
    made: dict[str, str] = field(default_factory=dict)
    anew: list[Kept] = field(default_factory=list)

    def create(self, name: str, query: str, kind: str = "table") -> None:
        if self.made.get(name, kind) != kind:
            self.drop([name])
        self.lake.connection.execute(f"create or replace temp {kind} {name} as {query}")
        self.made[name] = kind

    def has_rows(self, name: str) -> bool:
        found = self.lake.connection.execute(f"select 1 from {name} limit 1").fetchall()
        return bool(found)

    def drop(self, names: Sequence[str] | None = None) -> None:
        """Drop tables that were made; without names all of them, the last first."""
        for name in reversed(list(self.made)) if names is None else names:
            kind = self.made.pop(name)
            self.lake.connection.execute(f"drop {kind} if exists temp.{name}")

    def changes(self, table: str) -> str:
        """Return what to read for the rows of a record that came, changed or went."""
        return f"lake.table_changes({quoted(table)}, {(self.since or 0) + 1}, {self.now})"


def make(making: Making, chain: Sequence[Kept], stay: Sequence[str]) -> None:
    """Make all kept tables readable under their names, as they are now.

    Args:
        making: where.
        chain: what is kept, each after those from which it is made.
        stay: tables on the way that others need.

    """
    for kept in chain:
        if making.since is None:
            run_queries(making, kept, "", stay)
        elif kept.touch(making, kept):
            run_queries(making, kept, kept.suffix, stay)
            for table in kept.tables:
                both = (
                    f"from lake.{table} anti join {kept.touched} using ({kept.key}) "
                    f"union all by name from {table}{kept.suffix}"
                )
                making.create(table, both, "view")
        else:
            for table in kept.tables:
                making.create(table, f"from lake.{table}", "view")


def run_queries(making: Making, kept: Kept, suffix: str, stay: Sequence[str]) -> None:
    queries = kept.queries(suffix)
    results = {*(f"{table}{suffix}" for table in kept.tables), *stay}
    for name, done in zip(queries, last_read(queries), strict=True):
        making.create(name, queries[name])
        making.drop([other for other in done if other not in results])
    making.anew.append(kept)


def last_read(queries: Mapping[str, str]) -> list[list[str]]:
    """Return for each query the tables that no later one reads: their memory is wanted."""
    names, texts = list(queries), list(queries.values())
    done: list[list[str]] = [[] for _ in names]
    for i, name in enumerate(names):
        readers = [j for j in range(i + 1, len(names)) if f'"{name}"' in texts[j]]
        done[max(readers, default=i)].append(name)
    return done


def keep(making: Making, mark: str) -> dict[str, int]:
    """Put what was made anew into the lake, and say of which state it is.

    Args:
        making: what was made.
        mark: of the rules by which it was.

    Returns:
        How many units that were.

    """
    run = making.lake.connection.execute
    for kept in making.anew:
        for table in kept.tables:
            if making.since is None:
                run(f"drop table if exists lake.{table}")
                run(f"create table lake.{table} as from temp.{table}")
            else:
                where = f"({kept.key}) in (select ({kept.key}) from {kept.touched})"
                run(f"delete from lake.{table} where {where}")
                run(f"insert into lake.{table} by name from {table}{kept.suffix}")
    run(
        f"create table if not exists lake.{BUILDS} (fact varchar, snapshot bigint, formula varchar)"
    )
    run(f"delete from lake.{BUILDS}")
    run(f"insert into lake.{BUILDS} values ({quoted(KEPT)}, {making.now}, {quoted(mark)})")
    return {kept.units: count_units(making, kept) for kept in making.anew}


def count_units(making: Making, kept: Kept) -> int:
    of = kept.tables[0] if making.since is None else kept.touched
    query = f"select count(*) from (select distinct {kept.key} from temp.{of})"
    return int(making.lake.connection.execute(query).fetchall()[0][0])


def kept_since(lake: Lake, chain: Sequence[Kept], mark: str, now: int) -> int | None:
    """Return the state from which the kept tables were made; None if they are of no use.

    They are not if they were made by other rules, or of a state that is forgotten or to come.
    """
    run = lake.connection.execute
    wanted = {BUILDS, *(table for kept in chain for table in kept.tables)}
    there = {
        name
        for (name,) in run(
            "select table_name from duckdb_tables() where database_name = 'lake' "
            f"and table_name in ({', '.join(map(quoted, wanted))})"
        ).fetchall()
    }
    if there != wanted:
        return None
    found = run(f"select snapshot, formula from lake.{BUILDS}").fetchall()
    if len(found) != 1 or found[0][1] != mark:
        return None
    since = int(found[0][0])
    (oldest,) = run("select min(snapshot_id) from ducklake_snapshots('lake')").fetchall()[0]
    return since if oldest <= since <= now else None  # what was forgotten cannot be followed
