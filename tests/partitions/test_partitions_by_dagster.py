"""Partitions without Dagster are those of Dagster: keys, windows, ranges, at any time."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import dagster as dg
import pytest
from dagster._core.test_utils import freeze_time
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipes_projects.emitter.owner.published.partitions import described
from pipes_projects.manifest.contract import Contract
from pipes_projects.partitions import PartitionProblem, PartitionSet, partitions_of
from pipes_projects.schema.contract.reading import EXTENSION, contract_in
from pipes_projects.schema.contract.writing import extension
from tests.support.dagster.running import ROOT

ZONES = [
    *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney"),
    *("America/Sao_Paulo", "Africa/Casablanca", "America/Havana", "Asia/Tokyo"),
]
FORMATS = ["%Y-%m-%d", "%Y-%m-%d-%H:%M", "%Y%m%d_%H%M", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z"]
CRONS = [
    *("0 0 * * *", "30 2 * * *", "0 */6 * * *", "*/15 * * * *", "0 * * * *", "15,45 * * * *"),
    *("0 0 * * 1", "30 1 * * 0", "0 0 1 * *", "15 2 31 * *", "0 0 1 1 *", "0 0 1 */3 *"),
    *(
        "0 9 * * 1-5",
        "0 0 * * mon#2",
        "0 0 L * *",
        "0 3 1 * 5",
        "0 0 29 2 *",
        "@daily",
        "0 2,3 * * *",
    ),
]
OFTEN = CRONS[:6]
RARE = ["0 0 * * 0", "0 12 * * *", "30 2 1 * *"]
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2027, 1, 1))
DAYS = st.one_of(
    MOMENTS.map(lambda moment: moment.replace(hour=0, minute=0, second=0, microsecond=0)),
    # around the changes of clocks
    st.sampled_from([datetime(2024, 3, 30), datetime(2024, 11, 2), datetime(2018, 11, 3)]),
    MOMENTS.map(lambda moment: moment.replace(second=0, microsecond=0)),
)
AHEAD = st.one_of(st.integers(-3, 90 * 24), st.integers(0, 100)).map(
    lambda hours: timedelta(hours=hours)
)
OFFSETS = st.one_of(st.just(0), st.integers(-3, 3))


@st.composite
def time_windows(draw: st.DrawFn) -> dg.TimeWindowPartitionsDefinition:
    start, zone, offset = draw(DAYS), draw(st.sampled_from(ZONES)), draw(OFFSETS)
    end = draw(st.none() | AHEAD.map(lambda ahead: start + ahead))
    shared: dict[str, Any] = {"timezone": zone, "end_offset": offset}
    days = {"start_date": start, "end_date": end, **shared}
    minute, hour = draw(st.integers(0, 59)), draw(st.integers(0, 23))
    match draw(st.sampled_from(["hourly", "daily", "weekly", "monthly", "cron", "cron"])):
        case "hourly":
            return dg.HourlyPartitionsDefinition(minute_offset=minute, **days)
        case "daily":
            return dg.DailyPartitionsDefinition(minute_offset=minute, hour_offset=hour, **days)
        case "weekly":
            day = draw(st.integers(0, 6))
            return dg.WeeklyPartitionsDefinition(hour_offset=hour, day_offset=day, **days)
        case "monthly":
            day = draw(st.integers(1, 28))
            return dg.MonthlyPartitionsDefinition(hour_offset=hour, day_offset=day, **days)
    cron, format_ = draw(st.sampled_from(CRONS)), draw(st.sampled_from(FORMATS))
    moments = st.lists(AHEAD.map(lambda ahead: start + ahead), max_size=2)
    # Where all windows are left out, Dagster looks for one for ever.
    rarely = st.lists(st.sampled_from(RARE), max_size=2) if cron in OFTEN else st.just([])
    exclusions = [*draw(moments), *draw(rarely)]
    return dg.TimeWindowPartitionsDefinition(
        start, format_, end, cron_schedule=cron, exclusions=exclusions or None, **shared
    )


def ours(definition: dg.PartitionsDefinition) -> PartitionSet:
    """What is made of the contract, when it is written and read again."""
    contract = Contract({}, partitions_defs={"named": described(definition)})
    path = ROOT / "schemas/manifest.schema.json"
    read = contract_in({EXTENSION: extension(contract)}, path).partitions_defs["named"]
    assert read == contract.partitions_defs["named"]
    found = partitions_of(read)
    assert not isinstance(found, PartitionProblem), found
    return found


def same_window(one: Any, other: Any) -> bool:
    pairs = ((one.start, other.start), (one.end, other.end))
    return all(a.timestamp() == b.timestamp() and a.utcoffset() == b.utcoffset() for a, b in pairs)


# Dagster is slow to answer, and a failure says all there is to know: nothing is made smaller.
MANY = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@MANY
@given(time_windows(), AHEAD, st.randoms())
def test_partitions_of_time_are_those_of_dagster(
    definition: dg.TimeWindowPartitionsDefinition, ahead: timedelta, random: Random
) -> None:
    now = (definition.start + ahead).astimezone(UTC)
    theirs, partitions = list(definition.get_partition_keys(now)), ours(definition)
    assert partitions.keys(now) == theirs
    for key in random.sample(theirs, min(len(theirs), 3)):
        window = partitions.window(key)
        assert same_window(window, definition.time_window_for_partition_key(key)), key


@pytest.mark.parametrize("offset", [-1, 0, 1, 2])
@pytest.mark.parametrize("hours", [0, 5, 24 * 365, 24 * 1370, 24 * 1373])
def test_partitions_that_start_on_a_leap_day_are_those_of_dagster(offset: int, hours: int) -> None:
    start = datetime(2024, 5, 30, tzinfo=UTC)
    definition = dg.TimeWindowPartitionsDefinition(
        start, "%Y-%m-%d", timezone="Asia/Tokyo", end_offset=offset, cron_schedule="0 0 29 2 *"
    )
    now = start + timedelta(hours=hours)
    assert ours(definition).keys(now) == list(definition.get_partition_keys(now))


@pytest.mark.parametrize("cron", CRONS)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney"])
def test_windows_are_those_of_dagster_where_clocks_change(cron: str, zone: str) -> None:
    until = (2, 5) if cron in OFTEN else (2, 40)
    for start in (datetime(2024, 3, 9), datetime(2024, 3, 30), datetime(2024, 10, 5)):
        definition = dg.TimeWindowPartitionsDefinition(
            start, FORMATS[1], cron_schedule=cron, timezone=zone
        )
        for now in (start.replace(tzinfo=UTC) + timedelta(days=days) for days in until):
            keys, partitions = list(definition.get_partition_keys(now)), ours(definition)
            assert partitions.keys(now) == keys
            for key in keys[-150::3]:
                theirs = definition.time_window_for_partition_key(key)
                assert same_window(partitions.window(key), theirs), key


REPEATED = [
    ("Europe/Berlin", datetime(2026, 10, 25)),
    ("America/New_York", datetime(2026, 11, 1)),
    ("Australia/Sydney", datetime(2026, 4, 5)),
]


@pytest.mark.parametrize("cron", ["0 * * * *", "*/15 * * * *", "30 * * * *", "0 0-23 * * *"])
@pytest.mark.parametrize(("zone", "day"), REPEATED)
def test_an_hour_that_comes_twice_has_two_windows_as_in_dagster(
    cron: str, zone: str, day: datetime
) -> None:
    definition = dg.TimeWindowPartitionsDefinition(
        day, FORMATS[1], cron_schedule=cron, timezone=zone
    )
    partitions = ours(definition)
    for minutes in range(0, 6 * 60, 15):
        now = definition.start.astimezone(UTC) + timedelta(minutes=minutes)
        keys = list(definition.get_partition_keys(now))
        assert partitions.keys(now) == keys
        for key in keys:
            assert partitions.problem(key, now) is None
            theirs = definition.time_window_for_partition_key(key)
            assert same_window(partitions.window(key), theirs), key
    assert any(key[16:] for key in keys)  # an offset


Few = tuple[dg.PartitionsDefinition, datetime]


def keys_of(definition: dg.PartitionsDefinition, now: datetime) -> list[str]:
    return [str(key) for key in definition.get_partition_keys(current_time=now)]


@st.composite
def few(draw: st.DrawFn) -> Few:
    """Partitions that are not many, and a time."""
    start = draw(DAYS)
    days = dg.DailyPartitionsDefinition(start, timezone=draw(st.sampled_from(ZONES)))
    static = dg.StaticPartitionsDefinition(draw(st.permutations(["a", "b", "c d"])))
    other = dg.StaticPartitionsDefinition(["x", "y"])
    multi = dg.MultiPartitionsDefinition({"z": days, "k": static})
    both = dg.MultiPartitionsDefinition({"k": static, "j": other})
    now = start.replace(tzinfo=UTC) + timedelta(days=draw(st.integers(0, 6)), hours=12)
    return draw(st.sampled_from([days, static, multi, both])), now


@MANY
@given(few(), st.randoms())
def test_ranges_are_those_of_dagster(few: Few, random: Random) -> None:
    definition, now = few
    keys, partitions = (
        list(map(str, definition.get_partition_keys(current_time=now))),
        ours(definition),
    )
    assert partitions.keys(now) == keys
    first, last = (random.choice(keys), random.choice(keys)) if keys else ("2024-01-01", "x")
    found = partitions.between(first, last, now)
    theirs = in_range(definition, first, last, now) if keys else []
    assert found == theirs if theirs else isinstance(found, PartitionProblem)


def in_range(definition: Any, first: str, last: str, now: datetime) -> list[str]:
    """The keys that Dagster has between two; what it cannot place is none."""
    with freeze_time(now):
        return [
            *map(str, definition.get_partition_keys_in_range(dg.PartitionKeyRange(first, last)))
        ]


@MANY
@given(few(), st.data())
def test_a_key_is_refused_exactly_where_dagster_has_none(few: Few, data: st.DataObject) -> None:
    definition, now = few
    keys, partitions = (
        list(map(str, definition.get_partition_keys(current_time=now))),
        ours(definition),
    )
    known = data.draw(st.sampled_from([*keys, "2020-01-01", "a|x"]))
    at = data.draw(st.integers(0, len(known)))
    key = known[:at] + data.draw(st.sampled_from(["", "0", "|", "-"])) + known[at:]
    assert (partitions.problem(key, now) is None) == (key in keys)


@MANY
@given(few())
def test_windows_of_dimensions_are_those_of_dagster(
    few: Few,
) -> None:
    definition, now = few
    partitions = ours(definition)
    for key in definition.get_partition_keys(current_time=now):
        window = partitions.window(str(key))
        try:
            theirs = definition.time_window_for_partition_key(key)
        except Exception:  # it has no time, or is of a class without such a method
            assert window is None
        else:
            assert same_window(window, theirs)
