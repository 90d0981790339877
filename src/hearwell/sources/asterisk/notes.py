"""What a person should know about the files that were read, a sentence for each matter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from hearwell.sources.asterisk import events
from hearwell.sources.asterisk.files import File
from hearwell.sources.asterisk.sql import scalar


@dataclass(frozen=True)
class Found:
    """What the steps counted while they worked."""

    misfiled: int
    unnamed_interfaces: int
    files: Sequence[File] = ()
    rejected: int = 0
    doubled: int = 0
    has_cel: bool = False
    is_cel_exact: bool = False
    has_streams: bool = False
    hung_up: int = 0
    hidden_transfers: int = 0
    lost: Mapping[str, int] = field(default_factory=dict)


def notes(connection: duckdb.DuckDBPyConnection, found: Found) -> tuple[str, ...]:
    """Return the sentences, those about the files first."""
    return (
        *_about_files(connection, found),
        *_about_calls(connection, found),
        *_about_cel(connection, found),
        *_about_agents(connection, found),
    )


def counted(number: int, one: str, several: str | None = None) -> str:
    """Return the number with its noun, such as «1 call» or «1,200 calls»."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def _about_files(connection: duckdb.DuckDBPyConnection, found: Found) -> Iterator[str]:
    for file in found.files:
        if file.broken:
            yield f"{file.path} is damaged ({file.broken}); it was read up to there."
        elif file.cut:
            yield f"The last line of {file.path} has no end and was refused: it may be cut short."
    if found.rejected:
        yield f"{counted(found.rejected, 'line')} refused; see the table of rejected rows."
    if found.doubled:
        yield f"{counted(found.doubled, 'line')} came more than once and counted once."
    unknown = connection.execute("""
        select split_part(line, '|', 5) as name, count(*) as lines from asterisk_line
        where moment is not null and event is null group by name order by lines desc, name
    """).fetchall()
    if unknown:
        listed = ", ".join(f"{lines:,} {name}" for name, lines in unknown[:5])
        more = ", …" if len(unknown) > 5 else ""
        number = counted(sum(lines for _, lines in unknown), "line")
        yield f"{number} of events that are not used: {listed}{more}."
    steps = connection.execute("select count(*), max(back_seconds) from asterisk_step").fetchall()
    if steps[0][0]:
        flagged = _flagged(connection, "clock_step")
        yield (
            f"The clock was set back {counted(steps[0][0], 'time')}, by up to "
            f"{steps[0][1]:,.0f} s: {counted(flagged, 'call')} lack a duration for it."
        )


def _about_calls(connection: duckdb.DuckDBPyConnection, found: Found) -> Iterator[str]:
    cut = connection.execute(f"""
        select count(*), count(distinct r.seq), max(r.moment)
        from asterisk_leg l join asterisk_restart r on r.seq = l.end_seq
        where l.end_event = '{events.RESTART}'
    """).fetchall()[0]
    if cut[0]:
        times = (
            f"a restart at {cut[2]} UTC"
            if cut[1] == 1
            else (f"{cut[1]} restarts, the last at {cut[2]} UTC")
        )
        yield f"{counted(cut[0], 'call was', 'calls were')} cut by {times}: their end is not known."
    if stuck := _flagged(connection, "stuck"):
        yield f"{counted(stuck, 'call')} never ended in the log though the agent was free again."
    is_open = scalar(connection, "select count(*) from asterisk_call where outcome = 'open'")
    if is_open:
        yield f"{counted(is_open, 'call was', 'calls were')} still open when the log ends."
    if found.misfiled:
        yield (
            f"{counted(found.misfiled, 'end was', 'ends were')} logged under the id of another "
            "call and given back to the talk that had none."
        )
    moved = scalar(connection, "select count(*) from asterisk_leg where end_event = 'MOVED'")
    if moved:
        yield (
            f"{counted(moved, 'visit')} without an end closed where the call came to another queue."
        )
    spare = scalar(
        connection,
        """
        select count(*) from asterisk_end t
        anti join asterisk_misfiled m using (seq)
        where t.entry is null
    """,
    )
    if spare:
        yield (
            f"{counted(spare, 'end')} of calls whose beginning is not in these files: "
            "give the rotated files from before them too."
        )
    if untrusted := _flagged(connection, "transfers_untrusted"):
        yield (
            f"The transfers of {counted(untrusted, 'answered call')} cannot be trusted: their "
            "agents are Local channels, and only CEL tells of their transfers."
        )


def _about_cel(connection: duckdb.DuckDBPyConnection, found: Found) -> Iterator[str]:
    if not found.has_cel:
        yield "Without CEL, times are whole seconds and time on hold is not measured."
        absent = scalar(
            connection,
            """
            select count(*) from asterisk_dialled d
            anti join asterisk_entry e on e.callid = d.callid
        """,
        )
        if absent:
            yield (
                f"{counted(absent, 'call')} dialled a number and never came to a queue: refused, "
                "or hung up before it. Only CEL tells which."
            )
        return
    yield from _about_match(connection)
    if not found.is_cel_exact:
        yield (
            "The times of CEL are whole seconds, like those of the log: "
            "write `dateformat = %s.%6N` to cel.conf."
        )
    if not found.has_streams:
        yield (
            "CEL has no music-on-hold events (STREAM_BEGIN, STREAM_END), "
            "so time on hold is not measured."
        )
    if found.hung_up:
        yield f"{counted(found.hung_up, 'end')} that the log lacks taken from CEL."
    if found.hidden_transfers:
        yield f"{counted(found.hidden_transfers, 'transfer')} that the log lacks taken from CEL."
    for outcome, sentence in {
        "ivr_abandoned": "hung up before any queue",
        "refused_full": "refused by a full queue",
        "refused_empty": "refused by a queue without agents",
        "served": "to a queue's number talked to somebody without a queue, and left out",
        "sent_away": "to a queue's number ended by the dialplan before any queue, and left out",
    }.items():
        if number := found.lost.get(outcome, 0):
            yield f"{counted(number, 'call')} {sentence}."


def _about_match(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Say so where CEL and log are not of the same calls, or their clocks differ."""
    legs, met, timed, apart = connection.execute("""
        select count(*), count(f.moment), count(h.entered_at),
            median(epoch(f.moment - l.entered_at)) filter (h.entered_at is null)
        from asterisk_leg l
        left join (select callid, min(moment) as moment from asterisk_heard group by callid) f
            using (callid)
        left join asterisk_heard_leg h using (entry)
        where l.leg = 1
    """).fetchall()[0]
    if legs and not met:
        yield "CEL has none of the calls of the log: is it of the same system and time?"
    elif met and not timed and abs(apart) > 60:
        yield (
            f"The clock of CEL is {apart:,.0f} s from that of the log, so it was of little use: "
            "name the time zone of the telephone system."
        )


def _about_agents(connection: duckdb.DuckDBPyConnection, found: Found) -> Iterator[str]:
    if found.unnamed_interfaces:
        yield (
            f"{counted(found.unnamed_interfaces, 'interface')} of agents match no member name: "
            "their shifts are under the interface. Tell whose they are in the settings."
        )
    static = scalar(
        connection,
        """
        select count(distinct t.agent) from asterisk_connect t
        anti join asterisk_stay s using (agent)
    """,
    )
    if static:
        yield (
            f"{counted(static, 'agent')} answered calls without being seen to come (static "
            "members): how long they were staffed is not known."
        )


def _flagged(connection: duckdb.DuckDBPyConnection, flag: str) -> int:
    return scalar(
        connection,
        f"select count(*) from asterisk_call where list_contains(quality_flags, '{flag}')",
    )
