"""Answers and rows as tables in the terminal, or as other programs read them."""

from rich.markup import escape

from hearwell.cli.export import shown, write_csv, write_json, write_parquet
from hearwell.cli.numbers import NOTHING
from hearwell.cli.table import changes, console, figures, footer, grid, heading, left_out, ranks
from hearwell.engine.answer import Answers
from hearwell.engine.flat import flat
from hearwell.engine.rows import Rows
from hearwell.lake.lake import Lake


def show_answers(answers: Answers, form: str, lake: Lake) -> None:
    """Show answers in the form asked for."""
    if export(answers, form, lake):
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
    footer(out, answers)


def told(value: object) -> str:
    return NOTHING if value is None else escape(str(value))


def export(answers: Answers, form: str, lake: Lake) -> bool:
    """Write answers for other programs; return whether that was asked for."""
    if form == "json":
        write_json(answers.as_json())
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
