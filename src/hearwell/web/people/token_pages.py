"""Tokens: what a person's programs may do; made, shown once, and taken back."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope, Token

LASTS_DAYS = (7, 30, 90, 365)


class New(forms.Form):
    name = forms.CharField(
        label=lazy("Name"),
        max_length=80,
        help_text=lazy("What will use it, such as “nightly figures”."),
    )
    scope = forms.ChoiceField(label=lazy("It may"))
    days = forms.TypedChoiceField(label=lazy("It ends after"), coerce=int, initial=90)

    def __init__(self, person: Person, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        allowed = [each for each in Scope if each != Scope.ADMIN or person.may(Role.ADMINISTRATOR)]
        self.fields["scope"].choices = [(each.value, each.label) for each in allowed]  # type: ignore[attr-defined]
        self.fields["days"].choices = [  # type: ignore[attr-defined]
            (days, ngettext("{days} day", "{days} days", days).format(days=days))
            for days in LASTS_DAYS
        ]


@require_http_methods(["GET", "POST"])
def tokens(request: SignedIn) -> HttpResponse:
    """List one's tokens and make new ones. The answer to a new one is the only one to show it."""
    form, text = New(request.user, request.POST or None), None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with transaction.atomic():
            token, text = Token.issue(
                request.user,
                given["name"],
                Scope(given["scope"]),
                timedelta(days=given["days"]),
            )
            about = f"{token}, may {token.scope}, ends {token.ends_at:%Y-%m-%d}"
            audit(request, Action.TOKEN_MADE, about)
        form = New(request.user)
    held = seen_by(request.user).select_related("person")
    mine = held.filter(person=request.user)
    others = held.exclude(person=request.user) if request.user.may(Role.ADMINISTRATOR) else None
    context = {"form": form, "text": text, "tokens": mine, "others": others}
    return render(request, "people/tokens.html", context)


@require_POST
def revoke(request: SignedIn, number: int) -> HttpResponse:
    """Take a token back: one's own; an administrator anybody's."""
    take_back(request, get_object_or_404(seen_by(request.user), pk=number))
    messages.success(request, _("The token opens nothing any more."))
    return redirect("tokens")


def seen_by(person: Person) -> QuerySet[Token]:
    """Return the tokens that somebody may look at and take back."""
    held: QuerySet[Token] = Token.objects.all()
    return held if person.may(Role.ADMINISTRATOR) else held.filter(person=person)


def take_back(request: SignedIn, token: Token) -> None:
    with transaction.atomic():
        token.revoke()
        audit(request, Action.TOKEN_REVOKED, f"{token.person.email}: {token}")
