"""`hearwell why`: its commands."""

import typer

why_app = typer.Typer(
    name="why",
    help="Explain the numbers: what changed them, what drives them, what they hide.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@why_app.callback()
def why() -> None:
    """Explain the numbers: what changed them, what drives them, what they hide."""
