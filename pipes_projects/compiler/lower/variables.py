"""Variables that are both set in `env` and named in `secrets`, although only one can apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipes_projects.codes import Code
from pipes_projects.compiler.lower.inheritance.layers import Origins
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.manifest.contract import Kind
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.source import Location


def variables_twice(
    fields: ScriptFields, options: Mapping[str, Any], kind: Kind | None, origin: Origins
) -> Iterator[Diagnostic]:
    """A finding for each such variable of a script, at the nearer of the two places."""
    literal = options.get("env")
    if not kind or not fields.secrets or not isinstance(literal, Mapping):
        return
    for at, secret in enumerate(fields.secrets):
        if literal.get(secret.name) is not None:
            path = (kind.name, "env", secret.name)
            yield _twice(secret.name, *_places(origin, path, at), origin(*path))


def _twice(name: str, near: Location, far: Location, literal: Location) -> Diagnostic:
    message, help_ = f"`{name}` is both in `env` and in `secrets`", "remove one of them"
    if near.path != far.path:
        take_back = f"`env: {{{name}: null}}`" if far == literal else "`secrets` without it"
        help_ = f"remove it, or write {take_back} here, in place of what is inherited"
    related = (Related(far, "it is named here too"),)
    return Diagnostic(Code.INVALID_VALUE, message, near, help_, related)


def _places(origin: Origins, literal: tuple[str, ...], at: int) -> tuple[Location, Location]:
    """Where the nearer layer has one of the two, and where the other one is."""
    secret = next(layer for layer in reversed(origin.layers) if "secrets" in layer.data)
    secret_place = secret.document.value((*secret.path, "secrets", at))
    if _rank(origin, literal) >= origin.layers.index(secret):
        return origin(*literal), secret_place
    return secret_place, origin(*literal)


def _rank(origin: Origins, path: tuple[str, ...]) -> int:
    """How near the layer is that gives a value."""
    return max(n for n, layer in enumerate(origin.layers) if Origins((layer,)).says(*path))
