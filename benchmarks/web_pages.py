"""How fast pages are: server time of the scorecard, a metric and Explore, cold and warm.

Usage: web_pages.py [MILLIONS [USERS]]
    MILLIONS: of calls and of messages (10 by default); USERS: at once (20).

A real server answers over a lake of drawn rows. Cold is the first answer after the server has
started, warm the ones after; p50 and p95 over all users. Beside them stands the server's own
processor time for a page, which depends less on what else the machine does.
"""

import gzip
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from scorecard import filled

from hearwell.engine.rollup_build import roll_up

PASSWORD = "numbers of many people"  # noqa: S105  of somebody made up
PAGES = {
    "scorecard": "/?last=28",
    "metric": "/metric/service_level/?last=28",
    "explore": "/explore/?metric=service_level:SL3&grain=day&last=28",
}
COLD_BOUND, WARM_BOUND = 1.5, 0.25
REQUESTS = 20
SERVE = """
import sys
from pathlib import Path
from hearwell.web import serving
lake, port = Path(sys.argv[1]), int(sys.argv[2])
serving.ready(lake, f"http://127.0.0.1:{port}", print)
from hearwell.web.people.person import Person, Role
Person.objects.filter(email="ada@example.org").exists() or Person.objects.create_user(
    "ada@example.org", sys.argv[3], name="Ada", role=Role.ADMINISTRATOR)
serving.serve("127.0.0.1", port)
"""


class Browser:
    """One user, signed in."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.cookies: dict[str, str] = {}
        form = self.get("/account/login/").decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        token = found.group(1) if found else ""
        given = {"csrfmiddlewaretoken": token, "login": "ada@example.org", "password": PASSWORD}
        self.ask("POST", "/account/login/", urlencode(given))
        self.connection.close()  # the server does not wait until all others have signed in

    def get(self, path: str) -> bytes:
        return self.ask("GET", path)

    def ask(self, method: str, path: str, body: str | None = None) -> bytes:
        cookies = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        headers = {"Cookie": cookies, "Accept-Encoding": "gzip"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        told = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status >= 400:
            fault = f"{path}: {answer.status}"
            raise RuntimeError(fault)
        return gzip.decompress(told) if answer.getheader("Content-Encoding") == "gzip" else told


def seconds(browser: Browser, path: str) -> float:
    began = time.perf_counter()
    browser.get(path)
    return time.perf_counter() - began


def processor_seconds(process: int) -> float:
    """Return how long processors have worked for a process."""
    told = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def measured(port: int, process: int, users: int) -> dict[str, dict[str, float]]:
    browsers = [Browser(port) for _ in range(users)]
    found = {}
    for name, path in PAGES.items():
        cold = seconds(browsers[0], path)
        alone = [seconds(browsers[0], path) for _ in range(REQUESTS)]
        many: list[float] = []

        def ask(browser: Browser, path: str = path, many: list[float] = many) -> None:
            many.extend(seconds(browser, path) for _ in range(REQUESTS))

        threads = [threading.Thread(target=ask, args=(each,)) for each in browsers]
        before = processor_seconds(process)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found[name] = {
            "cold": cold,
            "warm p50": statistics.median(alone),
            "warm p95": percentile(alone, 0.95),
            f"{users} users p50": statistics.median(many),
            f"{users} users p95": percentile(many, 0.95),
            f"{users} users processor": (processor_seconds(process) - before) / len(many),
        }
    return found


def percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def main(millions: float = 10, users: int = 20) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        with filled(lake, int(millions * 1e6)) as made:
            list(roll_up(made))
        found = served(lake, users)
    tell(found, millions)


def served(lake: Path, users: int) -> dict[str, dict[str, float]]:
    """Start a server over the lake and measure its pages."""
    port, process = started(lake)
    try:
        return measured(port, process.pid, users)
    finally:
        stopped(process)


def started(lake: Path) -> tuple[int, "subprocess.Popen[bytes]"]:
    """Start a server over a lake, with one account."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("HEARWELL_", "DJANGO_"))}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(lake), str(port), PASSWORD],
        env=kept | {"HEARWELL_HOME": str(lake.parent / "web")},
        stdout=subprocess.DEVNULL,
    )
    for _ in range(300):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/hearwell.js")
        except OSError:
            time.sleep(0.2)
        else:
            return port, process
    fault = "the server did not start"
    raise RuntimeError(fault)


def stopped(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(timeout=60)


def tell(found: dict[str, dict[str, float]], millions: float) -> None:
    print(f"{millions:g} M calls and messages; seconds of the server")
    for name, told in found.items():
        times = "  ".join(f"{what} {value:.3f}" for what, value in told.items())
        print(f"{name:10} {times}")
        bounds = {what: WARM_BOUND for what in told if "p95" in what} | {"cold": COLD_BOUND}
        for what, bound in bounds.items():
            if told[what] > bound:
                print(f"{'':10} {what} is over its bound of {bound} s")
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "web_pages.json").write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main(*(float(each) for each in sys.argv[1:2]), *(int(each) for each in sys.argv[2:3]))
