"""Self-service: each part is counted by hand."""

import json
from datetime import timedelta

import numpy as np
import pytest
from engine.tables import calls, holding, utc
from numpy.testing import assert_allclose

from hearwell.cli.why.show import english
from hearwell.engine.errors import NotByTeam
from hearwell.engine.period import Period
from hearwell.engine.question import Question
from hearwell.evidence.errors import NotExplained
from hearwell.insights.self_service.articles import articles
from hearwell.insights.self_service.readers import asked_after_search, came_back_after_reading
from hearwell.insights.self_service.rows import Scope
from hearwell.insights.self_service.to_write import searches, topics
from hearwell.insights.self_service.told import self_service
from hearwell.stats.matched import mantel_haenszel

START = utc("2026-01-05 10:00")
SCOPE = Scope(Period(utc("2026-01-01"), utc("2026-03-01")))


def view(article, number, *, asked="none", seconds=None, **more):
    return {
        "view_id": f"{article} {number}", "article_id": article, "opened_at": START,
        "asked_for_help": asked, "read_seconds": seconds, "views": 1, "language": "en",
    } | more  # fmt: skip


def views(article, reads, asking, **more):
    """Return readings of an article, of which some ask for a chat."""
    return [view(article, i, asked="chat" if i < asking else "none", **more) for i in range(reads)]


def test_articles_by_unmet_need(lake):
    told = [*views("a", 300, 120), *views("b", 300, 20), *views("c", 10, 2), *views("d", 4, 4)]
    own = calls({"article_id": "b", "caller": "x"}, {"article_id": "b", "caller": "y"})
    found = articles(holding(lake, article_view=told, call=own), SCOPE)
    first, second, third = found.articles
    assert [each.article for each in found.articles] == ["a", "b", "c"]
    assert found.hidden == 1  # four readings are too few to show
    assert (first.reads, first.requests, second.requests) == (300, 120, 22)
    assert_allclose(found.rate, 144 / 610)
    assert first.unmet == first.reads * first.rate
    assert first.rate < 0.40
    assert second.rate > 22 / 300
    assert abs(third.rate - 144 / 610) < abs(first.rate - 144 / 610)
    assert first.asks_more
    assert not third.asks_more


def test_read_time_against_expected(lake):
    """238 English words take a minute."""
    rng = np.random.default_rng(2)
    seconds = {"short": rng.normal(20, 4, 40), "long": rng.normal(50, 9, 60)}
    told = [
        view(name, i, seconds=float(each))
        for name, many in seconds.items()
        for i, each in enumerate(many)
    ]
    pieces = [
        {"article_id": name, "title": f"On {name}", "words": 238, "language": "en"}
        for name in seconds
    ]
    found = articles(holding(lake, article_view=told, article=pieces), SCOPE)
    by_name = {each.article: each for each in found.articles}
    for name, many in seconds.items():
        part = many / 60
        assert_allclose(by_name[name].of_expected, part.mean())
        reach = 1.959964 * part.std(ddof=1) / np.sqrt(len(part))
        assert_allclose(by_name[name].of_expected_low, part.mean() - reach, rtol=1e-6)
        assert by_name[name].is_unusual
    assert by_name["short"].name == "On short (short)"
    assert_allclose(found.of_expected, sum(each.sum() for each in seconds.values()) / 60 / 100)


def search(who, words, number=0, *, opened=None, results=3, at=START):
    return {
        "search_id": f"{who} {words} {number}", "at": at, "words": words, "results": results,
        "opened_article_id": opened, "visitor_id": f"visitor {who}", "language": "en",
    }  # fmt: skip


def case(who, at, number=0, **more):
    return {
        "case_id": f"{who} {number}", "customer_id": who, "opened_at": at, "channel": "email",
    } | more  # fmt: skip


def known(who):
    return view("home", who, visitor_id=f"visitor {who}", customer_id=who)


def searchers():
    """20 search and read, of whom 2 ask; 10 search for the same and do not, of whom 4 ask.

    One searches in vain for what nobody finds; one reads what nobody else looks for.
    """
    people = [f"p{i:02}" for i in range(32)]
    found = [search(who, " Late  parcel ", opened="a") for who in people[:20]]
    found += [search(who, "late parcel") for who in people[20:30]]
    found += [search(people[30], "gift card", results=0), search(people[31], "size", opened="b")]
    found += [search(people[0], "late parcel", 1, at=START + timedelta(hours=1))]  # once each
    asks = [*people[:2], *people[20:24]]
    cases = [case(who, START + timedelta(days=3)) for who in asks]
    cases += [case(people[2], START - timedelta(hours=1)), case("z", START + timedelta(days=30))]
    cases += [case(people[3], START + timedelta(days=8))]
    return {"search": found, "case": cases, "article_view": [known(who) for who in people]}


def test_readers_against_others_who_searched_for_the_same(lake):
    found = asked_after_search(holding(lake, **searchers()), SCOPE)
    assert (found.readers, found.others) == (20, 10)
    assert (found.share, found.other_share) == (0.1, 0.4)
    assert_allclose(found.ratio, (2 * 6) / (18 * 4))
    held = mantel_haenszel(
        np.array([[2.0]]), np.array([20.0]), np.array([[4.0]]), np.array([10.0]), 0.95
    )
    assert_allclose([found.low, found.p], [held.interval.low[0], held.p[0]])


def test_nothing_is_told_where_nobody_says_what_was_opened(lake):
    told = searchers()
    told["search"] = [each | {"opened_article_id": None} for each in told["search"]]
    assert asked_after_search(holding(lake, **told), SCOPE) is None


def test_coming_back_after_reading(lake):
    """Of 10 who read before 2 come back, of 10 others about the same 5."""
    told, cases = [], [case("end", START + timedelta(days=40), topic="other")]
    for i in range(20):
        who, reads = f"p{i:02}", i < 10
        cases.append(case(who, START, topic="refund"))
        told.append(known(who) | {"opened_at": START - timedelta(hours=1 if reads else 100)})
        if i < 2 or i >= 15:
            cases.append(case(who, START + timedelta(days=2), 1, topic="refund"))
    found = came_back_after_reading(holding(lake, case=cases, article_view=told), SCOPE)
    # Those who came back did so once: their second contacts are others that nobody read before.
    assert found.readers == 10
    assert found.share == 0.2
    assert found.others == 17
    assert_allclose(found.other_share, 5 / 17)


def test_words_that_lead_nowhere(lake):
    told = [search(f"p{i}", "Gift  CARD", results=0) for i in range(6)]
    told += [search(f"q{i}", "gift card", opened="a" if i < 2 else None) for i in range(4)]
    told += [search(f"r{i}", "my name", results=0) for i in range(4)]  # four people: not shown
    told += [search("same", "again", i, results=0) for i in range(9)]  # one person: not shown
    (found,) = searches(holding(lake, search=told), SCOPE)
    assert (found.words, found.people, found.searches) == ("gift card", 10, 10)
    assert (found.without_result, found.without_click, found.share) == (6, 2, 0.8)
    assert found.low < 0.8 < found.high


def test_topics_that_nobody_reads_about(lake):
    told, cases = [], []
    for i in range(80):
        who, topic = f"p{i:02}", "refund" if i < 40 else "login"
        cases.append(case(who, START, topic=topic))
        if i >= 60:
            told.append(known(who) | {"opened_at": START - timedelta(hours=1)})
    told.append(known("nobody"))
    first, second = topics(holding(lake, case=cases, article_view=told), SCOPE)
    assert (first.topic, first.contacts, first.share, first.rest) == ("refund", 40, 0.0, 0.5)
    assert first.is_missing
    assert (second.topic, second.share, second.is_missing) == ("login", 0.5, False)


def test_all_together_in_words(company):
    found = self_service(company, Question((), begins="2026-01-01", ends="2026-06-30"))
    said = [english(each.says) for each in found.findings]
    assert any(each.startswith("An article to write, or to be found: “error 1") for each in said)
    assert any("Reads and calls" in each for each in said)
    assert json.loads(json.dumps(found.as_json())) == found.as_json()
    german = self_service(company, Question((), where=(("language", "de"),)))
    assert 0 < len(german.articles.articles) < len(found.articles.articles)


def test_who_may_not_see_all_is_told_nothing(lake):
    with pytest.raises(NotByTeam):
        self_service(lake, Question((), teams=("billing",)))
    with pytest.raises(NotExplained, match="have no channel"):
        self_service(lake, Question((), where=(("channel", "phone"),)))
