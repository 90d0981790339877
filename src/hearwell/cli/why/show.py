"""Findings in the terminal, in English."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from hearwell.cli.numbers import NOTHING, difference, number
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import Sentence, Value
from hearwell.metrics.catalog import METRICS
from hearwell.report.name import labelled, spaced

NOBODY_KNOWS = "unknown"


def show_findings(out: Console, findings: Iterable[Finding]) -> None:
    """Print each finding with its notes."""
    for each in findings:
        out.print(f"[bold]•[/bold] {escape(english(each.says))}")
        for note in each.notes:
            out.print(f"  [dim]{escape(english(note))}[/dim]")


def english(sentence: Sentence) -> str:
    """Return a sentence in English."""
    values = {name: written(value) for name, value in sentence.values.items()}
    return sentence.template.format_map(values)


def written(value: Value) -> str:
    """Return a value as it is written in English."""
    match value.kind:
        case "metric":
            return labelled(METRICS[str(value.value)], value.variant)
        case "dimension":
            return spaced(str(value.value))
        case "word":
            return NOBODY_KNOWS if value.value is None else str(value.value)
        case "count":
            return NOTHING if value.value is None else f"{value.value:,.0f}"
        case "day" | "weekday_time":
            return str(value.value)
    figure = None if value.value is None else float(value.value)
    unit = "" if value.unit is None else value.unit.value
    return (number if value.kind == "number" else difference)(figure, unit)
