"""Programs change settings, opening hours and promises as the pages do, and only with a scope."""

import pytest
from programs import sent, told
from test_settings import lake  # noqa: F401  its fixture

from hearwell.settings import FILE, read
from hearwell.web.inputs.models import SettingsChange
from hearwell.web.people.audit import Audit
from hearwell.web.people.token import Scope

SETTINGS, PROMISES = "/api/v1/settings", "/api/v1/promises"
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday"]
OFFICE = {
    "name": "office",
    "zone": "Europe/London",
    "holidays": "GB",
    "blocks": [{"days": WEEK, "opens": "09:00", "closes": "17:30"}],
    "special": [{"date": "2026-12-24", "blocks": [{"opens": "09:00", "closes": "13:00"}]}],
    "applies_to": {"queue": ["billing", "sales, north"]},
}
FIRST = {"metric": "first_response", "within_seconds": 14400}

pytestmark = pytest.mark.usefixtures("lake")


@pytest.fixture
def alice(program):
    return program("alice", Scope.ADMIN)


def test_entries_are_changed_and_all_others_stay(lake, alice):  # noqa: F811  the fixture
    given = {
        "minimum_n": 25,
        "service_level": {"answer_within_seconds": 20.5},
        "text": {"languages": ["pa", "ur"], "region": "PK"},
        "roll_up": {"by": ["channel"]},
    }
    found = told(sent(alice, SETTINGS, given, "patch"))
    kept = read(lake)
    assert found["settings"] == kept.model_dump(mode="json")
    assert (kept.minimum_n, kept.roll_up.by, kept.zone) == (25, ("channel",), "Europe/Minsk")
    assert kept.service_level.answer_within_seconds == 20.5
    assert (kept.text.languages, kept.text.region) == (("pa", "ur"), "PK")
    assert "answers with fewer rows are greyed" in (lake / FILE).read_text()  # the comments stay
    (entry,) = Audit.objects.filter(action="settings changed")
    assert "minimum_n" in entry.about
    assert entry.token.startswith("test")
    assert SettingsChange.objects.count() == 5
    told(sent(alice, SETTINGS, {"text": {"region": None}, "minimum_n": 25}, "patch"))
    assert (read(lake).text.region, read(lake).text.languages) == (None, ("pa", "ur"))
    told(sent(alice, SETTINGS, {}, "patch"))
    assert SettingsChange.objects.count() == 6


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"minimum_n": 1}, "body.given.minimum_n"),
        ({"zone": "Europe/Nowhere"}, "body.given.zone"),
        ({"plain_identifiers": ["shoe_size"]}, "body.plain_identifiers"),
        ({"roll_up": {"by": ["weather"]}}, "body.roll_up.by"),
        ({"schedule": []}, "body.given.schedule"),
    ],
)
def test_what_the_page_refuses_programs_are_refused(lake, alice, wrong, at):  # noqa: F811
    before = (lake / FILE).read_bytes()
    answer = sent(alice, SETTINGS, wrong, "patch")
    assert answer.status_code == 422, answer.content
    assert [each["at"] for each in answer.json()["errors"]] == [at]
    assert (lake / FILE).read_bytes() == before


def test_nobody_without_the_scope_changes_settings(program):
    for name, scope in (("alice", Scope.WRITE), ("alice", Scope.READ), ("bob", Scope.ADMIN)):
        answer = sent(program(name, scope), SETTINGS, {"minimum_n": 25}, "patch")
        assert answer.status_code == 403
        assert "administrator and a token of scope admin" in answer.json()["detail"]


def test_opening_hours_and_promises_are_put_in_the_place_of_others(lake, alice, signed_in):  # noqa: F811
    before = told(alice.get(PROMISES))
    assert (before["schedules"], before["targets"]) == ([], [])
    other = OFFICE | {"name": "other", "applies_to": {}}
    given = {"schedules": [OFFICE, other], "targets": [FIRST], "edition": before["edition"]}
    found = told(sent(alice, PROMISES, given, "put"))
    assert found == told(alice.get(PROMISES))
    kept = read(lake)
    assert [each.name for each in kept.schedule] == ["office", "other"]
    assert kept.schedule[0].applies_to == {"queue": ("billing", "sales, north")}
    assert "office" in signed_in("alice").get("/settings/schedules/").content.decode()
    stale = sent(alice, PROMISES, given, "put")
    assert stale.status_code == 409
    assert "Read them again" in stale.json()["detail"]
    swapped = found | {"schedules": found["schedules"][::-1]}
    assert told(sent(alice, PROMISES, swapped, "put"))["schedules"][0]["name"] == "other"


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"schedules": []}, "needs opening hours"),
        ({"schedules": [OFFICE | {"holidays": "XQ"}]}, "XQ"),
        ({"schedules": [OFFICE | {"zone": "Nowhere"}]}, "body.given.schedules.0.zone"),
        ({"schedules": [OFFICE, OFFICE]}, "Two schedules called"),
        ({"schedules": [OFFICE | {"applies_to": {"quewe": ["x"]}}]}, "Did you mean queue?"),
        ({"targets": [FIRST | {"applies_to": {"weather": ["wet"]}}]}, "weather"),
        ({"targets": [FIRST | {"within_seconds": 0}]}, "body.given.targets.0.within_seconds"),
    ],
)
def test_hours_that_cannot_be_counted_are_not_kept(lake, alice, wrong, part):  # noqa: F811
    before = (lake / FILE).read_bytes()
    edition = told(alice.get(PROMISES))["edition"]
    given = {"schedules": [OFFICE], "targets": [FIRST], "edition": edition} | wrong
    answer = sent(alice, PROMISES, given, "put")
    assert answer.status_code == 422, answer.content
    assert part in answer.json()["detail"]
    assert str(lake) not in answer.content.decode()
    assert (lake / FILE).read_bytes() == before


def test_the_coming_two_weeks_are_told_of_hours_that_are_not_kept(program):
    bob = program("bob")
    days = told(sent(bob, f"{PROMISES}/preview", {"schedule": OFFICE | {"special": []}}))["days"]
    assert len(days) == 14
    weekly = [each["open"] for each in days if each["open"]]
    assert weekly
    assert all(each == [{"opens": "09:00", "closes": "17:30"}] for each in weekly)
    answer = sent(bob, f"{PROMISES}/preview", {"schedule": OFFICE | {"holidays": "XQ"}})
    assert answer.status_code == 422


def test_telephone_numbers_are_put_in_the_place_of_others(lake, alice, signed_in):  # noqa: F811
    edition = told(alice.get(SETTINGS))["edition"]
    numbers = [{"number": "+44 20 7946 0123", "article": "returns", "valid_from": "2026-01-01"}]
    address = f"{SETTINGS}/telephone-numbers"
    told(sent(alice, address, {"numbers": numbers, "edition": edition}, "put"))
    assert [each.article for each in read(lake).telephone_number] == ["returns"]
    assert "7946 0123" in signed_in("alice").get("/settings/numbers/").content.decode()
    edition = told(alice.get(SETTINGS))["edition"]
    answer = sent(alice, address, {"numbers": numbers * 2, "edition": edition}, "put")
    assert answer.status_code == 422
    assert "shown twice" in answer.json()["detail"]
    told(sent(alice, address, {"numbers": [], "edition": edition}, "put"))
    assert read(lake).telephone_number == ()
