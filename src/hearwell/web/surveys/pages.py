"""Pages of those who ask: surveys with their words, programmes with their links and results."""

from typing import Any

import segno
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.web import lakes
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least
from hearwell.web.surveys import link as links
from hearwell.web.surveys.again import ask_again
from hearwell.web.surveys.design import WORDED, Design, Version
from hearwell.web.surveys.forms import AgainForm, DesignForm, HabitsForm, ProgrammeForm, ReachForm
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.reach import AGENT, Reach, keep, learn
from hearwell.web.surveys.results import results
from hearwell.web.surveys.version_form import VersionForm

OTHER_WAY = lazy("Another survey of this kind has its scale the other way round.")


@at_least(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def surveys(request: SignedIn) -> HttpResponse:
    """List surveys and programmes; begin a survey; change how often anybody may be asked."""
    is_habits = "rest_days" in request.POST
    design = DesignForm(request.POST if request.method == "POST" and not is_habits else None)
    habits = HabitsForm(request.POST if is_habits else None, instance=Habits.current())
    if is_habits and habits.is_valid():
        keep_habits(request, habits)
        messages.success(request, _("Saved."))
        return redirect("surveys")
    if design.is_bound and design.is_valid():
        return redirect("survey-design", begin(request, design).pk)
    context = {
        "designs": Design.objects.prefetch_related("programmes"),
        "programmes": Programme.objects.select_related("design"),
        "may_reach": request.user.may(Role.ADMINISTRATOR),
        "design_form": design,
        "habits_form": habits,
    }
    return render(request, "surveys/surveys.html", context)


def keep_habits(request: SignedIn, form: HabitsForm) -> None:
    with transaction.atomic():
        form.save()
        audit(request, Action.SETTINGS, "how often people are asked")


def begin(request: SignedIn, form: DesignForm) -> Design:
    """Make the survey of a form that is right, with the usual words."""
    with transaction.atomic():
        made = Design.begin(form.cleaned_data["name"], form.cleaned_data["instrument"])
        audit(request, Action.SETTINGS, f"survey {made.name} added")
    return made


@at_least(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: SignedIn) -> HttpResponse:
    """Take in where customers can be asked by mail."""
    form = ReachForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        known = take_in(request, form)
        told = ngettext("{n} e-mail is known.", "{n} e-mails are known.", known)
        messages.success(request, told.format(n=known))
        return redirect("survey-reach")
    context = {"form": form, "known": Reach.objects.count()}
    return render(request, "surveys/reach.html", context)


def take_in(request: SignedIn, form: ReachForm) -> int:
    """Keep the e-mails of a file; return of how many people."""
    with lakes.reading() as lake, transaction.atomic():
        whose, emails = form.cleaned_data["file"]
        is_agents = whose == "agent"
        known = (
            keep({AGENT + k: v for k, v in emails.items()}) if is_agents else learn(lake, emails)
        )
        audit(request, Action.IMPORTED, f"e-mails of {known} {whose}s, for surveys")
    return known


@at_least(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def design(request: SignedIn, number: int) -> HttpResponse:
    """Change what a survey says; once somebody was asked, the change is its next version."""
    found = get_object_or_404(Design, pk=number)
    asked = found.newest.was_asked
    version = next_version(found) if request.method == "POST" else found.newest
    form = VersionForm(request.POST or None, instance=version)
    if request.method == "POST" and form.is_valid():
        keep_version(request, form)
        messages.success(request, _("Saved."))
        if turned_round(version):
            messages.warning(request, OTHER_WAY)
        if form.is_long():
            told = _("Some are asked more than five questions: most people stop before.")
            messages.warning(request, told)
        return redirect("survey-design", found.pk)
    context = {"design": found, "form": form, "was_asked": asked, **preview_of(version)}
    return render(request, "surveys/design.html", context)


def next_version(found: Design) -> Version:
    """Return the version that may be changed: a new one where somebody was asked the newest."""
    version: Version = found.newest
    if version.was_asked:
        version.pk, version.number = None, version.number + 1
    return version


def keep_version(request: SignedIn, form: VersionForm) -> None:
    with transaction.atomic():
        saved = form.save()
        audit(request, Action.SETTINGS, f"survey {saved} changed")


@at_least(Role.LEAD)
@require_POST
def preview(request: SignedIn, number: int) -> HttpResponse:
    """Show the question as it would be with what is typed; nothing is kept."""
    version = get_object_or_404(Design, pk=number).newest
    form = VersionForm(request.POST, instance=version)
    if not form.is_valid():
        return render(request, "surveys/preview.html", {"form": form})
    return render(request, "surveys/preview.html", preview_of(version))


def preview_of(version: Version) -> dict[str, Any]:
    if not version.texts:
        return {}
    language = version.spoken(get_language() or "")
    points = version.points(language)
    return {
        "version": version,
        "lang": language,
        "said": version.said(language),
        "points": points,
        "presentation": version.presentation,
        "shows_words": version.presentation in WORDED and all(each.label for each in points),
    }


def turned_round(version: Version) -> bool:
    """Is the better end of the scale elsewhere than in other surveys of the same kind?"""
    others = Design.objects.filter(instrument=version.design.instrument).exclude(
        pk=version.design_id
    )
    return any(each.newest.higher_is_better != version.higher_is_better for each in others)


@at_least(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def programme(request: SignedIn, number: int | None = None) -> HttpResponse:
    """Make a programme or change one; show its link, who was asked, and what they said."""
    found = get_object_or_404(Programme, pk=number) if number else None
    form = ProgrammeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        saved = keep_programme(request, form)
        messages.success(request, _("Saved."))
        if turned_round(saved.design.newest):
            messages.warning(request, OTHER_WAY)
        return redirect("survey-programme", saved.pk)
    context: dict[str, Any] = {"form": form, "programme": found}
    if found is not None:
        kept = Programme.objects.get(pk=found.pk)  # not as it is typed
        by = request.GET.get("by", "")
        context |= results(kept, request.user.teams_seen, by, timezone.now())
    return render(request, "surveys/programme.html", context)


def keep_programme(request: SignedIn, form: ProgrammeForm) -> Programme:
    with transaction.atomic():
        saved: Programme = form.save()
        audit(request, Action.SETTINGS, f"survey programme {saved.name}")
    return saved


@at_least(Role.LEAD)
@require_POST
def again(request: SignedIn, number: int) -> HttpResponse:
    """Ask some again who did not answer, drawn by chance."""
    found = get_object_or_404(Programme, pk=number)
    form = AgainForm(request.POST)
    if form.is_valid():
        asked = draw(request, found, form.cleaned_data["people"])
        messages.success(request, _("Asked again: {n}").format(n=asked))
    else:
        messages.error(request, " ".join(map(str, form.errors["people"])))
    return redirect("survey-programme", found.pk)


def draw(request: SignedIn, found: Programme, people: int) -> int:
    """Ask so many again who did not answer; return how many there were."""
    with transaction.atomic():
        asked = ask_again(found, people, request.user.teams_seen, timezone.now())
        audit(request, Action.SETTINGS, f"survey programme {found.name}: {asked} asked again")
    return asked


@at_least(Role.LEAD)
@require_safe
def qr(request: SignedIn, number: int) -> HttpResponse:  # noqa: ARG001  Django passes it
    """Give the link of a programme as a picture to print."""
    found = get_object_or_404(Programme, pk=number)
    picture = segno.make(links.of_programme(found).address, error="m").svg_inline(scale=8)
    answer = HttpResponse(
        picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1),
        content_type="image/svg+xml",
    )
    answer["Content-Disposition"] = 'attachment; filename="survey.svg"'
    return answer
