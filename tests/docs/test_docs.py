"""Docs cannot lie: what they show is what happens."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipes_projects.schema.kinds import render_page
from pipes_projects.schema.reference import render_reference
from tests.support.dagster.running import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def transcript(page: Path) -> list[tuple[str, str]]:
    """Commands, and what the page says they print."""
    text = "".join(CONSOLE.findall(page.read_text("utf-8")))
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def test_the_readmes_commands_print_what_it_shows(tmp_path: Path) -> None:
    folder = tmp_path
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command, expected in transcript(ROOT / "README.md"):
        if command.startswith("cd "):
            folder = folder / command.removeprefix("cd ")
            continue
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env={**os.environ, "PATH": path},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout.rstrip() == expected.rstrip(), command


def test_the_reference_is_fresh() -> None:
    assert (ROOT / "docs/manifest.md").read_text("utf-8") == render_reference(), "run `make docs`"
    assert (ROOT / "docs/kinds.md").read_text("utf-8") == render_page(), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_make_target_that_the_docs_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"`make ([a-z-]+)`", "".join(p.read_text("utf-8") for p in PAGES))
    assert set(named) <= targets


HOUSE = re.compile(r"^\| (`[^|]+`) \|", re.MULTILINE)


def modules_on_the_page() -> set[str]:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = page.partition("## The house")[2].partition("## Recipes")[0]
    return {name for row in HOUSE.findall(table) for name in re.findall(r"`([^`]+)`", row)}


def test_every_module_that_the_house_names_is_there() -> None:
    package = ROOT / "pipes_projects"
    for name in modules_on_the_page() - {"module"}:
        there = (package / name).is_dir() if name.endswith("/") else package / f"{name}.py"
        assert there is True or (there and there.is_file()), name


def test_the_house_names_every_part_of_the_package() -> None:
    package, named = ROOT / "pipes_projects", modules_on_the_page()
    parts = {path.stem for path in package.glob("*.py")} | {
        path.parent.name for path in package.glob("*/__init__.py")
    }
    assert parts - {"__init__", "__main__"} == {name.partition("/")[0] for name in named}


def test_every_path_that_the_recipes_name_is_there() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Recipes")[2]
    paths = re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.(?:py|md|json))?)`", page)
    assert paths
    for path in paths:
        assert (ROOT / path).exists() or (ROOT / "pipes_projects" / path).exists(), path
