"""A rename leaves the project that it was, with its names replaced: whatever the project."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipes_projects.codes import Code, Severity
from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.disk.files import TextFiles
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Contract
from pipes_projects.project import Project
from pipes_projects.scaffold.renaming.plan import RenamePlan, Request, plan
from pipes_projects.scaffold.renaming.targets import RenameError, What
from pipes_projects.schema.contract.reading import read_contract
from pipes_projects.source import SourceFile, Sources, read_sources
from tests.support.case_folders import folders
from tests.support.dagster.running import EXAMPLES

CONTRACT = built_in_contract()
PROJECTS = [*folders("ok"), *sorted(path.parent for path in EXAMPLES.glob("*/definitions.py"))]
NAMES = ("a", "b_1", "c-d", "e.f", "12")


def edges(project: Project) -> set[tuple[str, str, str | None]]:
    return {
        (asset.key, dep.key, dep.partition_mapping)
        for asset in project.assets()
        for dep in asset.deps
    }


def facts(project: Project, keys: dict[str, str] | None = None) -> dict[str, object]:
    """All that is not a place or a name, by key."""
    keys = keys or {}
    return {
        keys.get(asset.key, asset.key): repr(
            (
                *(
                    script.kind,
                    script.fields.model_dump(exclude={"script", "code_paths", "key", "deps"}),
                    script.added,
                ),
                asset.fields.model_dump(exclude={"script", "code_paths", "key", "deps"}),
                sorted((keys.get(dep.key, dep.key), dep.partition_mapping) for dep in asset.deps),
                asset.checks,
            )
        )
        for script in project.scripts
        for asset in script.assets
    }


def codes(compilation: Compilation) -> list[Code]:
    """Of what is wrong; that nobody runs a file is no more than a hint."""
    return [
        finding.code for finding in compilation.diagnostics if finding.severity is not Severity.HINT
    ]


def holds(before: Sources, planned: RenamePlan, contract: Contract = CONTRACT) -> None:
    """Assets, values, dependencies and findings are those that were there."""
    old = compile_sources(before, contract)
    new = planned.after
    keys = dict(planned.keys)
    assert facts(new.project) == facts(old.project, keys)
    assert edges(new.project) == {
        (keys.get(asset, asset), keys.get(dep, dep), how) for asset, dep, how in edges(old.project)
    }
    assert codes(new) == codes(old)
    assert len(list(new.project.scripts)) == len(list(old.project.scripts))
    for text, fresh in planned.texts.values():
        assert text.count("\n") == fresh.count("\n")
        assert [line.partition("#")[2] for line in text.splitlines()] == [
            line.partition("#")[2] for line in fresh.splitlines()
        ]


def targets(project: Project) -> Iterator[Request]:
    """Everything that has a name, with another one."""
    for asset in project.assets():
        yield Request(asset.key, f"{asset.key}_2", What.ASSET)
    for script in project.scripts:
        yield Request(script.name, f"{script.name}_2", What.SCRIPT)
    for group in {script.group for script in project.scripts}:
        yield Request(group, f"{group}_2", What.GROUP)


@pytest.mark.parametrize("root", PROJECTS, ids=lambda path: path.name)
def test_every_name_of_every_project_can_be_replaced(root: Path) -> None:
    defs = "defs"
    contract = read_contract(root / "schemas/manifest.schema.json")
    sources = read_sources(root, defs)
    project = compile_sources(sources, contract).project
    for request in targets(project):
        planned = planned_or_none(request, sources, contract)
        if planned:
            holds(sources, planned, contract)


def planned_or_none(request: Request, sources: Sources, contract: Contract) -> RenamePlan | None:
    """None where a name has an anchor, or several lines: those are for people."""
    try:
        return plan(request, sources, contract)
    except RenameError as error:
        if "cannot be replaced where it stands" in str(error):
            return None
        raise


@st.composite
def projects(draw: st.DrawFn) -> Sources:
    """Two groups of single and several assets that depend on each other, written in every way."""
    known: list[str] = []
    manifests, files = [], set()
    stems = draw(st.lists(st.sampled_from(["x", "y", "z", "deep/w"]), min_size=2, unique=True))
    for group in ("g", "h"):
        for stem in stems:
            name = PurePosixPath(stem).name
            deps = draw(st.lists(st.sampled_from(known), max_size=3, unique=True)) if known else []
            lines = [f"# about {group}/{stem}", *dep_lines(draw, deps)]
            if draw(st.booleans()):
                assets = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
                assets = [asset for asset in assets if f"{group}/{asset}" not in known]
                lines += ["assets:", *(f"  {asset!r}: {{}}  # {asset}" for asset in assets)]
                lines += ["checks:", f"  some: {{asset: '{assets[0]}'}}"] if assets else []
                known += [f"{group}/{asset}" for asset in assets]
                lines = lines if assets else lines[:1]
                known += [] if assets else [f"{group}/{name}"]
            else:
                key = draw(st.sampled_from([None, f"k/{group}/{name}"]))
                lines += [f'key: "{key}"'] if key else []
                known.append(key or f"{group}/{name}")
            path = f"defs/{group}/{stem}"
            manifests.append(SourceFile(f"{path}.yaml", "\n".join(lines) + "\n"))
            files.add(f"{path}.py")
    return Sources(TextFiles(frozenset(files)), tuple(manifests))


def dep_lines(draw: st.DrawFn, deps: list[str]) -> list[str]:
    form = draw(st.sampled_from(["flow", "block", "mapping"]))
    if form == "flow":
        return [f"deps: [ {' , '.join(deps)} ]  # flow"]
    if not deps:
        return []
    items = [
        f"  - '{dep}' # {dep}" if form == "block" else f'  - {{asset: "{dep}"}}' for dep in deps
    ]
    return ["deps:", *items]


@given(projects(), st.data())
def test_a_rename_changes_names_alone(sources: Sources, data: st.DataObject) -> None:
    before = compile_sources(sources, CONTRACT)
    assume(not before.diagnostics)
    request = data.draw(st.sampled_from(list(targets(before.project))))
    new = data.draw(st.sampled_from([request.new, "g/new", "h/x", "h/new.1", "new"]))
    try:
        planned = plan(request._replace(new=new), sources, CONTRACT)
    except RenameError:
        return
    holds(sources, planned)
    there = after(sources, planned)
    back = after(there, plan(Request(new, request.old, request.what), there, CONTRACT))
    assert sorted(back.manifests, key=str) == sorted(sources.manifests, key=str)


def after(sources: Sources, planned: RenamePlan) -> Sources:
    """A project as it is after a rename."""
    assert isinstance(sources.files, TextFiles)
    paths = frozenset(map(planned.moves, sources.files.paths))
    return Sources(TextFiles(paths), tuple(planned.after.texts.values()))
