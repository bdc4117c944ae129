"""What a script is told of upstream assets in a terminal."""

import json
from typing import Any

import pytest

from pipes_projects.manifest.contract import Partitions
from pipes_projects.project import Script
from pipes_projects.terminal import upstream as module
from pipes_projects.terminal.results.history import remember
from pipes_projects.terminal.results.records import Record
from pipes_projects.terminal.steps import Slice, Step
from pipes_projects.terminal.upstream import upstream
from tests.support.command import run
from tests.support.folder import Folder

ROWS = {"rows": {"type": "int", "value": 5}}


def script(folder: Folder, deps: str) -> Script:
    folder.asset("raw/orders")
    folder.asset("marts/sales", f"deps: {deps}\n")
    return next(one for one in folder.compile().project.scripts if one.name == "marts/sales")


def told(folder: Folder, how: str, partition: str | None) -> Any:
    made = script(folder, f"[{{asset: raw/orders, metadata: true{how}}}]")
    part = Slice((partition,)) if partition else None
    return upstream(Step(made, made.assets, part), folder.root)["raw/orders"]


def record(time: str, **values: Any) -> Record:
    return Record(time, "run", "raw/orders", metadata=ROWS, **values)


def known(version: str | None, partition: str | None = None) -> dict[str, Any]:
    metadata = {"rows": {"raw_value": 5, "type": "int"}}
    return {"metadata": metadata, "data_version": version, "partition": partition}


@pytest.mark.parametrize(
    ("how", "partition", "expected"),
    [
        ("", None, known("v3", "eu")),
        ("", "us", known("v2", "us")),
        ("", "asia", known("v3", "eu")),
        (", partition_mapping: identity", "us", known("v2", "us")),
        (", partition_mapping: identity", "asia", None),
        (", partition_mapping: all", "us", known("v3", "eu")),
    ],
)
def test_the_latest_that_was_made_is_told(
    folder: Folder, how: str, partition: str | None, expected: Any
) -> None:
    records = [
        record("1", data_version="v1", partition="us"),
        record("2", data_version="v2", partition="us"),
        record("3", data_version="v3", partition="eu"),
        record("4", partition="eu", result="failed", made=False),
    ]
    remember(folder.root, records)
    assert told(folder, how, partition) == expected


@pytest.mark.parametrize(
    ("how", "partition", "expected"),
    [
        ("", "us", known("v2", "us")),
        ("", "asia", None),
        (", partition_mapping: last", "us", None),
        (", partition_mapping: all", "us", known("v3", "eu")),
    ],
)
def test_where_partitions_are_known_no_others_are_told(
    folder: Folder, how: str, partition: str, expected: Any
) -> None:
    regions = Partitions("static", keys=("us", "eu", "asia"))
    records = [
        record("2", data_version="v2", partition="us"),
        record("3", data_version="v3", partition="eu"),
    ]
    remember(folder.root, records)
    made = script(folder, f"[{{asset: raw/orders, metadata: true{how}}}]")
    step = Step(made, made.assets, Slice((partition,)))
    published = dict.fromkeys(("raw/orders", "marts/sales"), regions)
    assert upstream(step, folder.root, published) == {"raw/orders": expected}


def test_what_was_reported_before_its_script_failed_is_told(folder: Folder) -> None:
    remember(folder.root, [record("1", data_version="v1", result="failed", made=True)])
    assert told(folder, "", None) == known("v1")


def test_of_what_was_never_made_nothing_is_told(folder: Folder) -> None:
    assert told(folder, "", None) is None


def test_where_nothing_asks_the_history_is_not_read(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = script(folder, "[raw/orders]")
    monkeypatch.delattr(module, "history")
    assert upstream(Step(made, made.assets), folder.root) == {}


def test_what_is_made_before_in_the_same_run_is_told(folder: Folder) -> None:
    reporting = """
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        pipes.report_asset_materialization({"rows": 7}, data_version="now")
    """
    telling = """
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        told = {"raw_value": pipes.get_extra("upstream"), "type": "json"}
        pipes.report_asset_materialization({"told": told})
    """
    folder.asset("raw/orders", script=reporting)
    folder.asset("marts/sales", "deps: [{asset: raw/orders, metadata: true}]\n", telling)
    done = run("run", "*", "--format", "json", cwd=folder.root)
    assert done.returncode == 0, done.stderr
    (sales,) = (
        asset for asset in json.loads(done.stdout)["assets"] if asset["asset"] == "marts/sales"
    )
    assert sales["metadata"]["told"]["value"] == {
        "raw/orders": {
            "metadata": {"rows": {"raw_value": 7, "type": "int"}},
            "data_version": "now",
            "partition": None,
        }
    }
