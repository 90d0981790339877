"""Agents by one name each: lines about membership have the interface where others have the name."""

import duckdb

from hearwell.lake.extensions import quoted
from hearwell.sources.asterisk import events
from hearwell.sources.asterisk.conventions import Conventions
from hearwell.sources.asterisk.sql import scalar, words

CORE = "regexp_extract({label}, '^[A-Za-z0-9_]+/([^/@]+)', 1)"
"""What an interface calls its telephone: `agent4` of `PJSIP/agent4`, `201` of `Local/201@x/n`."""


def learn_names(
    connection: duckdb.DuckDBPyConnection, conventions: Conventions, *, has_cel: bool
) -> int:
    """Make `asterisk_alias`: interface → member name; return how many interfaces stay without.

    The first of these that tells is taken: the person's own settings; with CEL, the member name
    under which the interface's channel answered; a member name that is the core of the interface.
    """
    given = ", ".join(
        f"({quoted(interface)}, {quoted(name)})" for interface, name in conventions.aliases.items()
    )
    connection.execute(f"""
        create or replace temp table asterisk_alias as
        with given as (
            select * from (values (null::varchar, null::varchar) {"," if given else ""} {given})
                t (label, name)
        ), names as (
            select distinct agent as name from asterisk_connect
            union
            select agent from asterisk_member where event in ({words(events.PAUSES)})
        ), labels as (
            select distinct agent as label from asterisk_member where event not in
                ({words(events.PAUSES)})
            union
            select name from names
        ), answered as (
            {_answered_by() if has_cel else "select null as interface, null as name where false"}
        ), by_core as (
            select l.label, n.name from labels l
            join names n on n.name = {CORE.format(label="l.label")} and not contains(n.name, '/')
        )
        select l.label, coalesce(g.name, nullif(a.name, l.label), c.name) as name
        from labels l
        left join given g using (label)
        left join answered a on a.interface = regexp_replace(l.label, '/[nj]+$', '')
        left join by_core c using (label)
        where coalesce(g.name, nullif(a.name, l.label), c.name) <> l.label
    """)
    for table in ("asterisk_member", "asterisk_connect", "asterisk_end"):
        connection.execute(f"""
            update {table} t set agent = a.name from asterisk_alias a where a.label = t.agent
        """)
    return scalar(
        connection,
        f"""
        select count(distinct m.agent) from asterisk_member m
        where m.event in ({words(events.ARRIVES)}) and contains(m.agent, '/')
            and m.agent not in (select agent from asterisk_connect)
        """,
    )


def _answered_by() -> str:
    """Return SQL for the one member name under which each interface answered calls."""
    return """
        select regexp_replace(c.channel, '-[0-9a-f]+(;[12])?$', '') as interface,
            any_value(t.agent) as name
        from asterisk_connect t
        join asterisk_cel c on c.uniqueid = t.channel and c.event = 'CHAN_START'
        group by interface having count(distinct t.agent) = 1
    """
