"""What a manifest may say about a script: how it is run."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from pipes_projects.manifest.model import Model, Pool, Seconds, Text, refuse


class RetryPolicy(Model):
    """How often a failed script is tried again."""

    max_retries: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Tries after the first; 1 unless told otherwise."""

    delay: Seconds | None = None
    """Seconds to wait before a retry."""

    backoff: Literal["LINEAR", "EXPONENTIAL"] | None = None
    """How the delay grows from one retry to the next."""

    jitter: Literal["FULL", "PLUS_MINUS"] | None = None
    """How chance changes the delay."""


_RELATIVE = {"type": "string", "pattern": r"^[^/\\:][^\\:]*$"}


def _relative(path: str) -> str:
    if not re.fullmatch(_RELATIVE["pattern"], path):
        raise refuse(
            "invalid-value",
            f"`{path}` is not a path inside the project",
            "write it relative to this file, with slashes",
        )
    return path


class InheritedScriptFields(Model):
    """What `_defaults.yaml` may say about the scripts below it."""

    kind: str | None = None
    """What runs the script. (Badges in the UI are `kinds`.)"""

    extras: dict[str, Any] | None = None
    """Values for the script: `pipes.get_extra("name")`."""

    can_subset: bool | None = None
    """Whether the script honours the selected assets, so that some can be made alone."""

    op_tags: dict[str, Text | None] | None = None
    """Tags of the step, which executors read."""

    retry_policy: RetryPolicy | None = None
    """How often a failed script is tried again."""

    pool: Pool | None = None
    """Dagster's concurrency pool: only so many of its steps run at a time."""


class ScriptFields(InheritedScriptFields):
    """Everything that can be said about a script; nothing is required."""

    script: Annotated[str, AfterValidator(_relative), WithJsonSchema(_RELATIVE)] | None = None
    """The script, relative to this file, when it is not the sibling of the same name."""
