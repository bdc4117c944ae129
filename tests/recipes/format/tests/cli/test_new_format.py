"""`--format csv`, as a reader that is not ours understands it."""

import csv
from pathlib import Path

from tests.support.case_folders import CASES
from tests.support.in_process import call

CASE = CASES / "errors/unknown-dependency"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_check_writes_it(tmp_path: Path) -> None:
    answer = call("check", CASE, "--format", "csv", cwd=tmp_path)
    assert answer.code == 1
    found = rows(answer.out.decode())
    assert {finding["code"] for finding in found} == {"unknown-dependency"}
    assert all(int(row["line"]) for row in found)


def test_check_writes_it_into_a_file(tmp_path: Path) -> None:
    call("check", CASE, "--output", "csv=findings.csv", cwd=tmp_path)
    assert rows((tmp_path / "findings.csv").read_text("utf-8"))


def test_help_names_it(tmp_path: Path) -> None:
    assert "csv" in call("check", "--help", cwd=tmp_path).out.decode()
