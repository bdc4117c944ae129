"""Writes the company as a project of manifests, as stakeholders would.

What they share is in the defaults, and each manifest declares a check.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from benchmarks.projects.company import CHECK, KIND, OWNER, Asset

DEFINITIONS = """\
from pipes_projects import PipesProject

defs = PipesProject.make_defs()
"""

DEFINITIONS_WITH_QUARANTINE = DEFINITIONS.replace("()", '(on_error="quarantine")')

DEFINITIONS_WITH_A_FIELD = '''\
from pipes_projects import AssetFields, PipesProject, PipesScript


class CompanyAssetFields(AssetFields):
    cost_center: str | None = None
    """Who pays for this asset."""


class CompanyScript(PipesScript):
    @classmethod
    def asset_fields(cls):
        return CompanyAssetFields


class CompanyProject(PipesProject):
    @classmethod
    def script_kind_map(cls):
        return {**super().script_kind_map(), "subprocess": CompanyScript}


defs = CompanyProject.make_defs()
'''

FIELD = "cost_center: x\n"
PARAMS = "params: {min_rows: {default: 8, minimum: 1}, region: eu, dry_run: false}\n"
IMPORTED = "\nfrom _tables import limited\n\nBATCH"
HELPER = """\
import _dates


def limited(rows, most=1_000):
    return [row for row in rows if row >= _dates.EPOCH][:most]
"""
MISTAKE = "owner: nobody\n"

DEFAULTS = f"""\
owners: [{OWNER}]
kinds: [{KIND}]
"""


def write_project(
    assets: Iterable[Asset], folder: Path, definitions: str = DEFINITIONS, field: str = ""
) -> Path:
    for asset in assets:
        group = folder / "defs" / asset.group
        group.mkdir(parents=True, exist_ok=True)
        (group / f"{asset.name}.yaml").write_text(manifest(asset) + field, encoding="utf-8")
        (group / f"{asset.name}.py").write_text(asset.script, encoding="utf-8")
    (folder / "defs" / "_defaults.yaml").write_text(DEFAULTS, encoding="utf-8")
    (folder / "definitions.py").write_text(definitions, encoding="utf-8")
    return folder


def with_a_mistake(folder: Path) -> Path:
    """An asset in the middle of the project, with assets upstream and downstream."""
    manifests = sorted((folder / "defs").glob("*/*.yaml"))
    with manifests[len(manifests) // 2].open("a", encoding="utf-8") as file:
        file.write(MISTAKE)
    return folder


def with_helpers(folder: Path) -> Path:
    """Each script imports a module of its group, which imports another."""
    groups = [path for path in (folder / "defs").iterdir() if path.is_dir()]
    for group in groups:
        (group / "_tables.py").write_text(HELPER, encoding="utf-8")
        (group / "_dates.py").write_text("EPOCH = 1970\n", encoding="utf-8")
        for script in group.glob("[!_]*.py"):
            text = script.read_text("utf-8")
            script.write_text(text.replace("\n\nBATCH", IMPORTED, 1), encoding="utf-8")
    return folder


def with_changes(folder: Path, changed: int, line: str = "# changed") -> Path:
    """Committed to a Git repository; then some manifests get a line, and one folder unused
    defaults, which are a finding, without which `check` would not wait for git."""
    in_git(folder)
    (folder / "defs/archive").mkdir()
    (folder / "defs/archive/_defaults.yaml").write_text("owners: [team:x]\n", encoding="utf-8")
    manifests = sorted((folder / "defs").glob("*/*.yaml"))
    for path in manifests[:: len(manifests) // changed][:changed]:
        path.write_text(f"{path.read_text('utf-8')}{line}\n", encoding="utf-8")
    return folder


def in_git(folder: Path) -> Path:
    """Committed to a Git repository, on `main`."""
    git = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.com")
    new = ("init", "--quiet", "--initial-branch", "main")
    for step in (new, ("add", "--all"), ("commit", "--quiet", "--message", "all")):
        subprocess.run((*git, *step), cwd=folder, check=True)
    return folder


def manifest(asset: Asset) -> str:
    return "\n".join(
        [
            "kind: subprocess",
            f"description: {asset.description}",
            f"deps: [{', '.join(asset.deps)}]",
            *_mapping("tags", asset.tags),
            *_mapping("metadata", asset.metadata),
            "checks:",
            f"  {CHECK}: {{description: {asset.promise}, blocking: true}}",
            "",
        ]
    )


def _mapping(name: str, values: dict[str, str] | dict[str, str | int]) -> list[str]:
    return [f"{name}:", *(f"  {key}: {value}" for key, value in values.items())]
