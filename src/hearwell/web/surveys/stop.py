"""Who does not want to be asked."""

from django.db import models


class Stop(models.Model):
    """A person, as the lake has them, who is asked nothing any more."""

    person = models.CharField(primary_key=True, max_length=250)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.person
