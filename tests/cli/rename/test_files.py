"""How a rename reaches the disk: with git where there is git, whole or not at all, as a patch."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.rename.projects import filled, refusal, rename, text, tree
from tests.support.command import run
from tests.support.folder import Folder
from tests.support.repositories import IDENTITY, commit, git, init

RENAMES = [
    ("raw/orders", "raw/purchases"), ("marts", "gold"), ("marts/daily", "gold/daily"),
    ("custom/key", "other/key"), ("lib/load.py", "lib/fetch.py"),
]  # fmt: skip


def in_git(folder: Folder) -> Folder:
    filled(folder)
    init(folder.root)
    commit(folder.root)
    return folder


def test_git_goes_on_knowing_what_moves(folder: Folder) -> None:
    in_git(folder)
    folder.asset("raw/fresh")
    rename(folder, "raw", "landing", "--yes")
    state = git(folder.root, "status", "--short")
    assert "R  defs/raw/orders.yaml -> defs/landing/orders.yaml" in state
    assert "RM defs/raw/orders.py -> defs/landing/orders.py" in state
    assert "?? defs/landing/fresh.yaml" in state
    assert not (folder.root / "defs/raw").exists()


def test_what_git_does_not_know_moves_all_the_same(folder: Folder) -> None:
    in_git(folder)
    folder.asset("raw/fresh", "deps: [raw/orders]\n")
    rename(folder, "raw/fresh", "raw/new")
    assert git(folder.root, "status", "--short") == "?? defs/raw/new.py\n?? defs/raw/new.yaml"


@pytest.mark.parametrize(("old", "new"), RENAMES)
def test_the_patch_of_a_dry_run_does_what_the_rename_does(
    folder: Folder, old: str, new: str
) -> None:
    in_git(folder)
    before = tree(folder.root)
    patch = run("rename", old, new, "--dry-run", "--yes", cwd=folder.root)
    assert tree(folder.root) == before
    rename(folder, old, new, "--yes")
    renamed = tree(folder.root)
    git(folder.root, "reset", "--hard", "--quiet")
    assert tree(folder.root) == before
    subprocess.run(
        ["git", "apply"], cwd=folder.root, env={**os.environ, **IDENTITY}, check=True,
        input=patch.stdout, text=True,
    )  # fmt: skip
    assert tree(folder.root) == renamed


def test_a_patch_is_for_the_root_of_the_repository(folder: Folder) -> None:
    filled(folder)
    init(folder.root.parent)
    answer = run("rename", "raw/events", "raw/clicks", "--dry-run", cwd=folder.root)
    assert "rename from project/defs/raw/events.yaml\n" in answer.stdout


def test_a_dry_run_shows_what_it_leaves(folder: Folder) -> None:
    filled(folder)
    answer = run("rename", "raw/orders", "raw/o", "--dry-run", cwd=folder.root)
    assert "--yes changes them, too" in answer.stderr
    assert "shared.py" not in answer.stdout


def test_what_may_only_be_read_stops_it(folder: Folder) -> None:
    filled(folder)
    (folder.root / "defs/reports/month.yaml").chmod(0o444)
    message = refusal(folder, "raw/orders", "raw/o")
    assert message == "defs/reports/month.yaml would change, but is read-only"


def test_a_link_stops_it(folder: Folder, tmp_path: Path) -> None:
    filled(folder)
    outside = tmp_path / "month.yaml"
    manifest = folder.root / "defs/reports/month.yaml"
    manifest.rename(outside)
    manifest.symlink_to(outside)
    answer = run("rename", "raw/orders", "raw/o", cwd=folder.root)
    assert answer.returncode == 2
    assert "raw/orders" in outside.read_text()
    (folder.root / "defs/gone").symlink_to(tmp_path)
    refusal(folder, "raw/events", "gone/events")


def test_a_move_that_fails_leaves_all_as_it_was(folder: Folder) -> None:
    in_git(folder)
    (folder.root / ".git/index.lock").touch()
    message = refusal(folder, "raw/orders", "purchases/orders", "--yes")
    assert "nothing was renamed" in message
    assert not (folder.root / "defs/purchases").exists()


def test_a_move_that_fails_half_way_leaves_all_as_it_was(folder: Folder) -> None:
    in_git(folder)
    git(
        folder.root, "rm", "--cached", "--quiet", "defs/raw/orders.yaml"
    )  # moved first, without git
    (folder.root / ".git/index.lock").touch()
    assert "nothing was renamed" in refusal(folder, "raw/orders", "purchases/orders")
    assert not (folder.root / "defs/purchases").exists()


def test_who_sits_at_a_terminal_is_asked(folder: Folder) -> None:
    filled(folder)
    assert "change it there, too?" in at_terminal(folder, "n", "raw/orders", "raw/first")
    assert text(folder, "defs/raw/first.py") == 'a = "raw/orders"\n'
    folder.write("defs/raw/first.py", 'a = "raw/first"\n')
    at_terminal(folder, "y", "raw/first", "raw/second")
    assert text(folder, "defs/raw/second.py") == 'a = "raw/second"\n'


def at_terminal(folder: Folder, typed: str, *arguments: str) -> str:
    """What is shown on a terminal on which an answer is typed."""
    command = [sys.executable, "-m", "pipes_projects", "rename", *arguments]
    code = f"import pty; pty.spawn({command!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder.root, input=f"{typed}\n".encode(),
        env={**os.environ, "COLUMNS": "100"}, capture_output=True, check=False,
    )  # fmt: skip
    return done.stdout.decode()


LITERALS = {
    "a.py": "f(\n'raw/orders', r'''raw/orders''')  # 'raw/orders'\n",
    "b.py": "'raw/orders' 'x'\nf'raw/orders'\nb'raw/orders'\n'see raw/orders'\nraw/orders\n",
    "c.py": "x = 'raw/orders'\ny = '''never closed\n",
    "d.R": "read(\"raw/orders\")\nread('raw/orders')\nread('raw/orders_eu')\n",
    "e.sh": "read 'raw/orders' raw/orders \"$x/raw/orders\"\n",
    "f.js": "x = 'raw/orders'.y\r\nz = \"raw\\/orders\"\r\n",
}
REPLACED = {
    "a.py": "f(\n'raw/o', r'''raw/o''')  # 'raw/orders'\n",
    "b.py": LITERALS["b.py"],
    "c.py": "x = 'raw/o'\ny = '''never closed\n",
    "d.R": "read(\"raw/o\")\nread('raw/o')\nread('raw/orders_eu')\n",
    "e.sh": "read 'raw/o' raw/orders \"$x/raw/orders\"\n",
    "f.js": "x = 'raw/o'.y\r\nz = \"raw\\/orders\"\r\n",
}


@pytest.mark.parametrize("name", LITERALS)
def test_only_text_that_is_just_the_key_is_replaced(folder: Folder, name: str) -> None:
    folder.asset("raw/orders")
    path = folder.root / "defs/raw" / f"_{name}"
    path.write_bytes(LITERALS[name].encode())
    rename(folder, "raw/orders", "raw/o", "--yes")
    assert path.read_bytes().decode() == REPLACED[name]
