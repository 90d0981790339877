"""Messages of the protocol: JSON-RPC 2.0, and the revisions that are spoken here.

Revisions up to 2025-11-25 begin with a handshake; 2026-07-28 says with each request what the
handshake said, and repeats in headers what it asks for. Nothing is kept between requests in either.
https://modelcontextprotocol.io/specification
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HANDSHAKE = ("2025-06-18", "2025-11-25")
STATELESS = ("2026-07-28",)

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
NO_RESOURCE = -32002  # until 2025-11-25; INVALID_PARAMS since
HEADER_MISMATCH = -32020
UNSUPPORTED_VERSION = -32022

META = "io.modelcontextprotocol/"
VERSION_KEY, CAPABILITIES_KEY = f"{META}protocolVersion", f"{META}clientCapabilities"
SERVER_KEY = f"{META}serverInfo"
VERSION_HEADER, METHOD_HEADER = "Mcp-Protocol-Version", "Mcp-Method"
NAME_HEADER = "Mcp-Name"
NAMED_BY = {"tools/call": "name", "resources/read": "uri"}
"""Methods whose header Mcp-Name repeats one of their parameters."""

ENCODED = re.compile(r"=\?base64\?(.*)\?=")


class Refused(Exception):
    """A request that is answered with an error of the protocol."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data

    def as_json(self) -> dict[str, Any]:
        told = {"code": self.code, "message": self.message}
        return told if self.data is None else told | {"data": self.data}


class Mismatch(Refused):
    def __init__(self, header: str) -> None:
        told = f"The header {header} differs from the body, or is missing."
        super().__init__(HEADER_MISMATCH, told)


@dataclass(frozen=True)
class Message:
    """A request, or a notification, to which there is no answer."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    id: str | int | None = None

    @property
    def is_notification(self) -> bool:
        return self.id is None


def read(body: Any) -> Message:
    """Read one message.

    Raises:
        Refused: it is none, or several at once.

    """
    is_message = (
        isinstance(body, dict)
        and body.get("jsonrpc") == "2.0"
        and isinstance(body.get("method"), str)
        and isinstance(body.get("params", {}), dict)
        and ("id" not in body or is_id(body["id"]))
    )
    if not is_message:
        problem = "The body must be one JSON-RPC request or notification."
        raise Refused(INVALID_REQUEST, problem)
    return Message(body["method"], body.get("params", {}), body.get("id"))


def is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def version_of(message: Message, headers: Mapping[str, str]) -> str:
    """Return the revision that a request is of, once all it says of itself agrees.

    Raises:
        Refused.

    """
    said = headers.get(VERSION_HEADER)
    meta = message.params.get("_meta")
    if said in STATELESS or (isinstance(meta, dict) and VERSION_KEY in meta):
        check_stateless(message, headers, said)
        return str(said)
    if said is not None and said not in HANDSHAKE:
        raise unsupported(said)
    return said or HANDSHAKE[0]


def check_stateless(message: Message, headers: Mapping[str, str], said: str | None) -> None:
    meta = message.params.get("_meta")
    if not isinstance(meta, dict) or not {VERSION_KEY, CAPABILITIES_KEY} <= meta.keys():
        problem = f"params._meta must hold {VERSION_KEY} and {CAPABILITIES_KEY}."
        raise Refused(INVALID_PARAMS, problem)
    if meta[VERSION_KEY] != said:
        raise Mismatch(VERSION_HEADER)
    if headers.get(METHOD_HEADER) != message.method:
        raise Mismatch(METHOD_HEADER)
    named_by = NAMED_BY.get(message.method)
    name = message.params.get(named_by) if named_by else None
    if name is not None and decoded(headers.get(NAME_HEADER, "")) != name:
        raise Mismatch(NAME_HEADER)
    if said not in STATELESS:
        raise unsupported(said)


def unsupported(said: str | None) -> Refused:
    known = [*HANDSHAKE, *STATELESS]
    return Refused(
        UNSUPPORTED_VERSION,
        "Unsupported protocol version",
        {"supported": known, "requested": said},
    )


def decoded(header: str) -> str | None:
    """Return what a header says; what does not fit into one is sent in base64."""
    found = ENCODED.fullmatch(header)
    if found is None:
        return header
    try:
        return base64.b64decode(found[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
