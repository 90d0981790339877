"""Mails that ask: the scale stands in them as links, and one click opens the answer to confirm."""

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from hearwell.language import direction
from hearwell.web.surveys import link as links
from hearwell.web.surveys.design import Version
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.instrument import words
from hearwell.web.surveys.invitation import Invitation
from hearwell.web.surveys.link import Link
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.reach import Reach
from hearwell.web.surveys.round import Letter
from hearwell.web.surveys.stop import Stop

AT_ONCE = 200
REFUSED_FOR_GOOD = 500
"""Codes of SMTP from here on do not change when one tries again."""

LOG = logging.getLogger("hearwell.surveys")


def send_waiting(now: datetime, zone: str) -> int:
    """Send what waits, outside quiet hours; return how many went out.

    Each is noted as sent before it is handed over: whoever is cut off in between sends it to
    nobody rather than twice. What a server refuses for good is noted as bounced, what it puts off
    waits for the next time.
    """
    if Habits.current().are_quiet(now, zone):
        return 0
    waiting = Invitation.objects.filter(to_mail=True, status="sent").select_related(
        "programme", "version__design"
    )
    sent = 0
    for row in waiting[:AT_ONCE]:
        if not Invitation.objects.filter(pk=row.pk, to_mail=True).update(to_mail=False):
            continue
        reach = Reach.objects.filter(pk=row.person).first()
        try:
            if reach is None:
                bounce(row, now)
                continue
            mail(row, reach.email).send()
        except smtplib.SMTPRecipientsRefused as refused:
            if all(code >= REFUSED_FOR_GOOD for code, _ in refused.recipients.values()):
                bounce(row, now)
            else:
                Invitation.objects.filter(pk=row.pk).update(to_mail=True)
        except (OSError, smtplib.SMTPException) as problem:
            LOG.warning("mails of surveys wait: %s", type(problem).__name__)
            Invitation.objects.filter(pk=row.pk).update(to_mail=True)
            break
        else:
            sent += 1
    return sent


def send_letters(now: datetime, zone: str) -> int:
    """Send the mails to agents that wait, outside quiet hours; return how many went out.

    Each goes before it is handed over: whoever is cut off in between sends it to nobody rather
    than twice. Nobody is told which of them bounced: a row of a team is nobody's.
    """
    if Habits.current().are_quiet(now, zone):
        return 0
    sent = 0
    waiting = Letter.objects.select_related("round__programme__design").order_by("?")
    for each in waiting[:AT_ONCE]:
        made = letter(each)
        each.delete()
        try:
            made.send()
        except smtplib.SMTPRecipientsRefused:
            LOG.warning("a mail to an agent was refused")
        except (OSError, smtplib.SMTPException) as problem:
            LOG.warning("mails of surveys wait: %s", type(problem).__name__)
            each.pk = None
            each.save()
            break
        else:
            sent += 1
    return sent


def bounce(row: Invitation, now: datetime) -> None:
    row.refresh_from_db()
    row.status = "bounced"
    row.note_change(now)


def remind(now: datetime, zone: str) -> int:
    """Let those be mailed once more, and never again, who have not answered; return how many."""
    if Habits.current().are_quiet(now, zone):
        return 0
    reminded = 0
    for programme in Programme.objects.filter(is_on=True, reminds_after_days__isnull=False):
        due = Invitation.objects.filter(
            programme=programme,
            status="sent",
            to_mail=False,
            round=None,
            reminded_at=None,
            sent_at__lt=now - timedelta(days=programme.reminds_after_days or 0),
        ).exclude(person__in=Stop.objects.values("person"))
        reminded += due.update(reminded_at=now, to_mail=True)
    return reminded


def mail(row: Invitation, to: str) -> EmailMultiAlternatives:
    """Return the mail for an invitation, in the language of its record."""
    link = links.of_invitation(row)
    return written(row.version, row.language, to, link, f"{link.path}?stop=1&lang=", link)


def letter(found: Letter) -> EmailMultiAlternatives:
    """Return the mail to an agent, who answers by a link that all of a team have."""
    programme = found.round.programme
    link, person = links.of_round(found.round), links.of_person(found.person)
    version = programme.design.newest
    return written(version, found.language, found.email, link, f"{person.path}?lang=", person)


def written(  # noqa: PLR0913, PLR0917  what a mail has
    version: Version, wanted: str, to: str, link: Link, stop: str, unsubscribe: Link
) -> EmailMultiAlternatives:
    """Return a mail that asks."""
    language = version.spoken(wanted)
    own = words(language)
    points = [
        (point, f"{link.address}{point.score}/?lang={language}")
        for point in version.points(language)
    ]
    context = {
        "said": version.said(language),
        "points": points if version.has_scale else [],
        "words": own,
        "address": f"{link.address}?lang={language}",
        "stop": f"{settings.ENVIRONMENT.address.rstrip('/')}{stop}{language}",
        "is_anonymous": version.is_anonymous,
        "lang": language,
        "dir": direction(language),
        "version": version,
    }
    made = EmailMultiAlternatives(
        own["subject"],
        render_to_string("surveys/mail.txt", context),
        to=[to],
        headers={
            "List-Unsubscribe": f"<{unsubscribe.address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    made.attach_alternative(render_to_string("surveys/mail.html", context), "text/html")
    return made
