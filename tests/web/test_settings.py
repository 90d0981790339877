"""The organisation's settings, its opening hours and promises are changed on pages."""

from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from hearwell.clock.schedule import Schedule
from hearwell.lake import settings_file
from hearwell.lake.lake import create
from hearwell.report.hours import days
from hearwell.settings import FILE, read
from hearwell.web import background, lakes
from hearwell.web.inputs.models import SettingsChange
from hearwell.web.people.audit import Audit

WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday"]
OFFICE = {
    "name": "office",
    "zone": "Europe/London",
    "days-0": WEEK,
    "opens-0": "09:00",
    "closes-0": "17:30",
}


@pytest.fixture
def lake(tmp_path, monkeypatch):
    """Give an empty lake that the pages read; what waits for the background is done at once."""
    path = tmp_path / "lake"
    create(path, "Europe/Minsk").close()
    pool = lakes.Pool(path)
    monkeypatch.setattr(lakes, "POOL", pool)
    monkeypatch.setattr(background.HUEY, "immediate", True)
    yield path
    pool.close()


@pytest.fixture
def alice(signed_in):
    return signed_in("alice")


def form_of(page):
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields} | {"seen": page.context["seen"]}


def test_a_setting_is_changed_and_the_file_keeps_its_comments(lake, alice):
    form = form_of(alice.get("/settings/"))
    changes = {"minimum_n": 25, "roll_up.by": ["channel"], "staffing.in_time": 0.9}
    assert alice.post("/settings/", form | changes).status_code == 302
    found = read(lake)
    assert (found.minimum_n, found.roll_up.by, found.staffing.in_time) == (25, ("channel",), 0.9)
    text = (lake / FILE).read_text()
    assert "minimum_n = 25                # answers with fewer rows are greyed" in text
    assert "# Opening hours: the business clock counts only these." in text
    told = SettingsChange.objects.values_list("entry", "before", "after")
    assert set(told) == {
        ("minimum_n", "10", "25"),
        ("roll_up.by", '["channel", "queue"]', '["channel"]'),
        ("staffing.in_time", "0.8", "0.9"),
    }
    assert "minimum_n" in Audit.objects.filter(action="settings changed").get().about
    assert "Alice" in alice.get("/settings/").content.decode()


def test_what_is_optional_is_written_and_taken_away_again(lake, alice):
    for region, languages in (("PK", ("pa", "ur")), ("", ())):
        changes = {"text.region": region, "text.languages": ",  ".join(languages)}
        assert (
            alice.post("/settings/", form_of(alice.get("/settings/")) | changes).status_code == 302
        )
        assert read(lake).text.region == (region or None)
        assert read(lake).text.languages == languages


def test_saving_what_is_there_changes_nothing(lake, alice):
    before = (lake / FILE).read_bytes()
    assert alice.post("/settings/", form_of(alice.get("/settings/"))).status_code == 302
    assert (lake / FILE).read_bytes() == before
    assert not SettingsChange.objects.exists()


def test_what_cannot_be_used_stands_beside_its_field_and_is_not_written(lake, alice):
    before = (lake / FILE).read_bytes()
    form = form_of(alice.get("/settings/")) | {"minimum_n": 1, "staffing.occupancy": 7}
    page = alice.post("/settings/", form)
    assert {"minimum_n", "staffing.occupancy"} == set(page.context["form"].errors)
    assert (lake / FILE).read_bytes() == before


def test_two_who_change_at_once_do_not_undo_each_other(lake, alice):
    form = form_of(alice.get("/settings/"))
    alice.post("/settings/", form | {"minimum_n": 25})
    page = alice.post("/settings/", form | {"keep_snapshots_days": 7})
    assert "meanwhile" in page.content.decode()
    assert (read(lake).minimum_n, read(lake).keep_snapshots_days) == (25, 90)


def seen(lake):
    return {"seen": settings_file.edition(lake), "do": "save"}


def test_a_schedule_and_a_promise_are_added_changed_and_removed(lake, alice):
    typed = OFFICE | {
        "holidays": "gb",
        "special": "2026-12-24 09:00-13:00",
        "closed": "2026-12-31",
        "dimension-0": "queue",
        "values-0": "billing\nsales, north",
        "days-1": ["saturday"],
        "opens-1": "22:00",
        "closes-1": "02:00",
    }
    added = alice.post("/settings/schedules/new/", typed | seen(lake))
    assert added.status_code == 302, added.context["written"].problems
    (kept,) = read(lake).schedule
    assert kept.applies_to == {"queue": ("billing", "sales, north")}
    assert kept.holidays == "GB"
    assert [(b.opens, b.closes) for b in kept.blocks] == [("09:00", "17:30"), ("22:00", "02:00")]
    again = alice.get("/settings/schedules/0/").context["written"].typed
    assert again["special"] == "2026-12-24 09:00-13:00"
    target = {"metric": "resolution", "within": "1.5", "unit": "days", "clock": "business"}
    assert alice.post("/settings/promises/new/", target | seen(lake)).status_code == 302
    assert read(lake).service_level_target[0].within_seconds == 1.5 * 86400
    refused = alice.post("/settings/schedules/0/", {"do": "remove", "seen": seen(lake)["seen"]})
    assert "needs opening" in refused.content.decode()  # the target is in business time
    remove = {"do": "remove"}
    assert alice.post("/settings/promises/0/", seen(lake) | remove).status_code == 302
    assert alice.post("/settings/schedules/0/", seen(lake) | remove).status_code == 302
    assert read(lake).schedule == read(lake).service_level_target == ()
    assert "# Opening hours" in (lake / FILE).read_text()


def test_the_order_in_which_schedules_are_asked_is_changed(lake, alice):
    for name in ("first", "second"):
        alice.post("/settings/schedules/new/", OFFICE | {"name": name} | seen(lake))
    alice.post("/settings/schedules/1/", seen(lake) | {"do": "earlier"})
    assert [each.name for each in read(lake).schedule] == ["second", "first"]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": ""}, "name"),
        ({"zone": "Nowhere/City"}, "zone"),
        ({"opens-0": "9 o'clock"}, "blocks.0"),
        ({"days-0": []}, "blocks.0"),
        ({"holidays": "Great Britain"}, "holidays"),
        ({"closed": "tomorrow"}, "closed"),
        ({"special": "2026-12-24 09:00"}, "special"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, ""),
    ],
)
def test_what_is_wrong_with_a_schedule_is_told_where_it_is(lake, alice, wrong, where):
    page = alice.post("/settings/schedules/new/", OFFICE | wrong | seen(lake))
    assert page.status_code == 200
    assert where in page.context["written"].problems
    assert not read(lake).schedule


def test_a_preview_writes_nothing(lake, alice):
    before = (lake / FILE).read_bytes()
    page = alice.post("/settings/schedules/new/", OFFICE | seen(lake) | {"do": "preview"})
    told = [each.told for each in page.context["days"]]
    assert len(told) == 14
    assert told.count("09:00 – 17:30") == 10
    assert (lake / FILE).read_bytes() == before


def test_a_country_without_holidays_is_told_beside_it(lake, alice):
    typed = OFFICE | {"holidays": "QQ"} | seen(lake)
    page = alice.post("/settings/schedules/new/", typed | {"do": "preview"})
    assert "No holidays are known" in page.context["written"].problems["holidays"][0]


def test_hours_that_no_question_could_use_are_not_kept(lake, alice):
    alice.post("/settings/schedules/new/", OFFICE | seen(lake))
    page = alice.post("/settings/schedules/new/", OFFICE | seen(lake))
    assert "valid at" in page.context["problem"][0]  # two of one name at once
    alice.post("/settings/schedules/new/", OFFICE | {"name": "b", "holidays": "QQ"} | seen(lake))
    assert len(read(lake).schedule) == 1


def test_days_are_drawn_as_the_clock_on_the_wall_reads():
    schedule = Schedule(
        name="s",
        zone="Europe/London",
        blocks=[
            {"days": WEEK, "opens": "09:00", "closes": "12:00"},
            {"days": WEEK, "opens": "13:00", "closes": "17:00"},
            {"days": ["saturday", "sunday"], "opens": "22:00", "closes": "02:00"},
        ],
        closed=[date(2026, 3, 31)],
    )
    found = {each.date: each.told for each in days(schedule, date(2026, 3, 27), 6)}
    assert found == {  # clocks go forward on the 29th
        date(2026, 3, 27): "09:00 – 12:00, 13:00 – 17:00",
        date(2026, 3, 28): "22:00 – 24:00",
        date(2026, 3, 29): "00:00 – 02:00, 22:00 – 24:00",
        date(2026, 3, 30): "00:00 – 02:00, 09:00 – 12:00, 13:00 – 17:00",
        date(2026, 3, 31): "",
        date(2026, 4, 1): "09:00 – 12:00, 13:00 – 17:00",
    }


@pytest.mark.parametrize("first", [date(2026, 3, 23), date(2026, 10, 19)])
def test_a_schedule_that_is_always_open_fills_each_day(first):
    always = [{"days": [*WEEK, "saturday", "sunday"], "opens": "00:00", "closes": "24:00"}]
    schedule = Schedule(name="s", zone="Europe/London", blocks=always)
    for number, each in enumerate(days(schedule, first, 14)):
        assert each.date == first + timedelta(days=number)
        assert each.open == ((0, 1440),)


@pytest.mark.parametrize(
    "address",
    [
        "/settings/",
        "/settings/schedules/new/",
        "/settings/promises/new/",
        "/settings/schedules/0/",
        "/settings/promises/0/",
    ],
)
def test_leads_change_no_settings(lake, signed_in, address):
    assert signed_in("bob").get(address).status_code == 403
    assert signed_in("bob").post(address, OFFICE | seen(lake)).status_code == 403


def test_leads_look_at_hours_and_viewers_do_not(lake, signed_in):
    assert signed_in("bob").get("/settings/schedules/").status_code == 200
    assert signed_in("carol").get("/settings/schedules/").status_code == 403
    assert signed_in("alice").get("/settings/schedules/7/").status_code == 404


LINE = {"number": "+44 20 7946 0123", "dialled": "8123", "article": "returns"}


def table_of(lake, *lines):
    form = {"form-TOTAL_FORMS": len(lines), "form-INITIAL_FORMS": 0, "seen": seen(lake)["seen"]}
    for number, line in enumerate(lines):
        form |= {f"form-{number}-{name}": value for name, value in line.items()}
    return form


def test_numbers_are_given_to_articles_and_campaigns(lake, alice):
    spring = {"number": "0800 12345", "campaign": "spring", "valid_from": "2026-02-01"}
    form = table_of(lake, LINE, {}, spring)
    assert alice.post("/settings/numbers/", form).status_code == 302
    first, second = read(lake).telephone_number
    assert (first.article, first.digits, second.campaign) == ("returns", 8123, "spring")
    assert second.valid_from == date(2026, 2, 1)
    page = alice.get("/settings/numbers/").content.decode()
    assert 'value="+44 20 7946 0123"' in page
    assert 'value="2026-02-01"' in page
    assert "telephone_number" in Audit.objects.filter(action="settings changed").get().about
    assert alice.post("/settings/numbers/", table_of(lake, {}, {})).status_code == 302
    assert read(lake).telephone_number == ()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([LINE | {"campaign": "spring"}], "name one of them"),
        ([{}, LINE | {"number": "call us"}], "no telephone number"),
        ([LINE, LINE | {"article": "other"}], "shown twice at a time"),
        ([LINE | {"valid_to": "31.12.2026x"}], "errorlist"),
        ([LINE | {"article": "<b>x", "number": ""}], "say the number"),
    ],
)
def test_a_table_of_numbers_that_cannot_be_used_is_shown_again(lake, alice, lines, told):
    before = (lake / FILE).read_bytes()
    page = alice.post("/settings/numbers/", table_of(lake, *lines))
    assert told in page.content.decode()
    assert "<b>x" not in page.content.decode()
    assert (lake / FILE).read_bytes() == before


def test_dimensions_are_told_apart_from_their_values():
    applies_to = {"channel": ["mail", "chat"], "team": ["north"]}
    told = strip_tags(render_to_string("inputs/applied.html", {"applies_to": applies_to}))
    assert told.strip() == "channel: mail, chat; team: north"
