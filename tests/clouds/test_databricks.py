"""Kinds `databricks` and `databricks_serverless`: runs that Dagster's clients submit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clouds.servers.databricks import Workspace, databricks
from tests.kinds.services.conftest import Make, first
from tests.support.folder import Folder

ON_CLUSTER = """
import builtins, os, sys
from dagster_pipes import PipesDbfsContextLoader, PipesDbfsMessageWriter, open_dagster_pipes
opened = builtins.open
def mounted(path, *more, **options):
    return opened(str(path).replace("/dbfs", os.environ["DBFS"], 1), *more, **options)
builtins.open = mounted
class Writer(PipesDbfsMessageWriter):
    def get_opened_extras(self):
        return {}  # here is no session of Spark
with open_dagster_pipes(
    context_loader=PipesDbfsContextLoader(), message_writer=Writer(),
) as pipes:
"""
SERVERLESS = """
import sys
from dagster_pipes import (
    PipesCliArgsParamsLoader, PipesUnityCatalogVolumesContextLoader,
    PipesUnityCatalogVolumesMessageWriter, open_dagster_pipes,
)
with open_dagster_pipes(
    context_loader=PipesUnityCatalogVolumesContextLoader(),
    message_writer=PipesUnityCatalogVolumesMessageWriter(),
    params_loader=PipesCliArgsParamsLoader(),
) as pipes:
"""
REPORTS = """
    assert pipes.get_extra("table") == "orders"
    rows = {"rows": 100, "day": pipes.partition_key, "args": sys.argv[1:3]}
    pipes.report_asset_materialization(metadata=rows)
"""
MANIFEST = "partitions_def: days\nextras: {table: orders}\nparams: {day: monday}\n"
CLUSTER = "cluster: {spark_version: 15.4.x, node_type_id: i3.xlarge, num_workers: 1}"


class Lakehouse:
    def __init__(
        self, workspace: Workspace, url: str, folder: Folder, make: Make, volume: Path
    ) -> None:
        self.workspace, self.url, self.folder, self.make = workspace, url, folder, make
        self.volume = volume

    def run(
        self, kind: str, text: str, options: str, manifest: str = MANIFEST, **settings: Any
    ) -> Any:
        given = {"host": self.url, "token": "dapi-hunter22", "poll_interval": 0.2, **settings}
        block = f"connection: lakehouse, location: {self.folder.root}/, {options}"
        whole = f"{manifest}{kind}: {{{block}}}\n"
        partition = "2026-01-02" if "days" in manifest else None
        return self.make(kind, {"lakehouse": given}, whole, text, partition=partition)


@pytest.fixture
def lakehouse(folder: Folder, make: Make, tmp_path: Path) -> Iterator[Lakehouse]:
    volume = tmp_path / "volume"
    volume.mkdir()
    with databricks(tmp_path / "dbfs") as (workspace, url):
        yield Lakehouse(workspace, url, folder, make, volume)
        assert workspace.running() == []


def test_a_job_on_a_new_cluster(lakehouse: Lakehouse) -> None:
    options = (
        f'{CLUSTER}, args: ["{{params.day}}", b],'
        " libraries: [{pypi: {package: dagster-pipes}}],"
        " request: {timeout_seconds: 600}, task: {description: ours}"
    )
    made = lakehouse.run("databricks", ON_CLUSTER + REPORTS, options)
    assert made.failures == {}
    assert made.metadata["g/a"] == {
        "Databricks Job Run ID": "7",
        "Databricks Job Run URL": "https://example.com/7",
        "rows": 100,
        "day": "2026-01-02",
        "args": ["monday", "b"],
    }
    (request,) = lakehouse.workspace.submitted
    (task,) = request["tasks"]
    variables = task["new_cluster"].pop("spark_env_vars")
    assert variables.keys() == {"DAGSTER_PIPES_CONTEXT", "DAGSTER_PIPES_MESSAGES"}
    script = f"{lakehouse.folder.root}/defs/g/a.py"
    assert request["timeout_seconds"] == 600
    assert task == {
        "task_key": "g_a",
        "description": "ours",
        "new_cluster": {"spark_version": "15.4.x", "node_type_id": "i3.xlarge", "num_workers": 1},
        "libraries": [{"pypi": {"package": "dagster-pipes"}}],
        "spark_python_task": {"python_file": script, "parameters": ["monday", "b"]},
    }


def test_a_job_without_a_cluster(lakehouse: Lakehouse) -> None:
    options = 'args: ["{params.day}", b], dependencies: [dagster-pipes]'
    made = lakehouse.run(
        "databricks_serverless",
        SERVERLESS + REPORTS,
        options,
        volume_path=str(lakehouse.volume),
    )
    assert made.failures == {}
    assert made.metadata["g/a"]["args"] == ["monday", "b"]
    (request,) = lakehouse.workspace.submitted
    (task,) = request["tasks"]
    assert task["environment_key"] == "default"
    assert task["spark_python_task"]["parameters"][:2] == ["monday", "b"]
    assert request["environments"] == [
        {
            "environment_key": "default",
            "spec": {"client": "2", "dependencies": ["dagster-pipes"]},
        }
    ]


def test_a_time_limit_cancels_the_job_and_fails_the_run(lakehouse: Lakehouse) -> None:
    manifest = "timeout: 2s\n"
    made = lakehouse.run("databricks", "import time\ntime.sleep(60)\n", CLUSTER, manifest)
    assert first(made) == "defs/g/a.py: timed out after 2s"
    assert lakehouse.workspace.cancelled == [7]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({}, "it ended as FAILED"),
        ({"state_message": ""}, "it ended as FAILED"),
        ({"state_message": "Workload failed"}, "Workload failed"),
        ({"result_state": "TIMEDOUT"}, "it ended as TIMEDOUT"),
        ({"life_cycle_state": "INTERNAL_ERROR", "state_message": "no nodes"}, "no nodes"),
    ],
)
def test_a_job_that_fails_without_a_word_says_where_to_look(
    lakehouse: Lakehouse, state: dict[str, str], told: str
) -> None:
    lakehouse.workspace.state = state
    made = lakehouse.run("databricks", "raise SystemExit(3)\n", CLUSTER)
    assert first(made) == (
        f"defs/g/a.py: Error running Databricks job: {told}; its script reported no error: look"
        " into the job's log"
    )


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (
            {"host": "http://127.0.0.1:1"},
            "nothing answers at `http://127.0.0.1:1`: check the connection, and whether this"
            " machine's network leads there",
        ),
        (
            {"token": None},
            "its connection does not say how to log in: the platform owner must give it a `host`,"
            " and a `token` or another way, such as `client_id` and `client_secret`",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["databricks", "databricks_serverless"])
def test_a_connection_that_leads_nowhere_is_a_sentence(
    lakehouse: Lakehouse, kind: str, settings: dict[str, Any], why: str
) -> None:
    options = CLUSTER if kind == "databricks" else "args: [x]"
    volume = str(lakehouse.volume)
    made = lakehouse.run(kind, "", options, "timeout: 1m\n", volume_path=volume, **settings)
    assert first(made) == f"defs/g/a.py: {why}"


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        (
            "databricks",
            "args: [x]",
            "it runs on a new cluster or on one that is there: write either `cluster` or"
            " `cluster_id` in `databricks`",
        ),
        (
            "databricks",
            "cluster: {spark_version: 15.4.x, node_tipe: x}",
            "Databricks does not know `task.new_cluster.node_tipe`, or that value of it",
        ),
        (
            "databricks",
            f"{CLUSTER}, task: {{run_if: SOMETIMES}}",
            "Databricks does not know `task.run_if`, or that value of it",
        ),
        (
            "databricks",
            f"{CLUSTER}, request: {{mood: x}}",
            "`request.mood` is not something that Databricks' `submit` takes",
        ),
        (
            "databricks_serverless",
            "args: [x]",
            "its connection has no `volume_path`, through which the job gets its context and sends"
            " its messages: the platform owner must add it",
        ),
    ],
)
def test_what_databricks_does_not_take_is_never_sent(
    lakehouse: Lakehouse, kind: str, options: str, why: str
) -> None:
    made = lakehouse.run(kind, "", options)
    assert first(made) == f"defs/g/a.py: {why}"
    assert lakehouse.workspace.submitted == []
