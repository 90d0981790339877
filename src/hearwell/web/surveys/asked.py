"""When somebody was last asked anything, so that nobody is asked too often."""

from django.db import models


class Asked(models.Model):
    """A person as the lake has them, and when they were asked. It does not say what."""

    person = models.CharField(primary_key=True, max_length=250)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.person
