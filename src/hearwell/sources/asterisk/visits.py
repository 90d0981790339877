"""Visits with all that is known of them, from the log and from CEL, as the columns of `call`."""

import duckdb

from hearwell.sources.asterisk import events
from hearwell.sources.asterisk.conventions import Conventions
from hearwell.sources.asterisk.heard import HUNG_UP, TALK_OVER
from hearwell.sources.asterisk.mend import MOVED
from hearwell.sources.asterisk.sql import scalar, seconds, words

NEXT_QUEUE_WITHIN = "interval 5 seconds"
"""A call that comes to a queue this soon after a transfer was transferred to that queue."""

OUTCOMES = {
    "ABANDON": "abandoned",
    HUNG_UP: "abandoned",
    "EXITWITHTIMEOUT": "timeout",
    MOVED: "timeout",
    "EXITWITHKEY": "key_exit",
    "EXITEMPTY": "empty_exit",
    "WITHDRAW": "withdrawn",
    "SYSCOMPAT": "failed",
}
"""What became of a visit that no agent answered."""

ENDED_BY = {
    "COMPLETECALLER": "caller",
    "COMPLETEAGENT": "agent",
    **dict.fromkeys(events.TRANSFERS, "transfer"),
    "ABANDON": "caller",
    "EXITWITHKEY": "caller",
    HUNG_UP: "caller",
    "EXITWITHTIMEOUT": "system",
    "EXITEMPTY": "system",
    "WITHDRAW": "system",
    "SYSCOMPAT": "system",
}
TRANSFER_KINDS = {"BLINDTRANSFER": "blind", "ATTENDEDTRANSFER": "attended", "TRANSFER": "unknown"}

FLAGS = {
    "repaired_end": "repaired_end",
    "repaired_connect": "is_answered and connect_seq is null",
    "repaired_transfer": "repaired_transfer",
    "unknown_restart": f"end_event = '{events.RESTART}'",
    "stuck": "stuck",
    "clock_step": "is_wait_stepped or is_talk_stepped",
    "hold_open_at_end": "is_hold_open",
    "transfers_untrusted": "is_answered and is_untrusted",
}
"""What may be doubtful in a row, and when it is."""


def make_visits(
    connection: duckdb.DuckDBPyConnection, conventions: Conventions, *, is_cel_exact: bool
) -> None:
    """Make `asterisk_visit`, a view with a row for each visit."""
    _find_dialled(connection, conventions)
    _find_untrusted(connection)
    steps = scalar(connection, "select count(*) from asterisk_step")
    connection.execute(f"""
        create or replace temp view asterisk_visit as
        with known as (
            select l.*, h.entered_at as heard_entered_at, h.connected_at as heard_connected_at,
                h.ended_at as heard_ended_at, h.started_at, h.rang_at,
                coalesce(d.dialled_number, h.dialled_number) as dialled_number,
                o.holds, o.hold_seconds, coalesce(o.is_open, false) as is_hold_open,
                l.connect_seq is not null or coalesce(l.end_event in ({words(events.TALK_ENDS)}),
                    false) as is_answered,
                l.end_event is not null and l.end_event <> '{events.RESTART}' as is_ended,
                h.entry is null and u.agent is not null as is_untrusted
            from asterisk_leg l
            left join asterisk_heard_leg h using (entry)
            left join asterisk_hold o using (entry)
            left join asterisk_dialled d using (callid)
            left join asterisk_untrusted u using (agent)
        ), timed as (
            select * replace (
                coalesce(heard_entered_at, entered_at) as entered_at,
                case when is_answered then coalesce(heard_connected_at, connected_at,
                    ended_at - to_seconds(talked)) end as connected_at,
                case when is_ended then coalesce(heard_ended_at, ended_at) end as ended_at),
                {is_cel_exact} and heard_entered_at is not null
                    and if(is_answered, heard_connected_at, heard_ended_at) is not null
                    as is_wait_exact,
                {is_cel_exact} and heard_connected_at is not null and heard_ended_at is not null
                    as is_talk_exact,
                epoch_us(entered_at) % 1000000 <> 0 as is_log_exact,
                {_is_stepped("entry", "coalesce(connect_seq, end_seq)", steps)} as is_wait_stepped,
                {_is_stepped("connect_seq", "end_seq", steps)} as is_talk_stepped
            from known
        ), measured as (
            select *,
                case
                    when is_wait_stepped or not (is_answered or is_ended) then null
                    when is_wait_exact or is_log_exact then {_passed("entered_at", "until_at")}
                    else coalesce({_positive("connect_waited")}, {_positive("end_waited")},
                        {_passed("entered_at", "until_at")})
                end as wait_seconds,
                case
                    when is_talk_stepped or not (is_answered and is_ended) then null
                    when is_talk_exact or is_log_exact then {_passed("connected_at", "ended_at")}
                    else coalesce({_positive("talked")}, {_passed("connected_at", "ended_at")})
                end as connected_seconds
            from (select *, coalesce(connected_at, ended_at) as until_at from timed)
        )
        select entry, callid, leg, caller, dialled_number, queue,
            case when is_answered then agent end as agent,
            started_at, entered_at, connected_at, ended_at, wait_seconds,
            case
                when {is_cel_exact} and is_answered and heard_connected_at is not null
                    and rang_at is not null
                    then {_passed("rang_at", "connected_at")}
                when is_answered then ring_seconds
                else cancelled_ms / 1000.0
            end as ring_seconds,
            hold_seconds, holds, connected_seconds,
            case when hold_seconds > connected_seconds then 0
                else connected_seconds - hold_seconds end as talk_seconds,
            case
                when refused is not null then refused
                when end_event = '{events.RESTART}' then 'unknown_restart'
                when end_event is null then 'open'
                when is_answered then 'answered'
                else {_chosen("end_event", OUTCOMES)}
            end as outcome,
            case
                when refused is not null then 'system'
                when end_event = '{TALK_OVER}' then heard_ended_by
                when end_event = '{HUNG_UP}' then coalesce(heard_ended_by, 'caller')
                when end_event = '{MOVED}' then if(is_answered, 'transfer', 'system')
                else {_chosen("end_event", ENDED_BY)}
            end as ended_by,
            case
                when end_event = '{MOVED}' and is_answered then 'unknown'
                else {_chosen("end_event", TRANSFER_KINDS)}
            end as transfer_kind,
            case when transfer_kind is null then null
                when next_entered_at <= ended_at + {NEXT_QUEUE_WITHIN} then next_queue
                else transfer_to
            end as transfer_to,
            case when refused is null then coalesce(unanswered, 0) + is_answered::integer end
                as agent_attempts,
            case when is_wait_exact or is_log_exact then 0.000001 else 1 end
                as time_resolution_seconds,
            {_flags()} as quality_flags
        from measured
    """)


def _find_dialled(connection: duckdb.DuckDBPyConnection, conventions: Conventions) -> None:
    """Make `asterisk_dialled`: the number that each call dialled first."""
    connection.execute(f"""
        create or replace temp table asterisk_dialled as
        select field[2] as callid, min_by(field[6], seq) as dialled_number
        from (
            select rowid as seq, string_split(line, '|') as field from asterisk_line
            where event in ({words(conventions.dialled)})
        )
        where field[6] <> ''
        group by field[2]
    """)


def _find_untrusted(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_untrusted`: agents on Local channels, whose transfers the log does not have.

    Where some interfaces are Local channels and nobody knows whose, each agent of unknown
    interface may be meant.
    """
    connection.execute("""
        create or replace temp table asterisk_untrusted as
        with agents as (
            select distinct agent from asterisk_connect
        ), unknown as (
            select agent from asterisk_member
            where agent like 'Local/%' and agent not in (from agents)
        )
        select agent from agents where agent like 'Local/%'
            or agent in (select name from asterisk_alias where label like 'Local/%')
            or (exists (from unknown) and not contains(agent, '/')
                and agent not in (select name from asterisk_alias))
    """)


def _chosen(value: str, words_for: dict[str, str]) -> str:
    cases = " ".join(f"when '{key}' then '{word}'" for key, word in words_for.items())
    return f"case {value} {cases} end"


def _is_stepped(since: str, until: str, steps: int) -> str:
    """Return SQL that is true where the clock was set back between two lines."""
    if not steps:
        return "false"
    return f"exists (from asterisk_step s where s.seq > {since} and s.seq <= {until})"


def _positive(number: str) -> str:
    return f"case when {number} >= 0 then {number} end"


def _passed(start: str, end: str) -> str:
    """Return SQL for the seconds passed; lines a second out of order count as none."""
    passed = seconds(start, end)
    return f"case when {passed} >= 0 then {passed} when {passed} >= -1 then 0 end"


def _flags() -> str:
    cases = ", ".join(f"case when {when} then '{flag}' end" for flag, when in FLAGS.items())
    return f"list_filter([{cases}]::varchar[], lambda flag: flag is not null)"
