"""Pages of boards: all of them, one, one on a screen, and what is on it and who sees it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.engine.question import Teams
from hearwell.web import lakes
from hearwell.web.explore.board import Board, KioskLink, Panel
from hearwell.web.explore.showing import shown
from hearwell.web.explore.view import View
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn, at_least

KIOSK_DAYS = (7, 30, 90, 365)


class NewBoard(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = Board
        fields: ClassVar = ["title"]


class Sharing(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = Board
        fields: ClassVar = ["title", "is_for_everybody", "readers", "refresh_minutes"]
        widgets: ClassVar = {"readers": forms.CheckboxSelectMultiple}

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        active = Person.objects.filter(is_active=True).order_by("name", "email")
        self.fields["readers"].queryset = active  # type: ignore[attr-defined]


class Saving(forms.Form):
    """Where a view is to be saved."""

    board = forms.ModelChoiceField(
        Board.objects.none(),
        label=gettext_lazy("Board"),
        required=False,
        empty_label=gettext_lazy("a new board"),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=150)
    question = forms.CharField(widget=forms.HiddenInput, max_length=4000)

    def __init__(self, person: Person, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["board"].queryset = Board.changed_by(person)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def boards(request: SignedIn) -> HttpResponse:
    """List the boards that may be opened, and make a new one."""
    form = NewBoard(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.owner = request.user
        with transaction.atomic():
            board = form.save()
            audit(request, Action.BOARD, board.title)
        return redirect("board", board.pk)
    found = Board.seen_by(request.user).select_related("owner").prefetch_related("panels")
    return render(request, "explore/boards.html", {"boards": found, "form": form})


@require_safe
def board(request: SignedIn, number: int) -> HttpResponse:
    """Show a board, by the teams that whoever looks may see."""
    return show(request, opened(request, number), request.user.teams_seen, "explore/board.html")


@require_safe
def kiosk(request: SignedIn, number: int) -> HttpResponse:
    """Show a board alone on the screen."""
    return show(request, opened(request, number), request.user.teams_seen, "explore/kiosk.html")


@login_not_required
@require_safe
def linked(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a board on a screen where nobody is signed in."""
    link = KioskLink.find(secret)
    if link is None:
        return render(request, "explore/no_link.html", status=410)
    return show(request, link.board, link.maker.teams_seen, "explore/kiosk.html")


def show(request: HttpRequest, found: Board, teams: Teams, template: str) -> HttpResponse:
    person = request.user
    with lakes.reading() as lake:
        zone, panels = lake.settings.zone, shown(lake, found, teams)
    context = {
        "board": found,
        "panels": panels,
        "may_change": isinstance(person, Person) and may_change(person, found),
        "now": datetime.now(ZoneInfo(zone)).replace(tzinfo=None),  # else it is told in UTC
        "zone": zone,
        "seconds": 60 * found.refresh_minutes,
    }
    return render(request, template, context)


def opened(request: SignedIn, number: int) -> Board:
    """Return a board; of one that may not be seen nobody learns whether there is one."""
    may = Board.seen_by(request.user) | Board.changed_by(request.user).distinct()
    return get_object_or_404(may, pk=number)


def may_change(person: Person, found: Board) -> bool:
    return Board.changed_by(person).filter(pk=found.pk).exists()


def own(request: SignedIn, number: int) -> Board:
    return get_object_or_404(Board.changed_by(request.user), pk=number)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, number: int) -> HttpResponse:
    """Change what a board is called, who sees it, and the order of its panels."""
    found = own(request, number)
    form = Sharing(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            audit(request, Action.BOARD, found.title)
        messages.success(request, _("The board was changed."))
        return redirect("board", found.pk)
    return render(
        request,
        "explore/edit_board.html",
        {
            "board": found,
            "form": form,
            "links": found.links.select_related("maker"),
            "days": KIOSK_DAYS,
            "may_link": request.user.may(Role.LEAD),
        },
    )


@require_POST
def remove(request: SignedIn, number: int) -> HttpResponse:
    """Delete a board with all that is on it."""
    delete(request, own(request, number))
    messages.success(request, _("The board was deleted."))
    return redirect("boards")


def delete(request: SignedIn, found: Board) -> None:
    with transaction.atomic():
        audit(request, Action.BOARD, _("{title}: deleted").format(title=found.title))
        found.delete()


@require_POST
def save(request: SignedIn) -> HttpResponse:
    """Put the view of an address onto a board."""
    form = Saving(request.user, request.POST)
    if not form.is_valid():
        return render(request, "explore/save.html", {"form": form}, status=422)
    view = View.of(form.cleaned_data["question"])
    live = replace(view, address=replace(view.address, as_of=None))  # a board tells what is now
    title = form.cleaned_data["title"]
    with transaction.atomic():
        found = form.cleaned_data["board"] or Board.objects.create(title=title, owner=request.user)
        found.add(live, title)
        audit(request, Action.BOARD, f"{found.title}: {title}")
    messages.success(request, _("It was put onto the board."))
    return redirect("board", found.pk)


@require_POST
def panel(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Move a panel up, or take it off the board."""
    found = own(request, number)
    chosen = get_object_or_404(Panel, board=found, pk=place)
    with transaction.atomic():
        if "remove" in request.POST:
            chosen.delete()
        else:
            chosen.move_up()
        audit(request, Action.BOARD, f"{found.title}: {chosen.title}")
    return redirect("board-edit", found.pk)


@at_least(Role.LEAD)
@require_POST
def link(request: SignedIn, number: int) -> HttpResponse:
    """Make a link for a screen; it is shown once."""
    found = own(request, number)
    days = int(request.POST.get("days", "0")) if request.POST.get("days", "").isdecimal() else 0
    if days not in KIOSK_DAYS:
        days = KIOSK_DAYS[0]
    address = linked_to(request, found, days)
    return render(request, "explore/link.html", {"board": found, "address": address, "days": days})


def linked_to(request: SignedIn, found: Board, days: int) -> str:
    """Return the address of a new link for a screen, which is known here and never again."""
    with transaction.atomic():
        made = KioskLink.issue(found, request.user, timezone.now() + timedelta(days=days))
        audit(request, Action.BOARD, _("{title}: link for a screen").format(title=found.title))
    return request.build_absolute_uri(reverse("kiosk-linked", args=[made]))


@require_POST
def end_link(request: SignedIn, number: int, key: int) -> HttpResponse:
    """End a link at once."""
    end(request, get_object_or_404(KioskLink, board=own(request, number), pk=key))
    messages.success(request, _("The link has ended."))
    return redirect("board-edit", number)


def end(request: SignedIn, found: KioskLink) -> None:
    with transaction.atomic():
        audit(request, Action.BOARD, _("{title}: link ended").format(title=found.board.title))
        found.delete()
