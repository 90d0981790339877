"""Do articles help? What is read, how long, and how often readers ask all the same."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from hearwell.engine.answer import Answers
from hearwell.engine.question import Asked, Question, find, may_ask
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit
from hearwell.report.content import Content
from hearwell.report.markup import Html
from hearwell.report.name import title
from hearwell.report.number import number
from hearwell.report.tile import over_time
from hearwell.report.trend import trends
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.choices import choices
from hearwell.web.read.metric import content
from hearwell.web.read.scorecard import Row, row

HEADLINES = (
    "article_reads",
    "readers",
    "article_read_time",
    "helpful_share",
    "help_requests_per_read",
    "searches_without_result",
    "self_service_ratio",
)
OF_ARTICLES = (
    ("article_reads", None),
    ("article_read_time", "mean"),
    ("article_read_time", "of_expected"),
    ("abandoned_reads", None),
    ("help_requests_per_read", None),
    ("helpful_share", None),
)
BESIDE_EACH_OTHER = ("article_reads", "call_volume")
MOST_ARTICLES = 50


@dataclass(frozen=True)
class Article:
    """One article: its metrics as they are told, and how many of its readers asked for help."""

    name: str
    values: list[str]
    asked_for_help: float
    address: str
    few: bool


def help_centre(request: SignedIn) -> HttpResponse:
    address = Address.read(request.GET)
    teams = asking.teams(request)
    context: dict[str, Any] = {"address": address, "now": address.query(as_of=None)}
    if not may_ask(find("article_reads")[0].metric, teams):
        return render(request, "read/help_centre.html", context | {"is_limited": True})
    with asking.reading(address) as lake:
        asked = tuple(find(name)[0] for name in HEADLINES)
        question = address.question(asked, asking.newest(lake), by=(), grain="none", standardise=())
        card = asking.asked(lake, question)
        heads = [find(*each)[0] for each in OF_ARTICLES]
        context |= {
            "choices": choices(request, lake, address, ("language",)),
            "rows": rows_of(card, lake, address),
            "simulated": any(each.asked.metric.name in card.simulated for each in card.answers),
            "heads": [title(each, heads) for each in heads],
            "articles": articles(lake, question, heads, address),
            "courses": courses(lake, question),
            "why": reverse("why-self-service") + address.query(),
            "snapshot": card.snapshot,
            "permanent": address.query(as_of=str(card.snapshot)),
        }
    return render(request, "read/help_centre.html", context)


def rows_of(card: Answers, lake: Lake, address: Address) -> list[Row]:
    return [row(card, lake, address, each) for each in card.answers if each.counts_rows]


def articles(lake: Lake, question: Question, heads: list[Asked], address: Address) -> list[Article]:
    """Return the articles, first those whose readers ask for help most often."""
    asked = replace(question, asked=tuple(heads), by=("article_id",), compare=None)
    answers = asking.asked(lake, asked)
    cells: dict[str, dict[Asked, dict[str, Any]]] = {}
    for answer in answers.answers:
        for cell in answer.cells(answers.zone, question.level):
            name = cell["group"]["article_id"]
            if name is not None:
                cells.setdefault(name, {})[answer.asked] = cell
    units = {answer.asked: answer.unit for answer in answers.answers}
    found = [
        article(name, own, heads, units, address, lake.settings.minimum_n)
        for name, own in cells.items()
    ]
    found.sort(key=lambda each: (-each.asked_for_help, each.name))
    return found[:MOST_ARTICLES]


def article(  # noqa: PLR0913, PLR0917  what is told of one
    name: str,
    cells: dict[Asked, dict[str, Any]],
    heads: list[Asked],
    units: dict[Asked, Unit],
    address: Address,
    minimum_n: int,
) -> Article:
    values = [
        number(cells[head]["value"] if head in cells else None, units[head]) for head in heads
    ]
    reads, requests = (
        cells.get(find(each)[0], {}) for each in ("article_reads", "help_requests_per_read")
    )
    wanted = tuple(pair for pair in address.where if pair[0] != "article_id")
    return Article(
        name,
        values,
        (reads.get("value") or 0) * (requests.get("value") or 0),
        reverse("metric", args=["help_requests_per_read"])
        + address.query(where=(*wanted, ("article_id", name))),
        reads.get("n", 0) < minimum_n,
    )


def courses(lake: Lake, question: Question) -> list[tuple[str, Html]]:
    """Draw reads above calls, over the same time."""
    asked = tuple(find(name)[0] for name in BESIDE_EACH_OTHER)
    over = replace(question, asked=asked)

    def told() -> Content:
        made = content(lake, over, Address())
        return replace(made, trends=trends(lake, replace(over, compare=None), made.card))

    found = lakes.kept(lake, "reads and calls", over, told)
    return [
        (title(each.asked, asked), over_time(found, each, title(each.asked, asked)))
        for each in found.card.answers
        if each.counts_rows
    ]
