"""Automation conditions: the rules that manifests name, on real Dagster."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from pipes_projects import PipesAssetManifest, PipesProject
from pipes_projects.emitter.loading.automation.sensor import sensor_name
from pipes_projects.emitter.owner.published.catalog import AUTOMATION_CONDITIONS
from tests.support.dagster.daemons import daemons
from tests.support.dagster.running import execute, stored
from tests.support.folder import Folder
from tests.support.projects.owners import script_with, with_kinds

# Dagster's own, about its own parts.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Parameter `include_sources`:dagster.BetaWarning"),
    pytest.mark.filterwarnings("ignore:Function `AssetSelection.keys`:DeprecationWarning"),
]
ON_CRON = dg.AutomationCondition.on_cron("0 2 * * *")
EAGER = AUTOMATION_CONDITIONS["eager"]


class Project(PipesProject):
    @classmethod
    def automation_conditions(cls) -> dict[str, dg.AutomationCondition[Any]]:
        return {**super().automation_conditions(), "nightly": ON_CRON}

    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        return {
            "regions": dg.StaticPartitionsDefinition(["eu", "us"]),
            "customers": dg.DynamicPartitionsDefinition(name="customers"),
        }


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """Of all tests here: so each has a group of its own."""
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


class Ticks:
    """The ticks of the automation of a project: each knows of those before."""

    def __init__(self, defs: dg.Definitions, instance: dg.DagsterInstance) -> None:
        self.defs, self.instance = defs, instance
        self.found: Any = None

    def requested(self, time: datetime | None = None) -> set[str]:
        """What a tick requests."""
        cursor = self.found and self.found.cursor
        self.found = dg.evaluate_automation_conditions(
            self.defs, self.instance, evaluation_time=time, cursor=cursor
        )
        keys = [spec.key for spec in self.defs.resolve_all_asset_specs()]
        return {key.to_user_string() for key in keys if self.found.get_num_requested(key)}

    def partitions(self, key: str) -> set[str]:
        """The partitions that the last tick requested."""
        return set(self.found.get_requested_partitions(dg.AssetKey(key.split("/"))))

    def make(self, *keys: str, partition: str | None = None) -> None:
        assert execute(self.defs, self.instance, keys, partition).success


def conditions(defs: dg.Definitions) -> dict[str, dg.AutomationCondition[Any] | None]:
    specs = defs.resolve_all_asset_specs()
    return {spec.key.path[-1]: spec.automation_condition for spec in specs}


def sensors(defs: dg.Definitions) -> list[Any]:
    return [*(defs.sensors or ())]


def test_the_condition_that_a_manifest_names_reaches_the_asset(folder: Folder) -> None:
    folder.write("defs/_defaults.yaml", "automation_condition: nightly\n")
    folder.asset("group/inherited")
    folder.asset("group/own", "automation_condition: eager\n")
    folder.asset("group/none", "automation_condition: null\n")
    folder.asset("group/two", "assets: {a: {automation_condition: on_missing}, b: {}}\n")
    folder.write("defs/group/lake.yaml", "kind: external\n")
    assert conditions(folder.definitions(Project)) == {
        "inherited": ON_CRON,
        "own": EAGER,
        "none": None,
        "a": AUTOMATION_CONDITIONS["on_missing"],
        "b": ON_CRON,
        "lake": None,
    }


def test_eager_follows_what_is_upstream(folder: Folder, instance: dg.DagsterInstance) -> None:
    folder.asset("eager/above")
    folder.asset("eager/below", "deps: [eager/above]\nautomation_condition: eager\n")
    ticks = Ticks(folder.definitions(), instance)
    assert ticks.requested() == set()
    ticks.make("eager/above")
    assert ticks.requested() == {"eager/below"}
    ticks.make("eager/below")
    assert ticks.requested() == set()
    ticks.make("eager/above")
    assert ticks.requested() == {"eager/below"}


def test_on_missing_makes_partitions_that_come_later(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    customers = "partitions_def: customers\n"
    folder.asset("missing/above", customers)
    folder.asset(
        "missing/below", f"{customers}deps: [missing/above]\nautomation_condition: on_missing\n"
    )
    instance.add_dynamic_partitions("customers", ["acme"])
    ticks = Ticks(folder.definitions(Project), instance)
    ticks.make("missing/above", partition="acme")
    assert ticks.requested() == set()  # it was there before the rule
    instance.add_dynamic_partitions("customers", ["ajax"])
    assert ticks.requested() == set()  # what is upstream is missing, too
    ticks.make("missing/above", partition="ajax")
    assert ticks.requested() == {"missing/below"}
    assert ticks.partitions("missing/below") == {"ajax"}
    ticks.make("missing/below", partition="ajax")
    ticks.make("missing/above", partition="ajax")
    assert ticks.requested() == set()


def test_a_rule_of_the_owner_is_followed(folder: Folder, instance: dg.DagsterInstance) -> None:
    folder.asset("owned/above", "automation_condition: nightly\n")
    folder.asset("owned/below", "deps: [owned/above]\nautomation_condition: eager\n")
    ticks = Ticks(folder.definitions(Project), instance)
    assert ticks.requested(datetime(2026, 3, 1, 1, tzinfo=UTC)) == set()
    both = {"owned/above", "owned/below"}  # in one run
    assert ticks.requested(datetime(2026, 3, 1, 3, tzinfo=UTC)) == both
    assert ticks.requested(datetime(2026, 3, 1, 4, tzinfo=UTC)) == set()
    assert ticks.requested(datetime(2026, 3, 2, 3, tzinfo=UTC)) == both


def test_a_rule_counts_partition_by_partition(folder: Folder, instance: dg.DagsterInstance) -> None:
    regions = "partitions_def: regions\n"
    folder.asset("parted/above", regions)
    folder.asset("parted/below", f"{regions}deps: [parted/above]\nautomation_condition: eager\n")
    ticks = Ticks(folder.definitions(Project), instance)
    assert ticks.requested() == set()
    ticks.make("parted/above", partition="us")
    assert ticks.requested() == {"parted/below"}
    assert ticks.partitions("parted/below") == {"us"}


@pytest.mark.parametrize("status", dg.DefaultScheduleStatus)
def test_the_sensor_starts_as_the_owner_says(
    folder: Folder, status: dg.DefaultScheduleStatus
) -> None:
    class Started(PipesProject):
        @classmethod
        def default_status(cls) -> dg.DefaultScheduleStatus:
            return status

    folder.asset("group/one", "automation_condition: eager\n")
    (sensor,) = sensors(folder.definitions(Started))
    assert isinstance(sensor, dg.AutomationConditionSensorDefinition)
    assert sensor.name == "automation"
    assert sensor.default_status.name == status.name


def test_the_sensor_is_stopped_unless_told_otherwise(folder: Folder) -> None:
    folder.asset("group/one", "automation_condition: eager\n")
    (sensor,) = sensors(folder.definitions())
    assert sensor.default_status is dg.DefaultSensorStatus.STOPPED


def test_the_sensor_is_for_the_assets_with_a_rule(folder: Folder) -> None:
    folder.asset("group/one", "automation_condition: eager\n")
    folder.asset("group/two")
    folder.asset("group/both", "assets: {three: {automation_condition: on_missing}, four: {}}\n")
    defs = folder.definitions()
    (sensor,) = sensors(defs)
    chosen = sensor.asset_selection.resolve(defs.resolve_asset_graph())
    assert {key.to_user_string() for key in chosen} == {"group/one", "group/three"}


def test_without_a_rule_there_is_no_sensor(folder: Folder) -> None:
    folder.asset("group/one")
    folder.write("defs/lake/events.yaml", "kind: external\n")
    assert sensors(folder.definitions()) == []


def test_a_rule_that_an_owners_view_gives_counts(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    class Asset(PipesAssetManifest):
        @property
        def automation_condition(self) -> Any:
            return super().automation_condition or EAGER

    folder.asset("given/one", "automation_condition: nightly\n")
    folder.asset("given/two", "deps: [given/one]\n")
    defs = folder.definitions(with_kinds(Project, subprocess=script_with(Asset)))
    assert conditions(defs) == {"one": ON_CRON, "two": EAGER}
    (sensor,) = sensors(defs)
    chosen = sensor.asset_selection.resolve(defs.resolve_asset_graph())
    assert {key.to_user_string() for key in chosen} == {"given/one", "given/two"}
    ticks = Ticks(defs, instance)
    ticks.requested(datetime(2026, 3, 1, 1, tzinfo=UTC))
    ticks.make("given/one")
    assert "given/two" in ticks.requested(datetime(2026, 3, 1, 1, 5, tzinfo=UTC))


class Running(PipesProject):
    @classmethod
    def default_status(cls) -> dg.DefaultScheduleStatus:
        return dg.DefaultScheduleStatus.RUNNING


def test_the_daemon_runs_a_script_once_for_the_rules_of_its_assets(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("run/above")
    checks = "checks: {rows: {}}"
    assets = f"assets: {{one: {{automation_condition: eager, {checks}}}, two: {{}}}}\n"
    folder.asset("run/both", "deps: [run/above]\n" + assets)
    now = datetime.now(UTC)
    with daemons(folder.root, Running, instance) as daemon:
        assert daemon.automation(now) == []
        assert execute(folder.definitions(), instance, ["run/above"]).success
        (run,) = daemon.automation(now + timedelta(minutes=1))
        assert daemon.automation(now + timedelta(minutes=2)) == []
    assert run.tags["dagster/sensor_name"] == "automation"
    keys = {key.to_user_string() for key in run.asset_selection or ()}
    assert keys == {"run/one", "run/two"}


def test_the_daemon_leaves_a_sensor_alone_that_nobody_switched_on(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("left/above")
    folder.asset("left/below", "deps: [left/above]\nautomation_condition: eager\n")
    now = datetime.now(UTC)
    with daemons(folder.root, PipesProject, instance) as daemon:
        assert daemon.automation(now) == []
        assert execute(folder.definitions(), instance, ["left/above"]).success
        assert daemon.automation(now + timedelta(minutes=1)) == []


CHECKED = """
    import os
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        pipes.report_asset_materialization()
        pipes.report_asset_check("rows", passed=not os.path.exists("bad"))
"""


def checked(folder: Folder, group: str, rule: str, partitions: str = "") -> None:
    """An asset with a blocking check, which fails while there is a file `bad`; one below it."""
    blocking = "checks: {rows: {blocking: true}}\n"
    folder.asset(f"{group}/above", partitions + blocking, CHECKED)
    rule = f"automation_condition: {rule}\n"
    folder.asset(f"{group}/below", f"{partitions}deps: [{group}/above]\n{rule}")


def test_eager_builds_on_nothing_whose_blocking_check_failed(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    checked(folder, "stopped", "eager")
    ticks = Ticks(folder.definitions(), instance)
    assert ticks.requested() == set()
    bad = [folder.write(f"{path}bad") for path in ("", "defs/", "defs/stopped/")]
    assert not execute(ticks.defs, instance, ["stopped/above"]).success
    assert ticks.requested() == set()
    assert ticks.requested() == set()
    for file in bad:
        file.unlink()
    ticks.make("stopped/above")
    assert ticks.requested() == {"stopped/below"}


def test_on_missing_builds_on_nothing_whose_blocking_check_failed(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    checked(folder, "absent", "on_missing", "partitions_def: customers\n")
    ticks = Ticks(folder.definitions(Project), instance)
    assert ticks.requested() == set()
    instance.add_dynamic_partitions("customers", ["absent"])
    bad = [folder.write(f"{path}bad") for path in ("", "defs/", "defs/absent/")]
    assert not execute(ticks.defs, instance, ["absent/above"], "absent").success
    assert ticks.requested() == set()
    for file in bad:
        file.unlink()
    ticks.make("absent/above", partition="absent")
    assert ticks.requested() == {"absent/below"}
    assert ticks.partitions("absent/below") == {"absent"}


def test_eager_follows_partitions_whose_blocking_check_passed(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    checked(folder, "passing", "eager", "partitions_def: regions\n")
    ticks = Ticks(folder.definitions(Project), instance)
    assert ticks.requested() == set()
    ticks.make("passing/above", partition="us")
    assert ticks.requested() == {"passing/below"}
    assert ticks.partitions("passing/below") == {"us"}


def test_a_rule_that_waits_for_checks_is_made_in_one_run_with_what_is_upstream(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    checked(folder, "together", "eager")
    blocking = "checks: {rows: {blocking: true}}\n"
    folder.asset("together/above", f"{blocking}automation_condition: nightly\n", CHECKED)
    ticks = Ticks(folder.definitions(Project), instance)
    assert ticks.requested(datetime(2026, 3, 1, 1, tzinfo=UTC)) == set()
    both = {"together/above", "together/below"}
    assert ticks.requested(datetime(2026, 3, 1, 3, tzinfo=UTC)) == both


def test_the_rules_keep_their_names() -> None:
    assert {name: condition.get_label() for name, condition in AUTOMATION_CONDITIONS.items()} == {
        "eager": "eager",
        "on_missing": "on_missing",
    }


def test_each_folder_of_manifests_has_a_sensor_of_its_own() -> None:
    folders = ("defs", "etl", "etl/defs", "etl_defs", "a-b", "a_b", "été", "..", "ETL")
    names = [sensor_name(folder) for folder in folders]
    assert names[:2] == ["automation", "automation_etl"]
    assert len(set(names)) == len(folders)
    for name in names:
        dg.AutomationConditionSensorDefinition(name, target="*")
