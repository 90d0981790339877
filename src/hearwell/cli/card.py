"""The scorecard in the terminal: five questions, each with its metrics."""

import numpy as np
from rich.table import Table

from hearwell.cli.show import export, show_answers
from hearwell.cli.table import changes, console, figures, footer, grid
from hearwell.engine.answer import Answer, Answers
from hearwell.engine.question import Asked
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Question

AGAINST = {"previous": "the period before", "year": "the same period a year ago"}
PLAIN_VARIANTS = {"calls", "opened", "all", "sent", "reported", "answered", "score"}
"""Variants whose name adds nothing to that of the metric."""


def show_scorecard(answers: Answers, form: str, lake: Lake) -> None:
    """Show the five questions with their metrics; those without data say where to look."""
    if export(answers, form, lake):
        return
    asked, out = answers.question, console()
    given = asked.begins or asked.ends
    period = f"{asked.begins or 'the beginning'} to {asked.ends or 'now'}" if given else "all days"
    out.print(f"[bold]Scorecard[/bold]  {period}, {answers.zone}")
    if asked.by or asked.grain != "none":
        show_answers(answers, form, lake)
        return
    compared = any(has_change(each) for each in answers.answers)
    if asked.compare:
        against = AGAINST[asked.compare]
        told = (
            f"change against {against}" if compared else f"no rows from {against} to compare with"
        )
        out.print(f"[dim]{told}[/dim]")
    changed = ["change", ""] if compared else []
    table = grid("", "value", f"{asked.level:.0%} interval", "n", *changed, right=(1, 2, 3, 4))
    for question in Question:
        own = [a for a in answers.answers if a.asked.metric.question is question and counted(a)]
        if own:
            table.add_row(f"[bold]{question.value}[/bold]")
        for each in own:
            add(table, each, answers, lake.settings.minimum_n)
    if table.row_count:
        out.print(table)
    shown = {a.asked.metric.name for a in answers.answers if counted(a)}
    asked_for = dict.fromkeys(a.asked.metric.name for a in answers.answers)
    silent = [name for name in asked_for if name not in shown]
    if silent:
        out.print(f"[dim]No rows in this period for {', '.join(silent)}.[/dim]")
        out.print("[dim]`hearwell lake info` tells what each of them needs.[/dim]")
    footer(out, answers)


def counted(answer: Answer) -> bool:
    return answer.counts_rows


def has_change(answer: Answer) -> bool:
    return answer.compared is not None and not np.isnan(answer.compared.value).all()


def add(table: Table, answer: Answer, answers: Answers, minimum_n: int) -> None:
    (cell,) = answer.cells(answers.zone, answers.question.level)
    change, _, verdict = changes(cell)
    made_up = (
        " [italic](simulated)[/italic]" if answer.asked.metric.name in answers.simulated else ""
    )
    row = [f"  {title(answer.asked)}{made_up}", *figures(cell), change, verdict]
    style = "dim" if cell["n"] < minimum_n else None
    table.add_row(*row[: len(table.columns)], style=style)


def title(asked: Asked) -> str:
    labels = f" ({', '.join(asked.metric.labels)})" if asked.metric.labels else ""
    name = asked.metric.name.replace("_", " ") + labels
    if asked.variant in PLAIN_VARIANTS and asked.variant == next(iter(asked.metric.variants())):
        return name
    return f"{name}[dim], {asked.variant.replace('_', ' ')}[/dim]"
