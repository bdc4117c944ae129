"""A module that takes long to import, and is hardly ever used, is imported when it is used."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_NAME = "importlib.metadata"


def postpone_metadata() -> None:
    """Pydantic imports `importlib.metadata` to look for plugins, even where it is told to use
    none; that takes as long as everything that `click` imports."""
    if _NAME not in sys.modules:
        sys.modules[_NAME] = importlib.metadata = _Metadata(_NAME)


class _Metadata(ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = [f"{folder}/metadata" for folder in importlib.__path__]

    def entry_points(self, **wanted: Any) -> Any:
        """What Pydantic takes from the module, but does not call."""
        return self.__getattr__("entry_points")(**wanted)

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
        return getattr(importlib.import_module(_NAME), name)
