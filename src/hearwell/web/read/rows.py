"""The rows behind a number, page by page, and as a file to take away."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from hearwell.engine.period import to_local
from hearwell.engine.question import Question
from hearwell.engine.rows import behind, told_of
from hearwell.engine.rows import rows as rows_behind
from hearwell.language.date import day, second
from hearwell.language.number import written
from hearwell.report.name import labelled, spaced
from hearwell.web.export import FORMATS, exported
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least
from hearwell.web.read import asking
from hearwell.web.read.address import Address, number
from hearwell.web.read.choices import Choice, choices
from hearwell.web.read.metric import fitting, found
from hearwell.web.read.nothing import nothing

ON_A_PAGE = 100
FETCHED_AT_ONCE = 10_000


@at_least(Role.LEAD)
def rows(request: SignedIn, name: str) -> HttpResponse:
    """Show the rows that the number of the address counts."""
    address = Address.read(request.GET)
    asked = found(name, address.variant)
    more = tuple(request.GET.getlist("column"))
    page = int(number(request.GET, "page", 1))
    with asking.reading(address) as lake:
        question = question_of(request, address, asking.newest(lake, asking.teams(request)), name)
        told = rows_behind(lake, question, ON_A_PAGE, offset=(page - 1) * ON_A_PAGE, more=more)
        zone = lake.settings.zone
        context: dict[str, Any] = {
            "address": address,
            "choices": choices(request, lake, address, fitting(asked.metric)),
            "snapshot": lake.snapshot,
        }
        if not told.rows:
            context["nothing"] = nothing(request, lake, address, asked.metric)
    pages = max(1, -(-told.total // ON_A_PAGE))
    kept = [("variant", asked.variant), *(("column", each) for each in more)]
    here = address.query(variant=asked.variant)
    words = {name: mark.words for name, mark in asked.metric.record.columns().items()}
    context |= {
        "name": labelled(asked.metric, asked.variant),
        "metric": asked.metric.name,
        "back": here,
        "told": told,
        "rows": [
            [
                plain(value, zone, words.get(column, ()))
                for column, value in zip(told.columns, row, strict=True)
            ]
            for row in told.rows
        ],
        "is_not_compared": True,
        "zone": zone,
        "columns": columns(told.columns, more, question),
        "kept": kept,
        "now": address.query(as_of=None),
        "here": here + "".join(f"&column={each}" for each in more),
        "page": page,
        "pages": pages,
        "first": (page - 1) * ON_A_PAGE + 1,
        "last": min(page * ON_A_PAGE, told.total),
        "before": page - 1 if page > 1 else None,
        "after": page + 1 if page < pages else None,
        "formats": list(FORMATS),
    }
    return render(request, "read/rows.html", context)


def question_of(request: SignedIn, address: Address, newest: str | None, name: str) -> Question:
    return address.question(
        (found(name, address.variant),),
        newest,
        by=(),
        grain="none",
        compare=None,
        standardise=(),
        teams=asking.teams(request),
    )


def plain(value: Any, zone: str, words: Collection[str]) -> str:
    """Return a value as a cell shows it: instants in the organisation's zone, to the second.

    Args:
        words: those of its column that Hearwell gave; they are told in the reader's language.

    """
    match value:
        case str() if value in words:
            return spaced(value)
        case None:
            return ""
        case datetime():
            return second(to_local(value, zone))
        case date():
            return day(value)
        case float():
            return written(f"{value:.3f}".rstrip("0").removesuffix("."), grouped=False)
    return str(value)


def columns(shown: list[str], more: tuple[str, ...], question: Question) -> list[Choice]:
    """Return the columns that may be told beside those that decided."""
    return [
        Choice(name, spaced(name), name in more)
        for name in told_of(question.asked[0])
        if name not in shown or name in more
    ]


@at_least(Role.LEAD)
def export(request: SignedIn, name: str, kind: str) -> StreamingHttpResponse:
    """Give the rows as a file; they are fetched while it goes out."""
    address = Address.read(request.GET)
    with asking.reading(address) as lake:
        question = question_of(request, address, asking.newest(lake, asking.teams(request)), name)
        more = request.GET.getlist("column")
        with behind(lake, question, more) as told:  # what must not be shown is refused here
            heads = told.columns
    audit(request, Action.EXPORTED, f"rows of {name}: {request.GET.urlencode()}")
    return exported(request, kind, f"{name}-rows", heads, fetched(address, question, more))


def fetched(address: Address, question: Question, more: list[str]) -> Iterator[tuple[Any, ...]]:
    with asking.reading(address) as lake, behind(lake, question, more) as told:
        result = lake.connection.execute(told.statement())
        while batch := result.fetchmany(FETCHED_AT_ONCE):
            yield from batch
