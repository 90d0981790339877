"""Work by the clock: what is due every week is written, and what is written goes out."""

from django.conf import settings as django_settings
from django.utils import timezone, translation

from hearwell.language import ENGLISH, speaking
from hearwell.settings import read
from hearwell.web.background import every
from hearwell.web.explore.delivery import Delivery
from hearwell.web.explore.message import Message
from hearwell.web.explore.weekly import words_of
from hearwell.web.people.person import Person


def write_deliveries() -> None:
    """Write what is due: each receiver's own, of the teams that they may see."""
    zone = read(django_settings.ENVIRONMENT.lake).zone
    for delivery in Delivery.objects.filter(is_on=True).select_related("board"):
        at = delivery.due(timezone.now(), zone)
        if at is not None and delivery.take(at):
            write(delivery)


def write(delivery: Delivery) -> int:
    """Write a delivery to all who get it; return how many."""
    receivers = delivery.receivers()
    for receiver in receivers:
        person = receiver if isinstance(receiver, Person) else receiver.owner
        language = person.language or ENGLISH
        with translation.override(language), speaking(language):
            Message.write(receiver, words_of(delivery, person.teams_seen))
    return len(receivers)


def send_messages() -> None:
    for message in Message.due(timezone.now()):
        message.attempt(timezone.now())


@every(minute="*")
def deliver() -> None:
    write_deliveries()
    send_messages()
