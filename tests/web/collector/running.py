"""A real server in a process of its own, and pages of a site that tell it what is done on them."""

import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from hearwell.lake.lake import create

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
site.save()
from hearwell.web.people import secret
site.server_key_hash = secret.hashed(sys.argv[4])
site.save()
serving.serve("127.0.0.1", port)
"""

KEY = "hearwell_site_of_tests"


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
        [sys.executable, "-c", SERVE, str(lake), str(port), origin, KEY],
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
    for _ in range(300):
        try:
            urlopen(f"http://127.0.0.1:{port}/hearwell.js", timeout=5).read()
        except OSError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server did not answer")


@pytest.fixture
def lake(tmp_path):
    with create(tmp_path / "lake") as made:
        yield made.path


PAGE = """<!doctype html><html lang="en"><head><title>{title}</title></head><body><main>
<h1>{title}</h1><p>{words}</p>
<button data-hearwell-helpful="yes">Yes</button>
<a id="chat" data-hearwell-help="chat" href="#chat">Chat</a>
<div style="height: 3000px"></div></main>
<script src="http://127.0.0.1:{port}/hearwell.js" data-site="help" {data}></script></body></html>"""


@pytest.fixture
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


def posted(port, events, key=KEY):
    """Send events as a server does; return the status."""
    from urllib.request import Request  # noqa: PLC0415

    request = Request(
        f"http://127.0.0.1:{port}/collect/help",
        json.dumps(events).encode(),
        {"Authorization": f"Bearer {key}"},
    )
    with urlopen(request, timeout=30) as answer:  # noqa: S310  our own server
        return answer.status
