"""Readings of articles and calls to their numbers make one rate: drawn by hand, and by a walk."""

import random
from datetime import timedelta

import pytest
from engine.tables import cell, cells, holding, named, utc

from hearwell.engine.derived import readable
from hearwell.engine.question import Question
from hearwell.engine.rows import rows
from hearwell.metrics.facts.article_use import ArticleUse

METRIC = "help_requests_per_read"
DAY = timedelta(days=1)


def views(*rows, at="2026-01-05 10:00"):
    usual = {"article_id": "a", "opened_at": utc(at), "views": 1, "asked_for_help": "none"}
    return [usual | {"view_id": f"v{i}"} | row for i, row in enumerate(rows)]


def calls(*rows, at="2026-01-05 11:00"):
    usual = {"leg": 1, "article_id": "a", "direction": "inbound", "entered_at": utc(at)}
    return [usual | {"call_id": f"c{i}", "source": "pbx"} | row for i, row in enumerate(rows)]


def rate(lake, variant="all", *, view=(), call=(), article=(), **asked):
    held = holding(lake, article_view=view, call=call, article=article)
    found = cell(held, METRIC, variant, **asked)
    return found["value"], found["n"], found["left_out"]


def test_several_calls_and_several_readings_do_not_multiply(lake):
    """Three calls and four readings of one article are 0.75 requests a reading, not 12 of 4."""
    assert rate(lake, view=views(*[{}] * 4), call=calls(*[{}] * 3)) == (0.75, 7, {})


def test_an_article_that_several_sources_tell_of_is_read_once(lake):
    """Its number stands in the web site and in the desk: the reading stays one."""
    twice = [{"source": s, "article_id": "a", "tracking_number": "1"} for s in ("site", "desk")]
    assert rate(lake, view=views({}, {}), call=calls({}), article=twice) == (0.5, 3, {})


def test_a_call_that_the_reader_announced_counts_once(lake):
    """Who asks on the page to call and then calls the article's number has asked once."""
    view = views({"asked_for_help": "call"}, {"asked_for_help": "chat"}, {}, {})
    assert rate(lake, view=view, call=calls({}))[0] == 0.5
    assert rate(lake, "asked_on_page", view=view, call=calls({}))[0] == 0.5
    assert rate(lake, "calls_to_its_number", view=view, call=calls({}))[0] == 0.25


def test_without_calls_the_request_on_the_page_is_all_that_is_known(lake):
    """Whether the article shows a number or not: nobody knows who called it."""
    view = views({"asked_for_help": "call"}, {}, {}, {})
    shown = [{"article_id": "a", "tracking_number": "1"}]
    assert rate(lake, view=view, article=shown) == (0.25, 4, {})
    assert rate(lake, "asked_on_page", view=view) == (0.25, 4, {})


def test_requests_to_call_count_for_articles_without_a_number(lake):
    """Of two articles only one has a number; of the other the page is all that tells of calls."""
    view = views({"asked_for_help": "call"}, {"article_id": "b", "asked_for_help": "call"})
    assert rate(lake, view=view, call=calls({}, {})) == (1.5, 4, {})


def test_aggregates_stand_for_all_their_readings(lake):
    """A thousand readings told as one row, and ten calls."""
    view = views({"views": 1_000}, {"views": 10, "asked_for_help": "ticket"})
    value, n, _ = rate(lake, view=view, call=calls(*[{}] * 10))
    assert (value, n) == (pytest.approx(20 / 1_010), 12)


def test_calls_of_an_article_that_nobody_was_seen_to_read_are_told(lake):
    """They have no readings on the other side of the rate: left out of it, and counted."""
    found = rate(lake, view=views({}, {}), call=calls({}, {"article_id": "unread"}))
    assert found == (0.5, 3, {"calls of a time of which no readings are told": 1})


def test_readings_without_an_article_count(lake):
    """They are readings, also of a page that is not known; they have no number to call."""
    view = views({"article_id": None, "asked_for_help": "chat"}, {})
    assert rate(lake, view=view, call=calls({})) == (1.0, 3, {})
    assert rate(lake, "calls_to_its_number", view=view, call=calls({})) == (
        1.0,
        2,
        {"the article has no number of its own": 1},
    )


def test_a_number_that_nobody_called_is_a_number(lake):
    """Its readings count below, as long as calls to other numbers are told of the time."""
    shown = [{"article_id": "b", "tracking_number": "2"}]
    view = views({}, {"article_id": "b"}, {"article_id": "b"}, {"article_id": "c"})
    found = rate(lake, "calls_to_its_number", view=view, call=calls({}), article=shown)
    assert found == (
        pytest.approx(1 / 3),
        4,
        {"the article has no number of its own": 1},
    )


def test_only_first_legs_that_came_in_are_requests(lake):
    """A call passed on is one request; we call out, and colleagues call each other."""
    others = [{"leg": 2}, {"direction": "outbound"}, {"direction": "internal"}]
    call = calls({"direction": None}, *others, {"article_id": None}, {"outcome": "abandoned"})
    assert rate(lake, view=views(*[{}] * 4), call=call)[0] == 0.5


def test_a_period_cuts_both_sides(lake):
    """Readings before midnight and the call after it belong to different days."""
    view = views({}, {}, at="2026-01-05 23:59:59")
    view += views({"view_id": "later"}, at="2026-01-06 00:00:00")
    call = calls({"entered_at": utc("2026-01-06 00:00:00")})
    held = holding(lake, article_view=view, call=call)
    found = [(c["value"], c["n"]) for c in cells(held, METRIC, grain="day")]
    assert found == [(0.0, 2), (1.0, 2)]
    assert rate(lake, view=view, call=call, ends="2026-01-05")[:2] == (0.0, 2)


def test_a_filter_keeps_both_sides(lake):
    """One article's calls over that article's readings; one language's over that language's."""
    view = views({"language": "en"}, {"language": "en"}, {"article_id": "b", "language": "ur"})
    call = calls({"language": None}, {"article_id": "b", "language": "en"})
    asked = {"view": view, "call": call}
    assert rate(lake, where=(("article_id", "a"),), **asked)[:2] == (0.5, 3)
    assert rate(lake, where=(("language", "ur"),), **asked)[:2] == (1.0, 2)
    held = holding(lake, article_view=view, call=call)
    by = {c["group"]["language"]: c["value"] for c in cells(held, METRIC, by=("language",))}
    assert by == {"en": 0.5, "ur": 1.0}


def test_a_call_to_an_article_in_several_languages_has_its_own(lake):
    """What the caller spoke tells which of the readings it belongs with."""
    view = views({"language": "en"}, {"language": "ur"})
    held = holding(lake, article_view=view, call=calls({"language": "ur"}))
    by = {c["group"]["language"]: c["value"] for c in cells(held, METRIC, by=("language",))}
    assert by == {"en": 0.0, "ur": 1.0}


def test_calls_of_a_time_without_readings_are_told(lake):
    """Calls are known since January, readings since March: January's are no requests per read."""
    view = views({}, {}, at="2026-03-02 10:00")
    early = {"call_id": "early", "entered_at": utc("2026-01-05 10:00")}
    call = calls({}, at="2026-03-02 11:00") + calls(early)
    reason = {"calls of a time of which no readings are told": 1}
    assert rate(lake, view=view, call=call) == (0.5, 3, reason)
    assert rate(lake, "calls_to_its_number", view=view, call=call) == (0.5, 3, reason)


def test_readings_of_a_time_without_calls_are_told(lake):
    """Before the telephone system was read, what readers asked for on the page is all there is."""
    early = views({"view_id": "early", "asked_for_help": "call"}, {"view_id": "other"})
    view = early + views({"asked_for_help": "call"}, {}, at="2026-03-02 10:00")
    call = calls({}, at="2026-03-02 11:00")
    assert rate(lake, view=view, call=call) == (0.5, 5, {})
    assert rate(lake, "calls_to_its_number", view=view, call=call) == (
        0.5,
        3,
        {"readings of a time of which no calls are told": 2},
    )


def test_what_is_not_known_of_readings_is_left_out_of_both_sides(lake):
    """Of half of the readings it is known whether help was asked for: of calls half count."""
    view = views({}, {}, {"asked_for_help": None}, {"asked_for_help": None})
    unknown = "not known whether help was asked for"
    assert rate(lake, view=view, call=calls({}, {})) == (0.5, 4, {unknown: 2})
    never = views({"asked_for_help": None})
    assert rate(lake, view=never, call=calls({})) == (None, 0, {unknown: 2})
    assert rate(lake, "calls_to_its_number", view=never, call=calls({}))[0] == 1.0


def test_rows_that_do_not_say_for_how_many_readings_they_stand_are_left_out(lake):
    view = views({"views": None}, {})
    reason = {"number of views not known": 1}
    assert rate(lake, view=view, call=calls({})) == (1.0, 2, reason)
    assert rate(lake, "calls_to_its_number", view=view, call=calls({})) == (1.0, 2, reason)


def test_the_rows_behind_it_are_readings_and_calls(lake):
    held = holding(lake, article_view=views({}, {}), call=calls({}))
    found = rows(held, Question((named(METRIC),)))
    assert found.total == 3
    kinds = [dict(zip(found.columns, row, strict=True))["kind"] for row in found.rows]
    assert kinds == ["view", "view", "call"]


# --- by a walk over rows drawn at random -------------------------------------------------------

SOURCES = ("site", "app")


def drawn(seed):
    draw = random.Random(seed)

    def at():
        return utc("2026-01-05") + timedelta(days=draw.choice([0, 0, 0, 1, 9, 30]), hours=5)

    view = views(
        *(
            {
                "source": draw.choice(SOURCES),
                "article_id": draw.choice([None, "a", "a", "b", "c"]),
                "language": draw.choice([None, "en", "ur"]),
                "asked_for_help": draw.choice([None, *["none"] * 5, "chat", "call", "call"]),
                "views": draw.choice([None, 1, 1, 1, 1, 40]),
                "opened_at": at(),
            }
            for _ in range(draw.randrange(40))
        )
    )
    call = calls(
        *(
            {
                "source": draw.choice(("pbx", "cloud")),
                "article_id": draw.choice([None, "a", "b", "d"]),
                "language": draw.choice([None, "en", "ur"]),
                "direction": draw.choice([None, "inbound", "inbound", "outbound", "callback"]),
                "leg": draw.choice([1, 1, 2]),
                "entered_at": at(),
            }
            for _ in range(draw.randrange(15))
        )
    )
    shown = [
        {"source": source, "article_id": number, "tracking_number": f"{number} 1"}
        for source in SOURCES
        for number in "abcd"
        if draw.random() < 0.3
    ]
    return view, call, shown


def walked(view, call, shown):
    """Go from row to row, each looking at all the others."""

    def near(moment, moments):
        return bool(moments) and min(moments) - DAY <= moment <= max(moments) + DAY

    wanted = [
        c for c in call if c["article_id"] and c["leg"] == 1 and c["direction"] in {None, "inbound"}
    ]
    knowing = {c["source"] for c in call if c["article_id"]}
    told = [c["entered_at"] for c in call if c["source"] in knowing]
    numbered = {c["article_id"] for c in wanted} | {a["article_id"] for a in shown}
    found = {}
    for v in view:
        has_number, known = v["article_id"] in numbered, near(v["opened_at"], told)
        asked = v["asked_for_help"]
        requests = None
        if asked is not None and v["views"] is not None:
            is_request = asked != "none" and not (asked == "call" and has_number and known)
            requests = v["views"] * is_request
        found["view", v["view_id"]] = (v["views"], requests, has_number, known, v["language"])
    for c in wanted:
        own = [v for v in view if v["article_id"] == c["article_id"]]
        sources = {v["source"] for v in own}
        times = [v["opened_at"] for v in view if v["source"] in sources]
        counted = [v for v in own if v["views"] is not None]
        known = sum(v["views"] for v in counted if v["asked_for_help"] is not None)
        part = known / sum(v["views"] for v in counted) if known else None
        languages = {v["language"] for v in own}
        language = languages.pop() if len(languages) == 1 else c["language"]
        found["call", c["call_id"]] = (0, part, True, near(c["entered_at"], times), language)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_as_walked_row_by_row(lake, seed):
    """One row for each reading and each call, whatever else there is of the article."""
    view, call, shown = drawn(seed)
    held = holding(lake, article_view=view, call=call, article=shown)
    with readable(held, ArticleUse):
        found = held.connection.execute(
            "select kind, use_id, views, requests, has_number, is_other_side_known, language "
            "from article_use"
        ).fetchall()
    wanted = walked(view, call, shown)
    assert len(found) == len(wanted)
    for kind, number, amount, requests, *flags in found:
        views_, requests_, *flags_ = wanted[kind, number]
        assert (amount, flags) == (views_, flags_), (kind, number)
        assert requests == (None if requests_ is None else pytest.approx(requests_))
