"""Published figures to set beside a number: who says so, of when, and how it was counted.

There is no verdict on them. Others count by rules of their own, of which only words are known.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from hearwell.engine.question import Asked
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.records.benchmark import Benchmark

COLUMNS = (
    *("metric", "who", "period", "value", "low", "high", "n"),
    *("source_text", "url", "comparability"),
)


@dataclass(frozen=True)
class Published:
    """A figure that somebody published, in the unit of the metric: 0.7 is 70 %.

    Attributes:
        metric: its name or label, alone or with a variant: `service_level.SL3`.
        who: of whom it tells, such as a competitor or a trade.
        comparability: is it counted by the same rules as ours; None where nobody knows.

    """

    metric: str
    who: str
    period: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    source_text: str | None = None
    url: str | None = None
    comparability: str | None = None

    def is_of(self, asked: Asked) -> bool:
        """Does it tell of the metric in this variant, or of the metric without saying which?"""
        name, _, variant = self.metric.strip().lower().replace("-", "_").partition(".")
        names = {asked.metric.name, *(label.lower() for label in asked.metric.labels)}
        own = asked.usual.labels
        if name in {label.lower() for label in own}:
            return not variant
        return name in names and variant in {"", asked.variant.lower()}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def benchmarks(lake: Lake, asked: Sequence[Asked]) -> list[Published]:
    """Return the published figures of some metrics, the newest first.

    Those in the lake come beside those that ship with Hearwell. Of the same metric, organisation
    and period the lake's own is taken.
    """
    known = {(each.metric, each.who, each.period): each for each in shipped()}
    known |= {(each.metric, each.who, each.period): each for each in of_lake(lake)}
    found = [each for each in known.values() if any(each.is_of(one) for one in asked)]
    by_who = sorted(found, key=lambda each: (each.metric, each.who))
    return sorted(by_who, key=lambda each: each.period, reverse=True)


def shipped() -> list[Published]:
    text = files("hearwell.metrics").joinpath("published.json").read_text("utf-8")
    return [Published(**each) for each in json.loads(text)]


def of_lake(lake: Lake) -> list[Published]:
    lake.use(Benchmark)
    rows = lake.connection.execute(sql(Benchmark.unbound().select(*COLUMNS))).fetchall()
    return [Published(*row) for row in rows]
