"""While more is brought in, the state before is shown; what a killed process left is not."""

import subprocess
import sys

import pytest

from hearwell.lake.folder import SHOWN, SHOWN_LOCK
from hearwell.lake.lake import create
from hearwell.lake.shown import showing, shown

HOLDS = """
import sys, time
from pathlib import Path
from hearwell.lake.lake import open_lake
from hearwell.lake.shown import showing
with open_lake(Path(sys.argv[1]), writable=True) as lake, showing(lake):
    print(lake.snapshot, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def lake(tmp_path):
    with create(tmp_path / "lake") as made:
        yield made


def add(lake, number):
    with lake.writing("calls"):
        lake.connection.execute(f"insert into lake.call (source, call_id) values ('a', '{number}')")


def test_the_state_before_is_shown_until_the_work_is_done(lake):
    assert shown(lake.path) is None
    before = lake.snapshot
    with showing(lake):
        add(lake, 1)
        add(lake, 2)
        assert shown(lake.path) == before < lake.snapshot
    assert shown(lake.path) is None


def test_the_newest_is_shown_after_work_that_failed(lake):
    with pytest.raises(ValueError, match=r"^$"), showing(lake):
        raise ValueError
    assert shown(lake.path) is None


def test_of_two_who_work_the_state_of_the_first_is_shown_until_he_is_done(lake):
    before = lake.snapshot
    with showing(lake):
        add(lake, 1)
        with showing(lake):
            assert shown(lake.path) == before
        assert shown(lake.path) == before
    assert shown(lake.path) is None


def test_another_process_holds_it_until_it_is_killed(lake):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(lake.path)], stdout=subprocess.PIPE, text=True
    )
    try:
        before = int(process.stdout.readline())
        assert shown(lake.path) == before
    finally:
        process.kill()
        process.communicate()
    assert (lake.path / SHOWN).exists()
    assert shown(lake.path) is None
    assert not (lake.path / SHOWN).exists()
    assert (lake.path / SHOWN_LOCK).exists()
    with showing(lake):
        assert shown(lake.path) == lake.snapshot
