"""`{params.name}` in options of a kind: the only thing there that is ever expanded.

`{{params.name}}` stands for `{params.name}` itself; all other braces stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from pipes_projects.manifest.model import AsItStands
from pipes_projects.manifest.model.marks import Patterns, marked
from pipes_projects.manifest.params import as_text

_REFERENCE: Final = re.compile(r"\{\{(params\.[^{}]*)\}\}|\{params\.([^{}]*)\}")
Path = tuple[str | int, ...]


class Reference(NamedTuple):
    """A parameter whose value some text asks for."""

    path: Path
    name: str


def references(model: type[BaseModel], options: Mapping[str, Any]) -> Iterator[Reference]:
    """The parameters that options ask for; their paths begin with an option's name."""
    fields = marked(model, AsItStands)
    for name in dict.fromkeys(pattern[0] for pattern in fields):
        for path, text in _texts(options.get(name), (name,)):
            for match in _REFERENCE.finditer(text):
                if match[2] is not None:
                    yield Reference(path, match[2])


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value or ())
    for step, part in parts if isinstance(value, dict | list) else ():
        yield from _texts(part, (*path, step))


def filled(options: Any, params: Mapping[str, Any]) -> Any:
    """Options (an instance of their model) with the values of parameters in them."""
    if not isinstance(options, BaseModel):
        return options
    patterns = marked(type(options), AsItStands)
    if not patterns:
        return options
    filling = _Filling(Patterns(patterns), params)
    names = dict.fromkeys(pattern[0] for pattern in patterns)
    return options.model_copy(
        update={name: filling.value(getattr(options, name), (name,)) for name in names}
    )


class _Filling:
    def __init__(self, places: Patterns, params: Mapping[str, Any]) -> None:
        self.places, self.params = places, params

    def value(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: self.value(part, (*path, key)) for key, part in value.items()}
        if isinstance(value, list):
            return [self.value(part, (*path, index)) for index, part in enumerate(value)]
        is_text = isinstance(value, str) and path in self.places
        return _REFERENCE.sub(self._text, value) if is_text else value

    def _text(self, match: re.Match[str]) -> str:
        return f"{{{match[1]}}}" if match[1] is not None else as_text(self.params[match[2]])
