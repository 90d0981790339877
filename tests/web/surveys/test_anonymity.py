"""From database, log and lake together nobody can tell who gave an anonymous answer."""

import logging
import re
from datetime import timedelta

from django.apps import apps
from django.test import Client
from django.utils import timezone

from hearwell.lake.lake import create
from hearwell.web.surveys import link, outbox
from hearwell.web.surveys.invitation import Invitation

ADDRESS, AGENT = "203.0.113.77", "Somebody's own browser"


def kept_in_database():
    return "\n".join(
        repr(sorted(row.items())) for model in apps.get_models() for row in model.objects.values()
    )


def test_nothing_of_who_answered_and_no_time_is_kept(anonymous, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    browser = Client(REMOTE_ADDR=ADDRESS, headers={"user-agent": AGENT, "accept-language": "ur"})
    path = browser.get(link.of_programme(anonymous).path).url
    shown = re.search(r'name="shown" value="([^"]+)"', browser.get(path).content.decode()).group(1)
    browser.post(path, {"step": "answer", "score": "3", "shown": shown})
    browser.post(path, {"step": "more", "comment": "too many calls"})
    row = Invitation.objects.get()
    with create(tmp_path / "lake") as lake:
        outbox.bring_in(lake, timezone.now() + timedelta(days=1))
        told = lake.connection.execute("select * from lake.survey").fetchall()
    names = ("eligible_at", "changed_at", "answered_at", "opened_at")
    assert {getattr(row, name).strftime("%H:%M:%S.%f") for name in names} == {"00:00:00.000000"}
    everything = kept_in_database() + caplog.text + repr(told)
    assert "too many calls" in everything  # it was looked for in the right places
    for trace in (ADDRESS, "203.0.113", AGENT, path):
        assert trace not in everything
