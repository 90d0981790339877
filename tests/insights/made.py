"""Rows made up in SQL, of which there may be many."""

from engine.tables import holding

from hearwell.cli.why.show import english
from hearwell.evidence.finding import Finding


def filled(lake, settings=None, **queries):
    """Return the lake whose records have the rows of these queries, and nothing else."""
    held = holding(lake, settings)
    for table, query in queries.items():
        columns = held.connection.execute(f"describe {query}").fetchall()
        names = ", ".join(f'"{column[0]}"' for column in columns)
        held.connection.execute(f'insert into temp."{table}" ({names}) {query}')
    return held


def answers(query):
    """Return the query of answered CSAT surveys, each with what the query says of it."""
    return (
        "select 'test' as source, timestamp '2026-06-01' as received_at, "
        "(row_number() over ())::varchar as survey_id, 'csat' as instrument, "
        "'answered' as status, 1 as scale_low, 5 as scale_high, *, answered_at as sent_at "
        f"from ({query})"
    )


def said(findings: list[Finding], kind: str) -> list[str]:
    return [english(each.says) for each in findings if each.kind == kind]
