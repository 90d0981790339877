"""Why the numbers are as they are: what the insights found."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal, TypeVar

from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router
from pydantic import Field

from hearwell.engine.errors import NotByTeam
from hearwell.engine.question import Asked, Question, Teams, may_ask
from hearwell.insights.change.explain import change
from hearwell.insights.deal_breakers.explain import deal_breakers
from hearwell.insights.drivers.explain import drivers
from hearwell.insights.everyone.explain import everyone
from hearwell.insights.guardrails.told import USUAL_BY
from hearwell.insights.guardrails.told import guardrails as guard
from hearwell.insights.products.explain import products as hold
from hearwell.insights.self_service.told import self_service as serve
from hearwell.insights.sentiment.explain import sentiment as judge
from hearwell.insights.staffing.told import staffing as staff
from hearwell.insights.staffing.told import target_of
from hearwell.insights.topics.explain import topics
from hearwell.insights.topics.sides import read
from hearwell.insights.turned.told import turned
from hearwell.jobs.digest import changed
from hearwell.lake.lake import Lake
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.api.metrics import named
from hearwell.web.api.question import (
    MOST_FILTERS,
    MOST_METRICS,
    Asking,
    Card,
    OneMetric,
    Query,
    Text,
    together,
)
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.why.page import YEAR
from hearwell.web.why.products import METRICS

router = Router(tags=["Why"], auth=at_least(Role.VIEWER))


Insight = Literal["change", "turned", "drivers", "topics", "deal-breakers", "everyone"]
INSIGHTS: Mapping[Insight, Callable[[Lake, Question], Any]] = {
    "change": change,
    "turned": turned,
    "drivers": drivers,
    "everyone": everyone,
}
OF_NO_TEAM = ("drivers", "deal-breakers")
"""What happened to a customer is of no team."""


class Explained(OneMetric):
    contrast: Text = Field(
        "low-high",
        description="Of topics: low-high, before-after, left-stayed, or a group against the rest, "
        "such as product=camera.",
    )
    outcome: Literal["left", "downgrade", "no_purchase", "contact"] = Field(
        "left", description="Of deal-breakers: what satisfied customers do after their answer."
    )
    within: int = Field(30, ge=1, le=3660, description="Of deal-breakers: within so many days.")
    topic: Annotated[list[Text], Field(max_length=MOST_FILTERS)] = Field(
        [], description="Of the outcome contact: only these topics, such as complaint."
    )


class Held(Asking, Query):
    """What products are held against each other in."""

    usual_days = YEAR
    metric: Annotated[list[Text], Field(max_length=MOST_METRICS)] = Field(
        [], description=f"Names or labels; if none, {', '.join(METRICS)}."
    )

    def asked(self, teams: Teams) -> tuple[Asked, ...]:
        """Return the metrics; of the usual ones, those that may be asked."""
        if self.metric:
            return together((name, None) for name in self.metric)
        usual = together((name, None) for name in METRICS)
        return tuple(each for each in usual if may_ask(each.metric, teams))


class Judged(Query):
    as_of: Text | None = None


Share = Annotated[float | None, Field(ge=0.01, le=0.99, allow_inf_nan=False)]


class Staffed(Query):
    queue: Annotated[list[Text], Field(max_length=MOST_FILTERS)] = Field(
        [], description="Only these queues."
    )
    begins: Text | None = Field(None, alias="from", description="First day; a week or more ago.")
    ends: Text | None = Field(None, alias="to", description="Last day, included.")
    in_time: Share = Field(None, description="Callers to answer in time; else as in the settings.")
    abandoned: Share = Field(None, description="Callers who may hang up.")
    occupancy: Share = Field(None, description="Busy part of agents' time, at most.")
    shrinkage: Share = Field(None, description="Part of paid time that is not at work.")
    level: float = Field(0.95, gt=0, lt=1, allow_inf_nan=False)
    as_of: Text | None = None


Given = TypeVar("Given", Card, Held, Judged, Staffed)


@router.get(
    "/metrics/{name}/why/{insight}",
    summary="Why a number is as it is",
    **told.described(told.Findings, "/metrics/service_level/why/change?last=28&by=queue"),
)
def why(
    request: SignedIn, name: Text, insight: Insight, asked: FromQuery[Explained]
) -> HttpResponseBase:
    """Tell what moved a number, when it turned, what drives it, and what people write (topics).

    A change is held against the period before if `compare` does not say otherwise, and the usual
    dimensions are looked through if `by` names none. Of topics phrases and counts are told, no
    texts. Of a score, `deal-breakers` tells for what satisfied customers leave, and `everyone` what
    all would say, not only those who answered. Drivers and deal-breakers are told to who may see
    all teams: what happened to a customer is of no team.
    """
    one, teams = named(name, asked.variant), request.user.teams_seen
    return answered(request, asked.as_of, lambda lake: explained(lake, insight, asked, one, teams))


@router.get(
    "/products",
    summary="Products that do worse",
    **told.described(told.Findings, "/products?metric=CSAT"),
)
def products(request: SignedIn, asked: FromQuery[Held]) -> HttpResponseBase:
    """Tell which products do worse than all others, and the topics that make them so.

    It is told of the newest year, if it is not said of which days.
    """
    return put(request, asked, held)


@router.get(
    "/digest",
    summary="What changed",
    **told.described(told.Findings, "/digest?last=7"),
)
def digest(request: SignedIn, asked: FromQuery[Card]) -> HttpResponseBase:
    """Tell what changed that somebody should know of: seven findings at most, or none.

    It is told of the newest 28 days, if it is not said of which; `last=7` tells of a week.
    """
    return put(request, asked, weightiest)


@router.get(
    "/sentiment",
    summary="How texts are judged",
    **told.described(told.Findings, "/sentiment"),
)
def sentiment(request: SignedIn, asked: FromQuery[Judged]) -> HttpResponseBase:
    """Tell whether texts are judged, and how well; it is told to who may see all teams."""
    return put(request, asked, judged)


@router.get(
    "/guardrails",
    summary="Guardrails",
    **told.described(told.Findings, "/guardrails?by=channel"),
)
def guardrails(request: SignedIn, asked: FromQuery[Card]) -> HttpResponseBase:
    """Tell of each number that improved whether its partner was harmed, and signs of gaming."""
    return put(request, asked, guarded)


@router.get(
    "/self-service",
    summary="Self-service",
    **told.described(told.Findings, "/self-service?last=90&where=language=en"),
)
def self_service(request: SignedIn, asked: FromQuery[Card]) -> HttpResponseBase:
    """Tell which articles leave readers to ask, whether readers ask less, and what to write.

    Only `language` filters it; it is told to who may see all teams.
    """
    return put(request, asked, served)


@router.get(
    "/staffing",
    summary="Staffing",
    **told.described(told.Findings, "/staffing"),
)
def staffing(request: SignedIn, asked: FromQuery[Staffed]) -> HttpResponseBase:
    """Tell of each queue and half hour of the week how many agents are needed, and are there."""
    return put(request, asked, staffed)


def put(
    request: SignedIn, asked: Given, made: Callable[[Lake, Given, Teams], dict[str, Any]]
) -> HttpResponseBase:
    """Answer with what is found in what the asker may see."""
    teams = request.user.teams_seen
    return answered(request, asked.as_of, lambda lake: made(lake, asked, teams))


def explained(
    lake: Lake, insight: Insight, asked: Explained, one: Asked, teams: Teams
) -> dict[str, Any]:
    """Return what an insight finds.

    Raises:
        NotByTeam, BadQuestion, and what the insight says.

    """
    if insight in OF_NO_TEAM and teams is not None:
        raise NotByTeam(insight)
    more: dict[str, Any] = {"grain": "none", "compare": None, "standardise": ()}
    if insight == "change":
        more["compare"] = asked.compare or "previous"
    else:
        more["by"] = ()
    question = asked.question(lake, (one,), teams, **more)
    if insight == "topics":
        contrast = read(asked.contrast)
        about = (question, asked.contrast)
        what = lakes.kept(lake, insight, about, lambda: topics(lake, question, *contrast))
        return {**what.as_json(with_examples=False), "snapshot": lake.snapshot}
    if insight == "deal-breakers":
        after = (asked.outcome, asked.within, tuple(asked.topic))
        return found_of(
            lake, insight, (question, after), lambda: deal_breakers(lake, question, *after)
        )
    return found_of(lake, insight, question, lambda: INSIGHTS[insight](lake, question))


def found_of(lake: Lake, insight: str, about: Hashable, made: Callable[[], Any]) -> dict[str, Any]:
    """Return what an insight finds, or found of the same state before."""
    found: dict[str, Any] = lakes.kept(lake, insight, about, made).as_json()
    return found | {"snapshot": lake.snapshot}


def held(lake: Lake, asked: Held, teams: Teams) -> dict[str, Any]:
    more: dict[str, Any] = {"by": (), "grain": "none", "compare": None, "standardise": ()}
    question = asked.question(lake, asked.asked(teams), teams, **more)
    return found_of(lake, "products", question, lambda: hold(lake, question))


def weightiest(lake: Lake, asked: Card, teams: Teams) -> dict[str, Any]:
    more: dict[str, Any] = {"by": (), "grain": "none", "standardise": ()}
    question = asked.question(lake, (), teams, compare=asked.against, **more)
    found = lakes.kept(lake, "digest", question, lambda: changed(lake, question))
    return {"findings": [each.as_json() for each in found], "snapshot": lake.snapshot}


def judged(lake: Lake, _asked: Judged, teams: Teams) -> dict[str, Any]:
    """Return how texts are judged; all of them teach it.

    Raises:
        NotByTeam.

    """
    what = "sentiment"
    if teams is not None:
        raise NotByTeam(what)
    return found_of(lake, what, (), lambda: judge(lake))


def guarded(lake: Lake, asked: Card, teams: Teams) -> dict[str, Any]:
    by = tuple(asked.by) or USUAL_BY
    more: dict[str, Any] = {"by": (), "grain": "none", "compare": asked.against}
    question = asked.question(lake, (), teams, **more)
    return found_of(lake, "guardrails", (question, by), lambda: guard(lake, question, by))


def served(lake: Lake, asked: Card, teams: Teams) -> dict[str, Any]:
    question = asked.question(lake, (), teams, by=(), grain="none", compare=None)
    return found_of(lake, "self-service", question, lambda: serve(lake, question))


def staffed(lake: Lake, asked: Staffed, teams: Teams) -> dict[str, Any]:
    wanted = {name: getattr(asked, name) for name in ("in_time", "abandoned", "occupancy")}
    given = {name: each for name, each in wanted.items() if each is not None}
    target = replace(target_of(lake), **given)
    about = (asked.begins, asked.ends, tuple(asked.queue), asked.level, teams)
    return found_of(
        lake,
        "staffing",
        (about, target, asked.shrinkage),
        lambda: staff(
            lake,
            begins=asked.begins,
            ends=asked.ends,
            queues=asked.queue,
            target=target,
            shrinkage=asked.shrinkage,
            level=asked.level,
            teams=teams,
        ),
    )
