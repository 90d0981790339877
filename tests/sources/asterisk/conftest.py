"""Small logs, written by hand and read by the real reader."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from hearwell.sources.asterisk.read import read

EPOCH = 1_700_000_000
RECEIVED_AT = datetime(2026, 11, 22, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[3] / "examples" / "asterisk"


def instant(second):
    """Return the instant that lies so many seconds after the beginning of the test's time."""
    return datetime(2023, 11, 14, 22, 13, 20) + timedelta(seconds=second)


@dataclass(frozen=True)
class Logged:
    connection: duckdb.DuckDBPyConnection
    read: object

    def rows(self, record, order):
        result = self.connection.execute(f"from {self.read.tables[record]} order by {order}")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    @property
    def calls(self):
        return self.rows("call", "entered_at, call_id, leg")

    @property
    def call(self):
        (only,) = self.calls
        return only

    @property
    def shifts(self):
        """Return (agent, state, first second, last second or None, reason) of each shift."""
        start = instant(0)
        return [
            (
                row["agent_id"],
                row["state"],
                (row["started_at"] - start).total_seconds(),
                row["ended_at"] and (row["ended_at"] - start).total_seconds(),
                row["reason"],
            )
            for row in self.rows("shift", "agent_id, state, started_at")
        ]

    @property
    def rejected(self):
        return self.rows("rejected", "file, row")

    def told(self, words):
        return any(words in note for note in self.read.notes)


def line(text):
    """Turn `12|…` into a line of a queue_log, twelve seconds after the beginning."""
    second, bar, rest = text.partition("|")
    return f"{EPOCH + int(second)}{bar}{rest}" if second.lstrip("-").isdigit() else text


@pytest.fixture(scope="session")
def connection():
    with duckdb.connect(config={"threads": 1}) as opened:  # small logs need no more
        yield opened


@pytest.fixture
def log(tmp_path, connection):
    """Read lines, whose times are seconds, and rows of CEL, if given."""

    def read_lines(*lines, cel=None, **options):
        path = tmp_path / "queue_log"
        path.write_text("".join(f"{line(text)}\n" for text in lines), "utf-8")
        channel_events = []
        if cel is not None:
            channel_events.append(tmp_path / "cel.csv")
            channel_events[0].write_text(cel, "utf-8")
        return read_files(path, cel=channel_events, **options)

    def read_files(*paths, cel=(), **options):
        told = {"source": "asterisk:test", "received_at": RECEIVED_AT, "identity_key": "k"}
        result = read(connection, queue_log=paths, cel=cel, **{**told, **options})
        return Logged(connection, result)

    read_lines.files = read_files
    return read_lines


@pytest.fixture
def cel():
    """Write rows of CEL: (second, event, uniqueid, and by name what else matters)."""

    def write(*rows):
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        for second, event, uniqueid, *more in rows:
            told = more[0] if more else {}
            at = f"{instant(second):%Y-%m-%d %H:%M:%S.%f}"
            writer.writerow(
                [
                    event,
                    at,
                    "",
                    told.get("number", ""),
                    "",
                    "",
                    "",
                    told.get("exten", ""),
                    told.get("context", ""),
                    told.get("channel", ""),
                    told.get("app", ""),
                    "",
                    "3",
                    "",
                    uniqueid,
                    told.get("linkedid", uniqueid),
                    "",
                    "",
                    "MOH_" + event if event.startswith("STREAM") else "",
                    told.get("extra", ""),
                ]
            )
        return out.getvalue()

    return write


@pytest.fixture(scope="session")
def examples():
    return EXAMPLES
