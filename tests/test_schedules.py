"""Schedules: what each tick requests, and that Dagster can run it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipes_projects.emitter.schedules import ASSET_JOB, partition_keys, scheduled, schedules_of

# Dagster's own tags of multi-partitions.
pytestmark = pytest.mark.filterwarnings("ignore:Non-compliant tag keys:DeprecationWarning")

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = dg.DailyPartitionsDefinition("2026-01-01")
MONTHLY = dg.MonthlyPartitionsDefinition("2026-01-01")
REGIONS = dg.StaticPartitionsDefinition(["eu", "us"])
CUSTOMERS = dg.DynamicPartitionsDefinition(name="customers")
RUNNING = dg.DefaultScheduleStatus.RUNNING


class Made(NamedTuple):
    """A script as schedules see it, and its assets."""

    script: Any
    assets: dg.AssetsDefinition


def made(
    *keys: str,
    of: dg.PartitionsDefinition | None = None,
    deps: Sequence[str] = (),
    cron: str | None = "0 5 * * *",
    zone: str | None = None,
    checks: Sequence[str] = (),
) -> Made:
    """A script that makes these assets, all or none; its checks are of the first."""
    above = [dep.split("/") for dep in deps]
    name = keys[0].replace("/", "__")
    specs = [dg.AssetSpec(key.split("/"), deps=above, partitions_def=of) for key in keys]
    check_specs = [dg.AssetCheckSpec(check, asset=specs[0].key) for check in checks]

    @dg.multi_asset(name=name, specs=specs, check_specs=check_specs)
    def assets() -> Iterator[Any]:
        yield from (dg.MaterializeResult(spec.key) for spec in specs)
        for it in check_specs:
            yield dg.AssetCheckResult(passed=True, check_name=it.name, asset_key=it.asset_key)

    schedule = SimpleNamespace(cron_schedule=cron, execution_timezone=zone) if cron else None
    manifest = SimpleNamespace(schedule=schedule, partitions_def=of)
    return Made(SimpleNamespace(name=keys[0], manifest=manifest), assets)


def definitions(*scripts: Made, **arguments: Any) -> dg.Definitions:
    makers = {spec.key: it.script.name for it in scripts for spec in it.assets.specs}
    members = [scheduled(it.script, it.assets.specs, makers) for it in scripts]
    schedules = schedules_of([it for it in members if it], RUNNING)
    return dg.Definitions(assets=[it.assets for it in scripts], schedules=schedules, **arguments)


def the_schedule(defs: dg.Definitions) -> dg.ScheduleDefinition:
    (schedule,) = defs.schedules or ()
    assert isinstance(schedule, dg.ScheduleDefinition)
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
    for it in requests:
        names = " ".join(key.to_user_string() for key in it.asset_selection or ())
        found.setdefault(names, []).append(it.partition_key)
    return found


def utc(*time: int) -> datetime:
    return datetime(*time, tzinfo=UTC)  # type: ignore[arg-type, misc]


def keys_at(definition: dg.PartitionsDefinition, time: datetime) -> Sequence[str]:
    with dg.partition_loading_context(time):
        return partition_keys(definition, time)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as it:
        yield it


def test_scripts_with_equal_cron_and_time_zone_share_a_schedule() -> None:
    defs = definitions(
        made("sales/a"),
        made("sales/b", cron=" 0 5  * * *", zone="UTC"),
        made("sales/c", zone="Europe/Berlin"),
        made("sales/d", cron="0 6 * * *"),
        made("sales/e", cron=None),
    )
    found = {it.name: it for it in defs.schedules or () if isinstance(it, dg.ScheduleDefinition)}
    assert set(found) == {
        "schedule_0_5_x_x_x",
        "schedule_0_5_x_x_x_Europe_Berlin",
        "schedule_0_6_x_x_x",
    }
    assert found["schedule_0_5_x_x_x"].cron_schedule == "0 5 * * *"
    assert found["schedule_0_5_x_x_x"].description == "Makes sales/a, sales/b."
    assert found["schedule_0_5_x_x_x_Europe_Berlin"].execution_timezone == "Europe/Berlin"


def test_a_schedule_starts_as_the_owner_says() -> None:
    script = made("sales/a")
    member = scheduled(script.script, script.assets.specs, {})
    assert member
    for status in dg.DefaultScheduleStatus:
        assert schedules_of([member], status)[0].default_status is status


def test_dagster_loads_the_schedules_and_knows_their_job() -> None:
    defs = definitions(made("sales/d", of=DAILY), made("sales/m", of=MONTHLY))
    dg.Definitions.validate_loadable(defs)
    assert defs.resolve_implicit_global_asset_job_def().name == ASSET_JOB


def test_scripts_without_partitions_are_one_run() -> None:
    defs = definitions(made("sales/a", "sales/b"), made("sales/c", deps=["sales/a"]))
    (request,) = tick(defs, utc(2026, 3, 1, 5))
    assert requested([request]) == {"sales/a sales/b sales/c": [None]}
    assert request.run_key == "schedule_0_5_x_x_x|sales/a|2026-03-01T05:00:00+00:00"
    assert request.tags == {"dagster/schedule_name": "schedule_0_5_x_x_x"}


def test_daily_and_monthly_partitions_share_a_schedule() -> None:
    defs = definitions(made("sales/d", of=DAILY), made("sales/m", of=MONTHLY), made("sales/u"))
    assert requested(tick(defs, utc(2026, 3, 1, 5))) == {
        "sales/d": ["2026-02-28"],
        "sales/m": ["2026-02-01"],
        "sales/u": [None],
    }
    assert requested(tick(defs, utc(2026, 3, 31, 5)))["sales/m"] == ["2026-02-01"]


def test_scripts_without_partitions_follow_what_they_are_made_from() -> None:
    defs = definitions(
        made("raw/u"),
        made("sales/d", of=DAILY, deps=["raw/u"]),
        made("sales/v", deps=["sales/d"]),
    )
    found = requested(tick(defs, utc(2026, 3, 1, 5)))
    assert found == {"raw/u": [None], "sales/d sales/v": ["2026-02-28"]}


def test_equal_definitions_are_one_run() -> None:
    other = dg.DailyPartitionsDefinition("2026-01-01")
    defs = definitions(made("sales/a", of=DAILY), made("sales/b", of=other))
    assert requested(tick(defs, utc(2026, 3, 1, 5))) == {"sales/a sales/b": ["2026-02-28"]}


def test_equal_keys_of_two_definitions_are_two_runs() -> None:
    later = dg.DailyPartitionsDefinition("2026-02-01")
    requests = tick(
        definitions(made("sales/a", of=DAILY), made("sales/b", of=later)), utc(2026, 3, 1)
    )
    assert requested(requests) == {"sales/a": ["2026-02-28"], "sales/b": ["2026-02-28"]}
    assert len({it.run_key for it in requests}) == 2


def test_before_the_first_partition_has_ended_there_is_a_reason() -> None:
    defs = definitions(*(made(f"sales/a{n}", of=DAILY) for n in range(7)))
    context = dg.build_schedule_context(scheduled_execution_time=utc(2026, 1, 1, 23, 59))
    data = the_schedule(defs).evaluate_tick(context)
    assert data.run_requests == []
    assert data.skip_message == (
        "no partition yet for sales/a0, sales/a1, sales/a2, sales/a3, sales/a4 and 2 more"
    )
    assert requested(tick(defs, utc(2026, 1, 2))).popitem()[1] == ["2026-01-01"]


def test_where_one_definition_has_no_partition_the_others_run() -> None:
    defs = definitions(made("sales/d", of=DAILY), made("sales/m", of=MONTHLY))
    assert requested(tick(defs, utc(2026, 1, 15))) == {"sales/d": ["2026-01-14"]}


def test_static_partitions_are_a_run_for_each_key() -> None:
    requests = tick(definitions(made("sales/r", of=REGIONS)), utc(2026, 3, 1, 5))
    assert requested(requests) == {"sales/r": ["eu", "us"]}
    assert [it.tags["dagster/partition"] for it in requests] == ["eu", "us"]
    assert len({it.run_key for it in requests}) == 2


def test_dynamic_partitions_are_those_known_at_the_tick(instance: dg.DagsterInstance) -> None:
    defs = definitions(made("sales/c", of=CUSTOMERS))
    assert tick(defs, utc(2026, 3, 1), instance) == []
    instance.add_dynamic_partitions("customers", ["acme", "ajax"])
    assert requested(tick(defs, utc(2026, 3, 2), instance)) == {"sales/c": ["acme", "ajax"]}


def test_multi_partitions_are_the_latest_time_with_every_other_key() -> None:
    by_day = dg.MultiPartitionsDefinition({"region": REGIONS, "day": DAILY})
    requests = tick(definitions(made("sales/x", of=by_day)), utc(2026, 3, 1, 5))
    assert requested(requests) == {"sales/x": ["2026-02-28|eu", "2026-02-28|us"]}
    assert requests[0].tags["dagster/partition/day"] == "2026-02-28"
    assert requests[0].tags["dagster/partition/region"] == "eu"


def test_multi_partitions_with_a_dynamic_dimension(instance: dg.DagsterInstance) -> None:
    instance.add_dynamic_partitions("customers", ["acme", "not|this", "ajax"])
    by_customer = dg.MultiPartitionsDefinition({"customer": CUSTOMERS, "month": MONTHLY})
    defs = definitions(made("sales/x", of=by_customer))
    found = requested(tick(defs, utc(2026, 3, 1), instance))
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
    assert [keys_at(hourly, it) for it in ticks] == [
        ["2026-10-25-01:00"],
        ["2026-10-25-02:00"],
        ["2026-10-25-02:00+0100"],
    ]


def test_the_ticks_of_a_day_with_a_skipped_hour_have_keys_of_their_own() -> None:
    """A tick in the time zone of its schedule, as Dagster gives it."""
    in_berlin = dg.DailyPartitionsDefinition("2026-01-01", timezone="Europe/Berlin")
    defs = definitions(made("sales/d", of=in_berlin, cron="30 2 * * *", zone="Europe/Berlin"))
    keys = []
    for day in (28, 29, 30):
        (request,) = tick(defs, datetime(2026, 3, day, 3, tzinfo=BERLIN))
        keys.append((request.partition_key, (request.run_key or "").rpartition("|")[2]))
    assert keys == [
        ("2026-03-27", "2026-03-28T02:00:00+00:00"),
        ("2026-03-28", "2026-03-29T01:00:00+00:00"),
        ("2026-03-29", "2026-03-30T01:00:00+00:00"),
    ]


def test_a_time_without_a_zone_is_in_that_of_the_schedule() -> None:
    in_berlin = dg.DailyPartitionsDefinition("2026-01-01", timezone="Europe/Berlin")
    defs = definitions(made("sales/d", of=in_berlin, zone="Europe/Berlin"))
    (request,) = tick(defs, datetime(2026, 7, 1))
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


def run(defs: dg.Definitions, request: dg.RunRequest, instance: dg.DagsterInstance) -> Any:
    """What the daemon does with a request."""
    return defs.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance,
        asset_selection=list(request.asset_selection or ()),
        partition_key=request.partition_key,
        tags=request.tags,
    )


def test_what_is_requested_runs_with_its_partition_and_its_checks(
    instance: dg.DagsterInstance,
) -> None:
    defs = definitions(
        made("sales/d", "sales/e", of=DAILY, checks=["rows", "columns"]),
        made("sales/v", deps=["sales/d"], checks=["rows"]),
        made("sales/m", of=MONTHLY),
    )
    requests = tick(defs, utc(2026, 3, 1, 5), instance)
    results = [run(defs, it, instance) for it in requests]
    found = [
        (event.asset_key.to_user_string(), event.partition)
        for it in results
        for event in it.get_asset_materialization_events()
    ]
    assert sorted(found) == [
        ("sales/d", "2026-02-28"),
        ("sales/e", "2026-02-28"),
        ("sales/m", "2026-02-01"),
        ("sales/v", None),
    ]
    checked = [it.check_name for it in results[0].get_asset_check_evaluations()]
    assert sorted(checked) == ["columns", "rows", "rows"]


def test_requests_of_many_partitions_run(instance: dg.DagsterInstance) -> None:
    instance.add_dynamic_partitions("customers", ["acme"])
    by_day = dg.MultiPartitionsDefinition({"region": REGIONS, "day": DAILY})
    defs = definitions(made("sales/c", of=CUSTOMERS), made("sales/x", of=by_day))
    for request in tick(defs, utc(2026, 3, 1, 5), instance):
        assert run(defs, request, instance).success
    known = instance.get_materialized_partitions(dg.AssetKey(["sales", "x"]))
    assert known == {"2026-02-28|eu", "2026-02-28|us"}
    assert instance.get_materialized_partitions(dg.AssetKey(["sales", "c"])) == {"acme"}
