"""One row for each thing that happened which may have changed numbers."""

from typing import Annotated, Any

from hearwell.records.record import Instant, Key, Record, RequiredInstant, Text, category

KINDS = (
    "release",
    "campaign",
    "outage",
    "price_change",
    "number_change",
    "staff_change",
    "rule_change",
    "other",
)


class Event(Record):
    """One row for each thing that happened which may have changed numbers, such as a release."""

    table_name = "event"

    event_id: Key
    kind: Annotated[Any, category(*KINDS)]
    title: Text  # as people call it
    started_at: RequiredInstant
    ended_at: Instant  # null where it goes on, or was over at once
    dimension: Text  # by which those it could touch are told from others, such as product
    value: Text  # of them, such as camera; both null where it could touch all
