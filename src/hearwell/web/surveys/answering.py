"""The page on which people answer: works without scripts and cookies, and keeps what is said.

Nothing counts that was only opened: programs which look into mails open addresses, but send no
forms. Whoever has the token of the address may answer, so that no other proof is asked for (there
is no session that another site could use).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hearwell.language import LANGUAGES, direction
from hearwell.web.api import rate
from hearwell.web.people.adapter import client_address
from hearwell.web.surveys import link as links
from hearwell.web.surveys.agents import taken
from hearwell.web.surveys.design import WORDED, Version
from hearwell.web.surveys.embed import framed
from hearwell.web.surveys.instrument import words
from hearwell.web.surveys.invitation import LONGEST_COMMENT, TOO_MANY, Invitation
from hearwell.web.surveys.link import Link
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.question import SAID, Kind, Question, cleaned, whole
from hearwell.web.surveys.round import Round
from hearwell.web.surveys.stop import Stop

SHOWN = TimestampSigner(salt="hearwell.surveys.shown")
AT_ONCE = timedelta(seconds=0.5)
"""Nobody reads a question and answers it so quickly."""

LAST_SHOWN = timedelta(days=30)
OF_ADDRESS, OF_SURVEY = 240, 20
"""So many forms a minute: an office may have one address, but nobody answers so often."""

LARGEST_FORM = 128 * 1024
"""A comment as long as may be, in any script, takes 36 kB."""

BAIT = "website"
"""A field that people do not see. Programs fill it in."""


@dataclass(frozen=True)
class Sheet:
    """A survey as somebody has it before them."""

    link: Link
    invitation: Invitation
    language: str
    asked_language: str  # by the address; "" if it does not say

    @property
    def address(self) -> str:
        return self.chosen(None)

    def chosen(self, score: int | None) -> str:
        """Return the address at which a score is to be confirmed."""
        choice = "" if score is None else f"{score}/"
        language = f"?lang={self.asked_language}" if self.asked_language else ""
        return f"{self.link.path}{choice}{language}"


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str, score: int | None = None) -> HttpResponseBase:
    """Show a survey as far as it is answered; keep what is sent.

    Args:
        score: chosen in a mail; it is shown, to be confirmed.

    """
    link = links.opened(token)
    if link is not None and link.kind == "person":
        return stopping(request, link)
    answer = shown_at(request, link, score)
    return framed(request, answer) if link and link.kind in {"link", "sheet"} else answer


def shown_at(request: HttpRequest, link: Link | None, score: int | None) -> HttpResponse:
    sheet = found(request, link) if link else None
    if link is None or sheet is None:
        return told(request, "", "ended", status=404)
    if link.kind == "link":
        if not sheet.invitation.programme.is_on:
            return told(request, sheet.language, "ended", status=410)
        fresh = Sheet(links.sheet(link.programme), sheet.invitation, "", sheet.asked_language)
        return HttpResponseRedirect(fresh.chosen(score))
    return heard(request, sheet) if request.method == "POST" else page(request, sheet, score)


def heard(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Keep what is sent, unless more is sent than people send."""
    if not 0 < int(request.META.get("CONTENT_LENGTH") or 0) <= LARGEST_FORM:
        return HttpResponse(status=413)
    try:
        rate.count(f"survey-from:{client_address(request)}", OF_ADDRESS)
        rate.count(f"survey:{sheet.link.survey}", OF_SURVEY)
    except rate.TooMany as many:
        answer = told(request, sheet.language, "wait", status=429)
        answer["Retry-After"] = str(many.wait_seconds)
        return answer
    return kept(request, sheet)


def found(request: HttpRequest, link: Link) -> Sheet | None:
    """Return what a link leads to; of a link that is used by many, a row that is not kept yet."""
    rows = Invitation.objects.select_related("programme__design", "version__design")
    invitation = (
        rows.filter(Q(pk=link.survey) | Q(sheet=link.survey)).first() if link.survey else None
    )
    if invitation is None:
        round_ = Round.objects.filter(key=link.programme).first() if link.programme else None
        of = Q(rounds=round_) if round_ else Q(key=link.programme)
        programme = Programme.objects.select_related("design").filter(of).first()
        if programme is None:
            return None
        invitation = Invitation(
            survey_id=link.survey,
            programme=programme,
            version=version_of(programme, round_),
            round=round_,
            about=f"sheet:{link.survey}",
            status="started",
        )
    asked = request.GET.get("lang", "")
    asked = asked if asked in invitation.version.texts else ""
    language = asked or preferred(request, invitation)
    return Sheet(link, invitation, language, asked)


def version_of(programme: Programme, round_: Round | None) -> Version:
    """Return what is asked: in a round of all the same."""
    first = None if round_ is None else Invitation.objects.filter(round=round_).first()
    return programme.design.newest if first is None else first.version


def preferred(request: HttpRequest, invitation: Invitation) -> str:
    """Return the language to ask in: that of the record, else one of the browser's."""
    version = invitation.version
    header = request.headers.get("Accept-Language", "")
    browser = [name.split("-")[0] for name, _ in parse_accept_lang_header(header)]
    wanted = [invitation.language, invitation.language.split("-")[0], *browser]
    return next((each for each in wanted if each in version.texts), version.spoken(""))


def page(
    request: HttpRequest, sheet: Sheet, score: int | None = None, *, problem: str = ""
) -> HttpResponse:
    """Show the question; what follows the answer once there is one; or that it is over."""
    row, now = sheet.invitation, timezone.now()
    version = row.version
    said = version.said(sheet.language)
    points = version.points(sheet.language)
    chosen = next((each for each in points if each.score == score), None)
    steps = version.asked(sheet.language, row.answer)
    if "stop" in request.GET and row.person:
        state = "stop" if not has_stopped(row) else "stopped"
    elif not may(row, now):
        state = "answered" if row.is_answered else "ended"
    elif not version.has_scale:
        state = "more"
    elif chosen is not None and row.answer != chosen.score:
        state = "confirm"
    elif row.answer is None or "again" in request.GET:
        state = "question"
    else:
        state = "more"
    place = placed(request.GET.get("at", ""), steps, row)
    context = {
        "state": state,
        "is_done": "done" in request.GET or state == "answered",
        "row": row,
        "said": said,
        "points": points,
        "shows_words": version.presentation in WORDED and all(each.label for each in points),
        "presentation": version.presentation,
        "chosen": chosen,
        "follow_up": version.follow_up(sheet.language, row.answer),
        "place": place,
        "step": shown(steps[place], row) if place < len(steps) else None,
        "steps": len(steps) + 1,
        "comment_limit": LONGEST_COMMENT,
        "bait": BAIT,
        "shown": SHOWN.sign(sheet.link.survey),
        "may_stop": bool(row.person),
        "problem": problem,
        "address": sheet.address,
        "path": sheet.link.path,
        "others": [
            (code, LANGUAGES.get(code, code)) for code in version.texts if code != sheet.language
        ],
    }
    return drawn(request, sheet.language, context, status=400 if problem else 200)


def may(row: Invitation, now: datetime) -> bool:
    return row.may_answer(now) and (row.is_answered or row.programme.is_on)


def placed(text: str, steps: list[Question], row: Invitation) -> int:
    """Return which question comes: the one that the address names, or the first not answered."""
    named = whole(text)
    if named is not None:
        return min(named, len(steps))
    said = {*row.said, *(name.partition(".")[0] for name in row.items)}
    return next((i for i, each in enumerate(steps) if each.key not in said), len(steps))


def shown(step: Question, row: Invitation) -> dict[str, Any]:
    """Return a question with what was answered to it."""
    said = row.said.get(step.key, "" if step.kind == Kind.TEXT else [])
    return {
        "question": step,
        "text": said,
        "options": [(at, each, at in said) for at, each in enumerate(step.options)]
        if step.kind in {Kind.CHOICE, Kind.CHOICES}
        else [],
        "items": [(name, asks, row.items.get(name)) for name, asks in step.items],
    }


def kept(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Keep what a form says, and lead to what comes next."""
    row, now, form = sheet.invitation, timezone.now(), request.POST
    onward = sheet.address + ("&" if "?" in sheet.address else "?")
    if form.get("step") == "stop" or "List-Unsubscribe" in form:
        if row.person:
            stop(row, now)
        return see(onward + "stop=1")
    if not may(row, now):
        return see(sheet.address)
    machine = {} if row.is_answered else {"like_machine": is_like_machine(form, sheet.link.survey)}
    version = row.version
    if form.get("step") == "more":
        steps = version.asked(sheet.language, row.answer)
        place = placed(form.get("at", ""), steps, row)
        if place < len(steps):
            what = answers_of(steps[place], row, form)
            onward += f"at={place + 1}"
        else:
            what = {"comment": cleaned(form.get("comment", ""))[:LONGEST_COMMENT]}
            onward += "done=1"
        if row.is_answered or (not version.has_scale and any(what.values())):
            begun(sheet, now).keep(now, **what, **machine)
        return see(onward)
    score = whole(form.get("score", ""))
    is_on_scale = score is not None and version.scale_low <= score <= version.scale_high
    if not is_on_scale or not version.has_scale:
        return page(request, sheet, problem=words(sheet.language)["choose"])
    begun(sheet, now).keep(now, answer=score, **machine)
    return see(sheet.address)


def begun(sheet: Sheet, now: datetime) -> Invitation:
    """Keep the row of a link that is used by many; one, however often it is sent.

    It was sent to nobody, so that it is in no response rate: who saw the link is not known.
    """
    row = sheet.invitation
    if not row._state.adding:  # noqa: SLF001  Django's way to tell whether a row is kept
        return row
    if row.round is not None and (taken_row := taken(row.round, row.pk)):
        return taken_row
    at = row.programme_time(now)
    made, _ = Invitation.objects.get_or_create(
        pk=row.pk,
        defaults={
            "programme": row.programme,
            "version": row.version,
            "about": row.about,
            "status": "started",
            "reason": "" if row.round is None else TOO_MANY,
            "language": "" if row.programme.is_anonymous else sheet.language,
            "eligible_at": at,
            "changed_at": at,
        },
    )
    return made


def answers_of(step: Question, row: Invitation, form: Any) -> dict[str, Any]:
    """Return what is answered with a form to one question, beside what was to the others."""
    items, said = dict(row.items), dict(row.said)
    for name, _ in step.items:
        score = whole(form.get(f"item-{name}", ""))
        if score is not None and row.version.scale_low <= score <= row.version.scale_high:
            items[name] = score
    if step.kind in SAID:
        told = step.said(form)
        said = said | {step.key: told} if told else {k: v for k, v in said.items() if k != step.key}
    return {"items": items, "said": said}


def is_like_machine(form: Any, survey: str) -> bool:
    """Does an answer come as no person would give it?"""
    shown = form.get("shown", "")
    try:
        is_of_this = SHOWN.unsign(shown, max_age=LAST_SHOWN) == survey
    except BadSignature:  # or too old
        return True
    return bool(form.get(BAIT)) or not is_of_this or is_younger(shown, AT_ONCE)


def is_younger(shown: str, age: timedelta) -> bool:
    try:
        SHOWN.unsign(shown, max_age=age)
    except SignatureExpired:
        return False
    return True


def has_stopped(row: Invitation) -> bool:
    return Stop.objects.filter(pk=row.person).exists()


def stop(row: Invitation, now: datetime) -> None:
    """Ask somebody nothing any more."""
    with transaction.atomic():
        Stop.objects.get_or_create(person=row.person)
        found = Invitation.objects.select_for_update().get(pk=row.pk)
        if not found.is_answered and found.status != "opted_out":
            found.status = "opted_out"
            found.note_change(now)


def see(address: str) -> HttpResponse:
    """Lead on with GET, so that loading again sends nothing twice."""
    return HttpResponseRedirect(address, status=303)


def stopping(request: HttpRequest, link: Link) -> HttpResponse:
    """Let somebody say that they do not want to be asked, who is asked by links for many."""
    if request.method == "POST":
        Stop.objects.get_or_create(person=link.survey)
    is_known = Stop.objects.filter(pk=link.survey).exists()
    context = {"address": link.path}
    return told(request, "", "stopped" if is_known else "stop", status=200, **context)


def told(
    request: HttpRequest, language: str, state: str, *, status: int, **more: str
) -> HttpResponse:
    """Show one sentence, or ask one thing."""
    browser = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    spoken = language or next(
        (name.split("-")[0] for name, _ in browser if name.split("-")[0] in LANGUAGES), "en"
    )
    return drawn(request, spoken, {"state": state, **more}, status=status)


def drawn(
    request: HttpRequest, language: str, context: dict[str, Any], *, status: int
) -> HttpResponse:
    answer = render(
        request,
        "surveys/survey.html",
        context | {"words": words(language), "lang": language, "dir": direction(language)},
        status=status,
    )
    answer["Content-Language"] = language
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "same-origin"
    return answer
