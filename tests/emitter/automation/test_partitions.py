"""Partitions that the owner publishes, from manifest to script."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator

from pipes_projects import (
    InvalidProjectError,
    PipesAssetManifest,
    PipesProject,
    PipesScriptManifest,
)
from tests.support.dagster.daemons import daemons
from tests.support.dagster.running import execute, stored
from tests.support.folder import Folder
from tests.support.projects.owners import script_with, with_kinds

# Dagster's own tags of multi-partitions.
pytestmark = pytest.mark.filterwarnings("ignore:Non-compliant tag keys:DeprecationWarning")

DAILY = dg.DailyPartitionsDefinition("2025-01-01")
MONTHLY = dg.MonthlyPartitionsDefinition("2025-01-01", timezone="Europe/Berlin")
REGIONS = dg.StaticPartitionsDefinition(["eu", "us", "asia"])
SIZES = dg.StaticPartitionsDefinition(["l", "s"])
DEFINITIONS: dict[str, dg.PartitionsDefinition] = {
    "daily": DAILY,
    "monthly": MONTHLY,
    "regions": REGIONS,
    "customers": dg.DynamicPartitionsDefinition(name="customers"),
    "by_day": dg.MultiPartitionsDefinition({"region": REGIONS, "day": DAILY}),
    "by_size": dg.MultiPartitionsDefinition({"region": REGIONS, "size": SIZES}),
    "by_two": dg.MultiPartitionsDefinition({"day": DAILY, "month": MONTHLY}),
}
BEFORE = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)


class Project(PipesProject):
    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        return DEFINITIONS

    @classmethod
    def partition_mappings(cls) -> dict[str, dg.PartitionMapping]:
        return {**super().partition_mappings(), "day_before": BEFORE}


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        open_instance.add_dynamic_partitions("customers", ["acme", "ajax", "apex"])
        yield open_instance


TELLING = """
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        told = {"keys": pipes.extras.get("partition_keys"), "key": None}
        if pipes.is_partition_step:
            one, window = pipes.partition_key_range, pipes.partition_time_window
            told["range"] = [one["start"], one["end"]]
            told["window"] = window and [window["start"], window["end"]]
            if one["start"] == one["end"]:
                told["key"] = pipes.partition_key
        metadata = {"told": {"raw_value": told, "type": "json"}}
        for asset in pipes.asset_keys:
            pipes.report_asset_materialization(metadata, asset_key=asset)
        for asset, names in pipes.extras.get("selected_checks", {}).items():
            for name in names:
                pipes.report_asset_check(name, True, metadata=metadata, asset_key=asset)
"""


def told(*keys: str, window: tuple[str, str] | None = None) -> dict[str, Any]:
    """What a script is told of these partitions."""
    return {
        "keys": list(keys),
        "key": keys[0] if len(keys) == 1 else None,
        "range": [keys[0], keys[-1]],
        "window": [f"{day}T00:00:00+00:00" for day in window] if window else None,
    }


NOTHING = {"keys": None, "key": None}
FEBRUARY = ["2025-02-01T00:00:00+01:00", "2025-03-01T00:00:00+01:00"]
SINGLE = {
    "daily": told("2025-02-03", window=("2025-02-03", "2025-02-04")),
    "monthly": {**told("2025-02-01"), "window": FEBRUARY},
    "regions": told("us"),
    "customers": told("ajax"),
    "by_day": told("2025-02-03|us", window=("2025-02-03", "2025-02-04")),
    "by_size": told("us|s"),
    "by_two": told("2025-02-03|2025-02-01"),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_run_of_one_partition_tells_the_script_its_key_and_its_time(
    folder: Folder, instance: dg.DagsterInstance, name: str
) -> None:
    folder.asset("group/one", f"partitions_def: {name}\n", TELLING)
    expected = SINGLE[name]
    outcome = execute(folder.definitions(Project), instance, partition=expected["key"])
    assert outcome.success
    assert outcome.metadata == {"group/one": {"told": expected}}
    assert outcome.partitions == {"group/one": {expected["key"]}}


DAYS = ("2025-02-03", "2025-02-04", "2025-02-05")
RANGES = {
    "daily": told(*DAYS, window=("2025-02-03", "2025-02-06")),
    "monthly": {
        **told("2025-02-01", "2025-03-01"),
        "window": [FEBRUARY[0], "2025-04-01T00:00:00+02:00"],
    },
    "regions": told("eu", "us"),
    "customers": told("acme", "ajax"),
    "by_day": told(
        *(f"{day}|{region}" for day in DAYS for region in ("eu", "us")),
        window=("2025-02-03", "2025-02-06"),
    ),
    "by_size": told("eu|l", "eu|s", "us|l", "us|s"),
    "by_two": told("2025-02-03|2025-02-01", "2025-02-04|2025-02-01"),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_run_of_a_range_tells_the_script_every_key_and_the_time_of_all(
    folder: Folder, instance: dg.DagsterInstance, name: str
) -> None:
    policy = "backfill_policy: {type: single_run}\n"
    folder.asset("group/one", f"partitions_def: {name}\n{policy}", TELLING)
    expected = RANGES[name]
    keys = expected["keys"]
    outcome = execute(folder.definitions(Project), instance, partition=(keys[0], keys[-1]))
    assert outcome.success
    assert outcome.metadata == {"group/one": {"told": expected}}
    assert outcome.partitions == {"group/one": set(keys)}


def test_a_range_of_one_partition_is_told_as_that_partition(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("group/one", "partitions_def: daily\n", TELLING)
    defs = folder.definitions(Project)
    outcome = execute(defs, instance, partition=("2025-02-03", "2025-02-03"))
    assert outcome.metadata["group/one"] == {"told": SINGLE["daily"]}


@pytest.mark.parametrize(
    ("name", "key"),
    [("customers", "gone"), ("regions", "mars"), ("by_size", "x|y"), ("daily", "2019-01-01")],
)
def test_a_script_does_not_start_for_a_partition_that_is_gone(
    folder: Folder, instance: dg.DagsterInstance, name: str, key: str
) -> None:
    script = "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"
    folder.asset("group/one", f"partitions_def: {name}\n", script)
    defs = dg.Definitions.merge(
        folder.definitions(Project), dg.Definitions(executor=dg.in_process_executor)
    )
    job = defs.resolve_implicit_global_asset_job_def()
    run = instance.create_run_for_job(job, tags={"dagster/partition": key})
    events = list(execute_run_iterator(InMemoryJob(job), run, instance))
    (failed,) = (event for event in events if event.is_step_failure)
    told = failed.step_failure_data.user_failure_data
    missing = f"the run is for a partition that its assets do not have: `{key}`"
    assert told
    assert told.description == f"defs/group/one.py: {missing}"
    assert not (folder.root / "defs/group/ran").exists()


@pytest.mark.filterwarnings("ignore:Function `AssetSelection.sources`:DeprecationWarning")
def test_a_backfill_gives_a_run_as_many_partitions_as_the_policy_says(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    policies = {"all": "{type: single_run}", "two": "{type: multi_run, max_partitions_per_run: 2}"}
    for name, policy in policies.items():
        manifest = f"partitions_def: daily\nbackfill_policy: {policy}\n"
        folder.asset(f"filled/{name}", manifest, TELLING)
    with daemons(folder.root, Project, instance) as daemon:
        assert len(daemon.backfill(DAYS)) == 3
    found = {name: run_by_run(instance, f"filled/{name}") for name in policies}
    keys = {name: sorted(run["keys"] for run in runs) for name, runs in found.items()}
    assert keys == {"all": [[*DAYS]], "two": [[*DAYS[:2]], [DAYS[2]]]}
    assert {context["key"] for context in found["two"]} == {None, DAYS[2]}


def run_by_run(instance: dg.DagsterInstance, key: str) -> list[Any]:
    """What the script was told in each run."""
    records = instance.fetch_materializations(dg.AssetKey(key.split("/")), limit=100).records
    made = {record.run_id: record.asset_materialization for record in records}.values()
    return [event.metadata["told"].value for event in made if event]


def test_a_script_without_partitions_is_told_of_none_in_a_run_that_has_some(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("group/one", "partitions_def: daily\n", TELLING)
    folder.asset("group/two", "deps: [group/one]\n", TELLING)
    for partition in ("2025-02-03", ("2025-02-03", "2025-02-04")):
        outcome = execute(folder.definitions(Project), instance, partition=partition)
        assert outcome.success
        assert outcome.metadata["group/two"] == {"told": NOTHING}
        assert set(outcome.partitions) == {"group/one"}


def test_every_asset_of_a_script_has_its_partitions(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("group/both", "partitions_def: daily\nassets: {one: {}, two: {}}\n", TELLING)
    defs = folder.definitions(Project)
    assert {spec.partitions_def for spec in defs.resolve_all_asset_specs()} == {DAILY}
    outcome = execute(defs, instance, partition="2025-02-03")
    assert outcome.partitions == {"group/one": {"2025-02-03"}, "group/two": {"2025-02-03"}}
    assert outcome.metadata["group/two"] == {"told": SINGLE["daily"]}


def test_partitions_are_inherited_and_null_takes_them_back(folder: Folder) -> None:
    folder.write("defs/group/_defaults.yaml", "partitions_def: daily\n")
    folder.asset("group/one")
    folder.asset("group/two", "partitions_def: null\n")
    folder.asset("group/three", "partitions_def: regions\n")
    found = {
        spec.key.path[-1]: spec.partitions_def
        for spec in folder.definitions(Project).resolve_all_asset_specs()
    }
    assert found == {"one": DAILY, "two": None, "three": REGIONS}


def test_external_assets_may_have_partitions(folder: Folder, instance: dg.DagsterInstance) -> None:
    folder.write("defs/lake/events.yaml", "kind: external\npartitions_def: daily\n")
    folder.asset("group/one", "partitions_def: daily\ndeps: [lake/events]\n", TELLING)
    defs = folder.definitions(Project)
    node = defs.resolve_asset_graph().get(dg.AssetKey(["lake", "events"]))
    assert (node.partitions_def, node.is_executable) == (DAILY, False)
    assert execute(defs, instance, partition="2025-02-03").made == {"group/one"}


MAPPINGS: dict[str, dg.PartitionMapping] = {
    "all": dg.AllPartitionMapping(),
    "last": dg.LastPartitionMapping(),
    "identity": dg.IdentityPartitionMapping(),
    "day_before": BEFORE,
}


def mappings(defs: dg.Definitions, key: str) -> dict[str, dg.PartitionMapping | None]:
    spec = next(
        asset_spec
        for asset_spec in defs.resolve_all_asset_specs()
        if asset_spec.key.to_user_string() == key
    )
    return {dep.asset_key.to_user_string(): dep.partition_mapping for dep in spec.deps}


def same(one: object, other: object) -> bool:
    """Dagster's mappings are tuples, and so equal where both have no fields."""
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_partition_mapping_reaches_the_dependency(
    folder: Folder, instance: dg.DagsterInstance, name: str
) -> None:
    folder.asset("group/above", "partitions_def: daily\n")
    folder.asset("group/plain", "partitions_def: daily\n")
    dep = f"{{asset: group/above, partition_mapping: {name}}}"
    folder.asset("group/one", f"partitions_def: daily\ndeps: [{dep}, group/plain]\n", TELLING)
    defs = folder.definitions(Project)
    found = mappings(defs, "group/one")
    assert same(found["group/above"], MAPPINGS[name])
    assert found["group/plain"] is None
    assert execute(defs, instance, ["group/one"], "2025-02-03").success


def test_a_mapping_says_which_partitions_are_upstream(folder: Folder) -> None:
    folder.asset("group/above", "partitions_def: daily\n")
    for name in ("day_before", "identity"):
        dep = f"{{asset: group/above, partition_mapping: {name}}}"
        folder.asset(f"group/{name}", f"partitions_def: daily\ndeps: [{dep}]\n")
    graph = folder.definitions(Project).resolve_asset_graph()
    above = dg.AssetKey(["group", "above"])
    for name, upstream in (("day_before", "2025-02-02"), ("identity", "2025-02-03")):
        mapping = graph.get_partition_mapping(dg.AssetKey(["group", name]), above)
        subset = DAILY.subset_with_partition_keys(["2025-02-03"])
        found = mapping.get_upstream_mapped_partitions_result_for_partitions(subset, DAILY, DAILY)
        assert list(found.partitions_subset.get_partition_keys()) == [upstream]


def test_a_mapping_may_be_of_an_asset_of_the_same_script(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset(
        "group/both",
        """
        partitions_def: daily
        assets:
          one: {}
          two: {deps: [{asset: group/one, partition_mapping: day_before}]}
        """,
        TELLING,
    )
    defs = folder.definitions(Project)
    assert mappings(defs, "group/two") == {"group/one": BEFORE}
    outcome = execute(defs, instance, partition="2025-02-03")
    assert outcome.success
    assert outcome.partitions == {"group/one": {"2025-02-03"}, "group/two": {"2025-02-03"}}


OF_ITSELF = "partitions_def: daily\ndeps: [{{asset: group/balance, partition_mapping: {}}}]\n"


def test_an_asset_may_be_made_from_its_own_earlier_partitions(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("group/balance", OF_ITSELF.format("day_before"), TELLING)
    defs = folder.definitions(Project)
    assert mappings(defs, "group/balance") == {"group/balance": BEFORE}
    for day in ("2025-01-01", "2025-01-02"):
        assert execute(defs, instance, ["group/balance"], day).partitions == {
            "group/balance": {day}
        }


def test_an_asset_is_not_made_from_the_same_partition_of_itself(folder: Folder) -> None:
    class Same(Project):
        @classmethod
        def partition_mappings(cls) -> dict[str, dg.PartitionMapping]:
            return {"same_day": dg.TimeWindowPartitionMapping()}

    folder.asset("group/balance", OF_ITSELF.format("same_day"))
    with pytest.raises(InvalidProjectError, match="each partition depends on earlier partitions"):
        folder.definitions(Same)


def test_a_mapping_follows_a_key_that_the_owner_changes(folder: Folder) -> None:
    key = property(lambda self: dg.AssetKey(["x", self.name]))
    view = type("Moved", (PipesAssetManifest,), {"asset_key": key})
    folder.asset("group/one", "partitions_def: daily\n")
    dep = "{asset: group/one, partition_mapping: last}"
    folder.asset("group/two", f"partitions_def: daily\ndeps: [{dep}]\n")
    found = mappings(folder.definitions(overriding(asset=view)), "x/two")
    assert same(found["x/one"], dg.LastPartitionMapping())


def test_a_mapping_joins_partitions_of_different_types(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("group/months", "partitions_def: monthly\n", TELLING)
    dep = "{asset: group/months, partition_mapping: all}"
    folder.asset("group/regions", f"partitions_def: regions\ndeps: [{dep}]\n", TELLING)
    defs = folder.definitions(Project)
    assert execute(defs, instance, ["group/months"], "2025-02-01").success
    outcome = execute(defs, instance, ["group/regions"], "eu")
    assert outcome.metadata["group/regions"] == {"told": told("eu")}


def overriding(
    asset: type[PipesAssetManifest] = PipesAssetManifest,
    script: type[PipesScriptManifest] = PipesScriptManifest,
) -> type[PipesProject]:
    """A project whose `subprocess` scripts have these views."""
    return with_kinds(Project, subprocess=script_with(asset, script))


DEFAULT = property(lambda self: super(type(self), self).partitions_def or DAILY)
OVERRIDES = {
    "script": {"script": type("Script", (PipesScriptManifest,), {"partitions_def": DEFAULT})},
    "asset": {"asset": type("Asset", (PipesAssetManifest,), {"partitions_def": DEFAULT})},
}


@pytest.mark.parametrize("view", OVERRIDES)
def test_an_owner_may_override_the_partitions(
    folder: Folder, instance: dg.DagsterInstance, view: str
) -> None:
    folder.asset("group/one", "", TELLING)
    folder.asset("group/two", "partitions_def: regions\n", TELLING)
    defs = folder.definitions(overriding(**OVERRIDES[view]))
    one = execute(defs, instance, ["group/one"], "2025-02-03")
    assert one.metadata["group/one"] == {"told": SINGLE["daily"]}
    assert one.partitions == {"group/one": {"2025-02-03"}}
    two = execute(defs, instance, ["group/two"], "us")
    assert two.metadata["group/two"] == {"told": told("us")}


def test_an_owner_may_take_partitions_back(folder: Folder, instance: dg.DagsterInstance) -> None:
    view = type("Whole", (PipesAssetManifest,), {"partitions_def": None})
    folder.asset("group/one", "partitions_def: daily\n", TELLING)
    outcome = execute(folder.definitions(overriding(asset=view)), instance)
    assert outcome.metadata == {"group/one": {"told": NOTHING}}


def test_a_check_that_is_selected_alone_is_told_the_partition(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset(
        "group/one", "partitions_def: daily\ncan_subset: true\nchecks: {rows: {}}\n", TELLING
    )
    check = dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey(["group", "one"]), "rows"))
    outcome = execute(folder.definitions(Project), instance, check, ("2025-02-03",) * 2)
    assert outcome.success
    assert outcome.checks["group/one:rows"].metadata["told"].value == SINGLE["daily"]
