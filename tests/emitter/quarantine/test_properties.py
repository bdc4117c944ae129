"""Quarantine: whatever is below `defs/`."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation
from pipes_projects.compiler.check.graph import closing, cycles
from pipes_projects.compiler.parse.file_names import is_group
from pipes_projects.project_folder import compile_project
from tests.support.folder import Folder
from tests.support.projects.quarantine import quarantined, quick

PATHS = [f"{group}/m{n}" for group in ("a", "a/deep", "b", "not-a-group") for n in range(4)]


BROKEN = [
    "deps: [\n",
    "- x\n",
    "depz: []\n",
    "owners: [me]\n",
    "\x00",
    "assets: []\n",
    "key: a//b\n",
]


DEFAULTS = ["", "", "owners: [team:x]\n", "owners: x\n", "[\n"]


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """Manifests that may be at odds with themselves, and with each other, by their paths."""
    texts = {}
    names = draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=9, unique=True))
    forms = {name: draw(st.sampled_from(["", "", "one", "x", "xy", "xyz"])) for name in names}
    parts = ((name, [name[-2:]] if form in ("", "one") else form) for name, form in forms.items())
    known = st.sampled_from(
        [f"{record.partition('/')[0]}/{part}" for record, own in parts for part in own]
    )
    odd = st.sampled_from(["a/nothing", "c/nothing", "alone"])
    lists = st.lists(known, max_size=3) if draw(st.integers(0, 3)) else st.lists(known | odd)
    for name, form in forms.items():
        head = f"kind: quick\ncan_subset: {draw(st.sampled_from(['true', 'false', 'false']))}\n"
        deps_lines = [f"deps: [{', '.join(dict.fromkeys(draw(lists)))}]" for _ in form or "x"]
        if draw(st.integers(0, 9)) == 0:
            texts[f"{name}.yaml"] = draw(st.sampled_from(BROKEN))
        elif form in ("", "one"):
            key = f"key: {draw(known)}\n" if form and draw(st.booleans()) else ""
            texts[f"{name}.yaml"] = f"{head}{deps_lines[0]}\n{key}"
        else:
            assets = (
                f"  {own_name}: {{{deps}}}\n"
                for own_name, deps in zip(form, deps_lines, strict=True)
            )
            texts[f"{name}.yaml"] = f"{head}assets:\n{''.join(assets)}"
    for folder in ("a", "a/deep") if draw(st.integers(0, 3)) == 0 else ():
        texts[f"{folder}/_defaults.yaml"] = draw(st.sampled_from(DEFAULTS))
    return texts


def reachable(edges: Mapping[str, set[str]], start: str) -> set[str]:
    """What there is above a node; the node itself, if it is on a cycle."""
    found: set[str] = set()
    pending = [start]
    while pending:
        new = edges.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def good_assets(compilation: Compilation) -> set[str]:
    """What should be real, by the issue's words: neither declared twice, nor on a cycle, nor in a
    manifest that is wrong in another way, nor below such defaults."""
    project = compilation.project
    declared = Counter(asset.key for asset in project.assets())
    edges = {asset.key: {dep.key for dep in asset.deps} for asset in project.assets()}
    above = {key: reachable(edges, key) for key in edges}
    steps = {
        asset.key: (script.name, asset.key) if script.can_subset else (script.name, "")
        for script in project.scripts
        for asset in script.assets
    }
    waits: dict[Any, set[Any]] = {}
    for script in project.scripts:
        for asset in script.assets:
            step = (script.name, asset.key) if script.can_subset else (script.name, "")
            for dep in asset.deps:
                is_circle = dep.key in above.get(asset.key, ()) and asset.key in above.get(
                    dep.key, ()
                )
                if dep.key in steps and steps[dep.key] != step and not is_circle:
                    waits.setdefault(step, set()).add(steps[dep.key])
    stuck = {name for name, _ in (pair for pair in waits if pair in reachable(waits, pair))}
    wrong = {
        finding.location.path
        for finding in compilation.diagnostics
        if finding.is_error and finding.code not in (Code.DUPLICATE_ASSET, Code.DEPENDENCY_CYCLE)
    }
    below = tuple(path.removesuffix("_defaults.yaml") for path in wrong if "_defaults" in path)
    return {
        asset.key
        for script in project.scripts
        if script.name not in stuck and is_group(script.group)
        if script.location.path not in wrong and not script.location.path.startswith(below)
        for asset in script.assets
        if declared[asset.key] == 1 and asset.key not in above[asset.key]
    }


@settings(max_examples=100)
@given(projects())
def test_whatever_is_below_defs_loads_with_all_that_is_good(texts: dict[str, str]) -> None:
    with TemporaryDirectory() as root:
        folder = Folder(Path(root) / "project")
        for path, text in texts.items():
            folder.write(f"defs/{path}", text)
        graph = quarantined(folder)
        compilation = compile_project(folder.root, quick().contract())
    assert graph.real == good_assets(compilation)
    declared = {asset.key for asset in compilation.project.assets() if is_group(asset.group)}
    assert declared <= graph.specs.keys()
    for asset in compilation.project.assets():
        if asset.key in graph.real:
            assert graph.edges.get(asset.key, set()) == {dep.key for dep in asset.deps}


@given(
    st.dictionaries(st.integers(0, 7).map(str), st.lists(st.integers(0, 7).map(str), max_size=4)),
    st.sets(st.integers(0, 7).map(str)),
)
def test_edges_are_closed_where_they_may_be(graph: dict[str, list[str]], loose: set[str]) -> None:
    cut = set(closing(graph, loose))
    left = {node: [to for to in above if (node, to) not in cut] for node, above in graph.items()}
    assert not list(cycles(left))
    stiff = {node: above for node, above in graph.items() if node not in loose}
    if not list(cycles(stiff)):
        assert {node for node, _ in cut} <= loose
