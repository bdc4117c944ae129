"""Schedules: what each tick requests, and that Dagster can run it."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipes_projects import (
    CronSchedule,
    InvalidProjectError,
    PipesAssetManifest,
    PipesProject,
    PipesScriptManifest,
)
from pipes_projects.emitter.loading.automation.schedules import ASSET_JOB, partition_keys
from tests.support.dagster.daemons import daemons
from tests.support.dagster.running import stored
from tests.support.folder import Folder
from tests.support.projects.owners import script_with, with_kinds

pytestmark = [  # Dagster's own tags of multi-partitions, and its own use of a property
    pytest.mark.filterwarnings("ignore:Non-compliant tag keys:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Property `ScheduleDefinition:DeprecationWarning"),
]

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = dg.DailyPartitionsDefinition("2026-01-01")
MONTHLY = dg.MonthlyPartitionsDefinition("2026-01-01")
REGIONS = dg.StaticPartitionsDefinition(["eu", "us"])
CUSTOMERS = dg.DynamicPartitionsDefinition(name="customers")
DEFINITIONS: dict[str, dg.PartitionsDefinition] = {
    "daily": DAILY,
    "daily_too": dg.DailyPartitionsDefinition("2026-01-01"),
    "daily_later": dg.DailyPartitionsDefinition("2026-02-01"),
    "daily_in_berlin": dg.DailyPartitionsDefinition("2026-01-01", timezone="Europe/Berlin"),
    "monthly": MONTHLY,
    "regions": REGIONS,
    "customers": CUSTOMERS,
    "shops": dg.DynamicPartitionsDefinition(name="shops"),
    "towns": dg.DynamicPartitionsDefinition(name="towns"),
    "by_day": dg.MultiPartitionsDefinition({"region": REGIONS, "day": DAILY}),
    "by_customer": dg.MultiPartitionsDefinition({"customer": CUSTOMERS, "month": MONTHLY}),
}
CRON = "0 5 * * *"


class Project(PipesProject):
    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        return DEFINITIONS

    @classmethod
    def default_status(cls) -> dg.DefaultScheduleStatus:
        return dg.DefaultScheduleStatus.RUNNING


class Scripts:
    """Writes scripts that have a schedule."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    def add(
        self,
        *keys: str,
        of: str | None = None,
        deps: Sequence[str] = (),
        cron: str | None = CRON,
        zone: str | None = None,
        checks: Sequence[str] = (),
    ) -> None:
        """A script that makes these assets, all or none; its checks are of the first."""
        schedule = {"cron_schedule": cron, **({"execution_timezone": zone} if zone else {})}
        names = [key.partition("/")[2] for key in keys]
        manifest = {
            **({"schedule": schedule} if cron else {}),
            **({"partitions_def": of} if of else {}),
            "deps": deps,
            "checks": {check: {"asset": names[0]} for check in checks},
            "assets": {name: {} for name in names},
        }
        self.folder.asset(keys[0], json.dumps(manifest))

    def definitions(self, project: type[PipesProject] = Project) -> dg.Definitions:
        defs: dg.Definitions = self.folder.definitions(project)
        return defs


@pytest.fixture
def scripts(folder: Folder) -> Scripts:
    return Scripts(folder)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


def schedules(defs: dg.Definitions) -> dict[str, dg.ScheduleDefinition]:
    found = [
        schedule for schedule in defs.schedules or () if isinstance(schedule, dg.ScheduleDefinition)
    ]
    return {schedule.name: schedule for schedule in found}


def the_schedule(defs: dg.Definitions) -> dg.ScheduleDefinition:
    (schedule,) = schedules(defs).values()
    return schedule


def tick(
    defs: dg.Definitions, time: datetime, instance: dg.DagsterInstance | None = None
) -> list[dg.RunRequest]:
    """What the project's only schedule requests."""
    context = dg.build_schedule_context(instance, scheduled_execution_time=time)
    data = the_schedule(defs).evaluate_tick(context)
    assert bool(data.skip_message) != bool(data.run_requests)
    return list(data.run_requests or [])


def requested(requests: Sequence[dg.RunRequest]) -> dict[str, list[str | None]]:
    """The partitions that are requested of assets, by their names."""
    found: dict[str, list[str | None]] = {}
    for request in requests:
        names = " ".join(key.to_user_string() for key in request.asset_selection or ())
        found.setdefault(names, []).append(request.partition_key)
    return found


def utc(*time: int) -> datetime:
    return datetime(*time, tzinfo=UTC)  # type: ignore[arg-type, misc]


def keys_at(definition: dg.PartitionsDefinition, time: datetime) -> Sequence[str]:
    with dg.partition_loading_context(time):
        return partition_keys(definition, time)


def test_scripts_with_equal_cron_and_time_zone_share_a_schedule(scripts: Scripts) -> None:
    scripts.add("sales/a")
    scripts.add("sales/b", cron="0 5  * * *", zone="UTC")
    scripts.add("sales/c", zone="Europe/Berlin")
    scripts.add("sales/d", cron="0 6 * * *")
    scripts.add("sales/e", cron=None)
    found = schedules(scripts.definitions())
    assert set(found) == {
        "schedule_0_5_x_x_x",
        "schedule_0_5_x_x_x_Europe_Berlin",
        "schedule_0_6_x_x_x",
    }
    assert found["schedule_0_5_x_x_x"].cron_schedule == "0 5 * * *"
    assert found["schedule_0_5_x_x_x"].description == "Makes sales/a, sales/b."
    assert found["schedule_0_5_x_x_x_Europe_Berlin"].execution_timezone == "Europe/Berlin"


def test_a_cron_expression_alone_is_a_schedule_in_utc(folder: Folder) -> None:
    folder.asset("sales/a", "schedule: 0 5 * * *\n")
    schedule = the_schedule(folder.definitions())
    assert (schedule.name, schedule.execution_timezone) == ("schedule_0_5_x_x_x", None)


def test_a_schedule_is_inherited_and_null_takes_it_back(folder: Folder) -> None:
    folder.write("defs/_defaults.yaml", "schedule: 0 5 * * *\n")
    folder.write("defs/raw/_defaults.yaml", "schedule: {execution_timezone: Europe/Berlin}\n")
    folder.write("defs/raw/lake.yaml", "kind: external\n")
    folder.asset("raw/a")
    folder.asset("raw/b", "schedule: 0 6 * * *\n")
    folder.asset("sales/c", "assets: {c: {}, d: {}}\n")
    folder.asset("sales/e", "schedule: null\n")
    found = schedules(folder.definitions())
    assert {name: schedule.description for name, schedule in found.items()} == {
        "schedule_0_5_x_x_x_Europe_Berlin": "Makes raw/a.",
        "schedule_0_6_x_x_x_Europe_Berlin": "Makes raw/b.",
        "schedule_0_5_x_x_x": "Makes sales/c, sales/d.",
    }


def test_a_time_zone_in_the_defaults_is_for_those_who_have_a_schedule(folder: Folder) -> None:
    folder.write("defs/_defaults.yaml", "schedule: {execution_timezone: Europe/Berlin}\n")
    folder.asset("sales/a", "schedule: 0 5 * * *\n")
    folder.asset("sales/b", "schedule: {cron_schedule: 0 5 * * *, execution_timezone: null}\n")
    folder.asset("sales/c")
    found = schedules(folder.definitions())
    assert {name: schedule.execution_timezone for name, schedule in found.items()} == {
        "schedule_0_5_x_x_x_Europe_Berlin": "Europe/Berlin",
        "schedule_0_5_x_x_x": None,
    }
    assert found["schedule_0_5_x_x_x"].description == "Makes sales/b."


@pytest.mark.parametrize("status", dg.DefaultScheduleStatus)
def test_a_schedule_starts_as_the_owner_says(
    scripts: Scripts, status: dg.DefaultScheduleStatus
) -> None:
    class Started(PipesProject):
        @classmethod
        def default_status(cls) -> dg.DefaultScheduleStatus:
            return status

    scripts.add("sales/a")
    assert the_schedule(scripts.definitions(Started)).default_status is status


def test_a_schedule_is_stopped_unless_told_otherwise(scripts: Scripts) -> None:
    scripts.add("sales/a")
    status = the_schedule(scripts.definitions(PipesProject)).default_status
    assert status is dg.DefaultScheduleStatus.STOPPED


def test_without_a_schedule_there_is_none(scripts: Scripts) -> None:
    scripts.add("sales/a", cron=None)
    assert schedules(scripts.definitions()) == {}


def test_dagster_loads_the_schedules_and_knows_their_job(scripts: Scripts) -> None:
    scripts.add("sales/d", of="daily")
    scripts.add("sales/m", of="monthly")
    defs = scripts.definitions()
    dg.Definitions.validate_loadable(defs)
    assert defs.resolve_implicit_global_asset_job_def().name == ASSET_JOB


def test_a_schedule_with_one_partitions_definition_is_shown_at_its_assets(
    scripts: Scripts,
) -> None:
    scripts.add("sales/d", of="daily")
    scripts.add("sales/v", deps=["sales/d"])
    scripts.add("sales/m", of="monthly", cron="0 6 * * *")
    defs = scripts.definitions()
    jobs = {
        schedule.name: defs.resolve_job_def(schedule.job_name) for schedule in defs.schedules or ()
    }
    selected = {name: job.asset_layer.selected_asset_keys for name, job in jobs.items()}
    assert selected == {
        "schedule_0_5_x_x_x": {dg.AssetKey(["sales", name]) for name in "dv"},
        "schedule_0_6_x_x_x": {dg.AssetKey(["sales", "m"])},
    }


def test_scripts_without_partitions_are_one_run(scripts: Scripts) -> None:
    scripts.add("sales/a", "sales/b")
    scripts.add("sales/c", deps=["sales/a"])
    (request,) = tick(scripts.definitions(), utc(2026, 3, 1, 5))
    assert requested([request]) == {"sales/a sales/b sales/c": [None]}
    assert request.run_key == "schedule_0_5_x_x_x|sales/a|2026-03-01T05:00:00+00:00"
    assert request.tags == {"dagster/schedule_name": "schedule_0_5_x_x_x"}


def test_daily_and_monthly_partitions_share_a_schedule(scripts: Scripts) -> None:
    scripts.add("sales/d", of="daily")
    scripts.add("sales/m", of="monthly")
    scripts.add("sales/u")
    defs = scripts.definitions()
    assert requested(tick(defs, utc(2026, 3, 1, 5))) == {
        "sales/d": ["2026-02-28"],
        "sales/m": ["2026-02-01"],
        "sales/u": [None],
    }
    assert requested(tick(defs, utc(2026, 3, 31, 5)))["sales/m"] == ["2026-02-01"]


def test_scripts_without_partitions_follow_what_they_are_made_from(scripts: Scripts) -> None:
    scripts.add("raw/u")
    scripts.add("sales/d", of="daily", deps=["raw/u"])
    scripts.add("sales/v", deps=["sales/d"])
    found = requested(tick(scripts.definitions(), utc(2026, 3, 1, 5)))
    assert found == {"raw/u": [None], "sales/d sales/v": ["2026-02-28"]}


def test_equal_definitions_are_one_run(scripts: Scripts) -> None:
    scripts.add("sales/a", of="daily")
    scripts.add("sales/b", of="daily_too")
    found = requested(tick(scripts.definitions(), utc(2026, 3, 1, 5)))
    assert found == {"sales/a sales/b": ["2026-02-28"]}


def test_equal_keys_of_two_definitions_are_two_runs(scripts: Scripts) -> None:
    scripts.add("sales/a", of="daily")
    scripts.add("sales/b", of="daily_later")
    requests = tick(scripts.definitions(), utc(2026, 3, 1))
    assert requested(requests) == {"sales/a": ["2026-02-28"], "sales/b": ["2026-02-28"]}
    assert len({request.run_key for request in requests}) == 2


def test_before_the_first_partition_has_ended_there_is_a_reason(scripts: Scripts) -> None:
    for n in range(7):
        scripts.add(f"sales/a{n}", of="daily")
    defs = scripts.definitions()
    context = dg.build_schedule_context(scheduled_execution_time=utc(2026, 1, 1, 23, 59))
    data = the_schedule(defs).evaluate_tick(context)
    assert data.run_requests == []
    assert data.skip_message == (
        "no partition yet for sales/a0, sales/a1, sales/a2, sales/a3, sales/a4 and 2 more"
    )
    assert requested(tick(defs, utc(2026, 1, 2))).popitem()[1] == ["2026-01-01"]


def test_where_one_definition_has_no_partition_the_others_run(scripts: Scripts) -> None:
    scripts.add("sales/d", of="daily")
    scripts.add("sales/m", of="monthly")
    found = requested(tick(scripts.definitions(), utc(2026, 1, 15)))
    assert found == {"sales/d": ["2026-01-14"]}


def test_static_partitions_are_a_run_for_each_key(scripts: Scripts) -> None:
    scripts.add("sales/r", of="regions")
    requests = tick(scripts.definitions(), utc(2026, 3, 1, 5))
    assert requested(requests) == {"sales/r": ["eu", "us"]}
    assert [request.tags["dagster/partition"] for request in requests] == ["eu", "us"]
    assert len({request.run_key for request in requests}) == 2


def test_dynamic_partitions_are_those_known_at_the_tick(
    scripts: Scripts, instance: dg.DagsterInstance
) -> None:
    scripts.add("sales/c", of="shops")
    defs = scripts.definitions()
    assert tick(defs, utc(2026, 3, 1), instance) == []
    instance.add_dynamic_partitions("shops", ["acme", "ajax"])
    assert requested(tick(defs, utc(2026, 3, 2), instance)) == {"sales/c": ["acme", "ajax"]}


def test_multi_partitions_are_the_latest_time_with_every_other_key(scripts: Scripts) -> None:
    scripts.add("sales/x", of="by_day")
    requests = tick(scripts.definitions(), utc(2026, 3, 1, 5))
    assert requested(requests) == {"sales/x": ["2026-02-28|eu", "2026-02-28|us"]}
    assert requests[0].tags["dagster/partition/day"] == "2026-02-28"
    assert requests[0].tags["dagster/partition/region"] == "eu"


def test_multi_partitions_with_a_dynamic_dimension(
    scripts: Scripts, instance: dg.DagsterInstance
) -> None:
    instance.add_dynamic_partitions("customers", ["acme", "not|this", "ajax"])
    scripts.add("sales/x", of="by_customer")
    found = requested(tick(scripts.definitions(), utc(2026, 3, 1), instance))
    assert found == {"sales/x": ["acme|2026-02-01", "ajax|2026-02-01"]}


def test_multi_partitions_without_time_are_all_combinations() -> None:
    sizes = dg.StaticPartitionsDefinition(["l", "s"])
    both = dg.MultiPartitionsDefinition({"region": REGIONS, "size": sizes})
    assert keys_at(both, utc(2026, 3, 1)) == ["eu|l", "eu|s", "us|l", "us|s"]


def test_multi_partitions_of_two_times_are_the_latest_of_both() -> None:
    both = dg.MultiPartitionsDefinition({"day": DAILY, "month": MONTHLY})
    assert keys_at(both, utc(2026, 3, 1)) == ["2026-02-28|2026-02-01"]
    assert keys_at(both, utc(2026, 1, 15)) == []


def test_partitions_that_have_not_ended_are_not_requested() -> None:
    ahead = dg.DailyPartitionsDefinition("2026-01-01", end_offset=3)
    assert keys_at(ahead, utc(2026, 3, 1, 5)) == ["2026-02-28"]
    assert keys_at(ahead, utc(2026, 1, 1, 5)) == []
    assert keys_at(ahead, utc(2025, 12, 31, 5)) == []


def test_partitions_that_come_late_are_requested_late() -> None:
    behind = dg.DailyPartitionsDefinition("2026-01-01", end_offset=-1)
    assert keys_at(behind, utc(2026, 3, 1, 5)) == ["2026-02-27"]
    assert keys_at(behind, utc(2026, 1, 2, 5)) == []


def test_after_the_end_date_the_last_partition_stays_the_last() -> None:
    ended = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-02-01", end_offset=1)
    assert keys_at(ended, utc(2026, 1, 31, 5)) == ["2026-01-30"]
    assert keys_at(ended, utc(2026, 2, 1)) == ["2026-01-31"]
    assert keys_at(ended, utc(2026, 6, 1)) == ["2026-01-31"]


def test_an_excluded_partition_is_not_requested() -> None:
    workdays = dg.TimeWindowPartitionsDefinition(
        "2026-01-01", "%Y-%m-%d", cron_schedule="0 0 * * *", exclusions=["0 0 * * 0,6"]
    )
    assert keys_at(workdays, utc(2026, 3, 2, 5)) == ["2026-02-27"]  # Monday: Friday's


def test_the_tick_is_compared_in_the_zone_of_the_partitions() -> None:
    in_berlin = dg.DailyPartitionsDefinition("2026-01-01", timezone="Europe/Berlin")
    assert keys_at(in_berlin, utc(2026, 1, 9, 22, 59)) == ["2026-01-08"]
    assert keys_at(in_berlin, utc(2026, 1, 9, 23)) == ["2026-01-09"]
    assert keys_at(DAILY, datetime(2026, 1, 10, 0, 30, tzinfo=BERLIN)) == ["2026-01-08"]


def test_days_that_are_an_hour_longer_or_shorter() -> None:
    in_berlin = dg.DailyPartitionsDefinition("2026-01-01", timezone="Europe/Berlin")
    assert keys_at(in_berlin, utc(2026, 3, 29, 21, 59)) == ["2026-03-28"]
    assert keys_at(in_berlin, utc(2026, 3, 29, 22)) == ["2026-03-29"]
    assert keys_at(in_berlin, utc(2026, 10, 25, 22, 59)) == ["2026-10-24"]
    assert keys_at(in_berlin, utc(2026, 10, 25, 23)) == ["2026-10-25"]


def test_the_hour_that_comes_twice() -> None:
    hourly = dg.HourlyPartitionsDefinition("2026-01-01-00:00", timezone="Europe/Berlin")
    ticks = [utc(2026, 10, 25, hour) for hour in (0, 1, 2)]
    assert [keys_at(hourly, moment) for moment in ticks] == [
        ["2026-10-25-01:00"],
        ["2026-10-25-02:00"],
        ["2026-10-25-02:00+0100"],
    ]


def test_the_ticks_of_a_day_with_a_skipped_hour_have_keys_of_their_own(scripts: Scripts) -> None:
    """A tick in the time zone of its schedule, as Dagster gives it."""
    scripts.add("sales/d", of="daily_in_berlin", cron="30 2 * * *", zone="Europe/Berlin")
    defs = scripts.definitions()
    keys = []
    for day in (28, 29, 30):
        (request,) = tick(defs, datetime(2026, 3, day, 3, tzinfo=BERLIN))
        keys.append((request.partition_key, (request.run_key or "").rpartition("|")[2]))
    assert keys == [
        ("2026-03-27", "2026-03-28T02:00:00+00:00"),
        ("2026-03-28", "2026-03-29T01:00:00+00:00"),
        ("2026-03-29", "2026-03-30T01:00:00+00:00"),
    ]


def test_a_time_without_a_zone_is_in_that_of_the_schedule(scripts: Scripts) -> None:
    scripts.add("sales/d", of="daily_in_berlin", zone="Europe/Berlin")
    (request,) = tick(scripts.definitions(), datetime(2026, 7, 1))
    assert request.partition_key == "2026-06-30"
    assert (request.run_key or "").endswith("|2026-06-30T22:00:00+00:00")


CRONS = st.sampled_from(["0 0 * * *", "0 * * * *", "0 0 1 * *", "30 6 * * 1", "*/20 * * * *"])
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
START = datetime(2026, 3, 20)


@given(
    CRONS, ZONES, st.integers(-2, 2), st.none() | st.integers(0, 20), st.integers(-5_000, 30_000)
)
@settings(max_examples=150, deadline=None)
def test_it_is_the_last_of_all_keys_whose_window_has_ended(
    cron: str, zone: str, end_offset: int, days: int | None, minutes: int
) -> None:
    definition = dg.TimeWindowPartitionsDefinition(
        START,
        "%Y-%m-%d-%H:%M",
        None if days is None else START + timedelta(days, hours=7),
        timezone=zone,
        cron_schedule=cron,
        end_offset=end_offset,
    )
    time = START.replace(tzinfo=UTC) + timedelta(minutes=minutes)
    with dg.partition_loading_context(time):
        ended = [
            key
            for key in definition.get_partition_keys()
            if definition.has_partition_key(key)
            and definition.time_window_for_partition_key(key).end <= time
        ]
        assert list(partition_keys(definition, time)) == ended[-1:]


def overriding(
    script: type[Any] = PipesScriptManifest, asset: type[Any] = PipesAssetManifest
) -> type[PipesProject]:
    """A project whose `subprocess` scripts have these views."""
    return with_kinds(Project, subprocess=script_with(asset, script))


def test_an_owner_may_give_a_schedule_to_those_who_have_none(scripts: Scripts) -> None:
    class Manifest(PipesScriptManifest):
        @property
        def schedule(self) -> CronSchedule:
            nightly = CronSchedule(cron_schedule="0 2 * * *", execution_timezone="Europe/Berlin")
            return super().schedule or nightly

    scripts.add("sales/a")
    scripts.add("sales/b", cron=None)
    found = schedules(scripts.definitions(overriding(Manifest)))
    assert {name: schedule.description for name, schedule in found.items()} == {
        "schedule_0_5_x_x_x": "Makes sales/a.",
        "schedule_0_2_x_x_x_Europe_Berlin": "Makes sales/b.",
    }


def test_an_owner_may_take_schedules_away(scripts: Scripts) -> None:
    scripts.add("sales/a")
    view = type("Manifest", (PipesScriptManifest,), {"schedule": None})
    assert schedules(scripts.definitions(overriding(view))) == {}


@pytest.mark.parametrize("value", ["0 5 * * *", CronSchedule(execution_timezone="UTC")])
def test_a_schedule_that_is_none_is_a_finding(scripts: Scripts, value: Any) -> None:
    scripts.add("sales/a")
    view = type("TeamManifest", (PipesScriptManifest,), {"schedule": property(lambda _: value)})
    with pytest.raises(InvalidProjectError) as raised:
        scripts.definitions(overriding(view))
    assert "Dagster refuses the step of `sales/a`: `schedule` is a CronSchedule" in str(
        raised.value
    )
    assert "`TeamManifest.schedule`" in str(raised.value)


def test_a_schedule_is_of_the_keys_and_partitions_that_an_owner_gives(scripts: Scripts) -> None:
    class Asset(PipesAssetManifest):
        @property
        def asset_key(self) -> dg.AssetKey:
            return dg.AssetKey(["warehouse", self.name])

        @property
        def partitions_def(self) -> dg.PartitionsDefinition | None:
            return super().partitions_def or MONTHLY

    scripts.add("sales/a", "sales/b")
    scripts.add("sales/c", of="daily")
    found = requested(tick(scripts.definitions(overriding(asset=Asset)), utc(2026, 3, 1, 5)))
    assert found == {
        "warehouse/a warehouse/b": ["2026-02-01"],
        "warehouse/c": ["2026-02-28"],
    }


def test_assets_of_one_schedule_and_script_have_equal_partitions(scripts: Scripts) -> None:
    given = {"a": DAILY, "b": MONTHLY, "c": None}
    script = type("Script", (PipesScriptManifest,), {"can_subset": True})
    views = {"partitions_def": property(lambda self: given[self.name])}
    asset = type("Asset", (PipesAssetManifest,), views)
    scripts.add("sales/a", "sales/b")
    with pytest.raises(InvalidProjectError, match="a `schedule` is for assets with equal part"):
        scripts.definitions(overriding(script, asset))
    scripts.add("sales/a", "sales/c")
    found = requested(tick(scripts.definitions(overriding(script, asset)), utc(2026, 3, 1, 5)))
    assert found == {"sales/a sales/c": ["2026-02-28"]}


def test_the_scheduler_runs_each_with_its_partition_and_its_checks(
    scripts: Scripts, instance: dg.DagsterInstance
) -> None:
    scripts.add("first/d", "first/e", of="daily", checks=["rows", "columns"])
    scripts.add("first/v", deps=["first/d"], checks=["rows"])
    scripts.add("first/m", of="monthly")
    scripts.add("first/o", of="daily", cron="0 6 * * *", checks=["rows"])
    scripts.add("first/p", cron="0 6 * * *", deps=["first/o"])
    with daemons(scripts.folder.root, Project, instance) as daemon:
        runs = daemon.schedules(utc(2026, 3, 1, 4, 59), utc(2026, 3, 1, 5, 1))
        assert made(instance, "first/o") == []
        (later,) = daemon.schedules(utc(2026, 3, 1, 5, 1), utc(2026, 3, 1, 6, 1))
    assert [run.tags["dagster/partition"] for run in runs] == ["2026-02-28", "2026-02-01"]
    assert made(instance, "first/d") == made(instance, "first/e") == ["2026-02-28"]
    assert made(instance, "first/m") == ["2026-02-01"]
    assert made(instance, "first/v") == [None]
    assert made(instance, "first/o") == ["2026-02-28"]
    assert made(instance, "first/p") == [None]
    evaluation = dg.DagsterEventType.ASSET_CHECK_EVALUATION
    checks = [len(instance.all_logs(run.run_id, evaluation)) for run in (*runs, later)]
    assert checks == [3, 0, 1]


def test_the_scheduler_runs_every_partition_that_is_due(
    scripts: Scripts, instance: dg.DagsterInstance
) -> None:
    instance.add_dynamic_partitions("towns", ["acme"])
    scripts.add("every/c", of="towns")
    scripts.add("every/r", of="regions")
    scripts.add("every/x", of="by_day")
    with daemons(scripts.folder.root, Project, instance) as daemon:
        daemon.schedules(utc(2026, 3, 1, 4, 59), utc(2026, 3, 1, 5, 1))
    assert made(instance, "every/c") == ["acme"]
    assert sorted(made(instance, "every/r")) == ["eu", "us"]
    assert sorted(made(instance, "every/x")) == ["2026-02-28|eu", "2026-02-28|us"]


def made(instance: dg.DagsterInstance, key: str) -> list[Any]:
    """The partitions of an asset that were made."""
    found = instance.fetch_materializations(dg.AssetKey(key.split("/")), limit=100)
    return [record.partition_key for record in found.records]


def test_the_scheduler_leaves_a_schedule_alone_that_nobody_switched_on(
    scripts: Scripts, instance: dg.DagsterInstance
) -> None:
    scripts.add("left/a")
    with daemons(scripts.folder.root, PipesProject, instance) as daemon:
        assert daemon.schedules(utc(2026, 3, 1, 4, 59), utc(2026, 3, 1, 5, 1)) == []
