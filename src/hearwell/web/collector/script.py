"""`hearwell.js`, as pages fetch it."""

import gzip
import hashlib
from importlib.resources import files

import rjsmin

from hearwell.web.collector.asgi import NO_SNIFF, Scope, Send


class Script:
    """Serves `hearwell.js` to any page."""

    def __init__(self) -> None:
        source = files("hearwell.web.collector").joinpath("hearwell.js")
        self.body = rjsmin.jsmin(source.read_text("utf-8")).encode()
        self.packed = gzip.compress(self.body, 9)
        self.tag = b'"' + hashlib.sha256(self.body).hexdigest()[:16].encode() + b'"'

    async def __call__(self, scope: Scope, send: Send) -> None:
        asked = dict(scope["headers"])
        same = asked.get(b"if-none-match") == self.tag
        is_packed = b"gzip" in asked.get(b"accept-encoding", b"") and not same
        body = b"" if same else self.packed if is_packed else self.body
        headers = [
            (b"content-type", b"text/javascript; charset=utf-8"),
            (b"cache-control", b"public, max-age=3600"),
            (b"cross-origin-resource-policy", b"cross-origin"),
            NO_SNIFF,
            (b"etag", self.tag),
            (b"vary", b"Accept-Encoding"),
            *([(b"content-encoding", b"gzip")] if is_packed else []),
        ]
        await send(
            {"type": "http.response.start", "status": 304 if same else 200, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})
