"""A folder that refuses is one sentence, with what to do; what was there is there."""

import ast
import errno
import os
import sys
from pathlib import Path

import fsspec
import pytest

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.opening import open_storage
from pipes_projects.deploy.storage.paths import UNFINISHED
from pipes_projects.deploy.storage.places import folder as folder_storage
from tests.support.dagster.running import ROOT
from tests.support.servers.storages import Storages, Where

CODE = ROOT / "pipes_projects"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "is full: `a/b` was not put there"),
        (errno.EDQUOT, "is full: `a/b` was not put there"),
        (errno.EACCES, "may not be used by this user"),
        (errno.EROFS, "may not be used by this user"),
        (errno.EOPNOTSUPP, "is on a file system where nothing can be put exactly once"),
        (errno.ENAMETOOLONG, "cannot be used: File name too long"),
        (errno.EIO, "cannot be used: Input/output error"),
    ],
)
@pytest.mark.parametrize("verb", ["create", "create_all"])
def test_what_the_system_refuses_is_told(
    folder: Path, verb: str, number: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number), "/a/path")

    monkeypatch.setattr(folder_storage, "_take_name", refuse)
    storage = Where(str(folder)).open()
    with pytest.raises(DeployError, match=told) as refused:
        storage.create("a/b", b"") if verb == "create" else storage.create_all([("a/b", b"")])
    assert str(folder) in str(refused.value)
    assert refused.value.help
    assert os.listdir(folder / UNFINISHED) == os.listdir(folder / "a") == []


def test_whatever_is_refused_it_is_said_what_to_do() -> None:
    paths = [path for part in ("deploy", "cli/deploy") for path in (CODE / part).rglob("*.py")]
    without = [
        f"{path.name}:{node.lineno}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "DeployError"
        and len(node.args) < 2
    ]
    assert len(paths) > 50
    assert not without


def test_a_file_where_a_folder_should_be(where: Where) -> None:
    storage = where.open()
    storage.create("a", b"a file")
    if where.at.startswith(("/", "sftp:", "git+")):  # elsewhere both may have one name
        with pytest.raises(DeployError, match=r"`a/b` in `.*` cannot be used"):
            storage.create("a/b", b"")
    assert storage.read("a") == b"a file"


def test_the_place_itself_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "code").write_text("")
    storage = open_storage("code", tmp_path)
    with pytest.raises(DeployError, match="a file that should be a folder"):
        storage.create("a/b", b"")


@pytest.mark.parametrize("name", ["a", "a/deeper", UNFINISHED])
def test_links_that_lead_out_are_not_followed(folder: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b").write_text("theirs")
    (folder / name).parent.mkdir(parents=True)
    (folder / name).symlink_to(outside)
    storage = Where(str(folder)).open()
    for use in (
        lambda: storage.create(f"{name}/c", b""),
        lambda: storage.create_all([(f"{name}/c", b"")]),
        lambda: storage.read(f"{name}/b"),
        lambda: storage.entries(name),
        lambda: storage.remove(f"{name}/b"),
    ):
        with pytest.raises(DeployError, match="leads out of"):
            use()
    assert os.listdir(outside) == ["b"]


def test_a_link_is_removed_and_not_what_it_leads_to(where: Where, tmp_path: Path) -> None:
    if not where.at.startswith(("/", "sftp:")):  # others have none
        return
    top = Path(where.at[where.at.find("/", 8) :] if "://" in where.at else where.at)
    (tmp_path / "theirs").write_text("theirs")
    storage = where.open()
    storage.create("a/b", b"")
    (top / "a/link").symlink_to(tmp_path)
    storage.remove("a")
    assert (tmp_path / "theirs").read_text() == "theirs"
    assert storage.entries("a") == []


def test_a_file_that_a_loss_of_power_cut_short_is_put_again(folder: Path) -> None:
    storage = Where(str(folder)).open()
    storage.create_all([("store/1/a.py", b"whole")])
    (folder / "store/1/a.py").write_bytes(b"")
    storage.create_all([("store/1/a.py", b"whole")])
    assert storage.read("store/1/a.py") == b"whole"


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    with pytest.raises(DeployError, match="it is a named pipe"):
        Where(str(folder)).open().read("pipe")


def test_a_path_is_relative_to_the_project(tmp_path: Path) -> None:
    open_storage("../code", tmp_path / "project").create("a", b"")
    assert (tmp_path / "code/a").is_file()


def test_a_url_of_a_folder(tmp_path: Path) -> None:
    assert open_storage(f"file://{tmp_path}", tmp_path / "project").shown == str(tmp_path)


class Careless(fsspec.AbstractFileSystem):
    """Looks whether a file is there, and then writes it, as fsspec does by itself."""


@pytest.mark.parametrize(
    ("at", "told", "help_"),
    [
        ("memory://dev", "nobody else sees", "deploy to a folder"),
        ("gs://company/dev", "needs a package that is not installed", "deploy-gcs"),
        ("abfss://c@a/dev", "needs a package that is not installed", "deploy-azure"),
        ("smb://host/dev", "needs a package that is not installed", "`smb://`"),
        ("ftp://127.0.0.1:1/dev", "cannot be used", "can be reached"),
        ("nonsense://x", "cannot be used: Protocol not known", "check"),
        ("careless://dev", "cannot put a file exactly once", "deploy to a folder, S3"),
    ],
)
def test_what_cannot_be_a_storage_is_told(
    at: str, told: str, help_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("gcsfs", "adlfs", "smbprotocol"):
        monkeypatch.setitem(sys.modules, package, None)
    fsspec.register_implementation("careless", Careless, clobber=True)
    with pytest.raises(DeployError, match=told) as refused:
        open_storage(at, tmp_path)
    assert help_ in str(refused.value.help)


def test_a_package_that_is_not_installed(
    storages: Storages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(DeployError) as refused:
        storages.fresh("s3").open()
    assert refused.value.help == "`pip install 'pipes-projects[deploy-s3]'`"
