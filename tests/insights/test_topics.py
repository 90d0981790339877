"""What people write: by hand, planted, with nothing planted, and with too few."""

import json

import pytest
from engine.tables import named
from insights.made import answers, filled, said

from hearwell.engine.errors import NotByTeam, UnknownDimension
from hearwell.engine.question import Question
from hearwell.evidence.errors import NotExplained, TooFewToShow
from hearwell.insights.topics.explain import topics
from hearwell.insights.topics.sides import read
from hearwell.settings import Settings
from hearwell.text.scrub import COVERED

CSAT = Question((named("customer_satisfaction"),))
TOPICS = {"delivery": {"words": ["parcel*", "not arrived"], "not": ["no parcel"]}}
SETTINGS = Settings.model_validate({"text": {"languages": ["en"]}, "topics": TOPICS})

USUAL = "'the ' || ['blue','red','old','new','big'][1 + i % 5] || ' lamp number ' || (i % 9)"

MADE = answers(
    "select timestamp '2026-01-10' as answered_at, 'c' || grp || i as customer_id, "
    f"if(grp = 'low', 2, 5) as answer, if(i < late, 'parcel late; ', '') || {USUAL} as comment, "
    "if(i % 2 = 0, 'lamp', 'radio') as product "
    "from (values ('low', 100, 40), ('high', 300, 6)) as t(grp, n, late), range(n) as r(i)"
)


def test_by_hand(lake):
    """40 of 100 who are not satisfied and 6 of 300 who are write of a parcel that is late."""
    found = topics(filled(lake, SETTINGS, survey=MADE), CSAT)
    assert (found.texts, found.people, found.languages) == (400, 400, {"en": 400})
    lead = found.phrases[0].of
    assert lead.phrase == "parcel late"
    assert {"parcel", "late"} <= set(lead.also)
    assert (lead.first, lead.first_of, lead.second, lead.second_of) == (40, 100, 6, 300)
    assert lead.is_sure
    (delivery,) = found.topics
    assert (delivery.n, delivery.people) == (46, 46)
    assert delivery.share == pytest.approx(46 / 400)
    assert (delivery.value, delivery.rest) == pytest.approx((6 / 46, 294 / 354))
    assert delivery.gap == pytest.approx(6 / 46 - 294 / 354)
    assert delivery.low < delivery.gap < delivery.high < 0
    assert delivery.is_sure
    assert said(found.findings, "topics.phrase") == [
        (
            "Who is behind the worse answers to customer satisfaction (CSAT) writes “parcel late” "
            "more often: 40.0 % of them, and 2.0 % of the others."
        )
    ]
    (told,) = said(found.findings, "topics.topic")
    assert told.startswith("Of those who wrote, 11.5 % speak of delivery: their customer")
    json.dumps(found.as_json(), allow_nan=False)


def test_examples_are_of_that_side_and_covered(lake):
    made = MADE.replace("'parcel late; '", "'parcel late, call 0300-1234567 or me@shop.example; '")
    found = topics(filled(lake, SETTINGS, survey=made), CSAT)
    lead = next(each for each in found.phrases if "late" in (each.of.phrase, *each.of.also))
    assert 1 <= len(lead.examples) <= 3
    assert all(f"parcel late, call {COVERED} or {COVERED}; the" in each for each in lead.examples)
    told = json.dumps(found.as_json())
    assert "0300-1234567" not in told
    assert "me@" not in told
    assert "examples" not in json.dumps(found.as_json(with_examples=False))


def test_names_of_agents_are_covered(lake):
    agents = (
        "select 'test' as source, timestamp '2026-06-01' as received_at, 'a1' as agent_id, "
        "'Ravi Kumar' as name"
    )
    made = MADE.replace("'parcel late; '", "'Ravi was rude; '")
    found = topics(filled(lake, SETTINGS, survey=made, agent=agents), CSAT)
    assert not any(
        "ravi" in json.dumps(each.as_json(with_examples=True)).lower() for each in found.phrases
    )


def test_where_nothing_differs(lake):
    made = answers(
        "select timestamp '2026-01-10' as answered_at, 'c' || i as customer_id, "
        f"if(hash(i) % 4 = 0, 2, 5) as answer, {USUAL} as comment from range(800) as r(i)"
    )
    found = topics(filled(lake, survey=made), CSAT)
    assert not any(each.of.is_sure for each in found.phrases)
    assert said(found.findings, "topics.none") == [
        "No phrase tells the two sides apart beyond chance; texts looked at: 800."
    ]


def test_now_against_before(lake):
    made = answers(
        "select if(grp = 'now', timestamp '2026-02-10', timestamp '2026-01-10') as answered_at, "
        "'c' || grp || i as customer_id, 1 + i % 5 as answer, "
        f"if(i < late, 'battery dead. ', '') || {USUAL} as comment "
        "from (values ('now', 200, 50), ('before', 200, 2)) as t(grp, n, late), range(n) as r(i)"
    )
    asked = Question(CSAT.asked, begins="2026-02-01", ends="2026-02-28")
    found = topics(filled(lake, survey=made), asked, "before-after")
    lead = found.phrases[0].of
    assert lead.phrase == "battery dead"
    assert (lead.first, lead.first_of, lead.second, lead.second_of) == (50, 200, 2, 200)
    assert said(found.findings, "topics.phrase") == [
        (
            "“battery dead” is written more often than before: by 25.0 % of those who wrote, "
            "before by 1.0 %."
        )
    ]


def test_a_group_against_the_rest(lake):
    made = MADE.replace(
        "if(i < late, 'parcel late; ', '')", "if(i % 2 = 0 and i < 120, 'broken switch. ', '')"
    )
    found = topics(filled(lake, survey=made), CSAT, *read("product=lamp"))
    lead = found.phrases[0].of
    assert lead.phrase == "broken switch"
    assert (lead.first, lead.first_of, lead.second, lead.second_of) == (110, 200, 0, 200)
    assert said(found.findings, "topics.phrase")[0].startswith(
        "“broken switch” is written more often of product lamp: by 55.0 % of those who wrote"
    )
    with pytest.raises(NotExplained, match="fewer than 5 people"):
        topics(filled(lake, survey=made), CSAT, *read("product=none"))
    # Of the clock there are three, and of the radio no more is told: one could subtract.
    made = made.replace("('high', 300, 6)", "('high', 300, 6), ('clock', 3, 0)").replace(
        "if(i % 2 = 0, 'lamp', 'radio')",
        "if(grp = 'clock', grp, if(i < 150, 'lamp', 'radio'))",
    )
    with pytest.raises(TooFewToShow):
        topics(filled(lake, survey=made), CSAT, *read("product=radio"))


def test_satisfied_who_left_against_who_stayed(lake):
    """Of 250 satisfied 50 left within 30 days; 10 whose 30 days are not over are left out."""
    survey = answers(
        "select if(i >= 250, timestamp '2026-05-20', timestamp '2026-01-10') as answered_at, "
        "'c' || i as customer_id, if(i % 13 = 0, 1, 5) as answer, "
        f"if(i < 60 and i % 13 <> 0, 'billing surprise. ', '') || {USUAL} as comment "
        "from range(260) as r(i)"
    )
    customer = (
        "select 'test' as source, timestamp '2026-06-01' as received_at, 'c' || i as customer_id, "
        "timestamp '2025-01-01' as first_seen_at, "
        "case when i < 50 then timestamp '2026-01-20' when i = 50 then timestamp '2026-06-01' end "
        "as left_at from range(260) as r(i)"
    )
    found = topics(filled(lake, survey=survey, customer=customer), CSAT, "left-stayed")
    lead = found.phrases[0].of
    satisfied_left = sum(i % 13 != 0 for i in range(50))
    satisfied_stayed = sum(i % 13 != 0 for i in range(50, 250))
    assert lead.phrase == "billing surprise"
    assert (lead.first, lead.first_of) == (satisfied_left, satisfied_left)
    assert (lead.second, lead.second_of) == (
        sum(i % 13 != 0 for i in range(50, 60)),
        satisfied_stayed,
    )


def test_cases_by_what_the_customer_wrote(lake):
    case = (
        "select 'test' as source, timestamp '2026-06-01' as received_at, 'k' || i as case_id, "
        "'c' || i as customer_id, timestamp '2026-01-10' as opened_at, "
        "'customer' as opened_by_kind, 'about ' || (i % 7) as subject, "
        "if(i < 60, 'mail', 'chat') as channel from range(200) as r(i)"
    )
    message = (
        "select 'test' as source, timestamp '2026-06-01' as received_at, kind || i as message_id, "
        "'k' || i as case_id, kind as author_kind, true as is_public, "
        "timestamp '2026-01-10' + to_minutes(if(kind = 'agent', 9, 0)) as sent_at, "
        "if(kind = 'agent', 'outbound', 'inbound') as direction, "
        "if(kind = 'customer', if(i < 40, 'refund please ' || (i % 5), 'hello ' || (i % 5)), "
        "'thanks refund') as text from range(200) as r(i), "
        "(values ('customer'), ('agent')) as k(kind)"
    )
    asked = Question((named("first_response_time", "mean"),))
    lake_ = filled(lake, case=case, message=message)
    found = topics(lake_, asked, *read("channel=mail"))
    lead = found.phrases[0].of
    assert lead.phrase == "refund please"
    assert (lead.first, lead.first_of, lead.second, lead.second_of) == (40, 60, 0, 140)


def test_topics_and_tags_are_suggested(lake):
    kinds = (
        "(values ('invoice wrong amount', 'billing', 120), ('password forgotten login', 'access', "
        "120)) as t(words, tag, n)"
    )
    made = answers(
        "select timestamp '2026-01-10' as answered_at, 'c' || tag || i as customer_id, "
        "1 + i % 5 as answer, words || ' ' || ['today','again','since monday'][1 + i % 3] as "
        f"comment, if(i < 80, tag, null) as topic from {kinds}, range(n) as r(i)"
    )
    found = topics(filled(lake, survey=made), CSAT, suggest=True)
    assert found.tags is not None
    assert found.tags.learnt.right == 1
    assert found.tags.suggested == {"access": 40, "billing": 40}
    assert found.tags.unsure == 0


def test_too_little_is_said(lake):
    few = MADE.replace("('low', 100, 40)", "('low', 4, 4)")
    with pytest.raises(NotExplained, match="fewer than 5 people"):
        topics(filled(lake, survey=few), CSAT)
    silent = MADE.replace("as comment", "as touchpoint")
    with pytest.raises(NotExplained, match="Nothing was written"):
        topics(filled(lake, survey=silent), CSAT)
    with pytest.raises(NotExplained, match="has no texts"):
        topics(filled(lake), Question((named("attrition_rate"),)))
    with pytest.raises(NotExplained, match="no contrast 'up-down'"):
        read("up-down")
    asked = Question(CSAT.asked, teams=("north",))
    with pytest.raises(NotByTeam):
        topics(filled(lake), asked, "left-stayed")
    with pytest.raises(UnknownDimension):
        topics(filled(lake, survey=MADE), CSAT, *read("colour=red"))


def test_what_agents_wrote_is_not_shown(lake):
    made = MADE.replace("'csat' as instrument", "'esat' as instrument")
    with pytest.raises(NotExplained, match=r"no texts|anonymous"):
        topics(filled(lake, survey=made), Question((named("agent_satisfaction"),)))


def test_only_texts_of_own_teams_are_read(lake):
    made = MADE.replace("as product", "as product, if(grp = 'low', 'north', 'south') as team")
    asked = Question(CSAT.asked, teams=("south",))
    with pytest.raises(NotExplained):  # all of them are satisfied
        topics(filled(lake, survey=made), asked)
