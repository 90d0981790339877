"""A viewer of one team reaches no number of another: by no page, address, picture or file.

Carol sees one team, Dave none; Erin and Frank, who lead, are limited in the same way and may open
rows. What they are told is held against counts of the lake made without the engine.
"""

import csv
import io
import re

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from hearwell.lake.lake import open_lake
from hearwell.web.people.models import Audit, Person, Role

MINE, OTHER = "billing phone", "orders phone"
WHOLE = {"from": "2000-01-01", "to": "2100-01-01", "compare": "none"}
PAGES = (
    "/",
    "/scorecard/pictures/",
    "/metric/call_volume/",
    "/metric/call_volume/?by=team",
    "/metric/call_volume/?by=agent_id",
    "/metric/call_volume/why/",
    "/metric/call_volume/turned/",
    "/metric/customer_satisfaction/?by=team",
    "/staffing/",
    "/staffing/plan/",
    "/help-centre/",
    "/why/",
    "/why/drivers/?last=365",
    "/why/deal-breakers/?last=365",
    "/why/products/?last=365",
    "/why/topics/?last=365",
    "/why/sentiment/?last=365",
    "/why/everyone/?last=365",
    "/changed/findings/",
    "/explore/?metric=call_volume:calls&by=team",
    "/explore/?metric=call_volume:calls&grain=day",
    "/boards/",
    "/account/",
)


@pytest.fixture(scope="module")
def calls(company):
    """Give the calls of each team and the agents of all, counted without the engine."""
    with open_lake(company) as lake:
        counted = lake.connection.execute(
            "select team, count(*) from lake.call where team is not null group by team"
        ).fetchall()
        agents = lake.connection.execute(
            "select team, agent_id from lake.agent where agent_id is not null"
        ).fetchall()
    return dict(counted), agents


@pytest.fixture
def limited(people, signed_in):
    """Give a browser of somebody who is limited to some teams."""
    make = Person.objects.create_user
    for name, teams in (("erin", [MINE]), ("frank", [])):
        people[name] = make(
            f"{name}@example.org", role=Role.LEAD, sees_all_teams=False, teams=teams
        )
    return signed_in


def figure(page):
    return page.partition("<data>")[2].partition("</data>")[0]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["carol", "dave"])
def test_no_page_names_another_team(calls, limited, who, path):
    page = limited(who).get(path)
    assert page.status_code in {200, 400}  # 400: a number that no team has
    seen = {MINE} if who == "carol" else set()
    named = {team for team in calls[0] if team in page.content.decode()}
    assert named <= seen


@pytest.mark.parametrize("path", [each for each in PAGES if "by=team" in each])
def test_the_same_page_names_teams_to_those_who_see_all(calls, limited, path):
    page = limited("bob").get(path).content.decode()
    assert {MINE, OTHER} <= {team for team in calls[0] if team in page}


def test_a_number_is_of_ones_own_team(calls, limited):
    counted, _ = calls
    address = "/metric/call_volume/"
    assert figure(limited("carol").get(address, WHOLE).content.decode()) == f"{counted[MINE]:,}"
    assert figure(limited("bob").get(address, WHOLE).content.decode()) != f"{counted[MINE]:,}"
    assert figure(limited("dave").get(address, WHOLE).content.decode()) in {"", "0"}


@pytest.mark.parametrize("who", ["carol", "dave"])
def test_asking_for_another_team_tells_nothing(limited, who):
    answer = limited(who).get("/metric/call_volume/", WHOLE | {"where.team": OTHER})
    assert figure(answer.content.decode()) in {"", "0"}
    card = limited(who).get("/", {"where.team": OTHER}).content.decode()
    assert set(re.findall(r"n = ([\d,]+)", card)) <= {"0"}


def test_an_agent_of_another_team_is_not_reached_by_name(calls, limited):
    other = next(agent for team, agent in calls[1] if team == OTHER)
    question = WHOLE | {"where.agent_id": other}
    assert figure(limited("bob").get("/metric/call_volume/", question).content.decode()) > "0"
    assert figure(limited("carol").get("/metric/call_volume/", question).content.decode()) in {
        "",
        "0",
    }


def test_pictures_are_of_ones_own_team(limited):
    mine = limited("carol").get("/metric/call_volume/", {"by": "queue"})
    same = limited("bob").get("/metric/call_volume/", {"by": "queue", "where.team": MINE})
    every = limited("bob").get("/metric/call_volume/", {"by": "queue"})
    drawn = [
        re.findall(r"<svg.*?</svg>", each.content.decode(), re.DOTALL) for each in (mine, same)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0] != re.findall(r"<svg.*?</svg>", every.content.decode(), re.DOTALL)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_files_hold_rows_of_ones_own_team(calls, limited, kind, tmp_path):
    address = f"/metric/call_volume/rows.{kind}"
    wanted = WHOLE | {"column": "team"}
    assert table(limited("erin").get(address, wanted), kind, tmp_path) == [MINE] * calls[0][MINE]
    assert table(limited("frank").get(address, wanted), kind, tmp_path) == []
    attacked = limited("erin").get(address, wanted | {"where.team": OTHER})
    assert table(attacked, kind, tmp_path) == []
    assert Audit.objects.filter(action="exported", who="erin@example.org").count() == 2


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_files_of_numbers_are_of_ones_own_team(calls, limited, kind, tmp_path):
    address = f"/explore/file/{kind}/"
    wanted = WHOLE | {"metric": "call_volume:calls", "by": "team"}
    assert set(table(limited("carol").get(address, wanted), kind, tmp_path)) == {MINE}
    assert set(table(limited("dave").get(address, wanted), kind, tmp_path)) <= {""}


def test_rows_on_a_page_are_of_ones_own_team(calls, limited):
    address = "/metric/call_volume/rows/"
    page = limited("erin").get(address, WHOLE | {"column": "team"}).content.decode()
    assert f"{calls[0][MINE]:,}" in page
    none = limited("frank").get(address, WHOLE | {"column": "team"}).content.decode()
    assert "<tbody>" not in none or not re.search(r"<tbody>\s*<tr", none)


def table(answer, kind, folder):
    """Return the column of teams of a file."""
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    if kind == "csv":
        return [row["team"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))]
    file = folder / f"table.{kind}"
    file.write_bytes(content)
    if kind == "parquet":
        rows = duckdb.connect().execute("select team from read_parquet(?)", [str(file)])
        return [team for (team,) in rows.fetchall()]
    head, *rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    return [row[head.index("team")] for row in rows]
