"""What assistants can read: the definition of every metric."""

from typing import Any

from pydantic_core import to_json

from hearwell.engine.errors import UnknownMetric
from hearwell.engine.question import find
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.web.api.metrics import explained

BEGINS = "hearwell://metrics/"
TYPE = "application/json"


def listed() -> list[dict[str, Any]]:
    return [
        {
            "uri": BEGINS + metric.name,
            "name": metric.name,
            "description": metric.meaning.splitlines()[0],
            "mimeType": TYPE,
        }
        for metric in METRICS.values()
    ]


TEMPLATE = {
    "uriTemplate": BEGINS + "{name}",
    "name": "metric",
    "description": "What a metric means and how it is counted, by its name or label.",
    "mimeType": TYPE,
}


def content(lake: Lake, uri: str) -> list[dict[str, Any]] | None:
    """Return the content of a resource; None if there is none of this address."""
    if not uri.startswith(BEGINS):
        return None
    try:
        asked, *_ = find(uri.removeprefix(BEGINS))
    except UnknownMetric:
        return None
    text = to_json(explained(asked.metric, lake.settings)).decode()
    return [{"uri": uri, "mimeType": TYPE, "text": text}]
