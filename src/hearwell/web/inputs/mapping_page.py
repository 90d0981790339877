"""Say which column of a file is what, beside what comes of it in the first rows."""

import re
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.engine.explain import needed_by
from hearwell.errors import HearwellError
from hearwell.jobs.rehearse import BadMapping, Draft, Tried, beginning, tried
from hearwell.lake.lake import Lake
from hearwell.records import RECORDS
from hearwell.report.name import spaced
from hearwell.report.problem import told as said
from hearwell.report.problem import what_was_wrong
from hearwell.web import lakes
from hearwell.web.inputs import jobs
from hearwell.web.inputs.bringing import Bringing, State
from hearwell.web.inputs.entries import (
    COLUMN,
    FROM,
    READING,
    SQL,
    WORD,
    WRITTEN,
    Entries,
    Entry,
    choosable,
    dimension,
    words,
)
from hearwell.web.inputs.saved_mapping import SavedMapping
from hearwell.web.inputs.upload import MAY_BE
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least
from hearwell.web.read.choices import Choice

UPDATE, CHECK = "update", "check"


@dataclass(frozen=True)
class Line:
    """A field of the record in the form."""

    name: str
    told: str
    is_required: bool
    origin_name: str
    columns: list[Choice]
    words: list[Choice]
    is_written: bool
    sql_name: str
    entry: Entry
    problem: str
    first: list[str]  # what it is in the first rows


@dataclass
class Page:
    """What the page shows, and what is wrong with it."""

    bringing: Bringing
    entries: Entries
    draft: Draft | None = None
    tried: Tried | None = None
    problem: str = ""
    problems: dict[str, str] | None = None
    taken_over: bool = False

    def lines(self) -> list[Line]:
        if self.draft is None:
            return []
        marks = choosable(RECORDS[self.entries.record])
        found = []
        for name, mark in marks.items():
            entry = self.entries.fields.get(name, Entry())
            found.append(
                Line(
                    name,
                    spaced(name),
                    mark.required,
                    FROM + name,
                    [
                        Choice(COLUMN + column, column, entry.origin == COLUMN + column)
                        for column in self.draft.columns
                    ],
                    [Choice(WORD + w, spaced(w), entry.origin == WORD + w) for w in words(mark)],
                    entry.origin == WRITTEN,
                    SQL + name,
                    entry,
                    (self.problems or {}).get(name, ""),
                    self.shown(name),
                )
            )
        return found

    def shown(self, name: str) -> list[str]:
        if self.tried is None or name not in self.tried.columns:
            return []
        place = self.tried.columns.index(name)
        return ["–" if row[place] is None else str(row[place]) for row in self.tried.rows]

    def own(self) -> list[Choice]:
        """Return the columns of the file that no field takes, which may be kept as dimensions."""
        if self.draft is None or "custom" not in RECORDS[self.entries.record].columns():
            return []
        used = set(self.entries.chosen.values())
        return [
            Choice(column, f"{column} → custom.{dimension(column)}", column in self.entries.own)
            for column in self.draft.columns
            if column not in used
        ]

    def context(self) -> dict[str, Any]:
        lines = self.lines()
        used = [each for each in lines if each.entry.sql or each.is_required or each.problem]
        reading = self.entries.reading
        return {
            "page": self,
            "bringing": self.bringing,
            "entries": self.entries,
            "used": used,
            "unused": [each for each in lines if each not in used],
            "own": self.own(),
            "records": [Choice(name, spaced(name), name == self.entries.record) for name in MAY_BE],
            "zones": sorted(available_timezones()),
            "reading": [(name, told, reading.get(name, "")) for name, told in told_reading()],
            "is_told": any(reading.values()) or self.draft is None,
        }


@at_least(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def mapping(request: SignedIn, number: int) -> HttpResponse:
    """Show the proposal, take changes to it, and go on to the check of all rows."""
    bringing = get_object_or_404(Bringing, pk=number)
    if bringing.is_under_way or bringing.has_ended:
        return redirect("bringing", number=number)
    if not bringing.path.exists():
        raise Http404
    with lakes.reading() as lake:
        page = (
            changed(lake, bringing, request) if request.method == "POST" else shown(lake, bringing)
        )
        if page.draft is not None and not page.problem:
            look(lake, page)
    if request.method == "POST":
        bringing.record, bringing.entries = page.entries.record, page.entries.as_json()
        bringing.mapping = ""
        bringing.state, bringing.message = State.UPLOADED, ""
        bringing.save()
        if request.POST.get("do") == CHECK and not (page.problem or page.problems):
            if bringing.begin(State.CHECKING):
                jobs.check(bringing.pk)
            return redirect("bringing", number=number)
    return render(request, "inputs/mapping.html", page.context())


def shown(lake: Lake, bringing: Bringing) -> Page:
    """Return what was chosen before, else what files of these columns were the last time."""
    if bringing.entries:
        page = Page(bringing, Entries.kept(bringing.entries))
        open_draft(lake, page)
        page.problem = page.problem or bringing.message
        return page
    return proposed(lake, bringing, bringing.record, {})


def proposed(lake: Lake, bringing: Bringing, record: str, reading: ReadOnly[str, str]) -> Page:
    page = Page(bringing, Entries(record, "", lake.settings.zone, reading=reading))
    open_draft(lake, page)
    if page.draft is None:
        return page
    saved = SavedMapping.find(record, page.draft.columns)
    if saved:
        page.entries, page.taken_over = Entries.kept(saved.entries), True
    else:
        page.entries = Entries.drafted(
            record, bringing.name, lake.settings.zone, page.draft, reading
        )
    return page


def changed(lake: Lake, bringing: Bringing, request: SignedIn) -> Page:
    """Return the page with what was changed in it, and what follows from that."""
    record = request.POST.get("record", bringing.record)
    if record not in MAY_BE:
        raise Http404
    posted = Entries.posted(request.POST, record)
    before = shown(lake, bringing).entries
    if record != before.record or posted.reading != before.reading:
        return proposed(lake, bringing, record, posted.reading)
    page = Page(bringing, posted)
    open_draft(lake, page, posted.chosen)
    if page.draft is not None:
        page.entries = posted.settled(before, page.draft)
    return page


def open_draft(lake: Lake, page: Page, chosen: dict[str, str] | None = None) -> None:
    record = RECORDS[page.entries.record]
    try:
        how = page.entries.how_to_read()
        page.draft = beginning(lake, page.bringing.path, record, reading=how, chosen=chosen)
    except HearwellError as problem:
        page.problem = what_was_wrong(problem)


def look(lake: Lake, page: Page) -> None:
    """See what the mapping makes of the first rows, or what is wrong with it and where."""
    lacking = page.entries.lacking
    if lacking:
        told = _("Each row must have this: say which column it is.")
        page.problems = dict.fromkeys(lacking, told)
        return
    try:
        page.tried = tried(lake, page.bringing.path, page.entries.mapping(), needed_by)
    except BadMapping as problem:
        found = re.search(r"\[columns\] (\w+)$", problem.place)
        if found:
            page.problems = {found[1]: said(problem.problem)}
        else:
            page.problem = what_was_wrong(problem)
    except HearwellError as problem:
        page.problem = what_was_wrong(problem)


def told_reading() -> list[tuple[str, str]]:
    told = (
        _("Encoding, such as windows-1252"),
        _("Line of the header; 0 where there is none"),
        _("Character between columns"),
        _("Sheet of a workbook"),
    )
    return list(zip(READING, told, strict=True))
