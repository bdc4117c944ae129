"""What the kinds of Amazon's services have in common."""

from __future__ import annotations

from typing import Final

BY_ARGUMENTS: Final = """\
import boto3
from dagster_pipes import (
    PipesCliArgsParamsLoader,
    PipesS3ContextLoader,
    PipesS3MessageWriter,
    open_dagster_pipes,
)

s3 = boto3.client("s3")
with open_dagster_pipes(
    context_loader=PipesS3ContextLoader(client=s3),
    message_writer=PipesS3MessageWriter(client=s3),
    params_loader=PipesCliArgsParamsLoader(),
) as pipes:
    ...
"""
"""How a script opens Pipes that gets everything by arguments and files of a bucket."""
SPARK_BY_VARIABLES: Final = """\
import boto3
from dagster_pipes import PipesS3MessageWriter, open_dagster_pipes

with open_dagster_pipes(message_writer=PipesS3MessageWriter(client=boto3.client("s3"))) as pipes:
    ...
"""
"""The same, if the context comes in a variable."""
VARIABLES_OR_LOG: Final = """\
import boto3
from dagster_pipes import PipesS3ContextLoader, PipesS3MessageWriter, open_dagster_pipes

# without a bucket in the connection, `open_dagster_pipes()` is enough
s3 = boto3.client("s3")
with open_dagster_pipes(
    context_loader=PipesS3ContextLoader(client=s3),
    message_writer=PipesS3MessageWriter(client=s3),
) as pipes:
    ...
"""
"""The same, if that depends on the connection."""
