"""POSIX: a supervisor sits between this process and the script, and watches both."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from pipes_projects.running.ending import Ending, cannot_start
from pipes_projects.running.process import MARK, Command, Process, pumps
from pipes_projects.running.process.supervisors import supervisors
from pipes_projects.text.masking import Write

if TYPE_CHECKING:
    import psutil

_LAST = 10.0


class PosixProcess(Process):
    """A script under its supervisor."""

    def __init__(
        self,
        command: Command,
        outputs: tuple[Write, Write],
        secrets: Sequence[str],
        grace: float,
    ) -> None:
        self.mark = command.env[MARK]
        self.pid = 0
        self.ending = Ending(lost=True)
        self.is_ended = self.is_closed = False
        self.unread = b""
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        (theirs, self.control), (self.status, status) = os.pipe(), os.pipe()
        request = {
            "command": list(command.words),
            "env": dict(command.env),
            "cwd": command.cwd,
            "scratch": command.scratch,
            "path": command.env.get("PATH") or os.environ.get("PATH") or os.defpath,
            "mark": self.mark,
            "grace": grace,
            "patience": command.patience,
        }
        try:
            supervisors.ask(request, (out_end, err_end, theirs, status))
        finally:
            for stream in (out_end, err_end, theirs, status):
                os.close(stream)
        self.stdout, self.stderr = pumps((out, err), outputs, secrets)
        self._expect_start(command)

    def _expect_start(self, command: Command) -> None:
        word, _, number = self._line().partition(" ")
        if word == "started":
            self.pid = int(number)
            return
        self.close()
        if word == "refused":
            raise cannot_start(command.words, command.cwd, int(number))

    def _line(self) -> str:
        """The supervisor's next line; empty once it has ended."""
        while b"\n" not in self.unread:
            data = os.read(self.status, 4096)
            if not data:
                self.is_ended = True
                return ""
            self.unread += data
        line, _, self.unread = self.unread.partition(b"\n")
        return line.decode("utf-8", "replace")

    def wait(self, seconds: float) -> Ending | None:
        """See `Process`."""
        until = time.monotonic() + seconds
        while not self.is_ended:
            left = max(0.0, until - time.monotonic())
            if b"\n" not in self.unread and not select.select([self.status], [], [], left)[0]:
                return None
            self._heed(self._line())
        if self.ending.lost:
            self._end_orphans()
        return self.ending

    def _heed(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "ended":
            code = os.waitstatus_to_exitcode(int(rest))
            self.ending = Ending(code) if code >= 0 else Ending(signal=-code)
        elif word == "left":
            self.ending = self.ending._replace(left=rest)
        elif word == "stuck":
            self.ending = self.ending._replace(stuck=rest)

    def end(self) -> None:
        """See `Process`."""
        with suppress(OSError):
            os.write(self.control, b"e")

    def _end_orphans(self) -> None:
        """The supervisor was itself killed: find what it watched by group and by mark."""
        import psutil  # slow to import, and rarely needed here

        until = time.monotonic() + _LAST
        while (members := self._orphans()) and time.monotonic() < until:
            for process in members:
                with suppress(psutil.Error):
                    process.kill()
            time.sleep(0.02)

    def _orphans(self) -> list[psutil.Process]:
        import psutil

        return [process for process in psutil.process_iter() if self._is_orphan(process)]

    def _is_orphan(self, process: psutil.Process) -> bool:
        import psutil

        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            in_group = self.pid and os.getpgid(process.pid) == self.pid
            return bool(in_group or process.environ().get(MARK) == self.mark)
        except (psutil.Error, OSError):
            return False

    def close(self) -> None:
        """See `Process`: a supervisor whose host is gone ends everything."""
        if self.is_closed:
            return
        self.is_closed = True
        os.close(self.control)
        with suppress(OSError):
            while os.read(self.status, 4096):
                pass
        os.close(self.status)
