"""`hearwell metric`, `rows` and `scorecard`: ask the engine and show its answers."""

from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from hearwell.cli.options import (
    DEFAULT_LAKE,
    AsOf,
    Benchmark,
    By,
    Clock,
    Compare,
    Format,
    From,
    Grain,
    LakeDir,
    Level,
    Standardise,
    To,
    Variant,
    Where,
)
from hearwell.errors import WrongUse

if TYPE_CHECKING:
    from hearwell.engine.question import Asked, Question

FORMATS = ("table", "json", "csv", "parquet")


class NoSuchChoice(WrongUse):
    def __init__(self, option: str, value: str, known: tuple[str, ...]) -> None:
        super().__init__(f"{option} knows no {value!r}; it takes {', '.join(known)}.")


class BadFilter(WrongUse):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"--where takes a dimension and a value, such as queue=billing; {text!r} has no =."
        )


def question(asked: "tuple[Asked, ...]", options: dict[str, Any]) -> "Question":
    """Make a question of the options as they were given."""
    from hearwell.engine import period, question  # noqa: PLC0415  start-up time
    from hearwell.metrics.clock import ClockName  # noqa: PLC0415

    check("--grain", options["grain"], get_args(period.Grain))
    check("--clock", options["clock"], get_args(ClockName))
    check("--format", options["format"], FORMATS)
    if options["compare"] is not None:
        check("--compare", options["compare"], get_args(period.Compare))
    filters = []
    for text in options["where"] or []:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadFilter(text)
        filters.append((name.strip(), value.strip()))
    return question.Question(
        asked=asked,
        by=tuple(options["by"] or ()),
        grain=options["grain"],
        begins=options["begins"],
        ends=options["ends"],
        where=tuple(filters),
        compare=options["compare"],
        clock=options["clock"],
        level=options["level"],
        standardise=tuple(options.get("standardise") or ()),
    )


def check(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise NoSuchChoice(option, value, known)


def metric(  # noqa: PLR0913, PLR0917  one argument for each option
    names: Annotated[list[str], typer.Argument(metavar="METRIC…", help="Names or labels.")],
    by: By = None,
    grain: Grain = "none",
    begins: From = None,
    ends: To = None,
    where: Where = None,
    variant: Variant = None,
    clock: Clock = "calendar",
    compare: Compare = None,
    standardise: Standardise = None,
    level: Level = 0.95,
    *,
    benchmark: Benchmark = False,
    format: Format = "table",  # noqa: A002  the option's name
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Show metrics: value, interval, rows counted, and the change if one is asked for."""
    options = dict(locals())
    from hearwell.cli.show import show_answers  # noqa: PLC0415  start-up time
    from hearwell.engine.ask import ask  # noqa: PLC0415
    from hearwell.engine.benchmarks import benchmarks  # noqa: PLC0415
    from hearwell.engine.question import find  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    asked = tuple(dict.fromkeys(each for name in names for each in find(name, variant)))
    put = question(asked, options)
    opened = open_lake(lake, as_of=as_of)
    published = benchmarks(opened, asked) if benchmark else None
    show_answers(ask(opened, put), format, opened, published)


def rows(  # noqa: PLR0913, PLR0917
    name: Annotated[str, typer.Argument(metavar="METRIC", help="Name or label.")],
    by: By = None,
    grain: Grain = "none",
    begins: From = None,
    ends: To = None,
    where: Where = None,
    variant: Variant = None,
    clock: Clock = "calendar",
    compare: Compare = None,
    standardise: Standardise = None,
    level: Level = 0.95,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show at most so many.")] = 20,
    format: Format = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Show the rows behind a number, with the columns that decided.

    It takes the options of `hearwell metric`, so that a question can be opened as it stands;
    grain, clock, comparison and level do not change which rows were counted.
    """
    options = dict(locals())
    from hearwell.cli.show import show_rows  # noqa: PLC0415  start-up time
    from hearwell.engine.question import find  # noqa: PLC0415
    from hearwell.engine.rows import rows as rows_behind  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    put = question(find(name, variant)[:1], options)
    opened = open_lake(lake, as_of=as_of)
    show_rows(rows_behind(opened, put, limit), format, opened)


def scorecard(  # noqa: PLR0913, PLR0917
    by: By = None,
    grain: Grain = "none",
    begins: From = None,
    ends: To = None,
    where: Where = None,
    variant: Variant = None,
    clock: Clock = "calendar",
    compare: Compare = "previous",
    level: Level = 0.95,
    format: Format = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Show how care is doing, by the five questions; by default the last 28 days there are."""
    options = dict(locals())
    from hearwell.cli.card import show_scorecard  # noqa: PLC0415  start-up time
    from hearwell.engine.ask import ask  # noqa: PLC0415
    from hearwell.engine.scorecard import asked_for, last_days  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    opened = open_lake(lake, as_of=as_of)
    if begins is None and ends is None:
        options["begins"], options["ends"] = last_days(opened)
    put = question(asked_for(by or (), where or (), variant), options)
    show_scorecard(ask(opened, put), format, opened)
