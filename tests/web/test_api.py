"""Programs are told what the pages tell, to the same people, and read of problems in one way."""

import csv
import gzip
import io
import re
from urllib.parse import quote

import duckdb
import pytest
from django.test import Client
from programs import OPERATIONS, PROBLEM, counted, showing, shown, told

from hearwell.engine.ask import ask
from hearwell.engine.question import Question, find
from hearwell.lake.lake import open_lake
from hearwell.web.api.frame import LARGEST_BODY_BYTES
from hearwell.web.api.service import ALLOWED, API
from hearwell.web.people.audit import Audit
from hearwell.web.people.token import Scope

ROWS = "/api/v1/metrics/call_volume/rows"


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


READING = [
    each
    for each in OPERATIONS
    if each.values[2]["x-scope"] == Scope.READ and each.id != "digest"  # test_why.py asks for it
]


@pytest.mark.parametrize(("path", "method", "operation"), READING)
def test_every_example_of_the_description_can_be_run(company, program, path, method, operation):
    client, address = program("alice"), "/api/v1" + operation["x-example"]
    if method == "post":
        form = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        body = API.get_openapi_schema()["components"]["schemas"][form.split("/")[-1]]["example"]
        answer = client.post(address, body, content_type="application/json")
    else:
        answer = client.get(address)
    of_one = ("{number}", "{programme}")
    is_of_one = path.endswith("/journey") or any(each in path for each in of_one)  # there is none
    needs_more = path.endswith("/products")  # answers than this company has
    expected = 404 if is_of_one else 422 if needs_more else 200
    assert answer.status_code == expected, answer.content


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


# The description


def test_people_can_read_the_description(company, signed_in):
    page = signed_in("dave").get("/api/").content.decode()
    for name in ALLOWED:
        assert f'id="operation-{name}"' in page
    assert "style=" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)  # nothing is fetched from elsewhere
    assert Client().get("/api/").status_code == 302
