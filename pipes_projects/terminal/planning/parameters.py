"""`--param name=value` → the values of a script's parameters, as Dagster takes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from pipes_projects.manifest.params import Param, misfits
from pipes_projects.project import Script
from pipes_projects.spelling import similar


def values_of(script: Script, given: Mapping[str, str]) -> dict[str, Any]:
    """All parameters of a script: the given value, or the default."""
    return {
        name: _value(param, given[name]) if name in given else param.default
        for name, param in _params(script).items()
    }


def problems_of(scripts: Iterable[Script], given: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each name that no script knows, and each value that is not allowed."""
    known = [_params(script) for script in scripts]
    names = {name for params in known for name in params}
    for name in given:
        if name not in names:
            hint = similar(name, names, "a param") or _listed(names)
            yield f"no selected script has a param `{name}`; {hint}"
    wrong = (_misfits(params, given) for params in known)
    yield from dict.fromkeys(sentence for sentences in wrong for sentence in sentences)


def _misfits(params: Mapping[str, Param], given: Mapping[str, str]) -> list[str]:
    mine = {name: _value(param, given[name]) for name, param in params.items() if name in given}
    return misfits(params, mine)


def _listed(names: Iterable[str]) -> str:
    known = ", ".join(f"`{name}`" for name in sorted(names))
    return f"they have {known}" if known else "they have none"


def _params(script: Script) -> dict[str, Param]:
    params = script.fields.params or {}
    return {name: param for name, param in params.items() if param is not None}


def _value(param: Param, text: str) -> Any:
    """The text as a value of the parameter's type; unchanged if it cannot be one."""
    kind = param.effective_type
    if kind == "list":
        return _list(text)
    if kind == "string" or (kind == "boolean" and text not in ("true", "false")):
        return text
    return _plain(text)


def _list(text: str) -> Any:
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return [_plain(part.strip()) for part in text.split(",")] if text.strip() else []


def _plain(text: str) -> Any:
    """A number or a boolean, if written as one; text if it has more digits than Python reads."""
    if text in ("true", "false") or _NUMBER.fullmatch(text):
        with suppress(ValueError):
            return json.loads(text)
    return text


_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
