"""What people write: the phrases by which two sides differ, with examples, and topics."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from hearwell.insights.topics.explain import Phrase, Topics
from hearwell.insights.topics.explain import topics as explain
from hearwell.insights.topics.sides import read
from hearwell.metrics.metric import Unit
from hearwell.report.number import difference, number
from hearwell.report.scale import Scale, scale
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read.address import Address
from hearwell.web.why.opened import opened
from hearwell.web.why.phrase_bars import phrase_bars
from hearwell.web.why.score import part, score

MOST = 10
USUAL = "low-high"


def topics(request: SignedIn) -> HttpResponse:
    """Tell what one side writes more often than the other; texts to those who may read rows."""
    held = contrast(request)
    with_examples = request.user.may(Role.LEAD)
    return part(
        request,
        "why/topics.html",
        lambda lake, question: explain(lake, question, *read(held)),
        lambda found, address: shown(found, address, with_examples=with_examples),
        about=("topics", held),
        metrics=(score(request),),
        is_by_team=True,
    )


def contrast(request: SignedIn) -> str:
    """Return by which two sides texts are held against each other."""
    return str(request.GET.get("contrast") or USUAL)


def contrasts(held: str) -> dict[str, str]:
    """Return what may be chosen; a group that the address names as well."""
    known = {
        USUAL: _("low against high scores"),
        "before-after": _("now against before"),
        "left-stayed": _("satisfied: left against stayed"),
    }
    return known if held in known else known | {held: held}


def shown(found: Topics, address: Address, *, with_examples: bool) -> dict[str, Any]:
    sure = [each for each in found.phrases if each.of.is_sure]
    sides = [[each for each in sure if each.of.z * sign > 0][:MOST] for sign in (1, -1)]
    shares = [0.0, *(s for side in sides for each in side for s in shares_of(each))]
    on = scale(shares, Unit.SHARE)
    names = dict(zip(("first", "second"), named(found), strict=True))
    return {
        "findings": opened(found.findings, address),
        "sides": [
            (name, [row(each, on, with_examples=with_examples) for each in side])
            for name, side in zip(names.values(), sides, strict=True)
            if side
        ],
        "names": names,
        "with_examples": with_examples,
        "n": found.texts,
        "topics": [
            {
                "topic": each.topic,
                "share": number(each.share, Unit.SHARE),
                "value": number(each.value, found.unit),
                "rest": number(each.rest, found.unit),
                "low": difference(each.low, found.unit),
                "high": difference(each.high, found.unit),
                "n": each.n,
                "few": not each.is_sure,
            }
            for each in found.topics
        ],
    }


def named(found: Topics) -> tuple[str, str]:
    """Return what the two sides are called."""
    match found.kind:
        case "before-after":
            return _("now"), _("before")
        case "left-stayed":
            return _("left"), _("stayed")
        case "group" if found.group is not None:
            return found.group[1], _("the rest")
    return _("low scores"), _("high scores")


def shares_of(phrase: Phrase) -> tuple[float, float]:
    each = phrase.of
    return each.first / max(each.first_of, 1), each.second / max(each.second_of, 1)


def row(phrase: Phrase, on: Scale, *, with_examples: bool) -> dict[str, Any]:
    each = phrase.of
    first, second = shares_of(phrase)
    return {
        "phrase": each.phrase,
        "also": each.also[:3],
        "first": number(first, Unit.SHARE),
        "second": number(second, Unit.SHARE),
        "drawn": phrase_bars(on, first, second),
        "examples": phrase.examples if with_examples else (),
    }
