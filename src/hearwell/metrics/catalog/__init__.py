"""Every metric we know. A test checks that names are unique and guardrails exist."""

from hearwell.metrics.catalog import (
    backlog,
    carts,
    cases,
    contacts,
    episodes,
    loyalty,
    opinions,
    people,
    promises,
    replies,
    satisfaction,
    self_service,
    solving,
    waiting,
)
from hearwell.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    metric.name: metric
    for module in (
        waiting,
        episodes,
        backlog,
        solving,
        contacts,
        cases,
        replies,
        promises,
        satisfaction,
        opinions,
        carts,
        loyalty,
        self_service,
        people,
    )
    for metric in vars(module).values()
    if isinstance(metric, Metric)
}
