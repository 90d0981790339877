"""What changed in a period: asked of the insights that can tell it for the whole organisation."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from hearwell.engine.question import Question, find, may_ask
from hearwell.errors import WrongUse
from hearwell.evidence.digest import digest
from hearwell.evidence.finding import Finding
from hearwell.insights.guardrails.told import guardrails
from hearwell.insights.topics.explain import topics
from hearwell.insights.turned.told import turned
from hearwell.lake.lake import Lake

WATCHED = (
    "customer_satisfaction",
    "net_promoter_score",
    "first_contact_resolution",
    "service_level",
    "wait_time",
    "first_response_time",
    "time_to_resolution",
    "late_delivery_rate",
)
"""Of these it is told on which day they turned."""

WRITTEN_OF = "customer_satisfaction"
"""What is written with its answers is held against the period before."""


def changed(
    lake: Lake, question: Question, progress: Callable[[float], None] | None = None
) -> list[Finding]:
    """Return what there is to know of a period, the weightiest first: seven findings at most.

    Args:
        question: the period, what it is compared with, filters and teams; it asks no metric.
        progress: told the part that is done, from 0 to 1.

    Raises:
        BadQuestion: there is no period to compare with.

    """
    found = list(guardrails(lake, question).findings)
    for done, name in enumerate(WATCHED, len(WATCHED)):  # guardrails take about half of the time
        if progress is not None:
            progress(done / (2 * len(WATCHED)))
        found += turns(lake, question, name)
    found += newly_written(lake, question)
    return digest(found)


def newly_written(lake: Lake, question: Question) -> list[Finding]:
    """Return what those who answer write more often than in the period before."""
    (asked,) = find(WRITTEN_OF)
    if not may_ask(asked.metric, question.teams):
        return []
    try:
        alone = replace(question, asked=(asked,))
        findings = topics(lake, alone, "before-after").findings
    except WrongUse:  # nobody wrote, or too few, or it has not the dimensions of the filters
        return []
    return [each for each in findings if each.kind == "topics.phrase"]


def turns(lake: Lake, question: Question, name: str) -> list[Finding]:
    """Return the turns of a metric that lie in the period; what is usual is learnt from before."""
    (asked,) = find(name)
    if not may_ask(asked.metric, question.teams):
        return []
    try:
        alone = replace(question, asked=(asked,), begins=None, compare=None)
        findings = turned(lake, alone).findings
    except WrongUse:  # too few days, or the metric has not the dimensions of the filters
        return []
    return [each for each in findings if is_within(each, question)]


def is_within(finding: Finding, question: Question) -> bool:
    days = finding.evidence.get("days")
    day = max(days, key=days.__getitem__) if days else finding.evidence.get("alarm")
    if day is None:
        return False
    begins, ends = question.begins or date.min.isoformat(), question.ends or date.max.isoformat()
    return bool(begins[:10] <= day <= ends[:10])
