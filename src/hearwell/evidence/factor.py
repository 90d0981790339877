"""What may drive a number, as columns of a regression."""

from collections.abc import Iterator
from dataclasses import dataclass

from hearwell.evidence import sentence as told
from hearwell.evidence.counted import ROWS, Counted, plain
from hearwell.evidence.experience import HAPPENED
from hearwell.lake.extensions import quoted
from hearwell.lake.tables import identifier

MOST_VALUES = 8
"""So many values of a dimension have a column of their own; the rest is what they are held to."""

POSITION = "({item} - scale_low) / nullif(scale_high - scale_low, 0)"
"""Where on its scale an item stands; items have the scale of the answer."""


@dataclass(frozen=True)
class Factor:
    """One thing that may drive a number.

    Attributes:
        name: as it is asked for and shown.
        label: how a sentence names it.
        kind: item, happened, or group.
        columns: SQL of the columns that stand for it, null where it is not known.
        bad, good: SQL: was it so? Empty for groups, which are neither.

    """

    name: str
    label: told.Value
    kind: str
    columns: tuple[str, ...]
    bad: str = ""
    good: str = ""
    is_flag: bool = False


def items(rows: Counted) -> Iterator[Factor]:
    """Return the further questions of the questionnaire."""
    found = rows.sql(
        f"select item from (select unnest(map_keys(items)) as item from {ROWS}) "
        "group by 1 order by count(*) desc, 1"
    )
    for name in found["item"]:
        value = f"items[{quoted(name)}]"
        position = POSITION.format(item=value)
        good = f"if(coalesce(higher_is_better, true), {position}, 1 - {position})"
        yield Factor(
            str(name),
            told.word(str(name)),
            "item",
            (good,),
            f"{good} <= 0.25",
            f"{good} >= 0.75",
        )


def happenings(rows: Counted, table: str) -> Iterator[Factor]:
    """Return what happened to customers, of which there is more than one value.

    Durations and counts are told by the logarithm: a minute more means less after an hour.
    """
    names = list(HAPPENED)
    quarters = ", ".join(f"quantile_cont({name}::double, [0.25, 0.75]) as {name}" for name in names)
    found = rows.sql(f"select {quarters} from {table}")
    for name in names:
        if found[name][0] is None:  # nowhere known
            continue
        low, high = map(float, found[name][0])
        each = HAPPENED[name]
        if each.is_flag:
            both = f"{name} = 1", f"{name} = 0"
            yield Factor(name, told.factor(name), "happened", (name,), *both, is_flag=True)
            continue
        yield Factor(
            name,
            told.factor(name),
            "happened",
            (f"case when {name} >= 0 then ln(1 + {name}) end",),
            f"{name} >= {high}" if high > low else f"{name} > {high}",
            f"{name} <= {low}",
        )


def group(rows: Counted, name: str) -> Factor:
    """Return a dimension: a column for each of its values but the most frequent."""
    column = identifier(plain(name))
    found = rows.sql(
        f"select {column}::varchar as v from {ROWS} where {column} is not null "
        f"group by 1 order by count(*) desc, 1 limit {MOST_VALUES}"
    )
    columns = [f"({column}::varchar = {quoted(str(v))})::double" for v in found["v"][1:]]
    return Factor(name, told.dimension(name), "group", tuple(columns))
