"""Wrong numbers of surveys that were once seen. None of these may be weakened."""

import pytest
from engine.tables import cell, holding, surveys, utc

TEN = {"instrument": "nps", "scale_low": 0, "scale_high": 10}
SEVEN = {"instrument": "ces", "scale_low": 1, "scale_high": 7}


def test_answers_on_a_reversed_scale_are_not_averaged_with_the_others(lake):
    """The average of a scale of 1 to 5 leaves out questions on which 1 is best.

    A delighted 1 was averaged with a delighted 5, to a middling 3.
    """
    rows = surveys(*[{"answer": 5}] * 5, {"answer": 1, "higher_is_better": False})
    found = cell(holding(lake, survey=rows), "customer_satisfaction", "mean")
    assert (found["value"], found["n"]) == (5.0, 5)
    assert found["left_out"] == {"not on a scale of 1 to 5, 5 best": 1}


@pytest.mark.parametrize(
    ("variant", "value"), [("score", 100), ("promoters", 1), ("detractors", 0), ("weighted", 100)]
)
def test_on_a_reversed_scale_of_ten_nobody_is_a_promoter(lake, variant, value):
    """Where 0 is the best answer, a 0 is no detractor and a 10 is no promoter.

    They were: a question asked the other way round turned the score on its head.
    """
    reversed_ten = TEN | {"higher_is_better": False, "weight": 1.0}
    rows = surveys(*[TEN | {"answer": 10, "weight": 1.0}] * 5, *[reversed_ten | {"answer": 0}] * 3)
    found = cell(holding(lake, survey=rows), "net_promoter_score", variant)
    assert (found["value"], found["n"]) == (value, 5)
    assert found["left_out"] == {"not on a scale of 0 to 10, 10 best": 3}


@pytest.mark.parametrize("variant", ["score", "promoters", "detractors"])
def test_answers_off_the_scale_of_ten_are_told(lake, variant):
    """An 11 (blank, in some files) and an answer on an unknown scale are left out, and told.

    Both vanished: they were in no denominator and in no list of what was left out.
    """
    unknown = {"instrument": "nps", "scale_low": None, "scale_high": None, "answer": 9}
    rows = surveys(TEN | {"answer": 10}, TEN | {"answer": 11}, unknown)
    found = cell(holding(lake, survey=rows), "net_promoter_score", variant)
    assert found["n"] == 1
    assert found["left_out"] == {"answer outside its scale": 1, "scale not known": 1}


@pytest.mark.parametrize("variant", ["mean", "easy", "normalised"])
def test_effort_answers_off_their_scale_are_told(lake, variant):
    """An 8 on a scale of 1 to 7 is left out of the effort score, and told. It vanished."""
    rows = surveys(SEVEN | {"answer": 7}, SEVEN | {"answer": 8}, SEVEN | {"scale_low": None})
    rows[2]["answer"] = 3
    found = cell(holding(lake, survey=rows), "customer_effort_score", variant)
    assert found["n"] == 1
    assert found["left_out"] == {"answer outside its scale": 1, "scale not known": 1}


def test_an_answer_on_an_unknown_scale_is_not_said_to_be_off_its_scale(lake):
    """Where the scale is not known, that is the reason, and not the answer."""
    rows = surveys({"answer": 4}, {"answer": 4, "scale_high": None}, {"answer": 6})
    found = cell(holding(lake, survey=rows), "customer_satisfaction")
    assert found["left_out"] == {"answer outside its scale": 1, "scale not known": 1}


def test_who_was_never_asked_is_not_forgotten_in_the_send_rate(lake):
    """Without the day on which people became eligible there is no send rate.

    Those who were asked were dated by the day of sending; those who were not have no day, and
    fell out. The rate was 100 % for every source that does not tell who was eligible.
    """
    rows = surveys({}, {"status": "throttled", "sent_at": None, "answered_at": None})
    found = cell(holding(lake, survey=rows), "survey_send_rate")
    assert (found["value"], found["n"]) == (None, 0)
    assert found["left_out"] == {"not known when they became eligible": 1}


@pytest.mark.parametrize("variant", ["answered", "started"])
def test_an_invitation_of_unknown_status_is_told(lake, variant):
    """Sent, but what became of it is not known: left out of the response rate, and told."""
    rows = surveys(*[{}] * 5, {"status": None}, {"status": "bounced"})
    found = cell(holding(lake, survey=rows), "survey_response_rate", variant)
    assert (found["value"], found["n"]) == (1.0, 5)
    assert found["left_out"] == {"status not known": 1, "bounced": 1}


@pytest.mark.parametrize(
    ("metric", "variant", "row", "value"),
    [
        ("customer_satisfaction", "satisfied", {"answer": 5}, 1),
        ("customer_satisfaction", "mean", {"answer": 5}, 5),
        ("net_promoter_score", "score", TEN | {"answer": 10}, 100),
        ("customer_effort_score", "easy", SEVEN | {"answer": 7}, 1),
        ("survey_response_rate", "answered", {"answer": 5}, 1),
        ("survey_send_rate", "sent", {"eligible_at": utc("2026-01-05"), "answer": 5}, 1),
    ],
)
def test_who_was_asked_again_does_not_count_among_those_who_answered(
    lake, metric, variant, row, value
):
    """A few of those who had not answered are drawn and asked again, to learn of the others.

    Their answers counted in the scores, as if they were as many as those who answer by themselves.
    """
    again = row | {"follows": "7", "answer": 1, "status": "expired"}
    found = cell(holding(lake, survey=surveys(*[row] * 6, *[again] * 3)), metric, variant)
    assert (found["value"], found["n"]) == (value, 6)
    assert found["left_out"] == {"asked again, because they had not answered": 3}
