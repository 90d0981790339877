"""What is saved is shown to whom it is shared with, each by the teams that they may see."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hearwell.lake.lake import open_lake
from hearwell.web.explore.board import Board, KioskLink
from hearwell.web.explore.view import View

WHOLE = "metric=call_volume:calls&from=2000-01-01&to=2100-01-01"


@pytest.fixture
def counts(company, people):
    """Give the calls of all and of one team, which becomes Carol's; counted without the engine."""
    with open_lake(company) as lake:
        rows = lake.connection.execute(
            "select team, count(*) from lake.call where team is not null group by team order by 2"
        ).fetchall()
        total = lake.connection.execute("select count(*) from lake.call").fetchone()[0]
    team, mine = rows[0]
    people["carol"].teams = [team]
    people["carol"].save()
    return f"{total:,}", f"{mine:,}"


@pytest.fixture
def board(people):
    made = Board.objects.create(title="Mornings", owner=people["alice"])
    made.add(View.of(WHOLE), "All calls")
    return made


def figure(page):
    """Return the number that a page shows large."""
    return page.partition("<data>")[2].partition("</data>")[0]


def test_carol_sees_on_alices_board_only_her_team(counts, board, people, signed_in):
    board.readers.add(people["carol"])
    address = f"/boards/{board.pk}/"
    total, mine = counts
    assert figure(signed_in("alice").get(address).content.decode()) == total
    assert figure(signed_in("carol").get(address).content.decode()) == mine
    assert figure(signed_in("carol").get(address + "kiosk/").content.decode()) == mine


def test_a_board_that_is_not_shared_is_not_there(company, board, signed_in):
    for ending in ("", "kiosk/", "edit/"):
        assert signed_in("carol").get(f"/boards/{board.pk}/{ending}").status_code == 404
    assert "Mornings" not in signed_in("carol").get("/boards/").content.decode()


def test_readers_change_nothing(company, board, people, signed_in):
    board.readers.add(people["carol"])
    carol, panel = signed_in("carol"), board.panels.get()
    assert carol.post(f"/boards/{board.pk}/edit/", {"title": "Mine"}).status_code == 404
    assert carol.post(f"/boards/{board.pk}/remove/").status_code == 404
    assert carol.post(f"/boards/{board.pk}/panels/{panel.pk}/", {"remove": ""}).status_code == 404
    assert carol.post(f"/boards/{board.pk}/links/").status_code == 403
    board.refresh_from_db()
    assert (board.title, board.panels.count()) == ("Mornings", 1)


def test_a_view_is_saved_onto_a_new_board_and_tells_what_is_now(company, people, signed_in):
    form = {"question": WHOLE + "&as_of=1", "title": "Calls", "board": ""}
    answer = signed_in("carol").post("/boards/save/", form)
    made = Board.objects.get(owner=people["carol"])
    assert answer.url == f"/boards/{made.pk}/"
    assert "as_of" not in made.panels.get().question


def test_a_view_is_not_saved_onto_anothers_board(company, board, signed_in):
    form = {"question": WHOLE, "title": "Calls", "board": board.pk}
    assert signed_in("carol").post("/boards/save/", form).status_code == 422
    assert board.panels.count() == 1


def test_panels_change_places(board):
    second = board.add(View.of(WHOLE), "Second")
    second.move_up()
    assert [each.title for each in board.panels.all()] == ["Second", "All calls"]


def test_a_link_shows_one_board_until_it_ends(counts, board, client, people, signed_in):
    people["bob"].teams, people["bob"].sees_all_teams = people["carol"].teams, False
    people["bob"].save()
    later = timezone.now() + timedelta(days=1)
    secret = KioskLink.issue(board, people["alice"], later)
    total, mine = counts
    assert figure(client.get(f"/kiosk/{secret}/").content.decode()) == total
    assert client.get(f"/boards/{board.pk}/").status_code == 302
    board.owner = people["bob"]
    board.save()
    of_bob = KioskLink.issue(board, people["bob"], later)
    assert figure(client.get(f"/kiosk/{of_bob}/").content.decode()) == mine
    key = KioskLink.objects.get(maker=people["bob"]).pk
    signed_in("bob").post(f"/boards/{board.pk}/links/{key}/end/")
    assert client.get(f"/kiosk/{of_bob}/").status_code == 410


@pytest.mark.parametrize("change", ["is_active", "role", "ends"])
def test_a_link_ends_with_what_its_maker_may_do(company, board, client, people, change):
    alice, now = people["alice"], timezone.now()
    secret = KioskLink.issue(board, alice, now + timedelta(days=-1 if change == "ends" else 1))
    if change == "is_active":
        alice.is_active = False
    if change == "role":
        alice.role = "viewer"
    alice.save()
    assert client.get(f"/kiosk/{secret}/").status_code == 410
