"""The cases: projects in folders, what is expected of each, and the page that quotes them.

`test_cases` compares; `update_cases` rewrites.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pipes_projects.compiler import Compilation, compile_project
from pipes_projects.layout import Layout
from pipes_projects.project import Asset, Project, Script
from pipes_projects.render.text import render_text
from pipes_projects.schema.contract import read_contract

CASES = Path(__file__).parent / "cases"
PAGE = Path(__file__).parents[1] / "docs" / "diagnostics.md"
_OUTPUT = re.compile(r"<!-- output: (?P<case>\S+) -->\n```text\n.*?```\n", re.DOTALL)


def folders(which: str) -> list[Path]:
    """The cases of `errors`, or of `ok`."""
    return sorted(it for it in (CASES / which).glob("*") if (it / "defs").is_dir())


def code_of(case: Path) -> str:
    """The code that a folder is named after: `missing-script` of `missing-script--nearest`."""
    return case.name.partition("--")[0]


def compiled(case: Path) -> Compilation:
    """The project in a folder, by its own contract where it has one."""
    return compile_project(case, read_contract(Layout(case).contract))


def expected_text(case: Path) -> str:
    """What `pipes-projects check` says of a case today."""
    return render_text(compiled(case))


def expected_json(case: Path) -> str:
    """What the manifests of a case mean today."""
    return json.dumps(_project(compiled(case).project), indent=2, ensure_ascii=False) + "\n"


def with_outputs(page: str) -> str:
    """The page, with what each quoted case expects in place of its output."""
    return _OUTPUT.sub(lambda found: _block(found["case"]), page)


def quoted(page: str) -> list[str]:
    """The cases whose output a page shows."""
    return [found["case"] for found in _OUTPUT.finditer(page)]


def _block(case: str) -> str:
    text = (CASES / case / "expected.txt").read_text("utf-8")
    return f"<!-- output: {case} -->\n```text\n{text}```\n"


def _project(project: Project) -> dict[str, Any]:
    return {"scripts": [_script(it) for it in sorted(project.scripts, key=lambda it: it.name)]}


def _script(script: Script) -> dict[str, Any]:
    return {
        "name": script.name,
        "group": script.group,
        "kind": script.kind,
        "path": script.path,
        "fields": _set(script.fields, without={"kind", "script"}),
        "added": dict(script.added),
        "options": dict(script.options),
        "assets": [_asset(it) for it in script.assets],
    }


def _asset(asset: Asset) -> dict[str, Any]:
    return {
        "key": asset.key,
        "fields": _set(asset.fields, without={"key", "deps"}),
        "added": dict(asset.added),
        "deps": [dep.key for dep in asset.deps],
    }


def _set(fields: Any, without: set[str]) -> dict[str, Any]:
    """What a model says; a single-asset manifest is its script's model and its asset's at once."""
    said: dict[str, Any] = fields.model_dump(mode="json", exclude_none=True, exclude=without)
    return said
