"""What a record is: a table whose columns are declared as annotations, with a comment each.

A column of unknown value is null. Instants are UTC, durations seconds, money decimal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, get_type_hints

import ibis
import ibis.expr.types as ir

SIMULATED = "simulated:"
"""How the source of a row begins that was made up."""

Role = Literal["instant", "dimension", "category", "person", "fact"]


@dataclass(frozen=True)
class Column:
    """How a record keeps one column, and what the column is for.

    A *dimension* can be grouped by; a *category* too, and it holds only the words given;
    a *person* is a customer's identifier and is stored as a keyed hash.
    """

    dtype: str
    role: Role = "fact"
    words: tuple[str, ...] = ()
    required: bool = False
    is_key: bool = False


Key = Annotated[Any, Column("string", is_key=True, required=True)]
KeyDimension = Annotated[Any, Column("string", "dimension", is_key=True, required=True)]
KeyNumber = Annotated[Any, Column("int64", is_key=True, required=True)]
KeyPerson = Annotated[Any, Column("string", "person", is_key=True, required=True)]
KeyInstant = Annotated[Any, Column("timestamp", "instant", is_key=True, required=True)]
Instant = Annotated[Any, Column("timestamp", "instant")]
RequiredInstant = Annotated[Any, Column("timestamp", "instant", required=True)]
Dimension = Annotated[Any, Column("string", "dimension")]
Person = Annotated[Any, Column("string", "person")]
Text = Annotated[Any, Column("string")]
Words = Annotated[Any, Column("array<string>")]
Custom = Annotated[Any, Column("map<string, string>")]
Ratings = Annotated[Any, Column("map<string, float64>")]
Flag = Annotated[Any, Column("boolean")]
Seconds = Annotated[Any, Column("float64")]
Share = Annotated[Any, Column("float64")]
Amount = Annotated[Any, Column("float64")]
Amounts = Annotated[Any, Column("array<float64>")]
Money = Annotated[Any, Column("decimal(18, 4)")]
Count = Annotated[Any, Column("int64")]


def category(*words: str, is_key: bool = False) -> Column:
    """Return a column that holds only these words."""
    return Column("string", "category", words, required=is_key, is_key=is_key)


class Record:
    """Base of all tables. The natural key is `source` with the columns marked as key."""

    table_name: ClassVar[str]
    constants: ClassVar[Mapping[str, str]] = {}  # dimensions that are the same in every row

    source: KeyDimension  # where the row comes from, such as asterisk:main
    received_at: RequiredInstant  # when we got it

    @classmethod
    @cache
    def columns(cls) -> dict[str, Column]:
        """Return the columns, those common to all records first."""
        hints = get_type_hints(cls, include_extras=True)
        common = [name for name in hints if name in Record.__annotations__]
        own = [name for name in hints if name not in Record.__annotations__]
        return {
            name: mark
            for name in (*common, *own)
            for mark in getattr(hints[name], "__metadata__", ())
            if isinstance(mark, Column)
        }

    @classmethod
    def key(cls) -> tuple[str, ...]:
        return tuple(name for name, column in cls.columns().items() if column.is_key)

    @classmethod
    def dimensions(cls) -> tuple[str, ...]:
        """Return the columns by which answers can be grouped and filtered."""
        kinds = {"dimension", "category"}
        own = [name for name, column in cls.columns().items() if column.role in kinds]
        return (*cls.constants, *own)

    @classmethod
    @cache
    def unbound(cls) -> ir.Table:
        """Return the table as an expression that knows no engine."""
        schema = {name: column.dtype for name, column in cls.columns().items()}
        return ibis.table(schema, name=cls.table_name)

    @classmethod
    def rows(cls) -> ir.Table:
        """Return the rows with all their dimensions, also those that are the same in each."""
        constants = {name: ibis.literal(value) for name, value in cls.constants.items()}
        return cls.unbound().mutate(**constants)
