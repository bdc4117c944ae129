"""What an owner's view says about how a script is run: refused when it is loaded, not in a run."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Mapping
from math import inf

from pipes_projects.emitter.owner.hooks import entries, shown
from pipes_projects.emitter.owner.views import PipesScriptManifest
from pipes_projects.manifest.values.environment import ALL, NONE


def check_run_values(manifest: PipesScriptManifest) -> None:
    """Raises TypeError for a value that no script can be run with."""
    if type(manifest) is PipesScriptManifest:  # the models have seen to it
        return
    _seconds("timeout", manifest.timeout)
    _seconds("grace", manifest.grace)
    _texts("extras", manifest.extras)
    _inherited(manifest.inherit_env)
    for owners in _texts("secrets", manifest.secrets).values():
        if not isinstance(owners, str):
            raise TypeError(f"`secrets` gives {shown(owners)} as the owner's name of a secret")


def _seconds(name: str, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < inf:
        raise TypeError(f"`{name}` is a number of seconds or None, not {shown(value)}")


def _texts(name: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise TypeError(f"`{name}` is a mapping of names, not {shown(value)}")
    return value


def _inherited(value: object) -> None:
    if value in (None, ALL, NONE):
        return
    if isinstance(value, str) or not all(
        isinstance(name, str) for name in entries("inherit_env", value)
    ):
        raise TypeError(f"`inherit_env` is `all`, `none` or a list of names, not {shown(value)}")
