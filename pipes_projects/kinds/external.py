"""Kind `external`: an asset that another system makes; there is no script."""

from __future__ import annotations

FORBIDDEN_FOR_EXTERNAL = frozenset(
    {
        *("script", "extras", "can_subset", "op_tags", "retry_policy", "pool", "schedule"),
        *("backfill_policy", "deps", "code_version", "automation_condition", "checks"),
    }
)
