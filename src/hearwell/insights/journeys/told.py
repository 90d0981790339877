"""What there is to say about journeys."""

from dataclasses import asdict, dataclass
from typing import Any

from hearwell.engine.period import Period
from hearwell.engine.question import Teams
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import (
    Sentence,
    Value,
    count,
    dimension,
    gettext_noop,
    number,
    sentence,
    share,
    word,
)
from hearwell.insights.journeys.before_turn import Before, Looked, before_turns
from hearwell.insights.journeys.paths import Path, Stage, funnel, paths_to
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit

USUAL_STAGES = ("search", "article_view", "contact")
USUAL_WITHIN_DAYS = 7.0

ANY = gettext_noop(
    "Customers turned more often after: {kind}. {turned} of those who turned had it in the two "
    "weeks before, and {stayed} of those who stayed content."
)
WENT_BADLY = gettext_noop(
    "Customers turned more often after: {kind} that went badly. {turned} of those who turned had "
    "it in the two weeks before, and {stayed} of those who stayed content."
)
ABOUT = gettext_noop(
    "Customers turned more often after: {kind} about {topic}. {turned} of those who turned had it "
    "in the two weeks before, and {stayed} of those who stayed content."
)
ODDS = gettext_noop(
    "Odds: {ratio} times those of customers with an answer in the same month, channel and topic "
    "({low} to {high})."
)
NO_CAUSE = gettext_noop("It comes before; whether it is why is not known.")
NOTHING = gettext_noop(
    "Nothing is known that comes before turns more often than chance lets it. Customers who "
    "turned: {turned}; who stayed content: {stayed}."
)


@dataclass(frozen=True)
class Journeys:
    """What comes before turns, and the ways that customers take."""

    looked: Looked
    paths: list[Path]
    funnel: list[Stage]
    findings: list[Finding]

    def as_json(self) -> dict[str, Any]:
        return {
            "turned": self.looked.turned,
            "stayed": self.looked.stayed,
            "findings": [each.as_json() for each in self.findings],
            "paths": [asdict(each) | {"kinds": list(each.kinds)} for each in self.paths],
            "funnel": [asdict(each) for each in self.funnel],
        }


def journeys(  # noqa: PLR0913  one argument for each part of the question
    lake: Lake,
    period: Period,
    *,
    to: str = "contact",
    stages: tuple[str, ...] = USUAL_STAGES,
    within_days: float = USUAL_WITHIN_DAYS,
    teams: Teams = None,
    level: float = 0.95,
) -> Journeys:
    """Tell what comes before customers turn, how they came to a kind of touch, and a funnel.

    Raises:
        BadQuestion, NotByTeam.

    """
    looked = before_turns(lake, period, teams, level)
    findings = [of(each) for each in looked.found]
    findings.sort(key=lambda each: -each.weight)
    if not findings:
        says = sentence(NOTHING, turned=count(looked.turned), stayed=count(looked.stayed))
        findings = [Finding("journeys.none", says, sure=0.0, people=0, size=0.0)]
    return Journeys(
        looked,
        paths_to(lake, to, period, teams),
        funnel(lake, stages, period, within_days, teams),
        findings,
    )


def of(each: Before) -> Finding:
    template = {"any": ANY, "bad": WENT_BADLY, "topic": ABOUT}[each.what]
    values: dict[str, Value] = {
        "kind": dimension(each.kind),
        "turned": share(each.turned),
        "stayed": share(each.stayed),
    }
    if each.what == "topic":
        values["topic"] = word(each.topic)
    return Finding(
        kind="journeys.before_turn",
        says=sentence(template, **values),
        sure=1 - each.p,
        people=each.people,
        size=each.turned - each.stayed,
        evidence=asdict(each),
        notes=(*odds(each), sentence(NO_CAUSE)),
    )


def odds(each: Before) -> tuple[Sentence, ...]:
    """Tell the odds, where somebody of those who stayed content had it too."""
    if each.ratio is None or each.low is None or each.high is None:
        return ()
    told = {"ratio": each.ratio, "low": each.low, "high": each.high}
    values = {name: number(value, Unit.EACH) for name, value in told.items()}
    return (sentence(ODDS, **values),)
