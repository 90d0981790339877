"""The server and what works beside it end together."""

import os
import signal
import time
from pathlib import Path

import pytest
from running import free_port, is_alive, serving

from hearwell.lake.lake import create


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_what_works_in_the_background_ends_with_the_server(tmp_path, capfd, how):
    lake = tmp_path / "lake"
    create(lake).close()
    with serving(lake, "https://help.example.org", free_port()) as process:
        (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        wait_until(lambda: catches_sigterm(worker))  # it is at work
        assert niceness(worker) > niceness(process.pid)  # pages come first
        os.kill(process.pid, getattr(signal, how))
        process.wait(timeout=60)
    wait_until(lambda: not is_alive(worker))
    told = capfd.readouterr().err
    assert "Fatal Python error" not in told
    assert "terminate called" not in told


def wait_until(is_so):
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def niceness(process):
    return os.getpriority(os.PRIO_PROCESS, int(process))


def catches_sigterm(process):
    status = Path(f"/proc/{process}/status").read_text()
    return bool(int(status.partition("SigCgt:")[2].split()[0], 16) & 1 << signal.SIGTERM - 1)
