"""The program that forks a supervisor for each script: started once for this process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

_PROGRAM = str(Path(__file__).with_name("supervisor.py"))


class Supervisors:
    """Requests supervisors; threads may share it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.program: subprocess.Popen[bytes] | None = None
        self.socket: socket.socket | None = None

    def ask(self, request: Mapping[str, Any], streams: Sequence[int]) -> None:
        """Have a script supervised; the file descriptors are stdout, stderr, CONTROL, STATUS."""
        text = json.dumps(request).encode("utf-8", "surrogateescape")
        with self.lock:
            try:
                self._send(text, streams)
            except OSError:  # the program was killed
                self._close()
                self._send(text, streams)

    def _send(self, text: bytes, streams: Sequence[int]) -> None:
        host = self.socket or self._started()
        socket.send_fds(host, [len(text).to_bytes(8, "big")], streams)
        host.sendall(text)

    def _started(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        number = theirs.fileno()
        with theirs:
            self.program = subprocess.Popen(
                [_bare_python(), "-I", "-S", _PROGRAM, str(number), _libraries()],
                stdin=subprocess.DEVNULL,
                pass_fds=(number,),
                start_new_session=True,
            )
        self.socket = ours
        return ours

    def _close(self) -> None:
        if self.socket is not None:
            self.socket.close()
        if self.program is not None:
            self.program.poll()
        self.socket = self.program = None

    def forget(self) -> None:
        """For a fork of this process, in which whatever exists belongs to the parent."""
        self._close()
        self.lock = Lock()


def _bare_python() -> str:
    """The base interpreter, because a virtual environment's takes longer to start."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _libraries() -> str:
    """Where a supervisor finds psutil if it needs it."""
    found = find_spec("psutil")
    return str(Path(found.origin).parents[1]) if found and found.origin else ""


supervisors = Supervisors()
os.register_at_fork(after_in_child=supervisors.forget)
