"""Findings in the terminal, in English."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from hearwell.cli.numbers import NOTHING, difference, number
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import Sentence, Value
from hearwell.report.value import in_words


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
    return in_words(value, figure)


def figure(value: Value) -> str:
    if not isinstance(value.value, float | int):
        return NOTHING
    if value.kind == "count" or value.unit is None:
        return f"{value.value:,.0f}"
    return (number if value.kind == "number" else difference)(value.value, value.unit.value)
