"""One side of the story: what is measured, adjusted and of everyone, against what is true."""

import json

import numpy as np
import pytest
from engine.tables import named
from insights.made import filled

from hearwell.engine.question import Question
from hearwell.evidence.errors import NotExplained
from hearwell.insights.everyone import kinds
from hearwell.insights.everyone.explain import everyone

CSAT = Question((named("customer_satisfaction"),))
SIZE = 4000


def asked(seed, *, by_topic=0.0, by_answer=0.0, again=0):
    """Return invitations of 4,000 customers, and how many would truly be satisfied.

    Args:
        by_topic: how much more those answer whose topic is easy (what is known of them).
        by_answer: how much more those answer who are satisfied (what nobody knows).
        again: of how many who did not answer it is asked again; 60 % answer then.

    """
    rng = np.random.default_rng(seed)
    topic = rng.integers(0, 4, SIZE)
    satisfied = rng.random(SIZE) < np.array([0.2, 0.5, 0.7, 0.9])[topic]
    chance = 0.15 + by_topic * (topic - 1.5) / 1.5 + by_answer * (satisfied - 0.5)
    said = rng.random(SIZE) < chance
    rows = [
        f"('s{i}', 'c{i}', 't{topic[i]}', {5 if satisfied[i] else 1}, {bool(said[i])}, null)"
        for i in range(SIZE)
    ]
    drawn = rng.choice(np.nonzero(~said)[0], again, replace=False) if again else []
    rows += [
        f"('f{i}', 'c{i}', 't{topic[i]}', {5 if satisfied[i] else 1}, {rng.random() < 0.6}, 's{i}')"
        for i in drawn
    ]
    query = (
        "select 'test' as source, timestamp '2026-06-01' as received_at, survey_id, customer_id, "
        "topic, 'csat' as instrument, if(said, 'answered', 'expired') as status, 1 as scale_low, "
        "5 as scale_high, if(said, answer, null) as answer, follows, "
        "timestamp '2026-01-10' as eligible_at, timestamp '2026-01-10' as sent_at, "
        "if(said, timestamp '2026-01-11', null) as answered_at "
        f"from (values {', '.join(rows)}) "
        "as t(survey_id, customer_id, topic, answer, said, follows)"
    )
    return query, satisfied.mean(), satisfied[said].mean(), said.sum()


def true_of(seed):
    """Return of each customer whether they are truly satisfied, as SQL."""
    rng = np.random.default_rng(seed)
    topic = rng.integers(0, 4, SIZE)
    satisfied = rng.random(SIZE) < np.array([0.2, 0.5, 0.7, 0.9])[topic]
    return ", ".join(f"('s{i}', {bool(each)})" for i, each in enumerate(satisfied))


def holds(score, truth):
    return score.low <= truth <= score.high


def test_what_is_known_of_people_is_adjusted_for(lake):
    """Those with easy topics answer more: the measured score is wrong, the adjusted one right."""
    right = 0
    for seed in range(6):
        query, truth, measured, n = asked(seed, by_topic=0.12)
        found = everyone(filled(lake, survey=query), CSAT)
        assert found.measured.value == pytest.approx(measured)
        assert (found.n, found.people) == (n, SIZE)
        assert not holds(found.measured, truth)
        assert abs(found.adjusted.value - truth) < abs(measured - truth) / 2
        assert found.everyone is None
        assert found.effective < n
        right += holds(found.adjusted, truth)
    assert right >= 5


def test_of_many_kinds_of_people_some_are_learnt_from(lake, monkeypatch):
    """Half of the people tell what to expect of all; the score rests on all answers."""
    right = 0
    for seed in (1, 2):
        query, truth, measured, n = asked(seed, by_topic=0.12)
        made = filled(lake, survey=query)
        monkeypatch.setattr(kinds, "MOST_KINDS", 20)  # of four topics in five folds
        whole = everyone(made, CSAT)
        monkeypatch.setattr(kinds, "MOST_KINDS", 10)
        found = everyone(made, CSAT)
        assert (found.n, found.people, found.measured) == (n, SIZE, whole.measured)
        assert found.adjusted != whole.adjusted
        assert abs(found.adjusted.value - truth) < abs(measured - truth) / 2
        right += holds(found.adjusted, truth)
    assert right == 2


def test_what_nobody_knows_needs_asking_again(lake):
    """The satisfied answer more: only the score of everyone is right."""
    right = 0
    for seed in range(6):
        query, truth, _, _ = asked(50 + seed, by_answer=0.12, again=250)
        found = everyone(filled(lake, survey=query), CSAT)
        assert found.people == SIZE  # to ask again makes nobody anew
        assert not holds(found.adjusted, truth)
        assert 100 < found.again < 200
        right += holds(found.everyone, truth)
        assert [n.template[:11] for n in found.findings[0].notes] == ["Adjusted to", "Of everyone"]
    assert right >= 5


def told_in_messages(query, seed):
    """Return invitations after cases, messages in them and how they are judged.

    All wrote before; what the satisfied wrote is judged positive in nine of ten cases.
    """
    rows = f"select *, row_number() over () as i from ({query})"
    surveys = f"select * exclude (i), 'k' || i as case_id from ({rows})"
    meant = (
        f"select i, (hash(i + {seed}) % 100) as luck, truly from ({rows}) "
        "join truth using (survey_id)"
    )
    common = "'test' as source, timestamp '2026-06-01' as received_at, 'm' || i as message_id"
    messages = (
        f"select {common}, 'k' || i as case_id, 'customer' as author_kind, 'text' as text, "
        f"timestamp '2026-01-09' as sent_at from ({meant})"
    )
    judged = (
        "select 'test' as source, 'message' as kind, 'm' || i as text_id, "
        "timestamp '2026-06-01' as received_at, timestamp '2026-06-01' as text_received_at, "
        f"if((luck < 90) = truly, 0.9, 0.1) as chance from ({meant})"
    )
    return {"survey": surveys, "message": messages, "judged_text": judged}


def test_what_was_written_is_taken_in(lake):
    """The satisfied answer more, and what the silent wrote says so: the adjusted score is nearer.

    It is not right, because one in ten is judged wrongly.
    """
    for seed in range(2):
        query, truth, measured, _ = asked(80 + seed, by_answer=0.12)
        without = everyone(filled(lake, survey=query), CSAT)
        lake.connection.execute(
            "create or replace temp table truth as "
            f"select survey_id, truly from (values {true_of(80 + seed)}) as t(survey_id, truly)"
        )
        tables = told_in_messages(query, seed)
        found = everyone(filled(lake, **tables), CSAT)
        assert found.wrote == SIZE
        assert without.wrote == 0
        gained = abs(without.adjusted.value - truth) - abs(found.adjusted.value - truth)
        assert gained > 0.2 * abs(measured - truth)
        assert [n.template[:14] for n in found.findings[0].notes][1] == "What they had "


def test_tipping_point(lake):
    """Of a fifth of all the score is known; what the others must think is by the definition."""
    query, _, measured, n = asked(3)
    found = everyone(filled(lake, survey=query), CSAT, target=0.5)
    response = n / SIZE
    assert response * measured + (1 - response) * found.tipping == pytest.approx(0.5)
    assert (found.worst, found.best) == pytest.approx(
        (response * measured, response * measured + 1 - response)
    )
    json.dumps(found.as_json(), allow_nan=False)


def test_nothing_to_tell(lake):
    """Where all answered, and of a number that is no score of customers."""
    query, *_ = asked(4)
    with pytest.raises(NotExplained, match="Bring in the invitations"):
        everyone(filled(lake, survey=f"select * from ({query}) where answer is not null"), CSAT)
    with pytest.raises(NotExplained, match="CSAT and NPS"):
        everyone(filled(lake), Question((named("customer_effort_score"),)))


def test_few_answers_are_not_adjusted(lake):
    """Below a hundred; it is said so."""
    query, *_ = asked(5)
    part = "(select * from ({}) where answer is {} null limit {})"
    query = part.format(query, "", 500) + " union all " + part.format(query, "not", 60)
    found = everyone(filled(lake, survey=query), CSAT)
    assert found.adjusted is None
    assert found.findings[0].notes[0].template.startswith("It is not adjusted")
