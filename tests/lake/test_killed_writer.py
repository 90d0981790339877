"""kill -9 at random moments: the lake is readable, with all of a batch or none of it."""

import random
import signal
import sqlite3
import time

import pytest

from hearwell.lake.lake import open_lake
from hearwell.lake.upkeep import checkpoint

BATCH = 20_000


def state(place):
    """Open the lake as a reader does, and return the number of rows of each batch."""
    with open_lake(place) as lake:
        found = lake.connection.execute(
            "select queue, count(*), count(distinct call_id) from lake.call group by all order by 1"
        ).fetchall()
    assert all(rows == different for _, rows, different in found)
    return {queue: rows for queue, rows, _ in found}


def check_catalog(place):
    connection = sqlite3.connect(place / "catalog.sqlite")
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    connection.close()


def kill_while_it_writes(place, program, name, after, batches=3):
    """Kill a writer some seconds after it began; return how many batches it said are kept."""
    writer = program("write", place, name, batches, BATCH)
    assert writer.stdout.readline() == "ready\n"
    time.sleep(after)
    writer.send_signal(signal.SIGKILL)
    out, _ = writer.communicate()
    return sum(
        line.startswith("new") and line.endswith("\n") for line in out.splitlines(keepends=True)
    )


def duration_of_a_batch(place, program):
    writer = program("write", place, "timing", 3, BATCH)
    assert writer.stdout.readline() == "ready\n"
    began = time.monotonic()
    for _ in range(3):
        writer.stdout.readline()
    return (time.monotonic() - began) / 3


def check_after(place, name, said, program):
    """All that was said to be kept is kept, the rest whole or not at all; again completes it."""
    check_catalog(place)
    found = {queue: rows for queue, rows in state(place).items() if queue.startswith(name)}
    assert set(found.values()) <= {BATCH}
    assert said <= len(found) <= said + 1  # a commit of which it could not tell any more
    again = program("write", place, name, 3, BATCH)
    out, err = again.communicate(timeout=90)
    assert again.returncode == 0, err
    new = [int(line.split()[1]) for line in out.splitlines() if line.startswith("new")]
    assert new == [0] * len(found) + [BATCH] * (3 - len(found))
    assert not list((place / "staging").iterdir())
    after = {queue: rows for queue, rows in state(place).items() if queue.startswith(name)}
    assert after == {f"{name}{number}": BATCH for number in range(3)}


def check_orphans(place):
    """A checkpoint deletes what killed writers left, and nothing that is needed."""
    before = state(place)
    with open_lake(place, writable=True) as lake:
        checkpoint(lake, at_once=True)
        checkpoint(lake, at_once=True)
        known = {
            path.split("/")[-1]
            for (path,) in lake.connection.execute(
                "select path from __ducklake_metadata_lake.ducklake_data_file union all "
                "select path from __ducklake_metadata_lake.ducklake_delete_file"
            ).fetchall()
        }
    assert {file.name for file in (place / "data").rglob("*.parquet")} == known
    assert state(place) == before


def test_a_writer_killed_once(place, program):
    """In the middle of its work; what it had said is kept, and doing it again completes it."""
    said = kill_while_it_writes(place, program, "a", 0.3)
    check_after(place, "a", said, program)
    check_orphans(place)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_writer_killed_at_any_moment(place, program, seed):
    """Ten times, at moments over the whole of three imports, commits included."""
    choose = random.Random(seed)
    whole = 3 * duration_of_a_batch(place, program)
    for number in range(10):
        after = choose.uniform(0, whole)
        said = kill_while_it_writes(place, program, f"k{number}-", after)
        check_after(place, f"k{number}-", said, program)
    check_orphans(place)


@pytest.mark.slow
def test_a_writer_killed_in_its_commit(place, program):
    """Thirty times within the few milliseconds in which a commit is written."""
    choose = random.Random(11)
    outcomes = set()
    for number in range(30):
        name = f"c{number}-"
        writer = program("commit_slowly", place, name, BATCH)
        assert writer.stdout.readline() == "committing\n"
        time.sleep(choose.uniform(0, 0.03))
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        found = state(place).get(name, 0)
        assert found in {0, BATCH}
        outcomes.add(found)
    check_catalog(place)
    assert outcomes == {0, BATCH}  # the moments were around the commit, not all on one side
    check_orphans(place)


@pytest.mark.slow
def test_upkeep_killed_at_any_moment(place, program):
    """A checkpoint that is killed loses nothing, now or in the past, and can be run again."""
    choose = random.Random(7)
    for number in range(6):
        name = f"u{number}-"
        writer = program("write", place, name, 4, 50)
        assert writer.communicate(timeout=90)[1] == ""
        before = state(place)
        with open_lake(place) as lake:
            then = lake.snapshot
        keeper = program("upkeep", place, 3)
        assert keeper.stdout.readline() == "ready\n"
        time.sleep(choose.uniform(0, 0.6))
        keeper.send_signal(signal.SIGKILL)
        keeper.communicate()
        check_catalog(place)
        assert state(place) == before
        with open_lake(place, as_of=str(then)) as lake:
            found = lake.connection.execute("select count(*) from lake.call").fetchall()
            assert found == [(sum(before.values()),)]
    check_orphans(place)
