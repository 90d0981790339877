"""Bad input never loses data and never stops the rest: one test for each kind of it."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.errors import HearwellError
from hearwell.sources.file.errors import CutArchive, EmptyFile, NoHeader, WrongEncoding

HEADER = "call_id,entered_at,ended_at,wait_seconds,queue,outcome\n"
GOOD = "a,2024-01-01 10:00:00,2024-01-01 10:05:00,12,sales,answered\n"
CALLS = """
[columns]
call_id = "call_id"
entered_at = "entered_at"
"""
MORE = """
[columns]
call_id = "call_id"
entered_at = "entered_at"
ended_at = "ended_at"
wait_seconds = "wait_seconds"
queue = "queue"
outcome = "outcome"
"""


def calls(*lines):
    return HEADER + "".join(f"{line}\n" for line in lines) + GOOD


def test_cut_gzip_is_an_error_and_nothing_is_imported(desk):
    packed = gzip.compress((HEADER + GOOD * 10_000).encode())
    with pytest.raises(CutArchive, match=r"calls.csv.gz is damaged or was cut off .* Copy or down"):
        desk.bring(packed[: len(packed) // 2], name="calls.csv.gz")
    assert not desk.rows()


def test_gzip_with_a_wrong_check_sum_is_an_error(desk):
    packed = bytearray(gzip.compress((HEADER + GOOD).encode()))
    packed[-6] ^= 1
    with pytest.raises(CutArchive, match="CRC"):
        desk.bring(bytes(packed), name="calls.csv.gz")


def test_wrong_encoding_refuses_its_lines_and_keeps_their_bytes(desk):
    text = calls("b,2024-01-01 10:00:00,,,caf\N{LATIN SMALL LETTER E WITH ACUTE},")
    done = desk.bring(text.encode("windows-1252"), MORE)
    assert desk.rows() == ["a"]
    assert done.rejected == 1
    assert desk.rejected("row, reason, raw") == [
        (1, "a byte is not UTF-8 in column queue", "b,2024-01-01 10:00:00,,,caf\\xe9,")
    ]


def test_wrong_encoding_is_healed_by_the_mapping(desk):
    text = calls("b,2024-01-01 10:00:00,,,caf\N{LATIN SMALL LETTER E WITH ACUTE},")
    desk.bring(text.encode("windows-1252"), MORE)
    done = desk.bring(text.encode("windows-1252"), 'encoding = "windows-1252"' + MORE)
    assert done.rejected == 0
    assert not desk.rejected()
    assert desk.rows("call_id, queue") == [
        ("a", "sales"),
        ("b", "caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
    ]


def test_mixed_encodings_refuse_only_the_lines_in_the_other_one(desk):
    lines = [
        HEADER.encode(),
        "b,2024-01-01 10:00:00,,,\N{LATIN SMALL LETTER E WITH ACUTE},\n".encode(),
        "c,2024-01-01 10:00:00,,,\N{LATIN SMALL LETTER E WITH ACUTE},\n".encode("latin-1"),
        GOOD.encode(),
    ]
    done = desk.bring(b"".join(lines), MORE)
    assert desk.rows() == ["a", "b"]
    assert (done.rows_read, done.new, done.rejected) == (3, 2, 1)
    assert desk.rejected("row, raw") == [(2, "c,2024-01-01 10:00:00,,,\\xe9,")]


def test_bytes_that_the_named_encoding_does_not_have_are_refused_not_changed(desk):
    body = HEADER.encode() + b"b,2024-01-01 10:00:00,,,\x81,\n" + GOOD.encode()
    done = desk.bring(body, 'encoding = "windows-1252"' + MORE)
    assert desk.rows() == ["a"]
    assert done.rejected == 1
    assert desk.rejected("raw") == [("b,2024-01-01 10:00:00,,,\\x81,",)]


def test_a_header_in_a_wrong_encoding_is_an_error(desk):
    with pytest.raises(WrongEncoding, match=r"byte 0xe9 in the header, line 1.*encoding = "):
        desk.bring("caf\N{LATIN SMALL LETTER E WITH ACUTE},b\n1,2\n".encode("latin-1"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_understood(desk, encoding):
    text = calls("b,2024-01-01 10:00:00,,,\N{ARABIC LETTER ALEF},")
    done = desk.bring(text.encode(encoding), MORE)
    assert done.new == 2
    assert desk.rows("call_id, queue") == [("a", "sales"), ("b", "\N{ARABIC LETTER ALEF}")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_proven_by_its_nul_bytes(desk, encoding):
    done = desk.bring(calls().encode(encoding), MORE)
    assert (done.new, done.rejected) == (1, 0)
    assert f"read as {encoding}" in done.notes


def test_broken_utf16_is_an_error(desk):
    with pytest.raises(WrongEncoding, match="utf-16"):
        desk.bring(b"\xff\xfe" + "call_id,entered_at\n".encode("utf-16-le") + b"\x00\xd8a")


def test_nul_bytes_refuse_the_row(desk):
    desk.bring(calls("b,2024-01-01 10:00:00,,,sa\x00les,", "b\x00,2024-01-01 10:00:00,,,,"), MORE)
    assert desk.rows() == ["a"]
    assert desk.rejected() == [(1, "NUL byte in queue"), (2, "NUL byte in call_id")]


def test_a_nul_byte_that_only_the_mapping_makes_is_refused_too(desk):
    """The file is not looked at value by value where it has none."""
    desk.bring(calls(), MORE.replace('queue = "queue"', "queue = \"'x' || chr(0)\""))
    assert desk.rejected() == [(1, "NUL byte in queue")]


def test_a_field_of_3_megabytes_is_kept_whole(desk):
    mapping = '[columns]\nmessage_id = "id"\nsent_at = "at"\ntext = "text"'
    long = "word, \n" * 450_000
    body = f'id,at,text\n1,2024-01-01,"{long}"\n2,2024-01-01,short\n'
    done = desk.bring(body, mapping, record="message")
    assert (done.new, done.rejected) == (2, 0)
    assert desk.rows("message_id, length(text)", "message") == [("1", len(long)), ("2", 5)]


def test_a_refused_field_of_3_megabytes_is_kept_whole(desk):
    long = "word " * 600_000
    desk.bring(calls(f"b,{long},,,,"), MORE)
    ((reason, raw),) = desk.rejected("reason, raw")
    assert len(reason) < 300
    assert long in raw


def test_a_line_of_20_megabytes_is_set_aside_and_stops_nothing(desk):
    body = HEADER + f"b,{'x' * 20_000_000},,,,\n" + GOOD
    done = desk.bring(body, MORE)
    assert (done.rows_read, done.new, done.rejected) == (2, 1, 1)
    ((row, reason, kept),) = desk.rejected("row, reason, length(raw)")
    assert (row, kept) == (1, 1 << 20)
    assert "longer than 16 MB" in reason


def test_header_only_is_no_rows_and_a_note(desk):
    done = desk.bring(HEADER, MORE)
    assert (done.rows_read, done.new, done.rejected) == (0, 0, 0)
    assert "the file has a header and no rows" in done.notes


def test_header_only_without_a_line_end(desk):
    assert desk.bring(HEADER.strip(), MORE).rows_read == 0


@pytest.mark.parametrize("body", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_an_error(desk, body):
    with pytest.raises(EmptyFile, match="is empty, it has not even a header"):
        desk.bring(body)


def test_no_header_is_an_error_that_shows_the_line_and_what_to_do(desk):
    with pytest.raises(NoHeader) as error:
        desk.bring(GOOD)
    assert GOOD.strip() in str(error.value)
    assert "header = false" in str(error.value)


def test_no_header_is_healed_by_the_mapping(desk):
    done = desk.bring(GOOD, 'header = false\n[columns]\ncall_id = "c1"\nentered_at = "c2"')
    assert done.new == 1
    assert desk.rows("call_id, entered_at") == [("a", datetime(2024, 1, 1, 10))]


def test_the_line_of_the_header_can_be_said(desk):
    body = "Calls of January\nmade by,somebody,,,,\n\n" + calls()
    assert desk.bring(body, "header = 4" + MORE).new == 1


def test_titles_above_the_header_are_passed_over_and_told(desk):
    done = desk.bring("Calls of January\n\n" + calls(), MORE)
    assert done.new == 1
    assert any("Calls of January" in note for note in done.notes)


def test_a_line_beyond_the_file_is_an_error(desk):
    with pytest.raises(HearwellError, match="line 9, but the file ends before it"):
        desk.bring(calls(), "header = 9" + MORE)


def test_doubled_headers_are_told_apart(desk):
    body = "call_id,time,time,TIME\na,x,2024-01-01 10:00:00,y\n"
    done = desk.bring(body, '[columns]\ncall_id = "call_id"\nentered_at = "time_2"\nqueue="time_3"')
    assert done.new == 1
    assert desk.rows("queue") == ["y"]
    assert any("'time_2'" in note for note in done.notes)


def test_padded_and_empty_headers(desk):
    body = " call_id ,  entered_at,,*star \na,2024-01-01 10:00:00,three,four\n"
    mapping = '[columns]\ncall_id = "call_id"\nentered_at = "entered_at"\n'
    done = desk.bring(body, mapping + 'queue = "column_3"\ntopic = \'"*star"\'')
    assert done.new == 1
    assert desk.rows("queue, topic") == [("three", "four")]


def test_rows_with_too_few_or_too_many_fields_are_refused_one_by_one(desk):
    done = desk.bring(
        calls("b,2024-01-01 10:00:00", "c", "d,2024-01-01 10:00:00,,,,,extra,more"), MORE
    )
    assert (done.rows_read, done.new, done.rejected) == (4, 1, 3)
    assert desk.rejected("row, reason, raw") == [
        (1, "too few fields: 2 instead of 6", "b,2024-01-01 10:00:00"),
        (2, "too few fields: 1 instead of 6", "c"),
        (3, "too many fields: 8 instead of 6", "d,2024-01-01 10:00:00,,,,,extra,more"),
    ]
    assert [reason[:2] for reason in done.reasons] == [
        ("too few fields", 2),
        ("too many fields", 1),
    ]


def test_a_quote_that_is_never_closed_takes_no_other_row_with_it(desk):
    lines = [f"r{n},2024-01-01 10:00:00,,,,\n" for n in range(50_000)]
    lines[30_000] = 'r30000,2024-01-01 10:00:00,,,"sales,\n'
    done = desk.bring(HEADER + "".join(lines), MORE)
    assert (done.rows_read, done.new, done.rejected) == (50_000, 49_999, 1)
    assert desk.rejected("row, reason, raw") == [
        (
            30_001,
            "a quote is opened and not closed as it should be",
            'r30000,2024-01-01 10:00:00,,,"sales,',
        )
    ]


def test_a_quote_inside_a_quoted_value_is_refused_alone(desk):
    done = desk.bring(
        calls('b,2024-01-01 10:00:00,,,"sa"les",', 'c,2024-01-01 10:00:00,,,5" pipe,'), MORE
    )
    assert done.rejected == 1
    assert desk.rows("call_id, queue") == [("a", "sales"), ("c", '5" pipe')]


def test_mixed_line_ends_are_read_and_told(desk):
    body = (
        HEADER.replace("\n", "\r\n")
        + GOOD
        + "b,2024-01-01 10:00:00,,,,\r\n"
        + "c,2024-01-01 10:00:00,,,x\n"
    )
    done = desk.bring(body, MORE)
    assert (done.new, done.rejected) == (2, 1)
    assert any("line ends" in note for note in done.notes)
    assert desk.rejected() == [(3, "too few fields: 5 instead of 6")]


def test_old_macintosh_line_ends(desk):
    assert desk.bring(calls().replace("\n", "\r"), MORE).new == 1


def test_blank_lines_do_not_disturb_the_numbers_of_rows(desk):
    desk.bring(HEADER + "\n\n" + GOOD + "\nb\n\nc,2024-01-01,,x,,\n", MORE)
    assert desk.rejected() == [
        (2, "too few fields: 1 instead of 6"),
        (3, "wait_seconds: 'x' is not a number"),
    ]


def test_numbers_of_rows_count_every_kind_of_refusal(desk):
    body = HEADER + GOOD  # 1
    body += "b\n"  # 2
    body += "c,2024-01-01,,x,,\n"  # 3
    body += 'd,2024-01-01,,,"open,\n'  # 4
    body += "e,2024-01-01,,-1,,\n"  # 5
    body += "f,2024-01-01,,,,,\n"  # 6: a delimiter too many at the end is no field
    body += "g,2024-01-01,,,,,x\n"  # 7
    body += "h,nonsense,,,,\n"  # 8
    done = desk.bring(body, MORE)
    assert [row for row, _ in desk.rejected()] == [2, 3, 4, 5, 7, 8]
    assert (done.rows_read, done.new) == (8, 2)


def test_mixed_date_formats_refuse_what_does_not_fit_with_the_format(desk):
    expression = "strptime(entered_at, '%d/%m/%Y %H:%M')"
    mapping = MORE.replace('"entered_at"', f'"{expression}"')
    body = calls("b,31/01/2024 10:00,,,,", "c,01/31/2024 10:00,,,,").removesuffix(GOOD)
    desk.bring(body, mapping)
    assert desk.rows("call_id, entered_at") == [("b", datetime(2024, 1, 31, 10))]
    assert desk.rejected() == [
        (2, f"entered_at: `{expression}` fails where entered_at = '01/31/2024 10:00'")
    ]


def test_mixed_date_formats_can_be_mapped(desk):
    mapping = MORE.replace(
        '"entered_at"', "\"try_strptime(entered_at, ['%d/%m/%Y %H:%M', '%Y-%m-%d %H:%M:%S'])\""
    )
    done = desk.bring(calls("b,31/01/2024 10:00,,,,"), mapping)
    assert done.new == 2


def test_a_local_time_that_never_was_is_refused(desk):
    desk.bring(calls("b,2024-03-31 01:30:00,,,,"), 'zone = "Europe/London"' + MORE)
    assert desk.rejected() == [
        (1, "entered_at: 01:30 on 2024-03-31 does not exist in Europe/London")
    ]


def test_a_local_time_that_came_twice_is_kept_as_the_earlier_and_flagged(desk):
    done = desk.bring(calls("b,2024-10-27 01:30:00,,,,"), 'zone = "Europe/London"' + MORE)
    assert desk.rows("call_id, entered_at, quality_flags") == [
        ("a", datetime(2024, 1, 1, 10), None),
        ("b", datetime(2024, 10, 27, 0, 30), ["ambiguous_time"]),
    ]
    assert any(note.startswith("1 rows have a local time that came twice") for note in done.notes)


def test_of_a_local_time_that_came_twice_the_one_in_order_is_taken(desk):
    """From 01:54 in summer time to 01:00 and 01:10 in winter time: six and sixteen minutes."""
    columns = "call_id,entered_at,connected_at,ended_at\n"
    body = columns + "b,2024-10-27 01:54:00,2024-10-27 01:00:00,2024-10-27 01:10:00\n"
    mapping = CALLS + 'connected_at = "connected_at"\nended_at = "ended_at"\n'
    desk.bring(body, 'zone = "Europe/London"' + mapping)
    assert desk.rows("entered_at, connected_at, ended_at, quality_flags") == [
        (
            datetime(2024, 10, 27, 0, 54),
            datetime(2024, 10, 27, 1, 0),
            datetime(2024, 10, 27, 1, 10),
            ["ambiguous_time"],
        )
    ]


def test_instants_in_the_future_are_refused(desk):
    tomorrow = datetime.now(UTC) + timedelta(hours=12)
    far = datetime.now(UTC) + timedelta(days=3)
    desk.bring(
        calls(f"b,{tomorrow:%Y-%m-%d %H:%M:%S},,,,", f"c,{far:%Y-%m-%d %H:%M:%S}Z,,,,"), MORE
    )
    assert desk.rows() == ["a", "b"]
    ((row, reason),) = desk.rejected()
    assert row == 2
    assert reason == f"entered_at is in the future ({far:%Y-%m-%d %H:%M:%S})"


def test_years_of_two_digits_are_refused(desk):
    expression = "strptime(entered_at, '%d/%m/%Y')"
    body = "call_id,entered_at\nb,31/01/24\n"
    desk.bring(body, CALLS.replace('"entered_at"', f'"{expression}"'))
    ((row, reason),) = desk.rejected()
    assert row == 1
    assert reason.startswith("entered_at is before 1900 (0024-01-3")


def test_an_end_before_the_start_is_refused(desk):
    desk.bring(calls("b,2024-01-01 10:00:00,2024-01-01 09:59:59,,,"), MORE)
    assert desk.rejected() == [
        (1, "ended_at (2024-01-01 09:59:59) is before entered_at (2024-01-01 10:00:00)")
    ]


def test_negative_durations_are_refused(desk):
    desk.bring(calls("b,2024-01-01 10:00:00,,-3,,"), MORE)
    assert desk.rejected() == [(1, "wait_seconds is negative (-3.0)")]


@pytest.mark.parametrize("word", ["abc", "nan", "inf", "1,5", "0:30"])
def test_numbers_that_are_none_are_refused(desk, word):
    desk.bring(calls(f'b,2024-01-01 10:00:00,,"{word}",,'), MORE)
    assert desk.rejected() == [(1, f"wait_seconds: '{word}' is not a number")]


def test_unknown_outcome_words_are_refused_and_known_ones_may_be_written_otherwise(desk):
    desk.bring(calls("b,2024-01-01 10:00:00,,,,WEIRD", "c,2024-01-01 10:00:00,,,, Answered "), MORE)
    ((row, reason),) = desk.rejected()
    assert row == 1
    assert reason.startswith("outcome: 'WEIRD' is not one of answered, abandoned, ")
    assert desk.rows("call_id, outcome") == [("a", "answered"), ("c", "answered")]


@pytest.mark.parametrize("key", ["", "  ", '""'])
def test_a_missing_key_is_refused(desk, key):
    desk.bring(calls(f"{key},2024-01-01 10:00:00,,,,"), MORE)
    assert desk.rejected() == [(1, "call_id is missing")]


def test_a_missing_required_instant_is_refused(desk):
    desk.bring(calls("b,,,,,"), MORE)
    assert desk.rejected() == [(1, "entered_at is missing")]


def test_doubled_keys_with_different_content_the_later_received_wins_and_is_counted(desk):
    body = (
        "call_id,entered_at,queue,at\n"
        "a,2024-01-01 10:00:00,second,2024-01-03 00:00:00\n"
        "a,2024-01-01 10:00:00,first,2024-01-02 00:00:00\n"
        "b,2024-01-01 10:00:00,same,2024-01-02 00:00:00\n"
        "b,2024-01-01 10:00:00,same,2024-01-02 00:00:00\n"
        "c,2024-01-01 10:00:00,above,2024-01-02 00:00:00\n"
        "c,2024-01-01 10:00:00,below,2024-01-02 00:00:00\n"
    )
    mapping = CALLS + 'queue = "queue"\nreceived_at = "at"'
    done = desk.bring(body, mapping)
    assert (done.new, done.doubled, done.doubled_differently) == (3, 3, 2)
    assert desk.rows("call_id, queue") == [("a", "second"), ("b", "same"), ("c", "below")]


def test_a_repaired_mapping_leaves_no_rejected_rows(desk):
    body = calls("b,31.1.2024 10:00,,,,")
    assert desk.bring(body, MORE).rejected == 1
    healed = MORE.replace(
        '"entered_at"', "\"try_strptime(entered_at, ['%d.%m.%Y %H:%M', '%Y-%m-%d %H:%M:%S'])\""
    )
    done = desk.bring(body, healed)
    assert (done.new, done.unchanged, done.rejected) == (1, 1, 0)
    assert not desk.rejected()


def test_rejected_rows_of_another_file_stay(desk):
    desk.bring(calls("b,,,,,"), MORE, name="one.csv")
    desk.bring(calls("c,,,,,"), MORE, name="two.csv")
    assert desk.rejected("file, row") == [("one.csv", 1), ("two.csv", 1)]


def test_many_refused_rows_are_counted_by_kind_with_an_example(desk):
    lines = [f"r{n},2024-01-01,,x{n},," for n in range(1000)] + ["s,,,,,"]
    done = desk.bring(calls(*lines), MORE)
    assert done.rejected == 1001
    assert done.reasons == (
        ("wait_seconds is not a number", 1000, "wait_seconds: 'x0' is not a number"),
        ("entered_at is missing", 1, "entered_at is missing"),
    )


def test_a_file_that_is_not_there(desk):
    with pytest.raises(HearwellError, match="does not exist"):
        desk.bring(desk.folder / "nowhere.csv")


def test_a_folder(desk):
    with pytest.raises(HearwellError, match="is a folder: name the files in it"):
        desk.bring(desk.folder)
