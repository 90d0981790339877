"""Rows of one person tell less than rows of many."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student_t

from hearwell.engine import clusters, passes, rollup_build
from hearwell.engine.ask import ask
from hearwell.engine.question import Asked, Question
from hearwell.engine.rollup import families
from hearwell.engine.rollup_build import roll_up
from hearwell.lake.lake import create
from hearwell.metrics.catalog import METRICS
from hearwell.records.survey import Survey
from hearwell.settings import RollUp
from hearwell.stats.interval import wilson

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


def intervals(lake):
    """Return the interval of each channel."""
    found = ask(lake, Question(SATISFIED, by=("channel",))).cells()
    return {each["group"]["channel"]: (each["low"], each["high"]) for each in found}


def widths(lake):
    return {channel: high - low for channel, (low, high) in intervals(lake).items()}


def one_customer_of(lake, rows):
    """Put so many answers of one more customer into the channel of mail, all of them alike."""
    with lake.writing("one customer"):
        lake.connection.execute(
            "insert into lake.survey by name select * replace ('x' || survey_id as survey_id, "
            "'the same' as customer_id, 5.0 as answer) from lake.survey "
            f"where channel = 'mail' limit {rows}"
        )


@pytest.fixture
def lake(tmp_path):
    with create(tmp_path / "lake") as made:
        yield made


EACH, GROUPED = 10**9, 0
BOTH_WAYS = pytest.mark.parametrize(
    ("few_rows", "error"), [(EACH, 0.05), (GROUPED, 0.25)], ids=["each person", "random groups"]
)
"""An effect that is learnt from groups has an error of 12 %, its root one of 6 %."""


@BOTH_WAYS
def test_rows_that_are_alike_tell_less(lake, monkeypatch, few_rows, error):
    """Four answers of each customer, which are alike, make an interval twice as wide."""
    monkeypatch.setattr(clusters, "FEW_ROWS", few_rows)
    answered(lake, "mail", 40_000, 4)
    answered(lake, "chat", 40_000, 1)
    found = widths(lake)
    assert found["mail"] / found["chat"] == pytest.approx(2, rel=error)


@BOTH_WAYS
def test_one_person_of_many_rows_is_never_missed(lake, monkeypatch, few_rows, error):
    """A hundredth of all answers is one customer's: they tell as one, and widen the interval.

    For a while the effect was taken from a sample of persons, which had one such in every eighth.
    """
    monkeypatch.setattr(clusters, "FEW_ROWS", few_rows)
    answered(lake, "mail", 39_600, 1)
    answered(lake, "chat", 39_600, 1)
    one_customer_of(lake, 400)
    found = widths(lake)
    share, n, alike = 0.7, 40_000, 400
    effect = 1 + alike**2 * (1 - share) ** 2 / (n * share * (1 - share))
    assert found["mail"] / found["chat"] == pytest.approx(effect**0.5, rel=error)
    assert effect > 2


@pytest.mark.parametrize("way", ["each person", "random groups"])
def test_intervals_are_those_of_plain_python(lake, monkeypatch, way):
    """The variance is taken from persons, or from groups of them, as the books have it."""
    monkeypatch.setattr(clusters, "FEW_ROWS", GROUPED if way == "random groups" else EACH)
    answered(lake, "mail", 1_300, 3, "if(i % 10 < 8, 'm' || i // 3, null)")
    answered(lake, "chat", 90, 5)
    one_customer_of(lake, 20)
    rows = lake.connection.execute(
        "select channel, customer_id, (hash(customer_id) >> 57)::int, answer = 5 from lake.survey"
    ).fetchall()
    found = intervals(lake)
    for channel in ("mail", "chat"):
        here = [(person, group, hit) for c, person, group, hit in rows if c == channel]
        effect = plain_effect(here, by_group=way == "random groups")
        hits, n = sum(hit for *_, hit in here) / effect, len(here) / effect
        expected = wilson(np.array([hits]), np.array([n]), 0.95)
        assert found[channel] == pytest.approx((expected.low[0], expected.high[0]), rel=1e-9)


def plain_effect(rows, *, by_group):
    """Return by how much more whole persons vary than single rows; at least 1."""
    share = sum(hit for *_, hit in rows) / len(rows)
    distances, sizes, alone = Counter(), Counter(), 0.0
    for person, group, hit in rows:
        if person is None:
            alone += (hit - share) ** 2
        else:
            place = group if by_group else person
            distances[place] += hit - share
            sizes[place] += 1
    unknown = len(rows) - sizes.total()
    count, factor = len(sizes) + unknown, 1.0
    squares = sum(each**2 for each in distances.values())
    if by_group:  # around the mean of all groups, the empty ones among them
        b, t = 128, student_t.ppf(0.975, 127) / norm.ppf(0.975)
        squares = b / (b - 1) * (squares - distances.total() ** 2 / b)
        alike = b / (b - 1) * (sum(n**2 for n in sizes.values()) - sizes.total() ** 2 / b)
        count, factor = len(rows) ** 2 / (alike + unknown), t**2
    variance = (squares + alone) * count / (count - 1)
    of_rows = len(rows) * share * (1 - share) * len(rows) / (len(rows) - 1)
    return max(variance / of_rows, 1.0) * factor


@pytest.mark.parametrize("few_rows", [EACH, GROUPED], ids=["each person", "random groups"])
def test_a_roll_up_adds_up_the_same_persons(lake, monkeypatch, few_rows):
    monkeypatch.setattr(clusters, "FEW_ROWS", few_rows)
    answered(lake, "mail", 4_000, 4, "if(i % 8 < 6, 'm' || i // 4, null)")
    answered(lake, "chat", 4_000, 1)
    exact = widths(lake)
    surveys = [each for each in families(lake.settings) if each.record is Survey]
    monkeypatch.setattr(rollup_build, "families", lambda _: surveys)
    monkeypatch.setattr(rollup_build, "dates_of_facts", dict)
    settings = lake.settings.model_copy(update={"roll_up": RollUp(from_rows=0)})
    rolled = replace(lake, settings=settings)
    assert len(list(roll_up(rolled))) == len(surveys)
    if few_rows == GROUPED:
        monkeypatch.setattr(passes.Passes, "persons", None)  # a roll-up has a way of its own
    assert widths(rolled) == pytest.approx(exact, rel=1e-9)
