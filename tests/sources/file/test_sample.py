"""The form of a text file, from its first rows."""

import pytest

from hearwell.sources.file.errors import NoHeader
from hearwell.sources.file.sample import Dialect, looks_like_data, take


def taken(folder, text):
    (folder / "x.csv").write_text(text)
    return take("x.csv", folder / "x.csv")


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("a,b\n1,2\n", Dialect(",")),
        ("a;b\n1,5;2,5\n", Dialect(";")),
        ("a\tb\n1, 2\t3\n", Dialect("\t")),
        ("a|b\n1|2\n", Dialect("|")),
        ("a\n1\n2\n", Dialect(",")),
        ('name,text\nx,"a; b; c"\ny,"d; e; f"\n', Dialect(",")),
        ('a,b\n1,"x\\"y"\n2,"z\\"w, more"\n', Dialect(",", '"', "\\")),
        ("a;b;c\n1;2\n3;4;5\n6;7;8\n", Dialect(";")),
    ],
)
def test_dialects(tmp_path, text, dialect):
    assert taken(tmp_path, text).dialect == dialect


@pytest.mark.parametrize(
    ("text", "columns", "rows_before", "lines_before"),
    [
        ("a,b\n1,2\n", ("a", "b"), 1, 1),
        ('a,"b\nc"\n1,2\n', ("a", "b c"), 1, 2),
        ("Title\n\na,b,c\n1,2,3\n4,5,6\n", ("a", "b", "c"), 3, 3),
        (" a , a,A\nx,y,z\n", ("a", "a_2", "A_3"), 1, 1),
        ("a,,b\nx,y,z\n", ("a", "column_2", "b"), 1, 1),
        ("a,a,a_2\nx,y,z\n", ("a", "a_2", "a_2_2"), 1, 1),
    ],
)
def test_headers(tmp_path, text, columns, rows_before, lines_before):
    found = taken(tmp_path, text)
    assert found.columns == columns
    assert (found.rows_before_data, found.lines_before_data) == (rows_before, lines_before)


@pytest.mark.parametrize(
    ("cells", "is_data"),
    [
        (["call_id", "queue", "wait"], False),
        (["id", "Q1", "Q2", "2019"], False),
        (["a7", "2024-01-01 10:00:00", "sales"], True),
        (["a7", "10:30", "sales"], True),
        (["a7", "12", "13", "sales"], True),
        (["", "", ""], True),
        (["name", "", ""], False),
        (["x", "31.12.2023"], True),
    ],
)
def test_names_are_told_from_data(cells, is_data):
    assert looks_like_data(cells) == is_data


def test_a_file_without_a_header_shows_its_line(tmp_path):
    with pytest.raises(NoHeader, match="a,2024-01-01,12"):
        taken(tmp_path, "a,2024-01-01,12\n")
