"""A DuckDB database, opened with its own package: SQLAlchemy takes longer to import than this."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import duckdb

from pipes_projects.kinds.sql.databases.database import CannotConnectError, Table, TableColumn

_PAUSE = 0.1
_SEARCH = (  # the information schema takes ten times as long
    "select '{0}' from duckdb_{0}s() where database_name = current_database()"
    " and lower(schema_name) = lower($schema) and lower({0}_name) = lower($name)"
)


class DuckDbFile:
    """A `Database`."""

    begin = "begin"
    has_schemas = True

    def __init__(self, url: str, timeout: float) -> None:
        path, config = _path_and_config(url)
        self.connection = _opened(path, config, timeout)

    def run(self, sql: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """See `Database`."""
        done = self.connection.execute(sql, dict(values) if values else None)
        return done.fetchall() if done.description else []

    def escaped(self, sql: str) -> str:
        """See `Database`."""
        return sql

    def mark(self, name: str) -> str:
        """See `Database`."""
        return f"${name}"

    def value(self, value: Any) -> Any:
        """See `Database`."""
        return value

    def named(self, table: Table) -> str:
        """See `Database`."""
        return ".".join(self.quoted(part) for part in table if part is not None)

    def quoted(self, name: str) -> str:
        """See `Database`."""
        return '"' + name.replace('"', '""') + '"'

    def has_schema(self, name: str) -> bool:
        """See `Database`."""
        sql = "select 1 from duckdb_schemas() where schema_name = $name"
        return bool(self.run(sql, {"name": name}))

    def kind_of(self, table: Table) -> str | None:
        """See `Database`."""
        found = self.run(
            " union all ".join(map(_SEARCH.format, ("table", "view"))), table._asdict()
        )
        return str(found[0][0]) if found else None

    def columns(self, table: Table) -> list[TableColumn]:
        """See `Database`."""
        rows = self.run(f"describe select * from {self.named(table)}")
        return [TableColumn(name, type_) for name, type_, *_ in rows]

    def replaces_tables(self) -> bool:
        """See `Database`."""
        return True

    def cancel(self) -> None:
        """See `Database`."""
        self.connection.interrupt()

    def close(self) -> None:
        """See `Database`."""
        self.connection.close()


def _path_and_config(url: str) -> tuple[str, dict[str, Any]]:
    """`duckdb:///file.duckdb` is relative, `duckdb:////file.duckdb` absolute."""
    parts = urlsplit(url)
    if parts.netloc:
        raise CannotConnectError(
            "a DuckDB URL has three slashes before a relative path, as in"
            " `duckdb:///warehouse.duckdb`, and four before an absolute one"
        )
    return unquote(parts.path[1:]) or ":memory:", dict(parse_qsl(parts.query))


def _opened(path: str, config: dict[str, Any], timeout: float) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + timeout
    read_only = config.pop("read_only", "false").lower() in ("1", "true")
    while True:
        try:
            return duckdb.connect(path, read_only=read_only, config=config)
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise _refused(error) from None
            if time.monotonic() >= deadline:
                raise CannotConnectError(_in_use(path, str(error))) from None
        except duckdb.Error as error:
            raise _refused(error) from None
        time.sleep(_PAUSE)


def _refused(error: Exception) -> CannotConnectError:
    told = str(error).splitlines()[0].rstrip(".")
    return CannotConnectError(f"{told}; check the path and the settings in the connection")


def _in_use(path: str, message: str) -> str:
    by = re.search(r"PID (\d+)", message)
    who = f"process {by[1]}" if by else "another process"
    return (
        f"`{path}` is being written by {who}, and DuckDB lets only one process do that: close the"
        " other one, give scripts that use the file the same `pool`, or let them wait longer, by"
        " `lock_timeout`"
    )
