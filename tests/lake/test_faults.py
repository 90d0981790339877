"""Disk full, folder read-only, files damaged or lost: a clear error, and nothing is lost."""

import os
import random
import shutil
import subprocess
from contextlib import contextmanager

import duckdb
import pytest

from hearwell.errors import HearwellError
from hearwell.lake.errors import (
    DiskFull,
    LakeDamaged,
    LakeDisturbed,
    LakeReadOnly,
    LakeUnreadable,
    MemoryFull,
    NoLake,
)
from hearwell.lake.faults import telling
from hearwell.lake.lake import create, open_lake
from hearwell.lake.merge import merge
from hearwell.lake.upkeep import checkpoint, info
from hearwell.records.article_view import ArticleView
from hearwell.records.call import Call

CALL = {"source": "pbx", "received_at": "2026-01-31", "call_id": "1", "leg": 1}
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a file system")


def calls(count, source="pbx"):
    return [CALL | {"call_id": str(n), "source": source} for n in range(count)]


def write_calls(lake, source, count, file):
    lake.connection.execute(
        f"copy (select '{source}' as source, timestamp '2026-01-31' as received_at, "
        f"i::varchar as call_id, 1::bigint as leg, hash(i)::varchar as topic "
        f"from range({count}) as t(i)) to '{file}' (format parquet)"
    )
    return file


def content(lake):
    return lake.connection.execute("select * from lake.call order by all").fetchall()


@contextmanager
def small_disk(at, size):
    at.mkdir()
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", f"size={size}", "none", at], check=True)
    try:
        yield at
    finally:
        subprocess.run(["/bin/umount", "-l", at], check=True)


def fill(disk, leave):
    """Take all of a disk but so many bytes."""
    free = shutil.disk_usage(disk).free
    (disk / "filler").write_bytes(b"x" * max(0, free - leave))


# A full disk


@needs_root
def test_a_full_disk_at_any_point_of_an_import(place, tmp_path, bring):
    """However much is left: all of the batch or none, a clear error, and again when there is room.

    The sweep ends each import at another point: staging, data file, catalog, its log. The lake
    that was refused is used on.
    """
    choose = random.Random(5)
    with small_disk(tmp_path / "disk", "8m") as disk:
        path = shutil.copytree(place, disk / "lake")
        file = tmp_path / "calls.parquet"
        refusals = 0
        with open_lake(path, writable=True) as lake:
            bring(lake, calls(50, "old"))
            for number in range(10):
                rows = choose.choice([5, 2000])
                write_calls(lake, f"new{number}", rows, file)
                fill(disk, leave=choose.choice([0, 1, 8, 30, 60, 120, 250, 400]) << 10)
                refusals += not bring_file(lake, file)
                with open_lake(path) as reader:  # which needs no room
                    assert len(content(reader)) - 50 in {0, rows}
                (disk / "filler").unlink()
                assert bring_file(lake, file)
                assert len(content(lake)) == 50 + rows
                with lake.writing("forget"):
                    lake.connection.execute("delete from lake.call where source like 'new%'")
        assert not list((path / "staging").iterdir())
        assert 3 < refusals < 10


def bring_file(lake, file):
    """Bring in a file; return whether there was room."""
    try:
        with lake.staging() as folder:
            shutil.copy(file, folder / "x.parquet")
            with lake.writing("x"):
                merge(lake, Call, folder / "x.parquet")
    except DiskFull:
        return False
    return True


@needs_root
def test_a_full_disk_can_be_read_and_cleaned_up(place, tmp_path, bring):
    """Not one byte is free: questions are answered, and a checkpoint gives back what it can."""
    with small_disk(tmp_path / "disk", "4m") as disk:
        path = shutil.copytree(place, disk / "lake")
        with open_lake(path, writable=True) as lake:
            bring(lake, calls(500))
            (path / "data" / "main" / "call" / "orphan.parquet").write_bytes(b"x" * (1 << 20))
        fill(disk, leave=0)
        with open_lake(path) as lake:
            assert info(lake).rows == {"call": 500}
        (disk / "filler").unlink()
        fill(disk, leave=100_000)  # enough to open for writing, too little to write files anew
        with open_lake(path, writable=True) as lake:
            checkpoint(lake)
            assert len(content(lake)) == 500
        assert shutil.disk_usage(disk).free > 1 << 20


@needs_root
def test_a_full_disk_when_a_lake_is_made(tmp_path):
    """There is no lake then, and with room there is one."""
    with small_disk(tmp_path / "disk", "1m") as disk:
        for leave in (0, 20 << 10, 150 << 10):
            fill(disk, leave)
            with pytest.raises(DiskFull):
                create(disk / "lake")
            with pytest.raises(NoLake):
                open_lake(disk / "lake")
            (disk / "filler").unlink()
        with create(disk / "lake") as lake:
            assert lake.snapshot == 1


def test_a_file_that_may_not_grow(place, program, bring):
    """The same where the limit is not the disk's: quota, ulimit."""
    with open_lake(place, writable=True) as lake:
        bring(lake, calls(50, "old"))
    writer = program("write_small_files", place, 500_000)
    _, err = writer.communicate(timeout=60)
    assert err.startswith("DiskFull: The disk that holds")
    with open_lake(place) as lake:
        assert len(content(lake)) == 50


@needs_root
def test_no_room_for_what_does_not_fit_into_memory(place, tmp_path, monkeypatch):
    """A disk too small to spill to is a full disk; no room allowed at all is too little memory."""
    monkeypatch.setenv("HEARWELL_MEMORY", "30MB")
    large = "create temp table large as select i, md5(i::varchar) as t from range(3000000) r(i)"
    with small_disk(tmp_path / "disk", "4m") as disk:
        path = shutil.copytree(place, disk / "lake")
        with open_lake(path) as lake:
            fill(disk, leave=600_000)
            with pytest.raises(DiskFull), lake.reading():
                lake.connection.execute(large)
            assert content(lake) == []
    with open_lake(place) as lake:
        lake.connection.execute("set temp_directory = ''")
        with pytest.raises(MemoryFull, match="HEARWELL_MEMORY=8GB"), lake.reading():
            lake.connection.execute(large)
        assert content(lake) == []


# A folder that can only be read


def share(place):
    """Let every account read a lake, as docs/how-to/lake.md tells, but the secret."""
    subprocess.run(["/bin/chmod", "-R", "go+rX", place], check=True)
    (place / "identity.key").chmod(0o600)


def test_a_folder_that_can_only_be_read_is_read(public_place, as_nobody, program, bring):
    """By who may read and not write, whether somebody has the lake open or not, or was killed."""
    place = public_place
    with open_lake(place, writable=True) as lake:
        bring(lake, calls(50))
    share(place)
    assert not (place / "catalog.sqlite-wal").exists()
    assert as_nobody("look", place) == ("50", [])
    other = program("peruse", place)
    assert other.stdout.readline() == "reading\n"
    with open_lake(place, writable=True) as lake:
        bring(lake, calls(70))
    share(place)
    assert (place / "catalog.sqlite-wal").stat().st_size
    assert as_nobody("look", place) == ("70", [])
    # a copy of the folder as a killed writer leaves it: what is committed is in the log alone
    left = shutil.copytree(place, place.with_name("left"))
    (left / "catalog.sqlite-shm").unlink()
    share(left)
    assert as_nobody("look", left) == ("70", [])
    assert not (left / "catalog.sqlite-shm").exists()


@needs_root
def test_a_lake_on_a_disk_that_is_read_only(place, bring):
    """It is read, also as it was; writing says why it cannot be."""
    with open_lake(place, writable=True) as lake:
        bring(lake, calls(50))
    subprocess.run(["/bin/mount", "--bind", place, place], check=True)
    try:
        subprocess.run(["/bin/mount", "-o", "remount,ro,bind", place], check=True)
        with open_lake(place) as lake:
            assert info(lake).rows == {"call": 50}
            folder = lake.connection.execute("select current_setting('temp_directory')")
            assert not folder.fetchall()[0][0].startswith(str(place))
        with open_lake(place, as_of="1") as lake:
            assert info(lake).rows == {}
        with pytest.raises(LakeReadOnly, match="may not write to"):
            open_lake(place, writable=True)
    finally:
        subprocess.run(["/bin/umount", place], check=True)


def test_writing_where_one_may_only_read(public_place, as_nobody):
    share(public_place)
    out, err = as_nobody("write", public_place, "x", 1, 10)
    assert not out
    assert err[0].startswith(f"LakeReadOnly: This account may not write to {public_place}.")


def test_making_a_lake_where_one_may_not_write(public_place, as_nobody):
    closed = public_place.parent / "closed"
    closed.mkdir()
    assert as_nobody("make", closed / "lake") == ("LakeReadOnly", [])
    assert list(closed.iterdir()) == []


def test_a_data_file_that_may_not_be_read(public_place, as_nobody, bring):
    """The error names the file, and does not say that it is damaged."""
    place = public_place
    with open_lake(place, writable=True) as lake:
        bring(lake, calls(50))
    share(place)
    (file,) = place.rglob("*.parquet")
    file.chmod(0o600)
    out, err = as_nobody("look", place)
    assert not out
    assert err[0].startswith(f"LakeUnreadable: This account may not read {file}")


# Damage


def test_a_catalog_that_is_empty_is_a_loss_and_no_new_lake(place):
    """It must not be made anew over the data that is there, by opening it or by making it."""
    os.truncate(place / "catalog.sqlite", 0)
    for how in ({}, {"writable": True}):
        with pytest.raises(LakeDamaged, match="restore the whole folder"):
            open_lake(place, **how)
    assert (place / "catalog.sqlite").stat().st_size == 0
    with pytest.raises(HearwellError, match="a lake already"):
        create(place)


@pytest.mark.parametrize("damage", ["cut", "rubbish", "foreign"])
def test_a_damaged_catalog(place, damage):
    """The error says what is wrong and what to do; the file is left as it is."""
    file = place / "catalog.sqlite"
    if damage == "cut":
        os.truncate(file, 50_000)
    elif damage == "rubbish":
        file.write_bytes(b"rubbish" * 10_000)
    else:
        file.unlink()
        with duckdb.connect(":memory:") as other:
            other.execute(f"copy (select 1) to '{file}' (format parquet)")
    before = file.read_bytes()
    for how in ({}, {"writable": True}):
        with pytest.raises(LakeDamaged, match="restore the whole folder"):
            open_lake(place, **how)
    assert file.read_bytes() == before


def test_a_data_file_that_is_lost_or_damaged(lake, bring):
    """A question that needs it says which one; the rest of the lake still answers."""
    bring(lake, calls(50))
    view = {"source": "web", "received_at": "2026-01-31", "view_id": "1"}
    bring(lake, [view], record=ArticleView)
    (file,) = (lake.path / "data" / "main" / "call").glob("*.parquet")
    whole = file.read_bytes()
    for damaged in (b"", b"PAR1" + b"\0" * 500, whole[: len(whole) // 2], None):
        if damaged is None:
            file.unlink()
        else:
            file.write_bytes(damaged)
        with pytest.raises(LakeDamaged, match=file.name), lake.reading():
            content(lake)
        with lake.reading():
            lake.use(ArticleView)
            found = lake.connection.execute("select count(*) from article_view").fetchall()
        assert found == [(1,)]
    file.write_bytes(whole)
    assert len(content(lake)) == 50


# What is not the lake's fault


def test_errors_about_other_files_stay_what_they_are(lake, tmp_path):
    """A broken or missing input is told by who reads it, not as damage of the lake."""
    broken = tmp_path / "input.parquet"
    broken.write_bytes(b"no parquet")
    for statement in (
        f"select * from '{broken}'",
        f"select * from read_csv('{tmp_path}/absent.csv')",
        "select 'no such file, malformed'::integer",
        "select * from nowhere",
    ):
        with pytest.raises(duckdb.Error) as caught, lake.staging(), lake.writing("x"):
            lake.connection.execute(statement)
        assert not isinstance(caught.value, HearwellError)
    with pytest.raises(PermissionError), telling(lake.path):
        raise PermissionError(13, "Permission denied", str(broken))
    with pytest.raises(LakeReadOnly), telling(lake.path):
        raise PermissionError(13, "Permission denied", str(lake.path / "write.lock"))
    with pytest.raises(DiskFull, match="usb"), telling(lake.path):
        raise OSError(28, "No space left on device", "/media/usb/export.csv")


def test_our_own_errors_pass_unchanged(lake):
    """Through any depth of contexts."""
    problem = LakeUnreadable(lake.path)
    with pytest.raises(LakeUnreadable) as caught, lake.staging(), lake.writing("x"):
        raise problem
    assert caught.value is problem


def test_a_commit_that_fails_keeps_nothing(lake, staged, bring, monkeypatch):
    """When another program, which does not take turns, has changed the same table meanwhile.

    The lake can be used on, and the file that was moved in is gone.
    """
    monkeypatch.setattr("hearwell.lake.merge.MANY", 1)
    bring(lake, [CALL])

    def disturbed():
        with lake.staging() as folder:
            file = staged(lake, calls(50, "new"), folder / "x.parquet")
            with lake.writing("x"):
                merge(lake, Call, file)
                with open_lake(lake.path, writable=True) as other:
                    other.connection.execute("alter table lake.call add column mood varchar")

    with pytest.raises(LakeDisturbed, match="Run the same command again"):
        disturbed()
    assert len(list(lake.path.rglob("hearwell-*.parquet"))) == 1
    assert lake.connection.execute("select count(*) from lake.call").fetchall() == [(1,)]
    assert bring(lake, calls(50, "new")).new == 50


def test_a_connection_that_is_broken_shows_the_first_error(lake):
    """Rolling back is tried, and what it says does not hide what happened."""

    def broken():
        with lake.writing("x"):
            lake.connection.execute("create table lake.x (n bigint)")
            lake.connection.close()
            message = "the reason"
            raise ZeroDivisionError(message)

    with pytest.raises(ZeroDivisionError, match="the reason"):
        broken()
    assert not (lake.path / "write.holder").exists()
    with open_lake(lake.path) as other:
        assert other.snapshot == 1
