"""The parents of scripts on POSIX: a separate program, which ends everything that scripts started.

It is run as a file, once per host, by a bare Python (`-I -S`), and imports nothing of ours:

    supervisor.py SOCKET LIBRARIES

For each request on SOCKET it forks a supervisor. That starts the script in a process group of its
own, adopts whatever the script leaves behind (on Linux), and tells the host how the script ended.
When the host asks, is killed, or goes away, it ends the whole tree. Forking takes a millisecond,
whereas starting Python takes twenty.

A request is its length in eight bytes, then JSON with `command`, `env`, `cwd`, `path`, `mark`,
`grace`, `patience` (seconds more before SIGKILL) and `scratch`; with it come four file
descriptors: the script's stdout and stderr, CONTROL and STATUS. The end of CONTROL means that the
host is gone; a byte, that the tree has to end. On STATUS, a supervisor writes one line each:
`started PID`, or `refused ERRNO`; `ended STATUS`, as from `waitpid`; `left NAMES`, for processes
that the script left behind; `stuck NAMES`, for those that even SIGKILL did not end.
"""

import ctypes
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
MARK = "PIPES_PROJECTS_SCRIPT"
_ADOPTS = sys.platform == "linux"
_SET_CHILD_SUBREAPER = 36
_SOON, _OFTEN = 0.001, 0.05
_LAST = 10.0
_NAMED = 5


class Supervisor:
    """One script, and everything that it started."""

    def __init__(self, request: dict[str, Any], control: int, status: int) -> None:
        self.control, self.status = control, status
        self.mark, self.grace = str(request["mark"]), float(request["grace"])
        self.until_killed = self.grace + float(request["patience"])
        self.command, self.env = request["command"], request["env"]
        self.scratch = str(request["scratch"])
        self.child = 0
        self.is_running = False
        self.has_children = True
        self.woken, wake = os.pipe()
        for end in (self.woken, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: None)  # a signal wakes `select`, nothing else

    def run(self) -> None:
        """Start the script, and stay until it and all its children have ended."""
        if not self.start():
            return
        ended_by_itself = self.has_ended_by_itself()
        if ended_by_itself:
            self.tell_names("left", self.tree())
        self.end_tree()
        if not ended_by_itself and self.is_alone():
            self.remove_scratch()

    def is_alone(self) -> bool:
        """Whether the host is gone."""
        os.set_blocking(self.control, False)
        try:
            while os.read(self.control, 4096):
                pass
        except BlockingIOError:
            return False
        return True

    def remove_scratch(self) -> None:
        """Remove what the host would have removed."""
        if self.scratch:
            import shutil

            shutil.rmtree(self.scratch, ignore_errors=True)

    def start(self) -> bool:
        """Whether the script could be started."""
        if _ADOPTS:
            ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        fixed = (signal.SIGKILL, signal.SIGSTOP)
        usual = [
            number
            for number in signal.valid_signals()
            if number < signal.SIGRTMIN and number not in fixed
        ]
        try:
            self.child = os.posix_spawnp(
                self.command[0],
                self.command,
                self.env,
                setpgroup=0,
                setsigmask=(),
                setsigdef=usual,
            )
        except OSError as error:
            self.tell(f"refused {error.errno}")
            return False
        self.is_running = True
        self.tell(f"started {self.child}")
        return True

    def has_ended_by_itself(self) -> bool:
        """Wait until the script has ended, or has to."""
        while self.is_running:
            ready = select.select([self.control, self.woken], [], [])[0]
            self.reap()
            if self.is_running and (self.control in ready or self.is_told_to_end()):
                return False
        return True

    def is_told_to_end(self) -> bool:
        """Whether somebody sent this process a signal."""
        try:
            sent = os.read(self.woken, 4096)
        except BlockingIOError:
            return False
        return any(number != signal.SIGCHLD for number in sent)

    def reap(self) -> None:
        """Reap every child that has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self.has_children = False
                return
            if pid == 0:
                return
            if pid == self.child:
                self.is_running = False
                self.tell(f"ended {status}")

    def end_tree(self) -> None:
        """Send each signal in turn to every process of the tree, with time to react."""
        steps = (
            (signal.SIGINT, self.grace),
            (signal.SIGTERM, self.until_killed),
            (signal.SIGKILL, _LAST),
        )
        if not any(self.ends_by(number, patience) for number, patience in steps):
            self.tell_names("stuck", self.tree())

    def ends_by(self, number: int, patience: float) -> bool:
        """Whether the tree ends in time; whatever it starts meanwhile gets the signal too."""
        until, sent = time.monotonic() + patience, set[Any]()
        while (members := self.tree()) or (_ADOPTS and self.has_children):
            fresh = members if number == signal.SIGKILL else set(members) - sent
            for process in fresh:
                _asked(partial(process.send_signal, number), None)
            sent.update(fresh)
            if time.monotonic() >= until:
                return False
            if number == signal.SIGKILL and _ADOPTS:
                self.kill_children()
            else:
                time.sleep(_OFTEN)
        return True

    def kill_children(self) -> None:
        """For a moment, kill each child as soon as it is adopted: none gets away by forking."""
        until = time.monotonic() + _OFTEN
        while self.has_children and time.monotonic() < until:
            for pid in _children():  # not reaped yet, so nobody else has their PIDs
                _asked(partial(os.kill, pid, signal.SIGKILL), None)
            time.sleep(_SOON)
            self.reap()

    def tree(self) -> list[Any]:
        """Everything that the script started and that still runs: by descent, by group, by mark."""
        self.reap()
        if _ADOPTS and not self.has_children:
            return []  # a parent that adopts keeps all its descendants
        import psutil

        own = psutil.Process()
        found = own.children(recursive=True) or filter(self.is_ours, psutil.process_iter())
        return [process for process in found if process.pid != own.pid and _is_alive(process)]

    def is_ours(self, process: Any) -> bool:
        """Whether a process is in the script's group, or has its mark."""
        if _asked(lambda: os.getpgid(process.pid), None) == self.child:
            return True
        return bool(_asked(lambda: process.environ().get(MARK), None) == self.mark)

    def tell_names(self, what: str, processes: list[Any]) -> None:
        """Tell the host about some processes, by name and PID."""
        names = [_name(process) for process in processes]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        if names:
            self.tell(f"{what} {', '.join(names[:_NAMED])}{more}")

    def tell(self, line: str) -> None:
        """Tell the host, if it is still there."""
        try:
            os.write(self.status, f"{line}\n".encode("utf-8", "replace"))
        except OSError:
            return


def _is_alive(process: Any) -> bool:
    import psutil

    return _asked(process.status, psutil.STATUS_ZOMBIE) != psutil.STATUS_ZOMBIE


def _name(process: Any) -> str:
    return f"{_asked(process.name, 'process')} ({process.pid})"


def _asked(ask: Callable[[], T], instead: T) -> T:
    """An answer about a process, or something instead if it has ended in the meantime."""
    import psutil

    try:
        return ask()
    except (psutil.Error, OSError):
        return instead


def _children() -> list[int]:
    """On Linux, this process's own children; empty if the system does not list them."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return [int(number) for number in file.read().split()]
    except OSError:
        return []


def supervise(request: dict[str, Any], out: int, err: int, control: int, status: int) -> None:
    """Become the supervisor of one script."""
    os.setsid()
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for stream in (control, status):
        os.set_inheritable(stream, False)  # not so by default when received on a socket
    nothing = os.open(os.devnull, os.O_RDONLY)
    for stream, number in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(stream, number)
        os.close(stream)
    os.environ["PATH"] = request["path"]  # where programs are searched for
    try:
        os.chdir(request["cwd"])
    except OSError as error:
        os.write(status, f"refused {error.errno}\n".encode())
        return
    Supervisor(request, control, status).run()


def requests(host: socket.socket) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """The host's requests, until it is gone."""
    while True:
        head, streams, _, _ = socket.recv_fds(host, 8, 4)
        if not head:
            return
        length = int.from_bytes(head + _rest(host, 8 - len(head)), "big")
        yield json.loads(_rest(host, length)), streams


def _rest(host: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        data = host.recv(length - len(parts))
        if not data:
            raise SystemExit
        parts += data
    return bytes(parts)


def main() -> None:
    """Run as the module's docstring says."""
    number, libraries = sys.argv[1:]
    sys.path.append(libraries)
    host = socket.socket(fileno=int(number))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for supervisors here
    for request, streams in requests(host):
        if os.fork() == 0:
            host.close()
            try:
                supervise(request, *streams)
            finally:
                os._exit(0)
        for stream in streams:
            os.close(stream)


if __name__ == "__main__":
    main()
