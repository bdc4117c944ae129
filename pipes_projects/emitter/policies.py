"""Policies of a manifest → Dagster's."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import dagster as dg

from pipes_projects.manifest.freshness import FreshnessPolicy


def freshness_policy(policy: FreshnessPolicy) -> dg.FreshnessPolicy | None:
    """How old an asset may become."""
    if (window := policy.time_window) and window.fail_window:
        return dg.FreshnessPolicy.time_window(window.fail_window, window.warn_window)
    if (cron := policy.cron) and cron.deadline_cron and cron.lower_bound_delta:
        delta, zone = cron.lower_bound_delta, cron.timezone or "UTC"
        return dg.FreshnessPolicy.cron(cron.deadline_cron, delta, zone)
    return None
