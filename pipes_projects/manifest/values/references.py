"""`{params.name}` and `{deployment.slug}` in options of a kind: all that is ever expanded there.

`{{params.name}}` stands for `{params.name}` itself; all other braces stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, cast

from pydantic import BaseModel

from pipes_projects.manifest.model import AsItStands
from pipes_projects.manifest.model.marks import Patterns, marked
from pipes_projects.manifest.params import as_text
from pipes_projects.manifest.values.deployment import LOCAL

_REFERENCE: Final = re.compile(
    r"\{\{((?:params|deployment)\.[^{}]*)\}\}|\{(params|deployment)\.([^{}]*)\}"
)
Path = tuple[str | int, ...]
What = Literal["params", "deployment"]


class Reference(NamedTuple):
    """A parameter, or a part of the deployment, whose value some text asks for."""

    path: Path
    name: str
    what: What = "params"
    text: str = ""

    def corrected(self, name: str) -> str | None:
        """The text with another name in place of this one; None if it asks for other values
        too, which may be wrong as well."""
        others = {match[3] for match in _REFERENCE.finditer(self.text) if match[2]} - {self.name}
        if others:
            return None
        return _REFERENCE.sub(lambda match: self._renamed(match, name), self.text)

    def _renamed(self, match: re.Match[str], name: str) -> str:
        return f"{{{self.what}.{name}}}" if match[2] == self.what else match[0]


def references(model: type[BaseModel], options: Mapping[str, Any]) -> Iterator[Reference]:
    """The values that options ask for; their paths begin with an option's name."""
    fields = marked(model, AsItStands)
    for name in dict.fromkeys(pattern[0] for pattern in fields):
        for path, text in _texts(options.get(name), (name,)):
            for match in _REFERENCE.finditer(text):
                if match[2] is not None:
                    yield Reference(path, match[3], cast(What, match[2]), text)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value or ())
    for step, part in parts if isinstance(value, dict | list) else ():
        yield from _texts(part, (*path, step))


def literal(text: str) -> str:
    """How a text is written of which nothing is to be expanded."""
    return _REFERENCE.sub(lambda match: f"{{{match[0]}}}", text)


def filled(options: Any, params: Mapping[str, Any], deployment: Mapping[str, Any] = LOCAL) -> Any:
    """Options (an instance of their model) with the values that they ask for in them."""
    if not isinstance(options, BaseModel):
        return options
    patterns = marked(type(options), AsItStands)
    if not patterns:
        return options
    filling = _Filling(Patterns(patterns), {"params": params, "deployment": deployment})
    names = dict.fromkeys(pattern[0] for pattern in patterns)
    return options.model_copy(
        update={name: filling.value(getattr(options, name), (name,)) for name in names}
    )


class _Filling:
    def __init__(self, places: Patterns, known: Mapping[str, Mapping[str, Any]]) -> None:
        self.places, self.known = places, known

    def value(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: self.value(part, (*path, key)) for key, part in value.items()}
        if isinstance(value, list):
            return [self.value(part, (*path, index)) for index, part in enumerate(value)]
        is_text = isinstance(value, str) and path in self.places
        return _REFERENCE.sub(self._text, value) if is_text else value

    def _text(self, match: re.Match[str]) -> str:
        if match[1] is not None:
            return f"{{{match[1]}}}"
        return as_text(self.known[match[2]][match[3]])
