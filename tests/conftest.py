"""What all tests share: how Hypothesis searches, and a lake to ask."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hearwell.lake.lake import create

sys.path.append(str(Path(__file__).parent))  # the oracles are modules beside the tests

UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=UNHURRIED, print_blob=True
)
settings.register_profile(
    "explore", deadline=None, max_examples=2000, suppress_health_check=UNHURRIED, print_blob=True
)
settings.load_profile("same")  # --hypothesis-profile=explore searches where nobody has looked yet


@pytest.fixture(scope="session")
def lake(tmp_path_factory):
    """Give an empty lake; tests put tables of their own in place of its views."""
    made = create(tmp_path_factory.mktemp("lake") / "lake")
    made.connection.execute("set threads = 2")
    yield made
    made.close()
