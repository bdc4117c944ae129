"""The owner's recipes, as the pages show them, in a project with scripts in several languages."""

import re

from pipes_projects import PipesAssetManifest, PipesProject, PipesScript, PipesScriptManifest
from tests.support.dagster.running import ROOT
from tests.support.folder import Folder

_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
NAMES = {
    cls.__name__: cls
    for cls in (PipesAssetManifest, PipesProject, PipesScript, PipesScriptManifest)
}


def block(page: str, line: str) -> str:
    """The code on a page in which a line stands."""
    blocks = _BLOCK.findall((ROOT / page).read_text("utf-8"))
    return next(text for text in blocks if line in text)


def platform() -> type[PipesProject]:
    """The views of the README, put to use as `docs/owners.md` says."""
    views = block("README.md", "class TeamScriptManifest(PipesScriptManifest):")
    wiring = block("docs/owners.md", "class TeamProject(PipesProject):")
    names = dict(NAMES)
    exec(views + wiring.partition("\ndefs = ")[0], names)
    project: type[PipesProject] = names["TeamProject"]
    return project


def test_each_script_bears_its_own_language_and_each_asset_has_an_owner(folder: Folder) -> None:
    folder.asset("a/in_python")
    for ending in ("R", "sh", "js", "pl"):
        folder.write(f"defs/a/in_{ending}.{ending}")
        folder.write(f"defs/a/in_{ending}.yaml")
    folder.write("defs/a/in_own.R")
    folder.write("defs/a/in_own.yaml", "tags: {kind: spark}\nowners: [team:own]\nkinds: [s3]\n")
    folder.write("defs/a/elsewhere.yaml", "kind: external\n")
    folder.asset("a/several", "assets: {one: {}, two: {kinds: [duckdb]}}\n")
    specs = folder.definitions(platform()).resolve_all_asset_specs()
    assert {spec.key.to_user_string(): set(spec.kinds) for spec in specs} == {
        "a/in_python": {"python"}, "a/in_R": {"r"}, "a/in_sh": {"bash"}, "a/in_js": {"javascript"},
        "a/in_pl": set(), "a/in_own": {"spark", "s3"}, "a/elsewhere": set(),
        "a/one": {"python"}, "a/two": {"python", "duckdb"},
    }  # fmt: skip
    owners = {spec.key.to_user_string(): list(spec.owners) for spec in specs}
    assert owners.pop("a/in_own") == ["team:own"]
    assert all(owner == ["team:platform"] for owner in owners.values())
