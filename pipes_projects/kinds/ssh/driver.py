"""`python -m pipes_projects.kinds.ssh.driver OPTIONS`: runs a script on another host.

A small shell script there starts it and watches this process, at the other end of the connection:
if it is killed, or the connection is lost, the script is ended there and its folder is removed.
"""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, Final

import paramiko

from pipes_projects.kinds.connections import connection
from pipes_projects.kinds.drivers.ended import ScriptEnd
from pipes_projects.kinds.drivers.ending import Signals, end_like, write
from pipes_projects.kinds.drivers.errand import Received
from pipes_projects.kinds.drivers.parcel import Parcel, kept_at
from pipes_projects.kinds.ssh.connecting import SECONDS, UnreachableHostError, connected

_PROGRAM: Final = Path(__file__).with_name("run.sh")
_OFTEN: Final = 0.05
_PIECE: Final = 1 << 15
_LOST: Final = "the connection to the host was lost, and so the script was ended there"


def main() -> None:
    """Run the script; end as it ended."""
    errand = Received.of_environment()
    options: dict[str, Any] = json.loads(sys.argv[1])
    signals = Signals(errand.grace)
    try:
        with connected(connection(options["connection"])) as client:
            code = _Run(client, errand, options).to_its_end(signals)
    except UnreachableHostError as error:
        errand.refuse(str(error))
    end_like(code)


class _Run:
    """A script on a host."""

    def __init__(
        self, client: paramiko.SSHClient, errand: Received, options: Mapping[str, Any]
    ) -> None:
        self.client, self.errand, self.options = client, errand, options
        self.parcel = Parcel(errand, options, _PROGRAM)
        self.offset, self.is_cut = 0, False

    def to_its_end(self, signals: Signals) -> int:
        """Take it there, start it, and pass on what it says; returns its exit code."""
        self.errand.runs_in(self.parcel.root)
        self._deliver()
        signals.pass_on()
        self.server = self.client.open_sftp()
        self.server.get_channel().settimeout(SECONDS)  # type: ignore[union-attr]
        messages = self.server.open(self.parcel.messages, "rb")
        channel = self._started()
        carriers = [_carrier(channel.recv, 1), _carrier(channel.recv_stderr, 2)]
        try:
            with messages:
                code = self._code(channel, messages, signals)
            self._refuse_if_told()
            channel.sendall(b"DONE\n")
        except (OSError, EOFError, paramiko.SSHException):
            write(2, f"{_LOST}\n".encode())
            return 1
        for carrier in carriers:
            carrier.join(SECONDS)
        if self.options.get("keep"):
            write(2, f"{kept_at(self.options['connection'], self.parcel)}\n".encode())
        return code

    def _deliver(self) -> None:
        folder = shlex.quote(self.parcel.folder)
        words = f"umask 077 && mkdir {folder} && tar -xf - -C {folder} && [ -r /proc/self/environ ]"
        into, out, error = self.client.exec_command(words)
        with suppress(OSError):  # it may have ended already, and says why
            into.write(self.parcel.packed())
            into.flush()
            into.channel.shutdown_write()
        why = error.read().decode("utf-8", "replace").strip().replace("\n", "; ")
        if out.channel.recv_exit_status() != 0:
            why = why or "it has no `/proc`, as only Linux has"
            self.errand.refuse(f"the host cannot take the script: {why}")

    def _started(self) -> paramiko.Channel:
        transport = self.client.get_transport()
        assert transport is not None
        channel = transport.open_session(timeout=SECONDS)
        tenths = max(1, round(10 * self.errand.grace))
        keep = "yes" if self.options.get("keep") else "no"
        folder = shlex.quote(self.parcel.folder)
        channel.exec_command(f"sh {folder}/run.sh {folder} {self.parcel.mark} {tenths} {keep}")
        return channel

    def _code(
        self, channel: paramiko.Channel, messages: paramiko.SFTPFile, signals: Signals
    ) -> int:
        """Wait for the end of the script; its messages are copied meanwhile."""
        while True:
            ended = self._ended()
            self._copy(messages)
            if ended is not None:
                ended.tell(self.errand, self.offset, self.is_cut)
                return ended.code
            if channel.closed:
                raise EOFError
            name = signals.take()
            if name is not None:
                channel.sendall(f"{name.removeprefix('SIG')}\n".encode())
            time.sleep(_OFTEN)

    def _ended(self) -> ScriptEnd | None:
        try:
            with self.server.open(f"{self.parcel.folder}/ended", "rb") as file:
                return ScriptEnd.of(file.read())
        except FileNotFoundError:
            return None

    def _copy(self, messages: paramiko.SFTPFile) -> None:
        """Append what is new to the file that the host of this process reads."""
        self.is_cut = self.is_cut or (messages.stat().st_size or 0) < self.offset
        messages.seek(self.offset)
        while data := messages.read(_PIECE):
            with self.errand.messages.open("ab") as file:
                file.write(data)
            self.offset += len(data)

    def _refuse_if_told(self) -> None:
        with suppress(FileNotFoundError):
            with self.server.open(f"{self.parcel.folder}/refusal", "rb") as file:
                why = file.read().decode("utf-8", "replace").strip()
            self.errand.refuse(f"the host of connection `{self.options['connection']}` {why}")


def _carrier(receive: Callable[[int], bytes], stream: int) -> Thread:
    """Passes on what the script prints."""

    def carry() -> None:
        with suppress(OSError):
            while data := receive(_PIECE):
                write(stream, data)

    carrier = Thread(target=carry, name="script-output", daemon=True)
    carrier.start()
    return carrier


if __name__ == "__main__":
    main()
