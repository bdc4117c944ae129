"""What Dagster's multiprocess executor has started this process for.

None of this is public in Dagster: if anything differs from what is expected here, it does not
count as a request. A test runs it for real.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from multiprocessing import current_process
from typing import Any, NamedTuple

import dagster as dg
from dagster._core.code_pointer import CodePointer
from dagster._core.definitions.definitions_load_context import (
    DefinitionsLoadContext,
    DefinitionsLoadType,
)
from dagster._core.definitions.reconstruct import ReconstructableJob
from dagster._core.executor.multiprocess import MultiprocessExecutorChildProcessCommand


class Request(NamedTuple):
    """A step of a run, and what the run selects."""

    step: str
    selected: frozenset[str]
    """The keys of the selected assets, and of the assets whose checks are selected; none if the run
    selects ops, or nothing, which is everything in its job."""
    config: frozenset[str]
    """The steps that have config."""
    pointer: CodePointer
    """Where the definitions come from."""


def is_run() -> bool:
    """Whether this process loads definitions to run them, and was not started for a step."""
    return _reconstructs() and _command() is None


def is_step() -> bool:
    """Whether this process was started for a step."""
    return _command() is not None


def request() -> Request | None:
    """The step for which this process was started; None if that cannot be determined."""
    command = _command()
    if command is None or not _reconstructs():
        return None
    try:
        return _read(command, command.recon_pipeline)
    except (AttributeError, TypeError):
        return None


def _command() -> Any:
    arguments = getattr(current_process(), "_args", ())
    known = (
        argument
        for argument in arguments
        if type(argument) is MultiprocessExecutorChildProcessCommand
    )
    return next(known, None)


def _reconstructs() -> bool:
    if not DefinitionsLoadContext.is_set():
        return False
    return DefinitionsLoadContext.get().load_type == DefinitionsLoadType.RECONSTRUCTION


def _read(command: Any, job: ReconstructableJob) -> Request | None:
    checks = {check.asset_key for check in job.asset_check_selection or ()}
    selected: set[dg.AssetKey] = {*(job.asset_selection or ()), *checks}
    if job.op_selection:
        selected = set()
    return Request(
        command.step_key,
        frozenset(key.to_escaped_user_string() for key in selected),
        frozenset((command.run_config or {}).get("ops") or ()),
        job.repository.pointer,
    )
