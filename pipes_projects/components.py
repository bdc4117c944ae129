"""What Dagster's `dg` finds here: `PipesProjectComponent`.

`dg` imports this module in every command, and asks it for each of its names. An error would break
`dg` for everything that is installed, so where Dagster is missing, there is no such name.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipes_projects.emitter.components.component import PipesProjectComponent

__all__ = ["PipesProjectComponent"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if not _is_usable():
        raise ImportError(f"`{name}` needs Dagster: install `pipes-projects[dagster]`")
    from pipes_projects.emitter.components import component

    return getattr(component, name)


def __dir__() -> list[str]:
    return __all__ if _is_usable() else []


def _is_usable() -> bool:
    return find_spec("dagster") is not None
