"""PostgreSQL, Redis, and what docs/scale.md starts: on 127.0.0.1, in folders of their own.

Each is ended by its process, with everything below it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

HOST = "127.0.0.1"


def free_port() -> int:
    """One that nothing listens on now."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether something takes connections."""
    with socket.socket() as asked:
        asked.settimeout(0.5)
        return asked.connect_ex((HOST, port)) == 0


def wait(is_so: Callable[[], object], seconds: float, what: str) -> None:
    """Until it is so; fails after some seconds."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"after {seconds:g} s: {what}"
        time.sleep(0.1)


def end(process: psutil.Process) -> None:
    """End a server with all that it started; what does not end in time is killed."""
    tree = [process]
    try:
        tree += process.children(recursive=True)
        process.terminate()
    except psutil.NoSuchProcess:
        return
    _, left = psutil.wait_procs(tree, timeout=10)
    for stubborn in left:
        stubborn.kill()
    psutil.wait_procs(left, timeout=10)


class Servers:
    """Those of a test run, with their logs in a folder."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.env: dict[str, str] = {**os.environ}
        self.env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{self.env['PATH']}"

    def start(self, command: str, cwd: Path, **env: str) -> psutil.Popen:
        """Start a command of the page, with variables of its own."""
        known = {**self.env, **env}
        words = [os.path.expandvars(word) for word in shlex.split(_filled(command, known))]
        with (self.folder / f"{Path(words[0]).name}-{free_port()}.log").open("wb") as log:
            process = psutil.Popen(words, cwd=cwd, env=known, stdout=log, stderr=log)
        self.stack.callback(end, process)
        return process

    def redis(self) -> int:
        """Its port."""
        port, folder = free_port(), self.folder / "redis"
        folder.mkdir()
        self.start(
            f"redis-server --port {port} --bind {HOST} --dir {folder} --save '' --appendonly no",
            folder,
        )
        wait(lambda: listens(port), 20, "Redis does not answer")
        return port

    def postgres(self) -> int:
        """Its port; whoever connects is who they say."""
        folder = Path(self.stack.enter_context(TemporaryDirectory(prefix="postgres-")))
        programs, who = _postgres_programs(), {}
        if os.getuid() == 0:  # PostgreSQL refuses root
            shutil.chown(folder, "postgres", "postgres")
            who = {"user": "postgres", "group": "postgres", "extra_groups": []}
        port, data = free_port(), folder / "data"
        words = [programs / "initdb", "-D", data, "-U", "dagster", "-A", "trust", "-N"]
        words += ["--encoding=UTF8", "--locale=C"]
        subprocess.run(words, cwd=folder, stdout=subprocess.DEVNULL, check=True, **who)  # type: ignore[call-overload]
        words = [programs / "postgres", "-D", data, "-h", HOST, "-p", str(port), "-k", folder]
        with (self.folder / "postgres.log").open("wb") as log:
            server = psutil.Popen(
                [*words, "-c", "fsync=off"], cwd=folder, stdout=log, stderr=log, **who
            )
        self.stack.callback(_end_postgres, server)
        wait(lambda: _answers(programs, port), 30, "PostgreSQL does not answer")
        return port


def _filled(command: str, env: Mapping[str, str]) -> str:
    for name, value in env.items():
        command = command.replace(f'"${name}"', shlex.quote(value))
    return command


def _postgres_programs() -> Path:
    """Debian keeps those of each version in a folder, outside the PATH."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    found = shutil.which("initdb")
    return newest[-1].parent if newest else Path(found or "initdb").parent


def _version(program: Path) -> int:
    return int(program.parts[-3])


def _answers(programs: Path, port: int) -> bool:
    words = [programs / "pg_isready", "-h", HOST, "-p", str(port), "-q"]
    return subprocess.run(words, check=False).returncode == 0


def _end_postgres(server: psutil.Popen) -> None:
    """Without waiting for whoever is still connected."""
    server.send_signal(2)
    psutil.wait_procs([server], timeout=10)
    end(server)


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """All are ended at the end, the last first."""
    with ExitStack() as stack:
        yield Servers(folder, stack)
