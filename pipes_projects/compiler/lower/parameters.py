"""What effective parameters must be, and what uses them: schedules, and options of a kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from json import dumps, loads
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from pipes_projects.codes import Code
from pipes_projects.manifest.model.problems import Path, Problem, missing_key
from pipes_projects.manifest.model.shapes import ModelShape, Shape
from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.manifest.params import Param, declaration_faults, fault
from pipes_projects.manifest.values.deployment import IN_TEXT, LOCAL, TOLD_AS
from pipes_projects.manifest.values.references import Reference, references
from pipes_projects.manifest.values.regular_effort import MOST, effort
from pipes_projects.spelling import obvious, similar

Data = Mapping[str, Any]
_SIMPLER: Final = "write a simpler one: a pattern must take a time that grows with the text"
_FORM: Final = "every param has a default, as in `NAME: {type: integer, default: 10}` or `NAME: 10`"


def param_problems(data: Data) -> Iterator[Problem]:
    """What is wrong with parameters by themselves, and beside extras."""
    params, extras = data["params"], data.get("extras") or ()
    for name in params if extras else ():
        if name in extras:
            message = (
                f"`{name}` is in `extras` and in `params`, which the script reads in the same way"
            )
            help_ = "give one of them another name"
            yield Problem(("params", name), "invalid-value", message, help_, (), True)
    yield from _by_themselves(dumps(params))


@lru_cache(maxsize=1024)
def _by_themselves(text: str) -> tuple[Problem, ...]:
    """Those of params written as this JSON, cached: many scripts share the same ones."""
    return tuple(_of_each(loads(text)))


def _of_each(params: Data) -> Iterator[Problem]:
    heavy = _too_heavy(params)
    for name, declared in params.items():
        path = ("params", name)
        if "default" not in declared:
            yield missing_key((*path, "default"))._replace(help=_FORM.replace("NAME", name))
            continue
        if name == heavy:
            message = "the patterns of these params would take too long to match"
            yield Problem((*path, "pattern"), "invalid-value", message, _SIMPLER)
            return
        param, faults = _declaration(dumps(declared))
        for key, sentence in faults:
            is_heavy = key == "pattern" and param is not None and param.effective_type == "string"
            help_ = _SIMPLER if is_heavy else None
            yield Problem((*path, key), "invalid-value", f"param `{name}`: {sentence}", help_)


def _too_heavy(params: Data) -> str | None:
    """The first parameter whose pattern, with those before, is too much work to match."""
    spent = 0
    for name, declared in params.items():
        pattern, default = declared.get("pattern"), declared.get("default")
        spent += effort(pattern, str(default)) if pattern else 0
        if spent > MOST:
            return name
    return None


class _Declaration(NamedTuple):
    """A parameter, and what is wrong with it; no parameter where the model itself reports it."""

    param: Param | None
    faults: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1024)
def _declaration(text: str) -> _Declaration:
    """The declaration written as this JSON, cached: many scripts share the same ones."""
    try:
        param = Param.model_validate_json(text)
    except ValidationError:
        return _Declaration(None)
    return _Declaration(param, tuple(declaration_faults(param)))


def schedule_problems(data: Data) -> Iterator[Problem]:
    """Values that a schedule gives to parameters that do not exist, or do not accept them."""
    declared = data.get("params") or {}
    for name, value in (data["schedule"].get("params") or {}).items():
        path = ("schedule", "params", name)
        if name not in declared:
            yield _unknown(path, name, declared)._replace(at_key=True)
        elif why := _fault(declared[name], value):
            message = f"param `{name}` cannot be `{flow(value)}`: {why}"
            yield Problem(path, "invalid-value", message)


def _fault(declared: Any, value: Any) -> str | None:
    """What is wrong with a value, if its declaration is valid."""
    param, faults = _declaration(dumps(declared))
    return None if param is None or faults else fault(param, value)


def reference_problems(
    shape: Shape, options: Data, params: Mapping[str, Param | None]
) -> Iterator[Problem]:
    """References in options to what does not exist, or to params that are lists."""
    found = references(shape.model, options) if isinstance(shape, ModelShape) else ()
    for reference in found:
        path, name = reference.path, reference.name
        param = params.get(name)
        if reference.what == "deployment":
            yield from _of_deployment(reference)
        elif param is None:
            yield _unknown(path, name, params)
        elif param.effective_type == "list":
            message = f"`{{params.{name}}}` is a list, which one argument cannot hold"
            help_ = f'the script gets it with `pipes.get_extra("{name}")`'
            yield Problem(path, "invalid-value", message, help_)


def _of_deployment(reference: Reference) -> Iterator[Problem]:
    name = reference.name
    if name in IN_TEXT:
        return
    names = ", ".join(f"`{{deployment.{value}}}`" for value in IN_TEXT)
    message, help_ = f"a deployment has no `{name}`", f"text may contain {names}"
    if name in LOCAL:
        message = f"`{{deployment.{name}}}` cannot be part of a text"
        help_ = f'the script gets it with `pipes.get_extra("{TOLD_AS}")["{name}"]`; {help_}'
    elif close := similar(name, IN_TEXT, "a value"):
        help_ = close
    meant = None if name in LOCAL else obvious(name, IN_TEXT)
    right = reference.corrected(meant) if meant else None
    yield Problem(reference.path, "invalid-value", message, help_, right=right)


def _unknown(path: Path, name: str, known: Mapping[str, Any]) -> Problem:
    names = ", ".join(f"`{param}`" for param in known)
    some = f"the params are {names}" if known else f"declare it: `params: {{{name}: default}}`"
    help_ = similar(name, known, "a param") or some
    return Problem(path, Code.UNKNOWN_PARAM, f"the script has no param `{name}`", help_)
