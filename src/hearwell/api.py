"""Ask a lake from Python, in a notebook or a script.

>>> care = hearwell.open("lake")                                           # doctest: +SKIP
>>> care.metric("service_level", by=["queue"], grain="week").to_pandas()   # doctest: +SKIP
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

from hearwell.engine import scorecard
from hearwell.engine.answer import Answers
from hearwell.engine.ask import ask
from hearwell.engine.flat import flat
from hearwell.engine.period import Compare, Grain
from hearwell.engine.question import Asked, Question, find
from hearwell.engine.rows import Rows, rows
from hearwell.errors import HearwellError, WrongUse
from hearwell.lake.lake import Lake, open_lake
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.clock import ClockName
from hearwell.metrics.metric import Unit
from hearwell.report.number import NOTHING, interval, number

Where = Mapping[str, str | Sequence[str]]


class NotInstalled(HearwellError):
    def __init__(self, library: str) -> None:
        super().__init__(f"This needs {library}, which is not installed: pip install {library}.")


class SeveralNumbers(WrongUse):
    def __init__(self, count: int) -> None:
        super().__init__(
            f"The answer has {count} numbers. Take .cells, or ask for one metric in one variant."
        )


@dataclass(frozen=True)
class Care:
    """An open lake. Close it when done, or use it in a `with` statement."""

    lake: Lake

    @classmethod
    def open(cls, path: str | Path, *, as_of: str | None = None) -> Self:
        return cls(open_lake(Path(path), as_of=as_of))

    @property
    def metrics(self) -> list[str]:
        """The names of all metrics."""
        return list(METRICS)

    def metric(  # noqa: PLR0913  one argument for each part of a question
        self,
        *names: str,
        by: Sequence[str] = (),
        grain: Grain = "none",
        begins: str | None = None,
        ends: str | None = None,
        where: Where | None = None,
        variant: str | None = None,
        clock: ClockName = "calendar",
        compare: Compare | None = None,
        standardise: Sequence[str] = (),
        level: float = 0.95,
    ) -> "Told":
        """Ask for one or more metrics; those of the same table are computed in one pass.

        Args:
            names: names or labels, such as "first_response_time" or "CSAT".
            by: up to three dimensions, such as "queue" or "custom.site".
            begins, ends: first and last day, both included; or instants, the last not included.
            where: the values of dimensions that count: {"queue": "billing"} or several in a list.
                Or cohorts of customers, such as {"cohort.first_bought": "2026-05"}.
            variant: one of the metric's variants, or "all".
            standardise: dimensions whose mix is held as it was in the period compared with.
            level: how sure intervals are.

        Raises:
            UnknownMetric, UnknownVariant, UnknownDimension, BadQuestion, NoBusinessTime.

        """
        asked = tuple(dict.fromkeys(each for name in names for each in find(name, variant)))
        return self._ask(
            asked,
            by=tuple(by),
            grain=grain,
            begins=begins,
            ends=ends,
            where=pairs(where),
            clock=clock,
            compare=compare,
            standardise=tuple(standardise),
            level=level,
        )

    def scorecard(
        self,
        *,
        begins: str | None = None,
        ends: str | None = None,
        where: Where | None = None,
        compare: Compare | None = "previous",
    ) -> "Told":
        """Ask for the metrics of the scorecard, of the newest 28 days if no period is given."""
        if begins is None and ends is None:
            begins, ends = scorecard.last_days(self.lake)
        asked = scorecard.asked_for((), [f"{name}={value}" for name, value in pairs(where)])
        return self._ask(asked, begins=begins, ends=ends, where=pairs(where), compare=compare)

    def _ask(self, asked: tuple[Asked, ...], **question: Any) -> "Told":
        put = Question(asked, **question)
        return Told(self.lake, put, ask(self.lake, put))

    def close(self) -> None:
        self.lake.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, repr=False)
class Told:
    """What the lake told: a cell for each metric, group and stretch of time."""

    lake: Lake
    question: Question
    answers: Answers

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The answers as in `--format json`: value, low, high, n, left_out, compared …"""
        return self.answers.cells()

    @property
    def value(self) -> float | None:
        """The only number of the answer; None where there is none.

        Raises:
            SeveralNumbers.

        """
        cells = self.cells
        if len(cells) != 1:
            raise SeveralNumbers(len(cells))
        found: float | None = cells[0]["value"]
        return found

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements that were run."""
        return tuple(dict.fromkeys(each for one in self.answers.answers for each in one.sql))

    def rows(self, limit: int | None = None) -> Rows:
        """Return the rows that the number rests on; ask for one metric in one variant."""
        if len(self.question.asked) != 1:
            raise SeveralNumbers(len(self.question.asked))
        return rows(self.lake, self.question, limit)

    def to_pandas(self) -> Any:
        """Return a pandas.DataFrame with a row for each cell."""
        names, table = flat(self.cells)
        return needed("pandas").DataFrame(table, columns=names)

    def to_polars(self) -> Any:
        """Return a polars.DataFrame with a row for each cell."""
        names, table = flat(self.cells)
        return needed("polars").DataFrame(
            table, schema=names, orient="row", infer_schema_length=None
        )

    def to_arrow(self) -> Any:
        """Return a pyarrow.Table with a row for each cell."""
        names, table = flat(self.cells)
        columns = zip(*table, strict=True) if table else [[] for _ in names]
        return needed("pyarrow").table(dict(zip(names, map(list, columns), strict=True)))

    def chart(self) -> Any:
        """Return an altair.Chart: lines with their interval over time, else points with theirs."""
        altair = needed("altair")
        groups = [name for name in (*self.question.by, "hour_of_week") if name in self._dimensions]
        over_time = self.question.grain not in {"none", "hour_of_week"}
        along = "from:T" if over_time else f"{groups[0] if groups else 'metric'}:N"
        base = altair.Chart(altair.Data(values=self._records())).encode(x=altair.X(along))
        if over_time and groups:
            base = base.encode(color=f"{groups[0]}:N")
        band = base.mark_area(opacity=0.2) if over_time else base.mark_rule()
        mark = base.mark_line(point=True) if over_time else base.mark_point(filled=True)
        unit = self.answers.answers[0].unit.value
        layers = band.encode(y=altair.Y("low:Q", title=unit), y2="high:Q") + mark.encode(
            y=altair.Y("value:Q", title=unit), tooltip=["value:Q", "low:Q", "high:Q", "n:Q"]
        )
        return layers.facet(row="metric:N") if len(self.question.asked) > 1 else layers

    @property
    def _dimensions(self) -> set[str]:
        return {name for cell in self.cells for name in cell["group"]}

    def _records(self) -> list[dict[str, Any]]:
        names, table = flat(self.cells)
        return [dict(zip(names, row, strict=True)) for row in table]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def __repr__(self) -> str:
        return "\n".join(" ".join(line) for line in self._lines())

    def _repr_html_(self) -> str:
        lines = ["".join(f"<td>{escape(word)}</td>" for word in line) for line in self._lines()]
        head = "<tr><th>metric</th><th>group</th><th>value</th><th>interval</th><th>n</th></tr>"
        return f"<table>{head}{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"

    def _lines(self) -> list[list[str]]:
        found = []
        for cell in self.cells:
            group = ", ".join(f"{name} {value or NOTHING}" for name, value in cell["group"].items())
            when = cell["period"]["from"][:10] if self.question.grain != "none" else ""
            unit = Unit(cell["unit"])
            found.append(
                [
                    f"{cell['metric']}, {cell['variant']}"
                    + (", simulated" if cell["simulated"] else ""),
                    " ".join(filter(None, (when, group))),
                    number(cell["value"], unit),
                    f"({interval(cell['low'], cell['high'], unit)})",
                    f"n = {cell['n']:,}",
                ]
            )
        return found


def pairs(where: Where | None) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, each)
        for name, value in (where or {}).items()
        for each in ([value] if isinstance(value, str) else value)
    )


def needed(library: str) -> ModuleType:
    try:
        return import_module(library)
    except ModuleNotFoundError:
        raise NotInstalled(library) from None
