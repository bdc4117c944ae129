"""An unknown key: where it is, what its value is, and what could be written there."""

from __future__ import annotations

from typing import Any, NamedTuple

from pipes_projects.compiler.parse.document import Document
from pipes_projects.compiler.validate.miswritten.right_forms import right_form
from pipes_projects.compiler.validate.words.other_tools import PLACE_INSIDE, plain
from pipes_projects.manifest.asset import AssetDefaults, AssetFields
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import FIELDS, Defaults, Form, MultiAssetManifest
from pipes_projects.manifest.model.problems import Path

_OF_ONE_ASSET = FIELDS[AssetFields] - frozenset(AssetDefaults.model_fields)
ANYWHERE = FIELDS[MultiAssetManifest] | FIELDS[AssetFields]
"""The fields of manifests, at any level."""

Told = tuple[str | None, str] | None
"""The right key, if it is in the same mapping, and the help line."""


class UnknownKey(NamedTuple):
    """An unknown key, and where it was written."""

    document: Document
    form: Form
    contract: Contract
    path: Path

    @property
    def word(self) -> str:
        """The key, in the style of our keys."""
        return plain(str(self.path[-1]))

    @property
    def value(self) -> Any:
        """Its value, as written."""
        return self.document.as_written(self.path)

    @property
    def around(self) -> Path:
        """The path of the mapping that it is in."""
        return self.path[:-1]

    @property
    def is_of_asset(self) -> bool:
        """Whether it is a key of an asset under `assets`."""
        return len(self.around) == 2 and self.around[0] == "assets"

    def beside(self, key: str) -> Any:
        """The value of another key in the same mapping."""
        around = self.document.at(self.around)
        known = isinstance(around, dict) and key in around
        return self.document.as_written((*self.around, key)) if known else None


def where_of(key: UnknownKey, target: str) -> str:
    """Where a key belongs, if not in the same mapping as the wrong one."""
    of_asset = target in FIELDS[AssetFields]
    if key.is_of_asset:
        return "" if of_asset else " at the top of the manifest"
    if key.form is MultiAssetManifest and (target in _OF_ONE_ASSET):
        return " under the asset that it belongs to"
    if key.form is Defaults and target not in FIELDS[Defaults] | key.contract.blocks:
        return " in the manifest of the asset"
    return ""


def block_for(key: UnknownKey, option: str) -> str | None:
    """The block that has an option: that of the script's own kind, if it is known."""
    blocks = key.contract.options.get(option, [])
    own = own_kind(key)
    if own in blocks or not blocks:
        return own if blocks else None
    return min(blocks) if key.document.at(("kind",)) is None else None


def own_kind(key: UnknownKey) -> Any:
    """The script's own kind, as its manifest says."""
    return key.document.at(("kind",)) or "subprocess"


def options(contract: Contract, kind: str) -> frozenset[str]:
    options = contract.kinds[kind].options
    return options.names if options else frozenset()


def entries(target: str, inner: str, value: Any) -> dict[str, Any]:
    words = PLACE_INSIDE.get(target, {})
    if isinstance(value, dict):
        return {words.get(plain(name), plain(name)): part for name, part in value.items()}
    if inner == "max_retries":
        return right_form(target, value) or {}
    return {inner: value} if value is not None else {}
