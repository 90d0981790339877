"""Ibis 12.0.0 calls `epoch_seconds()` an integer, but on DuckDB it keeps the fraction.

Known as ibis #11928. A later cast to an integer rounds, so half a second too many is counted.
We count with `delta(..., unit="microsecond")` instead (`clock/business.py`); when this test fails
the fault is mended, and either may be used.
"""

import duckdb
import ibis


def test_epoch_seconds_on_duckdb_still_has_a_fraction():
    """The type says integer, the value is 1.75."""
    table = ibis.table({"instant": "timestamp"}, name="moments")
    seconds = table.instant.epoch_seconds()
    query = ibis.to_sql(table.select(seconds=seconds), dialect="duckdb")
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE TABLE moments AS SELECT TIMESTAMP '1970-01-01 00:00:01.75' AS instant"
        )
        assert seconds.type().is_integer()
        assert engine.execute(query).fetchall() == [(1.75,)]
