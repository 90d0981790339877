"""The same calls come out whatever they came in."""

import gzip
import json
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile

import duckdb
import pytest
from jobs.workbooks import DATE_TIME, DURATION, xlsx

from hearwell.errors import HearwellError
from hearwell.sources.file.errors import (
    CutArchive,
    EmptyFile,
    LockedArchive,
    NoDataInside,
    NoHeader,
    UnknownFormat,
    Unreadable,
)

MAPPING = """
[columns]
call_id = "id"
entered_at = "entered"
wait_seconds = "wait"
queue = "queue"
"""
ROWS = [
    {"id": "a", "entered": "2024-01-01 10:00:00", "wait": 12, "queue": "sales"},
    {"id": "b", "entered": "2024-01-01T11:00:00Z", "wait": 1.5, "queue": None},
    {
        "id": "c",
        "entered": "2024-06-01 10:00",
        "wait": None,
        "queue": 'with "quotes", commas\nand lines',
    },
]
KEPT = [
    ("a", datetime(2024, 1, 1, 10), 12.0, "sales"),
    ("b", datetime(2024, 1, 1, 11), 1.5, None),
    ("c", datetime(2024, 6, 1, 9), None, 'with "quotes", commas\nand lines'),
]


def delimited(delimiter):
    lines = [delimiter.join(ROWS[0])]
    for row in ROWS:
        cells = ("" if v is None else str(v) for v in row.values())
        lines.append(delimiter.join('"' + c.replace('"', '""') + '"' if c else "" for c in cells))
    return "\n".join(lines) + "\n"


def check(desk, done):
    assert (done.rows_read, done.new, done.rejected) == (3, 3, 0)
    assert desk.rows("call_id, entered_at, wait_seconds, queue") == KEPT
    assert desk.told[-1] == 1.0
    assert desk.told == sorted(desk.told)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(desk, delimiter):
    check(desk, desk.bring(delimited(delimiter), MAPPING))


def test_a_delimiter_that_is_said(desk):
    check(desk, desk.bring(delimited("~"), 'delimiter = "~"' + MAPPING))


def test_backslash_escapes_are_found(desk):
    body = 'id,entered,wait,queue\na,2024-01-01 10:00:00,12,"say \\"hi\\", twice"\n' * 1
    done = desk.bring(body, MAPPING)
    assert done.rejected == 0
    assert desk.rows("queue") == ['say "hi", twice']


def test_quoting_can_be_off(desk):
    body = 'id\tentered\twait\tqueue\na\t2024-01-01 10:00:00\t12\t"half quoted\n'
    done = desk.bring(body, 'quote = ""' + MAPPING)
    assert (done.new, done.rejected) == (1, 0)
    assert desk.rows("queue") == ['"half quoted']


def test_json_lines(desk):
    check(desk, desk.bring("\n".join(json.dumps(row) for row in ROWS), MAPPING, name="x.jsonl"))


@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_array(desk, indent):
    check(desk, desk.bring(json.dumps(ROWS, indent=indent), MAPPING, name="x.json"))


def test_json_keeps_types_and_structure_and_refuses_lines_that_are_none(desk):
    body = """\
{"id": 7, "at": {"start": "2024-01-01 10:00:00"}, "waits": [3, 4], "late": null}
{broken

[1, 2]
{"id": 8, "at": {"start": "2024-01-01 10:00:00"}, "waits": [], "late": -1}
{"id": 9, "at": {}, "waits": [9]}
"""
    mapping = """
    [columns]
    call_id = "id"
    entered_at = '"at".start'
    wait_seconds = "list_sum(waits)"
    hold_seconds = "id - 7"
    """
    done = desk.bring(body, mapping, name="x.jsonl")
    assert desk.rows("call_id, wait_seconds, hold_seconds") == [("7", 7.0, 0.0), ("8", None, 1.0)]
    assert (done.rows_read, done.new, done.rejected) == (5, 2, 3)
    assert desk.rejected("row, reason, raw") == [
        (2, "this line is not JSON", "{broken"),
        (3, "this line is not a JSON object", "[1, 2]"),
        (5, "entered_at is missing", '{"id": 9, "at": {}, "waits": [9]}'),
    ]


def test_json_that_is_cut_is_an_error(desk):
    with pytest.raises(Unreadable, match=r"cannot be read as JSON.*Nothing was imported"):
        desk.bring(json.dumps(ROWS)[:-20], MAPPING, name="x.json")


def test_json_without_objects_is_an_error(desk):
    with pytest.raises(Unreadable, match="one object on each line"):
        desk.bring(json.dumps({"data": ROWS}, indent=2), MAPPING, name="x.json")


def test_parquet(desk):
    file = desk.folder / "calls.parquet"
    duckdb.from_query(
        "select id, entered::timestamp as entered, wait, queue from (values "
        "('a', '2024-01-01 10:00:00', 12::double, 'sales'), "
        "('b', '2024-01-01 11:00:00', 1.5, null), "
        "('c', '2024-06-01 10:00:00', null, 'with \"quotes\", commas\nand lines')) "
        "as t(id, entered, wait, queue)"
    ).write_parquet(str(file))
    check(desk, desk.bring(file, MAPPING))


def test_damaged_parquet_is_an_error(desk):
    with pytest.raises(Unreadable, match="Parquet"):
        desk.bring(b"PAR1" + b"\x00" * 100, MAPPING, name="x.parquet")


def test_excel(desk):
    file = xlsx(
        desk.folder / "calls.xlsx",
        [
            list(ROWS[0]),
            ["a", (45292 + 10 / 24, DATE_TIME), 12, "sales"],
            ["b", "2024-01-01T11:00:00Z", 1.5, None],
            [],
            ["c", (45444 + 10 / 24, DATE_TIME), None, 'with "quotes", commas\nand lines'],
        ],
    )
    check(desk, desk.bring(file, MAPPING))


def test_excel_with_merged_header_cells_and_a_title(desk):
    file = xlsx(
        desk.folder / "report.xlsx",
        [
            ["Report of the call centre", None, None, None],
            [],
            ["Call", "When", None, "Wait"],
            [None, "Entered", "Ended", None],
            ["a", (45292.5, DATE_TIME), (45292.75, DATE_TIME), (12 / 86400, DURATION)],
        ],
        ["A1:D1", "B3:C3", "A3:A4", "D3:D4"],
    )
    mapping = """
    [columns]
    call_id = "Call"
    entered_at = '"When Entered"'
    ended_at = "When Ended"
    wait_seconds = "epoch(Wait::interval)"
    """
    done = desk.bring(file, mapping)
    assert (done.new, done.rejected) == (1, 0)
    assert desk.rows("call_id, entered_at, ended_at, wait_seconds") == [
        ("a", datetime(2024, 1, 1, 12), datetime(2024, 1, 1, 18), 12.0)
    ]


def test_excel_without_a_header_is_an_error_and_can_be_mapped(desk):
    file = xlsx(desk.folder / "calls.xlsx", [["a", (45292.5, DATE_TIME), 12]])
    with pytest.raises(NoHeader, match="header = false"):
        desk.bring(file, MAPPING)
    done = desk.bring(file, 'header = false\n[columns]\ncall_id = "c1"\nentered_at = "c2"')
    assert done.new == 1


def test_excel_says_which_sheets_there_are(desk):
    file = xlsx(desk.folder / "calls.xlsx", [["id", "entered"]])
    with pytest.raises(Unreadable, match="no sheet 'March', but Calls"):
        desk.bring(file, 'sheet = "March"' + MAPPING)


def test_an_empty_workbook_is_an_error(desk):
    with pytest.raises(EmptyFile):
        desk.bring(xlsx(desk.folder / "calls.xlsx", []), MAPPING)


def test_a_damaged_workbook_is_an_error(desk):
    with pytest.raises(HearwellError, match=r"damaged|cannot be read as a workbook"):
        desk.bring(b"\xd0\xcf\x11\xe0" + b"x" * 2000, MAPPING, name="x.xls")


def test_gzip(desk):
    check(desk, desk.bring(gzip.compress(delimited(",").encode()), MAPPING, name="calls.csv.gz"))


def zipped(desk, members, name="calls.zip"):
    path = desk.folder / name
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return path


def test_a_zip_with_one_data_file(desk):
    members = {"README.md": "read me", "__MACOSX/._calls.csv": "x", "in/calls.csv": delimited(",")}
    check(desk, desk.bring(zipped(desk, members), MAPPING))


def test_a_zip_with_several_data_files_is_one_import(desk):
    text = delimited(",")
    other = text.replace('"a"', '"d"').replace('"b"', '"e"').replace('"c"', '""')
    done = desk.bring(zipped(desk, {"one.csv": text, "two.csv": other}), MAPPING)
    assert (done.rows_read, done.new, done.rejected) == (6, 5, 1)
    assert desk.rejected("file, row, reason") == [("calls.zip/two.csv", 3, "call_id is missing")]


def test_a_cut_zip_is_an_error(desk):
    whole = zipped(desk, {"calls.csv": delimited(",") * 1000}).read_bytes()
    with pytest.raises(CutArchive, match="damaged or was cut off"):
        desk.bring(whole[: len(whole) // 2], MAPPING, name="cut.zip")


def test_a_zip_without_data_is_an_error(desk):
    with pytest.raises(NoDataInside, match=r"no data file inside \(it has picture.png\)"):
        desk.bring(zipped(desk, {"picture.png": "x"}), MAPPING)


def test_a_zip_with_a_password_is_an_error(desk):
    whole = bytearray(zipped(desk, {"calls.csv": delimited(",")}).read_bytes())
    whole[6] |= 1  # the flag in the local header and in the directory
    at = whole.index(b"PK\x01\x02")
    whole[at + 8] |= 1
    with pytest.raises(LockedArchive, match="needs a password"):
        desk.bring(bytes(whole), MAPPING, name="locked.zip")


@pytest.mark.parametrize(("start", "what"), [(b"%PDF-1.4", "PDF"), (b"\xfd7zXZ\x00", "xz")])
def test_other_formats_are_named(desk, start, what):
    with pytest.raises(UnknownFormat, match=f"{what}.*export it as one of these"):
        desk.bring(start + b"x" * 100, MAPPING)
