"""The server and what works beside it end together."""

import os
import signal
import time
from pathlib import Path

import pytest
from running import free_port, serving

from hearwell.lake.lake import create


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_what_works_in_the_background_ends_with_the_server(tmp_path, how):
    lake = tmp_path / "lake"
    create(lake).close()
    with serving(lake, "https://help.example.org", free_port()) as process:
        (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert works(worker)
        os.kill(process.pid, getattr(signal, how))
        process.wait(timeout=60)
    until = time.monotonic() + 60
    while works(worker) and time.monotonic() < until:
        time.sleep(0.1)
    assert not works(worker)


def works(process):
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return told.rpartition(")")[2].split()[0] != "Z"
