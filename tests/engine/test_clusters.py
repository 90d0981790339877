"""Rows of one person tell less than rows of many: of everybody, and of a sample of persons."""

from dataclasses import replace

import pytest

from hearwell.engine import clusters, passes, rollup_build
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


def test_a_sample_of_persons_tells_how_much_their_rows_are_alike(lake, monkeypatch):
    """Four answers of each customer, which are alike, make an interval twice as wide."""
    answered(lake, "mail", 40_000, 4)
    answered(lake, "chat", 40_000, 1)
    exact = widths(lake)
    assert exact["mail"] / exact["chat"] == pytest.approx(2, rel=0.05)
    monkeypatch.setattr(clusters, "SAMPLE_ROWS", 5_000)
    sampled = widths(lake)
    assert sampled != exact
    assert sampled == pytest.approx(exact, rel=0.05)


def test_a_cell_of_few_persons_goes_by_the_others(lake, monkeypatch):
    """Of forty customers a sample has two or three, which may be anyone."""
    answered(lake, "mail", 40_000, 4)
    answered(lake, "chat", 160, 4)
    exact = widths(lake)
    monkeypatch.setattr(clusters, "SAMPLE_ROWS", 2_500)
    assert widths(lake) == pytest.approx(exact, rel=0.1)


def test_of_few_persons_everyone_is_added_up(lake, monkeypatch):
    """Forty customers of a thousand answers each: a sixteenth of them would be two."""
    answered(lake, "mail", 40_000, 1_000)
    exact = widths(lake)
    monkeypatch.setattr(clusters, "SAMPLE_ROWS", 2_500)
    assert widths(lake) == exact


def test_rows_of_nobody_stand_for_themselves_in_a_sample_too(lake, monkeypatch):
    answered(lake, "mail", 40_000, 4, "if(i % 8 < 4, 'm' || i // 4, null)")
    exact = widths(lake)
    monkeypatch.setattr(clusters, "SAMPLE_ROWS", 5_000)
    assert widths(lake) == pytest.approx(exact, rel=0.05)


def test_those_of_a_sample_come_first(lake):
    """One in eight of a thousand persons, and those whom nobody knows."""
    persons = (
        "select if(i < 3, null, hash(i::varchar)) as person, 1 as day from range(1000) as t(i)"
    )
    run = lake.connection.execute
    draws = run(clusters.in_order_of_draw(persons, "day")).fetchall()
    in_sample = [person is None or person % 8 == 0 for person, _, _ in draws]
    assert in_sample == sorted(in_sample, reverse=True)
    assert in_sample == [draw >= 3 for _, _, draw in draws]
    assert 3 < sum(in_sample) < 200


def test_a_roll_up_has_the_same_sample(lake, monkeypatch):
    """Its rows are in the order of the draw, and only the first of them are read."""
    answered(lake, "mail", 40_000, 4, "if(i % 8 < 6, 'm' || i // 4, null)")
    answered(lake, "chat", 40_000, 1)
    monkeypatch.setattr(clusters, "SAMPLE_ROWS", 5_000)
    sampled = widths(lake)
    surveys = [each for each in families(lake.settings) if each.record is Survey]
    monkeypatch.setattr(rollup_build, "families", lambda _: surveys)
    monkeypatch.setattr(rollup_build, "dates_of_facts", dict)
    settings = lake.settings.model_copy(update={"roll_up": RollUp(from_rows=0)})
    rolled = replace(lake, settings=settings)
    assert len(list(roll_up(rolled))) == len(surveys)
    monkeypatch.setattr(passes.Passes, "persons", None)  # a roll-up has a way of its own
    assert widths(rolled) == pytest.approx(sampled, rel=1e-9)
