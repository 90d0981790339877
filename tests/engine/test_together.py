"""All metrics asked at once, whatever facts they need, give what each gives alone."""

import random

import pytest
from engine.test_parts_add_up import assert_alike
from engine.test_rollups import TABLES, put, some

from hearwell.engine.ask import answers_together, ask
from hearwell.engine.fact_build import build_facts
from hearwell.engine.question import Question, find
from hearwell.engine.scorecard import asked_for
from hearwell.lake.lake import create


@pytest.mark.parametrize("state", ["never built", "built", "stale"])
def test_a_scorecard_is_what_each_of_its_metrics_is_alone(tmp_path, state):
    """Facts of cases, contacts and agents are made beside each other without getting in the way."""
    dice = random.Random(3)
    with create(tmp_path / "lake") as lake:
        for name in TABLES:
            put(lake, name, [some(dice, name, i) for i in range(40)])
        if state != "never built":
            build_facts(lake)
        if state == "stale":
            for name in TABLES:
                put(lake, name, [some(dice, name, i) for i in range(35, 50)])
        asked = asked_for((), ())
        together = ask(lake, Question(asked)).answers
        for found in dice.sample(together, 12):
            (alone,) = ask(lake, Question((found.asked,))).answers
            assert_alike(found.cells("UTC", 0.95), alone.cells("UTC", 0.95))


def test_several_questions_are_answered_as_each_alone(tmp_path):
    """Those of the same facts follow each other, whatever the order of the questions."""
    dice = random.Random(5)
    with create(tmp_path / "lake") as lake:
        for name in ("call", "survey"):
            put(lake, name, [some(dice, name, i) for i in range(40)])
        asked = (find("AHT")[0], find("CSAT")[0])
        questions = [Question(asked), Question(asked[::-1], by=("team",))]
        for question, together in zip(questions, answers_together(lake, questions), strict=True):
            for found, alone in zip(together, ask(lake, question).answers, strict=True):
                assert found.asked == alone.asked
                assert_alike(found.cells("UTC", 0.95), alone.cells("UTC", 0.95))
