"""What all tests share: how Hypothesis searches, and a lake to ask."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, settings

from hearwell.cli import main
from hearwell.lake.lake import Lake, create

sys.path.append(str(Path(__file__).parent))  # the oracles are modules beside the tests
sys.path.append(str(Path(__file__).parents[1] / "scripts"))

from build_catalogues import LOCALE, compile_catalogues

compile_catalogues(Path(__file__).parents[1] / LOCALE)

USUAL = {
    "deadline": None,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "phases": [phase for phase in Phase if phase is not Phase.explain],
}
settings.register_profile("same", derandomize=True, **USUAL)
settings.register_profile("explore", max_examples=2000, **USUAL)
settings.load_profile("same")  # --hypothesis-profile=explore searches where nobody has looked yet


class Quiet(Lake):
    """A lake that does not print all its columns when a test fails."""

    def _repr_pretty_(self, printer, _cycle):
        printer.text("lake")


@pytest.fixture(scope="session")
def lake(tmp_path_factory):
    """Give an empty lake; tests put tables of their own in place of its views."""
    made = Quiet(**vars(create(tmp_path_factory.mktemp("lake") / "lake")))
    yield made
    made.close()


@pytest.fixture
def hearwell(capfd, monkeypatch):
    """Run a command as a user would; give its exit code and what it printed."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["hearwell", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        printed = capfd.readouterr()
        return SimpleNamespace(code=code, out=printed.out, err=printed.err)

    return run
