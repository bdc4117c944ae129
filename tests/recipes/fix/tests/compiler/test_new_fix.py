"""The fix of `python: python3.12`. Its case says the rest."""

import shutil
from pathlib import Path

from tests.support.case_folders import CASES
from tests.support.in_process import call

MANIFEST = "defs/sales/orders.yaml"


def test_it_is_shown_and_applied(tmp_path: Path) -> None:
    project = Path(shutil.copytree(CASES / "fixes/interpreter", tmp_path / "project"))
    patch = call("check", "--diff", cwd=project).out.decode()
    assert '-  python: python3.12   # the newest\n+  python: "3.12"   # the newest\n' in patch
    assert call("check", "--fix", cwd=project).code == 0
    assert 'python: "3.12"   # the newest\n' in (project / MANIFEST).read_text("utf-8")
    assert call("check", cwd=project).out == b"no findings (1 script, 1 asset)\n"
