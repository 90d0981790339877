"""Ask the receiver as a server would, without one."""

import asyncio
import json


def ask(receiver, method, path, body=b"", headers=None, *, client="192.0.2.7", **more):
    """Return status, headers and body of the answer."""
    return asyncio.run(asked(receiver, method, path, body, headers, client, **more))


async def asked(receiver, method, path, body, headers, client, pieces=None, then=None):
    told = {name.lower(): value for name, value in (headers or {}).items()}
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    told.setdefault("content-length", str(len(body)))
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(n.encode(), str(v).encode("latin-1")) for n, v in told.items()],
        "client": (client, 40000),
    }
    messages = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in pieces or []
    ] or [{"type": "http.request", "body": body, "more_body": False}]
    messages += [then] if then else []
    sent = []

    async def receive():
        if not messages:
            await asyncio.sleep(60)
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    await receiver(scope, receive, send)
    return (
        sent[0]["status"],
        {n.decode(): v.decode() for n, v in sent[0]["headers"]},
        sent[1]["body"],
    )
