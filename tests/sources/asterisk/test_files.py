"""Files as they are found: packed, rotated, overlapping, damaged, exported."""

import bz2
import gzip
import lzma
from datetime import datetime

import pytest

from hearwell.sources.asterisk.conventions import Conventions
from hearwell.sources.asterisk.errors import CannotRead, NotACel, NotAQueueLog

T = 1_700_000_000
CALL = [
    f"{T}|c1|support|NONE|ENTERQUEUE||1555100001|1",
    f"{T + 4}|c1|support|ana|CONNECT|4|a1|2",
    f"{T + 11}|c1|support|ana|COMPLETECALLER|4|7|1",
]
OTHER = [
    f"{T + 20}|c2|support|NONE|ENTERQUEUE||1555100002|1",
    f"{T + 25}|c2|support|NONE|ABANDON|1|1|5",
]


def text(lines, end="\n"):
    return "".join(line + end for line in lines).encode()


def written(path, data):
    path.write_bytes(data)
    return path


def outcomes(found):
    return [(call["call_id"], call["outcome"]) for call in found.calls]


BOTH = [("c1", "answered"), ("c2", "abandoned")]


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gz", "bz2", "xz"]
)
def test_packed_files(log, tmp_path, pack):
    found = log.files(written(tmp_path / "queue_log.1", pack(text(CALL + OTHER))))
    assert outcomes(found) == BOTH
    assert found.read.rows_read == 5


@pytest.mark.parametrize(
    "data",
    [
        text(CALL + OTHER, "\r\n"),
        b"\xef\xbb\xbf" + text(CALL + OTHER),
        b"\n\n" + text(CALL) + b"\n  \n\r\n" + text(OTHER) + b"\n\n",
        text(CALL) + b"\x00" * 4096 + text(OTHER),  # what a crash leaves
        text(CALL, "\r\n") + text(OTHER),
    ],
)
def test_ends_of_lines_blank_lines_and_nothing(log, tmp_path, data):
    found = log.files(written(tmp_path / "queue_log", data))
    assert outcomes(found) == BOTH
    assert found.rejected == []
    assert found.read.rows_read == 5


def test_names_that_are_not_utf8_are_kept(log, tmp_path):
    lines = text([*CALL, f"{T + 12}|NONE|support|ana|PAUSE|Müde"]).replace(b"ana", b"Jos\xe9")
    found = log.files(written(tmp_path / "queue_log", lines))
    assert found.call["agent_id"] == "José"
    assert found.shifts == [("José", "paused", 12, None, "Müde")]


def test_refused_lines_are_kept_beside(log, tmp_path):
    path = written(
        tmp_path / "queue_log",
        text(
            ["1700000000|c1|support", "", "soon|c1|support|ana|CONNECT|4", *OTHER, "-5|a|b|c|DID|1"]
        )
        + b"1700000030|c3|support|ana|CONN",
    )
    found = log.files(path)
    told = [(row["row"], row["reason"], row["raw"]) for row in found.rejected]
    assert told == [
        (1, "fewer than five fields", "1700000000|c1|support"),
        (3, "no time", "soon|c1|support|ana|CONNECT|4"),
        (6, "no time", "-5|a|b|c|DID|1"),
        (7, "the line has no end", "1700000030|c3|support|ana|CONN"),
    ]
    assert {row["file"] for row in found.rejected} == {str(path)}
    assert {row["record"] for row in found.rejected} == {"call"}
    assert found.told("4 lines refused")
    assert found.told(f"The last line of {path} has no end")
    assert found.read.rows_read == 6
    assert outcomes(found) == [("c2", "abandoned")]


def test_rotated_files_in_any_order(log, tmp_path):
    old = written(tmp_path / "queue_log.1", text(CALL[:2]))
    new = written(tmp_path / "queue_log", text(CALL[2:] + OTHER))
    for files in ((old, new), (new, old)):
        found = log.files(*files)
        assert outcomes(found) == BOTH
        assert found.read.notes == log.files(*files).read.notes


def test_overlapping_files_count_each_line_once(log, tmp_path):
    rung = f"{T + 1}|c1|support|ana|RINGNOANSWER|1000"
    lines = [CALL[0], rung, *CALL[1:], *OTHER]
    first = written(tmp_path / "a", text(lines[:5]))
    second = written(tmp_path / "b", gzip.compress(text(lines[1:])))
    found = log.files(first, second, first)
    assert outcomes(found) == BOTH
    assert found.calls[0]["agent_attempts"] == 2
    assert found.told("4 lines came more than once and counted once.")


def test_a_file_that_holds_its_lines_twice(log, tmp_path):
    found = log.files(written(tmp_path / "a", text((CALL + OTHER) * 2)))
    assert outcomes(found) == BOTH
    beside = log.files(written(tmp_path / "b", text([line for line in CALL for _ in "12"])))
    assert outcomes(beside) == BOTH[:1]


def test_lines_of_several_files_are_put_in_order(log, tmp_path):
    odd = written(tmp_path / "a", text([CALL[0], CALL[2], OTHER[1]]))
    even = written(tmp_path / "b", text([CALL[1], OTHER[0]]))
    assert outcomes(log.files(even, odd)) == BOTH


def test_a_damaged_archive_is_read_as_far_as_it_goes(log, tmp_path):
    whole = gzip.compress(text(CALL + OTHER * 5000), compresslevel=0)
    path = written(tmp_path / "queue_log.2.gz", whole[: len(whole) // 2])
    found = log.files(path)
    assert ("c1", "answered") in outcomes(found)
    assert found.told(f"{path} is damaged")


def test_an_empty_file(log, tmp_path):
    found = log.files(written(tmp_path / "queue_log", b""))
    assert (found.calls, found.shifts, found.rejected) == ([], [], [])
    assert found.read.rows_read == 0


def test_a_file_that_is_something_else(log, tmp_path):
    path = written(tmp_path / "cel.csv", b'"CHAN_START","2026-11-21"\n' * 20)
    with pytest.raises(NotAQueueLog, match="None of the 20 lines"):
        log.files(path)


def test_a_file_that_is_not_there(log, tmp_path):
    with pytest.raises(CannotRead, match="No such file"):
        log.files(tmp_path / "none")
    with pytest.raises(CannotRead, match="directory"):
        log.files(tmp_path)


HEADER = "id,time,callid,queuename,agent,event,data1,data2,data3,data4,data5"
EXPORTED = [
    "1,2023-11-14 22:13:20.500000,c1,support,NONE,ENTERQUEUE,,1555100001,1,,",
    "2,2023-11-14 22:13:24.250000,c1,support,ana,CONNECT,3,a1,2,,",
    "3,2023-11-14 22:13:31.750000,c1,support,ana,ATTENDEDTRANSFER,LINK,SIP/1,SIP/2,4,7|1",
]


@pytest.mark.parametrize("rows", [EXPORTED, EXPORTED[::-1]])
def test_an_export_of_the_sql_table(log, tmp_path, rows):
    path = written(tmp_path / "queue_log.csv", text([HEADER, *rows]))
    call = log.files(path).call
    assert (call["outcome"], call["transfer_kind"]) == ("answered", "attended")
    assert (call["wait_seconds"], call["connected_seconds"]) == (3.75, 7.5)
    assert call["time_resolution_seconds"] == 0.000001
    assert call["entered_at"] == datetime(2023, 11, 14, 22, 13, 20, 500000)


def test_an_export_with_one_data_column_in_local_time(log, tmp_path):
    path = written(
        tmp_path / "queue_log.csv",
        text(
            [
                "time;callid;queuename;agent;event;data",
                "2023-11-15 00:13:20;c1;support;NONE;ENTERQUEUE;|1555100001|1",
                "1700000009;c1;support;NONE;ABANDON;1|1|9",
                ";c1;support;NONE;ABANDON;1|1|9",
                "2023-11-15 00:13:20;c1",
            ]
        ),
    )
    found = log.files(path, zone="Europe/Kyiv")
    call = found.call
    assert (call["outcome"], call["wait_seconds"]) == ("abandoned", 9)
    assert call["entered_at"] == datetime(2023, 11, 14, 22, 13, 20)
    assert {row["reason"] for row in found.rejected} == {"no time", "missing columns"}


def test_a_cel_without_its_columns(log, tmp_path):
    cel = written(tmp_path / "cel.csv", b"a,b,c\n1,2,3\n")
    with pytest.raises(NotACel, match="3 columns"):
        log.files(written(tmp_path / "queue_log", text(CALL)), cel=[cel])


def test_conventions_of_another_system(log, tmp_path):
    own = Conventions(
        dialled=("NUMBER",),
        refused_full=("VOLL",),
        wrap_up=("Nacharbeit",),
        aliases={"SIP/7": "ana"},
    )
    path = written(
        tmp_path / "queue_log",
        text(
            [
                f"{T}|M|support|SIP/7|ADDMEMBER|",
                f"{T}|c1|support|NONE|NUMBER|800",
                *CALL,
                f"{T + 11}|NONE|support|ana|PAUSE|Nach-Arbeit",
                f"{T + 21}|NONE|support|ana|UNPAUSE|",
                f"{T + 30}|c2|support|NONE|VOLL|",
            ]
        ),
    )
    found = log.files(path, conventions=own)
    first, second = found.calls
    assert (first["dialled_number"], first["wrap_up_seconds"]) == ("800", 10)
    assert second["outcome"] == "refused_full"
    assert [shift[:2] for shift in found.shifts] == [("ana", "staffed"), ("ana", "wrap_up")]


def test_nothing_is_left_behind(log, connection, tmp_path):
    log.files(written(tmp_path / "queue_log", text(CALL)))
    left = {
        name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
    }
    assert left == {"asterisk_call", "asterisk_shift", "asterisk_rejected"}
    with pytest.raises(CannotRead):
        log.files(tmp_path / "none")
    assert {
        t for (t,) in connection.execute("select table_name from duckdb_tables()").fetchall()
    } == left
