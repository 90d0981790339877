"""Programs that show a token of somebody's, and what the description says of every operation."""

from datetime import timedelta

import pytest
from django.test import Client

from hearwell.lake.lake import open_lake
from hearwell.web.api.service import API
from hearwell.web.people.token import Scope, Token

PROBLEM = "application/problem+json"


def shown(people, name, scope=Scope.READ):
    return Token.issue(people[name], "test", scope, timedelta(days=1))


def showing(text):
    return Client(headers={"Authorization": f"Bearer {text}"})


def operations():
    for path, described in API.get_openapi_schema()["paths"].items():
        for method, operation in described.items():
            yield pytest.param(path, method, operation, id=operation["operationId"])


OPERATIONS = list(operations())


def sent(client, address, body, method="post", **headers):
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return getattr(client, method)(address, body, content_type="application/json", headers=names)


def told(answer, status=200):
    assert answer.status_code == status, answer.content
    return answer.json()


def counted(company, condition):
    """Count inbound calls without the engine."""
    with open_lake(company) as lake:
        inbound = "select count(distinct call_id) from lake.call where direction = 'inbound'"
        return lake.connection.execute(f"{inbound} and {condition}").fetchone()[0]
