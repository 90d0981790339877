"""What the database holds, as programs name it: rows by their number, people by their e-mail."""

from collections.abc import Iterable

from django.http import Http404

from hearwell.web.people.person import Person


def stored(number: int) -> int:
    """Return a number that a row can have.

    Raises:
        Http404: none can.

    """
    if not 0 < number < 2**63:
        raise Http404
    return number


def by_email(emails: Iterable[str]) -> list[int | str]:
    """Return the numbers of people, as forms take them; of whom there is none, the e-mail."""
    given = [*emails]
    known = dict(Person.objects.filter(email__in=given).values_list("email", "pk"))
    return [known.get(each, each) for each in given]
