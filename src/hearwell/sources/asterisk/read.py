"""Read the logs of an Asterisk into tables of a DuckDB connection, in whole sets of rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from hearwell.lake.extensions import quoted
from hearwell.lake.identity import hashed_number
from hearwell.lake.tables import identifier
from hearwell.sources.asterisk import cel as channel_events
from hearwell.sources.asterisk import files, heard, lines, mend
from hearwell.sources.asterisk.before_queue import find_lost_before_queue, lose_nothing
from hearwell.sources.asterisk.conventions import Conventions
from hearwell.sources.asterisk.holds import measure_holds, measure_no_holds
from hearwell.sources.asterisk.legs import (
    find_answers,
    find_ends,
    find_entries,
    find_rings,
    make_legs,
)
from hearwell.sources.asterisk.members import make_members, make_restarts
from hearwell.sources.asterisk.names import learn_names
from hearwell.sources.asterisk.notes import Found, notes
from hearwell.sources.asterisk.shifts import make_shifts
from hearwell.sources.asterisk.sql import words
from hearwell.sources.asterisk.visits import make_visits
from hearwell.sources.asterisk.wrap_up import measure_wrap_up

TABLES = {"call": "asterisk_call", "shift": "asterisk_shift", "rejected": "asterisk_rejected"}


@dataclass(frozen=True)
class Read:
    """What was made of the files."""

    tables: dict[str, str]  # record → temp table that holds its rows
    rows_read: int  # lines of queue_log that are not blank
    notes: tuple[str, ...]  # what a person should know, a sentence each
    cel_rows_read: int = 0


def read(  # noqa: PLR0913  files of two kinds, whose they are, and how to read them
    connection: duckdb.DuckDBPyConnection,
    *,
    queue_log: Sequence[Path],
    cel: Sequence[Path] = (),
    source: str,
    received_at: datetime,
    identity_key: str,
    zone: str = "UTC",
    conventions: Conventions | None = None,
) -> Read:
    """Turn files of one telephone system into temp tables for `call`, `shift` and `rejected`.

    Args:
        connection: keeps the temp tables; those of an earlier read are replaced.
        queue_log: files in any order: as Asterisk writes them, or exports of its SQL table.
        cel: CSV files of the channel event log, if there are any.
        received_at: an instant, in UTC if it has no zone.
        zone: where the clock of the telephone system is, for times without a zone. Those of
            a queue_log file are in UTC already.

    Raises:
        CannotRead, NotAQueueLog, NotACel: a file is not what it was given for.

    """
    terms = conventions or Conventions()
    mark = f"{quoted(source)}::varchar as source, {_literal(received_at)} as received_at"
    with TemporaryDirectory(prefix="hearwell-") as folder, _keeping_order(connection):
        logs = files.opened(queue_log, _made(Path(folder) / "log"))
        channels = files.opened(cel, _made(Path(folder) / "cel"))
        try:
            connection.execute(_REJECTED)
            loaded = lines.load(connection, logs, terms, zone)
            heard_of = channel_events.load(connection, channels, zone) if channels else None
            found = _make(connection, terms, heard_of)
            _fill_call(connection, mark, identity_key)
            _fill_shift(connection, mark)
            connection.execute(
                f"create or replace temp table {TABLES['rejected']} as "
                f"select {mark}, * from asterisk_refused"
            )
            told = notes(
                connection,
                replace(
                    found,
                    files=(*logs, *channels),
                    rejected=loaded.rejected,
                    doubled=loaded.doubled,
                ),
            )
        finally:
            with suppress(duckdb.TransactionException):  # the caller's, which will be rolled back
                _clean_up(connection)
    return Read(dict(TABLES), loaded.rows, told, heard_of.rows if heard_of else 0)


def _make(
    connection: duckdb.DuckDBPyConnection, terms: Conventions, cel: channel_events.Heard | None
) -> Found:
    """Make visits and intervals, step by step."""
    find_entries(connection, terms)
    find_answers(connection)
    find_ends(connection)
    find_rings(connection)
    make_members(connection)
    make_restarts(connection)
    unnamed = learn_names(connection, terms, has_cel=cel is not None)
    make_legs(connection)
    found = Found(misfiled=mend.give_misfiled_ends(connection), unnamed_interfaces=unnamed)
    if cel:
        heard.listen(connection)
        heard.hear_answers(connection)
        hung_up = heard.close_where_hung_up(connection)
        hidden = heard.find_transfers(connection)
        heard.hear_ends(connection)
        lost = find_lost_before_queue(connection, terms)
        found = replace(
            found,
            has_cel=True,
            is_cel_exact=cel.is_exact,
            hung_up=hung_up,
            hidden_transfers=hidden,
            lost=lost,
        )
    else:
        heard.hear_nothing(connection)
        lose_nothing(connection)
    mend.close_where_moved_on(connection)
    mend.close_at_restart(connection)
    mend.mark_stuck(connection, terms)
    if cel:
        found = replace(found, has_streams=measure_holds(connection))
    else:
        measure_no_holds(connection)
    make_visits(connection, terms, is_cel_exact=cel is not None and cel.is_exact)
    make_shifts(connection, terms)
    measure_wrap_up(connection, terms)
    return found


_REJECTED = """
    create or replace temp table asterisk_refused
        (record varchar, file varchar, row bigint, reason varchar, raw varchar)
"""


def _fill_call(connection: duckdb.DuckDBPyConnection, mark: str, identity_key: str) -> None:
    """Make the rows of `call`: visits to queues, and calls that were lost before one."""
    connection.execute(f"""
        create or replace temp table {TABLES["call"]} as
        with people as (
            select caller as number, {hashed_number("caller", identity_key)} as caller
            from (select caller from asterisk_entry union select caller from asterisk_lost)
        )
        select {mark}, v.callid as call_id, v.leg, p.caller, 'inbound' as direction,
            v.dialled_number, v.queue, v.agent as agent_id, v.started_at, v.entered_at,
            v.connected_at, v.ended_at, v.wait_seconds::double as wait_seconds,
            v.ring_seconds::double as ring_seconds, v.hold_seconds::double as hold_seconds,
            v.holds::bigint as holds, v.talk_seconds::double as talk_seconds,
            v.connected_seconds::double as connected_seconds,
            w.wrap_up_seconds::double as wrap_up_seconds, v.outcome, v.ended_by,
            v.transfer_kind, v.transfer_to, v.agent_attempts::bigint as agent_attempts,
            v.time_resolution_seconds::double as time_resolution_seconds, v.quality_flags
        from asterisk_visit v
        left join asterisk_wrap_up w using (entry)
        left join people p on p.number = v.caller
        union all by name
        select {mark}, l.callid as call_id, 1::bigint as leg, p.caller, 'inbound' as direction,
            l.dialled_number, l.queue, l.started_at, l.started_at as entered_at, l.ended_at,
            l.outcome, if(l.outcome = 'ivr_abandoned', 'caller', 'system') as ended_by,
            0.000001::double as time_resolution_seconds, []::varchar[] as quality_flags
        from asterisk_lost l
        left join people p on p.number = l.caller
    """)


def _fill_shift(connection: duckdb.DuckDBPyConnection, mark: str) -> None:
    connection.execute(f"""
        create or replace temp table {TABLES["shift"]} as
        select {mark}, agent as agent_id, started_at, state, ended_at, reason
        from asterisk_interval
    """)


def _literal(instant: datetime) -> str:
    """Return SQL for an instant; one without a zone is in UTC already."""
    utc = instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant
    return f"timestamp '{utc.isoformat(' ')}'"


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@contextmanager
def _keeping_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Have DuckDB keep the order of lines, which it may have been told not to."""
    ((kept,),) = connection.execute("select current_setting('preserve_insertion_order')").fetchall()
    connection.execute("set preserve_insertion_order = true")
    try:
        yield
    finally:
        connection.execute(f"set preserve_insertion_order = {kept}")


def _clean_up(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the tables of the steps; those of the records stay."""
    connection.execute("drop view if exists asterisk_visit")
    left = connection.execute(
        "select table_name from duckdb_tables() where temporary and "
        f"starts_with(table_name, 'asterisk_') and table_name not in ({words(TABLES.values())})"
    ).fetchall()
    for (name,) in left:
        connection.execute(f"drop table {identifier(name)}")
