"""The API does as its description says, whatever it is asked."""

import inspect
from datetime import timedelta
from typing import get_args

import pytest
import schemathesis
from django.conf import settings as chosen
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from schemathesis import GenerationMode

from hearwell.insights.guardrails.pairs import pairs
from hearwell.settings import FILE
from hearwell.web.api.service import API
from hearwell.web.people.token import Scope, Token

FEW = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
CHEAP = (("call_volume", "calls"), ("service_level", "SL3"))
SEMANTIC = {"positive_data_acceptance": {"expected-statuses": ["2xx", "403", "404", "409", "422"]}}
"""No description holds which metric has which dimension, or which edition the settings are: what is
asked may fit it and be refused."""


@pytest.fixture
def headers(company, people, monkeypatch):
    many = chosen.ENVIRONMENT.model_copy(update={"api_requests_a_minute": 1_000_000})
    monkeypatch.setattr(chosen, "ENVIRONMENT", many)
    monkeypatch.setattr("hearwell.engine.scorecard.SCORECARD", CHEAP)
    monkeypatch.setattr("hearwell.insights.guardrails.judged.pairs", lambda: [*pairs()][:2])
    monkeypatch.setattr("hearwell.jobs.digest.WATCHED", ("service_level",))
    own, text = Token.issue(people["alice"], "test", Scope.ADMIN, timedelta(days=1))
    Token.objects.filter(pk=own.pk).update(id=own.pk + 2**40)  # nobody revokes it by chance
    file = company / FILE
    before = file.read_bytes()
    yield {"Authorization": f"Bearer {text}", "Accept-Encoding": "identity"}
    file.write_bytes(before)


@pytest.fixture
def one_connection():
    """Keep the connection of the test open between requests, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def description(headers, one_connection):
    config = schemathesis.Config.from_dict({"checks": SEMANTIC})
    return schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", WSGIHandler(), headers=headers, config=config
    )


OPERATIONS = [
    (path, method)
    for path, operations in API.get_openapi_schema()["paths"].items()
    for method in operations
]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_does_as_it_is_described(description, headers, path, method):
    operation = description[path][method.upper()]

    @FEW
    @given(case=st.one_of(operation.as_strategy(mode) for mode in GenerationMode))
    def ask(case):
        case.call_and_validate(headers=headers)

    ask()


QUESTIONS = st.fixed_dictionaries(
    {"metric": st.lists(st.sampled_from(["call_volume", "SL", "wait_time"]), min_size=1)},
    optional={
        "variant": st.sampled_from(["all", "p90", "SL1", "calls"]),
        "by": st.lists(
            st.sampled_from(["queue", "team", "channel", "custom.x", "custom.it's", "agent_id"]),
            max_size=3,
        ),
        "grain": st.sampled_from(["day", "week", "month", "hour_of_week"]),
        "last": st.integers(1, 400),
        "where": st.lists(
            st.builds(
                "{}={}".format,
                st.sampled_from(["queue", "team", "custom.x", "cohort.bought", "cohort.same"]),
                st.sampled_from(["billing", "it's", "\\", '"', "%", "ਪੰਜਾਬੀ", "2026-05", ""]),
            ),
            max_size=2,
        ),
        "compare": st.sampled_from(["previous", "year"]),
        "standardise": st.lists(st.sampled_from(["queue", "team"]), max_size=1),
        "clock": st.sampled_from(["calendar", "business"]),
        "level": st.floats(0.01, 0.99),
    },
)


def test_questions_that_make_sense_are_answered_as_described(description, headers):
    operation = description["/api/v1/ask"]["GET"]
    answered = 0

    @settings(FEW, max_examples=40)
    @given(question=QUESTIONS)
    def ask(question):
        nonlocal answered
        case = operation.Case(query=question)
        response = case.call_and_validate(headers=headers)
        assert response.status_code in {200, 422}, response.text
        answered += response.status_code == 200

    ask()
    assert answered > 5


def models(found):
    """Give a model and all that it holds."""
    if inspect.isclass(found) and issubclass(found, BaseModel):
        yield found
        for field in found.model_fields.values():
            yield from models(field.annotation)
    for part in get_args(found):
        yield from models(part)


def test_no_two_models_have_one_name():
    """The description has a place for each name: the second would be told in that of the first."""
    places = {}
    for _prefix, router in API._routers:  # noqa: SLF001  there is no other way to them
        for view in router.path_operations.values():
            for operation in view.operations:
                bodies = [each for each in operation.models if each.__name__ == "BodyParams"]
                for each in models(tuple[(*operation.response_models.values(), *bodies)]):
                    if each.__module__.startswith("hearwell."):
                        places.setdefault(each.__name__, set()).add(each.__module__)
    assert len(places) > 100
    assert {name: seen for name, seen in places.items() if len(seen) > 1} == {}
