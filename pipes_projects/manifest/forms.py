"""The documents there are: both forms of a manifest, and the defaults for a folder."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipes_projects.manifest.asset import AssetDefaults, AssetFields, InheritedAssetFields
from pipes_projects.manifest.asset_checks import CheckName, ScriptCheck
from pipes_projects.manifest.model import AssetName
from pipes_projects.manifest.script import InheritedScriptFields, ProcessFields, ScriptFields


class SingleAssetManifest(ScriptFields, AssetFields):
    """A script that makes a single asset, named after the file."""


class MultiAssetManifest(ScriptFields, AssetDefaults):
    """A script that makes several assets; asset fields at the top are defaults for them."""

    assets: Annotated[dict[AssetName, AssetFields], Field(min_length=1)]
    """The assets that the script makes, by name."""

    checks: dict[CheckName, ScriptCheck] | None = None
    """The checks that the script makes on its assets, by name; each entry says which `asset` it
    is about."""


class Defaults(InheritedScriptFields, InheritedAssetFields):
    """What applies to every manifest in a folder and below, unless it says otherwise."""


FIELDS: dict[type, frozenset[str]] = {
    form: frozenset(form.model_fields)
    for form in (
        *(SingleAssetManifest, MultiAssetManifest, Defaults),
        *(AssetFields, ScriptFields, ProcessFields),
    )
}
"""The names of each form's fields, and of an asset's, a script's and a process's."""

FORMS: tuple[type[SingleAssetManifest | MultiAssetManifest | Defaults], ...] = (
    SingleAssetManifest,
    MultiAssetManifest,
    Defaults,
)
"""Every form of document."""

Form = type[SingleAssetManifest] | type[MultiAssetManifest] | type[Defaults]
