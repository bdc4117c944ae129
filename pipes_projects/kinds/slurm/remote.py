"""A host from which jobs are submitted, over SSH."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from threading import Thread

import paramiko

from pipes_projects.kinds.slurm.submit_hosts import (
    ANSWERS,
    TOO_LATE,
    Answer,
    HostLostError,
    ShrunkError,
    SubmitHost,
    refuse_odd,
    shell,
)
from pipes_projects.kinds.ssh.connecting import SECONDS

_PIECE = 1 << 15


class There(SubmitHost):
    """Its commands are those that the user of the connection has after a login."""

    def __init__(self, client: paramiko.SSHClient) -> None:
        self.client = client
        self.files = client.open_sftp()
        channel = self.files.get_channel()
        assert channel is not None
        channel.settimeout(SECONDS)
        self.login: list[str] = []
        known = self.run(["bash", "-lc", 'echo "PATH=$PATH" && env | grep ^SLURM_CONF='])
        if known.out:
            self.login = ["env", *known.out.splitlines()]

    def run(self, words: Sequence[str], data: bytes = b"") -> Answer:
        """See `SubmitHost`."""
        try:
            into, out, err = self.client.exec_command(shell([*self.login, *words]), timeout=ANSWERS)
            with suppress(OSError):  # it may have ended already, and says why
                into.write(data)
                into.channel.shutdown_write()
            told = bytearray()
            reader = Thread(target=lambda: told.extend(err.read()), daemon=True)
            reader.start()
            said = out.read()
            reader.join(ANSWERS)
            code = out.channel.recv_exit_status()
        except TimeoutError:
            return Answer(TOO_LATE, "", f"`{words[0]}` was not done within {ANSWERS} seconds")
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise HostLostError from error
        texts = (text.decode("utf-8", "replace").strip() for text in (said, bytes(told)))
        return Answer(code, *texts)

    def read(self, path: str, offset: int) -> bytes:
        """See `SubmitHost`."""
        data = bytearray()
        try:
            refuse_odd(self.files.stat(path).st_mode, path)
            with self.files.open(path, "rb") as file:
                if (file.stat().st_size or 0) < offset:
                    raise ShrunkError
                file.seek(offset)
                while piece := file.read(_PIECE):
                    data += piece
        except (EOFError, paramiko.SSHException, TimeoutError) as error:
            raise HostLostError from error
        return bytes(data)

    def write(self, path: str, text: str) -> None:
        """See `SubmitHost`."""
        try:
            with self.files.open(path, "w") as file:
                file.write(text)
        except (EOFError, paramiko.SSHException, TimeoutError) as error:
            raise HostLostError from error
