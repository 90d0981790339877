"""Answers and rows in the forms that other programs read."""

import csv
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hearwell.errors import WrongUse
from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake


class ParquetToTerminal(WrongUse):
    def __init__(self) -> None:
        super().__init__("Parquet is not for a terminal to show. Send it to a file: > FILE.parquet")


def write_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=shown)
    sys.stdout.write("\n")


def write_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(names)
    writer.writerows([[shown(value) for value in row] for row in rows])


def shown(value: Any) -> Any:
    """Return an instant as text that says it is UTC; lists and maps as JSON."""
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if type(value).__name__ == "Decimal" else value


def write_parquet(names: Sequence[str], rows: Iterable[Sequence[Any]], lake: Lake) -> None:
    """Write Parquet to standard output, typed as the values are.

    Raises:
        ParquetToTerminal: nobody could read it there.

    """
    if sys.stdout.isatty():
        raise ParquetToTerminal
    with tempfile.TemporaryDirectory() as folder:
        lines, parquet = Path(folder) / "rows.json", Path(folder) / "rows.parquet"
        with lines.open("w", encoding="utf-8") as file:
            for row in rows:
                values = dict(zip(names, row, strict=True))
                file.write(json.dumps(values, default=shown, ensure_ascii=False) + "\n")
        lake.connection.execute(
            f"copy (from read_json({quoted(str(lines))}, format = 'newline_delimited', "
            f"sample_size = -1)) to {quoted(str(parquet))} (format parquet)"
        )
        sys.stdout.buffer.write(parquet.read_bytes())
