"""The databases in which `kind: sql` is tested, as the suite of all kinds runs scripts in them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from pipes_projects.kinds.connections import variable_of
from tests.kinds.backends import Backend
from tests.kinds.scripts import Scripts
from tests.support.processes.scripts import command_line

URLS = {"duckdb": "duckdb:///w.duckdb", "sqlite": "sqlite:///w.db"}
"""PostgreSQL's is that of a server."""
ENDLESS = {
    "duckdb": "select count(*) as n from range(1000000000000) a, range(1000) b",
    "sqlite": (
        "with recursive r(n) as (select 1 union all select n + 1 from r) select max(n) as n from r"
    ),
    "postgres": "select 1 as n from pg_sleep(60)",
}
_SCHEMA = "create schema if not exists g;"
_TOLD = """\
SCHEMA
create table g.one as
select {params.n} as n, {params.word} as extra, {partition.key} as partition,
  cast({partition.start} as varchar(30)) as start;
create table g.two as select 7 as version;
"""
_AT_MOST_THREE = """\
SCHEMA
drop table if exists g.one;
create table g.one as select {params.n} as n;

drop table if exists g.two;
create table g.two (n int check (n <= 3));
insert into g.two values ({params.n});
"""


def scripts(database: str) -> Scripts:
    """Those of the suite, for a database."""
    return Scripts(
        told=_in(database, _TOLD),
        endless=ENDLESS[database],
        fails_with_secret='select nope as "no SECRET"',
        at_most_three=_in(database, _AT_MOST_THREE),
    )


def _in(database: str, statements: str) -> str:
    if database == "sqlite":
        return statements.replace("SCHEMA", "").replace("g.", "")
    return statements.replace("SCHEMA", _SCHEMA)


@dataclass(frozen=True)
class Sql(Backend):
    """The script is a file of statements."""

    root: Path = Path()
    """The project's folder."""

    def reported(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """See `Backend`: the first row of its table."""
        preview = metadata["preview"]
        if isinstance(preview, Mapping):
            return dict(preview["records"][0])
        return dict(preview.records[0].data)

    def marked(self, _: str, __: str) -> dict[str, Any]:
        """See `Backend`: statements have no variables."""
        return {}

    def at_work(self, _: str) -> list[str]:
        """See `Backend`: processes with the script, and statements."""
        script = str(self.root / self.path)
        drivers = [line for line in map(command_line, psutil.process_iter()) if script in line]
        return [*drivers, *self.left()]

    def goes_on(self, _: Iterable[str]) -> bool:
        """See `Backend`."""
        until = time.monotonic() + 60
        while not self.at_work("") and time.monotonic() < until:
            time.sleep(0.1)
        return bool(self.at_work(""))


@dataclass(frozen=True)
class Postgres(Sql):
    """They run in the server's processes."""

    def left(self) -> list[str]:
        """See `Backend`."""
        asked = "select query from pg_stat_activity where query like '%pg_sleep(60)%'"
        with psycopg.connect(str(self.connections["warehouse"])) as connection:
            found = connection.execute(
                f"{asked} and state = 'active' and pid <> pg_backend_pid()"
            ).fetchall()
        return [str(query) for (query,) in found]


def of(database: str, url: str, root: Path) -> Sql:
    """A database whose connection is published."""
    made = Postgres if database == "postgres" else Sql
    return made(
        "sql",
        {"connection": "warehouse"},
        environment={variable_of("warehouse"): url},
        connections={"warehouse": url},
        ending=".sql",
        scripts=scripts(database),
        is_program=False,
        takes_arguments=False,
        takes_variables=False,
        starts_within=5,
        processes=1,
        root=root,
    )
