"""What moved a number: by hand, by laws, with something planted and with nothing."""

import json
from itertools import chain

import numpy as np
import pytest
from engine.tables import holding, named, surveys, utc
from insights.made import answers, filled, said

from hearwell.cli.why.show import english
from hearwell.engine.ask import ask
from hearwell.engine.question import Question
from hearwell.evidence.counted import BEFORE, NOW, counted
from hearwell.evidence.errors import NotAMean, NotExplained, NothingCounted, TooFewToShow
from hearwell.insights.change.explain import change, totals
from hearwell.stats.resampling import GROUPS

CSAT = (named("customer_satisfaction"),)
FEBRUARY = Question(CSAT, begins="2026-02-01", ends="2026-02-28", compare="previous")


def by(*dimensions, question=FEBRUARY, **more):
    return Question(**{**vars(question), "by": dimensions, **more})


def part(found, group, what, dimension=None):
    (only,) = [
        each
        for each in found.parts
        if each.group == group and each.what == what and (dimension in {None, each.by[-1]})
    ]
    return only


EVERY_CHANNEL_IMPROVES = answers(
    "select if(now, timestamp '2026-02-10', timestamp '2026-01-10') as answered_at, channel, "
    "'c' || now || channel || i as customer_id, "
    "if(i < round(rate * n), 5, 1) as answer from (values "
    "(false, 'phone', 5000, 0.9), (false, 'chat', 3000, 0.8), (false, 'email', 2000, 0.6), "
    "(true, 'phone', 3000, 0.92), (true, 'chat', 3000, 0.81), (true, 'email', 4000, 0.62)"
    ") as t(now, channel, n, rate), range(n) as r(i)"
)


def test_every_channel_improves_and_the_whole_falls(lake):
    """The worked example of 0.81 to 0.767, with 10,000 answers in each month; Simpson's paradox."""
    found = change(filled(lake, survey=EVERY_CHANNEL_IMPROVES), by("channel"))
    assert (found.before, found.now) == pytest.approx((0.81, 0.767))
    assert found.people == 20_000
    rate, mix = (
        [part(found, (name,), what).adds.amount for name in ("phone", "chat", "email")]
        for what in ("rate", "mix")
    )
    assert rate == pytest.approx([0.008, 0.003, 0.006])
    assert mix == pytest.approx([-0.0243, 0, -0.0357], abs=1e-12)
    (together,) = found.together
    assert (together.rate.amount, together.mix.amount) == pytest.approx((0.017, -0.06))
    assert together.is_one_way
    email = part(found, ("email",), "mix")
    assert (email.share_before, email.share_now) == pytest.approx((0.2, 0.4))
    assert (email.before, email.now) == pytest.approx((0.6, 0.62))
    (words,) = said(found.findings, "change.one_way")
    assert "improved in every channel, and yet got worse overall" in words
    assert "more came through channel email (20.0 % of all before, 40.0 % now)" in words
    assert "fell from 81.0 % to 76.7 %" in said(found.findings, "change.whole")[0]
    error = np.sqrt(0.81 * 0.19 / 10_000 + 0.767 * 0.233 / 10_000)
    assert (found.moved.high - found.moved.low) / 2 == pytest.approx(1.96 * error, rel=0.1)


def test_parts_are_the_change(company):
    """At every level of channel, topic and product; people are counted once."""
    question = Question(CSAT, begins="2026-03-01", ends="2026-05-31", compare="previous")
    found = change(company, by("channel", "topic", "product", question=question))
    parts = sum(each.adds.amount for each in found.parts)
    assert parts == pytest.approx(found.now - found.before, abs=1e-12)
    alone = change(company, by("channel", question=question))
    mixes = {p.group: p.adds.amount for p in found.parts if p.by == ("channel",)}
    assert mixes == pytest.approx(
        {p.group: p.adds.amount for p in alone.parts if p.what == "mix"}, abs=1e-12
    )
    assert found.people == alone.people < 4_000
    json.dumps(found.as_json(), allow_nan=False)


PERIOD = {"begins": "2026-04-01", "ends": "2026-06-30", "compare": "previous"}


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("net_promoter_score", "score"),
        ("customer_effort_score", "mean"),
        ("average_handle_time", "without_wrap_up"),
        ("service_level", "SL3"),
        ("occupancy", None),
        ("cart_abandonment_rate", None),
        ("repeat_contact_rate", None),
    ],
)
def test_rows_add_up_to_the_metric(company, name, variant):
    """What the rows of a metric add is the value that the engine tells, now and before."""
    asked = Question((named(name, variant),), **PERIOD)
    answer = ask(company, asked).answers[0]
    with counted(company, asked) as rows:
        found = totals(rows, np.ones((1, GROUPS)))[0]
    assert found[NOW] == pytest.approx(answer.estimate.value[0])
    assert found[BEFORE] == pytest.approx(answer.compared.value[0])


def test_a_bad_product_is_found(company):
    """Of all dimensions, the product that got worse comes first, and by itself."""
    found = change(company, Question(CSAT, **PERIOD))
    first = next(each for each in found.findings if each.kind != "change.whole")
    assert first.kind == "change.rate"
    assert dict(first.says.values["group"].value) == {"product": "camera"}
    assert ("product", "camera") in first.opens.where
    assert first.sure > 0.999
    rows = ask(company, first.opens).answers[0]
    camera = part(found, ("camera",), "rate")
    assert rows.estimate.value[0] == pytest.approx(camera.now)
    assert rows.compared.value[0] == pytest.approx(camera.before)


def test_an_event_is_named_where_a_number_turned(company):
    """The bad product was released on the day; the sale was at another time. No event is a cause.

    Of the product alone too few answer each week for its days to be told.
    """
    whole, *groups = change(company, Question(CSAT, **PERIOD)).findings
    told = " ".join(english(note) for note in whole.notes)
    assert "It coincides with Camera 2.1 (2026-03-27)." in told
    assert "that it changed more where product is lamp than elsewhere is not beyond chance" in told
    assert "Winter sale" not in told
    assert "cause" not in told
    assert not any(each.notes for each in groups)


def test_the_topic_explains_and_not_the_channel(lake):
    """More outages, which are told by phone: the mix of channels changed, but it is not why."""
    query = answers(
        "select if(now, timestamp '2026-02-10', timestamp '2026-01-10') as answered_at, topic, "
        "channel, now || topic || channel || i as customer_id, "
        "if(i % 10 < if(topic = 'outage', 5, 9), 5, 1) as answer from (values "
        "(false, 'outage', 'phone', 400), (false, 'outage', 'email', 100), "
        "(false, 'other', 'phone', 1000), (false, 'other', 'email', 1500), "
        "(true, 'outage', 'phone', 1200), (true, 'outage', 'email', 300), "
        "(true, 'other', 'phone', 600), (true, 'other', 'email', 900)"
        ") as t(now, topic, channel, n), range(n) as r(i)"
    )
    found = change(filled(lake, survey=query), FEBRUARY)
    assert found.now - found.before == pytest.approx(0.7 - 2.5 / 3)
    assert found.explained["topic"].amount == pytest.approx(found.now - found.before)
    assert found.explained["channel"].amount == pytest.approx(0, abs=1e-9)
    alone = change(filled(lake, survey=query), by("channel"))
    assert alone.together[0].mix.amount < -0.005


def test_nothing_planted_gives_no_story(lake):
    """Answers that are drawn alike in both months, 8 times: hardly any group is made out."""
    told = 0
    for seed in range(8):
        query = answers(
            "select if(i % 2 = 0, timestamp '2026-02-10', timestamp '2026-01-10') as answered_at, "
            f"'t' || (hash(i, {seed}, 'topic') % 8) as topic, "
            f"'c' || (hash(i, {seed}, 'channel') % 5) as channel, "
            f"'p' || (hash(i, {seed}, 'who') % 700) as customer_id, "
            f"if(hash(i, {seed}, 'answer') % 100 < 80, 5, 1) as answer from range(1000) as r(i)"
        )
        found = change(filled(lake, survey=query), FEBRUARY)
        told += len(found.findings) > 1
    assert told <= 2


def team(name, count, month):
    at = {"answered_at": utc(f"2026-{month:02}-10")}
    return [{"team": name, "answer": 4 + i % 2, **at} for i in range(count)]


def test_few_answers_are_not_told_apart(lake):
    """Of red (3) nothing is said, nor of blue, by which red could be told."""
    rows = [team("red", 3, 1), team("blue", 8, 1), team("green", 20, 1)]
    rows += [team("red", 9, 2), team("blue", 8, 2), team("green", 20, 2)]
    held = holding(lake, survey=surveys(*chain(*rows)))
    found = change(held, by("team"))
    assert {each.group for each in found.parts} == {("…",), ("green",)}
    assert part(found, ("…",), "mix").share_before == pytest.approx(11 / 31)
    with pytest.raises(TooFewToShow, match="fewer than 5"):
        change(held, by("team", where=(("team", "red"),)))


def test_what_cannot_be_explained(lake):
    """Each is refused with what to ask instead."""
    rows = surveys(*team("red", 9, 2))
    with pytest.raises(NotExplained, match="--compare"):
        change(holding(lake, survey=rows), by("team", compare=None))
    with pytest.raises(NothingCounted, match="compared with"):
        change(holding(lake, survey=rows), by("team"))
    median = Question((named("wait_time", "p50"),), **PERIOD)
    with pytest.raises(NotAMean, match="hearwell explain"):
        change(holding(lake, survey=rows), median)


def test_a_limited_view_sees_its_teams_only(company):
    """As if there were no other teams, and refused where rows have none."""
    limited = Question(CSAT, **PERIOD, teams=("billing phone",))
    found = change(company, limited)
    answer = ask(company, limited).answers[0]
    assert found.now == pytest.approx(answer.estimate.value[0])
    assert {each.group[0] for each in found.parts if each.by == ("team",)} <= {"billing phone"}
