"""Programs are told what the pages tell, to the same people."""


from datetime import timedelta

import pytest
from django.test import Client

from hearwell.web.people.token import Scope, Token


@pytest.fixture
def program(people):
    """Give a program that shows a token of somebody's."""

    def client(name, scope=Scope.READ):
        _, text = Token.issue(people[name], "test", scope, timedelta(days=1))
        return Client(headers={"Authorization": f"Bearer {text}"})

    return client


def test_it_works(company, program):
    bob = program("bob")
    for path in ["openapi.json","metrics","metrics/service_level","metrics/nope","dimensions","dimensions/queue/values","dimensions/nope/values",
        "ask?metric=service_level&by=team&last=28&compare=previous","ask?metric=service_level&fom=3","ask?metric=servis_level","ask","ask?metric=call_volume&level=2",
         "metrics/call_volume/rows?limit=3", "metrics/call_volume/rows?limit=3&format=csv","metrics/call_volume/rows?limit=3&format=parquet",
        "freshness","snapshots","staffing","nope", "metrics/","../"]:
        import time; t=time.time()
        a = bob.get("/api/v1/" + path)
        print(path, a.status_code, round(time.time()-t,2), dict(a.headers) if a.status_code != 200 else a.headers.get("ETag"))
        if not a.streaming: print("   ", a.content[:500])
    a = bob.post("/api/v1/ask", {"metrics":[{"metric":"call_volume"}]}, content_type="application/json"); print(a.status_code, a.content[:300])
    a = bob.post("/api/v1/metrics", {}, content_type="application/json"); print(a.status_code, a.headers, a.content[:300])
    a = bob.post("/api/v1/ask", "{", content_type="application/json"); print(a.status_code, a.content[:300])
    a = bob.post("/api/v1/ask", {"metrics":[{"metric":"call_volume"}], "x": 3}, content_type="application/json"); print(a.status_code, a.content[:300])
