"""Cases r and s: a query against the same in a Python script, and ten kinds of packages against
none; all as whole processes."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.processes import Command, Runner, environment, installed, median_ratio
from benchmarks.report import Result, at_most

KINDS = 10
CONTRACT = {
    "version": 1,
    "kinds": {"subprocess": {}, "external": {}, "sql": {}},
    "asset_keys": [],
    "connections": {"warehouse": {"type": "duckdb"}},
}
QUERY = "select 1 as one\n"
SCRIPT = """\
import duckdb
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes, duckdb.connect("../../warehouse.duckdb") as warehouse:
    warehouse.execute("create schema if not exists g")
    warehouse.execute("create or replace table g.script as select 1 as one")
    (rows,) = warehouse.execute("select count(*) from g.script").fetchone()
    pipes.report_asset_materialization(metadata={"dagster/row_count": rows})
"""
KIND = """\
from pydantic import Field

from pipes_projects.kinds import Launch, Model, ModelShape, RegisteredKind


class Options(Model):
    flags: list[str] | None = None
    size: int | None = Field(None, ge=1)


def launch(script, options, root):
    return Launch(("true",), str(root))


KIND = RegisteredKind(
    "{name}", "One of ten.", options=ModelShape(Options), endings=(".{name}",), launch=launch,
    needs=("a_package_of_{name}",), install="{name}"
)
"""


def query(bench: Bench) -> Iterator[Result]:
    folder = _project(bench.folder / "query")
    url = f"duckdb:///{folder}/warehouse.duckdb"
    runner = Runner(environment(PIPES_PROJECTS_CONNECTION_WAREHOUSE=url), runs=bench.runner.runs)
    ours = (*_ours(), "run", 'key:"g/query"', str(folder))
    script = (*_ours(), "run", 'key:"g/script"', str(folder))
    runner.run(ours), runner.run(script)  # unmeasured: compiles the modules
    title = "`run` of one trivial query of `kind: sql` / the same in a Python script"
    pairs = runner.pairs(
        f"r: {title}", 21, lambda: runner.run(ours).seconds, lambda: runner.run(script).seconds
    )
    yield Result("s", title, median_ratio(pairs), at_most(1.2))


def of_packages(bench: Bench) -> Iterator[Result]:
    site, count = str(_packages(bench.folder / "site")), bench.sizes.some
    many = Runner(environment(PYTHONPATH=site), runs=bench.runner.runs)
    folder = str(bench.ours(count))
    load = (sys.executable, "-m", "benchmarks.projects.load", "ours", folder)
    for what, command in (("load", load), ("`check`", (*_ours(), "check", folder))):
        title = f"{what} of {count:,}, with ten more kinds installed / without"
        yield _compared(title, many, bench.runner, command)


def _compared(title: str, many: Runner, none: Runner, command: Command) -> Result:
    many.run(command), none.run(command)
    pairs = none.pairs(
        f"s: {title}", 11, lambda: many.run(command).seconds, lambda: none.run(command).seconds
    )
    return Result("t", title, median_ratio(pairs), at_most(1.02))


def _project(folder: Path) -> Path:
    group, schemas = folder / "defs/g", folder / "schemas"
    group.mkdir(parents=True)
    schemas.mkdir()
    (schemas / "manifest.schema.json").write_text(json.dumps({"x-pipes-projects": CONTRACT}))
    (group / "query.yaml").write_text("kind: sql\nsql: {connection: warehouse}\n")
    (group / "query.sql").write_text(QUERY)
    (group / "script.yaml").write_text("description: The same in Python.\n")
    (group / "script.py").write_text(SCRIPT)
    return folder


def _packages(site: Path) -> Path:
    for number in range(KINDS):
        name = f"kind_{number}"
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(
            f"[pipes_projects.kinds]\n{name} = module_of_{name}:KIND\n"
        )
        (site / f"module_of_{name}.py").write_text(KIND.replace("{name}", name))
    return site


def _ours() -> Command:
    return installed("pipes-projects", instead=(sys.executable, "-m", "pipes_projects"))
