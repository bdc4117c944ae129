"""Windows: a job object holds the script and all it starts, and the system ends them with it.

Only this process has the job's handle, and `KILL_ON_JOB_CLOSE` is set: however this process ends,
Windows closes the handle and kills everything in the job.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from ctypes import wintypes

import psutil

from pipes_projects.running.ending import Ending, cannot_start
from pipes_projects.running.process import Command, Process, pumps
from pipes_projects.text.masking import Write

assert sys.platform == "win32"

_CREATE_SUSPENDED = 0x4
_EXTENDED_LIMIT_INFORMATION = 9
_KILL_ON_JOB_CLOSE = 0x2000
_KILLED = 0xC000013A  # STATUS_CONTROL_C_EXIT
_STEP = 0.05


class WindowsProcess(Process):
    """A script in a job object of its own."""

    def __init__(
        self,
        command: Command,
        outputs: tuple[Write, Write],
        secrets: Sequence[str],
        grace: float,
    ) -> None:
        self.grace = grace
        self.kill_at: float | None = None
        self.job = _job()
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | _CREATE_SUSPENDED
        try:
            self.process = subprocess.Popen(
                list(command.words),
                stdin=subprocess.DEVNULL,
                stdout=out_end,
                stderr=err_end,
                cwd=command.cwd,
                env=dict(command.env),
                creationflags=flags,
            )
        except OSError as error:
            self.job.close()
            for stream in (out, err):
                os.close(stream)
            raise cannot_start(command.words, command.cwd, error.errno or 0) from error
        finally:
            for stream in (out_end, err_end):
                os.close(stream)
        self.job.take(self.process)  # before it runs: whatever it starts is in the job too
        psutil.Process(self.process.pid).resume()
        self.stdout, self.stderr = pumps((out, err), outputs, secrets)

    def wait(self, seconds: float) -> Ending | None:
        """See `Process`."""
        until = time.monotonic() + seconds
        while self.process.poll() is None:
            if self.kill_at is not None and time.monotonic() >= self.kill_at:
                self.job.terminate()
            if time.monotonic() >= until:
                return None
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_STEP)
        self.job.close()
        return Ending(self.process.returncode)

    def end(self) -> None:
        """Ctrl+Break, which asks console programs to end; after the grace, the job is ended."""
        if self.kill_at is None:
            self.kill_at = time.monotonic() + self.grace
            with suppress(OSError):
                self.process.send_signal(signal.CTRL_BREAK_EVENT)

    def close(self) -> None:
        """See `Process`."""
        self.job.close()
        self.process.wait()


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
        ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
        ("LimitFlags", wintypes.DWORD),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", wintypes.DWORD),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", wintypes.DWORD),
        ("SchedulingClass", wintypes.DWORD),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_ulonglong * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class _Job:
    """A job object; no other process inherits its handle."""

    def __init__(self, handle: int, kernel: ctypes.WinDLL) -> None:
        self.handle: int | None = handle
        self.kernel = kernel

    def take(self, process: subprocess.Popen[bytes]) -> None:
        """Put a process into the job."""
        theirs = int(process._handle)  # type: ignore[attr-defined]  # Windows alone has it
        self._checked(self.kernel.AssignProcessToJobObject(self.handle, theirs))

    def terminate(self) -> None:
        """End every process in the job."""
        self.kernel.TerminateJobObject(self.handle, _KILLED)

    def close(self) -> None:
        """Let go of the job: whatever is left in it is ended."""
        if self.handle is not None:
            self.kernel.CloseHandle(self.handle)
            self.handle = None

    def _checked(self, done: int) -> None:
        if not done:
            raise ctypes.WinError(ctypes.get_last_error())


def _job() -> _Job:
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    for name in ("AssignProcessToJobObject", "TerminateJobObject", "CloseHandle"):
        getattr(kernel, name).restype = wintypes.BOOL
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    kernel.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
    kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    kernel.SetInformationJobObject.argtypes = (
        *(wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD),
    )
    job = _Job(kernel.CreateJobObjectW(None, None), kernel)
    limits = _ExtendedLimits()
    limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
    size = ctypes.sizeof(limits)
    job._checked(
        kernel.SetInformationJobObject(
            job.handle, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size
        )
    )
    return job
