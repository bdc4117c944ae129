"""What the driver needs of a database, whichever it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol


class Table(NamedTuple):
    """A table or a view, by its name."""

    schema: str | None
    """None where the database has no schemas."""
    name: str


class TableColumn(NamedTuple):
    """A column, with the type that the database gives it."""

    name: str
    type: str


class CannotConnectError(Exception):
    """A connection that cannot be opened: why, and what to do."""


class Database(Protocol):
    """An open connection, on which every statement counts at once, unless one has begun a
    transaction."""

    begin: str
    """The statement that begins a transaction which may write."""
    has_schemas: bool

    def run(self, sql: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement with values bound to its marks; the rows, if there are any."""
        ...

    def escaped(self, sql: str) -> str:
        """SQL as it is to be written beside marks."""
        ...

    def mark(self, name: str) -> str:
        """What stands for a value in a statement."""
        ...

    def value(self, value: Any) -> Any:
        """A value as the database's driver takes it."""
        ...

    def named(self, table: Table) -> str:
        """A table's name, in quotes."""
        ...

    def quoted(self, name: str) -> str:
        """The name of a column or a schema, in quotes."""
        ...

    def has_schema(self, name: str) -> bool:
        """Whether there is a schema of that name."""
        ...

    def kind_of(self, table: Table) -> str | None:
        """`table` or `view`; None if there is neither."""
        ...

    def columns(self, table: Table) -> list[TableColumn]:
        """The columns of a table or view."""
        ...

    def replaces_tables(self) -> bool:
        """Whether `create or replace table` is one step, in which the old one can be read."""
        ...

    def cancel(self) -> None:
        """End the statement in progress; called from another thread."""
        ...

    def close(self) -> None:
        """Close it; what is not committed is undone."""
        ...
