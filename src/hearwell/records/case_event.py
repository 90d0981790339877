"""One row for each change in a case's life."""

from typing import Annotated, Any

from hearwell.records.record import Dimension, Key, Record, RequiredInstant, Text, category

KINDS = (
    "status_changed",
    "assigned",
    "moved",
    "escalated",
    "solution_offered",
    "solved",
    "reopened",
    "closed",
    "merged",
    "bot_handed_off",
)
STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")


class CaseEvent(Record):
    """One row for each change in a case's life."""

    table_name = "case_event"

    case_id: Key
    event_id: Key
    at: RequiredInstant
    kind: Annotated[Any, category(*KINDS)]
    actor_kind: Annotated[Any, category("customer", "agent", "bot", "automation")]
    actor_id: Dimension
    from_value: Text
    to_value: Text
