"""`check --fix` where git shows that what is named has just been removed or renamed."""

from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.folder import Folder
from tests.support.repositories import commit, git, init

SCRIPT = "print('this script is long enough to be known again by its text')\n"


@pytest.fixture
def repository(folder: Folder) -> Folder:
    """An asset `raw/order_lines`, and one that depends on it."""
    init(folder.root)
    folder.asset("raw/order_lines", "description: The lines of all orders\n", SCRIPT)
    folder.asset("sales/revenue", "deps: [raw/order_lines]\n")
    commit(folder.root, "first")
    return folder


def move(folder: Folder, old: str, new: str) -> None:
    for ending in (".yaml", ".py"):
        (folder.root / f"defs/{old}{ending}").rename(folder.root / f"defs/{new}{ending}")


def fix(folder: Folder, *arguments: str) -> str:
    """What is left to say; the dependency stays as it is."""
    answer = run("check", "--fix", *arguments, cwd=folder.root)
    assert (answer.returncode, answer.stderr) == (1, "")
    assert (folder.root / "defs/sales/revenue.yaml").read_text() == "deps: [raw/order_lines]\n"
    return answer.stdout


@pytest.mark.parametrize("staged", [False, True])
def test_an_asset_that_was_renamed_is_named_and_not_written(
    repository: Folder, staged: bool
) -> None:
    move(repository, "raw/order_lines", "raw/oder_lines")
    if staged:
        git(repository.root, "add", "--all")
    assert "help: `raw/order_lines` is called `raw/oder_lines` now" in fix(repository)


@pytest.mark.parametrize("staged", [False, True])
def test_an_asset_that_was_removed_is_not_taken_for_its_neighbour(
    repository: Folder, staged: bool
) -> None:
    repository.asset("raw/oder_lines", "description: Something else\n")
    commit(repository.root)
    for ending in (".yaml", ".py"):
        (repository.root / f"defs/raw/order_lines{ending}").unlink()
    if staged:
        git(repository.root, "add", "--all")
    assert "help: it was removed since the last commit" in fix(repository)


def test_an_asset_that_the_last_commit_removed_is_not_taken_for_its_neighbour(
    repository: Folder,
) -> None:
    repository.asset("raw/oder_lines", "description: Something else\n")
    commit(repository.root)
    for ending in (".yaml", ".py"):
        (repository.root / f"defs/raw/order_lines{ending}").unlink()
    commit(repository.root)
    assert "help: it was removed in the last commit" in fix(repository)


def test_files_that_are_alike_do_not_say_where_one_went(repository: Folder) -> None:
    move(repository, "raw/order_lines", "raw/oder_lines")
    for ending in (".yaml", ".py"):
        text = (repository.root / f"defs/raw/oder_lines{ending}").read_text()
        repository.write(f"defs/raw/copy{ending}", text)
    assert "help: it was removed since the last commit" in fix(repository)


def test_short_files_do_not_say_where_one_went(repository: Folder) -> None:
    repository.asset("raw/order_lines", "", "")
    commit(repository.root)
    move(repository, "raw/order_lines", "raw/oder_lines")
    assert "help: it was removed since the last commit" in fix(repository)


def test_an_asset_that_was_renamed_within_its_manifest_is_named(repository: Folder) -> None:
    lines = "  order_lines: {description: a}\n  orders: {}\n"
    repository.write("defs/raw/order_lines.yaml", f"assets:\n{lines}")
    commit(repository.root)
    new = lines.replace("order_lines", "oder_lines")
    repository.write("defs/raw/order_lines.yaml", f"assets:\n{new}")
    assert "`raw/order_lines` is called `raw/oder_lines` now" in fix(repository)
    repository.write("defs/raw/order_lines.yaml", f"assets:\n{new}".replace(": a", ": b"))
    assert "help: it was removed since the last commit" in fix(repository)


def test_a_key_that_was_changed_is_named(repository: Folder) -> None:
    text = "description: The lines of all orders\nkey: raw/oder_lines\n"
    repository.write("defs/raw/order_lines.yaml", text)
    assert "`raw/order_lines` is called `raw/oder_lines` now" in fix(repository)


def test_what_a_branch_has_removed_is_known_with_its_base(repository: Folder) -> None:
    git(repository.root, "switch", "--quiet", "--create", "topic")
    move(repository, "raw/order_lines", "raw/oder_lines")
    commit(repository.root)
    found = fix(repository, "--changed-since", "main")
    assert "help: `raw/order_lines` is called `raw/oder_lines` now" in found


def test_a_project_below_the_top_of_its_repository_likewise(folder: Folder) -> None:
    init(folder.root)
    inner = Folder(folder.root / "inner")
    inner.asset("raw/order_lines", "description: The lines of all orders\n", SCRIPT)
    inner.asset("sales/revenue", "deps: [raw/order_lines]\n")
    commit(folder.root)
    move(inner, "raw/order_lines", "raw/oder_lines")
    assert "is called `raw/oder_lines` now" in fix(inner)


def test_a_script_that_was_moved_is_named_and_not_written(repository: Folder) -> None:
    manifest = repository.write("defs/sales/totals.yaml", "script: load_totals.py\n")
    script = repository.write("defs/sales/load_totals.py", SCRIPT + SCRIPT)
    commit(repository.root)
    script.rename(script.with_name("laod_totals.py"))
    answer = run("check", "--fix", cwd=repository.root)
    assert "help: it was moved: write `script: laod_totals.py`" in answer.stdout
    assert manifest.read_text() == "script: load_totals.py\n"


def test_a_name_that_the_owner_has_just_removed_is_left(repository: Folder) -> None:
    schema = Path(__file__).parents[1] / "cases/errors/unknown-partitions-def/schemas"
    text = (schema / "manifest.schema.json").read_text()
    repository.write("schemas/manifest.schema.json", text)
    repository.asset("sales/by_month", "partitions_def: monthly\n")
    commit(repository.root)
    assert '"monthly"' in text
    repository.write("schemas/manifest.schema.json", text.replace('"monthly"', '"monthli"'))
    answer = run("check", "--fix", "defs/sales/by_month.yaml", cwd=repository.root)
    assert "help: the platform owner published it before" in answer.stdout
    assert (repository.root / "defs/sales/by_month.yaml").read_text() == "partitions_def: monthly\n"


def test_a_slip_is_fixed_in_a_repository_too(repository: Folder) -> None:
    repository.write("defs/sales/revenue.yaml", "deps: [raw/oder_lines]\n")
    assert run("check", "--fix", cwd=repository.root).returncode == 0
    assert "raw/order_lines" in (repository.root / "defs/sales/revenue.yaml").read_text()


def test_a_repository_without_a_commit_knows_of_nothing(folder: Folder) -> None:
    init(folder.root)
    folder.asset("raw/order_lines")
    folder.asset("sales/revenue", "deps: [raw/oder_lines]\n")
    assert run("check", "--fix", cwd=folder.root).returncode == 0
