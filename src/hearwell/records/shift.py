"""One row for each interval of an agent's state."""

from typing import Annotated, Any

from hearwell.records.record import Dimension, Instant, KeyDimension, KeyInstant, Record, category

STATES = ("staffed", "available", "paused", "wrap_up")


class Shift(Record):
    """One row for each interval in which an agent was staffed, available, paused or wrapping up."""

    table_name = "shift"

    agent_id: KeyDimension
    started_at: KeyInstant
    state: Annotated[Any, category(*STATES, is_key=True)]
    ended_at: Instant  # null while it goes on
    reason: Dimension  # why paused, in the words of the source
    team: Dimension
