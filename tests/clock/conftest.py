import duckdb
import pytest


@pytest.fixture(scope="session")
def engine():
    """Give an empty DuckDB in memory."""
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection
