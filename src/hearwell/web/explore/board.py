"""A board: views that somebody saved, in an order, for themselves and whom they share them with."""

from datetime import datetime
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearwell.web.explore.view import View
from hearwell.web.people import secret
from hearwell.web.people.person import Person, Role


class Board(models.Model):
    """What is on a board everybody sees by the teams that they may see themselves."""

    title = models.CharField(_("title"), max_length=150)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="boards")
    is_for_everybody = models.BooleanField(_("everybody may see it"), default=False)
    readers = models.ManyToManyField(
        Person, verbose_name=_("these may see it"), blank=True, related_name="+"
    )
    refresh_minutes = models.PositiveSmallIntegerField(
        _("on a screen: told anew after so many minutes"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def seen_by(cls, person: Person) -> models.QuerySet[Self]:
        """Return the boards that somebody may open."""
        mine = Q(owner=person) | Q(is_for_everybody=True) | Q(readers=person)
        return cls.objects.filter(mine).distinct()

    @classmethod
    def changed_by(cls, person: Person) -> models.QuerySet[Self]:
        """Return the boards that somebody may change: their own; administrators may change all."""
        if person.may(Role.ADMINISTRATOR):
            return cls.objects.all()
        return cls.objects.filter(owner=person)

    def add(self, view: View, title: str) -> "Panel":
        """Put a view at the end of the board."""
        last = self.panels.aggregate(last=Max("place"))["last"] or 0
        return self.panels.create(title=title, question=view.text, place=last + 1)


class Panel(models.Model):
    """A view on a board."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="panels")
    title = models.CharField(_("title"), max_length=150)
    question = models.TextField()  # as in an address
    place = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["place", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def address(self) -> str:
        return f"?{self.question}"

    @transaction.atomic
    def move_up(self) -> None:
        """Change places with the panel before it."""
        order = list(self.board.panels.select_for_update())
        i = order.index(self)
        if i:
            order[i - 1], order[i] = order[i], order[i - 1]
        for place, panel in enumerate(order, start=1):
            panel.place = place
        Panel.objects.bulk_update(order, ["place"])


class KioskLink(models.Model):
    """An address that shows one board to whoever has it, on a screen where nobody signs in.

    It shows what its maker may see, for as long as they may make such links and open the board.
    Only a hash of its secret is kept; who ends it deletes it.
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="links")
    maker = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.board} by {self.maker}"

    @classmethod
    def issue(cls, board: Board, maker: Person, ends_at: datetime) -> str:
        """Return the secret of a new link."""
        made = secret.made()
        cls.objects.create(
            board=board, maker=maker, secret_hash=secret.hashed(made), ends_at=ends_at
        )
        return made

    @classmethod
    def find(cls, given: str) -> Self | None:
        """Return the link of a secret that is still good."""
        found = (
            cls.objects.select_related("board", "maker")
            .filter(secret_hash=secret.hashed(given), ends_at__gt=timezone.now())
            .first()
        )
        if found is None or not found.maker.may(Role.LEAD):
            return None
        seen = Board.seen_by(found.maker) | Board.changed_by(found.maker).distinct()
        return found if seen.filter(pk=found.board_id).exists() else None
