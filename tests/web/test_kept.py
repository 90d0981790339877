"""What is kept of a state of the lake: told again, a little older where it was slow; not mixed."""

import os
import re
import threading
from types import SimpleNamespace

import pytest

from hearwell.engine import scorecard
from hearwell.lake.lake import CATALOG, create
from hearwell.lake.shown import showing
from hearwell.web import lakes
from hearwell.web.explore.board import Board
from hearwell.web.explore.view import View
from hearwell.web.people.person import Person
from hearwell.web.read.whole import TOKEN, TOLD

ABOUT = "about", "this"


@pytest.fixture
def kept(monkeypatch, settings, tmp_path):
    """Ask in a state; what is made is the state, and takes one second of a clock of our own."""
    settings.ANSWERS_REUSED = 10.0
    clock = [0.0]
    monkeypatch.setattr(lakes, "ANSWERED", lakes.Answered(most=3))
    monkeypatch.setattr(lakes, "POOL", lakes.Pool(tmp_path))
    monkeypatch.setattr(lakes.time, "monotonic", lambda: clock[0])

    def ask(state, about=ABOUT, *, after=0.0, as_of=None):
        clock[0] += after

        def made():
            clock[0] += 1
            return state

        return lakes.kept(SimpleNamespace(snapshot=state, as_of=as_of), *about, made)

    return ask


def test_the_same_state_is_asked_once(kept):
    assert [kept(1), kept(1, after=100)] == [1, 1]


def test_an_answer_may_be_older_by_ten_times_what_it_took(kept):
    assert [kept(1), kept(2, after=5), kept(2, after=6)] == [1, 1, 2]


def test_a_state_that_is_named_is_told_of_and_no_other(kept):
    assert [kept(1), kept(2, as_of="2"), kept(3)] == [1, 2, 1]
    with lakes.exactly():
        assert kept(4) == 4
    assert kept(4) == 4


def test_what_something_is_made_of_is_of_its_own_state(kept, monkeypatch):
    kept(1)
    lake = SimpleNamespace(snapshot=2, as_of=None)
    whole = lakes.kept(lake, "whole", "that", lambda: ("whole", kept(2)))
    assert whole == ("whole", 2)


def test_nothing_is_kept_of_a_failure(kept):
    lake = SimpleNamespace(snapshot=1, as_of=None)

    def fails():
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        lakes.kept(lake, *ABOUT, fails)
    assert kept(1) == 1


@pytest.fixture
def pool(tmp_path):
    """Give a pool of a lake to which nobody writes, and the lake."""
    with create(tmp_path / "lake") as lake:
        found = lakes.Pool(lake.path)
        age(lake)
        with found.reading():
            pass
        yield found, lake
        found.close()


def age(lake):
    """Let it be some seconds ago that anybody wrote."""
    for file in (lake.path / CATALOG, lake.path / f"{CATALOG}-wal"):
        if file.exists():
            told = file.stat()
            os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns - 10_000_000_000))


def test_the_state_is_known_without_the_lake_until_somebody_writes(pool):
    found, lake = pool
    assert found.snapshot() == lake.snapshot
    with lake.writing("calls"):
        lake.connection.execute("insert into lake.call (source, call_id) values ('a', '1')")
    assert found.snapshot() is None
    age(lake)
    assert found.snapshot() is None
    with found.reading() as reader:
        assert reader.snapshot == lake.snapshot
    assert found.snapshot() == lake.snapshot


def test_one_asks_for_the_state_before_all_have_to(pool, monkeypatch):
    found, lake = pool
    now = lakes.time.monotonic()
    monkeypatch.setattr(lakes.time, "monotonic", lambda: now + lakes.RENEWED_SECONDS + 0.1)
    assert [found.snapshot(), found.snapshot()] == [None, lake.snapshot]
    with found.reading():
        pass
    assert [found.snapshot(), found.snapshot()] == [lake.snapshot, lake.snapshot]


def test_what_was_written_just_now_is_not_relied_upon(pool):
    """Another write within the same tick of the clock would leave the files looking the same."""
    found, lake = pool
    (lake.path / CATALOG).touch()
    with found.reading():
        assert found.snapshot() is None


def test_the_lake_is_asked_again_now_and_then(pool, monkeypatch):
    found, _ = pool
    now = lakes.time.monotonic()
    monkeypatch.setattr(lakes.time, "monotonic", lambda: now + lakes.TRUSTED_SECONDS)
    assert found.snapshot() is None


def test_pages_tell_of_the_state_before_while_more_is_brought_in(pool):
    """Also those asked anew; afterwards the same lakes are not lent again."""
    found, lake = pool
    count = "select count(*) from lake.call"
    with showing(lake):
        before = lake.snapshot
        with lake.writing("calls"):
            lake.connection.execute("insert into lake.call (source, call_id) values ('a', '1')")
        for _ in range(2):
            with found.reading() as reader:
                assert (reader.snapshot, reader.as_of) == (before, None)
                assert reader.connection.execute(count).fetchall() == [(0,)]
        assert found.snapshot() == before
    with found.reading() as reader:
        assert reader.snapshot == lake.snapshot > before
        assert reader.connection.execute(count).fetchall() == [(1,)]


def test_a_page_that_is_kept_needs_no_lake(company, signed_in, monkeypatch):
    """It is asked for with a lake once, and then without, also by the link that names its state."""
    monkeypatch.setattr(lakes, "ANSWERED", lakes.Answered(most=50))
    monkeypatch.setattr(lakes, "SETTLED_SECONDS", 0.0)
    monkeypatch.setattr(scorecard, "SCORECARD", scorecard.SCORECARD[:4])
    bob = signed_in("bob")
    first = bob.get("/?last=7")
    snapshot = first.context["snapshot"]
    named = bob.get(f"/?last=7&as_of={snapshot}").content
    monkeypatch.setattr(lakes, "reading", None)
    assert bob.get("/?last=7").status_code == 200
    assert bob.get(f"/?last=7&as_of={snapshot}").content.count(b"<tr") == named.count(b"<tr")
    with pytest.raises(TypeError):
        bob.get("/?last=91")


def test_those_who_come_later_wait_for_a_lake_that_is_out(company, monkeypatch):
    monkeypatch.setattr(lakes, "KEPT_OPEN", 1)
    found, lent = lakes.Pool(company), []

    def ask():
        with found.reading() as lake:
            lent.append(lake)

    with found.reading() as first:
        thread = threading.Thread(target=ask)
        monkeypatch.setattr(lakes, "PATIENCE_SECONDS", 60.0)
        thread.start()
    thread.join()
    assert lent == [first]
    monkeypatch.setattr(lakes, "PATIENCE_SECONDS", 0.0)
    with found.reading() as first, found.reading() as second:
        assert first is not second
    found.close()


NUMBER = re.compile(r'figure-large"><data>([^<]+)</data>')


def test_a_page_is_kept_for_those_who_see_the_same_only(company, people, signed_in):
    """By team, by role and by language; what it is asked again for is the same."""
    people["carol"].teams = ["billing phone"]
    people["carol"].save()
    people["dave"].sees_all_teams = True
    people["dave"].save()
    path = "/metric/call_volume/?from=2000-01-01&to=2100-01-01"
    pages = {name: signed_in(name).get(path).content.decode() for name in people}
    numbers = {name: NUMBER.search(page).group(1) for name, page in pages.items()}
    assert numbers["alice"] == numbers["bob"] == numbers["dave"] != numbers["carol"]
    assert {name for name, page in pages.items() if "Rows behind it" in page} == {"alice", "bob"}
    browser = signed_in("alice")
    again = browser.get(path).content.decode()
    assert NUMBER.search(again).group(1) == numbers["alice"]
    browser.cookies["language"] = "ur"
    assert "Rows behind it" not in browser.get(path).content.decode()


SECRET = re.compile(r'(?<="X-CSRFToken": ")\w+|(?<=name="csrfmiddlewaretoken" value=")\w+')
EXPLORED = "/explore/?metric=call_volume:calls&from=2000-01-01&to=2100-01-01"


def test_what_is_around_a_page_is_each_persons_own(company, people, signed_in):
    """It has a name, a way to what they may do, and a token for forms of this answer alone."""
    tokens = []
    for name, person in people.items():
        browser = signed_in(name)
        pages = [browser.get(EXPLORED).content.decode() for _ in range(2)]
        for page in pages:
            (token,) = set(SECRET.findall(page))
            tokens.append(token)
            assert not {TOKEN, TOLD} & set(re.findall(r"\w+", page))
            names = {each for each in people.values() if f"<summary>{each}</summary>" in page}
            assert names == {person}
            assert ('href="/people/"' in page) == (name == "alice")
        assert len({SECRET.sub("", page) for page in pages}) == 1
    assert len(set(tokens)) == 2 * len(people)


def test_what_is_around_a_page_is_drawn_anew_when_it_changes(company, people, signed_in):
    """A board, a name, a language: nothing is told as it was."""
    alice = signed_in("alice")
    assert "<summary>Alice</summary>" in alice.get(EXPLORED).content.decode()
    board = Board.objects.create(title="Mornings", owner=people["alice"])
    assert ">Mornings<" in alice.get(EXPLORED).content.decode()
    Board.objects.update(title="Evenings")
    assert ">Evenings<" in alice.get(EXPLORED).content.decode()
    Person.objects.filter(name="Alice").update(name="Alice & Co")
    assert "<summary>Alice &amp; Co</summary>" in alice.get(EXPLORED).content.decode()
    alice.cookies["language"] = "ur"
    assert 'lang="ur" dir="rtl"' in alice.get(EXPLORED).content.decode()
    board.delete()


def test_a_message_is_told_once_on_a_page_that_is_kept(company, people, signed_in):
    alice = signed_in("alice")
    alice.get(EXPLORED)
    alice.post("/boards/save/", {"question": View.of("metric=call_volume").text, "title": "One"})
    told = [alice.get(EXPLORED).content.decode().count('role="status">') for _ in range(2)]
    assert told == [1, 0]


def test_a_form_of_a_page_that_is_kept_is_taken(company, people, signed_in):
    browser = signed_in("alice")
    browser.handler.enforce_csrf_checks = True
    for _ in range(2):
        token = SECRET.search(browser.get(EXPLORED).content.decode()).group()
        form = {"language": "en", "next": "/"}
        assert browser.post("/language/", form | {"csrfmiddlewaretoken": token}).status_code == 302
        assert browser.post("/language/", form).status_code == 403
