"""The kinds of script that come with the package, and the options of each."""

from __future__ import annotations

from pipes_projects.kinds.external import FORBIDDEN_FOR_EXTERNAL
from pipes_projects.kinds.subprocess import INTERPRETERS, SubprocessOptions
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.manifest.shapes import ModelShape


def built_in_kinds() -> dict[str, Kind]:
    """The kinds that need no help from the platform owner."""
    return {
        "subprocess": Kind(
            "subprocess",
            "Runs the script as a process beside Dagster's own.",
            options=ModelShape(SubprocessOptions),
            endings=tuple(INTERPRETERS),
            any_ending_with="command",
        ),
        "external": Kind(
            "external",
            "An asset that something else makes; it has no script.",
            takes_script=False,
            forbidden=FORBIDDEN_FOR_EXTERNAL,
        ),
    }


def built_in_contract() -> Contract:
    """What every project has."""
    return Contract(built_in_kinds())
