"""Every metric we know. A test checks that names are unique and guardrails exist."""

from hearwell.metrics.catalog import (
    carts,
    cases,
    contacts,
    episodes,
    loyalty,
    people,
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
        solving,
        contacts,
        cases,
        satisfaction,
        carts,
        loyalty,
        self_service,
        people,
    )
    for metric in vars(module).values()
    if isinstance(metric, Metric)
}
