"""Facts are made in steps: tables that are made one after the other, and how they are joined."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from hearwell.metrics.part import EVERY_ROW, Expr
from hearwell.records.record import Record


@dataclass
class Steps:
    """Tables that are made one after the other, each from those before it.

    Each has a name of its own. A table that is joined with itself is then one that is there, and
    what several need is computed once.
    """

    made: dict[str, Expr] = field(default_factory=dict)

    def add(self, name: str, expression: Expr) -> ir.Table:
        """Plan a table; return it for the next steps to read."""
        self.made[name] = expression
        return self.table(name)

    def table(self, name: str) -> ir.Table:
        """Return a table that was planned before."""
        return ibis.table(self.made[name].schema(), name=name)


def named(prefix: str, table: Expr) -> ir.Table:
    """Put a word before all names of a table, so that none is in both sides of a join."""
    return table.rename(f"{prefix}_{{name}}")


def by_number(left: Expr, right: Expr, prefix: str, how: str = "left") -> ir.Table:
    """Join what is known of the same case; the names of the right side get a prefix."""
    other = named(prefix, right)
    return left.join(other, left.number == other[f"{prefix}_number"], how=how)


def first_known(column: Expr, order: Expr, where: Expr = EVERY_ROW) -> Expr:
    """Return of a group the first value that is known."""
    return column.argmin(order, where=where & column.notnull())


def last_known(column: Expr, order: Expr, where: Expr = EVERY_ROW) -> Expr:
    """Return of a group the last value that is known."""
    return column.argmax(order, where=where & column.notnull())


def selected(record: type[Record], rows: Expr, found: Mapping[str, Expr]) -> ir.Table:
    """Return the columns of a record: what was found, and the others as the rows have them."""
    return rows.select(
        **{name: found[name] if name in found else rows[name] for name in record.columns()}
    )
