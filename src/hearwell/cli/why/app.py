"""`hearwell why`: its commands."""

import typer

from hearwell.cli.why import change, deal_breakers, drivers, everyone, products
from hearwell.cli.why.digest import digest
from hearwell.cli.why.guardrails import guardrails
from hearwell.cli.why.journeys import journey, journeys
from hearwell.cli.why.self_service import self_service
from hearwell.cli.why.sentiment import sentiment
from hearwell.cli.why.staffing import staffing
from hearwell.cli.why.topics import topics
from hearwell.cli.why.turned import turned

why_app = typer.Typer(
    name="why",
    help="Explain the numbers: what changed them, what drives them, what they hide.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@why_app.callback()
def why() -> None:
    """Explain the numbers: what changed them, what drives them, what they hide."""


why_app.command("change")(change.change)
why_app.command("drivers")(drivers.drivers)
why_app.command("deal-breakers")(deal_breakers.deal_breakers)
why_app.command("everyone")(everyone.everyone)
why_app.command("products")(products.products)
why_app.command("topics")(topics)
why_app.command("self-service")(self_service)
why_app.command("staffing")(staffing)
why_app.command("sentiment")(sentiment)
why_app.command("turned")(turned)
why_app.command("guardrails")(guardrails)
why_app.command("digest")(digest)
why_app.command("journeys")(journeys)
why_app.command("journey")(journey)
