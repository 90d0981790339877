"""An answer from memory is that of the same question to the same state of the same lake."""

import shutil
from dataclasses import replace

import pytest
from engine.tables import calls, literal, named, utc

from hearwell.engine import remembered
from hearwell.engine.question import Question
from hearwell.engine.remembered import Remembered
from hearwell.lake.lake import create
from hearwell.lake.tables import typed
from hearwell.records.call import Call
from hearwell.settings import ServiceLevel

VOLUME = named("call_volume")


def put(lake, *rows):
    usual = {"source": "test", "received_at": utc("2026-06-01")}
    columns = typed(Call)
    values = ", ".join(
        f"({', '.join(literal((usual | row).get(c)) for c in columns)})" for row in calls(*rows)
    )
    with lake.writing("put"):
        lake.connection.execute(f"insert into lake.call values {values}")


@pytest.fixture
def asked(monkeypatch):
    """Give the questions that were put to a lake, not to the memory."""
    found, ask = [], remembered.ask
    monkeypatch.setattr(
        remembered, "ask", lambda lake, question: found.append(question) or ask(lake, question)
    )
    return found


def test_the_same_question_is_asked_once_until_rows_come(tmp_path, asked):
    memory, question = Remembered(), Question((VOLUME,))
    with create(tmp_path / "lake") as lake:
        put(lake, {"call_id": "1"})
        first = memory.ask(lake, question)
        assert memory.ask(lake, question) is first
        assert memory.ask(lake, Question((VOLUME,), teams=())) is not first
        assert len(asked) == 2
        put(lake, {"call_id": "2"})
        assert memory.ask(lake, question).cells()[0]["value"] == 2
    assert len(asked) == 3


def test_other_settings_and_another_lake_have_other_answers(tmp_path, asked):
    """The service level of another limit; a lake made anew in the same place."""
    memory, question = Remembered(), Question((named("service_level", "SL3"),))
    for wait, value in ((30.0, 0), (3.0, 1)):
        with create(tmp_path / "lake") as lake:
            put(lake, {"wait_seconds": wait})
            assert memory.ask(lake, question).cells()[0]["value"] == value
            patient = lake.settings.model_copy(
                update={"service_level": ServiceLevel(answer_within_seconds=60)}
            )
            assert memory.ask(replace(lake, settings=patient), question).cells()[0]["value"] == 1
        shutil.rmtree(tmp_path / "lake")
    assert len(asked) == 4


def test_what_was_asked_longest_ago_is_forgotten_first(tmp_path, asked):
    memory = Remembered(most=1)
    with create(tmp_path / "lake") as lake:
        for question in (Question((VOLUME,)), Question((VOLUME,), grain="day")) * 2:
            memory.ask(lake, question)
    assert len(asked) == 4
