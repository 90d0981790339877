"""What the reference pages print: read from the code, so that they cannot differ from it."""

import inspect
import re
from collections.abc import Iterator

import typer.main

from hearwell.cli.app import app
from hearwell.engine.explain import columns_read
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Question
from hearwell.records import RECORDS
from hearwell.records.record import Record


def metrics() -> Iterator[str]:
    """Print every metric with its variants, by the question it helps to answer."""
    for question in Question:
        own = [each for each in METRICS.values() if each.question is question]
        if not own:
            continue
        yield f"## {question.value}\n"
        for metric in own:
            labels = f" ({', '.join(metric.labels)})" if metric.labels else ""
            yield f"### {metric.name}{labels}\n"
            yield metric.meaning + "\n"
            yield "| variant | meaning | kind | unit | better when |"
            yield "|---|---|---|---|---|"
            for name, variant in metric.variants().items():
                unit, better = variant.unit or metric.unit, variant.better or metric.better
                kind = type(variant.estimator).__name__
                yield f"| `{name}` | {variant.meaning} | {kind} | {unit.value} | {better.value} |"
            yield ""
            yield f"Dated by `{metric.dated_by}`, credited to {metric.credits}."
            read = ", ".join(f"`{name}`" for name in columns_read(metric))
            yield f"Counted over `{metric.record.table_name}`, from the columns {read}."
            yield f"Read it with `{metric.guardrail}`, which must not get worse for it."
            yield f"Source: {metric.source}.\n"


def records() -> Iterator[str]:
    """Print every record with its columns."""
    for record in RECORDS.values():
        yield f"## {record.table_name}\n"
        yield f"{inspect.getdoc(record)}\n"
        yield f"Key: {', '.join(f'`{name}`' for name in record.key())}.\n"
        yield "| column | type | may be asked by | meaning |"
        yield "|---|---|---|---|"
        comments = {**comments_of(Record), **comments_of(record)}
        for name, column in record.columns().items():
            grouped = "yes" if name in record.dimensions() else ""
            listed = ", ".join(f"`{word}`" for word in column.words)
            words = f"One of {listed}." if listed else ""
            hashed = "Kept as a keyed hash." if column.role == "person" else ""
            said = " ".join(filter(None, (sentence(comments.get(name, "")), words, hashed)))
            yield f"| `{name}` | {column.dtype} | {grouped} | {said} |"
        yield ""


def comments_of(record: type[Record]) -> dict[str, str]:
    """Return the comment beside each column in the source."""
    found = re.findall(r"^    (\w+): [^#\n]+#\s*(.+)$", inspect.getsource(record), re.MULTILINE)
    return dict(found)


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "." if text else ""


def commands() -> Iterator[str]:
    """Print every command with its arguments and options."""
    yield from command("hearwell", typer.main.get_command(app))


def command(path: str, found: typer.main.TyperCommand) -> Iterator[str]:
    inner = getattr(found, "commands", {})
    if not inner:
        yield f"## {path}\n"
        yield f"{(found.help or '').strip()}\n"
        yield "| argument or option | meaning | default |"
        yield "|---|---|---|"
        for parameter in found.params:
            names = ", ".join(f"`{name}`" for name in parameter.opts)
            if parameter.param_type_name == "argument":
                names = f"`{parameter.metavar or parameter.name.upper()}`"
            help_text = getattr(parameter, "help", "") or ""
            default = (
                ""
                if parameter.default in {None, False} or callable(parameter.default)
                else (f"`{parameter.default}`")
            )
            if parameter.name != "help":
                yield f"| {names} | {help_text} | {default} |"
        yield ""
    for name, each in inner.items():
        yield from command(f"{path} {name}", each)
