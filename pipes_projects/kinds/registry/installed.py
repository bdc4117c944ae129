"""Whether what a kind needs is installed here, which is found out without importing it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from pipes_projects.manifest.contract import Kind


def missing(kind: Kind) -> tuple[str, ...]:
    """The modules that scripts of a kind need, and that are not installed here."""
    return tuple(module for module in kind.needs if not is_installed(module))


def how_to_install(kind: Kind) -> str:
    """What to do about missing modules, to be followed by where."""
    if kind.install:
        return f"run `pip install '{kind.install}'`"
    return f"install {', '.join(f'`{module}`' for module in missing(kind))}"


@cache
def is_installed(module: str) -> bool:
    """Whether there is such a module. A folder of that name in the current folder is not the
    package: it has no origin."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return False
    return spec is not None and spec.origin is not None
