"""Targets are looked at by the clock."""

import logging

from django.utils import timezone

from hearwell.errors import HearwellError
from hearwell.web import lakes
from hearwell.web.background import every
from hearwell.web.targets.target import Target
from hearwell.web.targets.watching import watch

LOG = logging.getLogger(__name__)


@every(minute="*/10")
def watch_targets() -> None:
    """Look at every target for which a day is over; one that cannot be asked stops no other."""
    for target in Target.objects.filter(is_on=True).select_related("owner"):
        try:
            with lakes.reading() as lake:
                watch(lake, target, timezone.now())
        except HearwellError as error:
            LOG.warning("target %s could not be looked at: %s", target.pk, error)
