"""The rows behind a number, page by page, and as a file to take away."""

from django.http import HttpResponse
from django.shortcuts import render

from hearwell.engine.rows import rows as rows_behind
from hearwell.report.name import labelled
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.metric import found

ON_A_PAGE = 100


@at_least(Role.LEAD)
def rows(request: SignedIn, name: str) -> HttpResponse:
    """Show the rows that the number of the address counts."""
    address = Address.read(request.GET)
    asked = found(name, address.variant)
    with asking.reading(address) as lake:
        question = address.question(
            (asked,),
            asking.newest(lake),
            grain="none",
            compare=None,
            standardise=(),
            teams=asking.teams(request),
        )
        told = rows_behind(lake, question, ON_A_PAGE)
    return render(
        request,
        "read/rows.html",
        {"name": labelled(asked.metric, asked.variant), "told": told, "address": address},
    )
