"""Programs read, make and change boards, as their people may on the pages."""

import pytest
from programs import counted, sent, showing, shown, told

from hearwell.web.explore.board import Board
from hearwell.web.people.audit import Audit
from hearwell.web.people.token import Scope

BOARDS = "/api/v1/boards"
ASKED = {
    "metrics": [{"metric": "call_volume"}],
    "where": ["channel=phone", "queue=it's & more"],
    "by": ["team"],
    "last": 365,
    "level": 0.9,
}
GIVEN = {"title": "Mornings", "panels": [{"title": "Calls", "question": ASKED}]}


@pytest.fixture
def carol(company, people):
    people["carol"].teams = ["billing phone"]
    people["carol"].save()
    return showing(shown(people, "carol", Scope.WRITE)[1])


def test_a_board_is_made_changed_read_and_deleted(company, carol, program):
    made = told(sent(carol, BOARDS, GIVEN, idempotency_key="k"), 201)
    assert told(sent(carol, BOARDS, GIVEN, idempotency_key="k"), 201) == made
    assert Board.objects.count() == 1
    address = f"{BOARDS}/{made['number']}"
    question = made["panels"][0]["question"]
    assert {name: question[name] for name in ("where", "by", "last", "level")} == {
        name: ASKED[name] for name in ("where", "by", "last", "level")
    }
    bob = program("bob", Scope.WRITE)
    for answer in (bob.get(address), sent(bob, address, GIVEN, "put"), bob.delete(address)):
        assert answer.status_code == 404
    shared = GIVEN | {"readers": ["bob@example.org"], "refresh_minutes": 30}
    changed = told(sent(carol, address, shared, "put"))
    assert (changed["readers"], len(changed["panels"])) == (["bob@example.org"], 1)
    assert told(bob.get(address)) == changed | {"is_yours": False}
    assert sent(bob, address, GIVEN, "put").status_code == 404  # whoever reads it changes nothing
    assert sent(program("alice", Scope.WRITE), address, GIVEN, "put").status_code == 200
    assert carol.delete(address).status_code == 204
    assert carol.get(address).status_code == 404
    entries = Audit.objects.filter(action="board changed")
    assert [each.token.startswith("test") for each in entries] == [True] * 4


def test_a_board_that_is_shared_tells_each_reader_of_their_teams(company, carol, program):
    asked = {"metrics": [{"metric": "call_volume"}], "last": 365}
    panel = {"title": "Calls", "question": asked}
    shared = {"title": "All", "is_for_everybody": True, "panels": [panel]}
    number = told(sent(program("bob", Scope.WRITE), BOARDS, shared), 201)["number"]
    (panel,) = told(carol.get(f"{BOARDS}/{number}"))["panels"]
    (cell,) = told(sent(carol, "/api/v1/ask", panel["question"]))["answers"]
    assert cell["value"] == counted(company, "team = 'billing phone'")


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"title": " "}, "body.title"),
        ({"readers": ["nobody@example.org"]}, "body.readers"),
        ({"refresh_minutes": 0}, "body.given.refresh_minutes"),
        ({"colour": "red"}, "body.given.colour"),
        ({"where": ["queue="]}, "each filter has a value"),
        ({"by": ["quewe"]}, "Did you mean queue?"),
        ({"metrics": [{"metric": "servis_level"}]}, "Did you mean service_level?"),
        ({"metrics": [{"metric": each} for each in ("SL", "AHT", "CSAT")]}, "at most 2"),
        (
            {"metrics": [{"metric": "SL"}, {"metric": "late_delivery_rate"}], "by": ["queue"]},
            "of all metrics",
        ),
        ({"from": "2026-01-01"}, "one or the other"),
    ],
)
def test_what_is_wrong_with_a_board_is_told_and_nothing_is_kept(company, program, wrong, part):
    ours = {"title", "readers", "refresh_minutes", "colour"}
    given = GIVEN | wrong
    if not wrong.keys() & ours:
        given = GIVEN | {"panels": [{"title": "Calls", "question": ASKED | wrong}]}
    answer = sent(program("bob", Scope.WRITE), BOARDS, given)
    assert answer.status_code == 422, answer.content
    assert part in answer.json()["detail"]
    assert not Board.objects.exists()
