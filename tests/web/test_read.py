"""Pages of numbers tell what the engine tells, to whoever may know it."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from hearwell.engine.ask import ask
from hearwell.engine.question import Question, find
from hearwell.engine.rows import rows
from hearwell.engine.scorecard import last_day
from hearwell.lake.lake import open_lake
from hearwell.report.number import number

PERIOD = {"from": "2026-05-10", "to": "2026-06-20"}


@pytest.fixture
def lake(company):
    with open_lake(company) as opened:
        yield opened


def asked(lake, name, **more):
    question = Question(find(name), begins=PERIOD["from"], ends=PERIOD["to"], **more)
    return ask(lake, question).answers[0]


def test_a_metric_page_tells_the_value_of_the_engine(lake, signed_in):
    answer = asked(lake, "call_volume")
    page = signed_in("bob").get("/metric/call_volume/", PERIOD).content.decode()
    told = number(answer.estimate.value[0], answer.unit)
    assert f"<data>{told}</data>" in page
    assert 'aria-current="true"' in page  # the dimension it is broken down by is marked


def test_the_address_holds_the_whole_question(lake, signed_in):
    answer = asked(lake, "service_level", where=(("queue", "billing"),))
    page = signed_in("bob").get(
        "/metric/service_level/", {**PERIOD, "where.queue": "billing", "compare": "none"}
    )
    told = number(answer.estimate.value[0], answer.unit)
    assert f"<data>{told}</data>" in page.content.decode()
    link = re.search(r'href="(\?[^"]*as_of=[^"]*)"', page.content.decode()).group(1)
    for part in ("from=2026-05-10", "to=2026-06-20", "where.queue=billing", "compare=none"):
        assert part in link


def test_rows_are_those_of_the_engine_page_by_page(lake, signed_in):
    question = Question(find("call_volume"), begins=PERIOD["from"], ends=PERIOD["to"])
    everything = rows(lake, question)
    bob = signed_in("bob")
    exported = bob.get("/metric/call_volume/rows.csv", PERIOD)
    text = b"".join(exported.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == everything.columns
    assert len(lines) == everything.total + 1
    page = bob.get("/metric/call_volume/rows/", PERIOD).content.decode()
    assert everything.rows[0][everything.columns.index("call_id")] in page


def test_more_columns_are_told_when_they_are_asked_for(company, signed_in):
    bob = signed_in("bob")
    plain = bob.get("/metric/call_volume/rows/", PERIOD).content.decode()
    more = bob.get("/metric/call_volume/rows/", {**PERIOD, "column": "language"}).content.decode()
    assert '<th scope="col">language</th>' not in plain
    assert '<th scope="col">language</th>' in more


def test_rows_are_told_in_the_readers_language_and_exported_as_they_are(company, signed_in):
    bob = signed_in("bob")
    bob.cookies["language"] = "ur"
    page = bob.get("/metric/abandonment_rate/rows/", PERIOD).content.decode()
    assert '<th scope="col">انجام</th>' in page
    assert "<bdi>جواب دیا گیا</bdi>" in page
    assert "<bdi>answered</bdi>" not in page
    exported = bob.get("/metric/abandonment_rate/rows.csv", PERIOD)
    assert b"answered" in b"".join(exported.streaming_content)


def test_a_viewer_sees_numbers_but_no_rows(company, signed_in):
    carol = signed_in("carol")
    assert carol.get("/metric/call_volume/", PERIOD).status_code == 200
    assert carol.get("/metric/call_volume/rows/", PERIOD).status_code == 403
    assert carol.get("/metric/call_volume/rows.csv", PERIOD).status_code == 403


def test_what_cannot_be_asked_is_told(company, signed_in):
    bob = signed_in("bob")
    assert bob.get("/metric/no_such_metric/").status_code == 404
    answer = bob.get("/metric/call_volume/", {"from": "yesterday"})
    assert answer.status_code == 400
    assert "no day such as" in answer.content.decode()
    answer = bob.get("/metric/call_volume/", {"clock": "sundial"})
    assert answer.status_code == 400
    assert "calendar, business" in answer.content.decode()


def test_hours_of_the_week_are_shaded(lake, signed_in):
    page = signed_in("bob").get("/staffing/", {**PERIOD, "metric": "call_volume"}).content.decode()
    answer = asked(lake, "call_volume", grain="hour_of_week")
    assert page.count("<td class=") == sum(answer.estimate.n > 0)


def test_who_is_needed_is_told(company, signed_in):
    page = signed_in("bob").get("/staffing/plan/", PERIOD).content.decode()
    assert "Needed means" in page
    assert 'name="in_time" min="50" max="99" value="80"' in page


def test_what_if_more_were_to_be_answered_in_time(company, signed_in):
    wanted = {**PERIOD, "in_time": "95", "abandoned": "2"}
    page = strip_tags(signed_in("bob").get("/staffing/plan/", wanted).content.decode())
    page = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Needed means: 95.0 % answered within 20.0 s, at most 2.0 % hang up" in page
    assert "Answered in time, at least: 95.0 %" in page
    assert signed_in("bob").get("/staffing/plan/", {"in_time": "most"}).status_code == 400


def test_articles_are_told_but_not_to_those_of_one_team(company, signed_in):
    assert "article-" in signed_in("bob").get("/help-centre/", PERIOD).content.decode()
    page = signed_in("carol").get("/help-centre/", PERIOD).content.decode()
    assert "article-" not in page
    assert "not told by team" in page


def test_a_change_is_taken_apart(company, signed_in):
    page = signed_in("bob").get("/metric/service_level/why/", {**PERIOD, "compare": "previous"})
    assert page.status_code == 200
    assert "Served differently" in page.content.decode()


def test_it_is_told_when_a_number_turned(company, signed_in):
    """In its page, and as a page of its own where no script asks; too few days are said to be."""
    bob = signed_in("bob")
    whole = {"from": "2026-06-01", "to": "2026-06-30"}
    page = bob.get("/metric/backlog/", whole).content.decode()
    (address,) = re.findall(r'hx-get="(/metric/backlog/turned/[^"]*)"', page)
    address = address.replace("&amp;", "&")
    script = {"HX-Request": "true"}
    part = bob.get(address, headers=script).content.decode()
    assert "<svg" in part
    assert "Alarms by chance alone" in part
    assert "why change" not in part
    assert "<html" not in part
    assert "<h1>When it turned</h1>" in bob.get(address).content.decode()
    short = bob.get("/metric/wait_time/turned/", PERIOD, headers=script).content.decode()
    assert "to see it change" in short


def test_a_page_without_rows_leads_to_the_newest(company, lake, signed_in):
    bob = signed_in("bob")
    newest = last_day(lake, find("wait_time")[0].metric)
    later = {"from": f"{newest.year + 1}-03-02", "to": f"{newest.year + 1}-03-08"}
    week = f"from={newest - timedelta(days=6)}&amp;to={newest}"
    for path, more in (
        ("/metric/wait_time/", {}),
        ("/metric/wait_time/rows/", {}),
        ("/explore/", {"metric": "call_volume:calls"}),
        ("/staffing/", {"metric": "wait_time"}),
    ):
        page = bob.get(path, {**more, **later}).content.decode()
        told = page[page.index('<div class="empty">') :]
        (link,) = re.findall(r'href="([^"]*)"', told[: told.index("</div>")])
        assert week in link
        moved = bob.get(path + link.replace("&amp;", "&")).content.decode()
        assert '<div class="empty">' not in moved
        assert bob.get(path, {**more, **later, "where.queue": "none such"}).status_code == 200
