"""What is said of partitions that are not there, and of contracts that do not say."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from pipes_projects.emitter.owner.published.partitions import MOST_KEYS, described
from pipes_projects.manifest.contract import Partitions, PartitionWindows
from pipes_projects.partitions import PartitionProblem, PartitionSet, partitions_of
from pipes_projects.project_folder import compile_project
from pipes_projects.schema.contract.reading import read_contract
from tests.support.dagster.running import EXAMPLES
from tests.support.folder import Folder

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAYS = dg.DailyPartitionsDefinition("2026-03-01", exclusions=["0 0 * * 0"])
REGIONS = dg.StaticPartitionsDefinition(["europe", "asia", "america"])


def known(definition: dg.PartitionsDefinition) -> PartitionSet:
    found = partitions_of(described(definition))
    assert not isinstance(found, PartitionProblem)
    return found


@pytest.mark.parametrize(
    ("key", "message", "help_"),
    [
        ("2026-03-10", "there is no partition `2026-03-10`",
         "there are `2026-03-02` to `2026-03-09`"),
        ("2026-02-01", "there is no partition `2026-02-01`",
         "there are `2026-03-02` to `2026-03-09`"),
        ("2026-03-08", "there is no partition `2026-03-08`", "the nearest is `2026-03-09`"),
        ("2026-3-4", "there is no partition `2026-3-4`", "the nearest is `2026-03-04`"),
        ("today", "there is no partition `today`", "keys look like `2026-03-09`"),
        ("2026-03-04 ", "there is no partition `2026-03-04 `", "the nearest is `2026-03-04`"),
        (".2026-03-04", "there is no partition `.2026-03-04`", "the nearest is `2026-03-04`"),
    ],
)  # fmt: skip
def test_a_key_of_time_that_is_none_is_told_which_there_are(
    key: str, message: str, help_: str
) -> None:
    assert known(DAYS).problem(key, NOW) == PartitionProblem(message, help_)


def test_other_keys_are_told_the_nearest() -> None:
    regions = known(REGIONS)
    assert regions.problem("asia", NOW) is None
    nearest = "a partition with a similar name exists: `asia`"
    nearest = "a partition with a similar name exists: `asia`"
    near = PartitionProblem("there is no partition `asai`", nearest)
    assert regions.problem("asai", NOW) == near
    far = PartitionProblem("there is no partition `x`", "there is `europe`, `asia`, `america`")
    assert regions.problem("x", NOW) == far
    multi = known(dg.MultiPartitionsDefinition({"day": DAYS, "region": REGIONS}))
    form = PartitionProblem("there is no partition `asia`", "keys look like `day|region`")
    assert multi.problem("asia", NOW) == form
    part = near._replace(message="there is no partition `asai` of the dimension `region`")
    assert multi.problem("2026-03-04|asai", NOW) == part
    assert multi.between("2026-03-04|europe", "2026-03-04|asai", NOW) == part


@pytest.mark.parametrize(
    ("day", "help_"),
    [
        ("2026-02-07", "the nearest is `2026-02-01`"),
        ("2026-03-07", "the nearest is `2026-03-01`"),
        ("2026-03-08", "there are `2026-02-01` to `2026-03-01`"),
        ("2026-01-31", "there are `2026-02-01` to `2026-03-01`"),
    ],
)
def test_a_day_within_a_week_is_told_the_week(day: str, help_: str) -> None:
    weeks = known(dg.WeeklyPartitionsDefinition("2026-02-01"))
    expected = PartitionProblem(f"there is no partition `{day}`", help_)
    assert weeks.problem(day, NOW) == expected


@pytest.mark.parametrize("key", ["Asia", "ASIA", " asia "])
def test_a_key_that_differs_in_capitals_or_blanks_is_told_the_right_one(key: str) -> None:
    regions = known(dg.StaticPartitionsDefinition(["a", "b", "c", "d", "e", "asia"]))
    expected = PartitionProblem(f"there is no partition `{key}`", "the nearest is `asia`")
    assert regions.problem(key, NOW) == expected


def test_keys_and_ranges_of_dimensions_are_told_whole() -> None:
    multi = known(dg.MultiPartitionsDefinition({"day": DAYS, "region": REGIONS}))
    turned = multi.problem("asia|2026-03-04", NOW)
    assert turned
    assert turned.help == "write `2026-03-04|asia`"
    assert multi.between("2026-03-05|europe", "2026-03-04|asia", NOW) == PartitionProblem(
        "`2026-03-04` comes before `2026-03-05`",
        "write `2026-03-04|europe...2026-03-05|asia`",
    )


def test_a_range_goes_forward() -> None:
    keys = ["2026-03-03", "2026-03-04", "2026-03-05"]
    assert known(DAYS).between(keys[0], keys[-1], NOW) == keys
    assert known(DAYS).between(keys[-1], keys[0], NOW) == PartitionProblem(
        "`2026-03-03` comes before `2026-03-05`", "write `2026-03-03...2026-03-05`"
    )
    assert known(REGIONS).between("asia", "europe", NOW) == PartitionProblem(
        "`europe` comes before `asia`", "write `europe...asia`"
    )


def test_the_latest_partition_has_ended() -> None:
    ahead = dg.DailyPartitionsDefinition("2026-03-01", end_offset=2)
    assert known(ahead).keys(NOW)[-1] == "2026-03-11"
    assert known(ahead).latest(NOW) == known(DAYS).latest(NOW) == "2026-03-09"
    assert known(ahead).latest(datetime(2026, 3, 1, 12, tzinfo=UTC)) is None
    assert known(REGIONS).latest(NOW) is None


def test_before_the_first_window_has_ended_there_are_none() -> None:
    early = datetime(2026, 3, 1, tzinfo=UTC)
    assert known(DAYS).keys(early) == []
    assert known(DAYS).problem("2026-03-01", early) == PartitionProblem(
        "there is no partition `2026-03-01`", "there are none yet"
    )


class Own(dg.StaticPartitionsDefinition):
    """A class of the owner's own, which may answer anything."""


@pytest.mark.parametrize(
    "definition",
    [Own(["a"]), dg.StaticPartitionsDefinition(list(map(str, range(MOST_KEYS + 1))))],
    ids=["of the owner's class", "too many keys"],
)
def test_what_the_contract_does_not_hold_it_does_not_claim(
    definition: dg.PartitionsDefinition,
) -> None:
    assert described(definition).keys is None
    problem = partitions_of(described(definition))
    assert isinstance(problem, PartitionProblem)
    assert problem.message == "the contract does not say what these partitions are"


def test_only_dagster_knows_dynamic_partitions() -> None:
    customers = dg.DynamicPartitionsDefinition(name="customers")
    multi = dg.MultiPartitionsDefinition({"customer": customers, "day": DAYS})
    for definition in (customers, multi):
        problem = partitions_of(described(definition))
        assert isinstance(problem, PartitionProblem)
        assert problem.message == "only Dagster knows these partitions"


@pytest.mark.parametrize(
    ("cron", "zone", "is_known"),
    [
        ("0 * * * *", "Australia/Lord_Howe", False),
        ("0 0 * * *", "Australia/Lord_Howe", True),
        ("0 * * * *", "Europe/Dublin", True),
        ("0 * * * *", "Asia/Kathmandu", True),
    ],
)
def test_only_dagster_knows_hours_where_clocks_change_by_half_an_hour(
    cron: str, zone: str, is_known: bool
) -> None:
    windows = PartitionWindows(cron, "%Y-%m-%d-%H:%M", "2026-01-01T00:00:00+00:00", zone)
    found = partitions_of(Partitions("time_window", windows=windows))
    assert isinstance(found, PartitionProblem) != is_known
    if isinstance(found, PartitionProblem):
        assert found.message == "only Dagster knows these partitions"
        assert "clocks change by half an hour" in found.help


@pytest.mark.parametrize(
    "windows",
    [
        PartitionWindows("0 0 * *", "%Y", "2026-01-01T00:00:00+00:00"),
        PartitionWindows("@daily", "%Y", "in spring"),
        PartitionWindows("@daily", "%Y", "2026-01-01T00:00:00+00:00", timezone="Mars/Olympus"),
        PartitionWindows("@daily", "%Y", "2026-01-01T00:00:00+00:00", timezone="../etc"),
        PartitionWindows("@daily", "%Y", "9999-12-31T23:00:00-23:00"),
        PartitionWindows("@daily", "%Y", "2026-01-01T00:00:00+00:00", exclusions=("never",)),
    ],
)
def test_a_contract_that_says_what_cannot_be_is_no_traceback(windows: PartitionWindows) -> None:
    problem = partitions_of(Partitions("time_window", windows=windows))
    assert isinstance(problem, PartitionProblem)
    assert problem.message.startswith(
        "what the contract says about these partitions is impossible: "
    )
    assert problem.help == "write the contract again with `pipes-projects schema`"


def test_contracts_of_before_are_read(folder: Folder) -> None:
    folder.write(
        "schemas/manifest.schema.json",
        '{"x-pipes-projects": {"version": 1, "kinds": {}, "asset_keys": [],'
        ' "partitions_defs": {"daily": {"type": "time_window", "description": "Daily."}}}}',
    )
    contract = read_contract(folder.root / "schemas/manifest.schema.json")
    assert contract.partitions_defs == {"daily": Partitions("time_window", "Daily.")}
    problem = partitions_of(contract.partitions_defs["daily"])
    assert isinstance(problem, PartitionProblem)
    assert problem.help == "write the contract again with `pipes-projects schema`"


def test_a_script_has_the_partitions_of_its_name() -> None:
    project = compile_project(EXAMPLES / "flights").project
    scripts = {script.name: project.partitions_of(script) for script in project.scripts}
    assert scripts["staging/airports"] is None
    published = scripts["raw/flights"]
    assert published is not None
    months = partitions_of(published)
    assert not isinstance(months, PartitionProblem)
    assert len(months.keys(NOW)) == 12
    assert months.window("2013-03").end.isoformat() == "2013-04-01T00:00:00-04:00"
