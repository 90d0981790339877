"""A real server in a process of its own, and pages of a site that tell it what is done on them."""

import http.server
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from hearwell.lake.lake import create, open_lake

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

SERVE = """
import sys
from pathlib import Path
from hearwell.web import serving
lake, port = Path(sys.argv[1]), int(sys.argv[2])
serving.ready(lake, f"http://127.0.0.1:{port}", print)
from hearwell.web.collector.site import Site
site, _ = Site.objects.get_or_create(key="help", defaults={"name": "Help"})
site.origins = [sys.argv[3]]
from hearwell.web.people import secret
from hearwell.web.people.person import Person, Role
site.server_key_hash, site.secret = secret.hashed(sys.argv[4]), sys.argv[5]
site.save()
Person.objects.create_user(
    "ada@example.org", sys.argv[5], name="Ada", role=Role.ADMINISTRATOR)
serving.serve("127.0.0.1", port)
"""

KEY = "hearwell_site_of_tests"
SECRET = "three grey horses in the rain"
"""With it the site signs, and Ada signs in."""


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@contextmanager
def serving(lake, origin, port):
    """Run the application over a lake until the end of the block."""
    environment = {
        **{n: v for n, v in os.environ.items() if not n.startswith(("HEARWELL_", "DJANGO_"))},
        "HEARWELL_HOME": str(lake.parent / "web"),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(lake), str(port), origin, KEY, SECRET],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port, process):
    until = time.monotonic() + 300
    while time.monotonic() < until:
        try:
            urlopen(f"http://127.0.0.1:{port}/hearwell.js", timeout=30).read()
        except OSError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server did not answer")


def is_alive(process):
    """Is any thread of it left? The first may have ended while another still holds the port."""
    states = []
    with suppress(FileNotFoundError):  # it is gone
        for thread in Path(f"/proc/{process}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # it ended just now
                states.append((thread / "stat").read_text().rpartition(")")[2].split()[0])
    return any(state != "Z" for state in states)


@pytest.fixture
def lake(tmp_path):
    with create(tmp_path / "lake") as made:
        yield made.path


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        made = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield made
        made.close()


PAGE = """<!doctype html><html lang="en"><head><title>{title}</title></head><body><main>
<h1>{title}</h1><p>{words}</p>
<button data-hearwell-helpful="yes">Yes</button>
<a id="chat" data-hearwell-help="chat" href="#chat">Chat</a>
<a id="call" href="tel:+441632960000" data-hearwell-number>01632 960000</a>
<a id="mail" href="mailto:help@example.org">Mail</a>
<svg width="1" height="3000"></svg></main>
<script src="http://127.0.0.1:{port}/hearwell.js" data-site="help" {data}></script></body></html>"""


@pytest.fixture(scope="module")
def pages():
    """Serve pages of a help centre; give what to put them into and where they are."""
    found = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = found.get(self.path.partition("?")[0], "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", found.get("policy", "default-src 'self'"))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def policy(port):
    """Return the policy of a site that lets nothing run but what Hearwell needs."""
    own = f"http://127.0.0.1:{port}"
    return f"default-src 'none'; script-src {own}; connect-src {own}; img-src {own}"


BEGAN = 'document.addEventListener("hearwell", () => { window.began = performance.now(); })'
"""Notes when the script began; how long a page takes to load is no reading."""


def told(lake, statement, wanted=None, rows=1, seconds=90):
    """Ask until the lake has what is wanted, or so many rows, or time is over."""
    until = time.monotonic() + seconds
    while True:
        with open_lake(lake) as opened:
            found = opened.connection.execute(statement).fetchall()
        if time.monotonic() > until or (found == wanted if wanted else len(found) >= rows):
            return found
        time.sleep(0.5)
