"""One row for each row of an input that could not be kept as a record."""

from hearwell.records.record import Dimension, Key, KeyNumber, Record, Text


class Rejected(Record):
    """One row for each row of an input that could not be kept as a record, as it was."""

    table_name = "rejected"

    record: Key  # which record it was to become
    file: Key
    row: KeyNumber  # counted from 1, without the header
    reason: Dimension
    raw: Text
