"""A DuckDB of our own for reading a file: it sees that file and the staging folder's, no more."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import duckdb

from hearwell.lake.extensions import quoted

Progress = Callable[[float], None]
"""Takes how much is done, from 0 to 1."""

LOOK_EVERY_SECONDS = 0.05


@contextmanager
def sandbox(folder: Path, allowed: Iterable[Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection that can open the allowed files only, and whose settings are locked."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set python_enable_replacements = false")
        connection.execute("set enable_progress_bar = true")  # without it no progress is told
        connection.execute("set enable_progress_bar_print = false")
        connection.execute(f"set temp_directory = {quoted(str(folder / 'spill'))}")
        if limit := os.environ.get("HEARWELL_MEMORY"):
            connection.execute(f"set memory_limit = {quoted(limit)}")
        paths = ", ".join(quoted(str(path)) for path in allowed)
        connection.execute(f"set allowed_paths = [{paths}]")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection
    finally:
        connection.close()


def run(
    connection: duckdb.DuckDBPyConnection, query: str, progress: Progress | None = None
) -> None:
    """Run a query that may take long; tell how far it is, and end it when we are interrupted."""
    with ThreadPoolExecutor(1) as thread:
        work = thread.submit(connection.execute, query)
        try:
            while not wait([work], LOOK_EVERY_SECONDS).done:
                if progress:
                    progress(max(0.0, connection.query_progress()) / 100)
        except BaseException:
            connection.interrupt()
            raise
        work.result()
