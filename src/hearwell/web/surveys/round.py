"""A round of a survey of agents: who is asked, by links that many have alike.

Nothing joins an answer to a person. All of a team are mailed the same link, and whoever answers by
it takes, by chance, one of the rows that were made for the team; of all times the last day of the
round is kept. A letter says who is still to be mailed, and goes once it was.
"""

from datetime import UTC, datetime, time, timedelta
from typing import ClassVar

from django.db import models

from hearwell.web.surveys.programme import Programme, new_key


class Round(models.Model):
    """One for each quarter and team; "" for all of teams with so few that they would be known."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="rounds")
    begins_on = models.DateField()
    team = models.CharField(max_length=250, blank=True)
    key = models.CharField(max_length=30, unique=True, default=new_key)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "begins_on", "team"], name="survey_round_of_team"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.begins_on} {self.team}"

    @property
    def ends_at(self) -> datetime:
        begins = datetime.combine(self.begins_on, time(), UTC)
        return begins + timedelta(days=self.programme.open_days)


class Letter(models.Model):
    """A mail to an agent that is still to be sent.

    Attributes:
        person: a hash of the e-mail.

    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="letters")
    person = models.CharField(max_length=250)
    email = models.EmailField()
    language = models.CharField(max_length=35, blank=True)

    def __str__(self) -> str:
        return self.email
