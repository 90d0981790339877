"""Programs are told what the pages tell, to the same people, and read of problems in one way."""

import csv
import gzip
import io
from datetime import timedelta
from urllib.parse import quote

import duckdb
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from ninja.errors import AuthorizationError, HttpError

from hearwell.engine.ask import ask
from hearwell.engine.question import Question, find
from hearwell.lake.lake import open_lake
from hearwell.web.api.caller import Bearer
from hearwell.web.api.frame import LARGEST_BODY_BYTES
from hearwell.web.api.service import API, ROLES
from hearwell.web.api.urls import urlpatterns
from hearwell.web.explore.board import Board
from hearwell.web.explore.view import View
from hearwell.web.people.audit import Audit
from hearwell.web.people.person import Role
from hearwell.web.people.token import Scope, Token

PROBLEM = "application/problem+json"
ROWS = "/api/v1/metrics/call_volume/rows"


def shown(people, name, scope=Scope.READ):
    return Token.issue(people[name], "test", scope, timedelta(days=1))


def showing(text):
    return Client(headers={"Authorization": f"Bearer {text}"})


@pytest.fixture
def program(people):
    """Give a program that shows a token of somebody's."""
    return lambda name: showing(shown(people, name)[1])


def examples():
    for path, operations in API.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            yield pytest.param(path, method, operation, id=operation["operationId"])


EXAMPLES = [each for each in examples() if not each.values[0].startswith("/api/v1/surveys/")]
"""Those of surveys need a programme: they have tests of their own."""


def told(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_numbers_are_those_of_the_engine(company, program):
    answer = told(program("bob").get("/api/v1/ask?metric=SL&by=team&compare=previous&last=28"))
    with open_lake(company) as lake:
        question = answer["question"]
        expected = ask(
            lake,
            Question(
                find("service_level"),
                by=("team",),
                begins=question["from"],
                ends=question["to"],
                compare="previous",
            ),
        ).as_json()
    assert answer == expected
    assert len(answer["answers"]) > 1


def test_a_question_can_be_put_again_as_it_was_told(company, program):
    bob = program("bob")
    first = told(bob.get("/api/v1/ask?metric=call_volume&metric=AHT&by=queue&where=channel=phone"))
    again = bob.post("/api/v1/ask", first["question"], content_type="application/json")
    assert told(again) == first


@pytest.mark.parametrize(("path", "method", "operation"), EXAMPLES)
def test_every_example_of_the_description_can_be_run(company, program, path, method, operation):
    client, address = program("bob"), "/api/v1" + operation["x-example"]
    if operation["operationId"] == "tell_event":
        return  # it writes: test_by_hand.py has a lake of its own
    if method == "post":
        body = API.get_openapi_schema()["components"]["schemas"]["Put"]["example"]
        answer = client.post(address, body, content_type="application/json")
    else:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize(
    ("method", "address", "status", "part"),
    [
        ("get", "/api/v1/metrics/servis_level", 404, "Did you mean service_level?"),
        ("get", "/api/v1/dimensions/quewe/values", 404, "Did you mean queue?"),
        ("get", "/api/v1/nothing", 404, "openapi.json"),
        ("get", "/api/elsewhere/", 404, "openapi.json"),
        ("post", "/api/v1/metrics", 405, "method"),
        ("get", "/api/v1/ask", 422, "query.metric: Field required"),
        ("get", "/api/v1/ask?metric=servis_level", 422, "Did you mean service_level?"),
        ("get", "/api/v1/ask?metric=SL&form=2026-01-01", 422, "no parameter is called"),
        ("get", "/api/v1/ask?metric=SL&level=nan", 422, "query.level"),
        ("get", "/api/v1/ask?metric=SL&level=1", 422, "query.level"),
        ("get", "/api/v1/ask?metric=SL&where=queue", 422, "query.where.0"),
        ("get", "/api/v1/ask?metric=SL&where=queue=a%00b", 422, "NUL"),
        ("get", "/api/v1/ask?metric=SL&by=quewe", 422, "Did you mean queue?"),
        ("get", "/api/v1/ask?metric=SL&variant=SL9", 422, "SL3"),
        ("get", "/api/v1/ask?metric=SL&last=7&from=2026-06-01", 422, "one or the other"),
        ("get", "/api/v1/ask?metric=SL&from=31.12.2026", 422, "no day such as"),
        ("get", "/api/v1/ask?metric=SL&from=2026-06-30&to=2026-06-01", 422, "ends before"),
        ("get", "/api/v1/ask?metric=SL&as_of=9999", 422, "no state as of 9999"),
        ("get", "/api/v1/ask?metric=SL&as_of=yesterday", 422, "no moment"),
        ("get", f"{ROWS}?limit=0", 422, "query.limit"),
        ("get", f"{ROWS}?cursor=none", 422, "cursor"),
        ("get", f"{ROWS}?column=quewe", 422, "Did you mean queue?"),
        ("get", f"{ROWS}?format=xlsx", 422, "query.format"),
        ("get", "/api/v1/metrics/agent_satisfaction/rows", 422, "anonymous"),
    ],
)
def test_problems_say_what_was_wrong(company, program, method, address, status, part):
    answer = getattr(program("bob"), method)(address)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == PROBLEM
    found = answer.json()
    assert part in found["detail"]
    assert found["status"] == status
    assert found["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("body", "status", "part"),
    [
        ("{", 400, "parse"),
        ("[" * 50_000, 400, "parse"),
        ('{"metrics": []}', 422, "body.metrics"),
        ('{"metrics": [{"metric": "SL"}], "form": "x"}', 422, "body.form"),
        ('{"metrics": [{"metric": "SL"}], "zone": "Asia/Kolkata"}', 422, "Europe/Minsk"),
        ('{"metrics": [{"metric": "\\ud800"}]}', 422, "body.metrics.0.metric"),
        ('{"metrics": [{"metric": "SL"}], "last": 1e400}', 422, "body.last"),
        (" " * (LARGEST_BODY_BYTES + 1), 413, "larger than"),
    ],
    ids=["cut", "deep", "none", "unknown", "zone", "surrogate", "endless", "large"],
)
def test_bodies_are_read_with_care(company, program, body, status, part):
    answer = program("bob").post("/api/v1/ask", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == PROBLEM
    assert part in answer.json()["detail"]


def test_a_body_says_how_long_it_is(company, program):
    answer = program("bob").get("/api/v1/metrics", headers={"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411


def test_a_fault_is_told_without_what_it_was(company, program, monkeypatch, caplog):
    def fails(*_):
        message = "a secret"
        raise RuntimeError(message)

    monkeypatch.setattr("hearwell.web.api.numbers.answers", fails)
    client = program("bob")
    client.raise_request_exception = False
    answer = client.get("/api/v1/ask?metric=SL", headers={"X-Request-ID": "mine-1"})
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == PROBLEM
    assert "secret" not in answer.content.decode()
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"] == "mine-1"
    assert "mine-1" in caplog.text


def test_pages_still_tell_of_problems_as_pages(company, signed_in):
    answer = signed_in("bob").get("/metric/nothing/")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["X-Request-ID"]


@pytest.mark.django_db
def test_a_name_that_is_no_plain_word_is_not_repeated(client):
    answer = client.get("/api/v1/metrics", headers={"X-Request-ID": "a b<c>"})
    assert answer.headers["X-Request-ID"].isalnum()


# Rows


def test_pages_of_rows_are_all_rows_once(company, program):
    bob, found, cursor = program("bob"), [], None
    everything = told(bob.get(f"{ROWS}?limit=10000&by=queue"))
    while True:
        more = f"&cursor={quote(cursor)}" if cursor else ""
        page = told(bob.get(f"{ROWS}?limit=4&by=queue{more}"))
        assert len(page["rows"]) <= 4
        found += page["rows"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == everything["rows"]
    assert len(found) == everything["total"] == counted(company, "true")
    assert len({row["call_id"] for row in found}) > 4


def counted(company, condition):
    """Count inbound calls without the engine."""
    with open_lake(company) as lake:
        inbound = "select count(distinct call_id) from lake.call where direction = 'inbound'"
        return lake.connection.execute(f"{inbound} and {condition}").fetchone()[0]


def test_a_cursor_stays_in_its_state_of_the_lake(company, program):
    bob = program("bob")
    states = told(bob.get("/api/v1/snapshots"))["snapshots"]
    earlier = states[-2]["snapshot"]
    first = told(bob.get(f"{ROWS}?limit=2&as_of={earlier}"))
    second = told(bob.get(f"{ROWS}?limit=2&as_of={earlier}&cursor={quote(first['next'])}"))
    assert first["snapshot"] == second["snapshot"] == earlier != states[-1]["snapshot"]


def test_a_cursor_is_of_one_question(company, program):
    bob = program("bob")
    cursor = quote(told(bob.get(f"{ROWS}?limit=2"))["next"])
    assert bob.get(f"{ROWS}?limit=3&cursor={cursor}").status_code == 200
    assert bob.get(f"{ROWS}?limit=2&where=queue=orders&cursor={cursor}").status_code == 422
    assert bob.get(f"{ROWS}?limit=2&cursor={cursor[:-3]}").status_code == 422


def test_rows_go_out_as_files(company, program, tmp_path):
    bob = program("bob")
    rows = told(bob.get(f"{ROWS}?limit=3"))["rows"]
    as_csv = bob.get(f"{ROWS}?limit=3&format=csv")
    lines = list(csv.DictReader(io.StringIO(as_csv.getvalue().decode("utf-8-sig"))))
    assert [line["call_id"] for line in lines] == [row["call_id"] for row in rows]
    following = as_csv.headers["Link"].removeprefix("<").partition(">")[0]
    assert bob.get(following).getvalue() != as_csv.getvalue()
    file = tmp_path / "rows.parquet"
    file.write_bytes(bob.get(f"{ROWS}?limit=3&format=parquet").getvalue())
    found = duckdb.sql(f"select call_id from '{file}'").fetchall()
    assert [call for (call,) in found] == [row["call_id"] for row in rows]


def test_who_takes_rows_away_is_written_down(company, people):
    token, text = shown(people, "bob")
    showing(text).get(f"{ROWS}?limit=3")
    entry = Audit.objects.get(action="exported")
    assert (entry.person, entry.token) == (people["bob"], str(token))
    assert "call_volume" in entry.about


# Nothing twice, and little of it


def test_what_has_not_changed_is_not_told_again(company, program, people):
    bob, address = program("bob"), "/api/v1/ask?metric=call_volume"
    tag = bob.get(address).headers["ETag"]
    known = {"If-None-Match": tag}
    answer = bob.get(address, headers=known)
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert bob.get(f"{address}&by=queue", headers=known).status_code == 200
    assert program("dave").get(address, headers=known).status_code == 200  # he sees no team
    assert bob.get(f"{address}&as_of=2", headers=known).status_code == 200


def test_answers_are_compressed(company, program):
    answer = program("bob").get("/api/v1/metrics", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content).startswith(b'{"metrics":')
    assert len(answer.content) < 40_000
    same = program("bob").get(
        "/api/v1/metrics",
        headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]},
    )
    assert same.status_code == 304


# Who may ask what


ROLE_OF = {
    "metrics": Role.VIEWER,
    "metric": Role.VIEWER,
    "can_be_answered": Role.VIEWER,
    "dimensions": Role.VIEWER,
    "values": Role.VIEWER,
    "ask": Role.VIEWER,
    "put": Role.VIEWER,
    "scorecard": Role.VIEWER,
    "rows": Role.LEAD,
    "why": Role.VIEWER,
    "guardrails": Role.VIEWER,
    "self_service": Role.VIEWER,
    "tell_event": Role.LEAD,
    "boards": Role.VIEWER,
    "invitations": Role.LEAD,
    "answer": Role.LEAD,
    "staffing": Role.VIEWER,
    "freshness": Role.VIEWER,
    "snapshots": Role.VIEWER,
}
"""Whoever adds an operation says here who may do it."""


def test_every_operation_says_who_may_ask():
    assert ROLES == ROLE_OF


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


@pytest.mark.parametrize(("path", "method", "operation"), EXAMPLES)
def test_each_role_may_do_what_is_its_own(people, path, method, operation, monkeypatch):
    monkeypatch.setattr("ninja.operation.Operation._get_values", reached)
    address = "/api/v1" + operation["x-example"]
    for role in Role:
        people["bob"].role = role
        people["bob"].save()
        for client in (showing(shown(people, "bob", Scope.ADMIN)[1]), in_session(people["bob"])):
            may = role.includes(ROLE_OF[operation["operationId"]])
            assert getattr(client, method)(address).status_code == (418 if may else 403)
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


# The description


def test_people_can_read_the_description(company, signed_in):
    page = signed_in("dave").get("/api/").content.decode()
    for name in ROLES:
        assert f'id="operation-{name}"' in page
    assert "style=" not in page
    assert "https://" not in page  # nothing is fetched from elsewhere
    assert Client().get("/api/").status_code == 302
