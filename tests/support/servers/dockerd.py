"""A Docker daemon of the tests' own, with an image that is made of what Debian has here."""

import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

IMAGE = "pipes-projects-test:latest"
PYTHON = "/usr/bin/python3.11"
_PROGRAMS = (PYTHON, "/bin/bash", "/bin/sleep")
_LIBRARY = Path("/usr/lib/python3.11")
_UNNEEDED = {"test", "__pycache__", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "unittest"}
_QUIET = ("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false",
          "--bridge=none", "--host-gateway-ip=127.0.0.1")  # fmt: skip


@contextmanager
def docker_host(folder: Path) -> Iterator[str]:
    """A daemon that has the image, and changes nothing of this machine's network; its URL."""
    program = shutil.which("dockerd", path=os.pathsep.join((os.environ["PATH"], "/usr/sbin")))
    assert program, "the tests of containers need Docker's daemon: install docker.io"
    assert os.getuid() == 0, "the tests of containers start Docker's daemon: run them as root"
    url = f"unix://{folder}/docker.sock"
    words = [program, "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec",
             "--pidfile", f"{folder}/pid", "-H", url, *_QUIET]  # fmt: skip
    log = folder / "log"
    with log.open("wb") as output:
        daemon = subprocess.Popen(words, stdout=output, stderr=output, start_new_session=True)
    try:
        client = _answering(url, daemon, log)
        with _image(folder) as data:
            client.api.import_image_from_data(
                data.read_bytes(), repository=IMAGE.partition(":")[0], tag="latest"
            )
        yield url
    finally:
        daemon.terminate()
        daemon.wait(timeout=60)
        for left in folder.glob("exec/netns/*"):  # mounted, so that nobody could remove the folder
            subprocess.run(["umount", str(left)], check=False)


def _answering(url: str, daemon: subprocess.Popen[bytes], log: Path) -> Any:
    """A client, once the daemon answers."""
    import docker

    until = time.monotonic() + 60
    while True:
        told = log.read_text("utf-8", "replace")[-2000:]
        assert daemon.poll() is None, f"dockerd could not start on this machine:\n{told}"
        assert time.monotonic() < until, f"dockerd does not answer:\n{told}"
        try:
            return docker.DockerClient(base_url=url)
        except docker.errors.DockerException:
            time.sleep(0.1)


@contextmanager
def _image(folder: Path) -> Iterator[Path]:
    """The files of an image with Python, Bash, and nothing that they do not need."""
    path = folder / "image.tar"
    with tarfile.open(path, "w") as tar:
        for program in _PROGRAMS:
            tar.add(os.path.realpath(program), program)
        tar.add(_LIBRARY, str(_LIBRARY), filter=_needed)
        for name in sorted(_linked()):
            tar.add(os.path.realpath(name), name)
        temporary = tarfile.TarInfo("tmp")
        temporary.type, temporary.mode = tarfile.DIRTYPE, 0o1777
        tar.addfile(temporary)
    try:
        yield path
    finally:
        path.unlink()


def _needed(file: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _UNNEEDED & set(Path(file.name).parts) else file


def _linked() -> set[str]:
    """The libraries that programs, and modules of Python, are linked with."""
    files = [*_PROGRAMS, *map(str, _LIBRARY.glob("lib-dynload/*.so"))]
    told = subprocess.run(["ldd", *files], capture_output=True, text=True, check=True).stdout
    words = (word for line in told.splitlines() if line.startswith("\t") for word in line.split())
    return {word for word in words if word.startswith("/")}
