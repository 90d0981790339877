"""A mapping that cannot be used is told with its place, before anything is read or written."""

import pytest

from hearwell.jobs.bring_in import bring_in
from hearwell.lake.lake import open_lake
from hearwell.records import RECORDS
from hearwell.sources.file.errors import (
    BadExpression,
    BadMapping,
    MissingColumn,
    UnknownRecordColumn,
    UnknownSourceColumn,
    UnsafeExpression,
    WrongRecord,
)

FILE = "call_id,entered_at,queue name,end\na,2024-01-01 10:00:00,sales,2024-01-01 11:00:00\n"
CALLS = """
[columns]
call_id = "call_id"
entered_at = "entered_at"
"""


def test_a_column_that_the_file_does_not_have_names_near_matches_and_the_line(desk):
    with pytest.raises(UnknownSourceColumn) as error:
        desk.bring(FILE, CALLS + 'queue = "lower(queue_name)"')
    assert "map.toml, line 7, [columns] queue: the file has no column 'queue_name'" in str(
        error.value
    )
    assert "Did you mean 'queue name'?" in str(error.value)


def test_text_in_double_quotes_is_told_how_to_be_text(desk):
    with pytest.raises(UnknownSourceColumn, match="If it is meant as text, put it in single"):
        desk.bring(FILE, CALLS + "queue = '\"sales\"'")


def test_a_column_that_the_record_does_not_have_names_near_matches(desk):
    with pytest.raises(UnknownRecordColumn, match=r"'call' has no column 'que'. .* 'queue'"):
        desk.bring(FILE, CALLS + 'que = "end"')


def test_a_required_column_that_is_missing_names_the_metrics(desk):
    with pytest.raises(MissingColumn) as error:
        desk.bring(
            FILE,
            '[columns]\ncall_id = "call_id"',
            needed_by=lambda record, column: [f"metric of {record}.{column}"],
        )
    assert "needs 'entered_at' and [columns] does not have it" in str(error.value)
    assert "cannot be computed: metric of call.entered_at." in str(error.value)
    assert not desk.rows()


def test_the_source_is_no_column(desk):
    with pytest.raises(BadMapping, match="the source is said once"):
        desk.bring(FILE, CALLS + "source = \"'x'\"")


def test_a_mapping_for_another_record(desk):
    path = desk.file(FILE)
    with pytest.raises(WrongRecord, match=r"for the record case,.*Use `--as case`"):
        bring_in(desk.lake, path, RECORDS["call"], desk.mapping("[columns]", "case"))


def test_columns_whose_names_are_no_words_are_taken_by_name(desk):
    done = desk.bring(FILE, CALLS + 'queue = "Queue Name"\nended_at = "end"')
    assert done.new == 1
    assert desk.rows("queue") == ["sales"]


@pytest.mark.parametrize(
    "expression",
    [
        "read_text('/etc/passwd')",
        "(select content from read_text('/etc/passwd'))",
        "exists (from read_csv('/etc/passwd'))",
        "call_id in (select * from '/etc/passwd')",
        "(from file)",
        "getvariable('x')",
        "getenv('HOME')",
        "current_setting('temp_directory')",
        "current_query()",
        "current_user",
        "query('select 1')",
        "pg_read_file('/etc/passwd')",
        "nextval('s')",
        "random()::varchar",
        "uuid()::varchar",
        "now()::varchar",
        "current_date::varchar",
        "count(*)",
        "max(call_id)",
        "row_number() over ()",
        "columns('.*')",
        "*",
        "?",
        "$x",
    ],
)
def test_what_reads_more_than_the_row_is_refused(desk, expression):
    with pytest.raises(UnsafeExpression, match=r"map.toml, line 7, \[columns\] queue: "):
        desk.bring(FILE, CALLS + f'queue = "{expression}"')


@pytest.mark.parametrize(
    "expression",
    [
        "call_id; drop table x",
        "call_id, entered_at",
        "call_id) from read_text('/etc/passwd') --",
        "1) as x, (select 1",
        "copy file to 'x'",
        "attach 'x'",
        "install httpfs",
        "call_id /* open",
        "call_id from file",
        "lower(call_id",
        "no_such_function(call_id)",
        "call_id + 1",
    ],
)
def test_what_is_no_expression_is_refused(desk, expression):
    with pytest.raises(BadExpression, match=r"queue: `.*` cannot be used: "):
        desk.bring(FILE, CALLS + f'queue = "{expression}"')


@pytest.mark.parametrize(
    "rows",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from duckdb_settings()",
        "select * from information_schema.tables",
        "select * from query('select 1')",
        "select *, (select max(x) from other) from file",
        "select *, current_query() as q from file",
    ],
)
def test_rows_read_nothing_but_the_file(desk, rows):
    with pytest.raises(UnsafeExpression, match="rows: "):
        desk.bring(FILE, f'rows = "{rows}"' + CALLS)


@pytest.mark.parametrize(
    "rows", ["copy file to 'x'", "from file; from file", "create table x as from file", "select"]
)
def test_rows_are_one_select(desk, rows):
    with pytest.raises(BadExpression, match="rows: "):
        desk.bring(FILE, f'rows = "{rows}"' + CALLS)


def test_the_key_of_identifiers_cannot_be_read(desk):
    """What a mapping keeps never has the secret in it, whatever it asks the session for."""
    desk.bring(FILE, CALLS + 'caller = "call_id"')
    ((caller,),) = desk.ask(f"select caller from call where source = '{desk.source}'")
    assert len(caller) == 20
    assert desk.lake.identity_key not in caller


def test_persons_are_hashed_unless_the_organisation_opts_out(own_desk):
    settings = own_desk.lake.path / "hearwell.toml"
    own_desk.bring(FILE, CALLS + 'customer_id = "queue name"')
    assert own_desk.rows("customer_id") != ["sales"]
    settings.write_text('plain_identifiers = ["customer_id"]')
    own_desk.lake.close()
    own_desk.lake = open_lake(own_desk.lake.path, writable=True)
    own_desk.bring(FILE, CALLS + 'customer_id = "queue name"')
    assert own_desk.rows("customer_id") == ["sales"]


def test_numbers_of_callers_are_one_person_however_written_and_nobody_when_withheld(desk):
    body = (
        "call_id,entered_at,from\na,2024-01-01,+44 20 7946-0123\nb,2024-01-01,0044207946 0123\n"
        "c,2024-01-01,anonymous\nd,2024-01-01,\n"
    )
    desk.bring(body, CALLS + "caller = '\"from\"'")
    first, second, third, fourth = desk.rows("call_id, caller")
    assert first[1] == second[1] is not None
    assert third[1] is fourth[1] is None


def test_rows_that_are_no_records_are_left_out_and_counted(desk):
    body = FILE + "b,2024-01-01 10:00:00,phantom,\nc,nonsense,phantom,\n"
    done = desk.bring(body, "where = '\"queue name\" <> $$phantom$$'" + CALLS)
    assert (done.rows_read, done.new, done.left_out, done.rejected) == (3, 1, 2, 0)


def test_where_is_a_truth_value(desk):
    with pytest.raises(BadExpression, match=r"where: .* gives VARCHAR, not true or false"):
        desk.bring(FILE, 'where = "call_id"' + CALLS)


def test_a_number_is_no_instant_and_the_message_says_what_to_write(desk):
    with pytest.raises(BadExpression, match=r"gives BIGINT.*to_timestamp\(call_id::bigint\)"):
        desk.bring(FILE, CALLS + 'ended_at = "call_id::bigint"')


def test_the_example_of_the_design(desk):
    """A zone at the end of an expression is the zone of its local times, unheard of ones too."""
    body = (
        "call_id\tdate\tq_start\tq_time\toutcome\n"
        "a\t990101\t0:00:36\t153\tHANG\n"
        "b\t990402\t2:30:00\t1\tAGENT\n"
        "c\t990101\t0:00:36\t1\tPHANTOM\n"
    )
    done = desk.bring(
        body,
        """
where = "outcome <> 'PHANTOM'"          # rows that are not calls at all
[columns]
call_id      = "call_id"
entered_at   = "strptime(date || ' ' || q_start, '%y%m%d %H:%M:%S') at time zone 'Asia/Jerusalem'"
wait_seconds = "q_time"
outcome      = "case outcome when 'AGENT' then 'answered' else 'abandoned' end"
""",
    )
    assert (done.new, done.left_out, done.rejected) == (1, 1, 1)
    assert desk.rows("entered_at::varchar, wait_seconds, outcome, leg") == [
        ("1998-12-31 22:00:36", 153.0, "abandoned", 1)
    ]
    assert desk.rejected() == [
        (2, "entered_at: 02:30 on 1999-04-02 does not exist in Asia/Jerusalem")
    ]


def test_a_zone_that_is_none(desk):
    with pytest.raises(BadMapping, match=r"No time zone is called 'Asia/Jeruslem'. Did you mean"):
        desk.bring(FILE, CALLS + "ended_at = \"end::timestamp at time zone 'Asia/Jeruslem'\"")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2024-07-01 10:00:00", "2024-07-01 09:00:00"),  # on the clock of London
        ("2024-07-01T10:00", "2024-07-01 09:00:00"),
        ("2024-07-01", "2024-06-30 23:00:00"),
        ("2024-07-01 10:00:00Z", "2024-07-01 10:00:00"),
        ("2024-07-01T10:00:00.25+02:00", "2024-07-01 08:00:00.25"),
        ("2024-07-01 10:00:00-0530", "2024-07-01 15:30:00"),
        ("2024-07-01 10:00:00 +0000", "2024-07-01 10:00:00"),
        ("2024-07-01T10:00+02", "2024-07-01 08:00:00"),
        ("2024-07-01 10:00:00 UTC", "2024-07-01 10:00:00"),
        ("2024-07-01 10:00:00 GMT", "2024-07-01 10:00:00"),
    ],
)
def test_times_of_iso_are_understood_with_and_without_an_offset(desk, text, kept):
    done = desk.bring(f"call_id,entered_at\na,{text}\n", 'zone = "Europe/London"' + CALLS)
    assert done.rejected == 0
    assert desk.rows("entered_at::varchar") == [kept]


@pytest.mark.parametrize(
    "text", ["1704103200", "31/01/2024", "10:00", "yesterday", "2024-07-01 10:00:00 PM", "infinity"]
)
def test_other_times_are_refused_with_what_to_do(desk, text):
    done = desk.bring(f"call_id,entered_at\na,{text}\n", 'zone = "Europe/London"' + CALLS)
    assert done.rejected == 1
    assert text in desk.rejected("raw")[0][0]


def test_a_zone_that_nobody_said_is_the_organisations_and_is_told(desk):
    done = desk.bring(FILE, CALLS)
    assert any("the organisation's zone" in note for note in done.notes)
    done = desk.bring("call_id,entered_at\nz,2024-01-01 10:00:00Z\n", CALLS)
    assert not done.notes


def test_an_offset_or_an_epoch_is_an_instant_already(desk):
    body = "call_id,entered_at\na,1704103200\n"
    desk.bring(body, CALLS.replace('"entered_at"', '"to_timestamp(entered_at::double)"'))
    assert desk.rows("entered_at::varchar") == ["2024-01-01 10:00:00"]


def test_lists_maps_flags_amounts_and_shares(desk):
    body = "id,at,parts,yes,money,part\n1,2024-01-01,a; b,Y,1.25,0.5\n2,2024-01-01,,no,,\n"
    done = desk.bring(
        body,
        """
[columns]
case_id = "id"
opened_at = '"at"'
reported_sla_met = "yes"
custom = { parts = "string_split(parts, '; ')[2]", money = "money" }
""",
        record="case",
    )
    assert (done.new, done.rejected) == (2, 0)
    assert desk.rows("case_id, reported_sla_met, custom", '"case"') == [
        ("1", True, {"parts": "b", "money": "1.25"}),
        ("2", False, {}),
    ]


def test_shares_are_between_0_and_1_and_counts_are_whole(desk):
    body = "id,at,part,views\n1,2024-01-01,1.5,1\n2,2024-01-01,0.5,1.5\n3,2024-01-01,1,-1\n"
    desk.bring(
        body,
        '[columns]\nview_id = "id"\nopened_at = \'"at"\'\nscroll_share = "part"\nviews = "views"',
        record="article_view",
    )
    assert desk.rejected() == [
        (1, "scroll_share is not between 0 and 1 (1.5)"),
        (2, "views: '1.5' is not a whole number"),
        (3, "views is negative (-1)"),
    ]


def test_a_record_may_be_spread_over_several_rows(desk):
    body = (
        "ticket,what,moment\nT1,opened,2024-01-01 10:00:00\nT2,opened,2024-01-02 10:00:00\n"
        "T1,solved,2024-01-01 12:00:00\nbroken\nT3,solved,2024-01-01 12:00:00\n"
    )
    done = desk.bring(
        body,
        '''
rows = """select ticket, min(moment) filter (what = 'opened') as opened,
                 max(moment) filter (what = 'solved') as solved, max(row) as last
          from file group by ticket order by min(row)"""
[columns]
case_id = "ticket"
opened_at = "opened"
reported_solved_at = "solved"
custom = { last = "last" }
''',
        record="case",
    )
    assert (done.rows_read, done.new, done.rejected) == (5, 2, 2)
    assert desk.rows("case_id, reported_solved_at::varchar, custom['last']", '"case"') == [
        ("T1", "2024-01-01 12:00:00", "3"),
        ("T2", None, "2"),
    ]
    reasons = sorted(reason for _, reason in desk.rejected())
    assert reasons == ["opened_at is missing", "too few fields: 1 instead of 3"]
