"""Open an alert where a target is surely missed, close it where it is met again, and tell so."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from hearwell.lake.lake import Lake
from hearwell.language import ENGLISH, speaking
from hearwell.language.date import day
from hearwell.report.name import title
from hearwell.report.number import count, interval, number, rounded, share_of
from hearwell.web.explore.channel import Channel
from hearwell.web.explore.message import Message
from hearwell.web.explore.weekly import link
from hearwell.web.explore.words import Part, Row, Words
from hearwell.web.people.person import Person, Role
from hearwell.web.targets.attaining import Attained, attained
from hearwell.web.targets.target import Alert, Target


def watch(lake: Lake, target: Target, now: datetime) -> Alert | None:
    """Look at a target if a day is over that was not looked at; return the alert that changed."""
    if not target.owner.may(Role.LEAD) or not target.may_be_seen_by(target.owner):
        return None
    found = attained(lake, target, target.owner.teams_seen)
    if found is None or (target.checked_for is not None and found.ends <= target.checked_for):
        return None
    with transaction.atomic():
        mine = Target.objects.filter(pk=target.pk, checked_for=target.checked_for)
        if not mine.update(checked_for=found.ends):  # another process looked
            return None
        alert = changed(target, found)
        if alert is not None:
            tell(alert, found, target.may_be_told_from(now, lake.settings.zone))
    return alert


def changed(target: Target, found: Attained) -> Alert | None:
    """Open or close the alert of a target; None where it stays as it is."""
    cell = found.cell
    if cell is None:
        return None
    alert = target.alerts.filter(closed_for=None).first()
    if alert is None and found.is_missed:
        return target.alerts.create(
            opened_for=found.ends,
            value=cell["value"],
            low=cell["low"],
            high=cell["high"],
            n=cell["n"],
        )
    if alert is not None and found.is_met:
        alert.closed_for = found.ends
        alert.save(update_fields=["closed_for"])
        return alert
    return None


def tell(alert: Alert, found: Attained, not_before: datetime) -> None:
    """Write to those who are to be told, as far as they may see the target."""
    target = alert.target
    channels = target.channels.select_related("owner")
    receivers: list[Person | Channel] = [*target.people.filter(is_active=True), *channels]
    for receiver in receivers:
        person = receiver if isinstance(receiver, Person) else receiver.owner
        if not person.is_active or not target.may_be_seen_by(person):
            continue
        language = person.language or ENGLISH
        with translation.override(language), speaking(language):
            Message.write(receiver, words_of(alert, found), not_before)


def words_of(alert: Alert, found: Attained) -> Words:
    """Say what, how sure, since when, and where to look."""
    target, cell = alert.target, found.cell
    if cell is None:
        message = "an alert is of something counted"
        raise TypeError(message)
    unit = target.unit
    is_over = alert.closed_for is not None
    heading = _("{target} is met again") if is_over else _("{target} is missed")
    lines = [
        _("It is {value} ({interval}, {level} sure), and should be {wanted}.").format(
            value=number(cell["value"], unit),
            interval=interval(cell["low"], cell["high"], unit),
            level=share_of(round(target.level, 4)),
            wanted=target.told,
        ),
        _("Of the days {begins} to {ends}, n = {n}. The alert is open since {since}.").format(
            begins=day(found.begins),
            ends=day(found.ends),
            n=count(cell["n"]),
            since=day(alert.opened_for),
        ),
        _("By chance alone such an alert comes at most {rate} times a year on average.").format(
            rate=rounded(target.false_alarms_per_year)
        ),
    ]
    if found.simulated:
        lines.append(_("simulated, not measured"))
    return Words(
        title=heading.format(target=target),
        lines=lines,
        link=link(address(target, found)),
        about="alert",
        parts=[Part(_("Its guardrail"), [guardrail(found)])] if found.guardrail else [],
        data={
            "target": target.pk,
            "alert": alert.pk,
            "state": "closed" if is_over else "open",
            "metric": target.metric,
            "value": cell["value"],
            "low": cell["low"],
            "high": cell["high"],
            "level": target.level,
            "n": cell["n"],
            "side": target.side,
            "wanted": target.value,
            "from": found.begins.isoformat(),
            "to": found.ends.isoformat(),
            "since": alert.opened_for.isoformat(),
        },
    )


def address(target: Target, found: Attained) -> str:
    """Return where the question of a target is asked."""
    view = target.view
    days = {"last": None, "begins": found.begins.isoformat(), "ends": found.ends.isoformat()}
    return reverse("explore") + view.query(**days, compare="previous", level=target.level)


def guardrail(found: Attained) -> Row:
    if found.guardrail is None:
        message = "there is no guardrail"
        raise TypeError(message)
    answer, cell = found.guardrail
    compared = cell["compared"]
    return Row(
        title(answer.asked, [answer.asked]),
        number(cell["value"], answer.unit),
        interval(cell["low"], cell["high"], answer.unit),
        cell["n"],
        verdict=compared["verdict"] if compared else "",
    )
