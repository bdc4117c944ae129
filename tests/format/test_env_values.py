"""What findings show of the values of variables: nothing, in any format."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipes_projects.render.findings.formats import FORMATS
from pipes_projects.text.env_values import without_env_values
from tests.support.command import run


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_format_shows_the_value_of_a_variable(tmp_path: Path, name: str) -> None:
    group = tmp_path / "defs" / "sales"
    group.mkdir(parents=True)
    (group / "revenue.yaml").write_text("env: [PASSWORD=hunter2, 'TOKEN=hunter2']\n")
    (group / "revenue.py").touch()
    assert "hunter2" not in run("check", str(tmp_path), "--format", name).stdout


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'env: {A: "x, y", B: ${X}, C: null}, cwd: a',
            "env: {A: ******, B: ${X}, C: null}, cwd: a",
        ),
        ("env:\n  A: |\n    text\nargs: [b]\n", "env:\n  A: |\n    ****\nargs: [b]\n"),
        ("  env:\n  - A=b\n  cwd: c\n", "  env:\n  - A=*\n  cwd: c\n"),
        ("environment: uv\ncwd: a\n", "environment: uv\ncwd: a\n"),
    ],
)
def test_each_letter_of_a_value_is_a_star(text: str, expected: str) -> None:
    assert without_env_values(text) == expected
