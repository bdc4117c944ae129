"""`pipes-projects catalog`: where it writes, what it refuses, and what it follows."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.catalog.reading import content_of
from tests.support.command import run
from tests.support.folder import Folder
from tests.support.in_process import call

PATIENCE = 60


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "shop")
    folder.asset("raw/orders")
    folder.asset("sales/report", "deps: [raw/orders]\n")
    return folder


def keys(page: Path) -> list[str]:
    return [asset["key"] for asset in content_of(page)["assets"]]


def test_without_words_it_writes_where_git_ignores_it(project: Folder) -> None:
    answer = call("catalog", cwd=project.root / "defs")
    assert answer.code == 0
    assert answer.err.decode() == "wrote ../.pipes-projects/catalog.html\n"
    assert keys(project.root / ".pipes-projects/catalog.html") == ["raw/orders", "sales/report"]
    assert (project.root / ".pipes-projects/.gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    ("output", "file"),
    [("page.html", "page.html"), ("public", "public/index.html"), ("a/b.HTML", "a/b.HTML")],
)
def test_it_writes_a_file_or_the_index_of_a_folder(project: Folder, output: str, file: str) -> None:
    answer = call("catalog", "--output", output, cwd=project.root)
    assert (answer.code, answer.err.decode()) == (0, f"wrote {file}\n")
    assert keys(project.root / file) == ["raw/orders", "sales/report"]


def test_a_file_that_is_no_page_is_not_overwritten(project: Folder) -> None:
    project.write("notes.txt", "mine")
    answer = call("catalog", "--output", "notes.txt", cwd=project.root)
    assert answer.code == 2
    assert "`notes.txt` is a file, but not .html" in answer.err.decode()
    assert (project.root / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("output", "why"),
    [
        (["--output", "notes.txt/page.html"], "`notes.txt/page.html` cannot be written: "),
        (["--output", "taken"], "`taken/index.html` cannot be written: is a directory; "),
        ([], "`.pipes-projects/catalog.html` cannot be written: `.pipes-projects` is a file, "),
    ],
)
def test_what_cannot_be_written_is_a_sentence(project: Folder, output: list[str], why: str) -> None:
    project.write("notes.txt", "mine")
    project.write(".pipes-projects", "mine")
    project.write("taken/index.html/x", "mine")
    answer = call("catalog", *output, cwd=project.root)
    assert answer.code == 2
    told = answer.err.decode().splitlines()[-1]
    assert told.startswith(f"Error: {why}")
    assert told.endswith("; `--output` names another file, or a folder")
    assert not [*project.root.rglob("*.tmp")]


def test_a_selection_is_a_catalog_of_its_own(project: Folder) -> None:
    project.asset("raw/broken", "depz: []\n")  # and so it is of no concern here
    assert call("catalog", "group:sales", "--output", "x.html", cwd=project.root).code == 1
    content = content_of(project.root / "x.html")
    assert [asset["key"] for asset in content["assets"]] == ["sales/report"]
    assert {*content_of(project.root / "x.html", "sources")} == {
        "defs/sales/report.py", "defs/sales/report.yaml",
    }  # fmt: skip
    assert content["findings"] == []
    assert call("catalog", "group:nothing", "--output", "y.html", cwd=project.root).code == 2
    assert not (project.root / "y.html").exists()


def test_a_project_with_errors_has_one_that_shows_them(project: Folder) -> None:
    project.asset("raw/broken", "owner: me\n")
    project.asset("raw/unreadable", "deps: [\n", "print('beside it')\n")
    answer = call("catalog", "--output", "x.html", cwd=project.root)
    assert answer.code == 1
    assert "some manifests have errors" in answer.err.decode()
    content = content_of(project.root / "x.html")
    states = {asset["key"]: asset["state"] for asset in content["assets"]}
    assert states["raw/broken"] == "quarantined"
    assert [other["state"] for other in content["others"]] == ["unreadable"]
    paths = {finding["path"] for finding in content["findings"]}
    assert {"defs/raw/broken.yaml", "defs/raw/unreadable.yaml"} <= paths
    (unreadable,) = (other["files"] for other in content["others"])
    files = ["defs/raw/unreadable.yaml", "defs/raw/unreadable.py"]
    assert [content["files"][at] for at in unreadable] == files
    sources = content_of(project.root / "x.html", "sources")
    assert [sources[path] for path in files] == ["deps: [\n", "print('beside it')\n"]


def test_a_part_tells_what_is_wrong_with_what_it_depends_on(project: Folder) -> None:
    project.write("defs/raw/unreadable.yaml", "deps: [\n")
    project.write("defs/raw/of_no_concern.yaml", "deps: [\n")
    project.asset("sales/net", "deps: [raw/unreadable]\n")
    assert call("catalog", "group:sales", "--output", "x.html", cwd=project.root).code == 1
    content = content_of(project.root / "x.html")
    assert [finding["path"] for finding in content["findings"]] == ["defs/raw/unreadable.yaml"]


def test_an_empty_project_has_one_too(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "empty")
    assert call("catalog", "--output", "x.html", cwd=folder.root).code == 0
    assert keys(folder.root / "x.html") == []


def test_the_texts_of_files_can_be_left_out(project: Folder) -> None:
    project.asset("raw/orders", script="print('only_in_the_script')\n")
    call("catalog", "--output", "with.html", cwd=project.root)
    call("catalog", "--output", "without.html", "--no-sources", cwd=project.root)
    script = "defs/raw/orders.py"
    assert "only_in_the_script" in content_of(project.root / "with.html", "sources")[script]
    assert content_of(project.root / "without.html", "sources") == {}


def test_the_same_project_at_the_same_moment_is_the_same_page(project: Folder) -> None:
    pages = []
    for name in ("one.html", "two.html"):
        done = run("catalog", "--output", name, cwd=project.root, SOURCE_DATE_EPOCH="1700000000")
        assert done.returncode == 0
        pages.append((project.root / name).read_bytes())
    assert pages[0] == pages[1]
    assert content_of(project.root / "one.html")["made"] == 1700000000


def test_nothing_is_written_through_a_link_out_of_the_project(
    project: Folder, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (project.root / "public").symlink_to(tmp_path / "outside")
    (project.root / ".pipes-projects").symlink_to(tmp_path / "outside")
    for options in ([], ["--output", "public"], ["--output", "public/x.html"]):
        answer = call("catalog", *options, cwd=project.root)
        assert answer.code == 2
        assert "leads out of the project" in answer.err.decode()
    assert [*(tmp_path / "outside").iterdir()] == []


def test_it_opens_in_the_browser(project: Folder, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    browser = project.write("browser", f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    browser.chmod(0o755)
    done = run("catalog", "--open", cwd=project.root, BROWSER=str(browser))
    assert done.returncode == 0, done.stderr
    assert comes(lambda: opened.exists() and opened.read_text() != "")
    assert opened.read_text() == (project.root / ".pipes-projects/catalog.html").as_uri()


def comes(true: Callable[[], bool]) -> bool:
    """Whether something is so before long."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def test_it_follows_what_people_write_even_through_mistakes(
    project: Folder, tmp_path: Path
) -> None:
    page, log = tmp_path / "page.html", tmp_path / "log"
    command = [sys.executable, "-m", "pipes_projects", "catalog", "--watch", "--output", str(page)]
    with (
        log.open("w") as file,
        subprocess.Popen(command, cwd=project.root, stderr=file, env={**os.environ}) as process,
    ):
        try:
            assert comes(lambda: "watching" in log.read_text())
            assert "data-reloads" in page.read_text("utf-8")
            time.sleep(1)  # the watcher says nothing when it has begun
            project.asset("raw/more")
            assert comes(lambda: "raw/more" in keys(page))
            project.write("defs/raw/more.yaml", "deps: [\n")
            assert comes(lambda: "raw/more" not in keys(page))
            project.write("defs/raw/more.yaml", "description: There again.\n")
            assert comes(lambda: "raw/more" in keys(page))
            assert process.poll() is None
        finally:
            process.kill()


@pytest.mark.parametrize("content", [b"PASSWORD=\xff\n", b"PASSWORD=x\0y\n"])
def test_no_page_is_written_if_secrets_could_not_be_masked(
    project: Folder, tmp_path: Path, content: bytes
) -> None:
    (project.root / ".env").write_bytes(content)
    told = [
        run(*command, cwd=project.root)
        for command in (("catalog", "--output", str(tmp_path / "page.html")), ("run", "*"))
    ]
    assert [done.returncode for done in told] == [2, 2]
    error, same = (done.stderr.splitlines()[-1] for done in told)
    assert error == same
    assert error.startswith("Error: `.env` cannot be read: ")
    assert not (tmp_path / "page.html").exists()
