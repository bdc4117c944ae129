"""What to write instead of an unknown key in a mapping that is the value of a field."""

from __future__ import annotations

import re
from typing import Any

from pipes_projects.compiler.validate.words.other_tools import PLACE_INSIDE, PLACE_OF
from pipes_projects.compiler.validate.words.right_values import right_value
from pipes_projects.compiler.validate.words.unknown_key import (
    ANYWHERE,
    Told,
    UnknownKey,
    entries,
    options,
)
from pipes_projects.manifest.model.problems import Path, fields_at
from pipes_projects.manifest.model.yaml_flow import flow


def inside(key: UnknownKey) -> Told:
    """What to say about an unknown key in a mapping that is a field's value, or part of it."""
    names = _names_around(key)
    block = str(key.around[0])
    is_option = len(key.around) == 1 and block in key.contract.blocks
    field = "options" if is_option else _field(key.around)
    right = key.word if key.word in names else PLACE_INSIDE.get(field, {}).get(key.word)
    if right and right in names:
        return _inside_as(key, right)
    for name in names:
        if str(key.path[-1]) in fields_at(key.form, (*key.around, name)) and not is_option:
            return None, f"write `{name}: {flow({str(key.path[-1]): key.value})}`"
    if is_option and (
        key.word in ANYWHERE or PLACE_OF.get(key.word, "").partition(".")[0] in ANYWHERE
    ):
        return _out_of_block(key, block)
    if field == "columns" and PLACE_OF.get(key.word) == "checks":
        return None, "checks belong to the asset: write them in `checks`, beside `columns`"
    return None


def _names_around(key: UnknownKey) -> tuple[str, ...]:
    if key.around[0] in key.contract.blocks and len(key.around) == 1:
        return tuple(options(key.contract, str(key.around[0])))
    names = tuple(fields_at(key.form, key.around))
    top = tuple(fields_at(key.form, ()))
    return () if names == top else names


def _field(around: Path) -> str:
    names = [step for step in around if step in PLACE_INSIDE]
    return str(names[-1]) if names else ""


def _inside_as(key: UnknownKey, right: str) -> Told:
    if key.beside(right) is not None:
        return right, f"`{right}` is written here too: keep one of them"
    value = _entry(right, key.word, key.value)
    is_plain = not isinstance(value, dict | list) or right in ("env", "args", "command")
    if value is None or not is_plain:
        return right, f"the key for this is `{right}`"
    if key.around[0] in key.contract.blocks:
        value = right_value(right, str(key.path[-1]), value, key.contract)
    return right, f"write `{right}: {flow(value)}`"


def _entry(right: str, word: str, value: Any) -> Any:
    """The value of an entry, where the right key takes it in another form."""
    if right == "blocking" and value not in ("true", "false"):
        return {"error": True, "warn": False}.get(str(value).lower())
    if right == "backoff":
        return value if re.fullmatch("LINEAR|EXPONENTIAL", str(value)) else None
    if right == "max_retries" and "attempts" in word:
        return int(value) - 1 if str(value).isdigit() and int(value) > 1 else None
    return value


def _out_of_block(key: UnknownKey, block: str) -> Told:
    place = key.word if key.word in ANYWHERE else PLACE_OF[key.word]
    target, _, inner = place.partition(".")
    value = right_value(target, key.word, key.value, key.contract)
    if inner:
        value = entries(target, inner, key.value)
    if value in (None, [], {}):
        return None, f"`{target}` is written at the top of the manifest, beside `{block}`"
    return None, f"write `{target}: {flow(value)}` at the top of the manifest, beside `{block}`"
