"""The commands, and what becomes of a problem."""

import os
import sys
from typing import Annotated

import typer

from hearwell import __version__
from hearwell.cli import ask, bring, build, describe, keep, report, serve, simulate
from hearwell.cli.people import people_app
from hearwell.cli.why.app import why_app
from hearwell.errors import HearwellError

app = typer.Typer(
    name="hearwell",
    help="Are customers well served, how sure is that, and why?",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


ONE_THREAD = ("OPENBLAS_NUM_THREADS", "1")
"""Our matrices are small, and threads that multiply them wait for each other by spinning: beside
other work a regression took ten times as long with two. It is read when numpy is first imported;
the server and its background are told the same. DuckDB has threads of its own."""


def show_version(asked: bool) -> None:  # noqa: FBT001  Typer calls it so
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def hearwell(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and stop.", callback=show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Are customers well served, how sure is that, and why?"""


app.command("init")(keep.init)
app.command("import")(bring.import_files)
app.add_typer(bring.sync_app, name="sync")
app.command("simulate")(simulate.simulate)
app.command("build")(build.build)
app.command("scorecard")(ask.scorecard)
app.command("report")(report.report)
app.command("serve")(serve.serve)
app.command("metric")(ask.metric)
app.command("rows")(ask.rows)
app.command("metrics")(describe.metrics)
app.command("explain")(describe.explain)
app.add_typer(why_app, name="why")
app.add_typer(people_app, name="people")
app.add_typer(keep.lake_app, name="lake")


def main() -> None:
    """Run a command. Exit with 0, 1 (a problem, told in one message), 2 (wrong use) or 130."""
    os.environ.setdefault(*ONE_THREAD)
    try:
        app()  # wrong options and Ctrl-C end here, with their message and exit code
    except KeyboardInterrupt:  # before a command began
        sys.exit(130)
    except HearwellError as problem:
        tell(str(problem))
        sys.exit(problem.exit_code)
    except BrokenPipeError:  # the reader of our output has gone, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as fault:
        if os.environ.get("HEARWELL_DEBUG"):
            raise
        first_line = (str(fault).splitlines() or [""])[0]
        tell(
            f"This is a fault of Hearwell, not of your data: {type(fault).__name__}: {first_line}\n"
            "Nothing of this command was kept. Run it again with HEARWELL_DEBUG=1 and report "
            "what it prints."
        )
        sys.exit(1)


def tell(message: str) -> None:
    print(message, file=sys.stderr)  # noqa: T201  the command line's own output
