"""`kind: sql` on real databases: DuckDB, SQLite and PostgreSQL."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg
import duckdb
import psycopg
import pytest
import sqlalchemy as sa

from pipes_projects import PipesProject
from pipes_projects.kinds.connections import variable_of
from pipes_projects.kinds.sql.reading.statements import statements
from pipes_projects.kinds.sql.reading.transactions import refuse_what_is_not_kept, without_result
from tests.kinds.sql.backends import ENDLESS, URLS
from tests.kinds.test_every_kind import SECRET
from tests.support.command import run
from tests.support.dagster.running import ROOT, execute, stored
from tests.support.folder import Folder
from tests.support.in_process import call
from tests.support.servers.postgres import PASSWORD

CONTRACT = {
    "version": 1,
    "kinds": {"subprocess": {}, "external": {}, "sql": {}},
    "asset_keys": [],
    "partitions_defs": {
        "daily": {
            "type": "time_window",
            "windows": {
                "cron_schedule": "0 0 * * *",
                "format": "%Y-%m-%d",
                "start": "2026-01-01T00:00:00+00:00",
            },
        },
        "regions": {"type": "static", "keys": ["eu", "us", "o'hara"]},
    },
    "connections": {"warehouse": {}},
}
DAYS = """\
select day, region, n from (
  select '2026-01-01' as day, 'eu' as region, 1 as n
  union all select '2026-01-02', 'us', 2
  union all select '2026-01-03', 'o''hara', 3
) as days
"""
MAKE = "create table marts.daily as select 1 as a;\n"
DROP = "drop table marts.daily;\nrollback"


class Place(NamedTuple):
    """A project with a database, and how to look into it."""

    folder: Folder
    name: str
    rows: Callable[[str], list[tuple[Any, ...]]]

    def asset(self, name: str, query: str, manifest: str = "") -> None:
        self.folder.write(f"defs/{name}.yaml", manifest)
        self.folder.write(f"defs/{name}.sql", query)

    def table(self, name: str) -> str:
        """A table, as a query names it."""
        return name.replace("/", ".") if self.name != "sqlite" else name.rpartition("/")[2]

    def run(self, selection: str = "*", *arguments: str) -> dict[str, dict[str, Any]]:
        """What became of each asset, in a run without Dagster."""
        answer = call(
            "run", selection, *arguments, "--format", "json", "--jobs", "1", cwd=self.folder.root
        )
        assert answer.code in (0, 1), answer.err.decode()
        assets = json.loads(answer.out)["assets"]
        return {asset["asset"]: asset for asset in assets}

    def made(self, *arguments: str) -> dict[str, Any]:
        """The metadata of the only asset, which must be made."""
        (asset,) = self.run("*", *arguments).values()
        assert asset["result"] == "made", asset["why"]
        return {name: value["value"] for name, value in asset["metadata"].items()}

    def failed(self, *arguments: str) -> str:
        """Why the only asset could not be made."""
        (asset,) = self.run("*", *arguments).values()
        assert asset["result"] == "failed"
        first, _, rest = str(asset["why"]).partition("\n")
        assert first.startswith("defs/"), first
        return rest or first


def place(folder: Folder, name: str, url: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    text = json.dumps({"x-pipes-projects": CONTRACT})
    folder.write("schemas/manifest.schema.json", text)
    folder.write("defs/_defaults.yaml", "kind: sql\nsql: {connection: warehouse}\n")
    monkeypatch.setenv(variable_of("warehouse"), url)

    def rows(query: str) -> list[tuple[Any, ...]]:
        if name == "duckdb":
            with duckdb.connect(str(folder.root / "w.duckdb")) as connection:
                return connection.execute(query).fetchall()
        path = f"sqlite:///{folder.root / 'w.db'}"
        engine = sa.create_engine(path if name == "sqlite" else _with_driver(url))
        with engine.begin() as connection:
            done = connection.execute(sa.text(query))
            found = [tuple(row) for row in done] if done.returns_rows else []
        engine.dispose()
        return found

    return Place(folder, name, rows)


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(params=["duckdb", "sqlite", "postgres"])
def anywhere(
    request: pytest.FixtureRequest, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """Each of the databases, empty."""
    name = request.param
    url = URLS.get(name) or request.getfixturevalue("server")
    yield place(folder, name, url, monkeypatch)
    if name == "postgres":
        with psycopg.connect(url) as connection:
            connection.execute("drop schema if exists marts cascade")


@pytest.fixture
def on_duckdb(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Place:
    return place(folder, "duckdb", URLS["duckdb"], monkeypatch)


def test_a_query_makes_a_table_with_values_bound_and_is_shown(anywhere: Place) -> None:
    params = """params: {least: 2, names: [a, "b'; drop table x; --"], note: "100% :here ?"}\n"""
    query = "-- {params.nothing}\nselect 1 as id, 'x:y' as name, {params.note} as note\n"
    query += "where 5 > {params.least} and 'a' in {params.names} and '?' <> '%s';\n"
    anywhere.asset("marts/daily", query, params)
    shown = anywhere.made()
    assert anywhere.rows(f"select * from {anywhere.table('marts/daily')}") == [
        (1, "x:y", "100% :here ?")
    ]
    assert shown["dagster/row_count"] == 1
    names = [column["name"] for column in shown["dagster/column_schema"]]
    assert names == ["id", "name", "note"]
    assert shown["preview"]["records"] == [{"id": 1, "name": "x:y", "note": "100% :here ?"}]


def test_it_is_replaced_whole_whatever_was_there(anywhere: Place) -> None:
    table = anywhere.table("marts/daily")
    for query, manifest, expected in (
        ("select 1 as a", "", [(1,)]),
        ("select 2 as a", "", [(2,)]),
        ("select 'x' as b, 3 as c", "", [("x", 3)]),
        ("select 4 as d", "sql: {materialized: view}", [(4,)]),
        ("select 5 as d", "sql: {materialized: view}", [(5,)]),
        ("select 6 as e", "sql: {preview: 0}", [(6,)]),
    ):
        anywhere.asset("marts/daily", query, manifest)
        shown = anywhere.made()
        assert anywhere.rows(f"select * from {table}") == expected
        assert ("dagster/row_count" in shown) == ("view}" not in manifest)
        assert ("preview" in shown) == ("preview: 0" not in manifest)


def test_a_query_may_read_what_it_replaces_and_views_of_that_stay(anywhere: Place) -> None:
    table, view = anywhere.table("marts/daily"), anywhere.table("marts/seen")
    anywhere.asset("marts/daily", "select 1 as a")
    anywhere.made()
    anywhere.rows(f"create view {view} as select a from {table}")
    anywhere.asset("marts/daily", f"select a from {table} union all select 2")
    anywhere.made()
    assert anywhere.rows(f"select a from {view} order by a") == [(1,), (2,)]


def test_a_file_of_statements_says_it_all_and_is_one_transaction(anywhere: Place) -> None:
    one, two = (anywhere.table(name) for name in ("marts/one", "marts/two"))
    first = "" if anywhere.name == "sqlite" else "create schema if not exists marts;\n"
    query = f"{first}create table {one} as select 1 as a;\n/* ; */ create table {two} (b int);\n"
    manifest = "assets: {one: {}, two: {}}\n"
    anywhere.asset("marts/both", f"{query}insert into {two} select nope;", manifest)
    made = anywhere.run()
    line = 3 if anywhere.name == "sqlite" else 4
    assert f"\ndefs/marts/both.sql:{line}: " in made["marts/one"]["why"]
    assert "\n    insert into" in made["marts/one"]["why"]
    anywhere.asset("marts/both", f"{query}insert into {two} values (7), (8);", manifest)
    made = anywhere.run()  # the first run has left no table
    counts = {key: asset["rows"] for key, asset in made.items()}
    assert counts == {"marts/one": 1, "marts/two": 2}


def test_a_file_may_have_transactions_of_its_own(on_duckdb: Place) -> None:
    text = "begin; create table scrap as select 1; rollback; create schema marts; begin;\n"
    on_duckdb.asset("marts/daily", f"{text}{MAKE}end; -- begin\nselect 'begin'")
    on_duckdb.made()
    assert on_duckdb.rows("select a from marts.daily") == [(1,)]


@pytest.mark.parametrize(
    "query",
    [
        "begin; create table a (b int); commit; rollback;",
        "rollback; begin; create table a (b int); commit;",
        "create table a (b int); commit; rollback; rollback;",
        "begin; create table a (b int); commit and chain; rollback;",
        "begin; drop table a; rollback; rollback; create table a (b int)",
    ],
)
def test_a_rollback_to_be_sure_is_no_fault(query: str) -> None:
    refuse_what_is_not_kept(statements(query))


@pytest.mark.parametrize(
    ("query", "warning"),
    [
        (
            "begin;\nselect 1 as a;\ncommit;",
            "2: the rows of this query are not kept, as the file has other statements:"
            " leave out `begin` and `commit`, and its result becomes the table",
        ),
        (
            "select 1 as a;\nvacuum;",
            "1: the rows of this query are not kept, as the file has other statements:"
            " leave out `vacuum`, and its result becomes the table",
        ),
        (
            "select 1 as a;\nselect 2 as a;",
            "1: the rows of these queries are not kept: leave only one of them, and its result"
            " becomes the table",
        ),
        ("create temporary table b as select 1 as a;\nselect a from b;", ""),
    ],
)
def test_queries_whose_rows_go_nowhere_are_a_warning(
    anywhere: Place, query: str, warning: str
) -> None:
    anywhere.asset("marts/daily", query)
    done = run("run", "*", cwd=anywhere.folder.root)
    assert done.returncode == 0
    told = (line for line in done.stderr.splitlines() if " kept" in line)
    assert [line.partition("daily.sql:")[2] for line in told] == ([warning] if warning else [])


@pytest.mark.parametrize(
    "query",
    [
        "select a into daily from b; select a into weekly from c;",
        "select refresh_days(); select refresh_weeks()",
        "begin; select setval('days', 1); commit",
        "with new as (insert into a values (1) returning b) select b from new; select 1",
    ],
)
def test_nothing_is_said_of_queries_that_may_do_more_than_ask(query: str) -> None:
    assert without_result(statements(query), "daily.sql") == ""


@pytest.mark.parametrize(
    "query", ["select count(*) from a; select 2", "select a -- into b\nfrom c; select (1)"]
)
def test_queries_that_only_ask_are_known_as_such(query: str) -> None:
    assert "rows of these queries are not kept" in without_result(statements(query), "daily.sql")


def test_a_run_replaces_the_rows_of_its_own_partitions(anywhere: Place) -> None:
    table = anywhere.table("marts/daily")
    where = "where day >= {partition.start} and day < {partition.end}"
    if anywhere.name == "sqlite":
        query = DAYS + where
    else:
        query = (
            f"select * from (select day::date as day, region, n from ({DAYS}) as d) as e {where}"
        )
    manifest = "partitions_def: daily\nsql: {partition_by: day}\n"
    anywhere.asset("marts/daily", query, manifest)
    anywhere.made("--partition", "2026-01-01")
    shown = anywhere.made("--range", "2026-01-01...2026-01-02")
    assert shown["dagster/row_count"] == 2
    assert shown["dagster/partition_row_count"] == 1
    anywhere.asset("marts/daily", query.replace("n from", "n * 10 as n from", 1), manifest)
    anywhere.asset("marts/daily", query, manifest + "backfill_policy: {type: single_run}\n")
    shown = anywhere.made("--range", "2026-01-02...2026-01-03")
    assert shown["dagster/partition_row_count"] == 2
    found = anywhere.rows(f"select n from {table} order by n")
    assert found == [(1,), (2,), (3,)]


def test_keys_of_partitions_are_bound(anywhere: Place) -> None:
    manifest = "partitions_def: regions\nsql: {partition_by: region}\n"
    anywhere.asset("marts/daily", DAYS + "where region = {partition.key}", manifest)
    anywhere.made("--partition", "o'hara")
    anywhere.asset("marts/daily", DAYS + "where region in {partition.keys}", manifest)
    anywhere.made("--partition", "eu")
    table = anywhere.table("marts/daily")
    assert anywhere.rows(f"select region from {table} order by n") == [("eu",), ("o'hara",)]


def test_a_mistake_is_shown_at_its_line(anywhere: Place) -> None:
    (anywhere.folder.root / "defs/marts").mkdir()
    for query, place_, words in (
        ("-- of each day\nselect\n  1 as a,\n  nope\n", 4, "nope"),
        ("select 1 as a\nfrom nowhere_at_all\n", 2, "nowhere_at_all"),
        ("selec 1", 1, "selec"),
    ):
        anywhere.asset("marts/daily", query)
        why = anywhere.failed()
        assert why.startswith(f"defs/marts/daily.sql:{place_}: "), why
        assert words in why.partition("\n")[0]


def test_a_statement_in_progress_is_cancelled(anywhere: Place) -> None:
    manifest = "timeout: 5s\ngrace: 60s\n"
    anywhere.asset("marts/daily", ENDLESS[anywhere.name], manifest)
    (asset,) = anywhere.run().values()
    assert asset["seconds"] < 60  # the time-out and the grace are 65
    assert asset["why"].startswith("defs/marts/daily.sql: timed out after 5s\n")
    assert "the statement in progress was cancelled, and nothing changed" in asset["why"]


def test_what_a_file_commits_before_it_is_cancelled_is_kept(on_duckdb: Place) -> None:
    text = f"begin; create schema marts;\n{MAKE}commit;\n{ENDLESS['duckdb']}"
    on_duckdb.asset("marts/daily", text, "timeout: 3s\ngrace: 60s\n")
    (asset,) = on_duckdb.run().values()
    assert "was cancelled, and what was committed before it is kept" in asset["why"]
    assert on_duckdb.rows("select a from marts.daily") == [(1,)]


def test_secrets_are_masked_in_the_preview(
    on_duckdb: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNERS_TOKEN", SECRET)
    on_duckdb.asset("marts/daily", f"select '{SECRET}' as a", "secrets: [OWNERS_TOKEN]\n")
    assert on_duckdb.made()["preview"]["records"] == [{"a": "********"}]


@pytest.mark.parametrize(
    ("query", "manifest", "why"),
    [
        (
            "select {params.leest}",
            "params: {least: 1}",
            "1: there is no param `leest`: there is `l",
        ),
        ("select '{params.x}'", "", "1: `{params.x}` is in quotes: a value is bound"),
        ("select 1\nfrom {params.x}", "", "2: `{params.x}` is where a name belongs"),
        ("select {{params.x}}", "", "1: write `{params.x}` with one brace at each end"),
        ("select {partition.key}", "", "1: the script has no partitions"),
        (
            "select {params.x} as x",
            "params: {x: 1}\nsql: {materialized: view}",
            "1: a view cannot keep the value of `params.x`",
        ),
        ("-- nothing", "", "1: there is no statement in this file"),
        ("select 1 as a; select 2", "sql: {materialized: table}", "1: `materialized` is for a f"),
        ("select 1 as a", "assets: {a: {}, b: {}}", "1: a query makes one table, and"),
        ("create schema marts;\nbegin;\n" + MAKE, "", "2: this transaction is never ended"),
        ("BEGIN;\n" + MAKE + "Rollback;", "", "3: this undoes everything that the file does"),
        ("begin;\n" + MAKE + "commit;\nsavepoint a;\n", "", "4: this savepoint is in no transac"),
        ("begin;\n" + MAKE + "abort;", "", "3: this undoes everything that the file does"),
        ("create table c (d int);\nrollback;", "", "2: this undoes nothing, as it is in no tran"),
        ("begin;\n" + MAKE + "commit and chain;", "", "1: this transaction is never ended"),
        ("begin;\n" + MAKE + "commit and no  chain;\n" + DROP, "", "5: this undoes nothing"),
        ("begin;\n" + MAKE + "commit /* chain */;\n" + DROP, "", "5: this undoes nothing, as"),
        (
            "begin;\nsavepoint a;\nrollback to a;\n" + MAKE,
            "",
            "1: this transaction is never ended, and nothing in it would be kept: add `commit`",
        ),
    ],
)
def test_what_cannot_be_run_is_a_sentence(
    on_duckdb: Place, query: str, manifest: str, why: str
) -> None:
    on_duckdb.asset("marts/daily", query, manifest)
    for asset in on_duckdb.run().values():
        assert f"defs/marts/daily.sql:{why}" in asset["why"]


def test_a_file_in_another_encoding_is_a_sentence(on_duckdb: Place) -> None:
    on_duckdb.asset("marts/daily", "")
    (on_duckdb.folder.root / "defs/marts/daily.sql").write_bytes(b"select\n'caf\xe9' as a")
    why = on_duckdb.failed()
    assert why == "defs/marts/daily.sql:2: this is not UTF-8: save the file as such"


def test_a_schema_that_is_called_like_its_duckdb_file_is_a_sentence(on_duckdb: Place) -> None:
    (name,) = (row[0] for row in on_duckdb.rows("select current_database()"))
    on_duckdb.asset("marts/daily", "select 1 as a", f"sql: {{schema_name: {name}}}")
    (asset,) = on_duckdb.run().values()
    expected = (
        f"defs/marts/daily.sql:1: the database and a schema in it are both called `{name}`: let"
        " its file have another name, or write another schema in `schema_name`"
    )
    assert expected in asset["why"]


@pytest.mark.parametrize(
    ("query", "manifest", "why"),
    [
        (DAYS, "", "1: the script has partitions, and a run replaces only its own"),
        (DAYS, "day", "1: 2 rows are outside of partition `2026-01-01`, going by column `day`"),
        (DAYS, "date", "1: the query has no column `date` to partition by"),
        ("select {partition.week}", "day", "1: a partition has `key`, `keys`, `start` and `end`"),
    ],
)
def test_what_would_mix_partitions_is_refused(
    on_duckdb: Place, query: str, manifest: str, why: str
) -> None:
    by = f"sql: {{partition_by: {manifest}}}\n" if manifest else ""
    on_duckdb.asset("marts/daily", query, f"partitions_def: daily\n{by}")
    assert f"defs/marts/daily.sql:{why}" in on_duckdb.failed("--partition", "2026-01-01")


def test_other_columns_than_those_of_other_partitions_are_refused(on_duckdb: Place) -> None:
    manifest = "partitions_def: regions\nsql: {partition_by: region}\n"
    on_duckdb.asset("marts/daily", "select {partition.key} as region, 1 as n", manifest)
    on_duckdb.made("--partition", "eu")
    on_duckdb.asset("marts/daily", "select {partition.key} as region, 1 as m", manifest)
    why = on_duckdb.failed("--partition", "us")
    assert "the columns are not those of the other partitions: `m` is new, `n` is gone" in why
    assert on_duckdb.rows("select region, n from marts.daily") == [("eu", 1)]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (
            "postgresql://ann:hunter22@127.0.0.1:1/db",
            "Connection refused; check the connection, and whether the server can be reached from",
        ),
        ("sqlite:///no/such/w.db", "unable to open database file; check the path in the connecti"),
        ("nothing://x", "`nothing://` (Can't load plugin: sqlalchemy.dialects:nothing): install a"),
        ("no URL", "its value is not the URL of a database"),
        ('{"host": "x"}', "its value is not text"),
        ("duckdb://w.duckdb", "a DuckDB URL has three slashes before a relative path"),
        ("duckdb:///no/such/folder/w.duckdb", "No such file or directory; check the path and the"),
        ("duckdb:///w.duckdb?no_such=1", "no_such; check the path and the settings in the connect"),
    ],
)
def test_a_connection_that_cannot_be_opened_is_a_sentence(
    on_duckdb: Place, monkeypatch: pytest.MonkeyPatch, url: str, why: str
) -> None:
    monkeypatch.setenv(variable_of("warehouse"), url)
    on_duckdb.asset("marts/daily", "select 1 as a")
    told = on_duckdb.failed()
    assert told.startswith("defs/marts/daily.sql: connection `warehouse` cannot be opened: ")
    assert why in told
    assert "hunter22" not in told


def test_a_file_that_another_process_has_open_is_waited_for_and_named(on_duckdb: Place) -> None:
    on_duckdb.asset("marts/daily", "select 1 as a", "sql: {lock_timeout: 1s}\n")
    with duckdb.connect(str(on_duckdb.folder.root / "w.duckdb")):
        why = on_duckdb.failed()
    assert f"`w.duckdb` is being written by process {os.getpid()}" in why
    on_duckdb.made()


class Owner(PipesProject):
    """Publishes the databases of the tests."""

    @classmethod
    def connections(cls) -> dict[str, Any]:
        """As documented."""
        return {"warehouse": "duckdb:///w.duckdb", "server": dg.EnvVar("SERVER_URL")}


def test_dagster_makes_the_tables_and_shows_them(
    folder: Folder, tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVER_URL", server)
    folder.write("defs/_defaults.yaml", "kind: sql\n")
    folder.write("defs/raw/orders.yaml", "sql: {connection: warehouse}\nparams: {n: 3}\n")
    folder.write("defs/raw/orders.sql", "select range as id from range({params.n})")
    folder.write("defs/marts/seen.yaml", "sql: {connection: server}\n")
    folder.write("defs/marts/seen.sql", "select current_user as who")
    folder.write("defs/marts/wrong.yaml", "sql: {connection: server}\n")
    folder.write("defs/marts/wrong.sql", f'select nope as "{PASSWORD}"')
    with stored(tmp_path / "home") as instance:
        outcome = execute(folder.definitions(Owner), instance)
    assert outcome.made == {"raw/orders", "marts/seen"}
    shown = outcome.metadata["raw/orders"]
    assert shown["dagster/row_count"] == 3
    (column,) = shown["dagster/column_schema"].columns
    assert (column.name, column.type) == ("id", "BIGINT")
    (why,) = outcome.failures.values()
    assert 'defs/marts/wrong.sql:1: column "nope" does not exist' in why
    assert PASSWORD not in why


def test_the_query_of_the_guide_runs(on_duckdb: Place) -> None:
    page = (ROOT / "docs/guide.md").read_text("utf-8")
    files = page.partition("<!-- sql files -->")[2].partition("<!-- /sql files -->")[0]
    manifest, query = (block.partition("```")[0] for block in re.split(r"```\w+\n", files)[1:])
    on_duckdb.asset("marts/daily", query, manifest)
    orders = "select date '2026-01-01' + i::int as day, i as price from range(4) t(i)"
    on_duckdb.asset("raw/orders", orders)
    made = on_duckdb.run()
    rows = {key: asset["rows"] for key, asset in made.items()}
    assert rows == {"raw/orders": 4, "marts/daily": 2}
    assert on_duckdb.folder.check() == "no findings (2 scripts, 2 assets)\n"
