"""Every example is compiled, emitted and run on real Dagster."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from pipes_projects.project_folder import compile_project
from pipes_projects.schema.contract.reading import read_contract
from tests.support.dagster.running import EXAMPLES, Outcome, execute, load, materialize, stored

ALL = sorted(path.parent for path in EXAMPLES.glob("*/definitions.py"))
MONTHLY = {"raw/flights", "raw/weather", "staging/flights", "staging/weather", "marts/days"}
# Dagster's own, about its own parts.
OF_DAGSTER = pytest.mark.filterwarnings("ignore:Parameter `include_sources`:dagster.BetaWarning")


def graph(defs: dg.Definitions) -> dict[str, set[str]]:
    return {
        spec.key.to_user_string(): {dep.asset_key.to_user_string() for dep in spec.deps}
        for spec in defs.resolve_all_asset_specs()
    }


@pytest.mark.parametrize("example", ALL, ids=lambda path: path.name)
def test_an_example_has_no_findings_by_its_contract(example: Path) -> None:
    contract = read_contract(example / "schemas/manifest.schema.json")
    assert compile_project(example, contract).diagnostics == ()


def test_hello_world_is_the_graph_of_four(tmp_path: Path) -> None:
    defs = load(EXAMPLES / "hello_world/definitions.py")
    assert graph(defs) == {
        "group_a/asset_one": set(),
        "group_a/asset_two": {"group_a/asset_one"},
        "group_a/asset_three": {"group_a/asset_two"},
        "group_a/asset_four": {"group_a/asset_two"},
    }
    outcome = materialize(defs, tmp_path)
    assert outcome.success
    assert outcome.metadata["group_a/asset_two"] == {"greeting": "hello"}
    assert outcome.metadata["group_a/asset_four"] == {"number": 4}


def test_customized_runs_both_kinds_with_the_owners_defaults(tmp_path: Path) -> None:
    defs = load(EXAMPLES / "customized/definitions.py")
    specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
    customers, report = specs["warehouse/customers"], specs["reports/customers_by_country"]
    assert (list(customers.owners), customers.kinds) == (["team:sales"], {"snowflake"})
    assert (list(report.owners), report.kinds) == (["team:platform"], {"python"})
    assert customers.metadata["cost_center"] == "CC-1042"
    assert report.metadata["review_by"] == "2027-06-30"
    outcome = materialize(defs, tmp_path)
    assert outcome.made == set(specs)
    assert outcome.metadata["warehouse/customers"] == {"dagster/row_count": 15}


@dataclass(frozen=True)
class Flights:
    """The flights example after a run over January and February."""

    defs: dg.Definitions
    instance: dg.DagsterInstance
    data: Path
    outcome: Outcome

    def files(self) -> dict[str, tuple[int, bytes]]:
        """When each file was written, and its content."""
        files = [path for path in self.data.rglob("*") if path.is_file()]
        return {
            path.relative_to(self.data).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
            for path in files
        }


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flights]:
    home = tmp_path_factory.mktemp("flights")
    with pytest.MonkeyPatch.context() as patch, stored(home / "home") as instance:
        patch.setenv("FLIGHTS_DATA", str(home / "data"))
        defs = load(EXAMPLES / "flights/definitions.py")
        outcome = execute(defs, instance, partition=("2013-01", "2013-02"))
        yield Flights(defs, instance, home / "data", outcome)


@pytest.fixture
def too_few_flights(tmp_path: Path) -> Path:
    """The flights example, where February's 24,951 flights are too few."""
    folder = tmp_path / "flights"
    shutil.copytree(EXAMPLES / "flights", folder, ignore=shutil.ignore_patterns("data"))
    manifest = folder / "defs/raw/flights.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("20000", "26000"), "utf-8")
    return folder


def requested(flights: Flights, found: Any = None, at: datetime | None = None) -> Any:
    """What the automation does next: it knows of what it found before."""
    cursor = found and found.cursor
    return dg.evaluate_automation_conditions(
        flights.defs, flights.instance, evaluation_time=at, cursor=cursor
    )


def rows_by_month(flights: Flights, key: str) -> dict[str, int]:
    """How many rows each month has that was recorded."""
    records = flights.instance.fetch_materializations(dg.AssetKey(key.split("/")), 20).records
    made = [record.asset_materialization for record in reversed(records)]
    return {
        record.partition: record.metadata["dagster/row_count"].value for record in made if record
    }


def keys_of(found: Any, defs: dg.Definitions) -> set[str]:
    keys = [spec.key for spec in defs.resolve_all_asset_specs()]
    return {key.to_user_string() for key in keys if found.get_num_requested(key)}


def test_flights_of_two_months_have_exactly_these_rows(flights: Flights) -> None:
    outcome = flights.outcome
    assert not outcome.failures
    rows = {key: metadata.get("dagster/row_count") for key, metadata in outcome.metadata.items()}
    assert {key: rows.pop(key) and rows_by_month(flights, key) for key in sorted(MONTHLY)} == {
        "raw/flights": {"2013-01": 27_004, "2013-02": 24_951},
        "raw/weather": {"2013-01": 2_226, "2013-02": 2_010},
        "staging/flights": {"2013-01": 27_004, "2013-02": 24_951},
        "staging/weather": {"2013-01": 2_226, "2013-02": 2_010},
        "marts/days": {"2013-01": 31, "2013-02": 28},
    }
    assert rows == {
        "raw/airlines": 16,
        "raw/airports": 1_458,
        "raw/planes": 3_322,
        "staging/airports": 1_462,
        "staging/planes": 3_322,
        "marts/delays_by_carrier": 16,
        "marts/delays_by_route": 174,
        "marts/delays_by_hour": 19,
        "marts/delays_by_weather": 7,
        "marts/fleet": 117,
        "reports/year_in_review": None,
    }
    assert outcome.partitions == {key: {"2013-01", "2013-02"} for key in MONTHLY}


def test_flights_tells_dagster_columns_and_rows(flights: Flights) -> None:
    metadata = flights.outcome.metadata
    columns = metadata["raw/flights"]["dagster/column_schema"].columns
    assert "dep_time" in {column.name for column in columns}
    first_rows = metadata["marts/delays_by_carrier"]["first_rows"]
    assert first_rows.startswith("| carrier | airline |")


def test_flights_checks_find_exactly_this(flights: Flights) -> None:
    found = {
        name: (finding.passed, finding.severity.value, finding.blocking, finding.metadata)
        for name, finding in flights.outcome.checks.items()
    }
    by_month = found["raw/flights:row_counts"][-1].pop("rows_by_month").value
    assert [tuple(record.data.values()) for record in by_month.records] == [
        ("2013-01", 27_004, 674, 943, 0),
        ("2013-02", 24_951, 682, 964, 0),
    ]
    assert {
        name: (*rest, {entry: value.value for entry, value in metadata.items()})
        for name, (*rest, metadata) in found.items()
    } == {
        "raw/flights:row_counts": (True, "ERROR", True, {"months": 2, "wrong_months": 0}),
        "staging/flights:unique": (True, "ERROR", True, {"repeated": 0}),
        "staging/flights:tail_numbers": (False, "WARN", False, {"flights_without": 601}),
        "marts/fleet:planes_registered": (False, "WARN", False, {"percent": 84.1}),
        "marts/delays_by_carrier:airlines_known": (True, "ERROR", False, {"flights_lost": 0}),
        "marts/delays_by_weather:weather_known": (True, "WARN", False, {"percent": 99.8}),
    }


def test_another_month_of_flights_leaves_the_files_of_the_others_alone(flights: Flights) -> None:
    before = flights.files()
    outcome = execute(flights.defs, flights.instance, sorted(MONTHLY), "2013-03")
    assert outcome.success
    assert outcome.partitions == {key: {"2013-03"} for key in MONTHLY}
    assert rows_by_month(flights, "staging/flights")["2013-03"] == 28_834
    after = flights.files()
    assert after.keys() - before.keys() == {f"{key}/2013-03.parquet" for key in MONTHLY}
    assert {name: after[name] for name in before} == before


def test_flights_schedule_makes_the_month_that_has_ended(flights: Flights) -> None:
    [schedule] = flights.defs.schedules or ()
    time = datetime(2013, 3, 2, 6, tzinfo=ZoneInfo("America/New_York"))
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 6 2 * *", str(time.tzinfo))
    context = dg.build_schedule_context(flights.instance, scheduled_execution_time=time)
    [request] = schedule.evaluate_tick(context).run_requests or ()
    assert request.partition_key == "2013-02"
    assert {key.to_user_string() for key in request.asset_selection or ()} == MONTHLY


@OF_DAGSTER
def test_a_new_month_of_flights_asks_for_the_marts(flights: Flights) -> None:
    found = requested(flights)
    assert keys_of(found, flights.defs) == set()
    assert execute(flights.defs, flights.instance, sorted(MONTHLY), "2013-04").success
    delays = {f"marts/delays_by_{name}" for name in ("carrier", "route", "hour", "weather")}
    found = requested(flights, found)
    assert keys_of(found, flights.defs) == delays | {"reports/year_in_review"}  # not the eager one
    assert keys_of(requested(flights, found), flights.defs) == set()


@OF_DAGSTER
def test_the_eager_mart_of_flights_waits_until_no_month_is_missing(flights: Flights) -> None:
    on_the_day = datetime(2013, 3, 2, 12, tzinfo=UTC)  # when there were two months
    now, then = requested(flights), requested(flights, at=on_the_day)
    assert execute(flights.defs, flights.instance, ["staging/flights"], "2013-02").success
    now, then = requested(flights, now), requested(flights, then, on_the_day)
    assert "marts/fleet" not in keys_of(now, flights.defs)
    assert "marts/fleet" in keys_of(then, flights.defs)


def run_demo(
    folder: Path, data: Path, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FLIGHTS_DATA": str(data)}
    environment.pop("DAGSTER_HOME", None)
    if home:
        home.mkdir(exist_ok=True)
        environment["DAGSTER_HOME"] = str(home)
    command = [sys.executable, EXAMPLES / "demo.py", folder]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_demo_shows_what_the_checks_found(tmp_path: Path) -> None:
    done = run_demo(EXAMPLES / "flights", tmp_path / "data")
    assert done.returncode == 0
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "asset check result blocking found" in lines
    assert "raw/flights row_counts passed yes months: 2, wrong months: 0" in lines
    assert "staging/flights tail_numbers WARN - flights without: 601" in lines
    assert "\033" not in done.stdout


def test_demo_says_why_each_asset_ran(tmp_path: Path) -> None:
    folder = tmp_path / "flights"
    shutil.copytree(EXAMPLES / "flights", folder, ignore=shutil.ignore_patterns("data"))
    first = run_demo(folder, tmp_path / "data", home=tmp_path / "home")
    helper = folder / "defs/_flights.py"
    helper.write_text(helper.read_text("utf-8") + "\n\nNEW = True\n", "utf-8")
    second = run_demo(folder, tmp_path / "data", home=tmp_path / "home")
    assert whys(first) == {"the first run"}
    assert whys(second) == {"defs/_flights.py changed"}


def whys(done: subprocess.CompletedProcess[str]) -> set[str]:
    """The last column of the first table."""
    head, *lines = done.stdout.split("\n\n")[0].splitlines()
    return {line[head.index("why") :] for line in lines[:-1]}


def test_demo_ends_with_1_when_a_blocking_check_stops_what_is_downstream(
    too_few_flights: Path, tmp_path: Path
) -> None:
    done = run_demo(too_few_flights, tmp_path / "data")
    assert done.returncode == 1
    assert "row_counts  failed  yes       months: 2, wrong months: 1" in done.stdout
    assert "steps that were not run because of this: 5" in done.stderr
    tables = {path.with_suffix("") for path in tmp_path.glob("data/*/*")}
    assert {path.relative_to(tmp_path / "data").as_posix() for path in tables} == {
        *(f"raw/{name}" for name in ("flights", "weather", "airlines", "airports", "planes")),
        *(f"staging/{name}" for name in ("weather", "airports", "planes")),
    }


def code_versions(folder: Path) -> dict[str, str | None]:
    defs = load(folder / "definitions.py")
    return {spec.key.to_user_string(): spec.code_version for spec in defs.resolve_all_asset_specs()}


def test_a_helper_of_flights_makes_those_stale_that_import_it(tmp_path: Path) -> None:
    folder = tmp_path / "flights"
    shutil.copytree(EXAMPLES / "flights", folder, ignore=shutil.ignore_patterns("data"))
    script = folder / "defs/marts/days.py"
    text = script.read_text("utf-8").replace("\nfrom _flights", "\nfrom _others")
    script.write_text(text, "utf-8")
    before = code_versions(folder)
    helper = folder / "defs/_flights.py"
    helper.write_text(helper.read_text("utf-8") + "\n# changed\n", "utf-8")
    after = code_versions(folder)
    changed = {key for key in before if before[key] != after[key]}
    made = {key for key, version in before.items() if version is not None}
    assert changed == made - {"marts/days"}
    assert len(changed) > 10
