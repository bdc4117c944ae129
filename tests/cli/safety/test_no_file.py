"""Files of a project that are something else: what they are is said, and nothing is passed over."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipes_projects.layout import ASSET_KEYS
from pipes_projects.scaffold.project import DEFINITIONS
from tests.support.command import run
from tests.support.folder import Folder

INSTEAD: dict[str, Callable[[Path], None]] = {
    "a folder": Path.mkdir,
    "a named pipe": os.mkfifo,
    "a link to nothing": lambda path: path.symlink_to("gone"),
}


@pytest.fixture
def project(folder: Folder) -> Folder:
    """One that is in order."""
    folder.write("definitions.py", DEFINITIONS)
    folder.asset("raw/orders")
    return folder


def refused(project: Folder, *command: str) -> str:
    answer = run(*command, cwd=project.root)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "Errno" not in answer.stderr
    return " ".join(answer.stderr.split())


@pytest.mark.parametrize("what", INSTEAD)
@pytest.mark.parametrize(
    ("path", "command", "told"),
    [
        ("definitions.py", ("schema",), "not a file to ask for what the project publishes"),
        ("definitions.py", ("run", "*", "--dagster"), "not a file for Dagster to load"),
        ("deploy.py", ("deploy", "list"), "not a file that says where scripts go"),
        (".env", ("run", "*"), "not a file"),
        (".env", ("catalog",), "not a file"),
        ("defs/raw/orders.py", ("run", "*"), "not a file"),
    ],
)
def test_what_is_there_instead_of_a_file_is_said(
    project: Folder, path: str, command: tuple[str, ...], told: str, what: str
) -> None:
    (project.root / path).unlink(missing_ok=True)
    INSTEAD[what](project.root / path)
    answer = run(*command, cwd=project.root)
    assert answer.returncode in (1, 2)
    assert f"is {what}, {told}" in " ".join((answer.stdout + answer.stderr).split())
    assert "Errno" not in answer.stderr


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("definitions.py", ("schema",)),
        ("definitions.py", ("run", "*", "--dagster")),
        ("deploy.py", ("deploy", "list")),
    ],
)
def test_what_is_not_there_is_still_called_missing(
    project: Folder, path: str, command: tuple[str, ...]
) -> None:
    (project.root / path).unlink(missing_ok=True)
    assert f"{path} " in refused(project, *command).partition("there is no ")[2]


@pytest.mark.parametrize(
    "command",
    [("check",), ("list",), ("schema",), ("schema", "--check"), ("editor",),
     ("editor", "--dry-run"), ("new", "raw/more"), ("init",)],
)  # fmt: skip
@pytest.mark.parametrize(
    ("make", "what"), [(Path.touch, "a file"), (INSTEAD["a link to nothing"], "a link to nothing")]
)
def test_a_folder_of_schemas_that_is_none_is_told_of(
    project: Folder, command: tuple[str, ...], make: Callable[[Path], None], what: str
) -> None:
    make(project.root / "schemas")
    assert f"Error: `schemas` is {what}, not a folder" in refused(project, *command)
    assert not (project.root / "defs/raw/more.yaml").exists()


def test_no_asset_is_added_below_a_file(project: Folder) -> None:
    project.write("defs/sales", "")
    assert "Error: `defs/sales` is a file, not a folder" in refused(project, "new", "sales/more")


def test_a_file_of_keys_that_is_none_is_not_taken_for_the_output(project: Folder) -> None:
    (project.root / ASSET_KEYS).parent.mkdir()
    os.mkfifo(project.root / ASSET_KEYS)
    assert f"{ASSET_KEYS} cannot be read: it is a named pipe, not a file" in refused(
        project, "editor"
    )


def test_settings_are_shown_where_their_folder_is_a_file(project: Folder) -> None:
    project.write(".vscode", "")
    answer = run("editor", "--settings", cwd=project.root)
    assert "settings.json, which cannot be read: `.vscode` is a file, not a folder" in answer.stdout


@pytest.mark.parametrize(
    "name",
    ["_defaults.yaml", "_defaults.yml", "x.yaml", "x.yml", "orders.yaml",
     "_Defaults.yaml", "_default.yml", "_DEFAULTS.YAML", "x.YAML", "Orders.Yml"],
)  # fmt: skip
def test_a_folder_with_the_name_of_a_manifest_is_a_finding(project: Folder, name: str) -> None:
    (project.root / "defs/raw/orders.yaml").unlink()
    project.write(f"defs/raw/{name}/notes.txt")
    found = [item for item in project.compile().diagnostics if item.is_error]
    assert [(item.code, item.location.path) for item in found] == [
        ("unreadable-file", f"defs/raw/{name}")
    ]
    assert found[0].message == "this is a folder, not a file"


def test_a_folder_that_is_ignored_is_no_finding(project: Folder) -> None:
    project.write("defs/raw/x.yaml/notes.txt")
    project.write("pyproject.toml", '[tool.pipes-projects]\nignore = ["defs/raw/x.yaml"]\n')
    assert project.compile().diagnostics == ()


@pytest.mark.parametrize("name", ["x.yaml", "x.YAML", "_defaults.yaml", "_Defaults.yaml"])
@pytest.mark.parametrize("what", INSTEAD)
def test_nothing_else_with_the_name_of_a_manifest_is_passed_over(
    project: Folder, name: str, what: str
) -> None:
    INSTEAD[what](project.root / "defs/raw" / name)
    (finding,) = project.compile().diagnostics
    assert (finding.code, finding.location.path) == ("unreadable-file", f"defs/raw/{name}")


@pytest.mark.parametrize("name", ["_parts.yaml", "_shared", "x.YAML.d", "x.Json"])
def test_folders_with_other_names_are_no_findings(project: Folder, name: str) -> None:
    project.write(f"defs/raw/{name}/notes.txt")
    assert project.compile().diagnostics == ()


def test_a_folder_whose_manifests_are_read_is_no_finding(project: Folder) -> None:
    project.write("defs/raw/x.YAML/deeper.yaml")
    project.write("defs/raw/x.YAML/deeper.py")
    assert project.compile().diagnostics == ()


def test_what_the_system_refuses_is_told_in_words(project: Folder) -> None:
    name = "x" * 300
    assert refused(project, "init", name) == f"Error: `{name}/definitions.py`: file name too long"
