"""What an expression of a mapping may be. Whole imports with bad ones are in tests/jobs."""

import pytest

from hearwell.sources.file.errors import BadExpression, UnknownSourceColumn, UnsafeExpression
from hearwell.sources.file.expression import expression, select

COLUMNS = ["a", "b", "date", "q_start", "Charge  Amount", "tags", "version", "globe_name", "end"]


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("a", {"a"}),
        ("A", {"a"}),
        ("end", {"end"}),
        ("Charge  Amount", {"Charge  Amount"}),
        ('"Charge  Amount" * 2', {"Charge  Amount"}),
        ("list_transform(tags, tag -> tag || a)", {"tags", "a"}),
        ("list_transform(tags, lambda tag: tag || a)", {"tags", "a"}),
        ("[tag for tag in tags if tag <> b]", {"tags", "b"}),
        ("tags.name", {"tags"}),
        ("case a when 'x' then b end", {"a", "b"}),
        ("try_strptime(a, ['%d', '%m'])", {"a"}),
        ("epoch(a::interval)", {"a"}),
        ("regexp_extract(a, '(\\d+)', 1)", {"a"}),
        ("{'x': a}", {"a"}),
        ("a -- a comment", {"a"}),
        ("version", {"version"}),
        ("globe_name = 'x' and (a = 'y')", {"globe_name", "a"}),
        ("'text'", set()),
        ("1.5", set()),
    ],
)
def test_expressions_and_what_they_read(text, reads):
    assert set(expression("here", text, COLUMNS).reads) == reads


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("c", UnknownSourceColumn),
        ('"text"', UnknownSourceColumn),
        ("version()", UnsafeExpression),
        ("current_query()", UnsafeExpression),
        ("a = any(select 1)", UnsafeExpression),
        ("sum(a) over ()", UnsafeExpression),
        ("a, b", BadExpression),
        ("a; b", BadExpression),
        ("1) as x, (2", BadExpression),
        ("a from file", BadExpression),
        ("a where b", BadExpression),
    ],
)
def test_what_is_refused(text, error):
    with pytest.raises(error, match="here: "):
        expression("here", text, COLUMNS)


@pytest.mark.parametrize(
    ("text", "sql", "zone"),
    [
        ("a at time zone 'Asia/Jerusalem'", "a", "Asia/Jerusalem"),
        ("strptime(a, '%y') AT  TIME ZONE 'UTC' ", "strptime(a, '%y')", "UTC"),
        ("a at time zone b", "a at time zone b", None),
        ("(a at time zone 'UTC')::varchar", "(a at time zone 'UTC')::varchar", None),
        ("a || ' at time zone ''UTC'''", "a || ' at time zone ''UTC'''", None),
        ("date + b at time zone 'UTC'", "date + b at time zone 'UTC'", None),
    ],
)
def test_the_zone_around_all_of_an_expression(text, sql, zone):
    found = expression("here", text, COLUMNS)
    assert (found.sql, found.zone) == (sql, zone)


@pytest.mark.parametrize(
    "text",
    [
        "select a, max(b) from file group by a",
        "with x as (select * from file) select * from x",
        "from file",
        "select * from file;",
        "from file unpivot (v for n in (a, b))",
        "select *, row_number() over (partition by a order by row) as n from file",
        "select unnest(tags) from file",
        "select * from file union all select * from file",
        "select * from file where a in (select b from file)",
    ],
)
def test_selects_from_the_file(text):
    assert select("here", text) == text.removesuffix(";")


@pytest.mark.parametrize(
    "text",
    [
        "select * from other",
        "select * from file, read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from main.file",
        "with x as (from y) from x",
        "select random() from file",
        "select * from glob('*')",
    ],
)
def test_selects_from_something_else_are_refused(text):
    with pytest.raises(UnsafeExpression, match="here: "):
        select("here", text)
