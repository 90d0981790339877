"""Programs that tests run in processes of their own: python programs.py USER NAME LAKE …"""

import os
import resource
import sys
import time
from pathlib import Path

from hearwell.errors import HearwellError
from hearwell.lake.lake import create, open_lake
from hearwell.lake.merge import merge
from hearwell.lake.upkeep import checkpoint
from hearwell.records.call import Call


def say(*words):
    print(*words, flush=True)  # noqa: T201  how a program talks to its test


def copy_calls(lake, name, rows, folder):
    """Write a batch of calls whose number the test knows, all in the queue of that name."""
    file = folder / "calls.parquet"
    lake.connection.execute(
        f"copy (select 'pbx' as source, timestamp '2026-01-31' as received_at, "
        f"'{name}-' || i as call_id, 1::bigint as leg, timestamp '2026-01-30' as entered_at, "
        f"'{name}' as queue, hash(i) / 1e18 as wait_seconds, repeat('x', i % 50) as topic "
        f"from range({rows}) as t(i)) to '{file}' (format parquet)"
    )
    return file


def bring(lake, name, rows):
    with lake.staging() as folder:
        file = copy_calls(lake, name, rows, folder)
        with lake.writing(f"import of {name}"):
            return merge(lake, Call, file)


def count(lake):
    lake.use(Call)
    return dict(lake.connection.execute("select queue, count(*) from call group by all").fetchall())


def write(path, name, batches, rows):
    """Bring in batches, one after the other, and say each when it is committed."""
    with open_lake(path, writable=True) as lake:
        say("ready")
        for number in range(int(batches)):
            found = bring(lake, f"{name}{number}", int(rows))
            say("new", found.new, "unchanged", found.unchanged)


def write_for_hours(path):
    """Begin a statement that does not end, and when it is stopped, write something else."""
    with open_lake(path, writable=True) as lake:
        try:
            with lake.writing("a long import"):
                lake.connection.execute("create table lake.x (n bigint)")
                say("begun")
                lake.connection.execute(
                    "insert into lake.x select sum(i % 7) from range(1000000000000) as t(i)"
                )
        except KeyboardInterrupt:
            say("stopped at", lake.snapshot)
        with lake.writing("the next"):
            lake.connection.execute("create table lake.y (n bigint)")
        say("then", lake.snapshot)


def commit_slowly(path, name, rows):
    """Bring in a batch, and say when its commit begins."""
    with open_lake(path, writable=True) as lake, lake.staging() as folder:
        file = copy_calls(lake, name, rows, folder)
        with lake.writing(name):
            merge(lake, Call, file)
            say("committing")
        time.sleep(600)


def read(path, rows):
    """Count until told to stop, by a line of input or its end; fail at half a batch."""
    import threading  # noqa: PLC0415  only this program

    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    rounds, most = 0, 0
    say("ready")
    while not stop.is_set():
        with open_lake(path) as lake:
            for _ in range(100):
                counted = count(lake)
                if set(counted.values()) - {int(rows)}:
                    sys.exit(f"half a batch: {counted}")
                if len(counted) < most:
                    sys.exit(f"a batch has gone: {len(counted)} of {most}")
                most = len(counted)
                rounds += 1
                time.sleep(0.005)  # leave the processor to the writer
                if stop.is_set():
                    break
    say("rounds", rounds, "batches", most)


def hold(path, message):
    """Hold the writer lock until killed."""
    with open_lake(path, writable=True) as lake, lake.writing(message):
        say("holding")
        time.sleep(600)


def peruse(path):
    """Hold one state of the lake until killed, with the catalog open."""
    with open_lake(path) as lake, lake.reading():
        say("reading")
        time.sleep(600)


def stage(path):
    """Hold a folder with a file in staging until killed."""
    with open_lake(path, writable=True) as lake, lake.staging() as folder:
        (folder / "half.parquet").write_bytes(b"half")
        say(folder)
        time.sleep(600)


def try_to_write(path, wait_seconds):
    with open_lake(path, writable=True) as lake:
        say("ready")
        with lake.writing("nothing", wait_seconds=float(wait_seconds)):
            say("written")


def make(path):
    try:
        create(path).close()
    except HearwellError as error:
        say(type(error).__name__)
    else:
        say("made")


def upkeep(path, times):
    with open_lake(path, writable=True) as lake:
        say("ready")
        for _ in range(int(times)):
            checkpoint(lake, at_once=False)
            say("done")


def look(path):
    with open_lake(path) as lake, lake.reading():
        say(sum(count(lake).values()))


def write_small_files(path, most_bytes):
    """Bring in a batch where no file may be larger than so many bytes: a disk that is full."""
    import signal  # noqa: PLC0415  only this program

    with open_lake(path, writable=True) as lake:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), int(most_bytes)))
        bring(lake, "large", 300_000)


PROGRAMS = {
    each.__name__: each
    for each in (
        write,
        write_for_hours,
        commit_slowly,
        read,
        hold,
        peruse,
        stage,
        try_to_write,
        make,
        upkeep,
        look,
        write_small_files,
    )
}

if __name__ == "__main__":
    os.umask(0o022)
    user, name, lake, *arguments = sys.argv[1:]
    if int(user):  # given up here, because another user may not even run our Python
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))
    try:
        PROGRAMS[name](Path(lake), *arguments)
    except HearwellError as problem:
        sys.exit(f"{type(problem).__name__}: {problem}")
