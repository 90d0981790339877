"""`hearwell people`: who has an account in the web application, and a way in for the others."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from hearwell.cli.options import DEFAULT_LAKE, LakeDir

people_app = typer.Typer(
    help="See who has an account in the web application, and let people in.", no_args_is_help=True
)
Address = Annotated[
    str,
    typer.Option(
        "--address",
        envvar="HEARWELL_ADDRESS",
        help="The address that people type, such as https://care.example.org.",
        metavar="URL",
    ),
]
DEFAULT_ADDRESS = "http://127.0.0.1:8000"


def ready(lake: Path, address: str) -> None:
    from hearwell.lake.lake import open_lake  # noqa: PLC0415  start-up time
    from hearwell.web import serving  # noqa: PLC0415

    open_lake(lake).close()  # what is wrong with it is told here
    serving.database_ready(lake, address)


@people_app.command("list")
def list_people(lake: LakeDir = DEFAULT_LAKE) -> None:
    """List the accounts: who they are, what they may do and which teams they see."""
    ready(lake, DEFAULT_ADDRESS)
    from rich.markup import escape  # noqa: PLC0415  start-up time

    from hearwell.cli.table import console, grid  # noqa: PLC0415
    from hearwell.web.people.models import Person  # noqa: PLC0415

    table = grid("e-mail", "name", "role", "teams", "active", "last signed in")
    for person in Person.objects.order_by("email"):
        seen = person.teams_seen
        table.add_row(
            escape(person.email),
            escape(person.name),
            person.role,
            "all" if seen is None else escape(", ".join(seen)) or "none",
            "yes" if person.is_active else "no",
            f"{person.last_login:%Y-%m-%d %H:%M}" if person.last_login else "never",
        )
    console().print(table)


@people_app.command("invite")
def invite(
    email: Annotated[str, typer.Argument(help="Their e-mail, with which they sign in.")],
    role: Annotated[
        Literal["viewer", "agent", "lead", "administrator"] | None,
        typer.Option("--role", help="What they may do; a new account is a viewer's."),
    ] = None,
    team: Annotated[
        list[str] | None,
        typer.Option(
            "--team",
            help="They see rows of this team only; give it again for another.",
            metavar="T",
        ),
    ] = None,
    address: Address = DEFAULT_ADDRESS,
    lake: LakeDir = DEFAULT_LAKE,
) -> None:
    """Print a link by which somebody chooses a password: a new account's, or one for a lost one.

    An account that exists keeps its role and teams unless others are given.
    """
    ready(lake, address)
    from hearwell.web.people.enrol import enrol  # noqa: PLC0415  after settings are there

    link = enrol(email, role, team, address.rstrip("/"))
    typer.echo(f"{email} chooses a password here, once and within 24 hours:\n  {link}")
