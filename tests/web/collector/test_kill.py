"""Whatever moment a process is killed at: what was acknowledged is in the lake, exactly once."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from running import KEY, is_alive

from hearwell.lake.lake import open_lake

NURSERY = Path(__file__).with_name("nursery.py")
EVENTS, ANSWERS = 6, 2
"""How many tell events, and how many answer surveys, all at once."""

ASKED = 100
"""So many are asked for each kill."""


class Nursery:
    """Makes processes of the application, which can be killed."""

    def __init__(self, lake, home, port, answerers):
        environment = {
            n: v for n, v in os.environ.items() if not n.startswith(("HEARWELL_", "DJANGO_"))
        }
        self.process = subprocess.Popen(
            [sys.executable, NURSERY, *map(str, (lake, home, port, KEY, answerers))],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def told(self):
        return self.process.stdout.readline().strip()

    def make(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return int(self.told())

    def __enter__(self):
        assert self.told() == "ready"
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)  # with all that it made
        self.process.communicate()


class Teller(threading.Thread):
    """Sends one request after the other, and remembers what was acknowledged."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.acknowledged, self.goes_on = port, {}, True
        self.dice = random.Random()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        while self.goes_on:
            path, body, headers, what = self.next()
            try:
                connection.request("POST", path, body, headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                time.sleep(0.02)
                continue
            if answer.status in {204, 303}:
                self.acknowledged |= what
            else:
                assert answer.status == 429, answer.status
                time.sleep(0.2)
        connection.close()


class Events(Teller):
    def next(self):
        names = [uuid4().hex for _ in range(self.dice.choice([1, 1, 1, 20]))]
        body = json.dumps([{"kind": "search", "id": name, "words": "refund"} for name in names])
        told = {"Authorization": f"Bearer {KEY}"}
        return "/collect/help", body, told, dict.fromkeys(names, "refund")


class Answers(Teller):
    def __init__(self, port, sent):
        super().__init__(port)
        self.sent = sent

    def next(self):
        time.sleep(0.05)
        asked, score = self.dice.choice(self.sent), self.dice.randint(1, 5)
        self.sent.remove(
            asked
        )  # whoever got no answer might have been heard: nobody is asked twice
        body = urlencode({"step": "answer", "shown": asked["shown"], "score": score})
        told = {"Content-Type": "application/x-www-form-urlencoded"}
        return asked["path"], body, told, {asked["id"]: score}


@pytest.mark.parametrize("kills", [5, pytest.param(200, marks=pytest.mark.long)])
def test_nothing_acknowledged_is_lost_or_doubled(lake, tmp_path, kills):
    home, port, rng = tmp_path / "web", quiet_port(), random.Random(kills)
    with Nursery(lake, home, port, ASKED * kills) as nursery:
        sent = json.loads((home / "sent.json").read_text())
        events = [Events(port) for _ in range(EVENTS)]
        answers = [Answers(port, sent[part::ANSWERS]) for part in range(ANSWERS)]
        tellers = [*events, *answers]
        for teller in tellers:
            teller.start()
        for _ in range(kills):
            made = {word: nursery.make(word) for word in ("serve", "bring")}
            before = acknowledged(events), acknowledged(answers)
            while acknowledged(events) == before[0] or acknowledged(answers) == before[1]:
                assert all(teller.is_alive() for teller in tellers)
                assert all(is_alive(number) for number in made.values())
                time.sleep(0.005)
            time.sleep(rng.random())
            # the one, and the other within a moment or not
            for word in rng.sample(sorted(made), 2):
                os.kill(made[word], signal.SIGKILL)
                time.sleep(rng.choice([0, 0.1 * rng.random()]))
            while any(is_alive(number) for number in made.values()):
                time.sleep(0.005)
        for teller in tellers:
            teller.goes_on = False
            teller.join()
        nursery.make("finish")
        assert nursery.told() == "0"
    with open_lake(lake) as opened:
        run = opened.connection.execute
        found = run("select search_id, words, count(*) from lake.search group by all").fetchall()
        said = run("select survey_id, answer, count(*) from lake.survey group by all").fetchall()
    held(events, found, fewest=100 * kills)
    held(answers, [row for row in said if row[1] is not None], fewest=kills)
    assert len(said) == ASKED * kills  # all who were asked, answered or not
    assert not list((home / "collected").glob("*.damaged"))


def quiet_port():
    """Return a port from which nobody calls: who calls a port that is free may get it as its own,
    and then talks with itself.
    """
    while True:
        with socket.socket() as held, suppress(OSError):
            held.bind(("127.0.0.1", random.randint(20_000, 30_000)))
            return held.getsockname()[1]


def acknowledged(tellers):
    return sum(len(teller.acknowledged) for teller in tellers)


def held(tellers, found, fewest):
    """Is all that was acknowledged in the lake, as it was said, and nothing there twice?"""
    wanted = {name: said for teller in tellers for name, said in teller.acknowledged.items()}
    assert len(wanted) >= fewest
    there = {name: said for name, said, _ in found}
    assert [count for *_, count in found if count > 1] == []
    assert {name: there.get(name) for name in wanted} == wanted
