"""A simulated company in a lake, made once for all tests."""

import json

import pytest

from hearwell.jobs.simulate import simulate
from hearwell.lake.lake import create
from hearwell.records import RECORDS

SIZE, SEED, DAYS = 2_000, 7, 90


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    """Give a lake with a company, what became of it, and its truth file."""
    folder = tmp_path_factory.mktemp("simulated")
    with create(folder / "lake") as lake:
        done = simulate(lake, SIZE, SEED, days=DAYS, truth_file=folder / "truth.json")
        for name in done.rows:
            lake.use(RECORDS[name])
        yield lake, done, json.loads((folder / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def ask(simulated):
    """Give a function that runs SQL over the records."""
    lake, _, _ = simulated
    return lambda sql: lake.connection.execute(sql).fetchall()
