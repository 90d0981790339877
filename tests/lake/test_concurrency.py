"""Many processes read while one writes; writers take turns, for a bounded time."""

import os
import signal
import subprocess
import threading
import time

import pytest

from hearwell.lake.errors import LakeLocked
from hearwell.lake.lake import open_lake
from hearwell.lake.lock import writer_lock

ROWS = 37  # of each batch: what a reader counts is a multiple of it


def finish(process, timeout=90):
    out, err = process.communicate(timeout=timeout)
    assert process.returncode == 0, err
    return out.split()


def test_readers_see_whole_batches_while_one_writes(place, program):
    """They never fail, never wait for the writer, and never see a part of a batch."""
    readers = [program("read", place, ROWS) for _ in range(2)]
    for reader in readers:
        assert reader.stdout.readline() == "ready\n"
    writer = program("write", place, "b", 12, ROWS)
    finish(writer)
    for reader in readers:
        said = finish(reader)
        assert said[0] == "rounds"
        assert int(said[1]) > 5
        assert int(said[3]) >= 1
    with open_lake(place) as lake:
        assert lake.connection.execute("select count(*) from lake.call").fetchall() == [
            (12 * ROWS,)
        ]


def test_writers_of_several_processes_take_turns(place, program):
    """Each waits for the others, all succeed, and nothing is lost or comes twice."""
    writers = [program("write", place, name, 4, ROWS) for name in "abc"]
    for writer in writers:
        assert finish(writer) == ["ready", *["new", str(ROWS), "unchanged", "0"] * 4]
    with open_lake(place) as lake:
        found = lake.connection.execute(
            "select count(*), count(distinct call_id), count(distinct queue) from lake.call"
        )
        assert found.fetchall() == [(12 * ROWS, 12 * ROWS, 12)]


def test_writers_who_bring_the_same_bring_it_once(place, program):
    """Two who import the same files at the same time: each row is new for one of them."""
    writers = [program("write", place, "same", 5, ROWS) for _ in range(2)]
    new = sum(
        int(words[words.index("new") + 1])
        for writer in writers
        for line in writer.communicate(timeout=90)[0].splitlines()
        if (words := line.split())[0] == "new"
    )
    assert new == 5 * ROWS


def test_the_wait_for_the_lock_is_bounded(place, program):
    """Who waits in vain is told who writes and what, and has written nothing."""
    holder = program("hold", place, "import of calls.csv")
    assert holder.stdout.readline() == "holding\n"
    began = time.monotonic()
    with open_lake(place, writable=True) as lake:
        with pytest.raises(LakeLocked) as caught, lake.writing("x", wait_seconds=0.3):
            pass
        assert lake.snapshot == 1
    assert time.monotonic() - began < 20
    said = str(caught.value)
    assert f"process {holder.pid} on " in said
    assert "(import of calls.csv)" in said
    assert "waited 0.3 s" in said


def test_the_lock_dies_with_its_holder(place, program):
    """Kill it, and the next one writes at once; the name it left is not blamed."""
    holder = program("hold", place, "killed")
    assert holder.stdout.readline() == "holding\n"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with open_lake(place, writable=True) as lake:
        with lake.writing("x", wait_seconds=1):
            pass
        assert not (place / "write.holder").exists()


def test_threads_of_one_process_take_turns_too(place):
    """The lock is not for the process as a whole."""
    with writer_lock(place, "one"):
        seen = []

        def other():
            try:
                with writer_lock(place, "other", 0.1):
                    pass
            except LakeLocked as error:
                seen.append(error)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(seen) == 1
    assert f"process {os.getpid()}" in str(seen[0])


def test_writing_inside_of_writing_is_a_fault(lake):
    """It would wait for itself."""
    with lake.writing("x"), pytest.raises(RuntimeError, match="one at a time"), lake.writing("y"):
        pass
    with lake.writing("z"):
        pass


def test_ctrl_c_ends_the_wait_for_the_lock(place, program):
    """At once, and nothing is left behind."""
    holder = program("hold", place, "long")
    assert holder.stdout.readline() == "holding\n"
    waiting = program("try_to_write", place, 60)
    assert waiting.stdout.readline() == "ready\n"
    time.sleep(0.3)
    began = time.monotonic()
    waiting.send_signal(signal.SIGINT)
    _, err = waiting.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert "KeyboardInterrupt" in err


def test_ctrl_c_ends_a_long_statement(place, program):
    """Nothing is kept, the statement does not go on, and the lake can be used again at once."""
    writer = program("write_for_hours", place)
    assert writer.stdout.readline() == "begun\n"
    time.sleep(0.5)
    for _ in range(30):  # on a machine that is busy the first may come before the statement
        writer.send_signal(signal.SIGINT)
        try:
            writer.wait(timeout=2)
            break
        except subprocess.TimeoutExpired:
            continue
    out, err = writer.communicate(timeout=5)
    assert out == "stopped at 1\nthen 2\n", err


def test_two_that_stage_at_once_leave_each_other_alone(place, program):
    """Each has its folder, and keeps it while another cleans up."""
    holders = [program("stage", place) for _ in range(2)]
    folders = [holder.stdout.readline().strip() for holder in holders]
    assert len({*folders}) == 2
    with open_lake(place, writable=True) as lake, lake.staging() as own:
        assert str(own) not in folders
    for folder in folders:
        assert (place / "staging" / folder / "half.parquet").read_bytes() == b"half"


def test_what_a_killed_process_staged_is_removed_by_the_next(place, program):
    """By the next that stages, and never what a living one has."""
    dead, alive = program("stage", place), program("stage", place)
    left = place / "staging" / dead.stdout.readline().strip()
    kept = place / "staging" / alive.stdout.readline().strip()
    dead.send_signal(signal.SIGKILL)
    dead.wait()
    assert (left / "half.parquet").exists()
    with open_lake(place, writable=True) as lake, lake.staging():
        assert not left.exists()
        assert kept.exists()


def test_staging_goes_when_the_work_fails(lake):
    def fail():
        with lake.staging() as folder:
            (folder / "deep").mkdir()
            (folder / "deep" / "file").write_text("x")
            raise subprocess.SubprocessError

    before = set((lake.path / "staging").iterdir())
    with pytest.raises(subprocess.SubprocessError):
        fail()
    assert set((lake.path / "staging").iterdir()) == before
