"""One row for each person or bot who serves."""

from hearwell.records.record import Dimension, Flag, Instant, Key, Record, Text


class Agent(Record):
    """One row for each person or bot who serves."""

    table_name = "agent"

    agent_id: Key
    name: Text
    team: Dimension
    is_bot: Flag
    joined_at: Instant
    left_at: Instant
