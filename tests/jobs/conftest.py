"""A desk at which files are brought in: each test has a source of its own in a shared lake."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from hearwell.jobs.bring_in import bring_in
from hearwell.lake.lake import Lake, create
from hearwell.records import RECORDS
from hearwell.sources.file.mapping import Mapping

NUMBERS = count(1)

CALLS = """
[columns]
call_id = "call_id"
entered_at = "entered_at"
"""

MORE_CALLS = (
    CALLS
    + """
ended_at = "ended_at"
wait_seconds = "wait_seconds"
queue = "queue"
outcome = "outcome"
"""
)


@dataclass
class Desk:
    lake: Lake
    folder: Path
    source: str
    told: list[float] = field(default_factory=list)

    def file(self, content, name="calls.csv"):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def mapping(self, text, record="call"):
        return Mapping.parse(f'record = "{record}"\nsource = "{self.source}"\n{text}', "map.toml")

    def bring(self, content, text=CALLS, *, name="calls.csv", record="call", **more):
        path = content if isinstance(content, Path) else self.file(content, name)
        return bring_in(
            self.lake,
            path,
            RECORDS[record],
            self.mapping(text, record),
            progress=self.told.append,
            **more,
        )

    def ask(self, sql):
        for record in RECORDS.values():
            self.lake.use(record)
        return self.lake.connection.execute(sql).fetchall()

    def rows(self, columns="call_id", record="call"):
        found = self.ask(
            f"select {columns} from {record} where source = '{self.source}' order by all"
        )
        return [row[0] if len(row) == 1 else row for row in found]

    def rejected(self, columns="row, reason"):
        return self.ask(
            f"select {columns} from rejected where source = '{self.source}' order by row"
        )


@pytest.fixture(scope="session")
def shared_lake(tmp_path_factory):
    made = create(tmp_path_factory.mktemp("imports") / "lake", "Europe/London")
    made.connection.execute("set threads = 2")
    yield made
    made.close()


@pytest.fixture
def desk(shared_lake, tmp_path):
    return Desk(shared_lake, tmp_path, f"test-{next(NUMBERS)}")


@pytest.fixture
def own_desk(tmp_path):
    """Give a desk whose lake no other test writes to."""
    lake = create(tmp_path / "lake", "Europe/London")
    yield Desk(lake, tmp_path, "file")
    lake.close()
