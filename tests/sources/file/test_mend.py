"""Mending loses nothing: all lines are there, as rows or set aside, and good rows are unchanged."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.sources.file.mend import OPEN_QUOTE, STRAY_RETURN, mend
from hearwell.sources.file.room import Room
from hearwell.sources.file.sample import Dialect, Sample


def mended(folder, body, width=3, *, dialect=None, header=True):
    room = Room(folder)
    (folder / "in.csv").write_bytes(body)
    lines = int(header)
    columns = tuple(f"c{n}" for n in range(width))
    count = mend(
        folder / "in.csv", Sample(dialect or Dialect(","), columns, lines, lines, ()), room
    )
    with room.aside.open(newline="") as file:
        aside = list(csv.reader(file))
    assert len(aside) == count
    return room.mended.read_bytes(), [(int(row), reason, raw) for row, reason, raw in aside]


@pytest.mark.parametrize(
    ("body", "rows", "aside"),
    [
        (b'1,"x,3\n4,5,6\n', b"4,5,6\n", [(1, OPEN_QUOTE, '1,"x,3')]),
        (b'1,"x,3\n4,"5",6\n7,8,9', b'4,"5",6\n7,8,9\n', [(1, OPEN_QUOTE, '1,"x,3')]),
        (b"1,2,3\r\n4,5,6\n\r\n\n", b"1,2,3\n4,5,6\n", []),
        (b'1,"a\r\nb",3\r\n', b'1,"a\r\nb",3\n', []),
        (b"1,2\r,3\n4,5,6\n", b"4,5,6\n", [(1, STRAY_RETURN, "1,2\r,3")]),
        (b'1,"x"y,3\n4,5" pipe,6\n', b'4,5" pipe,6\n', [(1, OPEN_QUOTE, '1,"x"y,3')]),
        (b'1,"say ""hi""",3\n', b'1,"say ""hi""",3\n', []),
        (b'1,"two\nlines"\n3,4,5\n', b'lines"\n3,4,5\n', [(1, OPEN_QUOTE, '1,"two')]),
        (b"1,\xff,3\n", b"1,\xff,3\n", []),
        (b'"","","\n"\n', b'"","","\n"\n', []),  # not so with `*+` behind a group, in Python 3.11.2
    ],
)
def test_lines_are_set_aside_alone(tmp_path, body, rows, aside):
    found, listed = mended(tmp_path, b"a,b,c\n" + body)
    assert (found, listed) == (rows, aside)


def test_old_macintosh_line_ends(tmp_path):
    assert mended(tmp_path, b"a,b,c\r1,2,3\r4,5,6") == (b"1,2,3\n4,5,6\n", [])


def test_backslash_escapes(tmp_path):
    body = b'a,b,c\n1,"x\\"y,\\\\",3\n4,"x\\",6\n'
    rows, aside = mended(tmp_path, body, dialect=Dialect(",", '"', "\\"))
    assert rows == b'1,"x\\"y,\\\\",3\n'
    assert [row for row, _, _ in aside] == [2]


CELLS = st.text(st.sampled_from('ab,"\n\r'), max_size=4)


@settings(max_examples=300)
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
def test_well_written_rows_stay_as_they_are(tmp_path_factory, rows):
    """The oracle is Python's own reader; an empty row is nothing to either."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    found, aside = mended(tmp_path_factory.mktemp("m"), out.getvalue().encode(), header=False)
    assert not aside
    assert list(csv.reader(io.StringIO(found.decode(), newline=""))) == rows


LINES = st.lists(
    st.sampled_from(["1,2,3", '1,"2",3', '1,"2\n3",4', '1,"2,3', '1,2"3,4', '1,"2"3,4', '"', ""]),
    max_size=8,
)


@settings(max_examples=300)
@given(lines=LINES)
def test_nothing_is_lost(tmp_path_factory, lines):
    body = "".join(f"{line}\n" for line in lines)
    found, aside = mended(tmp_path_factory.mktemp("m"), body.encode(), header=False)
    left = found.decode().split("\n") + [raw for _, _, raw in aside]
    assert sorted(filter(None, left)) == sorted(filter(None, body.split("\n")))
    rows = [row for row, _, _ in aside]
    assert rows == sorted(set(rows))
