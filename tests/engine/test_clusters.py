"""Rows of one person tell less than rows of many."""

from dataclasses import replace

import pytest

from hearwell.engine import passes, rollup_build
from hearwell.engine.ask import ask
from hearwell.engine.question import Asked, Question
from hearwell.engine.rollup import families
from hearwell.engine.rollup_build import roll_up
from hearwell.lake.lake import create
from hearwell.metrics.catalog import METRICS
from hearwell.records.survey import Survey
from hearwell.settings import RollUp

SATISFIED = (Asked(METRICS["customer_satisfaction"], "satisfied"),)
ANSWERS = """
insert into lake.survey by name
select 'a' as source, timestamp '2026-04-01' as received_at, 's' || i as survey_id,
    'csat' as instrument, 'answered' as status, 1.0 as scale_low, 5.0 as scale_high,
    timestamp '2026-03-02' + to_hours(i % 100) as sent_at, sent_at as answered_at,
    if(hash('{channel}' || i // {each}) % 10 < 7, 5.0, 1.0) as answer, '{channel}' as channel,
    {customer} as customer_id
from range({rows}) as t(i)
"""


def answered(lake, channel, rows, each, customer="'{channel}' || i // {each}"):
    """Put answers into a lake, of which those of one customer are alike."""
    customer = customer.format(channel=channel, each=each)
    with lake.writing("answers"):
        lake.connection.execute(
            ANSWERS.format(channel=channel, rows=rows, each=each, customer=customer)
        )


def widths(lake):
    """Return how wide the interval of each channel is, and how many were asked."""
    found = ask(lake, Question(SATISFIED, by=("channel",))).cells()
    return {each["group"]["channel"]: each["high"] - each["low"] for each in found}


@pytest.fixture
def lake(tmp_path):
    with create(tmp_path / "lake") as made:
        yield made


def test_rows_that_are_alike_tell_less(lake):
    """Four answers of each customer, which are alike, make an interval twice as wide."""
    answered(lake, "mail", 40_000, 4)
    answered(lake, "chat", 40_000, 1)
    found = widths(lake)
    assert found["mail"] / found["chat"] == pytest.approx(2, rel=0.05)


def test_one_person_of_many_rows_is_never_missed(lake):
    """A hundredth of all answers is one customer's: they tell as one, and widen the interval.

    For a while the effect was taken from a sample of persons, which had one such in every eighth.
    """
    answered(lake, "mail", 39_600, 1)
    answered(lake, "chat", 39_600, 1)
    with lake.writing("one customer"):
        lake.connection.execute(
            "insert into lake.survey by name select * replace ('x' || survey_id as survey_id, "
            "'the same' as customer_id, 5.0 as answer) from lake.survey "
            "where channel = 'mail' limit 400"
        )
    found = widths(lake)
    share, n, alike = 0.7, 40_000, 400
    effect = 1 + alike**2 * (1 - share) ** 2 / (n * share * (1 - share))
    assert found["mail"] / found["chat"] == pytest.approx(effect**0.5, rel=0.05)
    assert effect > 2


def test_a_roll_up_adds_up_the_same_persons(lake, monkeypatch):
    answered(lake, "mail", 4_000, 4, "if(i % 8 < 6, 'm' || i // 4, null)")
    answered(lake, "chat", 4_000, 1)
    exact = widths(lake)
    surveys = [each for each in families(lake.settings) if each.record is Survey]
    monkeypatch.setattr(rollup_build, "families", lambda _: surveys)
    monkeypatch.setattr(rollup_build, "dates_of_facts", dict)
    settings = lake.settings.model_copy(update={"roll_up": RollUp(from_rows=0)})
    rolled = replace(lake, settings=settings)
    assert len(list(roll_up(rolled))) == len(surveys)
    monkeypatch.setattr(passes.Passes, "persons", None)  # a roll-up has a way of its own
    assert widths(rolled) == pytest.approx(exact, rel=1e-9)
