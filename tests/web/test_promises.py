"""The page about promises to customers, and what will be missed next."""

from shutil import copytree

import pytest

from hearwell.lake.lake import open_lake
from hearwell.settings import FILE
from hearwell.web import lakes

PROMISED = """
[[service_level_target]]
metric = "first_response"
within_seconds = 3600
clock = "calendar"

[[service_level_target]]
metric = "resolution"
within_seconds = 864000
clock = "calendar"
"""


TEAMS = "(values ('north'), ('north'), ('south'), (null)) as t(team)"
NUMBERED = f"(select team, 'open ' || row_number() over () as case_id from {TEAMS})"
OPEN_ROWS = [
    ('"case"', "case_id, team, moment as opened_at, 'customer' as opened_by_kind", NUMBERED),
    (
        "message",
        "case_id as message_id, case_id, moment as sent_at, 'customer' as author_kind",
        NUMBERED,
    ),
]
"""Four cases in which a customer wrote last, and nobody has answered."""


@pytest.fixture
def promised(company, tmp_path, monkeypatch):
    """Give a copy of the company that promises something, in which some cases are not solved."""
    copy = copytree(company, tmp_path / "lake", ignore=lambda *_: ["web", "write.lock"])
    with (copy / FILE).open("a") as file:
        file.write(PROMISED)
    with open_lake(copy, writable=True) as lake, lake.writing("open cases"):
        for table, columns, values in OPEN_ROWS:
            lake.connection.execute(
                f"insert into lake.{table} by name select source, received_at, {columns} from "
                "(select source, max(received_at) as received_at, max(sent_at) as moment "
                f"from lake.message where sent_at is not null group by 1 limit 1), {values}"
            )
    pool = lakes.Pool(copy)
    monkeypatch.setattr(lakes, "POOL", pool)
    monkeypatch.setattr(lakes, "ANSWERED", lakes.Answered(most=50))
    yield copy
    pool.close()


def test_without_promises_the_page_says_how_to_make_one(company, signed_in):
    page = signed_in("alice").get("/promises/").content.decode()
    assert "/settings/promises/new/" in page
    assert "/settings/promises/new/" not in signed_in("bob").get("/promises/").content.decode()
    assert signed_in("carol").get("/promises/").status_code == 403


def test_leads_see_what_was_kept_and_what_runs_of_their_teams(promised, signed_in, people):
    page = signed_in("bob").get("/promises/?late=1")
    assert [each.promise.split(" in ")[0] for each in page.context["attained"]] == [
        "first response",
        "resolution",
    ]
    assert (page.context["count"], page.context["late_count"]) == (8, 0)
    first = signed_in("bob").get("/promises/").context["rows"]
    assert [row["target"] for row in first] == ["first_response"] * 4 + ["resolution"] * 4
    people["bob"].sees_all_teams, people["bob"].teams = False, ["south"]
    people["bob"].save()
    own = signed_in("bob").get("/promises/")
    assert [row["team"] for row in own.context["rows"]] == ["south", "south"]
    assert "north" not in own.content.decode()
    people["bob"].teams = []
    people["bob"].save()
    none = signed_in("bob").get("/promises/")
    assert none.context["count"] + none.context["late_count"] == 0
    assert not none.context["attained"]
