"""One row for each visit of a call to a queue."""

from typing import Annotated, Any

from hearwell.records.record import (
    Count,
    Dimension,
    Instant,
    Key,
    KeyNumber,
    Person,
    Record,
    RequiredInstant,
    Seconds,
    Text,
    Words,
    category,
)

OUTCOMES = (
    "answered",
    "abandoned",  # the caller hung up while waiting
    "timeout",  # the queue gave up
    "key_exit",  # the caller pressed a key to leave the queue
    "empty_exit",  # nobody was staffed any more
    "withdrawn",  # taken out of the queue by somebody else
    "refused_full",
    "refused_empty",
    "ivr_abandoned",  # hung up in the menu, before any queue
    "callback_requested",
    "voicemail",
    "failed",
    "unknown_restart",  # the telephone system restarted: the end is not known
    "open",  # not over yet
)
NOT_OFFERED = ("open", "unknown_restart", "ivr_abandoned", "refused_full", "refused_empty")


class Call(Record):
    """One row for each visit of a call to a queue: a transfer to another queue is a second row."""

    table_name = "call"
    constants = {"channel": "phone"}  # noqa: RUF012  declared as such in Record

    call_id: Key
    leg: KeyNumber  # 1 for the first queue, 2 for the queue the call was moved to, and so on
    caller: Person  # the number that called, as a keyed hash; null where withheld
    customer_id: Person
    case_id: Text
    direction: Annotated[Any, category("inbound", "outbound", "callback", "internal")]
    dialled_number: Dimension
    article_id: Dimension  # the help article whose own number was dialled
    campaign: Dimension  # the campaign whose own number was dialled
    queue: Dimension
    topic: Dimension
    product: Dimension
    language: Dimension
    agent_id: Dimension
    team: Dimension  # of the agent, when the call was answered
    started_at: Instant  # when the call reached us, menus included
    entered_at: RequiredInstant  # when it entered the queue
    connected_at: Instant  # when the agent's voice was heard
    ended_at: Instant
    wait_seconds: Seconds  # until the voice of an agent, ringing included, or until leaving
    ring_seconds: Seconds  # the last part of the wait, while an agent's telephone rang
    hold_seconds: Seconds  # on hold after the answer; null = not measured, 0 = never
    holds: Count
    talk_seconds: Seconds  # without time on hold
    connected_seconds: Seconds  # from answer to end, talk and hold together
    wrap_up_seconds: Seconds  # work after the call; null = not measured
    outcome: Annotated[Any, category(*OUTCOMES)]
    ended_by: Annotated[Any, category("caller", "agent", "transfer", "system")]
    transfer_kind: Annotated[Any, category("blind", "attended", "unknown")]
    transfer_to: Dimension  # queue or extension
    attempt: Count  # how many times this caller had called about it, this call included
    agent_attempts: Count  # how many times an agent's telephone rang for it
    time_resolution_seconds: Seconds  # how exact the clock of the source is: 1, or 0.000001
    quality_flags: Words  # what was repaired or is doubtful in this row
