"""Pages of what is sent: when, where to, and what came of each attempt."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.web.background import task
from hearwell.web.explore.board import Board
from hearwell.web.explore.channel import Channel, nonce
from hearwell.web.explore.delivery import Delivery
from hearwell.web.explore.jobs import write
from hearwell.web.explore.message import Message
from hearwell.web.explore.posting import checked
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn, at_least

ON_A_PAGE = 50


def owned(kind: type[models.Model], person: Person) -> models.QuerySet[Any]:
    """Return what somebody may change: their own; administrators may change all."""
    manager = kind._default_manager  # noqa: SLF001  Django's documented name
    return manager.all() if person.may(Role.ADMINISTRATOR) else manager.filter(owner=person)


class DeliveryForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = Delivery
        fields: ClassVar = ["board", "weekday", "hour", "people", "channels", "is_on"]
        widgets: ClassVar = {
            "people": forms.CheckboxSelectMultiple,
            "channels": forms.CheckboxSelectMultiple,
        }

    def __init__(self, person: Person, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        offered = {
            "board": Board.seen_by(person),
            "people": Person.objects.filter(is_active=True).order_by("name", "email"),
            "channels": Channel.objects.filter(owner=person),
        }
        for name, found in offered.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = Channel
        fields: ClassVar = ["title", "kind", "address"]
        widgets: ClassVar = {
            "address": forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"})
        }

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        try:
            checked(address)
        except OSError:
            told = gettext_lazy("There is no such host. See that the address is spelled right.")
            raise forms.ValidationError(told) from None
        except Exception as error:
            raise forms.ValidationError(str(error)) from error
        return address


@at_least(Role.LEAD)
@require_safe
def deliveries(request: SignedIn) -> HttpResponse:
    return render(
        request,
        "explore/deliveries.html",
        {
            "deliveries": owned(Delivery, request.user).select_related("board", "owner"),
            "channels": owned(Channel, request.user).select_related("owner"),
        },
    )


@at_least(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: SignedIn, number: int | None = None) -> HttpResponse:
    """Make a delivery, or change one."""
    found = get_object_or_404(owned(Delivery, request.user), pk=number) if number else None
    form = DeliveryForm(
        found.owner if found else request.user, request.POST or None, instance=found
    )
    if request.method == "POST" and form.is_valid():
        keep(request, form)
        messages.success(request, _("The delivery was saved."))
        return redirect("deliveries")
    return render(request, "explore/delivery.html", {"form": form, "delivery": found})


@at_least(Role.LEAD)
@require_POST
def act(request: SignedIn, number: int) -> HttpResponse:
    """Send a delivery now, or delete it."""
    found = get_object_or_404(owned(Delivery, request.user), pk=number)
    if "remove" in request.POST:
        remove(request, found)
    else:
        send(request, found)
        messages.success(request, _("It is on its way. The log tells what comes of it."))
    return redirect("deliveries")


def keep(request: SignedIn, form: DeliveryForm | ChannelForm) -> Any:
    """Save a delivery or channel that is right, a new one as of whoever makes it."""
    if form.instance.pk is None:
        form.instance.owner = request.user
    with transaction.atomic():
        saved = form.save()
        audit(request, Action.DELIVERY, named(saved))
    return saved


def remove(request: SignedIn, found: Delivery | Channel) -> None:
    with transaction.atomic():
        audit(request, Action.DELIVERY, named(found))
        found.delete()


def send(request: SignedIn, found: Delivery) -> None:
    """Send a delivery now, out of its time."""
    audit(request, Action.DELIVERY, named(found))
    send_now(found.pk)


def renew(request: SignedIn, found: Channel) -> None:
    """Give a channel another secret."""
    with transaction.atomic():
        audit(request, Action.DELIVERY, named(found))
        found.nonce = nonce()
        found.save()


def named(found: Delivery | Channel) -> str:
    return str(found) if isinstance(found, Delivery) else f"{found.title}: {found.host}"


@task
def send_now(number: int) -> None:
    """Write a delivery out of its time; `deliver` sends it within a minute."""
    found = Delivery.objects.filter(pk=number).first()
    if found is not None:
        write(found)


@at_least(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def channel(request: SignedIn) -> HttpResponse:
    """Make a channel; its secret is shown once."""
    form = ChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return render(request, "explore/channel_made.html", {"channel": keep(request, form)})
    return render(request, "explore/channel.html", {"form": form})


@at_least(Role.LEAD)
@require_POST
def channel_act(request: SignedIn, number: int) -> HttpResponse:
    """Give a channel another secret, or delete it."""
    found = get_object_or_404(owned(Channel, request.user), pk=number)
    if "remove" in request.POST:
        remove(request, found)
        return redirect("deliveries")
    renew(request, found)
    return render(request, "explore/channel_made.html", {"channel": found})


@at_least(Role.LEAD)
@require_safe
def log(request: SignedIn) -> HttpResponse:
    """Tell of each message to whom it went and what came of each attempt; not what it says."""
    seen = messages_seen(request.user)
    page = Paginator(seen, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "explore/log.html", {"page": page})


def messages_seen(person: Person) -> models.QuerySet[Message]:
    """Return the messages to somebody and to their channels; administrators see all."""
    seen = Message.objects.select_related("person", "channel").prefetch_related("attempts")
    if person.may(Role.ADMINISTRATOR):
        return seen
    return seen.filter(Q(channel__owner=person) | Q(person=person))
