"""POSIX: a supervisor stands between this process and the script, and each watches the other."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipes_projects.running.ending import Ending, cannot_start
from pipes_projects.running.output import Write
from pipes_projects.running.process import MARK, Command, Process, pumps

if TYPE_CHECKING:
    import psutil

_SUPERVISOR = str(Path(__file__).with_name("supervisor.py"))
_LAST = 10.0


class PosixProcess(Process):
    """A script below its supervisor."""

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
        self.is_ended = False
        self.unread = b""
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        (theirs, self.control), (self.status, status) = os.pipe(), os.pipe()
        ends = (out_end, err_end, theirs, status)
        own = [_bare_python(), "-I", "-S", _SUPERVISOR, str(theirs), str(status), self.mark]
        try:
            self.supervisor = subprocess.Popen(
                [*own, str(grace), _libraries(), *command.words],
                stdin=subprocess.DEVNULL,
                stdout=out_end,
                stderr=err_end,
                cwd=command.cwd,
                env=dict(command.env),
                pass_fds=(theirs, status),
                start_new_session=True,
            )
        except OSError as error:
            for stream in (out, err, self.control, self.status):
                os.close(stream)
            raise cannot_start(command.words, command.cwd, error.errno or 0) from error
        finally:
            for stream in ends:
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
        """The next line that the supervisor tells; nothing, once it has ended."""
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
        """The supervisor was killed itself: what it watched is found by group and by mark."""
        import psutil  # takes time, and is hardly ever needed here

        until = time.monotonic() + _LAST
        while (members := self._orphans()) and time.monotonic() < until:
            for process in members:
                with suppress(psutil.Error):
                    process.kill()
            time.sleep(0.02)

    def _orphans(self) -> list[psutil.Process]:
        import psutil

        return [it for it in psutil.process_iter() if self._is_orphan(it)]

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
        """See `Process`: a supervisor whose host is gone ends all."""
        for stream in (self.control, self.status):
            with suppress(OSError):
                os.close(stream)
        self.supervisor.wait()


def _bare_python() -> str:
    """The interpreter itself: that of an environment takes longer to start."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _libraries() -> str:
    """Where the supervisor finds psutil, should it need it."""
    found = find_spec("psutil")
    return str(Path(found.origin).parents[1]) if found and found.origin else ""
