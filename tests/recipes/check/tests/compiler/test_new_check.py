"""`many-deps`: what a new check leads to. Its cases say the rest."""

from pathlib import Path

from tests.support.case_folders import CASES
from tests.support.in_process import call


def test_check_reports_it_and_goes_on(tmp_path: Path) -> None:
    answer = call("check", CASES / "errors/many-deps", cwd=tmp_path)
    assert b"warning[many-deps]: asset `sales/report` has 13 dependencies" in answer.out
    assert answer.code == 0
    assert call("check", "--strict", CASES / "errors/many-deps", cwd=tmp_path).code == 1


def test_what_is_right_has_no_finding(tmp_path: Path) -> None:
    answer = call("check", "--strict", CASES / "ok/deps-at-the-limit", cwd=tmp_path)
    assert answer.code == 0


def test_its_code_is_explained(tmp_path: Path) -> None:
    told = call("explain", "many-deps", cwd=tmp_path).out.decode()
    assert told.startswith("many-deps (warning)\n")
    assert "asset `sales/report` has 13 dependencies" in told
