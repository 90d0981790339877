"""Answers and rows as tables in the terminal, or as other programs read them."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from hearwell.cli.export import shown, write_csv, write_json, write_parquet
from hearwell.cli.numbers import NOTHING, interval, number
from hearwell.cli.table import changes, console, figures, footer, grid, heading, left_out, ranks
from hearwell.engine.answer import Answers
from hearwell.engine.benchmarks import Published
from hearwell.engine.flat import flat
from hearwell.engine.question import Asked
from hearwell.engine.rows import Rows
from hearwell.lake.lake import Lake


def show_answers(
    answers: Answers, form: str, lake: Lake, published: Sequence[Published] | None = None
) -> None:
    """Show answers in the form asked for.

    Args:
        published: figures of others to show beside; None where they were not asked for.

    """
    if export(answers, form, lake, published):
        return
    out, cells = console(), answers.cells()
    for asked in answers.question.asked:
        own = [
            each
            for each in cells
            if (each["metric"], each["variant"]) == (asked.metric.name, asked.variant)
        ]
        heading(out, answers, asked)
        dimensions = list(dict.fromkeys(name for each in own for name in each["group"]))
        when = ["from"] if answers.question.grain not in {"none", "hour_of_week"} else []
        compared = ["change", "its interval", "verdict"] if answers.question.compare else []
        names = [*when, *dimensions, "value", f"{answers.question.level:.0%} interval", "n"]
        places = range(len(when) + len(dimensions), len(names))
        ranked = ["for ranking", "rank"] if any(each["rank"] for each in own) else []
        table = grid(*names, *ranked, *compared, right=[*places, len(names), len(names) + 1])
        # A group may be there for the sake of another metric over the same rows.
        for each in [each for each in own if each["n"] or each["left_out"]] or own:
            table.add_row(
                *([each["period"]["from"][:16].replace("T00:00", "")] if when else []),
                *(
                    NOTHING if each["group"][d] is None else escape(each["group"][d])
                    for d in dimensions
                ),
                *figures(each),
                *(ranks(each) if ranked else []),
                *(changes(each) if compared else []),
                style="dim" if each["n"] < lake.settings.minimum_n else None,
            )
        out.print(table if own else "Nothing was counted.")
        left_out(out, own)
        if published is not None:
            show_published(out, [each for each in published if each.is_of(asked)], answers, asked)
    footer(out, answers)


def told(value: object) -> str:
    return NOTHING if value is None else escape(str(value))


def show_published(
    out: Console, published: Sequence[Published], answers: Answers, asked: Asked
) -> None:
    """Show the figures of others. Whether they are better or worse nobody can tell."""
    if not published:
        out.print("[dim]No published figure of it is known; import some --as benchmark.[/dim]\n")
        return
    unit = next(each for each in answers.answers if each.asked == asked).unit
    out.print("[bold]Published[/bold] [dim]what they count may be something else: no verdict[/dim]")
    table = grid("who", "period", "value", "interval", "n", "rules", "counted by", right=(2, 3, 4))
    for each in published:
        table.add_row(
            told(each.who),
            told(each.period),
            number(each.value, unit.value),
            interval(each.low, each.high, unit.value),
            NOTHING if each.n is None else f"{each.n:,}",
            (each.comparability or "not known").removesuffix("_rules"),
            " ".join(told(text) for text in (each.source_text, each.url) if text) or NOTHING,
        )
    out.print(table)


def export(
    answers: Answers, form: str, lake: Lake, published: Sequence[Published] | None = None
) -> bool:
    """Write answers for other programs; return whether that was asked for."""
    if form == "json":
        beside = {} if published is None else {"benchmarks": [each.as_json() for each in published]}
        write_json(answers.as_json() | beside)
    elif form == "csv":
        write_csv(*flat(answers.cells()))
    elif form == "parquet":
        write_parquet(*flat(answers.cells()), lake)
    return form != "table"


def show_rows(found: Rows, form: str, lake: Lake) -> None:
    """Show the rows behind a number."""
    if form == "json":
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        write_json({"total": found.total, "rows": rows, "sql": found.sql})
    elif form == "csv":
        write_csv(found.columns, found.rows)
    elif form == "parquet":
        write_parquet(found.columns, found.rows, lake)
    else:
        table = grid(*found.columns)
        for row in found.rows:
            table.add_row(*(told(shown(value)) for value in row))
        out = console()
        out.print(table)
        out.print(f"[dim]{len(found.rows):,} of {found.total:,} rows; instants in UTC[/dim]")
