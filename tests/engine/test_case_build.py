"""Facts that are kept are those of a full build, whatever came in between, in whatever order."""

import random

import pytest
from engine.asked import DAYS
from engine.tables import utc
from engine.test_case_clocks import WAITS, read
from engine.test_case_facts import COMPARED, histories

from hearwell.engine import kept as kept_facts
from hearwell.engine.derived import readable
from hearwell.engine.fact_build import build_facts
from hearwell.lake.lake import create, open_lake
from hearwell.lake.merge import merge
from hearwell.lake.tables import identifier, typed
from hearwell.lake.upkeep import checkpoint
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.case_handling import CaseHandling
from hearwell.metrics.facts.reply_wait import ReplyWait
from hearwell.records import RECORDS
from hearwell.settings import Settings

from engine.case_oracle import facts as by_hand  # isort: skip
from engine.tables import DEFAULTS, literal  # isort: skip

NAMES = ("case", "message", "case_event")


@pytest.fixture
def lake(tmp_path):
    with create(tmp_path / "lake") as made:
        yield made


def bring(lake, name, rows):
    """Bring rows in as an import does."""
    columns = typed(RECORDS[name])
    body = ", ".join(
        f"({', '.join(literal((DEFAULTS | row).get(column)) for column in columns)})"
        for row in rows
    )
    types = ", ".join(
        f"{identifier(column)}::{dtype} as {identifier(column)}"
        for column, dtype in columns.items()
    )
    named = ", ".join(map(identifier, columns))
    with lake.staging() as folder:
        file = folder / "rows.parquet"
        lake.connection.execute(
            f"copy (select {types} from (values {body}) as t({named})) to '{file}' (format parquet)"
        )
        with lake.writing(f"bring {name}"):
            return merge(lake, RECORDS[name], file)


def facts(lake):
    with readable(lake, CaseFact):
        rows = lake.connection.execute(
            f"select source, case_id, {', '.join(COMPARED)} from case_fact"
        ).fetchall()
    assert len({row[:2] for row in rows}) == len(rows)
    return {row[:2]: dict(zip(COMPARED, row[2:], strict=True)) for row in rows}


def wanted(kept):
    told = by_hand(*(list(kept[name].values()) for name in NAMES))
    return {key: {name: fact[name] for name in COMPARED} for key, fact in told.items()}


def waits(lake):
    found = read(lake, ReplyWait, WAITS)
    assert len({(key, row["waiting_since"]) for key, row in found}) == len(found)
    return {(key, row["waiting_since"]): row for key, row in found}


def wanted_waits(kept):
    return {
        (key, wait["waiting_since"]): wait
        for key, fact in by_hand(*(list(kept[name].values()) for name in NAMES)).items()
        for wait in fact["waits"]
    }


def handling(lake):
    return sorted(
        ((key, row["agent_id"], row["handle_seconds"]) for key, row in read(lake, *HANDLING)),
        key=repr,
    )


def wanted_handling(kept):
    found = []
    for key, fact in by_hand(*(list(kept[name].values()) for name in NAMES)).items():
        if fact["solved_at"] is not None:
            each = [(key, agent, both[0]) for agent, both in fact["handled"].items()]
            found += each or [(key, None, None)]
    return sorted(found, key=repr)


HANDLING = (CaseHandling, ["agent_id", "handle_seconds"])
KEYS = {"case": "case_id", "message": "message_id", "case_event": "event_id"}


def key(name, row):
    return row["source"], row["case_id"] if name != "message" else "", row[KEYS[name]]


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 10))]
)
def test_what_is_kept_is_what_a_full_build_would_make(lake, seed):
    """Rows come in batches, change, are merged and deleted; checkpoints and builds lie between."""
    bring_in_batches(lake, seed)


def test_what_is_made_a_part_at_a_time_is_the_same(lake, monkeypatch):
    """As where more was brought in than fits into memory."""
    monkeypatch.setattr(kept_facts, "parts_of_all", lambda *_: 4)
    monkeypatch.setattr(kept_facts, "FEW_UNITS", 5)
    bring_in_batches(lake, 10)


def bring_in_batches(lake, seed):
    draw = random.Random(seed)
    rows = dict(zip(NAMES, histories(seed, 120), strict=True))
    kept = {name: {} for name in NAMES}
    for _ in range(8):
        name = draw.choice(NAMES)
        batch = draw.sample(rows[name], min(40, len(rows[name])))
        if name == "case":  # some are merged into others, or no longer
            batch = [
                row
                | {"merged_into": draw.choice([None, None, None, draw.choice(batch)["case_id"]])}
                for row in batch
            ]
        bring(lake, name, batch)
        kept[name] |= {key(name, row): row for row in batch}
        if draw.random() < 0.2:
            gone = draw.choice(list(kept[name]))
            with lake.writing("erase"):
                lake.connection.execute(
                    f"delete from lake.{identifier(name)} where source = '{gone[0]}' "
                    f"and {KEYS[name]} = '{gone[2]}'"
                    + (f" and case_id = '{gone[1]}'" if name == "case_event" else "")
                )
            del kept[name][gone]
        if draw.random() < 0.3:
            checkpoint(lake, at_once=draw.random() < 0.5)
        if draw.random() < 0.6:
            build_facts(lake)
        assert facts(lake) == wanted(kept)
        if draw.random() < 0.4:
            assert waits(lake) == wanted_waits(kept)
            assert handling(lake) == wanted_handling(kept)
    build_facts(lake)
    assert facts(lake) == wanted(kept)
    assert waits(lake) == wanted_waits(kept)
    assert handling(lake) == wanted_handling(kept)
    assert build_facts(lake) is None


def test_only_what_changed_is_made_anew(lake):
    """One new message, in one of a hundred cases."""
    cases, messages, _ = histories(1, 100)
    plain = [row | {"source": "s", "merged_into": None} for row in cases]
    bring(lake, "case", plain)
    bring(lake, "message", [row | {"source": "s"} for row in messages])
    done = build_facts(lake)
    assert (done.units["cases"], done.is_full) == (100, True)
    bring(lake, "message", [messages[0] | {"source": "s", "message_id": "new"}])
    done = build_facts(lake)
    assert (done.units["cases"], done.is_full) == (1, False)


def test_a_state_of_the_past_has_its_own_facts(lake):
    """Read as of before the reply came, the case has none."""
    (case, *_), _, _ = histories(2, 1)
    case |= {"source": "s", "merged_into": None, "customer_id": "ann"}
    word = {"source": "s", "case_id": case["case_id"], "sent_at": case["opened_at"]}
    bring(lake, "case", [case])
    bring(lake, "message", [word | {"message_id": "1", "author_kind": "customer"}])
    build_facts(lake)
    before = lake.snapshot
    bring(lake, "message", [word | {"message_id": "2", "author_kind": "agent"}])
    build_facts(lake)
    ((_, now),) = facts(lake).items()
    path = lake.path
    lake.close()
    with open_lake(path, as_of=str(before)) as past:
        ((_, then),) = facts(past).items()
    assert (then["human_replies"], now["human_replies"]) == (0, 1)


def test_what_was_forgotten_is_not_followed(lake):
    """A checkpoint that forgets the states since the last build leads to a full one."""
    cases, messages, _ = histories(4, 20)
    bring(lake, "case", cases)
    build_facts(lake)
    bring(lake, "message", messages)
    bring(lake, "message", [messages[0] | {"message_id": "new"}])
    lake.settings = lake.settings.model_copy(update={"keep_snapshots_days": 0})
    checkpoint(lake, at_once=True)
    assert build_facts(lake).is_full


def test_another_rule_makes_all_anew(lake, monkeypatch):
    """Facts that an older version made are not answered from."""
    cases, messages, _ = histories(3, 20)
    bring(lake, "case", cases)
    bring(lake, "message", messages)
    build_facts(lake)
    monkeypatch.setattr("hearwell.engine.fact_build.formulas", lambda: "another")
    assert build_facts(lake).is_full


OFFICE = {
    "name": "office",
    "zone": "UTC",
    "blocks": [{"days": DAYS, "opens": "09:00", "closes": "17:00"}],
}
EVENING = OFFICE | {"blocks": [{"days": DAYS, "opens": "17:00", "closes": "22:00"}]}


def test_other_opening_hours_make_all_anew(lake):
    """An answer is by the hours that are set now, before a build as after it."""
    case = {"source": "s", "case_id": "1", "opened_at": utc("2026-01-05 16:00")}
    solved = {"source": "s", "case_id": "1", "event_id": "1", "kind": "status_changed"}
    bring(lake, "case", [case])
    bring(lake, "case_event", [solved | {"at": utc("2026-01-05 20:00"), "to_value": "solved"}])
    found = []
    for schedules in ([], [OFFICE], [EVENING], []):
        lake.settings = Settings(schedule=schedules)
        for build in (lambda _: None, build_facts):
            build(lake)
            ((_, row),) = read(lake, CaseFact, ["agent_work_business_seconds"])
            found.append(row["agent_work_business_seconds"])
        assert build_facts(lake) is None
    assert found == [None, None, 3600.0, 3600.0, 3 * 3600.0, 3 * 3600.0, None, None]
