"""What findings show of the values of variables: nothing, in any format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipes_projects.render.findings import report_json, text
from pipes_projects.render.findings.formats import FORMATS
from pipes_projects.render.report import Checked, Report
from pipes_projects.text.env_values import without_env_values
from tests.support.command import run
from tests.support.folder import Folder


def found_in(folder: Folder, manifest: str, render: Callable[[Report], str]) -> str:
    """The findings in a manifest that has some."""
    folder.asset("sales/revenue", manifest)
    shown = render(Report((Checked(folder.compile()),)))
    assert "revenue.yaml" in shown
    return shown


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_format_shows_the_value_of_a_variable(tmp_path: Path, name: str) -> None:
    group = tmp_path / "defs" / "sales"
    group.mkdir(parents=True)
    (group / "revenue.yaml").write_text("env: [PASSWORD=hunter2, 'TOKEN=hunter2']\n")
    (group / "revenue.py").touch()
    assert "hunter2" not in run("check", str(tmp_path), "--format", name).stdout


@pytest.mark.parametrize(
    "written",
    [
        "env:\n    PASSWORD:hunter2\n",
        "env:\n    PASSWORD:\u00a0hunter2\n",
        "env:\n    PASSWORD\uff1ahunter2\n",
        "env:\n    PASSWORD hunter2\n",
        "env:\n    hunter2\n",
        "env:\n  PASSWORD: hunter2\n",
        "env:\nPASSWORD: hunter2\n",
        "env:\n\tPASSWORD: hunter2\n",
        "env:\n\u00a0\u00a0\u00a0password: hunter2\n",
        "env:\n    - PASSWORD:hunter2\n",
        "env: {PASSWORD:hunter2, A: b}\n",
        "env: {PASSWORD=hunter2}\n",
        "env: [PASSWORD:hunter2]\n",
        "env: PASSWORD=hunter2\n",
        "env: PASSWORD:hunter2\n",
        "env: PASSWORD: hunter2\n",
        'env: "PASSWORD: hunter2"\n',
        "env: |\n    PASSWORD=hunter2\n",
        "env\uff1a {PASSWORD: hunter2}\n",
        "env\uff1a\n    PASSWORD: hunter2\n",
    ],
)
@pytest.mark.parametrize("render", [text.render, report_json.render])
def test_no_slip_shows_the_value_of_a_variable(
    folder: Folder, render: Callable[[Report], str], written: str
) -> None:
    assert "hunter2" not in found_in(folder, f"subprocess:\n  {written}", render)


@pytest.mark.parametrize(
    "written",
    [
        "secrets: {PASSWORD: hunter2}\n",
        "secrets:\n  PASSWORD: hunter2\n",
        "secrets:\n- PASSWORD=hunter2\n",
        "secrets:\n  - password: hunter2\n    more: 1\n",
        "secrets: PASSWORD=hunter2\n",
        "secrets: [PASSWORD:hunter2]\n",
        "secrets:\n  - {name: PASSWORD, value: hunter2}\n",
        "secrets:\n  - PASSWORD: [hunter2]\n",
        'secrets:\n  PASSWORD: "hunter2\n',
        "secrets\uff1a\n  PASSWORD: hunter2\n",
        "secret: {PASSWORD: hunter2}\n",
        "params: {a: [}\nsecrets: {PASSWORD: hunter2}\n",
    ],
)
@pytest.mark.parametrize("render", [text.render, report_json.render])
def test_no_slip_shows_what_is_written_in_place_of_a_secrets_name(
    folder: Folder, render: Callable[[Report], str], written: str
) -> None:
    assert "hunter2" not in found_in(folder, written, render)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("secrets: [A, {B: PROD_B}]\n", "secrets: [A, {B: PROD_B}]\n"),
        ("secrets:\n  - a b\n  - C: d\n", "secrets:\n  - a b\n  - C: *\n"),
        ("secrets: A, B\n", "secrets: A, B\n"),
        (
            'env: {A: "x, y", B: ${X}, C: null}, cwd: a',
            "env: {A: ******, B: ${X}, C: null}, cwd: a",
        ),
        ("env:\n  A: |\n    text\nargs: [b]\n", "env:\n  A: |\n    ****\nargs: [b]\n"),
        ("  env:\n  - A=b\n  cwd: c\n", "  env:\n  - A=*\n  cwd: c\n"),
        ("environment: uv\ncwd: a\n", "environment: uv\ncwd: a\n"),
        ("environment: uv  # as in CI\n", "environment: uv  # as in CI\n"),
        ("env:\ncwd: a\nA: b\n", "env:\ncwd: a\nA: b\n"),
    ],
)
def test_each_letter_of_a_value_is_a_star(text: str, expected: str) -> None:
    assert without_env_values(text) == expected
