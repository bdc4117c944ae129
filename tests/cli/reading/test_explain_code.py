"""`explain CODE`: what a finding means, offline."""

import json
from pathlib import Path

import pytest

from pipes_projects.codes import Code
from tests.support.case_folders import PAGE
from tests.support.command import run
from tests.support.folder import Folder


@pytest.mark.parametrize("code", ["unknown-dependency", "unused-defaults"])
def test_a_code_is_explained_where_there_is_no_project(tmp_path: Path, code: str) -> None:
    answer = run("explain", code, cwd=tmp_path)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith(f"{code} ({Code(code).severity})\n\n")
    assert f"[{code}]: " in answer.stdout
    assert "\nFix. " in answer.stdout


def test_every_code_is_explained_in_the_words_of_its_page(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8")
    for code in Code:
        shown = json.loads(run("explain", code, "--json", cwd=tmp_path).stdout)
        assert (shown["code"], shown["severity"]) == (code, code.severity)
        assert shown["text"].splitlines()[0] in page.replace("](#", "](")
        assert "<!--" not in shown["text"]
        assert "```" not in shown["text"]


def test_a_project_that_cannot_be_read_is_no_hindrance(folder: Folder) -> None:
    folder.write("schemas/manifest.schema.json", "{")
    assert run("explain", "yaml-syntax", cwd=folder.root).returncode == 0


def test_an_asset_of_that_name_comes_first(folder: Folder) -> None:
    folder.asset("g/one", "key: yaml-syntax\n")
    assert "defs/g/one.yaml:1" in run("explain", "yaml-syntax", cwd=folder.root).stdout


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("unknown-dependecy", "a code with a similar name exists: `unknown-dependency`"),
        ("sales/order", "an asset with a similar name exists: `sales/orders`"),
        ("zzz", "no asset or code is called `zzz`; `pipes-projects list` shows them"),
    ],
)
def test_the_nearest_is_told_of_both(folder: Folder, word: str, message: str) -> None:
    folder.asset("sales/orders")
    answer = run("explain", word, cwd=folder.root)
    assert answer.returncode == 2
    assert message in answer.stderr


def test_the_nearest_code_is_told_without_a_project(tmp_path: Path) -> None:
    answer = run("explain", "yaml-sintax", cwd=tmp_path)
    assert answer.returncode == 2
    assert "a code with a similar name exists: `yaml-syntax`" in answer.stderr


def test_definitions_are_for_assets(tmp_path: Path) -> None:
    answer = run("explain", "yaml-syntax", "--definitions", cwd=tmp_path)
    assert answer.returncode == 2
    assert "--definitions is for assets" in answer.stderr
