"""A survey of each kind, and somebody who was asked."""

import pytest
from django.core.cache import cache
from django.utils import timezone
from running import pages  # noqa: F401  a fixture

from hearwell.web.surveys.design import Design
from hearwell.web.surveys.invitation import Invitation
from hearwell.web.surveys.programme import Programme


@pytest.fixture
def programme(db):
    cache.clear()  # of how often somebody asked
    return Programme.objects.create(name="care", design=Design.begin("After care", "csat"))


@pytest.fixture
def anonymous(db):
    cache.clear()
    return Programme.objects.create(name="staff", design=Design.begin("Staff", "enps"))


@pytest.fixture
def invitation(programme):
    return Invitation.objects.create(
        programme=programme,
        version=programme.design.newest,
        about="case 1",
        person="0123456789abcdef0123",
        case_id="1",
        status="sent",
        sent_at=timezone.now(),
    )


def asks(question, *options):
    return {"en": {"question": question, "options": list(options)}}


@pytest.fixture
def further():
    """Give a question of each kind."""
    return [
        {"key": "2", "kind": "scale", "after": "", "texts": asks("How quick?")},
        {"key": "3", "kind": "matrix", "after": "", "texts": asks("How good?", "Tone", "Spelling")},
        {
            "key": "4",
            "kind": "choices",
            "after": "low",
            "texts": asks("What was missing?", "Name", "Price", "Time"),
        },
        {"key": "5", "kind": "text", "after": "", "texts": asks("Where?")},
    ]
