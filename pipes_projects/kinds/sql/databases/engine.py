"""Any other database, opened by SQLAlchemy: PostgreSQL, SQLite, and whatever has a dialect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from pipes_projects.kinds.sql.databases.database import CannotConnectError, Table, TableColumn

_PATIENCE = 10
"""Seconds after which a server that does not answer is given up."""
_HELP = {
    True: "check the path in the connection, and that its folder exists",
    False: "check the connection, and whether the server can be reached from here",
}
"""What to do about a database that cannot be opened, by whether it is a file."""


class Engine:
    """A `Database`."""

    def __init__(self, url: str, timeout: float) -> None:
        engine = _engine(url, timeout)
        self.name = engine.dialect.name
        self.has_schemas = self.name != "sqlite"
        self.begin = "begin immediate" if self.name == "sqlite" else "begin"
        self.connection = _opened(engine)

    def run(self, sql: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """See `Database`."""
        done = self.connection.execute(sa.text(sql), dict(values or {}))
        return [tuple(row) for row in done] if done.returns_rows else []

    def escaped(self, sql: str) -> str:
        """See `Database`."""
        return sql.replace(":", "\\:")

    def mark(self, name: str) -> str:
        """See `Database`."""
        return f":{name}"

    def value(self, value: Any) -> Any:
        """See `Database`."""
        if self.name == "sqlite" and isinstance(value, date):
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        return value

    def named(self, table: Table) -> str:
        """See `Database`."""
        return ".".join(self.quoted(part) for part in table if part is not None)

    def quoted(self, name: str) -> str:
        """See `Database`."""
        quoted: str = self.connection.dialect.identifier_preparer.quote_identifier(name)
        return self.escaped(quoted)

    def has_schema(self, name: str) -> bool:
        """See `Database`."""
        return name in sa.inspect(self.connection).get_schema_names()

    def kind_of(self, table: Table) -> str | None:
        """See `Database`."""
        inspector = sa.inspect(self.connection)
        if table.name in inspector.get_view_names(table.schema):
            return "view"
        return "table" if inspector.has_table(table.name, table.schema) else None

    def columns(self, table: Table) -> list[TableColumn]:
        """See `Database`."""
        found = sa.inspect(self.connection).get_columns(table.name, table.schema)
        return [TableColumn(column["name"], _type(column["type"])) for column in found]

    def replaces_tables(self) -> bool:
        """See `Database`."""
        return False

    def cancel(self) -> None:
        """See `Database`."""
        driver: Any = self.connection.connection.driver_connection
        for method in ("interrupt", "cancel_safe", "cancel"):
            if hasattr(driver, method):
                getattr(driver, method)()
                return

    def close(self) -> None:
        """See `Database`."""
        self.connection.close()
        self.connection.engine.dispose()


def _type(type_: Any) -> str:
    name = str(type_)
    return "" if name == "NULL" else name


def _engine(text: str, timeout: float) -> sa.Engine:
    url = _url(text)
    arguments: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        arguments = {"timeout": timeout, "check_same_thread": False}
    elif url.get_driver_name() == "psycopg":
        from psycopg import ClientCursor  # statements that make tables take no values otherwise

        arguments = {"cursor_factory": ClientCursor}
        if "connect_timeout" not in url.query:
            arguments["connect_timeout"] = _PATIENCE
    try:
        return sa.create_engine(url, connect_args=arguments, isolation_level="AUTOCOMMIT")
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise _missing(url, error) from None


def _url(text: str) -> URL:
    try:
        url = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", text))
        url.get_driver_name()
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise _missing(url, error) from None
    except ArgumentError:
        raise CannotConnectError(
            "its value is not the URL of a database, such as `postgresql://user@host/database`"
        ) from None
    if url.get_driver_name() == "psycopg":
        try:
            import psycopg  # noqa: F401 - SQLAlchemy would say less about it
        except ImportError as error:
            raise _missing(url, error) from None
    return url


def _missing(url: URL, error: Exception) -> CannotConnectError:
    backend = url.get_backend_name()
    if backend == "postgresql":
        help_ = "`psycopg`, not installed here: run `pip install 'pipes-projects[sql-postgres]'`"
        return CannotConnectError(f"PostgreSQL needs {help_}")
    help_ = "install a driver for it where scripts run, or name one that is installed in the URL"
    return CannotConnectError(
        f"nothing is installed here that opens `{backend}://` ({error}): {help_}"
    )


def _opened(engine: sa.Engine) -> sa.Connection:
    try:
        return engine.connect()
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).strip().splitlines()
        told = (why[0] if why else type(error).__name__).rstrip(".")
        raise CannotConnectError(f"{told}; {_HELP[engine.dialect.name == 'sqlite']}") from None
