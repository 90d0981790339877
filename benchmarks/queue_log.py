"""How fast a queue_log of millions of lines is read: `python benchmarks/queue_log.py [lines]`.

The log is made up by SQL, in the proportions of a real one: seven in ten calls answered, one in
twenty of them transferred to the other queue, wrap-up pauses, agents who come and leave, a restart.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from hearwell.sources.asterisk.read import read

LINES_OF_A_CALL = 7.2
AGENTS = 120
EPOCH = 1_700_000_000

MADE_UP = """
    with numbered as (
        select i, hash(i) as luck, {epoch} + i * 3 as began from range({calls}) r (i)
    ), drawn as (
        select i, began, 'pbx-' || began || '.' || i * 2 as callid,
            if(luck % 3 = 0, 'billing', 'support') as queue,
            'agent' || lpad(((luck // 7) % {agents})::varchar, 3, '0') as agent,
            '1555' || lpad(((luck // 11) % 200000)::varchar, 7, '0') as caller,
            3 + (luck // 13) % 40 as waited, 15 + (luck // 17) % 400 as talked,
            (luck // 19) % 10 < 7 as is_answered, (luck // 23) % 4 = 0 as is_passed_over,
            (luck // 29) % 20 = 0 as is_transferred, (luck // 31) % 3 > 0 as has_wrap_up,
            began + 3 + (luck // 13) % 40 as left_at
        from numbered
    ), calls as (
        select *, left_at + talked as over_at from drawn
    ), written (moment, place, text) as (
        select began, i * 16, callid || '|' || queue || '|NONE|DID|8' || i % 50 from calls
        union all
        select began, i * 16 + 1, callid || '|' || queue || '|NONE|ENTERQUEUE||' || caller || '|1'
        from calls
        union all
        select began + 2, i * 16 + 2, callid || '|' || queue || '|' || agent || '|RINGNOANSWER|5000'
        from calls where is_passed_over
        union all
        select left_at, i * 16 + 3, callid || '|' || queue || '|' || agent || '|RINGCANCELED|2535'
        from calls where not is_answered
        union all
        select left_at, i * 16 + 4, callid || '|' || queue || '|NONE|ABANDON|1|1|' || waited
        from calls where not is_answered
        union all
        select left_at, i * 16 + 5, callid || '|' || queue || '|' || agent || '|CONNECT|' || waited
            || '|' || callid || '1|3'
        from calls where is_answered
        union all
        select over_at, i * 16 + 6, callid || '|' || queue || '|' || agent || if(is_transferred,
            '|BLINDTRANSFER|7002|internal|', '|COMPLETECALLER|') || waited || '|' || talked || '|1'
        from calls where is_answered
        union all
        select over_at, i * 16 + 7, callid || '|other|NONE|ENTERQUEUE||' || caller || '|1'
        from calls where is_answered and is_transferred
        union all
        select over_at + 9, i * 16 + 8, callid || '|other|NONE|ABANDON|1|1|9'
        from calls where is_answered and is_transferred
        union all
        select over_at + pause.later, i * 16 + 9, 'NONE|' || pause.queue || '|' || agent || '|'
            || pause.event || '|ACW'
        from calls, (values (0, 'NONE', 'PAUSEALL'), (0, 'billing', 'PAUSE'),
            (0, 'support', 'PAUSE'), (20, 'NONE', 'UNPAUSEALL'), (20, 'billing', 'UNPAUSE'),
            (20, 'support', 'UNPAUSE')) pause (later, queue, event)
        where is_answered and has_wrap_up
        union all
        select {epoch} + day * 86400 + shift.later, -1, 'MANAGER|' || queue || '|PJSIP/agent'
            || lpad(a::varchar, 3, '0') || '|' || shift.event || '|'
        from range({days}) d (day), range({agents}) n (a),
            (values ('billing'), ('support')) q (queue),
            (values (0, 'ADDMEMBER'), (86000, 'REMOVEMEMBER')) shift (later, event)
        union all
        select {epoch} + {days} * 43200, -2, 'NONE|NONE|NONE|QUEUESTART|'
    )
    select moment || '|' || text from written order by moment, place limit {lines}
"""


def write(path: Path, lines: int) -> None:
    """Write a log of so many lines."""
    calls = int(lines / LINES_OF_A_CALL) + 1
    query = MADE_UP.format(
        epoch=EPOCH, calls=calls, agents=AGENTS, days=calls * 3 // 86400 + 1, lines=lines
    )
    with duckdb.connect() as connection:
        connection.execute(
            f"copy ({query}) to '{path}' (format csv, header false, delimiter '\x01', quote '')"
        )


def measure(lines: int = 3_000_000) -> dict[str, float]:
    """Read a made-up log, and say how long that took and how much memory it needed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "queue_log"
        command = [sys.executable, __file__, "--write", str(path), str(lines)]
        subprocess.run(command, check=True)  # apart, so that its memory is not counted
        with duckdb.connect() as connection:
            start, worked = time.perf_counter(), time.process_time()
            found = read(
                connection,
                queue_log=[path],
                source="asterisk:benchmark",
                received_at=datetime.now(UTC),
                identity_key="benchmark",
            )
            seconds, worked = time.perf_counter() - start, time.process_time() - worked
    return {
        "lines": found.rows_read,
        "seconds": seconds,
        "processor_seconds": worked,  # of all cores: comparable where others work too
        "lines_per_second": found.rows_read / seconds,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
        sys.exit()
    print(json.dumps(measure(*map(int, sys.argv[1:2]))))
