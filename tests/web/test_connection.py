"""Who sends a request byte by byte holds no connection; who sends it as people do is answered."""

import socket
import threading
import time
from contextlib import suppress

import pytest
import uvicorn

from hearwell.web.project import connection

LOOK_SECONDS = 0.5
RATE = 1000


async def application(scope, receive, send):
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    body = str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def dialled(monkeypatch):
    """Give what connects to a server that looks more often than it does for people."""
    monkeypatch.setattr(connection, "LOOK_SECONDS", LOOK_SECONDS)
    config = uvicorn.Config(
        application, http=connection.Connection, port=0, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    opened = []

    def dial():
        opened.append(socket.create_connection(("127.0.0.1", port), timeout=20))
        return opened[-1]

    yield dial
    for each in opened:
        each.close()
    server.should_exit = True
    thread.join()


def closed_after(client, sent, pause):
    """Send byte by byte; return after how many seconds the server hangs up, None if it answers."""
    began = time.monotonic()
    client.settimeout(pause)
    for byte in sent:
        try:
            client.sendall(bytes([byte]))
            if not client.recv(100):
                return time.monotonic() - began
        except TimeoutError:
            continue
        except OSError:
            return time.monotonic() - began
        return None
    pytest.fail("all of it was sent")


def test_a_head_that_trickles_in_is_let_go(dialled):
    head = b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 1000
    assert LOOK_SECONDS - 0.1 < closed_after(dialled(), head, 0.05) < 10


def test_a_connection_on_which_nothing_is_said_is_let_go(dialled):
    assert dialled().recv(1) == b""


def test_a_body_that_trickles_in_is_let_go(dialled):
    client = dialled()
    client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
    assert LOOK_SECONDS - 0.1 < closed_after(client, b"a" * 1000, 0.05) < 10


def test_a_head_without_end_is_let_go(dialled, monkeypatch):
    monkeypatch.setattr(connection, "LOOK_SECONDS", 60)
    client = dialled()
    line = b"X-More: " + b"a" * 8000 + b"\r\n"
    with suppress(OSError):  # reset or broken, as it comes
        client.sendall(b"GET / HTTP/1.1\r\n" + 1000 * line)
        assert client.recv(1) == b""  # before nobody has waited for it any longer


def test_a_large_body_over_a_slow_line_is_taken(dialled):
    client = dialled()
    size = int(4 * LOOK_SECONDS * 20 * RATE)
    client.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode())
    for _ in range(40):
        client.sendall(b"a" * (size // 40))
        time.sleep(LOOK_SECONDS / 10)
    answer = client.recv(1000)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(str(size).encode())


def test_a_connection_is_used_again_after_a_pause(dialled):
    client = dialled()
    for _ in range(3):
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab")
        assert client.recv(1000).endswith(b"2")
        time.sleep(1.5 * LOOK_SECONDS)
