"""The recorded system: every figure that the design asks for, by plain SQL over the tables.

Asterisk counted itself, and the callers and agents wrote down what they did.
"""

import re
from datetime import UTC, datetime

import duckdb
import pytest

from hearwell.lake.identity import hashed_number
from hearwell.lake.tables import typed
from hearwell.records import RECORDS
from hearwell.sources.asterisk.read import read

T = 5  # seconds, as in the queues' own settings
OFFERED = "outcome not in ('unknown_restart', 'open', 'ivr_abandoned')"
SHARES = f"""
    select
        count(*) filter (outcome = 'answered' and wait_seconds <= {T})
            / count(*) filter (outcome = 'answered'),
        count(*) filter (outcome = 'answered' and wait_seconds <= {T}) / count(*),
        count(*) filter (outcome = 'abandoned') / count(*),
        sum(wait_seconds) / count(*) filter (outcome = 'abandoned')
    from {{}} where {OFFERED}
"""


@pytest.fixture(scope="module")
def recorded(examples, tmp_path_factory):
    """Three readings of the recording: the log alone, with CEL, and the log up to phase 1."""
    phase_1 = tmp_path_factory.mktemp("phase_1") / "queue_log"
    lines = (examples / "queue_log").read_bytes().splitlines(keepends=True)
    phase_1.write_bytes(b"".join(lines[:2273]))
    whole, cel = [examples / "queue_log"], [examples / "cel.csv.gz"]
    readings = {"log": (whole, []), "cel": (whole, cel), "phase_1": ([phase_1], [])}
    with duckdb.connect() as connection:
        for name, (queue_log, channel_events) in readings.items():
            result = read(
                connection,
                queue_log=queue_log,
                cel=channel_events,
                source="asterisk:lab",
                received_at=datetime(2026, 11, 22, tzinfo=UTC),
                identity_key="k",
            )
            for record, table in result.tables.items():
                connection.execute(f"create temp table {name}_{record} as from {table}")
            connection.execute(f"create temp table {name}_note (text varchar)")
            connection.executemany(
                f"insert into {name}_note values (?)", [[note] for note in result.notes]
            )
        for name, columns in TRUTH.items():
            connection.execute(
                f"create temp table {name} as from read_json('{examples / name}.jsonl', "
                f"columns={columns})"
            )
        yield connection


TRUTH = {
    "truth_calls": {
        **dict.fromkeys(("run", "caller", "outcome", "ended_by"), "varchar"),
        **dict.fromkeys(("n", "attempt"), "integer"),
        **dict.fromkeys(("t_start", "t_connect", "t_end", "t_pbxanswer"), "double"),
    },
    "truth_agents": {
        "agent": "varchar",
        "caller": "varchar",
        "t_answer": "double",
        "acw": "double",
        "holds": "double[][]",
        "result": "varchar",
    },
}
READINGS = pytest.mark.parametrize("reading", ["log", "cel"])


@READINGS
def test_legs_and_what_became_of_them(recorded, reading):
    counted = dict(
        recorded.execute(
            f"select outcome, count(*) from {reading}_call group by outcome"
        ).fetchall()
    )
    lost_before = {"ivr_abandoned": 5} if reading == "cel" else {}
    assert counted == lost_before | {
        "answered": 232,
        "abandoned": 165,
        "key_exit": 7,
        "timeout": 9,
        "empty_exit": 12,
        "unknown_restart": 8,
    }
    legs = f"select count(*), count(distinct call_id), max(leg) from {reading}_call where {OFFERED}"
    assert recorded.execute(f"{legs} or outcome = 'unknown_restart'").fetchall() == [(433, 423, 2)]


def test_service_level_from_the_log(recorded):
    answered_only, of_offered, abandoned, patience = recorded.execute(
        SHARES.format("log_call")
    ).fetchone()
    assert answered_only == pytest.approx(0.4784, abs=5e-5)
    assert of_offered == pytest.approx(0.2612, abs=5e-5)
    assert abandoned == pytest.approx(0.3882, abs=5e-5)
    assert patience == pytest.approx(15.74, abs=0.005)


def test_service_level_with_cel_counts_fewer_in_time(recorded):
    """A wait of 5.3 s is 5 in the log: 111 answers look in time, 106 are."""
    answered_only, of_offered, abandoned, patience = recorded.execute(
        SHARES.format("cel_call")
    ).fetchone()
    assert answered_only == pytest.approx(106 / 232)
    assert of_offered == pytest.approx(106 / 425)
    assert abandoned == pytest.approx(165 / 425)
    assert patience == pytest.approx(15.77, abs=0.005)


@pytest.mark.parametrize(
    ("reading", "expected"),  # all answered, those of support, of billing, and abandoned
    [("log", (6.22, 7.476, 4.126, 5.812)), ("cel", (6.254, 7.534, 4.120, 5.796))],
)
def test_mean_waits(recorded, reading, expected):
    means = recorded.execute(f"""
        select avg(wait_seconds) filter (outcome = 'answered'),
            avg(wait_seconds) filter (outcome = 'answered' and queue = 'support'),
            avg(wait_seconds) filter (outcome = 'answered' and queue = 'billing'),
            avg(wait_seconds) filter (outcome = 'abandoned')
        from {reading}_call
    """).fetchone()
    assert means == pytest.approx(expected, abs=0.001)


@READINGS
def test_transfers(recorded, reading):
    kinds = recorded.execute(f"""
        select transfer_kind, transfer_to, count(*) from {reading}_call
        where ended_by = 'transfer' and outcome = 'answered'
        group by all order by all
    """).fetchall()
    attended = "7001" if reading == "cel" else None  # the log does not tell whom it reached
    assert kinds == [("attended", attended, 12), ("blind", "7001", 9), ("blind", "billing", 6)]


@READINGS
def test_what_was_repaired_is_marked(recorded, reading):
    flags = recorded.execute(f"""
        select flag, count(*) from (select unnest(quality_flags) as flag from {reading}_call)
        group by flag order by flag
    """).fetchall()
    assert flags == [("repaired_end", 1), ("stuck", 1), ("unknown_restart", 8)]
    (stuck,) = recorded.execute(f"""
        select call_id, agent_id, quality_flags from {reading}_call
        where list_contains(quality_flags, 'stuck')
    """).fetchall()
    assert stuck == ("lab-1795283871.632", "agent4", ["unknown_restart", "stuck"])


def test_notes(recorded):
    told = [text for (text,) in recorded.execute("from cel_note").fetchall()]
    assert told == [
        "22 lines of events that are not used: 21 SURVEY, 1 INFO.",
        "8 calls were cut by a restart at 2026-11-21 18:02:54 UTC: their end is not known.",
        "1 call never ended in the log though the agent was free again.",
        "1 end was logged under the id of another call and given back to the talk that had none.",
        "5 calls hung up before any queue.",
    ]


def test_holds(recorded):
    ((held, seconds),) = recorded.execute(
        "select sum(holds), sum(hold_seconds) from cel_call"
    ).fetchall()
    assert (held, seconds) == (71, pytest.approx(198.85, abs=0.01))
    ((held, seconds),) = recorded.execute("""
        select count(*), sum(hold[2] - hold[1])
        from (select unnest(holds) as hold from truth_agents)
    """).fetchall()
    assert (held, seconds) == (71, pytest.approx(198.87, abs=0.01))
    unknown = "select count(*) from {}_call where outcome = 'answered' and hold_seconds is null"
    assert recorded.execute(unknown.format("cel")).fetchall() == [(0,)]
    assert recorded.execute(unknown.format("log")).fetchall() == [(232,)]


def test_talk_and_hold_are_the_time_connected(recorded):
    ((most,),) = recorded.execute("""
        select max(abs(connected_seconds - talk_seconds - hold_seconds)) from cel_call
        where outcome = 'answered'
    """).fetchall()
    assert most < 1e-6


def test_asterisk_counted_the_same_in_phase_1(recorded, examples):
    """One call apart: a stuck call was answered, but never completed, so Asterisk has it not."""
    shown = (examples / "queue_show_phase1.txt").read_text()
    counters = {
        name: tuple(map(float, numbers))
        for name, *numbers in re.findall(
            r"(\w+) has .* C:(\d+), A:(\d+), SL:([\d.]+)%, SL2:([\d.]+)%", shown
        )
    }
    ours = {
        queue: numbers
        for queue, *numbers in recorded.execute(f"""
            select queue,
                count(connected_at) as answered,
                count(*) filter (
                    outcome in ('abandoned', 'timeout', 'empty_exit', 'withdrawn', 'failed')
                ) as lost,
                100 * count(connected_at) filter (wait_seconds <= {T}) / answered as level_1,
                100 * count(*) filter (wait_seconds <= {T} and outcome <> 'key_exit')
                    / (answered + lost) as level_2
            from phase_1_call group by queue
        """).fetchall()
    }
    assert counters["billing"] == (83, 40, 72.3, 69.1)
    assert ours["billing"] == [83, 40, *(pytest.approx(n, abs=0.05) for n in (72.3, 69.1))]
    assert counters["support"] == (139, 145, 30.2, 40.5)
    assert ours["support"] == [140, 145, *(pytest.approx(n, abs=0.05) for n in (30.0, 40.4))]


def test_phase_1_ends_with_the_stuck_call_open(recorded):
    assert recorded.execute("""
        select call_id, quality_flags from phase_1_call where outcome = 'open'
    """).fetchall() == [("lab-1795283871.632", ["stuck"])]


@pytest.mark.parametrize(("reading", "mean", "spread"), [("log", 0.1, 0.5), ("cel", 0.005, 0.005)])
def test_waits_against_what_callers_saw(recorded, reading, mean, spread):
    """Callers of 8601 hear a greeting of one second before the queue."""
    number = hashed_number("t.caller", "k")
    ((calls, error, deviation),) = recorded.execute(f"""
        with met as (
            select c.wait_seconds - (t.t_connect - t.t_start - if(t.t_pbxanswer is null, 0, 1.001))
                as error
            from truth_calls t
            join {reading}_call c on c.caller = {number} and c.leg = 1
                and epoch(c.entered_at) between t.t_start - 1.1 and t.t_start + 2.1
            where c.outcome = 'answered' and t.t_connect is not null
        )
        select count(*), avg(error), stddev(error) from met
    """).fetchall()
    assert calls > 200
    assert abs(error) < mean
    assert deviation < spread


def test_the_whole_path_of_each_caller_is_in_cel(recorded):
    """Also those who hung up in the greeting: every attempt of the generator is found."""
    number = hashed_number("t.caller", "k")
    ((missed,),) = recorded.execute(f"""
        select count(*) from truth_calls t
        where not exists (
            from cel_call c where c.caller = {number} and c.leg = 1
                and abs(epoch(c.started_at) - t.t_start) < 0.1)
    """).fetchall()
    assert missed == 0


def test_wrap_up_against_what_agents_did(recorded):
    """To the second of the log; 0 where the agent did none.

    Once an agent was taken out of the queues during a call: Asterisk logged no pause after it.
    """
    met = recorded.execute("""
        select c.wrap_up_seconds - coalesce(a.acw, 0) from truth_agents a
        join cel_call c on c.agent_id = a.agent and abs(epoch(c.connected_at) - a.t_answer) < 0.5
        where c.outcome = 'answered' and a.result = 'answered'
    """).fetchall()
    errors = [error for (error,) in met if error is not None]
    assert len(errors) == len(met) - 1 > 220
    assert abs(sum(errors) / len(errors)) < 0.1
    assert max(map(abs, errors)) < 2


def test_pauses_of_an_agent_with_two_queues_count_once(recorded, examples):
    """Agent4 paused for 32 s in phase 1; the sum over both queues is 61 s."""
    over_queues, since = 0, {}
    for text in (examples / "queue_log").read_text().splitlines()[:2273]:
        second, _, queue, agent, event, *_ = text.split("|")
        if agent == "agent4" and event == "PAUSE":
            since[queue] = int(second)
        elif agent == "agent4" and event == "UNPAUSE":
            over_queues += int(second) - since.pop(queue)
    assert over_queues == 61
    ((counted,),) = recorded.execute("""
        select sum(epoch(ended_at - started_at)) from phase_1_shift
        where agent_id = 'agent4' and state <> 'staffed'
    """).fetchall()
    assert counted == 32


def test_shifts(recorded):
    """A restart ends them: members were added anew, so they had been lost."""
    assert recorded.execute("""
        select strftime(started_at, '%H:%M:%S'), strftime(ended_at, '%H:%M:%S') from log_shift
        where agent_id = 'agent1' and state = 'staffed' order by started_at
    """).fetchall() == [
        ("17:53:15", "18:02:28"),
        ("18:02:30", "18:02:50"),
        ("18:02:58", "18:03:28"),
    ]
    assert recorded.execute(
        "select count(*) from log_shift where agent_id like '%/%'"
    ).fetchall() == [(0,)]


def test_rows_fit_the_records(recorded):
    for record in ("call", "shift", "rejected"):
        wanted = {name: dtype.upper() for name, dtype in typed(RECORDS[record]).items()}
        for reading in ("log", "cel"):
            columns = recorded.execute(f"describe {reading}_{record}").fetchall()
            ours = {name: dtype for name, dtype, *_ in columns}
            assert ours.items() <= wanted.items()
            required = [n for n, c in RECORDS[record].columns().items() if c.required]
            assert set(required) <= set(ours)
            missing = " or ".join(f"{name} is null" for name in required)
            assert recorded.execute(
                f"select count(*) from {reading}_{record} where {missing}"
            ).fetchall() == [(0,)]
            words = [
                (n, c.words) for n, c in RECORDS[record].columns().items() if c.words and n in ours
            ]
            for name, known in words:
                used = recorded.execute(
                    f"select distinct {name} from {reading}_{record}"
                ).fetchall()
                assert {word for (word,) in used} <= {*known, None}
