"""A proposed mapping runs as it is, says what was guessed, and keeps what vendors export."""

import json
from datetime import time

import pytest
from jobs.workbooks import DATE_TIME, xlsx

from hearwell.jobs.bring_in import bring_in, suggestion
from hearwell.records import RECORDS
from hearwell.sources.file.errors import NoProposal
from hearwell.sources.file.mapping import Mapping


@pytest.fixture
def propose(desk):
    """Propose for a file, run the proposal once it was written down and read again."""

    def proposing(text, record="call", name="calls.csv"):
        path = desk.file(text, name) if isinstance(text, str) else text
        proposal = suggestion(desk.lake, path, RECORDS[record])
        (desk.folder / "map.toml").write_text(proposal.text, "utf-8")
        mapping = Mapping.read(desk.folder / "map.toml")
        assert mapping.columns == proposal.mapping.columns
        mapping = mapping.model_copy(update={"source": desk.source})
        done = bring_in(desk.lake, path, RECORDS[record], mapping)
        return proposal, done

    return proposing


def test_our_own_names(propose):
    body = (
        "call_id,queue,entered_at,wait_seconds,outcome,extra\n"
        "a,sales,2024-01-01 10:00:00,12,answered,x\nb,care,2024-01-02 10:00:00,1.5,abandoned,y\n"
    )
    proposal, done = propose(body)
    assert (done.new, done.rejected) == (2, 0)
    assert not proposal.notes
    assert "# Not used: extra" in proposal.text
    assert proposal.columns[:3] == ["call_id", "leg", "queue"]
    assert proposal.rows[0][:3] == ("a", 1, "sales")


def test_amazon_connect(desk, propose):
    body = (
        "ContactId,InitiationMethod,Queue.Name,Queue.EnqueueTimestamp,InitiationTimestamp,"
        "Agent.ConnectedToAgentTimestamp,DisconnectTimestamp,Queue.Duration,"
        "Agent.AgentInteractionDuration,Agent.CustomerHoldDuration,Agent.NumberOfHolds,"
        "Agent.AfterContactWorkDuration,CustomerEndpoint.Address,Agent.Username\n"
        "c1,INBOUND,billing,2024-01-01T10:00:05Z,2024-01-01T10:00:00Z,2024-01-01T10:00:25Z,"
        "2024-01-01T10:05:00Z,20,200,30,1,15,+442079460123,ann\n"
    )
    _, done = propose(body)
    assert (done.new, done.rejected) == (1, 0)
    assert desk.rows(
        "call_id, direction, queue, wait_seconds, talk_seconds, hold_seconds, holds, "
        "wrap_up_seconds, agent_id, caller is not null"
    ) == [("c1", "inbound", "billing", 20.0, 200.0, 30.0, 1, 15.0, "ann", True)]
    assert desk.rows("entered_at::time, connected_at::time, ended_at::time, started_at::time") == [
        (time(10, 0, 5), time(10, 0, 25), time(10, 5), time(10))
    ]


def test_freeswitch_epochs_and_words(desk, propose):
    body = (
        "xml_cdr_uuid,cc_queue,cc_queue_joined_epoch,cc_queue_answered_epoch,end_epoch,"
        "caller_id_number,Call Status\n"
        "u1,1000,1704103200,1704103210,1704103300,2079460123,Answered\n"
        "u2,1000,1704103300,,1704103400,2079460124,Hang-up\n"
    )
    _, done = propose(body)
    assert (done.new, done.rejected) == (2, 0)
    assert desk.rows("call_id, entered_at::varchar, connected_at::varchar, outcome") == [
        ("u1", "2024-01-01 10:00:00", "2024-01-01 10:00:10", "answered"),
        ("u2", "2024-01-01 10:01:40", None, "abandoned"),
    ]


def test_zendesk_tickets(desk, propose):
    body = (
        "Id,Requester id,Assignee,Group,Subject,Priority,Via,Created at,Solved at\n"
        "1,77,Ann,Tier 1,Help,-,Mail,2024-01-01 10:00,2024-01-02 10:00\n"
        "2,78,Bob,Tier 1,No,High,Web,2024-01-01 11:00,\n"
    )
    _, done = propose(body, "case")
    assert (done.new, done.rejected) == (2, 0)
    assert desk.rows("case_id, priority, channel, agent_id, team", '"case"') == [
        ("1", None, "Mail", "Ann", "Tier 1"),
        ("2", "High", "Web", "Bob", "Tier 1"),
    ]


def test_qualtrics_has_two_more_rows_of_header(desk, propose):
    import_id = json.dumps({"ImportId": "x"}).replace('"', '""')
    body = (
        "StartDate,EndDate,RecordedDate,ResponseId,UserLanguage,Q_NPS\n"
        '"Start Date","End Date","Recorded Date","Response ID","User Language","How likely?"\n'
        + ",".join([f'"{import_id}"'] * 6)
        + "\n"
        + "2024-01-01 10:00:00,2024-01-01 10:01:00,2024-01-01 10:01:00,R_1,EN,9\n"
        + "2024-01-01 11:00:00,2024-01-01 11:01:00,2024-01-01 11:01:00,R_2,EN,\n"
    )
    _, done = propose(body, "survey")
    assert (done.new, done.left_out, done.rejected) == (2, 2, 0)
    assert desk.rows("survey_id, instrument, scale_low, scale_high, status, answer", "survey") == [
        ("R_1", "nps", 0.0, 10.0, "answered", 9.0),
        ("R_2", "nps", 0.0, 10.0, "started", None),
    ]


@pytest.mark.parametrize(
    ("values", "format_", "doubt"),
    [
        (["31/01/2024 10:00", "01/02/2024 11:00"], "%d/%m/%Y %H:%M", False),
        (["01/31/2024 10:00", "02/01/2024 11:00"], "%m/%d/%Y %H:%M", False),
        (["01/02/2024", "02/02/2024", "03/02/2024", "01/03/2024"], "%d/%m/%Y", False),
        (["01/02/2024", "01/03/2024", "02/01/2024"], "%m/%d/%Y", False),
        (["05/06/2024", "05/06/2024"], "%d/%m/%Y", True),
        (["31.01.2024 10:00:00"], "%d.%m.%Y %H:%M:%S", False),
        (["1/31/24 1:05 PM"], "%m/%d/%y %I:%M %p", False),
        (["20240131"], "%Y%m%d", False),
        (["31 Jan 2024 10:00"], "%d %b %Y %H:%M", False),
        (["Jan 31, 2024"], "%b %d, %Y", False),
        (["31/01/2024 10:00", "nonsense"], "%d/%m/%Y %H:%M", True),
    ],
)
def test_formats_of_dates(propose, values, format_, doubt):
    body = "call_id,entered_at\n" + "".join(f'{n},"{v}"\n' for n, v in enumerate(values))
    proposal, done = propose(body)
    assert proposal.mapping.columns["entered_at"] == f"strptime(entered_at, '{format_}')"
    assert bool(proposal.notes) == doubt
    assert done.rejected == values.count("nonsense")


def test_dates_that_fit_both_ways_are_told(propose):
    proposal, _ = propose("call_id,entered_at\n1,05/06/2024\n2,05/06/2024\n")
    assert "# day/month, or is it month/day? Both fit" in proposal.text
    assert "can be read as day/month and as month/day" in proposal.notes[0]


@pytest.mark.parametrize(
    ("header", "value", "expression"),
    [
        ("wait_seconds", "12.5", "wait_seconds"),
        ("Wait time", "0:01:05", 'epoch("Wait time"::interval)'),
        ("wait", "1:05", "epoch(('00:' || wait)::interval)"),
        ("waitTimeMs", "1500", "waitTimeMs::double / 1000"),
        ("Wait time (min)", "1.5", '"Wait time (min)"::double * 60'),
        ("wait", "1,5", "replace(replace(wait, '.', ''), ',', '.')"),
        ("wait", "1,500", "replace(replace(wait, '.', ''), ',', '.')"),
        ("wait", " 5 ", "trim(wait)"),
    ],
)
def test_durations(propose, header, value, expression):
    proposal, done = propose(f"call_id;entered_at;{header}\na;2024-01-01;{value}\n")
    assert proposal.mapping.columns["wait_seconds"] == expression
    assert done.rejected == 0


def test_words_that_are_not_understood_are_told_and_their_rows_refused(propose):
    body = "call_id,entered_at,disposition\na,2024-01-01,HANDLED\nb,2024-01-01,PHANTOM\n"
    proposal, done = propose(body)
    assert proposal.mapping.columns["outcome"] == (
        "case disposition when 'HANDLED' then 'answered' else disposition end"
    )
    assert "are not understood and their rows are refused: 'PHANTOM'" in proposal.notes[0]
    assert (done.new, done.rejected) == (1, 1)


def test_a_file_without_a_key(propose):
    proposal, done = propose(
        "started,queue\n2024-01-01 10:00,a\n2024-01-01 10:00,b\n", name="x.csv"
    )
    assert proposal.mapping.columns["call_id"].startswith("md5(")
    assert any("no column looks like a key" in note for note in proposal.notes)
    assert done.new == 2


def test_a_key_that_is_none_is_told(propose):
    body = "call_id,entered_at\na,2024-01-01\na,2024-01-02\n"
    proposal, done = propose(body)
    assert any("is that the right key?" in note for note in proposal.notes)
    assert (done.new, done.doubled) == (1, 1)


def test_a_file_that_cannot_be_mapped_gives_a_beginning(propose):
    with pytest.raises(NoProposal) as error:
        propose("name,colour\nx,red\n")
    assert "no column looks like entered_at, which each call must have" in str(error.value)
    assert 'record = "call"' in str(error.value)


def test_headers_that_need_quotes(desk, propose):
    body = 'Call ID;Entered at;"Queue ""Name""";Talk time\na;2024-01-01;sales;7\n'
    _, done = propose(body)
    assert done.new == 1
    assert desk.rows("queue, talk_seconds") == [("sales", 7.0)]


def test_other_formats(desk, propose):
    file = xlsx(
        desk.folder / "Calls 2024-01.xlsx",
        [["Call ID", "Entered", "Queue"], ["a", (45292.5, DATE_TIME), "sales"]],
    )
    proposal, done = propose(file)
    assert done.new == 1
    assert 'source = "calls"' in proposal.text
    lines = '{"id": "b", "created_at": "2024-01-01T10:00:00Z", "wait": 3}\n'
    _, done = propose(lines, name="calls.jsonl")
    assert (done.new, done.rejected) == (1, 0)
    assert desk.rows("call_id, wait_seconds") == [("a", None), ("b", 3.0)]
