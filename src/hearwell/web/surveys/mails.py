"""Mails that ask: the scale stands in them as links, and one click opens the answer to confirm."""

import logging
import smtplib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from hearwell.language import direction
from hearwell.web.surveys import link as links
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.instrument import words
from hearwell.web.surveys.invitation import Invitation
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.reach import Reach
from hearwell.web.surveys.rules import is_quiet
from hearwell.web.surveys.stop import Stop

AT_ONCE = 200
REFUSED_FOR_GOOD = 500
"""Codes of SMTP from here on do not change when one tries again."""

LOG = logging.getLogger("hearwell.surveys")


def send_waiting(now: datetime) -> int:
    """Send what waits; return how many went out.

    Each is noted as sent before it is handed over: whoever is cut off in between sends it to
    nobody rather than twice. What a server refuses for good is noted as bounced, what it puts off
    waits for the next time.
    """
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


def bounce(row: Invitation, now: datetime) -> None:
    row.refresh_from_db()
    row.status = "bounced"
    row.note_change(now)


def remind(now: datetime, zone: str) -> int:
    """Let those be mailed once more, and never again, who have not answered; return how many."""
    habits = Habits.current()
    if is_quiet(now.astimezone(ZoneInfo(zone)).hour, habits.quiet_from, habits.quiet_to):
        return 0
    reminded = 0
    for programme in Programme.objects.filter(is_on=True, reminds_after_days__isnull=False):
        due = Invitation.objects.filter(
            programme=programme,
            status="sent",
            to_mail=False,
            reminded_at=None,
            sent_at__lt=now - timedelta(days=programme.reminds_after_days or 0),
        ).exclude(person__in=Stop.objects.values("person"))
        reminded += due.update(reminded_at=now, to_mail=True)
    return reminded


def mail(row: Invitation, to: str) -> EmailMultiAlternatives:
    """Return the mail for an invitation, in the language of its record."""
    version = row.version
    language = version.spoken(row.language)
    link = links.of_invitation(row)
    own = words(language)
    points = [
        (point, f"{link.address}{point.score}/?lang={language}")
        for point in version.points(language)
    ]
    context = {
        "said": version.said(language),
        "points": points,
        "words": own,
        "address": f"{link.address}?lang={language}",
        "stop": f"{link.address}?stop=1&lang={language}",
        "lang": language,
        "dir": direction(language),
        "version": version,
    }
    made = EmailMultiAlternatives(
        own["subject"],
        render_to_string("surveys/mail.txt", context),
        to=[to],
        headers={
            "List-Unsubscribe": f"<{link.address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    made.attach_alternative(render_to_string("surveys/mail.html", context), "text/html")
    return made
