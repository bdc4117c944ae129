"""`python -m pipes_projects.kinds.sql.driver SCRIPT …`: the process of a script.

Statements run in a thread of their own, so that a signal can cancel the one in progress.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from dagster_pipes import (
    PipesContextData,
    PipesDefaultContextLoader,
    PipesEnvVarParamsLoader,
    PipesParamsLoader,
    open_dagster_pipes,
)

from pipes_projects.kinds.connections import connection
from pipes_projects.kinds.sql import failures
from pipes_projects.kinds.sql.databases.database import CannotConnectError, Database, Table
from pipes_projects.kinds.sql.making import Maker, QueryResult, StatementError
from pipes_projects.kinds.sql.reading.statements import BadSqlError, Statement, statements
from pipes_projects.kinds.sql.reading.transactions import refuse_what_is_not_kept, without_result
from pipes_projects.kinds.sql.report import metadata
from pipes_projects.kinds.sql.told import told

_PATIENCE, _PREVIEW = 60.0, 10


def main(script: str, *words: str) -> None:
    """Run a script, and report what it made; the words are options, as `--name=value`."""
    options = dict(word.removeprefix("--").split("=", 1) for word in words)
    text = _text_of(script, options["shown"])
    loader: PipesParamsLoader = PipesEnvVarParamsLoader()  # type: ignore[no-untyped-call]
    with PipesDefaultContextLoader().load_context(loader.load_context_params()) as data:
        run = _Run(data, text, options)
        run.carry_out()
    if run.failure:
        raise SystemExit(run.failure)
    with open_dagster_pipes() as pipes:  # not before: what has failed has nothing to report
        if run.warning:
            pipes.log.warning(run.warning)
        for key, found in run.reports.items():
            pipes.report_asset_materialization(metadata=found, asset_key=key)


def _text_of(script: str, shown: str) -> str:
    try:
        return Path(script).read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SystemExit(f"{shown}:{line}: this is not UTF-8: save the file as such") from None


class _Run:
    def __init__(self, data: PipesContextData, text: str, options: dict[str, str]) -> None:
        self.data, self.text, self.options = data, text, options
        self.keys: Sequence[str] = data["asset_keys"] or ()
        self.database: Database | None = None
        self.reports: dict[str, dict[str, Any]] = {}
        self.warning = ""
        self.failure = ""
        self.is_cancelled = False
        self.is_whole = True
        """Whether everything is one transaction."""

    def carry_out(self) -> None:
        """Do everything in a thread; afterwards there are reports, or a failure."""
        worker = Thread(target=self._safely, daemon=True)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._cancel)
        worker.start()
        while worker.is_alive():
            worker.join(1)

    def _cancel(self, *_: object) -> None:
        self.is_cancelled = True
        if self.database is None:
            raise SystemExit("cancelled before anything was run")
        with suppress(Exception):
            self.database.cancel()

    def _safely(self) -> None:
        shown = self.options["shown"]
        try:
            self._run()
        except (StatementError, BadSqlError) as error:
            self.failure = failures.told(error, shown, self.text)
        except CannotConnectError as error:
            name = self.options["connection"]
            self.failure = f"{shown}: connection `{name}` cannot be opened: {error}"
        except Exception as error:
            self.failure = f"{shown}: {str(getattr(error, 'orig', None) or error).strip()}"
        if self.is_cancelled:
            changed = "nothing changed" if self.is_whole else "what was committed before it is kept"
            self.failure = f"{shown}: the statement in progress was cancelled, and {changed}"

    def _run(self) -> None:
        found = statements(self.text)
        if not found:
            raise BadSqlError(1, "there is no statement in this file")
        refuse_what_is_not_kept(found)
        wanted = self._wanted(found)
        self.database = database = _opened(self.options)
        try:
            self._make(found, wanted, database)
        finally:
            database.close()

    def _make(self, found: list[Statement], wanted: QueryResult | None, database: Database) -> None:
        maker, rows = Maker(database, told(dict(self.data))), None
        self.is_whole = not any(statement.is_of_transactions for statement in found)
        if self.is_whole:
            database.run(database.begin)
        if wanted is None:
            maker.run_all(found)
        else:
            rows = maker.make(found[0], wanted._replace(table=self._table(database)))
        self._report(database, rows)
        if wanted is None and not any(self.reports.values()):
            self.warning = without_result(found, self.options["shown"])
        if self.is_whole:
            database.run("commit")

    def _wanted(self, found: list[Statement]) -> QueryResult | None:
        """What a single query makes; None for a file that says it all."""
        materialized, by = self.options.get("materialized"), self.options.get("partition_by")
        if len(found) == 1 and found[0].is_query:
            if len(self.keys) > 1:
                raise BadSqlError(
                    found[0].line,
                    "a query makes one table, and the manifest has several assets: write"
                    " statements that make them, such as `create or replace table`",
                )
            return QueryResult(Table(None, ""), materialized or "table", by)
        for name, value in (("materialized", materialized), ("partition_by", by)):
            if value:
                what = f"`{name}` is for a file with nothing but one query"
                raise BadSqlError(found[0].line, f"{what}: this one makes its tables itself")
        return None

    def _table(self, database: Database, key: str = "") -> Table:
        *groups, name = (key or self.keys[0]).split("/")
        schema = self.options.get("schema_name") or (groups[-1] if groups else None)
        return Table(schema if database.has_schemas else None, name)

    def _report(self, database: Database, rows: int | None) -> None:
        preview = int(self.options.get("preview", _PREVIEW))
        for key in self.keys:
            found = metadata(database, self._table(database, key), preview)
            if rows is not None:
                found["dagster/partition_row_count"] = {"raw_value": rows, "type": "int"}
            self.reports[key] = found


def _opened(options: dict[str, str]) -> Database:
    url, timeout = connection(options["connection"]), float(options.get("lock_timeout", _PATIENCE))
    if not isinstance(url, str):
        raise CannotConnectError("its value is not text: `kind: sql` takes the URL of a database")
    if url.startswith("duckdb:"):
        from pipes_projects.kinds.sql.databases.duckdb_file import DuckDbFile

        return DuckDbFile(url, timeout)
    from pipes_projects.kinds.sql.databases.engine import Engine

    return Engine(url, timeout)


if __name__ == "__main__":
    main(*sys.argv[1:])
