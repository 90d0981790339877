"""Answers as a table, for spreadsheets and data frames."""

import json
from collections.abc import Iterable
from typing import Any


def flat(cells: Iterable[dict[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """Return answers as a table: one row for each cell, one column for each dimension."""
    table = []
    for cell in cells:
        compared = cell["compared"] or {}
        table.append(
            {"metric": cell["metric"], "variant": cell["variant"], "unit": cell["unit"]}
            | cell["period"]
            | cell["group"]
            | {name: cell[name] for name in ("value", "low", "high", "level", "n")}
            | {name: cell[name] for name in ("hidden", "shrunken", "rank", "simulated")}
            | {"left_out": json.dumps(cell["left_out"], ensure_ascii=False)}
            | {"compared_value": compared.get("value")}
            | {name: compared.get(name) for name in ("difference", "verdict")}
            | {f"difference_{end}": compared.get(end) for end in ("low", "high")}
        )
    names = list(dict.fromkeys(name for row in table for name in row))
    return names, [[row.get(name) for name in names] for row in table]
