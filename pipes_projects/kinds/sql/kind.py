"""What authors write for `kind: sql`, and how such a script is started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from pipes_projects.kinds.launch import Launch, driven_by, shown
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.manifest.model import ConnectionName, Model, SomeText
from pipes_projects.manifest.model.shapes import ModelShape
from pipes_projects.manifest.values.duration import Delay


class SqlOptions(Model):
    """Where a query runs, and what becomes of its result."""

    connection: ConnectionName
    """The database: one of the connections that the platform owner publishes."""

    materialized: Literal["table", "view"] | None = None
    """What a file with a single query makes, under the asset's name; by default a `table`. A file
    with other statements makes its tables itself."""

    schema_name: SomeText | None = None
    """The schema of the table or view; by default the asset's group. SQLite has none."""

    partition_by: SomeText | None = None
    """The column that says to which partition a row belongs. A run replaces the rows of its own
    partitions, and leaves all others as they are."""

    preview: Annotated[int, Field(ge=0, le=100)] | None = None
    """How many rows are shown in Dagster; by default 10. With 0, none."""

    lock_timeout: Delay | None = None
    """How long to wait for a DuckDB or SQLite file that another process is writing; by default
    `1m`."""


def launch(script: Path, options: SqlOptions, root: Path) -> Launch:
    """The driver, in the project's folder: files in URLs are relative to it."""
    words = (str(script), *_words(script, options, root))
    module = "pipes_projects.kinds.sql.driver"
    return driven_by(module, *words, cwd=str(root), connections=(options.connection,))


def _words(script: Path, options: SqlOptions, root: Path) -> Iterator[str]:
    given = {"shown": shown(script, root), **options.model_dump(exclude_none=True)}
    yield from (f"--{name}={value}" for name, value in given.items())


SQL: Final = RegisteredKind(
    "sql",
    "Runs a query in a database; it makes a table or a view of the asset's name.",
    options=ModelShape(SqlOptions),
    endings=(".sql",),
    forbidden={"can_subset": "always runs the whole file"},
    launch=launch,
    needs=("sqlalchemy", "duckdb"),
    install="pipes-projects[sql]",
    example="""\
kind: sql
sql: {connection: warehouse}
deps: []
""",
)
