"""Answers as tables in the terminal."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from hearwell.cli.export import flat, shown, write_csv, write_json, write_parquet
from hearwell.cli.numbers import NOTHING, difference, interval, number
from hearwell.engine.answer import Answers
from hearwell.engine.explain import Answerable, columns_read, statements
from hearwell.engine.question import Asked
from hearwell.engine.rows import Rows
from hearwell.lake.lake import Lake
from hearwell.lake.upkeep import Info, Snapshot
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Question
from hearwell.settings import Settings

VERDICTS = {
    "better": Text("▲ better", "bold green"),
    "worse": Text("▼ worse", "bold red"),
    "changed": Text("◆ changed", "bold"),
    "no evidence": Text("· no evidence", "dim"),
}


def console() -> Console:
    """Return a console that is wide enough in a file or a pipe, where nobody can widen it."""
    width = None if "COLUMNS" in os.environ or Console().is_terminal else 120
    return Console(width=width, highlight=False)


def grid(*headings: str, right: Sequence[int] = ()) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place in right else "left", overflow="fold")
    return table


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
        table = grid(*names, *compared, right=places)
        for each in own:
            table.add_row(
                *([each["period"]["from"][:16].replace("T00:00", "")] if when else []),
                *(
                    NOTHING if each["group"][d] is None else escape(each["group"][d])
                    for d in dimensions
                ),
                *figures(each),
                *(changes(each) if compared else []),
                style="dim" if each["n"] < lake.settings.minimum_n else None,
            )
        out.print(table if own else "Nothing was counted.")
        left_out(out, own)
    footer(out, answers)


def heading(out: Console, answers: Answers, asked: Asked) -> None:
    found = next(each for each in answers.answers if each.asked == asked)
    labels = f" ({', '.join(asked.metric.labels)})" if asked.metric.labels else ""
    out.print(f"[bold]{asked.metric.name}[/bold]{labels}, {asked.variant}: {escape(found.meaning)}")
    periods = found.periods
    if periods:
        zone = answers.zone
        first, last = periods[0].text(zone), periods[-1].text(zone)
        clock = "" if found.clock == "calendar" else ", in business time"
        out.print(f"[dim]{first['from'][:16]} to {last['to'][:16]}, {zone}{clock}[/dim]")


def figures(cell: dict[str, Any]) -> list[str]:
    unit = cell["unit"]
    return [
        number(cell["value"], unit),
        interval(cell["low"], cell["high"], unit),
        f"{cell['n']:,}",
    ]


def changes(cell: dict[str, Any]) -> list[str | Text]:
    compared, unit = cell["compared"], cell["unit"]
    if compared is None:
        return [NOTHING, NOTHING, Text("nothing to compare", "dim")]
    low, high = compared["low"], compared["high"]
    ends = NOTHING if low is None else f"{difference(low, unit)} … {difference(high, unit)}"
    return [difference(compared["difference"], unit), ends, VERDICTS[compared["verdict"]]]


def left_out(out: Console, cells: Iterable[dict[str, Any]]) -> None:
    reasons: dict[str, int] = {}
    for each in cells:
        for reason, rows in each["left_out"].items():
            reasons[reason] = reasons.get(reason, 0) + rows
    for reason, rows in reasons.items():
        out.print(f"[dim]left out: {rows:,} {reason}[/dim]")
    out.print()


def footer(out: Console, answers: Answers) -> None:
    for record, fresh in answers.freshness.items():
        if fresh["newest"]:
            out.print(f"[dim]newest {record}: {fresh['newest'][:16]}[/dim]")
    out.print(f"[dim]snapshot {answers.snapshot} of the lake[/dim]")


def export(answers: Answers, form: str, lake: Lake) -> bool:
    """Write answers for other programs; return whether that was asked for."""
    if form == "json":
        write_json(answers.as_json())
    elif form == "csv":
        write_csv(*flat(answers.cells()))
    elif form == "parquet":
        write_parquet(*flat(answers.cells()), lake)
    return form != "table"


def show_scorecard(answers: Answers, form: str, lake: Lake) -> None:
    """Show the five questions with their metrics; those without data say what they need."""
    if export(answers, form, lake):
        return
    out = console()
    by, grain = answers.question.by, answers.question.grain
    begins, ends = answers.question.begins, answers.question.ends
    period = f"{begins or 'the beginning'} to {ends or 'now'}" if begins or ends else "all there is"
    out.print(f"[bold]Scorecard[/bold]  {period}, {answers.zone}")
    against = {"previous": "the period before", "year": "a year ago"}
    if answers.question.compare and begins:
        out.print(f"[dim]change against {against[answers.question.compare]}[/dim]")
    if by or grain != "none":
        show_answers(answers, form, lake)
        return
    table = grid("", "value", "95 % interval", "n", "change", "verdict", right=(1, 2, 3, 4))
    table.columns[2].header = f"{answers.question.level:.0%} interval"
    silent: list[str] = []
    for question in Question:
        added = False
        for found in answers.answers:
            if found.asked.metric.question is not question:
                continue
            (cell,) = found.cells(answers.zone, answers.question.level)
            if not cell["n"]:
                silent.append(found.asked.metric.name)
                continue
            if not added:
                table.add_row(f"[bold]{question.value}[/bold]")
                added = True
            change, _, verdict = changes(cell)
            table.add_row(
                f"  {title(found.asked)}",
                *figures(cell),
                change,
                verdict,
                style="dim" if cell["n"] < lake.settings.minimum_n else None,
            )
    if table.rows:
        out.print(table)
    if silent:
        names = ", ".join(dict.fromkeys(silent))
        out.print(f"[dim]No rows in this period for: {names}.[/dim]")
        out.print("[dim]`hearwell lake info` tells what each of them needs.[/dim]")
    footer(out, answers)


def title(asked: Asked) -> str:
    labels = f" ({', '.join(asked.metric.labels)})" if asked.metric.labels else ""
    first = next(iter(asked.metric.variants())) == asked.variant
    only = len(asked.metric.variants()) == 1
    variant = (
        ""
        if only or first and asked.variant in {"calls", "opened", "all", "sent"}
        else (f"[dim], {asked.variant.replace('_', ' ')}[/dim]")
    )
    return f"{asked.metric.name.replace('_', ' ')}{labels}{variant}"


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
            table.add_row(*(NOTHING if v is None else escape(str(shown(v))) for v in row))
        out = console()
        out.print(table)
        out.print(f"[dim]{len(found.rows):,} of {found.total:,} rows; instants in UTC[/dim]")


def show_metrics(form: str) -> None:
    """List the metrics, by the question they help to answer."""
    if form == "json":
        write_json(
            [
                {
                    "metric": m.name,
                    "labels": list(m.labels),
                    "meaning": m.meaning,
                    "question": m.question.value,
                    "variants": list(m.variants()),
                    "unit": m.unit.value,
                    "better": m.better.value,
                    "record": m.record.table_name,
                }
                for m in METRICS.values()
            ]
        )
        return
    table = grid("metric", "meaning", "variants")
    for question in Question:
        own = [m for m in METRICS.values() if m.question is question]
        if own:
            table.add_row(f"[bold]{question.value}[/bold]")
        for m in own:
            labels = f" ({', '.join(m.labels)})" if m.labels else ""
            first_line = m.meaning.splitlines()[0]
            table.add_row(f"  {m.name}{labels}", first_line, ", ".join(m.variants()))
    console().print(table)


def show_explanation(asked: Asked, settings: Settings) -> None:
    """Say what a metric means and how it is counted."""
    metric, out = asked.metric, console()
    variant = metric.variants(settings=settings)[asked.variant]
    labels = f" ({', '.join(metric.labels)})" if metric.labels else ""
    out.print(f"[bold]{metric.name}[/bold]{labels}\n{escape(metric.meaning)}\n")
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    unit, better = variant.unit or metric.unit, variant.better or metric.better
    kind = type(variant.estimator)
    for name, text in {
        "variant": f"{asked.variant}: {variant.meaning}",
        "kind": f"{kind.__name__}: {(kind.__doc__ or '').splitlines()[0]}",
        "unit": f"{unit.value}, better when {better.value}",
        "dated by": variant.dated_by or metric.dated_by,
        "credited to": metric.credits,
        "record": metric.record.table_name,
        "columns": ", ".join(columns_read(metric)),
        "guardrail": f"{metric.guardrail} must not get worse when this gets better",
        "source": metric.source,
        "other variants": ", ".join(
            f"{name} ({each.meaning})"
            for name, each in metric.variants(settings=settings).items()
            if name != asked.variant
        )
        or "none",
    }.items():
        table.add_row(name, escape(text))
    out.print(table)
    out.print("\n[dim]SQL, for the year 2026:[/dim]")
    for statement in statements(asked, settings):
        out.print(Syntax(statement, "sql", word_wrap=True, background_color="default"))


def show_info(info: Info, can: Answerable, path: Path) -> None:
    """Show what the lake holds, and what it can answer."""
    out = console()
    out.print(
        f"[bold]{path}[/bold]  {info.files} files, {info.size_bytes / 1e6:.1f} MB, "
        f"{info.snapshots} snapshots"
    )
    if not info.rows:
        out.print("It is empty. Bring something in: hearwell import FILE --as call")
    table = grid("record", "rows", "last received (UTC)", right=(1,))
    for name, rows in info.rows.items():
        table.add_row(name, f"{rows:,}", f"{info.newest[name]:%Y-%m-%d %H:%M}")
    if info.rows:
        out.print(table)
    if can.metrics:
        out.print(f"[bold]It can answer:[/bold] {', '.join(can.metrics)}")
    if can.missing:
        out.print("[bold]It cannot answer yet:[/bold]")
        for name, lack in can.missing.items():
            out.print(f"  {name} [dim]({lack})[/dim]")


def show_snapshots(found: Iterable[Snapshot]) -> None:
    table = grid("number", "taken (local time)", "what happened", right=(0,))
    for each in found:
        table.add_row(str(each.number), f"{each.taken_at:%Y-%m-%d %H:%M:%S}", escape(each.message))
    console().print(table)
