"""What answers look like: the contract that programs can rely on."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hearwell.web.api.problem import Problem

Verdict = Literal["better", "worse", "changed", "no evidence"]
PROBLEMS = dict.fromkeys((400, 401, 403, 404, 405, 409, 411, 413, 422, 429, 500, 503), Problem)

EXAMPLE = "x-example"


def described(
    model: type[BaseModel] | None,
    example: str,
    *,
    files: Iterable[str] = (),
    status: int = 200,
    parameters: Iterable[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Return how an operation is described.

    Args:
        model: what it tells; None is nothing.
        example: how to ask it, after /api/v1.
        files: other types of content that it may tell the same in.
        status: with which it tells that it was done.
        parameters: headers that it minds, as OpenAPI describes them.

    """
    extra: dict[str, Any] = {EXAMPLE: example}
    if files:
        extra["responses"] = {200: {"content": {kind: {} for kind in files}}}
    if parameters:
        extra["parameters"] = list(parameters)
    return {"response": {status: model, **PROBLEMS}, "by_alias": True, "openapi_extra": extra}


class MetricTold(BaseModel):
    metric: str
    variant: str


class QuestionTold(BaseModel):
    """The question that was answered; it can be put again as it stands."""

    metrics: list[MetricTold]
    by: list[str]
    grain: str
    begins: str | None = Field(alias="from")
    ends: str | None = Field(alias="to")
    where: list[str]
    compare: str | None
    clock: str
    standardise: list[str]
    level: float
    zone: str


class Span(BaseModel):
    """From one instant up to, and without, another."""

    begins: str = Field(alias="from")
    ends: str = Field(alias="to")


class Compared(BaseModel):
    value: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict


class Cell(BaseModel):
    """One number: a metric of a group in a period, and how sure it is."""

    metric: str
    variant: str
    unit: str
    period: Span
    group: dict[str, str | None]
    value: float | None = Field(description="Null where nothing was counted or it is hidden.")
    low: float | None
    high: float | None
    level: float
    n: int = Field(description="Rows that were counted.")
    left_out: dict[str, int] = Field(description="Rows that were not, by reason.")
    hidden: str | None = Field(description="Why the value is not told, where it may not be.")
    shrunken: float | None = Field(description="The value to rank groups by.")
    rank: int | None
    compared: Compared | None
    simulated: bool


class Fresh(BaseModel):
    newest: str | None
    received: str | None


class AnswersTold(BaseModel):
    """All cells of a question, from one snapshot of the lake."""

    question: QuestionTold
    answers: list[Cell]
    freshness: dict[str, Fresh]
    simulated: list[str] = Field(description="Metrics that count rows which were made up.")
    snapshot: int


class VariantTold(BaseModel):
    name: str
    meaning: str
    labels: list[str]
    kind: str = Field(description="How it is estimated, such as Share or Quantile.")
    unit: str
    better: str
    dated_by: str


class Definition(BaseModel):
    metric: str
    labels: list[str] = Field(description="What the trade calls it.")
    meaning: str
    question: str = Field(description="Which of the five questions it helps to answer.")
    unit: str
    better: str
    record: str = Field(description="What is counted.")
    credits: str = Field(description="To whom the number is credited.")
    guardrail: str = Field(description="The metric that must not get worse for this one's sake.")
    source: str
    dimensions: list[str]
    variants: list[VariantTold]


class Explained(Definition):
    columns: list[str] = Field(description="Columns that any variant reads.")
    sql: dict[str, list[str]] = Field(description="By variant, for the year 2026.")


class Definitions(BaseModel):
    metrics: list[Definition]


class Answerable(BaseModel):
    metrics: list[str] = Field(description="Metrics that count at least one row.")
    missing: dict[str, str] = Field(description="Of the others, what each lacks.")
    snapshot: int


class Dimension(BaseModel):
    dimension: str
    metrics: list[str] = Field(description="Metrics that can be grouped and filtered by it.")


class Dimensions(BaseModel):
    dimensions: list[Dimension]


class ValueTold(BaseModel):
    value: str | None
    rows: int


class Values(BaseModel):
    dimension: str
    values: list[ValueTold] = Field(description="The most frequent first; null is not known.")
    snapshot: int


class RowsTold(BaseModel):
    """Rows behind a number, oldest first; instants are UTC."""

    total: int
    columns: list[str]
    rows: list[dict[str, Any]]
    next: str | None = Field(description="The cursor of the next page; null after the last.")
    snapshot: int


class RecordFresh(BaseModel):
    record: str
    newest: str | None = Field(description="When the newest of them happened.")
    received: str | None = Field(description="When it was brought in.")


class Freshness(BaseModel):
    zone: str
    records: list[RecordFresh]
    snapshot: int


class SnapshotTold(BaseModel):
    snapshot: int
    taken_at: str = Field(description="UTC")
    message: str | None = Field(description="What made it; null to who may see some teams only.")


class Snapshots(BaseModel):
    snapshots: list[SnapshotTold] = Field(description="States that can be asked for; newest last.")


class FindingTold(BaseModel):
    """A finding: a sentence with named values, so that it can be told in any language."""

    kind: str
    says: dict[str, Any] = Field(description="A template, and a value for each name in it.")
    sure: float = Field(description="0 to 1.")
    people: int
    size: float
    evidence: dict[str, Any]
    notes: list[dict[str, Any]]
    opens: dict[str, Any] | None = Field(description="The question that shows it.")


class Findings(BaseModel):
    """What an insight found, and beside it the numbers of its own kind."""

    model_config = ConfigDict(extra="allow")
    findings: list[FindingTold]
    snapshot: int


class EventKept(BaseModel):
    event_id: str


class PanelTold(BaseModel):
    title: str
    question: dict[str, Any] | None = Field(description="Null where it can be asked no more.")


class BoardTold(BaseModel):
    number: int
    title: str
    owner: str
    is_yours: bool = Field(description="May you change it?")
    is_for_everybody: bool
    readers: list[str] = Field(description="E-mails of others who may open it.")
    refresh_minutes: int
    panels: list[PanelTold]


class Boards(BaseModel):
    boards: list[BoardTold]


class Standing(BaseModel):
    """A number over the days of its target."""

    begins: str = Field(alias="from")
    ends: str = Field(alias="to")
    state: Literal["met", "missed", "unsure", "few"] = Field(
        description="met and missed: surely; unsure: it cannot be told; few: too few rows."
    )
    value: float | None
    low: float | None
    high: float | None
    level: float = Field(description="How sure the interval is, by the false alarms allowed.")
    n: int
    simulated: bool


class TargetTold(BaseModel):
    number: int
    metric: str
    variant: str
    where: list[str]
    side: Literal["at least", "at most"]
    value: float
    window_days: int
    false_alarms_per_year: float
    quiet_from: int | None
    quiet_to: int | None
    people: list[str]
    channels: list[int]
    is_on: bool
    owner: str
    standing: Standing | None = Field(description="Null where nothing was counted.")
    trouble: str | None = Field(description="Why it cannot be asked, where that is so.")
    alert: int | None = Field(description="The number of the alert that is open.")


class Targets(BaseModel):
    targets: list[TargetTold]


class AlertTold(BaseModel):
    """A target that was surely missed; the numbers are those that the alert was opened by."""

    number: int
    target: int
    since: str
    until: str | None = Field(description="Null while it is open.")
    value: float
    low: float | None
    high: float | None
    n: int
    seen_by: str | None = Field(description="Who looks after it.")
    seen_at: str | None


class AlertsTold(BaseModel):
    alerts: list[AlertTold]
    next: int | None = Field(description="The cursor of the next page; null after the last.")


class RefusedFor(BaseModel):
    kind: str
    rows: int
    first: str = Field(description="What was wrong with the first of them.")


class RefusedRow(BaseModel):
    row: int
    reason: str
    raw: str | None


class ImportTold(BaseModel):
    """A file on its way into the lake."""

    number: int
    file: str
    size_bytes: int
    record: str
    state: Literal["uploaded", "checking", "checked", "importing", "done", "failed"] = Field(
        description="`uploaded` with a message: the check failed. `checked` waits for you."
    )
    progress: float | None = Field(description="0 to 1 while it is under way.")
    message: str
    mapping: str = Field(
        description="As `hearwell map` writes it: by what it was checked; empty before."
    )
    sent_by: str | None
    sent_at: str
    rows: dict[str, int] = Field(description="How many were read, are new, were refused …")
    notes: list[str]
    reasons: list[RefusedFor]
    refused: list[RefusedRow] = Field(description="The first of those that would be refused.")


class Imports(BaseModel):
    imports: list[ImportTold]
    next: int | None = Field(description="The cursor of the next page; null after the last.")


class Refusal(BaseModel):
    source: str
    record: str
    file: str
    reason: str
    rows: int
    received: str


class Refusals(BaseModel):
    refusals: list[Refusal]
    snapshot: int


class RefusedAsIs(BaseModel):
    row: int
    raw: str | None


class RefusedRows(BaseModel):
    rows: list[RefusedAsIs]
    next: str | None = Field(description="The cursor of the next page; null after the last.")
    snapshot: int
