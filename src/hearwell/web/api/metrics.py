"""Which numbers there are, and what each means."""

from typing import Any

from django.http.response import HttpResponseBase
from ninja import Router
from ninja.errors import HttpError

from hearwell.engine.errors import UnknownMetric
from hearwell.engine.explain import answerable, columns_read, statements
from hearwell.engine.question import Asked, find
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Metric, Variant
from hearwell.settings import Settings
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.api.question import Text
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Definitions"], auth=at_least(Role.VIEWER))


@router.get(
    "/metrics",
    summary="All metrics",
    **told.described(told.Definitions, "/metrics"),
)
def metrics(request: SignedIn) -> HttpResponseBase:
    """Tell of each metric what it means, its variants and dimensions."""
    return answered(
        request,
        None,
        lambda lake: {"metrics": [definition(each, lake.settings) for each in METRICS.values()]},
    )


@router.get(
    "/metrics/{name}",
    summary="One metric",
    **told.described(told.Explained, "/metrics/service_level"),
)
def metric(request: SignedIn, name: Text) -> HttpResponseBase:
    """Tell what a metric means and how it is counted, down to the SQL."""
    return answered(request, None, lambda lake: explained(named(name).metric, lake.settings))


@router.get(
    "/answerable",
    summary="What can be answered",
    **told.described(told.Answerable, "/answerable"),
)
def can_be_answered(request: SignedIn) -> HttpResponseBase:
    """Tell which metrics count at least one row, and what the others lack."""
    teams = request.user.teams_seen

    def made(lake: Any) -> dict[str, Any]:
        can = lakes.kept(lake, "answerable", teams, lambda: answerable(lake, teams=teams))
        return {
            "metrics": can.metrics,
            "missing": {name: str(lack) for name, lack in can.missing.items()},
            "snapshot": lake.snapshot,
        }

    return answered(request, None, made)


def named(name: str, variant: str | None = None) -> Asked:
    """Return the metric that an address names, by name or label.

    Raises:
        HttpError: 404, there is none.
        UnknownVariant.

    """
    try:
        return find(name, variant)[0]
    except UnknownMetric as error:
        raise HttpError(404, str(error)) from None


def definition(metric: Metric, settings: Settings) -> dict[str, Any]:
    return {
        "metric": metric.name,
        "labels": metric.labels,
        "meaning": metric.meaning,
        "question": metric.question.value,
        "unit": metric.unit.value,
        "better": metric.better.value,
        "record": metric.record.table_name,
        "credits": metric.credits,
        "guardrail": metric.guardrail,
        "source": metric.source,
        "dimensions": metric.record.dimensions(),
        "variants": [
            variant(metric, name, each) for name, each in metric.variants(settings=settings).items()
        ],
    }


def variant(metric: Metric, name: str, found: Variant) -> dict[str, Any]:
    return {
        "name": name,
        "meaning": found.meaning,
        "labels": found.labels,
        "kind": type(found.estimator).__name__,
        "unit": (found.unit or metric.unit).value,
        "better": (found.better or metric.better).value,
        "dated_by": found.dated_by or metric.dated_by,
    }


def explained(metric: Metric, settings: Settings) -> dict[str, Any]:
    sql = {name: statements(Asked(metric, name), settings) for name in metric.variants()}
    return definition(metric, settings) | {"columns": columns_read(metric), "sql": sql}
