"""Load DuckDB's extensions without a download outside the package registry."""

from importlib.util import find_spec
from pathlib import Path

import duckdb

from hearwell.errors import HearwellError

EXTENSIONS = {
    "ducklake": "duckdb_extension_ducklake",
    "sqlite_scanner": "duckdb_extension_sqlite_scanner",
}


class NoExtension(HearwellError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"DuckDB's extension {name!r} cannot be loaded: {reason} "
            f"Install the Python package {EXTENSIONS[name].replace('_', '-')} in the version of "
            f"duckdb ({duckdb.__version__})."
        )


def shipped(name: str) -> Path | None:
    """Return the extension's file in its Python package, for this version of DuckDB."""
    spec = find_spec(EXTENSIONS[name])
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}"
    file = folder / f"{name}.duckdb_extension"
    return file if file.exists() else None


def load(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load an extension: the shipped one, else one installed before, else DuckDB's own INSTALL.

    DuckDB checks the signature of each. The shipped one comes first, because its version is the
    one that was tested.
    """
    file = shipped(name)
    try:
        if file:
            connection.execute(f"load {quoted(str(file))}")
            return
        try:
            connection.execute(f"load {name}")
        except duckdb.Error:
            connection.execute(f"install {name}")
            connection.execute(f"load {name}")
    except duckdb.Error as error:
        raise NoExtension(name, str(error).splitlines()[0]) from error


def quoted(text: str) -> str:
    """Return the text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"
