"""What a delivery says: numbers of a board or of the scorecard, as one receiver may see them."""

import re
from dataclasses import replace
from html import unescape

from django.conf import settings
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from hearwell.engine.question import Question, Teams
from hearwell.engine.scorecard import asked_for
from hearwell.errors import WrongUse
from hearwell.evidence.finding import Finding
from hearwell.evidence.turns import COINCIDES
from hearwell.language.convention import listed
from hearwell.metrics.metric import Question as Theme
from hearwell.web import lakes
from hearwell.web.explore.board import Board
from hearwell.web.explore.delivery import Delivery
from hearwell.web.explore.showing import Shown, shown
from hearwell.web.explore.telling import Told
from hearwell.web.explore.words import Part, Row, Words
from hearwell.web.read import asking, scorecard
from hearwell.web.read.address import Address
from hearwell.web.read.told import said
from hearwell.web.why.changed import digest, question_of
from hearwell.web.why.opened import address_of

MOST_ROWS = 20
"""A mail holds the first of them; the page has them all."""

PICTURE = re.compile(r'<svg class="(?:line|heat)".*?</svg>', re.DOTALL)
"""Pictures that stand for themselves; those of groups are beside a table's numbers."""

SIMULATED = "simulated, not measured"


WEEK = replace(Address(), last=7)
"""The last whole week that there is, held against the week before."""


def words_of(delivery: Delivery, teams: Teams) -> Words:
    found = scorecard_words(teams) if delivery.board is None else board_words(delivery.board, teams)
    return replace(found, parts=[*news(teams), *found.parts])


def news(teams: Teams) -> list[Part]:
    """Return what changed in the week that somebody should know of; nothing is news as well."""
    with lakes.reading() as lake:
        question = question_of(lake, WEEK, teams)
        try:
            found = digest(lake, question)
        except WrongUse:  # there is no week before
            return []
    week = replace(WEEK, last=None, begins=question.begins, ends=question.ends)
    nothing = _("Nothing changed beyond chance that somebody should know of.")
    return [Part(_("What changed"), lines=[line(each, week) for each in found] or [nothing])]


def line(finding: Finding, week: Address) -> str:
    """Return a finding as plain text: the events that coincide with it, and where it is shown."""
    events = [note for note in finding.notes if note.template == COINCIDES]
    told = [unescape(strip_tags(said(each))) for each in (finding.says, *events)]
    address = address_of(finding.opens, week)
    return " ".join([*told, link(address)] if address else told)


def link(address: str) -> str:
    return settings.ENVIRONMENT.address.rstrip("/") + address


def board_words(board: Board, teams: Teams) -> Words:
    with lakes.reading() as lake:
        panels = shown(lake, board, teams)
    return Words(
        title=board.title,
        lines=[],
        link=link(reverse("board", args=[board.pk])),
        about="delivery",
        parts=[part(each) for each in panels],
    )


def part(found: Shown) -> Part:
    if found.told is None:
        return Part(found.panel.title, [Row(found.problem, "–")])
    told = found.told
    drawn = [svg for each in told.pictures for svg in PICTURE.findall(each)]
    return Part(found.panel.title, rows(told), drawn)


def rows(told: Told) -> list[Row]:
    found = []
    for line in told.lines[:MOST_ROWS]:
        where = [value or _("not known") for value in line.group] + [line.time]
        about = listed(each for each in where if each)
        for name, figure in zip(told.numbers, line.figures, strict=True):
            if figure is not None:
                notes = [_(SIMULATED)] if told.simulated else []
                notes += [figure.hidden] if figure.hidden else []
                found.append(
                    Row(
                        listed((name, about)) if about else name,
                        figure.value,
                        figure.interval,
                        figure.n,
                        figure.change,
                        figure.verdict,
                        listed(notes),
                    )
                )
    return found


def scorecard_words(teams: Teams) -> Words:
    with lakes.reading() as lake:
        question = WEEK.question(
            asked_for((), (), teams=teams),
            asking.newest(lake, teams),
            by=(),
            grain="none",
            teams=teams,
        )
        card = asking.asked(lake, question)
        found = [
            (each.asked.metric.question, scorecard.row(card, lake, WEEK, each))
            for each in card.answers
            if each.counts_rows
        ]
    themes = {theme: [told for about, told in found if about is theme] for theme in Theme}
    return Words(
        title=_("How are we doing?"),
        lines=[between(question)] if question.begins else [],
        link=link(reverse("scorecard") + WEEK.query()),
        about="delivery",
        parts=[
            Part(_(theme.value), [told(each) for each in own])
            for theme, own in themes.items()
            if own
        ],
    )


def between(question: Question) -> str:
    ends = (scorecard.told_day(each) for each in (question.begins, question.ends))
    return " – ".join(each or "…" for each in ends)


def told(number: scorecard.Row) -> Row:
    notes = [_(SIMULATED)] if number.simulated else []
    notes += [_("but {name} got worse").format(name=name) for name in number.guardrails]
    return Row(
        number.name,
        number.value,
        number.interval,
        number.n,
        number.change or "",
        number.verdict or "",
        listed(notes),
    )
