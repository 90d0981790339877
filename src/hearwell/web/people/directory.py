"""The people of the organisation: who they are, what they may do and what they may see."""

import logging
from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.engine.errors import UnknownDimension
from hearwell.engine.values import values_of
from hearwell.web import lakes
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.invitation import Invitation
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn, at_least

LOG = logging.getLogger(__name__)
MOST_TEAMS = 500
OF_OTHERS = ("role", "is_active")
"""What nobody changes of themselves, so that there is an administrator at any time."""


class Rights(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    """What a person may do and see."""

    teams = forms.MultipleChoiceField(
        label=lazy("Teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=lazy("Who sees only some teams sees rows of these; without one, none."),
    )

    class Meta:
        model = Person
        fields: ClassVar = ["name", "role", "sees_all_teams", "teams", "is_active"]
        help_texts: ClassVar = {
            "sees_all_teams": lazy("Administrators always do."),
            "is_active": lazy("Who is not can neither sign in nor use tokens."),
        }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        known = dict.fromkeys((*teams(), *self.instance.teams))
        self.fields["teams"].choices = [(name, name) for name in known]  # type: ignore[attr-defined]


class Invited(Rights):
    class Meta(Rights.Meta):
        fields: ClassVar = ["email", "name", "language", "role", "sees_all_teams", "teams"]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if Person.objects.filter(email=email).exists():
            raise forms.ValidationError(_("Somebody has an account with this e-mail."))
        return email


def teams() -> list[str]:
    """Return the teams that the lake knows of."""
    with lakes.reading() as lake:
        try:
            found = lakes.kept(lake, "teams", (), lambda: values_of(lake, "team", None, MOST_TEAMS))
        except UnknownDimension:
            return []
        return sorted(each.value for each in found if each.value)


@require_safe
@at_least(Role.ADMINISTRATOR)
def people(request: SignedIn) -> HttpResponse:
    second = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    invited = Invitation.objects.filter(ends_at__gt=timezone.now())
    context = {
        "people": Person.objects.order_by("-is_active", "name", "email"),
        "with_second_factor": set(second.values_list("user_id", flat=True)),
        "invited": set(invited.values_list("person_id", flat=True)),
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "POST"])
@at_least(Role.ADMINISTRATOR)
def invite(request: SignedIn) -> HttpResponse:
    """Make an account, and a link by which its person chooses a password."""
    form = Invited(request.POST or None, initial={"language": request.user.language})
    if request.method != "POST" or not form.is_valid():
        return render(request, "people/invite.html", {"form": form})
    return shown_once(request, *invited(request, form))


def invited(request: SignedIn, form: Invited) -> tuple[Person, str]:
    """Make the account of a form that is right; return it with the link to its password."""
    with transaction.atomic():
        person: Person = form.save(commit=False)
        person.set_unusable_password()
        person.save()
        audit(request, Action.INVITED, person.told_rights())
        return person, link_of(Invitation.issue(person))


@require_http_methods(["GET", "POST"])
@at_least(Role.ADMINISTRATOR)
def person(request: SignedIn, number: int) -> HttpResponse:
    """Change what somebody may do and see; that ends their sessions."""
    found = get_object_or_404(Person, pk=number)
    form = Rights(request.POST or None, instance=found)
    if found == request.user:
        for name in OF_OTHERS:
            form.fields[name].disabled = True
    if request.method == "POST" and form.is_valid():
        changed = keep(request, form)
        messages.success(request, _("{person} was changed.").format(person=changed))
        return redirect("people")
    context = {"form": form, "person": found, "has_second_factor": is_mfa_enabled(found)}
    return render(request, "people/person.html", context)


def keep(request: SignedIn, form: Rights) -> Person:
    """Save what somebody may do and see, and write down what it was before."""
    with transaction.atomic():
        before = Person.objects.get(pk=form.instance.pk).told_rights()
        changed: Person = form.save()
        audit(request, Action.PERSON, f"{before} → {changed.told_rights()}")
    return changed


@require_POST
@at_least(Role.ADMINISTRATOR)
def new_link(request: SignedIn, number: int) -> HttpResponse:
    """Make a link for somebody who has lost the password, or their first link."""
    found = get_object_or_404(Person, pk=number, is_active=True)
    return shown_once(request, found, linked(request, found))


def linked(request: SignedIn, person: Person) -> str:
    """Return a new link to somebody's password; those before it end."""
    with transaction.atomic():
        audit(request, Action.INVITED, f"{person.email}: a new link")
        return link_of(Invitation.issue(person))


def link_of(token: str) -> str:
    return settings.ENVIRONMENT.address.rstrip("/") + reverse("welcome", args=[token])


def shown_once(request: SignedIn, person: Person, link: str) -> HttpResponse:
    """Show a link in the only answer that has it, and mail it where mails are sent."""
    context = {"person": person, "link": link, "mailed": mailed(person, link)}
    return render(request, "people/link.html", context)


def mailed(person: Person, link: str) -> bool | None:
    """Mail somebody their link: true if it went out, None if this server sends no mails."""
    if not settings.SENDS_MAILS:
        return None
    with translation.override(person.language):
        told = _(
            "Hello,\n\nhere you choose your password for Hearwell:\n{link}\n\n"
            "The link works once and for 24 hours. If you did not expect it, ignore this mail.\n"
        )
        try:
            send_mail(_("Your access to Hearwell"), told.format(link=link), None, [person.email])
        except OSError as problem:  # SMTP's errors, too
            LOG.warning("A link could not be mailed: %s", problem)
            return False
    return True


@require_POST
@at_least(Role.ADMINISTRATOR)
def end_sessions(request: SignedIn, number: int) -> HttpResponse:
    found = get_object_or_404(Person, pk=number)
    sign_out(request, found)
    messages.success(request, _("{person} is signed out everywhere.").format(person=found))
    return redirect("person", found.pk)


def sign_out(request: SignedIn, person: Person) -> None:
    """End the sessions of somebody."""
    with transaction.atomic():
        person.end_sessions()
        audit(request, Action.SESSIONS, person.email)


@require_POST
@at_least(Role.ADMINISTRATOR)
def forget_second_factor(request: SignedIn, number: int) -> HttpResponse:
    """Take away the second factor of somebody who has lost it."""
    found = get_object_or_404(Person, pk=number)
    with transaction.atomic():
        Authenticator.objects.filter(user=found).delete()
        found.end_sessions()
        audit(request, Action.SECOND_FACTOR, f"{found.email}: taken away")
    messages.success(request, _("{person} signs in with the password only.").format(person=found))
    return redirect("person", found.pk)
