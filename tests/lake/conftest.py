import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from hearwell.lake.extensions import quoted
from hearwell.lake.lake import create, open_lake
from hearwell.lake.merge import merge
from hearwell.lake.tables import identifier, typed
from hearwell.records.call import Call

PROGRAMS = Path(__file__).with_name("programs.py")
NOBODY = 65534


@pytest.fixture(scope="session")
def empty_lake(tmp_path_factory):
    """Give the folder of a lake that no test writes to; copies of it are made faster than lakes."""
    path = tmp_path_factory.mktemp("empty") / "lake"
    create(path, "Europe/Berlin").close()
    return path


@pytest.fixture
def place(empty_lake, tmp_path):
    """Give the folder of a lake of the test's own, with the zone of Berlin."""
    return shutil.copytree(empty_lake, tmp_path / "lake")


@pytest.fixture
def lake(place):
    """Give that lake, open for writing."""
    with open_lake(place, writable=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def staged():
    """Give a function that writes rows, dicts with some columns of a record, as a Parquet file."""
    return write_rows


@pytest.fixture(scope="session")
def bring():
    """Give a function that brings rows into a lake and returns what became of them."""
    return bring_rows


@pytest.fixture
def program():
    """Give a function that starts one of programs.py in a process of its own, killed at the end."""
    started = []

    def start(name, *arguments, uid=0):
        process = subprocess.Popen(
            [sys.executable, PROGRAMS, str(uid), name, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def public_place(place):
    """Give that lake in a folder into which every account can look, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="hearwell-tests-") as folder:
        Path(folder).chmod(0o755)
        yield shutil.move(place, Path(folder) / "lake")


@pytest.fixture
def as_nobody(program):
    """Give a function that runs a program as a user without rights, which root can, and its output.

    Modes of files mean nothing to root, so that only another user shows whether they are right.
    """
    if os.getuid() != 0:
        pytest.skip("only root can run a program as another user")

    def run(name, *arguments):
        process = program(name, *arguments, uid=NOBODY)
        out, err = process.communicate(timeout=60)
        return out.strip(), err.strip().splitlines()[-1:]

    return run


def write_rows(lake, rows, file, *, record=Call, columns=None, extra=()):
    types = typed(record) | dict(extra)
    names = columns or list(dict.fromkeys(name for row in rows for name in row))
    body = ", ".join(f"{identifier(name)} {types[name]}" for name in names)
    run = lake.connection.execute
    run(f"create or replace temp table written ({body})")
    if rows:
        lake.connection.executemany(
            f"insert into written values ({', '.join('?' * len(names))})",
            [[row.get(name) for name in names] for row in rows],
        )
    run(f"copy written to {quoted(str(file))} (format parquet)")
    run("drop table written")
    return file


def bring_rows(lake, rows, *, record=Call, columns=None, extra=(), message="a test"):
    with lake.staging() as folder:
        file = write_rows(
            lake, rows, folder / "rows.parquet", record=record, columns=columns, extra=extra
        )
        with lake.writing(message):
            return merge(lake, record, file)
