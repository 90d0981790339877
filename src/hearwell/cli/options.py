"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

LakeDir = Annotated[
    Path,
    typer.Option("--lake", envvar="HEARWELL_LAKE", help="Folder of the lake.", metavar="DIR"),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="Read the lake as it was: a day, an instant, or a snapshot's number.",
        metavar="WHEN",
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", help="Group by a dimension, such as queue; up to three.", metavar="DIM"),
]
Grain = Annotated[
    str,
    typer.Option(
        "--grain",
        help="Cut time into: hour_of_week, day, week, month, quarter, year; or none.",
        metavar="GRAIN",
    ),
]
From = Annotated[
    str | None,
    typer.Option("--from", help="First day, or an instant.", metavar="D"),
]
To = Annotated[
    str | None,
    typer.Option("--to", help="Last day, included; or an instant, not included.", metavar="D"),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        help="Keep rows with this value: DIM=VALUE. Given twice for one dimension: either. "
        "Customers by what is known of them: cohort.first_bought=2026-05, cohort.bought=PRODUCT, "
        "cohort.first_seen=2026-05, cohort.same=yes for those in both periods.",
        metavar="DIM=VALUE",
    ),
]
Variant = Annotated[
    str | None,
    typer.Option("--variant", help="One of the metric's variants, or all.", metavar="V"),
]
Clock = Annotated[
    str,
    typer.Option("--clock", help="Tell durations by calendar or business time.", metavar="CLOCK"),
]
Compare = Annotated[
    str | None,
    typer.Option(
        "--compare",
        help="Compare with the period before (previous) or a year ago (year).",
        metavar="WITH",
    ),
]
Standardise = Annotated[
    list[str] | None,
    typer.Option(
        "--standardise",
        help="Hold the mix of a dimension as it was in the period compared with.",
        metavar="DIM",
    ),
]
Level = Annotated[float, typer.Option("--level", help="How sure intervals are, such as 0.95.")]
Format = Annotated[
    str,
    typer.Option("--format", help="table, json, csv or parquet.", metavar="FORMAT"),
]
Benchmark = Annotated[
    bool,
    typer.Option("--benchmark", help="Show published figures beside, with how they were counted."),
]
DEFAULT_LAKE = Path("lake")
