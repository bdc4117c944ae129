"""A script is shipped with all that it needs, importable as it is, under a name of its content."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.shipping.bundles import Bundle, bundles_of, files_of
from pipes_projects.disk.cache import FEW
from tests.support.folder import Folder


def bundle(folder: Folder, script: str = "defs/g/one.py") -> Bundle:
    return bundles_of(folder.compile().project, folder.root)[script]


def test_a_bundle_has_the_script_its_helpers_and_its_code_paths(folder: Folder) -> None:
    folder.asset("g/one", "code_paths: [../../sql]\n", "from lib import a\n")
    folder.write("defs/g/lib/__init__.py")
    folder.write("defs/g/lib/a.py", "import b\n")
    folder.write("defs/g/b.py")
    folder.write("defs/g/not_used.py")
    folder.write("sql/orders.sql", "select 1")
    assert set(bundle(folder).files) == {
        "defs/g/one.py", "defs/g/lib/__init__.py", "defs/g/lib/a.py", "defs/g/b.py",
        "sql/orders.sql",
    }  # fmt: skip


def test_a_bundle_runs_where_it_is_put(folder: Folder, tmp_path: Path) -> None:
    script = """\
        import sys
        from pathlib import Path

        sys.path.append(str(Path(__file__).parents[2] / "lib"))
        import far
        import near

        print(far.X + near.X)
    """
    folder.asset("g/one")
    folder.write("defs/g/one.py", script)
    folder.write("defs/g/near.py", "X = 1\n")
    folder.write("lib/far.py", "X = 2\n")
    found = bundle(folder)
    for path, data in files_of(found, folder.root):
        assert path.startswith(f"store/{found.hash[:16]}/")
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-B", tmp_path / found.folder / found.main],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "3\n"


def test_the_hash_is_of_names_and_contents_byte_for_byte(folder: Folder) -> None:
    folder.asset("g/one", script="import b\n")
    folder.write("defs/g/b.py")
    first = bundle(folder).hash
    os.utime(folder.root / "defs/g/one.py", (1, 1))
    folder.write("defs/g/other.py")
    assert bundle(folder).hash == first
    folder.write("defs/g/b.py", "x = 1\n")
    second = bundle(folder)
    assert second.hash != first
    (folder.root / "defs/g/b.py").write_bytes(b"x = 1\r\n")
    third = bundle(folder)
    assert third.hash != second.hash
    assert third.parts["defs/g/one.py"] == second.parts["defs/g/one.py"]
    assert (second.as_text, third.as_text) == ({}, {"defs/g/b.py": second.parts["defs/g/b.py"]})


def test_what_can_be_run_by_its_path_is_another_bundle(folder: Folder) -> None:
    folder.asset("g/one", "code_paths: [tool.sh]\n")
    folder.write("defs/g/tool.sh", "#!/bin/sh\n")
    before = bundle(folder)
    (folder.root / "defs/g/tool.sh").chmod(0o755)
    after = bundle(folder)
    assert (before.executable, after.executable) == ((), ("defs/g/tool.sh",))
    assert before.hash != after.hash
    assert before.files == after.files


def test_two_manifests_of_one_script_ship_what_both_need(folder: Folder) -> None:
    folder.write("defs/g/one.yaml", "script: shared.sh\ncode_paths: [a.sql]\n")
    folder.write("defs/g/two.yaml", "script: shared.sh\ncode_paths: [b.sql]\n")
    for name in ("shared.sh", "a.sql", "b.sql"):
        folder.write(f"defs/g/{name}", name)
    found = bundle(folder, "defs/g/shared.sh")
    assert set(found.files) == {"defs/g/shared.sh", "defs/g/a.sql", "defs/g/b.sql"}


def test_a_script_that_is_a_link_in_the_project_runs_from_where_it_is(folder: Folder) -> None:
    folder.write("defs/g/one.yaml")
    folder.write("lib/real.py", "import beside\n")
    folder.write("lib/beside.py")
    (folder.root / "defs/g/one.py").symlink_to("../../lib/real.py")
    found = bundle(folder)
    assert found.main == "lib/real.py"
    assert set(found.files) == {"lib/real.py", "lib/beside.py"}


@pytest.mark.parametrize("is_folder", [True, False])
def test_links_out_of_the_project_are_refused(folder: Folder, is_folder: bool) -> None:
    outside = folder.root.parent / "outside"
    outside.mkdir()
    (outside / "one.py").write_text("pass\n")
    folder.asset("g/one")
    project = folder.compile().project
    (folder.root / "defs/g/one.py").unlink()
    if is_folder:
        (folder.root / "defs/g/one.yaml").unlink()
        (folder.root / "defs/g").rmdir()
        (folder.root / "defs/g").symlink_to(outside)
    else:
        (folder.root / "defs/g/one.py").symlink_to(outside / "one.py")
    with pytest.raises(DeployError, match="leads out of the project"):
        bundles_of(project, folder.root)


@pytest.mark.parametrize(
    ("script", "link"),
    [
        ("import helper\n", "defs/g/helper.py"),
        ("from lib import helper\n", "defs/g/lib/helper.py"),
        ("def late():\n    import pack.inner\n", "defs/g/pack"),
        ("import plain.inner\n", "defs/g/plain"),
        ("import near\n", "defs/g/deep.py"),
    ],
)
def test_a_helper_that_is_a_link_out_of_the_project_is_refused(
    folder: Folder, script: str, link: str
) -> None:
    outside = folder.root.parent / "outside"
    for name in ("pack/__init__.py", "pack/inner.py", "plain/inner.py", "helper.py"):
        (outside / name).parent.mkdir(parents=True, exist_ok=True)
        (outside / name).write_text("pass\n")
    folder.asset("g/one", script=script)
    folder.write("defs/g/lib/__init__.py")
    folder.write("defs/g/near.py", "import deep\n")
    name = link.rpartition("/")[2]
    target = outside / (name if (outside / name).exists() else "helper.py")
    (folder.root / link).symlink_to(target)
    with pytest.raises(DeployError, match=f"`{link}` leads out of the project, by a link"):
        bundle(folder)
    folder.asset("g/one", script="import json\n")
    assert set(bundle(folder).files) == {"defs/g/one.py"}


def test_links_in_a_code_path_are_shipped_as_files_or_refused(folder: Folder) -> None:
    (folder.root.parent / "far.sql").write_text("select 1")
    folder.asset("g/one", "code_paths: [../../sql]\n")
    folder.write("sql/a.sql")
    folder.write("lib/b.sql", "select 2")
    (folder.root / "sql/b.sql").symlink_to("../lib/b.sql")
    found = bundle(folder)
    assert set(found.files) == {"defs/g/one.py", "sql/a.sql", "sql/b.sql"}
    assert b"select 2" in [data for _, data in files_of(found, folder.root)]
    (folder.root / "sql/far.sql").symlink_to(folder.root.parent / "far.sql")
    with pytest.raises(DeployError, match=r"`sql/far.sql` leads out of the project, by a link"):
        bundle(folder)


def test_a_helper_that_cannot_be_read_is_refused(folder: Folder) -> None:
    folder.asset("g/one", script="import helper\n")
    (folder.root / "defs/g/helper.py").symlink_to("nowhere.py")
    with pytest.raises(DeployError, match=r"`defs/g/helper.py` cannot be read: no such file"):
        bundle(folder)


def test_what_cannot_be_read_is_told(folder: Folder) -> None:
    folder.asset("g/one")
    project = folder.compile().project
    (folder.root / "defs/g/one.py").unlink()
    with pytest.raises(DeployError, match=r"`defs/g/one.py` cannot be read: no such file"):
        bundles_of(project, folder.root)


def test_what_changes_while_it_is_shipped_is_not_shipped_half(folder: Folder) -> None:
    folder.asset("g/one")
    found = bundle(folder)
    folder.write("defs/g/one.py", "other = 1\n")
    with pytest.raises(DeployError, match="was changed while it was shipped"):
        list(files_of(found, folder.root))


def test_what_is_remembered_of_contents_gives_the_same_bundles(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder.write("defs/g/helper.py", "import deep\n")
    folder.write("defs/g/deep.py")
    for number in range(FEW + 1):
        folder.asset(f"g/s{number}", script=f"import helper\n\nx = {number}\n")
    project = folder.compile().project
    first = bundles_of(project, folder.root)
    (kept,) = (tmp_path / "cache/pipes-projects").glob("imports-*.json")
    assert bundles_of(project, folder.root) == first
    folder.write("defs/g/helper.py", "")
    changed = bundles_of(project, folder.root)
    assert "defs/g/deep.py" not in changed["defs/g/s7.py"].files
    for broken in ("", "[]", '{"whose": 1}', kept.read_text().replace("[", "{")):
        kept.write_text(broken)
        assert bundles_of(project, folder.root) == changed
