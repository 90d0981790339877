"""The page that an invitation leads to: there a person chooses a password, once."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, password_validation
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hearwell.web.people.audit import Action, audit
from hearwell.web.people.invitation import Invitation
from hearwell.web.people.person import UNKNOWN, Person


class Welcome(forms.Form):
    email = forms.EmailField(
        label=lazy("E-mail"),
        help_text=lazy("You sign in with it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"}),
    )
    name = forms.CharField(
        label=lazy("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=lazy("Password"),
        help_text=lazy("At least 12 characters. A sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
        strip=False,
    )

    def __init__(self, person: Person, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.person = person
        if person.email != UNKNOWN:
            del self.fields["email"]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if Person.objects.filter(email=email).exists():
            raise forms.ValidationError(_("Somebody has an account with this e-mail."))
        return email

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        self.person.email = given.get("email", self.person.email)
        self.person.name = given.get("name", self.person.name)
        if "password" in given:
            try:
                password_validation.validate_password(given["password"], self.person)
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return given


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever was invited choose a password, once."""
    invitation = Invitation.find(token)
    if invitation is None:
        return no_invitation(request)
    person = invitation.person
    form = Welcome(person, request.POST or None, initial={"name": person.name})
    if request.method != "POST" or not form.is_valid():
        return render(request, "people/welcome.html", {"form": form, "person": person})
    with transaction.atomic():
        if not invitation.take():
            return no_invitation(request)
        person.set_password(form.cleaned_data["password"])
        person.save()
        audit(request, Action.PASSWORD, "by a link", by=person)
    if is_mfa_enabled(person):  # a link stands for the password only
        messages.success(request, _("The password was changed. Sign in with it."))
        return redirect("account_login")
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return redirect("scorecard")


def no_invitation(request: HttpRequest) -> HttpResponse:
    return render(request, "people/no_invitation.html", status=410)
