"""A simulated company with something planted, made once for all tests of insights."""

import pytest

from hearwell.jobs.simulate import simulate
from hearwell.lake.lake import create

EFFECTS = ("bad_release", "deal_breaker")


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    """4,000 customers for 240 days; from day 144 on a product is bad, and refunds make leave."""
    with create(tmp_path_factory.mktemp("company") / "lake") as lake:
        simulate(lake, 4_000, 11, days=240, effects=EFFECTS)
        yield lake
