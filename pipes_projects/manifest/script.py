"""What a manifest may say about a script: how it is run."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from pipes_projects.manifest.model import Model, Pool, RelativePath, Text, listed, refusal, refuse
from pipes_projects.manifest.params import TOLD, Params
from pipes_projects.manifest.schedule import Schedule
from pipes_projects.manifest.values.duration import Delay, Seconds
from pipes_projects.manifest.values.environment import InheritEnv, Secrets


class RetryPolicy(Model):
    """How often a failed script is retried."""

    max_retries: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Attempts after the first; by default 1."""

    delay: Delay | None = None
    """How long to wait before a retry: seconds, or a duration such as `2m`."""

    backoff: Literal["LINEAR", "EXPONENTIAL"] | None = None
    """How the delay grows from one retry to the next."""

    jitter: Literal["FULL", "PLUS_MINUS"] | None = None
    """How the delay is randomized."""


class BackfillPolicy(Model):
    """How many partitions each run of a backfill gets."""

    type: Literal["single_run", "multi_run"] | None = None
    """`single_run`: one run gets all partitions of a range; `multi_run`: several runs share
    them."""

    max_partitions_per_run: Annotated[int, Field(ge=1, le=10**6)] | None = None
    """For `multi_run`: how many partitions a run gets at most; by default 1."""


_WITH_SLASHES = "write it relative to this file, with slashes"
_RELATIVE = {
    "type": "string",
    "pattern": r"^[^/\\:][^\\:]*$",
    "patternErrorMessage": _WITH_SLASHES,
}


def _relative(path: str) -> str:
    if not re.fullmatch(_RELATIVE["pattern"], path):
        message = f"`{path}` is not a path inside the project"
        raise refuse("invalid-value", message, _WITH_SLASHES)
    return path


def _list_of_paths(value: object) -> object:
    if isinstance(value, str):
        help_ = f"write `code_paths: [{value}]`"
        raise refuse("invalid-value", "`code_paths` is a list", help_, right=listed(value))
    return value


CodePaths = Annotated[
    list[Annotated[RelativePath, AfterValidator(_relative), WithJsonSchema(_RELATIVE)]],
    BeforeValidator(_list_of_paths),
]
"""Files, folders and patterns, relative to the file that names them."""


def _not_told(named: dict[str, Any]) -> dict[str, Any]:
    for name, what in TOLD.items():
        if name in named:
            message = f"`{name}` is where scripts find {what}"
            raise refuse("invalid-value", message, "give it another name", (name,))
    return named


_REFUSED = [refusal([name], f"here stand {what}") for name, what in TOLD.items()]
Extras = Annotated[
    dict[str, Any],
    AfterValidator(_not_told),
    WithJsonSchema({"type": "object", "additionalProperties": True, "allOf": _REFUSED}),
]


def _as_json(value: object) -> object:
    """Executors take mappings in tags, and Dagster's tags are text: JSON is both."""
    if not isinstance(value, dict | list):
        return value
    what = "a mapping" if isinstance(value, dict) else "a list"
    help_ = "write it as JSON in quotes"
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False).replace("'", "''")
    except ValueError:
        text = ""
    if 0 < len(text) < 800:
        help_ = f"{help_}: `'{text}'`"
    raise refuse("invalid-value", f"a tag of the step must be text, and this is {what}", help_)


StepTag = Annotated[Text, BeforeValidator(_as_json)]
"""A tag of a step; executors read JSON in some."""


class ProcessFields(Model):
    """How a script is run as a process; a platform owner can set defaults for a whole project."""

    timeout: Seconds | None = None
    """How long the script may run: `2h`, or seconds. Then it is ended, with everything that it
    started."""

    grace: Seconds | None = None
    """How long a script that is being ended has after each signal, before the next one: by default
    5 seconds."""

    inherit_env: InheritEnv | None = None
    """Which variables of Dagster's own environment the script sees: `all`, `none`, or a list of
    names. What the manifest declares is added."""


class InheritedScriptFields(ProcessFields):
    """What `_defaults.yaml` may say about the scripts below it."""

    kind: str | None = None
    """What runs the script. (Badges in the UI are `kinds`.)"""

    extras: Extras | None = None
    """Values for the script: `pipes.get_extra("name")`."""

    params: Annotated[Params, AfterValidator(_not_told)] | None = None
    """Values for the script that a launch may change: `name: default`, or a mapping with `type`,
    `default`, `description` and limits. The script reads them with `pipes.get_extra("name")`; in
    the options of `subprocess` they are `{params.name}`."""

    code_paths: CodePaths | None = None
    """What else belongs to the code of the script, beside the modules that it imports: files,
    folders and patterns such as `"sql/*.sql"`, relative to this file. When one of them changes,
    the assets are stale."""

    can_subset: bool | None = None
    """Whether the script makes only the selected assets, so that some can be made without the
    others."""

    op_tags: dict[str, StepTag | None] | None = None
    """Tags of the step, which executors read."""

    retry_policy: RetryPolicy | None = None
    """How often a failed script is retried."""

    secrets: Secrets | None = None
    """Environment variables whose values the platform owner supplies: names, or `{NAME:
    OWNERS_NAME}`. Their values are masked wherever the script shows them."""

    pool: Pool | None = None
    """Dagster's concurrency pool, which limits how many of its steps run at once."""

    partitions_def: str | None = None
    """The partitions of the script's assets: a name that the platform owner publishes."""

    backfill_policy: BackfillPolicy | None = None
    """Whether a run over many partitions is one run of the script, or several."""

    schedule: Schedule | None = None
    """When the script runs: a cron expression, or a mapping with its time zone. Schedules must be
    switched on in Dagster."""


class ScriptFields(InheritedScriptFields):
    """Everything that can be said about a script; nothing is required."""

    script: Annotated[str, AfterValidator(_relative), WithJsonSchema(_RELATIVE)] | None = None
    """The script, relative to this file, if it is not the file of the same name beside it."""
