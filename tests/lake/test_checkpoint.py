"""Upkeep: small files become few, old states go, and no answer changes."""

import random
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.lake import merge as merging
from hearwell.lake.errors import NoSnapshot
from hearwell.lake.folder import CATALOG
from hearwell.lake.lake import open_lake
from hearwell.lake.upkeep import checkpoint, info, snapshots

CALL = {"source": "pbx", "received_at": "2026-01-31", "call_id": "1", "leg": 1}
COLUMNS = "source, call_id, leg, received_at, queue, wait_seconds, quality_flags"


def calls(first, count, **more):
    return [CALL | {"call_id": f"{n:06}"} | more for n in range(first, first + count)]


def content(lake, snapshot=None):
    at = "" if snapshot is None else f"at (version => {snapshot})"
    return lake.connection.execute(f"select {COLUMNS} from lake.call {at} order by all").fetchall()


def files(lake):
    return {file.name for file in (lake.path / "data").rglob("*.parquet")}


@pytest.fixture
def busy_lake(lake, bring, monkeypatch):
    """Give a lake after many tiny imports, changes and deletions, with adopted files among them."""
    with monkeypatch.context() as small:
        small.setattr(merging, "MANY", 40)
        bring(lake, calls(0, 200, queue="sales"))  # adopted
        bring(lake, calls(200, 50, queue="sales", quality_flags=["a"]))  # adopted
        for number in range(8):
            bring(lake, calls(300 + 20 * number, 20, queue="billing"))
        for number in range(4):
            bring(lake, calls(500 + 3 * number, 3, wait_seconds=1.5))  # kept in the catalog
        bring(lake, calls(0, 120, queue="support"))  # most of the first file changed
        bring(lake, calls(505, 4, queue="support", wait_seconds=2.5))
        with lake.writing("forget some"):
            lake.connection.execute(
                "delete from lake.call where call_id between '000210' and '000220'"
            )
            lake.connection.execute("delete from lake.call where call_id = '000501'")
    assert len([name for name in files(lake) if name.startswith("hearwell-")]) == 2
    return lake


def test_few_files_with_the_same_content(busy_lake):
    """Now and at each state of the past; what was adopted is treated as any other file."""
    lake = busy_lake
    numbers = [each.number for each in snapshots(lake) if each.number]
    before = {number: content(lake, number) for number in numbers}
    now = content(lake)
    done = checkpoint(lake, at_once=True)
    assert done.files_before > 10
    assert done.files_after <= 4
    assert done.bytes_after < done.bytes_before
    assert done.files_deleted > 8
    assert done.files_waiting == 0
    assert content(lake) == now
    assert {number: content(lake, number) for number in numbers} == before
    again = checkpoint(lake, at_once=True)
    assert again.files_after <= done.files_after
    assert content(lake) == now
    assert {number: content(lake, number) for number in numbers} == before


def test_the_lake_can_be_written_to_after_a_checkpoint(busy_lake, bring):
    """Rows find their keys wherever they have been moved to."""
    checkpoint(busy_lake, at_once=True)
    assert bring(busy_lake, calls(0, 120, queue="support")).unchanged == 120
    assert bring(busy_lake, calls(0, 130, queue="chat")).changed == 130
    checkpoint(busy_lake, at_once=True)
    assert bring(busy_lake, calls(0, 130, queue="chat")).unchanged == 130


def age(place, days):
    """Put snapshots, the oldest first, back in time by so many days each."""
    with sqlite3.connect(place / CATALOG) as catalog:
        for number, back in enumerate(days):
            instant = datetime.now(UTC) - timedelta(days=back)
            catalog.execute(
                "update ducklake_snapshot set snapshot_time = ? where snapshot_id = ?",
                (f"{instant:%Y-%m-%d %H:%M:%S.%f}+00", number),
            )
    catalog.close()


def test_old_states_go_and_young_ones_stay(place, bring):
    """Each moment of the last days that the settings keep can be read, and none before.

    The newest state of before that time stays: it is the lake as it was when that time began.
    """
    settings = place / "hearwell.toml"
    settings.write_text('zone = "UTC"\nkeep_snapshots_days = 30\n')
    with open_lake(place, writable=True) as lake:
        for number in range(5):
            bring(lake, calls(20 * number, 20))
    # 0 and 1 made the lake; 2 to 6 are the batches, 6 the newest
    age(place, [100, 99, 80, 50, 30.5, 29.5, 1])
    with open_lake(place, writable=True) as lake:
        now = content(lake)
        done = checkpoint(lake, at_once=True)
        assert done.snapshots_expired == 4
        assert [each.number for each in snapshots(lake)][:3] == [4, 5, 6]
        assert [len(content(lake, number)) for number in (4, 5, 6)] == [60, 80, 100]
        assert content(lake) == now
        assert checkpoint(lake, at_once=True).snapshots_expired == 0
    for days, rows in ((29.9, 60), (29.4, 80), (2, 80), (0.5, 100)):
        moment = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        with open_lake(place, as_of=moment) as lake:
            assert len(content(lake)) == rows
    for gone in ("3", (datetime.now(UTC) - timedelta(days=31)).isoformat()):
        with pytest.raises(NoSnapshot, match=r"run from 4 \("):
            open_lake(place, as_of=gone)


def test_files_of_forgotten_states_are_deleted(place, bring, monkeypatch):
    """Adopted ones too; then only what the remaining states need is on the disk."""
    monkeypatch.setattr(merging, "MANY", 1)
    with open_lake(place, writable=True) as lake:
        bring(lake, calls(0, 100, queue="sales"))
        (adopted,) = files(lake)
        bring(lake, calls(0, 100, queue="billing"))
        checkpoint(lake, at_once=True)
        assert adopted in files(lake)  # the state of the first import needs it
    age(place, [400] * 20)
    with open_lake(place, writable=True) as lake:
        now = content(lake)
        done = checkpoint(lake, at_once=True)
        assert done.snapshots_expired > 2
        assert adopted not in files(lake)
        assert content(lake) == now
        assert len(now) == 100


def test_files_that_a_reader_may_be_reading_stay_for_a_while(busy_lake):
    """A checkpoint leaves replaced files to a later one, so that no running question fails."""
    before = files(busy_lake)
    done = checkpoint(busy_lake)
    assert done.files_after < done.files_before
    assert done.files_deleted == 0
    assert done.files_waiting > 8
    assert before <= files(busy_lake)
    later = checkpoint(busy_lake)
    assert later.files_deleted == 0
    age_of_replaced(busy_lake, "2 days")
    assert checkpoint(busy_lake).files_deleted >= done.files_waiting
    assert len(files(busy_lake)) < len(before)


@pytest.mark.parametrize(("hours", "deleted"), [(0.5, 0), (49.5, 1)])
def test_the_while_is_an_hour_at_least(busy_lake, hours, deleted):
    """And two days at most: DuckLake compares instants as text, which errs by up to a day."""
    checkpoint(busy_lake)
    age_of_replaced(busy_lake, f"{int(hours * 60)} minutes")
    assert bool(checkpoint(busy_lake).files_deleted) == bool(deleted)


def age_of_replaced(lake, interval):
    lake.connection.execute(
        "update __ducklake_metadata_lake.ducklake_files_scheduled_for_deletion "
        f"set schedule_start = strftime(now() - interval '{interval}', '%Y-%m-%d %H:%M:%S.%f+00')"
    )


def test_a_reader_that_holds_a_state_keeps_it(busy_lake):
    """It has the same answer before, during and after a checkpoint."""
    with open_lake(busy_lake.path) as reader, reader.reading():
        before = content(reader)
        checkpoint(busy_lake)
        assert content(reader) == before
    assert content(busy_lake) == before


def test_readers_of_other_processes_during_checkpoints(place, program):
    """With tiny batches that live in the catalog until a checkpoint moves them to a file.

    No row is missing or seen twice while it is moved.
    """
    readers = [program("read", place, 7) for _ in range(2)]
    for reader in readers:
        assert reader.stdout.readline() == "ready\n"
    writer, keeper = program("write", place, "b", 10, 7), program("upkeep", place, 4)
    for process in (writer, keeper, *readers):
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err


def test_files_that_nobody_knows_are_deleted_and_nothing_else(busy_lake):
    """What a killed import left; not what is no data file, and nothing beside the data."""
    folder = busy_lake.path / "data" / "main" / "call"
    (folder / "hearwell-left.parquet").write_bytes(b"x" * 100)
    (folder / "note.txt").write_text("mine")
    now = content(busy_lake)
    done = checkpoint(busy_lake)
    assert done.files_deleted == 1
    assert not (folder / "hearwell-left.parquet").exists()
    assert (folder / "note.txt").exists()
    assert (busy_lake.path / "identity.key").exists()
    assert content(busy_lake) == now


def test_a_checkpoint_of_an_empty_lake(lake):
    done = checkpoint(lake)
    assert (done.snapshots_expired, done.files_deleted, done.files_waiting) == (0, 0, 0)
    assert info(lake).rows == {}


def test_what_a_lake_holds(busy_lake):
    """Rows by record, when the last was received, files and bytes on the disk, and states."""
    found = info(busy_lake)
    assert found.rows == {"call": len(content(busy_lake))}
    assert found.newest["call"] == datetime(2026, 1, 31)  # UTC
    assert found.files == len(files(busy_lake))
    assert found.size_bytes > (busy_lake.path / CATALOG).stat().st_size
    assert found.snapshots == len(snapshots(busy_lake))


# The oracle: a dict of what each state of the lake should hold.


class Diary:
    """A lake and what it should hold, now and at each state that can be read."""

    def __init__(self, lake, bring, choose):
        self.lake, self.bring, self.choose = lake, bring, choose
        self.rows, self.history, self.made, self.day = {}, {}, 0, datetime(2026, 1, 1)

    def import_rows(self):
        choose, batch = self.choose, {}
        self.day += timedelta(days=1)
        known = choose.choice([0, 0, 0.8])
        for _ in range(choose.choice([1, 5, 12, 60])):
            if self.rows and choose.random() < known:
                key = choose.choice(sorted(self.rows))
            else:
                self.made += 1
                key = f"{self.made:06}"
            batch[key] = (
                self.day,
                choose.choice(["sales", None]),
                choose.choice([None, choose.random()]),
                choose.choice([None, [], ["a", "b"]]),
            )
        names = COLUMNS.split(", ")[3:]
        rows = [
            CALL | {"call_id": key} | dict(zip(names, row, strict=True))
            for key, row in batch.items()
        ]
        self.bring(self.lake, rows)
        for key, row in batch.items():
            if self.rows.get(key, (None,))[1:] != row[1:]:
                self.rows[key] = row

    def forget_rows(self):
        gone = self.choose.sample(sorted(self.rows), min(len(self.rows), 7))
        with self.lake.writing("forget"):
            self.lake.connection.execute(
                "delete from lake.call where list_contains(?, call_id)", [gone]
            )
        self.rows = {key: row for key, row in self.rows.items() if key not in gone}

    def keep_up(self):
        checkpoint(self.lake, at_once=self.choose.random() < 0.5)

    def expire(self):
        oldest = self.choose.choice(sorted(self.history))
        gone = [each.number for each in snapshots(self.lake) if each.number < oldest]
        if gone:
            self.lake.connection.execute(
                f"select snapshot_id from ducklake_expire_snapshots('lake', versions => {gone})"
            ).fetchall()
        self.history = {n: rows for n, rows in self.history.items() if n >= oldest}

    def flush(self):
        self.lake.connection.execute("call ducklake_flush_inlined_data('lake')")

    def reopen(self):
        self.lake.close()
        self.lake = open_lake(self.lake.path, writable=True)

    def check_newest(self):
        expected = sorted(repr(("pbx", key, 1, *row)) for key, row in self.rows.items())
        assert sorted(map(repr, content(self.lake))) == expected
        self.history[self.lake.snapshot] = expected

    def check_history(self):
        for number, expected in self.history.items():
            assert sorted(map(repr, content(self.lake, number))) == expected, number


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_imports_deletions_and_upkeep(place, bring, monkeypatch, seed):
    """Forty steps by chance: the newest state is right after each, and all at the end."""
    monkeypatch.setattr(merging, "MANY", 25)
    choose = random.Random(seed)
    diary = Diary(open_lake(place, writable=True), bring, choose)
    diary.import_rows()
    diary.check_newest()
    kinds = ["import_rows"] * 5 + ["forget_rows", "keep_up", "expire", "flush", "reopen"]
    for _ in range(40):
        getattr(diary, choose.choice(kinds))()
        diary.check_newest()
    diary.check_history()
    diary.lake.close()
