"""Pages about sites: which there are, what stands in their source, and what was refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from hearwell.web.collector.refusal import NO_SITE, Refusal
from hearwell.web.collector.site import Site, origin_of
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least

REFUSED_DAYS = 14


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms are generic in stubs only
    """A site; its addresses one on each line."""

    addresses = forms.CharField(
        label=lazy("Addresses of its pages"),
        help_text=lazy("One on each line, such as https://help.example.org."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
    )

    class Meta:
        model = Site
        fields = ("name", "key", "is_active")
        help_texts = {"key": lazy("Stands in the source of its pages, such as help.")}  # noqa: RUF012

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["addresses"].initial = "\n".join(self.instance.origins)
        if self.instance.pk:
            self.fields["key"].disabled = True  # rows have it as their source

    def clean_addresses(self) -> list[str]:
        found = [origin_of(line) for line in self.cleaned_data["addresses"].split()]
        if not found or not all(found):
            problem = _("An address begins with https:// and a name: https://help.example.org.")
            raise ValidationError(problem)
        origins = list(dict.fromkeys(found))
        self.instance.origins = origins
        return origins


@at_least(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def sites(request: SignedIn) -> HttpResponse:
    """List the sites and add one."""
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("site", keep(request, form).pk)
    context = {"sites": Site.objects.all(), "form": form, "strays": strays(), "days": REFUSED_DAYS}
    return render(request, "collector/sites.html", context)


def strays() -> int:
    """Return how many events of late named a site that is not here."""
    return refused(NO_SITE).aggregate(events=Sum("events"))["events"] or 0


def keep(request: SignedIn, form: SiteForm) -> Site:
    """Save a site that is right, and write that down."""
    done = "changed" if form.instance.pk else "added"
    with transaction.atomic():
        saved: Site = form.save()
        audit(request, Action.SETTINGS, f"site {saved.key} {done}")
    return saved


def new_server_key(request: SignedIn, found: Site) -> str:
    """Return another key for a site's servers, known here and never again."""
    with transaction.atomic():
        made = found.new_server_key()
        found.save()
        audit(request, Action.SETTINGS, f"site {found.key}: new key for servers")
    return made


@at_least(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def site(request: SignedIn, number: int) -> HttpResponse:
    """Show what to put into a site's pages; change it; hand out a key for its servers, once."""
    found = get_object_or_404(Site, pk=number)
    form, server_key = SiteForm(instance=found), None
    if request.method == "POST" and "server_key" in request.POST:
        server_key = new_server_key(request, found)
    elif request.method == "POST":
        form = SiteForm(request.POST, instance=found)
        if form.is_valid():
            keep(request, form)
            messages.success(request, _("Saved."))
            return redirect("site", found.pk)
    context = {
        "site": found,
        "form": form,
        "server_key": server_key,
        "address": settings.ENVIRONMENT.address.rstrip("/"),
        "refused": refused(found.key),
        "days": REFUSED_DAYS,
    }
    return render(request, "collector/site.html", context)


def refused(key: str) -> QuerySet[Refusal]:
    """Return what was refused of late."""
    since = datetime.now(UTC).date() - timedelta(days=REFUSED_DAYS)
    return Refusal.objects.filter(site_key=key, day__gte=since)
