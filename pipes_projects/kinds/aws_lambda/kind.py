"""Kind `lambda`: a function on AWS Lambda makes the assets."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

from pipes_projects.kinds.launch import Launch, driven_by
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.manifest.model import ConnectionName, Model, SchemaPattern, Word, matching
from pipes_projects.manifest.model.shapes import ModelShape

_DRIVER: Final = "pipes_projects.kinds.aws_lambda.driver"
_NAME = r"[A-Za-z0-9_:/.-]{1,170}"
_NAME_HELP = "write its name or its ARN, perhaps with `:` and a version or an alias"


class LambdaOptions(Model):
    """The function that makes the assets."""

    function: Annotated[
        str,
        matching(_NAME, "invalid-value", "`VALUE` is not the name of a function", _NAME_HELP),
        SchemaPattern(_NAME, _NAME_HELP),
    ]
    """The function: its name or its ARN, perhaps with `:` and a version or an alias."""

    connection: ConnectionName | None = None
    """The AWS account: a region, or a mapping with `region_name`, `endpoint_url`, `profile_name`,
    `aws_access_key_id`, `aws_secret_access_key` or `aws_session_token`, and with the `bucket`, and
    perhaps the `prefix`, through which messages come back. By default what AWS's own tools find on
    the machine, and no bucket."""

    payload: dict[Word, Any] | None = None
    """What the function finds in its event, beside the two keys of Pipes."""

    uses_pipes: bool | None = None
    """Whether the function reports through Pipes, which is the default. With `false`, one that
    returns without an error has made everything."""


def launch(_script: Path, options: LambdaOptions, root: Path) -> Launch:
    """The driver, which invokes the function."""
    told = options.model_dump(exclude_none=True)
    connections = (options.connection,) if options.connection else ()
    driver = driven_by(_DRIVER, json.dumps(told), cwd=str(root), connections=connections)
    return replace(driver, runs_elsewhere=True)


_OWN: Final = "runs with the variables and the rights that the function has in AWS"

LAMBDA: Final = RegisteredKind(
    "lambda",
    "Invokes a function on AWS Lambda; the script is its source.",
    options=ModelShape(LambdaOptions),
    endings=(".py", ".js", ".mjs", ".ts", ".rb", ".go", ".java", ".cs"),
    forbidden={"secrets": _OWN, "inherit_env": _OWN},
    launch=launch,
    needs=("boto3",),
    install="pipes-projects[lambda]",
    example="""\
kind: lambda
lambda:
  function: load-orders
  connection: aws  # published by the platform owner
""",
)
