"""`list` on terminals of any width; elsewhere nothing is left out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipes_projects import Picture, picture_project
from pipes_projects.render.listing import render_table
from pipes_projects.schema.contract.reading import read_contract
from pipes_projects.text.width import width
from tests.catalog.reading import content_of
from tests.support.command import run
from tests.support.dagster.running import EXAMPLES
from tests.support.folder import Folder

FLIGHTS = EXAMPLES / "flights"


def flights() -> Picture:
    contract = read_contract(FLIGHTS / "schemas/manifest.schema.json")
    return picture_project(FLIGHTS, contract)


@pytest.mark.parametrize("limit", [1, 2, 10, 23, 40, 60, 80, 100, 132, 200, 250])
def test_no_line_is_wider_than_the_terminal(limit: int) -> None:
    lines = render_table(flights(), limit).splitlines()
    assert max(map(width, lines)) <= limit
    assert len(lines) == len(render_table(flights()).splitlines())


def test_a_terminal_that_is_wide_enough_shows_all() -> None:
    whole = render_table(flights())
    assert render_table(flights(), max(map(width, whole.splitlines()))) == whole


def test_80_columns_have_the_keys_and_the_places_whole() -> None:
    table = render_table(flights(), 80)
    for asset in (shown.asset for shown in flights().assets):
        assert asset.key in table
        assert f"{asset.location.path}:{asset.location.span.start.line + 1}\n" in table


def test_wide_letters_take_two_columns(folder: Folder) -> None:
    folder.asset("g/one", f'deps: [g/two, "{"漢字" * 20}/x"]\n')
    folder.asset("g/two", f'key: "{"漢字" * 20}/x"\n')
    for limit in range(1, 140):
        lines = render_table(picture_project(folder.root), limit).splitlines()
        assert max(map(width, lines)) <= limit


def on_terminal(root: Path, columns: int) -> str:
    """What `list` writes to a terminal, on both streams."""
    command = [sys.executable, "-m", "pipes_projects", "list", str(root)]
    done = subprocess.run(
        [sys.executable, "-c", f"import pty; pty.spawn({command!r})"],
        env={**os.environ, "COLUMNS": str(columns)}, stdin=subprocess.DEVNULL,
        capture_output=True, check=False,
    )  # fmt: skip
    return done.stdout.decode().replace("\r\n", "\n")


def test_a_terminal_is_told_that_there_is_more() -> None:
    assert render_table(flights(), 90) in on_terminal(FLIGHTS, 90)
    assert "shortened to fit the terminal: --json has everything\n" in on_terminal(FLIGHTS, 90)
    assert "shortened" not in on_terminal(FLIGHTS, 300)


def test_what_is_not_a_terminal_gets_everything() -> None:
    assert run("list", FLIGHTS, COLUMNS="40").stdout == render_table(flights())


# With errors


@pytest.fixture
def torn(folder: Folder) -> Folder:
    """One asset of which the manifest cannot be read, one with an error, and one that is right."""
    folder.asset("raw/torn", "owners: [team:x\n")
    folder.asset("raw/slip", "ownrs: [team:x]\n")
    folder.asset("raw/fine", "deps: [raw/torn]\n")
    return folder


def test_assets_that_cannot_be_read_are_listed_too(torn: Folder) -> None:
    done = run("list", cwd=torn.root)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "ASSET     STATE        GROUP  KIND        DEPS      OWNERS  PLACE",
        "raw/fine  -            raw    subprocess  raw/torn  -       defs/raw/fine.yaml:1",
        "raw/slip  quarantined  raw    subprocess  -         -       defs/raw/slip.yaml:1",
        "raw/torn  unreadable   raw    -           -         -       defs/raw/torn.yaml:1",
    ]


@pytest.mark.parametrize(
    ("selection", "keys"),
    [
        ('key:"raw/torn"', ["raw/torn"]),
        ('key:"raw/torn"+', ["raw/fine", "raw/torn"]),
        ("group:raw", ["raw/fine", "raw/slip", "raw/torn"]),
        ("defs/raw/torn.yaml", ["raw/torn"]),
        ("defs/raw/torn.py", ["raw/torn"]),
    ],
)
def test_assets_that_cannot_be_read_are_selected_by_whoever_looks(
    torn: Folder, selection: str, keys: list[str]
) -> None:
    listed = run("list", "--select", selection, cwd=torn.root).stdout.splitlines()
    assert [line.split()[0] for line in listed[1:]] == keys
    graph = json.loads(run("graph", selection, "--format", "json", cwd=torn.root).stdout)
    assert sorted(node["key"] for node in graph["nodes"]) == keys
    page = torn.root / "page.html"
    assert run("catalog", selection, "--output", page, cwd=torn.root).returncode == 1
    content = content_of(page)
    shown = (*content["assets"], *content["others"])
    assert sorted(asset["key"] for asset in shown) == keys
    assert any(finding["path"] == "defs/raw/torn.yaml" for finding in content["findings"])


@pytest.mark.parametrize("selection", ['key:"raw/torn"', "defs/raw/torn.py", "defs/raw/torn.yaml"])
def test_what_cannot_be_read_is_not_run(torn: Folder, selection: str) -> None:
    done = run("run", selection, cwd=torn.root)
    assert done.returncode == 1
    assert " --> defs/raw/torn.yaml:1:" in done.stderr
    assert done.stderr.endswith("manifests have errors: see `pipes-projects check`\n")
    assert "started" not in done.stderr
