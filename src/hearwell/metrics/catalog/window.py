"""Which windows are over: those that end no later than the records know."""

import ibis

from hearwell.metrics.part import Expr
from hearwell.records.record import Record


def has_passed(ends: Expr, rows: Expr) -> Expr:
    """Has the source of a row, which says until when it has told, told of the end of a window?"""
    return (ends <= rows.known_until).fill_null(False)


def is_over(ends: Expr, rows: Expr, record: type[Record], *instants: str) -> Expr:
    """Has the source of a row told of anything at or after the end of the row's window?

    Args:
        ends: when the window ends.
        rows: the table in which it does.
        record: what the table is made of.
        instants: the columns that tell when something happened.

    """
    # Not by received_at: a file may be brought in long after it was written, and a row that comes
    # again with the same words keeps the instant of the first time.
    columns = record.columns()
    schema = {name: columns[name].dtype for name in ("source", *instants)}
    told = ibis.table(schema, name=record.table_name)
    of_source = told.filter(told.source == rows.source)
    known_until = ibis.greatest(*(of_source[name] for name in instants)).max().as_scalar()
    return (ends <= known_until).fill_null(False)
