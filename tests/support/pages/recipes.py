"""The recipes of CONTRIBUTING, and a small patch beside each: `tests/recipes/<recipe>/`.

A patch is new files, laid out as in the tree, and `changes.toml`: texts that are put after or
before an anchor, or replace one. An anchor occurs once in its file, so that a patch is never
applied at another place than the one that was meant.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support.dagster.running import ROOT

RECIPES = ROOT / "tests/recipes"
TITLES = {
    "field": "A field",
    "published_name": "A name that owners publish",
    "check": "A check",
    "fix": "A fix",
    "kind": "A kind",
    "format": "An output format",
    "command": "A command",
    "deployer": "A deployer",
}
"""Recipes by the folder of their patch, in the order in which the patches are applied."""
_PATH = re.compile(r"`((?:[\w.-]+/)*[\w.-]+(?:/|\.py|\.md))`")
_FROM_ROOT = ("tests/", "docs/")


class Change(NamedTuple):
    """A text that is replaced where it occurs, in one file."""

    file: str
    old: str
    new: str


def recipes() -> dict[str, str]:
    """The text of every recipe, by its title."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = page.partition("## Recipes\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\*\*(.+?)\.\*\* (.+?)(?:\n\n|\Z)", section, re.DOTALL | re.MULTILINE))


def paths_in(recipe: str) -> set[str]:
    """The files and folders that a recipe names, from the root."""
    named = set(_PATH.findall(recipe))
    return {
        module if module.startswith(_FROM_ROOT) else f"pipes_projects/{module}" for module in named
    }


def changes(recipe: str) -> list[Change]:
    """What a patch changes in files that there are."""
    data = tomllib.loads((RECIPES / recipe / "changes.toml").read_text("utf-8"))
    return [_change(change) for change in data["changes"]]


def new_files(recipe: str) -> list[str]:
    """The files that a patch adds, from the root of the tree."""
    folder = RECIPES / recipe
    files = (
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    return sorted(str(path.relative_to(folder)) for path in files if path.name != "changes.toml")


def new_tests(recipe: str) -> list[str]:
    """The tests that come with a patch."""
    return [file for file in new_files(recipe) if Path(file).name.startswith("test_")]


def copy_of_project(target: Path) -> None:
    """Every file that git knows, or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name, follow_symlinks=False)


def apply(recipe: str, target: Path) -> None:
    """Put a patch into a copy; raises ValueError for an anchor that is not there once."""
    for change in changes(recipe):
        path = target / change.file
        path.write_text(applied(change, path.read_text("utf-8")), "utf-8")
    for name in new_files(recipe):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(RECIPES / recipe / name, target / name)


def applied(change: Change, text: str) -> str:
    """The text with a change made."""
    if (times := text.count(change.old)) != 1:
        raise ValueError(f"{change.file} has this {times} times, not once:\n{change.old}")
    return text.replace(change.old, change.new)


def _change(part: dict[str, str]) -> Change:
    if "replace" in part:
        return Change(part["file"], part["replace"], part["with"])
    if "after" in part:
        return Change(part["file"], part["after"], part["after"] + part["add"])
    return Change(part["file"], part["before"], part["add"] + part["before"])


def unnamed(recipe: str) -> Iterator[str]:
    """The files of a patch that its recipe does not name: new ones by their folder."""
    named = paths_in(recipes()[TITLES[recipe]])
    yield from {change.file for change in changes(recipe)} - named
    yield from (file for file in new_files(recipe) if not any(_names(path, file) for path in named))


def untouched(recipe: str) -> Iterator[str]:
    """What a recipe names and its patch has no part in."""
    changed = {change.file for change in changes(recipe)}
    for path in paths_in(recipes()[TITLES[recipe]]) - changed:
        if not any(_names(path, file) for file in new_files(recipe)):
            yield path


def _names(path: str, file: str) -> bool:
    """Whether a path of a recipe, such as `kinds/` or `cli/NAME_command.py`, means a new file."""
    if path.endswith("/"):
        return file.startswith(path)
    return re.fullmatch(re.escape(path).replace("NAME", "[a-z_]+"), file) is not None
