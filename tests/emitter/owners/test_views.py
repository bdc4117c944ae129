"""Every field of a manifest is a property that owners override, is explained, and documented."""

import re
from typing import Any

import pytest

from pipes_projects import PipesAssetManifest, PipesScript, PipesScriptManifest
from pipes_projects.emitter.inspection.explanation import values_of
from pipes_projects.emitter.owner.key_table import KeyTable
from pipes_projects.emitter.owner.published.catalog import Catalog
from pipes_projects.emitter.owner.values import properties_of
from pipes_projects.emitter.project import beta_features_meant
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.script import ScriptFields
from tests.support.dagster.running import ROOT
from tests.support.folder import Folder

PROPERTIES = {"checks": "check_specs", "columns": "column_schema", "key": "asset_key"}
"""What Dagster calls them, where manifests have another word."""
OF_THE_FILE = {"kind", "script"}
"""What runs, which owners choose by `script_kind_map()`: `explain` has it above all others."""
VIEWS = [(PipesAssetManifest, AssetFields), (PipesScriptManifest, ScriptFields)]
NOT_IN_ROWS = {"asset_spec", "code_references"}
"""All others together, and the place of the asset itself."""


def shown(folder: Folder) -> dict[str, Any]:
    """What `explain --definitions` has rows for, where there are values."""
    folder.asset("g/one")
    (model,) = folder.compile().project.scripts
    script = PipesScript(model, folder.root, "g__one", KeyTable(), Catalog())
    (view,) = script.assets
    with beta_features_meant():
        return values_of(view, view.asset_spec, script)


@pytest.mark.parametrize(("view", "fields"), VIEWS)
def test_every_field_of_a_manifest_is_a_property(view: type, fields: Any) -> None:
    names = {PROPERTIES.get(name, name) for name in fields.model_fields} - OF_THE_FILE
    assert names <= set(properties_of(view))


@pytest.mark.parametrize(("view", "fields"), VIEWS)
def test_explain_has_a_row_for_every_field_and_property(
    folder: Folder, view: type, fields: Any
) -> None:
    names = {{"key": "asset_key"}.get(name, name) for name in fields.model_fields} - OF_THE_FILE
    words = {prop: name for name, prop in PROPERTIES.items() if name != "key"}
    names |= {words.get(name, name) for name in properties_of(view)} - NOT_IN_ROWS
    assert names <= shown(folder).keys()


@pytest.mark.parametrize("view", [view for view, _ in VIEWS])
def test_owners_read_about_every_property(view: type) -> None:
    page = (ROOT / "docs/owners.md").read_text("utf-8")
    table = page.split(f"| `{view.__name__}` | what it is |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert documented == set(properties_of(view))
