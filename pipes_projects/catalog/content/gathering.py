"""A picture → the data of the page, as JSON: what many assets share is in it once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipes_projects.analysis.picture.model import AssetPicture, OtherAsset, Picture
from pipes_projects.analysis.picture.unreadable import files_of
from pipes_projects.analysis.value_history import Origin
from pipes_projects.catalog.content.findings import findings_of
from pipes_projects.catalog.content.moments import partitions_in, schedules_in
from pipes_projects.catalog.content.runs import runs_of
from pipes_projects.catalog.content.shared import Shared, listed, numbered, object_of
from pipes_projects.catalog.hidden import Mask
from pipes_projects.catalog.imprint import Imprint
from pipes_projects.catalog.repository import Published
from pipes_projects.manifest.contract import Contract
from pipes_projects.terminal.results.history import History
from pipes_projects.text.plain import page_json


def content_of(
    imprint: Imprint,
    picture: Picture,
    contract: Contract,
    published: Published | None,
    known: History,
    mask: Mask,
) -> str:
    """Everything about a project that the page shows, except for the texts of its files."""
    files, values = Shared(), Shared()
    told = numbered(([*_values(shown, files, mask)] for shown in picture.assets), values)
    assets = [
        object_of({**_asset(shown, files, mask), "values": texts})
        for shown, texts in zip(picture.assets, told, strict=True)
    ]
    facts: dict[str, Any] = {
        "name": imprint.name,
        "version": imprint.version,
        "made": round(imprint.made),
        "published": published._asdict() if published else None,
        "schedules": schedules_in(picture, imprint.made),
        "partitions": partitions_in(picture, contract, imprint.made),
        "conditions": _used(picture, contract.automation_conditions),
        "kinds": {kind: contract.kinds[kind].description for kind in _kinds(picture, contract)},
        "others": [_other(other, picture, files) for other in picture.others],
        "findings": mask(findings_of(picture)),
        "runs": runs_of(picture, known, mask),
    }
    parts = {key: page_json(value) for key, value in facts.items()}
    parts |= {"assets": listed(assets), "files": files.json, "values": values.json}
    return object_of(parts)


def _asset(shown: AssetPicture, files: Shared, mask: Mask) -> dict[str, str]:
    asset, script, place = shown.asset, shown.script, shown.asset.location
    plain: dict[str, Any] = {
        "key": asset.key,
        "group": asset.group,
        "kind": script.kind,
        "state": shown.state,
        "file": files.place(place.path),
        "line": place.span.start.line + 1,
    }
    optional = {
        "script": None if script.path is None else files.place(script.path),
        "deps": [list(_dep(dep)) for dep in asset.deps],
        "checks": [[c.name, mask(c.description or ""), bool(c.blocking)] for c in asset.checks],
    }
    plain |= {key: value for key, value in optional.items() if value not in (None, [])}
    return {key: page_json(value) for key, value in plain.items()}


def _dep(dep: Any) -> Iterator[str]:
    yield dep.key
    if dep.partition_mapping:
        yield dep.partition_mapping


def _values(shown: AssetPicture, files: Shared, mask: Mask) -> Iterator[str]:
    """Each value's name, the value, where it is from and what it overrides, as JSON."""
    manifest = shown.asset.location.path
    for value in shown.values:
        told = [list(value.name), mask(value.value), _origin(value.origin, manifest, files)]
        overrides = [
            [mask(saying.value), _origin(saying.origin, manifest, files)]
            for saying in value.overrides
        ]
        yield page_json([*told, overrides] if overrides else told)


def _origin(origin: Origin, manifest: str, files: Shared) -> list[int] | int | str:
    """A line of the asset's own manifest, so that assets share it; or the place of another file in
    the list, and a line; or words."""
    at = origin.location
    if at is None:
        return origin.words
    line = at.span.start.line + 1
    return line if at.path == manifest else [files.place(at.path), line]


def _other(other: OtherAsset, picture: Picture, files: Shared) -> dict[str, Any]:
    plain = {"key": other.key, "group": other.group, "state": other.state}
    paths = files_of(other, picture.compilation.project.files)
    return {**plain, "files": [files.place(path) for path in paths]} if paths else plain


def _used(picture: Picture, conditions: Mapping[str, str]) -> dict[str, str]:
    names = {shown.asset.fields.automation_condition for shown in picture.assets}
    return {name: told for name, told in conditions.items() if name in names}


def _kinds(picture: Picture, contract: Contract) -> list[str]:
    return sorted({shown.script.kind for shown in picture.assets} & contract.kinds.keys())
