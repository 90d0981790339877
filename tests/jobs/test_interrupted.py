"""An import that is stopped, or that has little memory, leaves all of a file or nothing of it."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import duckdb
import pytest

from hearwell.lake.lake import create, open_lake
from hearwell.records.call import Call

PROGRAM = r"""
import re, sys
from pathlib import Path
from hearwell.jobs.bring_in import bring_in
from hearwell.lake.lake import open_lake
from hearwell.records.call import Call
from hearwell.sources.file.mapping import Mapping

lake = open_lake(Path(sys.argv[1]), writable=True)
print("began", flush=True)
done = bring_in(lake, Path(sys.argv[2]), Call, Mapping.read(Path(sys.argv[3])))
peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]
print(done.new, done.unchanged, done.rejected, peak)  # ru_maxrss would be that of our parent
"""

MAPPING = """
record = "call"
source = "test"
zone = "UTC"
[columns]
call_id = "call_id"
caller = "caller"
entered_at = "entered_at"
wait_seconds = "wait_seconds"
queue = "queue"
outcome = "outcome"
"""


MOMENTS = 10


def calls(path, rows, wide=1):
    """Write calls, of which one in a thousand is to be refused."""
    duckdb.execute(
        f"copy (select md5(i::varchar) as call_id, '+4420' || i as caller, "
        "strftime(timestamp '2022-01-01' + to_seconds(i::bigint), '%Y-%m-%d %H:%M:%S') "
        "as entered_at, if(i % 1000 = 999, 'x', (i % 300)::varchar) as wait_seconds, "
        f"repeat('q' || i % 9, {wide}) as queue, "
        f"'answered' as outcome from range({rows}) t(i)) to '{path}' (header)"
    )
    return path


def start(lake, file, mapping, **more):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(lake), str(file), str(mapping)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")} | more,
    )


@pytest.fixture
def lake_path(tmp_path):
    create(tmp_path / "lake").close()
    return tmp_path / "lake"


def kept(path):
    lake = open_lake(path)
    name = lake.use(Call)
    rows, keys = lake.connection.execute(
        f"select count(*), count(distinct call_id) from {name}"
    ).fetchall()[0]
    rejected = lake.connection.execute("select count(*) from lake.rejected").fetchall()[0][0]
    lake.close()
    assert rows == keys
    return rows, rejected


@pytest.mark.slow
def test_a_file_several_times_larger_than_the_memory(lake_path, tmp_path):
    """1 GB with a limit of 100 MB: 340 MB in all, Python and what the engine does not count."""
    file = calls(tmp_path / "calls.csv", 3_600_000, wide=100)
    assert file.stat().st_size > 10 * 100e6
    (tmp_path / "map.toml").write_text(MAPPING)
    with start(lake_path, file, tmp_path / "map.toml", HEARWELL_MEMORY="100MB") as work:
        told = work.communicate()[0].split()
    assert told[:4] == ["began", "3596400", "0", "3600"]
    peak = int(told[4]) * 1024
    assert peak < 450e6, f"{peak / 1e6:.0f} MB"
    assert kept(lake_path) == (3_596_400, 3600)


@pytest.mark.slow
def test_killed_at_any_moment_it_leaves_all_or_nothing(lake_path, tmp_path):
    """Killed at moments over the whole of the work, the commit included, then run to the end."""
    file = calls(tmp_path / "calls.csv", 300_000)
    (tmp_path / "map.toml").write_text(MAPPING)
    whole = (299_700, 300)
    began = time.monotonic()
    create(tmp_path / "other").close()
    with start(tmp_path / "other", file, tmp_path / "map.toml") as work:
        assert work.wait() == 0
    usual = time.monotonic() - began
    killed = 0
    moments = random.Random(7)
    for attempt in range(MOMENTS):
        with start(lake_path, file, tmp_path / "map.toml") as work:
            assert work.stdout.readline() == "began\n"
            after = usual * (attempt + moments.random()) / MOMENTS
            timer = Timer(after, work.send_signal, [signal.SIGKILL])
            timer.start()
            killed += work.wait() != 0
            timer.cancel()
        assert kept(lake_path) in {(0, 0), whole}
    assert killed > 3
    with start(lake_path, file, tmp_path / "map.toml") as work:
        told = work.communicate()[0].split()
    assert told[1:3] in (["299700", "0"], ["0", "299700"])
    assert kept(lake_path) == whole
    assert not list((lake_path / "staging").glob("*/rows.parquet"))


def test_interrupted_it_stops_at_once_and_keeps_nothing(lake_path, tmp_path):
    file = calls(tmp_path / "calls.csv", 1_000_000)
    (tmp_path / "map.toml").write_text(MAPPING)
    with start(lake_path, file, tmp_path / "map.toml") as work:
        assert work.stdout.readline() == "began\n"
        time.sleep(1)
        work.send_signal(signal.SIGINT)
        began = time.monotonic()
        work.communicate()
    assert time.monotonic() - began < 10
    assert work.returncode != 0
    assert kept(lake_path) == (0, 0)
