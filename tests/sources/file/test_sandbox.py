"""Whatever reaches DuckDB, the sandbox opens no other file and its settings stay as they are."""

import duckdb
import pytest

from hearwell.sources.file.sandbox import run, sandbox


@pytest.fixture
def box(tmp_path):
    (tmp_path / "in.csv").write_text("a\n1\n")
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with sandbox(tmp_path, [tmp_path / "in.csv", tmp_path / "out.parquet"]) as connection:
        yield connection


def test_the_allowed_files_can_be_read_and_written(box, tmp_path):
    box.execute(f"copy (from '{tmp_path}/in.csv') to '{tmp_path}/out.parquet'")
    assert box.execute(f"from '{tmp_path}/out.parquet'").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "from '{folder}/secret.csv'",
        "from read_text('/etc/passwd')",
        "from glob('{folder}/*')",
        "from read_csv('{folder}/*.csv')",
        "copy (select 1) to '{folder}/new.csv'",
        "attach '{folder}/new.db'",
        "install httpfs",
        "load httpfs",
        "set allowed_paths = ['/etc/passwd']",
        "set enable_external_access = true",
        "reset lock_configuration",
        "pragma temp_directory = '/tmp'",
        "from box",
        "from read_csv('https://example.com/x.csv')",
        "export database '{folder}/copy'",
    ],
)
def test_everything_else_is_refused(box, tmp_path, sql):
    with pytest.raises(duckdb.Error):
        box.execute(sql.format(folder=tmp_path))


def test_progress_is_told(box):
    told = []
    run(box, "create table t as select count(*) from range(200000000)", told.append)
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)


def test_an_interruption_ends_the_query(box):
    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(box, "create table t as select count(*) from range(100000000000)", interrupt)
