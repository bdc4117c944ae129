"""`kind: sqlite`: a script is a query, which makes the tables of its assets.

Imported by `pipes-projects check` too, so it imports nothing that takes time: no Dagster.
"""

import sys
from pathlib import Path

from pipes_projects.kinds import Launch, Model, ModelShape, RegisteredKind, RelativePath


class SqliteOptions(Model):
    """Where a query runs."""

    database: RelativePath
    """The database, relative to this file; it is made if it is not there."""


def launch(script: Path, options: SqliteOptions, root: Path) -> Launch:
    """The process that runs a query: this package's `__main__`."""
    program = (sys.executable, "-m", "pipes_sqlite")
    return Launch((*program, str(root / options.database), str(script)), cwd=str(root))


KIND = RegisteredKind(
    "sqlite",
    "Runs a query in a SQLite database; it makes a table for each of its assets.",
    options=ModelShape(SqliteOptions),
    endings=(".sql",),
    forbidden={"can_subset": "always runs the whole query"},
    launch=launch,
)
