"""Kind `external`: an asset that another system makes; there is no script."""

from __future__ import annotations

from typing import Final

from pipes_projects.kinds.registry.registered import RegisteredKind

_NEEDS_A_RUN = (
    *("script", "extras", "params", "can_subset", "op_tags", "retry_policy", "pool", "schedule"),
    *("timeout", "grace", "inherit_env", "secrets"),
    *("backfill_policy", "code_paths", "deps", "code_version", "automation_condition", "checks"),
)

EXTERNAL: Final = RegisteredKind(
    "external",
    "An asset that something else makes; it has no script.",
    takes_script=False,
    runs=False,
    example="""\
kind: external
description: Where it comes from, and how often.
""",
    forbidden=dict.fromkeys(_NEEDS_A_RUN, "runs nothing"),
)
