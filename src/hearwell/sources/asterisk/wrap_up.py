"""Work after a call: a wrap-up pause that begins when the agent's call ends."""

import duckdb

from hearwell.sources.asterisk.conventions import Conventions
from hearwell.sources.asterisk.sql import seconds

EARLY_SECONDS = 2
"""How long before the end of the call the pause may be logged: both are written in whole seconds,
by two threads."""


def measure_wrap_up(connection: duckdb.DuckDBPyConnection, conventions: Conventions) -> None:
    """Make `asterisk_wrap_up`: seconds for each visit whose wrap-up is known.

    None (0) is known of the calls of agents who do use a wrap-up pause, but did not after this
    one. Nothing is known of an agent who never uses it, nor while the pause goes on, nor of one
    who had left the queues when the call ended: a pause is logged of members only.
    """
    connection.execute(f"""
        create or replace temp table asterisk_wrap_up as
        with talks as (
            select entry, agent, ended_at from asterisk_visit
            where connected_at is not null and ended_at is not null and agent is not null
        ), last_talks as (
            select agent, ended_at, max(entry) as entry from talks group by agent, ended_at
        ), pauses as (
            select agent, started_at, ended_at from asterisk_interval where state = 'wrap_up'
        ), pairs as (
            select t.entry, bool_and(p.ended_at is not null) as is_over,
                sum({seconds("p.started_at", "p.ended_at")}) as wrap_up_seconds
            from pauses p
            asof join last_talks t on t.agent = p.agent
                and p.started_at + interval {EARLY_SECONDS} seconds >= t.ended_at
            where t.ended_at >= p.started_at - to_microseconds(
                ({conventions.wrap_up_within_seconds} * 1000000)::bigint)
            group by t.entry
        ), stays as (
            select agent, started_at, ended_at from asterisk_interval where state = 'staffed'
        ), unpaired as (
            select t.entry, t.agent, t.ended_at from talks t
            semi join pauses using (agent)
            anti join pairs using (entry)
        )
        select entry, case when is_over then wrap_up_seconds end as wrap_up_seconds from pairs
        union all
        select u.entry, 0.0 from unpaired u
        asof left join stays s on s.agent = u.agent and s.started_at <= u.ended_at
        where s.ended_at > u.ended_at or (s.agent is not null and s.ended_at is null)
            or u.agent not in (select agent from stays)
    """)
