"""Bring invitations and answers of our own surveys into the lake, as `survey` records.

A row tells how an invitation is by now. One that comes again changes nothing, and a later state
takes the place of an earlier one, so that whoever crashed before noting that rows are in the lake
may bring them once more.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.lake.merge import Merged, merge
from hearwell.lake.tables import identifier, typed
from hearwell.records.survey import Survey

SOURCE = "own:surveys"


class UnknownColumns(TypeError):
    """A row has what no survey record has: a fault of ours, not of the data."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"no columns of survey: {', '.join(sorted(names))}")


def bring_in_answered(lake: Lake, rows: Iterable[Mapping[str, Any]]) -> Merged:
    """Merge rows, each of which has all that is known of one invitation.

    Args:
        rows: values by column of `Survey`; instants in UTC without a zone, people as the lake has
            them. What a row does not have is not known. `received_at` is when it last changed.

    Raises:
        LakeLocked: somebody else writes; nothing was brought in.

    """
    columns = typed(Survey)
    with lake.staging() as staging:
        file = staging / "answered.jsonl"
        with file.open("wb") as lines:
            for row in rows:
                if unknown := row.keys() - columns.keys():
                    raise UnknownColumns(unknown)
                lines.write(msgspec.json.encode({"source": SOURCE, **row}) + b"\n")
        names = ", ".join(map(identifier, columns))
        types = ", ".join(f"{quoted(name)}: {quoted(dtype)}" for name, dtype in columns.items())
        staged = staging / f"{Survey.table_name}.parquet"
        lake.connection.execute(
            f"copy (select {names} from read_json({quoted(str(file))}, "
            f"format = 'newline_delimited', columns = {{{types}}})) "
            f"to {quoted(str(staged))} (format parquet)"
        )
        with lake.writing("answers of surveys"):
            return merge(lake, Survey, staged)
