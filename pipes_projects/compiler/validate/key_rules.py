"""What a document may say beyond its model: kinds, their options, and keys where they belong.

Each function yields problems as data; `validation` alone knows where they are in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pipes_projects.codes import Code
from pipes_projects.compiler.validate.kind_rules import (
    compute_kind,
    kind_choice,
    misplaced,
)
from pipes_projects.compiler.validate.published_names import doubt, name_problems
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import FIELDS, Defaults, Form, MultiAssetManifest
from pipes_projects.manifest.model.problems import Path, Problem, unknown_key
from pipes_projects.manifest.model.shapes import Shape
from pipes_projects.manifest.values.metadata import metadata_problems
from pipes_projects.spelling import first_few, obvious, similar, word_near

ASSET_FIELDS = FIELDS[AssetFields]
MOST: Final = 500
"""How many unknown words of a file get a guess at what was meant."""


def problems_of(
    form: Form, data: dict[str, Any], contract: Contract
) -> tuple[dict[str, Any], list[Problem]]:
    """What the form's own model is to judge, and what is wrong besides."""
    fields = FIELDS[form]
    known = {key: value for key, value in data.items() if key in fields}
    for key, taken in (("kind", (list, type(None))), ("kinds", str)):
        if isinstance(known.get(key, 0), taken):  # `kind_choice` reports it
            del known[key]
    problems = [*kind_choice(data, contract), *misplaced(form, data, contract), *_common((), data)]
    problems += name_problems(data, contract, ())
    if len(known) < len(data):
        problems += _unknown(form, data, contract)
        problems += _blocks(data, contract)
        problems += _added(data, contract, ())
    if form is MultiAssetManifest and "assets" in data:
        problems += _under_assets(data["assets"], contract)
        problems += script_check_problems(data)
        known["assets"] = _own_fields(data["assets"])
    return known, problems


def _own_fields(assets: Any) -> Any:
    """Only what the model of an asset knows; the rest is checked separately."""
    if not isinstance(assets, dict):
        return assets
    return {
        name: {k: v for k, v in body.items() if k in ASSET_FIELDS}
        if isinstance(body, dict)
        else body
        for name, body in assets.items()
    }


_ELSEWHERE = {
    "assets": "a folder's defaults name no assets",
    "script": "a script belongs to one manifest",
}


def _unknown(form: Form, data: dict[str, Any], contract: Contract) -> Iterator[Problem]:
    fields = FIELDS[form] | contract.blocks | contract.added_fields
    likely = fields if form is Defaults else fields | {"assets"}
    for number, key in enumerate(key for key in data if key not in fields):
        if key in ASSET_FIELDS or key in _ELSEWHERE:
            yield _out_of_place(form, key)
        else:
            where = "of `_defaults.yaml`" if form is Defaults else "of this manifest"
            unsure = not contract.suspicion and number < MOST and word_near(key, likely) is None
            help_ = doubt(contract, "keys") or None if unsure else None
            yield unknown_key((key,), tuple(sorted(likely)), where)._replace(help=help_)


def _out_of_place(form: Form, key: str) -> Problem:
    help_ = _ELSEWHERE.get(key, "write it in the manifest of the asset")
    if form is MultiAssetManifest:
        help_ = "write it under the asset that it belongs to"
    return Problem((key,), "unknown-key", f"`{key}` does not belong here", help_, (), True)


def _under_assets(assets: Any, contract: Contract) -> Iterator[Problem]:
    if not isinstance(assets, dict):
        return
    known = ASSET_FIELDS.union(contract.added_asset_fields)
    in_order = tuple(sorted(known))
    top = FIELDS[MultiAssetManifest].union(contract.blocks, contract.added_script_fields)
    for name, body in assets.items():
        for key in body if isinstance(body, dict) else ():
            if key not in known:
                yield _unknown_under_asset(("assets", name, key), in_order, top)
        if isinstance(body, dict):
            yield from compute_kind(("assets", name), body)
            yield from _common(("assets", name), body)
            yield from name_problems(body, contract, ("assets", name))
            yield from _added(body, contract, ("assets", name))


def _unknown_under_asset(path: Path, known: tuple[str, ...], top: frozenset[str]) -> Problem:
    key = path[-1]
    if key == "kind":
        help_ = "badges in the UI are `kinds`; what runs the script goes at the top"
        return Problem(path, "kind-or-kinds", "an asset has no `kind`", help_, (), True)
    if key in top:
        help_ = "it says how the script runs: write it at the top of the manifest"
        message = f"`{key}` does not belong to an asset"
        return Problem(path, "unknown-key", message, help_, (), True)
    return unknown_key(path, known, "of an asset")


def _common(path: Path, body: Mapping[str, Any]) -> Iterator[Problem]:
    """What applies to an asset wherever it is written."""
    yield from _metadata(path, body)
    checks = body.get("checks")
    for name, check in checks.items() if isinstance(checks, dict) else ():
        if isinstance(check, dict):
            yield from _metadata((*path, "checks", name), check)


def _metadata(path: Path, body: Mapping[str, Any]) -> Iterator[Problem]:
    metadata = body.get("metadata")
    for problem in metadata_problems(metadata) if isinstance(metadata, dict) else ():
        yield problem._replace(path=(*path, "metadata", *problem.path))


def _blocks(data: dict[str, Any], contract: Contract) -> Iterator[Problem]:
    for name in sorted(contract.blocks & data.keys()):
        options = contract.kinds[name].options
        if isinstance(data[name], dict) and options is not None:
            yield from _partial(_judged(options, data[name]), (name,))
        elif data[name] is not None:
            yield Problem((name,), "invalid-value", f"`{name}` must be a mapping")


def _added(data: dict[str, Any], contract: Contract, path: Path) -> Iterator[Problem]:
    """Problems of the owner's fields; a field that several kinds have is of the same type in
    all."""
    judged: set[str] = set()
    for kind in contract.kinds.values():
        shapes = (kind.asset_fields,) if path else (kind.script_fields, kind.asset_fields)
        for shape in shapes:
            mine = {k: data[k] for k in shape.names - judged if data.get(k) is not None}
            judged |= mine.keys()
            if mine:
                yield from _partial(_judged(shape, mine), path)


def _judged(shape: Shape, data: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with some fields; null resets a value, but only under a key that exists."""
    given = _given(data)
    yield from shape.problems(given)
    for problem in shape.problems(data) if given != data else ():
        if (problem.code == Code.UNKNOWN_KEY or problem.at_key) and _value_at(
            data, problem.path
        ) is None:
            yield problem


def _value_at(value: Any, path: Path) -> Any:
    try:
        for step in path:
            value = value[step]
    except (LookupError, TypeError):  # a path may name what was tried, beside what is there
        return ""
    return value


def _given(data: dict[str, Any]) -> dict[str, Any]:
    """The data without what null resets."""
    kept = {key: value for key, value in data.items() if value is not None}
    return {k: _given(value) if isinstance(value, dict) else value for k, value in kept.items()}


def _partial(problems: Iterator[Problem], path: Path) -> Iterator[Problem]:
    """What is missing may be inherited, except in the entries of a list."""
    for problem in problems:
        if problem.code != "missing-key" or any(isinstance(step, int) for step in problem.path):
            yield problem._replace(path=(*path, *problem.path))


def script_check_problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Checks that name no asset of the manifest, or that the asset already has."""
    checks, assets = data.get("checks"), data["assets"]
    if not isinstance(checks, dict) or not isinstance(assets, dict):
        return
    guesses = max(10, 50_000 // max(1, len(assets)))  # finding similar names takes time
    for name, check in checks.items():
        about = check.get("asset") if isinstance(check, dict) else None
        if isinstance(about, str) and about not in assets:
            guesses -= 1
            yield _about_nothing(name, about, assets if guesses > 0 else {})
        elif isinstance(about, str) and name in _checks_of(assets[about]):
            message = f"asset `{about}` has two checks called `{name}`"
            help_ = f"the other one is under `{about}`: remove one, or rename it"
            yield Problem(("checks", name), Code.INVALID_VALUE, message, help_, (), True)


def _about_nothing(name: str, about: str, assets: Mapping[str, Any]) -> Problem:
    message = f"no asset of this manifest is called `{about}`"
    last = about.rpartition("/")[2]
    right = obvious(about, assets)
    help_ = f"write only its name: `{last}`" if last in assets else similar(about, assets, "one")
    known = first_few(assets)
    help_ = help_ or (f"its assets are {known}" if known else "there are none under `assets`")
    return Problem(("checks", name, "asset"), Code.INVALID_VALUE, message, help_, right=right)


def _checks_of(asset: Any) -> Mapping[str, Any]:
    checks = asset.get("checks") if isinstance(asset, dict) else None
    return checks if isinstance(checks, dict) else {}
