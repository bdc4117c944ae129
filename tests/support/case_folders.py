"""The cases: projects in folders, what is expected of each, and the page that quotes them.

`test_cases` compares; `update_cases` rewrites.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from pipes_projects.analysis.fixing import FixOutcome, apply_fixes
from pipes_projects.compiler import Compilation
from pipes_projects.layout import CONTRACT, Layout
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.forms import FIELDS
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.project import Asset, DeclaredCheck, Dependency, Project, Script
from pipes_projects.project_folder import compile_project
from pipes_projects.render.findings.formats import render
from pipes_projects.render.findings.text import render_text
from pipes_projects.render.report import Checked, Report
from pipes_projects.schema.contract.of_project import STAMP, contract_of
from pipes_projects.schema.contract.reading import EXTENSION
from pipes_projects.source import read_sources

FOLDER = "data: 100%, all"
ENDINGS = {
    "text": "txt",
    "json": "json",
    "github": "github.txt",
    "gitlab": "gitlab.json",
    "sarif": "sarif",
    "junit": "xml",
}
CASES = Path(__file__).parents[1] / "cases"
PAGE = Path(__file__).parents[2] / "docs" / "diagnostics.md"
_QUOTE = re.compile(r"<!-- (output|file): (\S+) -->\n```(\w+)\n.*?```\n", re.DOTALL)


def folders(which: str) -> list[Path]:
    """The cases of `errors`, of `ok`, of `outputs`, or of `fixes`."""
    return sorted(path for path in (CASES / which).glob("*") if (path / "defs").is_dir())


def code_of(case: Path) -> str:
    """The code that a folder is named after: `missing-script` of `missing-script--nearest`."""
    return case.name.partition("--")[0]


def compiled(case: Path) -> Compilation:
    """The project in a folder, by its own contract where it has one."""
    return compile_project(case)


def expected_text(case: Path) -> str:
    """What `pipes-projects check` says of a case today."""
    return render_text(compiled(case))


def expected_contract(case: Path) -> str:
    """What its `definitions.py` publishes; of the schema only what is read of it."""
    from pipes_projects.emitter.inspection.definitions_file import published_schemas

    schema = json.loads(published_schemas(Layout(case))[CONTRACT])
    read = {part: schema[part] for part in (EXTENSION, STAMP)}
    return json.dumps(read, indent=2, ensure_ascii=False) + "\n"


def fixed(case: Path) -> FixOutcome:
    """What `pipes-projects check --fix` makes of a case."""
    contract = contract_of(Layout(case))
    return apply_fixes(read_sources(case), contract, lambda compilation: compilation)


def manifests_of(folder: Path) -> dict[str, str]:
    """The manifests below a folder, by path."""
    return {manifest.path: manifest.text for manifest in read_sources(folder).manifests}


def expected_manifests(case: Path) -> dict[str, str]:
    """The manifests of a case after `--fix`."""
    return {manifest.path: manifest.text for manifest in fixed(case).sources.manifests}


def expected_fixes(case: Path) -> str:
    """What `pipes-projects check --fix` says of a case."""
    outcome = fixed(case)
    lines = [
        f"fixed {finding.location}: {finding.fix.message}\n"
        for finding in outcome.fixed
        if finding.fix
    ]
    return "".join(lines) + "\n" + render_text(outcome.compilation)


def expected_json(case: Path) -> str:
    """What the manifests of a case mean today."""
    return json.dumps(_project(compiled(case).project), indent=2, ensure_ascii=False) + "\n"


def expected_outputs(case: Path) -> dict[str, str]:
    """What each format makes of a case today, by file; the project stands in an odd folder."""
    report = Report((Checked(compiled(case), FOLDER),), version="1.2.3")
    return {f"findings.{ending}": render(report, name) for name, ending in ENDINGS.items()}


def with_quotes(page: str) -> str:
    """The page, with what the cases hold in place of each block that quotes one."""
    return _QUOTE.sub(lambda found: _block(*found.groups()), page)


def outputs_on(page: str) -> list[str]:
    """The cases whose output a page shows."""
    return [case for what, case, _ in _QUOTE.findall(page) if what == "output"]


def _block(what: str, path: str, language: str) -> str:
    file = CASES / path / "expected.txt" if what == "output" else CASES / path
    return f"<!-- {what}: {path} -->\n```{language}\n{file.read_text('utf-8')}```\n"


def _project(project: Project) -> dict[str, Any]:
    return {
        "scripts": [
            _script(script) for script in sorted(project.scripts, key=lambda other: other.name)
        ]
    }


def _script(script: Script) -> dict[str, Any]:
    return {
        "name": script.name,
        "group": script.group,
        "kind": script.kind,
        "path": script.path,
        "fields": _said(script.fields, FIELDS[ScriptFields] - {"kind", "script"}),
        "added": dict(script.added),
        "options": dict(script.options),
        "assets": [_asset(asset) for asset in script.assets],
    }


def _asset(asset: Asset) -> dict[str, Any]:
    return {
        "key": asset.key,
        "fields": _said(asset.fields, FIELDS[AssetFields] - {"key", "deps", "checks"}),
        "added": dict(asset.added),
        "deps": [_dep(dep) for dep in asset.deps],
        **({"checks": [_check(check) for check in asset.checks]} if asset.checks else {}),
    }


def _dep(dep: Dependency) -> Any:
    mapping = dep.partition_mapping
    return {"asset": dep.key, "partition_mapping": mapping} if mapping else dep.key


def _check(check: DeclaredCheck) -> dict[str, Any]:
    return check._asdict()


def _said(fields: BaseModel, names: frozenset[str]) -> dict[str, Any]:
    """What a model says; that of a single-asset manifest says its asset's fields too."""
    return fields.model_dump(mode="json", exclude_none=True, include=set(names))
