"""What the statements of a file make, in one transaction: a table, a view, or what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pipes_projects.kinds.sql.databases.database import Database, Table, TableColumn
from pipes_projects.kinds.sql.reading.statements import BadSqlError, Statement
from pipes_projects.kinds.sql.told import RunTold

NEW: Final = Table(None, "pipes_projects_new")
"""The temporary table with the result of a query."""
_TEXTS: Final = ("char", "text", "string", "clob")


class QueryResult(NamedTuple):
    """What a manifest says about the result of a query."""

    table: Table
    materialized: str
    """`table` or `view`."""
    partition_by: str | None


class StatementError(Exception):
    """The database has refused a statement."""

    def __init__(self, statement: Statement, lines_before: int, error: Exception) -> None:
        super().__init__(str(error))
        self.statement = statement
        self.lines_before = lines_before
        """How many lines were put before its own."""
        self.error = error


@dataclass
class Maker:
    """Runs statements, with the values that they ask for."""

    database: Database
    told: RunTold

    def run_all(self, statements: Iterable[Statement]) -> None:
        """A file that says it all."""
        for statement in statements:
            self.run(statement)

    def make(self, query: Statement, wanted: QueryResult) -> int | None:
        """Make a table or a view of a query; for partitions, returns how many rows they have."""
        if wanted.table.schema is not None:
            self._make_schema(wanted.table.schema)
        if wanted.materialized == "view":
            self._view(query, wanted)
        elif self.told.keys is not None:
            return self._partitions(query, wanted)
        else:
            self._table(query, wanted.table)
        return None

    def _make_schema(self, name: str) -> None:
        """Asking first, as whoever may not make schemas may still use them."""
        if not self.database.has_schema(name):
            self.database.run(f"create schema if not exists {self.database.quoted(name)}")

    def run(self, statement: Statement, before: str = "") -> list[tuple[Any, ...]]:
        """Run a statement, after some words in lines of their own."""
        sql, values = self.bound(statement)
        try:
            return self.database.run(f"{before}\n{sql}" if before else sql, values)
        except (BadSqlError, MemoryError):
            raise
        except Exception as error:
            raise StatementError(statement, int(bool(before)), error) from error

    def bound(self, statement: Statement) -> tuple[str, dict[str, Any]]:
        """A statement with marks, and the values for them; a list has a mark for each item."""
        parts, values, at = list[str](), dict[str, Any](), 0
        for asked in statement.values:
            parts.append(self.database.escaped(statement.text[at : asked.start]))
            parts.append(self._marks(self.told.value(asked), values))
            at = asked.end
        return "".join([*parts, self.database.escaped(statement.text[at:])]), values

    def _marks(self, value: Any, values: dict[str, Any]) -> str:
        if isinstance(value, list):
            return f"({', '.join(self._marks(item, values) for item in value) or 'null'})"
        name = f"p{len(values)}"
        values[name] = self.database.value(value)
        return self.database.mark(name)

    def _view(self, query: Statement, wanted: QueryResult) -> None:
        if query.values:
            asked = query.values[0]
            raise BadSqlError(
                asked.line,
                f"a view cannot keep the value of `{asked.what}.{asked.name}`: remove"
                " `materialized: view`, or the value",
            )
        name, kind = self.database.named(wanted.table), self.database.kind_of(wanted.table)
        replace = self.database.has_schemas and kind != "table"
        if kind is not None and not replace:
            self.database.run(f"drop {kind} {name}")
        self.run(query, f"create {'or replace ' if replace else ''}view {name} as")

    def _table(self, query: Statement, table: Table) -> None:
        kind, name = self.database.kind_of(table), self.database.named(table)
        if self.database.replaces_tables() and kind != "view":
            self.run(query, f"create or replace table {name} as")
            return
        columns = self._new(query)
        if kind == "table" and columns == self.database.columns(table):  # views of it stay valid
            self.database.run(f"delete from {name}")
            self._insert(name, columns)
        else:
            if kind is not None:
                self.database.run(f"drop {kind} {name}")
            self.database.run(f"create table {name} as select * from {self._name_of_new}")
        self.database.run(f"drop table {self._name_of_new}")

    def _partitions(self, query: Statement, wanted: QueryResult) -> int:
        column, table = wanted.partition_by, wanted.table
        if column is None:
            raise BadSqlError(
                query.line,
                "the script has partitions, and a run replaces only its own: say which column"
                " tells them apart, as in `sql: {partition_by: day}`",
            )
        columns = self._new(query)
        named = {other.name.lower(): other for other in columns}.get(column.lower())
        if named is None:
            raise BadSqlError(query.line, f"the query has no column `{column}` to partition by")
        rule, values = self._of_these_partitions(named)
        new, name = self._name_of_new, self.database.named(table)
        ((outside, rows),) = self.database.run(
            f"select count(*) - count(case when {rule} then 1 end), count(*) from {new}", values
        )
        if outside:
            raise BadSqlError(query.line, _outside(outside, named.name, self.told))
        kind = self.database.kind_of(table)
        if kind == "view":
            self.database.run(f"drop view {name}")
        if kind == "table":
            _refuse_other_columns(query, columns, self.database.columns(table))
            self.database.run(f"delete from {name} where {rule}", values)
            self._insert(name, columns)
        else:
            self.database.run(f"create table {name} as select * from {new}")
        self.database.run(f"drop table {new}")
        return int(rows)

    def _new(self, query: Statement) -> list[TableColumn]:
        """The result of a query, in a temporary table."""
        self.run(query, f"create temporary table {self._name_of_new} as")
        return self.database.columns(NEW)

    @property
    def _name_of_new(self) -> str:
        return self.database.named(NEW)

    def _insert(self, name: str, columns: list[TableColumn]) -> None:
        listed = ", ".join(self.database.quoted(column.name) for column in columns)
        new = self._name_of_new
        self.database.run(f"insert into {name} ({listed}) select {listed} from {new}")

    def _of_these_partitions(self, column: TableColumn) -> tuple[str, Mapping[str, Any]]:
        """The condition that a row is of one of the run's partitions."""
        quoted, values = self.database.quoted(column.name), dict[str, Any]()
        is_text = any(word in column.type.lower() for word in _TEXTS)
        if self.told.window is None or (is_text and self.database.has_schemas):
            return f"{quoted} in {self._marks([*(self.told.keys or ())], values)}", values
        start, end = self.told.window
        first, last = self._marks(start, values), self._marks(end, values)
        return f"{quoted} >= {first} and {quoted} < {last}", values


def _outside(number: int, column: str, told: RunTold) -> str:
    rows = "one row is" if number == 1 else f"{number} rows are"
    keys = told.keys or ("",)
    which = keys[0] if len(keys) == 1 else f"{keys[0]}...{keys[-1]}"
    return (
        f"{rows} outside of partition `{which}`, going by column `{column}`: let the query select"
        " only its own, such as with `{partition.start}` and `{partition.end}`"
    )


def _refuse_other_columns(query: Statement, new: list[TableColumn], old: list[TableColumn]) -> None:
    before, after = {column.name for column in old}, {column.name for column in new}
    if before != after:
        added = [f"`{name}` is new" for name in sorted(after - before)]
        gone = [f"`{name}` is gone" for name in sorted(before - after)]
        raise BadSqlError(
            query.line,
            f"the columns are not those of the other partitions: {', '.join([*added, *gone])};"
            " alter the table, or drop it and make all partitions again",
        )
