"""A log of more lines than one thread of DuckDB takes at a time: their order must be kept."""

from datetime import UTC, datetime

import duckdb

from hearwell.sources.asterisk.read import read

CALLS = 60_000
WRITTEN = f"""
    with calls as (
        select i, 1700000000 + i as began, 3 + i % 7 as waited, 5 + i % 11 as talked,
            'c' || i as callid, 'agent' || i % 97 as agent
        from range({CALLS}) r (i)
    ), lines (moment, place, text) as (
        select began, i * 8, callid || '|q|NONE|ENTERQUEUE||1555' || i % 1000 || '|1' from calls
        union all
        select began + waited, i * 8 + 1,
            callid || '|q|' || agent || '|CONNECT|' || waited || '|x|1' from calls
        union all
        select began + waited + talked, i * 8 + 2,
            callid || '|q|' || agent || '|COMPLETEAGENT|' || waited || '|' || talked || '|1'
        from calls
        union all
        select began + waited + talked, i * 8 + 3, 'NONE|q|' || agent || '|PAUSE|ACW' from calls
        union all
        select began + waited + talked + 4, i * 8 + 4, 'NONE|q|' || agent || '|UNPAUSE|' from calls
    )
    select moment || '|' || text from lines order by moment, place
"""


def test_the_order_of_many_lines_is_kept(tmp_path):
    path = tmp_path / "queue_log"
    with duckdb.connect(config={"threads": 4}) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(
            f"copy ({WRITTEN}) to '{path}' (format csv, header false, delimiter '\x01', quote '')"
        )
        order = sorted(path.read_text().splitlines(), key=lambda line: int(line.split("|")[0]))
        path.write_text("".join(f"{line}\n" for line in order))
        found = read(
            connection,
            queue_log=[path],
            source="s",
            received_at=datetime(2026, 1, 1, tzinfo=UTC),
            identity_key="k",
        )
        assert found.rows_read == 5 * CALLS
        ((calls, answered, waited, talked, wrapped_up, callers),) = connection.execute("""
            select count(*), count(*) filter (outcome = 'answered'), sum(wait_seconds),
                sum(connected_seconds), sum(wrap_up_seconds), count(distinct caller)
            from asterisk_call
        """).fetchall()
        assert (calls, answered, callers) == (CALLS, CALLS, 1000)
        assert waited == sum(3 + i % 7 for i in range(CALLS))
        assert talked == sum(5 + i % 11 for i in range(CALLS))
        assert wrapped_up == 4 * CALLS
        ((shifts,),) = connection.execute("select count(*) from asterisk_shift").fetchall()
        assert shifts == CALLS
        ((kept,),) = connection.execute(
            "select current_setting('preserve_insertion_order')"
        ).fetchall()
        assert kept is False
