"""Open a file: find out its format and give it as a table."""

from pathlib import Path

import duckdb

from hearwell.lake.extensions import quoted
from hearwell.sources.file.encoding import as_utf8
from hearwell.sources.file.errors import EmptyFile, UnknownFormat, Unreadable
from hearwell.sources.file.json_lines import open_json
from hearwell.sources.file.mapping import Mapping
from hearwell.sources.file.sample import take
from hearwell.sources.file.sandbox import sandbox
from hearwell.sources.file.table import Table, read_text
from hearwell.sources.file.unpack import JSON, Plain
from hearwell.sources.file.workbook import write_out

PARQUET = b"PAR1"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
FOREIGN = {
    b"%PDF": "PDF",
    b"SQLi": "SQLite",
    b"\x89PNG": "PNG",
    b"\xfd7zX": "xz",
    b"BZh9": "bzip2",
    b"(\xb5/\xfd": "zstd",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
}
"""What the first four bytes tell of files that are no tables."""


def open_file(plain: Plain, mapping: Mapping | None, folder: Path) -> Table:
    """Open a plain file; helper files go into the folder.

    Raises:
        EmptyFile, UnknownFormat, Unreadable, WrongEncoding, NoHeader.

    """
    with plain.path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise EmptyFile(plain.name)
    if start in FOREIGN:
        raise UnknownFormat(plain.name, FOREIGN[start])
    if start == PARQUET:
        return open_parquet(plain, folder)
    if start in {OLD_EXCEL, ZIP}:
        target = folder / f"{plain.path.name}.csv"
        sample = write_out(plain.name, plain.path, mapping, target)
        columns = dict.fromkeys(sample.columns, "VARCHAR")
        relation = read_text(target, sample, skip=1)
        return Table(plain.name, columns, relation, (target,), sample, notes=sample.notes)
    path, notes = as_utf8(plain.name, plain.path, mapping.encoding if mapping else None, folder)
    if plain.path.suffix.lower() in JSON:
        return open_json(plain.name, path, folder)
    sample = take(plain.name, path, mapping)
    columns = dict.fromkeys(sample.columns, "VARCHAR")
    relation = read_text(path, sample, skip=sample.rows_before_data)
    return Table(plain.name, columns, relation, (path,), sample, notes=(*notes, *sample.notes))


def open_parquet(plain: Plain, folder: Path) -> Table:
    relation = f"read_parquet({quoted(str(plain.path))})"
    with sandbox(folder, [plain.path]) as connection:
        try:
            described = connection.execute(f"describe select * from {relation}").fetchall()
        except duckdb.Error as error:
            raise Unreadable(plain.name, "Parquet", str(error).splitlines()[0]) from error
    columns = {column: dtype for column, dtype, *_ in described}
    return Table(plain.name, columns, relation, (plain.path,))
