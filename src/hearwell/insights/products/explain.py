"""Find the products that do worse than the others, and the topics that make them so."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from hearwell.engine.question import Asked, Question
from hearwell.evidence import sentence as told
from hearwell.evidence.counted import counted
from hearwell.evidence.errors import NotExplained, NothingCounted
from hearwell.evidence.finding import Finding, size_of
from hearwell.evidence.groups import Grouped, grouped
from hearwell.evidence.sentence import OTHERS, gettext_noop, sentence
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Better, Unit
from hearwell.metrics.part import FloatArray
from hearwell.stats.decomposition import nested
from hearwell.stats.multiplicity import benjamini_hochberg
from hearwell.stats.resampling import GROUPS, Resampled, poisson_weights
from hearwell.stats.shrinkage import shrunken_means

FEWEST = 30
"""Of fewer rows nothing is said."""

MOST_TOPICS = 2
NOTABLE = 0.2
"""A topic that makes less than this part of the gap is not worth a sentence."""


@dataclass(frozen=True)
class Topic:
    """What a topic adds to the gap between a product and the others."""

    topic: str | None
    amount: float
    low: float
    high: float
    p: float
    value: float
    rest: float  # of the other products, on the same topic


@dataclass(frozen=True)
class Product:
    """How a product does in one metric.

    Attributes:
        value: its own; rest: of all others; gap, low, high, p: the difference.
        shrunken: its own drawn to the mean of all, the more so the less is known of it.
        topics: what its topics add to the gap, because it does worse on them; the most first.
        is_poor: worse than the others, beyond chance among all products and metrics looked at.

    """

    asked: Asked
    unit: Unit
    product: str | None
    n: int
    people: int
    value: float
    rest: float
    gap: float
    low: float
    high: float
    p: float
    shrunken: float
    is_worse: bool
    topics: tuple[Topic, ...]
    is_poor: bool = False

    @property
    def worse_on(self) -> list[Topic]:
        """The topics that make most of the gap."""
        return [
            topic
            for topic in self.topics[:MOST_TOPICS]
            if topic.amount * self.gap > 0 and abs(topic.amount) >= NOTABLE * abs(self.gap)
        ]

    def as_json(self) -> dict[str, Any]:
        own = {n: v for n, v in vars(self).items() if n not in {"asked", "unit", "topics"}}
        metric = {"metric": self.asked.metric.name, "variant": self.asked.variant}
        topics = [asdict(each) for each in self.topics]
        return metric | {"unit": self.unit.value} | own | {"topics": topics}


@dataclass(frozen=True)
class Products:
    """Products by metric, those that do poorly first."""

    question: Question
    of: str
    products: tuple[Product, ...]
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "of": self.of,
            "products": [each.as_json() for each in self.products],
            "findings": [each.as_json() for each in self.findings],
        }


def products(lake: Lake, question: Question, of: str = "product") -> Products:
    """Hold each product against all others, in each metric of the question.

    Args:
        of: another dimension, such as offers in custom.offer.

    Raises:
        NotExplained: there are not two products with enough rows in any of the metrics.
        NotAMean, TooFewToShow, BadQuestion.

    """
    found: list[Product] = []
    for asked in question.asked:
        alone = replace(question, asked=(asked,), by=(of,), compare=None)
        topic = ("topic",) if "topic" in asked.metric.record.dimensions() and of != "topic" else ()
        try:
            with counted(lake, alone, (of, *topic)) as rows:
                groups = grouped(rows, (of, *topic))
                found += of_groups(alone, groups, rows.unit, rows.better)
        except NothingCounted:
            continue
    if not found:
        problem = (
            f"There are not two of {of} with {FEWEST} rows each. Give a longer period, or other "
            "metrics."
        )
        raise NotExplained(problem)
    poor = benjamini_hochberg(np.array([each.p for each in found]), 1 - question.level)
    found = [
        replace(each, is_poor=bool(is_sure) and each.is_worse)
        for each, is_sure in zip(found, poor, strict=True)
    ]
    found.sort(key=lambda each: (not each.is_poor, each.p))
    told_of = tuple(finding(question, of, each) for each in found if each.is_poor)
    return Products(question, of, tuple(found), told_of)


@np.errstate(divide="ignore", invalid="ignore")
def of_groups(question: Question, groups: Grouped, unit: Unit, better: Better) -> list[Product]:
    """Hold the products of one metric against each other."""
    weights = np.vstack([np.ones(GROUPS), poisson_weights(GROUPS)])
    drawn = np.tensordot(weights, groups.sums[:, 1], axes=1)  # draw, group, over or under
    names = list(dict.fromkeys(group[0] for group in groups.groups))
    of_product = np.array([names.index(group[0]) for group in groups.groups])
    belongs = np.eye(len(names))[of_product]
    n = groups.n[1] @ belongs
    own = np.einsum("dgs,gp->dps", drawn, belongs)
    rest = drawn.sum(axis=1, keepdims=True) - own
    value, others = own[..., 0] / own[..., 1], rest[..., 0] / rest[..., 1]
    alone = Resampled(value[0], value[1:])
    shrunken = shrunken_means(value[0], alone.error)
    gap = Resampled((value - others)[0], (value - others)[1:])
    interval, p = gap.interval(question.level), gap.p
    shown = [
        i
        for i, name in enumerate(names)
        if name not in {None, OTHERS} and n[i] >= FEWEST and n.sum() - n[i] >= FEWEST
    ]
    worse = -1 if better is Better.HIGHER else 1
    return [
        Product(
            question.asked[0],
            unit,
            names[i],
            int(n[i]),
            int(groups.people[of_product == i].sum()),
            value=float(value[0, i]),
            rest=float(others[0, i]),
            gap=float(gap.value[i]),
            low=float(interval.low[i]),
            high=float(interval.high[i]),
            p=float(p[i]),
            shrunken=float(shrunken[i]),
            is_worse=better is not Better.IN_RANGE and bool(gap.value[i] * worse > 0),
            topics=tuple(topics_of(question, groups, drawn, of_product == i)),
        )
        for i in shown
    ]


@np.errstate(divide="ignore", invalid="ignore")
def topics_of(question: Question, groups: Grouped, drawn: FloatArray, own: Any) -> list[Topic]:
    """Return what each topic adds to the gap because the product does worse there."""
    if len(groups.by) < 2:
        return []
    names = list(dict.fromkeys(group[1] for group in groups.groups))
    number = np.array([names.index(group[1]) for group in groups.groups])
    sides = [drawn * ~own[:, None], drawn * own[:, None]]
    each = np.eye(len(names))[number]
    over, under = (np.stack([side[..., k] @ each for side in sides], axis=-2) for k in (0, 1))
    (parts,) = nested(over, under, [np.arange(len(names))])
    adds = Resampled(parts.rate[0], parts.rate[1:])
    interval, p = adds.interval(question.level), adds.p
    value = over[0] / under[0]
    found = [
        Topic(
            name,
            amount=float(adds.value[i]),
            low=float(interval.low[i]),
            high=float(interval.high[i]),
            p=float(p[i]),
            value=float(value[1, i]),
            rest=float(value[0, i]),
        )
        for i, name in enumerate(names)
        if name != OTHERS and (under[0, :, i] > 0).all()
    ]
    return sorted(found, key=lambda topic: -abs(topic.amount))


POOR = gettext_noop(
    "{product} does worse than the others: {metric} is {value} (rows: {n}), of the others {rest}; "
    "the difference is {gap} ({low} to {high})."
)
SHRUNKEN = gettext_noop("Drawn to the mean of all, as little is known of it, it is {shrunken}.")
BY_TOPIC = gettext_noop(
    "It does worse on {topic}: {value}, where the others have {rest}; that makes {amount} of the "
    "difference."
)


def finding(question: Question, of: str, each: Product) -> Finding:
    unit = each.unit
    return Finding(
        "products.poor",
        sentence(
            POOR,
            product=told.group((of,), (each.product,)),
            metric=told.metric(each.asked),
            value=told.number(each.value, unit),
            n=told.count(each.n),
            rest=told.number(each.rest, unit),
            gap=told.difference(each.gap, unit),
            low=told.difference(each.low, unit),
            high=told.difference(each.high, unit),
        ),
        sure=1 - each.p,
        people=each.people,
        size=size_of(each.gap, unit, each.rest),
        evidence=each.as_json(),
        notes=tuple(notes(each)),
        opens=replace(
            question, asked=(each.asked,), where=(*question.where, (of, each.product or ""))
        ),
    )


def notes(each: Product) -> Iterator[told.Sentence]:
    """Say how much of the gap is chance, and which topics make it."""
    unit = each.unit
    yield sentence(SHRUNKEN, shrunken=told.number(each.shrunken, unit))
    for topic in each.worse_on:
        yield sentence(
            BY_TOPIC,
            topic=told.group(("topic",), (topic.topic,)),
            value=told.number(topic.value, unit),
            rest=told.number(topic.rest, unit),
            amount=told.difference(topic.amount, unit),
        )
