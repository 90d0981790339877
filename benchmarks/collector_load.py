"""How many events a second one process takes in and has on disk before it answers.

Usage: collector_load.py [SECONDS [ROUNDS [MEMORY_SECONDS]]]
    SECONDS: of each measurement (10 by default); ROUNDS: of which the best counts (3);
    MEMORY_SECONDS: at a moderate rate, while memory is watched (0, for the promise: 600).

Needs wrk (Debian: apt-get install wrk), which runs on the same machine and takes its share of it.
The application itself, as it is served, is compared with the plainest there can be on the same
server: one that reads the body and answers 204. Both are asked in turns, so that what else the
machine does slows both. Requests a second of processor time are what is left when nothing else
runs: they are told beside those of the clock.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from hearwell.lake.lake import create

KEY = "hearwell_site_of_benchmarks"
EVENTS = {"one": 1, "batch": 100}
CONNECTIONS, MODERATE = 256, 16
TICKS = os.sysconf("SC_CLK_TCK")

COLLECTOR = f"""
import sys
from pathlib import Path
from hearwell.web import serving
serving.database_ready(Path(sys.argv[1]), "http://127.0.0.1:" + sys.argv[2])
from hearwell.web.collector.site import Site
from hearwell.web.people import secret
Site.objects.create(key="help", name="Help", origins=["https://help.example.org"],
    server_key_hash=secret.hashed("{KEY}"))
import uvicorn
from hearwell.web.project.connection import Connection
uvicorn.run("hearwell.web.project.asgi:application", http=Connection, port=int(sys.argv[2]),
    log_level="error", lifespan="off", server_header=False, proxy_headers=False)
"""
PLAIN = """
import sys
import uvicorn
from hearwell.web.project.connection import Connection
async def application(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})
uvicorn.run(application, http=Connection, port=int(sys.argv[2]),
    log_level="error", lifespan="off", server_header=False, proxy_headers=False)
"""

ASK = """
local threads, id, n, batch, pause = 0, 0, 0, 1, 0
function setup(thread) threads = threads + 1; thread:set("id", threads) end
function init(arguments) batch = tonumber(arguments[1]); pause = tonumber(arguments[2]) end
function delay() return pause end
local event = '{"kind":"view","id":"%x-%x-f3a9c6d2b7","article":"returns","title":"How to send ' ..
  'something back","url":"https://help.example.org/returns","words":412,"read_seconds":41.5,' ..
  '"scroll_share":0.83,"came_from":"search","searched_for":"refund","language":"en","age":41500,' ..
  '"told":0}'
function request()
  local headers = {["Content-Type"] = "text/plain;charset=UTF-8",
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
  if batch == 1 then
    n = n + 1
    headers["Origin"] = "https://help.example.org"
    headers["X-Forwarded-For"] = string.format("10.%d.%d.%d",
      n / 65536 % 256, n / 256 % 256, n % 256)
    return wrk.format("POST", nil, headers, string.format(event, id, n))
  end
  local all = {}
  for i = 1, batch do n = n + 1; all[i] = string.format(event, id, n) end
  headers["Authorization"] = "Bearer KEY"
  return wrk.format("POST", nil, headers, "[" .. table.concat(all, ",") .. "]")
end
function done(summary, latency)
  local bad = summary.errors
  io.write(string.format('\\n{"requests": %d, "seconds": %f, "refused": %d, "broken": %d, ' ..
    '"p50_ms": %f, "p99_ms": %f}\\n', summary.requests, summary.duration / 1e6, bad.status,
    bad.connect + bad.read + bad.write + bad.timeout, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3))
end
""".replace("KEY", KEY)


@dataclass
class Server:
    """A server in a process of its own, and what it takes."""

    process: subprocess.Popen[bytes]
    port: int

    @classmethod
    def started(cls, program: str, lake: Path) -> "Server":
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            port = held.getsockname()[1]
        environment = {n: v for n, v in os.environ.items() if not n.startswith("HEARWELL_")}
        environment |= {"HEARWELL_BEHIND_PROXIES": "1", "HEARWELL_HOME": str(lake.parent / "web")}
        command = [sys.executable, "-c", program, str(lake), str(port)]
        server = cls(subprocess.Popen(command, env=environment), port)
        for _ in range(600):
            try:
                urlopen(f"http://127.0.0.1:{port}/hearwell.js", timeout=5).close()
            except OSError:
                time.sleep(0.1)
            else:
                return server
        fault = "the server did not answer"
        raise RuntimeError(fault)

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2]
        return sum(map(int, fields.split()[11:13])) / TICKS

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1000

    def command(self, script: Path, batch: int, seconds: int, pause_ms: int) -> list[str]:
        connections = MODERATE if pause_ms else CONNECTIONS
        return [
            *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s"),
            *("-s", str(script), f"http://127.0.0.1:{self.port}/collect/help"),
            *("--", str(batch), str(pause_ms)),
        ]

    def load(self, script: Path, batch: int, seconds: int) -> dict[str, float]:
        before = self.processor_seconds()
        command = self.command(script, batch, seconds, 0)
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        took = self.processor_seconds() - before
        told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        if told["refused"] or told["broken"]:
            raise RuntimeError(done.stdout)
        return told | {
            "a_second": told["requests"] / told["seconds"],
            "a_processor_second": told["requests"] / took,
        }


def main() -> None:
    numbers = [int(each) for each in sys.argv[1:]]
    seconds, rounds, memory_seconds = [*numbers, *(10, 3, 0)[len(numbers) :]]
    with tempfile.TemporaryDirectory(prefix="hearwell-load-") as folder:
        lake, script = Path(folder) / "lake", Path(folder) / "ask.lua"
        create(lake).close()
        script.write_text(ASK)
        servers = {
            "plain": Server.started(PLAIN, lake),
            "collector": Server.started(COLLECTOR, lake),
        }
        try:
            figures = compared(servers, script, seconds, rounds)
            acknowledged = figures.pop("acknowledged")
            if memory_seconds:
                collector = servers["collector"]
                figures["memory_mb"], more = watched(collector, script, memory_seconds)
                acknowledged += more
            on_disk = lines(
                Path(folder) / "web" / "collected"
            )  # also what was on its way at an end
            figures["lost"] = max(0, acknowledged - on_disk)
        finally:
            for server in servers.values():
                server.process.terminate()
                server.process.wait()
    print(json.dumps(figures))


def compared(
    servers: dict[str, Server], script: Path, seconds: int, rounds: int
) -> dict[str, object]:
    """Ask both servers in turns; of each figure the best counts."""
    figures: dict[str, object] = {}
    acknowledged = 0
    for name, events in EVENTS.items():
        found: dict[str, list[dict[str, float]]] = {each: [] for each in servers}
        for _ in range(rounds):
            for each, server in servers.items():
                found[each].append(server.load(script, events, seconds))
                print(name, each, found[each][-1], file=sys.stderr)
        best = {
            each: {
                "events_a_second": events * max(one["a_second"] for one in all_of_it),
                "events_a_processor_second": events
                * max(one["a_processor_second"] for one in all_of_it),
                "p50_ms": min(one["p50_ms"] for one in all_of_it),
                "p99_ms": min(one["p99_ms"] for one in all_of_it),
            }
            for each, all_of_it in found.items()
        }
        acknowledged += events * int(sum(one["requests"] for one in found["collector"]))
        figures[name] = best | {
            "part_of_plain": best["collector"]["events_a_processor_second"]
            / best["plain"]["events_a_processor_second"]
        }
    return figures | {"acknowledged": acknowledged}


def watched(server: Server, script: Path, seconds: int) -> tuple[list[float], int]:
    """Ask at a moderate rate; return memory at ten moments, and how much was acknowledged."""
    command = server.command(script, 1, seconds, 20)
    asking = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    found = []
    for _ in range(10):
        time.sleep(seconds / 10)
        found.append(server.memory_mb())
    told, _ = asking.communicate()
    return found, int(json.loads(told.splitlines()[-1])["requests"])


def lines(folder: Path) -> int:
    """Count what is on disk."""
    return sum(each.read_bytes().count(b"\n") for each in folder.glob("*-*.*") if each.is_file())


if __name__ == "__main__":
    main()
