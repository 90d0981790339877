"""One's own account: name, language, and the way to password, second factor, sessions, tokens."""

from typing import ClassVar

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.language import LANGUAGES
from hearwell.web.people.person import Person
from hearwell.web.people.signed_in import SignedIn


class Own(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = Person
        fields: ClassVar = ["name", "language"]


@require_http_methods(["GET", "POST"])
def own(request: SignedIn) -> HttpResponse:
    """Show one's account, and change what one may change oneself."""
    form = Own(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your account was changed."))
        return in_language(redirect("account"), form.cleaned_data["language"])
    context = {"form": form, "has_second_factor": is_mfa_enabled(request.user)}
    return render(request, "people/own.html", context)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, and go back to where that was asked for."""
    chosen, back = request.POST.get("language", ""), request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen not in LANGUAGES:
        return response
    if request.user.is_authenticated:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    return in_language(response, chosen)


def in_language(response: HttpResponseRedirect, chosen: str) -> HttpResponseRedirect:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response
