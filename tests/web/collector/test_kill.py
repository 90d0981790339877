"""Whatever moment the server is killed at: each acknowledged event is in the lake, exactly once."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from uuid import uuid4

import pytest
from running import KEY, free_port

from hearwell.jobs.collected import bring_in_collected
from hearwell.lake.lake import open_lake

RECEIVE = """
import os, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "hearwell.web.project.settings"
import django
django.setup()
import uvicorn
from hearwell.web.collector.known import Known
from hearwell.web.collector.receive import Receiver
from hearwell.web.people import secret
receiver = Receiver(Path(sys.argv[1]))
site = Known("help", frozenset(), b"", secret.hashed(sys.argv[3]))
async def get(key):
    return site
receiver.sites.get = get
uvicorn.run(receiver, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", lifespan="off")
"""


def started(home, folder, port):
    environment = {**os.environ, "HEARWELL_HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, "-c", RECEIVE, str(folder), str(port), KEY], env=environment
    )


class Teller(threading.Thread):
    """Sends events one after the other, and remembers those that were acknowledged."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.acknowledged, self.goes_on = port, [], True

    def run(self):
        connection = None
        while self.goes_on:
            name = uuid4().hex
            body = json.dumps([{"kind": "search", "id": name, "words": "refund"}])
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                told = {"Authorization": f"Bearer {KEY}"}
                connection.request("POST", "/collect/help", body, told)
                answer = connection.getresponse()
                answer.read()
                if answer.status == 204:
                    self.acknowledged.append(name)
            except (OSError, http.client.HTTPException):
                if connection is not None:
                    connection.close()
                connection = None
                time.sleep(0.02)
        if connection is not None:
            connection.close()


@pytest.mark.parametrize("kills", [5, pytest.param(200, marks=pytest.mark.long)])
def test_nothing_acknowledged_is_lost_or_doubled(lake, tmp_path, kills):
    folder, port = tmp_path / "collected", free_port()
    rng = random.Random(kills)
    tellers = [Teller(port) for _ in range(8)]
    for teller in tellers:
        teller.start()
    with open_lake(lake, writable=True) as opened:
        for _ in range(kills):
            process = started(tmp_path / "web", folder, port)
            before = sum(len(teller.acknowledged) for teller in tellers)
            while sum(len(teller.acknowledged) for teller in tellers) == before:
                assert process.poll() is None
                time.sleep(0.01)
            time.sleep(rng.random())
            bring_in_collected(opened, folder)
            time.sleep(rng.random() / 2)
            process.send_signal(signal.SIGKILL)
            process.wait()
        for teller in tellers:
            teller.goes_on = False
            teller.join()
        while bring_in_collected(opened, folder).events:
            pass
        statement = "select search_id, count(*) from lake.search group by 1"
        counted = dict(opened.connection.execute(statement).fetchall())
    acknowledged = {name for teller in tellers for name in teller.acknowledged}
    assert len(acknowledged) > 10 * kills
    assert acknowledged <= set(counted)
    assert set(counted.values()) == {1}
