"""What is taken away holds the table, and no text of it runs where it is opened."""

import csv
import io
from datetime import datetime
from zipfile import ZipFile

import duckdb
import pytest
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from hearwell.web import export
from hearwell.web.export import NoSuchFormat, TooManyRows, exported

ATTACKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]
COLUMNS = ["text", "number", "at"]
ROWS = [
    ("plain, with a comma", -2.5, datetime(2026, 1, 31, 9)),
    (None, None, None),
    ("ਪੰਜਾਬੀ", 3, None),
    *((attack, float("nan"), None) for attack in ATTACKS),
]


def content(kind, columns=COLUMNS, rows=ROWS):
    answer = exported(RequestFactory().get("/"), kind, "table", columns, rows)
    assert f'filename="table.{kind}"' in answer.headers["Content-Disposition"]
    return b"".join(answer)


def test_csv_holds_the_table_and_no_formula():
    told = list(csv.reader(io.StringIO(content("csv").decode("utf-8-sig"), newline="")))
    assert told[0] == COLUMNS
    assert told[1] == ["plain, with a comma", "-2.5", "2026-01-31T09:00:00"]
    assert told[2] == ["", "", ""]
    assert [row[0] for row in told[4:]] == [f"'{attack}" for attack in ATTACKS]


def test_a_heading_is_no_formula_either():
    assert content("csv", ["=1+1"], []).decode("utf-8-sig") == '"\'=1+1"\r\n'


def test_a_workbook_holds_the_table_and_no_formula():
    book = content("xlsx")
    told = sheet_of(book)
    assert told[1] == ["plain, with a comma", -2.5, datetime(2026, 1, 31, 9)]
    assert told[3][:2] == ["ਪੰਜਾਬੀ", 3]
    assert [row[0] for row in told[4:]] == ATTACKS
    with ZipFile(io.BytesIO(book)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert b'quotePrefix="1"' in parts.read("xl/styles.xml")


def test_digits_of_a_long_number_stay_in_a_workbook():
    assert sheet_of(content("xlsx", ["n"], [(2**60 + 1,)])) == [["n"], [str(2**60 + 1)]]


def sheet_of(book):
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()


def test_parquet_holds_the_table_with_its_types(tmp_path):
    file = tmp_path / "t.parquet"
    file.write_bytes(content("parquet"))
    told = duckdb.execute(f"from '{file}'")
    assert [column[1] for column in told.description] == ["VARCHAR", "DOUBLE", "TIMESTAMP"]
    assert told.fetchall() == [*ROWS[:3], *((attack, None, None) for attack in ATTACKS)]


def test_parquet_of_no_rows_has_its_columns(tmp_path):
    file = tmp_path / "t.parquet"
    file.write_bytes(content("parquet", COLUMNS, []))
    assert [column[0] for column in duckdb.execute(f"from '{file}'").description] == COLUMNS


def test_what_does_not_fit_is_refused(monkeypatch):
    monkeypatch.setitem(export.MOST_ROWS, "xlsx", 2)
    with pytest.raises(TooManyRows, match="2 rows"):
        content("xlsx")


def test_an_unknown_format_is_refused():
    with pytest.raises(NoSuchFormat, match="csv, xlsx, parquet"):
        content("pdf")


def test_csv_is_written_while_rows_are_read():
    read = []

    def rows():
        for n in range(5000):
            read.append(n)
            yield (n,)

    pieces = iter(exported(RequestFactory().get("/"), "csv", "t", ["n"], rows()))
    next(pieces), next(pieces)
    assert len(read) < 5000
