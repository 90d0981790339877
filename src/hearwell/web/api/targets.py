"""What numbers should reach, and the alerts of those that surely do not."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router, Schema
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.engine.question import find
from hearwell.errors import HearwellError
from hearwell.lake.lake import Lake
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.page import Page
from hearwell.web.api.problem import Wrong, listed, problem, wrong_in
from hearwell.web.api.question import Filter, Text
from hearwell.web.api.repeat import DESCRIBED, once
from hearwell.web.api.stored import by_email, stored
from hearwell.web.explore.view import written
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope
from hearwell.web.targets.attaining import Attained, attained
from hearwell.web.targets.form import FILTERS, TargetForm, keep, shown
from hearwell.web.targets.form import remove as forget
from hearwell.web.targets.pages import own, state, visible
from hearwell.web.targets.target import Alert, Target

router = Router(tags=["Targets"], auth=at_least(Role.VIEWER))
writes = at_least(Role.LEAD, Scope.WRITE)
NAMES = {"wanted": "value", **dict.fromkeys(FILTERS, "where")}
"""Of fields of the form, the names that programs give."""
MOST_RECEIVERS = 100
EXAMPLE: JsonDict = {
    "metric": "service_level",
    "variant": "SL3",
    "where": ["channel=phone"],
    "side": "at least",
    "value": 0.8,
}


class Given(Schema):
    """A target as it is to be; what is left out is as usual."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})
    metric: Text = Field(description="Name or label.")
    variant: Text | None = Field(None, description="One of the metric's; its first if none.")
    where: Annotated[list[Filter], Field(max_length=len(FILTERS))] = Field(
        [], description=f"One value each of {', '.join(FILTERS)}; such as `team=billing`."
    )
    side: Literal["at least", "at most"]
    value: float = Field(
        allow_inf_nan=False, description="In the unit of the metric: shares 0 to 1, seconds."
    )
    window_days: int = Field(7, ge=1, le=365, description="Over so many days.")
    false_alarms_per_year: float = Field(
        1.0, ge=0.01, le=12, description="So many alerts may come of chance alone."
    )
    quiet_from: int | None = Field(None, ge=0, le=23, description="Nobody is told from this hour")
    quiet_to: int | None = Field(None, ge=0, le=23, description="up to this one.")
    people: Annotated[list[Text], Field(max_length=MOST_RECEIVERS)] = Field(
        [], description="E-mails of those who are told."
    )
    channels: Annotated[list[int], Field(max_length=MOST_RECEIVERS)] = Field(
        [], description="Numbers of channels that it is posted to."
    )
    is_on: bool = Field(True, description="Are there alerts?")

    def typed(self) -> dict[str, Any]:
        """Return what a person would type into the form.

        Raises:
            UnknownMetric, UnknownVariant.

        """
        asked = find(self.metric, self.variant)[0]
        same = {"side", "window_days", "false_alarms_per_year", "quiet_from", "quiet_to", "is_on"}
        filters = (each.partition("=") for each in self.where)
        return {
            **self.model_dump(include=same),
            "metric": written(asked),
            "wanted": shown(self.value, asked.unit),
            "people": by_email(self.people),
            "channels": self.channels,
            **{name.strip(): value.strip() for name, _, value in filters},
        }

    def overlooked(self) -> list[Wrong]:
        """Return the filters that no target has, or that are there twice."""
        names = [each.partition("=")[0].strip() for each in self.where]
        return [
            Wrong(at=f"body.where.{place}", detail=f"One value of each of {', '.join(FILTERS)}.")
            for place, name in enumerate(names)
            if name not in FILTERS or name in names[:place]
        ]


class Listed(Page):
    state: Literal["open", "closed", "all"] = "open"


@router.get("/targets", summary="Targets", **told.described(told.Targets, "/targets"))
def targets(request: SignedIn) -> Any:
    """Tell each target that you may see, and how its number stands by the last whole day."""
    with lakes.reading() as lake:
        found = [standing(lake, each, request.user) for each in visible(request.user)]
    return whole({"targets": found})


@router.post(
    "/targets",
    auth=writes,
    summary="Make a target",
    **told.described(told.TargetTold, "/targets", status=201, parameters=[DESCRIBED]),
)
@once
def make_target(request: SignedIn, given: Given) -> Any:
    """Set what a number should reach. It is yours; alerts are looked for every day."""
    return set_as(request, given, None)


@router.put(
    "/targets/{number}",
    auth=writes,
    summary="Change a target",
    **told.described(told.TargetTold, "/targets/1"),
)
def change_target(request: SignedIn, number: int, given: Given) -> Any:
    """Put another in its place. It keeps its owner and its alerts."""
    return set_as(request, given, mine(request.user, number))


@router.delete(
    "/targets/{number}",
    auth=writes,
    summary="Delete a target",
    **told.described(None, "/targets/1", status=204),
)
def delete_target(request: SignedIn, number: int) -> Any:
    """Remove a target with its alerts."""
    forget(request, mine(request.user, number))
    return HttpResponse(status=204)


@router.get("/alerts", summary="Alerts", **told.described(told.AlertsTold, "/alerts?state=all"))
def alerts(request: SignedIn, asked: FromQuery[Listed]) -> Any:
    """Tell the alerts of targets that you may see, the newest first."""
    seen = Alert.objects.filter(target__in=visible(request.user)).select_related("seen_by")
    if asked.state != "all":
        seen = seen.filter(closed_for__isnull=asked.state == "open")
    shown_now, more = asked.of(seen)
    return whole({"alerts": [alert_told(each) for each in shown_now], "next": more})


@router.put(
    "/alerts/{number}/seen",
    auth=writes,
    summary="Look after an alert",
    **told.described(told.AlertTold, "/alerts/1/seen"),
)
def see_alert(request: SignedIn, number: int) -> Any:
    """Tell the others that you look after it. Whoever said so first stays."""
    alert = Alert.objects.filter(pk=stored(number)).first()
    if alert is None:
        raise Http404
    mine(request.user, alert.target_id)
    alert.acknowledge(request)
    return whole(alert_told(alert))


def set_as(request: SignedIn, given: Given, found: Target | None) -> HttpResponseBase:
    with lakes.reading() as lake:
        form = TargetForm(request.user, lake, given.typed(), instance=found)
        wrong = given.overlooked() or wrong_in(form, NAMES)
        if wrong:
            return problem(request, 422, f"The target cannot be set: {listed(wrong)}", wrong)
        saved = keep(request, form)
        return whole(standing(lake, saved, request.user), 200 if found else 201)


def mine(person: Person, number: int) -> Target:
    return own(person, stored(number))


def standing(lake: Lake, target: Target, person: Person) -> dict[str, Any]:
    """Return a target with how its number stands."""
    trouble = None
    try:
        found = attained(lake, target, person.teams_seen)
    except HearwellError as error:
        found, trouble = None, str(error)
    asked = target.asked
    is_open = target.alerts.filter(closed_for=None).first()
    return {
        "number": target.pk,
        "metric": asked.metric.name,
        "variant": asked.variant,
        "where": [f"{name}={value}" for name, value in target.view.address.where],
        "side": target.side,
        "value": target.value,
        "window_days": target.window_days,
        "false_alarms_per_year": target.false_alarms_per_year,
        "quiet_from": target.quiet_from,
        "quiet_to": target.quiet_to,
        "people": list(target.people.values_list("email", flat=True)),
        "channels": list(target.channels.values_list("pk", flat=True)),
        "is_on": target.is_on,
        "owner": str(target.owner),
        "standing": None if found is None or found.cell is None else stands(found, found.cell),
        "trouble": trouble,
        "alert": None if is_open is None else is_open.pk,
    }


def stands(found: Attained, cell: dict[str, Any]) -> dict[str, Any]:
    return {
        "from": found.begins.isoformat(),
        "to": found.ends.isoformat(),
        "state": state(found),
        **{name: cell[name] for name in ("value", "low", "high", "n")},
        "level": found.target.level,
        "simulated": found.simulated,
    }


def alert_told(alert: Alert) -> dict[str, Any]:
    return {
        "number": alert.pk,
        "target": alert.target_id,
        "since": alert.opened_for.isoformat(),
        "until": alert.closed_for.isoformat() if alert.closed_for else None,
        **{name: getattr(alert, name) for name in ("value", "low", "high", "n")},
        "seen_by": str(alert.seen_by) if alert.seen_by else None,
        "seen_at": alert.seen_at.isoformat() if alert.seen_at else None,
    }
