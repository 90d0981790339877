"""The pages that say why: parts come by themselves; what cannot be told is said in its place."""

import re
from math import nan

import numpy as np
import pytest

from hearwell.engine.question import find
from hearwell.evidence import sentence as told
from hearwell.evidence.factor import Factor
from hearwell.insights.drivers.driver import Driver, Met
from hearwell.insights.journeys.person import known_as
from hearwell.insights.topics.explain import Phrase
from hearwell.lake.lake import open_lake
from hearwell.metrics.estimator import NetScore, Share
from hearwell.metrics.metric import Unit
from hearwell.report.scale import scale
from hearwell.text.contrast import Contrasted
from hearwell.web.people.audit import Action
from hearwell.web.people.models import Audit
from hearwell.web.people.person import Role
from hearwell.web.why.driver_map import driver_map
from hearwell.web.why.score import SCORES, WAYS
from hearwell.web.why.topics import row

PARTS = (
    "topics",
    "sentiment",
    "drivers",
    "deal-breakers",
    "products",
    "everyone",
    "self-service",
)


def test_the_page_fetches_its_parts_over_the_chosen_period(company, signed_in):
    page = signed_in("bob").get("/why/?metric=net_promoter_score").content.decode()
    fetched = re.findall(r'hx-get="(/why/\w[^"]+)"', page)
    assert [each.split("/")[2] for each in fetched] == list(PARTS)
    for each in fetched:
        assert "last=365" in each
        assert "metric=net_promoter_score" in each
    narrow = signed_in("bob").get("/why/?last=28").content.decode()
    assert re.findall(r'hx-get="/why/drivers/\?last=28&', narrow.replace("&amp;", "&"))


def test_parts_tell_what_there_is_and_what_is_missing(company, signed_in):
    bob, whole = signed_in("bob"), "?from=2000-01-01&to=2100-01-01"
    assert "Drivers need two things" in bob.get(f"/why/drivers/{whole}").content.decode()
    judged = bob.get(f"/why/sentiment/{whole}&where.product=camera").content.decode()
    assert "Texts are not judged: scored comments" in judged
    sides = bob.get(f"/why/everyone/{whole}").content.decode()
    assert "<circle" in sides
    with open_lake(company) as lake:
        ((answers, satisfied),) = lake.connection.execute(
            "select count(*), avg((answer >= 4)::int) from lake.survey "
            "where instrument = 'csat' and answered_at is not null"
        ).fetchall()
    assert f"<data>{satisfied:.1%}".replace("%", "\xa0%") in sides
    assert f"<b>{answers}</b>" in sides
    assert bob.get("/why/drivers/?metric=call_volume").status_code == 400


@pytest.mark.parametrize("name", SCORES)
def test_each_score_is_counted_so_that_everyones_can_be_told(name):
    (asked,) = find(name, WAYS.get(name))[:1]
    assert isinstance(asked.usual.estimator, Share | NetScore)


def driver(name, share, bad, good, *, believed=True):
    return Driver(
        Factor(name, told.factor(name), "happened", ("x",)),
        explains=share / 10,
        low=0.0,
        high=share / 5,
        share=share,
        correlation=0.1,
        p=0.01,
        first=1.0,
        known=1.0,
        bad=bad,
        usual=Met(nan, 0),
        good=good,
        penalty=nan,
        reward=nan,
        asymmetry=nan,
        kind="",
        believed=believed,
    )


def test_the_map_stands_right_where_it_goes_well_and_high_where_it_matters():
    weak = driver("hold_time", 0.1, Met(0.4, 90), Met(0.8, 30), believed=False)
    strong = driver("late_delivery", 0.6, Met(0.4, 30), Met(0.8, 90))
    unknown = driver("channel", 0.3, Met(nan, 0), Met(nan, 0))
    # counted by hand: (90 * 0.4 + 30 * 0.8) / 120 = 0.5, a quarter of the way from 0.4 to 0.8
    assert weak.performance == pytest.approx(0.25)
    assert strong.performance == pytest.approx(0.75)
    assert unknown.performance is None
    drawn = driver_map([("late", strong), ("channel", unknown), ("hold", weak)])
    points = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)".*?<text[^>]*>(\d)</text>', drawn)
    assert [place for _x, _y, place in points] == ["3", "1"]
    (x_weak, y_weak), (x_strong, y_strong) = [(float(x), float(y)) for x, y, _place in points]
    assert x_weak < x_strong
    assert y_weak > y_strong  # downwards on a screen
    assert drawn.count('class="unsure"') == 1
    assert driver_map([("channel", unknown)]) is None


@pytest.mark.parametrize("name", ["drivers", "deal-breakers", "sentiment"])
def test_what_is_of_no_team_is_not_told_to_who_sees_some(company, signed_in, name):
    page = signed_in("carol").get(f"/why/{name}/?last=365")
    assert page.status_code == 200
    assert "is not told by team" in page.content.decode()
    assert "<table" not in page.content.decode()


def test_nothing_changed_is_an_answer_that_the_scorecard_fetches(company, signed_in, program):
    bob = signed_in("bob")
    assert 'hx-get="/changed/feed/?"' in bob.get("/").content.decode()
    page = bob.get("/changed/feed/").content.decode()
    told = page.count('class="finding"')
    assert told <= 3
    assert (told == 0) == ("Nothing changed beyond chance" in page)
    findings = program("bob").get("/api/v1/digest").json()["findings"]  # what the page keeps
    assert min(len(findings), 3) == told


def test_a_customer_is_found_by_what_the_organisation_knows_and_the_look_is_written_down(
    company, signed_in
):
    with open_lake(company) as lake:
        ((caller, touches),) = lake.connection.execute(
            "select customer_id, count(*) from lake.survey where answered_at is not null "
            "and customer_id is not null group by 1 order by 2 desc, 1 limit 1"
        ).fetchall()
        number = "+375 29 000-00-00"
        (as_number, as_written) = known_as(lake, number)[1:]
    assert as_number != as_written
    bob = signed_in("bob")
    page = bob.post("/journey/", {"customer": caller}).content.decode()
    assert page.count("survey answer") == touches
    assert 'class="time-line"' in page
    missing = bob.post("/journey/", {"customer": number}).content.decode()
    assert "Nothing is known of a customer" in missing
    kept = list(Audit.objects.filter(action=Action.JOURNEY).values_list("about", flat=True))
    assert kept[0] == as_written
    assert len(kept) == 2
    assert not any(number in each for each in kept)


def test_a_lead_of_some_teams_sees_no_journey(company, people, signed_in):
    people["carol"].role = Role.LEAD
    people["carol"].save()
    with open_lake(company) as lake:
        ((known,),) = lake.connection.execute(
            "select min(customer_id) from lake.survey where answered_at is not null"
        ).fetchall()
    carol = signed_in("carol")
    page = carol.post("/journey/", {"customer": known}).content.decode()
    assert "of no team" in page
    assert "<table" not in page
    assert "is not told by team" in carol.get("/journey/together/").content.decode()


def test_texts_are_shown_to_those_who_may_read_rows():
    of = Contrasted("late", "en", 4.0, 0.001, 20, 100, 5, 100, np.arange(25), is_sure=True)
    phrase = Phrase(of, ("it was late",))
    on = scale([0.0, 0.2], Unit.SHARE)
    assert row(phrase, on, with_examples=True)["examples"] == ("it was late",)
    told = row(phrase, on, with_examples=False)
    assert told["examples"] == ()
    assert "it was" not in str(told)
    widths = re.findall(r'width="([\d.]+)%"', told["drawn"])
    assert float(widths[0]) == pytest.approx(4 * float(widths[1]))


def test_a_key_that_is_wrong_is_split_off_and_joined_again(company, signed_in):
    """The page tells why a touch is taken for the customer's; who splits is written down."""
    with open_lake(company) as lake:
        ((customer, visitor),) = lake.connection.execute(
            "select customer_id, visitor_id from lake.article_view join lake.search "
            "using (visitor_id) where customer_id is not null order by all limit 1"
        ).fetchall()
    bob = signed_in("bob")
    key = {"joined_by": "visitor", "joined_key": visitor, "customer_id": customer}
    told = [
        bob.post("/journey/", {"customer": customer} | more).content.decode()
        for more in ({}, key | {"do": "split"}, key | {"do": "join"})
    ]
    assert [f"<code>{visitor}</code>" in each for each in told] == [True, True, True]
    assert ["Not this customer" in each for each in told] == [True, False, True]
    assert ["Join again" in each for each in told] == [False, True, False]
    assert Audit.objects.filter(action=Action.IDENTITY).count() == 2
    other = bob.post("/journey/", {"customer": "somebody else"} | key | {"do": "split"})
    assert other.status_code == 400


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/changed/findings/", "What changed"),
        ("/journey/together/", "What comes before customers turn"),
        ("/staffing/plan/", "Needed against there"),
        ("/why/sentiment/", "How texts are judged"),
    ],
)
def test_a_part_is_a_page_of_its_own_where_no_script_asks(company, signed_in, address, title):
    bob = signed_in("bob")
    page = bob.get(address).content.decode()
    part = bob.get(address, headers={"HX-Request": "true"}).content.decode()
    assert f"<h1>{title}</h1>" in page
    assert "<html" not in part
    assert part in page
