"""Where in a model the fields with a mark are: what must be read as text, what is a path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

Pattern = tuple[str, ...]
ANY = "*"


@cache
def marked(model: type[BaseModel], mark: type) -> tuple[Pattern, ...]:
    """The paths of a model's fields that have a mark; `*` stands for any key or index."""
    return tuple(
        (name, *rest)
        for name, field in model.model_fields.items()
        for rest in _within(field.annotation, field.metadata, mark)
    )


class Patterns:
    """Several patterns; `path in patterns` asks whether one of them describes a path."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._rest: dict[tuple[str, int], list[Pattern]] = {}
        for pattern in patterns:
            self._rest.setdefault((pattern[0], len(pattern)), []).append(pattern)

    def __contains__(self, path: tuple[str | int, ...]) -> bool:
        candidates = self._rest.get((str(path[0]), len(path)), ()) if path else ()
        return any(
            all(part in (ANY, step) for part, step in zip(pattern, path, strict=True))
            for pattern in candidates
        )


def _within(annotation: Any, metadata: Iterable[Any], mark: type) -> Iterator[Pattern]:
    if any(isinstance(item, mark) for item in metadata):
        yield ()
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _within(arguments[0], annotation.__metadata__, mark)
    elif origin in (Union, UnionType):
        for argument in arguments:
            yield from _within(argument, (), mark)
    elif origin in (list, dict):
        yield from ((ANY, *rest) for rest in _within(arguments[-1], (), mark))
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from marked(annotation, mark)
