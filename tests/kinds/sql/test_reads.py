"""What a file reads, in the dialects that sqlglot calls otherwise than URLs do."""

import pytest
from sqlglot.dialects import Dialect

from pipes_projects.kinds.sql.reading.reads import DIALECTS, reads


@pytest.mark.parametrize("name", DIALECTS.values())
def test_each_dialect_is_known_to_sqlglot(name: str) -> None:
    assert Dialect.get(name) is not None


@pytest.mark.parametrize(
    ("database", "query"),
    [
        ("mssql", "select top 10 id into #days from raw.orders; select id from #days"),
        ("cockroachdb", "select id from raw.orders where day @> '2026-01-01'::date"),
        ("snowflake", "use warehouse small; select id from raw.orders"),
        ("mysql", "delete marts.days from marts.days join raw.orders on true"),
    ],
)
def test_only_what_is_read_is_found(database: str, query: str) -> None:
    found = reads(query, database)
    assert found is not None
    assert [query[read.start : read.end] for read in found.tables] == ["raw.orders"]
    assert found.unclear == frozenset()
