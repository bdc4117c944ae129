"""What this process loads a project for, and which version of a deployment a run is bound to.

Little of this is public in Dagster: if anything is not as expected, the newest version is used. A
test runs it for real.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import os
from collections.abc import Mapping
from multiprocessing import current_process
from typing import Any, Final, Literal

from pipes_projects.emitter.loading.step_start.request import is_step

_LEFT: Final = "pipes_projects_deployed"
_VALIDATION: Final = "DAGSTER_IS_DEFS_VALIDATION_CLI"

Loader = Literal["code server", "run", "other"]


def loader() -> Loader:
    """What kind of process this is; tests, validation and commands count as `other`."""
    context = _context()
    load = getattr(getattr(context, "load_type", None), "value", None)
    if load == "RECONSTRUCTION":
        return "run"
    is_code_server = load == "INITIALIZATION" and not os.environ.get(_VALIDATION)
    return "code server" if is_code_server else "other"


def pin_for_run(key: str) -> str | None:
    """What the code server has written for its runs, or the process of a run for its steps."""
    try:
        written = _context().reconstruction_metadata.get(key)
    except Exception:  # this is private in Dagster: if it fails, there is no pin
        written = None
    left = _left().get(key) if is_step() else None
    return next((pin for pin in (written, left) if isinstance(pin, str)), None)


def leave(key: str, text: str) -> None:
    """Leave a pin for the runs that this process launches, or the steps that it starts."""
    add = getattr(_context(), "add_to_pending_reconstruction_metadata", None)
    if add is not None and loader() == "code server":
        add(key, text)
    if loader() == "run":
        vars(current_process()).setdefault("_config", {})[_LEFT] = {**_left(), key: text}


def _left() -> Mapping[str, str]:
    known: Any = vars(current_process()).get("_config")
    left = known.get(_LEFT) if isinstance(known, dict) else None
    return left if isinstance(left, dict) else {}


def _context() -> Any:
    """What Dagster says about this load; None if it says nothing."""
    try:
        from dagster._core.definitions.definitions_load_context import DefinitionsLoadContext

        return DefinitionsLoadContext.get() if DefinitionsLoadContext.is_set() else None
    except (ImportError, AttributeError):
        return None
