"""Policies: freshness, backfills, retries and pools, from manifest to Dagster."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from pipes_projects import PipesAssetManifest, PipesProject, PipesScriptManifest
from tests.support.dagster.daemons import freshness
from tests.support.dagster.running import execute, stored
from tests.support.folder import Folder
from tests.support.projects.owners import script_with, with_kinds

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


def the_assets(defs: dg.Definitions) -> dg.AssetsDefinition:
    (found,) = defs.resolve_asset_graph().assets_defs
    return found


def the_spec(folder: Folder, project: type[PipesProject] | None = None) -> dg.AssetSpec:
    defs: dg.Definitions = folder.definitions(project)
    (found,) = defs.resolve_all_asset_specs()
    return found


def the_op(folder: Folder, project: type[PipesProject] | None = None) -> dg.OpDefinition:
    found = the_assets(folder.definitions(project)).node_def
    assert isinstance(found, dg.OpDefinition)
    return found


WINDOW = dg.FreshnessPolicy.time_window
FRESHNESS = {
    "{time_window: {fail_window: 1d12h}}": WINDOW(36 * HOUR),
    "{time_window: {fail_window: 24h, warn_window: 90m}}": WINDOW(24 * HOUR, 1.5 * HOUR),
    "{time_window: {fail_window: P1DT12H, warn_window: PT30M}}": WINDOW(36 * HOUR, HOUR / 2),
    "{cron: {deadline_cron: 0 10 * * *, lower_bound_delta: 2h}}": dg.FreshnessPolicy.cron(
        "0 10 * * *", 2 * HOUR, "UTC"
    ),
    "{cron: {deadline_cron: 0 10 * * 1, lower_bound_delta: P1D, timezone: Europe/Berlin}}": (
        dg.FreshnessPolicy.cron("0 10 * * 1", 24 * HOUR, "Europe/Berlin")
    ),
}


@pytest.mark.parametrize("policy", FRESHNESS)
def test_a_freshness_policy_reaches_the_asset(folder: Folder, policy: str) -> None:
    folder.asset("group/one", f"freshness_policy: {policy}\n")
    assert the_spec(folder).freshness_policy == FRESHNESS[policy]


def test_a_freshness_policy_is_merged_with_what_it_inherits(folder: Folder) -> None:
    folder.write("defs/_defaults.yaml", "freshness_policy: {time_window: {fail_window: 24h}}\n")
    folder.asset("group/one", "freshness_policy: {time_window: {warn_window: 12h}}\n")
    assert the_spec(folder).freshness_policy == WINDOW(24 * HOUR, 12 * HOUR)


def test_assets_of_one_script_may_have_freshness_policies_of_their_own(folder: Folder) -> None:
    folder.asset(
        "group/all",
        """
        freshness_policy: {time_window: {fail_window: 24h}}
        assets:
          one: {}
          two: {freshness_policy: {time_window: {fail_window: 2h}}}
          three: {freshness_policy: null}
        """,
    )
    specs = folder.definitions().resolve_all_asset_specs()
    assert {spec.key.path[-1]: spec.freshness_policy for spec in specs} == {
        "one": WINDOW(24 * HOUR),
        "two": WINDOW(2 * HOUR),
        "three": None,
    }


def test_an_external_asset_may_have_a_freshness_policy(folder: Folder) -> None:
    policy = "freshness_policy: {time_window: {fail_window: 24h}}\n"
    folder.write("defs/lake/events.yaml", f"kind: external\n{policy}")
    assert the_spec(folder).freshness_policy == WINDOW(24 * HOUR)


def test_dagster_finds_assets_stale_by_their_policies(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    window = "{time_window: {fail_window: 24h, warn_window: 12h}}"
    cron = "{cron: {deadline_cron: 0 0 * * *, lower_bound_delta: 24h}}"
    folder.asset("group/window", f"freshness_policy: {window}\n")
    folder.asset("group/cron", f"freshness_policy: {cron}\n")
    defs = folder.definitions()
    assert execute(defs, instance).success

    def found(name: str, *times: datetime) -> list[str]:
        return [freshness(defs, instance, f"group/{name}", time) for time in times]

    made = made_at(instance, "group/window")
    times = (made, made + 13 * HOUR, made + 25 * HOUR)
    assert found("window", *times) == ["PASS", "WARN", "FAIL"]
    day = made_at(instance, "group/cron").replace(hour=0, minute=0, second=0, microsecond=0)
    assert found("cron", day + 47 * HOUR, day + 49 * HOUR) == ["PASS", "FAIL"]


def made_at(instance: dg.DagsterInstance, key: str) -> datetime:
    event = instance.get_latest_materialization_event(dg.AssetKey(key.split("/")))
    assert event
    return datetime.fromtimestamp(event.timestamp, UTC)


BACKFILLS = {
    "{type: single_run}": dg.BackfillPolicy.single_run(),
    "{type: multi_run}": dg.BackfillPolicy.multi_run(1),
    "{type: multi_run, max_partitions_per_run: 5}": dg.BackfillPolicy.multi_run(5),
}


class Daily(PipesProject):
    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        return {"daily": dg.DailyPartitionsDefinition("2026-01-01")}

    @classmethod
    def pools(cls) -> list[str]:
        return ["small", "db/one"]


@pytest.mark.parametrize("policy", BACKFILLS)
def test_a_backfill_policy_reaches_the_assets(folder: Folder, policy: str) -> None:
    manifest = f"partitions_def: daily\nbackfill_policy: {policy}\n"
    folder.asset("group/both", manifest + "assets: {one: {}, two: {}}\n")
    assert the_assets(folder.definitions(Daily)).backfill_policy == BACKFILLS[policy]


def test_without_a_backfill_policy_dagster_decides(folder: Folder) -> None:
    folder.asset("group/one", "partitions_def: daily\n")
    assert the_assets(folder.definitions(Daily)).backfill_policy is None


RETRIES = {
    "null": None,
    "{}": dg.RetryPolicy(1),
    "{max_retries: 3}": dg.RetryPolicy(3),
    "{delay: 1m30s}": dg.RetryPolicy(1, 90.0),
    "{max_retries: 2, delay: PT0.5S, backoff: LINEAR}": dg.RetryPolicy(2, 0.5, dg.Backoff.LINEAR),
    "{max_retries: 2, delay: 7, backoff: EXPONENTIAL, jitter: FULL}": dg.RetryPolicy(
        2, 7.0, dg.Backoff.EXPONENTIAL, dg.Jitter.FULL
    ),
    "{delay: 0.5, jitter: PLUS_MINUS}": dg.RetryPolicy(1, 0.5, jitter=dg.Jitter.PLUS_MINUS),
}


@pytest.mark.parametrize("policy", RETRIES)
def test_a_retry_policy_reaches_the_step(folder: Folder, policy: str) -> None:
    folder.asset("group/one", f"retry_policy: {policy}\n")
    assert the_op(folder).retry_policy == RETRIES[policy]


SHAKY = """
    from pathlib import Path
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        tries = Path("tries.txt")
        tries.write_text((tries.read_text() if tries.exists() else "") + "x")
        failed = len(tries.read_text()) < 3
        pipes.report_asset_materialization(metadata={"try": len(tries.read_text())})
        pipes.report_asset_check("rows", not failed)
        raise SystemExit(failed)
"""


@pytest.mark.parametrize(("retries", "tries"), [(2, 3), (5, 3), (1, 2)])
def test_a_script_that_fails_twice_needs_two_retries(
    folder: Folder, instance: dg.DagsterInstance, retries: int, tries: int
) -> None:
    retry = f"retry_policy: {{max_retries: {retries}, delay: 0.01s}}\n"
    folder.asset("group/shaky", retry + "checks: {rows: {}}\n", SHAKY)
    outcome = execute(folder.definitions(), instance)
    assert len((folder.root / "defs/group/tries.txt").read_text()) == tries
    assert outcome.success == (tries == 3)
    assert outcome.metadata == {"group/shaky": {"try": tries}}  # what was reported stays
    assert outcome.passed == {"group/shaky:rows": outcome.success}


@pytest.mark.parametrize("pool", ["small", "db/one"])
def test_a_pool_reaches_the_step(folder: Folder, pool: str) -> None:
    folder.asset("group/one", f"pool: {pool}\n")
    assert the_op(folder, Daily).pool == pool


class Manifest(PipesScriptManifest):
    @property
    def retry_policy(self) -> dg.RetryPolicy:
        return super().retry_policy or dg.RetryPolicy(7)

    @property
    def backfill_policy(self) -> dg.BackfillPolicy:
        return super().backfill_policy or dg.BackfillPolicy.single_run()

    @property
    def pool(self) -> str:
        return super().pool or "small"


class Asset(PipesAssetManifest):
    @property
    def freshness_policy(self) -> Any:
        return super().freshness_policy or WINDOW(HOUR)


Owner = with_kinds(Daily, subprocess=script_with(Asset, Manifest))


OWN = """
    partitions_def: daily
    backfill_policy: {type: multi_run, max_partitions_per_run: 5}
    retry_policy: {max_retries: 3}
    pool: db/one
    freshness_policy: {time_window: {fail_window: 24h}}
"""


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ("", (dg.RetryPolicy(7), dg.BackfillPolicy.single_run(), "small", WINDOW(HOUR))),
        (OWN, (dg.RetryPolicy(3), dg.BackfillPolicy.multi_run(5), "db/one", WINDOW(24 * HOUR))),
    ],
)
def test_an_owner_may_give_policies_to_those_who_have_none(
    folder: Folder, manifest: str, expected: tuple[Any, ...]
) -> None:
    folder.asset("group/one", manifest)
    op, assets = the_op(folder, Owner), the_assets(folder.definitions(Owner))
    found = (op.retry_policy, assets.backfill_policy, op.pool, the_spec(folder, Owner))
    assert (*found[:3], found[3].freshness_policy) == expected
