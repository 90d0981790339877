"""Programs set targets, look after alerts and bring files, once each, as their people may."""

import tomllib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from programs import PROBLEM, sent, told
from test_bringing import CALLS, lake, rows  # noqa: F401  its fixture

from hearwell.web.api import repeat
from hearwell.web.inputs.bringing import Bringing
from hearwell.web.people.audit import Audit
from hearwell.web.people.token import Scope
from hearwell.web.targets.target import Alert, Target

TARGETS, IMPORTS = "/api/v1/targets", "/api/v1/imports"
GIVEN = {"metric": "service_level", "variant": "SL3", "side": "at least", "value": 0.8}
MAPPING = """\
record = "call"
source = "pbx"
[columns]
call_id = '"Call ID"'
queue = 'Queue'
entered_at = 'try_cast("Start Time" as timestamp)'
ended_at = 'try_cast("End Time" as timestamp)'
"""


@pytest.fixture
def bob(company, program):
    return program("bob", Scope.WRITE)


def test_a_target_is_set_changed_and_removed(bob, people):
    made = told(sent(bob, TARGETS, GIVEN | {"where": ["team=billing phone"]}), 201)
    assert made["standing"]["state"] == "few"
    stored = Target.objects.get()
    assert (stored.owner, stored.value, stored.where) == (
        people["bob"],
        0.8,
        "where.team=billing+phone",
    )
    assert told(bob.get(TARGETS))["targets"] == [made]
    address = f"{TARGETS}/{made['number']}"
    wide = GIVEN | {"people": ["carol@example.org"], "window_days": 365}
    changed = told(sent(bob, address, wide, "put"))
    assert changed["standing"]["n"] > made["standing"]["n"]
    assert (changed["where"], changed["people"]) == ([], ["carol@example.org"])
    assert bob.delete(address).status_code == 204
    assert bob.delete(address).status_code == 404
    assert not Target.objects.exists()
    entries = Audit.objects.filter(action="target changed")
    assert [each.token.startswith("test") for each in entries] == [True] * 3


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"side": "at most"}, "body.side"),
        ({"metric": "csat", "variant": None, "where": ["queue=billing"]}, "body.where"),
        ({"where": ["site=Minsk"]}, "body.where.0"),
        ({"where": ["team=billing phone", "team=orders"]}, "body.where.1"),
        ({"where": ["team=nobody"]}, "body.where"),
        ({"people": ["nobody@example.org"]}, "body.people"),
        ({"channels": [7]}, "body.channels"),
        ({"quiet_from": 20}, "body.quiet_to"),
        ({"window_days": 0}, "body.given.window_days"),
        ({"colour": "red"}, "body.given.colour"),
    ],
)
def test_what_is_wrong_with_a_target_is_told_by_entry(bob, wrong, at):
    answer = sent(bob, TARGETS, {k: v for k, v in (GIVEN | wrong).items() if v is not None})
    assert answer.status_code == 422, answer.content
    assert answer.headers["Content-Type"] == PROBLEM
    assert [each["at"] for each in answer.json()["errors"]] == [at]
    assert not Target.objects.exists()


def test_a_lead_of_a_team_reaches_targets_and_alerts_of_that_team_only(company, people, program):
    people["carol"].role = "lead"
    people["carol"].save()
    carol = program("carol", Scope.WRITE)
    of_all = Target.objects.create(
        metric="service_level:SL3", side="at least", value=1.0, owner=people["alice"]
    )
    alert = of_all.alerts.create(opened_for="2026-06-01", value=0.5, n=100)
    assert told(carol.get(TARGETS))["targets"] == []
    assert told(carol.get("/api/v1/alerts"))["alerts"] == []
    for answer in (
        sent(carol, f"{TARGETS}/{of_all.pk}", GIVEN, "put"),
        carol.delete(f"{TARGETS}/{of_all.pk}"),
        carol.put(f"/api/v1/alerts/{alert.pk}/seen"),
    ):
        assert answer.status_code == 404
    assert sent(carol, TARGETS, GIVEN).status_code == 422  # it must name her team
    assert sent(carol, TARGETS, GIVEN | {"where": ["team=billing phone"]}).status_code == 201


def test_whoever_looks_after_an_alert_first_stays(bob, people, program, signed_in):
    target = Target.objects.create(
        metric="service_level:SL3", side="at least", value=1.0, owner=people["alice"]
    )
    alerts = [target.alerts.create(opened_for="2026-06-01", value=0.5, n=100)]
    told(bob.put(f"/api/v1/alerts/{alerts[0].pk}/seen"))
    again = told(program("alice", Scope.WRITE).put(f"/api/v1/alerts/{alerts[0].pk}/seen"))
    assert again["seen_by"] == "Bob"
    assert Audit.objects.filter(action="alert seen").count() == 1
    assert "Bob looks after it" in signed_in("alice").get("/targets/").content.decode()


def test_alerts_come_in_pages(bob, people):
    target = Target.objects.create(
        metric="service_level:SL3", side="at least", value=1.0, owner=people["alice"]
    )
    for day in range(1, 6):
        Alert.objects.create(
            target=target, opened_for=f"2026-06-0{day}", closed_for="2026-06-10", value=0.5, n=100
        )
    found, cursor = [], ""
    while cursor is not None:
        page = told(bob.get(f"/api/v1/alerts?state=closed&limit=2{cursor}"))
        found += [each["since"] for each in page["alerts"]]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    assert found == [f"2026-06-0{day}" for day in (5, 4, 3, 2, 1)]
    assert told(bob.get("/api/v1/alerts"))["alerts"] == []


# Once


def test_a_request_that_is_repeated_is_done_once(bob, program):
    first, second = (sent(bob, TARGETS, GIVEN, idempotency_key="monday") for _ in range(2))
    assert first.json() == second.json()
    assert second.status_code == 201
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Target.objects.count() == 1
    other = sent(bob, TARGETS, GIVEN | {"value": 0.9}, idempotency_key="monday")
    assert other.status_code == 422
    alice = program("alice", Scope.WRITE)  # keys are of one person
    assert sent(alice, TARGETS, GIVEN, idempotency_key="monday").status_code == 201
    assert Target.objects.count() == 2


def test_what_was_refused_may_be_asked_again_under_its_key(bob):
    assert sent(bob, TARGETS, GIVEN | {"side": "at most"}, idempotency_key="k").status_code == 422
    assert sent(bob, TARGETS, GIVEN, idempotency_key="k").status_code == 201


def test_what_is_being_answered_is_not_begun_again(bob, people, monkeypatch):
    sent(bob, TARGETS, GIVEN, idempotency_key="k")
    repeat.Repeat.objects.update(status=None)
    assert sent(bob, TARGETS, GIVEN, idempotency_key="k").status_code == 409
    monkeypatch.setattr(repeat, "BROKEN_OFF", repeat.BROKEN_OFF * 0)
    assert sent(bob, TARGETS, GIVEN, idempotency_key="k").status_code == 201


# Imports


def file(content=CALLS, name="calls.csv"):
    return SimpleUploadedFile(name, content.encode())


@pytest.mark.parametrize("mapping", ["", MAPPING])
def test_a_file_is_sent_checked_imported_and_its_refused_rows_read(
    lake,  # noqa: F811  the fixture
    program,
    mapping,
):
    alice = program("alice", Scope.WRITE)
    data = {"file": file(), "record": "call", "mapping": mapping}
    number = told(alice.post(IMPORTS, data), 202)["number"]
    checked = told(alice.get(f"{IMPORTS}/{number}"))  # its work is done at once in tests
    assert (checked["state"], checked["rows"]["kept"], checked["rows"]["rejected"]) == (
        "checked",
        3,
        1,
    )
    assert "yesterday" in checked["refused"][0]["raw"]
    how = tomllib.loads(checked["mapping"])
    assert (how["record"], how["columns"]["call_id"]) == ("call", '"Call ID"')
    assert not mapping or checked["mapping"] == mapping
    assert not rows(lake, "from lake.call")
    done = told(alice.post(f"{IMPORTS}/{number}/import"), 202)
    assert (done["state"], done["rows"]["new"]) == ("done", 3)
    again = told(alice.post(f"{IMPORTS}/{number}/import"), 202)
    assert again == done
    assert [each for (each,) in rows(lake, "select call_id from lake.call order by 1")] == [
        "1",
        "2",
        "3",
    ]
    (refusal,) = told(alice.get("/api/v1/refusals"))["refusals"]
    assert refusal["rows"] == 1
    key = {name: refusal[name] for name in ("source", "record", "file", "reason")}
    (row,) = told(alice.get("/api/v1/refusals/rows", key))["rows"]
    assert "yesterday" in row["raw"]
    assert Audit.objects.filter(action="imported").count() == 1


def test_refused_rows_come_in_pages(lake, program):  # noqa: F811
    alice = program("alice", Scope.WRITE)
    bad = "".join(f"x{n},sales,yesterday,,2026-01-05 09:21:00,,Brest\n" for n in range(5))
    number = told(alice.post(IMPORTS, {"file": file(CALLS + bad), "record": "call"}), 202)["number"]
    told(alice.post(f"{IMPORTS}/{number}/import"), 202)
    (refusal,) = told(alice.get("/api/v1/refusals"))["refusals"]
    key = {name: refusal[name] for name in ("source", "record", "file", "reason")}
    found, more = [], {}
    while more is not None:
        page = told(alice.get("/api/v1/refusals/rows", key | {"limit": 4} | more))
        found += [each["row"] for each in page["rows"]]
        more = {"cursor": page["next"]} if page["next"] else None
    assert found == sorted(set(found))
    assert len(found) == refusal["rows"] == 6


@pytest.mark.parametrize(
    ("content", "mapping", "part"),
    [
        ("Name,Town\nAnn,Minsk\n", "", "Each row must have this"),
        (CALLS, 'record = "case"\n[columns]\n', "It makes case"),
        (CALLS, "nonsense", "not TOML"),
        (CALLS, MAPPING.replace("Queue", "Site name"), "Site name"),
        (CALLS, MAPPING.replace("'Queue'", "\"read_text('/etc/passwd')\""), "columns"),
    ],
)
def test_a_file_that_cannot_be_mapped_is_refused_and_forgotten(
    lake,  # noqa: F811
    program,
    content,
    mapping,
    part,
):
    alice = program("alice", Scope.WRITE)
    answer = alice.post(IMPORTS, {"file": file(content), "record": "call", "mapping": mapping})
    assert answer.status_code == 422, answer.content
    assert part in answer.json()["detail"]
    assert "root:" not in answer.json()["detail"]
    assert not Bringing.objects.exists()


def test_a_mapping_that_reads_another_file_brings_nothing(lake, program):  # noqa: F811
    mapping = f"rows = \"select * from read_text('/etc/passwd')\"\n{MAPPING}"
    sending = {"file": file(), "record": "call", "mapping": mapping}
    found = told(program("alice", Scope.WRITE).post(IMPORTS, sending), 202)
    assert found["state"] == "uploaded"
    assert "read_text() may not stand in a mapping" in found["message"]
    assert not rows(lake, "from lake.call")


def test_a_file_that_is_sent_again_is_not_taken_twice(lake, program):  # noqa: F811
    alice, key = program("alice", Scope.WRITE), {"Idempotency-Key": "calls of Monday"}
    first, second = (
        alice.post(IMPORTS, {"file": file(), "record": "call"}, headers=key) for _ in range(2)
    )
    assert first.json() == second.json()
    assert Bringing.objects.count() == 1
    other = alice.post(IMPORTS, {"file": file(CALLS + "5"), "record": "call"}, headers=key)
    assert other.status_code == 422


def test_a_file_may_be_larger_than_other_bodies_up_to_its_own_bound(lake, program, settings):  # noqa: F811
    few = settings.ENVIRONMENT.model_copy(update={"upload_limit_megabytes": 2})
    settings.ENVIRONMENT = few
    alice = program("alice", Scope.WRITE)
    padded = CALLS + ("6,billing,2026-01-05 09:00:00,,2026-01-05 09:04:00,,Minsk\n" * 30_000)
    assert len(padded) > 1_500_000
    assert alice.post(IMPORTS, {"file": file(padded), "record": "call"}).status_code == 202
    for times in (1.5, 3):
        answer = alice.post(IMPORTS, {"file": file(padded * int(2 * times)), "record": "call"})
        assert answer.status_code == 413
        assert answer.headers["Content-Type"] == PROBLEM


def test_a_file_is_discarded(lake, program):  # noqa: F811
    alice = program("alice", Scope.WRITE)
    number = told(alice.post(IMPORTS, {"file": file(), "record": "call"}), 202)["number"]
    assert alice.delete(f"{IMPORTS}/{number}").status_code == 204
    assert alice.post(f"{IMPORTS}/{number}/import").status_code == 404
    assert not Bringing.objects.exists()
