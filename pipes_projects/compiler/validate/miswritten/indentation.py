"""Keys on the same level as the key they belong under: one finding each, with all it covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

from pipes_projects.compiler.parse.document import Document, KeyPath
from pipes_projects.compiler.validate.miswritten.right_forms import FREE, NAMED
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import FIELDS, Defaults, Form, MultiAssetManifest
from pipes_projects.manifest.model.problems import Path, Problem, fields_at
from pipes_projects.manifest.model.yaml_flow import flow

_ANY: frozenset[str] = frozenset()
"""Stands for any key that the level above does not know."""
_BODIES = frozenset({"tags", "metadata", "checks", "freshness_policy"})
"""Fields of an asset that are mappings, just like an asset."""


@dataclass(frozen=True)
class _Level:
    """A mapping of a document, and the keys that it may have."""

    document: Document
    form: Form
    path: KeyPath
    contract: Contract

    @cached_property
    def keys(self) -> list[str]:
        """Its keys, in order."""
        return self.document.keys(self.path)

    @cached_property
    def places(self) -> dict[str, int]:
        """The index of each key's first occurrence."""
        return {key: n for n, key in reversed([*enumerate(self.keys)])}

    @cached_property
    def known(self) -> frozenset[str]:
        """The keys that this mapping may have."""
        if not self.path:
            added = self.contract.blocks | self.contract.added_fields
            return FIELDS[self.form] | added | {"assets"}
        if len(self.path) == 2 and self.path[0] == "assets":
            return _asset_fields(self.contract)
        return frozenset(fields_at(self.form, self.path))

    def inside(self, key: str) -> frozenset[str] | None:
        """The keys that may be under a key; None where it can have none."""
        if not self.path and key in self.contract.blocks:
            options = self.contract.kinds[key].options
            return options.names if options else None
        is_body = not self.path or (self.path[0] == "assets" and len(self.path) == 2)
        if is_body and key in FREE | NAMED:
            return _ANY
        names = frozenset(fields_at(self.form, (*self.path, key)))
        is_deeper = names != frozenset(fields_at(self.form, self.path))
        return names if is_deeper or self.path[-1:] == ("checks",) else None

    def after(self, key: str) -> list[str]:
        """The keys right after a key, on the same level, that belong under it."""
        inside, known = self.inside(key), self.known
        if inside is None:
            return []
        rest = (self.keys[place] for place in range(self.places[key] + 1, len(self.keys)))
        return list(takewhile(lambda name: name in inside if inside else name not in known, rest))


def misplaced_lines(document: Document, form: Form, contract: Contract) -> Iterator[Problem]:
    """Lines that are not indented far enough."""
    told = dict[Path, list[Problem]]()
    levels = dict[KeyPath, _Level]()
    for path in document.holes:
        level = levels.get(path[:-1]) or _Level(document, form, path[:-1], contract)
        levels[path[:-1]] = level
        for problem in _after_nothing(level, path[-1]):
            # A key may be misplaced below several others.
            told.setdefault(problem.path, []).append(problem)
    for first, *more in told.values():
        covers = (path for problem in (first, *more) for path in problem.covers)
        yield first._replace(covers=tuple(covers))
    assets = document.data.get("assets")
    if isinstance(assets, dict) and form is not Defaults:
        yield from _beside_assets(document, contract, assets)


def _asset_fields(contract: Contract) -> frozenset[str]:
    return FIELDS[AssetFields].union(contract.added_asset_fields)


def _after_nothing(level: _Level, key: str | int) -> Iterator[Problem]:
    """A key without a value, followed on the same level by what can only be its value."""
    if not isinstance(key, str) or level.path == ("assets",):
        return
    after = level.after(key)
    if after and key == "assets":
        keys = level.document.keys(())
        yield _unindented_assets(level, after, keys[keys.index(after[-1]) + 1 :])
    elif after:
        yield _problem(level, key, after)


def _problem(level: _Level, key: str, after: list[str]) -> Problem:
    values = {name: level.document.as_written((*level.path, name)) for name in after}
    covers = tuple((*level.path, name) for name in (key, *after))
    return _belongs(covers, after, key, f"{key}: {flow(values)}")


def _belongs(covers: tuple[Path, ...], names: list[str], above: str, form: str) -> Problem:
    words = " and ".join(f"`{name}`" for name in names)
    verb = "belongs" if len(names) == 1 else "belong"
    message = f"{words} {verb} under `{above}`, two spaces further"
    return Problem(covers[1], "unknown-key", message, f"write `{form}`", (), True, covers=covers)


def _unindented_assets(level: _Level, names: list[str], rest: list[str]) -> Problem:
    """Names of assets on the level of `assets`, perhaps with the fields of the last one."""
    document, last = level.document, names[-1]
    assets = {name: document.as_written((name,)) or {} for name in names}
    own = []
    if (last,) in document.holes:
        own = list(takewhile(lambda key: key in _asset_fields(level.contract), rest))
        assets[last] = {key: document.as_written((key,)) for key in own}
    more = [name for name in rest[len(own) :] if own and _is_name(level, name)]
    covers: tuple[Path, ...] = (("assets",), *((name,) for name in (*names, *own, *more)))
    problem = _belongs(covers, names, "assets", f"assets: {flow(assets)}")
    if own:
        words = " and ".join(f"`{key}`" for key in own)
        message = f"`{names[0]}` belongs under `assets`, and {words} under `{last}`"
        problem = problem._replace(message=f"{message}: each two spaces further")
    return problem


def _is_name(level: _Level, key: str) -> bool:
    """Whether this can only be the name of another asset, with its fields on the same level."""
    return (key,) in level.document.holes and key not in level.known


def _beside_assets(
    document: Document, contract: Contract, assets: dict[str, Any]
) -> Iterator[Problem]:
    """Keys of an asset, or of its script, where the names of assets belong."""
    fields = _asset_fields(contract)
    top = FIELDS[MultiAssetManifest] | contract.blocks | set(contract.added_script_fields)
    keys = document.keys(("assets",))
    wrong = [key for key in keys if _is_field(key, assets.get(key), fields | top, document)]
    own = {key: None for key in wrong if key in fields}
    if own:
        names = list(takewhile(lambda key: key not in own, keys))
        after = keys[len(names) :]
        more = {key: None for key in after if key not in own and ("assets", key) in document.holes}
        first = takewhile(lambda key: key not in more, after)
        yield _beside(document, [key for key in first if key in own], names, [*own, *more])
    for key in wrong:
        if key not in fields:
            message = f"`{key}` is not the name of an asset"
            form = f"{key}: {flow(document.as_written(('assets', key)))}"
            help_ = f"write `{form}` at the top of the manifest"
            path: Path = ("assets", key)
            yield Problem(path, "unknown-key", message, help_, (), True, covers=(path,))


def _beside(document: Document, own: list[str], names: list[str], all_: list[str]) -> Problem:
    """Fields right after the last of some names; names further on may have the same mistake."""
    values = {key: document.as_written(("assets", key)) for key in own}
    own = list(values)
    covers: tuple[Path, ...] = tuple(("assets", key) for key in dict.fromkeys([*own, *all_]))
    if not names:
        words = " and ".join(f"`{key}`" for key in own)
        message = f"{words} must be under the name of an asset"
        help_ = f"write `assets: {{my_asset: {flow(values)}}}`"
        return Problem(covers[0], "unknown-key", message, help_, (), True, covers=covers)
    name = names[-1]
    earlier = document.as_written(("assets", name))
    whole = {**(earlier if isinstance(earlier, dict) else {}), **values}
    covers = (("assets", name), *covers)
    return _belongs(covers, own, name, f"{name}: {flow(whole)}")


def _is_field(key: str, value: Any, known: frozenset[str], document: Document) -> bool:
    """Whether this is certainly not an asset, which would be a mapping with keys of assets."""
    if key not in known or ("assets", key) in document.holes:
        return False
    if not isinstance(value, dict):
        return value is not None
    return key in _BODIES and bool(value) and value.keys().isdisjoint(known)
