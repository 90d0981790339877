"""JSON: one object on each line, or one array of objects."""

import json
from pathlib import Path
from typing import Any

import duckdb

from hearwell.lake.extensions import quoted
from hearwell.sources.file.errors import Unreadable
from hearwell.sources.file.mend import LONGEST
from hearwell.sources.file.sample import Dialect, Sample
from hearwell.sources.file.sandbox import sandbox
from hearwell.sources.file.table import FAULT, LINE, Table, read_text

NO_DELIMITER = "\x01"
"""Valid JSON has no control characters, so that each line is one field."""

AS_LINES = Sample(Dialect(NO_DELIMITER, "", ""), ("line",), 0, 0, ())

FAULTS = """
case when not json_valid(line) then 'this line is not JSON'
     when json_type(line) != 'OBJECT' then 'this line is not a JSON object' end
"""


def is_array(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")


def open_json(name: str, path: Path, folder: Path) -> Table:
    """Find the names and types of all keys, which takes one pass over the file.

    Raises:
        Unreadable: nothing in it is an object, or the array is broken off.

    """
    lines = path
    if is_array(path):
        lines = folder / "objects.jsonl"
        split(name, path, lines, folder)
    source = read_text(lines, AS_LINES, skip=0)
    with sandbox(folder, [lines]) as connection:
        good = f"select line from {source} where line is not null and {FAULTS} is null"
        (found,) = connection.execute(
            f"select json_group_structure(line::json)::varchar from ({good})"
        ).fetchall()[0]
        if found is None:
            raise Unreadable(
                name,
                "JSON",
                "no line is an object. Hearwell reads JSON with one "
                "object on each line, or one array of objects",
            )
        structure = json.dumps(widened(json.loads(found)))
        relation = (
            f"(select unnest(json_transform(case when {FAULT} is null then {LINE} end, "
            f"{quoted(structure)})), {LINE}, {FAULT} "
            f"from (select line as {LINE}, {FAULTS} as {FAULT} from {source} "
            f"where trim(line) != ''))"
        )
        try:
            described = connection.execute(f"describe select * from {relation}").fetchall()
        except duckdb.Error as error:
            raise Unreadable(name, "JSON", str(error).splitlines()[0]) from error
    columns = {column: dtype for column, dtype, *_ in described if column not in {LINE, FAULT}}
    return Table(name, columns, relation, (lines,), AS_LINES, has_faults=True)


def split(name: str, path: Path, lines: Path, folder: Path) -> None:
    """Write the objects of an array one on each line."""
    with sandbox(folder, [path, lines]) as connection:
        try:
            connection.execute(
                f"copy (select json(json) from read_json_objects({quoted(str(path))}, "
                f"format = 'array', maximum_object_size = {LONGEST})) to {quoted(str(lines))} "
                f"(format csv, header false, delimiter {quoted(NO_DELIMITER)}, "
                "quote '', escape '')"
            )
        except duckdb.Error as error:
            raise Unreadable(name, "JSON", str(error).splitlines()[0]) from error


def widened(structure: Any) -> Any:
    """Make room in whole numbers, so that a difference of two may be negative."""
    if isinstance(structure, dict):
        return {name: widened(inner) for name, inner in structure.items()}
    if isinstance(structure, list):
        return [widened(inner) for inner in structure]
    return "HUGEINT" if structure == "UBIGINT" else structure
