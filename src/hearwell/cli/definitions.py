"""Definitions in the terminal: which metrics there are, and how each is counted."""

from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from hearwell.cli.export import write_json
from hearwell.cli.table import console, grid, labelled
from hearwell.engine.explain import Answerable, columns_read, statements
from hearwell.engine.question import Asked
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Question
from hearwell.settings import Settings


def show_metrics(form: str, can: Answerable | None) -> None:
    """List the metrics, by the question they help to answer, and whether the lake can."""
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
                    "answerable": None if can is None else m.name in can.metrics,
                }
                for m in METRICS.values()
            ]
        )
        return
    table = grid("metric", "meaning", "variants", *(["now"] if can else []))
    for question in Question:
        own = [m for m in METRICS.values() if m.question is question]
        if own:
            table.add_row(f"[bold]{question.value}[/bold]")
        for m in own:
            first_line = m.meaning.splitlines()[0]
            now = [] if can is None else ["yes" if m.name in can.metrics else "no data"]
            table.add_row(f"  {labelled(m)}", first_line, ", ".join(m.variants()), *now)
    console().print(table)


def show_explanation(asked: Asked, settings: Settings) -> None:
    """Say what a metric means and how it is counted."""
    metric, out = asked.metric, console()
    variant = metric.variants(settings=settings)[asked.variant]
    out.print(f"[bold]{labelled(metric)}[/bold]\n{escape(metric.meaning)}\n")
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    unit, better = variant.unit or metric.unit, variant.better or metric.better
    kind = type(variant.estimator)
    for name, text in {
        "variant": f"{asked.variant}: {variant.meaning}",
        "kind": f"{kind.__name__}: {(kind.__doc__ or '').splitlines()[0]}",
        "unit": f"{unit.value}, better when {better.value}",
        "dated by": asked.dated_by,
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
