"""Rewrites what the cases expect: `python -m tests.update_cases`. Review the difference.

The contracts of cases come from their `definitions.py`, what `docs/diagnostics.md` quotes from the
cases, and what reports say of each code from `docs/diagnostics.md`; what `docs/deploy.md` and
`docs/seeing.md` show is printed by the commands in them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipes_projects.layout import Layout
from pipes_projects.render.code_help import RULES
from pipes_projects.schema.kinds import render_page
from pipes_projects.schema.reference import render_reference
from tests.support.case_folders import (
    PAGE,
    expected_contract,
    expected_fixes,
    expected_json,
    expected_manifests,
    expected_outputs,
    expected_text,
    folders,
    with_quotes,
)
from tests.support.dagster.running import ROOT
from tests.support.pages import deploy_page, seeing_page
from tests.support.pages.rules_of_page import rules_of


def main() -> None:
    """Write every file that differs, and name it."""
    for case in (*folders("errors"), *folders("ok")):
        if (case / "definitions.py").exists():
            _write(Layout(case).contract, expected_contract(case))
    for case in folders("errors"):
        _write(case / "expected.txt", expected_text(case))
    page = with_quotes(PAGE.read_text("utf-8"))
    _write(PAGE, page)
    _write(RULES, rules_of(page))
    for case in folders("ok"):
        _write(case / "expected.json", expected_json(case))
    for case in folders("outputs"):
        for name, text in expected_outputs(case).items():
            _write(case / "expected" / name, text)
    for case in folders("fixes"):
        _write(case / "expected.txt", expected_fixes(case))
        for path, text in expected_manifests(case).items():
            _write(case / "expected" / path, text)
    _write(ROOT / "docs/manifest.md", render_reference())
    _write(ROOT / "docs/kinds.md", render_page())
    _write(deploy_page.PAGE, deploy_page.with_printed(deploy_page.PAGE.read_text("utf-8")))
    _write(seeing_page.PAGE, seeing_page.with_shown(seeing_page.PAGE.read_text("utf-8")))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
