"""Quarantine: one broken manifest of each kind among fifty good ones."""

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import pytest

from pipes_projects import (
    InvalidProjectError,
    PipesProject,
)
from pipes_projects.compiler import Compilation
from pipes_projects.compiler.parse.file_names import is_group
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.inspection.definitions_file import project_of
from pipes_projects.layout import Layout
from pipes_projects.project_folder import compile_project
from tests.support.case_folders import folders
from tests.support.dagster.running import execute
from tests.support.folder import Folder
from tests.support.projects.quarantine import (
    Graph,
    assert_refused,
    quarantined,
    quick,
)

FIFTY = [f"good/g{number:02}" for number in range(50)]


def write_fifty(root: Path, keys: Sequence[str]) -> dict[str, str]:
    """Fifty good manifests; the first of them depend on these keys, others on each other."""
    (root / "defs/good").mkdir()
    deps = dict(zip(FIFTY, keys, strict=False))
    above = {key: FIFTY[number - 1] for number, key in enumerate(FIFTY) if number % 5}
    for key in FIFTY:
        dep = deps.get(key) or above.get(key)
        text = f"deps: ['{dep}']\n" if dep else ""
        (root / f"defs/{key}.yaml").write_text(f"kind: quick\n{text}", "utf-8")
    return deps


def to_depend_on(compilation: Compilation) -> list[str]:
    """What a good manifest may depend on: declared keys, and those that nobody can know."""
    project = compilation.project
    guessed = [f"{group}/other" for group in project.opaque_groups]
    return sorted({*(asset.key for asset in project.assets()), *guessed})[:40]


def is_told_by_log_alone(error: Diagnostic, project: type[PipesProject]) -> bool:
    """Whether there is no group for a placeholder, or Python makes the asset."""
    folders_ = error.location.path.split("/")[1:-1]
    made_by_python = "Python definitions" in error.message and project.asset_keys()
    return not folders_ or not is_group(folders_[0]) or bool(made_by_python)


def found_without_reading(whole: Compilation) -> list[Diagnostic]:
    """The errors that loading sees: only `check` reads what is in scripts."""
    scripts = {script.path for script in whole.project.scripts}
    errors = [finding for finding in whole.diagnostics if finding.is_error]
    return [error for error in errors if error.location.path not in scripts]


def project_in(case: Path) -> type[PipesProject]:
    """What the case's owner publishes, and a kind for the fifty."""
    if not (case / "definitions.py").exists():
        return quick()
    with project_of(Layout(case)) as project:
        return quick(project)


@pytest.mark.parametrize("case", folders("errors"), ids=lambda case: case.name)
def test_whatever_is_wrong_with_a_manifest_takes_none_of_fifty_down(
    case: Path, tmp_path: Path, in_memory: dg.DagsterInstance, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / "project"
    shutil.copytree(case, root)
    project = project_in(case)
    before = compile_project(root, project.contract())
    deps = write_fifty(root, to_depend_on(before))
    graph = Graph(project.make_defs(defs_path=root / "defs", on_error="quarantine"))
    errors = found_without_reading(before)
    assert_told(graph, errors, project, caplog)
    assert_raised(project, root, errors)
    declared = {asset.key for asset in before.project.assets() if is_group(asset.group)}
    assert declared <= graph.specs.keys() | set(project.asset_keys())
    if any(finding.location.path == "defs/_defaults.yaml" for finding in errors):
        assert set(FIFTY) <= graph.placeholders.keys()
        return
    assert set(FIFTY) <= graph.real
    assert all(graph.edges[key] == {dep} for key, dep in deps.items())
    some = [*FIFTY[:2], *FIFTY[-1:]]
    assert execute(graph.defs, in_memory, some).made == set(some)
    assert_refused(graph, in_memory, graph.placeholders)


def assert_told(
    graph: Graph,
    errors: Sequence[Diagnostic],
    project: type[PipesProject],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each error by a placeholder, where there can be one; each placeholder tells one; and log
    and metadata tell all."""
    texts = list(graph.placeholders.values())
    assert all(any(finding.message in text for finding in errors) for text in texts)
    for error in errors:
        assert any(error.message in text for text in texts) or is_told_by_log_alone(error, project)
    logged = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert bool(logged) == bool(errors)
    assert all(finding.message in logged[0] for finding in errors)
    if errors:
        assert graph.defs.metadata["pipes_projects/in_quarantine"].value == len(texts)
        assert graph.defs.metadata["pipes_projects/errors"].value == len(errors)
        findings = graph.defs.metadata["pipes_projects/findings"].value
        assert all(finding.message in findings for finding in errors)
    else:
        assert not graph.defs.metadata


def assert_raised(project: type[PipesProject], root: Path, errors: Sequence[Diagnostic]) -> None:
    if errors:
        with pytest.raises(InvalidProjectError):
            project.make_defs(defs_path=root / "defs")
    else:
        project.make_defs(defs_path=root / "defs")


def test_all_fifty_run(folder: Folder, in_memory: dg.DagsterInstance) -> None:
    folder.asset("sales/broken", "depz: []\n")
    write_fifty(folder.root, ["sales/broken"])
    graph = quarantined(folder)
    assert execute(graph.defs, in_memory, FIFTY).made == set(FIFTY)
