"""How much the assets of a manifest inherit: Dagster gets a copy for each."""

from __future__ import annotations

from typing import Any, NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler.lower.inheritance.defaults import Inherited
from pipes_projects.compiler.parse.document import MAX_VALUES
from pipes_projects.compiler.validate.validation import Manifest
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.forms import FIELDS


class Limited(NamedTuple):
    """A manifest within the limit, and a finding if it was not."""

    manifest: Manifest
    diagnostics: tuple[Diagnostic, ...] = ()


def limited(manifest: Manifest, above: Inherited) -> Limited:
    """The manifest; without its assets if, with what they inherit, they would exceed a document's
    limit."""
    assets = manifest.data.get("assets") or ()
    names = FIELDS[AssetFields] | above.contract.added_fields
    layers = (*(layer.data for layer in above.layers), manifest.data)
    size = sum(_size(data[name]) for data in layers for name in data.keys() & names)
    if size * len(assets) <= MAX_VALUES or len(assets) < 2:
        return Limited(manifest)
    message = f"each of these {len(assets)} assets inherits {size} values"
    help_ = f"at most {MAX_VALUES} in total: move what only some need to those, or split the file"
    place = manifest.document.key(("assets",))
    data = {name: value for name, value in manifest.data.items() if name != "assets"}
    rest = manifest._replace(data=data, broken=manifest.broken | {"assets"}, typed=None)
    return Limited(rest, (Diagnostic(Code.INVALID_VALUE, message, place, help_),))


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_size, value.values())) + 1
    return sum(map(_size, value)) + 1 if isinstance(value, list) else 1
