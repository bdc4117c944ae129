"""Kinds that other packages add: the example, end to end, and packages with something wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.kinds import BUILT_IN
from pipes_projects.kinds.registry.entry_points import entry_points
from pipes_projects.kinds.registry.packages import GROUP
from tests.support.command import run
from tests.support.dagster.running import EXAMPLES
from tests.support.folder import Folder
from tests.support.projects.packages import installed, installed_source

EXAMPLE = EXAMPLES / "kind_package"
KIND = """\
from pathlib import Path
from pipes_projects.kinds import Launch, RegisteredKind

def launch(script, options, root):
    return Launch(("true",), str(root))

KIND = RegisteredKind("noop", "Does nothing.", endings=(".no",), launch=launch)
OTHER = RegisteredKind("other", launch=launch)
UNRUN = RegisteredKind("noop")
NAMELESS = RegisteredKind("noop", launch=launch, forbidden={"kind": "has no name"})
SILENT = RegisteredKind("noop", launch=launch, forbidden={"deps": "needs nothing", "owners": " "})
ENDING = RegisteredKind("noop", endings=("no",), launch=launch)
"""
DEFINITIONS = "from pipes_projects import PipesProject\n\ndefs = PipesProject.make_defs()\n"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the project that uses the package's kind."""
    return Path(shutil.copytree(EXAMPLE / "project", tmp_path / "project"))


@pytest.fixture
def path(tmp_path: Path) -> str:
    """`PYTHONPATH` with the example's package on it."""
    return installed_source(tmp_path / "site", EXAMPLE)


def test_a_project_without_a_contract_knows_the_kinds_of_installed_packages(
    example: Path, path: str
) -> None:
    assert (
        run("check", cwd=example, PYTHONPATH=path).stdout == "no findings (2 scripts, 2 assets)\n"
    )
    assert "`sqlite` is not a kind of script" in run("check", cwd=example).stdout


def test_explain_knows_the_options_of_a_packages_kind(example: Path, path: str) -> None:
    told = run("explain", "shop/revenue", cwd=example, PYTHONPATH=path).stdout
    assert "sqlite.database shop.db" in " ".join(told.split())


def test_with_a_contract_check_knows_the_kind_without_its_package(example: Path, path: str) -> None:
    run("schema", cwd=example, PYTHONPATH=path)
    assert run("schema", "--check", cwd=example, PYTHONPATH=path).returncode == 0
    assert run("check", cwd=example).stdout == "no findings (2 scripts, 2 assets)\n"
    (example / "defs/shop/revenue.yaml").write_text("can_subset: true\n")
    message = "`can_subset` is not for `kind: sqlite`, which always runs the whole query"
    assert f"error[not-for-kind]: {message}" in run("check", cwd=example).stdout


def test_the_contract_of_a_packages_kind_says_all_that_authors_may_write(
    example: Path, path: str
) -> None:
    run("schema", cwd=example, PYTHONPATH=path)
    schema = json.loads((example / "schemas/manifest.schema.json").read_text("utf-8"))
    kind = schema["x-pipes-projects"]["kinds"]["sqlite"]
    assert kind["endings"] == [".sql"]
    assert kind["forbidden"] == {"can_subset": "always runs the whole query"}
    assert kind["options"]["required"] == ["database"]
    assert "sqlite" in schema["properties"]["kind"]["enum"]


def test_scripts_of_a_packages_kind_are_materialized(example: Path, path: str) -> None:
    command = [sys.executable, EXAMPLES / "demo.py", example]
    environment = {**os.environ, "PYTHONPATH": path}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert [line.split()[:3] for line in told.stdout.splitlines()[1:3]] == [
        ["shop/orders", "-", "3"],
        ["shop/revenue", "-", "2"],
    ]


def test_where_the_package_of_a_kind_is_missing_dagster_is_told_what_to_install(
    example: Path, path: str
) -> None:
    run("schema", cwd=example, PYTHONPATH=path)
    command = [sys.executable, "definitions.py"]
    told = subprocess.run(command, cwd=example, capture_output=True, text=True, check=False).stderr
    assert "error[unknown-kind]: `sqlite` is not a kind of script" in told
    assert "schemas/manifest.schema.json has it, but nothing installed here does" in told


def with_packages(folder: Path, **packages: dict[str, str]) -> str:
    """`PYTHONPATH` with packages of these entry points, and their module `noop`."""
    site = folder / "site"
    for package, kinds in packages.items():
        installed(site, package, kinds)
    (site / "noop.py").write_text(KIND)
    (site / "broken.py").write_text("print('hello')\nraise SystemExit(3)\n")
    return str(site)


@pytest.mark.parametrize(
    ("packages", "why"),
    [
        (
            {"one": {"noop": "missing:KIND"}},
            "package `one` registers `noop`, but `missing:KIND` cannot be imported:"
            " ModuleNotFoundError: No module named 'missing'",
        ),
        (
            {"one": {"noop": "broken:KIND"}},
            "package `one` registers `noop`, but `broken:KIND` cannot be imported: SystemExit: 3",
        ),
        (
            {"one": {"noop": "noop:launch"}},
            "package `one` registers `noop`, but `noop:launch` is not a `RegisteredKind`",
        ),
        (
            {"one": {"noop": "noop:OTHER"}},
            "package `one` registers `noop`, but the kind is called `other`",
        ),
        (
            {"one": {"noop": "noop:UNRUN"}},
            "package `one` registers `noop`, but it has neither a `launch` nor a `runner` of its"
            " own",
        ),
        (
            {"one": {"noop": "noop:ENDING"}},
            "package `one` registers `noop`, but 'no' is not the ending of a file: write `.no`",
        ),
        (
            {"one": {"noop": "noop:NAMELESS"}},
            "package `one` registers `noop`, but it forbids what names it",
        ),
        (
            {"one": {"noop": "noop:SILENT"}},
            "package `one` registers `noop`, but it does not say why it forbids `owners`",
        ),
        (
            {"one": {"noop": "noop:KIND"}, "two": {"noop": "noop:KIND"}},
            "packages `one` and `two` register `noop`: remove all but one",
        ),
    ],
    ids=[
        "not-there",
        "exits",
        "no-kind",
        "other-name",
        "runs-nothing",
        "ending",
        "nameless",
        "silent",
        "two-packages",
    ],
)
def test_a_package_that_is_wrong_is_named_where_its_kind_is_used(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory, packages: dict[str, dict], why: str
) -> None:
    path = with_packages(tmp_path_factory.mktemp("packages"), **packages)
    folder.asset("g/fine")
    assert run("check", cwd=folder.root, PYTHONPATH=path).stdout.startswith("no findings")
    folder.write("defs/g/bad.yaml", "kind: noop\n")
    checked = run("check", cwd=folder.root, PYTHONPATH=path)
    assert "error[unknown-kind]: `noop` is not a kind of script" in checked.stdout
    assert f"= help: {why}" in checked.stdout
    assert "hello" not in checked.stdout


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("subprocess", "which is a built-in kind"),
        ("deps", "lower-case letters, digits and `_`, and is not a field of a manifest"),
    ],
)
def test_schema_warns_of_a_package_that_registers_a_name_that_is_taken(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory, name: str, why: str
) -> None:
    path = with_packages(tmp_path_factory.mktemp("packages"), one={name: "noop:KIND"})
    folder.asset("g/fine")
    folder.write("definitions.py", DEFINITIONS)
    written = run("schema", cwd=folder.root, PYTHONPATH=path)
    assert written.returncode == 0
    assert f"warning: package `one` registers `{name}`" in written.stderr
    assert why in written.stderr
    kinds = json.loads((folder.root / "schemas/manifest.schema.json").read_text("utf-8"))
    assert list(kinds["x-pipes-projects"]["kinds"]) == [*BUILT_IN]


def test_a_project_that_poses_as_a_package_runs_nothing_when_it_is_checked(folder: Folder) -> None:
    installed(folder.root, "evil", {"evil": "evil:KIND"})
    folder.write("evil.py", "open('ran', 'w')\n")
    folder.asset("g/a", "kind: evil\n")
    assert "`evil` is not a kind of script" in run("check", cwd=folder.root).stdout
    assert not (folder.root / "ran").exists()


def test_where_there_is_a_contract_check_asks_no_package(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = with_packages(tmp_path_factory.mktemp("packages"), one={"noop": "noop:KIND"})
    folder.asset("g/a", "kind: noop\n")
    folder.write("schemas/manifest.schema.json", CONTRACT)
    assert "`noop` is not a kind of script" in run("check", cwd=folder.root, PYTHONPATH=path).stdout


CONTRACT = json.dumps(
    {"x-pipes-projects": {"version": 1, "kinds": {"subprocess": {}}, "asset_keys": []}}
)


ODD = """\
[console_scripts]
noop = other:main

# ours
[pipes_projects.kinds]
noop = noop:KIND
 spaced=module_of . it : A . B
; = x
extra = noop:KIND [some,more]

# between
whole = module
[gui_scripts]
late = noop:KIND
"""


def test_entry_points_are_those_that_python_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, "a-package", {})
    (tmp_path / "a_package-1.0.dist-info/entry_points.txt").write_text(ODD)
    egg = tmp_path / "Egg-2.egg-info"
    egg.mkdir()
    (egg / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: Egg\nVersion: 2\n")
    (egg / "entry_points.txt").write_text("[pipes_projects.kinds]\nnoop = noop:KIND\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "none")])
    expected = {
        (found.name, point.name, point.value)
        for found in metadata.distributions(path=[str(tmp_path)])
        for point in found.entry_points.select(group=GROUP)
    }
    assert len(expected) == 6
    assert set(entry_points(GROUP)) == expected


class Package(NamedTuple):
    """One that is installed somewhere, in some form."""

    folder: str
    info: str
    """A pattern of the folder that describes it."""
    name: str
    version: int
    points: str


NAMES = st.sampled_from(["one", "two_words", "two-words", "Two.Words", "ONE"])
FORMS = st.sampled_from(
    ["{name}-{version}.dist-info", "{name}-{version}.egg-info", "{name}.egg-info",
     "{name}-{version}.DIST-INFO", "x-{version}.egg/EGG-INFO"]
)  # fmt: skip
POINTS = st.sampled_from(
    ["", ODD, f"[{GROUP}]\nnoop = noop:KIND\n", f"[{GROUP}]\nnoop=noop:NEW\nmore = m : x\n",
     f"[other]\nnoop = x:{GROUP}\n"]
)  # fmt: skip
FOLDERS = st.sampled_from(["a", "b", "c.zip", "d.egg"])
PACKAGES = st.lists(
    st.builds(Package, FOLDERS, FORMS, NAMES, st.integers(1, 2), POINTS), max_size=6
)


def laid_out(root: Path, packages: list[Package]) -> list[str]:
    """Python's path, with these packages on it."""
    for package in packages:
        info = package.info.format(name=package.name.replace("-", "_"), version=package.version)
        where = root / package.folder / info
        where.mkdir(parents=True, exist_ok=True)
        described = f"Metadata-Version: 2.1\nName: {package.name}\nVersion: {package.version}\n"
        (where / ("METADATA" if "dist" in info.lower() else "PKG-INFO")).write_text(described)
        (where / "entry_points.txt").write_text(package.points)
    if (zipped := root / "c.zip").is_dir():
        shutil.make_archive(str(root / "archive"), "zip", zipped)
        shutil.rmtree(zipped)
        (root / "archive.zip").rename(zipped)
    eggs = [str(egg) for egg in root.glob("*/x-*.egg")]
    return [str(root / folder) for folder in ("b", "a", "none", "c.zip", "d.egg", "a")] + eggs


@given(PACKAGES)
def test_wherever_packages_are_their_entry_points_are_those_that_python_finds(
    packages: list[Package],
) -> None:
    with TemporaryDirectory() as root, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", laid_out(Path(root), packages))
        expected = [(found.name, found.value) for found in metadata.entry_points(group=GROUP)]
        ours = [(found.name, found.value) for found in entry_points(GROUP)]
    assert sorted(ours) == sorted(expected)


def test_pythons_own_search_is_not_imported_to_find_them(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = with_packages(tmp_path_factory.mktemp("packages"), one={"noop": "noop:KIND"})
    program = (
        "import sys; from pipes_projects.kinds.registry.packages import package_kinds\n"
        "print(*package_kinds().kinds, 'importlib.metadata' in sys.modules)"
    )
    command, environment = [sys.executable, "-c", program], {**os.environ, "PYTHONPATH": path}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert told.stdout == "noop False\n", told.stderr
