"""What a document may say beyond what its model knows: kinds, their options, keys in their place.

Each function yields what is wrong, as data; where it stands is `validation`'s to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipes_projects.compiler.about import script_check_problems
from pipes_projects.compiler.published import UNPUBLISHED, name_problems
from pipes_projects.diagnostics import nearest, obvious, similar
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.manifest.forms import FIELDS, Defaults, Form, MultiAssetManifest
from pipes_projects.manifest.metadata import metadata_problems
from pipes_projects.manifest.model import listed
from pipes_projects.manifest.problems import Path, Problem, unknown_key

ASSET_FIELDS = FIELDS[AssetFields]


def problems_of(
    form: Form, data: dict[str, Any], contract: Contract
) -> tuple[dict[str, Any], list[Problem]]:
    """What is for the form's own model to judge, and what is wrong apart from that."""
    fields = FIELDS[form]
    known = {key: value for key, value in data.items() if key in fields}
    for key, taken in (("kind", (list, type(None))), ("kinds", str)):
        if isinstance(known.get(key, 0), taken):  # `_kind` says it
            del known[key]
    problems = [*_kind(data, contract), *_misplaced(form, data, contract), *_common((), data)]
    problems += name_problems(data, contract, ())
    if len(known) < len(data):
        problems += _unknown(form, data, contract)
        problems += _blocks(data, contract)
        problems += _added(data, contract, ())
    if form is MultiAssetManifest:
        problems += _under_assets(data["assets"], contract)
        problems += script_check_problems(data)
        known["assets"] = _own_fields(data["assets"])
    return known, problems


def _own_fields(assets: Any) -> Any:
    """Only what the model of an asset knows; the rest is looked at on its own."""
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
    for key in data:
        if key in fields:
            continue
        if key in ASSET_FIELDS or key in _ELSEWHERE:
            yield _out_of_place(form, key)
        else:
            where = "of `_defaults.yaml`" if form is Defaults else "of this manifest"
            unsure = not contract.published and nearest(key, likely) is None
            help_ = UNPUBLISHED.format("keys") if unsure else None
            yield unknown_key((key,), tuple(sorted(likely)), where)._replace(help=help_)


def _out_of_place(form: Form, key: str) -> Problem:
    help_ = _ELSEWHERE.get(key, "write it in the manifest of the asset")
    if form is MultiAssetManifest:
        help_ = "write it under the asset that it belongs to"
    return Problem((key,), "unknown-key", f"`{key}` does not belong here", help_, (), True)


def _kind(data: dict[str, Any], contract: Contract) -> Iterator[Problem]:
    kind, kinds = data.get("kind", "subprocess"), data.get("kinds")
    if kind is None:
        yield Problem(("kind",), "invalid-value", "`kind` cannot be null", "name a kind")
    elif isinstance(kind, list):
        badges = ", ".join(str(name) for name in kind)
        help_ = f"write `kinds: [{badges}]` for badges in the UI; `kind` is what runs the script"
        right = "kinds" if "kinds" not in data else None
        yield Problem(
            ("kind",), "kind-or-kinds", "`kind` is one name", help_, (), False, None, right
        )
    elif isinstance(kind, str) and kind not in contract.kinds:
        yield _unknown_kind(kind, contract)
    if isinstance(kinds, str):
        help_ = f"write `kinds: [{kinds}]` for a badge in the UI; what runs the script is `kind`"
        right_list = listed(kinds)
        yield Problem(
            ("kinds",), "kind-or-kinds", "`kinds` is a list", help_, (), False, right_list
        )


def _unknown_kind(kind: str, contract: Contract) -> Problem:
    help_ = similar(kind, contract.kinds, "a kind") or (
        f"the kinds are {', '.join(f'`{name}`' for name in contract.kinds)}; "
        "`kind` is what runs the script, badges in the UI are `kinds`"
    )
    if not contract.published:
        help_ += "; " + UNPUBLISHED.format("kinds")
    message, right = f"`{kind}` is not a kind of script", obvious(kind, contract.kinds)
    return Problem(("kind",), "unknown-kind", message, help_, right=right)


def _misplaced(form: Form, data: dict[str, Any], contract: Contract) -> Iterator[Problem]:
    """What the document's own `kind` rules out."""
    kind = contract.kinds.get(data["kind"]) if isinstance(data.get("kind"), str) else None
    if kind is not None and form is not Defaults:
        yield from kind_problems(kind, data, contract)


def kind_problems(kind: Kind, data: Mapping[str, Any], contract: Contract) -> Iterator[Problem]:
    """What a manifest says that makes no sense for a script of this kind."""
    blocks = (contract.blocks - {kind.name}) & data.keys()
    if not (kind.forbidden or contract.added_fields or blocks):
        return
    for key in blocks:
        message = f"`{key}` has options of another kind: this script's kind is `{kind.name}`"
        help_ = f"remove the block, or write `kind: {key}`"
        yield Problem((key,), "wrong-kind-options", message, help_, (), True)
    yield from _not_of_kind(kind, data, contract.added_script_fields, kind.script_fields.names, ())
    assets = data.get("assets")
    bodies = assets.items() if isinstance(assets, dict) else ()
    places = [((), data), *((("assets", n), b) for n, b in bodies if isinstance(b, dict))]
    for path, body in places:
        yield from _not_of_kind(
            kind, body, contract.added_asset_fields, kind.asset_fields.names, path
        )
        for key in sorted(kind.forbidden & body.keys()):
            yield Problem(
                (*path, key),
                f"not-for-{kind.name}",
                f"`{key}` is not for `kind: {kind.name}`, which runs nothing",
                "remove it, or give the asset a script and another kind",
                (),
                True,
            )


def _not_of_kind(
    kind: Kind,
    data: Mapping[str, Any],
    added: Mapping[str, Sequence[str]],
    own: frozenset[str],
    path: Path,
) -> Iterator[Problem]:
    for key in sorted((added.keys() - own) & data.keys()) if added else ():
        message = f"`{key}` is not a key for `kind: {kind.name}`"
        help_ = f"it is one for {' and '.join(f'`kind: {name}`' for name in added[key])}"
        yield Problem((*path, key), "unknown-key", message, help_, (), True)


def _under_assets(assets: Any, contract: Contract) -> Iterator[Problem]:
    if not isinstance(assets, dict):
        return
    known = ASSET_FIELDS.union(contract.added_asset_fields)
    top = FIELDS[MultiAssetManifest].union(contract.blocks, contract.added_script_fields)
    for name, body in assets.items():
        for key in body if isinstance(body, dict) else ():
            if key not in known:
                yield _unknown_under_asset(("assets", name, key), tuple(sorted(known)), top)
        if isinstance(body, dict):
            yield from _compute_kind(("assets", name), body)
            yield from _common(("assets", name), body)
            yield from name_problems(body, contract, ("assets", name))
            yield from _added(body, contract, ("assets", name))


def _unknown_under_asset(path: Path, known: tuple[str, ...], top: frozenset[str]) -> Problem:
    key = path[-1]
    if key == "kind":
        help_ = "badges in the UI are `kinds`; what runs the script stands at the top"
        return Problem(path, "kind-or-kinds", "an asset has no `kind`", help_, (), True)
    if key in top:
        help_ = "it says how the script runs: write it at the top of the manifest"
        message = f"`{key}` does not belong to an asset"
        return Problem(path, "unknown-key", message, help_, (), True)
    return unknown_key(path, known, "of an asset")


def _compute_kind(path: Path, body: dict[str, Any]) -> Iterator[Problem]:
    tags = body.get("tags")
    if isinstance(tags, dict) and "kind" in tags:
        help_ = "write `kinds:` for a badge, or the tag `kind` at the top of the manifest"
        where = (*path, "tags", "kind")
        yield Problem(where, "kind-or-kinds", "an asset has no tag `kind`", help_, (), True)


def _common(path: Path, body: Mapping[str, Any]) -> Iterator[Problem]:
    """What holds for an asset wherever it is written."""
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
            unknown = {k: v for k, v in data[name].items() if k not in options.names}
            yield from _partial(options.problems({**_given(data[name]), **unknown}), (name,))
        elif data[name] is not None:
            yield Problem((name,), "invalid-value", f"`{name}` must be a mapping")


def _added(data: dict[str, Any], contract: Contract, path: Path) -> Iterator[Problem]:
    """Problems of the owner's fields; where several kinds have a field, it is of one type."""
    said: set[str] = set()
    for kind in contract.kinds.values():
        shapes = (kind.asset_fields,) if path else (kind.script_fields, kind.asset_fields)
        for shape in shapes:
            mine = _given({k: data[k] for k in shape.names - said if k in data})
            said |= mine.keys()
            if mine:
                yield from _partial(shape.problems(mine), path)


def _given(data: dict[str, Any]) -> dict[str, Any]:
    """The data without what is taken back by null."""
    kept = {key: value for key, value in data.items() if value is not None}
    return {k: _given(value) if isinstance(value, dict) else value for k, value in kept.items()}


def _partial(problems: Iterator[Problem], path: Path) -> Iterator[Problem]:
    """What is missing may be inherited, except in the entries of a list."""
    for problem in problems:
        if problem.code != "missing-key" or any(isinstance(step, int) for step in problem.path):
            yield problem._replace(path=(*path, *problem.path))
