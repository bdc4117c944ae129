"""A server that takes a question, and never answers, is given up, and told in one sentence."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import psutil
import pytest
from gcsfs.core import GCSFileSystem

from pipes_projects.analysis.git import bare
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.opening import open_storage
from pipes_projects.deploy.storage.places import patience
from pipes_projects.deploy.storage.places.servers import sftp_connection
from pipes_projects.deploy.storage.places.servers.remote import SILENT, RemoteStorage
from pipes_projects.deploy.storage.storage import Storage

KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
VERBS: dict[str, Callable[[Storage], object]] = {
    "create": lambda storage: storage.create("a/b", b"x"),
    "create_all": lambda storage: storage.create_all([("a/b", b"x")]),
    "read": lambda storage: storage.read("a/b"),
    "entries": lambda storage: storage.entries("a"),
    "remove": lambda storage: storage.remove("a"),
    "remove_files": lambda storage: storage.remove_files(["a/b"]),
}


@pytest.fixture
def silent() -> Iterator[str]:
    """Where somebody takes connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for long."""
    monkeypatch.setattr(patience, "SECONDS", 0.5)
    monkeypatch.setattr(sftp_connection, "SECONDS", 0.5)
    monkeypatch.setattr(sftp_connection, "TRIES", 2)


def of(kind: str, server: str) -> Storage:
    url = f"http://{server}"
    account = f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey={KEY};BlobEndpoint={url}/a;"
    options: dict[str, tuple[str, dict[str, Any]]] = {
        "s3": ("s3://b/dev", {"key": "k", "secret": "s", "client_kwargs": {"endpoint_url": url}}),
        "gcs": ("gs://b/dev", {"endpoint_url": url, "token": "anon"}),
        "azure": ("abfs://b/dev", {"account_name": "a", "connection_string": account}),
        "sftp": (f"sftp://u:p@{server}/dev", {"allow_agent": False, "look_for_keys": False}),
    }
    at, given = options[kind]
    return open_storage(at, Path("/nowhere"), given)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", ["s3", "gcs", "azure", "sftp"])
def test_a_silent_server_is_given_up(silent: str, kind: str, verb: str) -> None:
    storage = of(kind, silent)
    with pytest.raises(DeployError) as told:
        VERBS[verb](storage)
    assert storage.shown in str(told.value)
    assert kind == "sftp" or "has stopped answering" in str(told.value)


def test_gcs_asks_again_in_time(silent: str) -> None:
    """By itself, its client waits for an answer for ever, and then asks by gRPC."""
    storage = of("gcs", silent)
    assert isinstance(storage, RemoteStorage)
    assert type(storage._files) is GCSFileSystem
    assert storage._files.requests_timeout.sock_read == SILENT < patience.SECONDS


class Sleeping(fsspec.AbstractFileSystem):
    """A file system that asks its server by itself."""

    def pipe_file(self, *_: object, **__: object) -> None:
        time.sleep(60)

    cat_file = ls = find = rm = pipe_file


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("verb", VERBS)
def test_any_other_client_is_given_up_too(tmp_path: Path, verb: str) -> None:
    fsspec.register_implementation("sleeping", Sleeping, clobber=True)
    with pytest.raises(DeployError, match="`sleeping://dev` has stopped answering"):
        VERBS[verb](open_storage("sleeping://dev", tmp_path))


@pytest.mark.parametrize("url", ["git+ssh://git@{}/x.git", "git+http://{}/x.git"])
def test_git_is_given_up_with_what_it_connects_by(
    silent: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bare, "SECONDS", 2)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -o StrictHostKeyChecking=no")
    storage = open_storage(url.format(silent), tmp_path)
    before = {child.pid for child in psutil.Process(os.getpid()).children(recursive=True)}
    with pytest.raises(DeployError, match="git has not answered within 2 seconds"):
        storage.read("a")
    assert not [
        child
        for child in psutil.Process(os.getpid()).children(recursive=True)
        if child.pid not in before
    ]
