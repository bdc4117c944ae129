"""Values of a manifest → the objects that Dagster has for them."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable

import dagster as dg

from pipes_projects.manifest.asset import Column
from pipes_projects.manifest.script import BackfillPolicy, RetryPolicy
from pipes_projects.manifest.values.freshness import FreshnessPolicy
from pipes_projects.project import DeclaredCheck


def retry_policy(policy: RetryPolicy) -> dg.RetryPolicy:
    """How many times a step is retried."""
    retries = 1 if policy.max_retries is None else policy.max_retries
    backoff = dg.Backoff(policy.backoff) if policy.backoff else None
    jitter = dg.Jitter(policy.jitter) if policy.jitter else None
    return dg.RetryPolicy(retries, policy.delay, backoff, jitter)


def backfill_policy(policy: BackfillPolicy) -> dg.BackfillPolicy:
    """How many partitions each run of a backfill gets."""
    if policy.type == "single_run":
        return dg.BackfillPolicy.single_run()
    return dg.BackfillPolicy.multi_run(policy.max_partitions_per_run or 1)


def freshness_policy(policy: FreshnessPolicy) -> dg.FreshnessPolicy | None:
    """How old an asset may become."""
    if (window := policy.time_window) and window.fail_window:
        return dg.FreshnessPolicy.time_window(window.fail_window, window.warn_window)
    if (cron := policy.cron) and cron.deadline_cron and cron.lower_bound_delta:
        delta, zone = cron.lower_bound_delta, cron.timezone or "UTC"
        return dg.FreshnessPolicy.cron(cron.deadline_cron, delta, zone)
    return None


def column_schema(columns: Iterable[Column]) -> dg.TableSchema:
    """The columns of a table."""
    return dg.TableSchema([_column(column) for column in columns])


def _column(column: Column) -> dg.TableColumn:
    tags = dict(column.tags or {})
    return dg.TableColumn(column.name, column.type, description=column.description, tags=tags)


def check_spec(check: DeclaredCheck, asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """A check of an asset."""
    return dg.AssetCheckSpec(
        check.name,
        asset=asset,
        description=check.description,
        blocking=check.blocking,
        metadata=check.metadata,
    )
