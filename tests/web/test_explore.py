"""Anybody puts a question of their own, and is told what they may see."""

import csv
import io
from collections import Counter

import pytest

from hearwell.lake.lake import open_lake

DAILY = "/explore/?metric=service_level:SL3&metric=call_volume:calls&grain=day"


@pytest.fixture
def teams(company):
    """Give the teams of calls, the largest first, counted without the engine."""
    with open_lake(company) as lake:
        rows = lake.connection.execute(
            "select team, count(*) from lake.call group by team order by 2 desc"
        ).fetchall()
    return Counter(dict(rows))


def table_of(answer):
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_two_numbers_share_the_axis_of_time(company, signed_in):
    page = signed_in("bob").get(DAILY).content.decode()
    assert page.count('<svg class="line"') == 2
    assert "service level" in page


def test_a_number_is_found_by_what_the_trade_calls_it(company, signed_in):
    page = signed_in("bob").get("/explore/?metric=ASA").content.decode()
    assert "wait_time:" in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("metric=nonsense", "nonsense"),
        ("metric=call_volume&metric=wait_time&metric=hold_time", "at most 2"),
        ("by=team&by=channel&by=queue&by=language", "at most 3"),
        ("grain=decade", "decade"),
        ("by=nonsense", "nonsense"),
    ],
)
def test_what_cannot_be_asked_is_told(company, signed_in, query, told):
    answer = signed_in("bob").get(f"/explore/?{query}")
    assert answer.status_code == 400
    assert told in answer.content.decode()


def test_a_dimension_that_one_of_two_numbers_lacks_is_left_out_and_said(company, signed_in):
    query = "metric=call_volume&metric=case_volume&by=queue"
    page = signed_in("bob").get(f"/explore/?{query}").content.decode()
    assert "known by queue" in page


def test_hours_of_the_week_are_a_picture(company, signed_in):
    page = signed_in("bob").get("/explore/?metric=call_volume&grain=hour_of_week&last=91")
    assert '<svg class="heat"' in page.content.decode()


def test_the_file_agrees_with_a_count_of_the_rows(company, signed_in, teams):
    address = "/explore/file/csv/?metric=call_volume:calls&by=team&from=2000-01-01&to=2100-01-01"
    told = table_of(signed_in("bob").get(address))
    assert {row["team"]: int(float(row["value"])) for row in told} == {
        team or "": n for team, n in teams.items()
    }


def test_carol_takes_away_nothing_but_her_team(company, people, signed_in, teams):
    (mine, n), *_ = [(team, n) for team, n in teams.items() if team]
    carol = people["carol"]
    carol.teams = [mine]
    carol.save()
    for query in ("by=team", "by=queue", "", "where.team=anything"):
        address = (
            f"/explore/file/csv/?metric=call_volume:calls&from=2000-01-01&to=2100-01-01&{query}"
        )
        told = table_of(signed_in("carol").get(address))
        counted = sum(int(float(row["value"])) for row in told)
        assert counted == (0 if query.startswith("where") else n)
        assert {row.get("team", mine) for row in told} <= {mine}


def test_a_number_that_is_of_no_team_is_refused(company, signed_in):
    answer = signed_in("carol").get("/explore/?metric=cart_abandonment_rate")
    assert answer.status_code == 400
