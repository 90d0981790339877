"""What each method of the protocol does."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from hearwell import __version__
from hearwell.engine.question import Teams
from hearwell.errors import HearwellError
from hearwell.web import lakes
from hearwell.web.api.mcp import resources
from hearwell.web.api.mcp.message import (
    HANDSHAKE,
    INVALID_PARAMS,
    NO_RESOURCE,
    SERVER_KEY,
    STATELESS,
    Refused,
)
from hearwell.web.api.mcp.tools import TOOLS, as_of, described
from hearwell.web.api.problem import listed, wrongs

SERVER = {"name": "hearwell", "title": "Hearwell", "version": __version__}
ABILITIES = {
    "capabilities": {"tools": {}, "resources": {}},
    "instructions": (
        "Hearwell measures customer care. Numbers come with an interval and the rows counted: "
        "tell both. Shares are 0 to 1, durations seconds. Look up with define_metric what a "
        "number means before you explain it, and do not compute numbers from others."
    ),
}
CACHED_MILLISECONDS = 60_000

Params = Mapping[str, Any]
Method = Callable[[Params, Teams, str], dict[str, Any]]


def initialize(params: Params, _: Teams, __: str) -> dict[str, Any]:
    """Agree on a revision: the one asked for, or else the newest that begins with a handshake."""
    wanted = params.get("protocolVersion")
    version = wanted if wanted in HANDSHAKE else HANDSHAKE[-1]
    return ABILITIES | {"protocolVersion": version, "serverInfo": SERVER}


def discover(_: Params, __: Teams, ___: str) -> dict[str, Any]:
    return ABILITIES | {"supportedVersions": [*HANDSHAKE, *STATELESS]}


def ping(_: Params, __: Teams, ___: str) -> dict[str, Any]:
    return {}


def list_tools(_: Params, __: Teams, ___: str) -> dict[str, Any]:
    return {"tools": described()}


def call_tool(params: Params, teams: Teams, _: str) -> dict[str, Any]:
    """Answer with a tool. What is wrong with a question is told, so that it can be mended."""
    tool = TOOLS.get(str(params.get("name")))
    if tool is None:
        raise Refused(INVALID_PARAMS, f"There is no tool {params.get('name')!r}.")
    try:
        asked = tool.takes.model_validate(params.get("arguments") or {})
        with lakes.reading(as_of(asked)) as lake:
            found = tool.answer(lake, asked, teams)
    except ValidationError as error:
        return said(listed(wrongs(error.errors())), is_error=True)
    except HearwellError as error:
        return said(str(error), is_error=True)
    text = to_json(found, inf_nan_mode="null").decode()
    return said(text) | {"structuredContent": from_json(text)}


def said(text: str, *, is_error: bool = False) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}], "isError": is_error}


def list_resources(_: Params, __: Teams, ___: str) -> dict[str, Any]:
    return {"resources": resources.listed()}


def list_templates(_: Params, __: Teams, ___: str) -> dict[str, Any]:
    return {"resourceTemplates": [resources.TEMPLATE]}


def read_resource(params: Params, _: Teams, version: str) -> dict[str, Any]:
    uri = str(params.get("uri"))
    with lakes.reading() as lake:
        found = resources.content(lake, uri)
    if found is None:
        code = NO_RESOURCE if version in HANDSHAKE else INVALID_PARAMS
        raise Refused(code, f"There is no resource {uri!r}.", {"uri": uri})
    return {"contents": found}


EITHER: dict[str, Method] = {
    "tools/list": list_tools,
    "tools/call": call_tool,
    "resources/list": list_resources,
    "resources/templates/list": list_templates,
    "resources/read": read_resource,
}
WITH_HANDSHAKE = EITHER | {"initialize": initialize, "ping": ping}
WITHOUT = EITHER | {"server/discover": discover}


def known(version: str) -> Mapping[str, Method]:
    """Return the methods of a revision."""
    return WITHOUT if version in STATELESS else WITH_HANDSHAKE


def finished(result: dict[str, Any], method: str, version: str) -> dict[str, Any]:
    """Add to a result what a revision wants said with each."""
    if version not in STATELESS:
        return result
    more: dict[str, Any] = {"resultType": "complete", "_meta": {SERVER_KEY: SERVER}}
    if method != "tools/call":
        more |= {"ttlMs": CACHED_MILLISECONDS, "cacheScope": "private"}
    return result | more
