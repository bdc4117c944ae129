"""Quarantine: partitions, schedules, rules, checks."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from pipes_projects import (
    InvalidProjectError,
    PipesProject,
)
from tests.support.dagster.running import execute
from tests.support.folder import Folder
from tests.support.projects.quarantine import (
    assert_refused,
    manifests,
    overridden,
    quarantined,
    quick,
)

DAILY = dg.DailyPartitionsDefinition("2026-01-01")


REGIONS = dg.StaticPartitionsDefinition(["eu", "us"])


class Partitioned(PipesProject):
    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        return {
            "daily": DAILY,
            "berlin": dg.MonthlyPartitionsDefinition("2026-01-01", timezone="Europe/Berlin"),
            "regions": REGIONS,
            "customers": dg.DynamicPartitionsDefinition(name="customers"),
            "by_day": dg.MultiPartitionsDefinition({"day": DAILY, "region": REGIONS}),
        }

    @classmethod
    def partition_mappings(cls) -> dict[str, dg.PartitionMapping]:
        return {
            **super().partition_mappings(),
            "before": dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1),
            "to_us": dg.StaticPartitionMapping({"eu": "us", "us": "eu"}),
            "by_region": dg.MultiToSingleDimensionPartitionMapping("region"),
        }


MAPPED = {
    "before": ("daily", "2026-01-05"),
    "to_us": ("regions", "us"),
    "by_region": ("regions", "us"),
    "identity": ("daily", "2026-01-05"),
    "last": ("daily", "2026-01-05"),
    "all": ("regions", "us"),
}


@pytest.mark.parametrize("mapping", MAPPED)
@pytest.mark.parametrize("above", ["known", "unknown", "missing"])
def test_what_depends_on_partitions_that_are_in_quarantine_runs(
    folder: Folder, in_memory: dg.DagsterInstance, mapping: str, above: str
) -> None:
    name, key = MAPPED[mapping]
    of = "by_day" if mapping == "by_region" else name
    folder.write("defs/a/known.yaml", f"kind: quick\npartitions_def: {of}\ndepz: []\n")
    folder.write("defs/a/unknown.yaml", "kind: quick\npartitions_def: weekly\n")
    folder.write("defs/a/missing.yaml", "{\n")
    up = f"{{asset: a/{above}{'_too' if above == 'missing' else ''}, partition_mapping: {mapping}}}"
    folder.write("defs/a/down.yaml", f"kind: quick\npartitions_def: {name}\ndeps: [{up}]\n")
    graph = quarantined(folder, Partitioned)
    expected = Partitioned.partitions_defs()[of]
    assert graph.specs["a/known"].partitions_def == expected
    assert graph.specs["a/unknown"].partitions_def is None
    assert execute(graph.defs, in_memory, ["a/down"], key).made == {"a/down"}


UNFIT = {
    "another type": ("regions", "daily", "before"),
    "no partitions below": ("daily", None, "before"),
    "another time zone": ("daily", "berlin", None),
    "too many dimensions": ("by_day", "customers", None),
}


@pytest.mark.parametrize("case", UNFIT)
@pytest.mark.parametrize("is_up_broken", [True, False])
def test_partitions_that_dagster_cannot_bring_together_are_a_finding(
    folder: Folder, case: str, is_up_broken: bool
) -> None:
    up, down, mapping = UNFIT[case]
    broken = "depz: []\n" if is_up_broken else ""
    folder.write("defs/a/up.yaml", f"kind: quick\npartitions_def: {up}\n{broken}")
    of = f"partitions_def: {down}\n" if down else ""
    dep = f"{{asset: a/up{f', partition_mapping: {mapping}' if mapping else ''}}}"
    folder.write("defs/a/down.yaml", f"kind: quick\n{of}deps: [{dep}]\n")
    folder.write("defs/a/good.yaml", "kind: quick\ndeps: [a/down]\n")
    graph = quarantined(folder, Partitioned)
    assert set(graph.placeholders) == {"a/down", *(["a/up"] if is_up_broken else [])}
    assert "error[partition-mismatch]: Dagster cannot match" in graph.placeholders["a/down"]
    assert f"--> defs/a/down.yaml:{3 if down else 2}:8" in graph.placeholders["a/down"]
    assert graph.edges == {"a/down": {"a/up"}, "a/good": {"a/down"}}
    if not is_up_broken:
        with pytest.raises(InvalidProjectError, match="Dagster cannot match"):
            folder.definitions(quick(Partitioned))


def test_an_asset_whose_own_partitions_have_no_order_is_in_quarantine(folder: Folder) -> None:
    dep = "deps: [{asset: a/one, partition_mapping: before}]\n"
    folder.write("defs/a/one.yaml", f"kind: quick\npartitions_def: regions\n{dep}")
    folder.write("defs/a/two.yaml", "kind: quick\ndeps: [a/one]\n")
    graph = quarantined(folder, Partitioned)
    assert (set(graph.placeholders), graph.real) == ({"a/one"}, {"a/two"})
    assert "only time partitions come one after the other" in graph.placeholders["a/one"]


def test_partitions_that_an_override_changes_are_judged_as_they_are(folder: Folder) -> None:
    manifests(folder, up="", down="deps: [a/up]\n", good="")
    of = {"up": REGIONS, "down": DAILY}
    graph = overridden(folder, partitions_def=property(lambda self: of.get(self.name)))
    assert (set(graph.placeholders), graph.real) == ({"a/down"}, {"a/up", "a/good"})
    assert "`TeamAsset.partitions_def`" in graph.placeholders["a/down"]


@pytest.mark.parametrize("name", ["daily", "regions", "customers", "by_day"])
def test_a_partitioned_placeholder_fails_for_a_partition(
    folder: Folder, in_memory: dg.DagsterInstance, name: str
) -> None:
    for up in ("daily", "regions", "customers", "by_day"):
        folder.write(f"defs/up/{up}.yaml", f"kind: quick\npartitions_def: {up}\n")
    deps = "[up/daily, up/regions, up/customers, up/by_day]"
    folder.write("defs/a/one.yaml", f"kind: quick\npartitions_def: {name}\ndeps: {deps}\ndepz: []")
    graph = quarantined(folder, Partitioned)
    in_memory.add_dynamic_partitions("customers", ["acme"])
    key = {"daily": "2026-01-05", "regions": "eu", "customers": "acme", "by_day": "2026-01-05|eu"}
    outcome = execute(graph.defs, in_memory, ["a/one"], key[name])
    assert "`depz` is not a key" in outcome.failures[graph.step("a/one")]


def test_neither_schedules_nor_rules_ask_for_placeholders(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    every = 'kind: quick\nschedule: "0 5 * * *"\nautomation_condition: eager\n'
    folder.write("defs/a/bad.yaml", every + "depz: []\n")
    folder.write("defs/a/good.yaml", every)
    folder.write("defs/a/twice.yaml", every)
    folder.write("defs/a/both.yaml", every + "assets: {twice: {}, other: {}}\n")
    folder.write("defs/a/down.yaml", every + "deps: [a/bad, a/good]\n")
    graph = quarantined(folder)
    (schedule,) = graph.defs.schedules or ()
    assert isinstance(schedule, dg.ScheduleDefinition)
    at_five = datetime(2026, 3, 1, 5, tzinfo=UTC)
    context = dg.build_schedule_context(in_memory, scheduled_execution_time=at_five)
    requests = schedule.evaluate_tick(context).run_requests or ()
    asked = {key.to_user_string() for request in requests for key in request.asset_selection or ()}
    assert asked == graph.real == {"a/good", "a/other", "a/down"}
    (sensor,) = graph.defs.sensors or ()
    assert isinstance(sensor, dg.AutomationConditionSensorDefinition)
    selected = sensor.asset_selection.resolve(graph.defs.resolve_asset_graph())
    assert {key.to_user_string() for key in selected} == graph.real
    rules = {key for key, spec in graph.specs.items() if spec.automation_condition}
    assert rules == graph.real


def test_nothing_checks_an_asset_in_quarantine(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    folder.write("defs/a/bad.yaml", "kind: quick\nchecks: {rows: {}}\ndepz: []\n")
    folder.write("defs/a/loop.yaml", "kind: quick\nchecks: {rows: {}}\ndeps: [a/loop]\n")
    checks = "checks: {rows: {asset: twice}, sum: {asset: one}}\n"
    folder.write("defs/a/both.yaml", f"kind: quick\n{checks}assets: {{one: {{}}, twice: {{}}}}\n")
    folder.asset("a/twice")
    graph = quarantined(folder)
    keys = graph.defs.resolve_asset_graph().asset_check_keys
    assert keys == {dg.AssetCheckKey(dg.AssetKey(["a", "one"]), "sum")}
    outcome = execute(graph.defs, in_memory, ["a/one"])
    assert (outcome.made, outcome.passed) == ({"a/one"}, {"a/one:sum": False})


def test_what_is_external_and_in_error_is_a_placeholder_too(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    folder.write("defs/lake/events.yaml", "kind: external\nowners: [me]\n")
    folder.write("defs/lake/pages.yaml", "kind: external\n")
    folder.asset("good/down", "deps: [lake/events, lake/pages]\n")
    graph = quarantined(folder)
    assert set(graph.placeholders) == {"lake/events"}
    assert_refused(graph, in_memory, graph.placeholders)
    assert execute(graph.defs, in_memory, ["good/down"]).success
