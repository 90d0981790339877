"""Findings in the terminal, in English."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from hearwell.cli.numbers import NOTHING, difference, number
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import OTHERS, Sentence, Value
from hearwell.metrics.catalog import METRICS
from hearwell.report.name import labelled, spaced

NOBODY_KNOWS, ALL_OTHERS = "unknown", "(all others)"


def show_json(found: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False))


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
    found = value.value
    match value.kind:
        case "metric":
            return labelled(METRICS[str(found)], value.variant)
        case "group":
            each = found if isinstance(found, tuple) else ()
            return ", ".join(f"{spaced(name)} {word(own)}" for name, own in each)
        case "number" | "difference" | "count":
            return figure(value)
        case "dimension" | "factor":
            return spaced(str(found))
    return word(found if isinstance(found, str) else None)


def figure(value: Value) -> str:
    if not isinstance(value.value, float | int):
        return NOTHING
    if value.kind == "count" or value.unit is None:
        return f"{value.value:,.0f}"
    return (number if value.kind == "number" else difference)(value.value, value.unit.value)


def word(value: str | None) -> str:
    """Return a value of a dimension, or a day."""
    if value is None:
        return NOBODY_KNOWS
    return ALL_OTHERS if value == OTHERS else value
