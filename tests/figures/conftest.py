"""Bring real data in with the command line, and ask the command line for numbers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DATA = Path(os.environ.get("HEARWELL_DATA", ROOT.parent / "shared" / "data"))
HEARWELL = Path(sys.executable).with_name("hearwell")


class Lake:
    """A lake that is filled and asked as a user does it: through commands."""

    def __init__(self, path, zone):
        self.path = path
        self.run("init", "--zone", zone)

    def run(self, *arguments):
        command = [HEARWELL, *map(str, arguments), "--lake", self.path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bring(self, file, record, mapping):
        return self.run("import", file, "--as", record, "--map", EXAMPLES / "maps" / mapping)

    def ask(self, *arguments):
        """Return the answers to `hearwell metric …`."""
        return json.loads(self.run("metric", *arguments, "--format", "json"))["answers"]

    def value(self, *arguments):
        (answer,) = self.ask(*arguments)
        return answer["value"]

    def setting(self, text):
        file = self.path / "hearwell.toml"
        file.write_text(text + "\n" + file.read_text())


@pytest.fixture(scope="module")
def new_lake(tmp_path_factory):
    def make(zone="UTC"):
        return Lake(tmp_path_factory.mktemp("figures") / "lake", zone)

    return make


@pytest.fixture(scope="module")
def data():
    """Give the path of a data set that may not be shipped; skip where it is absent."""

    def find(name):
        path = DATA / name
        if not path.exists():
            pytest.skip(f"the data set {name} may not be shipped, and is not in {DATA}")
        return path

    return find
