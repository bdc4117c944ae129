"""Where jobs are submitted from: what such a machine does, and this one."""

from __future__ import annotations

import errno
import os
import shlex
import stat
import subprocess
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

ANSWERS: Final = 30
"""Seconds in which a command is done."""
NOT_FOUND: Final = 127
TOO_LATE: Final = 124
_KEPT: Final = frozenset(
    {"HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TERM", "TZ", "USER", "SLURM_CONF", "KRB5CCNAME"}
)


class Answer(NamedTuple):
    """What a command says."""

    code: int
    out: str
    err: str


class SubmitHost(Protocol):
    """A machine that has Slurm's commands, and sees the folder that nodes see."""

    def run(self, words: Sequence[str], data: bytes = b"") -> Answer:
        """Run a command with data on its stdin; one that takes too long has the code `TOO_LATE`."""
        ...

    def read(self, path: str, offset: int) -> bytes:
        """What is in a file from there on; raises `OSError`, and `ShrunkError`."""
        ...

    def write(self, path: str, text: str) -> None:
        """Replace what is in a file."""
        ...


class HostLostError(Exception):
    """The connection to the host is lost."""


class ShrunkError(Exception):
    """A file is shorter than it was."""


class Here(SubmitHost):
    """This machine. Commands get no signals that are meant for the job, and of Dagster's
    environment only what a login has: `sbatch` passes it on."""

    def run(self, words: Sequence[str], data: bytes = b"") -> Answer:
        """See `SubmitHost`."""
        deaf = ["sh", "-c", 'trap "" INT TERM; exec "$@"', "sh", *words]
        try:
            done = subprocess.run(
                deaf, input=data, capture_output=True, env=_login(), timeout=ANSWERS, check=False
            )
        except subprocess.TimeoutExpired:
            return Answer(TOO_LATE, "", f"`{words[0]}` was not done within {ANSWERS} seconds")
        out, err = (text.decode("utf-8", "replace").strip() for text in (done.stdout, done.stderr))
        return Answer(done.returncode, out, err)

    def read(self, path: str, offset: int) -> bytes:
        """See `SubmitHost`. Opening it anew makes network file systems look again."""
        refuse_odd(os.stat(path).st_mode, path)
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size < offset:
                raise ShrunkError
            file.seek(offset)
            return file.read()

    def write(self, path: str, text: str) -> None:
        """See `SubmitHost`."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def refuse_odd(mode: int | None, path: str) -> None:
    """Raises `OSError` for what is no file, and might never answer."""
    if mode is not None and not stat.S_ISREG(mode):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def _login() -> dict[str, str]:
    """Without the variables of a job that Dagster itself may run in."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(("LC_", "SBATCH_"))
    }


def shell(words: Sequence[str]) -> str:
    """A command as one text for a shell."""
    return " ".join(map(shlex.quote, words))
