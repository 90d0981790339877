"""Making a lake, opening it, moving it: all of it, for this account only, or nothing."""

import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time

import duckdb
import pytest

from hearwell.clock.zone import UnknownZone
from hearwell.lake import catalog
from hearwell.lake.errors import (
    BadFolderName,
    LakeExists,
    NoIdentityKey,
    NoLake,
    NotEmpty,
)
from hearwell.lake.lake import create, open_lake
from hearwell.lake.upkeep import checkpoint, info
from hearwell.records import RECORDS
from hearwell.records.call import Call
from hearwell.settings import BadSettings

CALL = {
    "source": "pbx",
    "received_at": "2026-01-31",
    "call_id": "1",
    "leg": 1,
    "entered_at": "2026-01-30 10:00:00",
}


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_one_call_makes_a_lake_with_every_record(tmp_path):
    """A new lake is empty, has all tables, and knows its zone."""
    with create(tmp_path / "new" / "lake", "Asia/Kolkata") as lake:
        assert lake.settings.zone == "Asia/Kolkata"
        for record in RECORDS.values():
            name = lake.use(record)
            found = lake.connection.execute(f'describe "{name}"').fetchall()
            assert [column for column, *_ in found] == list(record.columns())
        assert info(lake).rows == {}


def test_a_lake_is_private_to_the_account_that_made_it(tmp_path):
    """Folder 0700, secret, settings and catalog 0600, also in an empty folder that was open."""
    path = tmp_path / "lake"
    path.mkdir(mode=0o755)
    create(path).close()
    assert mode(path) == 0o700
    for name in ("data", "staging"):
        assert mode(path / name) == 0o700
    for name in ("identity.key", "hearwell.toml", "catalog.sqlite"):
        assert mode(path / name) == 0o600


def test_nobody_else_can_read_a_lake(public_place, as_nobody):
    """Another account gets an error that says whom to ask, not a stack of calls."""
    out, err = as_nobody("look", public_place)
    assert not out
    assert err[0].startswith(f"LakeUnreadable: This account may not read {public_place}")


def test_each_lake_has_a_secret_of_its_own(tmp_path):
    with create(tmp_path / "a") as one, create(tmp_path / "b") as other:
        assert len(one.identity_key) == 32
        assert one.identity_key != other.identity_key


def test_a_lake_is_made_once(place):
    """A second making changes nothing, not even the secret."""
    before = (place / "identity.key").read_text(), (place / "catalog.sqlite").read_bytes()
    with pytest.raises(LakeExists, match="is a lake already"):
        create(place)
    assert before == ((place / "identity.key").read_text(), (place / "catalog.sqlite").read_bytes())


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(NotEmpty, match=r"thesis\.doc"):
        create(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_zone_that_does_not_exist_makes_no_lake(tmp_path):
    with pytest.raises(UnknownZone, match="Europe/Berlin"):
        create(tmp_path / "lake", "Europe/Berlim")
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("name", ["lake*", "[lake]", "lake?"])
def test_a_name_that_is_a_pattern_is_refused(tmp_path, name):
    """A checkpoint looks for files by the folder's name; a pattern could find another lake's."""
    with pytest.raises(BadFolderName):
        create(tmp_path / name)


@pytest.mark.parametrize("name", ['it\'s a lake; say "lake"', "Größe 湖 -- a"])
def test_a_name_can_have_any_other_sign(tmp_path, bring, name):
    with create(tmp_path / name) as lake:
        assert bring(lake, [CALL]).new == 1
        checkpoint(lake, at_once=True)
        assert info(lake).rows == {"call": 1}


def test_settings_that_are_there_are_kept(tmp_path):
    """A settings file can be laid out before the lake is made; one that is wrong stops it."""
    path = tmp_path / "lake"
    path.mkdir()
    (path / "hearwell.toml").write_text('zone = "Asia/Tokyo"\n')
    with create(path, "UTC") as lake:
        assert lake.settings.zone == "Asia/Tokyo"
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "hearwell.toml").write_text("minimum_n = -3\n")
    with pytest.raises(BadSettings, match="minimum_n"):
        create(wrong)
    with pytest.raises(NoLake):
        open_lake(wrong)


@pytest.mark.parametrize(
    "step", ["lake.new_key", "catalog.sit_down", "catalog.keep_log", "catalog.lacking", "rename"]
)
def test_a_making_that_fails_can_be_done_again(tmp_path, monkeypatch, step):
    """Whichever step fails, there is no lake, and the same call later makes one."""
    path = tmp_path / "lake"

    def fail(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        if step == "rename":  # of the finished catalog to its place
            rename = type(path).rename
            broken.setattr(
                "pathlib.Path.rename", lambda a, b: fail() if a.is_file() else rename(a, b)
            )
        else:
            broken.setattr(f"hearwell.lake.{step}", fail)
        with pytest.raises(KeyboardInterrupt):
            create(path, "Asia/Tokyo")
    with pytest.raises(NoLake):
        open_lake(path)
    with create(path, "Asia/Kolkata") as lake:
        assert lake.settings.zone == "Asia/Kolkata"
        assert info(lake).rows == {}


def test_a_making_that_is_killed_can_be_done_again(tmp_path, program):
    """Kill it at several moments: each time there is no lake or a whole one."""
    for number in range(3):
        path = tmp_path / str(number)
        process = program("make", path)
        while not path.exists():
            time.sleep(0.001)
        time.sleep(0.12 * number)
        process.send_signal(signal.SIGKILL)
        process.wait()
        try:
            lake = open_lake(path, writable=True)
        except NoLake:
            lake = create(path)
        with lake:
            assert len(lake.identity_key) == 32
            assert lake.snapshot == 1


def test_of_two_that_make_a_lake_one_makes_it(tmp_path, program):
    """The other is told that it exists, and both could use it."""
    path = tmp_path / "lake"
    processes = [program("make", path) for _ in range(3)]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in processes)
    assert said == ["LakeExists", "LakeExists", "made"]
    with open_lake(path) as lake:
        assert lake.snapshot == 1


def test_a_folder_without_a_lake(tmp_path):
    with pytest.raises(NoLake, match="hearwell init --lake"):
        open_lake(tmp_path)
    with pytest.raises(NoLake):
        open_lake(tmp_path / "nowhere")


def test_a_lake_opened_for_reading_cannot_be_written_to(place):
    """Neither through its writer nor by SQL."""
    with open_lake(place) as lake:
        with pytest.raises(RuntimeError, match="writable=True"), lake.writing("x"):
            pass
        with pytest.raises(duckdb.Error, match="read-only"):
            lake.connection.execute("delete from lake.call")


def test_a_moved_lake_opens_where_it_is(place, bring, tmp_path, monkeypatch):
    """The folder may be renamed and copied; adopted files and old states move with it."""
    monkeypatch.setattr("hearwell.lake.merge.MANY", 1)
    with open_lake(place, writable=True) as lake:
        bring(lake, [CALL])
        monkeypatch.undo()
        bring(lake, [CALL | {"call_id": str(n)} for n in range(2, 50)])
        bring(lake, [CALL | {"queue": "billing"}])
        assert list(place.rglob("hearwell-*.parquet"))
        states = {n: rows(lake, n) for n in range(2, lake.snapshot + 1)}
    moved = place.rename(tmp_path / "elsewhere")
    copied = shutil.copytree(moved, tmp_path / "copy")
    for path in (moved, copied):
        with open_lake(path, writable=True) as lake:
            assert {n: rows(lake, n) for n in states} == states
            assert bring(lake, [CALL | {"call_id": "new"}]).new == 1
            checkpoint(lake, at_once=True)
            assert len(rows(lake, lake.snapshot)) == 50
            assert {n: rows(lake, n) for n in states} == states
    monkeypatch.chdir(copied.parent)
    shutil.rmtree(moved)
    with open_lake(type(copied)("copy")) as lake:
        assert len(rows(lake, lake.snapshot)) == 50


def rows(lake, snapshot):
    return lake.connection.execute(
        f"select * from lake.call at (version => {snapshot}) order by all"
    ).fetchall()


def test_the_secret_must_be_there_and_whole(place):
    """Without it the same customers would be new ones, so nothing goes on without."""
    with open_lake(place) as lake:
        key = place / "identity.key"
        secret = lake.identity_key
        key.write_text(secret[:20])
        with pytest.raises(NoIdentityKey, match="not whole") as caught:
            _ = lake.identity_key
        assert secret[:20] not in str(caught.value)
        key.write_bytes(b"\xff" * 64)
        with pytest.raises(NoIdentityKey, match="damaged"):
            _ = lake.identity_key
        key.unlink()
        with pytest.raises(NoIdentityKey, match="not there"):
            _ = lake.identity_key


def test_closing_gives_back_the_folder_for_what_did_not_fit(place):
    """Each connection has its own, so that two that spill do not write into each other's files."""
    one, other = open_lake(place), open_lake(place)
    folders = [
        lake.connection.execute("select current_setting('temp_directory')").fetchall()[0][0]
        for lake in (one, other)
    ]
    assert len({*folders}) == 2
    assert len(list((place / "staging").iterdir())) == 2
    one.close()
    one.close()
    del other
    assert not list((place / "staging").iterdir())


@pytest.mark.parametrize(
    ("usual", "limit"),
    [
        ("1.5 GiB", "1610MB"),  # of 2 GB: no more than DuckDB would take
        ("18.8 GiB", "3154MB"),  # of 24 GB
        ("6.2 GiB", "3000MB"),
        ("100.0 GiB", "16777MB"),
        ("800.0 MiB", "838MB"),
    ],
)
def test_one_lake_does_not_take_all_memory(usual, limit):
    assert catalog.memory_limit(usual) == limit


def test_what_one_lake_may_take(place, monkeypatch):
    monkeypatch.delenv("HEARWELL_MEMORY", raising=False)
    usual = duckdb.connect().execute("select current_setting('memory_limit')").fetchone()[0]
    with open_lake(place) as lake:
        told = lake.connection.execute("select current_setting('memory_limit')").fetchone()[0]
    assert megabytes(told) == pytest.approx(float(catalog.memory_limit(usual)[:-2]), rel=0.05)


def megabytes(told):
    amount, unit = told.split()
    return float(amount) * catalog.MEGABYTES[unit]


def test_what_does_not_fit_into_memory_goes_to_the_lakes_disk(place, monkeypatch):
    """HEARWELL_MEMORY bounds what is used; the rest is in staging, and gone at the end."""
    monkeypatch.setenv("HEARWELL_MEMORY", "60MB")
    with open_lake(place) as lake:
        lake.connection.execute("set threads = 1")
        lake.connection.execute(
            "create temp table large as select i, md5(i::varchar) as t from range(3000000) r(i)"
        )
        spilled = [each for each in (place / "staging").rglob("*.tmp") if each.is_file()]
        assert spilled
    assert not list((place / "staging").iterdir())


def test_the_catalog_is_read_without_waiting(place):
    """A write-ahead log is what lets many read while one writes."""
    connection = sqlite3.connect(place / "catalog.sqlite")
    assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    connection.close()


def test_opening_asks_for_little(place):
    """All but the two extensions takes less than a twentieth of a second of work."""
    with open_lake(place):
        began = time.process_time()
        desk = catalog.sit_down(place)
        sat = time.process_time()
        catalog.attach(desk, place)
        attached = time.process_time()
        desk.connection.close()
        desk.leave()
    assert sat - began < 5
    assert attached - sat < 0.5


def test_a_long_path_through_a_link(place, tmp_path, bring):
    """A lake is the same through a link, and its files are found when the link has gone."""
    link = tmp_path / "link"
    link.symlink_to(place)
    with open_lake(link, writable=True) as lake:
        bring(lake, [CALL | {"call_id": str(n)} for n in range(50)])
    link.unlink()
    with open_lake(place) as lake:
        lake.use(Call)
        assert lake.connection.execute("select count(*) from call").fetchall() == [(50,)]


def test_no_spill_folder_is_left_by_a_process_that_ends(place):
    """Also when it never closed the lake."""
    code = (
        "import sys; from pathlib import Path; from hearwell.lake.lake import open_lake; "
        "lake = open_lake(Path(sys.argv[1])); print(lake.snapshot)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, place], check=True, capture_output=True, text=True
    )
    assert done.stdout == "1\n"
    assert not done.stderr
    assert not list((place / "staging").iterdir())
