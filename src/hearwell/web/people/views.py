"""Pages about one's own account."""

from django import forms
from django.conf import settings
from django.contrib.auth import login, password_validation
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.language import LANGUAGES
from hearwell.web.people.invitation import Invitation
from hearwell.web.people.person import Person


class Welcome(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=150)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters. A sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, person: Person, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.person)
        return password


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever was invited choose a password, once."""
    invitation = Invitation.find(token)
    if invitation is None:
        return render(request, "people/no_invitation.html", status=410)
    person = invitation.person
    form = Welcome(person, request.POST or None, initial={"name": person.name})
    if request.method == "POST" and form.is_valid():
        person.name = form.cleaned_data["name"]
        person.set_password(form.cleaned_data["password"])
        person.save()
        invitation.delete()
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[-1])
        return redirect("scorecard")
    return render(request, "people/welcome.html", {"form": form, "person": person})


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, and go back to where that was asked for."""
    chosen, back = request.POST.get("language", ""), request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in LANGUAGES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
        if request.user.is_authenticated:
            request.user.language = chosen
            request.user.save(update_fields=["language"])
    return response
