"""Who may ask what: by role, scope and team, programs are told what their person may see."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from ninja.errors import AuthorizationError, HttpError
from programs import OPERATIONS, PROBLEM, counted, showing, shown, told

from hearwell.lake.lake import open_lake
from hearwell.web.api.caller import Bearer
from hearwell.web.api.service import ALLOWED, API
from hearwell.web.api.urls import urlpatterns
from hearwell.web.explore.board import Board
from hearwell.web.explore.view import View
from hearwell.web.people.person import Role
from hearwell.web.people.token import Scope

ROWS = "/api/v1/metrics/call_volume/rows"

MAY = {
    "metrics": (Role.VIEWER, Scope.READ),
    "metric": (Role.VIEWER, Scope.READ),
    "can_be_answered": (Role.VIEWER, Scope.READ),
    "dimensions": (Role.VIEWER, Scope.READ),
    "values": (Role.VIEWER, Scope.READ),
    "ask": (Role.VIEWER, Scope.READ),
    "put": (Role.VIEWER, Scope.READ),
    "scorecard": (Role.VIEWER, Scope.READ),
    "rows": (Role.LEAD, Scope.READ),
    "why": (Role.VIEWER, Scope.READ),
    "guardrails": (Role.VIEWER, Scope.READ),
    "self_service": (Role.VIEWER, Scope.READ),
    "products": (Role.VIEWER, Scope.READ),
    "digest": (Role.VIEWER, Scope.READ),
    "sentiment": (Role.VIEWER, Scope.READ),
    "journeys": (Role.LEAD, Scope.READ),
    "journey": (Role.LEAD, Scope.READ),
    "split_journey": (Role.LEAD, Scope.WRITE),
    "events": (Role.LEAD, Scope.READ),
    "benchmarks": (Role.LEAD, Scope.READ),
    "tell_event": (Role.LEAD, Scope.WRITE),
    "take_back_event": (Role.LEAD, Scope.WRITE),
    "tell_benchmark": (Role.LEAD, Scope.WRITE),
    "take_back_benchmark": (Role.LEAD, Scope.WRITE),
    "designs": (Role.LEAD, Scope.READ),
    "begin_design": (Role.LEAD, Scope.WRITE),
    "one_design": (Role.LEAD, Scope.READ),
    "change_design": (Role.LEAD, Scope.WRITE),
    "programmes": (Role.LEAD, Scope.READ),
    "make_programme": (Role.LEAD, Scope.WRITE),
    "change_programme": (Role.LEAD, Scope.WRITE),
    "change_habits": (Role.LEAD, Scope.WRITE),
    "bring_emails": (Role.ADMINISTRATOR, Scope.WRITE),
    "survey_results": (Role.LEAD, Scope.READ),
    "ask_some_again": (Role.LEAD, Scope.WRITE),
    "invitations": (Role.LEAD, Scope.WRITE),
    "answer": (Role.LEAD, Scope.WRITE),
    "boards": (Role.VIEWER, Scope.READ),
    "one_board": (Role.VIEWER, Scope.READ),
    "make_board": (Role.VIEWER, Scope.WRITE),
    "change_board": (Role.VIEWER, Scope.WRITE),
    "delete_board": (Role.VIEWER, Scope.WRITE),
    "board_links": (Role.VIEWER, Scope.READ),
    "make_link_of_board": (Role.LEAD, Scope.WRITE),
    "end_link": (Role.VIEWER, Scope.WRITE),
    "deliveries": (Role.LEAD, Scope.READ),
    "make_delivery": (Role.LEAD, Scope.WRITE),
    "change_delivery": (Role.LEAD, Scope.WRITE),
    "delete_delivery": (Role.LEAD, Scope.WRITE),
    "send_delivery": (Role.LEAD, Scope.WRITE),
    "make_channel": (Role.LEAD, Scope.WRITE),
    "delete_channel": (Role.LEAD, Scope.WRITE),
    "renew_secret": (Role.LEAD, Scope.WRITE),
    "delivery_log": (Role.LEAD, Scope.READ),
    "targets": (Role.VIEWER, Scope.READ),
    "make_target": (Role.LEAD, Scope.WRITE),
    "change_target": (Role.LEAD, Scope.WRITE),
    "delete_target": (Role.LEAD, Scope.WRITE),
    "alerts": (Role.VIEWER, Scope.READ),
    "see_alert": (Role.LEAD, Scope.WRITE),
    "promises": (Role.LEAD, Scope.READ),
    "change_promises": (Role.ADMINISTRATOR, Scope.ADMIN),
    "preview_hours": (Role.LEAD, Scope.READ),
    "running_promises": (Role.LEAD, Scope.READ),
    "staffing": (Role.VIEWER, Scope.READ),
    "freshness": (Role.VIEWER, Scope.READ),
    "snapshots": (Role.VIEWER, Scope.READ),
    "sources": (Role.LEAD, Scope.READ),
    "needs": (Role.LEAD, Scope.READ),
    "imports": (Role.ADMINISTRATOR, Scope.READ),
    "send_file": (Role.ADMINISTRATOR, Scope.WRITE),
    "one_import": (Role.ADMINISTRATOR, Scope.READ),
    "import_file": (Role.ADMINISTRATOR, Scope.WRITE),
    "discard_file": (Role.ADMINISTRATOR, Scope.WRITE),
    "refused_for": (Role.ADMINISTRATOR, Scope.READ),
    "refused_rows": (Role.ADMINISTRATOR, Scope.READ),
    "sites": (Role.ADMINISTRATOR, Scope.READ),
    "one_site": (Role.ADMINISTRATOR, Scope.READ),
    "add_site": (Role.ADMINISTRATOR, Scope.ADMIN),
    "change_site": (Role.ADMINISTRATOR, Scope.ADMIN),
    "renew_server_key": (Role.ADMINISTRATOR, Scope.ADMIN),
    "people": (Role.ADMINISTRATOR, Scope.READ),
    "invite": (Role.ADMINISTRATOR, Scope.ADMIN),
    "change_person": (Role.ADMINISTRATOR, Scope.ADMIN),
    "make_link": (Role.ADMINISTRATOR, Scope.ADMIN),
    "end_sessions": (Role.ADMINISTRATOR, Scope.ADMIN),
    "account": (Role.VIEWER, Scope.READ),
    "change_account": (Role.VIEWER, Scope.WRITE),
    "tokens": (Role.VIEWER, Scope.READ),
    "revoke_token": (Role.VIEWER, Scope.WRITE),
    "settings": (Role.ADMINISTRATOR, Scope.READ),
    "change_settings": (Role.ADMINISTRATOR, Scope.ADMIN),
    "change_numbers": (Role.ADMINISTRATOR, Scope.ADMIN),
    "settings_changes": (Role.ADMINISTRATOR, Scope.READ),
    "audit_log": (Role.ADMINISTRATOR, Scope.READ),
}
"""Whoever adds an operation says here who may do it, and with a token of which scope."""


def test_every_operation_says_who_may_ask():
    assert ALLOWED == MAY


def test_no_address_of_programs_is_without_a_test():
    """An address that is no operation is asked below in a test of its own."""
    operations = {
        each.pattern._route  # noqa: SLF001  Django has no other name for it
        for each in API.urls[0]
    }
    described = {path.removeprefix("/api/v1/") for path in API.get_openapi_schema()["paths"]}
    assert {each.replace("<", "{").replace(">", "}") for each in operations} == {
        *described,
        "openapi.json",
        "",  # it names nothing
    }
    assert [str(each.pattern) for each in urlpatterns] == ["mcp", "api/", "api/v1/"]


@pytest.mark.django_db
def test_the_root_tells_nothing(client):
    assert client.get("/api/v1/").status_code == 404


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_each_role_may_do_what_is_its_own(people, path, method, operation, monkeypatch):
    monkeypatch.setattr("ninja.operation.Operation._get_values", reached)
    address = "/api/v1" + operation["x-example"]
    needed, scope = MAY[operation["operationId"]]
    for role in Role:
        people["bob"].role = role
        people["bob"].save()
        may = role.includes(needed)
        for client in (showing(shown(people, "bob", scope)[1]), in_session(people["bob"])):
            assert getattr(client, method)(address).status_code == (418 if may else 403)
        only_reads = showing(shown(people, "bob", Scope.READ)[1])
        may = may and scope == Scope.READ
        assert getattr(only_reads, method)(address).status_code == (418 if may else 403)
    for client in (Client(), showing("hearwell_nothing")):
        answer = getattr(client, method)(address)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == PROBLEM
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def reached(*_):
    raise HttpError(418, "let in")


def in_session(person):
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def test_only_a_good_token_opens(people):
    def status(text):
        return showing(text).get("/api/v1/openapi.json").status_code

    ended, ended_text = shown(people, "bob")
    ended.ends_at = timezone.now() - timedelta(seconds=1)
    ended.save()
    revoked, revoked_text = shown(people, "bob")
    revoked.revoke()
    _, left_text = shown(people, "dave")
    assert [status(ended_text), status(revoked_text), status(left_text + "x")] == [401] * 3
    people["dave"].is_active = False
    people["dave"].save()
    assert status(left_text) == 401
    assert status("") == 401


def test_a_token_that_is_not_good_is_not_made_good_by_a_session(people):
    client = in_session(people["alice"])
    for shown_text in ("Bearer hearwell_x", "Basic YTpi", "Bearer", ""):
        answer = client.get("/api/v1/openapi.json", headers={"Authorization": shown_text})
        assert answer.status_code == 401


def test_a_scope_limits_what_its_person_may_do(people, rf):
    writes = Bearer(Role.VIEWER, Scope.WRITE)
    token, text = shown(people, "alice", Scope.WRITE)
    assert writes(rf.get("/", headers={"Authorization": f"Bearer {text}"})) == token
    _, text = shown(people, "alice", Scope.READ)
    with pytest.raises(AuthorizationError, match="scope write"):
        writes(rf.get("/", headers={"Authorization": f"Bearer {text}"}))


def test_with_a_session_a_body_needs_a_token_against_forgery(company, people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["bob"], backend=settings.AUTHENTICATION_BACKENDS[-1])
    body = {"metrics": [{"metric": "call_volume"}]}

    def status(**headers):
        return client.post(
            "/api/v1/ask", body, content_type="application/json", headers=headers
        ).status_code

    assert status() == 403
    client.get("/api/")
    secret = client.cookies["csrftoken"].value
    assert status(**{"X-CSRFToken": secret}) == 200
    assert client.get("/api/v1/ask?metric=call_volume").status_code == 200


# Teams


@pytest.fixture
def carol(people):
    """Give Carol a team that there is."""
    people["carol"].teams = ["billing phone"]
    people["carol"].save()
    return showing(shown(people, "carol")[1])


def others(company):
    with open_lake(company) as lake:
        teams = lake.connection.execute("select distinct team from lake.call").fetchall()
    found = {team for (team,) in teams if team} - {"billing phone"}
    assert found
    return found


@pytest.mark.parametrize(
    "address",
    [
        "ask?metric=call_volume",
        "ask?metric=call_volume&by=team",
        "ask?metric=call_volume&by=queue&grain=day",
        "ask?metric=call_volume&by=team&as_of=2",
        "ask?metric=call_volume&by=team&compare=previous&last=28",
        "ask?metric=call_volume&by=agent_id",
        "dimensions/team/values",
        "dimensions/agent_id/values",
        "freshness",
        "snapshots",
        "staffing",
    ],
)
def test_nothing_of_another_team_is_told(company, carol, address):
    text = carol.get(f"/api/v1/{address}").content.decode()
    assert not any(team in text for team in others(company))


def test_a_number_counts_own_rows_only(company, carol, program):
    own = counted(company, "team = 'billing phone'")
    assert 0 < own < counted(company, "true")
    (cell,) = told(carol.get("/api/v1/ask?metric=call_volume"))["answers"]
    assert cell["value"] == own
    for team in others(company):
        where = f"where=team={quote(team)}"
        cells = told(carol.get(f"/api/v1/ask?metric=call_volume&{where}"))["answers"]
        assert sum(cell["n"] for cell in cells) == 0
        asked = told(carol.get(f"/api/v1/ask?metric=call_volume&{where}&where=team=billing phone"))
        assert sum(cell["n"] for cell in asked["answers"]) == own
    cells = told(program("dave").get("/api/v1/ask?metric=call_volume"))["answers"]
    assert sum(cell["n"] for cell in cells) == 0


def test_what_is_of_no_team_is_refused(company, carol):
    answer = carol.get("/api/v1/ask?metric=late_delivery_rate")
    assert answer.status_code == 403
    assert "not told by team" in answer.json()["detail"]
    body = {"metrics": [{"metric": "late_delivery_rate"}]}
    assert carol.post("/api/v1/ask", body, content_type="application/json").status_code == 403


def test_what_drives_a_number_is_of_no_team(company, carol):
    assert carol.get("/api/v1/metrics/CSAT/why/drivers").status_code == 403
    assert carol.get("/api/v1/metrics/late_delivery_rate/why/change").status_code == 403


def test_how_customers_help_themselves_is_of_no_team(company, carol, program):
    assert carol.get("/api/v1/self-service").status_code == 403
    found = told(program("bob").get("/api/v1/self-service?last=9999"))
    assert {"articles", "searches", "topics", "findings"} <= found.keys()
    assert program("bob").get("/api/v1/self-service?where=channel=phone").status_code == 422


def test_why_is_told_of_own_rows_only(company, carol, program):
    """What moved the number of a team is the same for its people and for who asks of it alone."""
    address = "/api/v1/metrics/wait_time/why/change?by=channel&from=2026-06-03&to=2026-06-30"
    own = told(carol.get(address))
    asked = told(program("bob").get(f"{address}&where=team=billing phone"))
    everything = told(program("bob").get(address))
    for name in ("before", "now", "people"):
        assert own[name] == asked[name] != everything[name]


def test_a_lead_of_a_team_is_told_its_rows_only_also_with_the_cursor_of_another(
    company, people, program
):
    people["carol"].role, people["carol"].teams = Role.LEAD, ["billing phone"]
    people["carol"].save()
    carol = program("carol")
    page = told(carol.get(f"{ROWS}?limit=100&by=team"))
    assert page["total"] == counted(company, "team = 'billing phone'")
    assert {row["team"] for row in page["rows"]} == {"billing phone"}
    cursor = quote(told(program("bob").get(f"{ROWS}?limit=2&by=team"))["next"])
    page = told(carol.get(f"{ROWS}?limit=100&by=team&cursor={cursor}"))
    assert {row["team"] for row in page["rows"]} <= {"billing phone"}


def test_a_board_is_told_to_whom_it_is_shared_with_and_its_questions_by_their_teams(
    company, people, carol
):
    board = Board.objects.create(title="Mornings", owner=people["alice"])
    board.add(View.of("metric=call_volume:calls&last=365&where.channel=phone"), "Calls")
    assert told(carol.get("/api/v1/boards"))["boards"] == []
    board.readers.add(people["carol"])
    (found,) = told(carol.get("/api/v1/boards"))["boards"]
    (panel,) = found["panels"]
    answer = carol.post("/api/v1/ask", panel["question"], content_type="application/json")
    (cell,) = told(answer)["answers"]
    assert cell["value"] == counted(company, "team = 'billing phone'")
