"""The digest holds what weighs most, each thing once, and nothing where nothing was found."""

from engine.tables import named

from hearwell.engine.question import Question
from hearwell.evidence.digest import MOST, digest
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import sentence
from hearwell.jobs.digest import is_within, turns


def finding(kind, weight, opens=None, **evidence):
    says = sentence(kind)
    return Finding(kind, says, sure=1.0, people=weight, size=1.0, evidence=evidence, opens=opens)


def test_the_weightiest_stands_for_its_metrics_and_nothing_weightless_is_told():
    csat, nps = (Question((named(name, usual),)) for name, usual in (
        ("customer_satisfaction", "mean"), ("net_promoter_score", "score")
    ))  # fmt: skip
    whole, group = finding("guardrails.harmed", 9, csat), finding("guardrails.harmed", 5, csat)
    other = finding("guardrails.harmed", 3, nps)
    turn = finding("turned.change", 4, csat)
    agents = [finding("guardrails.send_rate", 2), finding("guardrails.send_rate", 1)]
    none = finding("turned.none", 0)
    found = digest([none, *agents, other, group, turn, whole])
    assert found == [whole, turn, other, *agents]
    assert digest([none]) == []
    assert len(digest(finding("guardrails.send_rate", n) for n in range(1, 20))) == MOST


def test_a_turn_belongs_to_the_period_of_its_likeliest_day():
    may = Question((), begins="2026-05-01", ends="2026-05-31")
    change = finding("turned.change", 1, days={"2026-04-30": 0.2, "2026-05-01": 0.8})
    assert is_within(change, may)
    assert not is_within(finding("turned.change", 1, days={"2026-04-30": 0.9}), may)
    assert is_within(finding("turned.alarm", 1, alarm="2026-05-31"), may)
    assert not is_within(finding("turned.none", 1), may)


def test_a_number_that_does_not_know_a_filter_has_nothing_to_tell():
    phone = Question((), begins="2026-05-01", ends="2026-05-31", where=(("channel", "phone"),))
    assert turns(None, phone, "late_delivery_rate") == []
