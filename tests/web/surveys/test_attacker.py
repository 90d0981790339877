"""An attacker asks by commands, by the API and on pages for what one agent answered."""

import csv
import io
import json
from datetime import datetime
from itertools import permutations

import pytest
from django.core.cache import cache

from hearwell.lake.lake import create
from hearwell.web import lakes

TEAMS = {"red": [7, 2, 6], "blue": [24, 20, 21], "white": [30, 30, 30]}
"""How many of each team answered in January, February and March."""

PERIODS = [
    ("2025-01-01", "2025-03-31"),
    ("2025-01-01", "2025-02-28"),
    ("2025-01-01", "2025-02-03"),
    ("2025-02-01", "2025-03-31"),
]


def put(lake, rows):
    with lake.writing("answers"):
        lake.connection.executemany(
            "insert into lake.survey by name select 'own' as source, ?::timestamp as received_at, "
            "? as survey_id, 'esat' as instrument, ? as team, ? as language, ? as agent_id, "
            "1 as scale_low, 5 as scale_high, ? as answer, 'answered' as status, "
            "?::timestamp as answered_at",
            rows,
        )


def answered(month, number, team, received):
    at = datetime(2025, month, 1 + number % 28, 9)
    agent, score = f"{team} {number}", 1 + (number * month) % 5
    language = "en" if number % 2 else "ur"
    return [received, f"{month} {agent}", team, language, agent, score, at]


@pytest.fixture(scope="module")
def staff(tmp_path_factory):
    """Give the folder of a lake in which agents answered, of which all knows that it is June."""
    path = tmp_path_factory.mktemp("attacked") / "lake"
    june = datetime(2025, 6, 1)
    with create(path) as lake:
        put(
            lake,
            [
                answered(month, number, team, june)
                for team, counts in TEAMS.items()
                for month, count in enumerate(counts, 1)
                for number in range(count)
            ],
        )
        early = datetime(2025, 5, 3)
        for number in range(7):  # of May, which is not over: one after the other
            put(lake, [answered(5, number, "red", early)])
    return path


@pytest.fixture
def attacked(staff, monkeypatch, db):
    """Let pages and programs tell of that lake."""
    cache.clear()
    monkeypatch.setattr(lakes, "POOL", lakes.Pool(staff))
    monkeypatch.setattr(lakes, "ANSWERED", lakes.Answered(most=500))
    yield staff
    lakes.POOL.close()


def by_command(staff, hearwell, _):
    def ask(by, begins, ends):
        groups = [text for name in by for text in ("--by", name)]
        about = ("--from", begins, "--to", ends, *groups, "--format", "json", "--lake", staff)
        done = hearwell("metric", "agent_satisfaction", *about)
        assert done.code == 0, done.err
        return [
            (each["group"], each["value"], each["n"]) for each in json.loads(done.out)["answers"]
        ]

    return ask


def by_program(_staff, _hearwell, bob):
    def ask(by, begins, ends):
        body = {"metrics": [{"metric": "ESAT"}], "by": by, "from": begins, "to": ends}
        done = bob.post("/api/v1/ask", body, content_type="application/json")
        assert done.status_code == 200, done.content
        return [(each["group"], each["value"], each["n"]) for each in done.json()["answers"]]

    return ask


def by_page(_staff, _hearwell, bob):
    def ask(by, begins, ends):
        about = {"metric": "agent_satisfaction", "by": by, "from": begins, "to": ends}
        done = bob.get("/explore/file/csv/", about)
        assert done.status_code == 200, done.content
        text = b"".join(done.streaming_content).decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text))
        return [
            ({name: row[name] for name in by}, row["value"] or None, int(row["n"])) for row in rows
        ]

    return ask


@pytest.mark.parametrize("surface", [by_command, by_program, by_page])
def test_no_answer_is_had_by_taking_one_number_from_another(attacked, signed_in, hearwell, surface):
    ask, shown = surface(attacked, hearwell, signed_in("bob")), {}
    for begins, ends in PERIODS:
        for by in ((), ("team",)):
            for group, value, n in ask(by, begins, ends):
                if value is not None:
                    shown[frozenset(group.items()), begins, ends] = n
    assert {len(about) for about, _, _ in shown} == {0, 1}  # hiding all would be no art
    for inner, outer in permutations(shown, 2):
        if inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2]:
            more = shown[outer] - shown[inner]
            assert more == 0 or more >= 5, (inner, outer)


def test_nor_by_looking_at_the_lake_as_it_was_before(attacked, signed_in):
    bob = signed_in("bob")
    found = bob.get("/api/v1/snapshots").json()["snapshots"]
    assert len(found) > 8
    counts = []
    for each in sorted(each["snapshot"] for each in found)[2:]:
        asked = bob.get("/api/v1/ask", {"metric": "ESAT", "as_of": str(each)})
        counts.append(asked.json()["answers"][0]["n"])
    assert set(counts) == {170}


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/ask?metric=ESAT&by=agent_id",
        "/api/v1/ask?metric=ESAT&where=agent_id=red 1",
        "/api/v1/ask?metric=ESAT&where=cohort.first_seen=2025-01",
        "/api/v1/ask?metric=ESAT&from=2025-03-01&to=2025-03-31&compare=previous&standardise=team",
        "/api/v1/metrics/agent_satisfaction/rows",
        "/api/v1/metrics/agent_satisfaction/why/change?from=2025-03-01&to=2025-03-31&by=team",
        "/api/v1/metrics/agent_satisfaction/why/drivers?from=2025-01-01&to=2025-03-31",
    ],
)
def test_what_is_told_of_single_answers_elsewhere_is_refused_here(attacked, signed_in, address):
    done = signed_in("bob").get(address)
    assert done.status_code == 422, done.content


@pytest.mark.parametrize(
    "address",
    [
        "/metric/agent_satisfaction/rows/",
        "/metric/agent_satisfaction/rows.csv",
        "/metric/survey_response_rate/rows.csv?from=2025-01-01&to=2025-12-31",
        "/metric/agent_satisfaction/why/?from=2025-03-01&to=2025-03-31&by=team",
        "/why/drivers/?metric=agent_satisfaction&from=2025-01-01&to=2025-03-31",
        "/metric/agent_satisfaction/?from=2025-01-01&to=2025-03-31&by=team",
        "/explore/?metric=agent_satisfaction&by=agent_id",
    ],
)
def test_no_page_names_an_agent_who_answered(attacked, signed_in, address):
    page = signed_in("bob").get(address)
    told = b"".join(page.streaming_content) if page.streaming else page.content
    assert page.status_code < 500
    for number in range(7):
        assert f"red {number}".encode() not in told


def test_nobody_learns_who_answered_at_all(attacked, signed_in):
    bob = signed_in("bob")
    for address in (
        "/api/v1/dimensions/agent_id/values",
        "/api/v1/ask?metric=survey_response_rate&by=agent_id",
        "/api/v1/ask?metric=survey_send_rate&by=agent_id",
    ):
        assert b"red 1" not in bob.get(address).content
