"""The public API: what docs/api.md says, and that nothing private shows through."""

import ast
import dataclasses
import inspect
import re
import shutil
import typing
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import pipes_projects
from pipes_projects import (
    CHECKS,
    Code,
    Contract,
    ContractError,
    Diagnostic,
    LayoutError,
    Memory,
    Project,
    SourceFile,
    Sources,
    TextFiles,
    compile_project,
    compile_sources,
    deploy,
)
from tests.support.command import run
from tests.support.dagster.running import EXAMPLES, ROOT

PAGE = (ROOT / "docs/api.md").read_text("utf-8")
# What is imported only by type checkers.
LAZY = {"Shipped": Any, "PipesScript": pipes_projects.PipesScript}
PUBLIC = {name: getattr(pipes_projects, name) for name in pipes_projects.__all__}


def test_the_example_prints_what_the_page_shows(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (expected,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example, "docs/api.md", "exec"), {})
    assert capsys.readouterr().out == expected


def test_every_word_in_code_that_looks_like_a_name_of_ours_is_one() -> None:
    named = set(re.findall(r"`([A-Z][A-Za-z]+)`?", PAGE))
    assert named <= {*pipes_projects.__all__, *deploy.__all__, "CHECKS"}


def test_all_that_a_deploy_file_needs_is_there_and_on_the_page() -> None:
    table = PAGE.partition("## Deployments")[2]
    assert set(re.findall(r"^\| `(\w+)", table, re.MULTILINE)) == set(deploy.__all__)
    assert all(getattr(deploy, name).__name__ == name for name in deploy.__all__)


def test_every_public_name_is_there_and_is_shown_to_type_checkers() -> None:
    tree = ast.parse(Path(str(pipes_projects.__file__)).read_text("utf-8"))
    (typed,) = (statement for statement in tree.body if isinstance(statement, ast.If))
    imported = {
        alias.name: statement.module
        for statement in typed.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    homes = {name: f"pipes_projects.{home}" for name, home in pipes_projects._HOME_OF.items()}
    assert imported == homes
    assert sorted(homes) == sorted(pipes_projects.__all__)
    assert PUBLIC.keys() == homes.keys()


def parts(hint: Any) -> Iterator[Any]:
    """The types that a type is made of."""
    yield hint
    for argument in typing.get_args(hint):
        for part in argument if isinstance(argument, list) else [argument]:
            yield from parts(part)


def hints(thing: Any) -> Iterator[Any]:
    """What a function takes and returns; what a class holds, is made of, and its methods."""
    if inspect.isfunction(thing):
        yield from shown(thing)
    elif inspect.isclass(thing) and issubclass(thing, BaseModel):
        yield from (field.annotation for field in thing.model_fields.values())
    elif inspect.isclass(thing):
        if dataclasses.is_dataclass(thing) or hasattr(thing, "_fields"):
            yield from shown(thing)
        for name, member in vars(thing).items():
            if name[0] != "_" or name == "__init__":
                yield from hints(method_of(member))


def shown(thing: Any) -> Iterator[Any]:
    """The types of what has a public name in it."""
    for name, hint in typing.get_type_hints(thing, None, LAZY).items():
        if name[0] != "_":
            yield hint


def method_of(member: Any) -> Any:
    """What runs when a property is read, or a method is called."""
    inner = (getattr(member, name, None) for name in ("fget", "func", "__func__"))
    return next((function for function in inner if inspect.isfunction(function)), member)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_what_a_public_name_takes_and_returns_is_public(name: str) -> None:
    ours = [
        cls
        for hint in hints(PUBLIC[name])
        for cls in parts(hint)
        if inspect.isclass(cls) and cls.__module__.startswith("pipes_projects")
    ]
    assert {cls.__name__ for cls in ours} <= PUBLIC.keys()


def test_settings_and_contract_are_those_that_check_finds(tmp_path: Path) -> None:
    root = tmp_path / "deep/project"
    shutil.copytree(EXAMPLES / "customized", root)
    (root / "defs").rename(root / "graph")
    (root / "pyproject.toml").write_text('[tool.pipes-projects]\ndefs = "graph"\n')
    inside = next(file for file in (root / "graph").iterdir() if file.is_dir())
    for path in (root, root / "graph", inside):
        compilation = compile_project(path)
        assert compilation.diagnostics == ()
        assert {asset.group for asset in compilation.project.assets()} == {"reports", "warehouse"}
        assert run("check", "--strict", str(path)).returncode == 0
    assert compile_project(root, Contract({})).has_errors


def test_where_there_is_no_project_or_contract_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="no project here"):
        compile_project(tmp_path)
    (tmp_path / "defs").mkdir()
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/manifest.schema.json").write_text("{}")
    with pytest.raises(ContractError, match="is not a contract"):
        compile_project(tmp_path)


def test_a_project_is_compiled_again_with_its_memory(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "customized", tmp_path / "project")
    memory = Memory()
    first, second = (compile_project(tmp_path / "project", memory=memory) for _ in range(2))
    pairs = zip(first.project.scripts, second.project.scripts, strict=True)
    assert all(one is other for one, other in pairs)


def no_owners(project: Project) -> Iterator[Diagnostic]:
    for asset in project.assets():
        if not asset.fields.owners:
            yield Diagnostic(Code.MISSING_KEY, f"nobody owns `{asset.key}`", asset.location)


def test_a_check_of_ones_own_is_made() -> None:
    files = TextFiles(frozenset({"defs/sales/a.py", "defs/sales/b.py"}))
    owned = SourceFile("defs/sales/a.yaml", "owners: [team:sales]\ndeps: [sales/x]\n")
    sources = Sources(files, (owned, SourceFile("defs/sales/b.yaml", "")))
    found = [
        finding.message for finding in compile_sources(sources, checks=(no_owners,)).diagnostics
    ]
    assert found == ["nobody owns `sales/b`"]
    found = [
        finding.message
        for finding in compile_sources(sources, checks=(*CHECKS, no_owners)).diagnostics
    ]
    assert found == ["no asset is called `sales/x`", "nobody owns `sales/b`"]


def test_no_two_public_types_outside_the_emitter_have_one_name() -> None:
    """One word for one thing."""
    homes = defaultdict(list)
    for path in sorted((ROOT / "pipes_projects").rglob("*.py")):
        for statement in ast.parse(path.read_text("utf-8")).body:
            if isinstance(statement, ast.ClassDef) and not statement.name.startswith("_"):
                homes[statement.name].append(path.relative_to(ROOT).as_posix())
    outside = {
        name: [file for file in paths if "/emitter/" not in file] for name, paths in homes.items()
    }
    assert {name: paths for name, paths in outside.items() if len(paths) > 1} == {}
