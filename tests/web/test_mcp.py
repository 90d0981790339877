"""Assistants ask with the client of the protocol's own makers, and by hand where it cannot err."""

from datetime import timedelta

import anyio
import httpx2
import pytest
from django.test import Client as Browser
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from hearwell.lake.lake import open_lake
from hearwell.web.api.mcp.message import HANDSHAKE, STATELESS
from hearwell.web.people.token import Scope, Token

META = {
    "io.modelcontextprotocol/protocolVersion": STATELESS[0],
    "io.modelcontextprotocol/clientCapabilities": {},
}


def shown(person):
    return Token.issue(person, "test", Scope.READ, timedelta(days=1))[1]


@pytest.fixture
def talk(live_server, transactional_db):
    """Give a function that lets an assistant of somebody talk with the server."""

    def talked(person, what, mode="auto"):
        async def run():
            headers = {"Authorization": f"Bearer {shown_text}"}
            async with httpx2.AsyncClient(headers=headers, timeout=120) as http:
                transport = streamable_http_client(f"{live_server.url}/mcp", http_client=http)
                async with Client(transport, mode=mode) as assistant:
                    return await what(assistant)

        shown_text = shown(person)
        return anyio.run(run)

    return talked


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_an_assistant_finds_asks_and_reads(company, people, talk, mode):
    async def talked(assistant):
        tools = (await assistant.list_tools()).tools
        numbers = await assistant.call_tool("ask", {"metrics": [{"metric": "call_volume"}]})
        listed = await assistant.call_tool("list_metrics", {"search": "service level"})
        resources = (await assistant.list_resources()).resources
        read = await assistant.read_resource("hearwell://metrics/CSAT")
        return assistant.protocol_version, tools, numbers, listed, resources, read

    version, tools, numbers, listed, resources, read = talk(people["bob"], talked, mode)
    assert version == (HANDSHAKE[-1] if mode == "legacy" else STATELESS[0])
    assert {"list_metrics", "define_metric", "ask", "scorecard", "findings"} <= {
        each.name for each in tools
    }
    (cell,) = numbers.structured_content["answers"]
    assert cell["value"] == counted(company)
    assert "service_level" in [each["metric"] for each in listed.structured_content["metrics"]]
    assert "hearwell://metrics/net_promoter_score" in [str(each.uri) for each in resources]
    assert '"metric":"customer_satisfaction"' in read.contents[0].text


def counted(company, condition="true"):
    inbound = "select count(distinct call_id) from lake.call where direction = 'inbound'"
    with open_lake(company) as lake:
        return lake.connection.execute(f"{inbound} and {condition}").fetchone()[0]


def test_what_is_wrong_is_told_so_that_it_can_be_mended(company, people, talk):
    async def talked(assistant):
        misspelled = await assistant.call_tool("define_metric", {"metric": "servis_level"})
        unknown = await assistant.call_tool("ask", {"metrics": [{"metric": "SL"}], "form": "x"})
        with pytest.raises(MCPError, match="no tool"):
            await assistant.call_tool("delete_everything", {})
        with pytest.raises(MCPError, match="no resource"):
            await assistant.read_resource("hearwell://metrics/nothing")
        return misspelled, unknown

    misspelled, unknown = talk(people["bob"], talked)
    assert misspelled.is_error
    assert "Did you mean service_level?" in misspelled.content[0].text
    assert unknown.is_error
    assert "form" in unknown.content[0].text


def test_an_assistant_of_a_team_is_told_of_it_only(company, people, talk):
    people["carol"].teams = ["billing phone"]
    people["carol"].save()

    async def talked(assistant):
        ask = {"metrics": [{"metric": "call_volume"}], "by": ["team"]}
        return [
            await assistant.call_tool("ask", ask),
            await assistant.call_tool("dimension_values", {"dimension": "team"}),
            await assistant.call_tool("ask", {"metrics": [{"metric": "late_delivery_rate"}]}),
        ]

    by_team, values, refused = talk(people["carol"], talked)
    assert [each["group"]["team"] for each in by_team.structured_content["answers"]] == [
        "billing phone"
    ]
    assert by_team.structured_content["answers"][0]["n"] == counted(
        company, "team = 'billing phone'"
    )
    assert [each["value"] for each in values.structured_content["values"]] == ["billing phone"]
    assert refused.is_error


@pytest.fixture
def put(people):
    """Give a function that sends one message by hand."""
    text = shown(people["bob"])

    def sent(body, *, version=HANDSHAKE[-1], **headers):
        headers = {"Mcp-Protocol-Version": version, **headers}
        headers.setdefault("Authorization", f"Bearer {text}")
        headers = {name: value for name, value in headers.items() if value is not None}
        return Browser().post("/mcp", body, content_type="application/json", headers=headers)

    return sent


def call(method, **params):
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def test_without_a_token_there_is_nothing(put):
    answer = put(call("ping"), Authorization=None)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert put(call("ping"), Authorization="Bearer hearwell_no").status_code == 401


def test_a_session_opens_nothing(signed_in):
    answer = signed_in("alice").post("/mcp", call("ping"), content_type="application/json")
    assert answer.status_code == 401


def test_pages_of_other_sites_may_not_ask(put):
    assert put(call("ping"), Origin="https://elsewhere.example").status_code == 403
    assert put(call("ping"), Origin="http://testserver").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "agreed"),
    [("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"), ("2024-11-05", "2025-11-25")],
)
def test_a_revision_is_agreed_on(put, wanted, agreed):
    answer = put(call("initialize", protocolVersion=wanted, capabilities={}), version=None)
    assert answer.json()["result"]["protocolVersion"] == agreed


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        ("{", {}, 400, -32700),
        ("[" * 50_000, {}, 400, -32700),
        ([call("ping")], {}, 400, -32600),
        ({"jsonrpc": "2.0", "id": 1, "result": {}}, {}, 400, -32600),
        ({"jsonrpc": "2.0", "id": None, "method": "ping"}, {}, 400, -32600),
        ({"jsonrpc": "2.0", "id": True, "method": "ping"}, {}, 400, -32600),
        ({"jsonrpc": "1.0", "id": 1, "method": "ping"}, {}, 400, -32600),
        (call("prompts/list"), {}, 200, -32601),
        (call("ping"), {"version": "1999-01-01"}, 400, -32022),
        (call("tools/list"), {"version": STATELESS[0]}, 400, -32602),
        (call("tools/list", _meta=META), {"version": STATELESS[0]}, 400, -32020),
        (call("tools/list", _meta=META), {"Mcp-Method": "tools/list"}, 400, -32020),
        (
            call("tools/call", name="ask", _meta=META),
            {"version": STATELESS[0], "Mcp-Method": "tools/call", "Mcp-Name": "scorecard"},
            400,
            -32020,
        ),
        (
            call("ping", _meta=META),
            {"version": STATELESS[0], "Mcp-Method": "ping"},
            404,
            -32601,
        ),
    ],
)
def test_messages_that_cannot_be_answered(put, body, headers, status, code):
    answer = put(body, **headers)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


def test_notifications_get_no_answer(put):
    answer = put({"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (answer.status_code, answer.content) == (202, b"")


def test_there_is_no_stream_to_open(people):
    headers = {"Authorization": f"Bearer {shown(people['bob'])}"}
    answer = Browser(headers=headers).get("/mcp")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_fault_says_nothing_of_what_it_was(put, monkeypatch):
    def fails(*_):
        message = "a secret"
        raise RuntimeError(message)

    monkeypatch.setattr("hearwell.web.api.mcp.methods.lakes.reading", fails)
    answer = put(call("tools/call", name="list_metrics"))
    assert answer.json()["error"]["code"] == -32603
    assert "secret" not in answer.content.decode()
